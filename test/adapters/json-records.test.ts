// JSON dialects both ways: what attackers make of them (X10), the laws, and samples byte for byte.
import fc from 'fast-check'
import iconv from 'iconv-lite'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import { jsonRecords } from '../../src/adapters/formats/json-records/json-records.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { TestClock } from './stage.ts'
import {
  documented,
  formsWith,
  lawOfCells,
  lawOfLetters,
  letterOf,
  nastyCells,
  profileWith,
  recordForm,
  shown,
} from './there-and-back.ts'

const columns = [
  { at: 'id', type: 'number' },
  'detail.เรื่อง',
  { at: 'circular', type: 'boolean' },
  { at: 'receivers.name', separator: ';', each: 'receivers' },
  { at: 'receivers.code', separator: ';', each: 'receivers', type: 'number' },
  { at: 'files', separator: '|' },
]
const names = columns.map((column) => (typeof column === 'string' ? column : column.at))
const form = (options: object = {}) => recordForm(jsonRecords, { record: 'data', columns, ...options })

type Form = ReturnType<typeof form>
const cellsOf = (made: Form, bytes: Buffer) =>
  made
    .read(bytes)
    .map((each) =>
      each.kind === 'record'
        ? Object.fromEntries([...each.record.cells].filter(([, cell]) => cell !== ''))
        : `${each.position} ${each.problems.map(({ code }) => code).join(' ')}`,
    )
const read = (text: string, options: object = {}) => cellsOf(form(options), Buffer.from(text))
const one = (inside: string, options: object = {}) => read(`{"data": [{${inside}}]}`, options)

const sample = `{
  "data": [
    {
      "id": 98765432109876543210,
      "detail": {
        "เรื่อง": "น้ำ & \\"ไฟ\\""
      },
      "circular": false,
      "receivers": [
        {
          "name": "เชียงใหม่",
          "code": 50
        },
        {
          "name": "เชียงราย",
          "code": 57
        }
      ],
      "files": [
        "ก.pdf",
        "ข.pdf"
      ]
    }
  ]
}
`
const cells = ['98765432109876543210', 'น้ำ & "ไฟ"', 'false', 'เชียงใหม่;เชียงราย', '50;57', 'ก.pdf|ข.pdf']

t.test('a document is read by paths, and written again byte for byte', (t) => {
  for (const charset of ['windows-874', 'utf-8']) {
    const made = form({ charset, indent: 2 })
    const bytes = iconv.encode(sample, charset)
    t.same(shown(made, bytes), [['record 1', ...cells]])
    const [found] = made.read(bytes)
    if (found?.kind !== 'record') throw new Error(JSON.stringify(found))
    t.equal(iconv.decode(made.write([found.record.cells], names), charset), sample)
  }
  t.end()
})

t.test('what is written as a number, a truth or a text; blanks; escapes; one record; lines', (t) => {
  const row = new Map(names.map((name, index) => [name, cells[index] ?? '']))
  const few = new Map([['detail.เรื่อง', 'ก']])
  const text = (options: object, ...rows: ReadonlyMap<string, string>[]) =>
    form(options).write(rows, names).toString('utf8')
  t.equal(text({}, few), '{"data":[{"detail":{"เรื่อง":"ก"}}]}\n')
  t.equal(text({ list: false }, few), '{"data":{"detail":{"เรื่อง":"ก"}}}\n')
  t.equal(text({ record: '', list: false }, few), '{"detail":{"เรื่อง":"ก"}}\n')
  t.equal(
    text({ blank: 'null', record: '', list: false }, few),
    '{"id":null,"detail":{"เรื่อง":"ก"},"circular":null,"receivers":[],"files":[]}\n',
  )
  t.equal(
    text({ blank: 'empty', record: '', list: false, columns: ['a', { at: 'b', type: 'boolean' }] }, few),
    '{"a":"","b":null}\n',
  )
  t.equal(
    text({ record: '', list: false, escapes: 'all' }, few),
    '{"detail":{"\\u0e40\\u0e23\\u0e37\\u0e48\\u0e2d\\u0e07":"\\u0e01"}}\n',
  )
  t.equal(text({ layout: 'lines', record: '' }, few, few).split('\n').length, 3)
  t.equal(
    text({ record: '', columns: ['a.b', 'a.c'], list: false }, new Map([['a.c', '1']])),
    '{"a":{"c":"1"}}\n',
  )
  t.match(
    form({ record: 'data.list', columns: ['a', '/data.version', '/ok'] })
      .write(
        [
          new Map([
            ['a', '1'],
            ['/data.version', '2'],
            ['/ok', 'yes'],
          ]),
        ],
        [],
      )
      .toString(),
    /^\{"data":\{"version":"2","list":\[\{"a":"1"\}\]\},"ok":"yes"\}\n$/,
  )
  const why = (value: string, column: string, options: object = {}) =>
    form(options).refuses(value, column)?.code
  t.equal(why('007', 'id'), 'adapter.json.type')
  t.equal(why('1e5', 'id'), undefined)
  t.equal(why('1;x', 'receivers.code'), 'adapter.json.type')
  t.equal(why('yes', 'circular'), 'adapter.json.type')
  t.equal(why(';;', 'receivers.name'), 'adapter.json.blank-list')
  t.equal(why('😀', 'files', { charset: 'windows-874' }), 'adapter.charset.cannot-say')
  t.equal(why('😀', 'files', { charset: 'windows-874', escapes: 'write' }), undefined)
  t.equal(why('\ud800', 'files', { escapes: 'all' }), 'adapter.charset.cannot-say')
  t.equal(
    form().write([row], names).toString('utf8'),
    `${JSON.stringify(JSON.parse(sample)).replace(/9876543210\d+/, cells[0] ?? '')}\n`,
  )
  t.end()
})

