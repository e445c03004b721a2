// The counterparts of `http-in` (a system that calls the gateway, and fetches what waits there) and `http-out` (one that is called).
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Agent, request } from 'undici'
import type { AttachmentContent } from '../../adapters/contract.ts'
import type { TlsIdentity } from '../../sandbox/inbox/post.ts'
import type { Answer, Collected, Counterpart, CounterpartMaker } from './counterpart.ts'
import { bodyOf, contentOf, readBody, type Sent } from './http-body.ts'
import { lineTo } from './line.ts'
import { muteOnce } from './mute.ts'

export const httpIn: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const { sealed } = settings
  const key = randomBytes(18).toString('base64url')
  const variable = settings.variable('KEY_SHA256')
  const path = String(settings.options['path'])
  let port = 0
  const line = await lineTo(() => port)
  const base = sealed ? `https://localhost:${line.port}` : `http://127.0.0.1:${line.port}`
  // A system that the province's machine cannot reach opens its connection anew: what is kept alive would hide it.
  const dispatcher = new Agent({
    pipelining: 0,
    ...(sealed && {
      connect: {
        key: sealed.tls.client.key,
        cert: sealed.tls.client.certificate,
        ca: sealed.tls.client.authority,
      },
    }),
  })
  const call = (url: string, method: 'GET' | 'POST' | 'DELETE' = 'GET', sent: Sent = {}) =>
    request(`${base}${url}`, {
      ...sent,
      method,
      dispatcher,
      headers: { ...sent.headers, ...(sealed === undefined && { authorization: `Bearer ${key}` }) },
    })
  let gone = false
  const mute = muteOnce()
  const known = new Set<string>()
  return {
    options: {
      ...settings.options,
      ...(sealed === undefined && { access: { kind: 'api-key', sha256: [{ env: variable }] } }),
    },
    environment: { [variable]: createHash('sha256').update(key).digest('hex') },
    attach: ({ http, https }) => {
      port = Number(new URL(sealed ? (https ?? '') : http).port)
    },
    async handIn(_channel, document): Promise<Answer> {
      const answer = await call(path, 'POST', bodyOf(document, sealed !== undefined))
      const bytes = Buffer.from(await answer.body.arrayBuffer())
      const said = `${answer.statusCode} ${bytes.toString('utf8').slice(0, 500)}`
      if (sealed !== undefined && (answer.statusCode === 200 || answer.statusCode === 409))
        return sealed.proves(document.written, bytes) ? { kind: 'taken' } : { kind: 'refused', said }
      if (answer.statusCode === 200 || answer.statusCode === 201) return { kind: 'taken' }
      return { kind: 'refused', said }
    },
    async collect() {
      const asks = settings.channels.some((channel) => channel === 'receive' || channel === 'notices')
      if (!asks || gone) return []
      const collected: Collected[] = []
      for (;;) {
        const answer = await call(path)
        const bytes = Buffer.from(await answer.body.arrayBuffer())
        if (answer.statusCode === 204) return collected
        if (answer.statusCode !== 200) throw new Error(`GET ${path} was answered with ${answer.statusCode}`)
        const parcel = String(answer.headers['saraban-parcel'])
        // The document calls its files by name; over this door they are fetched in its order, by digest.
        const unnamed: AttachmentContent[] = []
        for (const [, file = ''] of String(answer.headers['link'] ?? '').matchAll(/<([^>]+)>/g)) {
          const found = await call(file)
          unnamed.push(await contentOf(found.body))
        }
        // A system that died before its word was heard finds the same at the head, and has it.
        if (!known.has(parcel)) collected.push({ bytes, beside: new Map(), unnamed })
        known.add(parcel)
        if (answer.headers['saraban-document'] === 'letter' && mute.loses()) return collected
        const gone = await call(`${path}/${parcel}`, 'DELETE')
        await gone.body.dump()
        if (gone.statusCode !== 204) throw new Error(`DELETE ${path} was answered with ${gone.statusCode}`)
      }
    },
    away: {
      go: async () => {
        gone = true
        await line.away.go()
      },
      back: async () => {
        await line.away.back()
        gone = false
      },
    },
    slow: line.slow,
    mute,
    close: async () => {
      await dispatcher.close()
      await line.close()
    },
  }
}

export const httpOut: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const { sealed } = settings
  const received: Collected[] = []
  const seen = new Set<string>()
  const mute = muteOnce()
  /** What it answers to a document that came. A system that knows a parcel says yes again and keeps one. */
  const take = (parcel: string, document: Collected) => {
    if (sealed === undefined) {
      if (!seen.has(parcel)) received.push(document)
      seen.add(parcel)
      return { status: 201, type: 'application/json', body: '{}' }
    }
    const { status, body } = sealed.answer(document.bytes)
    if (status === 200) received.push(document)
    return { status, type: 'application/xml', body }
  }
  const answer = (incoming: IncomingMessage, response: ServerResponse): void => {
    readBody(incoming).then(
      (document) => {
        const { status, type, body } = take(String(incoming.headers['saraban-parcel']), document)
        if (incoming.headers['saraban-document'] === 'letter' && mute.loses()) response.destroy()
        else response.writeHead(status, { 'content-type': type }).end(body)
      },
      () => response.destroy(),
    )
  }
  const server = sealed ? securely(sealed.tls.server, answer) : createServer(answer)
  await new Promise<void>((opened) => server.listen(0, '127.0.0.1', () => opened()))
  const line = await lineTo((server.address() as AddressInfo).port)
  const token = settings.variable('TOKEN')
  const pem = Object.entries(sealed?.tls.gateway ?? {})
  const variableOf = (name: string): string => settings.variable(name.toUpperCase())
  const { tls: _tls, ...options } = settings.options
  return {
    options: {
      ...options,
      url: `${sealed ? 'https://localhost' : 'http://127.0.0.1'}:${line.port}/`,
      ...('token' in options && { token: { env: token } }),
      ...(sealed && {
        tls: Object.fromEntries(pem.map(([name]) => [name, { env: variableOf(name) }])),
      }),
    },
    environment: {
      [token]: randomBytes(18).toString('base64url'),
      ...Object.fromEntries(pem.map(([name, text]) => [variableOf(name), text])),
    },
    handIn: async () => {
      throw new Error('nothing is handed in by http-out')
    },
    collect: async () => received.splice(0),
    away: line.away,
    slow: line.slow,
    mute,
    close: async () => {
      await line.close()
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

/** With mutual TLS: who shows no certificate of the authority is not heard. */
const securely = (
  { key, certificate, authority }: TlsIdentity,
  answer: (incoming: IncomingMessage, response: ServerResponse) => void,
) =>
  createSecureServer(
    { key, cert: certificate, ca: authority, requestCert: true, rejectUnauthorized: true },
    answer,
  )
