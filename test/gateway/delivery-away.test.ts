// Offices that are away or slow: the schedule, the breaker, the end of trying.
import t from 'tap'
import type { Item, Outcome } from '../../src/adapters/contract.ts'
import { usualPolicy } from '../../src/adapters/delivery-policy.ts'
import type { AttachmentStore } from '../../src/gateway/attachments/store.ts'
import { Breakers } from '../../src/gateway/delivery/breaker.ts'
import { nextAttempt } from '../../src/gateway/delivery/schedule.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { listPresent } from '../../src/gateway/journal/present.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import { Heap } from '../../src/gateway/queue/heap.ts'
import { rankOf } from '../../src/gateway/queue/queue.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { hour, open, receiptFrom, second } from './delivery-stage.ts'
import { letterItem, moi, plainLetter, rest, source, start, systemOf, until } from './harness.ts'

t.test('an office that is away: the schedule, then the letter', async (t) => {
  const { gateway, clock, ministry, send, stateOf } = await open(t)
  const taken = ministry.answer
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  const id = await send()
  await until(() => ministry.brought.length === 1, 'a first attempt')
  await rest()
  for (const [pause, attempts] of [
    [4.9, 1],
    [0.7, 2],
    [22, 3],
    [66, 4],
  ] as const) {
    await clock.advance(pause * second)
    t.equal(ministry.brought.length, attempts, `after ${pause} s more`)
  }
  ministry.answer = taken
  await clock.advance(hour)
  t.equal(await stateOf(id), 'delivered')
  const story = await storyOf(gateway.desk.database.committed, id)
  t.same(
    story?.deliveries[0]?.attempts.map(({ outcome }) => outcome),
    ['unavailable', 'unavailable', 'unavailable', 'unavailable', 'taken'],
  )
  t.equal(
    new Set(ministry.brought.map(({ envelope }) => envelope.messageId)).size,
    1,
    'always the same message id',
  )
  t.same(
    ministry.brought.map(({ attempt, mayHaveArrived }) => [attempt, mayHaveArrived === true]),
    [1, 2, 3, 4, 5].map((attempt) => [attempt, false]),
    'nothing can have arrived before',
  )
})

t.test('given up after 72 hours: kept whole, and a late receipt still counts', async (t) => {
  const { clock, ministry, send, stateOf, gateway } = await open(t)
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  const id = await send()
  await until(() => ministry.brought.length === 1, 'a first attempt')
  await clock.advance(71 * hour)
  t.equal(await stateOf(id), 'forwarding', 'a weekend is outlived')
  await clock.advance(2 * hour)
  t.equal(await stateOf(id), 'given-up')
  const attempts = ministry.brought.length
  t.ok(attempts > 60 && attempts < 90, `${attempts} attempts: hourly, not more`)
  const story = await storyOf(gateway.desk.database.committed, id)
  t.ok(story?.events.some(({ name }) => name === 'delivery.given-up'))
})

t.test('a gateway that was off, or a clock that jumped, ends nothing that was hardly tried', async (t) => {
  const { clock, ministry, send, stateOf, gateway } = await open(t)
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  const id = await send()
  await until(() => ministry.brought.length === 1, 'a first attempt')
  clock.jump(80 * hour)
  await clock.advance(30 * second)
  t.equal(await stateOf(id), 'forwarding')
  ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
  await clock.advance(2 * hour)
  t.equal(await stateOf(id), 'delivered')
  t.same(gateway.failures, [])
})

t.test('a dead office costs one probe, and its neighbours nothing', async (t) => {
  const { clock, gateway, province, ministry, send } = await open(t)
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  for (let index = 0; index < 30; index++) {
    await send(plainLetter({ number: mustBe(readLetterNumber(`ชม 0017.1/${900 + index}`)).number }))
  }
  await rest(400)
  t.same(gateway.opened, [moi], 'the breaker opened once')
  const before = ministry.brought.length
  t.ok(before <= 10, `${before} attempts before it opened`)
  await clock.advance(60 * second)
  t.ok(
    ministry.brought.length - before <= 4,
    `${ministry.brought.length - before} probes in the next minute, for 30 letters`,
  )
  ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
  await clock.advance(2 * hour)
  await until(() => province.brought.length === 30, 'all are through once it answers')
  t.same(gateway.failures, [])
})

t.test('whether an office answers that others bring to now is not known here any more', async (t) => {
  const { gateway, clock, ministry, send } = await open(t)
  const { dispatch, desk } = gateway
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  await send()
  await clock.advance(5 * 60 * second)
  t.ok(dispatch.isBreakerOpen(moi))
  const told = async () => (await listPresent(desk.database.committed, 'breaker')).length
  await until(async () => (await told()) === 1, 'told')
  gateway.shares.set(moi, 0)
  await clock.advance(30 * second)
  t.notOk(dispatch.isBreakerOpen(moi))
  await until(async () => (await told()) === 0, 'not told any more')
  t.equal(await told(), 0)
})

t.test('an office that asks for a pause of years is asked again within hours', async (t) => {
  const { gateway, clock, ministry, send, stateOf } = await open(t)
  const years = 31 * 365 * 24 * hour
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: '503', retryAfter: years })
  for (const running of [1, 2, 3]) {
    await send(plainLetter({ number: mustBe(readLetterNumber(`ชม 0017.1/${600 + running}`)).number }))
  }
  await until(() => gateway.opened.length === 1, 'the breaker opened')
  ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
  const late = await send(plainLetter({ number: mustBe(readLetterNumber('ชม 0017.1/609')).number }))
  await clock.advance(5 * hour)
  t.equal(await stateOf(late), 'sealed', 'the pause is honoured')
  await clock.advance(2 * hour)
  t.equal(await stateOf(late), 'delivered', 'within its bound')
})

