// `saraban messages` of what is no letter yet: what is in quarantine, and what waits for its files.
import t, { type Test } from 'tap'
import type { Item } from '../../src/adapters/contract.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { setPresent } from '../../src/gateway/journal/present.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { problem } from '../../src/problem/problem.ts'
import { chiangMai, letterItem, makeTrust, moi, plainLetter, source, systemOf } from '../gateway/harness.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { open as openWith, sarabanIn } from './operator.ts'

const second = 1000
const trust = await makeTrust([chiangMai, moi])
const open = (t: Test) => openWith(t, trust)

t.test('quarantine: the number, what to do, and what was sent again since', async (t) => {
  const { province, offer, saraban, clock } = await open(t)
  const number = mustBe(readLetterNumber('ชม 0017.1/9')).number
  const whole = letterItem(plainLetter({ number }), 'row 2')
  if (whole.kind !== 'letter') throw new Error('no letter')
  const faulty = { ...whole, draft: { ...whole.draft, subject: '' } }
  const unread = {
    kind: 'fault',
    position: 'row 3',
    problems: [problem('adapter.field.code-unknown', 'column ชนิด', 'x', { expected: 'y' })],
    number: '0017.1/10',
  } as const
  province.items = [faulty, unread]
  await offer('first')
  const listed = await saraban('list', '--quarantine')
  t.match(
    listed.out,
    /row 2 {2}ที่ ชม 0017\.1\/9\n {2}subject: .*\n {4}what to do: \S.*\n {2}then: let its sender send it again/,
  )
  t.match(listed.out, /row 3 {2}ที่ ชม 0017\.1\/10\n {2}column ชนิด: “x” is not in the table/)
  const shown = await saraban('show', 'ชม 0017.1/9')
  t.equal(shown.code, 1)
  t.match(shown.err, /^a letter of this number is in quarantine .*\n.*row 2 {2}ที่ ชม 0017\.1\/9\n/)
  t.notMatch((await saraban('show', 'ชม 0017.1/11')).err, 'in quarantine')
  await clock.advance(second)
  province.items = [whole]
  const [taken] = await offer('corrected')
  t.equal(taken?.kind, 'taken')
  const since = (await saraban('list', '--quarantine')).out
  t.match(
    since,
    /ที่ ชม 0017\.1\/9\n(.*\n)* {2}sent again and taken since: saraban messages show [0-9a-f-]{36}\n/,
  )
  t.equal(since.match(/then: let its sender/g)?.length, 1, 'the other still waits')
})

t.test('the quarantine: the newest source first, its places in their own order', async (t) => {
  const { province, gateway, saraban, clock } = await open(t)
  const fault = (position: string) =>
    ({ kind: 'fault', position, problems: [problem('letter.number.unreadable', 'number', 'x')] }) as const
  for (const [bytes, positions] of [
    ['older', ['row 2']],
    ['newer', ['row 10', 'row 9']],
  ] as const) {
    province.items = positions.map(fault)
    await take(gateway.desk, systemOf(province), source(bytes), (each) => province.read(each))
    await clock.advance(second)
  }
  const { out } = await saraban('list', '--quarantine')
  t.same(
    [...out.matchAll(/row \d+$/gm)].map(([position]) => position),
    ['row 9', 'row 10', 'row 2'],
  )
})

