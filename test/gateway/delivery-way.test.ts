// The way of a letter and of its notices: once each, in order, to systems that are called and systems that ask.
import t from 'tap'
import type { Item, Outcome } from '../../src/adapters/contract.ts'
import { headFor, settlePolled, showAgain } from '../../src/gateway/delivery/polled.ts'
import type { Desk } from '../../src/gateway/desk.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import type { Reader } from '../../src/gateway/journal/database.ts'
import { deliveriesOfMessage, dueDeliveries } from '../../src/gateway/journal/deliveries.ts'
import { receiptFor } from '../../src/gateway/journal/envelopes.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { noticesAbout } from '../../src/gateway/journal/notices.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { hour, open, receiptFrom, second, trust } from './delivery-stage.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  letterItem,
  moi,
  openGateway,
  plainLetter,
  rest,
  ScriptedAdapter,
  scratch,
  sealedBy,
  source,
  systemOf,
  until,
} from './harness.ts'

const countOpen = async (reader: Reader, office: string): Promise<number> =>
  (await reader.all('SELECT id FROM deliveries WHERE office = ? AND open = 1', office)).length

t.test('a letter goes the whole way and its notices come back, once each and in order', async (t) => {
  const { gateway, clock, province, ministry, send, stateOf } = await open(t)
  const id = await send()
  await until(async () => (await stateOf(id)) === 'delivered', 'delivered')
  await until(() => province.brought.length === 1, 'the receive notice reaches the province')
  const { about } = province.brought[0]!
  t.equal(about?.messageId, id, 'with the letter that it speaks of')

  const letter = (await storyOf(gateway.desk.database.committed, id))!
  const facts = {
    kind: 'accept',
    from: moi,
    to: chiangMai,
    receiveNumber: '1/2569',
    at: clock.now(),
    reason: '',
    about: {
      messageId: id,
      digest: letter.envelope.digest,
      number: letter.letter.number.printed,
      date: letter.letter.date,
      subject: letter.letter.subject,
    },
  } as const
  const accept = sealedBy(trust, clock, { notice: mustBe(checkNotice(facts)) })
  ministry.items = [
    { kind: 'envelope', position: 'envelope', bytes: accept.sealed.bytes, attachments: new Map() },
  ]
  const offer = () =>
    take(gateway.desk, systemOf(ministry), source(accept.envelope.messageId, 'waits'), (each) =>
      ministry.read(each),
    )
  const [first] = await offer()
  t.match(first, { kind: 'taken', messageId: accept.envelope.messageId })
  const [again] = await offer()
  t.match(again, { kind: 'known', messageId: accept.envelope.messageId })
  t.ok(
    first?.kind === 'taken' && again?.kind === 'known' && first.receipt?.bytes.equals(again.receipt!.bytes),
    'the same answer again',
  )
  await until(() => province.brought.length === 2, 'the accept notice reaches the province')
  const [row] = await lettersOfMessage(gateway.desk.database.committed, id)
  t.match(row, { state: 'registered', receiveNumber: '1/2569' })
  t.same(
    province.brought.map(({ envelope }) => envelope.content === 'notice' && envelope.notice.kind),
    ['receive', 'accept'],
  )
  t.equal(ministry.brought.length, 1, 'the letter was sent once')
  t.same(gateway.failures, [])
})

t.test(
  'handed over again unchanged, what was given up goes again under its own id, and what was refused does not',
  async (t) => {
    const { clock, gateway, ministry, province, send, stateOf } = await open(t)
    const refusals: Record<string, (parcel: Parameters<typeof receiptFrom>[1]) => Outcome> = {
      refused: (parcel) => ({
        kind: 'refused',
        problem: problem('delivery.refused', 'x', undefined, { said: '' }),
        reply: receiptFrom(clock, parcel, { kind: 'reject', reason: 'ยังไม่พร้อม' }),
      }),
      'given-up': () => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' }),
    }
    for (const [index, [state, answer]] of Object.entries(refusals).entries()) {
      ministry.answer = answer
      const letter = plainLetter({ number: mustBe(readLetterNumber(`ชม 0017.1/${950 + index}`)).number })
      const id = await send(letter)
      await clock.advance(80 * hour)
      t.equal(await stateOf(id), state)
      ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
      province.items = [letterItem(letter)]
      const again = await take(gateway.desk, systemOf(province), source(`again ${index}`), (each) =>
        province.read(each),
      )
      t.match(again, [{ kind: 'known', messageId: id }], 'under its own message id')
      await clock.advance(hour)
      t.equal(await stateOf(id), state === 'refused' ? 'refused' : 'delivered', state)
    }
    t.same(gateway.failures, [])
  },
)

