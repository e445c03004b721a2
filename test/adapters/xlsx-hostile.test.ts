// Archives and XML that are hostile or half (attacks T4, X1, X2, X7, X8): faults, in bounded work, and no guesswork.
import fc from 'fast-check'
import { strToU8, unzipSync, type Zippable, zipSync } from 'fflate'
import t from 'tap'
import { openZip } from '../../src/adapters/formats/xlsx/zip.ts'
import { book, codes, head, main, office, plain, relationships, sample } from './xlsx-stage.ts'

t.test('T4: half a file is a fault, wherever it ends', (t) => {
  t.notOk(plain.unended?.(sample))
  for (let at = 0; at < sample.length; at += 7) {
    const half = sample.subarray(0, at)
    t.ok(plain.unended?.(half))
    t.same(codes(half), ['adapter.zip.broken'])
  }
  const damaged = Buffer.from(sample)
  const place = damaged.indexOf('sheet1.xml') + 60
  damaged[place] = (damaged[place] ?? 0) ^ 0x55
  t.same(codes(damaged), ['adapter.zip.broken'])
  const stored = plain.write([new Map([['a', 'ชม 0017.1/492']])], ['a'])
  stored.write('7', stored.indexOf('0017') + 2)
  t.same(codes(stored), ['adapter.zip.broken'], 'a number that a bad disk changed')
  t.same(codes(Buffer.concat([sample, Buffer.from('x')])), ['adapter.zip.broken'], 'something behind')
  t.same(codes(Buffer.concat([Buffer.from('x'), sample])), ['adapter.zip.broken'], 'something before')
  const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4_000)])
  t.match(plain.read(old), [{ problems: [{ details: { reason: /old \.xls/ } }] }])
  t.end()
})

t.test('T4: what inflates beyond its bounds is never inflated', (t) => {
  const zeros = (size: number): Zippable => ({ 'xl/worksheets/sheet1.xml': new Uint8Array(size) })
  t.same(codes(book({ others: zeros(33 * 1024 * 1024) })), ['adapter.zip.large'])
  const many = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, index) => [`n${index}`, new Uint8Array()]),
  )
  t.same(codes(book({ others: many })), ['adapter.document.too-many'])
  // A part that says it is small and is not.
  const lying = Buffer.from(book({ others: zeros(20 * 1024 * 1024) }))
  const size = Buffer.alloc(4)
  size.writeUInt32LE(20 * 1024 * 1024)
  for (let at = lying.indexOf(size); at >= 0; at = lying.indexOf(size, at + 4)) lying.writeUInt32LE(100, at)
  const before = process.memoryUsage().arrayBuffers
  t.same(codes(lying), ['adapter.zip.broken'])
  t.ok(process.memoryUsage().arrayBuffers - before < 10_000_000, 'and takes no more memory than it says')
  // Parts that nobody reads may be as large as they like.
  t.same(
    codes(
      book({
        rows: `${head}<row r="2"><c><v>1</v></c></row>`,
        others: { 'xl/media/a.png': new Uint8Array(40_000_000) },
      }),
    ),
    ['1,'],
  )
  t.end()
})

t.test('T4: an archive that says two things is refused; names are names and no paths', (t) => {
  const rows = `${head}<row r="2"><c><v>1</v></c></row>`
  t.same(
    codes(book({ rows, others: { '../../../etc/passwd': strToU8('x'), '/etc/shadow': strToU8('x') } })),
    ['1,'],
  )
  t.same(
    codes(book({ rows, others: { 'XL/Workbook.xml': strToU8('x') } })),
    ['adapter.zip.broken'],
    'one name twice',
  )
  const out = `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="a" sheetId="1" r:id="rId9"/></sheets></workbook>`
  const away = relationships(['rId9', 'worksheet', '../../../../etc/passwd'])
  t.same(codes(book({ workbook: out, others: { 'xl/_rels/workbook.xml.rels': strToU8(away) } })), [
    'adapter.zip.broken',
  ])
  const external = away.replace('/>', ' TargetMode="External"/>')
  t.same(codes(book({ workbook: out, others: { 'xl/_rels/workbook.xml.rels': strToU8(external) } })), [
    'adapter.table.missing',
  ])
  const change = (offset: number, value: number, from: 'directory' | 'part') => {
    const bytes = Buffer.from(book({ rows }))
    const at = from === 'directory' ? bytes.indexOf('PK\u0001\u0002') : bytes.indexOf('PK\u0003\u0004')
    bytes.writeUInt16LE(value, at + offset)
    return codes(bytes)
  }
  t.same(change(8, 1, 'directory'), ['adapter.zip.broken'], 'a password')
  t.same(change(10, 12, 'directory'), ['adapter.zip.broken'], 'another method')
  t.same(change(42, 7, 'directory'), ['adapter.zip.broken'], 'a part that is elsewhere')
  t.same(change(30, 0x5a5a, 'part'), ['adapter.zip.broken'], 'a part of another name')
  const end = (offset: number, value: number) => {
    const bytes = Buffer.from(book({ rows }))
    bytes.writeUInt16LE(value, bytes.length - 22 + offset)
    return codes(bytes)
  }
  t.same(end(10, 0xffff), ['adapter.zip.broken'], 'ZIP64')
  t.same(end(10, 3), ['adapter.zip.broken'], 'fewer parts than there are')
  t.same(end(16, 5), ['adapter.zip.broken'], 'a directory elsewhere')
  t.end()
})

