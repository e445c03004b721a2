// The attachments, one suite over both stores: on this machine's disk and in a bucket; and a bucket that is away or lies.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import {
  type AttachmentsAt,
  attachmentsIn,
  attachmentsOf,
  openAttachments,
  readAttachments,
  watchAttachments,
} from '../../src/gateway/attachments/place.ts'
import type { S3At } from '../../src/gateway/attachments/s3.ts'
import type { AttachmentStore } from '../../src/gateway/attachments/store.ts'
import { readSettings, type Settings } from '../../src/gateway/settings/settings.ts'
import { type S3Server, s3Server } from '../../src/sandbox/servers/s3.ts'
import { office } from '../letter/arbitrary.ts'
import { HandClock, rest, scratch, soon } from './harness.ts'
import {
  ask,
  bearer,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
} from './installation.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
/** Bytes that differ from one place to the next. */
const bytesOf = (size: number, seed = 1): Buffer => {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8) * 7 + seed) & 255
  return bytes
}
/** In chunks of 64 KiB, as a file or a request gives them. */
const streamOf = (bytes: Buffer): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
    })(),
  )

const placed = ({ endpoint, bucket, accessKey, secretKey }: S3Server, prefix: string): S3At => ({
  ...{ endpoint, bucket, accessKey, secretKey, prefix },
  region: 'us-east-1',
  pathStyle: true,
})

const inBucket = (folder: string, at: S3At): AttachmentsAt => ({
  kind: 'bucket',
  at,
  incoming: join(folder, 'attachments', 'incoming'),
})

let made = 0

t.test('on the disk', (t) => suite(t, attachmentsIn))

t.test('in a bucket', { timeout: 600_000 }, async (t) => {
  const server = await s3Server(process.env)
  t.teardown(() => server.stop())
  await suite(t, (folder) => inBucket(folder, placed(server, `suite-${++made}/`)))
  if (server.own !== undefined) await faults(t, server, server.own)
})

async function suite(t: Test, placeIn: (folder: string) => AttachmentsAt): Promise<void> {
  const open = async (t: Test) => {
    const folder = scratch(t)
    const place = placeIn(folder)
    const store = await openAttachments(place, new HandClock())
    t.after(() => store.close())
    return { place, store, incoming: () => readdirSync(join(folder, 'attachments', 'incoming')) }
  }

  await t.test('kept under their digest, and given back', async (t) => {
    const { place, store, incoming } = await open(t)
    for (const bytes of [Buffer.alloc(0), bytesOf(5), bytesOf(1_048_577), bytesOf(3_000_000, 9)]) {
      const kept = { sha256: sha256(bytes), size: bytes.length }
      t.equal(await store.sizeOf(kept.sha256), undefined, 'not here yet')
      t.same(await store.keep(streamOf(bytes), 3_000_000), kept)
      t.same(await store.keep(bytes, 3_000_000), kept, 'once more')
      t.equal(await store.sizeOf(kept.sha256), bytes.length)
      t.ok(bytes.equals(Buffer.concat(await store.open(kept.sha256).toArray())), `${bytes.length} bytes`)
      const beside = await readAttachments(place)
      t.ok(bytes.equals(Buffer.concat(await beside.open(kept.sha256).toArray())), 'beside the gateway too')
    }
    t.same(incoming(), [], 'nothing is left of them on the way')
    await store.check()
  })

  await t.test('what is too large or breaks off is not kept', async (t) => {
    const { store, incoming } = await open(t)
    const bytes = bytesOf(2_000_000)
    await t.rejects(store.keep(streamOf(bytes), 1_999_999), { name: 'TooLarge', limit: 1_999_999 })
    await t.rejects(store.keep(bytesOf(10), 9), { name: 'TooLarge', limit: 9 })
    const broken = Readable.from(
      (function* () {
        yield bytes
        throw new Error('the line is cut')
      })(),
    )
    await t.rejects(store.keep(broken, 3_000_000), { message: 'the line is cut' })
    t.same(await store.list('', 10), [])
    t.same(incoming(), [])
  })

  await t.test('listed in pages, and removed', async (t) => {
    const { store } = await open(t)
    const all = await Promise.all(
      Array.from({ length: 25 }, (_, index) => store.keep(bytesOf(100 + index, index), 1000)),
    )
    all.sort((one, other) => (one.sha256 < other.sha256 ? -1 : 1))
    const list = async (after: string, limit: number) =>
      (await store.list(after, limit)).map(({ at, ...kept }) => {
        t.ok(Math.abs(Date.now() - at) < 86_400_000, 'when it was kept')
        return kept
      })
    t.same(await list('', 100), all)
    const paged = []
    for (let after = ''; ; ) {
      const page = await list(after, 7)
      paged.push(...page)
      if (page.length < 7) break
      after = page.at(-1)?.sha256 ?? ''
    }
    t.same(paged, all)
    const [first, ...others] = all
    if (first === undefined) throw new Error('none')
    await store.remove(first.sha256)
    await store.remove(first.sha256)
    t.equal(await store.sizeOf(first.sha256), undefined)
    t.same(await list('', 100), others)
    await t.rejects(store.open(first.sha256).toArray())
  })

  await t.test('a name is a digest and nothing else', async (t) => {
    const { store } = await open(t)
    for (const name of ['', '../x', 'A'.repeat(64), `${'a'.repeat(64)}/`]) {
      await t.rejects(async () => store.sizeOf(name), RangeError)
      await t.rejects(async () => store.remove(name), RangeError)
      t.throws(() => store.open(name), RangeError)
    }
  })
}

