// What proves that a letter arrived, and what does not.
import t from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import { seal } from '../../src/envelope/seal.ts'
import { verifyEnvelope } from '../../src/envelope/verify.ts'
import { resend } from '../../src/gateway/delivery/resend.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { receiptFor } from '../../src/gateway/journal/envelopes.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import { checkNotice } from '../../src/letter/check.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { problem } from '../../src/problem/problem.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { hour, open, receiptFrom, second, trust } from './delivery-stage.ts'
import {
  chiangMai,
  chiangRai,
  makeTrust,
  moi,
  plainLetter,
  sealedBy,
  source,
  systemOf,
  until,
} from './harness.ts'

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

t.test('what an answer without proof said is told: its status and the title of a problem', async (t) => {
  const { ministry, send, gateway } = await open(t)
  const told = async (said: string): Promise<string | null | undefined> => {
    const unsigned = problem('delivery.refused', 'x', undefined, { said: 'no' })
    ministry.answer = () => ({ kind: 'refused', problem: unsigned, said })
    const number = mustBe(readLetterNumber(`ชม 0017.1/${750 + said.length}`)).number
    const id = await send(plainLetter({ number }))
    const last = async () => (await storyOf(gateway.desk.database.committed, id))?.deliveries[0]?.attempts[0]
    await until(async () => (await last())?.outcome === 'unknown', said)
    return (await last())?.said
  }
  const missing = 'receipt.missing: the other side answered without a signed receipt'
  const json = '{"type":"about:blank","title":"the certificate is “none” of the 1 registered"}'
  t.equal(
    await told(`HTTP 422: ${json}`),
    `${missing}; it answered HTTP 422: the certificate is “none” of the 1 registered`,
  )
  t.equal(await told('HTTP 422: no such office'), `${missing}; it answered HTTP 422: no such office`)
  t.equal(await told('HTTP 422: {"status": 422}'), `${missing}; it answered HTTP 422`)
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

t.test(
  'a notice that was refused, sent again and taken: what is kept proves that it was taken',
  async (t) => {
    const { clock, ministry, province, send, stateOf, gateway } = await open(t)
    const { database } = gateway.desk
    const id = await send()
    await until(async () => (await stateOf(id)) === 'delivered', 'delivered')
    const say = (kind: 'reject' | 'receive') => {
      ministry.answer = (parcel) => ({
        kind: 'taken',
        reply: receiptFrom(clock, parcel, { kind, reason: 'x' }),
      })
    }
    say('reject')
    province.items = [
      { kind: 'notice', position: 'n', draft: { kind: 'recall', about: { messageId: id }, reason: 'ส่งผิด' } },
    ]
    const [taken] = await take(gateway.desk, systemOf(province), source('recall'), (each) =>
      province.read(each),
    )
    if (taken?.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(taken)}`)
    const notice = taken.messageId
    const is = async (state: string) =>
      (await deliveriesOfMessage(database.committed, notice))[0]?.state === state
    await until(() => is('refused'), 'refused')
    say('receive')
    const order = {
      messageId: id,
      recipients: [moi],
      by: 'somchai',
      why: 'it was a mistake',
      at: clock.now(),
    }
    await resend(database, order)
    await clock.advance(60 * second)
    await until(() => is('taken'), 'taken')
    const kept = await receiptFor(database.committed, notice, 'got')
    const verdict = verifyEnvelope(kept?.receipt.bytes ?? Buffer.alloc(0), trust.trust, clock.now())
    t.match(verdict, { value: { envelope: { notice: { kind: 'receive' } } } })
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
