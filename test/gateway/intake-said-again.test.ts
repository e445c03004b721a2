// A word that finds its letter by number, handed over once more after the letter was recalled and another one stands in its place
// (decision 0018): it is never written to that one by guess, and never lost.
import t, { type Test } from 'tap'
import type { Item, NoticeDraft, Source } from '../../src/adapters/contract.ts'
import { retryQuarantined } from '../../src/gateway/intake/retry.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import type { Instant, MessageId } from '../../src/letter/time.ts'
import { openWorld } from './correspondents.ts'
import { chiangMai, chiangRai, makeTrust, moi, plainLetter, systemOf } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const letter = plainLetter({ to: { offices: [chiangRai] } })
const other = { ...letter, subject: 'ฉบับแก้ไข' }
const minute = 60_000
const hour = 60 * minute

type Word = Pick<NoticeDraft, 'kind' | 'receiveNumber' | 'reason' | 'at'>

const incomplete = { kind: 'reject', reason: 'เอกสารไม่ครบ' } as const
const fifteen = { kind: 'accept', receiveNumber: '15/2569' } as const

/** A letter of which its recipient said a word in its export of Monday, and the letter that stands in its place. */
async function replaced(t: Test, word: Word) {
  const world = await openWorld(t, trust)
  const { neighbour, province, clock, committed, desk } = world
  const itemOf = (said: Word): Item => {
    const about = { number: letter.number.printed, date: letter.date, sender: chiangMai }
    return { kind: 'notice', position: 'row 1', draft: { ...said, about } }
  }
  const say = async (said: Word, how: Partial<Source> = { handover: 'tuesday' }) => {
    const bytes = Buffer.from(JSON.stringify(said))
    const became = await world.offer(itemOf(said), { document: 'notice', bytes, ...how }, neighbour)
    await clock.advance(minute)
    return became
  }
  const one = await world.send(letter)
  t.equal((await say(word, { handover: 'monday' })).kind, 'taken')
  if (word.kind === 'accept') await world.say(province, 'recall', one)
  await clock.advance(hour)
  const two = await world.send(other)
  await clock.advance(minute)
  t.same([await world.statesOf(one), await world.statesOf(two)], [at('recalled'), at('delivered')])
  const before = province.brought.length
  return {
    ...{ ...world, one, two, say },
    /** What its sender was told since then. */
    told: () =>
      province.brought
        .slice(before)
        .map(({ envelope }) =>
          envelope.content === 'notice' ? [envelope.notice.kind, envelope.notice.about.messageId] : [],
        ),
    stands: async () => {
      const [row] = await lettersOfMessage(committed, two)
      return [row?.state, row?.receiveNumber]
    },
    waiting: () => listQuarantine(committed, 10),
    retry: async (said: Word, believe: boolean) => {
      const ids = (await listQuarantine(committed, 10)).map(({ id }) => id)
      const read = async () => [itemOf(said)]
      const request = { ids, by: 'somchai', why: 'the office was asked', believe }
      const became = await retryQuarantined(desk, () => ({ system: systemOf(neighbour), read }), request)
      await clock.advance(minute)
      return became
    },
  }
}

const at = (state: string) => ({ [chiangRai]: state })

const unclear = (earlier: MessageId) => ({
  kind: 'quarantined',
  problems: [{ code: 'notice.letter.earlier', details: { earlier } }],
})

