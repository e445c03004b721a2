// A PostgreSQL with two standbys of which one may be away (`ANY 1 (*)`), as docs/operate says it: what was acknowledged is on the
// one that has come furthest, and only there for sure.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { type Database, JournalUnavailable } from '../../src/gateway/journal/database.ts'
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import type { Standby } from '../../src/sandbox/servers/database.ts'
import { soon } from './harness.ts'
import { insert, names, postgresqlStage } from './postgresql-stage.ts'

const stage = await postgresqlStage(t)

/** How far a server has come that nobody has promoted: docs/operate. */
const position = `SELECT GREATEST(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0' AS at`

/** Writes on four lines, as fast as it goes; what was acknowledged is kept. */
function writing(database: Database) {
  const acknowledged = new Set<string>()
  let going = true
  const lines = [1, 2, 3, 4].map(async (line) => {
    for (let count = 0; going; count += 1) {
      const name = `${line}-${count}`
      try {
        await database.write((transaction) => transaction.run(insert, 0, name), 'rows')
        acknowledged.add(name)
      } catch (error) {
        if (!(error instanceof JournalUnavailable)) throw error
        await pause(50)
      }
    }
  })
  return {
    acknowledged,
    async more(count: number): Promise<void> {
      const wanted = acknowledged.size + count
      await soon(() => acknowledged.size >= wanted)
      if (acknowledged.size < wanted) throw new Error('nothing is acknowledged any more')
    },
    end: async () => {
      going = false
      await Promise.all(lines)
    },
  }
}

const { crash, standby } = stage ?? {}
if (stage === undefined || crash === undefined || standby === undefined)
  t.pass('the server is not ours to kill', { skip: 'no server of our own' })
else
  t.test(
    'failover with two standbys loses nothing that was acknowledged',
    { timeout: 600_000 },
    async (t) => {
      const { database, ask, at } = await stage.opened(t)
      const one = await standby(t, 'one')
      const two = await standby(t, 'two')
      const streaming = async (count: number): Promise<boolean> =>
        (await ask(`SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'`)).length === count
      await soon(() => streaming(2))
      t.ok(await streaming(2), 'both follow')
      await ask(`ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'`)
      await ask('SELECT pg_reload_conf()')

      const writer = writing(database)
      await writer.more(50)
      await two.end()
      await writer.more(50)
      t.pass('one may be away')

      const { acknowledged } = writer
      await crash(async () => {
        await writer.end()
        // Back again, and behind: of what was written while it was away it has nothing.
        await two.begin()
        const come = async (of: Standby): Promise<number> => Number((await of.ask(position))[0]?.['at'])
        t.ok((await come(one)) > (await come(two)), 'its position tells which has come further')

        await one.ask('SELECT pg_promote()')
        await one.ask(`ALTER SYSTEM SET synchronous_standby_names = ''`)
        await one.ask('SELECT pg_reload_conf()')
        const after = await openPostgresql({ ...at, port: one.port })
        const kept = new Set((await after.committed.all<{ name: string }>(names)).map(({ name }) => name))
        t.same(
          [...acknowledged].filter((name) => !kept.has(name)),
          [],
          'all that was acknowledged is there',
        )

        const behind = await two.ask(names, at.database)
        t.ok(behind.length <= acknowledged.size - 40, `on the other one it is not: ${behind.length}`)
        await one.ask(`SELECT pg_create_physical_replication_slot('two')`)
        await two.follow(one)
        await one.ask(`ALTER SYSTEM SET synchronous_standby_names = '*'`)
        await one.ask('SELECT pg_reload_conf()')
        const again = writing(after)
        await again.more(20)
        await again.end()
        t.pass('the other one follows it, and is enough')
        await after.close()
      })
    },
  )
