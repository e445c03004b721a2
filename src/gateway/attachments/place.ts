// Where the attachments of an installation are: in its data folder, or in a shared folder or a bucket where the settings name
// one; and whether they can be had at present.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Marks } from '../../adapters/contract.ts'
import { folderProof, markIn } from '../../adapters/transports/folder/proof.ts'
import type { Clock } from '../../letter/time.ts'
import { bad, describe, good, problem, type Result } from '../../problem/problem.ts'
import { diskPath, diskReason } from '../disk.ts'
import { secretsOf } from '../settings/secrets.ts'
import type { Settings } from '../settings/settings.ts'
import type { S3At } from './s3.ts'
import {
  type AttachmentStore,
  AttachmentsUnavailable,
  discardFrom,
  type KeptAttachments,
  openAttachmentStore,
  readAttachmentStore,
} from './store.ts'

interface FolderAt {
  readonly kind: 'folder'
  readonly path: string
  /** Other gateways write into it too. */
  readonly shared: boolean
}

export type AttachmentsAt =
  | FolderAt
  | { readonly kind: 'bucket'; readonly at: S3At; readonly incoming: string }

/** The attachments in a data folder. */
export const attachmentsIn = (data: string): AttachmentsAt => ({
  kind: 'folder',
  path: join(data, 'attachments'),
  shared: false,
})

/** Where the settings say that they are; `environment` holds the keys of a bucket where they say so. */
export function attachmentsOf(
  { data, attachments }: Pick<Settings, 'data' | 'attachments'>,
  environment: Readonly<Record<string, string | undefined>>,
): Result<AttachmentsAt> {
  if (attachments === undefined) return good(attachmentsIn(data))
  if (attachments.kind === 'folder') return good({ ...attachments, shared: true })
  const secrets = secretsOf<Pick<S3At, 'accessKey' | 'secretKey' | 'authority'>>(
    'attachments',
    attachments.secrets,
    environment,
  )
  if (!secrets.ok) return secrets
  const at = { ...attachments.at, ...secrets.value }
  return good({ kind: 'bucket', at, incoming: join(data, 'attachments', 'incoming') })
}

/** The store of a gateway that starts, or what stands in its way. Rejects when the program is at fault. */
export async function openForGateway(
  place: AttachmentsAt,
  marks: Marks,
  clock: Clock,
): Promise<Result<AttachmentStore>> {
  try {
    const shared = await isTheSharedOne(place, marks)
    if (!shared.ok) return shared
    const store = await openAttachments(place, clock)
    if (place.kind === 'bucket' || store.discard === undefined) return good(store)
    return good({ ...store, discard: discardProven(place, marks, store.discard) })
  } catch (error) {
    const reason = diskReason(error)
    if (reason === undefined) throw error
    const path = diskPath(error) ?? (place.kind === 'folder' ? place.path : place.incoming)
    return bad(problem('settings.attachments.unusable', 'attachments', path, { reason }))
  }
}

/**
 * A folder that several gateways share has to be the same one for all of them, by a mark in it as in a system's folder
 * (docs/reference/transports.md): a scan that is kept where a share is not mounted is not there for whoever brings its letter.
 */
export async function isTheSharedOne(place: AttachmentsAt, marks: Marks): Promise<Result<true>> {
  if (place.kind === 'bucket') return isTheSharedBucket(place.at, marks)
  if (!place.shared) return good(true)
  await mkdir(place.path, { recursive: true })
  const proof = await folderProof(place.path, 'attachments')(marks)
  return proof === 'ours' ? good(true) : another(place.path)
}

const another = (path: string): Result<never> =>
  bad(problem('settings.attachments.other', 'attachments', path))

/** Whether a folder is, at this moment, the one that the gateways know. Looks only, where `isTheSharedOne` makes it known. */
async function isStillTheSharedOne({ path, shared }: FolderAt, marks: Marks): Promise<Result<true>> {
  const known = shared ? await marks.known('attachments') : undefined
  if (known === undefined) return good(true)
  return (await markIn(join(path, '.saraban', 'folder'))) === known ? good(true) : another(path)
}

type Discard = NonNullable<AttachmentStore['discard']>

