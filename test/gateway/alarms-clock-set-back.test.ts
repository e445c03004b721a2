// A clock that was wrong, and is set back: an alarm that ended in what is the future now keeps no new one from being raised.
import t, { type Test } from 'tap'
import type { Check, Condition } from '../../src/gateway/alarms/condition.ts'
import type { Hook } from '../../src/gateway/alarms/hook.ts'
import { quarantineCheck } from '../../src/gateway/alarms/machine.ts'
import { presentCheck } from '../../src/gateway/alarms/offices.ts'
import { silenceCheck } from '../../src/gateway/alarms/silence.ts'
import { Tell } from '../../src/gateway/alarms/tell.ts'
import { Watch } from '../../src/gateway/alarms/watch.ts'
import { newId } from '../../src/gateway/desk.ts'
import { countUntold, raisedAlarms } from '../../src/gateway/journal/alarms.ts'
import { Present } from '../../src/gateway/present.ts'
import { problem } from '../../src/problem/problem.ts'
import { chiangMai, HandClock, letterItem, moi, plainLetter, scratch, until } from './harness.ts'
import { number, open } from './intake-stage.ts'
import { openJournal } from './journal-engine.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const longestPause = 15 * minute
const quiet = 10 * minute
const given: Condition = { kind: 'given-up', subject: '50', level: 1, facts: {} }

t.test('raised and ended by a clock a day ahead, then the clock is set right', async (t) => {
  const clock = new HandClock()
  const database = await openJournal(scratch(t))
  t.teardown(() => database.close())
  let found: readonly Condition[] = []
  const check: Check = { kinds: ['given-up'], look: async () => found }
  const watch = new Watch({
    ...{ database, clock, checks: [check], quiet, hooks: [], newId },
    told: () => undefined,
    failed: (_work, error) => t.fail(String(error)),
  })
  const look = async (milliseconds: number): Promise<number> => {
    clock.jump(milliseconds)
    await watch.look()
    return (await raisedAlarms(database.committed)).length
  }
  found = [given]
  t.equal(await look(day), 1, 'raised')
  found = []
  await look(minute)
  t.equal(await look(2 * quiet), 0, 'ended')
  found = [given]
  t.equal(await look(-day), 1, 'another is raised at once, not in a day')
  // Over by a clock that is wrong again, and set back.
  found = []
  await look(day)
  await look(minute - day)
  t.equal(await look(2 * quiet), 0, 'and it ends when it is over')
})

t.test(
  'what began while the clock was ahead is told when it has lasted since it was set right',
  async (t) => {
    const clock = new HandClock()
    const database = await openJournal(scratch(t))
    t.teardown(() => database.close())
    const present = new Present(database, 'one', clock, (error) => t.fail(String(error)))
    await present.start()
    t.teardown(() => present.stop())
    const checks = (['unreadable', 'breaker'] as const).map((kind) =>
      presentCheck(database.committed, kind, 5 * minute),
    )
    const seen = async () =>
      (await Promise.all(checks.map((each) => each.look(clock.now())))).map((found) =>
        found.map(({ subject, between }) => [subject, between === true]),
      )
    clock.jump(3650 * day)
    present.reported('chiang-mai', 'folder.unavailable', { channel: 'send', reason: 'EIO' })
    present.breaker(moi, clock.now() + 5 * second)
    clock.jump(-3650 * day)
    await clock.advance(30 * second)
    await until(async () => (await seen()).flat().length === 2, 'both are written')
    t.same(await seen(), [[['chiang-mai', true]], [['moi', true]]], 'not for long yet')
    await clock.advance(5 * minute)
    t.same(await seen(), [[['chiang-mai', false]], [['moi', false]]])
  },
)

t.test('a letter and a place in quarantine of a clock that was ahead hide nothing', async (t) => {
  const { gateway, clock, province, offer } = await open(t)
  const { committed } = gateway.desk.database
  const send = (printed: string) =>
    offer(province, [letterItem(plainLetter({ number: number(printed) }))], printed)
  const silence = silenceCheck(committed, () => [chiangMai], {
    learned: false,
    offices: new Map([[chiangMai, 2 * day]]),
  })
  const quarantined = quarantineCheck(committed, 7 * day)
  const kinds = async () =>
    [...(await silence.look(clock.now())), ...(await quarantined.look(clock.now()))].map(({ kind }) => kind)
  await send('ชม 0017.1/1')
  t.same(await kinds(), [])
  clock.jump(300 * day)
  await send('ชม 0017.1/2')
  const broken = problem('letter.number.unreadable', 'number', '')
  await offer(province, [{ kind: 'fault', position: 'row 1', problems: [broken] }], 'three')
  t.same(await kinds(), [])
  clock.jump(-300 * day)
  t.same(await kinds(), ['quarantine'], 'how long it waits nobody knows')
  clock.jump(3 * day)
  t.same(await kinds(), ['silence', 'quarantine'])
})

async function toldBy(t: Test, works: () => boolean) {
  const clock = new HandClock()
  const database = await openJournal(scratch(t))
  t.teardown(() => database.close())
  const check: Check = { kinds: ['given-up'], look: async () => [given] }
  const watch = new Watch({
    ...{ database, clock, checks: [check], quiet, hooks: ['duty'], newId },
    told: () => undefined,
    failed: (_work, error) => t.fail(String(error)),
  })
  let asked = 0
  const hook: Hook = {
    name: 'duty',
    async tell() {
      asked += 1
      return works() ? { kind: 'told' } : { kind: 'failed', said: 'it answered 503' }
    },
    close: async () => undefined,
  }
  const tell = new Tell({
    ...{ database, clock, hooks: [hook], untold: () => undefined },
    failed: (_work, error) => t.fail(String(error)),
  })
  /** How often the hook was asked at a look after so long. */
  const askedAfter = async (milliseconds: number): Promise<number> => {
    clock.jump(milliseconds)
    const before = asked
    await tell.tellDue()
    return asked - before
  }
  return { clock, database, watch, askedAfter }
}

t.test(
  'a hook that was not reached while the clock was a day ahead is told when it is set right',
  async (t) => {
    let works = false
    const { database, watch, askedAfter } = await toldBy(t, () => works)
    await watch.look()
    t.equal(await askedAfter(day), 1)
    t.equal(await askedAfter(minute - day), 1, 'its next try does not wait a day')
    works = true
    t.equal(await askedAfter(second), 0, 'the pauses are kept again')
    t.equal(await askedAfter(30 * second), 1)
    t.equal(await countUntold(database.committed), 0)
  },
)

t.test('news that a clock a year ahead has written are old a day after it is set right', async (t) => {
  const { clock, database, watch, askedAfter } = await toldBy(t, () => false)
  clock.jump(365 * day)
  await watch.look()
  t.equal(await askedAfter(minute), 1)
  t.equal(await askedAfter(-365 * day), 1, 'tried at once')
  for (let hours = 1; hours < 24; hours += 1) t.equal(await askedAfter(hour), 1)
  t.equal(await countUntold(database.committed), 1)
  t.equal(await askedAfter(hour), 1)
  t.equal(await countUntold(database.committed), 0, 'and then given up')
})

t.test('set back by less than the longest pause: it waits for no longer than that', async (t) => {
  const { watch, askedAfter } = await toldBy(t, () => false)
  await watch.look()
  t.equal(await askedAfter(10 * minute), 1)
  t.equal(await askedAfter(-10 * minute), 0)
  t.equal(await askedAfter(longestPause), 1)
})
