// Bodies of requests as the counterparts write and read them. A scan is never copied whole: who is busy with a gigabyte for
// longer than the gateway waits for a request's head is told so, by 408, and that would be the counterpart's own doing.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { AttachmentContent, WrittenFile } from '../../adapters/contract.ts'
import { boundaryOf, readParts, relatedType, writeRelated } from '../../sandbox/multipart.ts'
import type { Collected, HandedIn } from './counterpart.ts'

/** What a request brings. */
export interface Sent {
  readonly body?: Buffer | Readable
  readonly headers?: Readonly<Record<string, string>>
}

/** Bytes that are written at a time. */
const piece = 256 * 1024

const boundary = 'conformance-7f3a-5b21d0c4e98f'

/** A document, alone or with its files. `related`: as offices that seal by themselves send it. */
export function bodyOf({ written, contents }: HandedIn, related: boolean): Sent {
  if (written.files.length === 0)
    return { body: written.bytes, headers: { 'content-type': written.mediaType } }
  if (!related) return formOf(written, contents)
  const parts = written.files.map((file) => ({
    sha256: file.sha256,
    mediaType: file.mediaType,
    async *open() {
      yield* inPieces(bytesOf(file, contents))
    },
  }))
  return {
    body: streamOf(writeRelated(written.bytes, parts, boundary)),
    headers: { 'content-type': relatedType(boundary) },
  }
}

/** multipart/form-data as browsers write it (RFC 7578), with the length of the whole said ahead. */
function formOf(written: HandedIn['written'], contents: HandedIn['contents']): Sent {
  const parts = [
    {
      field: 'document',
      name: `document.${written.extension}`,
      mediaType: written.mediaType,
      bytes: written.bytes,
    },
    ...written.files.map((file) => ({
      field: 'attachment',
      name: file.name,
      mediaType: file.mediaType,
      bytes: bytesOf(file, contents),
    })),
  ]
  const pieces = parts.flatMap(({ field, name, mediaType, bytes }): readonly Buffer[] => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${escaped(name)}"\r\nContent-Type: ${mediaType}\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n'),
  ])
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  return {
    body: streamOf(flat(pieces)),
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(pieces.reduce((sum, { length }) => sum + length, 0)),
    },
  }
}

const escaped = (name: string): string =>
  name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')

const streamOf = (pieces: Iterable<Buffer> | AsyncIterable<Buffer>): Readable =>
  Readable.from(pieces, { objectMode: false })

function* flat(all: readonly Buffer[]): Generator<Buffer> {
  for (const bytes of all) yield* inPieces(bytes)
}

function* inPieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
}

export const bytesOf = ({ content, sha256 }: WrittenFile, contents: ReadonlyMap<string, Buffer>): Buffer =>
  content.kind === 'bytes' ? content.bytes : (contents.get(sha256) ?? Buffer.alloc(0))

/** A document that came, alone or with its files. */
export async function readBody(incoming: IncomingMessage): Promise<Collected> {
  const between = boundaryOf(incoming.headers['content-type'] ?? '')
  if (between === undefined) return { bytes: await gather(incoming), beside: new Map() }
  const beside = new Map<string, AttachmentContent>()
  let document: Buffer | undefined
  for await (const part of readParts(incoming, between)) {
    if (document === undefined) document = await gather(part.body)
    else beside.set(nameOf(part.headers), await contentOf(part.body))
  }
  return { bytes: document ?? Buffer.alloc(0), beside }
}

async function gather(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const each of body) pieces.push(each)
  return Buffer.concat(pieces)
}

/** Up to here a file is remembered byte for byte: texts that are spilled into one, memo files. Bytes. */
const remembered = 16 * 1024 * 1024

/** A file that came; of a large one its size and digest, which are found while it comes. */
export async function contentOf(body: AsyncIterable<Buffer>): Promise<AttachmentContent> {
  const hash = createHash('sha256')
  let pieces: Buffer[] = []
  let size = 0
  for await (const each of body) {
    hash.update(each)
    size += each.length
    if (size <= remembered) pieces.push(each)
    else pieces = []
  }
  return size <= remembered
    ? { kind: 'bytes', bytes: Buffer.concat(pieces) }
    : { kind: 'kept', sha256: hash.digest('hex'), size }
}

/** By Content-ID in multipart/related, by file name in multipart/form-data. */
const nameOf = (headers: ReadonlyMap<string, string>): string =>
  headers.get('content-id')?.replace(/^<(.*)>$/, '$1') ?? fileName(headers.get('content-disposition') ?? '')

/** As it stands in the header, which is UTF-8 read as Latin-1 (RFC 7578, section 4.2). */
const fileName = (disposition: string): string =>
  Buffer.from(/filename="([^"]*)"/.exec(disposition)?.[1] ?? '', 'latin1').toString('utf8')
