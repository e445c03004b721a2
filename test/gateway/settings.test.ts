// Settings, trust, lock and systems: every fault at once, and a start that fails leaves nothing behind.
import { spawn, spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { SettingsError } from '../../src/gateway/installation/systems.ts'
import { journalOf } from '../../src/gateway/journal/place.ts'
import { lockFolder } from '../../src/gateway/lock.ts'
import { checkSettings, readSettings, type Settings } from '../../src/gateway/settings/settings.ts'
import {
  createAuthority,
  issueCertificate,
  keyFromPem,
  keyToPem,
  newKey,
} from '../../src/gateway/trust/authority.ts'
import { readSigners, readTrustFolder } from '../../src/gateway/trust/folder.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { describe, type Problem, type Result, remedyOf } from '../../src/problem/problem.ts'
import { freePort } from '../../src/sandbox/servers/port.ts'
import { office } from '../letter/arbitrary.ts'
import { scratch, soon, start } from './harness.ts'
import {
  apiKey,
  bearer,
  ecmsProfile,
  type Installation,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
} from './installation.ts'
import { isEmbedded } from './journal-engine.ts'

const problemsOf = (result: Result<unknown>): readonly Problem[] => (result.ok ? [] : result.problems)
const placesOf = (problems: readonly Problem[]): string[] =>
  problems.map(({ code, path }) => `${path}: ${code}`)

const profiles = { 'json-50.yaml': jsonProfile('50'), 'moi.yaml': inboxProfile() }
/** Keys cost a second: made once, copied for each test. */
const model = await makeInstallation(scratch(t), ['50', '51', 'moi'].map(office), profiles)

function installationOf(t: Test): Installation {
  const folder = scratch(t)
  const moved = (path: string): string => path.replace(model.folder, folder)
  const { listen } = model.settings
  const https = listen.https && {
    ...listen.https,
    certificate: moved(listen.https.certificate),
    key: moved(listen.https.key),
  }
  copyFolder(model.settings.trust, join(folder, 'trust'))
  copyFolder(model.settings.profiles, join(folder, 'profiles'))
  const settings: Settings = {
    ...model.settings,
    data: join(folder, 'data'),
    trust: join(folder, 'trust'),
    profiles: join(folder, 'profiles'),
    listen: { ...listen, ...(https && { https }) },
  }
  return {
    ...model,
    folder,
    settings,
    profile: (file, profile) =>
      writeFileSync(
        join(folder, 'profiles', file),
        typeof profile === 'string' ? profile : JSON.stringify(profile),
      ),
    start: (changes) => model.start({ settings, ...changes }),
  }
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copyFolder(source, target)
    else copyFileSync(source, target)
  }
}

/** Starts, and gives the faults that it names; nothing may be left open or locked then. */
async function faultsOfStart(
  t: Test,
  installation: Installation,
  changes: Partial<Settings> = {},
): Promise<readonly Problem[]> {
  const settings = { ...installation.settings, ...changes }
  try {
    const gateway = await installation.start({ settings })
    await gateway.stop()
    return []
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    for (const found of error.problems) t.notMatch(describe(found), /\{\w+\}/, 'the message is whole')
    return error.problems
  }
}

