// Every vector, judged in both ways: `expect: ok`, or the code of the refusal. What fails fails closed and with a name.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { verifyEnvelope } from '../../src/envelope/verify.ts'
import { catalogue } from '../../src/problem/catalogue.ts'
import { describe, messageOf, remedyOf } from '../../src/problem/problem.ts'
import { toldAsOurs } from './own.ts'
import { openSchema, schemaVerdict } from './schema.ts'
import { vectorTrust } from './vector-keys.ts'

const folder = new URL('./vectors/', import.meta.url)
const separator = Buffer.from('---\n')
const keys = ['expect', 'at', 'attack', 'about']

interface Vector {
  readonly header: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

function readVector(name: string): Vector {
  const file = readFileSync(new URL(name, folder))
  const end = file.indexOf(separator)
  const lines = file.subarray(0, end).toString('utf8').trimEnd().split('\n')
  const header = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  for (const key of Object.keys(header))
    if (!keys.includes(key)) throw new Error(`${name}: unknown key ${key}`)
  for (const key of keys) if (header[key] === undefined) throw new Error(`${name}: no ${key}`)
  return { header, bytes: file.subarray(end + separator.length) }
}

const names = readdirSync(folder).filter((name) => name.endsWith('.txt'))
const trust = vectorTrust()
const schema = openSchema()
t.teardown(() => schema.dispose())

t.ok(names.length > 0, 'there are vectors')
let ours = 0
const attacks = new Set(names.map((name) => readVector(name).header['attack']))
for (const attack of [
  'S1',
  'S2',
  'S3',
  'S4',
  'S5',
  'S6',
  'S7',
  'S8',
  'S9',
  'S10',
  'S11',
  'S12',
  'S13',
  'S14',
  'S15',
  'S16',
  'S17',
  'S18',
  'X1',
  'X2',
  'X4',
  'X5',
  'X6',
  'X7',
])
  t.ok(attacks.has(attack), `${attack} has vectors`)

for (const name of names)
  t.test(name.replace('.txt', ''), (t) => {
    const { header, bytes } = readVector(name)
    const expected = header['expect'] ?? ''
    const at = Date.parse(header['at'] ?? '')
    t.ok(expected === 'ok' || expected in catalogue, 'the code is in the catalogue')
    if (toldAsOurs(bytes)) ours++
    let canonical = true
    for (const way of [undefined, 'canonicalised', 'slices'] as const) {
      const judged = verifyEnvelope(bytes, trust, at, way === undefined ? {} : { way })
      const found = judged.ok ? 'ok' : judged.problems[0].code
      if (way === undefined && judged.ok) canonical = judged.value.way === 'slices'
      // The fast way is for documents that are their own canonical form; it may say that this one is not.
      if (way === 'slices' && found === 'envelope.canonical.needed') t.ok(!canonical || expected !== 'ok')
      else
        t.equal(found, expected, `${way ?? 'either way'}: ${judged.ok ? '' : describe(judged.problems[0])}`)
      if (judged.ok) continue
      for (const problem of judged.problems)
        for (const language of ['en', 'th'] as const) {
          const said = `${messageOf(problem, language)} ${remedyOf(problem, language)}`
          t.notMatch(said, /\{\w+\}/, 'no place of the message is left unfilled')
          t.ok(said.length < 1200, 'what is said is bounded')
          t.notMatch(said, /[\u0000-\u001f\u007f-\u009f]/, 'nothing reaches a terminal unescaped')
        }
    }
    if (expected === 'ok') t.equal(schemaVerdict(schema, bytes), '', 'the published schema agrees')
    t.end()
  })

t.test('some of the vectors are told as ours, and read alike by the way that reads anything', (t) => {
  t.ok(ours > 5 && ours < names.length, `${ours} of ${names.length}`)
  t.end()
})
