// `saraban certs`: a test authority is made, is added to, and the certificates of a trust folder are told.
import { createPrivateKey } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readTrustFolder } from '../../src/gateway/trust/folder.ts'
import { systemClock } from '../../src/letter/time.ts'
import { saraban } from './operator.ts'

const said = (words: readonly string[]) => saraban(systemClock, ...words)

/** One trust folder for the whole file: keys take long to make. */
const room = t.testdir()
const certs = join(room, 'certs')
const made = await said(['certs', 'init', '--out', certs, '--office', '50', '51', 'moi', '--json'])

t.test(
  'certs init makes a trust folder, its secrets for the owner alone, and never writes over one',
  async (t) => {
    t.equal(made.code, 0)
    t.match(JSON.parse(made.out), { offices: ['50', '51', 'moi'], servers: ['gateway', 'inbox'] })
    const trust = readTrustFolder(certs)
    t.ok(trust.ok && trust.value.certificatesOf('50').length === 1)
    const secrets = [
      'authority.key.pem',
      'keys/50.pem',
      'keys/moi.pem',
      'tls/inbox.key.pem',
      'tls/gateway.key.pem',
    ]
    for (const secret of secrets) t.equal(statSync(join(certs, secret)).mode & 0o777, 0o600, secret)
    t.strictSame(readdirSync(join(certs, 'offices/moi')), ['certificate.pem'])
    const before = readFileSync(join(certs, 'authority.key.pem'), 'utf8')
    const again = await said(['certs', 'init', '--out', certs])
    t.match(again, { code: 2, err: /^error: .*cli\.folder\.exists\]\nhint: / })
    t.equal(readFileSync(join(certs, 'authority.key.pem'), 'utf8'), before)
    t.match(await said(['certs', 'init', '--out', join(room, 'x'), '--office', 'ฌ', '77x']), { code: 2 })
    t.notOk(existsSync(join(room, 'x')))
  },
)

t.test('certs add: offices that are missing, under a test authority alone, and nothing twice', async (t) => {
  const folder = join(t.testdir(), 'certs')
  await said(['certs', 'init', '--out', folder, '--office', '50'])
  const before = readFileSync(join(folder, 'keys/50.pem'), 'utf8')
  const words = ['certs', 'add', '--certs', folder, '--office', '57', '50', '57']
  const added = await said([...words, '--json'])
  t.equal(added.code, 0, added.err)
  t.same(JSON.parse(added.out), { folder, added: ['57'], there: ['50'] })
  t.equal(readFileSync(join(folder, 'keys/50.pem'), 'utf8'), before)
  t.equal(statSync(join(folder, 'keys/57.pem')).mode & 0o777, 0o600)
  t.strictSame(readdirSync(folder).sort(), ['authority.key.pem', 'authority.pem', 'keys', 'offices', 'tls'])
  const trust = readTrustFolder(folder)
  t.ok(trust.ok && trust.value.certificatesOf('57')[0]?.checkIssued(trust.value.authority))
  const key = readFileSync(join(folder, 'keys/57.pem'), 'utf8')
  t.match(await said(words), { code: 0, out: 'added none; there already, and left as they are: 57, 50' })
  // A run that was broken off between the key and the certificate.
  rmSync(join(folder, 'offices/57'), { recursive: true })
  t.match(await said(words), { code: 0, out: 'added 57;' })
  t.equal(readFileSync(join(folder, 'keys/57.pem'), 'utf8'), key)
  const again = readTrustFolder(folder)
  t.ok(again.ok && again.value.certificatesOf('57')[0]?.checkPrivateKey(createPrivateKey(key)))

  const wrong = await said(['certs', 'add', '--certs', folder, '--office', '57x'])
  t.match(wrong, { code: 2, err: /office/ })
  // The key of another authority, an authority of another name, no authority at all.
  const other = await said(['certs', 'add', '--certs', t.testdirName, '--office', '57'])
  t.match(other, { code: 2, err: /cli\.authority\.not-test/ })
  const office = readFileSync(join(folder, 'offices/50/certificate.pem'), 'utf8')
  const mine = readFileSync(join(folder, 'authority.pem'), 'utf8')
  writeFileSync(join(folder, 'authority.pem'), office)
  writeFileSync(join(folder, 'authority.key.pem'), before)
  t.match(await said(words), { code: 2, err: /cli\.authority\.not-test/ })
  writeFileSync(join(folder, 'authority.pem'), mine)
  t.match(await said(words), { code: 2, err: /cli\.authority\.not-test/ })
})

t.test('certs list shows each certificate', async (t) => {
  const listed = await said(['certs', 'list', '--certs', certs, '--json'])
  t.equal(listed.code, 0)
  t.match(JSON.parse(listed.out), [
    { office: '50', key: true, name: 'จังหวัดเชียงใหม่' },
    { office: '51' },
    { office: 'moi' },
    { office: null, key: true, file: join(certs, 'authority.pem') },
  ])
  t.match(
    (await said(['certs', 'list', '--certs', certs])).out,
    /^authority key {2}2\d{3}-.*\n4 certificates in/m,
  )
  const folder = join(t.testdir(), 'several')
  cpSync(certs, folder, { recursive: true })
  const append = (to: string, from: string) =>
    appendFileSync(join(folder, to), readFileSync(join(certs, from)))
  append('offices/50/certificate.pem', 'offices/51/certificate.pem')
  append('authority.pem', 'authority.pem')
  writeFileSync(join(folder, 'offices/50/README'), 'no certificate')
  const several = JSON.parse((await said(['certs', 'list', '--certs', folder, '--json'])).out)
  t.same(
    several.map(({ office }: { office: string | null }) => office),
    ['50', '50', '51', 'moi', null, null],
    'each certificate of a file, and what is none by its name is none',
  )
  t.not(several[0].fingerprint, several[1].fingerprint)
  t.match(await said(['certs', 'list', '--certs', '/nowhere']), { code: 2, err: /cli\.file\.unreadable/ })
})
