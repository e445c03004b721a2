// Alarms: each begins once and ends once, over a flapping condition, a restart, a crash and a second watcher; hooks are told
// until they heard it, and never keep a letter waiting.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { deliveryPolicyOf } from '../../src/adapters/delivery-policy.ts'
import { certificateCheck, endingSoon } from '../../src/gateway/alarms/certificates.ts'
import type { Check, Condition } from '../../src/gateway/alarms/condition.ts'
import type { Hook } from '../../src/gateway/alarms/hook.ts'
import { hooksOf } from '../../src/gateway/alarms/hooks.ts'
import { diskCheck, quarantineCheck, syncCheck } from '../../src/gateway/alarms/machine.ts'
import {
  backlogCheck,
  deadlineCheck,
  givenUpCheck,
  lagCheck,
  officeChecks,
  presentCheck,
  recallCheck,
} from '../../src/gateway/alarms/offices.ts'
import { silenceCheck } from '../../src/gateway/alarms/silence.ts'
import { Tell } from '../../src/gateway/alarms/tell.ts'
import { Watch } from '../../src/gateway/alarms/watch.ts'
import { newId } from '../../src/gateway/desk.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { newestAlarms, raisedAlarms } from '../../src/gateway/journal/alarms.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { quarantine } from '../../src/gateway/journal/quarantine.ts'
import { keepSource } from '../../src/gateway/journal/sources.ts'
import { readAlarmSettings, usualAlarms } from '../../src/gateway/settings/alarms.ts'
import { issueCertificate, newKey } from '../../src/gateway/trust/authority.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { systemRandom } from '../../src/letter/time.ts'
import { startSmtp } from '../../src/sandbox/servers/smtp.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { away, contentOf, openWorld, refusal, taken } from './correspondents.ts'
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
  start,
  systemOf,
} from './harness.ts'
import { openJournal } from './journal-engine.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const quiet = 10 * minute
const trust = await makeTrust([chiangMai, chiangRai, moi])

/** What a test says is so. */
class Said implements Check {
  readonly kinds = ['disk', 'backlog'] as const
  found: Condition[] | Error = []
  look = async () => {
    if (this.found instanceof Error) throw this.found
    return this.found
  }
}

const full: Condition = { kind: 'disk', subject: 'data', level: 1, facts: { free: 1, least: 2048 } }

async function watched(t: Test, hooks: readonly string[] = ['duty']) {
  const folder = scratch(t)
  const clock = new HandClock()
  const database = await openJournal(folder)
  t.teardown(() => database.close())
  const said = new Said()
  const failures: unknown[] = []
  const watch = () =>
    new Watch({
      ...{ database, clock, checks: [said], quiet, hooks, newId },
      told: () => undefined,
      failed: (_work, error) => void failures.push(error),
    })
  const one = watch()
  const after = async (milliseconds: number, found: Condition[] | Error) => {
    clock.jump(milliseconds)
    said.found = found
    await one.look()
  }
  return { folder, clock, database, said, watch, after, failures }
}

const events = async (database: Database): Promise<string[]> =>
  (
    await database.committed.all<{ name: string }>(
      "SELECT name FROM events WHERE name LIKE 'alarm.%' ORDER BY seq",
    )
  ).map(({ name }) => name.slice('alarm.'.length))
const bodies = async (database: Database): Promise<{ event: string; id: string }[]> =>
  (await database.committed.all<{ body: string }>('SELECT body FROM alarm_tellings ORDER BY seq')).map(
    ({ body }) => JSON.parse(body) as { event: string; id: string },
  )

