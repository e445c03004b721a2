// Attachments, each once, under the SHA-256 of its bytes: the port, and the store on this machine's disk. Streamed in and out,
// never wholly in memory. The other engine is s3.ts.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import type { Instant } from '../../letter/time.ts'
import { type Discarded, discard, putAllBack, statIfThere, unlinkIfThere } from './discard.ts'

export interface Kept {
  readonly sha256: string
  /** Bytes. */
  readonly size: number
}

/** What stands in a store, and when it was kept last, by the clock of whoever holds it. */
export interface Standing extends Kept {
  readonly at: Instant
}

/** Documents up to this size, in bytes, stand in the journal itself; larger ones with the attachments. */
export const largestInJournal = 64 * 1024

/** More bytes came than are allowed. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
  readonly limit: number
  constructor(limit: number) {
    super(`more than ${limit} bytes`)
    this.limit = limit
  }
}

/** The bytes on disk are not those that were kept: the disk, or somebody with access to it, has changed them. */
export class AttachmentDamaged extends Error {
  override readonly name = 'AttachmentDamaged'
  readonly sha256: string
  constructor(sha256: string) {
    super(`the attachment ${sha256} is not what was kept`)
    this.sha256 = sha256
  }
}

/** The store cannot be reached, or does not do what it is asked: nothing was kept, and it is worth trying again. */
export class AttachmentsUnavailable extends Error {
  override readonly name = 'AttachmentsUnavailable'
}

/** A store that is only read. */
export interface KeptAttachments {
  /** The bytes with this digest, checked while they are read: the stream fails, with `AttachmentDamaged` before its end, when they are others, and with the disk's error when they are not here. */
  open(sha256: string): Readable
  /** The size of the bytes with this digest, or undefined when they are not here. */
  sizeOf(sha256: string): Promise<number | undefined>
  /** What is here, in the order of the digests: at most `limit` of those that come after `after`; all of them when there are fewer. */
  list(after: string, limit: number): Promise<readonly Standing[]>
}

export interface AttachmentStore extends KeptAttachments {
  /** Keeps bytes; resolves when they and their name are synced. Rejects with `TooLarge` beyond `limit`, with the stream's own error, or the disk's; nothing is left behind then. */
  keep(bytes: Readable | Uint8Array, limit: number): Promise<Kept>
  /** Removes bytes, unless they were kept within the grace before `now`, or before the store's own time where that is earlier. Absent: this store keeps everything. */
  discard?(sha256: string, now: Instant): Promise<Discarded>
  /** Takes the bytes with this digest away. None being here is no fault. */
  remove(sha256: string): Promise<void>
  /** Rejects when nothing can be kept at present. */
  check(): Promise<void>
  close(): void
}

/** Throws for anything else: it would be another name in the store. */
export function checkedDigest(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new RangeError('a SHA-256 has 64 lower-case hexadecimal digits')
  return sha256
}

const pathIn = (folder: string, sha256: string): string => {
  checkedDigest(sha256)
  return join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
}

/** The store in `folder` to read only, beside the gateway that writes it: nothing is made and nothing removed. */
export const readAttachmentStore = (folder: string): KeptAttachments => ({
  open: (sha256) => checked(createReadStream(pathIn(folder, sha256)), sha256),
  sizeOf: async (sha256) => (await statIfThere(pathIn(folder, sha256)))?.size,
  list: (after, limit) => listFolder(folder, after, limit),
})

/** Removes bytes from the store in `folder`, as `discard` of an opened one does. */
export const discardFrom =
  (folder: string) =>
  (sha256: string, now: Instant): Promise<Discarded> =>
    discard(folder, pathIn(folder, sha256), sha256, now)

/**
 * Opens (or makes) the store in `folder`; what a killed process left half-written is removed. Where other gateways write into
 * the folder too: only what was written to before the instant `leftBefore`.
 */
