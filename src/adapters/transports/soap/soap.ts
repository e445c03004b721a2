// The SOAP transport: one door, at which a system of the national exchange sends and polls.
import { problem } from '../../../problem/problem.ts'
import type { Access, AdapterVerbs, Door, DoorAnswer, DoorRequest } from '../../contract.ts'
import { EcmsForm } from '../../formats/e-cms/e-cms.ts'
import { type Message, readMessage } from '../../formats/e-cms/message.ts'
import type { Operation } from '../../formats/e-cms/names.ts'
import { whyNotTaken } from '../../not-taken.ts'
import { byteCount, milliseconds } from '../../quantities.ts'
import { type Checked, duration, type Finding, reference, size } from '../../schema.ts'
import { access, accessFindings } from '../access.ts'
import { saidLength } from '../gathered.ts'
import { channels, type Transport, type TransportContext, transport } from '../transport.ts'
import { failure } from './answers.ts'
import { type BodyBounds, memoryOf, withBody } from './body.ts'
import type { Operate } from './exchange.ts'
import { mimeCodes, ministries, organisationList, secretCodes, speedCodes, time } from './look-ups.ts'
import { inbound, remove, special, status } from './polling.ts'
import { forget, outbound } from './sending.ts'

const operate: Readonly<Record<Operation, Operate>> = {
  CorrespondenceLetterOutboundRequest: outbound,
  ReceiveLetterNotifier: outbound,
  AcceptLetterNotifier: outbound,
  RejectLetterNotifier: outbound,
  InvalidLetterNotifier: outbound,
  InvalidAcceptIDNotifier: outbound,
  CorrespondenceLetterInboundRequest: inbound,
  CorrespondenceLetterDeleteRequest: remove,
  CorrespondenceDeleteGovernmentDocumentRequest: forget,
  CorrespondenceLetterInboundSpecialRequest: special,
  OutboundStatusRequest: status,
  TimeCheckRequest: async ({ now }) => time(now),
  GetMinistryOrganizationList: async ({ form }) => ministries(form.organisations),
  GetOrganizationList: async ({ form, url }) => organisationList(form.organisations, url),
  GetSecretCodes: async () => secretCodes(),
  GetSpeedCodes: async () => speedCodes(),
  GetMimeCodes: async () => mimeCodes(),
}

export interface SoapOptions {
  readonly path: string
  readonly access: Access
  readonly limit: string
  readonly memory: string
  readonly within: string
  readonly url: string
}

export const soap = transport<SoapOptions>({
  kind: 'soap',
  about: {
    summary:
      'The national exchange (TH e-GIF e-CMS), the gateway as its server: see [e-cms.md](../e-cms.md).',
    badDays: [
      ['an operation that is none', 'a SOAP fault', 'ecms.operation.unknown'],
      ['a request beyond `limit`', 'refused unread', 'ecms.body.too-large'],
      ['too many requests at one time', 'not now', 'ecms.busy'],
      ['a sender that is not the office of the door', 'refused', 'ecms.sender.other'],
    ],
  },
  options: {
    path: {
      type: 'string',
      pattern: '^/[A-Za-z0-9._~/-]{1,200}$',
      description: 'an absolute path such as /e-cms/93',
    },
    access,
    limit: { ...size, default: '64MiB', description: 'bytes of one request' },
    memory: { ...size, default: '256MiB', description: 'bytes of all requests at one time' },
    within: {
      ...duration,
      default: '10m',
      description: 'until a request has arrived whole',
    },
    url: {
      anyOf: [{ type: 'string' }, reference],
      default: '',
      description: 'the URL of this door, as its clients call it',
    },
  },
  required: ['path', 'access'],
  channels,
  handOver: 'polled',
  // Nobody polls a request to forget a letter.
  cannotSay: ['recall'],
  deeper: (options) => accessFindings(options.access),
  create: (options, context) => {
    const [first, ...rest] = accessFindings(options.access)
    if (first !== undefined) return { ok: false, findings: [first, ...rest] }
    return create(options, context)
  },
})

