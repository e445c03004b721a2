// In which way what is open is brought, after profiles have changed.
import t, { type Test } from 'tap'
import { headFor, settlePolled } from '../../src/gateway/delivery/polled.ts'
import { resend } from '../../src/gateway/delivery/resend.ts'
import { Modes } from '../../src/gateway/installation/modes.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import type { Mode } from '../../src/gateway/journal/deliveries.ts'
import { refusal } from './correspondents.ts'
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

t.test(
  'what was refused before its profile changed, and is brought again, is brought in the new way',
  async (t) => {
    const clock = new HandClock()
    const [province, ministry] = [new ScriptedAdapter(chiangMai), new ScriptedAdapter(moi)]
    ministry.answer = () => refusal
    const folder = scratch(t)
    const gateway = await openGateway(folder, trust, [province, ministry], clock)
    const { desk } = gateway
    const { database } = desk
    await gateway.dispatch.start()
    t.after(() => gateway.close())
    province.items = [letterItem(plainLetter())]
    const [became] = await take(desk, systemOf(province), source('one'), (each) => province.read(each))
    await clock.advance(1_000)
    const messageId = became?.kind === 'taken' ? became.messageId : undefined
    if (messageId === undefined) throw new Error('not taken')
    const modes = (polls: boolean) =>
      new Modes({
        ...{ database, clock, agrees: () => true, failed: (error) => t.fail(String(error)) },
        adapters: new Map([[moi, polls ? new ScriptedAdapter(moi, { polls }) : ministry]]),
      })
    const again = async () => {
      const order = {
        messageId,
        recipients: [moi],
        by: 'somchai',
        why: 'the profile is mended',
        at: clock.now(),
      }
      return (await resend(database, order)).map(({ delivery }) => delivery.mode)
    }
    await modes(true).write()
    t.same(await again(), ['poll'])
    const polled = { office: moi, receipts: false }
    const shown = await headFor(desk, polled)
    t.equal(shown?.envelope.messageId, messageId, 'its system is shown it')
    t.ok(await settlePolled(desk, polled, shown?.id ?? '', refusal), 'and refuses it again')
    await modes(false).write()
    t.same(await again(), ['push'])
    ministry.answer = () => ({ kind: 'taken' })
    await clock.advance(20_000)
    t.equal(ministry.brought.length, 2, 'it is brought')
    t.equal(await headFor(desk, polled), undefined, 'and not shown any more')
  },
)