t.test('a settings file', async (t) => {
  const folder = scratch(t)
  const file = join(folder, 'saraban.yaml')
  for (const name of ['trust', 'profiles']) mkdirSync(join(folder, name))
  const read = (text: string): Result<Settings> => {
    writeFileSync(file, text)
    return readSettings(file)
  }
  const whole =
    'data: var/data\ntrust: ./trust\nprofiles: profiles\nlisten: { http: { host: 127.0.0.1, port: 0 } }\n'
  t.same(
    read(whole),
    {
      ok: true,
      value: {
        data: join(folder, 'var/data'),
        trust: join(folder, 'trust'),
        profiles: join(folder, 'profiles'),
        listen: { http: { host: '127.0.0.1', port: 0 } },
        log: 'info',
      },
    },
    'relative paths stand in its folder',
  )
  t.same(
    placesOf(
      problemsOf(
        read(
          'data: 7\ntrsut: trust\nprofiles: nowhere\nlog: loud\nlisten:\n  http: { host: "", port: 70000, certificate: a }\n  https: { host: 127.0.0.1, port: 1.5, certificate: none.pem, colour: red }\n',
        ),
      ),
    ).sort(),
    [
      'data: settings.wrong',
      'listen.http.certificate: settings.wrong',
      'listen.http.host: settings.wrong',
      'listen.http.port: settings.wrong',
      'listen.https.certificate: settings.wrong',
      'listen.https.colour: settings.wrong',
      'listen.https.key: settings.wrong',
      'listen.https.port: settings.wrong',
      'log: settings.wrong',
      'profiles: settings.wrong',
      'trsut: settings.wrong',
      'trust: settings.wrong',
    ],
    'every fault, each once',
  )
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n${whole}`
  const unreadable: Readonly<Record<string, string>> = {
    'X11: an alias bomb': bomb,
    'X11: a single alias': `${whole}log: &level info\nx: *level\n`,
    'a key twice': `${whole}data: other\n`,
    'X11: a tag': `${whole}log: !!js/function "x"\n`,
    'no YAML': 'data: [',
    'too large': `${whole}#${' '.repeat(64 * 1024)}`,
  }
  for (const [name, text] of Object.entries(unreadable)) {
    const problems = problemsOf(read(text))
    t.equal(problems[0]?.code, 'settings.unreadable', name)
    t.equal(problems[0]?.path, file, name)
  }
  for (const nothing of ['', '[]', 'text', '42', 'null'])
    t.ok(
      problemsOf(read(nothing)).length > 3,
      `${JSON.stringify(nothing)} is no map, and nothing of it is there`,
    )
  t.equal(problemsOf(readSettings(join(folder, 'none.yaml')))[0]?.code, 'settings.unreadable')
  t.equal(problemsOf(readSettings(folder))[0]?.code, 'settings.unreadable', 'a folder')
  const neither = checkSettings({ data: 'd', trust: 'trust', profiles: 'profiles', listen: {} }, folder)
  t.same(placesOf(problemsOf(neither)), ['listen: settings.wrong'], 'it must listen somewhere')
})

t.test('a journal on a server: its address without a password, TLS unless it is this machine', async (t) => {
  const folder = scratch(t)
  for (const name of ['trust', 'profiles']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'secret'), 'Secret-1\n')
  const pem = (await createAuthority(start, systemRandom)).certificate.toString()
  writeFileSync(join(folder, 'authority.pem'), pem)
  const listen = { http: { host: '127.0.0.1', port: 0 } }
  const read = (journal: unknown) =>
    checkSettings({ data: 'data', trust: 'trust', profiles: 'profiles', listen, journal }, folder)
  const password = { file: 'secret' }
  const url = 'postgresql://saraban@127.0.0.1/journal'
  const sound = read({ url, password })
  if (!sound.ok) throw new Error(describe(sound.problems[0]))
  t.match(journalOf(sound.value, {}), {
    value: {
      kind: 'postgresql',
      at: { host: '127.0.0.1', port: 5432, user: 'saraban', database: 'journal', password: 'Secret-1' },
    },
  })
  const elsewhere = 'postgresql://saraban@db.example:6432/journal'
  const far = read({ url: elsewhere, password: { env: 'PASSWORD' }, authority: { file: 'authority.pem' } })
  if (!far.ok) throw new Error(describe(far.problems[0]))
  t.match(journalOf(far.value, { PASSWORD: 'of the environment' }), {
    value: { at: { port: 6432, password: 'of the environment', authority: pem.trim() } },
  })
  writeFileSync(join(folder, 'no.pem'), 'PEM')
  const wrong = read({ url: elsewhere, password: { env: 'PASSWORD' }, authority: { file: 'no.pem' } })
  if (!wrong.ok) throw new Error(describe(wrong.problems[0]))
  t.same(placesOf(problemsOf(journalOf(wrong.value, { PASSWORD: 'x' }))), [
    'journal.authority: adapter.tls.not-pem',
  ])
  t.match(journalOf(far.value, {}), {
    problems: [{ code: 'adapter.profile.reference-unresolved', path: 'journal.password' }],
  })
  t.same(placesOf(problemsOf(read({ url: elsewhere, password }))), ['journal.authority: settings.wrong'])
  t.same(placesOf(problemsOf(read({ url, password: 'Secret-1', colour: 'red' }))), [
    'journal.colour: settings.wrong',
    'journal.password: settings.wrong',
  ])
  for (const wrong of [
    'postgresql://saraban:Secret-1@127.0.0.1/journal',
    'postgresql://127.0.0.1/journal',
    'postgresql://saraban@127.0.0.1/',
    'postgresql://saraban@127.0.0.1/a/b',
    'postgresql://saraban@127.0.0.1/journal?sslmode=disable',
    'mysql://saraban@127.0.0.1/journal',
    'journal.sqlite',
    7,
  ]) {
    const refused = problemsOf(read({ url: wrong, password }))
    t.same(placesOf(refused), ['journal.url: settings.wrong'], String(wrong))
    t.notMatch(refused.map((found) => describe(found)).join(), 'Secret-1', 'a password is not shown')
  }
})

