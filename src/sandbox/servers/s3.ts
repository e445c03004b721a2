// An S3-compatible store: SARABAN_TEST_S3_URL (http://key:secret@host:port/bucket), or a small one of our own over a folder, with
// what the gateway asks of one: objects put, got, listed page by page, deleted. It believes no digest that it has not computed.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Environment } from './install.ts'
import { freePort } from './port.ts'
import { faultOfSignature, type Keys } from './s3-signature.ts'
import type { ServerTls } from './tls.ts'

/** A store with one bucket. */
export interface S3Server extends Keys {
  readonly endpoint: string
  readonly bucket: string
  /** Of our own only. */
  readonly own?: {
    /** Refuses connections until it is started again, and ends those that there are. */
    close(): Promise<void>
    start(): Promise<void>
    /** What each request waits for, before anything is done with it; where that fails, it is broken off. */
    hold(before: (request: IncomingMessage) => Promise<void>): void
    /** Where it has the object with a key. */
    fileOf(key: string): string
  }
  stop(): Promise<void>
}

const bucket = 'saraban-test'
const keys: Keys = { accessKey: 'saraban', secretKey: 'Secret-1' }

/** `tls`: it speaks https then. */
export async function s3Server(environment: Environment, tls?: ServerTls): Promise<S3Server> {
  const url = environment['SARABAN_TEST_S3_URL']
  if (url !== undefined && tls === undefined) {
    const { origin, username, password, pathname } = new URL(url)
    return {
      endpoint: origin,
      bucket: pathname.slice(1),
      accessKey: decodeURIComponent(username),
      secretKey: decodeURIComponent(password),
      stop: async () => undefined,
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'saraban-s3-'))
  const port = await freePort()
  let server: Server | undefined
  let before: (request: IncomingMessage) => Promise<void> = async () => undefined
  const start = async (): Promise<void> => {
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      before(request)
        .then(() => answer(folder, request, response))
        .catch(() => response.destroy())
    }
    server =
      tls === undefined
        ? createServer(listener)
        : createSecureServer({ key: tls.key, cert: tls.certificate }, listener)
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve))
  }
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server?.close(resolve))
    server?.closeAllConnections()
    await closed
  }
  await start()
  return {
    ...{ endpoint: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}`, bucket, ...keys },
    own: {
      ...{ close, start },
      hold: (act) => {
        before = act
      },
      fileOf: (key) => join(folder, nameOf(key)),
    },
    async stop() {
      await close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const nameOf = (key: string): string => encodeURIComponent(key)

const statuses: Readonly<Record<string, number>> = {
  NoSuchKey: 404,
  NoSuchBucket: 404,
  BadDigest: 400,
  MethodNotAllowed: 405,
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refuse = (code: string): void => {
    request.resume()
    response.writeHead(statuses[code] ?? 403, { 'content-type': 'application/xml' })
    response.end(
      request.method === 'HEAD' ? '' : `<?xml version="1.0"?>\n<Error><Code>${code}</Code></Error>`,
    )
  }
  const fault = faultOfSignature(request, keys, Date.now())
  if (fault !== undefined) return refuse(fault)
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://store')
  const [, said, ...rest] = pathname.split('/').map(decodeURIComponent)
  const key = rest.join('/')
  if (said !== bucket) return refuse('NoSuchBucket')
  const file = join(folder, nameOf(key))
  if (request.method === 'GET' && key === '') {
    response.writeHead(200, { 'content-type': 'application/xml' }).end(listOf(folder, searchParams))
  } else if (request.method === 'GET') {
    const size = statSync(file, { throwIfNoEntry: false })?.size
    if (size === undefined) return refuse('NoSuchKey')
    response.writeHead(200, { 'content-length': size })
    await pipeline(createReadStream(file), response)
  } else if (request.method === 'PUT') {
    if (!(await put(folder, file, request))) return refuse('BadDigest')
    response.writeHead(200).end()
  } else if (request.method === 'DELETE') {
    await rm(file, { force: true })
    response.writeHead(204).end()
  } else refuse('MethodNotAllowed')
}

/** An object is there whole or not at all. */
async function put(folder: string, file: string, request: IncomingMessage): Promise<boolean> {
  const begun = join(folder, `${randomUUID()}.part`)
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  try {
    await pipeline(request, hashing, createWriteStream(begun))
    if (hash.digest('hex') !== request.headers['x-amz-content-sha256']) return false
    await rename(begun, file)
    return true
  } finally {
    await rm(begun, { force: true })
  }
}

function listOf(folder: string, asked: URLSearchParams): string {
  const prefix = asked.get('prefix') ?? ''
  const after = asked.get('start-after') ?? ''
  const most = Math.min(1000, Number(asked.get('max-keys') ?? 1000))
  const all = readdirSync(folder)
    .filter((name) => !name.endsWith('.part'))
    .map(decodeURIComponent)
    .filter((key) => key.startsWith(prefix) && key > after)
    .sort()
  const entry = (key: string): string => {
    const { size, mtime } = statSync(join(folder, nameOf(key)))
    return `<Contents><Key>${key}</Key><LastModified>${mtime.toISOString()}</LastModified><Size>${size}</Size></Contents>`
  }
  const shown = all.slice(0, most)
  const about = `<Name>${bucket}</Name><KeyCount>${shown.length}</KeyCount><IsTruncated>${all.length > most}</IsTruncated>`
  return `<?xml version="1.0"?>\n<ListBucketResult>${about}${shown.map(entry).join('')}</ListBucketResult>`
}
