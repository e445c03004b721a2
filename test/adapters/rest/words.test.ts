import t from 'tap'
import { readProfile } from '../../../src/adapters/profile.ts'
import { nodeAt, readJsonText, textAt } from '../../../src/adapters/transports/rest/json-text.ts'
import { addressOf } from '../../../src/adapters/transports/rest/template.ts'
import { describe } from '../../../src/problem/problem.ts'
import { done, list, profileOf, pushing } from './peer.ts'

t.test('JSON as text: digits stay, keys are found, garbage is none', (t) => {
  const text = readJsonText(
    Buffer.from('\ufeff{"a": {"b": [1, {"c": 123456789012345678901}]}, "d": "x\\"\\u0e01", "e": null}'),
  )
  if (text === undefined) return Promise.reject(new Error('it is JSON'))
  const at = (path: string) => textAt(text, nodeAt(text.root, path))
  t.same(
    [at('a.b.1.c'), at('d'), at('e'), at('a'), at('a.b.2'), at('x.y')],
    ['123456789012345678901', 'x"ก', undefined, undefined, undefined, undefined],
  )
  for (const broken of [
    '',
    '{',
    '[1,]',
    '{"a":1,"a":2}',
    '['.repeat(100) + ']'.repeat(100),
    '['.repeat(100_000),
    '{"a":"\n"}',
    `[${'1,'.repeat(300_000)}1]`,
  ])
    t.equal(readJsonText(Buffer.from(broken)), undefined, broken.slice(0, 20))
  t.equal(readJsonText(Buffer.from([0x22, 0xa1, 0x22])), undefined, 'windows-874 in JSON')
  return Promise.resolve()
})

t.test('X10: hostile JSON is refused before the engine makes anything of it', (t) => {
  const many = 10_000_000
  const parse = t.capture(JSON, 'parse', JSON.parse)
  for (const text of [
    '['.repeat(many),
    ','.repeat(many),
    `[${'1,'.repeat(many)}1]`,
    `[${'{},'.repeat(many)}1]`,
  ])
    t.equal(readJsonText(Buffer.from(text)), undefined, text.slice(0, 5))
  t.equal(parse().length, 0)
  // As many and as deep as may be, and one more.
  const list = (count: number) => readJsonText(Buffer.from(`[${'[],'.repeat(count - 2)}1]`))
  t.ok(list(200_000))
  t.notOk(list(200_001))
  const deep = (levels: number) => readJsonText(Buffer.from('['.repeat(levels) + ']'.repeat(levels)))
  t.ok(deep(17))
  t.notOk(deep(18))
  t.end()
})

t.test('templates: a value is one segment or one parameter, and nothing else', (t) => {
  t.same(addressOf('/a/{key}?x={key}', { key: 'ก/../?&# %2e' }), {
    ok: true,
    text: '/a/%E0%B8%81%2F..%2F%3F%26%23%20%252e?x=%E0%B8%81%2F..%2F%3F%26%23%20%252e',
  })
  for (const key of ['', '.', '..', 'a\nb', 'a\u0000', '\ud800', '\u202e', 'x'.repeat(201)])
    t.same(addressOf('/a/{key}', { key }), { ok: false, place: 'key' }, JSON.stringify(key))
  t.same(addressOf('/a/{toString}', {}), { ok: false, place: 'toString' })
  t.end()
})

t.test('a profile that says it wrongly: every fault, with its place', (t) => {
  const faults = (options: string, more = '') => {
    const read = readProfile(profileOf(options, more), 'x.yaml')
    return read.ok ? [] : read.problems.map((each) => describe(each).replace(/ \[.*/s, ''))
  }
  t.same(faults(`send: { ${list}, ${done} }, ${pushing}`), [])
  t.match(faults(`send: { ${done} }, receive: { path: /in }`), [/list or head/, /key notices/])
  t.match(
    faults(`send: { ${list}, head: { path: /q, key: { at: id } }, done: { path: "/{id}" } }, ${pushing}`),
    [/list or head/, /\{id\}.*\{key\}/],
  )
  t.match(
    faults(
      `send: { ${list}, ${done} }, receive: { path: "/in/{field:รหัส}", headers: { X: "{secret}" } }, notices: { path: "/{x}", upload: { path: "/{number}" } }`,
    ),
    [/\{secret\}/, /\{x\}/, /\{number\}/],
  )
  t.match(
    faults(
      `signIn: { token: s3cret, basic: { user: a, password: s3cret } }, send: { ${list}, ${done} }, ${pushing}`,
    ).join(),
    /a secret stands in the profile/,
  )
  t.match(
    faults(
      `signIn: { token: { env: A }, header: { name: B, value: { env: C } } }, send: { ${list}, ${done} }, ${pushing}`,
    ),
    [/token, basic, header or request/],
  )
  t.notMatch(
    faults(
      `signIn: { token: s3cret, header: { name: X, value: s3cret } }, send: { ${list}, ${done} }, ${pushing}`,
    ).join(),
    /s3cret/,
    'T11',
  )
  t.match(
    faults(
      `send: { ${list}, ${done} }, ${pushing}`.replace(
        'send:',
        'hosts: ["http://files.example", "https://u:p4ss@f.example"], send:',
      ),
    ),
    [/files\.example/, /f\.example/],
  )
  t.match(faults(`send: { ${list} }, ${pushing}`).join(), /done/)
  t.end()
})
