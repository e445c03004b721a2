// The transport `http-out`: parcels are brought to the system by POST, over mutual TLS where it asks for it.

import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import { Agent } from 'undici'
import { printable } from '../../../problem/problem.ts'
import type { Outcome, Parcel } from '../../contract.ts'
import type { DocumentForm } from '../../formats/format.ts'
import { milliseconds } from '../../quantities.ts'
import { duration, type Finding, secret, textOrReference } from '../../schema.ts'
import { networkWords } from '../network-words.ts'
import { publicOrOwn, tlsFindings, tlsOption } from '../tls.ts'
import { transport } from '../transport.ts'
import { outgoingBody } from './out-body.ts'
import { outcomeOf, readAnswer } from './outcome.ts'

interface Options {
  readonly url: string
  readonly tls?: { readonly key?: string; readonly certificate?: string; readonly authority?: string }
  readonly token?: string
  readonly connect: string
  readonly within: string
  readonly connections: number
}

/**
 * Options. `url`: https, or http on this machine only. `tls`: PEM texts by reference: our key and certificate, and the
 * authority that signed the other side's. `token`: sent as `Authorization: Bearer`. `connect`: for the connection,
 * `within`: for the answer after the last byte, and between two pieces of either.
 */
export const httpOut = transport<Options>({
  kind: 'http-out',
  about: {
    summary: 'The gateway brings documents by POST.',
    badDays: [
      ['2xx with a page (a sign-in, a proxy)', 'unknown; it is sent again', 'adapter.peer.no-answer'],
      [
        '400, 409, 410, 413, 415, 422',
        'refused for good; 409 to an envelope: taken before',
        'adapter.peer.refused',
      ],
      [
        '401, 403, 404, 407, redirects, all other 4xx',
        'not now: a state of the network or of a deployment; redirects lead nowhere',
        'adapter.peer.unready',
      ],
      ['408, 425, 429, 500, 501, 503, 505, no connection', 'not now, with Retry-After where it is given'],
      ['502, 504, other 5xx', 'unknown: a proxy does not know what the server did; it is sent again'],
      ['lost after the last byte', 'unknown; it is sent again'],
      [
        'a key or certificate that is no PEM, or a key that is not the certificate’s',
        'the profile is not loaded',
        'adapter.tls.not-pem',
      ],
    ],
  },
  options: {
    url: { ...textOrReference, description: 'https; http only to the gateway’s own machine' },
    tls: tlsOption(publicOrOwn),
    token: { ...secret, description: 'sent as Authorization: Bearer' },
    connect: { ...duration, default: '10s', description: 'for the connection' },
    within: { ...duration, default: '60s', description: 'for the answer' },
    connections: {
      type: 'integer',
      minimum: 1,
      maximum: 64,
      default: 8,
      description: 'a count of connections kept to this system, at most',
    },
  },
  required: ['url'],
  channels: ['receive', 'notices'],
  handOver: 'pushes',
  // A reference is looked at when it is resolved.
  deeper: ({ url }) => (typeof url === 'string' ? urlFindings(url) : []),
  create: (options, { forms, clock }) => {
    const [fault, ...more] = [...urlFindings(options.url), ...tlsFindings(options.tls ?? {})]
    if (fault !== undefined) return { ok: false, findings: [fault, ...more] }
    const { key, certificate, authority } = options.tls ?? {}
    const within = milliseconds(options.within)
    const agent = new Agent({
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      headersTimeout: within,
      bodyTimeout: within,
      connect: {
        timeout: milliseconds(options.connect),
        ...(key !== undefined && { key }),
        ...(certificate !== undefined && { cert: certificate }),
        ...(authority !== undefined && { ca: authority }),
      },
    })
    return {
      ok: true,
      value: {
        doors: [],
        deliver: (parcel, signal) => {
          const form = parcel.envelope.content === 'letter' ? forms.receive : forms.notices
          if (form === undefined) throw new Error('a parcel came to a transport that has no form for it')
          return send(parcel, form, options, agent, signal, () => clock.now())
        },
        stop: () => agent.close(),
      },
    }
  },
})

/** An https address, or http on this machine only. */
export function urlFindings(text: string): readonly Finding[] {
  const expected = 'an https address without user or fragment (http only for this machine)'
  const wrong: Finding = {
    at: ['url'],
    code: 'adapter.profile.value-wrong',
    // A password in it is never shown (attacks T11).
    value: text.replace(/\/\/[^/]*@/, '//…@'),
    details: { expected },
  }
  if (!URL.canParse(text)) return [wrong]
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || url.hash !== '') return [wrong]
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)) ? [] : [wrong]
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))

async function send(
  parcel: Parcel,
  form: DocumentForm,
  options: Options,
  agent: Agent,
  signal: AbortSignal,
  now: () => number,
): Promise<Outcome> {
  const written = await form.write(parcel)
  if (!written.ok)
    return {
      kind: 'refused',
      problem: written.problems[0],
      said: written.problems
        .map(({ code, path }) => `${path}: ${code}`)
        .join('; ')
        .slice(0, 2000),
    }
  const body = outgoingBody(written.value, form.multipart, parcel)
  const url = new URL(options.url)
  let sent = false
  async function* watched() {
    yield* body.bytes()
    // From here on the other side may have the whole of it, whatever we hear.
    sent = true
  }
  try {
    const answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers: {
        'content-type': body.contentType,
        'content-length': String(body.length),
        'saraban-parcel': parcel.id,
        'saraban-document': parcel.envelope.content,
        ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      },
      body: Readable.from(watched(), { objectMode: false }),
      signal,
    })
    return outcomeOf(await readAnswer(answer), form.receipts, now)
  } catch (error) {
    const said = saidOf(error)
    return sent ? { kind: 'unknown', said } : { kind: 'unavailable', said }
  }
}

function saidOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return printable(`${networkWords(error)}${cause}`, 500)
}