t.test('an id or its end is meant as it is written: `_` and `%` stand for nothing else', async (t) => {
  const { province, gateway, offer, send, saraban, clock, environment, place } = await open(t)
  const { committed } = gateway.desk.database
  await send()
  province.items = [
    { kind: 'fault', position: 'row 2', problems: [problem('letter.number.unreadable', 'number', 'x')] },
  ]
  await offer('first')
  const [only] = await listQuarantine(committed, 10)
  const id = only!.id
  const quarantine = (...words: string[]) =>
    sarabanIn(environment, clock, 'quarantine', ...words, '--by', 'somchai', '--why', 'a test', ...place)
  for (const said of ['%', '_'.repeat(36), `%${id.slice(-12)}`, id.slice(0, 18), id.slice(-5), '']) {
    const dismissed = await quarantine('dismiss', said)
    t.equal(dismissed.code, 1, said)
    t.match(dismissed.err, 'nothing in quarantine has the id')
    t.equal((await quarantine('retry', said)).code, 1, said)
    t.equal((await saraban('show', said)).code, 1, said)
  }
  t.same(await committed.all('SELECT id FROM orders'), [])
  await gateway.desk.database.write((transaction) =>
    transaction.run(
      `INSERT INTO quarantine (id, source_id, position, problems, at, office, handover, doubted)
SELECT ?, source_id, 'row 3', problems, at, office, handover, doubted FROM quarantine WHERE id = ?`,
      id.replace(/^./, (first) => (first === '0' ? '1' : '0')),
      id,
    ),
  )
  t.match((await quarantine('dismiss', id.slice(-12))).err, 'several places in quarantine are meant')
  t.equal((await quarantine('dismiss', id)).code, 0)
  t.same(
    (await listQuarantine(committed, 10)).map(({ position }) => position),
    ['row 3'],
  )
})

t.test('what a secret letter in quarantine says is shown only with --secret', async (t) => {
  const { province, gateway, clock, environment, place } = await open(t)
  const number = mustBe(readLetterNumber('ชม 0017.1/77')).number
  const subject = 'แผนจับกุม\ufffd วันที่ 5'
  const item = letterItem(plainLetter({ number, secrecy: 'secret' }), 'row 1')
  if (item.kind !== 'letter') throw new Error('no letter')
  const secret = { ...item, draft: { ...item.draft, subject } }
  const problems = (value: string) => [problem('adapter.field.code-unknown', 'column ชนิด', value)] as const
  const fault = (position: string, value: string) =>
    ({ kind: 'fault', position, problems: problems(value) }) as const
  const handOver = (name: string, items: readonly Item[]) => {
    province.items = items
    const offered = { ...source(name), name }
    return take(gateway.desk, systemOf(province), offered, (each) => province.read(each))
  }
  await handOver('แผนจับกุม.csv', [secret, fault('row 2', 'นายสมศักดิ์')])
  await handOver('other.csv', [fault('row 1', 'ประชุม')])
  const said = async (...words: string[]) => {
    const { out, err } = await sarabanIn(environment, clock, ...words, ...place)
    return out + err
  }
  for (const words of [
    ['messages', 'list', '--quarantine'],
    ['messages', 'show', 'ชม 0017.1/77'],
    ['quarantine', 'list'],
  ])
    for (const json of [[], ['--json']]) {
      const told = await said(...words, ...json)
      t.notMatch(told, /แผนจับกุม|สมศักดิ์/, `${words.join(' ')} ${json.join()}`)
      t.match(told, 'ชม 0017.1/77', 'it is there')
      t.match(told, 'letter.text.replaced', 'and why')
      t.match(told, '--secret')
      t.match(await said(...words, ...json, '--secret'), 'แผนจับกุม')
    }
  const listed = await said('messages', 'list', '--quarantine')
  t.match(listed, 'ประชุม', 'of which nothing says that it is secret')
  t.match(listed, /row 2\n {2}column ชนิด \[adapter\.field\.code-unknown\]\n/)
})

t.test('a list of what waits for files that is cut says so', async (t) => {
  const { gateway, saraban } = await open(t)
  const { database, member } = gateway.desk
  await database.write(async (transaction) => {
    for (const since of [1, 2, 3]) {
      const facts = { name: `${since}.csv`, missing: ['a.pdf'], left: 1 }
      const row = { kind: 'waiting', subject: 'system', what: `${since}`, since, facts } as const
      await setPresent(transaction, member.id, row)
    }
  })
  const cut = await saraban('list', '--waiting', '--limit', '2')
  t.match(cut.out, /1\.csv.*\n.*2\.csv.*\n$/)
  t.equal(cut.err, 'only the oldest 2 are shown, of 3: --limit shows more, up to 1000\n')
  t.equal((await saraban('list', '--waiting', '--limit', '3')).err, '')
})
