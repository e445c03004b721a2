// An envelope that its sender sealed (design §5.2): verified, kept as it is, and answered with a signed receipt.
import type { AttachmentContent, Item } from '../../adapters/contract.ts'
import type { SealedEnvelope } from '../../envelope/envelope.ts'
import { reopenEnvelope, type VerifiedEnvelope, verifyEnvelope } from '../../envelope/verify.ts'
import { checkNotice } from '../../letter/check.ts'
import { contentDigest } from '../../letter/digest.ts'
import type { Letter } from '../../letter/letter.ts'
import { limits } from '../../letter/limits.ts'
import type { AboutLetter, Notice } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { MessageId } from '../../letter/time.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { postLetter, unreachable } from '../delivery/post-letter.ts'
import { postNotice } from '../delivery/post-notice.ts'
import { type KeepSource, type PostResult, subjectOf } from '../delivery/posted.ts'
import type { LetterState } from '../delivery/states.ts'
import {
  type Desk,
  demandSealable,
  type Faulty,
  faulty,
  newId,
  type Outcome,
  type System,
  sealedNow,
  sealNotice,
  unsealableBecause,
} from '../desk.ts'
import type { Reader, Transaction } from '../journal/database.ts'
import { envelopeById, keepReceipt, receiptFor } from '../journal/envelopes.ts'
import { recordEvent } from '../journal/events.ts'
import { keepContent, keeper, type Offered } from './keep.ts'

type EnvelopeItem = Extract<Item, { kind: 'envelope' }>

/** Takes one sealed envelope. Rejects only when the disk or the journal fails, and with `CannotSeal`: then it may be posted again. */
export async function takeEnvelope(
  desk: Desk,
  system: System,
  source: Offered,
  item: EnvelopeItem,
): Promise<Outcome> {
  const verdict = verifyEnvelope(item.bytes, desk.trust, desk.clock.now())
  // What is not proved to be anybody's is answered without a signature: a signed answer would certify a stranger's words.
  if (!verdict.ok) return faulty(verdict.problems)
  const outcome = await takeVerified(desk, system, source, item, verdict.value)
  const { envelope } = verdict.value
  return outcome.kind === 'faulty' && envelope.content === 'letter'
    ? { ...outcome, letter: envelope.letter }
    : outcome
}

async function takeVerified(
  desk: Desk,
  system: System,
  source: Offered,
  item: EnvelopeItem,
  verified: VerifiedEnvelope,
): Promise<Outcome> {
  const sender = senderOf(verified)
  if (sender !== system.office) {
    return faulty([problem('letter.sender.other', 'from.office', sender, { office: system.office })])
  }
  const earlier = await takenBefore(desk.database.committed, verified)
  if (earlier !== undefined) return answer(desk, earlier, item, verified)
  const { envelope } = verified
  return envelope.content === 'letter'
    ? takeSealedLetter(desk, source, item, verified, envelope.letter)
    : takeSealedNotice(desk, source, item, verified, envelope.notice)
}

const senderOf = ({ envelope }: VerifiedEnvelope): OfficeId =>
  envelope.content === 'letter' ? envelope.letter.from.office : envelope.notice.from

/** What was posted, and the receipt that goes with it: none where this gateway speaks for nobody who is addressed. */
type Committed = PostResult & { readonly receipt?: SealedEnvelope | undefined }

/** The same envelope again: the same answer again. Another envelope under a used message id is refused. */
async function takenBefore(reader: Reader, verified: VerifiedEnvelope): Promise<Committed | undefined> {
  const { messageId } = verified.envelope
  const row = await envelopeById(reader, messageId)
  const given = await receiptFor(reader, messageId, 'given')
  const taken = row?.digest ?? given?.about
  if (taken === undefined) return undefined
  if (taken !== verified.digest) {
    return { kind: 'problem', problem: problem('envelope.message-id.reused', 'Header.MessageID', messageId) }
  }
  return { kind: 'known', messageId, receipt: given?.receipt }
}

