// The store of attachments in the tests of the gateway: a folder, or a bucket where SARABAN_TEST_ATTACHMENTS=bucket says so
// (`npm run test:scaled`).
import { join } from 'node:path'
import t from 'tap'
import { attachmentsIn, openAttachments } from '../../src/gateway/attachments/place.ts'
import type { AttachmentStore } from '../../src/gateway/attachments/store.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import type { Clock } from '../../src/letter/time.ts'
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
  if (inFolder) return openAttachments(attachmentsIn(folder), clock)
  server ??= begin()
  const store = await server
  const { accessKey, secretKey } = store
  const at = { ...bucketFor(folder, store), accessKey, secretKey }
  return watched(
    await openAttachments({ kind: 'bucket', at, incoming: join(folder, 'attachments', 'incoming') }, clock),
  )
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
    discard: (sha256: string, before: number) => counted(store.discard!(sha256, before)),
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