/**
 * Discards from a folder as long as it is the shared one: where its share is not mounted everything seems to have left it, and would be
 * forgotten. Rejects with `AttachmentsUnavailable` then.
 */
const discardProven =
  (place: FolderAt, marks: Marks, discard: Discard): Discard =>
  async (sha256, now) => {
    const proven = await isStillTheSharedOne(place, marks)
    if (!proven.ok) throw new AttachmentsUnavailable(describe(proven.problems[0]))
    return discard(sha256, now)
  }

async function isTheSharedBucket(at: S3At, marks: Marks): Promise<Result<true>> {
  const { proveS3 } = await import('./s3.ts')
  // One that is away hinders no start: nothing is kept in it, and nothing brought from it, until it is back.
  const proof = await proveS3(at, marks).catch((error: unknown) => {
    if (error instanceof AttachmentsUnavailable) return 'ours'
    throw error
  })
  const shown = `s3://${at.bucket}/${at.prefix}`
  return proof === 'ours'
    ? good(true)
    : bad(problem('settings.attachments.other-bucket', 'attachments', shown))
}

/** What has not been written to for this long, in milliseconds, nobody writes any more. */
const abandoned = 24 * 60 * 60 * 1000

/** Opens the store. A bucket that is away at present is no hindrance: what needs it fails until it is back. */
export async function openAttachments(place: AttachmentsAt, clock: Clock): Promise<AttachmentStore> {
  if (place.kind === 'folder')
    return openAttachmentStore(place.path, place.shared ? clock.now() - abandoned : undefined)
  const { openS3Store } = await import('./s3.ts')
  return openS3Store(place.at, place.incoming)
}

/** The same, to keep some more beside a gateway that may be at work: what it is writing at the time is left alone. */
export async function keepBesideGateway(
  place: AttachmentsAt,
  clock: Clock,
  act: (store: Pick<AttachmentStore, 'keep'>) => Promise<void>,
): Promise<void> {
  // What leaves for a bucket is written to the disk first, into a folder that whoever opens the store empties.
  const incoming = await mkdtemp(join(tmpdir(), 'saraban-'))
  const own = place.kind === 'folder' ? { ...place, shared: true } : { ...place, incoming }
  try {
    const store = await openAttachments(own, clock)
    try {
      await act(store)
    } finally {
      store.close()
    }
  } finally {
    await rm(incoming, { recursive: true, force: true })
  }
}

/** The same, to read only, beside the gateway. */
export async function readAttachments(place: AttachmentsAt): Promise<KeptAttachments> {
  if (place.kind === 'folder') return readAttachmentStore(place.path)
  const { readS3Store } = await import('./s3.ts')
  return readS3Store(place.at)
}

/** What removes bytes from it, beside the gateway, where it is the one that the gateways know by `marks`; `close` when it is done. */
export async function discardIn(
  place: AttachmentsAt,
  marks: Marks,
): Promise<Result<{ readonly discard: Discard; close(): void }>> {
  const proven =
    place.kind === 'folder'
      ? await isStillTheSharedOne(place, marks)
      : await isTheSharedBucket(place.at, marks)
  if (!proven.ok) return proven
  if (place.kind === 'folder') {
    const discard = discardProven(place, marks, discardFrom(place.path))
    return good({ discard, close: () => undefined })
  }
  const { discardFromS3 } = await import('./s3.ts')
  return good(discardFromS3(place.at))
}

/** How often it is asked whether the store is there, in milliseconds. */
const lookEvery = 15_000

/** Tells when the store is away, for a reason in its own words, and when it is there again. Gives what ends it. */
export function watchAttachments(
  store: AttachmentStore,
  clock: Clock,
  told: { readonly away: (reason: string) => void; readonly here: () => void },
): () => void {
  let [away, ended] = [false, false]
  let cancel: () => void = () => undefined
  const look = async (): Promise<void> => {
    const reason = await store.check().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    if (ended) return
    if (reason !== undefined && !away) told.away(reason)
    if (reason === undefined && away) told.here()
    away = reason !== undefined
    cancel = clock.schedule(clock.now() + lookEvery, () => void look())
  }
  void look()
  return () => {
    ended = true
    cancel()
  }
}