t.test('an alarm begins once and ends once, however its condition flaps', async (t) => {
  const { database, after, failures } = await watched(t)
  await after(0, [full])
  await after(minute, [full])
  await after(minute, [])
  await after(quiet - 1, [full])
  await after(minute, [])
  t.same(await events(database), ['raised'], 'over for less than it must be')
  await after(quiet - 1, new Error('the disk cannot be asked'))
  await after(1, new Error('the disk cannot be asked'))
  t.same(await events(database), ['raised'], 'what cannot be looked at ends nothing')
  t.equal(failures.length, 2)
  await after(1, [{ ...full, between: true }])
  await after(minute, [])
  await after(quiet - 1, [])
  t.same(await events(database), ['raised'], 'between its bounds it is not over: the time begins anew')
  await after(1, [])
  t.same(await events(database), ['raised', 'ended'])
  await after(quiet - 1, [full])
  t.same(await events(database), ['raised', 'ended'], 'not again so soon')
  await after(minute, [{ ...full, between: true }])
  t.same(await events(database), ['raised', 'ended'], 'what is between its bounds raises nothing')
  await after(minute, [full])
  t.same(await events(database), ['raised', 'ended', 'raised'], 'what lasts is told')
  t.same(
    (await bodies(database)).map(({ event }) => event),
    ['alarm.raised', 'alarm.ended', 'alarm.raised'],
    'each for the hook too',
  )
  t.equal(new Set((await bodies(database)).map(({ id }) => id)).size, 3)
})

t.test('two watchers by mistake, and a restart, tell nothing twice', async (t) => {
  const { database, said, watch, clock } = await watched(t)
  const [one, other] = [watch(), watch()]
  const both = async (milliseconds: number, found: Condition[]) => {
    clock.jump(milliseconds)
    said.found = found
    await Promise.all([one.look(), other.look()])
    // A gateway that was started anew.
    await watch().look()
  }
  await both(0, [full])
  t.same(await events(database), ['raised'])
  await both(minute, [{ ...full, level: 2 }])
  t.same(await events(database), ['raised', 'worsened'])
  await both(minute, [{ ...full, level: 1 }])
  await both(minute, [{ ...full, level: 2 }])
  t.same(await events(database), ['raised', 'worsened', 'worsened'], 'better is no news, worse again is')
  await both(minute, [])
  await both(quiet, [])
  await both(minute, [])
  t.same(await events(database), ['raised', 'worsened', 'worsened', 'ended'])
  t.equal((await bodies(database)).length, 4)
  one.start()
  one.start()
  await one.stop()
  one.start()
  await one.stop()
  t.same((await raisedAlarms(database.committed)).length, 0, 'started and stopped again and again')
})

t.test('a hook is told until it heard it, in order, and the news become old', async (t) => {
  const { database, after, clock } = await watched(t, ['duty', 'gone'])
  const heard: string[] = []
  const untold: string[] = []
  let works = false
  const hook: Hook = {
    name: 'duty',
    async tell(_body, { id, event }) {
      if (!works) return { kind: 'failed', said: 'it answered 503' }
      heard.push(`${event} ${id}`)
      return { kind: 'told' }
    },
    close: async () => undefined,
  }
  const tell = () =>
    new Tell({
      ...{ database, clock, hooks: [hook], failed: (_work, error) => t.fail(String(error)) },
      untold: (name, said, again) => void untold.push(`${name} ${said} ${again === undefined}`),
    })
  await after(0, [full])
  await after(minute, [])
  await after(quiet, [])
  await tell().tellDue()
  t.same(heard, [])
  t.same(untold.sort(), ['duty it answered 503 false', 'gone the settings name no such hook false'])
  await tell().tellDue()
  t.equal(untold.length, 2, 'not before its pause is over, and not the end before the beginning')
  works = true
  clock.jump(minute)
  await Promise.all([tell().tellDue(), tell().tellDue()])
  await tell().tellDue()
  t.match(heard, [/^alarm.raised /, /^alarm.ended /], 'two tellers, each news once, in order')
  clock.jump(day)
  await tell().tellDue()
  t.ok(untold.includes('gone the settings name no such hook true'), 'too old to be news')
  clock.jump(day)
  await tell().tellDue()
  t.same(
    await database.committed.all("SELECT hook FROM alarm_tellings WHERE state = 'due'"),
    [],
    'nothing is left',
  )
  t.match(await events(database), ['raised', 'ended', 'untold', 'untold'])
})

t.test(
  'a gateway that dies between the event and the hook tells it after its start, under the same id',
  async (t) => {
    const { database, after, clock } = await watched(t)
    const ids: string[] = []
    let dies = true
    const hook: Hook = {
      name: 'duty',
      tell: async (_body, { id }) => {
        ids.push(id)
        if (dies) throw new Error('killed: the receiver has it, and nobody wrote that down')
        return { kind: 'told' }
      },
      close: async () => undefined,
    }
    const tell = new Tell({
      ...{ database, clock, hooks: [hook] },
      untold: () => undefined,
      failed: () => undefined,
    })
    await after(0, [full])
    await t.rejects(tell.tellDue(), /killed/)
    dies = false
    await tell.tellDue()
    t.equal(ids.length, 1, 'somebody is at it')
    clock.jump(minute)
    await tell.tellDue()
    await tell.tellDue()
    t.equal(ids.length, 2)
    t.equal(ids[0], ids[1], 'the receiver can tell that it is a repetition')
  },
)

