// Profiles: every fault at once with its line, nothing hostile read, the shipped ones in order.
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createAdapter, formsOf } from '../../src/adapters/adapter.ts'
import { letterFields } from '../../src/adapters/fields/letter-fields.ts'
import { noticeFields } from '../../src/adapters/fields/notice-fields.ts'
import { formats } from '../../src/adapters/formats/formats.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { codesOutOfOrder } from '../../src/adapters/profile-keys.ts'
import { publishedSchema } from '../../src/adapters/profile-schema.ts'
import { remarksOn } from '../../src/adapters/remarks.ts'
import { channels } from '../../src/adapters/transports/transport.ts'
import { transports } from '../../src/adapters/transports/transports.ts'
import { tryProfile } from '../../src/adapters/try.ts'
import { catalogue } from '../../src/problem/catalogue.ts'
import { definitionOf, messageOf, type ProblemCode, remedyOf } from '../../src/problem/problem.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { shipped, TestClock } from './stage.ts'

const folder = new URL('../../profiles/', import.meta.url)
const chiangMai = readFileSync(new URL('chiang-mai-csv.yaml', folder), 'utf8')

function faults(text: string): [number, string, string][] {
  const profile = readProfile(text, 'test.yaml')
  if (profile.ok) return []
  return profile.problems.map(({ details, path, code }) => [Number(details?.['line']), path, code])
}

t.test('sql: what orders a list with files is never ignored, or a file would be another row’s', (t) => {
  const phichit = readFileSync(new URL('phichit-sql.yaml', folder), 'utf8')
  t.same(faults(phichit), [])
  const ignoring = (column: string) => phichit.replace('ignore: [result,', `ignore: [${column}, result,`)
  const line = phichit.slice(0, phichit.indexOf('ignore: [')).split('\n').length
  const fault = [line, 'send.transport.read.ignore.0', 'adapter.profile.value-wrong']
  t.same(faults(ignoring('files.seq')), [fault])
  t.same(faults(ignoring('files.note')), [], 'another column of it may be')
  const without = ignoring('files.seq').replace(/ +files:\n +- \{ at: files\.content.*\n/, '')
  t.notMatch(faults(without), [fault], 'and a list that holds no files')
  t.end()
})

t.test(
  'sql: a long text of a notice that would stand in a file keeps no profile from loading, and is remarked',
  (t) => {
    const files = readdirSync(folder).filter((name) => name.endsWith('-sql.yaml'))
    let spilling = 0
    for (const file of files) {
      const text = readFileSync(new URL(file, folder), 'utf8')
      const before = mustBe(readProfile(text.replaceAll('overflow: cut', 'overflow: spill'), file))
      const said = remarksOn(before).filter(({ code }) => code === 'adapter.remark.spill-homeless')
      t.equal(said.length, text.split('overflow: cut').length - 1, file)
      spilling += said.length
    }
    t.ok(spilling > 0)
    t.end()
  },
)

t.test('codes that would be read as others, or whose order would not be kept, are told', (t) => {
  const speeds = 'as: { table: { "1": ordinary, "2": urgent, "3": very-urgent, "4": most-urgent } }'
  t.ok(chiangMai.includes(speeds))
  const line = chiangMai.slice(0, chiangMai.indexOf(speeds)).split('\n').length
  const said = (codes: string) =>
    faults(chiangMai.replace(speeds, `as: { table: { ${codes}, "3": very-urgent, "4": most-urgent } }`))
  t.same(said('"001": ordinary, "2": urgent'), [])
  t.same(said('1: ordinary, 2: urgent'), [], 'a number that is written as it is read')
  for (const key of ['001', '1.0', '0x1', '~', 'TRUE'])
    t.same(said(`"1": ordinary, ${key}: urgent`)[0]?.[2], 'adapter.profile.key-changed', key)
  const remarked = (codes: string) => {
    const text = chiangMai.replace(speeds, `as: { table: { ${codes}, "3": very-urgent, "4": most-urgent } }`)
    t.same(faults(text), [], 'it is no fault: what is written is a code of that value')
    return codesOutOfOrder(text).map(({ details, path, code }) => [Number(details?.['line']), path, code])
  }
  const order = [[line, 'documents.letter.fields.urgency.as.table', 'adapter.remark.codes-order']]
  t.same(remarked('U: urgent, "1": ordinary, "2": urgent'), order)
  t.same(remarked('"2": urgent, "1": urgent, "0": ordinary'), order)
  t.same(remarked('"1": ordinary, "2": urgent, U: urgent'), [])
  t.same(remarked('O: ordinary, "2": urgent'), [], 'of codes of one value each any order is the same')
  const rows = (codes: string) =>
    codesOutOfOrder(`documents: { a: { tables: { x: { rows: { ${codes} } } } } }`)
  const code = [{ code: 'adapter.remark.codes-order', path: 'documents.a.tables.x.rows' }]
  t.match(rows('U: ด่วน, "1": ด่วน'), code)
  t.match(rows('"2": ด่วน, "1": ด่วน'), code)
  t.same(rows('U: ด่วนมาก, "1": ด่วน, "03": ด่วน'), [])
  t.match(codesOutOfOrder('a: &x { U: b, "1": b }\nc: { table: *x }\n'), [
    { code: 'adapter.remark.codes-order', path: 'c.table' },
  ])
  t.end()
})

t.test('the shipped profiles are without fault and say what they are', (t) => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  // What a contributor adds is the profile of a real system.
  const examples = ['chiang-mai-csv.yaml', 'chiang-rai-json.yaml', 'moi-inbox.yaml', 'phatthalung-ecms.yaml']
  t.same(
    examples.filter((file) => !files.includes(file)),
    [],
  )
  for (const file of files) {
    const profile = mustBe(readProfile(readFileSync(new URL(file, folder), 'utf8'), file))
    t.equal(`${profile.id}.yaml`, file)
    if (examples.includes(file)) t.ok(profile.illustrative, `${file} says that it is illustrative`)
  }
  t.end()
})

