// A spreadsheet's XML by the own scanner: wherever it is taken, it says what the strict parser says, to the character (attacks T4).
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { columnIn, columnOf } from '../../src/adapters/formats/xlsx/merges.ts'
import type { XmlReader } from '../../src/adapters/formats/xlsx/part.ts'
import { readQuickly } from '../../src/adapters/formats/xlsx/quick.ts'
import { Broken, readStrictly, readXml } from '../../src/adapters/formats/xlsx/xml.ts'

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const asked = [
  'r',
  't',
  's',
  'r:id',
  'r:ref',
  'id',
  'ref',
  'name',
  'spans',
  'x:a',
  'a',
  'xml:space',
  'space',
  'xmlns',
  'xmlns:r',
  'r:',
]

/** All that a reader is told. White space outside of the root says nothing to any. */
function recorder(): XmlReader & { readonly told: string[][]; depth: number } {
  return {
    told: [],
    depth: 0,
    open(name, attributes) {
      this.depth += 1
      this.told.push(['open', name, ...asked.flatMap((each) => [each, attributes.get(each) ?? '—'])])
    },
    text(text) {
      if (this.depth > 0) this.told.push(['text', text])
    },
    close(name) {
      this.depth -= 1
      this.told.push(['close', name])
    },
  }
}

function strictly(text: string): { readonly told: string[][]; readonly broken?: string } {
  const reader = recorder()
  try {
    readStrictly(text, reader)
    return { told: reader.told }
  } catch (thrown) {
    if (!(thrown instanceof Broken)) throw thrown
    return { told: reader.told, broken: thrown.message }
  }
}

/** Whether the scanner took the text; then it is one, and both say the same of it. */
function taken(text: string): boolean {
  const reader = recorder()
  if (!readQuickly(text, reader)) return false
  assert.deepEqual({ told: reader.told }, strictly(text), text)
  return true
}

const cell = fc.constantFrom(
  '<c r="A1"><v>1</v></c>',
  '<c r="B1" s="2" t="s"><v>0</v></c>',
  '<c r="C1" t="inlineStr"><is><t xml:space="preserve"> ก &amp; &lt;ข&gt; </t></is></c>',
  '<c r="D1" t="str"><f>A1&amp;"x"</f><v>a\nb\tc</v></c>',
  '<c r="E1" s="1"/>',
  '<c r="F1" />',
  '<c><is><r><rPr><b/></rPr><t>ข้อ</t></r><rPh sb="0" eb="1"><t>y</t></rPh></is></c>',
  '<c r="G1" t="inlineStr"><is><t>😀_x000D_&quot;&apos;]]</t></is></c>',
  '<c r="a&quot;b>c" x:a="y"><v> </v></c>',
  '\r\n',
  '\n  ',
  '',
)
const after = fc.constantFrom(
  '',
  '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>',
  '<hyperlink ref="A1" r:id="rId1"/>',
  '<a r:ref="q" ref="p"/>',
)
const head = fc.constantFrom(
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n',
  '<?xml version="1.0" encoding="utf-8"?>',
  '<?xml version="1.0"?>\n',
  '',
  '\n',
)
const spaces = fc.constantFrom(
  '',
  ` xmlns:r="${relations}"`,
  ` xmlns:r="${relations}" xmlns:x="urn:x" x:a="1" name="n"`,
  ' xmlns:x="urn:x"',
)
const documents = fc
  .tuple(head, spaces, fc.array(cell, { maxLength: 4 }), after, fc.constantFrom('', '\n', ' \r\n'))
  .map(
    ([first, more, cells, last, end]) =>
      `${first}<worksheet xmlns="${main}"${more}><sheetData><row r="1" spans="1:3">${cells.join('')}</row></sheetData>${last}</worksheet>${end}`,
  )

const insertions = [
  '<',
  '>',
  '/',
  '&',
  ';',
  '"',
  "'",
  '=',
  ' ',
  ':',
  '\r',
  '\n',
  '\t',
  '\0',
  '\u001f',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\uffff',
  '\ud800',
]
  .concat([
    'a',
    '1',
    '-',
    '_',
    'ก',
    '😀',
    '!',
    '?',
    '--',
    ']]>',
    '&amp;',
    '&#65;',
    '&nbsp;',
    '&constructor;',
    '<!---->',
    '<!DOCTYPE a>',
    '<![CDATA[x]]>',
    '<?p?>',
  ])
  .concat([
    ' r="2"',
    ' xmlns=""',
    ` xmlns="${main}"`,
    ' xmlns:r="urn:r"',
    ' xmlns:xml="urn:x"',
    ' xmlns:q="" q:a="1"',
    ' q:a="1"',
    ' xml:space="preserve"',
  ])
  .concat([
    '<a/>',
    '<a b="1" b="2"/>',
    '<x:a/>',
    '<a:b xmlns:a="urn:a"/>',
    '</a>',
    '<a>',
    '<a></a >',
    '<xmlns/>',
    '<a xmlns="urn:y"><b/></a>',
    ` xmlns:z="${relations}"`,
  ])
