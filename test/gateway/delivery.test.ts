import t from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import { usualPolicy } from '../../src/adapters/delivery-policy.ts'
import { seal } from '../../src/envelope/seal.ts'
import { verifyEnvelope } from '../../src/envelope/verify.ts'
import { Breakers } from '../../src/gateway/delivery/breaker.ts'
import { headFor, settlePolled } from '../../src/gateway/delivery/polled.ts'
import { recover } from '../../src/gateway/delivery/recovery.ts'
import { nextAttempt } from '../../src/gateway/delivery/schedule.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import type { Reader } from '../../src/gateway/journal/database.ts'
import { attemptsOf, deliveriesOfMessage, dueDeliveries } from '../../src/gateway/journal/deliveries.ts'
import { lettersOfMessage, noticesAbout, receiptFor } from '../../src/gateway/journal/letters.ts'
import { expel, listMembers } from '../../src/gateway/journal/members.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import { Heap } from '../../src/gateway/queue/heap.ts'
import { rankOf } from '../../src/gateway/queue/queue.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { Notice } from '../../src/letter/notice.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import { mustBe } from '../letter/arbitrary.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  joined,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  rest,
  ScriptedAdapter,
  scratch,
  sealedBy,
  source,
  start,
  systemOf,
  type TestGateway,
  until,
} from './harness.ts'
import { breakJournal } from './journal-engine.ts'

// A loaded machine takes its time.
t.setTimeout(900_000)

const second = 1000
const hour = 3600 * second
const trust = await makeTrust([chiangMai, chiangRai, moi])

/** The ministry as an outsider: answers with a notice that it really signs. */
function receiptFrom(
  clock: HandClock,
  parcel: Parameters<NonNullable<ScriptedAdapter['deliver']>>[0],
  changes: Partial<Notice> = {},
): Buffer {
  const letter = parcel.envelope.content === 'letter' ? parcel.envelope.letter : parcel.about?.letter
  if (letter === undefined) throw new Error('a parcel speaks of a letter')
  const to =
    parcel.envelope.content === 'letter' ? parcel.envelope.letter.from.office : parcel.envelope.notice.from
  const about = {
    messageId: parcel.envelope.messageId,
    digest: parcel.sealed.digest,
    number: letter.number.printed,
    date: letter.date,
    subject: letter.subject,
  }
  const facts = { kind: 'receive', from: parcel.office, to, about, at: clock.now(), reason: '', ...changes }
  return sealedBy(trust, clock, { notice: mustBe(checkNotice(facts as Parameters<typeof checkNotice>[0])) })
    .sealed.bytes
}

const countOpen = async (reader: Reader, office: string): Promise<number> =>
  (await reader.all('SELECT id FROM deliveries WHERE office = ? AND open = 1', office)).length

interface World {
  readonly gateway: TestGateway
  readonly clock: HandClock
  readonly province: ScriptedAdapter
  readonly ministry: ScriptedAdapter
  send(letter?: Letter): Promise<MessageId>
  stateOf(id: MessageId): Promise<string | undefined>
}

