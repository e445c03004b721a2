// Documents both ways: the laws of each shipped profile over generated letters and notices, and the cases on file.
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { parse as parseCsv } from 'csv-parse/sync'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { AttachmentContent, IncomingAttachment, Item } from '../../src/adapters/contract.ts'
import { codecOf } from '../../src/adapters/fields/codecs.ts'
import { decode, unsayable } from '../../src/adapters/formats/charset.ts'
import { csvLine, csvRows, guard, unguard } from '../../src/adapters/formats/csv/rows.ts'
import type { DocumentForm, Outgoing, Written } from '../../src/adapters/formats/format.ts'
import { readStrictJson } from '../../src/adapters/formats/strict-json.ts'
import { mediaTypeOf } from '../../src/letter/attachments.ts'
import { checkLetter } from '../../src/letter/check.ts'
import { letterToJson } from '../../src/letter/json.ts'
import type { Attachment, Letter, Person } from '../../src/letter/letter.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { describe } from '../../src/problem/problem.ts'
import { fixedLetter, letters, mustBe, notices, office } from '../letter/arbitrary.ts'
import { parcelOf, shipped, start, TestClock } from './stage.ts'

const runs = { numRuns: 300 }
const clock = new TestClock()
const csvForms = formsOf(shipped('chiang-mai-csv'), clock)
const jsonForms = formsOf(shipped('chiang-rai-json'), clock)

/** Reads what was written as the system would send it back. */
async function readBack(form: DocumentForm, document: 'letter' | 'notice', written: Written): Promise<Item> {
  const beside = new Map(
    written.files.map((file): [string, AttachmentContent] => [
      file.name,
      file.content.kind === 'bytes'
        ? { kind: 'bytes', bytes: file.content.bytes }
        : { kind: 'kept', sha256: file.sha256, size: file.content.size },
    ]),
  )
  const items = await form.read({
    document,
    name: 'x',
    bytes: written.bytes,
    beside,
    sender: 'gone',
    final: true,
  })
  const [item] = items
  if (item === undefined || items.length !== 1) throw new Error(`${items.length} items were read from one`)
  return item
}

const attachmentOf = ({ name, mediaType, role, content }: IncomingAttachment): Attachment => ({
  name,
  role,
  mediaType: mustBe(mediaTypeOf(mediaType, name)),
  ...(content.kind === 'kept'
    ? { sha256: content.sha256, size: content.size }
    : content.kind === 'bytes'
      ? { sha256: createHash('sha256').update(content.bytes).digest('hex'), size: content.bytes.length }
      : { sha256: '', size: 0 }),
})

function letterOf(item: Item): Letter {
  if (item.kind !== 'letter') throw new Error(`no letter: ${JSON.stringify(item)}`)
  return mustBe(checkLetter(item.draft, item.attachments.map(attachmentOf)))
}

const outgoing = (letter: Letter, id = 'p-1'): Outgoing => parcelOf({ letter }, id, '50')

t.test('law: a letter → JSON → the same letter', async (t) => {
  const form = jsonForms.send!
  await fc.assert(
    fc.asyncProperty(letters(), async (letter) => {
      const written = mustBe(await form.write(outgoing(letter)))
      const back = letterOf(await readBack(form, 'letter', written))
      t.same(letterToJson(back), letterToJson(letter))
      t.same(written.spilled, [])
    }),
    runs,
  )
})

// What the CSV of Chiang Mai cannot say is declared here; everything else comes back as it was.
const blank = (text: string): string => (text.trim() === '' ? '' : text)
const person = (found: Person | undefined) => {
  const names = found && [blank(found.givenName), blank(found.familyName), blank(found.jobTitle)]
  return names?.some((name) => name !== '') ? names : undefined
}
const columns = new Set(['เลขทะเบียนส่ง'])
function withinLimits(letter: Letter, prefix: string) {
  const { from, to, attachments, extension, sentAt, ...rest } = letterToJson(letter)
  return {
    ...rest,
    enclosureNote: blank(rest.enclosureNote),
    description: blank(rest.description),
    from: [from.office, person(from.person)],
    to: [to.offices, person(to.person)],
    // To the second.
    sentAt: sentAt?.slice(0, 19),
    extension: extension.filter(({ name }) => from.office === '50' && columns.has(name)),
    attachments: attachments
      .filter(({ name }) => name !== `${prefix}-full.txt`)
      .map(({ name: _, ...each }) => each),
  }
}

