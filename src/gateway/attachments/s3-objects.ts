// What is asked of a bucket, object by object; its errors in its own words, without keys and signatures.
import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { Instant } from '../../letter/time.ts'
import { AttachmentsUnavailable } from './store.ts'

export interface Found {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** When it was put, by the store's clock. */
  readonly at: Instant
}

export interface Page {
  readonly objects: readonly Found[]
  /** Where there is more, what it is behind. */
  readonly next: string | undefined
}

/** What was to be removed stays: nothing is sent. */
class Stays extends Error {}

export class Objects {
  readonly #client: S3Client
  readonly #bucket: string

  constructor(client: S3Client, bucket: string) {
    this.#client = client
    this.#bucket = bucket
  }

  /** The first `limit` (at most 1000) of the objects whose keys begin so, behind the key `after`. */
  async list(begin: string, limit: number, after?: string): Promise<Page> {
    const asked = new ListObjectsV2Command({
      ...{ Bucket: this.#bucket, Prefix: begin, MaxKeys: limit },
      ...(after !== undefined && { StartAfter: after }),
    })
    const { Contents = [], IsTruncated = false } = await this.#client.send(asked).catch((error: unknown) => {
      throw unavailable('listed', error)
    })
    const objects = Contents.map(({ Key = '', Size = 0, LastModified }) => ({
      ...{ key: Key, size: Size },
      // One that does not say when counts as young.
      at: LastModified?.getTime() ?? Number.POSITIVE_INFINITY,
    }))
    return { objects, next: IsTruncated ? objects.at(-1)?.key : undefined }
  }

  /** Puts an object without bytes. */
  async putEmpty(key: string): Promise<void> {
    const empty = new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: new Uint8Array() })
    await this.#client.send(empty).catch((error: unknown) => {
      throw unavailable('written', error)
    })
  }

  async remove(key: string): Promise<void> {
    await this.removeIf(key, async () => true)
  }

  /** Removes it when `may`, which is asked between the signing and the sending, each time that it is sent. */
  async removeIf(key: string, may: () => Promise<boolean>): Promise<void> {
    const removal = new DeleteObjectCommand({ Bucket: this.#bucket, Key: key })
    removal.middlewareStack.add(
      (next) => async (said) => {
        if (!(await may())) throw new Stays()
        return next(said)
      },
      // What stands behind the signing, within each try of it.
      { step: 'deserialize', name: 'lookOnceMore' },
    )
    await this.#client.send(removal).catch((error: unknown) => {
      if (error instanceof AttachmentsUnavailable) throw error
      if (!(error instanceof Stays)) throw unavailable('removed', error)
    })
  }
}

/** Its own words, without keys and signatures: those are in headers that no error quotes. */
export function unavailable(done: string, error: unknown): AttachmentsUnavailable {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  const code = error instanceof Error && 'code' in error ? `${String(error.code)} ` : ''
  return new AttachmentsUnavailable(
    `the store of attachments could not be ${done}: ${code}${name}: ${message}`,
    {
      cause: error,
    },
  )
}