const spoilt = fc
  .tuple(documents, fc.nat(), fc.nat({ max: 3 }), fc.constantFrom(...insertions))
  .map(([text, place, removed, put]) => {
    const at = place % (text.length + 1)
    // As it comes from bytes: without halves of surrogate pairs.
    return Buffer.from(text.slice(0, at) + put + text.slice(at + removed)).toString()
  })

t.test('law: what spreadsheet programs write is taken, and told as the strict parser tells it', (t) => {
  let count = 0
  fc.assert(
    fc.property(documents, (text) => {
      const strict = strictly(text)
      // What uses a prefix that the root does not declare is no XML.
      if (strict.broken === undefined && !/<worksheet.*\r/s.test(text)) {
        assert.ok(taken(text), text)
        count += 1
      } else assert.ok(!taken(text), text)
    }),
    { numRuns: 1_000 },
  )
  t.ok(count > 200, String(count))
  t.end()
})

t.test(
  'law: whatever stands in it, the scanner and the strict parser agree, or the scanner leaves it',
  (t) => {
    const counts = { taken: 0, left: 0, broken: 0 }
    fc.assert(
      fc.property(spoilt, (text) => {
        if (taken(text)) counts.taken += 1
        else counts[strictly(text).broken === undefined ? 'left' : 'broken'] += 1
      }),
      { numRuns: 6_000 },
    )
    t.ok(
      Object.values(counts).every((count) => count > 150),
      JSON.stringify(counts),
    )
    t.end()
  },
)

t.test('what is left to the strict parser is read from its beginning, by another reader', (t) => {
  const text = `<worksheet xmlns="${main}"><row r="1"/><!-- --><row r="2"/></worksheet>`
  const { reader, wrong } = readXml(Buffer.from(text), recorder)
  t.equal(wrong, undefined)
  t.same(reader.told, strictly(text).told)
  const cut = readXml(Buffer.from(text.slice(0, -1)), recorder)
  t.equal(cut.wrong?.code, 'adapter.xlsx.broken')
  t.same(cut.reader.told, strictly(text.slice(0, -1)).told)
  const refused = readXml(Buffer.from(text), () => ({
    open: () => {
      throw new Broken('enough')
    },
  }))
  t.same(refused.wrong?.details, { reason: 'enough' })
  t.end()
})

t.test('prefixes that lead to one namespace are left to the strict parser', (t) => {
  const root = (rest: string) => `<a xmlns="${main}" xmlns:x="urn:x" ${rest}/>`
  t.ok(taken(root('xmlns:y="urn:y" x:a="1" y:a="2"')))
  t.notOk(taken(root('xmlns:y="urn:x" x:a="1" y:a="2"')))
  t.match(strictly(root('xmlns:y="urn:x" x:a="1" y:a="2"')).broken, /duplicate attribute/)
  const strict = 'http://purl.oclc.org/ooxml/officeDocument/relationships'
  t.notOk(taken(root(`xmlns:r="${relations}" xmlns:q="${strict}" q:id="1" r:id="2"`)))
  t.end()
})

t.test('bounds hold to the element and to the attribute', (t) => {
  const deep = (levels: number) => `<a xmlns="${main}">${'<a>'.repeat(levels - 1)}${'</a>'.repeat(levels)}`
  t.ok(taken(deep(64)))
  t.notOk(taken(deep(65)))
  t.match(strictly(deep(65)).broken, /too deep/)
  const wide = (count: number) =>
    `<a xmlns="${main}"><a${Array.from({ length: count }, (_, index) => ` n${index}="1"`).join('')}/></a>`
  t.ok(taken(wide(100)))
  t.notOk(taken(wide(101)))
  t.match(strictly(wide(101)).broken, /too many attributes/)
  t.end()
})

t.test('the column of a place is what it was by the regular expression', (t) => {
  const places = fc.oneof(
    fc.stringMatching(/^[A-Z]{0,4}\d{0,8}$/),
    fc.constantFrom(
      'A1',
      'XFD1048576',
      'a1',
      'A',
      '1',
      '',
      'A1 ',
      ' A1',
      'AA01',
      'A-1',
      'ก1',
      'A1B',
      'AAAA1',
      'A00000001',
      'Z0',
    ),
  )
  fc.assert(
    fc.property(places, fc.nat({ max: 3 }), (place, away) => {
      const found = /^([A-Z]{1,3})(\d{1,7})$/.exec(place)
      const row = Number(found?.[2] ?? 1)
      assert.equal(columnIn(place, row), found === null ? 0 : columnOf(found[1] ?? ''), place)
      if (away > 0) assert.equal(columnIn(place, row + away), 0, place)
    }),
    { numRuns: 2_000 },
  )
  t.end()
})
