// Records that are no letters, and lines that belong to the letter above: read so in every records format, never written so.
import fc from 'fast-check'
import t from 'tap'
import { parse, stringify } from 'yaml'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { DocumentForm, RecordForm } from '../../src/adapters/formats/format.ts'
import { formats } from '../../src/adapters/formats/formats.ts'
import { letterRows } from '../../src/adapters/formats/rows-of-letters.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { fixedLetter, letters, mustBe } from '../letter/arbitrary.ts'
import { parcelOf, TestClock } from './stage.ts'
import { letterOf, profileText, readBack, recordForm } from './there-and-back.ts'

const names = ['state', 'no', 'date', 'subject', 'to']
const fields = {
  number: { at: 'no', as: 'letter-number' },
  date: { at: 'date', as: { 'christian-date': 'ce:yyyy-MM-dd' } },
  subject: { at: 'subject', as: { text: { overflow: 'spill' } } },
  to: { at: 'to', as: { list: { separator: ';', of: 'office' } } },
  description: { at: 'state', as: 'text' },
}
const rules = {
  skip: [
    { column: 'state', is: ['deleted', 'sent'] },
    { column: 'no', begins: ['รวม'] },
  ],
  continues: { when: 'no', join: { subject: ' ', to: ';' } },
}
const csv = { kind: 'csv', charset: 'utf-8', columns: names }

function profileOf(document: object) {
  const profile = parse(profileText(csv, { kind: 'csv', charset: 'utf-8' }))
  profile.documents.letter = { format: csv, fields, ...document }
  return readProfile(stringify(profile), 'test.yaml')
}
const formWith = (document: object): DocumentForm =>
  formsOf(mustBe(profileOf(document)), new TestClock()).receive!

async function read(form: DocumentForm, bytes: Buffer) {
  const items = await form.read({
    document: 'letter',
    name: 'x',
    bytes,
    beside: new Map(),
    sender: 'gone',
    final: true,
  })
  return items.map((item) =>
    item.kind === 'fault'
      ? [item.position, ...item.problems.map(({ code }) => code)]
      : [item.position, letterOf(item).subject, letterOf(item).to.offices.join()],
  )
}
const rows = (...lines: string[]) => Buffer.from(`${names.join()}\n${lines.join('\n')}\n`)

t.test('totals, deleted and sent ones are no letters; further lines make a letter whole', async (t) => {
  const form = formWith(rules)
  t.same(
    await read(
      form,
      rows(
        ',ชม 1/1,2008-02-13,หนึ่ง,moi',
        ',,,สอง,57',
        'deleted,ชม 1/2,2008-02-13,ลบ,moi',
        ',,,ลบด้วย,58',
        ' sent ,ชม 1/3,2008-02-13,x,moi',
        ',ชม 1/4,2008-02-13,สี่,moi',
        ', ,2008-02-13,ห้า,',
        ',รวม 4 ฉบับ',
      ),
    ),
    [
      ['line 2', 'หนึ่ง สอง', 'moi,57'],
      ['line 7', 'สี่ ห้า', 'moi'],
    ],
  )
  t.same(
    await read(form, rows('deleted,ชม 1/2,2008-02-13,ลบ,moi', ',รวม,,,')),
    [],
    'nothing is left, and nothing wrong',
  )
})

