// Attachments in a bucket of an S3-compatible store: the key is the SHA-256 under a prefix (docs/decisions/0021).
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Marks } from '../../adapters/contract.ts'
import type { Instant } from '../../letter/time.ts'
import { bucketProof } from './bucket-mark.ts'
import type { Discarded } from './discard.ts'
import { discardObject, isLeaving, type Marked, marksOf } from './s3-discard.ts'
import { Objects, unavailable } from './s3-objects.ts'
import {
  type AttachmentStore,
  AttachmentsUnavailable,
  checked,
  checkedDigest,
  emptyFolder,
  type Kept,
  type KeptAttachments,
  type Standing,
  TooLarge,
  write,
} from './store.ts'

export interface S3At {
  readonly bucket: string
  /** What stands before the digest in a key; empty, or with a `/` at its end. */
  readonly prefix: string
  readonly region: string
  /** `https://host:port`; without it Amazon's own of the region. */
  readonly endpoint?: string
  /** The bucket in the path and not in the host's name, as MinIO and most others want it. */
  readonly pathStyle: boolean
  readonly accessKey: string
  readonly secretKey: string
  /** PEM of the authority under which the server's certificate must stand; without it those that Node knows. */
  readonly authority?: string
}

/** Bytes up to this size are not written to the disk first. */
const smallest = 1024 * 1024
/** The most that one request may carry. */
const largest = 5 * 1024 ** 3
const seconds = 1000

/** The store to read only. */
export const readS3Store = (at: S3At): KeptAttachments & { close(): void } => new S3Store(at)

/** Opens the store. What comes in is written to `incoming`, on this machine's disk, until its digest is known. */
export async function openS3Store(at: S3At, incoming: string): Promise<AttachmentStore> {
  await emptyFolder(incoming)
  return new WritableS3Store(at, incoming)
}

/** Whether it is the bucket and the prefix that the gateways on a journal know. */
export async function proveS3(at: S3At, marks: Marks): Promise<'ours' | 'other'> {
  const store = new S3Store(at)
  try {
    return await store.prove(marks)
  } finally {
    store.close()
  }
}

/** What removes bytes from the store, beside the gateway that writes it. */
export const discardFromS3 = (at: S3At): Pick<WritableS3Store, 'discard' | 'close'> =>
  new WritableS3Store(at, '')

class S3Store implements KeptAttachments {
  protected readonly at: S3At
  protected readonly client: S3Client
  protected readonly objects: Objects

  constructor(at: S3At) {
    const { region, endpoint, pathStyle, accessKey, secretKey, authority } = at
    this.at = at
    this.client = new S3Client({
      region,
      ...(endpoint !== undefined && { endpoint }),
      forcePathStyle: pathStyle,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      // Not every store knows the younger checksums; the digest of what goes in is signed, of what comes out checked.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 2,
      requestHandler: {
        connectionTimeout: 5 * seconds,
        // Until the answer begins, and between its bytes.
        requestTimeout: 60 * seconds,
        throwOnRequestTimeout: true,
        socketTimeout: 30 * seconds,
        ...(authority !== undefined && { httpsAgent: { ca: authority, keepAlive: true } }),
      },
    })
    this.objects = new Objects(this.client, at.bucket)
  }

  open(sha256: string): Readable {
    const Key = this.keyOf(sha256)
    const stop = new AbortController()
    const bytes = Readable.from(this.#read(Key, stop.signal), { objectMode: false })
    bytes.once('close', () => stop.abort())
    return checked(bytes, sha256)
  }

  async *#read(Key: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.at.bucket, Key }), {
        abortSignal: signal,
      })
      if (!(Body instanceof Readable)) throw new Error('the answer has no bytes')
      yield* Body
    } catch (error) {
      throw unavailable('read', error)
    }
  }

  async sizeOf(sha256: string): Promise<number | undefined> {
    // Asked of the list and not of the object: where the bucket itself is gone, that says so.
    const [found] = await this.page(this.keyOf(sha256), undefined, 1)
    return found?.sha256 === sha256 ? found.size : undefined
  }

  async list(after: string, limit: number): Promise<readonly Standing[]> {
    const { prefix } = this.at
    const found: Standing[] = []
    for (let from: string | undefined = prefix + after; from !== undefined && found.length < limit; ) {
      const page: Page = await this.page(prefix, from, Math.min(1000, limit))
      found.push(...page)
      from = page.next
    }
    return found.slice(0, limit)
  }

  prove(marks: Marks): Promise<'ours' | 'other'> {
    return bucketProof(this.objects, this.at.prefix, marks)
  }

  close(): void {
    this.client.destroy()
  }

  protected keyOf(sha256: string): string {
    return this.at.prefix + checkedDigest(sha256)
  }

  /** One page of the keys that begin with `begin`; what is no digest is left out. */
  protected async page(begin: string, after: string | undefined, limit: number): Promise<Page> {
    const { objects, next } = await this.objects.list(begin, limit, after)
    const found = objects.flatMap(({ key, size, at }) => {
      const sha256 = key.slice(this.at.prefix.length)
      return /^[0-9a-f]{64}$/.test(sha256) ? [{ sha256, size, at }] : []
    })
    return Object.assign(found, { next })
  }
}

