// `saraban doctor`: a healthy installation, and broken ones, of each of which it names what is wrong and no more.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { attachmentsOf, openAttachments } from '../../src/gateway/attachments/place.ts'
import { createAuthority } from '../../src/gateway/trust/authority.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { jsonProfile, sha256 } from '../gateway/installation.ts'
import { isEmbedded } from '../gateway/journal-engine.ts'
import { storeSettings } from '../gateway/store-settings.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { opened, scan, send } from './doctor-stage.ts'

const day = 86_400_000

t.test('healthy, and each thing that can be wrong with the same installation', async (t) => {
  const installation = await opened(t)
  const { settings, doctor, doctorAt, write } = installation
  const before = await doctor()
  t.same(
    before.wrong,
    isEmbedded
      ? ['doctor.gateway.stopped', 'doctor.journal.absent']
      : ['doctor.gateway.stopped', 'cli.journal.version'],
    'before the first start',
  )
  let gateway = await installation.start()
  t.teardown(() => gateway.stop())
  await send(gateway.http, 1)
  const healthy = await doctor('--deep')
  t.same({ code: healthy.code, wrong: healthy.wrong }, { code: 0, wrong: [] }, healthy.out)
  t.match(healthy.out, /1 envelopes and their attachments; attachments that nothing names\nhealthy\n$/)
  t.match(JSON.parse((await doctor('--json')).out), { healthy: true, wrong: [], noted: [], unseen: [] })

  const key = join(settings.trust, 'keys', '50.pem')
  chmodSync(key, 0o644)
  const open = await doctor()
  t.same([open.code, open.wrong], [1, ['doctor.key.open']])
  t.match(open.out, `“${key}” (mode 644)`)
  t.match(open.out, /what to do: chmod 600/)
  t.match(open.out, /วิธีแก้: สั่ง chmod 600/)
  chmodSync(key, 0o600)

  const own = join(settings.trust, 'authority.pem')
  const authority = readFileSync(own)
  writeFileSync(own, (await createAuthority(Date.now(), systemRandom)).certificate.toString())
  const foreign = await doctor()
  t.same([foreign.code, foreign.wrong], [1, ['doctor.certificate.foreign']])
  t.match(
    foreign.out,
    '2 certificates of offices do not stand under authority.pem of the trust folder: those of “50, moi”',
  )
  writeFileSync(own, authority)

  write({ alarms: { disk: '999999999GiB' } })
  t.same((await doctor()).wrong, ['alarm.disk'])
  write({
    alarms: {
      hooks: [{ name: 'duty', webhook: { url: 'https://a.example/', secret: { env: 'NOT_THERE' } } }],
    },
  })
  t.same((await doctor()).wrong, ['adapter.profile.reference-unresolved'])
  write()

  const late = await doctorAt({ ...systemClock, now: () => Date.now() + 3640 * day })
  t.ok(
    late.wrong.length > 2 &&
      late.wrong.every((code) => /^alarm\.certificate$|^doctor\.clock$|^alarm.lag$/.test(code)),
    String(late.wrong),
  )
  t.match(late.out, 'the certificate of “https” is valid until')

  installation.profile('broken.yaml', 'id: x\noffice: "99"\n')
  const broken = await doctor()
  t.ok(
    broken.wrong.length > 0 && broken.wrong.every((code) => code.startsWith('adapter.profile.')),
    String(broken.wrong),
  )
  t.match(broken.out, 'broken.yaml')
  rmSync(join(settings.profiles, 'broken.yaml'))

  // What is in the store and named by nothing is no fault. A day later nothing that is under way will name it.
  const { environment } = await storeSettings(installation.folder)
  const store = await openAttachments(mustBe(attachmentsOf(settings, environment)), systemClock)
  await store.keep(Buffer.from('a scan of a process that was killed'), 100)
  t.notMatch((await doctor('--deep')).out, 'no fault')
  const aDayLater = { ...systemClock, now: () => Date.now() + 1.1 * day }
  const unnamed = await doctorAt(aDayLater, '--deep')
  t.match(
    unnamed.out,
    /^no fault: “1” attachments in the store .*\[doctor\.attachments\.unnamed\]\n {2}ที่เก็บมี/m,
  )
  t.match(JSON.parse((await doctorAt(aDayLater, '--deep', '--json')).out), {
    noted: [{ code: 'doctor.attachments.unnamed', value: '1' }],
    unseen: [],
  })
  t.notMatch((await doctorAt(aDayLater)).out, 'no fault', 'the store is not listed without --deep')

  // What is wrong in the store: an attachment is gone, another letter's envelope was changed.
  await store.remove(sha256(scan))
  store.close()
  const missing = await doctor()
  t.same(missing.wrong, ['doctor.attachment.missing'])
  await send(gateway.http, 2)
  t.same((await doctor()).wrong, [], 'handed over again, it is whole')

  await gateway.stop()
  t.same((await doctor()).wrong, ['doctor.gateway.stopped'])
  const database = await installation.database()
  await database.write(async (transaction) => {
    const row = await transaction.one<{ id: string; bytes: Uint8Array }>(
      'SELECT message_id AS id, bytes FROM envelopes ORDER BY message_id LIMIT 1',
    )
    const changed = Buffer.from(row?.bytes ?? [])
      .toString('utf8')
      .replace('ทดสอบ', 'ทดลอง')
    await transaction.run(
      'UPDATE envelopes SET bytes = ? WHERE message_id = ?',
      Buffer.from(changed),
      row?.id ?? '',
    )
  })
  t.same((await doctor()).wrong.toSorted(), ['doctor.envelope.damaged', 'doctor.gateway.stopped'])
  const unknown = await doctorAt(aDayLater, '--deep')
  t.match(
    unknown.out,
    /^unseen: .*attachments that nothing names.*what a damaged envelope names is not known/m,
  )
  t.notMatch(unknown.out, 'no fault', 'perhaps it is the damaged one that names them')
  await database.close()
  gateway = await installation.start()
})

