// What an office of the sandbox keeps: envelopes by their message id, attachments by their SHA-256; synced before they count.
import { createHash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bad, good, problem, type Result } from '../problem/problem.ts'

export interface Store {
  /** Keeps an envelope's bytes under its message id, synced. The same id keeps its first bytes. */
  keepEnvelope(messageId: string, bytes: Buffer): void
  /** The bytes of a kept envelope. Throws when there is none. */
  envelope(messageId: string): Buffer
  /** Streams an attachment to disk and checks it: exactly `size` bytes with this SHA-256, or nothing is kept. */
  keepAttachment(sha256: string, size: number, body: AsyncIterable<Buffer>): Promise<Result<void>>
  hasAttachment(sha256: string): boolean
  openAttachment(sha256: string): AsyncIterable<Buffer>
}

/** Opens the store in `folder`, made if it is not there. */
export function openStore(folder: string): Store {
  const envelopes = join(folder, 'envelopes')
  const attachments = join(folder, 'attachments')
  mkdirSync(envelopes, { recursive: true })
  mkdirSync(attachments, { recursive: true })
  let files = 0
  // Ids and digests were checked by their readers; anything else must not become a path.
  const envelopeFile = (messageId: string): string =>
    join(envelopes, `${messageId.replaceAll(/[^0-9a-z-]/g, '_')}.xml`)
  const attachmentFile = (sha256: string): string => join(attachments, sha256.replaceAll(/[^0-9a-f]/g, '_'))

  return {
    keepEnvelope(messageId, bytes) {
      const path = envelopeFile(messageId)
      if (existsSync(path)) return
      const begun = `${path}.tmp`
      const file = openSync(begun, 'w', 0o600)
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(begun, path)
      syncFolder(envelopes)
    },
    envelope: (messageId) => readFileSync(envelopeFile(messageId)),
    async keepAttachment(sha256, size, body) {
      const begun = join(attachments, `${files++}-${process.pid}.tmp`)
      const file = await open(begun, 'w', 0o600)
      const hash = createHash('sha256')
      let received = 0
      try {
        for await (const piece of body) {
          received += piece.length
          if (received > size) break
          hash.update(piece)
          await file.writeFile(piece)
        }
        await file.sync()
      } catch (error) {
        await rm(begun)
        throw error
      } finally {
        await file.close()
      }
      const found =
        received === size ? hash.digest('hex') : `${received > size ? 'more than ' : ''}${received} bytes`
      if (found !== sha256) {
        await rm(begun)
        return bad(problem('sandbox.attachment.differs', sha256, sha256, { found }))
      }
      await rename(begun, attachmentFile(sha256))
      syncFolder(attachments)
      return good(undefined)
    },
    hasAttachment: (sha256) => existsSync(attachmentFile(sha256)),
    openAttachment: (sha256) => createReadStream(attachmentFile(sha256)),
  }
}

/** A new name in a folder is durable only when the folder itself is synced. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
