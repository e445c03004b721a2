import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import type { AttachmentContent, Item, Taken } from '../../src/adapters/contract.ts'
import type { Envelope } from '../../src/envelope/envelope.ts'
import { seal } from '../../src/envelope/seal.ts'
import { verifyEnvelope } from '../../src/envelope/verify.ts'
import { openAttachmentStore, TooLarge } from '../../src/gateway/attachments/store.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { keepContent } from '../../src/gateway/intake/keep.ts'
import { retryQuarantined } from '../../src/gateway/intake/retry.ts'
import {
  envelopeById,
  lettersOfMessage,
  moveLetter,
  newestSent,
  noticesAbout,
} from '../../src/gateway/journal/letters.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { findLetters, listLetters, storyOf } from '../../src/gateway/journal/story.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { NoticeKind } from '../../src/letter/notice.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { offices } from '../../src/letter/offices.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import {
  chiangMai,
  chiangRai,
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
  start,
  systemOf,
  type TestGateway,
} from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
type Tap = Parameters<typeof scratch>[0]
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')
const number = (printed: string) => mustBe(readLetterNumber(printed)).number

async function open(t: Tap, folder = scratch(t)) {
  const province = new ScriptedAdapter(chiangMai)
  const other = new ScriptedAdapter(chiangRai)
  const ministry = new ScriptedAdapter(moi, { receipts: true })
  const gateway = await openGateway(folder, trust, [province, other, ministry])
  t.after(() => gateway.close())
  const offer = (
    adapter: ScriptedAdapter,
    items: readonly Item[],
    bytes = JSON.stringify(items.length),
    sender: 'gone' | 'waits' = 'gone',
  ) => {
    adapter.items = items
    return take(gateway.desk, systemOf(adapter), source(bytes, sender), (each) => adapter.read(each))
  }
  return { gateway, province, other, ministry, offer, folder }
}

const count = async (gateway: TestGateway, table: string): Promise<number> =>
  Number((await gateway.desk.database.committed.one<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))?.n)

const codes = (taken: Taken | undefined): string[] =>
  taken !== undefined && 'problems' in taken ? taken.problems.map(({ code }) => code) : []

t.test(
  'taken means on disk: source bytes, envelope, letter, delivery, events, and the envelope verifies',
  async (t) => {
    const { gateway, province, offer } = await open(t)
    const scan = Buffer.from('%PDF-1.4 …')
    const item: Item = {
      ...(letterItem(plainLetter()) as Extract<Item, { kind: 'letter' }>),
      attachments: [{ name: 'หนังสือ.pdf', role: 'main', content: { kind: 'bytes', bytes: scan } }],
      charset: 'windows-874',
      datePrinted: '13 ก.พ. 2551',
    }
    const [taken] = await offer(province, [item], 'the source bytes')
    if (taken?.kind !== 'taken') return t.fail('not taken')
    const story = (await storyOf(gateway.desk.database.committed, taken.messageId))!
    t.equal(story.source?.sha256, sha256('the source bytes'))
    t.match(story.letter.attachments, [
      { name: 'หนังสือ.pdf', mediaType: 'application/pdf', size: scan.length, sha256: sha256(scan) },
    ])
    t.equal(
      Buffer.concat(await gateway.desk.attachments.open(sha256(scan)).toArray()).toString(),
      scan.toString(),
    )
    t.match(story.recipients, [{ recipient: 'moi', state: 'sealed', number: 'ชม 0017.1/492' }])
    t.match(story.deliveries, [{ delivery: { office: 'moi', mode: 'push', state: 'due' } }])
    t.same(
      story.events.map(({ name }) => name),
      ['source.kept', 'letter.taken'],
    )
    const row = (await envelopeById(gateway.desk.database.committed, taken.messageId))!
    const verdict = mustBe(verifyEnvelope(row.bytes, trust.trust, start))
    t.match(verdict.envelope.provenance, {
      system: province.id,
      charset: 'windows-874',
      datePrinted: '13 ก.พ. 2551',
      sourceDigest: sha256('the source bytes'),
    })
    t.same(gateway.steps, ['source.offered', 'attachments.kept', 'letter.sealed', 'letter.committed'])
    t.match(await listLetters(gateway.desk.database.committed, { limit: 10, secret: false }), [
      { messageId: taken.messageId, state: 'sealed' },
    ])
    t.same(await findLetters(gateway.desk.database.committed, taken.messageId.slice(-12), undefined), [
      taken.messageId,
    ])
    return undefined
  },
)

