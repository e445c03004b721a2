// Profiles, certificates and keys are read again under a running gateway: planned, checked, and all or nothing.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import iconv from 'iconv-lite'
import t, { type Test } from 'tap'
import { Agent } from 'undici'
import { stringify } from 'yaml'
import { readProfile } from '../../src/adapters/profile.ts'
import { makeCertificates } from '../../src/cli/certificates.ts'
import { run } from '../../src/cli/program.ts'
import { AtWork } from '../../src/gateway/at-work.ts'
import { Doors } from '../../src/gateway/http/doors.ts'
import type { Installation as Read } from '../../src/gateway/installation.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { readSqlite } from '../../src/gateway/journal/sqlite.ts'
import { rememberingReader } from '../../src/gateway/profile-files.ts'
import { Reload } from '../../src/gateway/reload.ts'
import type { ConnectedSystem } from '../../src/gateway/systems.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { bad, good, problem, type Result } from '../../src/problem/problem.ts'
import { csv, row } from '../adapters/chiang-mai.ts'
import { office } from '../letter/arbitrary.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  rest,
  ScriptedAdapter,
  scratch,
  source,
  systemOf,
  until,
} from './harness.ts'
import {
  ask,
  bearer,
  clientOf,
  filesOf,
  type Installation,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  logTo,
  makeInstallation,
  post,
} from './installation.ts'

t.setTimeout(600_000)

const phatthalung = office('93')
const trust = await makeTrust([chiangMai, chiangRai, moi])

/** `saraban profile reload …` beside the gateway of an installation. */
async function reload(installation: Installation, ...words: string[]) {
  let [out, err] = ['', '']
  const code = await run(['profile', 'reload', '--data', installation.settings.data, ...words], {
    write: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
    environment: {},
    clock: systemClock,
    random: systemRandom,
    untilEnded: async () => undefined,
  })
  return { code, out, err }
}

function events(installation: Installation) {
  const journal = readSqlite(join(installation.settings.data, 'journal.sqlite'))
  return journal.committed
    .all<{ name: string; facts: string }>("SELECT name, facts FROM events WHERE name LIKE 'profiles.%'")
    .finally(() => journal.close())
}

async function started(t: Test, profiles: Record<string, object>) {
  const installation = await makeInstallation(scratch(t), [chiangMai, chiangRai, phatthalung, moi], profiles)
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  return { installation, gateway, http: gateway.http ?? '', https: gateway.https ?? '' }
}

const send = (http: string, from: string, number: number, changes: object = {}, path = 'letters') =>
  post(`${http}/v1/systems/${from}/${path}`, jsonLetter(from, number, changes), bearer(keyOf(from)))

