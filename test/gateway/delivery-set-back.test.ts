// A clock that was ahead, and is set right: what it had set for later does not wait until that time comes.
import t from 'tap'
import { deliveryPolicyOf, usualPolicy } from '../../src/adapters/delivery-policy.ts'
import { Breakers } from '../../src/gateway/delivery/breaker.ts'
import { afterSetBack } from '../../src/gateway/delivery/schedule.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { open as openWorld, receiptFrom, second, trust, type World } from './delivery-stage.ts'
import {
  chiangMai,
  HandClock,
  letterItem,
  moi,
  openGateway,
  plainLetter,
  ScriptedAdapter,
  scratch,
  source,
  start,
  systemOf,
} from './harness.ts'

const minute = 60 * second
const day = 24 * 60 * minute

const deliveryOf = async ({ gateway }: World, id: string) => {
  const [delivery] = await deliveriesOfMessage(gateway.desk.database.committed, id)
  if (delivery === undefined) throw new Error('no delivery')
  return delivery
}

/** The ministry answers again. */
function wake({ ministry, clock }: World): void {
  ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
}

t.test(
  'tried while the clock was a day ahead: its pause begins anew, and is no longer than it was',
  async (t) => {
    const world = await openWorld(t)
    const { gateway, clock, ministry, send, stateOf } = world
    ministry.answer = () => ({ kind: 'unavailable', said: 'ECONNREFUSED' })
    clock.jump(day)
    const tried = await send()
    await clock.advance(4 * minute)
    // The office cannot be reached by now: it is the probe.
    const later = await send(plainLetter({ number: mustBe(readLetterNumber('ชม 0017.1/493')).number }))
    await clock.advance(second)
    const before = await deliveryOf(world, tried)
    t.ok(before.dueAt > start + day)
    clock.jump(-day)
    wake(world)
    await clock.advance(30 * second)
    t.equal(
      await stateOf(later),
      'delivered',
      'the pause of a first attempt is short, and the probe waits for nothing',
    )
    t.same(gateway.setBack, ['moi 2'])
    const after = await deliveryOf(world, tried)
    t.ok(after.dueAt <= clock.now() + 10 * minute, 'the pause after the fourth attempt')
    t.ok(
      after.deadline < start + usualPolicy.giveUpAfter + 5 * minute,
      'made by that clock, it has as long as a new one',
    )
    await clock.advance(10 * minute)
    t.equal(await stateOf(tried), 'delivered')
    t.same(gateway.setBack, ['moi 2'], 'told once')
    const events = await gateway.desk.database.committed.all<{ name: string }>(
      "SELECT name FROM events WHERE name = 'delivery.set-back'",
    )
    t.equal(events.length, 2, 'its story says so')
  },
)

t.test('set back by half an hour: also what is most urgent', async (t) => {
  const world = await openWorld(t)
  const { gateway, clock, ministry, send, stateOf } = world
  ministry.answer = () => ({ kind: 'unavailable', said: 'ECONNREFUSED' })
  await clock.advance(minute)
  clock.jump(30 * minute)
  const id = await send(plainLetter({ urgency: 'most-urgent' }))
  await clock.advance(second)
  clock.jump(-30 * minute)
  wake(world)
  await clock.advance(30 * second)
  t.equal(await stateOf(id), 'delivered')
  t.same(gateway.setBack, ['moi 1'])
})

t.test(
  'two failures while the clock was ahead, the third when it was set right: probed as ever',
  async (t) => {
    const world = await openWorld(t)
    const { gateway, clock, ministry, send, stateOf } = world
    ministry.answer = () => ({ kind: 'unavailable', said: 'CERT_HAS_EXPIRED' })
    clock.jump(400 * day)
    const ids = [
      await send(),
      await send(plainLetter({ number: mustBe(readLetterNumber('ชม 0017.1/493')).number })),
    ]
    await clock.advance(second)
    t.equal(ministry.brought.length, 2)
    t.notOk(gateway.dispatch.isBreakerOpen(moi))
    clock.jump(-400 * day)
    await clock.advance(45 * second)
    t.ok(gateway.dispatch.isBreakerOpen(moi))
    wake(world)
    await clock.advance(2 * minute)
    for (const id of ids) t.equal(await stateOf(id), 'delivered')
  },
)

