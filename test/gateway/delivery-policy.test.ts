// How deliveries to an office are made, as its profile says: held against a dispatch over a real journal.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import {
  type DeliveryPolicy,
  deliveryPolicyOf,
  opensAt,
  type RawDeliveryPolicy,
  usualPolicy,
} from '../../src/adapters/delivery-policy.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { resend } from '../../src/gateway/delivery/resend.ts'
import { nextAttempt } from '../../src/gateway/delivery/schedule.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { openFinder } from '../../src/gateway/journal/open.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { mustBe } from '../letter/arbitrary.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  letterItem,
  makeTrust,
  openGateway,
  plainLetter,
  rest,
  ScriptedAdapter,
  scratch,
  source,
  start,
  systemOf,
  until,
} from './harness.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const trust = await makeTrust([chiangMai, chiangRai])
const away = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })

/** Chiang Rai writes to Chiang Mai, whose profile says `policy`. */
async function open(t: Parameters<typeof scratch>[0], policy: DeliveryPolicy) {
  const clock = new HandClock()
  const recipient = new ScriptedAdapter(chiangMai)
  recipient.policy = policy
  const sender = new ScriptedAdapter(chiangRai)
  const gateway = await openGateway(scratch(t), trust, [recipient, sender], clock)
  await gateway.dispatch.start()
  t.after(() => gateway.close())
  const { committed } = gateway.desk.database
  let running = 0
  return {
    gateway,
    clock,
    recipient,
    async send(changes: Partial<Letter> = {}) {
      running += 1
      const { number } = mustBe(readLetterNumber(`ชร 0017.1/${running}`))
      const letter = plainLetter({
        from: { office: chiangRai },
        to: { offices: [chiangMai] },
        number,
        ...changes,
      })
      sender.items = [letterItem(letter)]
      const [taken] = await take(gateway.desk, systemOf(sender), source(`${running}`), (each) =>
        sender.read(each),
      )
      if (taken?.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(taken)}`)
      return taken.messageId
    },
    stateOf: async (id: string) => (await lettersOfMessage(committed, id))[0]?.state,
    eventsOf: async (id: string) =>
      (await storyOf(committed, id))?.events
        .map(({ name }) => name)
        .filter((name) => name.includes('deadline')),
  }
}

t.test('the pauses, the longest pause asked for and the end are what the profile says', async (t) => {
  const retry = { pauses: ['1s', '2s'], every: '10s', giveUpAfter: '1m', longestRetryAfter: '30s' }
  const policy = deliveryPolicyOf({ retry })
  t.same(
    [1, 2, 3, 9].map((attempts) => Number(nextAttempt(policy, attempts, start, start + minute, 0)) - start),
    [1, 2, 10, 10].map((seconds) => seconds * second),
  )
  t.equal(nextAttempt(policy, 1, start, start + hour, 0, hour), start + 30 * second)
  const { clock, recipient, send, stateOf } = await open(t, policy)
  recipient.answer = away
  const id = await send()
  await until(() => recipient.brought.length === 1, 'a first attempt')
  await clock.advance(1.2 * second)
  t.equal(recipient.brought.length, 2)
  await clock.advance(3 * minute)
  t.equal(await stateOf(id), 'given-up', 'at the first probe after a minute, not after three days')
})

t.test('an attempt that was interrupted is tried again by the profile’s schedule too', async (t) => {
  const { gateway, clock, recipient, send } = await open(t, deliveryPolicyOf({ retry: { pauses: ['2h'] } }))
  let broken = false
  recipient.answer = () => {
    if (broken) return { kind: 'taken' }
    broken = true
    throw new Error('a defect')
  }
  await send()
  await until(() => recipient.brought.length === 1, 'a first attempt')
  await clock.advance(hour)
  t.equal(recipient.brought.length, 1, 'the usual five seconds are not those of this office')
  await clock.advance(1.3 * hour)
  t.equal(recipient.brought.length, 2)
  t.equal(gateway.failures.length, 1)
})

t.test('an office is not left alone for longer than its profile lets it ask', async (t) => {
  const { clock, recipient, send } = await open(t, deliveryPolicyOf({ retry: { longestRetryAfter: '5m' } }))
  recipient.answer = () => ({ kind: 'unavailable', said: 'HTTP 503', retryAfter: day })
  for (let letter = 0; letter < 4; letter += 1) await send()
  await until(() => recipient.brought.length >= 3, 'its breaker opens')
  await rest()
  const before = recipient.brought.length
  await clock.advance(6 * minute)
  t.ok(recipient.brought.length > before, 'it is asked again in five minutes, not in a day')
})

t.test('no more attempts at once than the profile says', async (t) => {
  const { clock, recipient, send } = await open(t, deliveryPolicyOf({ atOnce: 2 }))
  let atWork = 0
  let most = 0
  const waiting: (() => void)[] = []
  recipient.answer = async () => {
    atWork += 1
    most = Math.max(most, atWork)
    await new Promise<void>((resolve) => waiting.push(resolve))
    atWork -= 1
    return { kind: 'taken' }
  }
  clock.busy = () => false
  for (let letter = 0; letter < 7; letter += 1) await send()
  for (let taken = 0; taken < 7; taken += 1) {
    await until(() => waiting.length > 0, 'one more is brought')
    await rest()
    waiting.shift()?.()
  }
  await until(() => recipient.brought.length === 7 && atWork === 0, 'all are through')
  t.equal(most, 2)
})

t.test('nothing is brought while the office is closed, and all of it when it opens', async (t) => {
  // It is Monday, 10:00 in Thailand.
  const closed = [{ days: ['mon' as const], from: '09:00', to: '12:00' }]
  const { gateway, clock, recipient, send, stateOf } = await open(t, deliveryPolicyOf({ closed, atOnce: 1 }))
  const first = await send()
  for (let more = 0; more < 3; more += 1) await send()
  const urgent = await send({ urgency: 'most-urgent' })
  await clock.advance(119 * minute)
  t.equal(recipient.brought.length, 0)
  const [waits] = await openFinder(gateway.desk.database.committed)(first, chiangMai)
  t.match(waits, { closedUntil: start + 2 * hour, attempts: [] }, 'whoever looks is told until when')
  await clock.advance(90 * second)
  t.same([await stateOf(first), await stateOf(urgent)], ['delivered', 'delivered'])
  // What is looked at in the same moment is brought in either order; all others wait.
  const place = recipient.brought.findIndex(({ envelope }) => envelope.messageId === urgent)
  t.ok(place <= 1, `the most urgent before what came earlier: it was brought as number ${place + 1}`)
  const later = await send()
  await until(
    async () => (await stateOf(later)) === 'delivered',
    'an office that is open again is no exception',
  )
  const [none] = await gateway.desk.database.committed.all("SELECT 1 FROM present WHERE kind = 'closed'")
  t.equal(none, undefined)
})

t.test(
  'a next attempt that falls into a closed time is made when it is over, the last one too',
  async (t) => {
    const policy = deliveryPolicyOf({ closed: [{ from: '11:00', to: '13:30' }] })
    const opens = start + 3.5 * hour
    t.equal(nextAttempt(policy, 7, start, start + 72 * hour, 0), opens)
    t.equal(nextAttempt(policy, 1, start, start + 72 * hour, 0), start + 5 * second)
    t.equal(
      nextAttempt(policy, 9, start, start + 1.5 * hour, 0),
      opens,
      'not at 11:30, when its deadline passes',
    )
    t.equal(nextAttempt(policy, 9, opens, start + 1.5 * hour, 0), 'give-up')
  },
)

t.test(
  'a letter that is late is told of while there is time, and once more when there is none',
  async (t) => {
    // Hours and not days: every look of every minute is one at the journal.
    const policy = deliveryPolicyOf({
      expected: { ordinary: '2h', 'most-urgent': '20m' },
      retry: { giveUpAfter: '4h' },
    })
    const { gateway, clock, recipient, send, eventsOf } = await open(t, policy)
    const through = await send()
    await until(() => recipient.brought.length === 1, 'it is taken at once')
    recipient.answer = away
    const [ordinary, urgent] = [await send(), await send({ urgency: 'most-urgent' })]
    await clock.advance(14 * minute)
    t.same(gateway.late, [])
    await clock.advance(2 * minute)
    t.same(gateway.late, [`delivery.deadline-near ${chiangMai}`], 'five minutes are left')
    await clock.advance(10 * minute)
    t.same(await eventsOf(urgent), ['delivery.deadline-near', 'delivery.deadline-passed'])
    await clock.advance(2 * hour)
    t.equal(gateway.late.length, 4, 'each once')
    t.same(await eventsOf(ordinary), ['delivery.deadline-near', 'delivery.deadline-passed'])
    t.same(await eventsOf(through), [], 'nobody is told of what is through')
    await clock.advance(2 * hour)
    const recipients = [chiangMai]
    await resend(gateway.desk.database, { messageId: urgent, recipients, by: 'x', why: 'y', at: clock.now() })
    await clock.advance(14 * minute)
    t.equal((await eventsOf(urgent))?.length, 2, 'from now on')
    await clock.advance(hour)
    t.equal((await eventsOf(urgent))?.length, 4, 'what is brought again is expected again')
  },
)

t.test('closed times, against every minute of the week', async (t) => {
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
  const time = fc.integer({ min: 0, max: 1439 })
  const printed = (of: number): string =>
    `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`
  const closedTime = fc.record({ days: fc.subarray([...days], { minLength: 1 }), from: time, to: time })
  fc.assert(
    fc.property(
      fc.array(closedTime, { maxLength: 3 }),
      fc.integer({ min: 0, max: 7 * 1440 * minute }),
      (times, since) => {
        const raw: RawDeliveryPolicy = {
          closed: times.map(({ days, from, to }) => ({ days, from: printed(from), to: printed(to) })),
        }
        const week = new Array<boolean>(7 * 1440).fill(false)
        for (const { days: of, from, to } of times)
          for (const name of of)
            for (let at = from, end = to > from ? to : to + 1440; at < end; at += 1)
              week[(days.indexOf(name) * 1440 + at) % week.length] = true
        // A Sunday's midnight in Thailand.
        const sunday = Date.UTC(2026, 10, 22) - 7 * hour
        const now = sunday + since
        let at = now
        while (at - now < 7 * day && week[Math.floor((at - sunday) / minute) % week.length])
          at = sunday + (Math.floor((at - sunday) / minute) + 1) * minute
        const found = opensAt(deliveryPolicyOf(raw), now)
        if (at - now >= 7 * day) t.ok(found - now >= 7 * day)
        else t.equal(found, at)
      },
    ),
    { numRuns: 300 },
  )
})

t.test('what docs/profiles.md shows is the usual', async (t) => {
  const page = readFileSync(new URL('../../docs/profiles.md', import.meta.url), 'utf8')
  const [, shown = ''] = /```yaml delivery\n(delivery:\n[^`]*)```/.exec(page) ?? []
  const profile = readFileSync(new URL('../../profiles/chiang-mai-csv.yaml', import.meta.url), 'utf8')
  t.match(shown, 'giveUpAfter')
  t.same(mustBe(readProfile(`${profile}\n${shown}`, 'test.yaml')).delivery, usualPolicy)
})

t.test('what a profile may say, and what it may not', async (t) => {
  const text = readFileSync(new URL('../../profiles/chiang-mai-csv.yaml', import.meta.url), 'utf8')
  const said = (delivery: string) => readProfile(`${text}\n${delivery}\n`, 'test.yaml')
  t.same(mustBe(readProfile(text, 'test.yaml')).delivery, usualPolicy)
  const read = mustBe(
    said('delivery:\n  closed: [{ days: [sat], from: "22:00", to: "06:00" }]\n  expected: { urgent: 30m }'),
  )
  t.match(read.delivery, {
    closed: [{ days: [6], from: 22 * 60, minutes: 8 * 60 }],
    expected: { urgent: 30 * minute, ordinary: day },
    pauses: usualPolicy.pauses,
  })
  const wrong = {
    'delivery: { closed: [{ from: "00:00", to: "00:00" }] }': 'delivery.closed',
    'delivery: { retry: { giveUpAfter: 1s } }': 'delivery.retry.giveUpAfter',
    'delivery: { retry: { pauses: [] } }': 'delivery.retry.pauses',
    'delivery: { retry: { every: 5 minutes } }': 'delivery.retry.every',
    'delivery: { atOnce: 0 }': 'delivery.atOnce',
    'delivery: { closed: [{ from: "24:00", to: "01:00" }] }': 'delivery.closed.0.from',
    'delivery: { closed: [{ days: [sunday], from: "22:00", to: "01:00" }] }': 'delivery.closed.0.days.0',
    'delivery: { expected: { soon: 1m } }': 'delivery.expected.soon',
  }
  for (const [delivery, path] of Object.entries(wrong)) {
    const refused = said(delivery)
    t.match(refused, { ok: false, problems: [{ path }] }, delivery)
  }
})