t.test('plan, then apply: added, changed, removed, unchanged; connections of others stay', async (t) => {
  const { installation, http, gateway } = await started(t, {
    '50.yaml': jsonProfile('50'),
    '57.yaml': jsonProfile('57'),
    'moi.yaml': inboxProfile(),
  })
  let connections = 0
  const kept = new Agent({ connections: 1 })
  kept.on('connect', () => {
    connections += 1
  })
  t.teardown(() => kept.close())
  const ready = () => ask(`${http}/v1/systems/50/waiting`, { dispatcher: kept, headers: bearer(keyOf('50')) })
  t.equal((await ready()).status, 204)
  t.equal((await send(http, '50', 1, { to: '57' })).status, 201)

  installation.profile('57.yaml', jsonProfile('57', { letters: '/v1/systems/57/outbox' }))
  installation.profile('93.yaml', jsonProfile('93'))
  const planned = await reload(installation, '--plan')
  t.match(planned.out, /changed {4}จังหวัดเชียงราย \(57\) {2}json-57 {2}[0-9a-f]{12} → [0-9a-f]{12}\n/)
  t.match(planned.out, /added {6}จังหวัดพัทลุง \(93\) {2}json-93 {2}- → [0-9a-f]{12}\n/)
  t.match(planned.out, /unchanged {2}2 systems\nnothing was changed/)
  t.equal((await send(http, '57', 2)).status, 201, 'a plan changes nothing')
  t.equal((await send(http, '93', 1)).status, 404)

  const applied = await reload(installation)
  t.equal(applied.code, 0, applied.err)
  t.match(applied.out, /so it is now\n$/)
  t.equal((await send(http, '57', 3)).status, 404, 'the old door is gone')
  t.equal((await send(http, '57', 3, {}, 'outbox')).status, 201)
  t.equal((await send(http, '93', 1)).status, 201)
  const waiting = await ask(`${http}/v1/systems/57/waiting`, { headers: bearer(keyOf('57')) })
  t.equal(waiting.status, 200, 'what waited before waits still')
  t.equal((await ready()).status, 204)
  t.equal(connections, 1, 'over the same connection')
  t.match(installation.log.join(''), /"added":1,"changed":1,"removed":0,"unchanged":2.*profiles\.applied/)

  rmSync(join(installation.settings.profiles, '57.yaml'))
  const gone = await reload(installation)
  t.match(gone.out, /removed {4}จังหวัดเชียงราย \(57\)/)
  t.match(
    gone.out,
    /waiting: 1 deliveries to 57, of which no system is connected \(saraban messages list --open --office 57\)/,
  )
  const refused = await send(http, '50', 4, { to: '57' })
  t.match(refused, { status: 422, text: /letter\.recipient\.unreachable/ })
  t.equal((await ask(`${http}/v1/systems/57/waiting`, { headers: bearer(keyOf('57')) })).status, 404)

  installation.profile('57.yaml', jsonProfile('57'))
  t.match(await gateway.reload(), { kind: 'applied', waiting: {} })
  const back = await ask(`${http}/v1/systems/57/waiting`, { headers: bearer(keyOf('57')) })
  t.equal(back.headers['saraban-parcel'], waiting.headers['saraban-parcel'], 'and comes when it is back')
  t.match((await reload(installation)).out, /^unchanged {2}4 systems\nso it is now\n$/)
  t.same(
    (await events(installation)).map(({ name }) => name),
    Array.from({ length: 4 }, () => 'profiles.applied'),
  )
})

