// Where the attachments of an installation are: in its data folder, or in a shared folder or a bucket where the settings name
// one; and whether they can be had at present.
import { join } from 'node:path'
import { resolveReferences } from '../../adapters/references.ts'
import type { Clock } from '../../letter/time.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import type { Settings } from '../settings.ts'
import type { S3At } from './s3.ts'
import {
  type AttachmentStore,
  type KeptAttachments,
  openAttachmentStore,
  readAttachmentStore,
} from './store.ts'

export type AttachmentsAt =
  /** `shared`: other gateways write into it too. */
  | { readonly kind: 'folder'; readonly path: string; readonly shared: boolean }
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
  const { value, findings } = resolveReferences(attachments.secrets, environment, (path) => path)
  const [finding] = findings
  if (finding !== undefined) {
    const path = ['attachments', ...finding.at].join('.')
    return bad(problem('adapter.profile.reference-unresolved', path, finding.value, finding.details))
  }
  const at = { ...attachments.at, ...(value as Pick<S3At, 'accessKey' | 'secretKey' | 'authority'>) }
  return good({ kind: 'bucket', at, incoming: join(data, 'attachments', 'incoming') })
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

/** The same, to read only, beside the gateway. */
export async function readAttachments(place: AttachmentsAt): Promise<KeptAttachments> {
  if (place.kind === 'folder') return readAttachmentStore(place.path)
  const { readS3Store } = await import('./s3.ts')
  return readS3Store(place.at)
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
