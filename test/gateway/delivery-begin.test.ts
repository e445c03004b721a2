// Where an attempt begins: with the commit that records what is about to leave (docs/decisions/0028).
import t from 'tap'
import { deliveryPolicyOf } from '../../src/adapters/delivery-policy.ts'
import { attemptsOf } from '../../src/gateway/journal/attempts.ts'
import {
  deliveriesOfMessage,
  deliveryById,
  holdForAttempt,
  moveDelivery,
} from '../../src/gateway/journal/deliveries.ts'
import { handedOf } from '../../src/gateway/journal/handed.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { hour, open } from './delivery-stage.ts'
import { HandClock, joined, plainLetter, rest, until } from './harness.ts'

const another = plainLetter({ number: mustBe(readLetterNumber('ชม 0017.1/778')).number })

for (const [title, ends] of [
  ['brings it', false],
  ['has tried it by then', true],
] as const)
  t.test(
    `two gateways are at the same delivery and the other ${title}: this one writes and tells nothing`,
    async (t) => {
      const { gateway, ministry, send } = await open(t)
      const { database } = gateway.desk
      const other = await joined(database, new HandClock(), 'other')
      const write = database.write.bind(database)
      const due: string[] = []
      const later = gateway.clock.now() + hour
      // The other one is faster by the time of one write.
      const faster: typeof write = async (work, by) => {
        const [open] = await database.committed.all<{ id: string }>(
          "SELECT id FROM deliveries WHERE office = 'moi'",
        )
        if (open !== undefined && due.length === 0) {
          due.push(open.id)
          t.equal(
            await write((transaction) =>
              holdForAttempt(transaction, open.id, 1, other.id, gateway.clock.now()),
            ),
            'begun',
          )
          if (ends)
            await write((transaction) =>
              moveDelivery(transaction, open.id, 'unavailable', gateway.clock.now(), {
                by: other.id,
                dueAt: later,
              }),
            )
        }
        return write(work, by)
      }
      Object.assign(database, { write: faster })
      const id = await send()
      await until(() => due.length === 1, 'both are at it')
      await rest()
      t.same(ministry.brought, [], 'nothing leaves')
      t.same([gateway.failures, gateway.told], [[], []], 'and that is no failure')
      const [delivery] = await deliveriesOfMessage(database.committed, id)
      t.match(
        delivery,
        ends
          ? { state: 'due', attempts: 1, dueAt: later }
          : { state: 'sending', attempts: 1, member: other.id },
      )
      t.equal((await attemptsOf(database.committed, delivery!.id)).length, 1)
      t.same(await handedOf(database.committed, delivery!.id), [])
    },
  )

t.test('an office is free for the next letter when it has answered, not when that is on disk', async (t) => {
  const { gateway, ministry, send, stateOf } = await open(t)
  const { database } = gateway.desk
  ministry.policy = deliveryPolicyOf({ atOnce: 1 })
  const answer = ministry.answer
  let [underWay, most] = [0, 0]
  ministry.answer = async (parcel, signal) => {
    underWay += 1
    most = Math.max(most, underWay)
    await rest(3)
    underWay -= 1
    return answer(parcel, signal)
  }
  let go: () => void = () => undefined
  const held = new Promise<void>((resolve) => (go = resolve))
  const write = database.write.bind(database)
  let isHeld = false
  const slow: typeof write = async (work, by) => {
    if (!isHeld && gateway.steps.includes('delivery.answered')) {
      isHeld = true
      await held
    }
    return write(work, by)
  }
  Object.assign(database, { write: slow })
  const first = await send()
  const second = await send(another)
  await until(() => ministry.brought.length === 2, 'the next is brought')
  t.equal(await stateOf(first), 'forwarding', 'while the answer to the first is not written yet')
  go()
  await until(async () => (await stateOf(first)) === 'delivered', 'the first')
  await until(async () => (await stateOf(second)) === 'delivered', 'the second')
  t.equal(most, 1, 'never two at once')
})

t.test(
  'an attempt that came to nothing before anything was recorded is an attempt all the same',
  async (t) => {
    const { gateway, clock, ministry, send, stateOf } = await open(t)
    const { committed } = gateway.desk.database
    const { deliver } = ministry
    Object.assign(ministry, { deliver: async () => ({ kind: 'unavailable', said: 'nobody is there' }) })
    const id = await send()
    await until(() => gateway.told.length === 1, 'tried')
    await rest()
    const [delivery] = await deliveriesOfMessage(committed, id)
    t.match(delivery, { state: 'due', attempts: 1, member: null })
    t.ok(delivery!.dueAt > clock.now(), 'it is tried again later')
    t.match(await attemptsOf(committed, delivery!.id), [{ number: 1, outcome: 'unavailable' }])
    t.same(await handedOf(committed, delivery!.id), [])
    t.equal(await stateOf(id), 'forwarding')
    Object.assign(ministry, { deliver })
    await clock.advance(hour)
    t.equal(await stateOf(id), 'delivered')
    t.match(await deliveryById(committed, delivery!.id), { state: 'taken', attempts: 2 })
  },
)
