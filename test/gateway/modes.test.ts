// In which way what is open is brought, after profiles have changed.
import t, { type Test } from 'tap'
import { Modes } from '../../src/gateway/installation/modes.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import type { Mode } from '../../src/gateway/journal/deliveries.ts'
import {
  chiangMai,
  HandClock,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  ScriptedAdapter,
  scratch,
  soon,
  source,
  systemOf,
} from './harness.ts'

const trust = await makeTrust([chiangMai, moi])

/** A letter for the ministry that is open, and whose profile says `poll`. */
async function open(t: Test, others?: Mode) {
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const gateway = await openGateway(scratch(t), trust, [province, new ScriptedAdapter(moi)], clock)
  t.after(() => gateway.close())
  const { desk } = gateway
  province.items = [letterItem(plainLetter())]
  await take(desk, systemOf(province), source('one'), (each) => province.read(each))
  const modes = new Modes({
    ...{ database: desk.database, clock },
    adapters: new Map([[moi, new ScriptedAdapter(moi, { polls: true })]]),
    agrees: (_office, mode) => others === undefined || others === mode,
    failed: (error) => t.fail(String(error)),
  })
  t.after(() => modes.stop())
  const mode = async () =>
    (await desk.database.committed.one<{ mode: Mode }>('SELECT mode FROM deliveries'))?.mode
  return { clock, modes, mode, desk }
}

t.test('what was being written when the profile changed is brought in the new way too', async (t) => {
  const { clock, modes, mode, desk } = await open(t)
  t.equal(await mode(), 'push')
  modes.changed()
  await soon(async () => (await mode()) === 'poll')
  t.equal(await mode(), 'poll')
  // As a write does that had asked for the mode before, and is committed now.
  await desk.database.write((transaction) => transaction.run("UPDATE deliveries SET mode = 'push'"))
  await clock.advance(61_000)
  await soon(async () => (await mode()) === 'poll')
  t.equal(await mode(), 'poll')
})

t.test('while another gateway brings it in another way it stays; stopped, nothing is written', async (t) => {
  const { modes, mode } = await open(t, 'push')
  await modes.write()
  t.equal(await mode(), 'push')
  const stopped = await open(t)
  stopped.modes.changed()
  await soon(async () => (await stopped.mode()) === 'poll')
  stopped.modes.stop()
  await stopped.desk.database.write((transaction) => transaction.run("UPDATE deliveries SET mode = 'push'"))
  await stopped.clock.advance(61_000)
  t.equal(await stopped.mode(), 'push')
})
