// Reads what is in quarantine again, by the profile as it is now: what can be taken is taken under the handing-over that it was
// of, and leaves; what cannot stays, with its reasons of now. Each step may be done twice: it is known then.
import type { Item, Source } from '../../adapters/contract.ts'
import type { MessageId } from '../../letter/time.ts'
import { AttachmentsUnavailable } from '../attachments/store.ts'
import { CannotSeal, type Desk, newId, type System } from '../desk.ts'
import { JournalUnavailable } from '../journal/database.ts'
import { recordEvent } from '../journal/events.ts'
import {
  endQuarantine,
  type QuarantineRow,
  quarantine,
  quarantinedById,
  quarantinedOfSource,
  takenAt,
} from '../journal/quarantine.ts'
import { filesOfSource, isSecretSource, type SourceRow, sourceById } from '../journal/sources.ts'
import { outcomeOf, type Read } from './intake.ts'
import { noting, type Offered } from './keep.ts'
import { isUnclear, quarantineItem } from './quarantine.ts'

/**
 * What became of a place. `known`: it was taken before, or is another's double · `replaced`: it is read as other places now ·
 * `nothing`: the profile reads nothing there any more, so it stays · `doubted`: a person has to say that its office sent it, or means it ·
 * `unread`: its bytes are not here · `too-large`: they are not read at one time · `no-system`: no system of its office is connected ·
 * `unsealable`: nothing can be sealed now for its office, or for one that would answer it · `failed`: its bytes are damaged, or the profile breaks on them.
 */
export type Became =
  | 'taken'
  | 'known'
  | 'quarantined'
  | 'replaced'
  | 'nothing'
  | 'doubted'
  | 'unread'
  | 'too-large'
  | 'no-system'
  | 'unsealable'
  | 'failed'

/** Whether what became of a place is that it left the quarantine. */
export const hasLeft = (became: Became): boolean =>
  became === 'taken' || became === 'known' || became === 'replaced'

/** Bytes of a document that is read again: while it is read, about four times as many are in memory. */
export const largestRead = 256 * 1024 ** 2

export interface Retried {
  /** Of the place in quarantine. */
  readonly id: string
  /** Of its source; not of one that holds a secret letter. */
  readonly name?: string
  readonly position: string
  readonly became: Became
  readonly messageId?: MessageId
  /** Why it stays: codes of problems; of what failed the error's name. */
  readonly codes?: readonly string[]
}

export interface RetryRequest {
  /** Ids of places in quarantine. */
  readonly ids: readonly string[]
  readonly by: string
  readonly why: string
  /** A person has made sure that its office sent what is doubted, or means it. */
  readonly believe: boolean
}

/** The system that reads a source now: of its profile, or the one that its office has now. */
export type ReaderOf = (
  system: string,
  office: string | null,
) => { readonly system: System; readonly read: Read } | undefined

/**
 * Tries places again, source by source; one that fails is told (`failed`), stays, and hinders none behind it. Rejects only when the
 * journal or the attachments cannot be had: what was done until then is done.
 */
export async function retryQuarantined(
  desk: Desk,
  readerOf: ReaderOf,
  request: RetryRequest,
  failed: (error: unknown) => void = () => undefined,
): Promise<readonly Retried[]> {
  const bySource = new Map<string, QuarantineRow[]>()
  for (const id of new Set(request.ids)) {
    const row = await quarantinedById(desk.database.committed, id)
    if (row === undefined || row.state === 'taken' || row.state === 'replaced') continue
    bySource.set(row.sourceId, [...(bySource.get(row.sourceId) ?? []), row])
  }
  const retried: Retried[] = []
  for (const [sourceId, rows] of bySource) {
    const source = await sourceById(desk.database.committed, sourceId)
    if (source !== undefined)
      retried.push(...(await new Again(desk, request, source, readerOf, failed).run(rows)))
  }
  return retried
}