t.test('what nobody can know is a fault of its letter', async (t) => {
  const form = formWith(rules)
  const one = (...lines: string[]) => read(form, rows(',ชม 1/1,2008-02-13,หนึ่ง,moi', ...lines))
  t.same(await read(form, rows(',,,สอง,57')), [['line 2', 'adapter.record.nothing-above']])
  t.same(await one(',,2008-02-14,สอง,'), [['line 2', 'adapter.record.line-other']])
  t.same(await one('x,,,สอง,', 'y,,,สาม,'), [['line 2', 'adapter.record.line-other']])
  t.same(await one(',,,สอง'), [['line 2', 'adapter.csv.cells']], 'a further line that is not whole')
  t.same(await one(',,,"สอง'), [['line 2', 'adapter.csv.quote-open']])
  t.same(await one(',ชม 1/2,2008-02-13', ',,,สอง,57'), [
    ['line 2', 'หนึ่ง', 'moi'],
    ['line 3', 'adapter.csv.cells'],
  ])
  t.same(await one('deleted,ชม 1/2'), [['line 2', 'หนึ่ง', 'moi']])
  const unread = [
    ['line 2', 'หนึ่ง', 'moi'],
    ['line 4', 'adapter.csv.quote-open'],
  ]
  t.same(
    await one('deleted,ชม 1/2,2008-02-13,ลบ,moi', ',ชม 1/3,2008-02-13,"สาม,moi', ',ชม 1/4,2008-02-13,สี่,moi'),
    unread,
    'what cannot be read goes with no record that is skipped',
  )
  t.same(await one('deleted,ชม 1/2,2008-02-13,ลบ,moi', ',,,สอง'), [
    ['line 2', 'หนึ่ง', 'moi'],
    ['line 4', 'adapter.csv.cells'],
  ])
  t.same(
    await one('deleted,ชม 1/2,2008-02-13,"ลบ,moi', ',ชม 1/3,2008-02-13,สาม,moi'),
    [['line 2', 'adapter.csv.quote-open']],
    'nor with one that swallows all after it',
  )
  const blank = formWith({ skip: [{ column: 'to', is: [''] }] })
  t.same(
    await read(blank, rows(',ชม 1/1,2008-02-13,หนึ่ง,', ',ชม 1/2,2008-02-13')),
    [['line 3', 'adapter.csv.cells']],
    'what was cut off is not blank',
  )
  t.same(await read(form, Buffer.from('no,date,subject,to\nชม 1/1,2008-02-13,หนึ่ง,moi\n')), [
    ['header', 'adapter.column.missing', 'adapter.columns.found'],
  ])
})

t.test('a row of too many cells is skipped by none that may have moved', async (t) => {
  const last = {
    skip: [
      { column: 'sent', is: ['1'] },
      { column: 'no', begins: ['รวม'] },
    ],
  }
  const columns = ['no', 'date', 'subject', 'speed', 'sent']
  const document = {
    format: { ...csv, columns },
    fields: { number: fields.number, date: fields.date, subject: fields.subject, to: { always: 'moi' } },
  }
  const form = formWith({ ...document, ...last })
  const whole = ['ชม 1/1,2008-02-13,หนึ่ง,1,0', 'ชม 1/3,2008-02-13,ส่งแล้ว,1,1']
  const table = (header: string, ...lines: string[]) =>
    read(form, Buffer.from(`${[header, ...lines].join('\n')}\n`))
  const first = ['line 2', 'หนึ่ง', 'moi']
  const torn = 'ชม 1/2,2008-02-13,ขอเชิญประชุม, อบรม,1,0'
  t.same(await table(columns.join(), ...whole, torn, 'รวม 4 ฉบับ', 'รวม 4 ฉบับ,,,,,5'), [
    first,
    ['line 4', 'adapter.csv.cells'],
  ])
  t.same(
    await table(`${columns.join()},`, ...whole.map((line) => `${line},`), torn),
    [first, ['line 4', 'adapter.csv.unnamed']],
    'nor where the header has a delimiter too many',
  )
  const further = formWith({ ...document, continues: { when: 'subject', join: { speed: '' } } })
  t.same(
    await read(further, Buffer.from(`${columns.join()}\n${whole[0]}\n${torn}\n`)),
    [['line 2', 'adapter.csv.cells']],
    'whether it belongs to the letter above is not known: that one is not whole',
  )
})