t.test('every fault of a profile at once, with its line', (t) => {
  const text = `id: Chiang Mai
office: "99"
title: x
origin: bought
documents:
  letter:
    format: { kind: csv, charset: windows-875, heeder: true }
    fields:
      number: { at: a, as: letter-nummer }
      date: { at: b, as: { buddhist-date: "yyyy" } }
      subject: { at: a, as: { text: { max: 5 } } }
      urgency: { at: d, as: { table: { "1": ordinary, "2": quick } } }
      secrecy: { always: nothing }
      colour: { at: e, as: text }
      kind: { at: k, as: office }
  spare: { format: { kind: json } }
send: { transport: { kind: folder, path: x, pattern: "../*" }, document: letter }
receive: { transport: { kind: http-out, url: "http://example.org", token: hunter2 }, document: leter }
`
  t.same(
    faults(text).sort(([a], [b]) => a - b),
    [
      [1, '', 'adapter.profile.key-missing'],
      [1, 'id', 'adapter.profile.value-wrong'],
      [2, 'office', 'adapter.profile.value-wrong'],
      [4, 'origin', 'adapter.profile.value-unknown'],
      [7, 'documents.letter.format.heeder', 'adapter.profile.key-unknown'],
      [7, 'documents.letter.format.charset', 'adapter.profile.value-unknown'],
      [8, 'documents.letter.fields', 'adapter.profile.key-missing'],
      [9, 'documents.letter.fields.number.as', 'adapter.profile.value-unknown'],
      [10, 'documents.letter.fields.date.as.buddhist-date', 'adapter.profile.value-unknown'],
      [11, 'documents.letter.fields.subject.as.text.max', 'adapter.profile.value-wrong'],
      [11, 'documents.letter.fields.subject.at', 'adapter.profile.column-twice'],
      [12, 'documents.letter.fields.urgency.as.table.2', 'adapter.profile.value-unknown'],
      [13, 'documents.letter.fields.secrecy.always', 'adapter.profile.value-unknown'],
      [14, 'documents.letter.fields.colour', 'adapter.profile.key-unknown'],
      [15, 'documents.letter.fields.kind.as', 'adapter.profile.value-unknown'],
      [16, 'documents.spare', 'adapter.profile.unused'],
      [17, 'send.transport.pattern', 'adapter.profile.value-wrong'],
      [18, 'receive.document', 'adapter.profile.value-unknown'],
      [18, 'receive.transport.token', 'adapter.profile.secret-plain'],
    ],
  )
  const profile = readProfile(text, 'test.yaml')
  if (profile.ok) return t.fail()
  for (const found of profile.problems) {
    t.notMatch(messageOf(found) + remedyOf(found), /hunter2/, 'a secret is never repeated')
    t.notMatch(
      messageOf(found) + remedyOf(found),
      /\{\w+\}/,
      `${found.code}: every place of the message is filled`,
    )
  }
  t.end()
})

