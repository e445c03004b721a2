// A word by number, where a letter of that number was recalled and another one stands in its place: is it said of that one, or was it said
// of the one before (decision 0018)?
import { reopenEnvelope } from '../../envelope/verify.ts'
import type { Notice } from '../../letter/notice.ts'
import { type Instant, type MessageId, thailand } from '../../letter/time.ts'
import { letterTable, next } from '../delivery/states.ts'
import type { Reader } from '../journal/database.ts'
import { envelopeById, takenOf } from '../journal/envelopes.ts'
import { saidBySender } from '../journal/find.ts'
import type { LetterRow } from '../journal/letters.ts'
import { noticesBetween, sameNotice } from '../journal/notices.ts'
import { quarantinedAt } from '../journal/quarantine.ts'
import type { Offered } from './keep.ts'

/** The letter that a notice speaks of, as far as its number says. */
export interface Meant {
  readonly letter: LetterRow
  /** Others of that number, which were recalled. */
  readonly recalled: readonly LetterRow[]
}

type Heard =
  /** It is said of the letter that stands, or of the only one. */
  | { readonly kind: 'said' }
  /** The notice that it repeats is one about a letter that was recalled. */
  | { readonly kind: 'again'; readonly messageId: MessageId }
  /** Nothing tells, and a person has to ask. `earlier`: the letter that it may be about. */
  | { readonly kind: 'unclear'; readonly earlier: MessageId }

/** Where a word stands, and the time at which it was said, where it says so. */
interface Place {
  readonly source: Offered
  readonly position: string
  readonly at: Instant | undefined
}

/**
 * What is handed over a second time (an export that runs every night) says nothing of a letter that came between. The time at which it was said
 * tells the two apart, or that it can change nothing of the letter that stands. Who waits for the answer is asked, not exported, and means the
 * letter that stands; a row that is only looked at again says nothing twice.
 */
export async function hear(
  reader: Reader,
  notice: Notice,
  { letter, recalled }: Meant,
  { source, position, at }: Place,
): Promise<Heard> {
  const { offerer, handover } = source
  const [earlier] = recalled
  if (earlier === undefined || source.meant === true) return { kind: 'said' }
  // What was taken of this handing-over, or said of this letter, is known where it is posted.
  if ((await takenOf(reader, handover, position)) !== undefined) return { kind: 'said' }
  const own = await noticesBetween(reader, letter.messageId, notice.from, notice.to)
  if (sameNotice(own, notice, letter, offerer === 'looked-at') !== undefined) return { kind: 'said' }
  const isOlder = at !== undefined && endOf(at) <= letter.committedAt
  const before = await saidOf(reader, recalled, notice, at)
  if (before !== undefined && isOlder) return { kind: 'again', messageId: before.messageId }
  if (offerer === 'waiting') return { kind: 'said' }
  if (before === undefined)
    return isOlder ? { kind: 'unclear', earlier: earlier.messageId } : { kind: 'said' }
  const { messageId, about } = before
  // What is only looked at again ends nothing that a person is to decide.
  const isKnown =
    offerer === 'looked-at'
      ? (await quarantinedAt(reader, source, position)).length === 0
      : !changes(letter, notice)
  return isKnown ? { kind: 'again', messageId } : { kind: 'unclear', earlier: about }
}

/** The same word by the same office about one of these letters: handed over by it, for what a gateway says in its name nobody exports. */
async function saidOf(
  reader: Reader,
  letters: readonly LetterRow[],
  notice: Notice,
  at: Instant | undefined,
): Promise<{ readonly messageId: MessageId; readonly about: MessageId } | undefined> {
  const { from, kind, receiveNumber = null, reason } = notice
  for (const { messageId: about, sender, recipient } of letters) {
    const said = await noticesBetween(reader, about, from, saidBySender(kind) ? recipient : sender)
    for (const { messageId } of said.filter(
      (row) => row.kind === kind && row.receiveNumber === receiveNumber,
    )) {
      const row = await envelopeById(reader, messageId)
      if (row === undefined || row.sourceId === null) continue
      const envelope = reopenEnvelope(row.bytes, row.digest)
      if (!envelope.ok || envelope.value.content !== 'notice') continue
      const earlier = envelope.value.notice
      if (earlier.reason === reason && (at === undefined || earlier.at === at)) return { messageId, about }
    }
  }
  return undefined
}

const minute = 60_000
const day = 24 * 60 * minute

/** What is printed to the minute was said until its end, and what has no time of day until the end of that day. */
const endOf = (at: Instant): Instant => at + ((at + thailand) % day === 0 ? day : minute)

/** Whether a notice would change anything of a letter: of one that is registered nothing is refused any more. */
function changes({ state, receiveNumber }: LetterRow, notice: Notice): boolean {
  const moved = next(letterTable, state, notice.kind)
  if (moved === undefined) return false
  const isItsNumber = notice.receiveNumber === receiveNumber
  if (notice.kind === 'dispute') return isItsNumber
  return moved !== state || (notice.kind === 'accept' && !isItsNumber)
}
