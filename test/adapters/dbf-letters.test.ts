// Letters in a table and its memo file, by a profile of dBase: there and back, waited for, through folders.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import iconv from 'iconv-lite'
import t from 'tap'
import { parse, stringify } from 'yaml'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { AttachmentContent, Source } from '../../src/adapters/contract.ts'
import { dbf } from '../../src/adapters/formats/dbf/dbf.ts'
import type { DocumentForm } from '../../src/adapters/formats/format.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import { columns, noted, versions } from './dbf-stage.ts'
import { adapterOf, parcelOf, TestClock, TestGateway } from './stage.ts'
import { lawOfWholeLetters, letterOf, readBack } from './there-and-back.ts'

const source = (bytes: Buffer, beside: ReadonlyMap<string, AttachmentContent>, final: boolean): Source => ({
  document: 'letter',
  name: 'LETTERS.DBF',
  bytes,
  beside,
  sender: 'gone',
  final,
})

// The profile of a whole system: every canonical field has a column.
const profile = (version: string, charset = 'windows-874') => {
  const { documents, ...rest } = parse(
    readFileSync(new URL('../../profiles/chiang-mai-csv.yaml', import.meta.url), 'utf8'),
  )
  const text = (length: number) => ({ type: 'C', length })
  const made = {
    NUMBER: text(100),
    DATE: { type: 'D' },
    SUBJECT: { type: 'M' },
    URGENCY: { type: 'N', length: 1 },
    KIND: text(40),
    CIRCULAR: { type: 'L' },
    FROM: text(200),
    TO: { type: 'M' },
    GIVEN: text(200),
    FAMILY: text(200),
    JOB: text(200),
    TO1: text(200),
    TO2: text(200),
    TO3: text(200),
    REFNO: { type: 'M' },
    REFDATE: { type: 'M' },
    REFSUBJ: { type: 'M' },
    NOTE: text(254),
    SENT: text(20),
    DESCR: { type: 'M' },
    FILE1: text(150),
    FILE2: text(254),
    SERIAL: text(20),
  }
  const at = Object.keys(made)
  const { letter, notice } = documents
  const fields: Record<string, { at?: string | string[]; as: unknown }> = letter.fields
  const old: string[] = letter.format.columns
  for (const field of Object.values(fields))
    if (field.at !== undefined)
      field.at = [field.at].flat().map((column) => at[old.indexOf(column)] ?? column)
  fields['date'] = { at: 'DATE', as: { 'buddhist-date': 'yyyyMMdd' } }
  fields['circular'] = { at: 'CIRCULAR', as: { table: { T: 'true', F: 'false' } } }
  fields['subject'] = { at: 'SUBJECT', as: { text: { overflow: 'spill' } } }
  fields['description'] = { at: 'DESCR', as: { text: { overflow: 'spill' } } }
  letter.format = {
    kind: 'dbf',
    charset,
    version,
    date: '2026-11-23',
    columns: Object.entries(made).map(([name, each]) => ({ name, ...each })),
  }
  return stringify({ ...rest, documents: { letter, notice } })
}
const sender = (version: string, charset?: string): DocumentForm =>
  formsOf(mustBe(readProfile(profile(version, charset), 'test.yaml')), new TestClock()).send!

t.test('law: a letter → a table and its memos → the same letter, within what is declared', async (t) => {
  for (const [version, charset] of [
    ['dbase3', 'windows-874'],
    ['dbase4', 'utf-8'],
    ['foxpro', 'windows-874'],
  ] as const) {
    await lawOfWholeLetters(t, sender(version, charset), {
      ...{ name: version, charset: 'windows-874', extension: [{ name: 'SERIAL', value: 'ส 12' }] },
    })
  }
})