t.test('a faulty one changes nothing, and every reason is told: answer, log and diary', async (t) => {
  const { installation, http } = await started(t, {
    '50.yaml': jsonProfile('50'),
    'moi.yaml': inboxProfile(),
  })
  installation.profile('57.yaml', jsonProfile('57'))
  installation.profile('50.yaml', { ...jsonProfile('50'), origin: 'unknown', title: 7 })
  installation.profile('93.yaml', 'no: profile')
  writeFileSync(join(installation.settings.trust, 'offices', '93', 'broken.pem'), 'no certificate')
  const said = await reload(installation)
  t.equal(said.code, 1)
  for (const reason of [/50\.yaml\.origin/, /50\.yaml\.title/, /93\.yaml/, /trust\.certificate\.unreadable/])
    t.match(said.err, reason)
  t.equal((await reload(installation, '--plan')).code, 1)
  const json = await reload(installation, '--json')
  t.equal(json.code, 1)
  t.match(JSON.parse(json.out), { kind: 'refused', problems: [{ remedy: /./ }] })
  t.equal((await send(http, '50', 1)).status, 201, 'what was there is there')
  t.equal((await send(http, '57', 1)).status, 404, 'and nothing of what was in order came')
  t.match(installation.log.join(''), /50\.yaml\.origin: adapter\.profile\.value[^"]*".*profiles\.refused/)
  const told = await events(installation)
  t.match(told, [
    { name: 'profiles.refused', facts: /trust\.certificate\.unreadable/ },
    { name: 'profiles.refused' },
  ])
  t.equal(told.length, 2, 'a plan is no event')
})

t.test('a secret that a profile refers to is read again too', async (t) => {
  let token = ''
  const server = createServer((request, response) => {
    token = String(request.headers.authorization)
    response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'saraban-secret-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'token')
  writeFileSync(file, 'the first')
  const out = { kind: 'http-out', url: `http://127.0.0.1:${port}/`, token: { file } }
  // Written as JSON, so that no alias stands in it.
  const profile = {
    ...jsonProfile('57'),
    receive: { transport: out, document: 'letter' },
    notices: { transport: out, document: 'notice' },
  }
  const { installation, http } = await started(t, { '50.yaml': jsonProfile('50'), '57.yaml': profile })
  await send(http, '50', 1, { to: '57' })
  await until(() => token !== '', 'brought')
  t.equal(token, 'Bearer the first')
  writeFileSync(file, 'the second')
  const said = await reload(installation)
  t.match(said.out, /changed .*json-57 {2}what it refers to\n/)
  token = ''
  await send(http, '50', 2, { to: '57' })
  await until(() => token !== '', 'brought')
  t.equal(token, 'Bearer the second')
})

t.test(
  'a table beside the data is read again: the plan names it, and letters are read by its new rows',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'saraban-table-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'agencies.csv')
    const rows = (...lines: string[]) => writeFileSync(file, `รหัส,ชื่อ\n${lines.join('\n')}\n`)
    rows('7,จังหวัดเชียงใหม่')
    const agencies = { file, format: { kind: 'csv', charset: 'utf-8' }, code: 'รหัส', value: 'ชื่อ' }
    const own = jsonProfile('57') as { documents: object }
    const profile = {
      ...own,
      documents: {
        ...own.documents,
        letter: {
          format: { kind: 'csv', charset: 'utf-8' },
          tables: { หน่วยงาน: agencies, เดิม: { ...agencies, file: join(folder, 'other.csv') } },
          fields: {
            number: { at: 'ที่', as: 'letter-number' },
            date: { at: 'วันที่', as: { 'buddhist-date': 'd MMM yyyy' } },
            subject: { at: 'เรื่อง', as: { text: { overflow: 'spill' } } },
            to: { at: 'ถึง', as: { lookup: { table: 'หน่วยงาน', of: { office: { write: 'name' } } } } },
            from: { at: 'จาก', as: { lookup: { table: 'เดิม', of: { office: { write: 'name' } } } } },
            secrecy: { always: 'ordinary' },
          },
        },
      },
    }
    writeFileSync(join(folder, 'other.csv'), 'รหัส,ชื่อ\n1,จังหวัดเชียงราย\n')
    const { installation, http } = await started(t, { '50.yaml': jsonProfile('50'), '57.yaml': profile })
    const letter = (number: number, to: string) =>
      ask(`${http}/v1/systems/57/letters`, {
        method: 'POST',
        headers: { ...bearer(keyOf('57')), 'content-type': 'text/csv' },
        body: `ที่,วันที่,เรื่อง,ถึง,จาก\nชร 0017.1/${number},15 พ.ย. 2551,ทดสอบระบบ,${to},1\n`,
      })
    const first = await letter(1, '7')
    t.match(first, { status: 201 }, first.text)
    const unknown = await letter(2, '8')
    t.match(unknown, { status: 422, text: /adapter\.lookup\.code-unknown/ })

    t.match((await reload(installation, '--plan')).out, /^unchanged {2}2 systems\n/, 'read again, the same')
    rows('8,จังหวัดเชียงใหม่')
    const planned = await reload(installation, '--plan')
    t.match(planned.out, /changed .*json-57 {2}what it refers to, the table หน่วยงาน\n/)
    t.notMatch(planned.out, 'เดิม', 'the other table is as it was')
    t.match(await letter(2, '8'), { status: 422 }, 'a plan changes nothing')
    t.match(JSON.parse((await reload(installation, '--json')).out), {
      kind: 'applied',
      plan: { systems: [{}, { office: '57', kind: 'changed', references: true, tables: ['หน่วยงาน'] }] },
    })
    t.match(await letter(2, '8'), { status: 201 })
    t.match(await letter(3, '7'), { status: 422 }, 'the old code is gone')

    rows('8,จังหวัดเชียงใหม่', '8,จังหวัดน่าน')
    const faulty = await reload(installation)
    t.match(faulty, { code: 1, err: /adapter\.lookup\.code-twice/ })
    t.match(await letter(4, '8'), { status: 201 }, 'a faulty table changes nothing')
  },
)

t.test('profiles that are as they were are not parsed again; what was faulty is', (t) => {
  let parsed: string[] = []
  const read = rememberingReader((text, file) => {
    parsed.push(file)
    return readProfile(text, file)
  })
  const texts = ['50', '57'].map((id) => [JSON.stringify(jsonProfile(id)), `${id}.yaml`] as const)
  const all = () => texts.map(([text, file]) => read(text, file))
  const before = all()
  t.same(parsed, ['50.yaml', '57.yaml'])
  t.ok(before.every(({ ok }) => ok))
  parsed = []
  t.same(all(), before)
  t.same(parsed, [])
  t.equal(read(JSON.stringify(jsonProfile('50', { id: 'another' })), '50.yaml').ok, true)
  t.equal(read('no: profile', '57.yaml').ok, false)
  t.equal(read('no: profile', '57.yaml').ok, false)
  t.same(parsed, ['50.yaml', '57.yaml', '57.yaml'])
  // However many other texts come, no more than 200 are kept: the first must be parsed again then.
  for (let number = 0; number < 201; number += 1)
    read(JSON.stringify(jsonProfile('93', { id: `x-${number}` })), 'x.yaml')
  parsed = []
  all()
  t.same(parsed, ['50.yaml', '57.yaml'])
  t.end()
})

t.test(
  'certificates: a new one opens, one that was taken away does not, the server shows its own new one',
  async (t) => {
    const { installation, https } = await started(t, {
      '50.yaml': jsonProfile('50'),
      'moi.yaml': inboxProfile(),
    })
    const { trust: folder } = installation.settings
    const client = (dispatcher: Agent) => ask(`${https}/v1/systems/moi/waiting`, { dispatcher })
    const old = clientOf(folder, filesOf(folder, 'moi'))
    t.equal((await client(old)).status, 204)
    // Another authority with all its certificates: nobody of before is believed, and everybody of now is.
    const other = join(scratch(t), 'other')
    await makeCertificates(other, [chiangMai, chiangRai, phatthalung, moi], systemClock, systemRandom)
    for (const file of ['authority.pem', 'tls/gateway.pem', 'tls/gateway.key.pem'])
      copyFileSync(join(other, file), join(folder, file))
    for (const id of ['50', '57', '93', 'moi']) {
      copyFileSync(
        join(other, 'offices', id, 'certificate.pem'),
        join(folder, 'offices', id, 'certificate.pem'),
      )
      copyFileSync(join(other, 'keys', `${id}.pem`), join(folder, 'keys', `${id}.pem`))
    }
    const said = await reload(installation)
    t.match(
      said.out,
      /certificates of .*50.*\nkeys for .*50.*\nthe authority\nthe server’s own certificate and key\nso it is now/,
    )
    t.equal((await client(old)).status, 401, 'on the connection that was open')
    const fresh = clientOf(other, filesOf(other, 'moi'))
    t.equal((await client(fresh)).status, 204, 'under the new authority')
    const before = clientOf(other)
    t.equal((await client(before)).status, 401)
    await Promise.all([old.close(), fresh.close(), before.close()])
  },
)

t.test(
  'no gateway: the command says so, and what was asked of a dead one is over when it starts',
  async (t) => {
    const installation = await makeInstallation(scratch(t), [chiangMai, moi], {
      '50.yaml': jsonProfile('50'),
    })
    const gateway = await installation.start()
    await gateway.stop()
    const said = await reload(installation)
    t.equal(said.code, 1)
    t.match(said.err, /cli\.gateway\.not-running/)
  },
)

// ── What is under way ───────────────────────────────────────────────────────────────────────────────────────────

/** A reload over scripted systems: `next` is what is read. */
async function scripted(t: Test) {
  const clock = new HandClock()
  const first = new Map([
    [chiangMai, new ScriptedAdapter(chiangMai)],
    [moi, new ScriptedAdapter(moi)],
  ])
  const gateway = await openGateway(scratch(t), trust, [...first.values()], clock)
  t.teardown(() => gateway.close())
  const { desk, dispatch, present } = gateway
  const connected = (adapter: ScriptedAdapter, version = '0'): ConnectedSystem => ({
    system: { ...systemOf(adapter), version },
    adapter,
    references: '',
    shown: [],
    places: [],
    tables: new Map(),
    remake: () => {
      const again = new ScriptedAdapter(adapter.office)
      remade.push(again)
      return good(again)
    },
  })
  const remade: ScriptedAdapter[] = []
  const installed = (systems: readonly ConnectedSystem[]): Read => ({
    ...{ trust: trust.trust, signers: trust.signers },
    systems: new Map(systems.map((each) => [each.system.office, each])),
  })
  const before = installed([...first.values()].map((adapter) => connected(adapter)))
  const atWork = new AtWork(before)
  // The dispatch of the harness has a map of its own.
  const doors = new Doors([])
  const log: string[] = []
  const startedOnes: string[] = []
  const state: { next: Result<Read>; refuse: OfficeId | undefined } = {
    next: good(before),
    refuse: undefined,
  }
  const reload = new Reload({
    ...{ atWork, dispatch, doors, present, clock, log: logTo(log), database: desk.database },
    read: async () => state.next,
    secure: () => undefined,
    start: async ({ system }) => {
      if (system.office === state.refuse && system.version !== '0') throw new Error('the port is taken')
      startedOnes.push(`${system.office} ${system.version}`)
    },
  })
  return { clock, first, gateway, atWork, reload, connected, installed, state, remade, startedOnes, log }
}

t.test('an attempt under way ends, and is settled, before its system changes', async (t) => {
  const { clock, first, gateway, reload, connected, installed, state, atWork } = await scripted(t)
  const { desk, dispatch } = gateway
  // An attempt that does not end keeps the queue at work for ever.
  clock.busy = () => false
  const [province, ministry] = [first.get(chiangMai)!, first.get(moi)!]
  await dispatch.start()
  let answer: () => void = () => undefined
  const aborted: boolean[] = []
  ministry.answer = (_parcel, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborted.push(true)
        resolve({ kind: 'unknown', said: 'broken off' })
      })
      answer = () => resolve({ kind: 'taken' })
    })
  province.items = [letterItem(plainLetter())]
  await take(desk, systemOf(province), source('one'), (each) => province.read(each))
  await until(() => ministry.brought.length === 1, 'an attempt')
  const fresh = new ScriptedAdapter(moi)
  state.next = good(installed([connected(province), connected(fresh, '1')]))
  let done = false
  const running = reload.run(true).then((result) => {
    done = true
    return result
  })
  await clock.advance(1)
  t.notOk(done, 'it waits for what is under way')
  t.equal(atWork.adapters.get(moi), ministry, 'and until then all is as before')
  answer()
  t.match(await running, { kind: 'applied' })
  t.equal(atWork.adapters.get(moi), fresh)
  t.same(aborted, [])
  t.match(await desk.database.committed.all('SELECT state FROM deliveries WHERE office = ?', 'moi'), [
    { state: 'taken' },
  ])
  t.same(fresh.brought, [], 'and is not brought again')

  // One that does not end is broken off, and comes again under the same message id.
  province.items = [letterItem(plainLetter({ subject: 'ที่สอง', date: '2008-02-15' as never }))]
  await take(desk, systemOf(province), source('two'), (each) => province.read(each))
  await until(() => ministry.brought.length === 2, 'another attempt')
  state.next = good(installed([connected(province), connected(new ScriptedAdapter(moi), '2')]))
  const second = reload.run(true)
  await rest()
  await clock.advance(31_000)
  t.match(await second, { kind: 'applied' })
  t.same(aborted, [true])
  t.match(
    await desk.database.committed.all("SELECT state FROM deliveries WHERE office = 'moi' ORDER BY seq"),
    [{ state: 'taken' }, { state: 'unknown' }],
  )
})