function create(options: SoapOptions, context: TransportContext): Checked<Transport> {
  const [form] = Object.values(context.forms)
  if (!(form instanceof EcmsForm)) {
    const finding: Finding = {
      at: ['kind'],
      code: 'adapter.profile.value-wrong',
      value: 'soap',
      details: { expected: 'a transport for documents of this format; soap carries e-cms only' },
    }
    return { ok: false, findings: [finding] }
  }
  return { ok: true, value: new SoapTransport(options, context, form) }
}

class SoapTransport implements Transport {
  readonly doors: readonly Door[]
  readonly #options: SoapOptions
  readonly #context: TransportContext
  readonly #form: EcmsForm
  readonly #bounds: BodyBounds
  readonly #underWay = new Set<Promise<DoorAnswer>>()
  #verbs: AdapterVerbs | undefined

  constructor(options: SoapOptions, context: TransportContext, form: EcmsForm) {
    this.#options = options
    this.#context = context
    this.#form = form
    const limit = byteCount(options.limit)
    const memory = memoryOf(Math.max(byteCount(options.memory), limit))
    this.#bounds = { limit, memory, within: milliseconds(options.within), clock: context.clock }
    const { path, access: proved } = options
    this.doors = [{ method: 'POST', path, access: proved, enter: (request) => this.#enter(request) }]
  }

  async start(verbs: AdapterVerbs): Promise<void> {
    this.#verbs = verbs
  }

  async stop(): Promise<void> {
    this.#verbs = undefined
    await Promise.allSettled(this.#underWay)
  }

  async #enter(request: DoorRequest): Promise<DoorAnswer> {
    const verbs = this.#verbs
    if (verbs === undefined) return failure([problem('ecms.unavailable', '')], 503)
    const answering = this.#answer(request, verbs)
    this.#underWay.add(answering)
    try {
      return this.#inCharset(await answering)
    } finally {
      this.#underWay.delete(answering)
    }
  }

  /** The answer as the system reads it, and labelled as what it is. */
  #inCharset(answer: DoorAnswer): DoorAnswer {
    const { charset } = this.#form
    if (charset === 'utf-8' || !Buffer.isBuffer(answer.body)) return answer
    const headers = { ...answer.headers, 'content-type': `text/xml; charset=${charset}` }
    return { ...answer, headers, body: this.#form.bytes(answer.body) }
  }

  #answer(request: DoorRequest, verbs: AdapterVerbs): Promise<DoorAnswer> {
    // A packed body of some bytes can be gigabytes (attack T4).
    const packed = request.headers['content-encoding'] ?? 'identity'
    if (packed !== 'identity') return Promise.resolve(failure([problem('ecms.body.packed', '', packed)]))
    const said = saidLength(request.headers['content-length'])
    return withBody(request.body, { ...this.#bounds, said }, async (body) => {
      if (!body.ok) return failure(body.problems)
      const message = await readMessage(body.value, this.#form.charset)
      if (!message.ok) return failure(message.problems)
      return this.#carryOut(message.value, body.value, verbs)
    })
  }

  async #carryOut(message: Message, bytes: Buffer, verbs: AdapterVerbs): Promise<DoorAnswer> {
    const { operation, repairs } = message
    if (repairs.ampersands + repairs.prefixes.length > 0) {
      const { ampersands, prefixes } = repairs
      verbs.report('ecms.repaired', { operation, ampersands, prefixes: prefixes.length })
    }
    const { office } = this.#context
    const now = verbs.clock.now()
    try {
      return await operate[operation]({
        verbs,
        office,
        form: this.#form,
        url: this.#options.url,
        bytes,
        message,
        now,
      })
    } catch (cause) {
      // The journal is closed, the disk is full: nothing was taken, and the client is told so in a way that it can read.
      const { problem: told, reason } = whyNotTaken(cause, problem('ecms.unavailable', ''))
      verbs.report('ecms.failed', { operation, cause: reason })
      return failure([told])
    }
  }
}
