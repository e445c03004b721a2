// What is said of a letter, by whom, in which order and how often: numbers in dispute, recalls, words that come late or twice, and
// what of it reaches the other side (design §5.5).
import t from 'tap'
import type { Parcel } from '../../src/adapters/contract.ts'
import { usualPolicy } from '../../src/adapters/delivery-policy.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { failedOf } from '../../src/gateway/journal/open.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { away, contentOf, openWorld, refusal, taken } from './correspondents.ts'
import { chiangMai, chiangRai, type HandClock, makeTrust, moi, plainLetter, until } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const letter = plainLetter({ to: { offices: [chiangRai] } })

/** A notice as its reader sees it: `accept 1/2569`. */
const wordOf = (parcel: Parcel): string => {
  const { envelope } = parcel
  const number = envelope.content === 'notice' ? envelope.notice.receiveNumber : undefined
  return number === undefined ? contentOf(parcel) : `${contentOf(parcel)} ${number}`
}

const second = 1_000
const hour = 3_600 * second
const numberOf = (running: number) => mustBe(readLetterNumber(`ชม 0017.1/${running}`)).number

/** A day on which nothing but the attempts happens: the clock is set on, hour by hour. */
async function passDay(clock: HandClock): Promise<void> {
  for (let passed = 0; passed < 24; passed += 4) {
    clock.jump(4 * hour)
    await clock.advance(40 * second)
  }
}

async function begin(t: Parameters<typeof openWorld>[0]) {
  const world = await openWorld(t, trust)
  const { province, neighbour, clock, committed } = world
  return {
    ...world,
    heard: () => province.brought.map(wordOf),
    neighbourHeard: () => neighbour.brought.map(wordOf),
    rest: () => clock.advance(60_000),
    standing: async (id: Parameters<typeof world.statesOf>[0]) => {
      const [row] = await lettersOfMessage(committed, id)
      return `${row?.state} ${row?.receiveNumber}`
    },
  }
}

t.test('a number in dispute: the recipient hears it, gives another, and the sender hears that', async (t) => {
  const { province, neighbour, say, send, heard, neighbourHeard, rest, standing } = await begin(t)
  const id = await send(letter)
  await say(neighbour, 'accept', id, '1/2569')
  await rest()
  await say(province, 'dispute', id, '1/2569')
  await rest()
  t.equal(await standing(id), 'delivered 1/2569', 'the number in dispute stays to be seen')
  await say(neighbour, 'accept', id, '2/2569')
  await rest()
  t.equal(await standing(id), 'registered 2/2569')
  t.same(heard(), ['receive', 'accept 1/2569', 'accept 2/2569'])
  t.same(neighbourHeard(), ['letter', 'dispute 1/2569'])
})

t.test('a dispute of a number that was replaced since disputes nothing', async (t) => {
  const { province, neighbour, say, send, neighbourHeard, rest, standing } = await begin(t)
  const id = await send(letter)
  await say(neighbour, 'accept', id, '1/2569')
  await say(neighbour, 'accept', id, '2/2569')
  await say(province, 'dispute', id, '1/2569')
  await rest()
  t.equal(await standing(id), 'registered 2/2569')
  t.same(neighbourHeard(), ['letter', 'dispute 1/2569'], 'and is told all the same')
})

t.test('a number that was never given may be in dispute', async (t) => {
  const { province, neighbour, say, send, rest, standing } = await begin(t)
  const id = await send(letter)
  await say(neighbour, 'accept', id, '1/2569')
  await say(province, 'dispute', id, '๑/2569')
  await rest()
  t.equal(await standing(id), 'delivered 1/2569', 'as its sender reads the number')
})

t.test('what waits behind another word goes when that one is through, not at the next sweep', async (t) => {
  const { province, neighbour, say, send, heard } = await begin(t)
  const id = await send(letter)
  let go: () => void = () => undefined
  province.answer = () =>
    new Promise((resolve) => {
      go = () => resolve(taken)
    })
  await say(neighbour, 'accept', id, '1/2569')
  await until(() => heard().length === 2, 'its sender is being told the number')
  await say(neighbour, 'accept', id, '2/2569')
  province.answer = () => taken
  go()
  // The clock stands still.
  await until(() => heard().length === 3, 'the other one follows')
  t.same(heard(), ['receive', 'accept 1/2569', 'accept 2/2569'])
})

t.test('the same number again after a dispute, and in dispute again: each is a new word', async (t) => {
  const { province, neighbour, say, send, heard, neighbourHeard, rest, standing } = await begin(t)
  const id = await send(letter)
  for (const [office, kind, state] of [
    [neighbour, 'accept', 'registered'],
    [neighbour, 'accept', 'registered'],
    [province, 'dispute', 'delivered'],
    [province, 'dispute', 'delivered'],
    [neighbour, 'accept', 'registered'],
    [province, 'dispute', 'delivered'],
  ] as const) {
    await say(office, kind, id, '1/2569')
    await rest()
    t.equal(await standing(id), `${state} 1/2569`)
  }
  t.same(heard(), ['receive', 'accept 1/2569', 'accept 1/2569'])
  t.same(neighbourHeard(), ['letter', 'dispute 1/2569', 'dispute 1/2569'])
})

