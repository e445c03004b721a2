// JSON by the engine's own parser: wherever it is taken, it says what the strict reader says, to the character (attacks X10).
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Json } from '../../src/adapters/formats/json-records/json.ts'
import { Broken, JsonText } from '../../src/adapters/formats/json-records/parse.ts'
import { extentOf, jsonOf } from '../../src/adapters/formats/json-records/quick.ts'

/** The same reader, value by value: it never sees a whole object or list of which the engine could make something. */
function strictly(json: JsonText): Json {
  const first = json.next()
  if (first === '{') {
    const members = new Map<string, Json>()
    json.members((key) => {
      members.set(key, strictly(json))
    })
    return { kind: 'object', members }
  }
  if (first !== '[') return json.value()
  const items: Json[] = []
  json.items(() => {
    items.push(strictly(json))
  })
  return { kind: 'list', items }
}

/** Members in their order: deepEqual would not see it. */
const told = (json: Json): unknown =>
  json.kind === 'object'
    ? [...json.members].map(([key, value]) => [key, told(value)])
    : json.kind === 'list'
      ? [json.items.map(told)]
      : json

function read(text: string, value: (json: JsonText) => Json): unknown {
  const json = new JsonText(text)
  try {
    const found = told(value(json))
    json.end()
    return { found, faults: json.takeFaults() }
  } catch (thrown) {
    if (!(thrown instanceof Broken)) throw thrown
    return { broken: thrown.problem, faults: json.takeFaults() }
  }
}

const same = (text: string): unknown => {
  const strict = read(text, strictly)
  assert.deepEqual(
    read(text, (json) => json.value()),
    strict,
    text,
  )
  return strict
}

const blank = fc.constantFrom('', '', '', ' ', '\n', '\t', '\r\n')
const numbers = [
  '0',
  '7',
  '-1',
  '12.5',
  '-0',
  '1.0',
  '0.10',
  '1e3',
  '1E+2',
  '1e21',
  '1e+21',
  '1e-7',
  '5e-324',
]
  .concat(['1e400', '-1e400', '123456789012345678901', '9007199254740992', '9007199254740993', '0.1', '01'])
  .concat(['+1', '.5', '1.', '-', '1-2', 'NaN', 'Infinity', '0x10', '00', '-01', '1e', '1_0'])
const scalars = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...numbers.slice(0, 5), 'true', 'false', 'null') },
  { weight: 1, arbitrary: fc.constantFrom(...numbers, 'True', 'nul', 'undefined') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('"ก"', '""', '"a\\"b"', '"\\\\"', '"{\\"a\\":1}"', '"[,:]"', '"\\u0e01\\/"'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '"\\ud83d"',
      '"\\ud83d\\ude00"',
      '"\ud800"',
      '"\u2028"',
      '"\\x"',
      '"a\nb"',
      '"',
    ),
  },
)
// The same key in several spellings, keys that the engine moves, and those that an object must not have.
const keys = fc.constantFrom(
  ...[
    '"a"',
    '"\\u0061"',
    '"b"',
    '"ข"',
    '"\\u0e02"',
    '"b\\/"',
    '"b/"',
    '""',
    '"-1"',
    '"x1"',
    '"c:"',
    '"d"',
    '"e"',
  ],
  ...['"1"', '"0"', '"01"', '"4294967295"', '"\\u0031"', '"__proto__"', '"__pr\\u006fto__"'],
  ...['"constructor"', '"prototype"', '"toString"', '"length"', '"hasOwnProperty"', '"valueOf"', 'a'],
)
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalars,
    fc
      .tuple(blank, fc.array(fc.tuple(tie('value'), blank), { maxLength: 4 }))
      .map(([gap, items]) => `[${gap}${items.map(([item, after]) => `${item}${after}`).join(',')}]`),
    fc
      .tuple(blank, fc.array(fc.tuple(keys, blank, tie('value'), blank), { maxLength: 4 }))
      .map(
        ([gap, members]) =>
          `{${gap}${members.map(([key, before, item, after]) => `${key}${before}:${before}${item}${after}`).join(',')}}`,
      ),
  ),
}))
const insertions = [
  '',
  '',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '-',
  '0',
  '.',
  'e',
  ' ',
  '\u00a0',
  '\ufeff',
  '\f',
  '\0',
]
/** Texts that are JSON, or are but for one place. */
const texts = fc
  .tuple(value, fc.nat(), fc.nat({ max: 1 }), fc.constantFrom(...insertions), fc.boolean())
  .map(([text, place, taken, put, spoilt]) => {
    const at = place % (text.length + 1)
    return spoilt ? `${text.slice(0, at)}${put}${text.slice(at + taken)}` : text
  })