async function open(
  t: Parameters<typeof scratch>[0],
  folder = scratch(t),
  clock = new HandClock(),
): Promise<World> {
  const province = new ScriptedAdapter(chiangMai)
  const ministry = new ScriptedAdapter(moi, { receipts: true })
  ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
  const gateway = await openGateway(
    folder,
    trust,
    [province, ministry, new ScriptedAdapter(chiangRai)],
    clock,
  )
  await gateway.dispatch.start()
  t.after(() => gateway.close())
  return {
    gateway,
    clock,
    province,
    ministry,
    async send(letter = plainLetter()) {
      province.items = [letterItem(letter)]
      const [taken] = await take(gateway.desk, systemOf(province), source(letter.number.printed), (each) =>
        province.read(each),
      )
      if (taken?.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(taken)}`)
      return taken.messageId
    },
    stateOf: async (id) => (await lettersOfMessage(gateway.desk.database.committed, id))[0]?.state,
  }
}

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

t.test('an office that is away: the schedule, then the letter', async (t) => {
  const { gateway, clock, ministry, send, stateOf } = await open(t)
  const taken = ministry.answer
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  const id = await send()
  await until(() => ministry.brought.length === 1, 'a first attempt')
  await rest()
  for (const [pause, attempts] of [
    [4.9, 1],
    [0.7, 2],
    [22, 3],
    [66, 4],
  ] as const) {
    await clock.advance(pause * second)
    t.equal(ministry.brought.length, attempts, `after ${pause} s more`)
  }
  ministry.answer = taken
  await clock.advance(hour)
  t.equal(await stateOf(id), 'delivered')
  const story = await storyOf(gateway.desk.database.committed, id)
  t.same(
    story?.deliveries[0]?.attempts.map(({ outcome }) => outcome),
    ['unavailable', 'unavailable', 'unavailable', 'unavailable', 'taken'],
  )
  t.equal(
    new Set(ministry.brought.map(({ envelope }) => envelope.messageId)).size,
    1,
    'always the same message id',
  )
  t.same(
    ministry.brought.map(({ attempt, mayHaveArrived }) => [attempt, mayHaveArrived === true]),
    [1, 2, 3, 4, 5].map((attempt) => [attempt, false]),
    'nothing can have arrived before',
  )
})

t.test('an answer that proves nothing is not believed', async (t) => {
  const strangers = await makeTrust([chiangMai, moi])
  const { clock, ministry, send, stateOf, gateway } = await open(t)
  const answers: Record<string, (parcel: Parameters<typeof receiptFrom>[1]) => Outcome> = {
    'no receipt': () => ({ kind: 'taken' }),
    "somebody else's receipt": (parcel) => ({
      kind: 'taken',
      reply: receiptFrom(clock, {
        ...parcel,
        envelope: { ...parcel.envelope, messageId: 'urn:uuid:0190163d-8694-739b-aea5-966c26f8ad90' },
      }),
    }),
    'a receipt with another digest': (parcel) => ({
      kind: 'taken',
      reply: receiptFrom(clock, { ...parcel, sealed: { ...parcel.sealed, digest: 'f'.repeat(64) } }),
    }),
    'signed by another office': (parcel) => ({
      kind: 'taken',
      reply: receiptFrom(clock, { ...parcel, office: chiangRai }),
    }),
    'signed under another authority': (parcel) => {
      const notice = {
        kind: 'receive',
        from: moi,
        to: chiangMai,
        at: clock.now(),
        reason: '',
        about: {
          messageId: parcel.envelope.messageId,
          digest: parcel.sealed.digest,
          number: 'x',
          date: plainLetter().date,
          subject: 'x',
        },
      } as const
      return {
        kind: 'taken',
        reply: sealedBy(strangers, clock, { notice: mustBe(checkNotice(notice)) }).sealed.bytes,
      }
    },
    'an unsigned refusal': () => ({
      kind: 'refused',
      problem: problem('delivery.refused', 'x', undefined, { said: 'no' }),
    }),
  }
  for (const [index, [name, answer]] of Object.entries(answers).entries()) {
    ministry.answer = answer
    const number = mustBe(readLetterNumber(`ชม 0017.1/${700 + index}`)).number
    const id = await send(plainLetter({ number }))
    const [delivery] = await deliveriesOfMessage(gateway.desk.database.committed, id)
    await until(
      async () =>
        (await storyOf(gateway.desk.database.committed, id))?.deliveries[0]?.attempts[0]?.outcome ===
        'unknown',
      name,
    )
    t.equal(await stateOf(id), 'forwarding', `${name}: still on its way`)
    t.equal(gateway.told.at(-1), 'unknown', `${name}: log and metrics say what the journal says`)
    ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
    await clock.advance(hour)
    t.equal(await stateOf(id), 'delivered', `${name}: sent again until it is proved`)
    t.equal(delivery?.state !== 'taken', true)
  }
})

t.test(
  "a receipt under the letter's own message id proves nothing, and costs no more than silence",
  async (t) => {
    const { clock, ministry, send, stateOf, gateway } = await open(t)
    ministry.answer = (parcel) => {
      const { envelope } = mustBe(verifyEnvelope(receiptFrom(clock, parcel), trust.trust, clock.now()))
      const reused = { ...envelope, messageId: parcel.envelope.messageId }
      return { kind: 'taken', reply: seal(reused, trust.signers.get(moi)!, clock.now()).bytes }
    }
    const id = await send()
    await until(() => ministry.brought.length === 1, 'a first attempt')
    await clock.advance(71 * hour)
    t.equal(await stateOf(id), 'forwarding')
    await clock.advance(2 * hour)
    t.equal(await stateOf(id), 'given-up', 'its sender is told')
    t.ok(ministry.brought.length < 90, `${ministry.brought.length} attempts: hourly, not more`)
    t.same(gateway.failures, [])
  },
)

t.test('a receipt that came by the door, and again as the answer to the retry, is one receipt', async (t) => {
  const { clock, ministry, province, send, stateOf, gateway } = await open(t)
  let receipt: Buffer | undefined
  ministry.answer = (parcel) => {
    if (parcel.envelope.content === 'notice') return { kind: 'taken', reply: receiptFrom(clock, parcel) }
    if (receipt !== undefined) return { kind: 'taken', reply: receipt }
    receipt = receiptFrom(clock, parcel)
    return { kind: 'unknown', said: 'the answer was lost' }
  }
  const id = await send()
  await until(() => receipt !== undefined, 'a first attempt')
  const bytes = receipt ?? Buffer.alloc(0)
  const attachments = new Map()
  const envelope = { kind: 'envelope', position: 'envelope', bytes, attachments } as const
  const byDoor = await take(gateway.desk, systemOf(ministry), source('r', 'waits'), async () => [envelope])
  t.match(byDoor, [{ kind: 'taken' }])
  const draft = { kind: 'dispute', about: { messageId: id }, receiveNumber: '1' } as const
  await take(gateway.desk, systemOf(province), source('d', 'waits'), async () => [
    { kind: 'notice', position: 'notice', draft },
  ])
  await clock.advance(2 * hour)
  const [delivery] = await deliveriesOfMessage(gateway.desk.database.committed, id)
  t.equal(delivery?.state, 'taken')
  t.equal(delivery?.attempts, 2)
  t.same(gateway.failures, [])
  t.not(await stateOf(id), 'forwarding')
})

t.test('a signed refusal ends the delivery, and the province is told', async (t) => {
  const { clock, ministry, province, send, stateOf } = await open(t)
  for (const [index, [kind, state]] of (
    [
      ['reject', 'refused'],
      ['invalid', 'wrong'],
    ] as const
  ).entries()) {
    ministry.answer = (parcel) => ({
      kind: 'refused',
      problem: problem('delivery.refused', 'x', undefined, { said: '' }),
      reply: receiptFrom(clock, parcel, { kind, reason: 'ส่งผิดหน่วยงาน' }),
    })
    const number = mustBe(readLetterNumber(`ชม 0017.1/${800 + index}`)).number
    const id = await send(plainLetter({ number }))
    await until(async () => (await stateOf(id)) === state, state)
    await until(
      () =>
        province.brought.some(
          ({ envelope }) =>
            envelope.content === 'notice' &&
            envelope.notice.kind === kind &&
            envelope.notice.about.messageId === id,
        ),
      `${kind} reaches the province`,
    )
    await clock.advance(72 * hour)
    t.equal(
      ministry.brought.filter(({ envelope }) => envelope.messageId === id).length,
      1,
      'never tried again',
    )
  }
})

t.test('given up after 72 hours: kept whole, and a late receipt still counts', async (t) => {
  const { clock, ministry, send, stateOf, gateway } = await open(t)
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  const id = await send()
  await until(() => ministry.brought.length === 1, 'a first attempt')
  await clock.advance(71 * hour)
  t.equal(await stateOf(id), 'forwarding', 'a weekend is outlived')
  await clock.advance(2 * hour)
  t.equal(await stateOf(id), 'given-up')
  const attempts = ministry.brought.length
  t.ok(attempts > 60 && attempts < 90, `${attempts} attempts: hourly, not more`)
  const story = await storyOf(gateway.desk.database.committed, id)
  t.ok(story?.events.some(({ name }) => name === 'delivery.given-up'))
})

t.test('a gateway that was off, or a clock that jumped, ends nothing that was hardly tried', async (t) => {
  const { clock, ministry, send, stateOf, gateway } = await open(t)
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  const id = await send()
  await until(() => ministry.brought.length === 1, 'a first attempt')
  clock.jump(80 * hour)
  await clock.advance(30 * second)
  t.equal(await stateOf(id), 'forwarding')
  ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
  await clock.advance(2 * hour)
  t.equal(await stateOf(id), 'delivered')
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

t.test('a dead office costs one probe, and its neighbours nothing', async (t) => {
  const { clock, gateway, province, ministry, send } = await open(t)
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  for (let index = 0; index < 30; index++) {
    await send(plainLetter({ number: mustBe(readLetterNumber(`ชม 0017.1/${900 + index}`)).number }))
  }
  await rest(400)
  t.same(gateway.opened, [moi], 'the breaker opened once')
  const before = ministry.brought.length
  t.ok(before <= 10, `${before} attempts before it opened`)
  await clock.advance(60 * second)
  t.ok(
    ministry.brought.length - before <= 4,
    `${ministry.brought.length - before} probes in the next minute, for 30 letters`,
  )
  ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
  await clock.advance(2 * hour)
  await until(() => province.brought.length === 30, 'all are through once it answers')
  t.same(gateway.failures, [])
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

t.test('an office that asks for a pause of years is asked again within hours', async (t) => {
  const { gateway, clock, ministry, send, stateOf } = await open(t)
  const years = 31 * 365 * 24 * hour
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: '503', retryAfter: years })
  for (const running of [1, 2, 3]) {
    await send(plainLetter({ number: mustBe(readLetterNumber(`ชม 0017.1/${600 + running}`)).number }))
  }
  await until(() => gateway.opened.length === 1, 'the breaker opened')
  ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
  const late = await send(plainLetter({ number: mustBe(readLetterNumber('ชม 0017.1/609')).number }))
  await clock.advance(5 * hour)
  t.equal(await stateOf(late), 'sealed', 'the pause is honoured')
  await clock.advance(2 * hour)
  t.equal(await stateOf(late), 'delivered', 'within its bound')
})

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

t.test(
  'the process dies: what was claimed is due, what was being sent is unknown, and both arrive once',
  async (t) => {
    const folder = scratch(t)
    const clock = new HandClock()
    const world = await open(t, folder, clock)
    // The line hangs: the delivery is being sent when the process dies.
    world.ministry.answer = (_parcel, signal) =>
      new Promise<Outcome>((resolve) =>
        signal.addEventListener('abort', () => resolve({ kind: 'unknown', said: 'broken off' })),
      )
    const id = await world.send()
    await until(() => world.ministry.brought.length === 1, 'it is being sent')
    await rest()
    t.equal((await deliveriesOfMessage(world.gateway.desk.database.committed, id))[0]?.state, 'sending')

    // Another process opens the same journal, as after SIGKILL.
    const after = await open(t, folder, clock)
    await until(async () => (await after.stateOf(id)) === 'delivered', 'it is sent again')
    const story = await storyOf(after.gateway.desk.database.committed, id)
    t.same(
      story?.deliveries[0]?.attempts.map(({ outcome }) => outcome),
      ['interrupted', 'taken'],
    )
    t.ok(
      story?.events.some(
        ({ name, facts }) =>
          name === 'delivery.recovered' && facts['from'] === 'sending' && facts['to'] === 'unknown',
      ),
    )
    t.equal(after.ministry.brought[0]?.envelope.messageId, id, 'under the same message id')
  },
)

t.test('after a lost answer, "not now" does not make it certain that nothing arrived', async (t) => {
  const { clock, gateway, ministry, send } = await open(t)
  const answers: Outcome[] = [
    { kind: 'unknown', said: 'socket hang up' },
    { kind: 'unavailable', said: '503', retryAfter: 90 * second },
  ]
  ministry.answer = (parcel) => answers.shift() ?? { kind: 'taken', reply: receiptFrom(clock, parcel) }
  const id = await send()
  await until(() => ministry.brought.length === 1, 'a first attempt')
  await clock.advance(6 * second)
  const [delivery] = await deliveriesOfMessage(gateway.desk.database.committed, id)
  t.match(delivery, { state: 'unknown', attempts: 2 })
  t.ok(delivery!.dueAt >= clock.now() + 85 * second - second, 'Retry-After is honoured')
  await clock.advance(hour)
  t.same(
    ministry.brought.map(({ mayHaveArrived }) => mayHaveArrived === true),
    [false, true, true],
    'the adapter is told',
  )
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
  const head = await headFor(gateway.desk, chiangMai)
  t.equal((await headFor(gateway.desk, chiangMai))?.id, head?.id, 'asked twice, the same parcel')
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
  const second_ = await headFor(gateway.desk, chiangMai)
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

t.test(
  'the journal fails at the moment of the answer: the sweep finds the delivery, without a restart',
  async (t) => {
    const folder = scratch(t)
    const { gateway, clock, ministry, send, stateOf } = await open(t, folder)
    const { database } = gateway.desk
    let mend: (() => Promise<void>) | undefined
    const answer = ministry.answer
    ministry.answer = async (parcel, signal) => {
      ministry.answer = answer
      mend = await breakJournal(folder, database)
      return answer(parcel, signal)
    }
    const id = await send()
    await until(() => mend !== undefined, 'the journal is broken')
    await until(() => gateway.failures.length > 0, 'the answer came')
    await rest(200)
    await mend?.()
    const full = (await deliveriesOfMessage(database.committed, id))[0]?.state
    await clock.advance(hour)
    t.equal(await stateOf(id), 'delivered', `it was ${full} when the disk was full`)
  },
)

t.test(
  'what a failing disk left in the middle is recovered by the sweep, what is under way is not',
  async (t) => {
    const { gateway, clock, ministry, send, stateOf } = await open(t)
    let free: (outcome: Outcome) => void = () => undefined
    const held = new Promise<Outcome>((resolve) => (free = resolve))
    const answer = ministry.answer
    ministry.answer = () => held
    const working = await send()
    await until(() => ministry.brought.length === 1, 'one is under way')
    const left = await send(plainLetter({ number: mustBe(readLetterNumber('ชม 0017.1/777')).number }))
    await until(() => ministry.brought.length === 2, 'two are under way')
    // The second one's row is put back by hand to what a lost write leaves behind, under an id that nobody works on.
    await gateway.desk.database.write((transaction) =>
      transaction.run("UPDATE deliveries SET state = 'claimed' WHERE message_id = ?", left),
    )
    gateway.clock.busy = () => false
    await clock.advance(31 * second)
    t.equal(
      (await deliveriesOfMessage(gateway.desk.database.committed, working))[0]?.state,
      'sending',
      'under way: left alone',
    )
    free({ kind: 'unavailable', said: 'later' })
    ministry.answer = answer
    await rest(100)
    await clock.advance(hour)
    t.equal(await stateOf(working), 'delivered')
    t.equal(await stateOf(left), 'delivered')
  },
)

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
  let lost = true
  ministry.answer = async (parcel) => {
    if (!lost) return { kind: 'taken', reply: receiptFrom(clock, parcel) }
    lost = false
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
    ministry.items = [{ kind: 'envelope', position: 'envelope', bytes: sealed.bytes, attachments: new Map() }]
    await take(gateway.desk, systemOf(ministry), source('accept', 'waits'), (each) => ministry.read(each))
    return { kind: 'unknown', said: 'the answer was lost' }
  }
  const id = await send()
  await until(async () => (await stateOf(id)) === 'registered', 'registered')
  await clock.advance(hour)
  t.equal(ministry.brought.length, 2, 'sent again, since the answer was lost')
  t.same(
    province.brought.map(({ envelope }) => envelope.content === 'notice' && envelope.notice.kind),
    ['accept'],
    'the last word stays the number',
  )
  t.equal((await noticesAbout(gateway.desk.database.committed, id)).length, 2, 'both are kept')
})

t.test('a polled letter that was shown is recalled by a notice, not in silence', async (t) => {
  const province = new ScriptedAdapter(chiangMai, { polls: true })
  const sender = new ScriptedAdapter(chiangRai)
  const gateway = await openGateway(scratch(t), trust, [province, sender])
  await gateway.dispatch.start()
  t.after(() => gateway.close())
  const letter = plainLetter({
    from: { office: chiangRai },
    to: { offices: [chiangMai] },
    number: mustBe(readLetterNumber('ชร 0017.1/1')).number,
  })
  sender.items = [letterItem(letter)]
  await take(gateway.desk, systemOf(sender), source('letter'), (each) => sender.read(each))
  const head = await headFor(gateway.desk, chiangMai)
  sender.items = [
    { kind: 'notice', position: 'notice', draft: { kind: 'recall', about: { number: 'ชร 0017.1/1' } } },
  ]
  await take(gateway.desk, systemOf(sender), source('recall'), (each) => sender.read(each))
  t.equal(
    await settlePolled(gateway.desk, { office: chiangMai, receipts: false }, head!.id, { kind: 'taken' }),
    true,
  )
  const next = await headFor(gateway.desk, chiangMai)
  t.match(next?.envelope, { content: 'notice', notice: { kind: 'recall', from: chiangRai } })
})

t.test('the schedule: pauses, jitter, Retry-After within bounds, the deadline', async (t) => {
  const at = (attempts: number, chance = 0, retryAfter = 0) =>
    nextAttempt(usualPolicy, attempts, start, start + 72 * hour, chance, retryAfter)
  t.same(
    [1, 2, 3, 4, 5, 6, 7, 99].map((attempts) => ((at(attempts) as number) - start) / second),
    [5, 20, 60, 180, 540, 1620, 3600, 3600],
  )
  t.equal(at(7, 0.999_999), start + Math.round(3600 * second * (1 + 0.1 * 0.999_999)))
  t.equal(at(1, 0, 600 * second), start + 600 * second, 'longer')
  t.equal(at(7, 0, second), start + hour, 'never shorter')
  t.equal(at(1, 0, 30 * 24 * hour), start + 6 * hour, 'bounded')
  t.equal(at(1, 0, -5), start + 5 * second)
  t.equal(
    nextAttempt(usualPolicy, 9, start, start + second, 0),
    start + second,
    'the last attempt is at the deadline',
  )
  t.equal(nextAttempt(usualPolicy, 9, start, start, 0), 'give-up')
})

t.test('most-urgent overtakes, ordinary does not starve', async (t) => {
  const heap = new Heap<{ name: string; dueAt: number; priority: number }>(
    (one, other) => rankOf(one) - rankOf(other),
  )
  heap.push({ name: 'most urgent, an hour and a minute later', dueAt: start + 61 * 60 * second, priority: 4 })
  heap.push({ name: 'ordinary', dueAt: start, priority: 1 })
  heap.push({ name: 'urgent, 6 minutes later', dueAt: start + 6 * 60 * second, priority: 2 })
  heap.push({ name: 'very urgent, 6 minutes later', dueAt: start + 6 * 60 * second, priority: 3 })
  heap.push({ name: 'most urgent, 6 minutes later', dueAt: start + 6 * 60 * second, priority: 4 })
  const served = Array.from({ length: 6 }, () => heap.pop()?.name)
  t.same(served, [
    'most urgent, 6 minutes later',
    'very urgent, 6 minutes later',
    'ordinary',
    'urgent, 6 minutes later',
    'most urgent, an hour and a minute later',
    undefined,
  ])
})

t.test('the breaker: opens at the third failure in a row, one probe at a time', async (t) => {
  const breakers = new Breakers()
  t.same(
    [
      breakers.failed('50', start),
      breakers.failed('50', start),
      breakers.failed('50', start),
      breakers.failed('50', start),
    ],
    [false, false, true, false],
  )
  t.equal(breakers.admits('50', start), false)
  t.equal(breakers.admits('57', start), true, 'another office is another matter')
  const probeAt = breakers.probeAt('50')!
  t.equal(breakers.admits('50', probeAt), true)
  t.equal(breakers.admits('50', probeAt), false, 'one probe at a time')
  breakers.released('50')
  t.equal(breakers.admits('50', probeAt), true, 'a probe without an answer frees its place')
  breakers.answered('50')
  t.equal(breakers.probeAt('50'), undefined)
  t.equal(breakers.failed('57', start, hour), false)
  breakers.failed('57', start + second)
  breakers.failed('57', start + second)
  t.equal(
    breakers.probeAt('57'),
    start + hour,
    'a pause that was asked for is not shortened by a later failure',
  )
})

t.test(
  'where the share of this gateway is nothing it brings nothing, and what it was given goes on',
  async (t) => {
    const { gateway, clock, ministry, send, stateOf } = await open(t)
    gateway.shares.set('moi', 0)
    const id = await send()
    await clock.advance(10 * second)
    t.equal(ministry.brought.length, 0)
    t.equal(await stateOf(id), 'sealed', 'it is due, for the others')
    // One of the others ended: the share is another now, and the hint has not gone astray.
    gateway.shares.set('moi', 1)
    await clock.advance(second)
    t.equal(ministry.brought.length, 1)
    t.equal(await stateOf(id), 'delivered')
  },
)

t.test('a gateway that was given up begins nothing, and proves what it had begun', async (t) => {
  const { gateway, ministry, send, stateOf } = await open(t)
  const { database } = gateway.desk
  let answer: (outcome: Outcome) => void = () => undefined
  const answered = new Promise<Outcome>((resolve) => (answer = resolve))
  const usual = ministry.answer
  ministry.answer = () => answered
  const begun = await send()
  await until(() => ministry.brought.length === 1, 'one is under way')
  await database.write(async (transaction) => {
    const [self] = await listMembers(transaction)
    t.ok(self && (await expel(transaction, self, start)))
  })
  const other = await joined(database, new HandClock(), 'other')
  await recover({ ...gateway.desk, member: other }, () => false, 'later')
  const [delivery] = await deliveriesOfMessage(database.committed, begun)
  t.match(delivery, { state: 'unknown', member: null }, 'another freed what it held')
  const later = await send(plainLetter({ number: mustBe(readLetterNumber('ชม 0017.1/778')).number }))
  await rest()
  t.equal(ministry.brought.length, 1, 'it claims nothing')
  t.equal((await deliveriesOfMessage(database.committed, later))[0]?.state, 'due')
  // The answer comes after all, with its proof.
  answer(await usual(ministry.brought[0]!, new AbortController().signal))
  await until(async () => (await stateOf(begun)) === 'delivered', 'what is proved counts')
  t.match(
    (await attemptsOf(database.committed, delivery!.id)).map(({ outcome }) => outcome),
    ['taken'],
    'as the end of its own attempt',
  )
})
