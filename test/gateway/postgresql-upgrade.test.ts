// A journal on PostgreSQL that an older version wrote, opened by this one: a large one, and one that others are writing into.
import pg from 'pg'
import t from 'tap'
import { migrationSql, schemaVersion } from '../../src/gateway/journal/migrations.ts'
import { openJournal } from '../../src/gateway/journal/place.ts'
import { besidePostgresql, openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import { waitOf } from '../../src/gateway/journal/wait.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { HandClock, soon, until } from './harness.ts'
import { type PostgresqlStage, postgresqlStage } from './postgresql-stage.ts'

/** Before the step that makes the indices of what is open anew. */
const beforeIndices = Array.from({ length: schemaVersion }, (_, step) =>
  migrationSql(step, 'postgresql'),
).findIndex((step) => step.includes('deliveries_sending'))

/** A journal as a version of before wrote it. */
async function old({ fresh }: PostgresqlStage, version = beforeIndices) {
  const { at, ask } = await fresh()
  const steps = Array.from({ length: version }, (_, step) => migrationSql(step, 'postgresql'))
  await ask(`SET ROLE ${at.user}; ${steps.join(';')};
    CREATE TABLE schema_version (version INTEGER PRIMARY KEY); INSERT INTO schema_version VALUES (${version})`)
  const isWaitedFor = async (): Promise<boolean> =>
    (
      await ask(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
      )
    ).length > 0
  const versionNow = async (): Promise<number> =>
    Number((await ask('SELECT MAX(version) AS version FROM schema_version'))[0]?.['version'])
  return { at, ask, version, isWaitedFor, versionNow }
}

t.test('a journal of an older version', { timeout: 600_000 }, async (t) => {
  const stage = await postgresqlStage(t)
  if (stage === undefined) return

  await t.test('a step that lasts longer than any silence ends', async (t) => {
    const { at, ask, version, versionNow } = await old(stage)
    await ask(`CREATE SEQUENCE turns;
      CREATE FUNCTION large() RETURNS event_trigger LANGUAGE plpgsql AS
      $$ BEGIN IF nextval('turns') = 1 THEN PERFORM pg_sleep(2.5); END IF; END $$;
      CREATE EVENT TRIGGER large ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION large()`)
    const told: unknown[] = []
    const database = await openPostgresql(
      { ...at, silence: 1_000 },
      { begins: (...versions) => void told.push(versions), brokenOff: () => t.fail('it was broken off') },
    )
    await database.close()
    t.equal(await versionNow(), schemaVersion)
    t.same(told, [[version, schemaVersion]])
  })

  await t.test(
    'a start that is asked to end in the middle of a step ends, and the next one goes on',
    async (t) => {
      const { at, ask, version, versionNow } = await old(stage, beforeIndices - 1)
      await ask(`CREATE SEQUENCE turns;
      CREATE FUNCTION large() RETURNS event_trigger LANGUAGE plpgsql AS
      $$ BEGIN IF nextval('turns') = 2 THEN PERFORM pg_sleep(3600); END IF; END $$;
      CREATE EVENT TRIGGER large ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION large()`)
      const asked = new AbortController()
      const told: unknown[] = []
      const upgrade = {
        begins: (...versions: unknown[]) => void told.push(['begins', ...versions]),
        brokenOff: (...versions: unknown[]) => void told.push(['broken off', ...versions]),
        ended: asked.signal,
      }
      const opening = openJournal({ kind: 'postgresql', at }, undefined, upgrade)
      const sleeping = async (): Promise<boolean> =>
        (
          await ask(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
          )
        ).length > 0
      await soon(sleeping)
      asked.abort()
      await t.rejects(opening, { name: 'AbortError' })
      t.notOk(await sleeping(), 'the server has ended the step, and holds nothing that others wait for')
      t.equal(await versionNow(), version + 1, 'the step before it is done')
      t.same(told, [
        ['begins', version, schemaVersion],
        ['broken off', version + 1, schemaVersion],
      ])
      await mustBe(
        await openJournal({ kind: 'postgresql', at }, undefined, { ...upgrade, ended: undefined }),
      ).close()
      t.equal(await versionNow(), schemaVersion)
      t.same(told.at(-1), ['begins', version + 1, schemaVersion])
    },
  )

  await t.test('what an older gateway is writing is written, and nobody is the victim', async (t) => {
    const { at, isWaitedFor, versionNow } = await old(stage)
    const older = besidePostgresql(at)
    t.teardown(() => older.close())
    let opening: ReturnType<typeof openPostgresql> | undefined
    let runs = 0
    await older.write(async (transaction) => {
      runs += 1
      await transaction.run('UPDATE deliveries SET open = open')
      opening ??= openPostgresql(at)
      opening.catch(() => undefined)
      await soon(isWaitedFor)
      await transaction.run('UPDATE notices SET kind = kind')
    })
    t.equal(runs, 1)
    await (await opening)?.close()
    t.equal(await versionNow(), schemaVersion)
  })

  await t.test(
    'while one is frozen in the middle of a write the others go on, and it is tried again',
    async (t) => {
      const { at, versionNow } = await old(stage)
      const { host, port, database: name, user, password } = at
      const frozen = new pg.Client({ host, port, database: name, user, ...(password && { password }) })
      await frozen.connect()
      t.teardown(() => frozen.end())
      await frozen.query('BEGIN; LOCK TABLE schema_version IN ROW SHARE MODE')
      const clock = new HandClock()
      const told: string[] = []
      const wait = waitOf({
        clock,
        here: () => void told.push('here'),
        away: (reason) => void told.push(reason),
      })
      const opened = openJournal({ kind: 'postgresql', at }, wait)
      await soon(() => told.length > 0)
      t.match(told, [/lock timeout/])
      const older = besidePostgresql(at)
      await older.write((transaction) => transaction.run('UPDATE notices SET kind = kind'))
      await older.close()
      t.equal(await versionNow(), beforeIndices)
      await frozen.query('COMMIT')
      let database: Awaited<typeof opened> | undefined
      void opened.then((found) => {
        database = found
      })
      await until(async () => {
        await clock.advance(1_000)
        return database !== undefined
      }, 'opened')
      await mustBe(await opened).close()
      t.equal(told.at(-1), 'here')
      t.equal(await versionNow(), schemaVersion)
    },
  )
})