t.test(
  'a probe is under way when the clock is set right: the pause of before is no longer than it was',
  async (t) => {
    const breakers = new Breakers()
    for (const _ of [1, 2, 3]) breakers.failed(moi, start + day)
    t.ok(breakers.admits(moi, start + day + minute), 'the probe')
    t.notOk(breakers.hasten(moi, 0, start), 'it is under way')
    breakers.failed(moi, start)
    t.ok((breakers.probeAt(moi) ?? Infinity) <= start + minute)
    breakers.failed(moi, start, day)
    breakers.failed(moi, start - minute)
    t.equal(breakers.probeAt(moi), start - minute + day, 'what was asked for holds from then')
  },
)

t.test('told by a clock that was ahead that its time is over: told again when it is', async (t) => {
  const { gateway, clock, ministry, send } = await openWorld(t)
  ministry.answer = () => ({ kind: 'unavailable', said: 'ECONNREFUSED' })
  await send()
  const told = async () =>
    (
      await gateway.desk.database.committed.all<{ at: number }>(
        "SELECT at FROM events WHERE name = 'delivery.deadline-passed' ORDER BY seq",
      )
    ).map(({ at }) => Math.floor((at - start) / day))
  clock.jump(2 * day)
  await clock.advance(2 * minute)
  t.same(await told(), [2])
  clock.jump(-2 * day)
  await clock.advance(2 * minute)
  t.same(await told(), [2])
  clock.jump(1.5 * day)
  await clock.advance(2 * minute)
  t.same(await told(), [2, 1])
})

t.test('set back while no gateway ran', async (t) => {
  const folder = scratch(t)
  const ahead = new HandClock()
  ahead.jump(day)
  const world = await openWorld(t, folder, ahead)
  world.ministry.answer = () => ({ kind: 'unavailable', said: 'ECONNREFUSED' })
  const id = await world.send()
  await ahead.advance(second)
  await world.gateway.close()
  const again = await openWorld(t, folder)
  await again.clock.advance(30 * second)
  t.equal(await again.stateOf(id), 'delivered')
})

t.test(
  'an office that polls too is to have by its time what was made while the clock was ahead',
  async (t) => {
    const clock = new HandClock()
    const [province, polling] = [new ScriptedAdapter(chiangMai), new ScriptedAdapter(moi, { polls: true })]
    const gateway = await openGateway(scratch(t), trust, [province, polling], clock)
    t.after(() => gateway.close())
    await gateway.dispatch.start()
    clock.jump(day)
    province.items = [letterItem(plainLetter())]
    await take(gateway.desk, systemOf(province), source('one'), (each) => province.read(each))
    const times = async () =>
      gateway.desk.database.committed.one<{ warn: number; expected: number; deadline: number }>(
        'SELECT warn_at AS warn, expected_by AS expected, deadline FROM deliveries WHERE office = ?',
        'moi',
      )
    const before = (await times())!
    clock.jump(-day)
    await clock.advance(30 * second)
    const after = (await times())!
    for (const name of ['warn', 'expected', 'deadline'] as const) {
      const earlier = before[name] - after[name]
      t.ok(earlier > day - minute && earlier <= day, `${name}: ${earlier}`)
    }
    t.same(gateway.setBack, ['moi 1'])
  },
)

t.test('clocks of two machines that differ by a minute change nothing', async (t) => {
  const world = await openWorld(t)
  const { gateway, clock, ministry, send } = world
  ministry.answer = () => ({ kind: 'unavailable', said: 'ECONNREFUSED' })
  const id = await send()
  await clock.advance(9 * minute)
  const { dueAt } = await deliveryOf(world, id)
  clock.jump(-4 * minute)
  await clock.advance(20 * second)
  t.equal((await deliveryOf(world, id)).dueAt, dueAt)
  t.same(gateway.setBack, [])
})

t.test(
  'the pause that a delivery had begins anew, bounded by what its policy says now, and after a closed time',
  (t) => {
    const pauseOf = (pause: number, policy = usualPolicy) =>
      afterSetBack(policy, { dueAt: start + day + pause, changedAt: start + day }, start) - start
    t.equal(pauseOf(9 * minute), 9 * minute)
    t.equal(pauseOf(-minute), 0)
    t.equal(pauseOf(5 * day), 6 * 60 * minute, 'the longest Retry-After')
    const quick = deliveryPolicyOf({ retry: { pauses: ['1s'], every: '1m', longestRetryAfter: '1s' } })
    t.equal(pauseOf(5 * day, quick), 66 * second)
    // The tests begin at 10:00 in Thailand.
    const shut = deliveryPolicyOf({ closed: [{ from: '09:00', to: '11:00' }] })
    t.equal(pauseOf(minute, shut), 60 * minute)
    t.end()
  },
)
