// A letter and its correction on their ways: what is tried again, in which order each office hears of the two, and what is
// overtaken (decision 0018).
import t from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import { deliveryPolicyOf } from '../../src/adapters/delivery-policy.ts'
import { judge } from '../../src/gateway/delivery/again.ts'
import { envelopeById } from '../../src/gateway/journal/envelopes.ts'
import { type LetterRow, lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { failedOf } from '../../src/gateway/journal/open.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { NoticeKind } from '../../src/letter/notice.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { away, contentOf, openWorld, refusal, taken } from './correspondents.ts'
import { chiangMai, chiangRai, letterItem, makeTrust, moi, plainLetter, sealedBy } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const circular = plainLetter({ circular: true, to: { offices: [chiangRai, moi] } })
const first = plainLetter({ to: { offices: [chiangRai] } })
const second = plainLetter({ to: { offices: [chiangRai] }, subject: 'แก้ไข' })
const soonGivenUp = deliveryPolicyOf({ retry: { pauses: ['1s'], every: '1s', giveUpAfter: '5s' } })

t.test('a circular handed over again is tried again where it was given up, and nowhere else', async (t) => {
  const world = await openWorld(t, trust)
  const { ministry, neighbour, clock } = world
  ministry.answer = () => refusal
  neighbour.answer = () => away
  neighbour.policy = soonGivenUp
  const id = await world.send(circular, { handover: 'night-1' })
  await clock.advance(60_000)
  t.same(await world.statesOf(id), { [chiangRai]: 'given-up', [moi]: 'refused' })
  ministry.answer = () => taken
  neighbour.answer = () => taken
  t.match(await world.offer(letterItem(circular), { handover: 'night-2' }), {
    ...{ kind: 'known', messageId: id, ended: 'refused' },
  })
  await clock.advance(60_000)
  t.same(await world.statesOf(id), { [chiangRai]: 'delivered', [moi]: 'refused' })
  t.same(ministry.brought.map(contentOf), ['letter'], 'what was refused is only said')
})

for (const [title, how, goes] of [
  ['over HTTP', { sender: 'waits', bytes: Buffer.from('again') }, true],
  ['by an export', { handover: 'night-2' }, false],
] as const)
  t.test(`recalled at one office, given up at another, handed over again ${title}`, async (t) => {
    const world = await openWorld(t, trust)
    const { neighbour, clock } = world
    neighbour.answer = () => away
    neighbour.policy = soonGivenUp
    const id = await world.send(circular, { handover: 'night-1' })
    await clock.advance(60_000)
    const about = { messageId: id, recipient: moi }
    const row = (await lettersOfMessage(world.committed, id)).find(({ recipient }) => recipient === moi)
    t.equal(row?.state, 'delivered')
    const { number } = circular
    const draft = { kind: 'recall', about: { number: number.printed, recipient: about.recipient } } as const
    t.equal(
      (await world.offer({ kind: 'notice', position: 'n', draft }, { document: 'notice' })).kind,
      'taken',
    )
    t.same(await world.statesOf(id), { [chiangRai]: 'given-up', [moi]: 'recalled' })
    neighbour.answer = () => taken
    const again = await world.offer(letterItem(circular), how)
    await clock.advance(60_000)
    t.same(await world.statesOf(id), { [chiangRai]: 'delivered', [moi]: 'recalled' }, 'tried again')
    if (!goes || again.kind !== 'taken')
      return t.match(again, { kind: goes ? 'taken' : 'known', ended: 'recalled' })
    t.same(
      await world.statesOf(again.messageId),
      { [moi]: 'delivered' },
      'and goes anew where it was recalled',
    )
    return undefined
  })

t.test('a late receive takes no rejection back', async (t) => {
  const world = await openWorld(t, trust, true)
  const { ministry, province, clock } = world
  const letter = plainLetter()
  const note = (kind: NoticeKind, messageId: MessageId, digest: string, subject = letter.subject) => {
    const about = { messageId, digest, number: letter.number.printed, date: letter.date, subject }
    const said = { kind, from: moi, to: chiangMai, at: clock.now(), reason: 'ผิดหน่วย', about }
    return sealedBy(trust, clock, { notice: mustBe(checkNotice(said)) }).sealed.bytes
  }
  let receipt: Buffer | undefined
  ministry.answer = ({ envelope, sealed, about }) => {
    const subject = envelope.content === 'letter' ? envelope.letter.subject : about?.letter.subject
    const lost = receipt === undefined
    const reply = note('receive', envelope.messageId, sealed.digest, subject)
    if (envelope.content === 'letter' && subject === letter.subject) receipt ??= Buffer.from(reply)
    return lost
      ? { kind: 'unknown', said: 'lost' }
      : { kind: 'taken', reply: ministry.brought.length === 2 ? (receipt ?? reply) : reply }
  }
  const id = await world.send(letter, { handover: 'claim-1' })
  const stored = await envelopeById(world.committed, id)
  const bytes = note('reject', id, stored?.digest ?? '')
  const item = { kind: 'envelope', position: 'envelope', bytes, attachments: new Map() } as const
  t.equal((await world.offer(item, { sender: 'waits', bytes: Buffer.from('r') }, ministry)).kind, 'taken')
  t.same(await world.statesOf(id), { [moi]: 'refused' })
  await clock.advance(30_000)
  t.equal(ministry.brought.length, 2, 'brought again, as its answer was lost')
  t.same(await world.statesOf(id), { [moi]: 'refused' })
  t.same(province.brought.map(contentOf), ['reject'], 'and its sender hears the last word only')
  const corrected = await world.send({ ...letter, subject: 'แก้ไข' }, { handover: 'claim-2' })
  await clock.advance(60_000)
  t.same(
    ministry.brought.map(contentOf),
    ['letter', 'letter', 'recall', 'letter'],
    'it is there: recalled aloud',
  )
  t.same(await world.statesOf(corrected), { [moi]: 'delivered' })
})

for (const [kind, state] of [
  ['receive', 'delivered'],
  ['reject', 'refused'],
  ['invalid', 'wrong'],
] as const)
  t.test(`given up, it has arrived after all: ${kind}`, async (t) => {
    const world = await openWorld(t, trust)
    const { neighbour, clock } = world
    neighbour.policy = soonGivenUp
    neighbour.answer = () => ({ kind: 'unknown', said: 'lost' })
    const id = await world.send(first)
    await clock.advance(60_000)
    t.same(await world.statesOf(id), { [chiangRai]: 'given-up' })
    t.equal((await world.say(neighbour, kind, id)).kind, 'taken')
    t.same(await world.statesOf(id), { [chiangRai]: state })
  })

t.test('refused at the door, and received after all: the recall is told', async (t) => {
  const world = await openWorld(t, trust)
  const { neighbour, clock } = world
  neighbour.answer = () => refusal
  const id = await world.send(first, { handover: 'claim-1' })
  t.equal((await world.say(neighbour, 'receive', id)).kind, 'taken')
  t.same(await world.statesOf(id), { [chiangRai]: 'refused' })
  neighbour.answer = () => taken
  await world.send(second, { handover: 'claim-2' })
  await clock.advance(60_000)
  t.same(neighbour.brought.map(contentOf), ['letter', 'recall', 'letter'])
})

t.test(
  'brought again after a refusal, and taken: delivered, though its receipt was said before',
  async (t) => {
    const world = await openWorld(t, trust)
    const { neighbour, clock } = world
    neighbour.answer = () => refusal
    const id = await world.send(first)
    await world.say(neighbour, 'receive', id)
    t.same(await world.statesOf(id), { [chiangRai]: 'refused' })
    neighbour.answer = () => taken
    t.same(await world.retry(id, [chiangRai]), ['letter'])
    await clock.advance(60_000)
    t.same(await world.statesOf(id), { [chiangRai]: 'delivered' })
  },
)

for (const [title, recalledFirst] of [
  ['a correction', false],
  ['a letter that follows a recall', true],
] as const)
  t.test(`its sender hears of ${title} after it heard of the earlier one`, async (t) => {
    const world = await openWorld(t, trust)
    const { province, neighbour, clock } = world
    let up = true
    const heard: string[] = []
    province.answer = ({ envelope }) => {
      if (!up) return away
      if (envelope.content === 'notice')
        heard.push(`${envelope.notice.kind} ${envelope.notice.about.subject === second.subject ? 2 : 1}`)
      return taken
    }
    const one = await world.send(first, { handover: 'claim-1' })
    up = false
    await world.say(neighbour, 'reject', one)
    await clock.advance(3 * 3600_000)
    if (recalledFirst) await world.say(province, 'recall', one)
    const two = await world.send(second, { handover: 'claim-2' })
    await clock.advance(60_000)
    up = true
    await world.say(neighbour, 'accept', two, '77/2569')
    await clock.advance(3 * 3600_000)
    t.same(await world.statesOf(two), { [chiangRai]: 'registered' })
    t.same(heard, ['receive 1', 'reject 1', 'receive 2', 'accept 2'], 'the last word is the last')
    t.same(neighbour.brought.map(contentOf), ['letter', 'recall', 'letter'])
  })

for (const kind of ['accept', 'reject', 'invalid'] as const)
  t.test(
    `${kind} comes of a letter that was corrected: its sender is told of the new one alone`,
    async (t) => {
      const world = await openWorld(t, trust)
      const { neighbour, province, clock } = world
      const one = await world.send(first)
      await world.say(neighbour, kind === 'reject' ? 'invalid' : 'reject', one)
      const two = await world.send(second)
      await clock.advance(60_000)
      const before = province.brought.length
      const number = kind === 'accept' ? '7/2569' : undefined
      t.equal((await world.say(neighbour, kind, one, number)).kind, 'taken')
      await world.say(neighbour, 'accept', two, '8/2569')
      await clock.advance(60_000)
      t.match(
        province.brought.slice(before).map(({ envelope }) => envelope),
        [{ notice: { kind: 'accept', receiveNumber: '8/2569', about: { messageId: two } } }],
        'one number comes to its letter, and no refusal',
      )
      t.same(await world.statesOf(one), { [chiangRai]: 'recalled' })
      t.same(await world.statesOf(two), { [chiangRai]: 'registered' })
      const story = await storyOf(world.committed, one)
      t.ok(
        story?.notices.some(
          ({ notice }) => notice.kind === kind && notice.receiveNumber === (number ?? null),
        ),
        'what was said is kept',
      )
      t.match(
        story?.events.filter(({ name }) => name.startsWith('notice.')).at(-1),
        { name: 'notice.late', facts: { kind, by: two } },
        'and shown with the letter, with the one that stands in its place',
      )
    },
  )

t.test('a recall that its correction has overtaken is not brought any more', async (t) => {
  const world = await openWorld(t, trust)
  const { neighbour, clock } = world
  const one = await world.send(first, { handover: 'claim-1' })
  await world.say(neighbour, 'reject', one)
  let answer: Outcome = away
  neighbour.policy = deliveryPolicyOf({ retry: { pauses: ['1s'], every: '1s', giveUpAfter: '1m' } })
  neighbour.answer = ({ envelope }) => (envelope.content === 'letter' ? answer : refusal)
  const two = await world.send(second, { handover: 'claim-2' })
  t.same(neighbour.brought.map(contentOf), ['letter', 'recall', 'letter'])
  const failed = async () => (await failedOf(world.committed, one, chiangRai)).map(({ content }) => content)
  t.same(await failed(), ['recall'], 'while the correction has not left, the recall may still go before it')
  answer = { kind: 'unknown', said: 'lost' }
  await clock.advance(10_000)
  t.same(await failed(), [], 'it may have arrived')
  await clock.advance(120_000)
  t.same(await world.statesOf(two), { [chiangRai]: 'given-up' })
  t.same(await failed(), [], 'given up, it may have arrived all the same')
  answer = taken
  t.same(await world.retry(two, [chiangRai]), ['letter'])
  await clock.advance(60_000)
  t.same(await world.statesOf(two), { [chiangRai]: 'delivered' })
  neighbour.answer = () => taken
  t.same(await world.retry(one, [chiangRai]), [])
  await clock.advance(60_000)
  t.notOk(neighbour.brought.slice(3).some((parcel) => contentOf(parcel) === 'recall'))
})

t.test(
  'handed over a third time as at first: for who waits a conflict, until it recalls the second',
  async (t) => {
    const world = await openWorld(t, trust)
    const { neighbour, province } = world
    const waits = (bytes: string) => ({ sender: 'waits', bytes: Buffer.from(bytes) }) as const
    const one = await world.send(first, waits('1'))
    await world.say(neighbour, 'reject', one)
    const two = await world.send(second, waits('2'))
    const conflict = { kind: 'refused', problems: [{ code: 'letter.conflict', details: { earlier: two } }] }
    t.match(await world.offer(letterItem(first), waits('3')), conflict, 'its correction stands')
    await world.say(neighbour, 'reject', two)
    t.match(await world.offer(letterItem(first), waits('4')), conflict, 'its correction was refused too')
    t.match(await world.offer(letterItem(first), { handover: 'a file' }), {
      kind: 'known',
      ended: 'recalled',
    })
    await world.say(province, 'recall', two)
    t.equal((await world.offer(letterItem(first), waits('5'))).kind, 'taken')
  },
)

t.test('a person’s order corrects a correction that was refused', async (t) => {
  const world = await openWorld(t, trust)
  const one = await world.send(first)
  const [row] = await lettersOfMessage(world.committed, one)
  if (row === undefined) return t.fail('it is there')
  const refused: LetterRow = { ...row, state: 'refused' }
  const before: LetterRow = { ...row, state: 'recalled' }
  const earlier = {
    kind: 'fresh',
    recipients: [chiangRai],
    corrects: [refused],
    givenUp: [],
    before,
  } as const
  t.match(judge(earlier, 'person'), { kind: 'goes', corrects: [refused] })
  return undefined
})
