// A letter under a key that was used before: does it go, is it known, or is it for a person (decision 0018)?
import type { OfficeId } from '../../letter/offices.ts'
import type { MessageId } from '../../letter/time.ts'
import type { Earlier } from '../journal/earlier.ts'
import type { LetterRow } from '../journal/letters.ts'
import type { LetterState } from './states.ts'

/**
 * Who offers a letter. `system`: hands it over, and nobody waits for an answer (a folder, a table) · `waiting`: waits for the
 * answer (HTTP, SOAP) · `person`: orders that what waits in quarantine is tried again · `looked-at`: nobody, the system's
 * table is only looked at again (Source.seen) · `sealer`: an office that seals by itself, under a message id of its own.
 */
export type Offerer = 'system' | 'waiting' | 'person' | 'looked-at' | 'sealer'

export type Judged =
  /** It goes to `recipients`, after each of `corrects` has been recalled; `resend` as below. */
  | {
      readonly kind: 'goes'
      readonly recipients: readonly OfficeId[]
      readonly corrects: readonly LetterRow[]
      readonly resend: readonly LetterRow[]
    }
  /** `resend`: where it was given up it goes again under its own message id. `ended`: it came to this, and goes no more by itself. */
  | {
      readonly kind: 'known'
      readonly messageId: MessageId
      readonly resend: readonly LetterRow[]
      readonly ended?: LetterState
    }
  | { readonly kind: 'conflict'; readonly messageId: MessageId }

/**
 * What becomes of a letter of another handing-over, by where the earlier one of its sender, number, date and recipient stands:
 *
 * | the earlier one          | the same content                                    | other content                        |
 * |--------------------------|-----------------------------------------------------|--------------------------------------|
 * | none                     | goes                                                | goes                                 |
 * | on its way, or delivered | known                                               | conflict                             |
 * | registered               | known                                               | conflict                             |
 * | given up                 | known, and tried again under its own message id     | conflict                             |
 * | refused or wrong         | known, its state is said                            | corrected: a recall, then the letter |
 * | — and its office seals   | refused, its state is said                          | conflict: it recalls by itself       |
 * | recalled                 | known, its state is said                            | goes                                 |
 * | — and somebody waits, seals, or a person orders it | goes                      | goes                                 |
 *
 * A letter that was corrected already is as one that was recalled, and by somebody who waits a conflict, whatever became of the
 * correction; where that was refused, a person may order it: it corrects the correction. A circular is judged at each recipient:
 * where it was given up it is tried again, wherever else it was refused or goes anew. What is only looked at again never goes.
 * One handing-over is taken once (`takenOf`): offered again it is known, and with other content a conflict, whatever became of it,
 * until a person orders that it is judged as one of another. What a person corrected under another number or to another office
 * is known to somebody who waits too, for as long as the correction, or what corrected that, stands: its key is free, and the old words
 * are not meant.
 */
export function judge(earlier: Earlier, offerer: Offerer): Judged {
  switch (earlier.kind) {
    case 'conflict':
      return earlier.before !== undefined && isBlind(offerer) ? recalled(earlier.before, []) : earlier
    case 'known': {
      const { messageId, givenUp, ended } = earlier
      return { kind: 'known', messageId, resend: triedBy(offerer, givenUp), ...(ended && { ended }) }
    }
    case 'fresh': {
      const { recipients, corrects, givenUp, before, replaced } = earlier
      const [first] = corrects
      const resend = triedBy(offerer, givenUp)
      const corrected = before !== undefined && offerer === 'waiting'
      // Its key is free: what took its place stands elsewhere. A correction under its own key is in `corrects`.
      const elsewhere = corrected && replaced === true && first === undefined
      if (before !== undefined && (isBlind(offerer) || elsewhere)) return recalled(before, resend)
      if (first !== undefined && (corrected || offerer === 'looked-at' || offerer === 'sealer'))
        return { kind: 'conflict', messageId: first.messageId }
      return { kind: 'goes', recipients, corrects, resend }
    }
    default:
      return earlier satisfies never
  }
}

/** Who has recalled a letter and hands it over to somebody who answers means it; a nightly export means nothing. */
const isBlind = (offerer: Offerer): boolean => offerer === 'system' || offerer === 'looked-at'

/** Whoever hands over again what was given up wants it to go; who only looks wants nothing. */
const triedBy = (offerer: Offerer, givenUp: readonly LetterRow[]): readonly LetterRow[] =>
  offerer === 'looked-at' ? [] : givenUp

const recalled = ({ messageId, state }: LetterRow, resend: readonly LetterRow[]): Judged => ({
  ...{ kind: 'known', messageId, resend, ended: state },
})