t.test('a comma that nobody quoted, before a last cell that is blank, moves no cell', async (t) => {
  const columns = ['no', 'date', 'subject', 'to', 'remark']
  const mapped = { ...fields, description: { at: 'remark', as: 'text' } }
  const formOf = (options: object) => formWith({ format: { ...csv, columns, ...options }, fields: mapped })
  const table = (form: DocumentForm, header: string, ...lines: string[]) =>
    read(form, Buffer.from(`${[header, ...lines].join('\n')}\n`))
  const torn = 'ชม 1/2,2008-02-13,ขอเชิญประชุม,moi,'
  const whole = 'ชม 1/1,2008-02-13,หนึ่ง,moi'
  const moved = 'ชม 1/2,2008-02-13,ขอเชิญ,57,moi,,'
  const form = formOf({})
  t.same(
    await table(form, columns.join(), `${whole},`, 'ชม 1/2,2008-02-13,ขอเชิญ,57,moi,'),
    [
      ['line 2', 'หนึ่ง', 'moi'],
      ['line 3', 'adapter.csv.cells'],
    ],
    'to whom it goes was another office then',
  )
  t.same(await table(form, columns.join(), `${torn},`), [['line 2', 'adapter.csv.cells']])
  t.same(
    await table(form, `${columns.join()},`, `${torn},`, moved),
    [
      ['line 2', 'ขอเชิญประชุม', 'moi'],
      ['line 3', 'adapter.csv.cells'],
    ],
    'the header says that rows end with a delimiter',
  )
  const trailing = formOf({ trailing: true })
  t.same(
    await table(trailing, columns.join(), `${torn},`, torn, moved),
    [
      ['line 2', 'ขอเชิญประชุม', 'moi'],
      ['line 3', 'adapter.csv.cells'],
      ['line 4', 'adapter.csv.cells'],
    ],
    'the profile says so',
  )
  t.same(await table(trailing, `${columns.join()},`, `${torn},`), [['line 2', 'ขอเชิญประชุม', 'moi']])
  const written = mustBe(
    await trailing.write(parcelOf({ letter: fixedLetter({ attachments: [] }) }, 'p-1', '50')),
  )
  const [first, second] = written.bytes.toString().split('\r\n')
  t.equal(first, columns.join(), 'and it is written so')
  t.match(second, /,$/)
  t.match(await read(trailing, written.bytes), [['line 2']])
})

t.test('nor in a table or a line that is too long', (t) => {
  const skip = {
    skip: [
      { column: 'b', is: ['1'] },
      { column: 'a', begins: ['รวม'] },
    ],
  }
  const cellsOf = (kind: string, options: object, bytes: string) =>
    letterRows(
      recordForm(formats.find((each) => each.kind === kind)!, options).read(Buffer.from(bytes)),
      skip,
    ).map((each) => (each.kind === 'fault' ? each.problems[0].code : [...each.record.cells.values()].join()))
  const row = (...cells: string[]) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  const page = (...rows: string[]) => `<table>${row('a', 'b')}${rows.join('')}</table>`
  t.same(
    cellsOf('html-table', { charset: 'utf-8', columns: ['a', 'b'] }, page(row('x', '0'), row('y', '1'))),
    ['x,0'],
  )
  t.same(
    cellsOf(
      'html-table',
      { charset: 'utf-8', columns: ['a', 'b'] },
      page(row('x', '1', '0'), row('รวม', '1', '0')),
    ),
    ['adapter.table.cells'],
  )
  const columns = [
    { name: 'a', start: 1, length: 9 },
    { name: 'b', start: 10, length: 1 },
  ]
  const lines = ['x        0', 'y        1', 'z        10', 'รวม10'].join('\r\n')
  t.same(cellsOf('fixed-width', { charset: 'utf-8', columns }, `${lines}\r\n`), [
    'x,0',
    'adapter.fixed.length',
  ])
  t.end()
})