t.test('a trust folder', async (t) => {
  const { trust } = installationOf(t).settings
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
  const before = readSigners(trust, rotating.value)
  t.notSame(before.ok && before.value.get(office('50'))?.certificate.raw, next.raw, 'the key decides')
  writeFileSync(join(trust, 'keys', '50.pem'), keyToPem(key))
  const signers = readSigners(trust, rotating.value)
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
    placesOf(problemsOf(readSigners(trust, rotating.value))).map((each) => each.replace(`${trust}/`, '')),
    [
      'keys/51.pem: trust.key.unregistered',
      'keys/moi.pem: trust.key.unreadable',
      'keys/other.pem: trust.office.unknown',
    ],
  )
})

t.test('one gateway for one data folder', async (t) => {
  const installation = installationOf(t)
  const gateway = await installation.start()
  t.same(placesOf(await faultsOfStart(t, installation)), ['data: settings.data.in-use'])
  t.equal((await fetch(`${gateway.http}/readyz`)).status, 200, 'the first goes on')
  await gateway.stop()
  t.same(await faultsOfStart(t, installation), [], 'free after a stop')

  const child = spawn(
    process.execPath,
    [
      '--import=tsx',
      '--input-type=module',
      '--eval',
      `import { lockFolder } from './src/gateway/lock.ts'
       const lock = lockFolder(process.argv[1])
       process.stdout.write(lock.ok ? 'held' : 'refused')
       setInterval(() => lock, 1000)`,
      installation.settings.data,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  t.teardown(() => child.kill('SIGKILL'))
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  t.equal(String(said), 'held')
  t.same(
    placesOf(await faultsOfStart(t, installation)),
    ['data: settings.data.in-use'],
    'held by another process',
  )
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.same(await faultsOfStart(t, installation), [], 'free after SIGKILL')
})

t.test('systems and their doors', async (t) => {
  const installation = installationOf(t)
  const { settings, profile } = installation
  t.same(await faultsOfStart(t, installation), [], 'the model is in order')
  profile('a.yaml', 'id: [')
  profile('b.yaml', { ...jsonProfile('51'), office: '99', colour: 'red' })
  profile('second-50.yaml', jsonProfile('50', { id: 'second', letters: '/v1/second' }))
  profile('large.yaml', `# ${'x'.repeat(1024 * 1024)}`)
  mkdirSync(join(settings.profiles, 'folder.yaml'))
  const places = placesOf(await faultsOfStart(t, installation))
  t.match(places, [
    /^a\.yaml.*adapter\.profile\.not-yaml$/,
    /^b\.yaml/,
    /^b\.yaml/,
    /^folder\.yaml: settings\.unreadable$/,
    /^large\.yaml: settings\.unreadable$/,
    /^second-50\.yaml: settings\.office\.twice$/,
  ])
  for (const name of ['a.yaml', 'b.yaml', 'second-50.yaml', 'large.yaml', 'folder.yaml'])
    rmSync(join(settings.profiles, name), { recursive: true })

  // T9: what cannot be told apart would let one office speak for another.
  const same = { access: apiKey('one key'), letters: '/v1/letters' }
  profile('json-50.yaml', jsonProfile('50', same))
  profile('json-51.yaml', jsonProfile('51', same))
  t.same(placesOf(await faultsOfStart(t, installation)), ['json-51: settings.door.twice'])
  profile('json-51.yaml', jsonProfile('51', { ...same, access: apiKey('another') }))
  t.same(await faultsOfStart(t, installation), [])
  const old = {
    kind: 'basic',
    user: 'u',
    scrypt: `${'ab'.repeat(16)}:${'cd'.repeat(32)}`,
    addresses: ['10.0.0.0/8'],
  }
  profile('json-50.yaml', ecmsProfile('50', old, '/e-cms'))
  profile('json-51.yaml', ecmsProfile('51', { ...old, addresses: ['10.1.0.0/16'] }, '/e-cms'))
  t.same(placesOf(await faultsOfStart(t, installation)), ['ecms-51: settings.door.twice'])
  profile('json-51.yaml', jsonProfile('51', { letters: '/metrics' }))
  t.same(placesOf(await faultsOfStart(t, installation)), ['json-51: settings.door.reserved'])
  profile('json-51.yaml', jsonProfile('51'))
  profile('moi.yaml', inboxProfile('/v1/systems/51/letters'))
  t.same(await faultsOfStart(t, installation), [], 'a certificate and a key are told apart')
})

t.test('a start that fails names everything, and leaves nothing behind', async (t) => {
  const installation = installationOf(t)
  const { settings, profile, folder } = installation
  const free = (): void => {
    mkdirSync(settings.data, { recursive: true })
    const lock = lockFolder(settings.data)
    t.ok(lock.ok, 'the data folder is free')
    if (lock.ok) lock.value.release()
  }
  profile('json-51.yaml', jsonProfile('51', { letters: '/healthz' }))
  renameSync(join(settings.trust, 'keys', '51.pem'), join(folder, '51.pem'))
  const { https } = settings.listen
  if (https === undefined) throw new Error('the model has no https')
  const other = { ...https, key: join(settings.trust, 'keys', '50.pem') }
  const faults = await faultsOfStart(t, installation, { listen: { https: other } })
  t.same(placesOf(faults).sort(), [
    `${join(settings.trust, 'keys', '51.pem')}: settings.key.none`,
    'json-51: settings.door.reserved',
    'listen.https.key: settings.wrong',
  ])
  const remedy = faults.filter(({ code }) => code === 'settings.key.none').map((found) => remedyOf(found))
  t.same(remedy, [
    `Put the key at ${join(settings.trust, 'keys', '51.pem')}, and its certificate into ${join(settings.trust, 'offices', '51')}.`,
  ])
  writeFileSync(join(settings.profiles, 'none.yaml'), 'id: none')
  const placesNow = placesOf(await faultsOfStart(t, installation))
  t.ok(placesNow.includes(`${join(settings.trust, 'keys', '51.pem')}: settings.key.none`))
  t.ok(placesNow.includes('json-51: settings.door.reserved'), 'a profile that cannot be read hides nothing')
  t.ok(placesNow.some((place) => place.startsWith('none.yaml')))
  rmSync(join(settings.profiles, 'none.yaml'))
  const broken = join(folder, 'broken.pem')
  writeFileSync(broken, 'nothing')
  const both = { ...https, key: broken, certificate: broken }
  t.same(placesOf(await faultsOfStart(t, installation, { listen: { https: both } })), [
    `${join(settings.trust, 'keys', '51.pem')}: settings.key.none`,
    'json-51: settings.door.reserved',
    `${broken}: trust.certificate.unreadable`,
    `${broken}: trust.key.unreadable`,
  ])
  const nowhere = { profiles: broken, trust: join(folder, 'nowhere') }
  t.same(
    placesOf(await faultsOfStart(t, installation, nowhere)).map((each) => each.split(': ').at(-1)),
    ['trust.certificate.unreadable', 'settings.unreadable'],
  )
  rmSync(join(settings.profiles, 'json-51.yaml'))

  // The second of two servers cannot listen: the first one, the journal and the lock are given back.
  const taken = createServer()
  taken.listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const listen = { http: { host: '127.0.0.1', port: await freePort() }, https: { ...https, port } }
  const [fault, ...more] = await faultsOfStart(t, installation, { listen })
  t.equal(fault?.code, 'settings.listen.failed')
  t.equal(fault?.path, 'listen.https')
  t.match(fault && describe(fault), `127.0.0.1:${port}`)
  t.match(fault && describe(fault), 'EADDRINUSE')
  t.same(more, [])
  free()
  taken.close()
  await once(taken, 'close')
  t.same(await faultsOfStart(t, installation, { listen }), [], 'both ports are free again')
  const elsewhere = { http: { host: '192.0.2.1', port: 0 } }
  t.same(placesOf(await faultsOfStart(t, installation, { listen: elsewhere })), [
    'listen.http: settings.listen.failed',
  ])

  t.same(placesOf(await faultsOfStart(t, installation, { data: broken })), ['data: settings.data.unusable'])
  t.same(
    placesOf(await faultsOfStart(t, installation, { data: join(broken, 'below') })),
    ['data: settings.data.unusable'],
    'a file in the way',
  )
  free()
  if (!isEmbedded) return
  // What is no folder stands where one should be: it is named, and no trace of the program.
  for (const inTheWay of [
    join(settings.data, 'attachments', 'incoming'),
    join(settings.data, 'attachments'),
  ]) {
    rmSync(inTheWay, { recursive: true, force: true })
    writeFileSync(inTheWay, '')
    const [found, ...others] = await faultsOfStart(t, installation)
    t.match([found?.code, found?.value], ['settings.attachments.unusable', inTheWay])
    t.match(found && describe(found), /: (?:EEXIST|ENOTDIR): something that is no folder stands there/)
    t.same(others, [])
    rmSync(inTheWay)
    free()
  }
  // Its file is damaged; on a server there is none.
  for (const name of ['journal.sqlite', 'journal.sqlite-wal', 'journal.sqlite-shm'])
    rmSync(join(settings.data, name), { force: true })
  writeFileSync(join(settings.data, 'journal.sqlite'), 'x'.repeat(8192))
  t.same(
    placesOf(await faultsOfStart(t, installation)),
    ['data: settings.data.unusable'],
    'a damaged journal',
  )
  free()
})

// A disk of its own that is full, where this machine lets a process mount one for itself.
const alone = spawnSync('unshare', ['-Urm', 'true']).status === 0
for (const kibibytes of alone ? [4, 8, 64] : [])
  t.test(`a data folder on a disk of ${kibibytes} KiB is told as full`, async (t) => {
    const installation = installationOf(t)
    const { data } = installation.settings
    mkdirSync(data, { recursive: true })
    const child = spawnSync(
      'unshare',
      [
        '-Urm',
        'sh',
        '-c',
        `mount -t tmpfs -o size=${kibibytes}k none "$0" && exec "$@"`,
        data,
        process.execPath,
        '--import=tsx',
        '--input-type=module',
        '--eval',
        `import { lockFolder, placeOf } from './src/gateway/lock.ts'
         import { journalIn, openJournal } from './src/gateway/journal/place.ts'
         const [folder] = process.argv.slice(1)
         const results = [lockFolder(folder), placeOf(folder), await openJournal(journalIn(folder))]
         process.stdout.write(JSON.stringify(results.flatMap((result) => (result.ok ? [] : result.problems)).map(({ code }) => code)))
         process.exit(0)`,
        data,
      ],
      { encoding: 'utf8' },
    )
    t.equal(child.status, 0, child.stderr)
    const codes = JSON.parse(child.stdout) as string[]
    t.ok(codes.length > 0)
    t.same([...new Set(codes)], ['settings.data.full'])
  })

t.test('a gateway that is refused its port has brought nothing and taken nothing', async (t) => {
  const installation = installationOf(t)
  const { folder, profile, settings } = installation
  profile('json-51.yaml', jsonProfile('51'))
  const first = await installation.start()
  const sent = await post(
    `${first.http}/v1/systems/50/letters`,
    jsonLetter('50', 1, { to: '51' }),
    bearer(keyOf('50')),
  )
  t.equal(sent.status, 201)
  await first.stop()

  // From now on what waits there to be fetched is brought, and what lies there is taken, by whoever starts.
  const [receive, send] = [join(folder, 'receive'), join(folder, 'send')]
  mkdirSync(receive)
  mkdirSync(send)
  writeFileSync(join(send, 'one.json'), JSON.stringify(jsonLetter('51', 2, { to: '50' })))
  const transport = (path: string) => ({ kind: 'folder', path })
  profile('json-51.yaml', {
    ...jsonProfile('51'),
    send: { transport: { ...transport(send), pattern: '*.json', settle: '0s' }, document: 'letter' },
    receive: { transport: transport(receive), document: 'letter' },
    notices: { transport: transport(receive), document: 'notice' },
  })
  const port = await freePort()
  const taken = createServer()
  taken.listen(port, '127.0.0.1')
  await once(taken, 'listening')
  const { https } = settings.listen
  if (https === undefined) throw new Error('the model has no https')
  const refused = { ...settings, listen: { ...settings.listen, https: { ...https, port } } }
  const steps: string[] = []
  const reached = (step: string): void => void steps.push(step)
  await t.rejects(installation.start({ settings: refused, reached }), { name: 'SettingsError' })
  t.same(steps, [], 'no step of any letter was made')
  t.same(readdirSync(receive), [])
  t.same(readdirSync(send), ['one.json'])
  taken.close()
  await once(taken, 'close')

  const second = await installation.start({ settings: refused })
  await soon(() => readdirSync(receive).length > 0 && !readdirSync(send).includes('one.json'))
  t.notSame(readdirSync(send), ['one.json'])
  await second.stop()
})

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
