// The place of attachments that several gateways share, a folder or a bucket: another one in its place is refused.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import type { Marks } from '../../src/adapters/contract.ts'
import { bucketProof } from '../../src/gateway/attachments/bucket-mark.ts'
import { openForGateway } from '../../src/gateway/attachments/place.ts'
import { Objects } from '../../src/gateway/attachments/s3-objects.ts'
import { openAttachmentStore } from '../../src/gateway/attachments/store.ts'
import { SettingsError } from '../../src/gateway/installation/systems.ts'
import { leaderOf, listMembers } from '../../src/gateway/journal/members.ts'
import { besideJournal, journalIn } from '../../src/gateway/journal/place.ts'
import { reachOf } from '../../src/gateway/journal/reaches.ts'
import { readSqlite } from '../../src/gateway/journal/sqlite.ts'
import { marksOf } from '../../src/gateway/marks.ts'
import { systemClock } from '../../src/letter/time.ts'
import { s3Server } from '../../src/sandbox/servers/s3.ts'
import { saraban } from '../cli/operator.ts'
import { mustBe, office } from '../letter/arbitrary.ts'
import { scratch, soon } from './harness.ts'
import { inboxProfile, jsonProfile, makeInstallation } from './installation.ts'

const installedIn = (folder: string) =>
  makeInstallation(folder, ['50', 'moi'].map(office), {
    'json-50.yaml': jsonProfile('50'),
    'moi.yaml': inboxProfile(),
  })

t.test('a gateway does not start where the shared folder of attachments is not mounted', async (t) => {
  const folder = scratch(t)
  const path = join(folder, 'shared')
  const installation = await installedIn(folder)
  const settings = { ...installation.settings, attachments: { kind: 'folder', path } as const }
  for (let count = 0; count < 2; count += 1) await (await installation.start({ settings })).stop()
  rmSync(path, { recursive: true })
  mkdirSync(path)
  const refused = await installation.start({ settings }).then(
    async (gateway) => gateway.stop(),
    (error: unknown) => error,
  )
  t.ok(refused instanceof SettingsError)
  t.match(refused, { problems: [{ code: 'settings.attachments.other', value: path }] })
  mkdirSync(join(path, '.saraban'))
  writeFileSync(join(path, '.saraban', 'accept'), '')
  await (await installation.start({ settings })).stop()
})