t.test(
  'the same letter again is the same answer; another one under its number is a conflict for a person',
  async (t) => {
    const { gateway, province, offer } = await open(t)
    const [first] = await offer(province, [letterItem(plainLetter())], 'one')
    const [again] = await offer(province, [letterItem(plainLetter())], 'one')
    t.match(again, { kind: 'known', messageId: (first as { messageId: string }).messageId })
    const [elsewhere] = await offer(
      province,
      [letterItem(plainLetter({ number: number('ที่ชม ๐๐๑๗.๑/๔๙๒') }))],
      'another file',
    )
    t.equal(elsewhere?.kind, 'known', 'the same number, printed otherwise, is the same letter')
    const [conflict] = await offer(province, [letterItem(plainLetter({ subject: 'แก้ไข' }))], 'corrected')
    t.same(codes(conflict), ['letter.conflict'])
    t.equal(await count(gateway, 'letters'), 1)
    const both = await Promise.all(
      Array.from({ length: 20 }, () =>
        offer(province, [letterItem(plainLetter({ number: number('ชม 0017.1/493') }))], 'at once'),
      ),
    )
    t.equal(
      both.flat().filter(({ kind }) => kind === 'taken').length,
      1,
      'of twenty at the same time one is taken',
    )
    t.equal(both.flat().filter(({ kind }) => kind === 'known').length, 19)
    t.equal(new Set(both.flat().map((each) => 'messageId' in each && each.messageId)).size, 1)
  },
)

t.test('a handing-over that is offered again with other content is a conflict, not known', async (t) => {
  const { gateway, province } = await open(t)
  const offer = (letter: Letter) =>
    take(gateway.desk, systemOf(province), { ...source('row'), handover: 'claim-1' }, async () => [
      letterItem(letter),
    ])
  t.match(await offer(plainLetter()), [{ kind: 'taken' }])
  t.match(await offer(plainLetter()), [{ kind: 'known' }])
  const [grown] = await offer(plainLetter({ description: 'แก้ไขภายหลัง' }))
  t.equal(grown?.kind, 'quarantined')
  t.same(codes(grown), ['letter.conflict'])
  t.match(await listQuarantine(gateway.desk.database.committed, 10), [{ position: 'letter' }])
})

t.test('the same bytes with another fault: quarantine says what is wrong now', async (t) => {
  const { gateway, province, offer } = await open(t)
  const fault = (code: 'letter.conflict' | 'adapter.file.missing'): Item => ({
    kind: 'fault',
    position: 'row 2',
    problems: [problem(code, 'attachments', 'scan.pdf')],
  })
  await offer(province, [fault('adapter.file.missing')], 'same bytes')
  await offer(province, [fault('letter.conflict')], 'same bytes')
  const listed = await listQuarantine(gateway.desk.database.committed, 10)
  t.match(listed, [{ problems: [{ code: 'letter.conflict' }] }])
  t.equal(listed.length, 1)
})

t.test('a recalled letter frees its number for the corrected one', async (t) => {
  const { gateway, province, offer } = await open(t)
  const [first] = await offer(province, [letterItem(plainLetter())], 'one')
  const recall: Item = {
    kind: 'notice',
    position: 'notice',
    draft: { kind: 'recall', about: { number: 'ชม 0017.1/492', date: '2008-02-13' } },
  }
  const [recalled] = await offer(province, [recall], 'recall')
  t.equal(recalled?.kind, 'taken')
  const id = (first as { messageId: string }).messageId
  t.match(await lettersOfMessage(gateway.desk.database.committed, id), [{ state: 'recalled' }])
  t.match(
    (await storyOf(gateway.desk.database.committed, id))?.deliveries,
    [{ delivery: { state: 'recalled' } }],
    'never sent, so nobody need be told',
  )
  const [corrected] = await offer(province, [letterItem(plainLetter({ subject: 'แก้ไข' }))], 'corrected')
  t.equal(corrected?.kind, 'taken')
})

