// docs/reference holds every codec, format and transport: with an example that is run, for every option; or it is not written.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { codecReference } from '../../scripts/codec-examples.ts'
import { formatReference } from '../../scripts/format-examples.ts'
import { optionsOf, usedIn } from '../../scripts/options.ts'
import { type Part, type Reference, referenceParts } from '../../scripts/reference.ts'
import { transportReference } from '../../scripts/transport-examples.ts'
import { codecs } from '../../src/adapters/fields/codecs.ts'
import { formats } from '../../src/adapters/formats/formats.ts'
import { object, secret, textOrReference } from '../../src/adapters/schema.ts'
import { transports } from '../../src/adapters/transports/transports.ts'

// Keys and certificates are made for the transports.
t.setTimeout(600_000)

for (const reference of [codecReference, formatReference, transportReference])
  t.test(`${reference.file} is what the code says, and its examples come out so`, async (t) => {
    const page = readFileSync(reference.file, 'utf8')
    const parts = await referenceParts(reference)
    t.ok(parts.length >= 2 * reference.parts.length, 'each with its options and an example')
    for (const { part, text } of parts)
      t.ok(page.includes(`<!-- generated: ${part} -->\n${text}\n<!-- end -->`), part)
  })

t.test('none is left out', (t) => {
  const names = (reference: Reference) => reference.parts.map(({ name }) => name)
  t.same(
    names(codecReference),
    codecs.map(({ name }) => name),
  )
  t.same(
    names(formatReference),
    formats.map(({ kind }) => kind),
  )
  t.same(
    names(transportReference),
    transports.map(({ kind }) => kind),
  )
  t.end()
})

const about = { summary: 'A thing.', badDays: [['rain', 'it waits']] } as const
const part = (name: string, options: Readonly<Record<string, object>>): Part => ({
  name,
  about,
  options: object(options as Readonly<Record<string, Record<string, unknown>>>),
})

t.test('what is not told, or not shown, is refused, all of it at once', async (t) => {
  const file = join(t.testdir(), 'page.md')
  const made = (page: string, ...parts: readonly Part[]) => {
    writeFileSync(file, page)
    return referenceParts({ file, parts, run: async () => 'out', given: (_part, text) => [JSON.parse(text)] })
  }
  const good = '# Page\n\n## `a`\n\n```yaml run\n{ "x": 1 }\n```\n'
  const x = { type: 'integer', description: 'a count' }
  t.match(await made(good, part('a', { x })), [{ part: 'a' }, { part: 'a 1', text: 'out' }])
  const refused = (page: string, ...parts: readonly Part[]) => made(page, ...parts).then(() => '', String)
  const said = await refused(good, part('a', { x: { type: 'integer' }, y: x }), part('b', {}))
  t.match(said, 'the option x of a has no description')
  t.match(said, 'the option y of a stands in no example')
  t.match(said, 'it has no section ## `b`')
  t.match(
    await refused('# Page\n\n## `a`\n\n## `c`\n', part('a', {})),
    /a has no example.*\n.*section c is for nothing/,
  )
})

t.test('options are found wherever a schema has them, and are used by the values that give them', (t) => {
  const server = { host: { ...textOrReference, description: 'x' }, password: secret }
  const schema = object({
    one: { ...object(server), description: 'the first' },
    other: { ...object(server), description: 'as the first' },
    columns: { type: 'array', items: { anyOf: [{ type: 'string' }, object({ at: { type: 'string' } })] } },
    done: { anyOf: [{ const: 'seen' }, object({ move: { type: 'string' } })] },
    lists: { type: 'object', additionalProperties: object({ table: { type: 'string' } }) },
  })
  // Of what stands in two places the first is told; that a server may be a second time is one option.
  t.same(
    optionsOf(schema).map(({ path }) => path),
    [
      'one',
      'one.host',
      'one.password',
      'other',
      'columns',
      'columns[].at',
      'done',
      'done.move',
      'lists',
      'lists.*.table',
    ],
  )
  const value = {
    other: { password: { env: 'X' } },
    columns: ['a', { at: 'b' }],
    done: { move: 'x' },
    lists: { y: { table: 'z' } },
  }
  t.same(usedIn(value, schema), [
    'other',
    'one.password',
    'columns',
    'columns[].at',
    'done',
    'done.move',
    'lists',
    'lists.*.table',
  ])
  t.same(usedIn({ done: 'seen' }, schema), ['done'])
  t.end()
})
