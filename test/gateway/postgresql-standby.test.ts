// A PostgreSQL that waits for a standby that is not there: it answers everything, and no commit ends.
import t from 'tap'
import { findObstacles } from '../../src/gateway/http/obstacles.ts'
import { Membership, usualPace } from '../../src/gateway/membership.ts'
import { Present } from '../../src/gateway/present.ts'
import { HandClock, rest, scratch, start } from './harness.ts'
import { postgresqlStage } from './postgresql-stage.ts'

const second = 1000

const stage = await postgresqlStage(t)

if (stage?.crash === undefined) t.pass('the server is not ours to set', { skip: 'no server of our own' })
else
  t.test('a gateway is not ready while its journal commits nothing, and is again afterwards', async (t) => {
    const { database, ask } = await stage.opened(t)
    const clock = new HandClock()
    const unexpected = (error?: unknown): void => void t.fail(`not expected: ${error}`)
    const member = new Membership({
      ...{ database, clock, pace: usualPace, alone: false },
      member: { id: 'm1', place: 'here', name: 'one', role: 'all', joinedAt: start },
      ...{ superseded: unexpected, leading: () => undefined, changed: () => undefined, failed: unexpected },
    })
    await member.join({ sharing: true })
    const present = new Present(database, 'm1', clock, unexpected)
    const folder = scratch(t)
    const obstacles = async () =>
      (await findObstacles(database, folder, present, () => member.silentFor())).ofAll
    const waitsFor = async (standby: string): Promise<void> => {
      await ask(`ALTER SYSTEM SET synchronous_standby_names = '${standby}'`)
      await ask('SELECT pg_reload_conf()')
    }
    /** Time goes on until it is so. */
    const until = async (so: () => Promise<boolean>): Promise<void> => {
      for (let round = 0; round < 500 && !(await so()); round += 1) {
        await clock.advance(second / 10)
        await rest(2)
      }
      t.ok(await so())
    }
    const waits = async (): Promise<boolean> =>
      (await ask("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")).length > 0

    await clock.advance(3 * second)
    await rest(2)
    t.same(await obstacles(), [])

    await waitsFor('away')
    await until(waits)
    t.same(await obstacles(), [], 'a beat may be late')
    await clock.advance(16 * second)
    t.match(await obstacles(), [/^the journal has committed nothing for 1\d seconds: .* standby/])

    await waitsFor('')
    await until(async () => member.silentFor() === 0)
    t.same(await obstacles(), [])
    await member.leave()
  })