/** Nothing is wrong with what cannot be sealed now: of a source one place may be so, and another not. */
function onlyCannotSeal(error: unknown): CannotSeal {
  if (error instanceof CannotSeal) return error
  throw error
}

/** One source, read again. */
class Again {
  readonly #desk: Desk
  readonly #request: RetryRequest
  readonly #source: SourceRow
  readonly #readerOf: ReaderOf
  readonly #failed: (error: unknown) => void
  readonly #retried: Omit<Retried, 'name'>[] = []
  /** Of which it is to be told what became: the places that were named, and those that came in their place. */
  #meant: readonly QuarantineRow[] = []

  constructor(
    desk: Desk,
    request: RetryRequest,
    source: SourceRow,
    readerOf: ReaderOf,
    failed: (error: unknown) => void,
  ) {
    this.#desk = desk
    this.#request = request
    this.#source = source
    this.#readerOf = readerOf
    this.#failed = failed
  }

  async run(rows: readonly QuarantineRow[]): Promise<readonly Retried[]> {
    this.#meant = rows
    try {
      await this.#run(rows)
    } catch (error) {
      if (error instanceof JournalUnavailable || error instanceof AttachmentsUnavailable) throw error
      this.#failed(error)
      const codes = [error instanceof Error ? error.name : String(error)]
      const ended = new Set(this.#retried.map(({ id }) => id))
      for (const row of this.#meant) {
        if (ended.has(row.id)) continue
        if (row.state === 'replaced') await this.#end(row, 'replaced')
        else await this.#end(row, 'failed', { codes })
      }
    }
    const isSecret = await isSecretSource(this.#desk.database.committed, this.#source.id)
    return this.#retried.map((each) => ({ ...each, ...(!isSecret && { name: this.#source.name }) }))
  }

  async #run(rows: readonly QuarantineRow[]): Promise<void> {
    const reader = this.#readerOf(this.#source.system, rows[0]?.office ?? null)
    if (reader === undefined) return this.#all(rows, 'no-system')
    const size = await this.#size()
    if (size === undefined) return this.#all(rows, 'unread')
    if (size > largestRead) return this.#all(rows, 'too-large')
    const believed: QuarantineRow[] = []
    for (const row of rows) {
      if (row.doubted && !this.#request.believe) await this.#end(row, 'doubted')
      else believed.push(row)
    }
    if (believed.length === 0) return
    const files = await filesOfSource(this.#desk.database.committed, this.#source.id)
    const source: Source = {
      document: this.#source.document === 'notice' ? 'notice' : 'letter',
      name: this.#source.name,
      bytes: await this.#bytes(size),
      beside: new Map(files.map(({ name, sha256, size }) => [name, { kind: 'kept', sha256, size }])),
      sender: 'gone',
      final: true,
    }
    const items = new Map((await reader.read(source)).map((item) => [item.position, item]))
    const places = await this.#places(believed, items)
    this.#meant = places
    for (const row of places) {
      const item = items.get(row.position)
      if (item !== undefined) await this.#take(reader.system, row, item)
      else await this.#end(row, row.state === 'replaced' ? 'replaced' : 'nothing')
    }
  }

  /** Of what is here of it, in bytes. */
  async #size(): Promise<number | undefined> {
    const { bytes, sha256 } = this.#source
    return bytes?.length ?? (await this.#desk.attachments.sizeOf(sha256))
  }

  /** In one piece: the pieces of a large one are never in memory beside the whole of it. */
  async #bytes(size: number): Promise<Buffer> {
    const { bytes, sha256 } = this.#source
    if (bytes !== null) return Buffer.from(bytes)
    const whole = Buffer.alloc(size)
    let at = 0
    for await (const piece of this.#desk.attachments.open(sha256)) at += (piece as Buffer).copy(whole, at)
    return whole
  }

  /**
   * The places to be tried. Where one is not there any more and others are that never were, it is read as those now: they
   * come into quarantine in its place first, so that nothing is lost when the process dies between them.
   */
  async #places(
    rows: readonly QuarantineRow[],
    items: ReadonlyMap<string, Item>,
  ): Promise<readonly QuarantineRow[]> {
    const { database, clock } = this.#desk
    const gone = rows.filter(({ position }) => !items.has(position))
    const [first] = gone
    if (first === undefined) return rows
    const known = new Set(
      (await quarantinedOfSource(database.committed, this.#source.id)).map((row) => row.position),
    )
    const fresh: string[] = []
    for (const position of items.keys())
      if (
        !known.has(position) &&
        (await takenAt(database.committed, this.#source.id, first.handover, position)) === undefined
      )
        fresh.push(position)
    if (fresh.length === 0) return rows
    await database.write(async (transaction) => {
      const at = clock.now()
      for (const position of fresh) {
        const { problems, doubted, handover } = first
        const place = { id: newId(), sourceId: this.#source.id, position, problems, doubted, handover }
        const unread = { number: undefined, understood: undefined, secrecy: undefined }
        const unknown = { ...unread, contentDigest: undefined, unseen: false }
        await quarantine(transaction, { ...place, ...unknown, office: first.office ?? '' }, at)
      }
      const { by, why } = this.#request
      for (const { id } of gone) await endQuarantine(transaction, id, { state: 'replaced', by, why }, at)
    })
    const all = await quarantinedOfSource(database.committed, this.#source.id)
    return [
      ...rows.map((row) => (gone.includes(row) ? { ...row, state: 'replaced' as const } : row)),
      ...all.filter(({ position }) => fresh.includes(position)),
    ]
  }

  async #take(system: System, row: QuarantineRow, item: Item): Promise<void> {
    if (item.kind === 'waiting') throw new Error('a source that is final waits')
    const meant = this.#request.believe && isUnclear(row.problems)
    // Of a letter its content says whether it is the one that was taken (postLetter); what is said once more of another letter may
    // stand in the very document of which the first word was taken.
    const { committed } = this.#desk.database
    const before =
      item.kind === 'letter' || meant
        ? undefined
        : await takenAt(committed, this.#source.id, row.handover, row.position)
    if (before !== undefined) return this.#end(row, 'known', { messageId: before })
    const offered: Offered = { ...this.#source, handover: row.handover, offerer: 'person', meant }
    const { attachments, kept } = noting(this.#desk.attachments)
    const outcome = await outcomeOf({ ...this.#desk, attachments }, system, offered, item).catch(
      onlyCannotSeal,
    )
    if (outcome instanceof CannotSeal) return this.#end(row, 'unsealable', { codes: [outcome.problem.code] })
    if (outcome.kind !== 'faulty') return this.#end(row, outcome.kind, { messageId: outcome.messageId })
    await quarantineItem(this.#desk, system, { beside: new Map() }, offered, item, outcome, kept)
    const codes = [...new Set(outcome.problems.map(({ code }) => code))]
    return this.#end(row, 'quarantined', { codes })
  }

  async #all(rows: readonly QuarantineRow[], became: Became): Promise<void> {
    for (const row of rows) await this.#end(row, became)
  }

  /** Writes what became of a place, by whose order and why. */
  async #end(
    row: QuarantineRow,
    became: Became,
    found: { readonly messageId?: MessageId; readonly codes?: readonly string[] } = {},
  ): Promise<void> {
    const { database, clock } = this.#desk
    const { by, why } = this.#request
    const { id, position, sourceId, office } = row
    const { messageId, codes } = found
    await database.write(async (transaction) => {
      const at = clock.now()
      if (messageId !== undefined)
        await endQuarantine(transaction, id, { state: 'taken', messageId, by, why }, at)
      const subject = { sourceId, ...(messageId && { messageId }), ...(office !== null && { office }) }
      const facts = { quarantine: id, position, became, by, why, ...(codes && { codes: codes.join(' ') }) }
      await recordEvent(transaction, at, 'quarantine.retried', subject, facts)
    })
    this.#retried.push({ id, position, became, ...found })
  }
}