t.test('a system that does not start: everything is taken back', async (t) => {
  const { reload, connected, installed, state, first, atWork, remade, startedOnes, log } = await scripted(t)
  const province = first.get(chiangMai)!
  state.refuse = moi
  state.next = good(
    installed([
      connected(new ScriptedAdapter(chiangMai), '1'),
      connected(new ScriptedAdapter(moi, { polls: true }), '1'),
    ]),
  )
  t.match(await reload.run(true), {
    kind: 'refused',
    problems: [{ code: 'gateway.system.not-started', value: 'moi' }],
  })
  t.same(startedOnes, ['50 1', '50 0', 'moi 0'], 'the one that had started is as before too')
  t.not(atWork.adapters.get(chiangMai), province, 'what was stopped is made anew')
  t.same(
    remade.map(({ office: id }) => id),
    [chiangMai, moi],
  )
  t.equal(atWork.modeOf(moi), 'push', 'and letters go the way they went')
  t.match(log.join(''), /"work":"start system-moi".*work\.failed[\s\S]*profiles\.refused/)
  state.refuse = undefined
  t.match(await reload.run(true), { kind: 'applied' }, 'and may be tried again')
  t.equal(atWork.modeOf(moi), 'poll')
})

t.test(
  'two reloads at once come one after the other; a stop waits, and refuses what comes later',
  async (t) => {
    const { reload, connected, installed, state, atWork } = await scripted(t)
    const versions = ['1', '2'].map((version) => new ScriptedAdapter(moi, { polls: version === '1' }))
    state.next = good(installed([connected(versions[0]!, '1')]))
    const first = reload.run(true)
    const second = reload.run(true)
    t.match(await first, { kind: 'applied', plan: { systems: [{ kind: 'removed' }, { kind: 'changed' }] } })
    t.match(await second, { kind: 'applied', plan: { systems: [{ kind: 'unchanged' }] } })
    state.next = good(installed([connected(versions[1]!, '2')]))
    const third = reload.run(true)
    await rest(1)
    await reload.stop()
    t.match(await third, { kind: 'applied' })
    t.equal(atWork.adapters.get(moi), versions[1])
    state.next = bad(problem('settings.unreadable', 'never read'))
    t.match(await reload.run(true), { kind: 'refused', problems: [{ code: 'gateway.unavailable' }] })
  },
)

