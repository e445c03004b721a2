// A clock that was wrong, and is set back: an alarm that ended in what is the future now keeps no new one from being raised.
import t from 'tap'
import type { Check, Condition } from '../../src/gateway/alarms/condition.ts'
import { Watch } from '../../src/gateway/alarms/watch.ts'
import { newId } from '../../src/gateway/desk.ts'
import { raisedAlarms } from '../../src/gateway/journal/alarms.ts'
import { HandClock, scratch } from './harness.ts'
import { openJournal } from './journal-engine.ts'

const minute = 60_000
const day = 24 * 60 * minute
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
