// What is an alarm: what waits for an office, two numbers of one letter, silence, certificates, the disk, the quarantine.
import t from 'tap'
import { deliveryPolicyOf } from '../../src/adapters/delivery-policy.ts'
import { certificateCheck, endingSoon } from '../../src/gateway/alarms/certificates.ts'
import type { Check } from '../../src/gateway/alarms/condition.ts'
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
import { take } from '../../src/gateway/intake/intake.ts'
import { newestAlarms } from '../../src/gateway/journal/alarms.ts'
import { quarantine } from '../../src/gateway/journal/quarantine.ts'
import { keepSource } from '../../src/gateway/journal/sources.ts'
import { readAlarmSettings, usualAlarms } from '../../src/gateway/settings/alarms.ts'
import { issueCertificate, newKey } from '../../src/gateway/trust/authority.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { type MessageId, systemRandom } from '../../src/letter/time.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { day, events, hour, minute, watched } from './alarms-stage.ts'
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

const trust = await makeTrust([chiangMai, chiangRai, moi])

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
  t.same(await looked(givenUpCheck(committed)), ['given-up moi 3'], 'and that is an alarm of its own')
})

t.test('a receive number that the system of its sender refuses: nobody else would know', async (t) => {
  const world = await openWorld(t, trust)
  const { province, neighbour, ministry, clock, committed } = world
  const looked = async () =>
    (await givenUpCheck(committed).look(clock.now())).map(({ subject, level }) => `${subject} ${level}`)
  province.answer = (parcel) => (contentOf(parcel) === 'accept' ? refusal : taken)
  const ids: MessageId[] = []
  for (const number of [1, 2, 3]) {
    const { number: read } = mustBe(readLetterNumber(`ชม 0017.1/${number}`))
    ids.push(await world.send(plainLetter({ number: read, to: { offices: [chiangRai] } })))
  }
  const [one, two, three] = ids as [MessageId, MessageId, MessageId]
  t.same(await looked(), [])
  await world.say(neighbour, 'accept', one, '7/2569')
  await clock.advance(minute)
  t.same(await looked(), [`${chiangMai} 1`])
  await world.say(neighbour, 'accept', two, '8/2569')
  await clock.advance(minute)
  t.same(await looked(), [`${chiangMai} 2`], 'the second is told too')
  await world.say(neighbour, 'accept', three, '9/2569')
  await clock.advance(minute)
  t.same(await looked(), [`${chiangMai} 2`], 'and then when they have doubled')
  province.answer = () => taken
  for (const id of ids) t.same(await world.retry(id, [chiangRai]), ['accept'])
  await clock.advance(minute)
  t.same(await looked(), [], 'brought after all')

  ministry.answer = () => refusal
  neighbour.answer = (parcel) => (contentOf(parcel) === 'letter' ? taken : refusal)
  await world.send(plainLetter())
  await world.say(province, 'recall', one)
  await clock.advance(minute)
  t.same(await looked(), [], 'of a letter its sender is told; of a recall the alarm recall tells')
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
  const longer = issueCertificate(
    trust.authority,
    await newKey(),
    { kind: 'office', office: '50' },
    start + 20 * day,
    systemRandom,
  )
  const both = [longer, certificate, longer].map((each) => ({ of: 'system x', certificate: each }))
  t.match(
    endingSoon(both, end - 7 * day),
    [{ subject: 'system x', level: 4, facts: { days: 7 } }],
    'of two of one profile the one that ends first, and no alarm that goes up and down',
  )
  t.equal(endingSoon(both, end - 7 * day).length, 1)
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
  const levels: number[] = []
  for (const gibibytes of [1.9, 0.9, 1.1, 0.9, 1.3, 0.1, 0.24, 0.26, 2.4, 1.9]) {
    free = gibibytes * 1024 ** 3
    levels.push(...(await disk.look(0)).map(({ level }) => level))
  }
  t.same(
    levels,
    [1, 2, 2, 2, 1, 3, 3, 2, 1, 1],
    'worse at half and at a tenth; a level lasts until a quarter more',
  )
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