t.test('every records format keeps the rules', async (t) => {
  const options: Readonly<Record<string, object>> = {
    csv: { charset: 'utf-8', columns: names },
    dbf: { charset: 'utf-8', columns: names.map((name) => ({ name, type: 'C', length: 40 })) },
    'fixed-width': {
      charset: 'utf-8',
      columns: names.map((name, index) => ({ name, start: 1 + index * 40, length: 40 })),
    },
    'html-table': { charset: 'utf-8', columns: names },
    xlsx: { columns: names },
    xml: { charset: 'utf-8', record: 'a/b', columns: names },
    'json-records': { columns: names },
  }
  // One row or one mail is one letter: there is nothing to skip among.
  const single = ['rows', 'mail']
  const all = formats.filter(({ sort, kind }) => sort === 'records' && !single.includes(kind))
  t.same(all.map(({ kind }) => kind).toSorted(), Object.keys(options).toSorted())
  for (const kind of all) {
    const plain: RecordForm = recordForm(kind, options[kind.kind] ?? {})
    const record = (...cells: string[]) => new Map(names.map((name, index) => [name, cells[index] ?? '']))
    const bytes = plain.write(
      [
        record('', 'ชม 1/1', '2008-02-13', 'หนึ่ง', 'moi'),
        record('', '', '', 'สอง', '57'),
        record('sent', 'ชม 1/2', '2008-02-13', 'x', 'moi'),
        record('', 'รวม 2'),
      ],
      names,
    )
    const form = formWith({ format: { kind: kind.kind, ...options[kind.kind] }, ...rules })
    t.match(await read(form, bytes), [[String, 'หนึ่ง สอง', 'moi,57']], kind.kind)
  }
})

t.test('law: what is written is read as one letter, whatever stands in it', async (t) => {
  const withFiles = {
    format: { ...csv, columns: [...names, 'file'] },
    fields: {
      ...fields,
      attachments: { at: 'file', as: { 'file-beside': { first: 'enclosure', separator: ';' } } },
    },
  }
  const form = formWith({
    ...withFiles,
    skip: [
      { column: 'state', is: ['x', ''] },
      { column: 'subject', begins: ['ก', '-'] },
    ],
    continues: { when: 'state', join: { to: ';' } },
  })
  let [written, refused] = [0, 0]
  await fc.assert(
    fc.asyncProperty(
      letters({ charset: 'unicode' }),
      fc.constantFrom('', 'x', ' x', 'xy', 'ปกติ'),
      fc.constantFrom('', 'ก', '-'),
      async (made, state, begin) => {
        const letter = {
          ...fixedLetter(),
          subject: `${begin}${made.subject}`,
          description: state,
        }
        const result = await form.write(parcelOf({ letter }, 'p-1', '50'))
        if (!result.ok) {
          refused += 1
          return
        }
        written += 1
        t.notMatch(state, /^ ?x?$/)
        const back = letterOf(await readBack(form, 'letter', result.value))
        t.equal(back.description, state)
        if (!result.value.spilled.includes('subject')) t.equal(back.subject, letter.subject)
      },
    ),
    { numRuns: 300 },
  )
  t.ok(written > 20 && refused > 20, `${written} written, ${refused} refused`)
  const why = async (description: string) => {
    const result = await form.write(parcelOf({ letter: { ...fixedLetter(), description } }, 'p-1', '50'))
    return result.ok ? [] : result.problems.map(({ code, path }) => `${path} ${code}`)
  }
  t.same(await why('x'), ['description adapter.column.skipped'])
  const unmapped = formWith({
    ...withFiles,
    fields: { ...withFiles.fields, description: { always: '' } },
    skip: [{ column: 'state', is: [''] }],
  })
  t.match(await unmapped.write(parcelOf({ letter: fixedLetter() }, 'p-1', '50')), {
    ok: false,
    problems: [{ code: 'adapter.column.skipped', path: 'state' }],
  })
})

t.test('rules that cannot be are faults of the profile', (t) => {
  const faults = (document: object) => {
    const made = profileOf(document)
    return made.ok ? [] : made.problems.map(({ path }) => path.replace('documents.letter.', ''))
  }
  const columns = { format: { kind: 'json-records', columns: names } }
  t.same(faults({ ...columns, skip: [{ column: 'x', is: ['1'] }, { column: 'no' }] }), [
    'skip.0.column',
    'skip.1',
  ])
  t.same(faults({ ...columns, continues: { when: 'x', join: { y: '', no: '' } } }), [
    'continues.when',
    'continues.join.y',
  ])
  t.same(faults({ ...columns, continues: { when: 'no', join: { no: '' } } }), ['continues.join'])
  t.same(faults({ format: { kind: 'json' }, fields: undefined, ...rules }), ['skip', 'continues'])
  t.end()
})
