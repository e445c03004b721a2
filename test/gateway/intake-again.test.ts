// A letter under a key that was used before: every row of the table in src/gateway/delivery/again.ts (decision 0018).
import t from 'tap'
import type { Item, Outcome, Parcel, Source, Taken } from '../../src/adapters/contract.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { retryQuarantined } from '../../src/gateway/intake/retry.ts'
import { deliveriesOfMessage, moveDelivery } from '../../src/gateway/journal/deliveries.ts'
import { envelopeById } from '../../src/gateway/journal/envelopes.ts'
import { letterAt, lettersOfMessage, lettersSent, moveLetter } from '../../src/gateway/journal/letters.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { NoticeKind } from '../../src/letter/notice.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import { mustBe } from '../letter/arbitrary.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
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
  systemOf,
  until,
} from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const letter = plainLetter()
const other = plainLetter({ subject: 'แก้ไขเรื่อง การเชื่อมโยงระบบ' })
const number = letter.number.printed

interface World extends Awaited<ReturnType<typeof openWorld>> {}

async function openWorld(t: Parameters<typeof scratch>[0], started = false) {
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const ministry = new ScriptedAdapter(moi, { receipts: true })
  const neighbour = new ScriptedAdapter(chiangRai)
  const gateway = await openGateway(scratch(t), trust, [province, ministry, neighbour], clock)
  if (started) await gateway.dispatch.start()
  t.after(() => gateway.close())
  const { desk } = gateway
  const { committed } = desk.database
  const offer = async (item: Item, how: Partial<Source> = {}, by = province): Promise<Taken> => {
    const [taken] = await take(desk, systemOf(by), { ...source('the row'), ...how }, async () => [item])
    if (taken === undefined) throw new Error('nothing became of it')
    return taken
  }
  return {
    ...{ gateway, desk, clock, province, ministry, neighbour, committed, offer },
    async send(sent: Letter = letter, how: Partial<Source> = {}): Promise<MessageId> {
      const taken = await offer(letterItem(sent), how)
      if (taken.kind !== 'taken') throw new Error(JSON.stringify(taken))
      return taken.messageId
    },
    recall: (messageId: MessageId) =>
      offer(
        { kind: 'notice', position: 'notice', draft: { kind: 'recall', about: { messageId } } },
        { name: 'recall', bytes: Buffer.from(messageId) },
      ),
    move: (id: MessageId, event: Parameters<typeof moveLetter>[3], at = moi) =>
      desk.database.write((transaction) => moveLetter(transaction, id, at, event, clock.now())),
    /** As the ministry signs it. */
    signed: (id: string, kind: NoticeKind, changes: Record<string, unknown> = {}) =>
      signedNotice(id, kind, changes),
    stateOf: async (id: string) => (await lettersOfMessage(committed, id))[0]?.state,
    sent: async (of = letter) => (await lettersSent(committed, chiangMai, of.number.normalized)).length,
  }

  async function signedNotice(id: string, kind: NoticeKind, changes: Record<string, unknown>) {
    const stored = await envelopeById(committed, id)
    if (stored === undefined) throw new Error(`no envelope ${id}`)
    const { date, subject } = (await storyOf(committed, id))?.letter ?? letter
    const about = { messageId: id, digest: stored.digest, number, date, subject }
    const facts = { kind, from: moi, to: chiangMai, about, at: clock.now(), reason: '', ...changes }
    const notice = mustBe(checkNotice(facts as Parameters<typeof checkNotice>[0]))
    const { bytes } = sealedBy(trust, clock, { notice }).sealed
    const item = { kind: 'envelope', position: 'envelope', bytes, attachments: new Map() } as const
    return offer(item, { sender: 'waits', bytes: Buffer.from(id + kind) }, ministry)
  }
}

const codes = (taken: Taken): string[] => ('problems' in taken ? taken.problems.map(({ code }) => code) : [])

type Step = Parameters<typeof moveLetter>[3] | 'recalled'

/** Where the earlier letter stands → what becomes of the same content, and of another one, under a new handing-over. */
const table: Readonly<Record<string, { steps: readonly Step[]; same: string; changed: string }>> = {
  sealed: { steps: [], same: 'known', changed: 'conflict' },
  forwarding: { steps: ['forward'], same: 'known', changed: 'conflict' },
  delivered: { steps: ['receive'], same: 'known', changed: 'conflict' },
  registered: { steps: ['receive', 'accept'], same: 'known', changed: 'conflict' },
  'given-up': { steps: ['forward', 'give-up'], same: 'known', changed: 'conflict' },
  refused: { steps: ['receive', 'reject'], same: 'known refused', changed: 'corrected' },
  wrong: { steps: ['receive', 'invalid'], same: 'known wrong', changed: 'corrected' },
  recalled: { steps: ['recalled'], same: 'known recalled', changed: 'goes' },
}

