// An adapter that does not return: its attempt is over all the same, holds up nobody but its own delivery, and doubles nothing when it wakes.
import t from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { attemptsOf } from '../../src/gateway/journal/attempts.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { mustBe, office } from '../letter/arbitrary.ts'
import { hour, open, receiptFrom, second, type World } from './delivery-stage.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  rest,
  ScriptedAdapter,
  scratch,
  source,
  systemOf,
  until,
} from './harness.ts'

const minute = 60 * second
/** Half an hour for an attempt, half a minute for it to end. */
const whole = 30 * minute + 30 * second

const letterTo = (number: number, to: OfficeId): Letter =>
  plainLetter({
    number: mustBe(readLetterNumber(`ชม 0017.3/${number}`)).number,
    to: { ...plainLetter().to, offices: [to] },
  })

/** The ministry says nothing, until it wakes. */
async function silent(t: Parameters<typeof scratch>[0]) {
  const world = await open(t)
  const { clock, ministry, gateway } = world
  // What hangs keeps the queue at work for as long as its attempt may take.
  clock.busy = () => false
  const waking: ((outcome: Outcome) => void)[] = []
  const usual = ministry.answer
  ministry.answer = () => new Promise<Outcome>((resolve) => void waking.push(resolve))
  const deliveryOf = async (id: MessageId) => {
    const [delivery] = await deliveriesOfMessage(gateway.desk.database.committed, id)
    if (delivery === undefined) throw new Error('no delivery')
    return delivery
  }
  return {
    ...world,
    deliveryOf,
    wakes: (outcome: Outcome) => void waking.shift()?.(outcome),
    /** From now on the ministry answers. */
    speaks: () => {
      ministry.answer = usual
    },
    outcomes: async (id: MessageId) =>
      (await attemptsOf(gateway.desk.database.committed, (await deliveryOf(id)).id)).map(
        ({ outcome }) => outcome,
      ),
    hanging: () =>
      gateway.present.troubles().map(({ subject, what, facts }) => [subject, what, facts['office']]),
  }
}

t.test(
  'is over half a minute after it was broken off, and its delivery alone waits for its return',
  async (t) => {
    const { clock, gateway, ministry, send, stateOf, deliveryOf, outcomes, hanging, wakes, speaks } =
      await silent(t)
    const id = await send()
    await until(() => ministry.brought.length === 1, 'it is being brought')
    await clock.advance(whole - second)
    t.equal((await deliveryOf(id)).state, 'sending')
    t.same(hanging(), [])
    await clock.advance(2 * second)
    t.equal((await deliveryOf(id)).state, 'unknown')
    t.same(await outcomes(id), ['unknown'])
    t.same(hanging(), [['system-moi', 'attempt hangs', 'moi']])
    t.ok(gateway.underWay.hangs(), 'so that another gateway leads')
    gateway.underWay.heard('system-moi')
    gateway.underWay.look()
    t.same(hanging().length, 1, 'that a letter came from there says nothing of it')

    speaks()
    await clock.advance(2 * hour)
    t.equal(ministry.brought.length, 1, 'while it may wake there is no other attempt')
    const other = await send(letterTo(2, moi))
    await until(async () => (await stateOf(other)) === 'delivered', 'what comes after it is brought')
    await until(() => gateway.queue.atWork() === 0, 'no worker is held')

    const [parcel] = ministry.brought
    wakes({ kind: 'taken', reply: receiptFrom(clock, parcel!) })
    await until(async () => (await stateOf(id)) === 'delivered', 'what it says late proves that it is there')
    t.same(await outcomes(id), ['taken'])
    t.same([hanging(), gateway.underWay.hangs()], [[], false])
    await clock.advance(2 * hour)
    t.equal(ministry.brought.length, 2, 'each once')
    t.same(gateway.failures, [])
  },
)

t.test('what it says late counts only where it proves something; then it is tried again', async (t) => {
  for (const late of [
    { kind: 'unknown', said: 'the line was lost' },
    { kind: 'unavailable', said: 'not now' },
    { kind: 'taken', reply: Buffer.from('no receipt') },
  ] satisfies Outcome[]) {
    const { clock, ministry, send, stateOf, outcomes, wakes, speaks } = await silent(t)
    const id = await send()
    await until(() => ministry.brought.length === 1, 'it is being brought')
    await clock.advance(whole + second)
    wakes(late)
    await rest()
    t.same(await outcomes(id), ['unknown'])
    speaks()
    await clock.advance(2 * hour)
    t.equal(await stateOf(id), 'delivered')
    t.same(await outcomes(id), ['unknown', 'taken'])
    t.ok(ministry.brought[1]?.mayHaveArrived)
  }
})

t.test('what had recorded nothing hands nothing over when it wakes', async (t) => {
  const { clock, gateway, ministry, send, deliveryOf, outcomes, speaks } = await silent(t)
  let connect: (() => void) | undefined
  ministry.connected = () =>
    new Promise((resolve) => {
      connect = resolve
    })
  const id = await send()
  await until(() => connect !== undefined, 'it is being connected to')
  await clock.advance(whole + second)
  t.equal((await deliveryOf(id)).state, 'due')
  t.same(await outcomes(id), ['unavailable'])
  speaks()
  ministry.connected = async () => undefined
  connect?.()
  await rest()
  t.same([ministry.brought.length, gateway.failures.length], [0, 0])
  t.same(await outcomes(id), ['unavailable'])
  await clock.advance(2 * hour)
  t.same(await outcomes(id), ['unavailable', 'taken'])
  t.equal(ministry.brought.length, 1)
})