t.test('what is only looked at again is not sent again, whatever became of it', async (t) => {
  const { gateway, province, offer } = await open(t)
  const looked = (letter: Letter, handover: string) =>
    take(gateway.desk, systemOf(province), { ...source('row'), handover, seen: true }, async () => [
      letterItem(letter),
    ])
  const [first] = await offer(province, [letterItem(plainLetter())], 'one')
  const messageId = (first as { messageId: string }).messageId
  const about = { number: 'ชม 0017.1/492', date: '2008-02-13' }
  await gateway.desk.database.write((transaction) =>
    moveLetter(
      transaction,
      messageId as `urn:uuid:${string}`,
      plainLetter().to.offices[0]!,
      'reject',
      gateway.desk.clock.now(),
    ),
  )
  const states = async () =>
    (await lettersOfMessage(gateway.desk.database.committed, messageId)).map(({ state }) => state)
  t.match(await looked(plainLetter(), 'row 1'), [{ kind: 'known', messageId }])
  t.same(await states(), ['refused'])
  const recall: Item = { kind: 'notice', position: 'notice', draft: { kind: 'recall', about } }
  t.match(await offer(province, [recall], 'recall'), [{ kind: 'taken' }])
  t.match(await looked(plainLetter(), 'row 1'), [{ kind: 'known', messageId }])
  t.same(await states(), ['recalled'])
  t.match(await offer(province, [letterItem(plainLetter())], 'asked', 'waits'), [{ kind: 'taken' }])
})

t.test('a notice row that was taken: another number is told, what it said is never told again', async (t) => {
  const { gateway, province, other, offer } = await open(t)
  const [sent] = await offer(province, [letterItem(plainLetter({ to: { offices: [chiangRai] } }))], 'letter')
  const about = { messageId: (sent as { messageId: MessageId }).messageId }
  const row = (bytes: string, receiveNumber: string, seen = true) =>
    take(
      gateway.desk,
      systemOf(other),
      { ...source(bytes), document: 'notice', handover: 'row 7', ...(seen && { seen }) },
      async () => [{ kind: 'notice', position: 'row', draft: { kind: 'accept', about, receiveNumber } }],
    )
  const told = async () => {
    const rows = await noticesAbout(gateway.desk.database.committed, about.messageId)
    return rows.filter(({ kind }) => kind === 'accept').map(({ receiveNumber }) => receiveNumber)
  }
  const number = async () =>
    (await lettersOfMessage(gateway.desk.database.committed, about.messageId)).map(
      (each) => each.receiveNumber,
    )
  t.match(await row('12', '12/2551', false), [{ kind: 'taken' }])
  t.match(await row('12', '12/2551'), [{ kind: 'known' }], 'unchanged')
  t.match(await row('12, a remark', '12/2551'), [{ kind: 'known' }], 'changed in what is not told')
  t.same(await told(), ['12/2551'])
  t.match(await row('13', '13/2551'), [{ kind: 'taken' }], 'corrected')
  t.same([await told(), await number()], [['12/2551', '13/2551'], ['13/2551']])
  t.match(await row('13', '13/2551'), [{ kind: 'known' }])
  t.match(await row('12, put back', '12/2551'), [{ kind: 'taken' }], 'the last word counts, not any word')
  const dispute: Item = {
    kind: 'notice',
    position: 'x',
    draft: { kind: 'dispute', about, receiveNumber: '12/2551' },
  }
  t.match(await offer(province, [dispute], 'dispute'), [{ kind: 'taken' }])
  t.match(await row('12, another remark', '12/2551'), [{ kind: 'known' }], 'nobody says the old number again')
  t.same(await told(), ['12/2551', '13/2551', '12/2551'])
  t.match(await row('12, handed over', '12/2551', false), [{ kind: 'taken' }], 'but a clerk may')
})