t.test('what systems mix up is read, and what nobody can know is a fault', (t) => {
  t.same(one('"id": "7", "circular": null, "files": "ก.pdf", "receivers": {"name": "น่าน", "code": 55}'), [
    { id: '7', files: 'ก.pdf', 'receivers.name': 'น่าน', 'receivers.code': '55' },
  ])
  t.same(one('"detail": [], "receivers": {}, "files": []'), [{}], 'an empty list or object says nothing')
  t.same(one('"files": {"a": 1}'), ['record 1 adapter.json.shape'])
  t.same(one('"detail": {"เรื่อง": ["ก"]}'), ['record 1 adapter.json.shape'])
  t.same(one('"detail": "ก"'), ['record 1 adapter.json.shape'])
  t.same(one('"detail": [{"เรื่อง": "ก"}]'), ['record 1 adapter.json.shape'])
  t.same(one('"files": ["ก|ข"]'), ['record 1 adapter.field.separator'])
  t.same(one('"files": [""]'), [{}])
  t.same(read('{"data": ["ก", {"id": 1}]}'), ['record 1 adapter.json.shape', { id: '1' }])
  t.same(read('{"data": []}'), [], 'nothing to fetch is no fault')
  t.same(read('{"data": {"id": 1}}'), [{ id: '1' }])
  t.same(read('[{"id": 1}, {"id": 2}]', { record: '' }), [{ id: '1' }, { id: '2' }])
  t.same(read('{"error": "ปิดปรับปรุง"}'), ['document adapter.json.no-record'])
  t.same(read('{"data": 1}'), ['record 1 adapter.json.shape'])
  t.same(read(' '), ['document adapter.document.empty'])
  t.end()
})

t.test('what no column names travels under its path, and never becomes a column', (t) => {
  t.same(one('"id": 1, "x": {"y": [1, {"z": true}], "w": null, "v": ""}'), [
    { id: '1', 'x.y[1]': '1', 'x.y[2].z': 'true' },
  ])
  t.same(one('"detail.เรื่อง": "ปลอม"'), [{ 'detail.เรื่อง{2}': 'ปลอม' }])
  t.same(one('"receivers": [{"name": "ก", "tel": 5}]'), [{ 'receivers.name': 'ก', 'receivers[1].tel': '5' }])
  const outside = { record: 'a.list', columns: ['id', '/ok', '/a.version'] }
  t.same(
    read('{"ok": true, "a": {"version": 2, "list": [{"id": 1}, {"id": 2}], "n": 9}, "z": [1]}', outside),
    [
      { id: '1', '/ok': 'true', '/a.version': '2', '/a.n': '9', '/z[1]': '1' },
      { id: '2', '/ok': 'true', '/a.version': '2', '/a.n': '9', '/z[1]': '1' },
    ],
  )
  t.same(read('{"ok": [1], "a": {"list": [{"id": 1}]}}', outside), ['document adapter.json.shape'])
  t.end()
})

