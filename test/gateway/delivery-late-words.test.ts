// What a gateway says late, of a delivery that is somebody else's by then: it gives nothing up, delays nothing and ends nothing.
import t, { type Test } from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import { usualPolicy } from '../../src/adapters/delivery-policy.ts'
import { attemptsOf } from '../../src/gateway/journal/attempts.ts'
import { deliveryById, holdForAttempt, moveDelivery } from '../../src/gateway/journal/deliveries.ts'
import type { Membership } from '../../src/gateway/membership.ts'
import { problem } from '../../src/problem/problem.ts'
import { givenUpUnderWay, hour, open, receiptFrom, second, type World } from './delivery-stage.ts'
import { rest, start, until } from './harness.ts'

/** One attempt is under way, and its gateway was given up meanwhile. */
async function left(t: Test) {
  const world = await open(t)
  const { gateway, ministry } = world
  const { database } = gateway.desk
  // Whoever judges it when its time is over gives it up, however little it was tried.
  ministry.policy = { ...usualPolicy, pauses: [] }
  const { id, delivery, other, say } = await givenUpUnderWay(world, 'at once')
  /** What is kept of the delivery, its attempts, its letter and its events. */
  const kept = async () => ({
    delivery: await deliveryById(database.committed, delivery.id),
    attempts: await attemptsOf(database.committed, delivery.id),
    letter: await world.stateOf(id),
    events: (await database.committed.all<{ name: string }>('SELECT name FROM events ORDER BY seq')).map(
      ({ name }) => name,
    ),
  })
  /** The answer comes, long after the delivery's own time is over. */
  const late = async (outcome: Outcome): Promise<void> => {
    gateway.clock.jump(80 * hour)
    say(outcome)
    await until(() => gateway.told.length === 1, 'its attempt is over')
    await rest()
  }
  return { world, id, delivery, other, kept, late, database }
}

type Left = Awaited<ReturnType<typeof left>>

const take = ({ database, delivery, other }: Left, member: Membership = other) =>
  database.write((transaction) => holdForAttempt(transaction, delivery.id, 2, member.id, start + second))

/** Where the delivery stands when the late word comes. */
const stands: Readonly<Record<string, (of: Left) => Promise<unknown>>> = {
  'another gateway is sending it': take,
  'it waits for its next attempt': async () => undefined,
  'another gateway was told “not now”': async (of) => {
    await take(of)
    await of.database.write((transaction) =>
      moveDelivery(transaction, of.delivery.id, 'lost-answer', start + 2 * second, {
        by: of.other.id,
        dueAt: start + 100 * hour,
      }),
    )
  },
  'another gateway has brought it': async (of) => {
    await take(of)
    await of.database.write((transaction) =>
      moveDelivery(transaction, of.delivery.id, 'taken', start + 2 * second, { by: of.other.id }),
    )
  },
  'it was given up, and a person sends it again': async (of) => {
    await take(of)
    await of.database.write(async (transaction) => {
      const { id } = of.delivery
      await moveDelivery(transaction, id, 'give-up', start + 2 * second, { by: of.other.id })
      await moveDelivery(transaction, id, 'resend', start + 3 * second)
    })
  },
}

const refusal = problem('delivery.refused', 'delivery', undefined, { said: 'no' })
const words: Readonly<Record<string, (world: World) => Outcome>> = {
  '“not now”': () => ({ kind: 'unavailable', said: 'HTTP 503', retryAfter: 5 * hour }),
  'a lost answer': () => ({ kind: 'unknown', said: 'ECONNRESET' }),
  'a refusal': ({ clock, ministry }) => ({
    ...{ kind: 'refused', problem: refusal },
    reply: receiptFrom(clock, ministry.brought[0]!, { kind: 'reject', reason: 'no' }),
  }),
}

for (const [where, become] of Object.entries(stands))
  for (const [what, outcome] of Object.entries(words))
    t.test(`${what} comes late, when ${where}: all is as it was`, async (t) => {
      const of = await left(t)
      await become(of)
      const before = await of.kept()
      await of.late(outcome(of.world))
      t.same(await of.kept(), before)
      t.same(of.world.gateway.failures, [])
    })
