import t from 'tap'
import type { Item } from '../../src/adapters/contract.ts'
import { verifyEnvelope } from '../../src/envelope/verify.ts'
import { resend } from '../../src/gateway/delivery/resend.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { deliveryTo, moveDelivery } from '../../src/gateway/journal/deliveries.ts'
import { envelopeById } from '../../src/gateway/journal/envelopes.ts'
import { moveLetter } from '../../src/gateway/journal/letters.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { findLetters, listLetters, storyOf } from '../../src/gateway/journal/story.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { problem } from '../../src/problem/problem.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { letterItem, moi, plainLetter, source, start, systemOf } from './harness.ts'
import { codes, count, number, open, sha256, trust } from './intake-stage.ts'

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

t.test('the story of one letter of a large file tells of its own place, and of no other', async (t) => {
  const { gateway, province, offer } = await open(t)
  const { database, clock } = gateway.desk
  const problems = [problem('adapter.field.code-unknown', 'kind', 'x')] as const
  const faultAt = (row: number): Item => ({ kind: 'fault', position: `row ${row}`, problems })
  const letterAt = (row: number): Item =>
    letterItem(plainLetter({ number: number(`ชม 0017.1/${row}`) }), `row ${row}`)
  const rows = Array.from({ length: 1_100 }, (_, at) => at + 1)
  // Two of its rows could not be read when it came first, and one not the second time either.
  await offer(province, [faultAt(1), faultAt(11)], 'the file')
  const again = rows.map((row) => (row === 1 ? faultAt(row) : letterAt(row)))
  const taken = (await offer(province, again, 'the file')).find(({ position }) => position === 'row 11')
  if (taken?.kind !== 'taken') return t.fail('not taken')
  const { messageId } = taken
  await database.write(async (transaction) => {
    const delivery = (await deliveryTo(transaction, messageId, moi))!
    await moveDelivery(transaction, delivery.id, 'give-up', clock.now())
    await moveLetter(transaction, messageId, moi, 'give-up', clock.now())
  })
  const order = { messageId, recipients: [moi], by: 'สมชาย', why: 'the share is there', at: clock.now() }
  t.equal((await resend(database, order)).length, 1)
  const story = (await storyOf(database.committed, messageId))!
  t.same(
    story.events.map(({ name, facts }) => [name, facts['position']]),
    [
      ['source.kept', undefined],
      ['source.quarantined', 'row 11'],
      ['letter.taken', undefined],
      ['letter.moved', undefined],
      ['letter.moved', undefined],
      ['delivery.resent', undefined],
    ],
  )
  t.equal(story.eventsCut, false)
})

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