async function takeSealedLetter(
  desk: Desk,
  source: Offered,
  item: EnvelopeItem,
  verified: VerifiedEnvelope,
  letter: Letter,
): Promise<Outcome> {
  const about = aboutOf(verified, letter)
  const wrong = unreachable(letter, desk.routes)
  if (wrong.length > 0) return refuse(desk, 'invalid', about, letter, wrong)
  const missing = await keepNamed(desk, letter, item.attachments)
  if (missing.length > 0) return refuse(desk, 'invalid', about, letter, missing)
  desk.reached('attachments.kept')
  const receipt = await sealReceipt(desk, letter.to.offices, letter.from.office, about)
  const committed = await commit(desk, source, item, verified, receipt, async (transaction, keep) => {
    const posted = await postLetter(
      transaction,
      {
        ...{
          ...postedOf(desk, verified, keep, item.position),
          letter,
          contentDigest: contentDigest(letter),
        },
        ...{ offerer: 'sealer', recalls: [] },
      },
      desk.routes,
      newId,
    )
    // Under a message id of its own it would be receipted, and never brought. A circular that goes on where it was given up
    // is brought: where it was refused its sender was told so already.
    return posted.kind === 'known' && posted.ended !== undefined && posted.again !== true
      ? { kind: 'problem', problem: ended(letter, posted.messageId, posted.ended) }
      : posted
  })
  if (committed.kind === 'problem' && /^letter\.(conflict|ended)$/.test(committed.problem.code)) {
    return refuse(desk, 'reject', about, letter, [committed.problem])
  }
  if (committed.kind === 'posted') desk.reached('letter.committed')
  return answer(desk, committed, item, verified)
}

const ended = (letter: Letter, earlier: MessageId, state: LetterState): Problem =>
  problem('letter.ended', 'number', letter.number.printed, { earlier, state })

async function takeSealedNotice(
  desk: Desk,
  source: Offered,
  item: EnvelopeItem,
  verified: VerifiedEnvelope,
  notice: Notice,
): Promise<Outcome> {
  const about: AboutLetter = {
    ...notice.about,
    messageId: verified.envelope.messageId,
    digest: verified.digest,
  }
  const receipt = await sealReceipt(desk, [notice.to], notice.from, about)
  const committed = await commit(desk, source, item, verified, receipt, (transaction, keep) =>
    postNotice(transaction, { ...postedOf(desk, verified, keep, item.position), notice }, desk.routes, newId),
  )
  if (committed.kind === 'posted') desk.reached('notice.committed')
  return answer(desk, committed, item, verified)
}

async function answer(
  desk: Desk,
  committed: Committed,
  item: EnvelopeItem,
  verified: VerifiedEnvelope,
): Promise<Outcome> {
  if (committed.kind === 'problem') return faulty([committed.problem])
  desk.due(committed.due ?? [])
  const { receipt: kept } = committed
  const receipt = kept && committed.kind === 'known' ? await receiptNow(desk, kept) : kept
  return {
    kind: committed.kind === 'posted' ? 'taken' : 'known',
    position: item.position,
    messageId: verified.envelope.messageId,
    ...(receipt && { receipt }),
  }
}

/** The kept one proves what was said, and the same words are believed now. */
async function receiptNow(desk: Desk, receipt: SealedEnvelope): Promise<SealedEnvelope> {
  const opened = reopenEnvelope(receipt.bytes, receipt.digest)
  return opened.ok ? sealedNow(desk, opened.value, receipt) : receipt
}

/** Writes the source, the envelope with what follows from it, and the receipt: all or nothing. */
function commit(
  desk: Desk,
  source: Offered,
  item: EnvelopeItem,
  verified: VerifiedEnvelope,
  receipt: SealedEnvelope | undefined,
  post: (transaction: Transaction, keep: KeepSource) => Promise<PostResult>,
): Promise<Committed> {
  return desk.database.write(async (transaction): Promise<Committed> => {
    const { messageId } = verified.envelope
    // Two may have passed the first look at the same time; the second one finds here what the first has written.
    const earlier = await takenBefore(transaction, verified)
    if (earlier !== undefined) {
      await source.again?.leaves(transaction, earlier.kind, messageId)
      return earlier
    }
    const keep = await keeper(transaction, source)
    const posted = await post(transaction, keep)
    if (posted.kind === 'problem') return posted
    await source.again?.leaves(transaction, posted.kind, messageId)
    const at = desk.clock.now()
    if (receipt !== undefined) {
      const about = { messageId, digest: verified.digest }
      await keepReceipt(transaction, about, 'given', senderOf(verified), receipt, at)
    }
    if (posted.kind === 'known') {
      await recordEvent(transaction, at, 'letter.known', subjectOf({ sourceId: keep() }, posted.messageId), {
        as: messageId,
        position: item.position,
      })
    }
    return { ...posted, receipt }
  }, 'rows')
}

