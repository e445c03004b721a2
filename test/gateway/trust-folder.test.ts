// A trust folder: certificates and keys of offices, while they rotate too, and every fault of every file at once.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  createAuthority,
  type Identity,
  issueCertificate,
  keyFromPem,
  keyToPem,
  newKey,
} from '../../src/gateway/trust/authority.ts'
import { readKeys, readSigners, readTrustFolder } from '../../src/gateway/trust/folder.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { issue, type Wanted } from '../envelope/certificates.ts'
import { office } from '../letter/arbitrary.ts'
import { scratch, start } from './harness.ts'
import { makeInstallation } from './installation.ts'
import { placesOf, problemsOf } from './settings-stage.ts'

t.test('one authority is believed: a second in its file is refused by name', async (t) => {
  const folder = () => makeInstallation(scratch(t), ['50', '51', 'moi'].map(office), {})
  const [{ settings }, other] = [await folder(), await folder()]
  const file = join(settings.trust, 'authority.pem')
  const [own, foreign] = [file, join(other.settings.trust, 'authority.pem')].map((path) =>
    readFileSync(path, 'utf8'),
  )
  for (const text of [`${own}${foreign}`, `${foreign}${own}`, `${own}${own}`]) {
    writeFileSync(file, text)
    t.match(problemsOf(readTrustFolder(settings.trust)), [
      { code: 'trust.authority.several', path: file, details: { count: 2 } },
    ])
  }
})

t.test(
  'a certificate of another authority beside a good one does not stop a start, and is told',
  async (t) => {
    const folder = () => makeInstallation(scratch(t), ['50', '51', 'moi'].map(office), {})
    const [installation, other] = [await folder(), await folder()]
    const { settings, log } = installation
    const foreign = () => {
      const read = readTrustFolder(settings.trust)
      return read.ok ? read.value.foreign : read.problems
    }
    t.same(foreign(), [])
    copyFileSync(
      join(other.settings.trust, 'offices', '51', 'certificate.pem'),
      join(settings.trust, 'offices', '51', 'of-before.pem'),
    )
    t.same(foreign(), ['51'])
    const told = () => log.map((line) => JSON.parse(line) as object).filter((line) => 'offices' in line)
    const gateway = await installation.start()
    t.teardown(() => gateway.stop())
    t.match(told(), [{ level: 40, msg: 'certificates.foreign', offices: ['51'], count: 1 }])
    t.match(await gateway.reload(), { kind: 'applied' })
    t.equal(told().length, 2, 'and at each reload')
  },
)

t.test('a piece of a certificate is refused, wherever it stands in its file', async (t) => {
  const { trust } = (await makeInstallation(scratch(t), [office('50'), office('51')], {})).settings
  for (const file of [join(trust, 'authority.pem'), join(trust, 'offices', '50', 'certificate.pem')]) {
    const whole = readFileSync(file, 'utf8')
    const [start, end] = [whole.slice(0, whole.length / 2), whole.slice(whole.length / 2)]
    for (const text of [`${whole}${start}`, `${start}\n${whole}`, `${whole}${end}`]) {
      writeFileSync(file, text)
      t.same(placesOf(problemsOf(readTrustFolder(trust))), [`${file}: trust.certificate.unreadable`])
    }
    writeFileSync(file, whole)
  }
})

