// A correction that a person orders, carried out: judged again as it was shown, sealed under its sender's key, committed with the
// recalls of what it replaces. Who ordered it, why, and what was changed is its source: the envelope's provenance binds that.
import { createHash } from 'node:crypto'
import type { Envelope } from '../../envelope/envelope.ts'
import { contentDigest } from '../../letter/digest.ts'
import type { Letter } from '../../letter/letter.ts'
import { type MessageId, printInstant } from '../../letter/time.ts'
import { bad, good, messageOf, type Problem, problem, type Result } from '../../problem/problem.ts'
import { type CorrectionPlan, planCorrection, postCorrection } from '../delivery/correction.ts'
import { unreachable } from '../delivery/post-letter.ts'
import { type Desk, newId, sealFor, unsealableBecause } from '../desk.ts'
import { envelopeById } from '../journal/envelopes.ts'
import { lettersOfMessage } from '../journal/letters.ts'
import type { Correction, CorrectionOrder } from '../journal/orders.ts'
import { sourceRowOf, writeUntaken } from './keep.ts'
import { recallsOf } from './letters.ts'

export interface Corrected {
  readonly messageId: MessageId
  /** Those that are to have it. */
  readonly recipients: readonly string[]
}

/** How a correction stands in an envelope's provenance, and with its source. */
const system = { id: 'saraban', format: 'correction', version: '' } as const

/**
 * What a correction would do here: everything that stands against it, also of what this gateway can do. `brought`: digests of
 * files that are kept once it is made.
 */
export async function foreseeCorrection(
  desk: Desk,
  correction: Correction,
  brought: ReadonlySet<string> = new Set(),
): Promise<Result<CorrectionPlan> | undefined> {
  const plan = await planCorrection(desk.database.committed, correction)
  if (plan?.ok !== true) return plan
  const { after } = plan.value
  const problems: Problem[] = []
  if (!desk.signers.has(after.from.office))
    problems.push(problem('letter.correct.key', 'from.office', after.from.office))
  const unsealable = unsealableBecause(desk, after.from.office)
  if (unsealable !== undefined) {
    const reason = messageOf(unsealable)
    problems.push(problem('letter.correct.certificate', 'from.office', after.from.office, { reason }))
  }
  problems.push(...unreachable(after, desk.routes), ...(await missing(desk, after, brought)))
  const [first, ...more] = problems
  return first === undefined ? plan : bad(first, ...more)
}

/** The attachments were kept with the letter, or with the order; what was purged since cannot be sent. */
async function missing(
  { attachments }: Desk,
  letter: Letter,
  brought: ReadonlySet<string>,
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const [index, { sha256, size, name }] of letter.attachments.entries())
    if (!brought.has(sha256) && (await attachments.sizeOf(sha256)) !== size)
      problems.push(problem('letter.attachment.missing', `attachments.${index}`, name))
  return problems
}

/**
 * Makes a correction. Undefined: there is no such letter. Rejects only when the disk or the journal fails: the order may be carried out
 * again. Files that came with one that is not made may leave the store.
 */
export async function correctLetter(
  desk: Desk,
  order: CorrectionOrder,
): Promise<Result<Corrected> | undefined> {
  const made = await makeCorrection(desk, order)
  const brought = new Set(order.attach.map(({ sha256 }) => sha256))
  if (made?.ok !== true && brought.size > 0) await writeUntaken(desk, brought, async () => undefined)
  return made
}

async function makeCorrection(desk: Desk, order: CorrectionOrder): Promise<Result<Corrected> | undefined> {
  const { as: messageId, by, why } = order
  const { committed } = desk.database
  const done = async (): Promise<Result<Corrected>> => {
    const rows = await lettersOfMessage(committed, messageId)
    return good({ messageId, recipients: rows.map(({ recipient }) => recipient) })
  }
  if ((await envelopeById(committed, messageId)) !== undefined) return done()
  const plan = await foreseeCorrection(desk, order)
  if (plan?.ok !== true) return plan
  const { after: letter, corrects, digest } = plan.value
  if (digest !== order.digest)
    return bad(problem('letter.correct.changed', 'messageId', letter.number.printed))
  const at = desk.clock.now()
  const bytes = sourceOf(order, printInstant(at))
  const source = await sourceRowOf(
    desk.attachments,
    { ...system, office: letter.from.office },
    {
      document: 'letter',
      name: `correction ${messageId}`,
      bytes,
      beside: new Map(),
      sender: 'gone',
      final: true,
    },
    at,
  )
  const recalls = await recallsOf(desk, letter.from.office, corrects, `${corrected}: ${messageId}`)
  const envelope: Envelope = {
    messageId,
    createdAt: at,
    content: 'letter',
    letter,
    provenance: {
      system: system.id,
      format: system.format,
      sourceDigest: createHash('sha256').update(bytes).digest('hex'),
      ...(letter.number.completed && { numberCompleted: true }),
    },
  }
  const sealed = await sealFor(desk, letter.from.office, envelope)
  desk.reached('letter.sealed')
  const posted = await desk.database.write((transaction) =>
    postCorrection(
      transaction,
      {
        ...{ messageId, letter, sealed, position: 'letter', handover: null, at },
        ...{ source: { ...source, document: system.format } },
        ...{ contentDigest: contentDigest(letter), corrects, recalls, by, why },
      },
      desk.routes,
      newId,
    ),
  )
  if (posted.kind === 'problem') return bad(posted.problem)
  desk.due(posted.due ?? [])
  desk.reached('letter.committed')
  return done()
}

/** As the recipient's people read it, before the message id of what comes in its place. */
const corrected = 'มีฉบับแก้ไขมาแทน'

/** The order as an auditor reads it: who, why, and what was said anew. */
function sourceOf(order: CorrectionOrder, at: string): Buffer {
  const { messageId, as, office, fields, attach, drop, by, why } = order
  const said = { corrects: messageId, as, ...(office !== undefined && { office }), by, why, at }
  return Buffer.from(`${JSON.stringify({ ...said, fields, attach, drop }, null, 2)}\n`)
}