t.test('law: the quick reader and the strict one agree on every text', (t) => {
  const counts = { quick: 0, sound: 0, broken: 0, faults: 0 }
  fc.assert(
    fc.property(texts, (text) => {
      const strict = same(text) as { broken?: object; faults: readonly object[] }
      counts[strict.broken !== undefined ? 'broken' : strict.faults.length > 0 ? 'faults' : 'sound'] += 1
      const start = text.search(/[[{]/)
      if (!/^[ \t\r\n]*[[{]/.test(text)) return
      const extent = extentOf(text, start, { depth: 32, values: 20_000 })
      const made = extent && jsonOf(text.slice(start, extent.end))
      if (made?.keys === extent?.keys && made !== undefined) counts.quick += 1
    }),
    { numRuns: 4_000 },
  )
  t.ok(
    Object.values(counts).every((count) => count > 100),
    JSON.stringify(counts),
  )
  t.end()
})

t.test('keys that stand twice, in whatever spelling and however deep, are faults', (t) => {
  const twice = (text: string) =>
    (same(text) as { faults: readonly { code: string }[] }).faults.map(({ code }) => code)
  for (const text of [
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":1}',
    '{"x":{"y":[{"ข":1,"\\u0e02":2}]}}',
    '[{"a":1},{"b":1,"b":1}]',
    '{"a:":1,"a:":2}',
    '{"a":{},"a":{}}',
  ])
    t.same(twice(text), ['adapter.json.key-twice'], text)
  // One key too few and one too many, in the same text.
  t.same(twice('{"a":":","a":1}'), ['adapter.json.key-twice'])
  t.same(twice('{"__proto__":{"a":1},"b":2}'), ['adapter.json.key-forbidden'])
  t.same(twice('{"a":1,"b":{"a":1}}'), [])
  t.end()
})

t.test('members stay in the order in which they stand, numbers and their likes too', (t) => {
  for (const [text, names] of [
    ['{"b":1,"1":2,"0":3}', 'b,1,0'],
    ['{"x":1,"2":{"9":1,"8":2}}', 'x,2'],
    ['{"b":1,"a":2}', 'b,a'],
  ] as const) {
    same(text)
    const json = new JsonText(text).value()
    t.equal(json.kind === 'object' && [...json.members.keys()].join(), names)
  }
  t.end()
})

t.test('bounds hold to the value and to the level, and are known before the engine makes anything', (t) => {
  const broken = (text: string) =>
    (read(text, (json) => json.value()) as { broken?: { details: object } }).broken?.details
  const list = (count: number) => `[${Array<string>(count).fill('1').join(',')}]`
  t.equal(broken(list(19_999)), undefined)
  t.same(broken(list(20_000)), { what: 'values', limit: 20_000 })
  t.equal(broken(`{"a":${list(19_998)}}`), undefined)
  t.same(broken(`{"a":${list(19_999)}}`), { what: 'values', limit: 20_000 })
  // What was read before counts too.
  t.same(broken(`[1.0,${list(15_000)},${list(4_998)}]`), { what: 'values', limit: 20_000 })
  t.equal(broken(`[1.0,${list(15_000)},${list(4_996)}]`), undefined)
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  t.equal(broken(deep(32)), undefined)
  t.same(broken(deep(33)), { what: 'levels', limit: 32 })
  t.equal(broken(`[1.0,${deep(31)}]`), undefined)
  t.same(broken(`[1.0,${deep(32)}]`), { what: 'levels', limit: 32 })
  t.equal(extentOf('[1,1,1]', 0, { depth: 1, values: 1 }), undefined)
  t.same(extentOf('[1,"a,b,c"]', 0, { depth: 1, values: 1 }), { end: 11, keys: 0 })
  t.end()
})