async function faults(t: Test, server: S3Server, life: NonNullable<S3Server['own']>): Promise<void> {
  const open = async (
    t: Test,
    changes: Partial<S3At> = {},
  ): Promise<{ store: AttachmentStore; at: S3At }> => {
    const at = { ...placed(server, `faults-${++made}/`), ...changes }
    const store = await openAttachments(inBucket(scratch(t), at), new HandClock())
    t.after(() => store.close())
    return { store, at }
  }

  await t.test('other bytes than were kept are never given to their end', async (t) => {
    const { store, at } = await open(t)
    const bytes = bytesOf(200_000)
    const kept = await store.keep(bytes, 1e6)
    const file = life.fileOf(at.prefix + kept.sha256)
    const here = readFileSync(file)
    here[100_000]! ^= 1
    writeFileSync(file, here)
    await t.rejects(store.open(kept.sha256).toArray(), { name: 'AttachmentDamaged', sha256: kept.sha256 })
    truncateSync(file, 100_000)
    await t.rejects(store.open(kept.sha256).toArray())
    t.equal(await store.sizeOf(kept.sha256), 100_000)
    await store.keep(bytes, 1e6)
    t.ok(
      bytes.equals(Buffer.concat(await store.open(kept.sha256).toArray())),
      'kept again, it is whole again',
    )
  })

  await t.test('what leaves is bound to its digest; what the store lost is not kept', async (t) => {
    const seen: { method: string; headers: IncomingHttpHeaders; size: number }[] = []
    // It takes everything and has nothing.
    const liar = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray())
      seen.push({ method: request.method ?? '', headers: request.headers, size: body.length })
      const list =
        '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'
      response.end(request.method === 'GET' ? list : '')
    })
    liar.listen(0, '127.0.0.1')
    await once(liar, 'listening')
    t.after(() => liar.close())
    const address = liar.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { store } = await open(t, { endpoint: `http://127.0.0.1:${port}` })
    for (const bytes of [bytesOf(10), bytesOf(2_000_000)]) {
      await t.rejects(store.keep(bytes, 3e6), { name: 'AttachmentsUnavailable', message: /and has none/ })
      const [put] = seen.filter(({ method }) => method === 'PUT').slice(-1)
      t.match(put, {
        size: bytes.length,
        headers: { 'content-length': String(bytes.length), 'x-amz-content-sha256': sha256(bytes) },
      })
      t.match(put?.headers.authorization, /SignedHeaders=[^,]*x-amz-content-sha256/)
    }
  })

  await t.test('a wrong key, a bucket that is not there', async (t) => {
    const wrong = await open(t, { secretKey: 'not-the-secret' })
    const none = await open(t, { bucket: 'no-such-bucket' })
    for (const [{ store }, words] of [
      [wrong, /SignatureDoesNotMatch/],
      [none, /NoSuchBucket/],
    ] as const) {
      const unavailable = { name: 'AttachmentsUnavailable', message: words }
      await t.rejects(store.check(), unavailable)
      await t.rejects(store.keep(bytesOf(10), 100), unavailable)
      await t.rejects(store.keep(streamOf(bytesOf(2_000_000)), 3e6), unavailable)
      await t.rejects(store.sizeOf('0'.repeat(64)), unavailable)
      await t.rejects(store.open('0'.repeat(64)).toArray(), unavailable)
    }
  })

  await t.test('whether it is there is told when that changes', async (t) => {
    const { store } = await open(t)
    const clock = new HandClock()
    // Nothing else keeps the process alive while nobody listens.
    const alive = setInterval(() => undefined, 1000)
    t.after(() => clearInterval(alive))
    const told: string[] = []
    const end = watchAttachments(store, clock, {
      away: (reason) => void told.push(reason),
      here: () => void told.push('here'),
    })
    await store.check()
    await rest()
    t.same(told, [])
    await life.close()
    await clock.advance(15_000)
    await soon(() => told.length > 0)
    await clock.advance(15_000)
    t.match(told, [/ECONNREFUSED/])
    await life.start()
    await soon(async () => {
      await clock.advance(15_000)
      return told.length > 1
    })
    t.same(told.slice(1), ['here'])
    end()
  })

  await t.test('a gateway whose bucket goes away and comes back: 503, and nothing by halves', async (t) => {
    const folder = scratch(t)
    const profiles = { 'json-50.yaml': jsonProfile('50'), 'moi.yaml': inboxProfile() }
    const installation = await makeInstallation(folder, ['50', 'moi'].map(office), profiles)
    const { accessKey, secretKey, authority: _none, ...at } = placed(server, 'gateway/')
    const attachments = {
      kind: 'bucket' as const,
      at,
      secrets: { accessKey: { env: 'STORE_KEY' }, secretKey: { env: 'STORE_SECRET' } },
    }
    await life.close()
    const gateway = await installation.start({
      settings: { ...installation.settings, attachments },
      environment: { STORE_KEY: accessKey, STORE_SECRET: secretKey },
    })
    t.after(() => gateway.stop())
    const file = {
      name: 'scan.pdf',
      mediaType: 'application/pdf',
      content: bytesOf(90_000).toString('base64'),
    }
    const send = (number: number) =>
      post(
        `${gateway.http}/v1/systems/50/letters`,
        jsonLetter('50', number, { attachments: [file] }),
        bearer(keyOf('50')),
      )
    const away = await send(1)
    t.match(away, { status: 503, headers: { 'retry-after': /\d/ } }, away.text)
    t.notMatch(away.text, /ECONNREFUSED|127\.0\.0\.1/)
    await soon(async () => (await ask(`${gateway.http}/readyz`)).status === 503)
    t.match((await ask(`${gateway.http}/readyz`)).text, /the store of attachments cannot be used/)
    await life.start()
    const taken = await send(1)
    t.equal(taken.status, 201, taken.text)
    const store = await openAttachments(
      inBucket(join(folder, 'other'), placed(server, 'gateway/')),
      new HandClock(),
    )
    t.equal(await store.sizeOf(sha256(bytesOf(90_000))), 90_000)
    t.match(installation.log.join(''), /attachments\.unavailable/)
    store.close()
  })
}