t.test('a text that is too long for its column is spilled, whole', async (t) => {
  const changedProfile = profile('dbase3').replace(
    'SUBJECT\n          type: M',
    'SUBJECT\n          type: C\n          length: 40',
  )
  const made = formsOf(mustBe(readProfile(changedProfile, 'test.yaml')), new TestClock()).send!
  const subject = 'กำหนดการประชุมน้ำท่วม'.repeat(5)
  const written = mustBe(await made.write(parcelOf({ letter: fixedLetter({ subject }) }, 'p-1', '50')))
  t.same(written.spilled, ['subject'])
  const back = letterOf(await readBack(made, 'letter', written))
  t.ok(iconv.encode(back.subject, 'windows-874').length <= 40)
  t.ok(subject.startsWith(back.subject.slice(0, -' ...'.length)) && back.subject.endsWith(' ...'))
  const full = written.files.find(({ name }) => name === 'p-1-full.txt')
  t.ok(full?.content.kind === 'bytes' && full.content.bytes.toString('utf8').includes(subject))
})

t.test('a table and its memo file go form → letter → form byte for byte', async (t) => {
  for (const version of versions) {
    const made = sender(version)
    const letter = fixedLetter({ description: 'ก\r\nข', attachments: [] })
    const { bytes, files } = mustBe(await made.write(parcelOf({ letter }, 'p-1', '50')))
    const memo = files.find(({ name }) => /^p-1\.(dbt|fpt)$/.test(name))
    t.ok(memo?.content.kind === 'bytes')
    if (memo?.content.kind !== 'bytes') return
    const ending = version === 'foxpro' ? 'FPT' : 'DBT'
    const beside = new Map([[`LETTERS.${ending}`, memo.content]])
    const [item] = await made.read(source(bytes, beside, true))
    const back = letterOf(item!)
    const again = mustBe(await made.write(parcelOf({ letter: back }, 'p-2', '50')))
    t.ok(again.bytes.equals(bytes), version)
    const other = again.files.find(({ name }) => /^p-2\.(dbt|fpt)$/.test(name))
    t.ok(other?.content.kind === 'bytes' && other.content.bytes.equals(memo.content.bytes))
  }
})

t.test('a memo file that did not come is waited for, then missed; one in keeping is opened', async (t) => {
  const made = sender('dbase3')
  const letter = fixedLetter()
  const { bytes, files } = mustBe(await made.write(parcelOf({ letter }, 'p-1', '50')))
  const memo = files.find(({ name }) => name === 'p-1.dbt')
  if (memo?.content.kind !== 'bytes') throw new Error('no memo was written')
  const content = memo.content
  const scans = files.filter((each) => each !== memo).map(({ name }) => name)
  t.same(await made.read(source(bytes, new Map(), false)), [
    { kind: 'waiting', position: 'record 1', missing: ['LETTERS.DBT', ...scans] },
  ])
  t.match(await made.read(source(bytes, new Map(), true)), [
    {
      kind: 'fault',
      position: 'record 1',
      problems: [{ code: 'adapter.file.missing', value: 'LETTERS.DBT' }],
    },
  ])
  const kept = (name: string): [string, AttachmentContent] => [name, { kind: 'kept', sha256: name, size: 1 }]
  const beside = new Map([kept('letters.dbt'), ...scans.map(kept)])
  const open = () => Readable.from([content.bytes])
  const [item] = await made.read({ ...source(bytes, beside, true), open })
  t.match(item, { kind: 'letter', draft: { subject: letter.subject } })
  // Another table's memos are never taken for this one's.
  t.match(await made.read(source(bytes, new Map([['OTHER.DBT', content]]), true)), [
    { kind: 'fault', problems: [{ code: 'adapter.file.missing', value: 'LETTERS.DBT' }] },
  ])
})