t.test('what a profile leaves to chance is told, and is no fault', async (t) => {
  const { folder, profile, doctor } = await opened(t)
  t.match(JSON.parse((await doctor('--json')).out), { noted: [] })
  const before = await doctor()
  const text = readFileSync('profiles/chiang-mai-csv.yaml', 'utf8')
  const placed = text.replace(/\{ env: SARABAN_50_(\w+) \}/g, (_, name: string) => {
    const path = join(folder, name)
    mkdirSync(path)
    return path
  })
  profile('json-50.yaml', placed.replace('table: { "1": ordinary,', 'table: { O: ordinary, "1": ordinary,'))
  const found = await doctor()
  t.same([found.code, found.wrong], [before.code, before.wrong])
  t.match(
    found.out,
    /^no fault: chiang-mai-csv\.documents\..*\[adapter\.remark\.codes-order\]\n {2}บรรทัด .*\n {4}what to do: .*\n {4}วิธีแก้: /m,
  )
  t.match(JSON.parse((await doctor('--json')).out).noted, [{ code: 'adapter.remark.codes-order' }])
})

t.test('a secret of a profile that others may read', async (t) => {
  const installation = await opened(t)
  const { folder, settings } = installation
  const written = (path: string, text: string, mode = 0o644) => {
    writeFileSync(path, text, { mode })
    return path
  }
  mkdirSync(settings.data)
  const token = written(join(settings.data, 'token'), 'x')
  const key = join(settings.trust, 'tls', 'gateway.key.pem')
  const certificate = written(
    join(folder, 'shown.pem'),
    readFileSync(join(settings.trust, 'tls', 'gateway.pem'), 'utf8'),
  )
  const transport = {
    ...{ kind: 'http-out', url: 'http://127.0.0.1:1/', token: { file: 'token' } },
    tls: { certificate: { file: certificate }, key: { file: key } },
  }
  installation.profile('json-50.yaml', {
    ...jsonProfile('50'),
    receive: { transport, document: 'letter' },
    notices: { transport, document: 'notice' },
  })
  const open = async () =>
    [...(await installation.doctor()).out.matchAll(/^wrong: (.*) \[doctor\.key\.open\]$/gm)].map(
      ([, said]) => said,
    )
  t.same(await open(), [`json-50: others than the gateway’s user may read the secret “${token}” (mode 644)`])
  chmodSync(token, 0o600)
  t.same(await open(), [])
})

t.test('settings that cannot be read: nothing could be looked at', async (t) => {
  const installation = await opened(t)
  installation.write({ trust: join(installation.folder, 'nowhere') })
  const found = await installation.doctor()
  t.equal(found.code, 2)
  t.match(found.out, 'error: trust')
})