export async function openAttachmentStore(folder: string, leftBefore?: Instant): Promise<AttachmentStore> {
  const incoming = join(folder, 'incoming')
  await emptyFolder(incoming, leftBefore)
  await putAllBack(folder, (sha256) => pathIn(folder, sha256))
  const synced = new Set<string>()
  async function settle(temporary: string, kept: Kept): Promise<void> {
    const path = pathIn(folder, kept.sha256)
    await makeFolder(dirname(path))
    await rename(temporary, path)
    await syncFolder(dirname(path))
  }

  /** Makes a folder so that its name survives a power cut too. */
  async function makeFolder(path: string): Promise<void> {
    if (synced.has(path)) return
    await mkdir(path, { recursive: true })
    await syncFolder(dirname(path))
    await syncFolder(folder)
    synced.add(path)
  }

  return {
    async keep(bytes, limit) {
      const temporary = join(incoming, randomUUID())
      const file = await open(temporary, 'wx', 0o600)
      try {
        const kept = await write(file, bytes, limit)
        await file.sync()
        await file.close()
        await settle(temporary, kept)
        return kept
      } catch (error) {
        await file.close().catch(() => undefined)
        await unlink(temporary).catch(() => undefined)
        throw error
      }
    },
    remove: (sha256) => unlinkIfThere(pathIn(folder, sha256)),
    // The disk is looked at for itself (obstacles.ts).
    check: async () => undefined,
    close: () => undefined,
    ...readAttachmentStore(folder),
    discard: discardFrom(folder),
  }
}

/** Makes the folder of what comes in; what a killed process left half-written is removed. */
export async function emptyFolder(incoming: string, leftBefore = Number.POSITIVE_INFINITY): Promise<void> {
  await mkdir(incoming, { recursive: true })
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name)
    // Whoever writes it may finish it meanwhile.
    const stats = await statIfThere(path)
    if (stats !== undefined && stats.mtimeMs < leftBefore) await unlinkIfThere(path)
  }
}

async function listFolder(folder: string, after: string, limit: number): Promise<Standing[]> {
  const found: Standing[] = []
  for (const first of await namesIn(folder, /^[0-9a-f]{2}$/, after.slice(0, 2))) {
    for (const second of await namesIn(join(folder, first), /^[0-9a-f]{2}$/, '')) {
      if (first + second < after.slice(0, 4)) continue
      for (const sha256 of await namesIn(join(folder, first, second), /^[0-9a-f]{64}$/, after)) {
        if (sha256 === after) continue
        if (found.length === limit) return found
        const stats = await statIfThere(pathIn(folder, sha256))
        if (stats !== undefined) found.push({ sha256, size: stats.size, at: stats.mtimeMs })
      }
    }
  }
  return found
}

/** None where no such folder stands: nothing was kept there yet. */
async function namesIn(folder: string, form: RegExp, from: string): Promise<string[]> {
  if ((await statIfThere(folder)) === undefined) return []
  return (await readdir(folder)).filter((name) => form.test(name) && name >= from).sort()
}

/** Writes bytes and hashes them; rejects with `TooLarge` beyond `limit`. */
export async function write(file: FileHandle, bytes: Readable | Uint8Array, limit: number): Promise<Kept> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) {
    const part: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    size += part.length
    if (size > limit) throw new TooLarge(limit)
    hash.update(part)
    await file.writeFile(part)
  }
  return { sha256: hash.digest('hex'), size }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * Passes bytes on while hashing them, one piece behind: the last comes only when the digest is right. So whoever was told how many to
 * expect never has the whole of what is damaged.
 */
export function checked(bytes: Readable, sha256: string): Readable {
  const hash = createHash('sha256')
  let last: Buffer | undefined
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      const before = last
      last = chunk
      done(null, before)
    },
    flush(done) {
      if (hash.digest('hex') === sha256) done(null, last)
      else done(new AttachmentDamaged(sha256))
    },
  })
  bytes.once('error', (error) => check.destroy(error))
  check.once('close', () => bytes.destroy())
  return bytes.pipe(check)
}
