import t from 'tap'
import type { AttachmentContent, Item } from '../../src/adapters/contract.ts'
import type { Envelope } from '../../src/envelope/envelope.ts'
import { seal } from '../../src/envelope/seal.ts'
import { verifyEnvelope } from '../../src/envelope/verify.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { envelopeById } from '../../src/gateway/journal/envelopes.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { NoticeKind } from '../../src/letter/notice.ts'
import { officeId } from '../../src/letter/offices.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import {
  chiangMai,
  chiangRai,
  letterItem,
  moi,
  plainLetter,
  ScriptedAdapter,
  sealedBy,
  source,
  start,
  systemOf,
} from './harness.ts'
import { codes, count, number, open, sha256, trust } from './intake-stage.ts'

t.test('an envelope from outside: verified, kept as it is, answered with a signed receipt', async (t) => {
  const { gateway, ministry, province, offer } = await open(t)
  const scan = Buffer.from('a scan')
  const letter = fixedLetter({
    number: number('มท 0210.3/ว 3893'),
    circular: true,
    from: { office: moi },
    to: { offices: [chiangMai, chiangRai] },
    attachments: [{ ...fixedLetter().attachments[0]!, size: scan.length, sha256: sha256(scan) }],
  })
  const { envelope, sealed } = sealedBy(trust, gateway.clock, { letter })
  const item = (attachments: ReadonlyMap<string, AttachmentContent>, bytes = sealed.bytes): Item => ({
    kind: 'envelope',
    position: 'envelope',
    bytes,
    attachments,
  })
  const content = { kind: 'bytes', bytes: scan } as const

  t.same(
    codes((await offer(province, [item(new Map())], 'a', 'waits'))[0]),
    ['letter.sender.other'],
    "not through a province's door",
  )
  const [missing] = await offer(ministry, [item(new Map())], 'b', 'waits')
  t.same(codes(missing), ['letter.attachment.missing'])
  const invalid = mustBe(
    verifyEnvelope((missing as { receipt: { bytes: Buffer } }).receipt.bytes, trust.trust, start),
  )
  t.match(invalid.envelope, {
    content: 'notice',
    notice: { kind: 'invalid', about: { messageId: envelope.messageId, digest: sealed.digest } },
  })
  const [other] = await offer(
    ministry,
    [item(new Map([[sha256(scan), { kind: 'bytes', bytes: Buffer.from('another') }]]))],
    'c',
    'waits',
  )
  t.same(codes(other), ['letter.attachment.other'], 'bytes that were not signed')

  const broken = Buffer.from(sealed.bytes)
  const at = broken.indexOf('3893')
  broken[at] = 0x39
  const [forged] = await offer(ministry, [item(new Map([[sha256(scan), content]]), broken)], 'd', 'waits')
  t.match(forged, { kind: 'refused' })
  t.notOk('receipt' in (forged as object), 'what is proved to be nobody’s gets no signature')
  t.equal(await count(gateway, 'letters'), 0)

  const [taken] = await offer(ministry, [item(new Map([[sha256(scan), content]]))], 'e', 'waits')
  t.match(taken, { kind: 'taken', messageId: envelope.messageId })
  const receipt = mustBe(
    verifyEnvelope((taken as { receipt: { bytes: Buffer } }).receipt.bytes, trust.trust, start),
  )
  t.match(receipt.envelope, {
    content: 'notice',
    notice: {
      kind: 'receive',
      from: chiangMai,
      to: moi,
      about: { messageId: envelope.messageId, digest: sealed.digest },
    },
  })
  const row = await envelopeById(gateway.desk.database.committed, envelope.messageId)
  t.ok(row?.bytes.equals(sealed.bytes), 'kept as it came')
  t.equal(await count(gateway, 'letters'), 2)
  t.equal(await count(gateway, 'deliveries'), 2, 'stored once, one delivery each')

  const [known] = await offer(ministry, [item(new Map())], 'f', 'waits')
  t.match(known, { kind: 'known', messageId: envelope.messageId })
  t.ok(
    (known as { receipt: { bytes: Buffer } }).receipt.bytes.equals(
      (taken as { receipt: { bytes: Buffer } }).receipt.bytes,
    ),
  )

  const borrowed = sealedBy(trust, gateway.clock, {
    letter: { ...letter, number: number('มท 0210.3/ว 3894') } as Letter,
  })
  t.same(
    codes((await offer(ministry, [item(new Map(), borrowed.sealed.bytes)], 'borrowed', 'waits'))[0]),
    ['letter.attachment.missing'],
    'to know the digest of a scan that somebody else sent is not to have it',
  )

  const otherLetter = sealedBy(trust, gateway.clock, { letter: { ...letter, subject: 'อื่น' } as Letter })
  const [conflict] = await offer(
    ministry,
    [item(new Map([[sha256(scan), content]]), otherLetter.sealed.bytes)],
    'g',
    'waits',
  )
  t.same(codes(conflict), ['letter.conflict'])
  const reject = mustBe(
    verifyEnvelope((conflict as { receipt: { bytes: Buffer } }).receipt.bytes, trust.trust, start),
  )
  t.match(reject.envelope, { notice: { kind: 'reject' } })
})

