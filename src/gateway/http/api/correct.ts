// /v1/letters/{messageId}/correct: what a correction would do, and the doing of it.
import { createHash } from 'node:crypto'
import { mediaTypeOf } from '../../../letter/attachments.ts'
import type { Attachment } from '../../../letter/letter.ts'
import { bad, good, type Problem, problem, type Result, within } from '../../../problem/problem.ts'
import { alreadyOrdered, type CorrectionPlan } from '../../delivery/correction.ts'
import { fullId } from '../../journal/asked.ts'
import { waitingCorrection } from '../../journal/orders.ts'
import { whyOf } from './acts.ts'
import { visible } from './letters.ts'
import { type Answered, type Call, flagAt, json, notThere, type Operation, textAt } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { concerns, readsText } from './roles.ts'
import { listOf, messageId, object, officeId, oneOf, ref, text, why } from './schemas.ts'

/** Bytes of a body with its files as base64: scans of some pages. Larger ones come by `saraban messages correct`. */
const largestBody = 16 * 1024 * 1024

export function correctOperations(parts: ApiParts): readonly Operation[] {
  return [
    {
      id: 'correctLetter',
      method: 'POST',
      path: '/v1/letters/{messageId}/correct',
      right: 'correct',
      summary: 'Correct a letter that was refused, called wrong or given up',
      description:
        'It is recalled where it came to nothing, and a new letter with the changes follows under a message id of its own, sealed under its sender’s key. Only for a grant for the office of its sender. Without apply what would change is told.',
      params: { messageId },
      largestBody,
      body: object({
        why,
        'office?': { ...officeId, description: 'Only at this recipient.' },
        'fields?': {
          type: 'object',
          description: 'Fields of schemas/letter.schema.json, each said anew as a whole; no attachments.',
        },
        'attach?': {
          ...listOf(
            object({
              name: text('With its ending.', 255),
              'mediaType?': text('Left out: by the ending.', 100),
              'role?': oneOf(['main', 'enclosure']),
              content: { type: 'string', minLength: 1, description: 'base64 (RFC 4648, section 4).' },
            }),
          ),
          maxItems: 100,
          description: 'Each takes the place of the attachment of its name, and main that of the main file.',
        },
        'drop?': { ...listOf(text('Of an attachment.', 255)), maxItems: 100 },
        'apply?': { type: 'boolean', description: 'false, or left out: only what would change is told.' },
        'digest?': text('Of what was shown: what would be another is not done.', 64),
      }),
      answer: ref('Corrected'),
      handle: (call) => correct(parts, call),
    },
  ]
}

async function correct(parts: ApiParts, call: Call): Promise<Answered> {
  const { grant, params, body } = call
  const id = fullId(params['messageId'] ?? '')
  const [row] = await visible(parts, grant, id, 1)
  if (row === undefined) return notThere('letter', id)
  // It speaks with the sender's voice: who looks after its recipient does not.
  const { role } = grant
  if (!concerns(grant, row.sender)) return lacks(role, `correct letters of the office ${row.sender}`)
  if (!readsText(grant, row.secrecy)) return lacks(role, 'correct secret letters')
  const waiting = await waitingCorrection(parts.database.committed, id)
  if (waiting !== undefined) return { kind: 'problems', problems: [alreadyOrdered(row.number, waiting)] }
  const files = attached(call)
  if (!files.ok) return { kind: 'problems', problems: files.problems }
  const attach = files.value.map(({ attachment }) => attachment)
  const office = textAt(body, 'office')
  const correction = {
    ...{ messageId: id, attach, drop: (body['drop'] ?? []) as readonly string[] },
    fields: (body['fields'] ?? {}) as Readonly<Record<string, unknown>>,
    ...(office !== undefined && { office }),
  }
  const plan = await parts.corrections.foresee(correction, new Set(attach.map(({ sha256 }) => sha256)))
  if (plan === undefined) return notThere('letter', id)
  if (!plan.ok) return { kind: 'problems', problems: plan.problems }
  if (!flagAt(body, 'apply')) return json({ applied: false, ...planView(plan.value) })
  const { digest } = plan.value
  if ((textAt(body, 'digest') ?? digest) !== digest)
    return { kind: 'problems', problems: [problem('letter.correct.changed', 'messageId', row.number)] }
  // Not before it is sure that they go: what is only asked leaves nothing behind.
  for (const { bytes } of files.value) await parts.attachments.keep(bytes, largestBody)
  const made = await parts.corrections.make({
    ...{ ...correction, as: parts.corrections.newMessageId() },
    ...{ digest, by: grant.name, why: whyOf(call) },
  })
  if (made === undefined) return notThere('letter', id)
  if (!made.ok) return { kind: 'problems', problems: made.problems }
  return json({ applied: true, messageId: made.value.messageId, ...planView(plan.value) })
}

const lacks = (role: string, right: string): Answered => ({
  kind: 'problems',
  problems: [problem('api.role.lacks', 'request', undefined, { role, right })],
})

const planView = ({ digest, differences, corrects, unsure, after }: CorrectionPlan) => ({
  digest,
  changes: differences,
  recalls: corrects.map(({ recipient, state }) => ({
    ...{ recipient, state, mayHaveArrived: unsure.includes(recipient) },
  })),
  recipients: after.to.offices,
})

interface Said {
  readonly name: string
  readonly mediaType?: string
  readonly role?: Attachment['role']
  readonly content: string
}

interface File {
  readonly attachment: Attachment
  readonly bytes: Buffer
}

/** The files of a body, measured and not yet kept. */
function attached({ body }: Call): Result<readonly File[]> {
  const problems: Problem[] = []
  const files: File[] = []
  for (const [index, said] of ((body['attach'] ?? []) as readonly Said[]).entries()) {
    const path = `body.attach.${index}`
    const mediaType = mediaTypeOf(said.mediaType, said.name)
    if (!mediaType.ok) problems.push(...mediaType.problems.map((found) => within(path, found)))
    const bytes = Buffer.from(said.content, 'base64')
    // Buffer.from skips what is not base64: only what comes back the same was base64.
    if (bytes.toString('base64') !== said.content.replace(/[\r\n]/g, ''))
      problems.push(problem('api.request.wrong', `${path}.content`, undefined, { expected: 'base64' }))
    else if (mediaType.ok) {
      const { name, role = 'enclosure' } = said
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      files.push({
        attachment: { name, mediaType: mediaType.value, role, sha256, size: bytes.length },
        bytes,
      })
    }
  }
  const [first, ...more] = problems
  return first === undefined ? good(files) : bad(first, ...more)
}