t.test('what is being recorded at the moment at which it is let go is not handed over', async (t) => {
  const [province, ministry] = [new ScriptedAdapter(chiangMai), new ScriptedAdapter(moi)]
  const trust = await makeTrust([chiangMai, moi])
  const clock = new HandClock()
  let held: Promise<void> = Promise.resolve()
  const gateway = await openGateway(scratch(t), trust, [province, ministry], clock, (database) => ({
    committed: database.committed,
    write: async (work, by) => {
      const before = held
      const written = await database.write(work, by)
      // It is committed, and nobody has heard of it yet.
      await before
      return written
    },
    unsafe: () => database.unsafe(),
    close: () => database.close(),
  }))
  t.after(() => gateway.close())
  clock.busy = () => false
  await gateway.dispatch.start()
  let connect: (() => void) | undefined
  ministry.connected = () =>
    new Promise((resolve) => {
      connect = resolve
    })
  province.items = [letterItem(letterTo(1, moi))]
  await take(gateway.desk, systemOf(province), source('1'), (each) => province.read(each))
  await until(() => connect !== undefined, 'it is being connected to')
  ministry.connected = async () => undefined
  await clock.advance(30 * minute + second)
  let hear: () => void = () => undefined
  held = new Promise((resolve) => {
    hear = resolve
  })
  connect?.()
  await rest()
  const states = async () =>
    (
      await gateway.desk.database.committed.all<{ state: string }>(
        'SELECT state FROM deliveries WHERE office = ?',
        'moi',
      )
    ).map(({ state }) => state)
  t.same(await states(), ['sending'])
  await clock.advance(30 * second)
  hear()
  held = Promise.resolve()
  await rest()
  t.same([await states(), ministry.brought.length], [['due'], 0])
  // So that nothing is under way at the end.
  await clock.advance(hour)
})

t.test('four offices that say nothing have all workers for half an hour, and not for ever', async (t) => {
  const dead = ['51', '52', '53', '54'].map((id) => office(id))
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const living = new ScriptedAdapter(chiangRai)
  const systems = dead.map((id) => new ScriptedAdapter(id))
  let wake: () => void = () => undefined
  const woken = new Promise<Outcome>((resolve) => {
    wake = () => resolve({ kind: 'unavailable', said: 'not now' })
  })
  for (const system of systems) system.answer = () => woken
  const trust = await makeTrust([chiangMai, chiangRai, ...dead])
  const gateway = await openGateway(scratch(t), trust, [province, living, ...systems], clock)
  t.after(() => gateway.close())
  clock.busy = () => false
  await gateway.dispatch.start()
  let count = 0
  const send = async (to: OfficeId): Promise<void> => {
    count += 1
    province.items = [letterItem(letterTo(count, to))]
    await take(gateway.desk, systemOf(province), source(String(count)), (each) => province.read(each))
  }
  for (const id of dead) for (let each = 0; each < 9; each += 1) await send(id)
  await until(() => gateway.queue.atWork() === 32, 'all workers are at the dead ones')
  await send(chiangRai)
  await rest()
  t.equal(living.brought.length, 0)
  await clock.advance(whole + second)
  await until(() => living.brought.length === 1, 'the living one is brought its letter')
  wake()
  t.same(gateway.failures, [])
})

/** Whether something is over by then; without it the test would wait with it. */
async function isOver({ clock }: Pick<World, 'clock'>, work: Promise<void>, by: number): Promise<boolean> {
  let over = false
  void work.then(() => {
    over = true
  })
  await clock.advance(by)
  await rest()
  return over
}

t.test('a pause of its office and a stop end half a minute after they have broken it off', async (t) => {
  const world = await silent(t)
  const { gateway, ministry, send, wakes, deliveryOf, speaks, outcomes, clock } = world
  const id = await send()
  await until(() => ministry.brought.length === 1, 'it is being brought')
  const pausing = gateway.dispatch.pause(moi, 30 * second)
  t.notOk(await isOver(world, pausing, 59 * second))
  t.ok(await isOver(world, pausing, 2 * second))
  t.equal((await deliveryOf(id)).state, 'unknown')
  t.ok(
    await isOver(world, gateway.dispatch.pause(moi, 30 * second), 0),
    'who comes then does not wait for it',
  )
  speaks()
  await gateway.dispatch.resume(moi)
  await clock.advance(2 * hour)
  t.equal(ministry.brought.length, 1, 'not by the adapter that comes after it either')

  ministry.answer = () => new Promise(() => undefined)
  await send(letterTo(2, moi))
  await until(() => ministry.brought.length === 2, 'another hangs')
  const stopping = gateway.dispatch.stop(10 * second)
  t.notOk(await isOver(world, stopping, 39 * second))
  t.ok(await isOver(world, stopping, 2 * second))
  wakes({ kind: 'unknown', said: 'late' })
  await rest()
  t.same(await outcomes(id), ['unknown'])
})