t.test('law: a letter → CSV in windows-874 → the same letter, within what is declared', async (t) => {
  const form = csvForms.send!
  let written = 0
  let refused = 0
  let spills = 0
  const subject = fc.tuple(
    letters({ charset: 'windows-874' }),
    fc.boolean(),
    fc.constantFrom<{ name: string; value: string }[]>(
      [],
      [{ name: 'เลขทะเบียนส่ง', value: '=1+1' }],
      [{ name: 'อื่น', value: 'x' }],
    ),
  )
  await fc.assert(
    fc.asyncProperty(subject, async ([made, ordinary, extension]) => {
      const { urgency: glued } = mustBe(readLetterNumber(made.number.printed))
      // The secret series (ล) has no ordinary letters.
      const open = ordinary && !/\/ล/.test(made.number.normalized)
      const letter: Letter = {
        ...made,
        urgency: glued ?? made.urgency,
        secrecy: open ? 'ordinary' : made.secrecy,
        extension,
      }
      const result = await form.write(outgoing(letter))
      if (!result.ok) {
        refused += 1
        const codes = new Set(result.problems.map(({ code }) => code))
        if (letter.secrecy === 'ordinary')
          t.notOk(codes.has('adapter.field.cannot-say'), 'ordinary letters can be said')
        return
      }
      written += 1
      const back = withinLimits(letterOf(await readBack(form, 'letter', result.value)), 'p-1')
      const expected = withinLimits(letter, 'p-1')
      const full = result.value.files.find(({ name }) => name === 'p-1-full.txt')
      const { spilled } = result.value
      if (spilled.length > 0) spills += 1
      for (const field of spilled) {
        const text = full?.content.kind === 'bytes' ? full.content.bytes.toString('utf8') : ''
        t.ok(text.includes(letter[field as 'subject']), `${field} stands in the file, whole`)
      }
      const same = (json: typeof back) =>
        Object.fromEntries(Object.entries(json).filter(([key]) => !spilled.includes(key)))
      t.same(same(back), same(expected))
      for (const { name } of result.value.files)
        t.ok(name.startsWith('p-1-'), 'names of files hold the parcel id')
    }),
    // So many that each of the three ways is gone often enough, whatever the seed.
    { numRuns: 1_000 },
  )
  t.ok(
    written > 50 && spills > 10 && refused > 10,
    `the law was tried: ${written} written, ${spills} spilled, ${refused} refused`,
  )
})

t.test('law: a notice → its form → the same notice', async (t) => {
  for (const [name, forms] of [
    ['csv', csvForms],
    ['json', jsonForms],
  ] as const) {
    await fc.assert(
      fc.asyncProperty(notices({ charset: name === 'csv' ? 'windows-874' : 'unicode' }), async (notice) => {
        const form = forms.notices!
        const written = mustBe(await form.write(parcelOf({ notice }, 'p-2', notice.to)))
        const item = await readBack(form, 'notice', written)
        // `dispute` and `accept` need a number that is no blank: fixed-width systems write blanks for nothing.
        if (name === 'csv' && notice.receiveNumber?.trim() === '') return
        if (item.kind !== 'notice') throw new Error(JSON.stringify(item))
        const { draft } = item
        t.equal(draft.kind, notice.kind)
        t.equal(draft.receiveNumber, notice.receiveNumber)
        t.equal(Math.floor((draft.at ?? 0) / 1000), Math.floor(notice.at / 1000))
        if (written.spilled.includes('reason')) {
          const [file] = written.files
          t.equal(file?.name, 'p-2-full.txt')
          t.ok(file?.content.kind === 'bytes' && file.content.bytes.toString('utf8').includes(notice.reason))
        } else t.equal(draft.reason ?? '', name === 'csv' ? blank(notice.reason) : notice.reason)
        if (name === 'json') t.same(draft.about, { messageId: notice.about.messageId })
        else t.match(draft.about, { number: notice.about.number, date: notice.about.date })
      }),
      runs,
    )
  }
})