t.test('a webhook is signed; whatever is not 2xx is told again', async (t) => {
  const got: { headers: IncomingMessage['headers']; body: string }[] = []
  const answers = [500, 302, 204]
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      got.push({ headers: request.headers, body })
      response.writeHead(answers.shift() ?? 200, { location: '/elsewhere' }).end('thanks')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const raw = {
    hooks: [{ name: 'duty', webhook: { url: `http://127.0.0.1:${port}/a?b=c`, secret: { env: 'S' } } }],
  }
  const { hooks } = mustBe(readAlarmSettings(raw, '/'))
  t.match(hooksOf(hooks, {}), { problems: [{ path: 'alarms.hooks.0.secret' }] }, 'a secret that is not there')
  const [hook] = mustBe(hooksOf(hooks, { S: 'Secret-1' }))
  if (hook === undefined) throw new Error('no hook')
  t.teardown(() => hook.close())
  const { database, after, clock } = await watched(t)
  const tell = new Tell({
    ...{ database, clock, hooks: [hook] },
    untold: () => undefined,
    failed: () => undefined,
  })
  await after(0, [full])
  for (let look = 0; look < 4; look += 1) {
    await tell.tellDue()
    clock.jump(hour)
  }
  t.equal(got.length, 3, 'a redirect is not followed, and what was told is told no more')
  for (const { headers, body } of got) {
    t.equal(
      headers['saraban-signature'],
      `sha256=${createHmac('sha256', 'Secret-1').update(body).digest('hex')}`,
    )
    t.equal(headers['saraban-id'], (JSON.parse(body) as { id: string }).id)
    t.equal(headers['saraban-id'], got[0]?.headers['saraban-id'])
    t.match(JSON.parse(body), {
      event: 'alarm.raised',
      alarm: { kind: 'disk' },
      message: { th: /ดิสก์/, en: /disk/ },
    })
  }
})

t.test('a mail in Thai and English, the same Message-ID at a repetition', async (t) => {
  const smtp = await startSmtp(
    { key: '', certificate: '', authority: '' },
    { user: 'u', password: 'p' },
    true,
  )
  t.teardown(() => smtp.stop())
  const mail = {
    to: 'duty@example.th',
    from: 'saraban@example.th',
    host: '127.0.0.1',
    port: smtp.port,
    plain: true,
  }
  const [hook] = mustBe(
    hooksOf(mustBe(readAlarmSettings({ hooks: [{ name: 'duty', mail }] }, '/')).hooks, {}),
  )
  if (hook === undefined) throw new Error('no hook')
  const { database, after, clock } = await watched(t)
  const tell = new Tell({
    ...{ database, clock, hooks: [hook] },
    untold: () => undefined,
    failed: () => undefined,
  })
  await after(0, [full])
  smtp.refuse = { at: 'DATA', says: 'drop' }
  await tell.tellDue()
  smtp.refuse = undefined
  clock.jump(hour)
  await tell.tellDue()
  const [first, again] = smtp.taken.map(({ bytes }) => bytes.toString('ascii'))
  const idOf = (text = ''): string | undefined => /Message-ID: (<.+>)/.exec(text)?.[1]
  t.ok(idOf(first))
  t.equal(idOf(first), idOf(again), 'it came twice, and says so')
  t.equal(smtp.taken.length, 2)
  const text = Buffer.from(first?.split('\r\n\r\n')[1] ?? '', 'base64').toString('utf8')
  t.match(text, /ดิสก์ของ “data” เหลือที่ว่าง 1 MiB/)
  t.match(text, /what helps: Make room/)
})

