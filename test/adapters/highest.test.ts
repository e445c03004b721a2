// The highest of several tags, whatever format they stand in: read as one value, written as one tag, and nothing of it lost.
import fc from 'fast-check'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import { checkCodec, codecOf } from '../../src/adapters/fields/codecs.ts'
import { mappingOf } from '../../src/adapters/fields/mapping.ts'
import { formats } from '../../src/adapters/formats/formats.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { urgencies } from '../../src/letter/codes.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { TestClock } from './stage.ts'
import { documented } from './there-and-back.ts'

const words = { ปกติ: 'ordinary', ด่วน: 'urgent', ด่วนมาก: 'very-urgent', ด่วนที่สุด: 'most-urgent' } as const
const table = { table: words }
const tags = Object.keys(words)
const meaningOf = (tag: string) => Object.entries(words).find(([word]) => word === tag)?.[1] ?? 'ordinary'
const highestOf = (several: readonly string[]) =>
  urgencies.findLast((each) => several.some((tag) => meaningOf(tag) === each))
const anything = () => undefined

t.test('law: of any tags the highest is read, in any order and whatever repeats; one comes back', (t) => {
  const made = codecOf({ highest: { separator: ',', of: table } })
  const tag = fc.constantFrom(...tags)
  fc.assert(
    fc.property(fc.array(fc.array(tag, { maxLength: 4 }), { minLength: 1, maxLength: 3 }), (cells) => {
      const all = cells.flat()
      const read = made.read(cells.map((each) => each.join(' , ')))
      const highest = highestOf(all)
      t.same(read, { ok: true, value: highest === undefined ? [] : [highest] })
      t.equal(made.more?.(cells.map((each) => each.join(','))), all.length > 1)
    }),
  )
  for (const urgency of urgencies) {
    const written = mustBe(made.write([urgency], 3, anything))
    t.same([written.cells.length, written.cells.slice(1)], [3, ['', '']])
    t.same(made.read(written.cells), { ok: true, value: [urgency] })
    t.notOk(made.more?.(written.cells))
  }
  t.same(made.write([], 2, anything), { ok: true, value: { cells: ['', ''] } })
  t.match(made.read(['ด่วน,ด่วนจัง']), {
    ok: false,
    problems: [{ code: 'adapter.field.code-unknown', value: 'ด่วนจัง' }],
  })
  t.match(codecOf({ highest: { separator: 'น', of: table } }).write(['urgent'], 1, anything), {
    ok: false,
    problems: [{ code: 'adapter.field.separator' }],
  })
  t.same(codecOf({ highest: { of: { table: { '1': 'secret', '2': 'confidential' } } } }).read(['2', '1']), {
    ok: true,
    value: ['secret'],
  })
  const rows = new Map([['ชั้น', new Map([['7', 'ด่วนมาก']])]])
  t.same(
    codecOf({ highest: { separator: ' ', of: { lookup: { table: 'ชั้น', of: table } } } }, rows).read(['7 7']),
    {
      ok: true,
      value: ['very-urgent'],
    },
  )
  t.same(
    checkCodec({ highest: { of: 'text' } }, []).map(({ code }) => code),
    ['adapter.profile.value-unknown'],
  )
  t.end()
})

// The column of each documented example that holds the tags.
const columns: Readonly<Record<string, string>> = {
  csv: 'ความเร็ว',
  dbf: 'ที่',
  'fixed-width': 'เรื่อง',
  'html-table': 'เรื่อง',
  xlsx: 'เรื่อง',
  'json-records': 'receivers.name',
  mail: 'body:เรื่อง',
  rows: 'เรื่อง',
  xml: 'ความเร็ว',
}

t.test('every format that has records carries the tags to the mapping, and the one tag back', (t) => {
  for (const kind of formats) {
    if (kind.sort !== 'records') continue
    const form = documented(kind)
    const at = columns[kind.kind] ?? ''
    const separator = form.separatorIn?.(at) ?? ','
    const mapping = mappingOf({ urgency: { at: [at], as: { highest: { separator, of: table } } } })
    const through = (cell: string) => {
      const [read] = form.read(form.write([new Map([[at, cell]])], [...new Set([...form.columns, at])]))
      return read?.kind === 'record' ? read.record.cells : new Map([['fault', JSON.stringify(read)]])
    }
    const cells = through(['ด่วน', 'ด่วนมาก', 'ปกติ'].join(separator))
    t.same(mapping.read(cells), { ok: true, value: new Map([['urgency', ['very-urgent']]]) }, kind.kind)
    t.same([...mapping.more(cells).keys()], [at], `${kind.kind}: all of them travel along`)
    const written = mustBe(mapping.write(new Map([['urgency', ['most-urgent']]]), anything))
    t.same(mapping.read(through(written.cells.get(at) ?? '')), {
      ok: true,
      value: new Map([['urgency', ['most-urgent']]]),
    })
    t.equal(mapping.more(through(written.cells.get(at) ?? '')).size, 0)
  }
  t.end()
})