t.test('a sealed letter in quarantine is as secret as it says, and is found by its number', async (t) => {
  const { gateway, ministry, offer } = await open(t)
  const letter = plainLetter({
    from: { office: moi },
    to: { offices: [chiangMai, chiangRai] },
    secrecy: 'secret',
  })
  const unreachable: Letter = { ...letter, to: { offices: [mustBe(officeId('90'))] } }
  const { sealed } = sealedBy(trust, gateway.clock, { letter: unreachable })
  const item: Item = { kind: 'envelope', position: 'envelope', bytes: sealed.bytes, attachments: new Map() }
  t.match(await offer(ministry, [item], 'a'), [{ kind: 'quarantined' }])
  t.match(await listQuarantine(gateway.desk.database.committed, 1), [
    { secrecy: 'secret', number: letter.number.normalized },
  ])
})

t.test('a notice counts only from the office that may say it, about exactly that envelope', async (t) => {
  const { gateway, province, ministry, other, offer } = await open(t)
  const [sent] = await offer(province, [letterItem(plainLetter())], 'letter')
  const id = (sent as { messageId: `urn:uuid:${string}` }).messageId
  const { digest } = (await envelopeById(gateway.desk.database.committed, id))!
  const about = {
    messageId: id,
    digest,
    number: 'ชม 0017.1/492',
    date: plainLetter().date,
    subject: plainLetter().subject,
  }
  const said = (kind: NoticeKind, from: typeof moi, to: typeof moi, changes: object = {}) => {
    const facts = {
      kind,
      from,
      to,
      at: start,
      reason: '',
      about: { ...about, ...changes },
      ...((kind === 'accept' || kind === 'dispute') && { receiveNumber: '7' }),
    }
    const { sealed } = sealedBy(trust, gateway.clock, {
      notice: mustBe(checkNotice(facts as Parameters<typeof checkNotice>[0])),
    })
    return { kind: 'envelope' as const, position: 'envelope', bytes: sealed.bytes, attachments: new Map() }
  }
  t.same(
    codes(
      (await offer(ministry, [said('accept', moi, chiangMai, { digest: 'a'.repeat(64) })], '1', 'waits'))[0],
    ),
    ['notice.letter.other'],
  )
  t.same(codes((await offer(ministry, [said('accept', moi, chiangRai)], '2', 'waits'))[0]), [
    'notice.letter.unknown',
  ])
  t.same(
    codes((await offer(other, [said('accept', chiangRai, chiangMai)], '3', 'waits'))[0]),
    ['notice.letter.unknown'],
    'an office that never had the letter',
  )
  t.same(
    codes((await offer(ministry, [said('dispute', moi, chiangMai)], '4', 'waits'))[0]),
    ['notice.letter.unknown'],
    'only its sender disputes',
  )
  t.equal((await offer(ministry, [said('accept', moi, chiangMai)], '5', 'waits'))[0]?.kind, 'taken')
  t.match(await lettersOfMessage(gateway.desk.database.committed, id), [
    { state: 'registered', receiveNumber: '7' },
  ])
  const dispute: Item = {
    kind: 'notice',
    position: 'notice',
    draft: { kind: 'dispute', about: { messageId: id }, receiveNumber: '7' },
  }
  t.equal((await offer(province, [dispute], '6'))[0]?.kind, 'taken')
  t.match(
    await lettersOfMessage(gateway.desk.database.committed, id),
    [{ state: 'delivered' }],
    'a disputed number returns to delivered',
  )
  t.equal(
    (await offer(ministry, [said('accept', moi, chiangMai)], '7', 'waits'))[0]?.kind,
    'taken',
    'the same number again is an answer to the dispute',
  )
  t.match(await lettersOfMessage(gateway.desk.database.committed, id), [{ state: 'registered' }])
})