t.test('what the system cannot say is refused, every reason at once', async (t) => {
  const form = csvForms.receive!
  const secret = fixedLetter({
    secrecy: 'secret',
    references: [{ number: 'มท 1|2/3', subject: 'ก' }],
    from: { office: office('50'), person: { givenName: '你', familyName: '', jobTitle: '' } },
  })
  const result = await form.write(outgoing(secret))
  t.notOk(result.ok)
  if (result.ok) return
  t.same(result.problems.map(({ code, path }) => [path, code]).sort(), [
    ['from.person', 'adapter.charset.cannot-say'],
    ['references.number', 'adapter.field.separator'],
  ])
  const hidden = await form.write(outgoing(fixedLetter({ secrecy: 'secret' })))
  t.match(hidden, { ok: false, problems: [{ code: 'adapter.field.secrecy-unsayable', path: 'secrecy' }] })
})

t.test('a reason that the charset cannot say does not keep a notice away', async (t) => {
  const [made] = fc.sample(notices({ charset: 'windows-874' }), 1)
  const notice = { ...made!, reason: 'ผิด 😀 ที่' }
  const written = mustBe(await csvForms.notices!.write(parcelOf({ notice }, 'p-3', '50')))
  t.same(written.spilled, ['reason'])
  t.match(iconv.decode(written.bytes, 'windows-874'), /ผิด {2}\.\.\./)
})

t.test('a long subject is spilled whole, never cut and never inside a character', async (t) => {
  const subject = 'กำ'.repeat(200)
  const written = mustBe(await csvForms.receive!.write(outgoing(fixedLetter({ subject }))))
  t.same(written.spilled, ['subject'])
  const row = parseCsv(iconv.decode(written.bytes, 'windows-874'), { columns: true })[0] as Record<
    string,
    string
  >
  t.ok([...(row['เรื่อง'] ?? '')].length <= 150)
  t.match(row['เรื่อง'], /ำ \.\.\.$/)
  t.ok(row['ไฟล์2']?.includes('p-1-full.txt'))
  const file = written.files.at(-1)
  t.ok(file?.content.kind === 'bytes' && file.content.bytes.toString('utf8').includes(subject))
})

t.test('a list whose value is spilled is spilled whole', async (t) => {
  const list = codecOf({ list: { of: { text: { max: 20, overflow: 'spill' } } } })
  const values = ['สั้น', 'ก'.repeat(21)]
  const written = mustBe(list.write(values, 1, () => undefined))
  t.same(written.spill, values)
  t.equal(mustBe(list.write(['สั้น'], 1, () => undefined)).spill, undefined)
})

t.test('attachments of one name, or of names that a system cannot write, never meet', async (t) => {
  const pdf = fixedLetter().attachments[0]!
  const names = ['A.pdf', 'b;c.pdf', 'CON.pdf', '你好.pdf', `${'x'.repeat(250)}.pdf`, 'ไม่มีนามสกุล']
  const attachments = names.map((name): Attachment => ({ ...pdf, name, role: 'enclosure' }))
  const written = mustBe(await csvForms.receive!.write(outgoing(fixedLetter({ attachments }))))
  const made = written.files.map(({ name }) => name)
  t.same(made, ['p-1-1-A.pdf', 'p-1-2.pdf', 'p-1-3-CON.pdf', 'p-1-4.pdf', 'p-1-5.pdf', 'p-1-6-ไม่มีนามสกุล.pdf'])
})