t.test(
  'what its system says was taken and is not known here waits for a person, and never goes by itself',
  async (t) => {
    const { gateway, province, offer } = await open(t)
    const letter = plainLetter()
    await offer(province, [letterItem(letter)], 'one')
    const renumbered = plainLetter({ number: number('ชม 0017.1/493') })
    const system = systemOf(province)
    const seen = { ...source('row, renumbered'), handover: 'row 1', seen: true }
    const [answer] = await take(gateway.desk, system, seen, async () => [letterItem(renumbered)])
    t.equal(answer?.kind, 'quarantined')
    t.same(codes(answer), ['letter.taken-unknown'])
    const sent = () => newestSent(gateway.desk.database.committed, letter.from.office, 10)
    t.equal((await sent()).length, 1, 'no new letter')
    const [row] = await listQuarantine(gateway.desk.database.committed, 10)
    t.match(row, { doubted: true })
    const retry = (believe: boolean) =>
      retryQuarantined(
        gateway.desk,
        () => ({ system, read: async () => [letterItem(renumbered, row?.position)] }),
        { ids: [row?.id ?? ''], by: 'somchai', why: 'the office was asked', believe },
      )
    t.match(await retry(false), [{ became: 'doubted' }], 'retry --all does not release it')
    t.equal((await sent()).length, 1)
    t.match(await retry(true), [{ became: 'taken' }], 'a person does')
    t.equal((await sent()).length, 2)
    const [again] = await take(gateway.desk, system, seen, async () => [letterItem(renumbered)])
    t.equal(again?.kind, 'known', 'looked at again, it is known')
    t.equal((await sent()).length, 2)
  },
)

t.test('nobody waits: faults go to quarantine with every reason, whole neighbours are taken', async (t) => {
  const { gateway, province, offer } = await open(t)
  const items: Item[] = [
    letterItem(plainLetter(), 'row 2'),
    {
      kind: 'letter',
      position: 'row 3',
      draft: { ...plainLetter({ number: number('ชม 1/2') }), subject: '', date: undefined },
      attachments: [],
    },
    { kind: 'fault', position: 'row 4', problems: [problem('letter.field.missing', 'number')] },
    letterItem(plainLetter({ number: number('ชม 0017.1/500') }), 'row 5'),
  ]
  const taken = await offer(province, items, 'file')
  t.same(
    taken.map(({ kind, position }) => [kind, position]),
    [
      ['taken', 'row 2'],
      ['quarantined', 'row 3'],
      ['quarantined', 'row 4'],
      ['taken', 'row 5'],
    ],
  )
  t.ok(codes(taken[1]).length >= 2, `every reason: ${codes(taken[1])}`)
  await offer(province, items, 'file')
  const waiting = await listQuarantine(gateway.desk.database.committed, 10)
  t.equal(waiting.length, 2, 'offered again, it is there once')
  t.ok(waiting.every(({ name, system }) => name === 'test' && system === province.id))
})