const bucketOf = ({ attachments }: Settings) => (attachments?.kind === 'bucket' ? attachments.at : undefined)

t.test('in a folder that several share, a start leaves alone what another is writing', async (t) => {
  const path = scratch(t)
  const clock = new HandClock()
  const place: AttachmentsAt = { kind: 'folder', path, shared: true }
  const incoming = join(path, 'incoming')
  mkdirSync(incoming)
  for (const name of ['left', 'written']) writeFileSync(join(incoming, name), name)
  const day = 24 * 60 * 60
  utimesSync(join(incoming, 'left'), clock.now() / 1000 - day - 1, clock.now() / 1000 - day - 1)
  utimesSync(join(incoming, 'written'), clock.now() / 1000 - day + 1, clock.now() / 1000 - day + 1)
  await openAttachments(place, clock)
  t.same(readdirSync(incoming), ['written'])
  await openAttachments({ ...place, shared: false }, clock)
  t.same(readdirSync(incoming), [])
})

t.test('the setting', async (t) => {
  const folder = scratch(t)
  mkdirSync(join(folder, 'trust'))
  const file = join(folder, 'saraban.yaml')
  const read = (attachments: string) => {
    const whole =
      'data: data\ntrust: trust\nprofiles: trust\nlisten: { http: { host: 127.0.0.1, port: 0 } }\n'
    writeFileSync(file, `${whole}attachments: ${attachments}\n`)
    return readSettings(file)
  }
  const secrets = 'accessKey: { env: KEY }, secretKey: { file: secret }'
  const amazon = read(`{ url: "s3://letters", region: ap-southeast-7, ${secrets} }`)
  const own = read(`{ url: "s3://letters/moi/2569/", endpoint: "https://store.example:9000/", ${secrets} }`)
  if (!amazon.ok || !own.ok) return t.fail(JSON.stringify([amazon, own]))
  t.match(amazon.value.attachments, { kind: 'bucket' })
  t.same(bucketOf(amazon.value), {
    bucket: 'letters',
    prefix: '',
    region: 'ap-southeast-7',
    pathStyle: false,
  })
  const at = {
    bucket: 'letters',
    prefix: 'moi/2569/',
    region: 'us-east-1',
    pathStyle: true,
    endpoint: 'https://store.example:9000',
  }
  t.same(bucketOf(own.value), at)
  writeFileSync(join(folder, 'secret'), 'word\n')
  t.same(attachmentsOf(own.value, { KEY: 'key' }), {
    ok: true,
    value: inBucket(join(folder, 'data'), { ...at, accessKey: 'key', secretKey: 'word' }),
  })
  t.match(attachmentsOf(own.value, {}), {
    problems: [{ code: 'adapter.profile.reference-unresolved', path: 'attachments.accessKey' }],
  })
  const shared = read('{ url: "file:///srv/scans" }')
  t.same(shared.ok && attachmentsOf(shared.value, {}), {
    ok: true,
    value: { kind: 'folder', path: '/srv/scans', shared: true },
  })
  for (const [attachments, path] of [
    ['{ url: "file:///srv/scans", region: x }', 'attachments.region'],
    ['{ url: "file://host/srv" }', 'attachments.url'],
    [`{ url: "https://letters", ${secrets} }`, 'attachments.url'],
    [`{ url: "s3://letters/../x", endpoint: "https://a", ${secrets} }`, 'attachments.url'],
    [`{ url: "s3://Letters", ${secrets} }`, 'attachments.url'],
    [`{ url: "s3://letters", endpoint: "http://store.example", ${secrets} }`, 'attachments.endpoint'],
    [`{ url: "s3://letters", endpoint: "https://k:secret-word@a", ${secrets} }`, 'attachments.endpoint'],
    [`{ url: "s3://letters", region: "a b", ${secrets} }`, 'attachments.region'],
    [`{ url: "s3://letters", pathStyle: yes please, ${secrets} }`, 'attachments.pathStyle'],
    ['{ url: "s3://letters", secretKey: { env: A } }', 'attachments.accessKey'],
    ['{ url: "s3://letters", accessKey: { env: A }, secretKey: secret-word }', 'attachments.secretKey'],
    [`{ url: "s3://letters", more: 1, ${secrets} }`, 'attachments.more'],
  ] as const) {
    const result = read(attachments)
    if (result.ok) return t.fail(attachments)
    const paths = result.problems.map((found) => found.path)
    t.ok(paths.includes(path), `${attachments}: ${paths.join(' ')}`)
    t.notMatch(JSON.stringify(result.problems), /secret-word/)
  }
  t.ok(read(`{ url: "s3://letters", endpoint: "http://127.0.0.1:9000", ${secrets} }`).ok)
})
