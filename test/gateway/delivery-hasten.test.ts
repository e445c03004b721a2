// A person wants it tried now: what waits for its next attempt, or for the probe of an office that cannot be reached.
import t from 'tap'
import type { Parcel } from '../../src/adapters/contract.ts'
import { resend } from '../../src/gateway/delivery/resend.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { away, contentOf, openWorld, taken } from './correspondents.ts'
import { chiangMai, chiangRai, makeTrust, moi, plainLetter } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const letter = plainLetter({ to: { offices: [chiangRai] } })
const second = 1_000
const minute = 60 * second

async function begin(t: Parameters<typeof openWorld>[0]) {
  const world = await openWorld(t, trust)
  const { desk, clock, committed } = world
  return {
    ...world,
    hasten: async (messageId: Parameters<typeof world.statesOf>[0], only = {}) => {
      const order = {
        messageId,
        recipients: [chiangRai, moi],
        by: 'somchai',
        why: 'it is back',
        at: clock.now(),
      }
      return (await resend(desk.database, { ...order, hasten: true, ...only })).map(
        ({ how, content }) => `${how} ${content}`,
      )
    },
    /** Deliveries of the letter itself, without what a word about it would need. */
    ofLetter: async (id: string) => (await deliveriesOfMessage(committed, id))[0],
    eventsOf: (id: string) =>
      committed.all<{ name: string; facts: string }>(
        `SELECT name, facts FROM events WHERE message_id = ? AND name = 'delivery.hastened'`,
        id,
      ),
  }
}

t.test('what waits for its next attempt goes at the next look, under the same id', async (t) => {
  const { neighbour, clock, send, hasten, ofLetter, eventsOf, statesOf } = await begin(t)
  neighbour.answer = () => away
  const id = await send(letter)
  await clock.advance(10 * minute)
  const before = neighbour.brought.length
  const waits = await ofLetter(id)
  t.ok(waits !== undefined && waits.dueAt > clock.now() + 15 * second)
  neighbour.answer = () => taken
  t.same(await hasten(id), ['hastened letter'])
  t.match(JSON.parse((await eventsOf(id))[0]?.facts ?? ''), {
    content: 'letter',
    by: 'somchai',
    why: 'it is back',
  })
  t.same(await hasten(id, { office: moi }), [], 'nothing of it goes there')
  await clock.advance(15 * second)
  t.equal(neighbour.brought.length, before + 1)
  t.equal(neighbour.brought.at(-1)?.id, waits?.id)
  t.same(await statesOf(id), { [chiangRai]: 'delivered' })
  t.same(await hasten(id), [], 'what is through is not hastened')
})

t.test('a delivery keeps its deadline, and what may have arrived stays so', async (t) => {
  const { neighbour, clock, send, hasten, ofLetter } = await begin(t)
  neighbour.answer = () => ({ kind: 'unknown', said: 'lost' })
  const id = await send(letter)
  await clock.advance(5 * minute)
  const waits = await ofLetter(id)
  t.same(await hasten(id), ['hastened letter'])
  t.match(await ofLetter(id), { state: 'unknown', deadline: waits?.deadline, attempts: waits?.attempts })
})

t.test('the probe of an office that cannot be reached goes at once, and one only', async (t) => {
  const { neighbour, clock, send, hasten } = await begin(t)
  neighbour.answer = () => away
  const ids: MessageId[] = []
  for (let number = 0; number < 4; number += 1)
    ids.push(
      await send(plainLetter({ ...letter, subject: `เรื่อง ${number}`, date: `2026-11-1${number}` as never })),
    )
  await clock.advance(10 * minute)
  // Just probed: the next one is nearly a minute away.
  let before = neighbour.brought.length
  while (neighbour.brought.length === before) await clock.advance(second)
  before = neighbour.brought.length
  await clock.advance(2 * second)
  t.same(await hasten(ids[0]!), ['hastened letter'])
  await clock.advance(15 * second)
  t.equal(neighbour.brought.length, before + 1, 'one probe')
  await clock.advance(30 * second)
  t.equal(neighbour.brought.length, before + 1, 'which failed: the breaker is as it was')
  neighbour.answer = () => taken
  before = neighbour.brought.length
  t.same(await hasten(ids[0]!), ['hastened letter'])
  await clock.advance(15 * second)
  t.ok(neighbour.brought.length > before, 'it is back, and found so at once')
})

t.test('only the first of a lane is hastened: the others follow it', async (t) => {
  const { province, neighbour, clock, send, say, hasten, ofLetter } = await begin(t)
  province.answer = () => away
  const id = await send(letter)
  await say(neighbour, 'accept', id, '1/2569')
  await clock.advance(10 * minute)
  t.same(await hasten(id), ['hastened receive'])
  province.answer = () => taken
  await clock.advance(15 * second)
  const heard = (parcels: readonly Parcel[]) => parcels.map(contentOf)
  t.same(heard(province.brought).slice(-2), ['receive', 'accept'])
  t.equal((await ofLetter(id))?.state, 'taken')
})
