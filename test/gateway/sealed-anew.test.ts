// A certificate ends while letters, notices and receipts are under way: nothing is sealed that nobody would believe, and what was
// sealed before is sealed anew when it can be, as the same envelope.
import t from 'tap'
import type { Item, Outcome, Parcel } from '../../src/adapters/contract.ts'
import type { SealedEnvelope, Signer } from '../../src/envelope/envelope.ts'
import { verifyEnvelope } from '../../src/envelope/verify.ts'
import { headFor } from '../../src/gateway/delivery/polled.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { issueCertificate } from '../../src/gateway/trust/authority.ts'
import { verbsFor } from '../../src/gateway/verbs.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import { systemRandom } from '../../src/letter/time.ts'
import { fixedLetter, office } from '../letter/arbitrary.ts'
import {
  chiangMai,
  HandClock,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  ScriptedAdapter,
  scratch,
  sealedBy,
  source,
  systemOf,
  until,
} from './harness.ts'
import { receiptBy } from './receipts.ts'

const hour = 3_600_000
const notNow: Outcome = { kind: 'unavailable', said: 'away' }

/** A province for which the gateway seals, and a ministry that seals by itself and believes only what it can prove. An hour before the province's certificate ends. */
async function open(t: Parameters<typeof scratch>[0], { polls = false } = {}) {
  const trust = await makeTrust([chiangMai, moi])
  const clock = new HandClock()
  const signers = trust.signers as Map<OfficeId, Signer>
  const end = Date.parse(signers.get(chiangMai)?.certificate.validTo ?? '')
  clock.jump(end - hour - clock.now())
  const province = new ScriptedAdapter(chiangMai)
  const ministry = new ScriptedAdapter(moi, { receipts: true, polls })
  const gateway = await openGateway(scratch(t), trust, [province, ministry], clock)
  t.after(() => gateway.close())
  const { desk } = gateway
  const renew = (id: OfficeId): void => {
    const signer = signers.get(id)
    if (signer === undefined) throw new Error(`no key for ${id}`)
    const purpose = { kind: 'office', office: id } as const
    const certificate = issueCertificate(trust.authority, signer.key, purpose, clock.now(), systemRandom)
    signers.set(id, { ...signer, certificate })
    if (desk.signers.has(id)) (desk.signers as Map<OfficeId, Signer>).set(id, { ...signer, certificate })
  }
  renew(moi)
  const codeOf = (bytes: Buffer): string => {
    const verdict = verifyEnvelope(bytes, trust.trust, clock.now())
    return verdict.ok ? 'believed' : verdict.problems[0].code
  }
  const proving = (parcel: Parcel): Outcome => {
    const said = codeOf(parcel.sealed.bytes)
    if (said !== 'believed') return { kind: 'unknown', said }
    return { kind: 'taken', reply: receiptBy(trust, clock, parcel) }
  }
  ministry.answer = proving
  await gateway.dispatch.start()
  const offer = (adapter: ScriptedAdapter, item: Item, name: string, sender: 'gone' | 'waits' = 'waits') => {
    adapter.items = [item]
    return take(desk, systemOf(adapter), source(name, sender), (each) => adapter.read(each))
  }
  /** A letter that the ministry sealed. */
  const posted = (changes: Parameters<typeof plainLetter>[0] = {}) => {
    const letter = plainLetter({ from: { office: moi }, to: { offices: [chiangMai] }, ...changes })
    const { sealed, envelope } = sealedBy(trust, clock, { letter })
    const item: Item = { kind: 'envelope', position: 'envelope', bytes: sealed.bytes, attachments: new Map() }
    return { item, messageId: envelope.messageId }
  }
  const stateOf = async (id: string) =>
    (await deliveriesOfMessage(desk.database.committed, id)).map(({ state }) => state).join(' ')
  return { gateway, desk, clock, province, ministry, renew, codeOf, proving, offer, posted, stateOf }
}

const unsealable = { name: 'CannotSeal', problem: { code: 'seal.certificate' } }

const receiptOf = (taken: readonly object[]): SealedEnvelope =>
  (taken[0] as { readonly receipt: SealedEnvelope }).receipt

t.test('an envelope for an office that cannot seal now is taken when it can', async (t) => {
  const { clock, ministry, province, renew, codeOf, offer, posted } = await open(t)
  clock.jump(2 * hour)
  const { item } = posted()
  const faulty = posted({ to: { offices: [chiangMai, office('90')] } }).item
  for (const each of [item, faulty]) await t.rejects(offer(ministry, each, 'sealed'), unsealable)
  t.equal(province.brought.length, 0)
  renew(chiangMai)
  const taken = await offer(ministry, item, 'sealed')
  t.match(taken, [{ kind: 'taken' }])
  t.equal(codeOf(receiptOf(taken).bytes), 'believed')
  const refused = await offer(ministry, faulty, 'faulty')
  t.match(refused, [{ kind: 'refused' }])
  t.equal(codeOf(receiptOf(refused).bytes), 'believed')
})

t.test('a receipt that is asked for again is one that is believed now, of the same words', async (t) => {
  const { clock, ministry, renew, codeOf, offer, posted } = await open(t)
  const { item } = posted()
  const first = await offer(ministry, item, 'sealed')
  t.match(await offer(ministry, item, 'sealed'), [{ kind: 'known', receipt: receiptOf(first) }])
  clock.jump(2 * hour)
  await t.rejects(offer(ministry, item, 'sealed'), unsealable)
  renew(chiangMai)
  const again = await offer(ministry, item, 'sealed')
  t.match(again, [{ kind: 'known' }])
  t.equal(codeOf(receiptOf(again).bytes), 'believed')
  t.equal(receiptOf(again).digest, receiptOf(first).digest)
})

