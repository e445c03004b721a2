// Redis and the bucket over TLS, under an authority of one's own: real servers; and what is said where the authority, the name
// or the secret is not the right one.
import t, { type Test } from 'tap'
import { attachmentsOf, openAttachments } from '../../src/gateway/attachments/place.ts'
import { lookAtStores } from '../../src/gateway/doctor/stores.ts'
import { redisOf } from '../../src/gateway/queue/place.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import { redisServer } from '../../src/sandbox/servers/redis.ts'
import { s3Server } from '../../src/sandbox/servers/s3.ts'
import type { ServerTls } from '../../src/sandbox/servers/tls.ts'
import { serverTls } from '../servers/tls.ts'
import { HandClock, scratch } from './harness.ts'
import { openSharedAt } from './queue-engine.ts'

const tls = await serverTls()
const other = await serverTls()
const named = await serverTls({ names: ['store.example'], addresses: ['10.0.0.1'] })

async function start(t: Test, of: ServerTls) {
  const redis = await redisServer(process.env, [], of)
  if ('missing' in redis) throw new Error(redis.missing)
  const store = await s3Server(process.env, of)
  t.teardown(() => Promise.all([redis.stop(), store.stop()]))
  const settings = {
    data: scratch(t),
    queue: {
      at: { host: redis.host, port: redis.port, database: 0, tls: true },
      secrets: { password: { env: 'PASSWORD' }, authority: { env: 'AUTHORITY' } },
    },
    attachments: {
      kind: 'bucket' as const,
      at: {
        bucket: store.bucket,
        prefix: '',
        region: 'us-east-1',
        endpoint: store.endpoint,
        pathStyle: true,
      },
      secrets: { accessKey: { env: 'KEY' }, secretKey: { env: 'SECRET' }, authority: { env: 'AUTHORITY' } },
    },
  } as Pick<Settings, 'data' | 'queue' | 'attachments'> as Settings
  const environment = {
    ...{ PASSWORD: redis.password, KEY: store.accessKey, SECRET: store.secretKey },
    AUTHORITY: of.authority,
  }
  return { settings, environment }
}

t.test('with the authority that signed their certificates', async (t) => {
  const { settings, environment } = await start(t, tls)
  t.same(await lookAtStores(settings, environment), [])
  const redis = redisOf(settings, environment)
  if (!redis.ok || redis.value === undefined) return t.fail('no Redis')
  const clock = new HandClock()
  const queue = await openSharedAt(redis.value, 'tls', clock)
  const given = new Promise<string>((resolve) => queue.work(async (id) => resolve(id), 1))
  queue.put('a delivery', clock.now(), 1)
  t.equal(await given, 'a delivery')
  await queue.close()
  const place = attachmentsOf(settings, environment)
  if (!place.ok) return t.fail('no store')
  const store = await openAttachments(place.value, clock)
  const kept = await store.keep(Buffer.from('a scan'), 100)
  t.equal(Buffer.concat(await store.open(kept.sha256).toArray()).toString(), 'a scan')
  store.close()
})

t.test('with another authority, another name, a wrong secret: each is said', async (t) => {
  const { settings, environment } = await start(t, tls)
  const said = async (changes: Record<string, string>) => {
    const found = await lookAtStores(settings, { ...environment, ...changes })
    return found.map(({ code, value = '', details }) => `${code} ${value}: ${details?.['reason'] ?? ''}`)
  }
  const certificate =
    /certificate signature failure|self.signed certificate|unable to (get|verify)[^,]*certificate/
  const foreign = await said({ AUTHORITY: other.authority })
  t.match(foreign, [
    /^doctor\.queue\.away rediss:\/\/127/,
    /^doctor\.unreachable s3:\/\/saraban-test at https/,
  ])
  for (const each of foreign) t.match(each, certificate)
  t.match(await said({ PASSWORD: 'not-the-word' }), [/WRONGPASS/])
  t.match(await said({ SECRET: 'not-the-secret' }), [/SignatureDoesNotMatch/])
  t.notMatch((await said({ PASSWORD: 'not-the-word', SECRET: 'not-the-secret' })).join(), /not-the-/)
  const elsewhere = await start(t, named)
  const names = await lookAtStores(elsewhere.settings, elsewhere.environment)
  t.equal(names.length, 2)
  for (const each of names) t.match(each.details?.['reason'], /IP: 127\.0\.0\.1 is not in the cert's list/)
})

t.test('an authority that is no certificate is found at the start', async (t) => {
  const { settings, environment } = await start(t, tls)
  for (const AUTHORITY of ['', 'no certificate', tls.key]) {
    const wrong = { ...environment, AUTHORITY }
    for (const [result, path] of [
      [redisOf(settings, wrong), 'queue.authority'],
      [attachmentsOf(settings, wrong), 'attachments.authority'],
    ] as const) {
      if (result.ok) return t.fail(path)
      t.match(result.problems, [{ path }])
      t.match(result.problems[0].code, /not-pem|unresolved/)
      t.notMatch(JSON.stringify(result.problems), /PRIVATE KEY/)
    }
  }
})
