// A letter in a system's own form: kept, checked, sealed, committed.
import type { Item } from '../../adapters/contract.ts'
import type { Envelope } from '../../envelope/envelope.ts'
import { checkLetter, type LetterDraft } from '../../letter/check.ts'
import { contentDigest } from '../../letter/digest.ts'
import type { Letter } from '../../letter/letter.ts'
import type { OfficeId } from '../../letter/offices.ts'
import { characterFaults } from '../../letter/text.ts'
import { newMessageId } from '../../letter/time.ts'
import { type Problem, problem, type Result } from '../../problem/problem.ts'
import { judge } from '../delivery/again.ts'
import { lookForLetter, postLetter, type Recall, unreachable } from '../delivery/post-letter.ts'
import {
  type Desk,
  demandSealable,
  faulty,
  newId,
  type Outcome,
  type System,
  sealFor,
  sealNotice,
} from '../desk.ts'
import { findEarlier } from '../journal/earlier.ts'
import { noticeAbout } from '../journal/find.ts'
import type { LetterRow } from '../journal/letters.ts'
import { keepAttachments, keeper, type Offered } from './keep.ts'

type LetterItem = Extract<Item, { kind: 'letter' }>

/** Takes one letter. Rejects only when the disk or the journal fails, and with `CannotSeal`: then nothing was taken. */
export async function takeLetter(
  desk: Desk,
  system: System,
  source: Offered,
  item: LetterItem,
): Promise<Outcome> {
  // Looked at first without its attachments: what is faulty anyway need not fill the disk.
  const early = faultsOf(desk, system, item.draft, checkLetter(item.draft, []))
  if (early.length > 0) return faulty(early as [Problem, ...Problem[]])
  const attachments = await keepAttachments(desk.attachments, item.attachments)
  if (!attachments.ok) return faulty(attachments.problems)
  desk.reached('attachments.kept')
  const checked = checkLetter(item.draft, attachments.value)
  if (!checked.ok) return faulty(checked.problems)
  return sealAndCommit(desk, system, source, item, checked.value)
}

function faultsOf(desk: Desk, system: System, draft: LetterDraft, checked: Result<Letter>): Problem[] {
  const problems: Problem[] = checked.ok ? unreachable(checked.value, desk.routes) : [...checked.problems]
  const sender = draft.from?.office
  if (sender !== undefined && sender !== system.office) {
    problems.push(problem('letter.sender.other', 'from.office', sender, { office: system.office }))
  }
  return problems
}

async function sealAndCommit(
  desk: Desk,
  system: System,
  source: Offered,
  item: LetterItem,
  letter: Letter,
): Promise<Outcome> {
  const { position } = item
  const digest = contentDigest(letter)
  const { offerer } = source
  const earlier = judge(await findEarlier(desk.database.committed, letter, digest), offerer)
  // What ended is answered below, where the answer is recorded and one handing-over is told from another.
  if (
    earlier.kind === 'known' &&
    (offerer === 'looked-at' || (earlier.resend.length === 0 && earlier.ended === undefined))
  )
    return { kind: 'known', position, messageId: earlier.messageId }
  // Its number was changed after it was taken, or this journal is older than the system's table: nobody handed it over now.
  if (offerer === 'looked-at' && earlier.kind === 'goes')
    return faulty([problem('letter.taken-unknown', 'number', letter.number.printed)])
  demandSealable(desk, system.office)
  const recalls =
    earlier.kind === 'goes' ? await recallsOf(desk, system.office, earlier.corrects, corrected) : []
  const messageId = newMessageId(desk.clock, desk.random)
  const at = desk.clock.now()
  const envelope: Envelope = {
    messageId,
    createdAt: at,
    content: 'letter',
    letter,
    provenance: provenanceOf(system, source, item, letter),
  }
  const sealed = await sealFor(desk, system.office, envelope)
  desk.reached('letter.sealed')
  const posted = await desk.database.write(async (transaction) => {
    const offered = {
      ...{ messageId, letter, sealed, position, at, offerer, recalls },
      ...{ handover: source.handover, contentDigest: digest },
    }
    const [keep, found] = await Promise.all([
      keeper(transaction, source),
      lookForLetter(transaction, offered),
    ])
    const done = await postLetter(transaction, { ...offered, keep }, desk.routes, newId, found)
    await source.again?.leaves(transaction, done.kind, done.kind === 'known' ? done.messageId : messageId)
    return done
  }, 'rows')
  if (posted.kind === 'problem') return { ...faulty([posted.problem]), contentDigest: digest }
  desk.due(posted.due ?? [])
  if (posted.kind === 'known') {
    const { messageId: known, ended } = posted
    return { kind: 'known', position, messageId: known, ...(ended && { ended }) }
  }
  desk.reached('letter.committed')
  return { kind: 'taken', position, messageId }
}

/** As the recipient's people read it. */
const corrected = 'มีฉบับแก้ไขมาแทน'

/** The recalls of what a letter corrects, sealed: a recipient has to forget a letter before it is sent again (domain §3). */
export async function recallsOf(
  desk: Desk,
  office: OfficeId,
  corrects: readonly LetterRow[],
  reason: string,
): Promise<Recall[]> {
  const recalls: Recall[] = []
  for (const row of corrects) {
    const said = { kind: 'recall', from: office, at: desk.clock.now(), reason } as const
    const notice = await noticeAbout(desk.database.committed, row, said)
    if (!notice.ok) throw new Error(`a recall of a journalled letter is faulty: ${notice.problems[0].code}`)
    const { envelope, sealed } = await sealNotice(desk, notice.value)
    recalls.push({ messageId: envelope.messageId, notice: notice.value, sealed })
  }
  return recalls
}

/** Which attachments a letter names is part of it; where it came from is not. */
function provenanceOf(
  system: System,
  source: Offered,
  item: LetterItem,
  letter: Letter,
): NonNullable<Envelope['provenance']> {
  return {
    system: system.id,
    profileVersion: system.version,
    format: system.format,
    ...(item.charset !== undefined && { charset: item.charset }),
    sourceDigest: source.sha256,
    ...(isSound(item.datePrinted) && { datePrinted: item.datePrinted }),
    ...(letter.number.completed && { numberCompleted: true }),
  }
}

/** The printed date is a remark: what an envelope could not carry is left to the source, which is kept whole. */
const isSound = (printed: string | undefined): printed is string =>
  printed !== undefined && printed !== '' && printed.length <= 100 && characterFaults(printed).length === 0