t.test('CSV: our rows are csv-parse’s rows, whatever the cells', async (t) => {
  const cell = fc.string({
    unit: fc.constantFrom('ก', 'ำ', ',', ';', '"', "'", '\r', '\n', '=', ' ', 'a'),
    maxLength: 8,
  })
  const row = fc.array(cell, { minLength: 2, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      const dialect = { delimiter: ',', quote: '"' }
      const text = rows.map((cells) => csvLine(cells, dialect)).join('')
      const ours = [...csvRows(text, dialect, { columns: 10, row: 10_000 })]
      t.same(
        ours.map((each) => each.kind === 'row' && each.cells),
        rows,
      )
      t.same(parseCsv(text, { relax_column_count: true, record_delimiter: '\r\n' }), rows)
    }),
    { numRuns: 1000 },
  )
})

t.test('X8: what a spreadsheet would run is guarded, and reading takes exactly the guard away', (t) => {
  const nasty = fc.string({
    unit: fc.constantFrom("'", '=', '+', '-', '@', '＝', '\t', '\r', ' ', 'ก', '1'),
    maxLength: 6,
  })
  fc.assert(
    fc.property(nasty, (cell) => {
      t.equal(unguard(guard(cell)), cell)
      t.notMatch(guard(cell), /^\s*[=+\-@＝＋－＠]|^[\t\r]/)
    }),
    { numRuns: 2000 },
  )
  t.end()
})

t.test('X8: broken and hostile CSV costs its own rows only, in linear time', (t) => {
  const rows = (text: string) => [
    ...csvRows(text, { delimiter: ',', quote: '"' }, { columns: 300, row: 100_000 }),
  ]
  t.match(rows('a,b\n"x"y,z\nc,d\n'), [
    { kind: 'row', line: 1 },
    { kind: 'fault', line: 2 },
    { kind: 'row', line: 3, cells: ['c', 'd'] },
  ])
  t.match(rows('a,b\nc,"d\ne,f\n'), [{ kind: 'row' }, { kind: 'fault', line: 2, reason: 'quote-open' }])
  t.match(rows(`a\n"${'x'.repeat(200_000)}`), [{ kind: 'row' }, { kind: 'fault', line: 2, reason: 'long' }])
  t.match(rows(`${','.repeat(1_000_000)}\nnext`), [
    { kind: 'fault', line: 1 },
    { kind: 'row', line: 2 },
  ])
  t.match(rows('a,"b\r\nc"\r\nd,e'), [
    { line: 1, cells: ['a', 'b\r\nc'] },
    { line: 3, cells: ['d', 'e'] },
  ])
  t.same(rows(''), [])
  t.end()
})

t.test('CSV: what stands under a column without a name is a fault, never dropped', async (t) => {
  const header = 'ที่หนังสือ,ลงวันที่,เรื่อง,,จาก,ถึง'
  const read = (cell: string) =>
    csvForms.sendNotices?.read({
      document: 'notice',
      name: 'x',
      bytes: iconv.encode(`${header}\r\nชม 0017.1/1,15 พ.ย. 2551,ก,${cell},,\r\n`, 'windows-874'),
      beside: new Map(),
      sender: 'gone',
      final: true,
    })
  t.match(await read('หาย'), [
    { kind: 'fault', problems: [{ code: 'adapter.csv.unnamed', path: 'column 4', value: 'หาย' }] },
  ])
  t.notMatch(await read(''), [{ problems: [{ code: 'adapter.csv.unnamed' }] }])
})

