// HTML tables by the own scanner: wherever it is taken, it says what the parser of all HTML says, to the character.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Parser } from 'htmlparser2'
import t from 'tap'
import { scanQuickly } from '../../src/adapters/formats/html-table/quick.ts'
import { quickRows, type Reading, strictRows } from '../../src/adapters/formats/html-table/rows.ts'
import { problem } from '../../src/problem/problem.ts'

type Told = (string | Readonly<Record<string, string>>)[]

/** All that is told of a document, in one list; texts outside of tables say nothing. */
function recorder() {
  const told: Told[] = []
  let tables = 0
  return {
    told,
    open: (name: string, attributes: Readonly<Record<string, string>>): void => {
      if (name === 'table') tables += 1
      told.push(['open', name, { ...attributes }])
    },
    close: (name: string): void => {
      if (name === 'table') tables -= 1
      told.push(['close', name])
    },
    text: (data: string, reference: boolean): void => {
      if (tables > 0) told.push([reference ? 'reference' : 'text', data])
    },
  }
}

function strictly(text: string): Told[] {
  const { told, open, close, text: said } = recorder()
  const parser = new Parser(
    {
      onopentag: (name, attributes) => open(name, attributes),
      onclosetag: (name) => close(name),
      ontext: (data) => said(data, parser.endIndex - parser.startIndex + 1 !== data.length),
    },
    { decodeEntities: true },
  )
  parser.write(text)
  parser.end()
  return told
}

const reading = (table: Reading['table']): Reading => ({
  table,
  rows: 6,
  plain: (cell) => cell,
  charsetFault: (said) => (said === 'windows-874' ? undefined : problem('adapter.html.charset', '', said)),
})

/** Whether the scanner took the text; then the strict parser says the same of it. */
function taken(text: string): boolean {
  const { told, open, close, text: said } = recorder()
  const took = scanQuickly(text, {
    stopped: false,
    open,
    close,
    text: (data, reference) => {
      said(data, reference)
      return true
    },
  })
  if (took) assert.deepEqual(told, strictly(text), text)
  for (const table of [1, 2, ['ก', 'ข']]) {
    const quick = quickRows(text, reading(table))
    if (quick !== undefined) assert.deepEqual(quick, strictRows(text, reading(table)), text)
  }
  return took
}

const words = fc.constantFrom(
  'ก',
  'ข',
  ' ',
  '\r\n',
  '  ',
  '\t',
  '\u00a0',
  'a',
  '&amp;',
  '&lt;b&gt;',
  '&quot;',
  '&#39;',
  '&nbsp;',
  '&nbsp; ',
  'b > c',
  '😀',
  ';',
  '<br>',
  '<br>\n',
  '<BR>',
  '<b>x</b>',
  '<span style="mso-spacerun:yes">&nbsp;&nbsp;</span>',
  '<font color=#ff0000>ข</font>',
  '',
)
const content = fc.array(words, { maxLength: 4 }).map((each) => each.join(''))
const attributes = fc.constantFrom(
  '',
  '',
  '',
  '',
  ' colspan="2"',
  ' rowspan=2',
  ' colspan="0"',
  '\r\n class=x data-a:b="y z"',
  ' ROWSPAN="2" align="left"',
)
const cell = fc
  .tuple(fc.constantFrom('td', 'td', 'th', 'TD'), attributes, content)
  .map(([name, more, text]) => `<${name}${more}>${text}</${name}>`)
const gap = fc.constantFrom('', '', '\r\n', ' ', '\n\t')
const row = fc
  .tuple(fc.constantFrom('tr', 'tr', 'TR'), attributes, fc.array(cell, { maxLength: 3 }), gap)
  .map(([name, more, all, between]) => `<${name}${more}>${between}${all.join(between)}</${name}>`)
const heading = fc.constantFrom('', '<tr><td>ก</td><td> ข </td></tr>')
const table = fc
  .tuple(
    attributes,
    heading,
    fc.array(row, { maxLength: 3 }),
    gap,
    fc.constantFrom('', 'thead', 'tbody', 'tfoot'),
  )
  .map(([more, first, rows, between, section]) => {
    const inner = first + rows.join(between)
    return `<table${more}>${between}${section === '' ? inner : `<${section}>${inner}</${section}>`}${between}</table>`
  })
