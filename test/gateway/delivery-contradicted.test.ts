// An answer is lost, and a later copy of the letter is refused: what its recipient says of the letter counts, and no refusal that
// the gateway would say in its name is told against it.
import t from 'tap'
import { headFor, settlePolled } from '../../src/gateway/delivery/polled.ts'
import { attemptsOf } from '../../src/gateway/journal/attempts.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { contentOf, openWorld, refusal, taken } from './correspondents.ts'
import { chiangMai, chiangRai, makeTrust, moi, plainLetter, until } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const letter = plainLetter({ to: { offices: [chiangRai] } })
const lost = { kind: 'unknown', said: 'socket hang up' } as const

async function begin(t: Parameters<typeof openWorld>[0]) {
  const world = await openWorld(t, trust)
  const { province, committed } = world
  return {
    ...world,
    heard: () => province.brought.map(contentOf),
    deliveryOf: async (id: MessageId) => {
      const [delivery] = await deliveriesOfMessage(committed, id)
      if (delivery === undefined) throw new Error('no delivery')
      return delivery
    },
  }
}

t.test('registered after a lost answer: it is there, and is not brought once more', async (t) => {
  const { neighbour, clock, send, say, statesOf, heard, deliveryOf } = await begin(t)
  neighbour.answer = () => (neighbour.brought.length === 1 ? lost : refusal)
  const id = await send(letter)
  await say(neighbour, 'accept', id, '5/2569')
  await clock.advance(60_000)
  t.same(neighbour.brought.map(contentOf), ['letter'])
  t.match(await deliveryOf(id), { state: 'taken', attempts: 1 })
  t.same(await statesOf(id), { [chiangRai]: 'registered' })
  t.same(heard(), ['accept'])
})

t.test('what waits behind it in its lane follows', async (t) => {
  const { neighbour, province, clock, send, say } = await begin(t)
  neighbour.answer = () => (neighbour.brought.length === 1 ? lost : taken)
  const id = await send(letter)
  await say(neighbour, 'receive', id)
  await say(province, 'recall', id)
  t.same(neighbour.brought.map(contentOf), ['letter'], 'the recall waits')
  await say(neighbour, 'accept', id, '5/2569')
  await until(() => neighbour.brought.length === 2, 'the recall goes')
  t.same(neighbour.brought.map(contentOf), ['letter', 'recall'])
  await clock.advance(60_000)
  t.equal(neighbour.brought.length, 2)
})

for (const [word, number, state] of [
  ['receive', undefined, 'delivered'],
  ['accept', '5/2569', 'registered'],
] as const)
  t.test(`${word} comes while the second copy is being refused: it alone is heard`, async (t) => {
    const { neighbour, clock, send, say, statesOf, heard, deliveryOf, committed } = await begin(t)
    neighbour.answer = async () => {
      if (neighbour.brought.length === 1) return lost
      await say(neighbour, word, id, number)
      return refusal
    }
    const id = await send(letter)
    await clock.advance(60_000)
    t.same(neighbour.brought.map(contentOf), ['letter', 'letter'])
    t.same(await statesOf(id), { [chiangRai]: state })
    t.same(heard(), [word])
    const delivery = await deliveryOf(id)
    t.equal(delivery.state, 'taken')
    t.match((await attemptsOf(committed, delivery.id)).at(-1), {
      outcome: 'taken',
      said: /delivery\.refused/,
    })
  })

t.test('what a system that polls registers and then refuses', async (t) => {
  const { desk, neighbour, clock, send, say, statesOf, heard, deliveryOf } = await begin(t)
  neighbour.answer = () => lost
  const id = await send(letter)
  await desk.database.write((transaction) =>
    transaction.run("UPDATE deliveries SET mode = 'poll', state = 'due' WHERE message_id = ?", id),
  )
  const head = await headFor(desk, { office: chiangRai, receipts: false })
  await say(neighbour, 'accept', id, '5/2569')
  t.equal(await settlePolled(desk, { office: chiangRai, receipts: false }, head!.id, refusal), true)
  await clock.advance(60_000)
  t.equal((await deliveryOf(id)).state, 'taken')
  t.same(await statesOf(id), { [chiangRai]: 'registered' })
  t.same(heard(), ['accept'])
})

t.test(
  'of a refusal that nobody contradicts the sender is told, and of the number that comes later',
  async (t) => {
    const { neighbour, clock, send, say, statesOf, heard } = await begin(t)
    neighbour.answer = () => (neighbour.brought.length === 1 ? lost : refusal)
    const id = await send(letter)
    await clock.advance(60_000)
    t.same(await statesOf(id), { [chiangRai]: 'refused' })
    t.same(heard(), ['reject'])
    await say(neighbour, 'accept', id, '5/2569')
    await clock.advance(60_000)
    t.same(await statesOf(id), { [chiangRai]: 'registered' })
    t.same(heard(), ['reject', 'accept'])
  },
)