t.test('a document that breaks off gives its whole records, and says where it does', (t) => {
  const whole = '{"data": [{"id": 1}, {"id": 2}'
  t.same(read(whole), [{ id: '1' }, { id: '2' }, 'record 3 adapter.json.broken'])
  t.same(read('{"data": [{"id": 1}, {"id": 2'), [{ id: '1' }, 'record 2 adapter.json.broken'])
  t.same(read('{"data": [{"id": 1} {"id": 2}]}'), [{ id: '1' }, 'record 2 adapter.json.broken'])
  t.same(read('{"data": [{"id": 1}]} x'), [{ id: '1' }, 'record 2 adapter.json.broken'])
  t.same(read('{"data": [{"id": 1}, '.concat('{"id": 01}]}')), [{ id: '1' }, 'record 2 adapter.json.broken'])
  const cut = { columns: ['id', '/office'] }
  t.same(read('{"office": 50, "data": [{"id": 1}, {', cut), [
    { id: '1', '/office': '50' },
    'record 2 adapter.json.broken',
  ])
  t.same(read('{"data": [{"id": 1}, {', cut), ['document adapter.json.outside-cut'])
  t.same(read('{"data": [{"id": 1}], "office": 50', cut), [
    { id: '1', '/office': '50' },
    'record 2 adapter.json.broken',
  ])
  const lines = { layout: 'lines', record: '' }
  t.same(read('{"id": 1}\r\n{"id": \n\n{"id": 3}\n', lines), [
    { id: '1' },
    'line 2 adapter.json.broken',
    { id: '3' },
  ])
  for (const [text, ended] of [
    ['{"data": []}\n', true],
    ['{"data": [', false],
  ] as const)
    t.equal(form().unended?.(Buffer.from(text)), !ended)
  t.equal(form(lines).unended?.(Buffer.from('{"id": 1}')), true)
  t.end()
})

t.test('X10: depth, keys twice, __proto__, numbers beyond 2^53, bounds, broken texts', (t) => {
  t.same(read('['.repeat(100_000)), ['record 1 adapter.document.too-many'])
  t.same(one(`"x": ${'['.repeat(100_000)}`), ['record 1 adapter.document.too-many'])
  t.same(one(`"x": ${'{"a":'.repeat(100_000)}`), ['record 1 adapter.document.too-many'])
  t.same(one('"id": 1, "id": 2'), ['record 1 adapter.json.key-twice'])
  t.same(one('"detail": {"เรื่อง": "ก", "เรื่\\u0e2dง": "ข"}'), ['record 1 adapter.json.key-twice'])
  t.same(read('{"data": [{"id": 1}], "data": [{"id": 2}]}'), ['document adapter.json.key-twice'])
  for (const key of ['__proto__', 'constructor', 'prototype', '__pr\\u006fto__'])
    t.same(one(`"${key}": {"x": 1}`), ['record 1 adapter.json.key-forbidden'])
  t.equal(({} as { x?: number }).x, undefined)
  t.same(one('"id": 9007199254740993, "n": -0.10, "e": 1E+2'), [
    { id: '9007199254740993', n: '-0.10', e: '1E+2' },
  ])
  t.same(one(`"x": [${'1,'.repeat(20_000)}1]`), ['record 1 adapter.document.too-many'])
  t.same(read(`{"y": [${'1,'.repeat(20_000)}1], "data": []}`), ['record 1 adapter.document.too-many'])
  t.same(
    read(`{"data": [${'{"id": 1},'.repeat(3)}{}]}`, { records: 3 }).at(-1),
    'record 4 adapter.document.too-many',
  )
  t.same(read('{"id": 1}\n{"id": 2}\n', { layout: 'lines', record: '', records: 1 }), [
    { id: '1' },
    'line 2 adapter.document.too-many',
  ])
  for (const broken of [
    '"x": 01',
    '"x": +1',
    '"x": .5',
    '"x": NaN',
    '"x": \'a\'',
    '"x": "a\nb"',
    '"x": "\\x"',
    '"x"',
    'x: 1',
    '"x": 1,',
  ])
    t.same(one(broken), ['record 1 adapter.json.broken'], broken)
  t.same(one('"id": 1, "x": "\\ud83d"'), ['record 1 adapter.charset.bytes'])
  t.same(one('"id": 1, "x": "\\ud83d\\ude00"'), [{ id: '1', x: '😀' }])
  const started = process.cpuUsage()
  t.same(one(`"x": "${'\\"'.repeat(2_000_000)}"`).length, 1)
  t.same(one(`"x": "${'\\'.repeat(4_000_001)}"`), ['record 1 adapter.json.broken'])
  t.ok(process.cpuUsage(started).user < 5_000_000, 'reading is linear in the length')
  t.same(cellsOf(form(), Buffer.from([0x7b, 0xff, 0x7d])), ['record 1 adapter.json.broken'])
  t.same(cellsOf(form({ charset: 'windows-874' }), Buffer.from('{"data": [{"id": "กขค"}]}')), [
    'document adapter.charset.contradicted',
  ])
  t.end()
})

const textsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : []

t.test('law: the parser reads what JSON.parse reads, and refuses what it refuses', (t) => {
  const near = fc.string({
    unit: fc.constantFrom(...'{}[],:" \n\\"0123456789.eE+-truefalsn/u'.split('')),
    maxLength: 14,
  })
  const plain = { record: '', columns: ['a'], list: false }
  let [sound, broken] = [0, 0]
  fc.assert(
    fc.property(fc.oneof(near, fc.json({ maxDepth: 4 })), (text) => {
      const found = read(`{"a": "x", "b": ${text}}`, plain)
      let parsed: unknown
      try {
        parsed = JSON.parse(`{"a": "x", "b": ${text}}`)
      } catch {
        broken += 1
        return t.match(String(found.at(-1)), /adapter\.json\.(broken|key)/, text)
      }
      if (
        /__proto__|constructor|prototype/.test(text) ||
        found.some((each) => /key-|bytes/.test(String(each)))
      )
        return
      sound += 1
      const values = Object.values(found[0] ?? {})
      for (const each of textsOf(parsed))
        if (each.trim() !== '' && !/[\ud800-\udfff\ufffd]/.test(each)) t.ok(values.includes(each), text)
    }),
    { numRuns: 2_000 },
  )
  t.ok(sound > 200 && broken > 200, `${sound} ${broken}`)
  t.end()
})

t.test('law: cells that are not refused come back as they were', (t) => {
  const flat = ['ก', 'ข.ค', 'ข.ง']
  t.ok(lawOfCells(recordForm(jsonRecords, { columns: flat }), flat) > 300)
  const thai = { columns: flat, charset: 'windows-874', escapes: 'write', layout: 'lines', blank: 'empty' }
  t.ok(lawOfCells(recordForm(jsonRecords, thai), flat, 500) > 150)
  const outside = {
    columns: flat,
    record: 'x.y',
    escapes: 'all',
    blank: 'null',
    indent: 1,
    charset: 'tis-620',
  }
  t.ok(lawOfCells(recordForm(jsonRecords, outside), flat, 500) > 150)
  const part = nastyCells.map((cell) => cell.replace(/[;|]/g, ''))
  const digits = fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String)
  const lists = fc.array(fc.tuple(part, fc.oneof(digits, fc.constant(''))), { maxLength: 3 })
  fc.assert(
    fc.property(
      digits,
      nastyCells,
      lists,
      fc.array(part, { maxLength: 3 }),
      (id, subject, receivers, files) => {
        const sides = [receivers.map(([name]) => name).join(';'), receivers.map(([, code]) => code).join(';')]
        const row = [id, subject, 'true', ...sides, files.join('|')]
        for (const blank of ['omit', 'null', 'empty']) {
          const made = form({ blank })
          if (row.some((cell, index) => made.refuses(cell, names[index]) !== undefined)) return
          // Lists of one another's side are as long as each other, or blank.
          const bytes = made.write([new Map(names.map((name, index) => [name, row[index] ?? '']))], names)
          const [back] = made.read(bytes)
          t.same(back?.kind === 'record' && names.map((name) => back.record.cells.get(name)), row)
        }
      },
    ),
    { numRuns: 300 },
  )
  t.end()
})