t.test('X6: charsets: what means nothing is marked, what contradicts the profile is said', (t) => {
  t.match(decode(Buffer.from([0xa1, 0xdb, 0xfc, 0x81, 0xff, 0x85]), 'windows-874'), {
    text: 'ก\ufffd\ufffd\ufffd\ufffd…',
  })
  for (const byte of [0xdb, 0xdc, 0xdd, 0xde, 0xfc, 0xfd, 0xfe, 0xff])
    t.match(decode(Buffer.from([byte]), 'tis-620'), { text: '\ufffd' }, `unassigned ${byte.toString(16)}`)
  t.match(decode(Buffer.from('หนังสือ'), 'windows-874'), {
    problem: { code: 'adapter.charset.contradicted', details: { found: 'UTF-8' } },
  })
  t.match(decode(Buffer.from('\ufeffa'), 'windows-874'), {
    problem: { code: 'adapter.charset.contradicted' },
  })
  t.match(decode(iconv.encode('กa', 'utf-16le', { addBOM: true }), 'utf-8'), {
    problem: { details: { found: 'UTF-16' } },
  })
  t.match(decode(Buffer.from('ab'), 'utf-16le'), { problem: { code: 'adapter.charset.contradicted' } })
  t.match(decode(iconv.encode('กa', 'utf-16le', { addBOM: true }), 'utf-16le'), { text: 'กa' })
  t.match(decode(Buffer.from([0xef, 0xbb, 0xbf, 0x61]), 'utf-8'), { text: 'a' })
  t.match(decode(Buffer.from([0xc0, 0xaf]), 'utf-8'), { text: '\ufffd\ufffd' }, 'overlong')
  t.match(unsayable('a…', 'tis-620'), { details: { character: '… (U+2026)' } })
  t.match(unsayable('\u00a0', 'tis-620'), { code: 'adapter.charset.cannot-say' })
  t.equal(unsayable('\u00a0', 'iso-8859-11'), undefined)
  t.equal(unsayable('“…” €', 'windows-874'), undefined)
  t.match(unsayable('\ud800', 'utf-8'), { code: 'adapter.charset.cannot-say' })
  t.end()
})

t.test('X6: a short text in windows-874 that happens to be sound UTF-8 is what the profile declares', (t) => {
  for (const text of ['แขก', 'รถ', 'A,1,ลด\r\n', 'ที่,เรื่อง\r\n1,รถ\r\n'])
    t.same(decode(iconv.encode(text, 'windows-874'), 'windows-874'), { text }, text)
  t.ok(isUtf8(iconv.encode('แขก รถ', 'windows-874')), 'these bytes are sound UTF-8')
  // Thai in UTF-8, also where each of its bytes means something in windows-874; and marks that no Thai word has within it.
  for (const text of ['สาม', 'ก', '1,อาสา', 'A – B', 'ชม 0017.1/1', 'a\u00a0b'])
    t.match(decode(Buffer.from(text), 'windows-874'), {
      problem: { code: 'adapter.charset.contradicted', details: { found: 'UTF-8' } },
    })
  t.end()
})

t.test('X10: JSON that says two things, or too much, is refused', (t) => {
  const codes = (text: string) => {
    const result = readStrictJson(Buffer.from(text))
    return result.ok ? 'ok' : result.problems.map(({ code }) => code).join(' ')
  }
  t.equal(codes('{"a":1,"a":2}'), 'adapter.json.key-twice')
  t.equal(codes('{"a":1,"\\u0061":2}'), 'adapter.json.key-twice')
  t.equal(
    codes('{"__proto__":{},"a":{"constructor":1}}'),
    'adapter.json.key-forbidden adapter.json.key-forbidden',
  )
  t.equal(codes('{"a":9007199254740993}'), 'adapter.json.number-inexact')
  t.equal(codes('{"a":1e400}'), 'adapter.json.number-inexact')
  t.equal(codes(`${'['.repeat(100_000)}`), 'adapter.document.too-many')
  t.equal(codes('{"a":'), 'adapter.json.broken')
  t.equal(codes('nonsense'), 'adapter.json.broken')
  t.equal(codes(''), 'adapter.json.broken')
  t.equal(codes('{"a":{"b":1},"c":[{"b":1},{"b":"\\"b\\":"}]}'), 'ok')
  t.match(readStrictJson(Buffer.from([0x22, 0xff, 0x22])), {
    ok: false,
    problems: [{ code: 'adapter.charset.bytes' }],
  })
  t.end()
})