type Page = Standing[] & { readonly next?: string | undefined }

/** How often what is kept is put again while somebody removes the same bytes. */
const tries = 5

class WritableS3Store extends S3Store implements AttachmentStore {
  readonly #incoming: string

  constructor(at: S3At, incoming: string) {
    super(at)
    this.#incoming = incoming
  }

  async keep(bytes: Readable | Uint8Array, limit: number): Promise<Kept> {
    const most = Math.min(limit, largest)
    if (!(bytes instanceof Uint8Array) || bytes.length > smallest) return this.#keepByDisk(bytes, most)
    if (bytes.length > most) throw new TooLarge(most)
    const kept = { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
    await this.#put(kept, () => bytes)
    return kept
  }

  /** The key is known only at the end of the bytes: until then they are on this machine's disk. */
  async #keepByDisk(bytes: Readable | Uint8Array, limit: number): Promise<Kept> {
    const path = join(this.#incoming, randomUUID())
    const file = await open(path, 'wx', 0o600)
    try {
      const kept = await write(file, bytes, limit)
      await this.#put(kept, () => createReadStream(path))
      return kept
    } finally {
      await file.close()
      await unlink(path).catch(() => undefined)
    }
  }

  /**
   * One request carries it whole: there is no half of it in the store, whatever happens. Its digest is part of what is
   * signed, so that the store refuses other bytes; and it is looked for before it counts.
   */
  async #put(kept: Kept, bytes: () => Readable | Uint8Array): Promise<void> {
    const { sha256, size } = kept
    let found = 'none'
    for (let left = tries; left > 0; left -= 1) {
      await this.#send(kept, bytes())
      const leaving = await isLeaving(this.objects, this.#marked(sha256))
      // Behind the marks, and not before them (s3-discard.ts).
      const seen = await this.sizeOf(sha256)
      if (seen === size && !leaving) return
      found = leaving ? 'it removed at this moment' : String(seen ?? 'none')
    }
    throw new AttachmentsUnavailable(`the store took ${sha256} (${size} bytes) and has ${found}`)
  }

  async #send({ sha256, size }: Kept, Body: Readable | Uint8Array): Promise<void> {
    const { bucket: Bucket } = this.at
    const command = new PutObjectCommand({ Bucket, Key: this.keyOf(sha256), Body, ContentLength: size })
    command.middlewareStack.add(
      (next) => (said) => {
        if (hasHeaders(said.request)) said.request.headers['x-amz-content-sha256'] = sha256
        return next(said)
      },
      { step: 'build', name: 'signDigest' },
    )
    try {
      await this.client.send(command)
    } catch (error) {
      throw unavailable('written', error)
    } finally {
      if (Body instanceof Readable) Body.destroy()
    }
  }

  /** Bound to the store: it is handed over alone. */
  readonly discard = (sha256: string, now: Instant): Promise<Discarded> =>
    discardObject(this.objects, this.#marked(sha256), now)

  remove(sha256: string): Promise<void> {
    return this.objects.remove(this.keyOf(sha256))
  }

  #marked(sha256: string): Marked {
    return { key: this.keyOf(sha256), marks: this.at.prefix + marksOf(sha256) }
  }

  async check(): Promise<void> {
    await this.page(this.at.prefix, undefined, 1)
  }
}

const hasHeaders = (request: unknown): request is { readonly headers: Record<string, string> } =>
  typeof request === 'object' && request !== null && 'headers' in request