t.test('where the share is not mounted no retention forgets what is to leave it', async (t) => {
  const folder = scratch(t)
  const path = join(folder, 'shared')
  const installation = await installedIn(folder)
  const settings = { ...installation.settings, attachments: { kind: 'folder', path } as const }
  await (await installation.start({ settings })).stop()
  const place = { kind: 'folder', path, shared: true } as const
  const database = besideJournal(journalIn(settings.data))
  t.teardown(() => database.close())
  const store = mustBe(await openForGateway(place, marksOf(database, systemClock, ''), systemClock))
  const { sha256 } = await store.keep(Buffer.from('a scan'), 100)
  const scan = join(path, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  utimesSync(scan, 1e9, 1e9)
  await database.write((transaction) => transaction.run('INSERT INTO leaving VALUES (?, 1)', sha256))
  const { data, trust, profiles } = settings
  const file = join(folder, 'saraban.yaml')
  const listen = { http: { host: '127.0.0.1', port: 0 } }
  writeFileSync(file, stringify({ data, trust, profiles, listen, attachments: { url: `file://${path}` } }))
  const retention = () => saraban(systemClock, 'retention', 'run', '--by', 'สมชาย', '--settings', file)
  const leaving = async () => (await database.committed.all('SELECT sha256 FROM leaving')).length

  renameSync(path, `${path}-real`)
  mkdirSync(path)
  t.match(await retention(), { code: 1, err: 'settings.attachments.other' })
  await t.rejects(async () => store.discard?.(sha256, Date.now()), {
    name: 'AttachmentsUnavailable',
    message: 'settings.attachments.other',
  })
  t.equal(await leaving(), 1)
  t.same(readdirSync(path), [], 'nothing is made there')
  rmSync(path, { recursive: true })
  t.match(await retention(), { code: 1, err: 'settings.attachments.other' }, 'nor is a folder')
  renameSync(`${path}-real`, path)
  t.match(await retention(), { code: 0, out: /1 attachments/ })
  t.equal(await leaving(), 0)
  t.notOk(existsSync(scan))
})

t.test('who starts beside others that keep scans, or put back what was left aside, starts', async (t) => {
  const folder = join(scratch(t), 'attachments')
  const other = await openAttachmentStore(folder)
  const aside = join(folder, 'leaving')
  mkdirSync(aside)
  let done = false
  const keeping = Array.from({ length: 8 }, async (_, at) => {
    while (!done) await other.keep(Buffer.from(`scan ${at}`), 100)
  })
  try {
    for (let round = 0; round < 50; round += 1) {
      for (let left = 0; left < 8; left += 1) writeFileSync(join(aside, `${left}`.repeat(64)), 'left aside')
      await Promise.all([0, 0].map((leftBefore) => openAttachmentStore(folder, leftBefore)))
      t.same(readdirSync(aside), [])
    }
  } finally {
    done = true
    await Promise.all(keeping)
  }
  t.equal((await other.list('', 100)).length, 16)
})

t.test('a gateway does not start with another bucket, or another prefix in it', async (t) => {
  const store = await s3Server(process.env)
  t.after(() => store.stop())
  const folder = scratch(t)
  const installation = await installedIn(folder)
  const { endpoint, bucket, accessKey, secretKey } = store
  const under = (prefix: string, at = endpoint) => ({
    ...installation.settings,
    attachments: {
      kind: 'bucket',
      at: { endpoint: at, bucket, prefix, region: 'us-east-1', pathStyle: true },
      secrets: { accessKey: { env: 'KEY' }, secretKey: { env: 'SECRET' } },
    } as const,
  })
  const environment = { KEY: accessKey, SECRET: secretKey }
  const starts = async (settings: ReturnType<typeof under>): Promise<unknown> =>
    installation.start({ settings, environment }).then(
      async (gateway) => gateway.stop(),
      (error: unknown) => error,
    )
  const own = `${process.pid}-${Date.now()}/`
  for (let count = 0; count < 2; count += 1) t.equal(await starts(under(own)), undefined)
  const code = 'settings.attachments.other-bucket'
  t.match(await starts(under(`other-${own}`)), { problems: [{ code, value: `s3://${bucket}/other-${own}` }] })
  t.equal(await starts(under(own)), undefined, 'the one that it was is the one still')
  t.equal(await starts(under(own, 'http://127.0.0.1:9')), undefined, 'one that is away hinders nobody')
  // A person says that it was moved.
  const { S3Client } = await import('@aws-sdk/client-s3')
  const client = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  })
  t.after(() => client.destroy())
  await new Objects(client, bucket).putEmpty(`other-${own}.saraban/accept`)
  t.equal(await starts(under(`other-${own}`)), undefined)
  t.match(await starts(under(own)), { problems: [{ code }] }, 'it counts for all of them')
  // Two that start there for the first time at one moment.
  let mark: string | undefined
  const marks: Marks = {
    known: async () => mark,
    become: async (_place, fresh) => {
      mark ??= fresh
      return mark
    },
  }
  const both = [0, 1].map(() => bucketProof(new Objects(client, bucket), `both-${own}`, marks))
  t.same(await Promise.all(both), ['ours', 'ours'])
})

t.test(
  'a gateway whose attachments never answer does not lead, and has no office, until they do',
  async (t) => {
    const folder = scratch(t)
    const installation = await makeInstallation(folder, ['50', 'moi'].map(office), {
      'json-50.yaml': jsonProfile('50'),
      'moi.yaml': inboxProfile(),
    })
    const asked: Socket[] = []
    const silent = createServer((socket) => void asked.push(socket.on('error', () => undefined)))
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const settings = {
      ...installation.settings,
      attachments: {
        kind: 'bucket',
        at: { endpoint: `http://127.0.0.1:${port}`, bucket: 'b', prefix: '', region: 'r', pathStyle: true },
        secrets: { accessKey: { env: 'KEY' }, secretKey: { env: 'SECRET' } },
      } as const,
    }
    const starting = installation.start({ settings, environment: { KEY: 'k', SECRET: 's' } })
    const said = async () => {
      const journal = readSqlite(join(settings.data, 'journal.sqlite'))
      try {
        const [leader, members] = [await leaderOf(journal.committed), await listMembers(journal.committed)]
        return { leader, said: await Promise.all(members.map(({ id }) => reachOf(journal.committed, id))) }
      } finally {
        journal.close()
      }
    }
    await soon(() => asked.length > 0)
    t.same(await said(), { leader: undefined, said: [{ reach: {}, self: { starting: true } }] })
    silent.close()
    for (const socket of asked) socket.destroy()
    const gateway = await starting
    t.teardown(() => gateway.stop())
    t.match(await said(), { leader: /./, said: [{ reach: { 50: {}, moi: {} }, self: {} }] })
  },
)