t.test('X10: hostile JSON is refused before the engine makes anything of it', (t) => {
  const found = (text: string) => {
    const parse = t.capture(JSON, 'parse', JSON.parse)
    const result = readStrictJson(Buffer.from(text))
    // Of keys it makes texts.
    const whole = parse().filter(({ args }) => args[0].length > 1_000)
    return [result.ok ? 'ok' : result.problems.map(({ details }) => details?.['what']), whole.length]
  }
  const many = 10_000_000
  t.same(found('['.repeat(many)), [['levels'], 0])
  t.same(found(','.repeat(many)), [['values'], 0])
  t.same(found(`[${'1,'.repeat(many)}1]`), [['values'], 0])
  t.same(found(`[${'[],'.repeat(many)}[]]`), [['values'], 0])
  const keys = Array.from({ length: 20_001 }, (_, index) => `"${index}":1`)
  t.same(found(`{${keys.join()}}`), [['keys'], 0])
  // A list of lists may hold as much as it says, and no value more.
  t.same(found(`[${'1,'.repeat(99_999)}1]`), ['ok', 1])
  t.same(found(`[${'1,'.repeat(100_000)}1]`), [['values'], 0])
  t.same(found(`["${','.repeat(200_000)}"]`), ['ok', 1])
  const inexact = readStrictJson(Buffer.from(`[${'1e400 '.repeat(many / 10)}]`))
  t.ok(!inexact.ok && inexact.problems.length === 1_000)
  t.end()
})

t.test('no bytes make a reader throw: what a source holds is items', async (t) => {
  const letter = mustBe(await csvForms.receive!.write(outgoing(fixedLetter({ attachments: [] })))).bytes
  const json = mustBe(await jsonForms.receive!.write(outgoing(fixedLetter({ attachments: [] })))).bytes
  const [made] = fc.sample(notices({ charset: 'windows-874' }), 1)
  const notice = parcelOf({ notice: made! }, 'p-4', '50')
  const samples = [
    { form: csvForms.send!, document: 'letter', bytes: letter },
    {
      form: csvForms.sendNotices!,
      document: 'notice',
      bytes: mustBe(await csvForms.notices!.write(notice)).bytes,
    },
    { form: jsonForms.send!, document: 'letter', bytes: json },
    {
      form: jsonForms.sendNotices!,
      document: 'notice',
      bytes: mustBe(await jsonForms.notices!.write(notice)).bytes,
    },
  ] as const
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(20),
    put: fc.uint8Array({ maxLength: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...samples),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      async (sample, changes) => {
        let bytes: Buffer = Buffer.from(sample.bytes)
        for (const { at, cut, put } of changes) {
          const place = Math.floor(at * bytes.length)
          bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + cut)])
        }
        const items = await sample.form.read({
          document: sample.document,
          name: '',
          bytes,
          beside: new Map(),
          sender: 'gone',
          final: true,
        })
        t.ok(items.length > 0, 'there is always something to say')
        for (const item of items)
          if (item.kind === 'fault')
            for (const each of item.problems) t.notMatch(describe(each), /\{\w+\}|undefined/)
      },
    ),
    { numRuns: 1000 },
  )
})