t.test('who comes to a door that is being changed waits for it; all others pass', async (t) => {
  const access = { kind: 'api-key' as const, sha256: [] }
  const door = (id: string, path: string, said: string) => ({
    office: id,
    door: { method: 'GET' as const, path, access, enter: async () => ({ status: 200, body: said }) },
  })
  const doors = new Doors([door('50', '/a', 'old'), door('57', '/b', 'other')])
  const end = doors.change(new Set(['50']))
  t.ok(doors.changing('50'))
  t.equal(doors.changing('57'), undefined)
  end([door('50', '/a', 'new'), door('57', '/b', 'other')])
  t.equal(doors.changing('50'), undefined)
  t.match(
    await doors.at('GET', '/a/x?y')?.doors[0]?.door.enter({ headers: {}, rest: '', body: process.stdin }),
    {
      body: 'new',
    },
  )
  t.equal(doors.at('GET', '/ab'), undefined)
  t.equal(doors.at('POST', '/a'), undefined)
})

// ── Under load, and killed ──────────────────────────────────────────────────────────────────────────────────────

const csvProfile = (id: string, title: string): string =>
  readFileSync('profiles/chiang-mai-csv.yaml', 'utf8')
    .replaceAll('SARABAN_50_', `SARABAN_${id}_`)
    .replace('office: "50"', `office: "${id}"`)
    .replace('id: chiang-mai-csv', `id: csv-${id}`)
    .replaceAll('settle: 5s', 'settle: 100ms, every: 200ms')
    .replace(/title: .*/, `title: ${title}`)