t.test('somebody waits: faults are answered, and nothing is kept but an event', async (t) => {
  const { gateway, province, offer } = await open(t)
  const wrong = letterItem(plainLetter({ from: { office: chiangRai } }))
  const [refused] = await offer(province, [wrong], 'http', 'waits')
  t.match(refused, { kind: 'refused' })
  t.same(codes(refused), ['letter.sender.other'], 'a system speaks for its own office only (T9)')
  t.equal(await count(gateway, 'sources'), 0)
  t.equal(await count(gateway, 'quarantine'), 0)
  t.match(await gateway.desk.database.committed.all('SELECT name, facts FROM events'), [
    { name: 'source.refused', facts: /letter\.sender\.other/ },
  ])
  const nowhere = letterItem(
    plainLetter({ to: { offices: [mustBe({ ok: true, value: '90' as Letter['to']['offices'][0] })] } }),
  )
  t.same(codes((await offer(province, [nowhere], 'http 2', 'waits'))[0]), ['letter.recipient.unreachable'])
})

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
  'a notice finds its letter by any written form of the number; several that fit are no answer',
  async (t) => {
    const { gateway, province, ministry, offer } = await open(t)
    for (const [index, date] of ['2008-02-13', '2009-02-13'].entries()) {
      const letter = plainLetter({
        number: number('มท 0210.3/ว 3893'),
        date: date as Letter['date'],
        from: { office: moi },
        to: { offices: [chiangMai] },
      })
      const { sealed } = sealedBy(trust, gateway.clock, { letter })
      await offer(
        ministry,
        [{ kind: 'envelope', position: 'envelope', bytes: sealed.bytes, attachments: new Map() }],
        `letter ${index}`,
        'waits',
      )
    }
    const accept = (about: object): Item => ({
      kind: 'notice',
      position: 'notice',
      draft: { kind: 'accept', about, receiveNumber: '๑๒/๒๕๖๙' } as Extract<
        Item,
        { kind: 'notice' }
      >['draft'],
    })
    t.same(codes((await offer(province, [accept({ number: '0210.3/ว3893' })], 'a'))[0]), [
      'notice.letter.ambiguous',
    ])
    t.equal(
      (await offer(province, [accept({ number: '๐๒๑๐.๓/ว ๓๘๙๓', date: '2009-02-13', sender: moi })], 'b'))[0]
        ?.kind,
      'taken',
    )
    t.same(codes((await offer(province, [accept({ number: 'มท 1/1' })], 'c'))[0]), ['notice.letter.unknown'])
    t.same(
      codes(
        (
          await offer(province, [accept({ messageId: 'urn:uuid:0190163d-8694-739b-aea5-966c26f8ad90' })], 'd')
        )[0],
      ),
      ['notice.letter.unknown'],
    )
  },
)

t.test('attachments: streamed, bounded, each once; a half-written one is gone', async (t) => {
  const folder = scratch(t)
  mkdirSync(join(folder, 'incoming'))
  writeFileSync(join(folder, 'incoming', 'left by a killed process'), 'half')
  const store = await openAttachmentStore(folder)
  t.same(readdirSync(join(folder, 'incoming')), [])
  const bytes = Buffer.alloc(300_000, 'ก')
  const [one, other] = await Promise.all([
    store.keep(Readable.from([bytes.subarray(0, 100_001), bytes.subarray(100_001)]), 300_000),
    store.keep(bytes, 300_000),
  ])
  t.same(one, { sha256: sha256(bytes), size: bytes.length })
  t.same(other, one)
  t.ok(Buffer.concat(await store.open(one.sha256).toArray()).equals(bytes))
  await t.rejects(store.keep(bytes, 299_999), new TooLarge(299_999))
  const breaks = Readable.from(
    (async function* () {
      yield bytes
      throw new Error('the line dropped')
    })(),
  )
  await t.rejects(store.keep(breaks, 1_000_000), /the line dropped/)
  t.same(readdirSync(join(folder, 'incoming')), [], 'nothing is left behind')
  t.equal(await store.sizeOf('0'.repeat(64)), undefined)
  t.throws(() => store.open('../../etc/passwd'), RangeError)
  await t.rejects(store.open('0'.repeat(64)).toArray(), { code: 'ENOENT' })
})