t.test('what was refused, sent again and refused again: its sender hears each', async (t) => {
  const { neighbour, say, send, retry, heard, rest, standing } = await begin(t)
  neighbour.answer = () => refusal
  const id = await send(letter)
  await rest()
  neighbour.answer = () => taken
  t.same(await retry(id, [chiangRai]), ['letter'])
  await rest()
  t.equal(await standing(id), 'delivered null')
  await say(neighbour, 'reject', id)
  await say(neighbour, 'reject', id)
  await rest()
  t.equal(await standing(id), 'refused null')
  t.same(heard(), ['reject', 'receive', 'reject'])
})

t.test('recalled while nothing of it had left, when it may be there, and after it arrived', async (t) => {
  const { province, neighbour, say, send, heard, neighbourHeard, rest, standing } = await begin(t)
  neighbour.answer = () => away
  const none = await send({ ...letter, subject: 'ไม่เคยถึง' })
  await say(province, 'recall', none)
  await rest()
  const brought = neighbourHeard().length
  neighbour.answer = () => taken
  await rest()
  t.equal(await standing(none), 'recalled null')
  t.equal(neighbourHeard().length, brought, 'each attempt has said that nothing was taken: it is not there')
  for (const [before, says] of [
    [{ kind: 'unknown', said: 'ECONNRESET' }, undefined],
    [away, 'receive'],
  ] as const) {
    neighbour.answer = () => before
    const first = await send({ ...letter, subject: before.kind })
    if (says !== undefined) await say(neighbour, says, first)
    await say(province, 'recall', first)
    neighbour.answer = () => taken
    await rest()
    t.equal(await standing(first), 'recalled null')
    t.same(neighbourHeard().slice(-2), ['letter', 'recall'], `${before.kind}: it may be there`)
  }
  const second = await send({ ...letter, subject: 'อีกฉบับ' })
  await say(province, 'recall', second)
  await say(province, 'recall', second)
  await rest()
  t.same(neighbourHeard().slice(-2), ['letter', 'recall'], 'once')
  await say(neighbour, 'accept', second, '5/2569')
  await rest()
  t.equal(await standing(second), 'recalled null', 'a number that comes after the recall registers nothing')
  t.equal(heard().at(-1), 'accept 5/2569', 'and its sender is told of it')
})

t.test('a number that could not be brought is offered again, though a later word was', async (t) => {
  const { province, neighbour, say, send, retry, heard, rest, committed, standing } = await begin(t)
  const id = await send(letter)
  province.answer = () => refusal
  await say(neighbour, 'accept', id, '1/2569')
  await rest()
  province.answer = () => taken
  await say(neighbour, 'invalid', id)
  await rest()
  t.equal(await standing(id), 'registered 1/2569')
  t.same(
    (await failedOf(committed, id, chiangRai)).map(({ content }) => content),
    ['accept'],
  )
  t.same(await retry(id, [chiangRai]), ['accept'])
  await rest()
  t.equal(heard().at(-1), 'accept 1/2569')
})

t.test('what one recipient of a circular said hides nothing of what another did', async (t) => {
  const { province, neighbour, ministry, say, send, retry, rest, committed } = await begin(t)
  const id = await send(plainLetter({ circular: true, to: { offices: [chiangRai, moi] } }))
  await rest()
  province.answer = () => refusal
  await say(neighbour, 'reject', id)
  await rest()
  province.answer = () => taken
  await say(ministry, 'accept', id, '1/2569')
  await rest()
  t.same(
    (await failedOf(committed, id, chiangRai)).map(({ content }) => content),
    ['reject'],
  )
  t.same(await failedOf(committed, id, moi), [])
  t.same(await retry(id, [chiangRai, moi]), ['reject'])
})

t.test(
  'a province whose folder is gone for a week gets all its receive numbers afterwards, in order',
  async (t) => {
    const { province, neighbour, clock, say, send, heard } = await begin(t)
    // Its calls are few, and the week passes quickly: what it waits for is the same.
    province.policy = { ...usualPolicy, pauses: [second], every: 12 * hour }
    province.answer = () => away
    const ids: MessageId[] = []
    for (const number of [1, 2, 3]) {
      ids.push(await send(plainLetter({ ...letter, number: numberOf(number) })))
      await say(neighbour, 'accept', ids.at(-1)!, `${number}/2569`)
    }
    await say(province, 'dispute', ids[0]!, '1/2569')
    await say(neighbour, 'accept', ids[0]!, '4/2569')
    for (let day = 0; day < 7; day += 1) await passDay(clock)
    province.brought.length = 0
    province.answer = () => taken
    await passDay(clock)
    const of = (id: MessageId) => province.brought.filter(({ about }) => about?.messageId === id).map(wordOf)
    t.same(of(ids[0]!), ['receive', 'accept 1/2569', 'accept 4/2569'])
    t.same(of(ids[1]!), ['receive', 'accept 2/2569'])
    t.same(of(ids[2]!), ['receive', 'accept 3/2569'])
    t.equal(heard().length, 7, 'each once')
  },
)
