import t from 'tap'
import { type Database, JournalUnavailable } from '../../src/gateway/journal/database.ts'
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import { isConnectionBroken } from '../../src/gateway/journal/postgresql-connection.ts'
import { proxyTo } from '../../src/sandbox/servers/proxy.ts'
import { soon, start, until } from './harness.ts'
import { insert, names, postgresqlStage } from './postgresql-stage.ts'

t.test('the journal on a PostgreSQL that breaks', { timeout: 600_000 }, async (t) => {
  const stage = await postgresqlStage(t)
  if (stage === undefined) return
  const { opened, crash } = stage

  /** What `database` is asked at this moment: ended with its connection, or by itself as when its time has run out. */
  const meet = (ask: (sql: string, values?: readonly unknown[]) => Promise<unknown[]>, words: string) => {
    const which = `FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE $1`
    const every = (act: string) => async () =>
      (await ask(`SELECT ${act}(pid) ${which}`, [`%${words}%`])).length > 0
    return {
      cut: () => soon(every('pg_terminate_backend')),
      outOfTime: () => soon(every('pg_cancel_backend')),
    }
  }

  await t.test(
    'a read is asked again where its connection broke, and not where its time ran out',
    async (t) => {
      const { ask, database } = await opened(t)
      const read = (seconds: number) =>
        database.committed.one(`SELECT pg_backend_pid() AS pid, pg_sleep(${seconds})`)
      const asking = async () =>
        (
          await ask(
            "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep%'",
          )
        ).map(({ pid }) => Number(pid))
      const { cut, outOfTime } = meet(ask, 'pg_sleep')
      const late = t.rejects(read(25), { name: 'JournalUnavailable', cause: { code: '57014' } })
      await outOfTime()
      await late
      t.same(await asking(), [], 'not asked again')
      const again = read(10)
      await soon(async () => (await asking()).length > 0)
      const [first] = await asking()
      await cut()
      const answer = (await again) as { pid: number }
      t.ok(first !== undefined && answer.pid !== first, 'asked by another connection')
      for (const [said, broken] of [
        ['Connection terminated unexpectedly', true],
        ['Client has encountered a connection error and is not queryable', true],
        ['Query read timeout', false],
        ['timeout expired', false],
      ] as const)
        t.equal(isConnectionBroken(new JournalUnavailable('x', { cause: new Error(said) })), broken, said)
    },
  )

  await t.test('a commit whose time runs out, or whose answer is lost, is never run again', async (t) => {
    const { at, ask, database } = await opened(t)
    await ask(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.name = 'slow') EXECUTE FUNCTION slow()`)
    let runs = 0
    const writeOn = (journal: Database, name: string) => {
      runs = 0
      return journal.write((transaction) => {
        runs += 1
        return transaction.run(insert, start, name)
      })
    }
    const late = t.rejects(writeOn(database, 'slow'), {
      name: 'JournalUnavailable',
      cause: { code: '57014' },
    })
    await meet(ask, 'COMMIT').outOfTime()
    await late
    t.same([runs, await database.committed.all(names)], [1, []], 'the server kept nothing of it')

    const wire = await proxyTo(at.host, at.port)
    t.after(() => wire.stop())
    const behind = await openPostgresql({ ...at, host: '127.0.0.1', port: wire.port })
    t.after(() => behind.close())
    wire.cut({ when: 'answered', words: 'COMMIT' })
    await t.rejects(writeOn(behind, 'kept'), JournalUnavailable, 'nobody can say whether it was kept')
    t.equal(runs, 1)
    await soon(async () => (await database.committed.all(names)).length > 0)
    t.same(await behind.committed.all(names), [{ name: 'kept' }], 'it was, once')
  })

  if (crash !== undefined) {
    await t.test('the server dies: nothing is promised, and the journal goes on with it', async (t) => {
      const { database } = await opened(t)
      await database.write((transaction) => transaction.run(insert, start, 'before'))
      let reached: () => void = () => undefined
      const within = new Promise<void>((resolve) => (reached = resolve))
      const cut = database.write(async (transaction) => {
        await transaction.run(insert, start, 'cut')
        reached()
        await transaction.one('SELECT pg_sleep(20)')
      })
      const rejected = t.rejects(cut, JournalUnavailable)
      await within
      await crash()
      await rejected
      await until(
        () =>
          database
            .write((transaction) => transaction.run(insert, start, 'after'))
            .then(
              () => true,
              () => false,
            ),
        'written again',
      )
      t.same(await database.committed.all(names), [{ name: 'before' }, { name: 'after' }])
    })
  }
})
