// The counterparts of `http-in` (a system that calls the gateway, and fetches what waits there) and `http-out` (one that is called).
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FormData, request } from 'undici'
import type { AttachmentContent, WrittenFile } from '../../adapters/contract.ts'
import { boundaryOf, readParts } from '../../sandbox/multipart.ts'
import type { Answer, Collected, Counterpart, CounterpartMaker, HandedIn } from './counterpart.ts'
import { lineTo } from './line.ts'

export const httpIn: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const key = randomBytes(18).toString('base64url')
  const variable = settings.variable('KEY_SHA256')
  const path = String(settings.options['path'])
  const headers = { authorization: `Bearer ${key}` }
  let base = ''
  return {
    options: { ...settings.options, access: { kind: 'api-key', sha256: [{ env: variable }] } },
    environment: { [variable]: createHash('sha256').update(key).digest('hex') },
    attach: ({ http }) => {
      base = http
    },
    async handIn(_channel, document): Promise<Answer> {
      const answer = await request(`${base}${path}`, {
        method: 'POST',
        headers: { ...headers, ...typeOf(document) },
        body: bodyOf(document),
      })
      const said = await answer.body.text()
      if (answer.statusCode === 200 || answer.statusCode === 201) return { kind: 'taken' }
      return { kind: 'refused', said: `${answer.statusCode} ${said.slice(0, 500)}` }
    },
    async collect() {
      if (!settings.channels.some((channel) => channel === 'receive' || channel === 'notices')) return []
      const collected: Collected[] = []
      for (;;) {
        const answer = await request(`${base}${path}`, { headers })
        const bytes = Buffer.from(await answer.body.arrayBuffer())
        if (answer.statusCode === 204) return collected
        if (answer.statusCode !== 200) throw new Error(`GET ${path} was answered with ${answer.statusCode}`)
        const parcel = String(answer.headers['saraban-parcel'])
        // The document calls its files by name; over this door they are fetched in its order, by digest.
        const unnamed: Buffer[] = []
        for (const [, file = ''] of String(answer.headers['link'] ?? '').matchAll(/<([^>]+)>/g)) {
          const found = await request(`${base}${file}`, { headers })
          unnamed.push(Buffer.from(await found.body.arrayBuffer()))
        }
        collected.push({ bytes, beside: new Map(), unnamed })
        const gone = await request(`${base}${path}/${parcel}`, { method: 'DELETE', headers })
        await gone.body.dump()
      }
    },
    close: async () => undefined,
  }
}

const typeOf = ({ written }: HandedIn): Record<string, string> =>
  written.files.length > 0 ? {} : { 'content-type': written.mediaType }

function bodyOf({ written, contents }: HandedIn): Buffer | FormData {
  if (written.files.length === 0) return written.bytes
  const form = new FormData()
  form.append('document', blob(written.bytes, written.mediaType), `document.${written.extension}`)
  for (const file of written.files)
    form.append('attachment', blob(bytesOf(file, contents), file.mediaType), file.name)
  return form
}

const blob = (bytes: Buffer, type: string): Blob => new Blob([new Uint8Array(bytes)], { type })

export const bytesOf = ({ content, sha256 }: WrittenFile, contents: ReadonlyMap<string, Buffer>): Buffer =>
  content.kind === 'bytes' ? content.bytes : (contents.get(sha256) ?? Buffer.alloc(0))

export const httpOut: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const received: Collected[] = []
  const seen = new Set<string>()
  const server = createServer((incoming, response) => {
    readBody(incoming).then(
      (document) => {
        const parcel = String(incoming.headers['saraban-parcel'])
        // A system that knows a parcel says yes again and keeps one.
        if (!seen.has(parcel)) received.push(document)
        seen.add(parcel)
        response.writeHead(201, { 'content-type': 'application/json' }).end('{}')
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((opened) => server.listen(0, '127.0.0.1', () => opened()))
  const line = await lineTo((server.address() as AddressInfo).port)
  const token = settings.variable('TOKEN')
  const { tls: _tls, ...options } = settings.options
  return {
    options: {
      ...options,
      url: `http://127.0.0.1:${line.port}/`,
      ...('token' in options && { token: { env: token } }),
    },
    environment: { [token]: randomBytes(18).toString('base64url') },
    handIn: async () => {
      throw new Error('nothing is handed in by http-out')
    },
    collect: async () => received.splice(0),
    away: line.away,
    slow: line.slow,
    close: async () => {
      await line.close()
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

export async function readBody(incoming: IncomingMessage): Promise<Collected> {
  const boundary = boundaryOf(incoming.headers['content-type'] ?? '')
  if (boundary === undefined) return { bytes: await gather(incoming), beside: new Map() }
  const beside = new Map<string, AttachmentContent>()
  let document: Buffer | undefined
  for await (const part of readParts(incoming, boundary)) {
    const bytes = await gather(part.body)
    if (document === undefined) document = bytes
    else beside.set(fileName(part.headers.get('content-disposition') ?? ''), { kind: 'bytes', bytes })
  }
  return { bytes: document ?? Buffer.alloc(0), beside }
}

async function gather(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** As it stands in the header, which is UTF-8 read as Latin-1 (RFC 7578, section 4.2). */
const fileName = (disposition: string): string =>
  Buffer.from(/filename="([^"]*)"/.exec(disposition)?.[1] ?? '', 'latin1').toString('utf8')
