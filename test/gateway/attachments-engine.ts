// The store of attachments in the tests of the gateway: a folder, or a bucket where SARABAN_TEST_ATTACHMENTS=bucket says so
// (`npm run test:scaled`).
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type Discarded, grace } from '../../src/gateway/attachments/discard.ts'
import { attachmentsIn, openAttachments } from '../../src/gateway/attachments/place.ts'
import type { AttachmentStore } from '../../src/gateway/attachments/store.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import type { Clock, Instant } from '../../src/letter/time.ts'
import { type S3Server, s3Server } from '../../src/sandbox/servers/s3.ts'
import { asking } from './asking.ts'

const engine = process.env['SARABAN_TEST_ATTACHMENTS'] ?? 'folder'
if (engine !== 'folder' && engine !== 'bucket')
  throw new Error(`SARABAN_TEST_ATTACHMENTS=${engine}: no engine`)

const inFolder = engine === 'folder'

let server: Promise<S3Server> | undefined

async function begin(): Promise<S3Server> {
  const at = process.env['SARABAN_TEST_ATTACHMENTS_AT'] ?? process.env['SARABAN_TEST_S3_URL']
  const started = await s3Server({ ...process.env, SARABAN_TEST_S3_URL: at })
  t.teardown(() => started.stop())
  return started
}

const bucketFor = (folder: string, { endpoint, bucket }: S3Server) => ({
  ...{ endpoint, bucket },
  prefix: `${folder.replaceAll(/\W/g, '-')}/`,
  region: 'us-east-1',
  pathStyle: true,
})

/** The store of an installation in `folder`; it finds again what it had. */
export async function openScans(folder: string, clock: Clock): Promise<AttachmentStore> {
  if (inFolder) {
    const scans = await openAttachments(attachmentsIn(folder), clock)
    return aged(scans, clock, async (sha256, age, at) => {
      const then = Math.min(at, Date.now() - age) / 1000
      const [first, second] = [sha256.slice(0, 2), sha256.slice(2, 4)]
      await utimes(join(folder, 'attachments', first, second, sha256), then, then).catch(() => undefined)
      return undefined
    })
  }
  server ??= begin()
  const store = await server
  const { accessKey, secretKey } = store
  const at = { ...bucketFor(folder, store), accessKey, secretKey }
  const scans = watched(
    await openAttachments({ kind: 'bucket', at, incoming: join(folder, 'attachments', 'incoming') }, clock),
  )
  // Nothing in a bucket can be made older: what is old is taken away as if it were.
  return aged(scans, clock, async (sha256, age) => {
    if (age <= grace) return undefined
    await scans.remove(sha256)
    return 'removed'
  })
}

/** The clock of a store is not set with a test's: what was kept is made as old, by both, before it is asked to discard it. */
function aged(
  store: AttachmentStore,
  clock: Clock,
  makeOld: (sha256: string, age: number, at: Instant) => Promise<Discarded | undefined>,
): AttachmentStore {
  const keptAt = new Map<string, Instant>()
  return {
    ...store,
    async keep(bytes, limit) {
      const kept = await store.keep(bytes, limit)
      keptAt.set(kept.sha256, clock.now())
      return kept
    },
    async discard(sha256, now) {
      const at = keptAt.get(sha256)
      const gone = at === undefined ? undefined : await makeOld(sha256, now - at, at)
      if (gone === 'removed') keptAt.delete(sha256)
      return gone ?? (await store.discard?.(sha256, now)) ?? 'fresh'
    },
  }
}

const { counted, isAsked } = asking()

/** Whether an answer of the bucket is still to come: until then nothing is at rest. */
export const isStoreAsked = isAsked

const watched = (store: AttachmentStore): AttachmentStore => ({
  open(sha256) {
    const bytes = store.open(sha256)
    void counted(new Promise<void>((resolve) => void bytes.once('close', () => resolve())))
    return bytes
  },
  sizeOf: (sha256) => counted(store.sizeOf(sha256)),
  keep: (bytes, limit) => counted(store.keep(bytes, limit)),
  ...(store.discard && {
    discard: (sha256: string, now: Instant) => counted(store.discard!(sha256, now)),
  }),
  remove: (sha256) => counted(store.remove(sha256)),
  list: (after, limit) => counted(store.list(after, limit)),
  check: () => counted(store.check()),
  close: () => store.close(),
})

/** What the settings say of the attachments of an installation in `folder`, with the environment that their keys need. */
export async function attachmentSettings(folder: string): Promise<{
  readonly settings: Pick<Settings, 'attachments'>
  readonly environment: Record<string, string>
}> {
  if (inFolder) return { settings: {}, environment: {} }
  server ??= begin()
  const store = await server
  const secrets = {
    accessKey: { env: 'SARABAN_TEST_STORE_KEY' },
    secretKey: { env: 'SARABAN_TEST_STORE_SECRET' },
  }
  return {
    settings: { attachments: { kind: 'bucket', at: bucketFor(folder, store), secrets } },
    environment: { SARABAN_TEST_STORE_KEY: store.accessKey, SARABAN_TEST_STORE_SECRET: store.secretKey },
  }
}