t.test('the settings: every fault at once, no secret in the open', (t) => {
  const faults = readAlarmSettings(
    {
      backlog: 'much',
      silence: { offices: { '50': '2d', '99': 'off', '57': 'soon' } },
      disk: 3,
      hooks: [
        { name: 'a', webhook: { url: 'http://example.th/', secret: 'Secret-1' } },
        { name: 'a', mail: { to: 'duty', from: 'a@b', host: 'mail.example', plain: true, user: 'u' } },
        { name: 'b' },
      ],
    },
    '/',
  )
  const shown = JSON.stringify(faults)
  t.notMatch(shown, 'Secret-1')
  const paths = faults.ok ? [] : faults.problems.map(({ path, code }) => `${path} ${code}`)
  for (const path of [
    'alarms.backlog',
    'alarms.disk',
    'alarms.hooks.0.webhook.secret',
    'alarms.hooks.1.mail.to',
  ])
    t.ok(paths.includes(`${path} settings.wrong`), path)
  const deeper = readAlarmSettings(
    {
      silence: { offices: { '99': 'off' } },
      hooks: [
        { name: 'a', webhook: { url: 'http://example.th/', secret: { env: 'S' } } },
        { name: 'a', mail: { to: 'a@b.th', from: 'a@b.th', host: 'mail.example', plain: true, user: 'u' } },
      ],
    },
    '/',
  )
  t.same((deeper.ok ? [] : deeper.problems.map(({ path }) => path)).sort(), [
    'alarms.hooks.0.webhook.url',
    'alarms.hooks.1.mail.password',
    'alarms.hooks.1.mail.plain',
    'alarms.hooks.1.name',
    'alarms.silence.offices.99',
  ])
  const [, example = ''] =
    /```yaml alarms\n([\s\S]*?)```/.exec(readFileSync('docs/settings.md', 'utf8')) ?? []
  const told = mustBe(readAlarmSettings(parse(example), '/'))
  t.match(
    { ...told, silence: undefined, hooks: [] },
    { ...usualAlarms(), silence: undefined, hooks: [] },
    'what the page says is usual',
  )
  t.equal(told.hooks.length, 2)
  t.match(readAlarmSettings({ lag: 'off', silence: 'off' }, '/'), {
    value: { lag: undefined, backlog: 1000, silence: { learned: false }, quiet },
  })
  t.end()
})

t.test('what waits for an office: backlog, deadline, lag, a dead office, what was given up', async (t) => {
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const ministry = new ScriptedAdapter(moi)
  ministry.answer = () => ({ kind: 'unavailable', said: 'down' })
  const gateway = await openGateway(scratch(t), trust, [province, ministry], clock)
  t.teardown(() => gateway.close())
  const { committed } = gateway.desk.database
  const send = async (number: number): Promise<void> => {
    const { number: read } = mustBe(readLetterNumber(`ชม 0017.1/${number}`))
    province.items = [letterItem(plainLetter({ number: read }))]
    await take(gateway.desk, systemOf(province), source(String(number)), (each) => province.read(each))
  }
  for (let number = 1; number <= 4; number += 1) await send(number)
  const looked = async (check: Check): Promise<string[]> =>
    (await check.look(clock.now())).map(
      ({ kind, subject, level, between }) => `${kind} ${subject} ${between ? 'between' : level}`,
    )
  t.same(await looked(backlogCheck(committed, 4)), ['backlog moi 1'])
  t.same(await looked(backlogCheck(committed, 8)), ['backlog moi between'])
  t.same(await looked(backlogCheck(committed, 9)), [])
  t.same(await looked(deadlineCheck(committed)), [])
  clock.jump(31 * minute)
  t.same(await looked(lagCheck(committed, 30 * minute)), ['lag moi 1'], 'nobody takes it: nobody works')
  clock.jump(18 * hour)
  t.same(await looked(deadlineCheck(committed)), ['deadline moi 1'])
  clock.jump(6 * hour)
  t.same(await looked(deadlineCheck(committed)), ['deadline moi 2'])
  await gateway.dispatch.start()
  await rest()
  await clock.advance(hour)
  t.same(await looked(lagCheck(committed, 30 * minute)), [], 'a dead office is no lag')
  t.same(await looked(presentCheck(committed, 'breaker', 30 * minute)), ['breaker moi 1'])
  t.same(await looked(presentCheck(committed, 'breaker', 2 * hour)), ['breaker moi between'])
  t.same(await looked(presentCheck(committed, 'unreadable', minute)), [])
  gateway.present.reported('csv-50', 'folder.unavailable', { channel: 'send', path: '/x', reason: 'ENOENT' })
  await rest()
  clock.jump(minute)
  t.same(await looked(presentCheck(committed, 'unreadable', minute)), ['unreadable csv-50 1'])
  t.same(await looked(givenUpCheck(committed)), [])
  await clock.advance(60 * hour)
  t.same(await looked(deadlineCheck(committed)), [], 'given up: no longer late')
  t.same(await looked(givenUpCheck(committed)), ['given-up moi 1'], 'and that is an alarm of its own')
})

