// Alarms: each begins once and ends once, over a flapping condition, a restart and a second watcher.
import t from 'tap'
import type { Condition } from '../../src/gateway/alarms/condition.ts'
import { raisedAlarms } from '../../src/gateway/journal/alarms.ts'
import { bodies, events, full, minute, quiet, watched } from './alarms-stage.ts'

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

t.test('between its bounds an alarm is better than it was: the next step down is told again', async (t) => {
  const { database, after } = await watched(t)
  const level = (level: number, between?: true): Condition => ({
    ...full,
    level,
    ...(between && { between }),
  })
  await after(0, [level(3)])
  await after(minute, [level(1, true)])
  await after(minute, [level(3)])
  t.same(await events(database), ['raised', 'worsened'])
})

t.test('what is so of an alarm is what it was at the last look, and nobody is told of that', async (t) => {
  const { database, after } = await watched(t)
  const facts = async () => (await raisedAlarms(database.committed)).map((alarm) => alarm.facts)
  const free = (free: number): Condition => ({ ...full, facts: { free, least: 2048 } })
  await after(0, [free(1900)])
  await after(minute, [free(3)])
  t.same(await facts(), [{ free: 3, least: 2048 }])
  await after(minute, [{ ...free(2100), between: true }])
  t.same(await facts(), [{ free: 2100, least: 2048 }])
  await after(minute, [])
  await after(minute, [free(5)])
  t.same(await facts(), [{ free: 5, least: 2048 }], 'it was over for a moment')
  t.same(await events(database), ['raised'])
})

t.test('an alarm whose kind is switched off while it is raised is over', async (t) => {
  const { database, clock, watch, after } = await watched(t)
  await after(0, [full])
  const without = watch([])
  clock.jump(minute)
  await without.look()
  t.same(await events(database), ['raised'], 'a gateway that is set otherwise for a moment ends nothing')
  clock.jump(quiet)
  await without.look()
  t.same(await events(database), ['raised', 'ended'])
  t.same(await raisedAlarms(database.committed), [])
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