const documents = fc
  .tuple(
    fc.constantFrom(
      '',
      '<html>\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=windows-874">\r\n<style>td{a:"\\@"} b>c & d</style><title>ก &amp; ข</title>\r\n</head>\r\n<body>\r\n',
      '<html xmlns:x="urn:y"><head><meta charset="utf-8"></head><body bgcolor=#ffffff>รวม &copy; &lt',
      '<html><body>x',
    ),
    fc.array(table, { minLength: 1, maxLength: 2 }),
    gap,
  )
  .map(
    ([head, tables, between]) =>
      head + tables.join(between) + (head === '' ? '' : '</body></html>') + between,
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
  '\n',
  '\0',
  'a',
  'ก',
  '-',
  '!',
  '<br>',
  '</br>',
  '<br/>',
  '<td>',
  '</td>',
  '<tr>',
  '</tr>',
  '<th>',
  '<table>',
  '</table>',
]
  .concat([
    '<tbody>',
    '</tbody>',
    '<p>',
    '</p>',
    '<div>x</div>',
    '<!-- x -->',
    '<!doctype html>',
    '<?x?>',
    '<![CDATA[y]]>',
    '<script>a<b</script>',
    '<style>',
    '</style>',
    '<title>',
    '<svg>',
    '<math>',
    '<image>',
  ])
  .concat([
    '<textarea>',
    '<select>',
    '<option>',
    '<input>',
    '<caption>c</caption>',
    '<col>',
    '<form>',
    '<plaintext>',
    '<xmp>',
    '<noscript>',
    '<a>',
    '</a >',
    '<b>',
    '</b>',
    '<span>',
    '</span>',
    '<html>',
    '</html>',
    '<body>',
    '</body>',
    '<head>',
    '<meta charset=x>',
  ])
  .concat([
    ' colspan="2"',
    ' colspan=2 colspan=3',
    ' a',
    ' a=',
    ' a=""',
    " a='b'",
    ' a="&amp;"',
    ' a="<"',
    ' a=b/',
    '&copy;',
    '&ampx',
    '&lt',
    '&#60;',
    '&#x3c;',
    '&nbsp',
    '&NotEqualTilde;',
    '&#0;',
    '&#39',
    '&#128;',
  ])
const spoilt = fc
  .tuple(documents, fc.nat(), fc.nat({ max: 4 }), fc.constantFrom(...insertions))
  .map(([text, place, removed, put]) => {
    const at = place % (text.length + 1)
    return text.slice(0, at) + put + text.slice(at + removed)
  })

t.test('law: the tables that programs write are taken, and told as the strict parser tells them', (t) => {
  fc.assert(
    fc.property(documents, (text) => {
      assert.ok(taken(text), text)
    }),
    { numRuns: 1_000 },
  )
  t.end()
})

t.test(
  'law: whatever stands in it, the scanner and the strict parser agree, or the scanner leaves it',
  (t) => {
    const counts = { taken: 0, left: 0 }
    fc.assert(
      fc.property(spoilt, (text) => {
        counts[taken(text) ? 'taken' : 'left'] += 1
      }),
      { numRuns: 4_000 },
    )
    t.ok(
      Object.values(counts).every((count) => count > 100),
      JSON.stringify(counts),
    )
    t.end()
  },
)

t.test('elements within elements are taken only where HTML closes none for another', (t) => {
  const names =
    'html head body style title table thead tbody tfoot tr td th b i span font p div a li meta br'.split(' ')
  const places = [
    [],
    ['html'],
    ['table'],
    ['table', 'tr'],
    ['table', 'tr', 'td'],
    ['table', 'tbody', 'tr', 'th'],
  ]
  const counts = { taken: 0, left: 0 }
  const around = (all: readonly string[], inner: string) =>
    all.reduceRight((text, name) => `<${name}>${text}${/^(meta|br)$/.test(name) ? '' : `</${name}>`}`, inner)
  for (const place of places)
    for (const outer of names)
      for (const inner of names)
        for (const text of [
          around([...place, outer, inner], 'x'),
          around(place, around([outer], '') + around([inner], '')),
        ])
          counts[taken(text) ? 'taken' : 'left'] += 1
  t.ok(counts.taken > 150 && counts.left > 1_000, JSON.stringify(counts))
  t.end()
})

t.test('where the pieces of the strict parser would show, it reads', (t) => {
  const tableOf = (inner: string) => `<table>${inner}</table>`
  const rows = (text: string) => quickRows(text, reading(1))
  const cell = (text: string) => tableOf(`<tr><td>${text}</td></tr>`)
  t.ok(rows(cell('ก'.repeat(16_384))))
  t.notOk(rows(cell('ก'.repeat(16_385))))
  t.ok(rows(cell('กก<br>'.repeat(10_922))))
  t.notOk(rows(cell('กก<br>'.repeat(10_923))))
  t.notOk(rows(tableOf('<tr>x<td>ก</td></tr>')))
  t.ok(rows(tableOf('<tr> <td>ก</td></tr>')))
  // Too many rows end the reading, whatever follows them.
  const many = `${tableOf('<tr><td>ก</td></tr>'.repeat(9))}<p>`
  t.same(rows(many), strictRows(many, reading(1)))
  t.equal(rows(many)?.at(-1)?.kind, 'fault')
  t.end()
})