const profileOf = (urgency: string, more = '') => `id: tags
office: "50"
title: x
origin: self-built
documents:
  letter:
    format: { kind: csv, charset: utf-8 }
${more}
    fields:
      number: { at: no, as: letter-number }
      date: { at: day, as: { buddhist-date: "d MMM yyyy" } }
      subject: { at: subject, as: text }
      urgency: ${urgency}
      to: { at: to, as: office }
  notice:
    format: { kind: csv, charset: utf-8 }
    fields:
      kind: { at: kind, as: { table: { A: accept } } }
      number: { at: no, as: letter-number }
      receiveNumber: { at: got, as: text }
      reason: { always: "" }
send: { transport: { kind: folder, path: /a }, document: letter }
receive: { transport: { kind: folder, path: /b }, document: letter }
notices: { transport: { kind: folder, path: /c }, document: notice, untold: [receive, reject, invalid, dispute, recall] }
`
const all = '{ table: { "0": ordinary, "1": urgent, "2": very-urgent, "3": most-urgent } }'
const faults = (urgency: string, more?: string) => {
  const read = readProfile(profileOf(urgency, more), 'tags.yaml')
  return read.ok ? [] : read.problems.map(({ path, code }) => [path.replace('documents.letter.', ''), code])
}

t.test(
  'a letter has the highest, and its extension the tags as they stood, in a part of a column too',
  async (t) => {
    const read = async (profile: string, text: string) => {
      const form = formsOf(mustBe(readProfile(profile, 'tags.yaml')), new TestClock()).send
      const items = await form?.read({
        document: 'letter',
        name: 'a.csv',
        bytes: Buffer.from(text),
        beside: new Map(),
        sender: 'gone',
        final: true,
      })
      return items?.map((item) =>
        item.kind === 'letter' ? [item.draft.urgency, item.draft.extension] : item.kind,
      )
    }
    const plain = profileOf(`{ at: [a, b], as: { highest: { separator: "/", of: ${all} } } }`)
    const line = (a: string, b: string) =>
      `no,day,subject,to,a,b,other\nชม 0017.1/492,13 ก.พ. 2551,x,กระทรวงมหาดไทย,${a},${b},z\n`
    const other = { name: 'other', value: 'z' }
    t.same(await read(plain, line('0/2', '1')), [
      ['very-urgent', [{ name: 'a', value: '0/2' }, { name: 'b', value: '1' }, other]],
    ])
    t.same(await read(plain, line('', '3')), [['most-urgent', [other]]])
    t.same(await read(plain, line('9', '3')), ['fault'])
    const part = profileOf(
      `{ at: tags, as: { highest: { separator: "/", of: ${all} } } }`,
      '    split: { a: "{tags} {b}" }',
    )
    const parted = part.replace('subject: { at: subject, as: text }', 'subject: { at: b, as: text }')
    const cell = 'no,day,to,a\nชม 0017.1/492,13 ก.พ. 2551,กระทรวงมหาดไทย,'
    t.same(await read(parted, `${cell}0/2 x\n`), [['very-urgent', [{ name: 'a', value: '0/2 x' }]]])
    t.same(await read(parted, `${cell}2 x\n`), [['very-urgent', []]])
  },
)

t.test('check: what the tags leave unsaid is declared, and no tag holds the separator', (t) => {
  const highest = (of: string, more = '') =>
    `{ at: a, as: { highest: { separator: "/", of: ${of} } }${more} }`
  t.same(faults(highest(all)), [])
  const few = '{ table: { "0": ordinary, "1": urgent } }'
  t.same(faults(highest(few)), [['fields.urgency.as', 'adapter.profile.values-unsaid']])
  t.same(faults(highest(few, ', unsaid: [very-urgent, most-urgent]')), [])
  t.same(faults(highest(all, ', unsaid: [urgent]')), [
    ['fields.urgency.unsaid.0', 'adapter.profile.value-wrong'],
  ])
  t.same(faults(highest(all.replace('"0"', '"0/1"'))), [
    ['fields.urgency.as.highest.of.table.0/1', 'adapter.profile.value-wrong'],
  ])
  t.same(faults(highest(all.replace('urgent,', 'hasty,'))).toSorted(), [
    ['fields.urgency.as', 'adapter.profile.values-unsaid'],
    ['fields.urgency.as.highest.of.table.1', 'adapter.profile.value-unknown'],
  ])
  t.end()
})