t.test('an office that has what its sender has recalled: two numbers of one letter', async (t) => {
  const world = await openWorld(t, trust)
  const { neighbour, province, clock, committed } = world
  const letterTo = (number: number, subject = 'เดิม') =>
    plainLetter({
      ...{ number: mustBe(readLetterNumber(`ชม 0017.1/${number}`)).number, subject },
      to: { offices: [chiangRai] },
    })
  const looked = async () =>
    (await recallCheck(committed).look(clock.now())).map(({ subject, level }) => `${subject} ${level}`)
  let recalls = refusal
  neighbour.answer = (parcel) => (contentOf(parcel) === 'recall' ? recalls : taken)

  const old = await world.send(letterTo(1), { handover: 'claim-1' })
  await world.say(neighbour, 'reject', old)
  const corrected = await world.send(letterTo(1, 'แก้ไข'), { handover: 'claim-2' })
  await clock.advance(minute)
  t.same(neighbour.brought.map(contentOf), ['letter', 'recall', 'letter'])
  t.same(await looked(), [], 'the recall was refused, and its letter too: one letter is there')
  await world.say(neighbour, 'accept', corrected, '2/2569')
  t.same(await looked(), [])
  await world.say(neighbour, 'accept', old, '1/2569')
  t.same(await looked(), [`${chiangRai} 1`], 'and now both have a number')

  neighbour.policy = deliveryPolicyOf({
    retry: { pauses: ['1s'], every: '1s', giveUpAfter: '5s', giveUpNoticesAfter: '5s' },
  })
  recalls = away
  const other = await world.send(letterTo(2), { handover: 'claim-3' })
  await world.say(neighbour, 'accept', other, '3/2569')
  await world.say(province, 'recall', other)
  await clock.advance(minute)
  t.same(await looked(), [`${chiangRai} 2`], 'registered, and the recall was given up: worse')
  recalls = taken
  t.same(await world.retry(other, [chiangRai]), ['recall'])
  await clock.advance(minute)
  t.same(await looked(), [`${chiangRai} 1`], 'it was brought after all')
  await world.say(neighbour, 'invalid', old)
  t.same(await looked(), [], 'the office has taken the other number back')

  recalls = refusal
  const third = await world.send(letterTo(3), { handover: 'claim-4' })
  await world.say(province, 'recall', third)
  await clock.advance(minute)
  t.same(await looked(), [`${chiangRai} 1`], 'it has not registered it, and has it')
  clock.jump(90 * day)
  t.same(await looked(), [], 'older news are told to nobody any more')
  const kinds = officeChecks(committed, usualAlarms()).flatMap((check) => check.kinds)
  t.ok(kinds.includes('recall'), 'whatever the settings say')
})