const handings: Readonly<
  Record<
    string,
    { how: Partial<Source>; same?: true; changes?: Record<string, { same?: string; changed?: string }> }
  >
> = {
  'a new file': { how: { handover: 'anew' } },
  'without a handing-over': { how: {} },
  'somebody waits': { how: { sender: 'waits' }, changes: { recalled: { same: 'goes' } } },
  'only looked at again': {
    how: { handover: 'anew', seen: true },
    changes: {
      refused: { same: 'known', changed: 'conflict' },
      wrong: { same: 'known', changed: 'conflict' },
      recalled: { same: 'known', changed: 'letter.taken-unknown' },
    },
  },
  'the same handing-over': {
    how: {},
    same: true,
    changes: {
      refused: { same: 'known', changed: 'conflict' },
      wrong: { same: 'known', changed: 'conflict' },
      recalled: { same: 'known', changed: 'conflict' },
    },
  },
}

async function arrange(
  world: World,
  steps: readonly Step[],
  sent = letter,
  handover = 'claim',
): Promise<MessageId> {
  const id = await world.send(sent, { handover })
  for (const step of steps) {
    if (step === 'recalled') t.equal((await world.recall(id)).kind, 'taken')
    else t.ok(await world.move(id, step), step)
  }
  return id
}

for (const [title, { how, same, changes }] of Object.entries(handings))
  t.test(title, async (t) => {
    const world = await openWorld(t)
    for (const [index, [state, row]] of Object.entries(table).entries()) {
      for (const [content, written] of Object.entries({ same: letter, changed: other })) {
        const expected =
          changes?.[state]?.[content as 'same' | 'changed'] ?? row[content as 'same' | 'changed']
        const numbered = mustBe(readLetterNumber(`ชม 0017.1/${index}${content === 'same' ? 1 : 2}`))
        const first = { ...letter, number: numbered.number }
        const handover = `claim ${numbered.number.normalized}`
        const id = await arrange(world, row.steps, first, handover)
        const again = letterItem({ ...written, number: numbered.number })
        const taken = await world.offer(again, {
          ...how,
          ...(how.handover !== undefined && { handover: `anew ${handover}` }),
          ...(same && { handover }),
        })
        t.equal(await nameOf(world, id, taken), expected, `${state}, ${content} content`)
        if (expected.startsWith('known')) t.equal(await world.sent(first), 1, 'and nothing more is there')
      }
    }
  })

async function nameOf(world: World, earlier: MessageId, taken: Taken): Promise<string> {
  if (taken.kind === 'known') {
    t.equal(taken.messageId, earlier)
    return taken.ended === undefined ? 'known' : `known ${taken.ended}`
  }
  if (taken.kind !== 'taken') return codes(taken).join().replace('letter.conflict', 'conflict')
  t.not(taken.messageId, earlier, 'a new envelope under a message id of its own')
  const story = await storyOf(world.committed, earlier)
  const event = story?.events.find(({ name }) => name === 'letter.corrected')
  if (event === undefined) return 'goes'
  t.match(event.facts, { by: taken.messageId }, 'the two are related')
  t.equal(await world.stateOf(earlier), 'recalled')
  t.equal(await world.stateOf(taken.messageId), 'sealed')
  return 'corrected'
}

t.test('given up, the same content is tried again under its own message id', async (t) => {
  const world = await openWorld(t)
  const id = await world.send()
  const [delivery] = await deliveriesOfMessage(world.committed, id)
  await world.desk.database.write(async (transaction) => {
    for (const event of ['send', 'give-up'] as const)
      await moveDelivery(transaction, delivery?.id ?? '', event, world.clock.now(), {
        by: world.desk.member.id,
      })
  })
  await world.move(id, 'give-up')
  t.equal(await world.stateOf(id), 'given-up')
  t.match(await world.offer(letterItem(letter)), { kind: 'known', messageId: id })
  t.equal(await world.stateOf(id), 'forwarding')
  t.equal((await deliveriesOfMessage(world.committed, id))[0]?.state, 'due')
})

const contentOf = ({ envelope }: Parcel): string =>
  envelope.content === 'letter' ? 'letter' : envelope.notice.kind