t.test('parts that do not fit each other', (t) => {
  const changed = (from: string, to: string) =>
    faults(chiangMai.replace(from, to)).map(([, path, code]) => `${path} ${code}`)
  t.same(
    changed(
      'kind: folder, path: { env: SARABAN_50_NOTICES }',
      'kind: http-in, path: /x, access: { kind: certificate }',
    ),
    ['notices.transport adapter.profile.channels-differ'],
  )
  t.same(
    changed(
      'kind: folder, path: { env: SARABAN_50_SEND }, pattern: "*.csv", settle: 5s, wait: 10m, done: rename',
      'kind: http-out, url: "https://a"',
    ),
    ['send.transport.kind adapter.profile.channel-impossible'],
  )
  t.same(changed('{ env: SARABAN_50_RECEIVE }', '{ env: SARABAN_50_SEND }'), [
    'receive.transport adapter.profile.place-shared',
  ])
  t.same(changed('settle: 5s, wait: 10m', 'settle: 5 seconds, wait: 10m'), [
    'send.transport.settle adapter.profile.value-wrong',
  ])
  t.same(
    changed(
      'SARABAN_50_SEND }, pattern: "*.csv", settle: 5s, wait: 10m',
      'SARABAN_50_SEND_NOTICES }, pattern: "*.csv", settle: 5s',
    ),
    ['send.transport.pattern adapter.profile.value-wrong'],
  )
  t.same(changed('  document: notice\nreceive:', '  document: letter\nreceive:'), [
    'documents.letter adapter.profile.value-wrong',
  ])
  t.same(
    changed(
      'kind: csv, charset: windows-874, header: true }\n    fields:\n      kind:',
      'kind: json }\n    fields:\n      kind:',
    ),
    ['documents.notice.fields adapter.profile.key-unknown'],
  )
  t.same(
    changed(
      'format: { kind: csv, charset: windows-874, header: true }',
      'format: { kind: csv, charset: windows-874, header: false }',
    ),
    ['documents.notice.format adapter.profile.key-missing'],
  )
  t.end()
})