t.test('silence of an office that usually speaks', async (t) => {
  const database = await openJournal(scratch(t))
  t.teardown(() => database.close())
  let count = 0
  const speak = (sender: string, at: number) =>
    database.write(async (transaction) => {
      count += 1
      await transaction.run(
        'INSERT INTO envelopes (message_id, content, sender, digest, bytes, committed_at) VALUES (?, ?, ?, ?, ?, ?)',
        ...[`m${count}`, 'letter', sender, '', new Uint8Array(), at],
      )
      await transaction.run(
        `INSERT INTO letters (message_id, recipient, sender, number, date, natural_key, content_digest, urgency, secrecy,
state, live, committed_at, changed_at) VALUES (?, 'moi', ?, '1', '2026-01-01', ?, '', 'ordinary', 'ordinary', 'sealed', 1, ?, ?)`,
        ...[`m${count}`, sender, `k${count}`, at, at],
      )
    })
  // `start` is a Monday, 10:00 in Thailand. 50 speaks on each working day before, 57 on one in four, 58 every third day.
  for (let back = 3; back <= 45; back += 1) {
    const weekday = new Date(start - back * day).getUTCDay()
    if (weekday === 0 || weekday === 6) continue
    await speak('50', start - back * day)
    if (back % 4 === 0) await speak('57', start - back * day)
  }
  const silent = async (at: number, settings: object = {}): Promise<string[]> => {
    const { silence } = mustBe(readAlarmSettings({ silence: settings }, '/'))
    const offices = ['50', '57', '76'] as unknown as (typeof chiangMai)[]
    return (await silenceCheck(database.committed, () => offices, silence).look(at)).map(
      ({ subject }) => subject,
    )
  }
  t.same(await silent(start), [], 'a week-end is no silence')
  t.same(await silent(start + day), [], 'one whole working day')
  t.same(
    await silent(start + 2 * day),
    ['50'],
    'two; the one that rarely speaks, and the one that never did, are not missed',
  )
  t.same(await silent(start + 2 * day, { offices: { '50': '7d' } }), [], 'the settings know better')
  t.same(await silent(start + 2 * day, { offices: { '50': 'off', '57': '1d' } }), ['57'])
  t.same(await silent(start + 2 * day, { learned: false }), [])
  await speak('50', start + 2 * day)
  t.same(await silent(start + 2 * day), [])
})

t.test('certificates, disk, quarantine', async (t) => {
  const certificate = issueCertificate(
    trust.authority,
    await newKey(),
    { kind: 'office', office: '50' },
    start,
    systemRandom,
  )
  const end = Date.parse(certificate.validTo)
  const levelAt = (left: number): number | undefined =>
    endingSoon([{ of: 'office 50', certificate }], end - left)[0]?.level
  t.same(
    [60.1, 60, 30, 14, 7, 1, 0, -1].map((days) => levelAt(days * day)),
    [undefined, 1, 2, 3, 4, 5, 6, 6],
  )
  const { database, said, watch, clock } = await watched(t)
  const check = certificateCheck(() => [{ of: 'office 50', certificate }])
  clock.jump(end - 61 * day - start)
  for (let passed = 0; passed < 62; passed += 1) {
    clock.jump(day)
    said.found = (await check.look(clock.now())).map((each) => ({ ...each, kind: 'disk' as const }))
    await watch().look()
  }
  t.same(
    await events(database),
    ['raised', ...Array.from({ length: 5 }, () => 'worsened')],
    'at 60, 30, 14, 7 and 1 days and at its end, each once',
  )
  let reason: string | undefined
  const sync = syncCheck(async () => reason)
  t.same(await sync.look(0), [])
  reason = 'fsync is off and must be on'
  t.same(await sync.look(0), [{ kind: 'sync', subject: 'journal', level: 1, facts: { reason } }])
  t.equal(await database.unsafe(), undefined)
  let free = 3 * 1024 ** 3
  const disk = diskCheck(async () => free, 2 * 1024 ** 3)
  const seen = async () => (await disk.look(0)).map(({ between }) => between === true)
  t.same(await seen(), [])
  free = 1024 ** 3
  t.same(await seen(), [false])
  free = 2.2 * 1024 ** 3
  t.same(await seen(), [true], 'neither full nor well')
  await database.write(async (transaction) => {
    const kept = {
      system: 'csv-50',
      document: 'letter',
      name: 'a',
      sha256: '00',
      size: 1,
      bytes: null,
      beside: '',
    }
    await keepSource(transaction, { id: 's1', receivedAt: start, ...kept })
    const place = {
      id: 'q1',
      sourceId: 's1',
      position: 'row 1',
      problems: [],
      number: undefined,
      office: '50',
    }
    await quarantine(
      transaction,
      {
        ...{ ...place, handover: null, doubted: false, unseen: false },
        ...{ understood: undefined, secrecy: undefined, contentDigest: undefined },
      },
      start,
    )
  })
  t.same(await quarantineCheck(database.committed, day).look(start + day - 1), [])
  t.match(await quarantineCheck(database.committed, day).look(start + day), [{ facts: { count: 1 } }])
  t.equal((await newestAlarms(database.committed, 5)).length, 1)
})
