// What stands in the store of attachments and nothing in the journal names: what a killed process had kept, or the scans of letters
// that a journal which was restored does not know any more. Which of the two nobody can tell, so that it is told and stays.
import Sqlite from 'better-sqlite3'
import type { Instant } from '../../letter/time.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { shownTime } from '../alarms/condition.ts'
import { grace } from '../attachments/discard.ts'
import type { KeptAttachments, Standing } from '../attachments/store.ts'
import type { Reader } from '../journal/database.ts'
import { knownAmong, mostAsked } from '../journal/leaving.ts'

/** Attachments that are listed at once. */
const page = 1_000
const mebibyte = 1024 ** 2

/** Digests, however many: those of ten million letters are too much for the memory. */
export class Digests {
  readonly #kept = new Sqlite('')
  readonly #add: Sqlite.Statement
  readonly #has: Sqlite.Statement

  constructor() {
    this.#kept.exec('CREATE TABLE digests (sha256 BLOB PRIMARY KEY) WITHOUT ROWID; BEGIN')
    this.#add = this.#kept.prepare('INSERT OR IGNORE INTO digests (sha256) VALUES (?)')
    this.#has = this.#kept.prepare('SELECT 1 FROM digests WHERE sha256 = ?')
  }

  add(sha256: string): void {
    this.#add.run(Buffer.from(sha256, 'hex'))
  }

  has(sha256: string): boolean {
    return this.#has.get(Buffer.from(sha256, 'hex')) !== undefined
  }

  close(): void {
    this.#kept.close()
  }
}

/** Tells of the attachments that neither the envelopes (`named`) nor anything else in the journal names. */
export async function unnamedAttachments(
  reader: Reader,
  attachments: KeptAttachments,
  named: Digests,
  now: Instant,
): Promise<readonly Problem[]> {
  const found = { count: 0, bytes: 0, first: Number.POSITIVE_INFINITY, last: 0 }
  for (let after: string | undefined = ''; after !== undefined; ) {
    const listed: readonly Standing[] = await attachments.list(after, page)
    const old = listed.filter(({ sha256, at }) => at < now - grace && !named.has(sha256))
    for (let from = 0; from < old.length; from += mostAsked) {
      const some = old.slice(from, from + mostAsked)
      const known = await knownAmong(
        reader,
        some.map(({ sha256 }) => sha256),
      )
      for (const { sha256, size, at } of some) {
        if (known.has(sha256)) continue
        found.count += 1
        found.bytes += size
        found.first = Math.min(found.first, at)
        found.last = Math.max(found.last, at)
      }
    }
    after = listed.length < page ? undefined : listed.at(-1)?.sha256
  }
  if (found.count === 0) return []
  const details = {
    size: (found.bytes / mebibyte).toFixed(1),
    since: shownTime(found.first),
    until: shownTime(found.last),
  }
  return [problem('doctor.attachments.unnamed', '', String(found.count), details)]
}