t.test('what waits behind another word of its letter does not hide what could go', async (t) => {
  const { clock, gateway, ministry, province, send, stateOf } = await open(t)
  province.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  const id = await send()
  await until(async () => (await stateOf(id)) === 'delivered', 'delivered')
  await until(() => province.brought.length === 1, 'the receive notice was tried')
  const letter = (await storyOf(gateway.desk.database.committed, id))!
  const { number, date, subject } = letter.letter
  const about = { messageId: id, digest: letter.envelope.digest, number: number.printed, date, subject }
  const facts = {
    kind: 'accept',
    from: moi,
    to: chiangMai,
    receiveNumber: '1/2569',
    at: clock.now(),
  } as const
  const notice = mustBe(checkNotice({ ...facts, reason: '', about }))
  const { bytes } = sealedBy(trust, clock, { notice }).sealed
  const item = { kind: 'envelope', position: 'envelope', bytes, attachments: new Map() } as const
  await take(gateway.desk, systemOf(ministry), source('accept', 'waits'), async () => [item])
  await rest(20)
  const waiting = await countOpen(gateway.desk.database.committed, chiangMai)
  t.equal(waiting, 2, 'both wait')
  const due = await dueDeliveries(gateway.desk.database.committed, chiangMai, clock.now() + second, 500)
  t.same(due, [], 'the first waits for its time, the second for the first')
})

t.test(
  'what an office is told of one letter comes in order, however long the first word takes',
  async (t) => {
    const { gateway, clock, province, ministry, send, stateOf } = await open(t)
    province.answer = (): Outcome => ({ kind: 'unavailable', said: 'the folder is gone' })
    const id = await send()
    await until(() => province.brought.length === 1, 'the receive notice is tried')
    const story = (await storyOf(gateway.desk.database.committed, id))!
    const { letter } = story
    const accept = sealedBy(trust, clock, {
      notice: mustBe(
        checkNotice({
          kind: 'accept',
          from: moi,
          to: chiangMai,
          receiveNumber: '2/2569',
          at: clock.now(),
          reason: '',
          about: {
            messageId: id,
            digest: story.envelope.digest,
            number: letter.number.printed,
            date: letter.date,
            subject: letter.subject,
          },
        }),
      ),
    })
    ministry.items = [
      { kind: 'envelope', position: 'envelope', bytes: accept.sealed.bytes, attachments: new Map() },
    ]
    await take(gateway.desk, systemOf(ministry), source('accept', 'waits'), (each) => ministry.read(each))
    t.equal(await stateOf(id), 'registered')
    await clock.advance(3 * 60 * second)
    const kinds = () =>
      province.brought.map(({ envelope }) => envelope.content === 'notice' && envelope.notice.kind)
    t.ok(kinds().length > 1)
    t.ok(
      kinds().every((kind) => kind === 'receive'),
      'the number waits behind',
    )
    province.answer = (): Outcome => ({ kind: 'taken' })
    await clock.advance(hour)
    t.same(kinds().slice(-2), ['receive', 'accept'])
  },
)

t.test('a poison letter never blocks its neighbours', async (t) => {
  const { clock, ministry, send, stateOf } = await open(t)
  let poison: MessageId | undefined
  const good = (parcel: Parameters<typeof receiptFrom>[1]): Outcome => ({
    kind: 'taken',
    reply: receiptFrom(clock, parcel),
  })
  ministry.answer = (parcel) => {
    poison ??= parcel.envelope.messageId
    if (parcel.envelope.messageId === poison) throw new TypeError('a defect in the adapter')
    return good(parcel)
  }
  const first = await send()
  await until(() => poison !== undefined, 'the poison is tried')
  const second_ = await send(plainLetter({ number: mustBe(readLetterNumber('ชม 0017.1/999')).number }))
  await until(async () => (await stateOf(second_)) === 'delivered', 'the neighbour is delivered')
  t.equal(await stateOf(first), 'forwarding')
  ministry.answer = good
  await clock.advance(hour)
  t.equal(await stateOf(first), 'delivered', 'and so is the poison, when the defect is mended')
})