t.test('what is on its way is held, and goes as the same envelope under the new certificate', async (t) => {
  const { clock, gateway, ministry, province, renew, codeOf, proving, offer, posted, stateOf } = await open(t)
  ministry.answer = () => notNow
  province.answer = () => notNow
  const sent = await offer(province, letterItem(plainLetter()), 'letter')
  const id = (sent[0] as { messageId: string }).messageId
  const theirs = posted({ subject: 'ถึงจังหวัด' })
  t.match(await offer(ministry, theirs.item, 'theirs'), [{ kind: 'taken' }])
  await until(() => ministry.brought.length > 0 && province.brought.length > 0, 'both were tried')
  const before = ministry.brought[0]?.sealed
  clock.jump(2 * hour)
  ministry.answer = proving
  province.answer = () => ({ kind: 'taken' })
  ministry.brought.length = 0
  await clock.advance(3 * hour)
  t.same(ministry.brought, [], 'nobody would believe it')
  t.equal(await stateOf(id), 'due', 'and it is not given up')
  t.match(
    await gateway.desk.database.committed.all(
      `SELECT said FROM attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE d.message_id = ? ORDER BY number DESC LIMIT 1`,
      id,
    ),
    [{ said: /^seal\.certificate: / }],
  )
  t.equal(await stateOf(theirs.messageId), 'taken', 'what needs no seal of ours arrives')
  renew(chiangMai)
  const number = { kind: 'accept', about: { messageId: theirs.messageId }, receiveNumber: '7/2571' } as const
  t.match(await offer(province, { kind: 'notice', position: 'n', draft: number }, 'number'), [
    { kind: 'taken' },
  ])
  await clock.advance(3 * hour)
  t.equal(await stateOf(id), 'taken')
  const [letter] = ministry.brought.filter(({ envelope }) => envelope.messageId === id)
  t.equal(letter?.sealed.digest, before?.digest)
  t.same(
    ministry.brought
      .map(({ envelope }) => (envelope.content === 'notice' ? envelope.notice.kind : 'letter'))
      .sort(),
    ['accept', 'letter', 'receive'],
    'the receive number behind the word that was held as well',
  )
  for (const { sealed } of ministry.brought) t.equal(codeOf(sealed.bytes), 'believed')
  t.match(await lettersOfMessage(gateway.desk.database.committed, theirs.messageId), [
    { state: 'registered' },
  ])
  t.same(gateway.opened, [], 'the breaker is for offices that cannot be reached')
})

t.test(
  'what was sealed while the clock was ahead goes as the same envelope when it is set right',
  async (t) => {
    const { clock, ministry, province, codeOf, proving, offer, stateOf } = await open(t)
    clock.jump(hour / 2)
    ministry.answer = () => notNow
    const sent = await offer(province, letterItem(plainLetter()), 'letter')
    const { messageId } = sent[0] as { messageId: string }
    await until(() => ministry.brought.length === 1, 'it was tried')
    const [before] = ministry.brought.map(({ sealed }) => sealed)
    t.equal(codeOf(before?.bytes ?? Buffer.alloc(0)), 'believed')
    clock.jump(-hour / 2)
    t.equal(codeOf(before?.bytes ?? Buffer.alloc(0)), 'envelope.signing-time.ahead')
    ministry.answer = proving
    await clock.advance(60_000)
    t.equal(await stateOf(messageId), 'taken')
    t.equal(ministry.brought.length, 2)
    t.equal(ministry.brought[1]?.sealed.digest, before?.digest)
  },
)

t.test('who polls is shown what is believed now, and nothing while that cannot be', async (t) => {
  const { clock, desk, ministry, province, renew, codeOf, offer } = await open(t, { polls: true })
  const sent = await offer(province, letterItem(fixedLetter({ attachments: [] })), 'letter')
  const { messageId } = sent[0] as { messageId: string }
  const before = await headFor(desk, ministry)
  clock.jump(2 * hour)
  t.equal(await headFor(desk, ministry), undefined)
  renew(chiangMai)
  const after = await headFor(desk, ministry)
  t.equal(after?.envelope.messageId, messageId)
  t.not(codeOf(before?.sealed.bytes ?? Buffer.alloc(0)), 'believed')
  t.equal(codeOf(after?.sealed.bytes ?? Buffer.alloc(0)), 'believed')
  t.equal(after?.sealed.digest, before?.sealed.digest)
})

t.test('what nobody would believe was never given out; who needs no proof is shown it', async (t) => {
  const { clock, desk, ministry, province, renew, codeOf, offer } = await open(t, { polls: true })
  const letter = plainLetter()
  await offer(province, letterItem(letter), 'letter')
  const find = async (receipts: boolean) => {
    const adapter = new ScriptedAdapter(moi, { receipts, polls: true })
    const verbs = verbsFor({ system: systemOf(adapter), adapter, desk } as never)
    return (await verbs.find({ number: letter.number.normalized }))[0]?.parcel
  }
  clock.jump(2 * hour)
  t.equal(await headFor(desk, ministry), undefined)
  t.match(await desk.database.committed.all('SELECT attempts FROM deliveries'), [{ attempts: 0 }])
  t.equal(await find(true), undefined, 'nor when it is looked for')
  t.not(await find(false), undefined)
  t.not(await headFor(desk, { office: moi, receipts: false }), undefined)
  renew(chiangMai)
  t.equal(codeOf((await find(true))?.sealed.bytes ?? Buffer.alloc(0)), 'believed')
})