t.test('X1, X2: no DOCTYPE, no entity, no other charset', (t) => {
  const sheet = (text: string | Buffer): Buffer =>
    book({ others: { 'xl/worksheets/sheet1.xml': typeof text === 'string' ? strToU8(text) : text } })
  const body = `<worksheet xmlns="${main}"><sheetData>${head}<row r="2"><c r="A2" t="inlineStr"><is><t>&x;</t></is></c></row></sheetData></worksheet>`
  const laughs = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>'
  for (const text of [
    laughs + body,
    `<!DOCTYPE a SYSTEM "file:///etc/passwd">${body.replace('&x;', '')}`,
    body,
    body.replace('&x;', '&#0;'),
    `<?xml version="1.0" encoding="TIS-620"?>${body.replace('&x;', '')}`,
    body.replace('&x;', '').replace('</worksheet>', ''),
    'no xml',
    '',
  ])
    t.equal(codes(sheet(text)).at(-1), 'adapter.xlsx.broken', text.slice(0, 60))
  t.same(codes(sheet(Buffer.from(body.replace('&x;', ''), 'utf16le'))), ['adapter.xlsx.broken'])
  t.same(codes(sheet(Buffer.from([0xff, 0x3c]))), ['adapter.xlsx.broken'])
  t.end()
})

t.test('X7: rows, cells, texts and joined cells without end are faults, in bounded work', (t) => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, index) => `<row r="${index + 2}"><c t="s"><v>0</v></c></row>`).join('')
  const long = `<si><t>${'x'.repeat(32_000)}</t></si>`
  t.equal(
    codes(book({ rows: head + rows(50_000), texts: '<si><t>x</t></si>' })).at(-1),
    'adapter.document.too-many',
  )
  t.equal(
    codes(book({ rows: head + rows(10_000), texts: long })).at(-1),
    'adapter.document.too-many',
    'one text, shared',
  )
  t.same(
    codes(
      book({ rows: `${head}<row r="2"><c t="inlineStr"><is><t>${'x'.repeat(1_000_000)}</t></is></c></row>` }),
    ),
    ['adapter.table.long'],
  )
  t.same(codes(book({ rows: `${head}<row r="2"><c r="XFD2"><v>1</v></c></row>` })), [
    'adapter.document.too-many',
  ])
  t.same(codes(book({ rows: `${head}${'<row/>'.repeat(200_000)}` })), ['adapter.document.empty'])
  t.same(codes(book({ rows: `${head}<row r="1048577"/>` })), ['adapter.xlsx.broken'])
  t.same(codes(book({ rows: '<a>'.repeat(100_000) })), ['adapter.xlsx.broken'])
  t.same(
    codes(
      book({ rows: `<row ${Array.from({ length: 100_000 }, (_, index) => `a${index}=""`).join(' ')}/>` }),
    ),
    ['adapter.xlsx.broken'],
  )
  const wide = (ref: string, count: number) =>
    book({
      rows: head + rows(1_000),
      texts: '<si><t>x</t></si>',
      after: `<mergeCells>${`<mergeCell ref="${ref}"/>`.repeat(count)}</mergeCells>`,
    })
  t.same(codes(wide('A1:XFD1048576', 9_000)), ['adapter.table.spans'], 'joined over one another')
  t.equal(codes(wide('A1:A1', 20_000)).at(-1), 'adapter.xlsx.broken')
  t.equal(codes(wide('A3:A2', 1)).length, 1_000, 'none at all')
  t.end()
})

t.test('X8: rows and cells out of order, and joined cells that hide others, are no guesswork', (t) => {
  const two = (rows: string, after = '') => codes(book({ rows: head + rows, after }))
  t.same(two('<row r="3"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row>'), [
    '1,',
    'adapter.xlsx.broken',
  ])
  t.same(two('<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>').at(-1), 'adapter.xlsx.broken')
  t.same(two('<row r="2"><c r="A3"><v>1</v></c></row>').at(-1), 'adapter.xlsx.broken')
  t.same(two('<row r="2"><c r="1A"><v>1</v></c></row>').at(-1), 'adapter.xlsx.broken')
  const joint = '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>'
  t.same(two('<row r="2"><c r="A2"><v>1</v></c></row>', joint), ['1,1'])
  t.same(two('<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>', joint), ['adapter.table.spans'])
  t.same(codes(book({})), ['adapter.document.empty'])
  t.same(codes(book({ rows: head })), ['adapter.document.empty'])
  t.end()
})

t.test('T4: no bytes make the reader throw', (t) => {
  const change = fc.record({
    at: fc.nat(sample.length),
    cut: fc.nat(10),
    put: fc.uint8Array({ maxLength: 10 }),
  })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), fc.boolean(), (changes, keepLength) => {
      let bytes: Buffer = Buffer.from(sample)
      for (const { at, cut, put } of changes)
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          put,
          bytes.subarray(at + (keepLength ? put.length : cut)),
        ])
      t.ok(plain.read(bytes).length > 0)
      openZip(bytes)
    }),
    { numRuns: 1_000 },
  )
  // The XML itself, in an archive that is whole.
  const parts = unzipSync(sample)
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(parts)),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      (name, changes) => {
        let bytes: Buffer = Buffer.from(parts[name] ?? [])
        for (const { at, cut, put } of changes) {
          const place = at % (bytes.length + 1)
          bytes = Buffer.concat([
            bytes.subarray(0, place),
            put.length > 5 ? put : Buffer.from('<c>&"'.slice(0, put.length)),
            bytes.subarray(place + cut),
          ])
        }
        t.ok(plain.read(Buffer.from(zipSync({ ...parts, [name]: bytes }))).length > 0)
      },
    ),
    { numRuns: 500 },
  )
  t.end()
})
