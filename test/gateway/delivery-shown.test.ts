// What a system that polls was shown it may have, whatever became of the letter before: a recall is told to it.
import t, { type Test } from 'tap'
import { headFor, settlePolled, showAgain } from '../../src/gateway/delivery/polled.ts'
import { attemptsOf } from '../../src/gateway/journal/attempts.ts'
import { deliveriesOfMessage, type Mode, setModes } from '../../src/gateway/journal/deliveries.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { away, contentOf, openWorld, refusal, taken } from './correspondents.ts'
import { chiangMai, chiangRai, makeTrust, moi, plainLetter } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const letter = plainLetter({ to: { offices: [chiangRai] } })
const polled = { office: chiangRai, receipts: false }

async function begin(t: Parameters<typeof openWorld>[0]) {
  const world = await openWorld(t, trust)
  const { desk, committed, neighbour } = world
  neighbour.answer = () => away
  const deliveryOf = async (id: MessageId) => (await deliveriesOfMessage(committed, id))[0]!
  return {
    ...world,
    deliveryOf,
    outcomesOf: async (id: MessageId) =>
      (await attemptsOf(committed, (await deliveryOf(id)).id)).map(({ outcome }) => outcome),
    turn: (mode: Mode) => desk.database.write((transaction) => setModes(transaction, [[chiangRai, mode]])),
    show: async () => (await headFor(desk, polled))!.id,
    settle: (id: string, outcome: typeof taken | typeof refusal) => settlePolled(desk, polled, id, outcome),
  }
}
type World = Awaited<ReturnType<typeof begin>>

/** What its system is brought from now on, where it takes it. */
async function broughtNow({ neighbour, clock }: World, act: () => unknown = () => undefined) {
  neighbour.answer = () => taken
  const before = neighbour.brought.length
  await act()
  await clock.advance(600_000)
  return neighbour.brought.slice(before).map(contentOf)
}

/** The letter is recalled while its system keeps what it was shown, which says so only then. */
async function recalledAloud(t: Test, world: World, id: MessageId): Promise<void> {
  const { province, say, settle, deliveryOf } = world
  await say(province, 'recall', id)
  const delivery = await deliveryOf(id)
  t.equal(delivery.state, 'due', 'it has it')
  const brought = await broughtNow(world, async () => t.equal(await settle(delivery.id, taken), true))
  t.same(brought, ['recall'])
}

t.test('refused at the door, brought again by a person, and shown', async (t) => {
  const world = await begin(t)
  const id = await world.send(letter)
  await world.turn('poll')
  const shown = await world.show()
  await world.settle(shown, refusal)
  await world.retry(id, [chiangRai])
  t.equal(await world.show(), shown)
  t.same((await world.outcomesOf(id)).slice(-2), ['refused', 'given-out'])
  return recalledAloud(t, world, id)
})

t.test('pushed in vain, and shown when its system polls', async (t) => {
  const world = await begin(t)
  const id = await world.send(letter)
  await world.clock.advance(60_000)
  await world.turn('poll')
  await world.show()
  await world.show()
  const outcomes = await world.outcomesOf(id)
  t.same([...new Set(outcomes)], ['unavailable', 'given-out'])
  t.equal(outcomes.filter((outcome) => outcome === 'given-out').length, 1, 'shown again is no news')
  return recalledAloud(t, world, id)
})

t.test('shown out of its turn after it was refused', async (t) => {
  const world = await begin(t)
  const id = await world.send(letter)
  await world.turn('poll')
  const shown = await world.show()
  await world.settle(shown, refusal)
  t.equal(await showAgain(world.desk, chiangRai, shown), true)
  await world.say(world.province, 'recall', id)
  t.same(await broughtNow(world), ['recall'])
})

t.test('what was shown is no less there when its office is called again', async (t) => {
  const world = await begin(t)
  const id = await world.send(letter)
  await world.turn('poll')
  await world.settle(await world.show(), refusal)
  await world.retry(id, [chiangRai])
  await world.show()
  await world.turn('push')
  await world.say(world.province, 'recall', id)
  t.same(await broughtNow(world), ['letter', 'recall'])
})

t.test('a refusal after a lost answer leaves the attempt that may have brought it', async (t) => {
  const world = await begin(t)
  world.neighbour.answer = () => ({ kind: 'unknown', said: 'socket hang up' })
  const id = await world.send(letter)
  await world.turn('poll')
  await world.settle(await world.show(), refusal)
  t.same(await world.outcomesOf(id), ['unknown', 'refused'])
})
