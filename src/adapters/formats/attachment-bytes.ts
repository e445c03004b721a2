// The bytes of an attachment, whole, for forms that hold files within the document.
import type { Outgoing } from './format.ts'

/** Throws when there are more or fewer bytes than the envelope says: the store is not what it was. */
export async function attachmentBytes(outgoing: Outgoing, sha256: string, expected: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of outgoing.open(sha256) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > expected) throw new Error('an attachment has more bytes than its envelope says')
    chunks.push(chunk)
  }
  if (size !== expected) throw new Error('an attachment has fewer bytes than its envelope says')
  return Buffer.concat(chunks)
}