t.test(
  'through folders: a table is handed over with its memo and its scan, and taken when all three are there',
  async (t) => {
    const root = mkdtempSync(join(tmpdir(), 'dbf-'))
    const places = ['send', 'send-notices', 'receive', 'notices']
    for (const name of places) mkdirSync(join(root, name))
    const gateway = new TestGateway()
    const [
      SARABAN_50_SEND = '',
      SARABAN_50_SEND_NOTICES = '',
      SARABAN_50_RECEIVE = '',
      SARABAN_50_NOTICES = '',
    ] = places
    const environment = { SARABAN_50_SEND, SARABAN_50_SEND_NOTICES, SARABAN_50_RECEIVE, SARABAN_50_NOTICES }
    const adapter = adapterOf(
      mustBe(readProfile(profile('foxpro').replace('pattern: "*.csv"', 'pattern: "*.dbf"'), 'test.yaml')),
      gateway.clock,
      environment,
      root,
    )
    t.teardown(async () => {
      await adapter.stop()
      rmSync(root, { recursive: true })
    })
    await adapter.start(gateway.verbs(adapter))
    const letter = fixedLetter({ description: 'ก\nข' })
    const [scan] = letter.attachments
    const contents = new Map([[scan?.sha256 ?? '', Buffer.from('scan')]])
    t.match(
      await adapter.deliver?.(parcelOf({ letter }, 'p-1', '50', contents), new AbortController().signal),
      { kind: 'taken' },
    )
    const brought = readdirSync(join(root, 'receive'))
      .filter((name) => !name.startsWith('.'))
      .sort()
    t.same(brought, ['p-1-1-หนังสือ.pdf', 'p-1.dbf', 'p-1.fpt'])
    const pass = async (milliseconds: number) => {
      for (let left = milliseconds; left > 0; left -= 2000) {
        gateway.clock.pass(Math.min(2000, left))
        while (gateway.clock.waiting < 2) await new Promise((resolve) => setImmediate(resolve))
      }
    }
    for (const name of brought.filter((each) => !each.endsWith('.fpt')))
      copyFileSync(join(root, 'receive', name), join(root, 'send', name))
    await pass(20_000)
    t.match(gateway.items, [{ kind: 'waiting', missing: ['p-1.fpt'] }])
    copyFileSync(join(root, 'receive', 'p-1.fpt'), join(root, 'send', 'p-1.fpt'))
    await pass(20_000)
    t.match(gateway.items.at(-1), {
      kind: 'letter',
      draft: { subject: letter.subject, description: 'ก\nข' },
      attachments: [{ role: 'main', content: { kind: 'kept', size: 4 } }],
    })
  },
)

t.test('a profile’s columns are checked, every fault at its place', (t) => {
  const faults = (wrong: readonly object[]) =>
    dbf
      .check({ kind: 'dbf', charset: 'windows-874', columns: wrong }, [])
      .map(({ at, code }) => `${at.join('.')} ${code}`)
  t.same(faults(noted), [])
  t.same(
    faults([
      { name: 'A', type: 'C' },
      { name: 'A', type: 'D', length: 9 },
      { name: 'ชื่อผู้ลงนาม', type: 'L' },
      { name: '你', type: 'L' },
      { name: 'N', type: 'N', length: 3, decimals: 2 },
      { name: 'X', type: 'N', length: 21 },
      { name: 'C', type: 'C', length: 5, decimals: 1 },
    ]),
    [
      'columns.0 adapter.profile.key-missing',
      'columns.1.name adapter.profile.value-wrong',
      'columns.1.length adapter.profile.value-wrong',
      'columns.2.name adapter.profile.value-wrong',
      'columns.3.name adapter.profile.value-wrong',
      'columns.4.decimals adapter.profile.value-wrong',
      'columns.5.length adapter.profile.value-wrong',
      'columns.6.decimals adapter.profile.value-wrong',
    ],
  )
  const missing = readProfile(profile('dbase3').replace('at: DATE', 'at: DAY'), 'test.yaml')
  t.match(missing, { ok: false, problems: [{ code: 'adapter.profile.value-unknown', value: 'DAY' }] })
  t.match(dbf.check({ kind: 'dbf', charset: 'windows-874', columns, codepage: 'ignore' }, []), [
    { at: ['codepage'] },
  ])
  t.end()
})