const postedOf = (desk: Desk, verified: VerifiedEnvelope, keep: KeepSource, position: string) => ({
  messageId: verified.envelope.messageId,
  sealed: { bytes: verified.bytes, digest: verified.digest },
  keep,
  position,
  handover: null,
  at: desk.clock.now(),
})

const aboutOf = (verified: VerifiedEnvelope, letter: Letter): AboutLetter => ({
  messageId: verified.envelope.messageId,
  digest: verified.digest,
  number: letter.number.printed,
  date: letter.date,
  subject: letter.subject,
})

/**
 * The first of the offices addressed for which this gateway speaks and can seal now; undefined: it speaks for none. Throws `CannotSeal`
 * where it can seal for none of them.
 */
function speakerOf(desk: Desk, addressed: readonly OfficeId[]): OfficeId | undefined {
  const ours = addressed.filter((office) => desk.signers.has(office))
  const [first] = ours
  const able = ours.find((office) => unsealableBecause(desk, office) === undefined)
  if (able === undefined && first !== undefined) demandSealable(desk, first)
  return able
}

/**
 * A signed `receive` for one envelope, from one of the offices addressed. An office that seals by itself says so by itself: nobody
 * here can.
 */
async function sealReceipt(
  desk: Desk,
  addressed: readonly OfficeId[],
  to: OfficeId,
  about: AboutLetter,
): Promise<SealedEnvelope | undefined> {
  const from = speakerOf(desk, addressed)
  return from && (await sealSaid(desk, 'receive', from, to, about, '')).sealed
}

/** Refuses a letter that is proved to be its sender's: with a signed notice where an office of ours is addressed. */
async function refuse(
  desk: Desk,
  kind: 'reject' | 'invalid',
  about: AboutLetter,
  letter: Letter,
  problems: readonly Problem[],
): Promise<Faulty> {
  const [first, ...rest] = problems
  if (first === undefined) throw new Error('a refusal has a reason')
  const from = speakerOf(desk, letter.to.offices)
  if (from === undefined) return faulty([first, ...rest])
  const reason = reasonOf(problems)
  return faulty(
    [first, ...rest],
    (await sealSaid(desk, kind, from, letter.from.office, about, reason)).sealed,
  )
}

/** Each code once, with how often it was found: a notice's reason has an end. */
function reasonOf(problems: readonly Problem[]): string {
  const counts = new Map<string, number>()
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1)
  let reason = ''
  for (const [code, count] of counts) {
    const longer = `${reason}${reason === '' ? '' : ' '}${code}${count === 1 ? '' : ` (${count})`}`
    if (longer.length > limits.reason) break
    reason = longer
  }
  return reason
}

function sealSaid(
  desk: Desk,
  kind: 'receive' | 'reject' | 'invalid',
  from: OfficeId,
  to: OfficeId,
  about: AboutLetter,
  reason: string,
): ReturnType<typeof sealNotice> {
  const notice = checkNotice({ kind, from, to, about, at: desk.clock.now(), reason })
  if (!notice.ok) throw new Error(`a notice about a verified letter is faulty: ${notice.problems[0].code}`)
  return sealNotice(desk, notice.value)
}

/** Keeps the attachments that the signed part names; names each one that did not come, or is not what was signed. */
async function keepNamed(
  desk: Desk,
  letter: Letter,
  parts: ReadonlyMap<string, AttachmentContent>,
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const [index, { sha256, size }] of letter.attachments.entries()) {
    const path = `attachments[${index}]`
    const part = parts.get(sha256)
    // Bytes that the store holds from elsewhere do not count: to know a digest is not to have the scan.
    if (part === undefined) {
      problems.push(problem('letter.attachment.missing', path, sha256))
      continue
    }
    const kept = await keepContent(desk.attachments, part, path)
    if (!kept.ok) problems.push(...kept.problems)
    else if (kept.value.sha256 !== sha256 || kept.value.size !== size) {
      problems.push(problem('letter.attachment.other', path, kept.value.sha256, { expected: sha256 }))
    }
  }
  return problems
}