t.test('rejected after it arrived: the recall goes first, then the corrected letter', async (t) => {
  const world = await openWorld(t, true)
  const { ministry, clock, gateway, committed } = world
  ministry.answer = async ({ envelope, sealed, about }) => {
    const { subject } = envelope.content === 'letter' ? envelope.letter : (about?.letter ?? letter)
    const facts = {
      kind: 'receive',
      ...{ from: moi, to: chiangMai, at: clock.now(), reason: '' },
      about: { messageId: envelope.messageId, digest: sealed.digest, number, date: letter.date, subject },
    }
    const notice = mustBe(checkNotice(facts as Parameters<typeof checkNotice>[0]))
    return { kind: 'taken', reply: sealedBy(trust, clock, { notice }).sealed.bytes }
  }
  const first = await world.send()
  await until(async () => (await world.stateOf(first)) === 'delivered', 'delivered')
  t.equal((await world.signed(first, 'reject', { reason: 'เรื่องไม่ถูกต้อง' })).kind, 'taken')
  t.equal(await world.stateOf(first), 'refused')
  const answer = ministry.answer
  ministry.answer = (): Outcome => ({ kind: 'unavailable', said: 'connect ECONNREFUSED' })
  const second = await world.send(other, { handover: 'claim-2' })
  await rest()
  t.same(ministry.brought.map(contentOf), ['letter', 'recall'], 'the letter waits for the recall')
  ministry.answer = answer
  await clock.advance(60_000)
  t.same(ministry.brought.map(contentOf), ['letter', 'recall', 'recall', 'letter'])
  const [, recall, , letterParcel] = ministry.brought
  t.match(recall?.envelope, { notice: { about: { messageId: first }, to: moi, from: chiangMai } })
  t.match(letterParcel?.envelope, { messageId: second, letter: { subject: other.subject } })
  t.equal(await world.stateOf(second), 'delivered')
  // The same once more: what is said of the corrected letter comes behind it, and its own correction behind that.
  t.equal((await world.signed(second, 'invalid')).kind, 'taken')
  const third = await world.send({ ...other, subject: 'แก้ไขอีกครั้ง' })
  await clock.advance(60_000)
  t.same(ministry.brought.slice(4).map(contentOf), ['recall', 'letter'])
  const lanes = await Promise.all(
    [first, second, third].map(async (id) => (await deliveriesOfMessage(committed, id))[0]?.lane),
  )
  t.equal(new Set(lanes).size, 1, 'one lane')
  t.match(await world.offer(letterItem(letter)), { kind: 'known', messageId: first, ended: 'recalled' })
  t.match(await world.offer(letterItem(other)), { kind: 'known', messageId: second, ended: 'recalled' })
  t.equal(await world.stateOf(third), 'delivered')
  t.same(gateway.failures, [])
})

t.test(
  'refused at the door, a letter is not there: the corrected one goes without a word of it',
  async (t) => {
    const world = await openWorld(t, true)
    const refusal: Outcome = {
      kind: 'refused',
      problem: problem('delivery.refused', 'x', undefined, { said: '' }),
    }
    world.neighbour.answer = () => refusal
    const to: Letter['to'] = { offices: [chiangRai] }
    const first = await world.send({ ...letter, to })
    await until(async () => (await world.stateOf(first)) === 'refused', 'refused')
    world.neighbour.answer = () => ({ kind: 'taken' })
    const second = await world.send({ ...other, to })
    await until(async () => (await world.stateOf(second)) === 'delivered', 'delivered')
    t.same(world.neighbour.brought.map(contentOf), ['letter', 'letter'])
    t.equal(await world.stateOf(first), 'recalled')
  },
)

t.test('of many at the same time one corrects', async (t) => {
  const world = await openWorld(t)
  await arrange(world, ['reject'])
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, index) => world.offer(letterItem(other), { handover: `at-once-${index}` })),
  )
  t.equal(all.filter(({ kind }) => kind === 'taken').length, 1)
  t.equal(all.filter(({ kind }) => kind === 'known').length, 7)
  t.equal(await world.sent(), 2)
})

t.test(
  'an accept that comes while the corrected letter is sealed: a conflict, and nothing is recalled',
  async (t) => {
    const world = await openWorld(t)
    const id = await arrange(world, ['reject'])
    let moved: Promise<unknown> = Promise.resolve()
    const desk = {
      ...world.desk,
      reached: (step: string) => {
        if (step === 'letter.sealed') moved = world.move(id, 'accept')
      },
    }
    const [taken] = await take(desk, systemOf(world.province), source('new'), async () => [letterItem(other)])
    await moved
    t.same(codes(taken!), ['letter.conflict'])
    t.equal(await world.stateOf(id), 'registered')
    t.equal(await world.sent(), 1)
  },
)