t.test('codecs: what is not in their form is a problem with its value', (t) => {
  const reads = (as: unknown, ...cells: string[]) => {
    const result = codecOf(as).read(cells)
    return result.ok ? result.value : result.problems.map(({ code }) => code)
  }
  t.same(reads({ 'buddhist-date': 'd MMM yyyy' }, '15 พ.ย. 2551'), ['2008-11-15'])
  t.same(reads({ 'buddhist-date': 'd MMM yyyy' }, '๑๕ พ.ย. ๒๕๕๑'), ['2008-11-15'])
  t.not(
    reads({ 'buddhist-date': 'dd/MM/yyyy' }, '15/11/2008')[0],
    '2008-11-15',
    'a Christian year in a Buddhist column',
  )
  t.same(reads({ 'buddhist-date': { form: 'dd/MM/yy', century: 25 } }, '15/11/51'), ['2008-11-15'])
  t.same(reads({ 'christian-date': 'ce:yyyy-MM-dd' }, '2008-11-15'), ['2008-11-15'])
  t.same(reads({ instant: { date: 'dd/MM/yyyy' } }, '15/11/2551 14.05 น.'), ['2008-11-15T14:05:00.000+07:00'])
  t.same(reads({ instant: { date: 'dd/MM/yyyy' } }, '15/11/2551', '14:05:09'), [
    '2008-11-15T14:05:09.000+07:00',
  ])
  t.same(reads({ instant: { date: 'dd/MM/yyyy' } }, '15/11/2551 25:00'), ['adapter.field.instant'])
  t.same(reads({ table: { 1: 'ordinary' } }, '9'), ['adapter.field.code-unknown'])
  t.same(reads('office', 'จังหวัดเชียงใหม่'), ['50'])
  t.same(reads('office', '1500200000'), ['moi'])
  t.same(reads('office', 'ที่ไหนสักแห่ง'), ['adapter.field.office-unknown'])
  t.same(reads('person', 'สมชาย  ใจดี มาก'), ['สมชาย', 'ใจดี มาก', ''])
  t.same(reads('file-beside', '../../etc/passwd'), ['letter.attachment.name-path'])
  t.same(reads({ 'file-beside': { separator: ';' } }, '', 'a.pdf; b.pdf'), ['', 'a.pdf', 'b.pdf'])
  t.same(reads({ text: { max: 10 } }, 'ก'.repeat(11)), ['adapter.field.too-long'])
  t.same(reads({ text: { trim: true } }, '  ก  '), ['ก'])
  t.same(reads('letter-number', 'ไม่ใช่เลข').length, 1)
  const twoDigits = codecOf({ 'buddhist-date': { form: 'dd/MM/yy', century: 25 } })
  t.match(
    twoDigits.write(['2008-11-15'], 1, () => undefined),
    { ok: true, value: { cells: ['15/11/51'] } },
  )
  t.match(
    twoDigits.write(['2057-11-15'], 1, () => undefined),
    { ok: false, problems: [{ code: 'adapter.field.cannot-say' }] },
    'พ.ศ. 2600 in two digits would come back as 2500',
  )
  const apart = codecOf({ person: { parts: ['jobTitle', 'name'] } })
  t.same(apart.read(['ปลัด', 'สมชาย ใจดี']), { ok: true, value: ['สมชาย', 'ใจดี', 'ปลัด'] })
  t.match(
    apart.write(['สมชาย', 'ใจดี', 'ปลัด'], 2, () => undefined),
    {
      ok: true,
      value: { cells: ['ปลัด', 'สมชาย ใจดี'] },
    },
  )
  for (const values of [
    ['ก ข', '', ''],
    ['ก ข', 'ค', 'ง'],
  ])
    t.match(
      apart.write(values, 2, () => undefined),
      { ok: false, problems: [{ code: 'adapter.field.too-many' }] },
      'a name that would come back as another',
    )
  const spilled = codecOf({ person: { overflow: 'spill' } })
  t.match(
    spilled.write(['สมชาย', 'ใจดี', 'ปลัด'], 1, () => undefined),
    {
      ok: true,
      value: { cells: ['สมชาย ใจดี'], spill: ['สมชาย', 'ใจดี', 'ปลัด'] },
    },
  )
  const write = codecOf('person').write(['ก ข', 'ค', ''], 1, () => undefined)
  t.match(write, { ok: false }, 'a given name of two words does not fit one cell')
  t.end()
})

t.equal(start, Date.parse('2026-11-23T10:15:00+07:00'))