t.test(
  'under load and killed in between: every letter arrives exactly once',
  { timeout: 300_000 },
  async (t) => {
    const installation = await makeInstallation(scratch(t), [chiangMai, chiangRai, phatthalung], {
      '93.yaml': jsonProfile('93'),
    })
    const { folder, settings } = installation
    const environment: Record<string, string> = {}
    for (const id of ['50', '57'])
      for (const channel of ['SEND', 'SEND_NOTICES', 'RECEIVE', 'NOTICES']) {
        const path = join(folder, `${id}-${channel.toLowerCase()}`)
        mkdirSync(path)
        environment[`SARABAN_${id}_${channel}`] = path
      }
    let titled = 0
    const retitle = () => {
      titled += 1
      for (const id of ['50', '57']) {
        writeFileSync(join(folder, 'new.yaml'), csvProfile(id, `รุ่นที่ ${titled}`))
        renameSync(join(folder, 'new.yaml'), join(settings.profiles, `${id}.yaml`))
      }
    }
    retitle()
    const port = await freePort()
    const file = join(folder, 'saraban.yaml')
    writeFileSync(
      file,
      stringify({ ...settings, listen: { http: { host: '127.0.0.1', port } }, log: 'info' }),
    )
    const program = fileURLToPath(new URL('kill/main.ts', import.meta.url))
    let log = ''
    let child: ChildProcess | undefined
    const url = `http://127.0.0.1:${port}`
    const start = async () => {
      const born = spawn(process.execPath, ['--import', 'tsx', program, file], {
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      born.stdout.on('data', (text: Buffer) => {
        log += text.toString()
      })
      child = born
      const mark = log.length
      while (!log.slice(mark).includes('gateway.started')) await pause(50)
    }
    const kill = async () => {
      if (child === undefined) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    t.teardown(kill)
    await start()

    let sent = 0
    let working = true
    const dropping = (async () => {
      while (working) {
        sent += 1
        const bytes = iconv.encode(
          iconv.decode(csv(row(`ชม 0017.1/${sent}`)), 'windows-874').replace(',มท,', ',เชียงราย,'),
          'windows-874',
        )
        writeFileSync(join(folder, 'part'), bytes)
        renameSync(join(folder, 'part'), join(environment['SARABAN_50_SEND'] ?? '', `${sent}.csv`))
        await pause(400)
      }
    })()
    const answered = new Set<number>()
    const posting = (async () => {
      for (let number = 1; working; number += 1) {
        // A client that hears nothing, or "not now", sends the same again.
        while (working) {
          const answer = await send(url, '93', number, { to: '57', number: `พท 0017.1/${number}` }).catch(
            () => undefined,
          )
          if (answer?.status === 201 || answer?.status === 200) {
            answered.add(number)
            break
          }
          await pause(50)
        }
        await pause(100)
      }
    })()
    const reloads = () => log.split('profiles.applied').length - 1
    for (let round = 1; round <= 8; round += 1) {
      retitle()
      const before = reloads()
      child?.kill('SIGHUP')
      if (round % 3 === 0) {
        // In the middle of it, or before it, or behind it: at another moment each time.
        await pause(round * 70)
        await kill()
        await start()
      } else for (let look = 0; look < 300 && reloads() === before; look += 1) await pause(50)
    }
    working = false
    await Promise.all([dropping, posting])
    const receive = environment['SARABAN_57_RECEIVE'] ?? ''
    const arrived = () =>
      readdirSync(receive)
        .filter((name) => name.endsWith('.csv'))
        .map(
          (name) =>
            /(?:ชม|พท) 0017\.1\/\d+/.exec(
              iconv.decode(readFileSync(join(receive, name)), 'windows-874'),
            )?.[0] ?? '',
        )
    for (let look = 0; look < 600 && arrived().length < sent + answered.size; look += 1) await pause(100)
    await pause(500)
    const numbers = arrived()
    t.equal(new Set(numbers).size, numbers.length, 'none twice')
    const expected = [
      ...Array.from({ length: sent }, (_, index) => `ชม 0017.1/${index + 1}`),
      ...[...answered].map((number) => `พท 0017.1/${number}`),
    ]
    t.same(
      expected.filter((number) => !numbers.includes(number)),
      [],
      `none lost of ${expected.length}`,
    )
    t.ok(sent > 5 && answered.size > 5, 'and there was load')
    const applied = log.split('profiles.applied').length - 1
    t.ok(applied >= 3, `${applied} reloads were applied meanwhile`)
    t.notMatch(log, /profiles\.refused|work\.failed/)
    t.notOk(existsSync(join(folder, 'part')))
  },
)

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => void systemClock.schedule(systemClock.now() + milliseconds, resolve))

async function freePort(): Promise<number> {
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
