// The transport `http-in`: doors at which a system hands documents in, and fetches its own where it cannot be called.

import { problem } from '../../../problem/problem.ts'
import type { Access, AdapterVerbs, Door, DoorAnswer, DoorRequest } from '../../contract.ts'
import type { DocumentForm } from '../../formats/format.ts'
import { whyNotTaken } from '../../not-taken.ts'
import { byteCount, milliseconds } from '../../quantities.ts'
import { duration, size } from '../../schema.ts'
import { access, accessFindings } from '../access.ts'
import { transport } from '../transport.ts'
import { envelopeAnswer, jsonAnswer, manyAnswer, problemsAnswer } from './answers.ts'
import { type BodyLimits, readBody } from './body.ts'
import { waitingDoors } from './waiting.ts'

interface Options {
  readonly path: string
  readonly access: Access
  readonly limit: string
  readonly attachmentLimit: string
  readonly attachments: number
  readonly within: string
  readonly types: readonly string[]
}

/**
 * Options. `path`: the door's. `limit`, `attachmentLimit`: bytes of a document and of a file. `within`: until a body has
 * arrived whole. `types`: further media types that the system calls its documents by. On `send` and `sendNotices` the door takes POST; on `receive` and `notices` (the same door for both) it
 * gives the first waiting document to GET and forgets it on DELETE.
 */
export const httpIn = transport<Options>({
  kind: 'http-in',
  about: {
    summary: 'Doors at which a system hands documents in by POST, or fetches its own by GET.',
    badDays: [
      ['a letter that is not right', '422 with every problem, Thai and English; nothing was taken'],
      ['the same letter with another content', '409; a person decides', 'letter.conflict'],
      ['broken, slow or too large', '400, 408, 413', 'adapter.multipart.broken'],
      ['of another media type', '415', 'adapter.body.unsupported'],
      ['nothing can be committed now', '503 with Retry-After: send it again', 'adapter.gateway.busy'],
      ['`DELETE` of what is not the first any more', '404', 'adapter.waiting.unknown'],
    ],
  },
  options: {
    path: {
      type: 'string',
      pattern: '^(/[A-Za-z0-9._~-]{1,60}){1,10}$',
      description:
        'an absolute path without a slash at its end: /v1/systems/57/letters; one for each channel, one for receive and notices together',
    },
    access,
    limit: { ...size, default: '4MiB', description: 'bytes of a document' },
    attachmentLimit: { ...size, default: '2GiB', description: 'bytes of a file' },
    attachments: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
      default: 100,
      description: 'a count of files, at most',
    },
    within: { ...duration, default: '10m', description: 'until a body has arrived whole' },
    types: {
      type: 'array',
      items: { type: 'string', pattern: '^[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}$' },
      maxItems: 10,
      default: [],
      description: 'further media types under which documents come: text/plain',
    },
  },
  required: ['path', 'access'],
  channels: ['send', 'sendNotices', 'receive', 'notices'],
  handOver: 'polled',
  deeper: (options, channels) => [
    ...accessFindings(options.access),
    ...(channels.length > 1 && !channels.every((each) => each === 'receive' || each === 'notices')
      ? [
          {
            at: ['path'],
            code: 'adapter.profile.value-wrong' as const,
            value: options.path,
            details: { expected: `a path of its own for each of ${channels.join(', ')}` },
          },
        ]
      : []),
  ],
  create: (options, { forms }) => {
    const [fault, ...more] = accessFindings(options.access)
    if (fault !== undefined) return { ok: false, findings: [fault, ...more] }
    let verbs: AdapterVerbs | undefined
    const opened =
      (enter: (request: DoorRequest, verbs: AdapterVerbs) => Promise<DoorAnswer>) =>
      async (request: DoorRequest): Promise<DoorAnswer> =>
        verbs === undefined ? problemsAnswer([problem('adapter.gateway.busy', '')]) : enter(request, verbs)
    const { path } = options
    const limits: BodyLimits = {
      document: byteCount(options.limit),
      attachment: byteCount(options.attachmentLimit),
      attachments: options.attachments,
      within: milliseconds(options.within),
    }
    const taking = (form: DocumentForm | undefined, document: 'letter' | 'notice'): Door[] =>
      form === undefined
        ? []
        : [
            {
              method: 'POST',
              path,
              access: options.access,
              enter: opened((request, given) =>
                enter(request, given, form, document, path, [...typesOf(form), ...options.types], limits),
              ),
            },
          ]
    return {
      ok: true,
      value: {
        doors: [
          ...taking(forms.send, 'letter'),
          ...taking(forms.sendNotices, 'notice'),
          ...(forms.receive || forms.notices ? waitingDoors(path, options.access, forms, opened) : []),
        ],
        start: async (given) => {
          verbs = given
        },
        stop: async () => {
          verbs = undefined
        },
      },
    }
  },
})

async function enter(
  request: DoorRequest,
  verbs: AdapterVerbs,
  form: DocumentForm,
  document: 'letter' | 'notice',
  path: string,
  mediaTypes: readonly string[],
  limits: BodyLimits,
): Promise<DoorAnswer> {
  let answers: Awaited<ReturnType<AdapterVerbs['take']>>
  try {
    const body = await readBody(request, mediaTypes, form.multipart, limits, verbs)
    if (!body.ok) return problemsAnswer(body.problems)
    answers = await verbs.take({
      document,
      name: `POST ${path}`,
      ...body.value,
      sender: 'waits',
      final: true,
    })
  } catch (error) {
    // The disk or the journal failed, and nothing was taken: what the sender may know is that it should come again.
    const { problem: told, reason } = whyNotTaken(error, problem('adapter.gateway.busy', ''))
    verbs.report('door.failed', { path, reason })
    return problemsAnswer([told])
  }
  const [taken] = answers
  if (taken === undefined) return problemsAnswer([problem('adapter.document.empty', '')])
  if (answers.length > 1) return manyAnswer(answers)
  return form.receipts ? envelopeAnswer(taken) : jsonAnswer(taken)
}

const xml = ['application/xml', 'text/xml']

/** The media types of a form's documents. */
function typesOf({ multipart, mediaType }: DocumentForm): readonly string[] {
  const type = mediaType ?? (multipart === 'related' ? 'application/xml' : 'application/json')
  return xml.includes(type) ? xml : [type]
}
