// When the retention runs by itself: once a day, and never by a clock that cannot be believed.
import t from 'tap'
import { alarmProblem } from '../../src/gateway/alarms/condition.ts'
import { retentionCheck } from '../../src/gateway/alarms/retention.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { recordEvent } from '../../src/gateway/journal/events.ts'
import { retentionWork } from '../../src/gateway/retention/retention.ts'
import { runRetention } from '../../src/gateway/retention/run.ts'
import { usualRetention } from '../../src/gateway/settings/retention.ts'
import type { Clock } from '../../src/letter/time.ts'
import { messageOf } from '../../src/problem/problem.ts'
import type { HandClock } from './harness.ts'
import { day, opened, year } from './retention-stage.ts'

t.test('once a day, by one of two, and at once after one that was killed', async (t) => {
  const { clock, database, parts, count } = await opened(t, true)
  const failures: unknown[] = []
  const settings = usualRetention()
  const make = () =>
    retentionWork({ ...parts(), settings, failed: (_work, error) => void failures.push(error) })
  const [one, other] = [make(), make()]
  for (const each of [one, other]) {
    each.start()
    each.start()
  }
  const look = 11 * 60_000
  const after = async (milliseconds: number): Promise<number> => {
    clock.jump(milliseconds)
    await clock.advance(look)
    return count('retention_runs')
  }
  t.equal(await after(0), 1, 'two of them, and one runs it')
  t.equal(await after(day / 2), 1)
  t.equal(await after(day / 2), 2, 'one a day')
  await Promise.all([one.stop(), other.stop()])
  t.equal(await after(3 * day), 2, 'none while it is stopped')
  one.start()
  t.equal(await after(0), 3, 'started again')
  await one.stop()
  await database.write((transaction) => transaction.run('UPDATE retention_runs SET ended_at = NULL'))
  other.start()
  t.equal(await after(0), 3)
  t.equal(await after(3_600_000), 4, 'a run that was killed is not waited for a day')
  await other.stop()
  t.same(failures, [])
  const never = retentionWork({
    ...parts(),
    settings: { ...settings, automatic: false },
    failed: () => undefined,
  })
  never.start()
  t.equal(await after(3 * day), 4, 'where only a person asks for it')
})

t.test('a clock that runs ahead removes nothing, and a person is told', async (t) => {
  const { clock, database, send, parts, count } = await opened(t)
  const failures: unknown[] = []
  const settings = usualRetention()
  const failed = (_work: string, error: unknown) => void failures.push(error)
  const work = retentionWork({ ...parts(), settings, failed })
  const check = retentionCheck(database)
  const raised = async () => (await check.look(clock.now())).map(({ kind }) => kind)
  const day0 = clock.now()
  await send(1, 'a scan')
  work.start()
  await clock.advance(11 * 60_000)
  t.equal(await count('retention_runs'), 1)
  t.same(await raised(), [])
  const before = await count('letters')

  clock.jump(11 * year)
  await send(2)
  await clock.advance(11 * 60_000)
  t.equal(await count('retention_runs'), 1, 'what came since proves nothing: it has the same clock')
  t.equal(await count('letters'), before + 1, 'nothing was removed')
  t.same(await database.committed.all('SELECT id FROM sources WHERE purged_at IS NOT NULL'), [])
  t.same(await raised(), ['retention'])

  clock.jump(day0 + day + 3_600_000 - clock.now())
  await clock.advance(11 * 60_000)
  t.equal(await count('retention_runs'), 2, 'the clock is right again')
  t.same(await raised(), [])

  await runRetention({ ...parts(), clock: later(clock, 5 * year) }, 'somchai', async () => true)
  t.equal(await count('retention_runs'), 3, 'a person says so')
  clock.jump(day)
  await clock.advance(11 * 60_000)
  t.equal(await count('retention_runs'), 4, 'a run of the future is not the last one')
  await clock.advance(11 * 60_000)
  t.equal(await count('retention_runs'), 4, 'and makes no run due at each look')

  clock.jump(31 * day)
  await clock.advance(11 * 60_000)
  t.equal(await count('retention_runs'), 4, 'it stood still for long')
  t.same(await raised(), ['retention'])
  await runRetention(parts(), 'somchai', async () => true)
  t.same(await raised(), [], 'a person ran it once')
  clock.jump(day)
  await clock.advance(11 * 60_000)
  t.equal(await count('retention_runs'), 6, 'and it goes on by itself')
  await work.stop()
  t.same(failures, [])
})

t.test('a clock that is not the one of the journal’s server', async (t) => {
  const { clock, database, parts, count } = await opened(t, true)
  let there = clock.now() - 2 * day
  const distant: Database = {
    committed: database.committed,
    write: (work, by) => database.write(work, by),
    ...{ unsafe: () => database.unsafe(), close: () => database.close(), serverTime: async () => there },
  }
  await database.write((transaction) => recordEvent(transaction, clock.now(), 'gateway.founded', {}))
  const work = retentionWork({
    ...parts(),
    ...{ database: distant, settings: usualRetention(), failed: (_work, error) => t.error(error) },
  })
  work.start()
  await clock.advance(11 * 60_000)
  t.equal(await count('retention_runs'), 0)
  t.equal((await retentionCheck(distant).look(clock.now())).length, 1)
  there = clock.now() + day / 2
  await clock.advance(11 * 60_000)
  t.equal(await count('retention_runs'), 1)
  t.equal((await retentionCheck(distant).look(clock.now())).length, 0)
  await work.stop()
})

t.test('no run ends for two days', async (t) => {
  const { clock, database, parts } = await opened(t, true)
  const check = retentionCheck(database)
  await runRetention(parts(), 'timer', async () => true)
  clock.jump(3 * day)
  t.same(await check.look(clock.now()), [], 'a gateway that has just begun runs it first')
  clock.jump(2 * 3_600_000)
  const [found] = await check.look(clock.now())
  t.match(found, { kind: 'retention', subject: 'retention', level: 1 })
  const shown = alarmProblem('retention', 'retention', found?.facts ?? {})
  t.match(shown && messageOf(shown), /no run of the retention has ended since \d{4}-/)
  await runRetention(parts(), 'timer', async () => true)
  t.same(await check.look(clock.now()), [])
})

/** A clock that is so far ahead of another. */
const later = (clock: HandClock, ahead: number): Clock => ({
  now: () => clock.now() + ahead,
  elapsed: () => clock.elapsed(),
  schedule: (at, work) => clock.schedule(at - ahead, work),
})
