import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Agent } from 'undici'
import { stringify } from 'yaml'
import { readProfile } from '../../src/adapters/profile.ts'
import { makeCertificates } from '../../src/cli/certificates.ts'
import { rememberingReader } from '../../src/gateway/installation/profile-files.ts'
import { insertOrder, orderAnswer } from '../../src/gateway/journal/orders.ts'
import { type Clock, systemClock, systemRandom } from '../../src/letter/time.ts'
import { good } from '../../src/problem/problem.ts'
import { chiangMai, chiangRai, moi, scratch, soon, until } from './harness.ts'
import {
  ask,
  bearer,
  clientOf,
  filesOf,
  type Installation,
  inboxProfile,
  jsonProfile,
  keyOf,
  makeInstallation,
} from './installation.ts'
import { journalBeside } from './journal-engine.ts'
import { phatthalung, reload, send } from './reload-stage.ts'
import { storeSettings, storesInFile } from './store-settings.ts'

const authorityOf = (folder: string): string =>
  new X509Certificate(readFileSync(join(folder, 'authority.pem'))).fingerprint256

async function events(installation: Installation, like = 'profiles.%') {
  const journal = await journalBeside(installation.folder)
  return journal.committed
    .all<{ name: string; facts: string }>('SELECT name, facts FROM events WHERE name LIKE ?', like)
    .finally(() => journal.close())
}

async function started(t: Test, profiles: Record<string, object>) {
  const installation = await makeInstallation(scratch(t), [chiangMai, chiangRai, phatthalung, moi], profiles)
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  return { installation, gateway, http: gateway.http ?? '', https: gateway.https ?? '' }
}

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

t.test('a gateway that starts works by the files as they are when a reload finds it', async (t) => {
  const installation = await makeInstallation(scratch(t), [chiangMai, moi], {
    '50.yaml': jsonProfile('50'),
    'moi.yaml': inboxProfile(),
  })
  // They change while it waits to join the others: no reload asks it before that. The grants are read last.
  const changes = () => {
    installation.profile('50.yaml', jsonProfile('50', { letters: '/v1/systems/50/outbox' }))
    return good([])
  }
  const gateway = await installation.start({ grants: changes })
  t.teardown(() => gateway.stop())
  t.equal((await send(gateway.http ?? '', '50', 1)).status, 404, 'the door of before')
  t.equal((await send(gateway.http ?? '', '50', 1, {}, 'outbox')).status, 201)
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
    const before = authorityOf(folder)
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
      /certificates of .*50.*\nkeys for .*50.*\nthe authority: from [0-9A-F:]{95} to [0-9A-F:]{95}\nthe server’s own certificate and key\nso it is now/,
    )
    const [from, to] = [before, authorityOf(folder)]
    t.not(from, to)
    t.match(said.out, `the authority: from ${from} to ${to}`)
    t.match(
      installation.log.map((line) => JSON.parse(line) as object).filter((line) => 'to' in line),
      [{ level: 40, msg: 'authority.changed', from, to }],
    )
    t.match(
      (await events(installation, 'authority.%')).map(({ facts }) => JSON.parse(facts) as object),
      [{ from, to }],
    )
    t.equal((await client(old)).status, 401, 'on the connection that was open')
    const fresh = clientOf(other, filesOf(other, 'moi'))
    t.equal((await client(fresh)).status, 204, 'under the new authority')
    const nobody = clientOf(other)
    t.equal((await client(nobody)).status, 401)
    await Promise.all([old.close(), fresh.close(), nobody.close()])
  },
)

t.test('SIGHUP to a process that is only starting: it reads again when it has started', async (t) => {
  const { folder, settings } = await makeInstallation(scratch(t), [chiangMai], {
    '50.yaml': jsonProfile('50'),
  })
  const { settings: stores, environment } = await storeSettings(folder)
  const { data, trust, profiles } = settings
  const listen = { http: { host: '127.0.0.1', port: 0 } }
  const file = join(folder, 'saraban.yaml')
  writeFileSync(file, stringify({ data, trust, profiles, listen, ...storesInFile(stores) }))
  const program = `
    import { main } from ${JSON.stringify(new URL('../../src/main.ts', import.meta.url).href)}
    void main(${JSON.stringify(file)}, 'all')
    process.kill(process.pid, 'SIGHUP')
  `
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let log = ''
  child.stdout.on('data', (text: Buffer) => {
    log += String(text)
  })
  await soon(() => log.includes('profiles.applied') || child.exitCode !== null || child.signalCode !== null)
  t.match(log, /gateway\.started[\s\S]*profiles\.applied/)
  t.equal(child.signalCode, null)
})

t.test('the clock of whoever asks may be behind the gateway’s: what was changed is read', async (t) => {
  const installation = await makeInstallation(scratch(t), [chiangMai, chiangRai, moi], {
    '50.yaml': jsonProfile('50'),
  })
  const ahead = 3_600_000
  const order = async (id: string) => {
    const journal = await journalBeside(installation.folder)
    await journal.write((transaction) =>
      insertOrder(transaction, id, { kind: 'reload', apply: true }, systemClock.now()),
    )
    return journal
  }
  const first = await installation.start()
  await first.stop()
  const journal = await order('before')
  t.teardown(() => journal.close())
  const clock: Clock = {
    now: () => systemClock.now() + ahead,
    elapsed: () => systemClock.elapsed(),
    schedule: (at, act) => systemClock.schedule(at - ahead, act),
  }
  const gateway = await installation.start({ clock })
  t.teardown(() => gateway.stop())
  const answer = async () => (await orderAnswer(journal.committed, 'before')) as { kind?: string } | undefined
  await soon(async () => (await answer()) !== undefined)
  t.equal((await answer())?.kind, 'applied', 'whatever was asked before it started is done, not believed')
  installation.profile('57.yaml', jsonProfile('57'))
  const said = await reload(installation)
  t.equal(said.code, 0, said.err)
  t.match(said.out, /added[\s\S]*json-57[\s\S]*so it is now/)
})
