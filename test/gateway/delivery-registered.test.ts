// A letter is registered while it is being brought, or before it is brought again: it is there, and is not brought once more.
import t from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import { usualPolicy } from '../../src/adapters/delivery-policy.ts'
import { isRegistered, settleArrived } from '../../src/gateway/delivery/arrived.ts'
import { recover } from '../../src/gateway/delivery/recovery.ts'
import { attemptsOf } from '../../src/gateway/journal/attempts.ts'
import { deliveriesOfMessage, moveDelivery } from '../../src/gateway/journal/deliveries.ts'
import { letterAt, moveLetterRow } from '../../src/gateway/journal/letters.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { away, contentOf, openWorld, taken } from './correspondents.ts'
import { chiangMai, chiangRai, letterItem, makeTrust, moi, plainLetter, until } from './harness.ts'
import { isEmbedded } from './journal-engine.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const letter = plainLetter({ to: { offices: [chiangRai] } })
const lost: Outcome = { kind: 'unknown', said: 'socket hang up' }
const hour = 3_600_000

async function begin(t: Parameters<typeof openWorld>[0]) {
  const world = await openWorld(t, trust)
  const { neighbour, province, clock, committed, offer } = world
  const deliveryOf = async (id: MessageId) => {
    const [delivery] = await deliveriesOfMessage(committed, id)
    if (delivery === undefined) throw new Error('no delivery')
    return delivery
  }
  /** One is on its way, and its answer is as `answer` says when it is called. */
  const bring = async (sent = letter) => {
    let answer: (outcome: Outcome) => void = () => undefined
    neighbour.answer = () => new Promise<Outcome>((resolve) => (answer = resolve))
    const became = await offer(letterItem(sent))
    if (became.kind !== 'taken') throw new Error(JSON.stringify(became))
    await until(() => neighbour.brought.length > 0, 'it is being brought')
    return {
      id: became.messageId,
      answer: async (outcome: Outcome) => {
        answer(outcome)
        await clock.advance(1_000)
      },
    }
  }
  return {
    ...{ ...world, bring, deliveryOf },
    heard: () => province.brought.map(contentOf),
    brought: () => neighbour.brought.map(contentOf),
    outcomesOf: async (id: MessageId) =>
      (await attemptsOf(committed, (await deliveryOf(id)).id)).map(({ outcome }) => outcome),
    namesOf: async (id: MessageId) => (await storyOf(committed, id))?.events.map(({ name }) => name) ?? [],
    /** Its office takes whatever it is brought, for two days. */
    later: async () => {
      neighbour.answer = () => taken
      await clock.advance(60_000)
      clock.jump(48 * hour)
      await clock.advance(60_000)
    },
  }
}

t.test('registered while it is being brought, and the answer is lost', async (t) => {
  const { bring, neighbour, say, later, brought, deliveryOf, statesOf, heard, outcomesOf, namesOf } =
    await begin(t)
  const { id, answer } = await bring()
  await say(neighbour, 'accept', id, '1/2569')
  t.equal((await deliveryOf(id)).state, 'sending')
  await answer(lost)
  t.match(await deliveryOf(id), { state: 'taken', attempts: 1, member: null })
  await later()
  t.same(brought(), ['letter'])
  t.same(await outcomesOf(id), ['unknown'], 'what the attempt came to stays')
  t.equal((await namesOf(id)).filter((name) => name === 'delivery.taken').length, 1)
  t.same(await statesOf(id), { [chiangRai]: 'registered' })
  t.same(heard(), ['accept'])
})

for (const [word, number] of [
  ['dispute', '1/2569'],
  ['recall', undefined],
] as const)
  t.test(`its ${word} waits behind it, and goes at once`, async (t) => {
    const { bring, neighbour, province, say, brought } = await begin(t)
    const { id, answer } = await bring()
    await say(neighbour, 'accept', id, '1/2569')
    await say(province, word, id, number)
    t.same(brought(), ['letter'])
    neighbour.answer = () => taken
    await answer(lost)
    t.same(brought(), ['letter', word])
  })

t.test('registered while the second copy is being brought: “not now” takes nothing back', async (t) => {
  const { neighbour, clock, send, say, later, brought, deliveryOf, outcomesOf } = await begin(t)
  neighbour.answer = () => lost
  const id = await send(letter)
  neighbour.answer = async () => {
    await say(neighbour, 'accept', id, '1/2569')
    return away
  }
  await clock.advance(10_000)
  t.same(await outcomesOf(id), ['unknown', 'unavailable'])
  t.equal((await deliveryOf(id)).state, 'taken')
  await later()
  t.same(brought(), ['letter', 'letter'])
})

