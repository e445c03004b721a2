// A letter in a system's own form: kept, checked, sealed, committed.
import type { Item } from '../../adapters/contract.ts'
import type { Envelope } from '../../envelope/envelope.ts'
import { checkLetter, type LetterDraft } from '../../letter/check.ts'
import { contentDigest } from '../../letter/digest.ts'
import type { Letter } from '../../letter/letter.ts'
import { characterFaults } from '../../letter/text.ts'
import { type MessageId, newMessageId } from '../../letter/time.ts'
import { type Problem, problem, type Result } from '../../problem/problem.ts'
import { postLetter, unreachable } from '../delivery/post.ts'
import { type Desk, faulty, newId, type Outcome, type System, sealFor } from '../desk.ts'
import { findEarlier, lettersSent } from '../journal/letters.ts'
import { keepSource } from '../journal/sources.ts'
import { keepAttachments, type Offered } from './keep.ts'

type LetterItem = Extract<Item, { kind: 'letter' }>

/** Takes one letter. Rejects only when the disk or the journal fails: then nothing was taken. */
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
  const earlier = await findEarlier(desk.database.committed, letter, digest)
  if (earlier.kind === 'known' && earlier.failed.length === 0)
    return { kind: 'known', position, messageId: earlier.messageId }
  if (source.seen === true) {
    const before = await sentBefore(desk, letter, digest)
    if (before !== undefined) return { kind: 'known', position, messageId: before }
    // Its number was changed after it was taken, or this journal is older than the system's table: nobody handed it over now.
    if (earlier.kind === 'fresh')
      return faulty([problem('letter.taken-unknown', 'number', letter.number.printed)])
  }
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
    const sourceId = await keepSource(transaction, source)
    return postLetter(
      transaction,
      { messageId, letter, sealed, sourceId, position, handover: source.handover, at, contentDigest: digest },
      desk.routes,
      newId,
    )
  })
  if (posted.kind === 'problem') return faulty([posted.problem])
  desk.due(posted.due ?? [])
  if (posted.kind === 'known') return { kind: 'known', position, messageId: posted.messageId }
  desk.reached('letter.committed')
  return { kind: 'taken', position, messageId }
}

/** The newest letter of exactly this content, whatever became of it. */
async function sentBefore(desk: Desk, letter: Letter, digest: string): Promise<MessageId | undefined> {
  const sent = await lettersSent(desk.database.committed, letter.from.office, letter.number.normalized)
  return sent.find(({ contentDigest }) => contentDigest === digest)?.messageId
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