t.test('X11: hostile YAML is refused before it is worth anything', (t) => {
  const first = (text: string) => faults(text)[0]?.[2]
  t.equal(first('a: [\n'), 'adapter.profile.not-yaml')
  t.equal(first('a: 1\na: 2\n'), 'adapter.profile.not-yaml', 'a key twice')
  t.equal(first('a: !!js/function "x"\n'), 'adapter.profile.not-yaml', 'a tag of its own')
  t.equal(first('a: !secret x\n'), 'adapter.profile.not-yaml')
  const bomb = [
    'a0: &a0 [x,x,x,x,x,x,x,x,x]',
    ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`),
  ].join('\n')
  t.equal(first(bomb), 'adapter.profile.not-yaml', 'an anchors bomb')
  t.equal(first('a: &a [*a]\n'), 'adapter.profile.not-yaml', 'an anchor that holds itself')
  t.equal(first(`a: ${'['.repeat(5000)}`), 'adapter.profile.not-yaml')
  t.equal(first(`${'['.repeat(40)}${']'.repeat(40)}`), 'adapter.profile.not-yaml')
  t.equal(first(`a: ${'x'.repeat(300_000)}`), 'adapter.profile.too-large')
  t.equal(first(''), 'adapter.profile.value-wrong')
  t.ok(
    faults(`${chiangMai}\n__proto__: { id: x }\n`).some(([, path]) => path === '__proto__'),
    'a key like any other that is not known',
  )
  t.equal(({} as { id?: string }).id, undefined)
  t.end()
})

t.test('references lead to what the installation holds, and every one that does not is named', (t) => {
  const clock = new TestClock()
  const place = mkdtempSync(join(tmpdir(), 'saraban-references-'))
  const made = createAdapter(shipped('chiang-mai-csv'), {
    environment: { SARABAN_50_SEND: 'send' },
    folder: place,
    clock,
  })
  t.same(made.ok ? [] : made.problems.map(({ path, value }) => [path, value]), [
    ['sendNotices.transport.path', 'env: SARABAN_50_SEND_NOTICES'],
    ['receive.transport.path', 'env: SARABAN_50_RECEIVE'],
    ['notices.transport.path', 'env: SARABAN_50_NOTICES'],
  ])
  const text = readFileSync(new URL('chiang-rai-json.yaml', folder), 'utf8').replaceAll(
    'token: { env: SARABAN_57_TOKEN }',
    'token: { file: token.txt }',
  )
  const environment = {
    SARABAN_57_KEY_SHA256: 'a'.repeat(64),
    SARABAN_57_LETTERS_URL: 'https://a.example/l',
    SARABAN_57_NOTICES_URL: 'https://a.example/n',
  }
  const profile = mustBe(readProfile(text, 'x.yaml'))
  t.match(createAdapter(profile, { environment, folder: place, clock }), {
    ok: false,
    problems: [{ details: { reason: 'ENOENT' } }, {}],
  })
  writeFileSync(join(place, 'token.txt'), 'secret\n')
  const adapter = mustBe(createAdapter(profile, { environment, folder: place, clock }))
  t.same(
    adapter.doors.map(({ method, path, access }) => [method, path, access]),
    [
      ['POST', '/v1/systems/57/letters', { kind: 'api-key', sha256: ['a'.repeat(64)] }],
      ['POST', '/v1/systems/57/notices', { kind: 'api-key', sha256: ['a'.repeat(64)] }],
    ],
  )
  t.equal(adapter.receipts, false)
  const plain = { ...environment, SARABAN_57_LETTERS_URL: 'http://a.example/l' }
  t.match(createAdapter(profile, { environment: plain, folder: place, clock }), {
    ok: false,
    problems: [{ path: 'receive.transport.url' }],
  })
  t.end()
})

t.test('a port may be a reference, and what it leads to is a port', (t) => {
  const server = `{ kind: sftp, host: a.example, port: { env: PORT }, user: u, password: { env: PASSWORD },
      hostKey: "SHA256:${'A'.repeat(43)}", folders: { send: a, sendNotices: b, receive: c, notices: d } }`
  const text = chiangMai.replace(/\{ kind: folder.*\}$/gm, server)
  const profile = mustBe(readProfile(text, 'x.yaml'))
  const at = (port: string) =>
    createAdapter(profile, {
      environment: { PORT: port, PASSWORD: 'x' },
      folder: '/',
      clock: new TestClock(),
    })
  for (const port of ['1', '22', '2222', '65535']) t.ok(at(port).ok, port)
  for (const port of ['0', '022', '65536', '99999', 'ssh', '22 ']) {
    const made = at(port)
    const [first] = made.ok ? [] : made.problems
    t.match(first, { path: 'send.transport.port', details: { expected: 'a port from 1 to 65535' } }, port)
  }
  t.end()
})

t.test('the published schema is what the parts declare', (t) => {
  const published: unknown = JSON.parse(
    readFileSync(new URL('../../schemas/profile.schema.json', import.meta.url), 'utf8'),
  )
  t.same(published, JSON.parse(JSON.stringify(publishedSchema())), 'npm run docs writes it again')
  t.end()
})

t.test('a profile tried on a sample: what is read, the way back, and what is lost', async (t) => {
  const settings = { clock: new TestClock(), random: (count: number) => new Uint8Array(count) }
  const header = chiangMai
    .match(/- [^\n]+/g)!
    .map((line) => line.slice(2))
    .join(',')
  const row = (subject: string) => `ชม 1/2,1 ม.ค. 2551,${subject},1,,,,มท,,,,,,,,,,,,,a.pdf,,ส.1`
  const sample = new TextEncoder().encode(
    `${header}\n${row('เรื่อง')}\n${row('เรื่อง').replace('2551', '2008')}\n`,
  )
  const beside = new Map([['a.pdf', { kind: 'bytes' as const, bytes: Buffer.from('abc') }]])
  const profile = mustBe(readProfile(chiangMai.replaceAll('windows-874', 'utf-8'), 'x.yaml'))
  const trial = await tryProfile(profile, Buffer.from(sample), 'sample.csv', beside, settings)
  t.match(trial, {
    document: 'letter',
    items: [
      {
        kind: 'letter',
        position: 'line 2',
        lost: [],
        problems: [],
        wayBack: { files: ['try-1-a.pdf'], spilled: [] },
      },
      { kind: 'fault', position: 'line 3' },
    ],
  })
  const notices =
    'รายการ,ที่หนังสือ,ลงวันที่,หน่วยงาน,เลขรับ,วันเวลา,เหตุผล\nลงทะเบียนรับ,มท 1/2,1 ม.ค. 2551,มท,12/2551,,\n'
  t.match(await tryProfile(profile, Buffer.from(notices), 'n.csv', new Map(), settings), {
    document: 'notice',
    items: [{ kind: 'notice' }],
  })
  const missing = await tryProfile(profile, Buffer.from(sample), 'sample.csv', new Map(), settings)
  t.match(missing.items[0], { kind: 'fault', problems: [{ code: 'adapter.file.missing', value: 'a.pdf' }] })
})

t.test('docs/profiles.md names what a profile says by itself, and its examples are in order', async (t) => {
  const page = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
  const text = page('profiles.md')
  const said = new Set([...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/[^\w.-]+/)))
  const words = [
    ...channels,
    ...Object.keys(letterFields),
    ...Object.keys(noticeFields),
    ...[...transports, ...formats].map(({ kind }) => kind),
    ...[
      'fields',
      'unmapped',
      'main',
      'split',
      'ignore',
      'tables',
      'skip',
      'continues',
      'untold',
      'delivery',
      'waivers',
    ],
  ]
  for (const word of words) t.ok(said.has(word), word)
  const transportPage = page('reference/transports.md')
  const yaml = [...`${text}${transportPage}`.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, example = '']) => example,
  )
  t.ok(yaml.length > 4)
  for (const example of yaml) t.same(faults(example), [])
  const form = formsOf(shipped('chiang-rai-json'), new TestClock()).sendNotices!
  const json = [...transportPage.matchAll(/```json\n([\s\S]*?)```/g)]
  t.equal(json.length, 1)
  for (const [, example = ''] of json) {
    const source = { document: 'notice', name: '', beside: new Map(), sender: 'waits', final: true } as const
    t.match(await form.read({ ...source, bytes: Buffer.from(example) }), [{ kind: 'notice' }])
  }
})

t.test('every problem of adapters says in both languages what happened and what to do', (t) => {
  const codes = (Object.keys(catalogue) as ProblemCode[]).filter((code) => code.startsWith('adapter.'))
  for (const code of codes) {
    const { en, th, remedy } = definitionOf(code)
    t.ok(en && /[ก-๙]/.test(th) && remedy.en && /[ก-๙]/.test(remedy.th), code)
    const places = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
    t.same(
      places(th).filter((place) => !places(en).includes(place)),
      [],
      `${code}: no place in Thai that English does not have`,
    )
  }
  t.end()
})