t.test(
  'a conflict in quarantine goes when the earlier letter was refused since, by a person’s word',
  async (t) => {
    const world = await openWorld(t)
    const id = await arrange(world, [])
    const corrected = { handover: 'claim-2', bytes: Buffer.from('the corrected row') }
    t.same(codes(await world.offer(letterItem(other), corrected)), ['letter.conflict'])
    await world.move(id, 'reject')
    const [row] = await listQuarantine(world.committed, 10)
    const reader = { system: systemOf(world.province), read: async () => [letterItem(other)] }
    const order = { ids: [row?.id ?? ''], by: 'somchai', why: 'it was refused', believe: false }
    t.match(await retryQuarantined(world.desk, () => reader, order), [{ became: 'taken' }])
    t.equal(await world.stateOf(id), 'recalled')
  },
)

t.test('a circular is corrected where it was refused, unless it stands elsewhere', async (t) => {
  const world = await openWorld(t)
  const circular = (changes: Partial<Letter> = {}) =>
    plainLetter({ circular: true, to: { offices: [chiangRai, moi] }, ...changes })
  const id = await world.send(circular())
  await world.move(id, 'reject', moi)
  t.same(codes(await world.offer(letterItem(circular({ subject: 'แก้ไข' })))), ['letter.conflict'])
  await world.move(id, 'invalid', chiangRai)
  const taken = await world.offer(letterItem(circular({ subject: 'แก้ไข' })))
  t.equal(taken.kind, 'taken')
  t.same(
    (await lettersOfMessage(world.committed, id)).map(({ state }) => state),
    ['recalled', 'recalled'],
  )
  t.equal((await storyOf(world.committed, id))?.notices.length, 2, 'one recall for each')
})

t.test('an office that seals by itself recalls by itself', async (t) => {
  const world = await openWorld(t)
  const offerSealed = (changes: Partial<Letter>) => {
    const written = plainLetter({ from: { office: moi }, to: { offices: [chiangMai] }, ...changes })
    const { sealed, envelope } = sealedBy(trust, world.clock, { letter: written })
    const item = {
      kind: 'envelope',
      position: 'envelope',
      bytes: sealed.bytes,
      attachments: new Map(),
    } as const
    const bytes = Buffer.from(envelope.messageId)
    return world.offer(item, { sender: 'waits', bytes }, world.ministry)
  }
  const first = await offerSealed({})
  if (first.kind !== 'taken') return t.fail('not taken')
  await world.move(first.messageId, 'reject', chiangMai)
  const corrected = await offerSealed({ subject: 'แก้ไข' })
  t.same(codes(corrected), ['letter.conflict'])
  t.ok('receipt' in corrected, 'and it is told, signed')
  const unchanged = await offerSealed({})
  t.same(codes(unchanged), ['letter.ended'], 'never receipted and not brought')
  t.ok('receipt' in unchanged)

  // A circular: refused at one, given up at another.
  const { number: other } = mustBe(readLetterNumber('มท 0210.3/ว3898'))
  const circular = { number: other, circular: true, to: { offices: [chiangMai, chiangRai] } } as const
  const sent = await offerSealed(circular)
  if (sent.kind !== 'taken') return t.fail('not taken')
  const stateAt = async (at: typeof chiangRai) => (await letterAt(world.committed, sent.messageId, at))?.state
  await world.move(sent.messageId, 'reject', chiangMai)
  t.same(
    codes(await offerSealed(circular)),
    ['letter.ended'],
    'it was refused, and is on its way to the other',
  )
  const [delivery] = (await deliveriesOfMessage(world.committed, sent.messageId)).filter(
    ({ office }) => office === chiangRai,
  )
  if (delivery === undefined) return t.fail('no delivery')
  await world.desk.database.write((transaction) =>
    moveDelivery(transaction, delivery.id, 'give-up', world.clock.now()),
  )
  await world.move(sent.messageId, 'give-up', chiangRai)
  const again = await offerSealed(circular)
  t.match(again, { kind: 'known' })
  t.ok('receipt' in again, 'it is brought where it was given up, and receipted')
  t.equal(await stateAt(chiangRai), 'forwarding')
  t.equal(await stateAt(chiangMai), 'refused', 'and goes no more where it was refused')
  t.same(await world.sent(), 0, 'under the message id that it has')
  t.same(codes(await offerSealed(circular)), ['letter.ended'])
  return undefined
})
