// What waits in quarantine is tried again by a mended profile: each place, a whole document, a source that is handed over anew.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import t from 'tap'
import { take } from '../../src/gateway/intake/intake.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { problem } from '../../src/problem/problem.ts'
import { csv, row } from '../adapters/chiang-mai.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { chiangMai, letterItem, plainLetter, ScriptedAdapter, source, systemOf } from './harness.ts'
import { adapterBy, inUtf8, mended, nine, open, quarantined, text } from './quarantine-stage.ts'

t.setTimeout(600_000)

t.test('the mended profile knows a value that the shipped one does not', (t) => {
  t.not(mended, text)
  t.match(nine('ชม 1/1'), ',9,')
  t.end()
})

t.test(
  'retry: taken under its handing-over, with the file that its system took away; once, however often',
  async (t) => {
    const { retry, waiting, sent, shared, committed, saraban } = await quarantined(t)
    const [place] = await waiting()
    t.match(await retry([place!.id]), [{ became: 'quarantined', codes: ['adapter.field.code-unknown'] }])
    t.equal((await waiting()).length, 1, 'nothing was mended yet')
    rmSync(join(shared, 'send'), { recursive: true })
    const better = adapterBy(mended, shared)
    const both = await Promise.all([retry([place!.id], better), retry([place!.id], better)])
    t.same(
      both
        .flat()
        .map(({ became }) => became)
        .sort(),
      ['known', 'taken'],
      'two at once',
    )
    t.same(await retry([place!.id], better), [], 'it is gone from there')
    t.same(await waiting(), [])
    const letters = await sent()
    t.equal(letters.length, 3)
    const story = await storyOf(committed, both.flat()[0]!.messageId ?? '')
    t.match(story?.letter, { urgency: 'urgent', attachments: [{ name: 'a.pdf', size: 8 }] })
    t.match(
      story?.events.filter(({ name }) => name === 'quarantine.retried').map(({ facts }) => facts),
      [
        { became: 'quarantined', by: 'สมชาย', why: 'แก้ตารางแล้ว' },
        { became: /taken|known/ },
        { became: /taken|known/ },
      ],
    )
    const [envelope] = await committed.all<{ handover: string; position: string }>(
      'SELECT handover, position FROM envelopes WHERE message_id = ?',
      story!.messageId,
    )
    t.match(envelope, { position: 'line 3', handover: /^chiang-mai-csv \S+ [0-9a-f]{64}$/ })
    t.match(
      (await saraban('list', '--state', 'taken')).out,
      /taken at .* by สมชาย: แก้ตารางแล้ว \(saraban messages show /,
    )
  },
)

t.test('a document that could not be read at all comes back as its letters', async (t) => {
  const utf8 = iconv.decode(csv(row('ชม 1/1'), nine('ชม 1/2')), 'windows-874')
  const { drop, run, waiting, retry, sent, shared, committed } = await open(t)
  drop('utf8.csv', utf8)
  await run()
  const [document, ...none] = await waiting()
  t.match(document, { position: 'document', problems: [{ code: 'adapter.charset.contradicted' }] })
  t.same(none, [])
  t.match(await retry([document!.id], adapterBy(inUtf8, shared)), [
    { became: 'replaced' },
    { position: 'line 2', became: 'taken' },
    { position: 'line 3', became: 'quarantined' },
  ])
  t.equal((await sent()).length, 1)
  const left = await waiting()
  t.match(left, [
    { position: 'line 3', problems: [{ code: 'adapter.field.code-unknown' }], handover: document!.handover },
  ])
  t.match(await committed.all("SELECT state FROM quarantine WHERE position = 'document'"), [
    { state: 'replaced' },
  ])
  // A profile by which nothing stands there any more loses nothing.
  const skipping = adapterBy(mended.replaceAll('charset: windows-874', 'charset: utf-16le'), shared)
  const after = await retry([left[0]!.id], skipping)
  t.not(after[0]?.became, 'taken')
  t.ok((await waiting()).length >= 1)
})

t.test('places that a mended profile reads anew: what was taken before is not among them', async (t) => {
  const { desk, waiting, retry, sent, committed } = await open(t)
  const province = new ScriptedAdapter(chiangMai)
  const at = (line: number) =>
    letterItem(plainLetter({ number: mustBe(readLetterNumber(`ชม 0017.1/${line}`)).number }), `line ${line}`)
  const problems = [problem('adapter.column.missing', 'line 3', 'ลงวันที่')] as const
  province.items = [at(2), { kind: 'fault', position: 'lines 3-4', problems }]
  await take(desk, systemOf(province), source('three lines'), (each) => province.read(each))
  const [place] = await waiting()
  t.match(place, { position: 'lines 3-4' })
  province.items = [at(2), at(3), at(4)]
  const became = (await retry([place!.id], province)).map((each) => [each.position, each.became])
  t.same(became, [
    ['lines 3-4', 'replaced'],
    ['line 3', 'taken'],
    ['line 4', 'taken'],
  ])
  t.same(await waiting(), [])
  t.equal((await sent()).length, 3)
  const places = await committed.all<{ position: string }>('SELECT position FROM quarantine')
  t.same(places.map(({ position }) => position).sort(), ['line 3', 'line 4', 'lines 3-4'])
})

t.test(
  'what waits when the same source is handed over again, and read this time, leaves by itself',
  async (t) => {
    const first = await quarantined(t)
    await first.close()
    const { drop, run, waiting, sent } = await open(t, mended, first)
    drop('a.pdf', 'THE SCAN')
    drop('again.csv', csv(row('ชม 1/1'), nine('ชม 1/2', 'a.pdf'), row('ชม 1/3')))
    t.equal((await waiting()).length, 1)
    await run()
    t.equal((await sent()).length, 3)
    t.same(await waiting(), [])
  },
)
