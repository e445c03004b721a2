// The store of attachments in the tests of the gateway: a folder, or a bucket where SARABAN_TEST_ATTACHMENTS=bucket says so
// (`npm run test:scaled`).
import { join } from 'node:path'
import t from 'tap'
import { attachmentsIn, openAttachments } from '../../src/gateway/attachments/place.ts'
import type { AttachmentStore } from '../../src/gateway/attachments/store.ts'
import type { Settings } from '../../src/gateway/settings.ts'
import type { Clock } from '../../src/letter/time.ts'
import { type S3Server, s3Server } from '../../src/sandbox/servers/s3.ts'

const engine = process.env['SARABAN_TEST_ATTACHMENTS'] ?? 'folder'
if (engine !== 'folder' && engine !== 'bucket')
  throw new Error(`SARABAN_TEST_ATTACHMENTS=${engine}: no engine`)

const inFolder = engine === 'folder'

let server: Promise<S3Server> | undefined

async function begin(): Promise<S3Server> {
  const started = await s3Server(process.env)
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
  return openAttachments({ kind: 'bucket', at, incoming: join(folder, 'attachments', 'incoming') }, clock)
}

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