const flat = [
  'ที่หนังสือ',
  'ลงวันที่',
  'เรื่อง',
  'ความเร็ว',
  'ชนิด',
  'เวียน',
  'จาก',
  'ถึง',
  'ชื่อผู้ลงนาม',
  'สกุลผู้ลงนาม',
  'ตำแหน่งผู้ลงนาม',
  'ชื่อผู้รับ',
  'สกุลผู้รับ',
  'ตำแหน่งผู้รับ',
  'อ้างถึงที่',
  'อ้างถึงวันที่',
  'อ้างถึงเรื่อง',
  'สิ่งที่ส่งมาด้วย',
  'ส่งเมื่อ',
  'หมายเหตุ',
  'ไฟล์1',
  'ไฟล์2',
  'เลขทะเบียนส่ง',
]
const ofNotice = ['รายการ', 'ที่หนังสือ', 'ลงวันที่', 'หน่วยงาน', 'เลขรับ', 'วันเวลา', 'เหตุผล']

t.test('law: letters go there and come back', async (t) => {
  for (const [options, charset] of [
    [{}, 'unicode'],
    [{ charset: 'windows-874', layout: 'lines', blank: 'null' }, 'windows-874'],
    [{ record: 'result.items', escapes: 'all', indent: 2 }, 'unicode'],
  ] as const) {
    const { receive } = formsWith(
      { kind: 'json-records', columns: flat, ...options },
      { kind: 'json-records', columns: ofNotice },
    )
    const counts = await lawOfLetters(t, receive!, charset, 150)
    t.ok(counts.written > 40, JSON.stringify(counts))
  }
})

t.test('the example in docs/reference/formats.md', async (t) => {
  const made = documented(jsonRecords)
  t.same(made.columns, ['doc_id', 'doc_no', 'detail.subject', 'receivers.name'])
  t.end()
})

t.test('paths that cannot be are faults of the profile', (t) => {
  const faults = (format: object) => {
    const made = profileWith(
      { kind: 'json-records', ...format },
      { kind: 'json-records', columns: ofNotice },
      {},
    )
    if (made.ok) return []
    return made.problems
      .filter(({ path }) => path.startsWith('documents.letter.format'))
      .map(({ path }) => path.slice('documents.letter.format.'.length))
  }
  t.same(faults({ columns: ['a..b', 'a', 'a.b', 'a', '__proto__', 'x[1]'] }), [
    'columns.0',
    'columns.2',
    'columns.3',
    'columns.4',
    'columns.5',
  ])
  t.same(faults({ record: 'a.b', columns: ['/a.b.c', '/a.c', '/b'] }), ['columns.0'])
  t.same(faults({ record: 'a.b', columns: ['/a', '/b'] }), ['columns.0'])
  t.same(faults({ columns: ['/a', { at: 'x.y', each: 'z', separator: ';' }, { at: 'x', each: 'x' }] }), [
    'columns.0',
    'columns.1',
    'columns.2',
  ])
  t.same(faults({ columns: [{ at: 'x.y', each: 'x', separator: ';' }, 'x.z'] }), ['columns.1'])
  t.same(faults({ layout: 'lines', record: 'a', columns: ['b'] }), ['record'])
  t.same(faults({ record: 'a..b', columns: ['b'] }), ['record'])
  t.end()
})

t.test('a letter of a system that speaks JSON', async (t) => {
  const fields = {
    number: { at: 'no', as: 'letter-number' },
    date: { at: 'date', as: { 'christian-date': 'ce:yyyy-MM-dd' } },
    subject: { at: 'subject', as: 'text' },
    circular: { at: 'circular', as: { flag: { true: ['true'], false: ['false', ''] } } },
    to: { at: 'to', as: { list: { separator: ';', of: 'office' } } },
  }
  const format = {
    kind: 'json-records',
    record: 'data',
    columns: ['no', 'date', 'subject', { at: 'circular', type: 'boolean' }, { at: 'to', separator: ';' }],
  }
  const forms = formsOf(
    mustBe(profileWith(format, { kind: 'json-records', columns: ofNotice }, fields)),
    new TestClock(),
  )
  const bytes = Buffer.from(
    '{"data": [{"no": "ชม 0017.1/492", "date": "2008-02-13", "subject": "ทดสอบ", "circular": true, "to": ["moi", "เชียงราย"], "rowid": 12345678901234567890}]}',
  )
  const items = await forms.send!.read({
    document: 'letter',
    name: 'x',
    bytes,
    beside: new Map(),
    sender: 'gone',
    final: true,
  })
  const letter = letterOf(items[0]!)
  t.match(letter, { circular: true, to: { offices: ['moi', '57'] } })
  t.same(letter.extension, [{ name: 'rowid', value: '12345678901234567890' }])
})