t.test(
  'one message id, two letters at the same moment: one is taken, the other is told so, and gets no receipt',
  async (t) => {
    const { gateway, ministry } = await open(t)
    const letters = ['มท 0210.3/1', 'มท 0210.3/2'].map((printed) =>
      plainLetter({ number: number(printed), from: { office: moi }, to: { offices: [chiangMai] } }),
    )
    const first = sealedBy(trust, gateway.clock, { letter: letters[0]! })
    const signer = trust.signers.get(moi)!
    const second = seal({ ...first.envelope, letter: letters[1]! } as Envelope, signer, start)
    const offers = [first.sealed, second].map(({ bytes }, index) =>
      take(gateway.desk, systemOf(ministry), source(`copy ${index}`, 'waits'), async () => [
        { kind: 'envelope', position: 'envelope', bytes, attachments: new Map() },
      ]),
    )
    const taken = (await Promise.all(offers)).flat()
    t.same(taken.map(({ kind }) => kind).sort(), ['refused', 'taken'])
    const refused = taken.find(({ kind }) => kind === 'refused')
    t.same(codes(refused), ['envelope.message-id.reused'])
    t.notOk(refused !== undefined && 'receipt' in refused, 'no receipt for what is not kept')
    t.equal(await count(gateway, 'letters'), 1)
  },
)

t.test('a message id that was used for a known letter gets no other letter receipted', async (t) => {
  const { gateway, ministry, offer } = await open(t)
  const item = (bytes: Buffer): Item => ({
    kind: 'envelope',
    position: 'envelope',
    bytes,
    attachments: new Map(),
  })
  const letter = plainLetter({
    number: number('มท 0210.3/1'),
    from: { office: moi },
    to: { offices: [chiangMai] },
  })
  await offer(ministry, [item(sealedBy(trust, gateway.clock, { letter }).sealed.bytes)], '1', 'waits')
  const again = sealedBy(trust, gateway.clock, { letter })
  t.equal(
    (await offer(ministry, [item(again.sealed.bytes)], '2', 'waits'))[0]?.kind,
    'known',
    'the same letter under another id',
  )
  const other = {
    ...again.envelope,
    letter: { ...letter, subject: 'อื่น', number: number('มท 0210.3/2') },
  } as Envelope
  const misuse = seal(other, trust.signers.get(moi)!, start)
  t.same(codes((await offer(ministry, [item(misuse.bytes)], '3', 'waits'))[0]), [
    'envelope.message-id.reused',
  ])
})

t.test('a notice whose words are another letter’s is refused, whatever digest it bears', async (t) => {
  const { gateway, province, ministry, offer } = await open(t)
  const [sent] = await offer(province, [letterItem(plainLetter())], 'letter')
  const id = (sent as { messageId: `urn:uuid:${string}` }).messageId
  const { digest } = (await envelopeById(gateway.desk.database.committed, id))!
  const plain = plainLetter()
  for (const changes of [{ number: 'ชม 0017.1/493' }, { date: '2009-02-13' }, { subject: 'อื่น' }]) {
    const about = {
      messageId: id,
      digest,
      number: plain.number.printed,
      date: plain.date,
      subject: plain.subject,
      ...changes,
    }
    const facts = {
      kind: 'accept',
      from: moi,
      to: chiangMai,
      at: start,
      reason: '',
      about,
      receiveNumber: '1',
    }
    const notice = mustBe(checkNotice(facts as Parameters<typeof checkNotice>[0]))
    const { sealed } = sealedBy(trust, gateway.clock, { notice })
    const item: Item = { kind: 'envelope', position: 'envelope', bytes: sealed.bytes, attachments: new Map() }
    t.same(codes((await offer(ministry, [item], JSON.stringify(changes), 'waits'))[0]), [
      'notice.letter.misnamed',
    ])
  }
})

t.test(
  'nobody is spoken for who can speak: an office that seals by itself gets no receipt signed here',
  async (t) => {
    const { gateway, ministry, offer } = await open(t)
    t.notOk(gateway.desk.signers.has(moi), 'although the trust folder holds its key')
    const province = new ScriptedAdapter(chiangMai, { receipts: true })
    const letter = plainLetter()
    const { sealed } = sealedBy(trust, gateway.clock, { letter })
    province.items = [{ kind: 'envelope', position: 'envelope', bytes: sealed.bytes, attachments: new Map() }]
    const [taken] = await take(gateway.desk, systemOf(province), source('sealed', 'waits'), (each) =>
      province.read(each),
    )
    t.equal(taken?.kind, 'taken')
    t.notOk(taken !== undefined && 'receipt' in taken, 'the ministry says by itself that it has the letter')
    await offer(ministry, [], 'nothing')
  },
)