for (const [title, word, becomes] of [
  ['a refusal', incomplete, ['refused', null]],
  ['a receive number', fifteen, ['registered', '15/2569']],
] as const) {
  t.test(`${title}, exported again after another letter came: a person is asked`, async (t) => {
    const world = await replaced(t, word)
    t.match(await world.say(word), unclear(world.one))
    t.same([await world.stands(), world.told()], [['delivered', null], []], 'nothing is guessed')
    t.match(await world.waiting(), [{ doubted: true, state: 'waiting' }])
    t.match(await world.retry(word, false), [{ became: 'doubted' }], 'retry --all does not decide it')
    t.same(await world.stands(), ['delivered', null])
    t.match(await world.retry(word, true), [{ became: 'taken' }], 'a person does')
    t.same([await world.stands(), world.told()], [becomes, [[word.kind, world.two]]])
    t.equal((await world.waiting()).length, 0)
    t.equal((await world.say(word, { handover: 'wednesday' })).kind, 'known', 'and it is known from then on')
    t.equal(world.told().length, 1)
  })

  t.test(`${title} with its time, exported again: it was said before the other letter came`, async (t) => {
    const said = { ...word, at: timeOfFirst }
    const world = await replaced(t, said)
    t.equal((await world.say(said)).kind, 'known')
    t.equal((await world.say(said, { sender: 'waits' })).kind, 'known', 'whoever says it')
    t.same([await world.stands(), world.told()], [['delivered', null], []])
    const now = { ...word, at: world.clock.now() }
    t.equal((await world.say(now, { handover: 'wednesday' })).kind, 'taken', 'said at another time it is new')
    t.same([await world.stands(), world.told()], [becomes, [[word.kind, world.two]]])
  })

  t.test(`${title} in a row that is only looked at again says nothing new`, async (t) => {
    const world = await replaced(t, word)
    t.equal((await world.say(word, { handover: 'row 7', seen: true })).kind, 'known')
    t.same([await world.stands(), world.told()], [['delivered', null], []])
    t.match(await world.say(word), unclear(world.one), 'handed over, it may be')
    t.match(await world.say(word, { handover: 'row 7', seen: true }), unclear(world.one))
    t.equal((await world.waiting()).length, 1, 'to look again ends nothing that a person is to decide')
  })

  t.test(`${title} is known under the handing-over of which it was taken`, async (t) => {
    const world = await replaced(t, word)
    t.equal((await world.say(word, { handover: 'monday' })).kind, 'known')
    t.same([await world.stands(), world.told()], [['delivered', null], []])
  })

  t.test(`${title} of an office that waits for the answer is of the letter that stands`, async (t) => {
    const world = await replaced(t, word)
    t.equal((await world.say(word, { sender: 'waits' })).kind, 'taken')
    t.same([await world.stands(), world.told()], [becomes, [[word.kind, world.two]]])
  })
}

/** In the minutes in which the first letter stood alone. */
const timeOfFirst: Instant = Date.UTC(2026, 10, 23, 3, 0, 1)

t.test('another reason, or another number, is a new word', async (t) => {
  const refused = await replaced(t, incomplete)
  t.equal((await refused.say({ ...incomplete, reason: 'ผิดหน่วย' })).kind, 'taken')
  t.same(await refused.stands(), ['refused', null])
  const numbered = await replaced(t, fifteen)
  t.equal((await numbered.say({ ...fifteen, receiveNumber: '16/2569' })).kind, 'taken')
  t.same(await numbered.stands(), ['registered', '16/2569'])
})

t.test('what was said before the other letter came, and is heard after it, is asked about', async (t) => {
  const world = await replaced(t, incomplete)
  const said = { ...fifteen, at: timeOfFirst }
  t.match(await world.say(said), unclear(world.one))
  t.same([await world.stands(), world.told()], [['delivered', null], []])
})

t.test('a time without seconds, or without a time of day, may be after the letter came', async (t) => {
  for (const [title, length] of [
    ['seconds', minute],
    ['a time of day', 24 * hour],
  ] as const) {
    const world = await replaced(t, incomplete)
    const [row] = await lettersOfMessage(world.committed, world.two)
    const taken = row?.committedAt ?? 0
    const zone = 7 * hour
    const printed = Math.floor((taken + zone) / length) * length - zone
    t.ok(printed <= taken)
    t.equal((await world.say({ ...fifteen, at: printed })).kind, 'taken', title)
    t.same(await world.stands(), ['registered', '15/2569'])
  }
})

t.test('a refusal can be none of a letter that is registered, and is known', async (t) => {
  const world = await replaced(t, incomplete)
  await world.say({ kind: 'accept', receiveNumber: '16/2569' }, { handover: 'its number' })
  t.equal((await world.say(incomplete)).kind, 'known')
  t.same([await world.stands(), world.told()], [['registered', '16/2569'], [['accept', world.two]]])
})

t.test('what the gateway said in an office’s name is no word that it exports', async (t) => {
  const world = await openWorld(t, trust)
  const { clock, province, neighbour } = world
  await world.send(letter)
  const recall = (handover: string) => {
    const about = { number: letter.number.printed, date: letter.date, recipient: chiangRai }
    const item: Item = { kind: 'notice', position: 'row 1', draft: { kind: 'recall', about, reason: '' } }
    return world.offer(item, { document: 'notice', bytes: Buffer.from('the recalls'), handover }, province)
  }
  const about = { number: letter.number.printed, sender: chiangMai }
  const item: Item = { kind: 'notice', position: 'row 1', draft: { ...incomplete, about } }
  await world.offer(item, { document: 'notice', bytes: Buffer.from('no'), handover: 'no' }, neighbour)
  const two = await world.send(other)
  await clock.advance(minute)
  t.equal((await recall('monday')).kind, 'taken', 'the first was recalled by the gateway, for the second')
  t.same(await world.statesOf(two), at('recalled'))
  const three = await world.send({ ...letter, subject: 'ฉบับที่สาม' })
  await clock.advance(minute)
  t.match(await recall('tuesday'), unclear(two), 'an export of recalls that runs twice recalls nothing')
  t.same(await world.statesOf(three), at('delivered'))
})