t.test('a trust folder', async (t) => {
  const { trust } = (await makeInstallation(scratch(t), ['50', '51', 'moi'].map(office), {})).settings
  const read = readTrustFolder(trust)
  if (!read.ok) throw new Error('the model is not in order')
  t.equal(read.value.certificatesOf('50').length, 1)
  t.same(read.value.certificatesOf('99'), [])

  // Chiang Mai gets a new key: both certificates count, and what is sealed here is sealed with the new one.
  const authority = {
    certificate: new X509Certificate(readFileSync(join(trust, 'authority.pem'))),
    key: createPrivateKey(readFileSync(join(trust, 'authority.key.pem'))),
  }
  const key = await newKey()
  const later = systemClock.now() + 60_000
  const next = issueCertificate(authority, key, { kind: 'office', office: '50' }, later, systemRandom)
  writeFileSync(join(trust, 'offices', '50', 'next.pem'), next.toString())
  const rotating = readTrustFolder(trust)
  if (!rotating.ok) throw new Error('two certificates are refused')
  t.equal(rotating.value.certificatesOf('50').length, 2)
  const before = readSigners(trust, rotating.value, later)
  t.notSame(before.ok && before.value.get(office('50'))?.certificate.raw, next.raw, 'the key decides')
  writeFileSync(join(trust, 'keys', '50.pem'), keyToPem(key))
  const signers = readSigners(trust, rotating.value, later)
  t.same(signers.ok && signers.value.get(office('50'))?.certificate.raw, next.raw)
  t.ok(keyFromPem(keyToPem(key)).equals(key))
  const both = `${next}\n${readFileSync(join(trust, 'offices', '50', 'certificate.pem'), 'utf8')}`
  writeFileSync(join(trust, 'offices', '50', 'next.pem'), both)
  const joined = readTrustFolder(trust)
  t.ok(joined.ok && joined.value.certificatesOf('50').length === 3, 'several in one file, and one twice')

  // All faults of all files at once.
  rmSync(join(trust, 'authority.pem'))
  mkdirSync(join(trust, 'offices', '10'))
  mkdirSync(join(trust, 'offices', 'chiang-mai'))
  writeFileSync(join(trust, 'offices', '51', 'broken.pem'), 'no certificate')
  const wrong = '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n'
  writeFileSync(join(trust, 'offices', '51', 'wrong.pem'), wrong)
  copyFileSync(join(trust, 'offices', '50', 'certificate.pem'), join(trust, 'offices', '51', 'copy.pem'))
  t.same(
    placesOf(problemsOf(readTrustFolder(trust))).map((each) => each.replace(`${trust}/`, '')),
    [
      'authority.pem: trust.certificate.unreadable',
      'offices/10: trust.office.unknown',
      'offices/51/broken.pem: trust.certificate.unreadable',
      'offices/51/wrong.pem: trust.certificate.unreadable',
      'offices/51: trust.certificate.shared',
      'offices/chiang-mai: trust.office.unknown',
    ],
  )
  writeFileSync(join(trust, 'keys', '51.pem'), keyToPem(await newKey()))
  writeFileSync(join(trust, 'keys', 'moi.pem'), 'no key')
  writeFileSync(join(trust, 'keys', 'other.pem'), '')
  t.same(
    placesOf(problemsOf(readSigners(trust, rotating.value, later))).map((each) =>
      each.replace(`${trust}/`, ''),
    ),
    [
      'keys/51.pem: trust.key.unregistered',
      'keys/moi.pem: trust.key.unreadable',
      'keys/other.pem: trust.office.unknown',
    ],
  )
})