t.test('T5: a file beside is read only when it is a file', async (t) => {
  const folder = scratch(t)
  const store = await openAttachmentStore(join(folder, 'store'))
  writeFileSync(join(folder, 'scan.pdf'), 'scan')
  symlinkSync(join(folder, 'scan.pdf'), join(folder, 'link.pdf'))
  mkdirSync(join(folder, 'folder.pdf'))
  const keep = (name: string) =>
    keepContent(store, { kind: 'file', path: join(folder, name) }, 'attachments[0]')
  t.match(await keep('scan.pdf'), { ok: true, value: { size: 4 } })
  for (const name of ['link.pdf', 'folder.pdf', 'absent.pdf']) {
    t.match(await keep(name), { ok: false, problems: [{ code: 'letter.attachment.missing' }] }, name)
  }
  t.match(
    await keepContent(store, { kind: 'file', path: '/dev/zero' }, 'attachments[0]'),
    { ok: false },
    'a device',
  )
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

t.test(
  'a circular that was recalled at one recipient goes to that one again, and only to that one',
  async (t) => {
    const { gateway, province, offer } = await open(t)
    const circular = plainLetter({
      number: number('ชม 0017.1/ว 9'),
      circular: true,
      to: { offices: [chiangRai, moi] },
    })
    const [first] = await offer(province, [letterItem(circular)], 'circular')
    const about = { number: 'ชม 0017.1/ว 9', recipient: chiangRai }
    const [recalled] = await offer(
      province,
      [{ kind: 'notice', position: 'notice', draft: { kind: 'recall', about } }],
      'recall',
    )
    t.equal(recalled?.kind, 'taken')
    const [exported] = await offer(province, [letterItem(circular)], 'circular again')
    t.match(exported, { kind: 'known', ended: 'recalled' }, 'a nightly export sends nothing')
    const [again] = await offer(province, [letterItem(circular)], 'circular again', 'waits')
    if (again?.kind !== 'taken') return t.fail('not taken again')
    t.not(again.messageId, (first as { messageId: string }).messageId)
    t.match(await lettersOfMessage(gateway.desk.database.committed, again.messageId), [
      { recipient: chiangRai, state: 'sealed' },
    ])
    t.equal((await lettersOfMessage(gateway.desk.database.committed, again.messageId)).length, 1)
    return undefined
  },
)

t.test('a claimed file that is offered again after its letter was recalled is no new letter', async (t) => {
  const { province, gateway } = await open(t)
  const offerClaim = (handover: string) => {
    province.items = [letterItem(plainLetter())]
    return take(gateway.desk, systemOf(province), { ...source('claimed'), handover }, (each) =>
      province.read(each),
    )
  }
  const [first] = await offerClaim('claim-1')
  province.items = [
    { kind: 'notice', position: 'notice', draft: { kind: 'recall', about: { number: 'ชม 0017.1/492' } } },
  ]
  await take(gateway.desk, systemOf(province), source('recall'), (each) => province.read(each))
  const [again] = await offerClaim('claim-1')
  t.match(
    again,
    { kind: 'known', messageId: (first as { messageId: string }).messageId },
    'the same handing-over',
  )
  t.match(
    await offerClaim('claim-2'),
    [{ kind: 'known', ended: 'recalled' }],
    'nor is another claim of the same',
  )
})

t.test('bytes that changed on disk are not handed on', async (t) => {
  const folder = scratch(t)
  const store = await openAttachmentStore(folder)
  const { sha256: digest } = await store.keep(Buffer.from('1000 baht'), 100)
  const path = join(folder, digest.slice(0, 2), digest.slice(2, 4), digest)
  for (const changed of ['9000 baht', '']) {
    writeFileSync(path, changed)
    await t.rejects(store.open(digest).toArray(), { name: 'AttachmentDamaged' })
  }
})

t.test('a letter with more faults than a reason holds is refused as any other', async (t) => {
  const { ministry, offer } = await open(t)
  const others = offices.map(({ id }) => id).filter((id) => id !== moi && id !== chiangMai)
  const files = Array.from({ length: 100 }, (_, index) => ({
    ...fixedLetter().attachments[0]!,
    name: `${index}.pdf`,
    role: 'enclosure' as const,
    sha256: String(index).padStart(64, '0'),
  }))
  const letters: Record<string, Partial<Parameters<typeof plainLetter>[0]>> = {
    'to 76 offices that are not connected': { to: { offices: [chiangMai, ...others] } },
    'without any of its hundred files': { to: { offices: [chiangMai] }, attachments: files },
  }
  for (const [title, fields] of Object.entries(letters)) {
    const { sealed } = sealedBy(trust, new HandClock(), {
      letter: plainLetter({ from: { office: moi }, ...fields }),
    })
    const item = {
      kind: 'envelope',
      position: 'envelope',
      bytes: sealed.bytes,
      attachments: new Map(),
    } as const
    const [taken] = await offer(ministry, [item], title, 'waits')
    t.match(taken, { kind: 'refused', receipt: { digest: String } }, title)
  }
})
