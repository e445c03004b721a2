// The attachments of a letter that is tried: measured where they are, for there is no store to keep them in.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { mediaTypeOf } from '../letter/attachments.ts'
import type { Attachment } from '../letter/letter.ts'
import type { Problem } from '../problem/problem.ts'
import type { AttachmentContent, IncomingAttachment } from './contract.ts'
import { piecesOf } from './pieces.ts'

type Beside = ReadonlyMap<string, AttachmentContent>

type Contents =
  | { readonly ok: true; readonly attachments: readonly Attachment[]; readonly content: Beside }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] }

/** The sample's attachments as a letter names them, with the bytes of each by its digest. */
export async function attachmentsOf(incoming: readonly IncomingAttachment[]): Promise<Contents> {
  const attachments: Attachment[] = []
  const content = new Map<string, AttachmentContent>()
  const problems: Problem[] = []
  for (const each of incoming) {
    const mediaType = mediaTypeOf(each.mediaType, each.name)
    if (!mediaType.ok) {
      problems.push(...mediaType.problems.map((found) => ({ ...found, path: 'attachments' })))
      continue
    }
    const { sha256, size } = await measured(each.content)
    attachments.push({ name: each.name, mediaType: mediaType.value, size, sha256, role: each.role })
    content.set(sha256, each.content)
  }
  const [first, ...rest] = problems
  return first === undefined ? { ok: true, attachments, content } : { ok: false, problems: [first, ...rest] }
}

async function measured(
  content: AttachmentContent,
): Promise<{ readonly sha256: string; readonly size: number }> {
  if (content.kind === 'kept') return content
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of streamOf(content) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}

/** The bytes of an attachment that the trial has at hand. */
export function streamOf(content: AttachmentContent | undefined): Readable {
  if (content?.kind === 'bytes' || content?.kind === 'pieces') return Readable.from(piecesOf(content))
  if (content?.kind === 'file') return createReadStream(content.path)
  throw new Error('the bytes of an attachment are not at hand')
}