t.test(
  'a certificate that no recipient accepts does not seal, and stops a start where no other does',
  async (t) => {
    const installation = await makeInstallation(scratch(t), [office('50'), office('51')], {})
    const { settings, log } = installation
    const { trust } = settings
    const folder = join(trust, 'offices', '50')
    const authority = {
      certificate: new X509Certificate(readFileSync(join(trust, 'authority.pem'))),
      key: keyFromPem(readFileSync(join(trust, 'authority.key.pem'))),
    }
    const key = keyFromPem(readFileSync(join(trust, 'keys', '50.pem')))
    const unfit: readonly (readonly [said: string, Partial<Wanted>])[] = [
      ['usage', { usage: 'none' }],
      ['usage', { usage: 'encipher' }],
      ['weak', { hash: 'sha1' }],
      ['authority', { ca: true }],
      ['extension-unknown', { criticalExtension: true }],
    ]
    const good = readFileSync(join(folder, 'certificate.pem'), 'utf8')
    for (const [said, wanted] of unfit) {
      const { certificate } = issue({ subject: 'office 50', key, issuer: authority, ...wanted })
      writeFileSync(join(folder, 'certificate.pem'), certificate.toString())
      const read = readTrustFolder(trust)
      if (!read.ok) throw new Error('a certificate is not readable')
      const code = `envelope.certificate.${said}`
      t.same(placesOf(read.value.unfit), [`${folder}: ${code}`])
      t.same(placesOf(problemsOf(readKeys(trust, read.value))), [`${join(trust, 'keys', '50.pem')}: ${code}`])
      // Beside a good one it does no harm.
      writeFileSync(join(folder, 'certificate.pem'), `${certificate}${good}`)
      const both = readTrustFolder(trust)
      const signers = both.ok ? readSigners(trust, both.value, systemClock.now()) : both
      t.equal(signers.ok && signers.value.get(office('50'))?.certificate.toString(), good, said)
    }
    const gateway = await installation.start()
    t.teardown(() => gateway.stop())
    const told = log
      .map((line) => JSON.parse(line) as { msg: string })
      .filter(({ msg }) => msg === 'certificates.unfit')
    t.match(told, [{ level: 40, problems: [`${folder}: envelope.certificate.extension-unknown`], count: 1 }])
    writeFileSync(
      join(folder, 'certificate.pem'),
      issue({ subject: 'x', key, issuer: authority, usage: 'none' }).certificate.toString(),
    )
    t.match(await gateway.reload(), { kind: 'refused', problems: [{ code: 'envelope.certificate.usage' }] })

    writeFileSync(join(trust, 'authority.pem'), good)
    t.match(problemsOf(readTrustFolder(trust)), [{ code: 'envelope.authority.unfit' }])
  },
)

t.test(
  'of several certificates of one key each seals at its time, and none that is not believed',
  async (t) => {
    const trust = scratch(t)
    const day = 86_400_000
    const [authority, next] = [
      await createAuthority(start, systemRandom),
      await createAuthority(start, systemRandom),
    ]
    const key = await newKey()
    const make = (issuer: Identity, from: number) =>
      issueCertificate(issuer, key, { kind: 'office', office: '50' }, from, systemRandom)
    const [present, coming, foreign] = [
      make(authority, start),
      make(authority, start + 10 * day),
      make(next, start + day),
    ]
    mkdirSync(join(trust, 'offices', '50'), { recursive: true })
    mkdirSync(join(trust, 'keys'))
    writeFileSync(join(trust, 'keys', '50.pem'), keyToPem(key))
    writeFileSync(join(trust, 'offices', '50', 'all.pem'), `${foreign}${coming}${present}`)
    const sealsAt = (at: number, believed = authority) => {
      writeFileSync(join(trust, 'authority.pem'), believed.certificate.toString())
      const read = readTrustFolder(trust)
      const signers = read.ok ? readSigners(trust, read.value, at) : read
      return signers.ok && signers.value.get(office('50'))?.certificate.fingerprint256
    }
    t.equal(sealsAt(start), present.fingerprint256, 'the next one has not begun')
    t.equal(sealsAt(start + 10 * day), coming.fingerprint256, 'it changes over by itself')
    t.equal(sealsAt(start + 10 * day, next), foreign.fingerprint256, 'under the next authority')
    t.equal(sealsAt(start + 5_000 * day), coming.fingerprint256, 'all have ended')
  },
)

t.test(
  'one key in the certificates of two offices is refused, whatever the certificates say (T9)',
  async (t) => {
    const trust = scratch(t)
    const authority = await createAuthority(start, systemRandom)
    const shared = await newKey()
    writeFileSync(join(trust, 'authority.pem'), authority.certificate.toString())
    for (const office of ['50', '51']) {
      mkdirSync(join(trust, 'offices', office), { recursive: true })
      const own = issueCertificate(authority, shared, { kind: 'office', office }, start, systemRandom)
      writeFileSync(join(trust, 'offices', office, 'certificate.pem'), own.toString())
    }
    const read = readTrustFolder(trust)
    t.match(read, { ok: false, problems: [{ code: 'trust.certificate.shared', value: '51' }] })
  },
)
