// The transport `soap-out`: the gateway is the client, and calls a province's own server of the national exchange.
import { EcmsForm } from '../../formats/e-cms/e-cms.ts'
import { byteCount, milliseconds } from '../../quantities.ts'
import { duration, type Finding, object, secret, size, textOrReference } from '../../schema.ts'
import { urlFindings } from '../http/http-out.ts'
import { tlsFindings, tlsOption } from '../tls.ts'
import { channels, type Transport, type TransportContext, transport } from '../transport.ts'
import { type Peer, peerOf } from './peer.ts'
import { pollOf } from './poll.ts'
import { push } from './push.ts'
import type { ErrorCodes } from './verdict.ts'

interface Options {
  readonly url: string
  readonly plain: boolean
  readonly user?: string
  readonly password?: string
  readonly tls?: { readonly key?: string; readonly certificate?: string; readonly authority?: string }
  readonly connect: string
  readonly within: string
  readonly connections: number
  readonly every: string
  readonly limit: string
  readonly errors: ErrorCodes
  readonly notifiers: 'wrapped' | 'bare'
  readonly ask: boolean
}

const codes = {
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 100 },
  default: [],
  description: 'a list of ErrorCodes',
}

export const soapOut = transport<Options>({
  kind: 'soap-out',
  about: {
    summary:
      'The national exchange (TH e-GIF e-CMS), the gateway as the client of a system’s server: see [e-cms.md](../e-cms.md).',
    badDays: [
      ['an answer that is none', 'unknown; it is sent again', 'ecms.peer.no-answer'],
      [
        'its number is known there, and no answer was lost before',
        'refused: another letter',
        'ecms.peer.other',
      ],
      [
        'the same, an answer was lost before, and with `ask` it names other letters only',
        'refused: another letter',
        'ecms.peer.other',
      ],
      ['the same, and nothing more can be known', 'taken, and told: `soap.known-unproven`'],
      [
        'the head of its queue is beyond `limit`',
        'in quarantine, kept whole and not read; those behind it go on',
        'ecms.head.too-large',
      ],
      [
        'the same, and its ProcessID is not found, or it is beyond 2 GiB',
        'it stays, and all behind it wait: told in quarantine, and as a trouble of the office; asked for again after 5 minutes',
        'ecms.head.stuck',
      ],
      ['an ErrorCode that is not among `errors`', 'refused for good', 'adapter.peer.refused'],
    ],
  },
  options: {
    url: { ...textOrReference, description: 'the URL of the system’s server' },
    plain: {
      type: 'boolean',
      default: false,
      description: 'true: http without TLS, on a network of one’s own; or false',
    },
    user: { ...textOrReference, description: 'the name for HTTP Basic' },
    password: { ...secret, description: 'the password for HTTP Basic, by reference' },
    tls: tlsOption(
      'the authority that the server’s certificate comes from',
      'key, certificate and authority, PEM',
    ),
    connect: { ...duration, default: '10s', description: 'for the connection' },
    within: {
      ...duration,
      default: '2m',
      description: 'in which the server says something',
    },
    connections: {
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 2,
      description: 'a count of connections, at most',
    },
    every: { ...duration, default: '60s', description: 'between two looks at its queue' },
    limit: { ...size, default: '96MiB', description: 'bytes of an item of its queue' },
    errors: {
      ...object({
        known: { ...codes, description: 'a list of ErrorCodes: it has the letter already' },
        later: { ...codes, description: 'a list of ErrorCodes: not now' },
        nothing: { ...codes, description: 'a list of ErrorCodes: its queue is empty' },
      }),
      default: {},
      description: 'ErrorCodes of the server: known, later, nothing',
    },
    notifiers: {
      enum: ['wrapped', 'bare'],
      default: 'wrapped',
      description: 'wrapped in CorrespondenceLetterOutboundRequest, or bare',
    },
    ask: {
      type: 'boolean',
      default: false,
      description:
        'true: OutboundStatusRequest before a letter is sent again whose answer was lost; or false',
    },
  },
  required: ['url'],
  channels,
  handOver: 'pushes',
  deeper: (options) => [...wrongUrl(options), ...wrongPassword(options)],
  create: (options, context) => {
    const [first, ...rest] = [
      ...wrongUrl(options),
      ...wrongPassword(options),
      ...tlsFindings(options.tls ?? {}),
      ...otherForms(context),
    ]
    if (first !== undefined) return { ok: false, findings: [first, ...rest] }
    return { ok: true, value: create(options, context) }
  },
})

/** `plain` allows http to another machine; a reference is looked at when it is resolved. */
const wrongUrl = ({ url, plain }: Options): readonly Finding[] => {
  if (typeof url !== 'string') return []
  return urlFindings(plain ? url.replace(/^http:/i, 'https:') : url)
}

const wrongPassword = ({ user, password }: Options): readonly Finding[] =>
  (user === undefined) === (password === undefined)
    ? []
    : [
        {
          at: [],
          code: 'adapter.profile.key-missing',
          details: { key: user === undefined ? 'user' : 'password' },
        },
      ]

const otherForms = ({ forms }: TransportContext): readonly Finding[] =>
  Object.values(forms).every((form) => form instanceof EcmsForm)
    ? []
    : [
        {
          at: ['kind'],
          code: 'adapter.profile.value-wrong',
          value: 'soap-out',
          details: { expected: 'a transport for documents of this format; soap-out carries e-cms only' },
        },
      ]

function create(options: Options, { clock, forms }: TransportContext): Transport {
  const { user, password, tls, errors } = options
  const form = Object.values(forms).find((each) => each instanceof EcmsForm)
  if (form === undefined) throw new Error('the forms of soap-out were not checked')
  const peer: Peer = peerOf({
    url: options.url,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(tls && { tls }),
    connect: milliseconds(options.connect),
    within: milliseconds(options.within),
    connections: options.connections,
    charset: form.charset,
    bytes: (message) => form.bytes(message),
    clock,
  })
  const fetches = forms.send !== undefined || forms.sendNotices !== undefined
  const brings = forms.receive !== undefined || forms.notices !== undefined
  const poll = fetches
    ? pollOf({ peer, codes: errors, every: milliseconds(options.every), limit: byteCount(options.limit) })
    : undefined
  let verbs: Parameters<typeof push>[2]['verbs']
  return {
    doors: [],
    start: async (given) => {
      verbs = given
      await poll?.start(given)
    },
    stop: async () => {
      await poll?.stop()
      await peer.close()
    },
    ...(brings && {
      deliver: (parcel, signal) => {
        const form = parcel.envelope.content === 'letter' ? forms.receive : forms.notices
        if (!(form instanceof EcmsForm))
          throw new Error('a parcel came to a transport that has no form for it')
        const { notifiers, ask } = options
        return push(parcel, form, { peer, codes: errors, notifiers, ask, ...(verbs && { verbs }) }, signal)
      },
    }),
  }
}
