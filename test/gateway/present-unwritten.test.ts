// What is said once, while the journal is away: the journal has it when it is back, and so do the alarms.
import t from 'tap'
import { presentCheck } from '../../src/gateway/alarms/offices.ts'
import { Watch } from '../../src/gateway/alarms/watch.ts'
import { newId } from '../../src/gateway/desk.ts'
import { newestAlarms } from '../../src/gateway/journal/alarms.ts'
import { type Database, JournalUnavailable } from '../../src/gateway/journal/database.ts'
import { leaveMembers } from '../../src/gateway/journal/members.ts'
import { listPresent } from '../../src/gateway/journal/present.ts'
import { Present } from '../../src/gateway/present.ts'
import { chiangMai, chiangRai, HandClock, rest, scratch } from './harness.ts'
import { openJournal } from './journal-engine.ts'

t.test('a place that cannot be read, and one that can again, told while the journal is away', async (t) => {
  const clock = new HandClock()
  const journal = await openJournal(scratch(t))
  t.teardown(() => journal.close())
  let away = false
  let writes = 0
  const database: Database = {
    committed: journal.committed,
    unsafe: () => journal.unsafe(),
    close: () => journal.close(),
    write: async (work, by) => {
      writes += 1
      if (away) throw new JournalUnavailable('away')
      return journal.write(work, by)
    },
  }
  const failures: unknown[] = []
  const present = new Present(database, 'one', clock, (error) => void failures.push(error))
  await present.start()
  const watch = new Watch({
    ...{ database: journal, clock, quiet: 0, hooks: [], newId, told: () => undefined },
    checks: [presentCheck(journal.committed, 'unreadable', 0)],
    failed: (_work, error) => t.error(error),
  })
  const alarm = async () => {
    await watch.look()
    clock.jump(1)
    await watch.look()
    return (await newestAlarms(journal.committed, 1))[0]?.state
  }
  const report = async (event: string): Promise<void> => {
    present.reported('csv-50', event, { channel: 'send', path: '/x', reason: 'ENOENT' })
    await rest()
  }

  away = true
  await report('folder.unavailable')
  t.same(await listPresent(journal.committed, 'trouble'), [])
  await clock.advance(60_000)
  t.equal(failures.length, 1, 'told once')
  away = false
  await clock.advance(16_000)
  t.match(await listPresent(journal.committed, 'trouble'), [{ subject: 'csv-50', what: 'send' }])
  t.equal(await alarm(), 'raised')

  away = true
  await report('folder.available')
  present.breaker(chiangRai, clock.now())
  await rest()
  t.equal(failures.length, 2)
  t.equal(await alarm(), 'raised')
  away = false
  present.closed(chiangMai, clock.now())
  await rest()
  t.same(
    await listPresent(journal.committed, 'trouble'),
    [],
    'what could not be written goes with the next that can',
  )
  t.equal((await listPresent(journal.committed, 'breaker')).length, 1)
  t.equal(await alarm(), 'ended')

  const before = writes
  await clock.advance(120_000)
  t.equal(writes, before, 'and then there is nothing more to write')
  away = true
  await report('folder.unavailable')
  present.stop()
  away = false
  await clock.advance(120_000)
  t.same(await listPresent(journal.committed, 'trouble'), [], 'a gateway that stopped writes nothing')
})

t.test('a gateway that leaves ends its last word first, and says nothing behind it', async (t) => {
  const clock = new HandClock()
  const journal = await openJournal(scratch(t))
  t.teardown(() => journal.close())
  await journal.write((transaction) =>
    transaction.run("INSERT INTO members VALUES ('other', 'p', 'n', 'all', 0)"),
  )
  let held = Promise.resolve()
  const database: Database = {
    committed: journal.committed,
    unsafe: () => journal.unsafe(),
    close: () => journal.close(),
    write: async (work, by) => {
      await held
      return journal.write(work, by)
    },
  }
  const present = new Present(database, 'one', clock, (error) => void t.error(error))
  await present.start()
  let goOn: () => void = () => undefined
  held = new Promise((resolve) => {
    goOn = resolve
  })
  present.closed(chiangMai, clock.now())
  await rest()
  let stopped = false
  const stopping = Promise.resolve(present.stop()).then(() => {
    stopped = true
  })
  present.breaker(chiangRai, clock.now())
  await rest()
  t.notOk(stopped, 'its last word is not written yet')
  goOn()
  await stopping
  t.equal((await listPresent(journal.committed, 'closed')).length, 1)
  await journal.write((transaction) => leaveMembers(transaction, 'one'))
  await rest()
  for (const kind of ['closed', 'breaker'] as const) t.same(await listPresent(journal.committed, kind), [])
})