t.test('registered while it is brought for the last time: it is not given up', async (t) => {
  const { bring, neighbour, clock, say, deliveryOf, namesOf } = await begin(t)
  neighbour.policy = { ...usualPolicy, pauses: [], giveUpAfter: hour }
  const { id, answer } = await bring()
  await say(neighbour, 'accept', id, '1/2569')
  clock.jump(2 * hour)
  await answer(lost)
  t.equal((await deliveryOf(id)).state, 'taken')
  t.notOk((await namesOf(id)).includes('delivery.given-up'))
})

t.test('registered while it is being brought by a process that dies', async (t) => {
  const { bring, neighbour, desk, say, later, brought, deliveryOf, outcomesOf, namesOf } = await begin(t)
  const { id, answer } = await bring()
  await say(neighbour, 'accept', id, '1/2569')
  await recover(desk, () => false, 'at once')
  await answer(lost)
  t.match(await deliveryOf(id), { state: 'taken', member: null })
  t.same(await outcomesOf(id), ['interrupted'])
  const told = await namesOf(id)
  t.ok(told.includes('delivery.recovered') && told.includes('delivery.taken'), told.join())
  await later()
  t.same(brought(), ['letter'])
})

for (const [name, answered, copies] of [
  ['after a lost answer: it is there', lost, 1],
  ['after “not now” alone: it never left, and is brought', away, 2],
] as const)
  t.test(`given up, ordered again and then registered, ${name}`, async (t) => {
    const { neighbour, send, say, retry, later, brought, deliveryOf, statesOf } = await begin(t)
    neighbour.policy = { ...usualPolicy, pauses: [], giveUpAfter: 0 }
    neighbour.answer = () => answered
    const id = await send(letter)
    t.equal((await deliveryOf(id)).state, 'given-up')
    t.same(await retry(id, [chiangRai]), ['letter'])
    await say(neighbour, 'accept', id, '1/2569')
    t.equal((await deliveryOf(id)).state, copies === 1 ? 'taken' : 'due')
    await later()
    t.same(brought(), Array(copies).fill('letter'))
    t.same(await statesOf(id), { [chiangRai]: 'registered' })
  })

t.test('what one office registers of a circular is not there at another', async (t) => {
  const { bring, ministry, say, later, brought, statesOf } = await begin(t)
  const { id, answer } = await bring(plainLetter({ circular: true, to: { offices: [chiangRai, moi] } }))
  await say(ministry, 'accept', id, '1/2569')
  await answer(lost)
  await later()
  t.same(brought(), ['letter', 'letter'])
  t.same(await statesOf(id), { [chiangRai]: 'delivered', [moi]: 'registered' })
})

// One journal with one writer has no two transactions at once.
if (!isEmbedded)
  for (const faster of ['its answer is lost', 'it is registered'] as const)
    t.test(`both in transactions of the same moment, and ${faster} first`, async (t) => {
      const { bring, desk, clock, deliveryOf, later, brought } = await begin(t)
      const { database, member } = desk
      const { id, answer } = await bring()
      const at = clock.now()
      let go: () => void = () => undefined
      const held = new Promise<void>((resolve) => (go = resolve))
      const heard = database.write(async (transaction) => {
        const [letter, [delivery]] = [
          await letterAt(transaction, id, chiangRai),
          await deliveriesOfMessage(transaction, id),
        ]
        if (faster === 'its answer is lost') await held
        await moveLetterRow(transaction, letter!, 'accept', at, '1/2569')
        await settleArrived(transaction, delivery, at)
      })
      const unheard = database.write(async (transaction) => {
        const [delivery] = await deliveriesOfMessage(transaction, id)
        if (faster === 'it is registered') await held
        const event = (await isRegistered(transaction, delivery!)) ? 'taken' : 'lost-answer'
        await moveDelivery(transaction, delivery!.id, event, at, { by: member.id, dueAt: at + hour })
      }, 'rows')
      await (faster === 'its answer is lost' ? unheard : heard)
      go()
      await Promise.all([heard, unheard])
      t.equal((await deliveryOf(id)).state, 'taken')
      await answer(lost)
      await later()
      t.same(brought(), ['letter'])
    })
