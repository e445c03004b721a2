// The file beside that a records form reads whole itself, such as the memo file of a dBase table.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import type { AttachmentContent, Source } from '../contract.ts'
import { piecesOf } from '../pieces.ts'
import type { Companion, RecordForm } from './format.ts'

/** Bytes of a companion, at most: it is wholly in memory while its document is read. */
const largest = 64 * 1024 * 1024

/** The companion that the form asks for, with its bytes if it came. Rejects when they cannot be read: nothing was taken then. */
export async function companionOf(source: Source, form: RecordForm): Promise<Companion | undefined> {
  const name = form.companionOf?.(source.bytes, source.name, source.beside.keys())
  if (name === undefined) return undefined
  const content = source.beside.get(name)
  return content === undefined ? { name } : { name, content: await whole(streamOf(content, source)) }
}

function streamOf(content: AttachmentContent, source: Source): Readable {
  if (content.kind === 'bytes' || content.kind === 'pieces') return Readable.from(piecesOf(content))
  if (content.kind === 'file') return createReadStream(content.path)
  if (source.open === undefined) throw new Error('a source was read whose kept files cannot be opened')
  return source.open(content.sha256)
}

async function whole(stream: Readable): Promise<Result<Buffer>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largest) return bad(problem('adapter.document.too-large', '', undefined, { limit: largest }))
    chunks.push(chunk)
  }
  return good(Buffer.concat(chunks))
}