t.test('the schedule: pauses, jitter, Retry-After within bounds, the deadline', async (t) => {
  const at = (attempts: number, chance = 0, retryAfter = 0) =>
    nextAttempt(usualPolicy, attempts, start, start + 72 * hour, chance, retryAfter)
  t.same(
    [1, 2, 3, 4, 5, 6, 7, 99].map((attempts) => ((at(attempts) as number) - start) / second),
    [5, 20, 60, 180, 540, 1620, 3600, 3600],
  )
  t.equal(at(7, 0.999_999), start + Math.round(3600 * second * (1 + 0.1 * 0.999_999)))
  t.equal(at(1, 0, 600 * second), start + 600 * second, 'longer')
  t.equal(at(7, 0, second), start + hour, 'never shorter')
  t.equal(at(1, 0, 30 * 24 * hour), start + 6 * hour, 'bounded')
  t.equal(at(1, 0, -5), start + 5 * second)
  t.equal(
    nextAttempt(usualPolicy, 9, start, start + second, 0),
    start + second,
    'the last attempt is at the deadline',
  )
  t.equal(nextAttempt(usualPolicy, 9, start, start, 0), 'give-up')
})

t.test('most-urgent overtakes, ordinary does not starve', async (t) => {
  const heap = new Heap<{ name: string; dueAt: number; priority: number }>(
    (one, other) => rankOf(one) - rankOf(other),
  )
  heap.push({ name: 'most urgent, an hour and a minute later', dueAt: start + 61 * 60 * second, priority: 4 })
  heap.push({ name: 'ordinary', dueAt: start, priority: 1 })
  heap.push({ name: 'urgent, 6 minutes later', dueAt: start + 6 * 60 * second, priority: 2 })
  heap.push({ name: 'very urgent, 6 minutes later', dueAt: start + 6 * 60 * second, priority: 3 })
  heap.push({ name: 'most urgent, 6 minutes later', dueAt: start + 6 * 60 * second, priority: 4 })
  const served = Array.from({ length: 6 }, () => heap.pop()?.name)
  t.same(served, [
    'most urgent, 6 minutes later',
    'very urgent, 6 minutes later',
    'ordinary',
    'urgent, 6 minutes later',
    'most urgent, an hour and a minute later',
    undefined,
  ])
})

t.test('the breaker: opens at the third failure in a row, one probe at a time', async (t) => {
  const breakers = new Breakers()
  t.same(
    [
      breakers.failed('50', start),
      breakers.failed('50', start),
      breakers.failed('50', start),
      breakers.failed('50', start),
    ],
    [false, false, true, false],
  )
  t.equal(breakers.admits('50', start), false)
  t.equal(breakers.admits('57', start), true, 'another office is another matter')
  const probeAt = breakers.probeAt('50')!
  t.equal(breakers.admits('50', probeAt), true)
  t.equal(breakers.admits('50', probeAt), false, 'one probe at a time')
  breakers.released('50')
  t.equal(breakers.admits('50', probeAt), true, 'a probe without an answer frees its place')
  breakers.answered('50')
  t.equal(breakers.probeAt('50'), undefined)
  t.equal(breakers.failed('57', start, hour), false)
  breakers.failed('57', start + second)
  breakers.failed('57', start + second)
  t.equal(
    breakers.probeAt('57'),
    start + hour,
    'a pause that was asked for is not shortened by a later failure',
  )
})

t.test('a scan that our own disk does not give says nothing of the office', async (t) => {
  const { gateway, clock, ministry, province, stateOf } = await open(t)
  const { desk } = gateway
  const usual = ministry.answer
  // As a transport does that sends the scans along.
  ministry.answer = async (parcel, signal) => {
    const { envelope } = parcel
    const attachments = envelope.content === 'letter' ? envelope.letter.attachments : []
    for (const { sha256 } of attachments) await parcel.open(sha256).toArray()
    return usual(parcel, signal)
  }
  const scan = {
    name: 'a.pdf',
    role: 'main',
    content: { kind: 'bytes', bytes: Buffer.from('scan') },
  } as const
  province.items = [{ ...letterItem(plainLetter()), attachments: [scan] } as Item]
  const { attachments } = desk as { attachments: AttachmentStore }
  const whole = attachments.open
  attachments.open = () => whole.call(attachments, '0'.repeat(64))
  const [became] = await take(desk, systemOf(province), source('with a scan'), (each) => province.read(each))
  const id = became?.kind === 'taken' ? became.messageId : undefined
  if (id === undefined) throw new Error('not taken')
  await clock.advance(120 * second)
  t.ok(ministry.brought.length > 3, `${ministry.brought.length} attempts`)
  t.same(gateway.opened, [], 'its breaker hears nothing of it')
  const story = await storyOf(desk.database.committed, id)
  t.match(story?.deliveries[0]?.attempts.at(-1), { outcome: 'unavailable', said: /our own disk/ })
  attachments.open = whole
  await clock.advance(hour)
  t.equal(await stateOf(id), 'delivered')
})