t.test('a system that polls: the head stays until it is taken away', async (t) => {
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai, { polls: true })
  const ministry = new ScriptedAdapter(moi)
  const gateway = await openGateway(scratch(t), trust, [province, ministry], clock)
  await gateway.dispatch.start()
  t.after(() => gateway.close())
  const numbers = ['มท 0210.3/1', 'มท 0210.3/2'].map((printed) => mustBe(readLetterNumber(printed)).number)
  for (const number of numbers) {
    const letter = plainLetter({ number, from: { office: moi }, to: { offices: [chiangMai] } })
    ministry.items = [letterItem(letter)]
    await take(gateway.desk, systemOf(ministry), source(number.printed), (each) => ministry.read(each))
  }
  const head = await headFor(gateway.desk, { office: chiangMai, receipts: false })
  t.equal(
    (await headFor(gateway.desk, { office: chiangMai, receipts: false }))?.id,
    head?.id,
    'asked twice, the same parcel',
  )
  t.equal(
    head?.envelope.content === 'letter' && head.envelope.letter.number.printed,
    'มท 0210.3/1',
    'the oldest first',
  )
  t.equal(
    await settlePolled(gateway.desk, { office: chiangRai, receipts: false }, head!.id, { kind: 'taken' }),
    false,
    'not for another office',
  )
  t.equal(
    await settlePolled(gateway.desk, { office: chiangMai, receipts: false }, head!.id, { kind: 'taken' }),
    true,
  )
  t.equal(
    await settlePolled(gateway.desk, { office: chiangMai, receipts: false }, head!.id, { kind: 'taken' }),
    false,
    'once',
  )
  const second_ = await headFor(gateway.desk, { office: chiangMai, receipts: false })
  t.equal(second_?.envelope.content === 'letter' && second_.envelope.letter.number.printed, 'มท 0210.3/2')
  await until(
    () => ministry.brought.length === 1,
    "the province's receive notice, sealed for it, reaches the ministry",
  )
  t.match(ministry.brought[0]?.envelope, {
    content: 'notice',
    notice: { kind: 'receive', from: chiangMai, to: moi },
  })
  const notices = await noticesAbout(gateway.desk.database.committed, head!.envelope.messageId)
  t.equal(notices.length, 1)
  t.equal(await receiptFor(gateway.desk.database.committed, head!.envelope.messageId, 'given'), undefined)
})

t.test('an attachment that our own disk spoilt is no fault of the other side', async (t) => {
  const { gateway, clock, ministry, province, stateOf } = await open(t)
  const scan = Buffer.from('1000 baht')
  const item = letterItem(plainLetter())
  province.items = [
    {
      ...item,
      attachments: [{ name: 'a.pdf', role: 'main', content: { kind: 'bytes', bytes: scan } }],
    } as typeof item,
  ]
  let read: unknown
  ministry.answer = async (parcel) => {
    const { letter } = parcel.envelope as { letter: Letter }
    read = await parcel
      .open(letter.attachments[0]!.sha256)
      .toArray()
      .catch((error: unknown) => error)
    return { kind: 'refused', problem: problem('delivery.refused', 'x', undefined, { said: 'half a file' }) }
  }
  const opened = gateway.desk.attachments.open
  const store = gateway.desk.attachments as { open: typeof opened }
  store.open = (sha256) => opened(sha256.replace(/./g, '0'))
  const [taken] = await take(gateway.desk, systemOf(province), source('with a scan'), (each) =>
    province.read(each),
  )
  const id = (taken as { messageId: MessageId }).messageId
  await until(() => ministry.brought.length === 1, 'it is brought')
  await until(() => read !== undefined, 'the adapter has read')
  await rest(100)
  t.ok(read instanceof Error, 'the bytes cannot be read')
  t.equal(await stateOf(id), 'forwarding', 'not refused for good: tried again')
  store.open = opened
  ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
  await clock.advance(hour)
  t.equal(await stateOf(id), 'delivered')
})

