// What the journal has already of a letter that is offered: under its natural key, with its content, also where it was purged.
import { contentDigest, naturalKey } from '../../letter/digest.ts'
import type { Letter } from '../../letter/letter.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { MessageId } from '../../letter/time.ts'
import type { LetterState } from '../delivery/states.ts'
import { isReplaced } from './corrections.ts'
import type { Reader, Statement } from './database.ts'
import { type LetterRow, letterColumns } from './letters.ts'

/** What stands in the journal, and what of it was purged: asked as one, for every letter that is handed over is looked for. */
const keptOrPurged = (one: (table: string, purged: number) => string): string =>
  `${one('letters', 0)} UNION ALL ${one('purged_letters', 1)}`
const found = (table: string, purged: number): string =>
  `SELECT ${letterColumns()}, ${purged} AS purged FROM ${table}`

export const earlierSql = {
  byNaturalKey: `
${keptOrPurged((...of) => `${found(...of)} WHERE natural_key = ? AND live = 1`)} ORDER BY "committedAt"`,
  // The newest of each: of a circular that was recalled there are thousands.
  retired: keptOrPurged(
    (table, purged) => `
SELECT * FROM (${found(table, purged)} WHERE sender = ? AND number = ? AND content_digest = ? AND live = 0
ORDER BY committed_at DESC LIMIT 1) newest_of_${table}`,
  ),
  previous: `
SELECT message_id AS "messageId" FROM letters WHERE sender = ? AND number = ? AND date = ? AND recipient = ?
ORDER BY committed_at DESC, message_id DESC LIMIT 1`,
} as const

/** What the journal holds already of a letter that is offered. */
export type Earlier =
  /**
   * These recipients have none, or one of other content that was refused or wrong: those are in `corrects`. `givenUp`: of
   * exactly this content, at the others. `before`: a letter of exactly this content that was recalled; `replaced`: by another
   * that went in its place, and was not recalled itself.
   */
  | {
      readonly kind: 'fresh'
      readonly recipients: readonly OfficeId[]
      readonly corrects: readonly LetterRow[]
      readonly givenUp: readonly LetterRow[]
      readonly before?: LetterRow
      readonly replaced?: boolean
    }
  /** Every recipient has exactly this content under this key. `ended`: some recipient refused it, or says that it is wrong. */
  | {
      readonly kind: 'known'
      readonly messageId: MessageId
      readonly givenUp: readonly LetterRow[]
      readonly ended?: LetterState
    }
  /** Some recipient has another content under the same key. `before` as above. */
  | { readonly kind: 'conflict'; readonly messageId: MessageId; readonly before?: LetterRow }

const hasEnded = ({ state }: LetterRow): boolean => state === 'refused' || state === 'wrong'

/** What `keptOrPurged` asks for: the newest of each. */
async function keptAndPurged(
  reader: Reader,
  statement: Statement,
  ...values: readonly string[]
): Promise<{ readonly kept?: LetterRow; readonly purged?: LetterRow }> {
  const rows = await reader.all<LetterRow & { readonly purged: number }>(statement, ...values, ...values)
  const found: { kept?: LetterRow; purged?: LetterRow } = {}
  for (const { purged, ...row } of rows) found[purged === 1 ? 'purged' : 'kept'] = row
  return found
}

/** Compares an offered letter with what is there under its natural key (design §5.5, duplicates). */
export async function findEarlier(
  reader: Reader,
  letter: Letter,
  digest = contentDigest(letter),
): Promise<Earlier> {
  const { from, number, to } = letter
  const [retired, ...under] = await Promise.all([
    keptAndPurged(reader, earlierSql.retired, from.office, number.normalized, digest),
    ...to.offices.map((recipient) =>
      keptAndPurged(reader, earlierSql.byNaturalKey, naturalKey(letter, recipient)),
    ),
  ])
  const before = retired.kept ?? retired.purged
  const same: LetterRow[] = []
  const recipients: OfficeId[] = []
  const corrects: LetterRow[] = []
  for (const [index, recipient] of to.offices.entries()) {
    const { kept, purged } = under[index] ?? {}
    const row = kept ?? purged
    if (row?.contentDigest === digest) same.push(row)
    else if (row !== undefined && !hasEnded(row))
      return { kind: 'conflict', messageId: row.messageId, ...(before && { before }) }
    else {
      recipients.push(recipient)
      // What was purged nobody can recall any more.
      if (kept !== undefined) corrects.push(kept)
    }
  }
  const known = same.at(-1)
  const givenUp = same.filter(({ state }) => state === 'given-up')
  // A circular that was recalled at one recipient may go to that one again.
  if (known !== undefined && recipients.length === 0) {
    const ended = same.find(hasEnded)?.state
    return { kind: 'known', messageId: known.messageId, givenUp, ...(ended && { ended }) }
  }
  const replaced = before !== undefined && (await isReplaced(reader, before.messageId))
  return { kind: 'fresh', recipients, corrects, givenUp, ...(before && { before, replaced }) }
}

/** The letter under the natural key of this one that was not recalled, also where it was purged. */
export async function letterUnder(
  reader: Reader,
  letter: Letter,
  recipient: OfficeId,
): Promise<LetterRow | undefined> {
  const natural = naturalKey(letter, recipient)
  const { kept, purged } = await keptAndPurged(reader, earlierSql.byNaturalKey, natural)
  return kept ?? purged
}

/** The last letter under the sender, number, date and recipient of this one, whatever became of it. */
export async function previousTo(
  reader: Reader,
  { from, number, date }: Letter,
  recipient: OfficeId,
): Promise<MessageId | undefined> {
  const key = [from.office, number.normalized, date, recipient] as const
  return (await reader.one<{ messageId: MessageId }>(earlierSql.previous, ...key))?.messageId
}
