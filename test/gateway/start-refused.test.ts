// A start that is refused names every fault at once and leaves nothing behind: systems, doors, lock, disk, ports.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { SettingsError } from '../../src/gateway/installation/systems.ts'
import { lockFolder } from '../../src/gateway/lock.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import { describe, type Problem, remedyOf } from '../../src/problem/problem.ts'
import { freePort } from '../../src/sandbox/servers/port.ts'
import { office } from '../letter/arbitrary.ts'
import { scratch, soon } from './harness.ts'
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
import { placesOf } from './settings-stage.ts'

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

/** Looks into a lock as a command does that asks whether a gateway runs, and is done with it when it finds that somebody waits for it. */
const looksUntilWaitedFor = `
const { parentPort, workerData } = require('node:worker_threads')
const Sqlite = require('better-sqlite3')
const opened = () => new Sqlite(workerData, { readonly: true, timeout: 0 })
const look = (lock) => lock.prepare('SELECT COUNT(*) FROM sqlite_master').get()
const first = opened()
first.exec('BEGIN')
look(first)
parentPort.postMessage('looks')
for (let free = true; free; ) {
  const other = opened()
  try {
    look(other)
  } catch {
    free = false
  }
  other.close()
}
first.close()`

t.test('a command that looks whether a gateway runs refuses none that starts', async (t) => {
  const folder = scratch(t)
  const made = lockFolder(folder)
  if (made.ok) made.value.release()
  const looking = new Worker(looksUntilWaitedFor, { eval: true, workerData: join(folder, 'lock') })
  t.teardown(() => looking.terminate())
  await once(looking, 'message')
  const lock = lockFolder(folder)
  t.ok(lock.ok, 'it waits until the look is over')
  if (lock.ok) lock.value.release()
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