t.test('a receive notice that comes after the number is kept, and not told any more', async (t) => {
  const { gateway, clock, province, ministry, send, stateOf } = await open(t)
  const say = (name: string, bytes: Buffer) => {
    ministry.items = [{ kind: 'envelope', position: 'envelope', bytes, attachments: new Map() }]
    return take(gateway.desk, systemOf(ministry), source(name, 'waits'), (each) => ministry.read(each))
  }
  ministry.answer = async (parcel) => {
    const { letter } = parcel.envelope as { letter: Letter }
    const about = {
      messageId: parcel.envelope.messageId,
      digest: parcel.sealed.digest,
      number: letter.number.printed,
      date: letter.date,
      subject: letter.subject,
    }
    const facts = {
      kind: 'accept',
      from: moi,
      to: chiangMai,
      receiveNumber: '9/2569',
      at: clock.now(),
      reason: '',
      about,
    } as const
    const { sealed } = sealedBy(trust, clock, { notice: mustBe(checkNotice(facts)) })
    await say('accept', Buffer.from(sealed.bytes))
    return { kind: 'unknown', said: 'the answer was lost' }
  }
  const id = await send()
  await until(async () => (await stateOf(id)) === 'registered', 'registered')
  await clock.advance(hour)
  t.equal(ministry.brought.length, 1, 'what is registered is not sent again, though the answer was lost')
  await say('receive', receiptFrom(clock, ministry.brought[0]!))
  await clock.advance(hour)
  t.same(
    province.brought.map(({ envelope }) => envelope.content === 'notice' && envelope.notice.kind),
    ['accept'],
    'the last word stays the number',
  )
  t.equal((await noticesAbout(gateway.desk.database.committed, id)).length, 2, 'both are kept')
})

for (const [how, show] of [
  [
    'at the head of its queue',
    async (desk: Desk) => (await headFor(desk, { office: chiangMai, receipts: false }))?.id,
  ],
  [
    'out of its turn',
    async (desk: Desk, id: string) => ((await showAgain(desk, chiangMai, id)) ? id : undefined),
  ],
] as const)
  t.test(`a polled letter that was shown ${how} is recalled by a notice, not in silence`, async (t) => {
    const province = new ScriptedAdapter(chiangMai, { polls: true })
    const sender = new ScriptedAdapter(chiangRai)
    const gateway = await openGateway(scratch(t), trust, [province, sender])
    await gateway.dispatch.start()
    t.after(() => gateway.close())
    const { desk } = gateway
    const letter = plainLetter({
      from: { office: chiangRai },
      to: { offices: [chiangMai] },
      number: mustBe(readLetterNumber('ชร 0017.1/1')).number,
    })
    sender.items = [letterItem(letter)]
    const recall = { kind: 'recall', about: { number: 'ชร 0017.1/1' } } as const
    const offer = (name: string) => take(desk, systemOf(sender), source(name), (each) => sender.read(each))
    const [became] = await offer('letter')
    if (became?.kind !== 'taken') return t.fail('not taken')
    const [delivery] = await deliveriesOfMessage(desk.database.committed, became.messageId)
    t.equal(await show(desk, delivery!.id), delivery!.id)
    sender.items = [{ kind: 'notice', position: 'notice', draft: recall }]
    await offer('recall')
    t.equal(
      await settlePolled(desk, { office: chiangMai, receipts: false }, delivery!.id, { kind: 'taken' }),
      true,
    )
    const next = await headFor(desk, { office: chiangMai, receipts: false })
    t.match(next?.envelope, { content: 'notice', notice: { kind: 'recall', from: chiangRai } })
    t.equal(await showAgain(desk, chiangMai, delivery!.id), true, 'it has it')
    return undefined
  })

t.test('a polled letter that was recalled before it was shown is shown no more', async (t) => {
  const province = new ScriptedAdapter(chiangMai, { polls: true })
  const sender = new ScriptedAdapter(chiangRai)
  const gateway = await openGateway(scratch(t), trust, [province, sender])
  t.after(() => gateway.close())
  const { desk } = gateway
  const { number } = mustBe(readLetterNumber('ชร 0017.1/1'))
  const offer = async (item: Item) =>
    (await take(desk, systemOf(sender), source(item.kind), async () => [item]))[0]
  const became = await offer(
    letterItem(plainLetter({ from: { office: chiangRai }, to: { offices: [chiangMai] }, number })),
  )
  if (became?.kind !== 'taken') return t.fail('not taken')
  const draft = { kind: 'recall', about: { number: number.printed } } as const
  t.equal((await offer({ kind: 'notice', position: 'notice', draft }))?.kind, 'taken')
  const [delivery] = await deliveriesOfMessage(desk.database.committed, became.messageId)
  t.equal(await showAgain(desk, chiangMai, delivery!.id), false)
  t.equal(await showAgain(desk, chiangRai, delivery!.id), false, 'nor is what is another office’s')
  return undefined
})
