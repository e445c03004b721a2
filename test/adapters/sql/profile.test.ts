// What a profile may say of a database, and rows as documents: no server is needed.
import fc from 'fast-check'
import t from 'tap'
import { formsOf } from '../../../src/adapters/adapter.ts'
import { readProfile } from '../../../src/adapters/profile.ts'
import { remarksOn } from '../../../src/adapters/remarks.ts'
import { isName } from '../../../src/adapters/transports/sql/engine.ts'
import { letters, office } from '../../letter/arbitrary.ts'
import { parcelOf, TestClock } from '../stage.ts'
import { type Changes, documented, profile, profileWith } from './stage.ts'

const problemsOf = (text: string): string[] => {
  const read = readProfile(text, 'test.yaml')
  return read.ok ? [] : read.problems.map(({ code, path, value }) => `${code} ${path} ${value ?? ''}`.trim())
}

t.test('the documented profile is good', (t) => {
  t.same(problemsOf(documented), [])
  t.end()
})

t.test('X3: no name in a profile can be a piece of SQL', (t) => {
  for (const name of [
    'letters; DROP TABLE letters',
    'a`b',
    'a"b',
    'a b',
    "a'",
    'a--',
    '1',
    '',
    'a.b.c',
    'a\u0000',
    '(select 1)',
    'x'.repeat(61),
  ]) {
    const text = profileWith(['table: หนังสือส่ง', `table: ${JSON.stringify(name)}`])
    t.not(problemsOf(text).length, 0, JSON.stringify(name))
    t.notOk(isName(name, 1))
  }
  for (const name of ['หนังสือส่ง', 'dbo.letters', '_a$1', 'ที่หนังสือ']) t.ok(isName(name, 1), name)
  t.match(problemsOf(profileWith(['key: [id]', 'key: ["id = 1 OR 1"]'])), [
    /^adapter\.sql\.identifier send\.transport\.read\.key\.0/,
  ])
  t.match(problemsOf(profileWith(['column: สถานะ', 'column: "a) --"'])), [
    /^adapter\.sql\.identifier .*status\.column/,
  ])
  t.match(problemsOf(profileWith(['set: { สถานะ: N }', 'set: { "a = 1, b": N }'])), [
    /^adapter\.sql\.identifier .*set/,
  ])
  t.match(problemsOf(profileWith(['on: { letter: id }', 'on: { "l=l OR letter": id }'])), [
    /^adapter\.sql\.identifier .*on/,
  ])
  t.end()
})

t.test('what does not fit a profile is told with what to do', (t) => {
  const one = (...changes: Changes) => problemsOf(profileWith(...changes))
  t.match(one(['password: { env: SARABAN_64_PASSWORD }', 'password: plain']), [
    /^adapter\.profile\.secret-plain/,
  ])
  t.match(one(['status: {', 'above: "0"\n      status: {']), [
    /^adapter\.profile\.value-wrong send\.transport\.read/,
  ])
  t.match(one([/status: \{[^}]*\}/, 'above: "0"\n      order: [ความเร็ว]']), [
    /^adapter\.profile\.value-wrong send\.transport\.read\.order/,
  ])
  t.match(one(['update:', 'read:']).join('\n'), /notices\.transport/)
  t.match(one(['table: หนังสือรับ', 'table: หนังสือส่ง']), [/^adapter\.profile\.place-shared receive\.transport/])
  t.end()
})

t.test('what would be a file and has no place in the row is found with the profile', (t) => {
  const one = (...changes: Changes) => problemsOf(profileWith(...changes))
  const spilling = profileWith([
    'reason: { at: หมายเหตุ, as: text }',
    'reason: { at: หมายเหตุ, as: { text: { overflow: spill } } }',
  ])
  t.same(problemsOf(spilling), [], 'a notice that would have one is refused by itself')
  t.match(remarksOn(profile(spilling)), [
    { code: 'adapter.remark.spill-homeless', path: 'documents.told.fields.reason.as.text.overflow' },
  ])
  t.same(remarksOn(profile(profileWith())), [])
  t.same(
    one(['reason: { at: หมายเหตุ, as: text }', 'reason: { at: หมายเหตุ, as: { text: { overflow: cut } } }']),
    [],
  )
  t.same(one(['- { at: files.data, name: name }', '- { at: files.other, name: name }']), [
    'adapter.profile.value-wrong documents.received.fields.attachments.at files.data',
  ])
  t.same(one(['subject: { at: เรื่อง, as: text }', 'subject: { at: เรื่อง, as: { text: { overflow: cut } } }']), [
    'adapter.profile.value-wrong documents.sent.fields.subject.as.text.overflow cut',
  ])
  t.end()
})

const clock = new TestClock()

t.test('letter → row → letter', async () => {
  // Every field that these forms leave out has the value that a reader assumes, or is spilled: only what stands is compared.
  const text = profileWith([/separator: ";"/g, 'separator: "\\x1f"'])
  const form = formsOf(profile(text), clock).receive!
  await fc.assert(
    fc.asyncProperty(letters({ attachments: 4, to: office('64') }), async (letter) => {
      const written = await form.write(parcelOf({ letter }, 'd-1', '64'))
      if (!written.ok) {
        // Only what the form says that it cannot say.
        return written.problems.every(
          ({ code }) => code === 'adapter.field.secrecy-unsayable' || code === 'adapter.field.separator',
        )
      }
      const beside = new Map(
        written.value.files.map(({ name }) => [name, { kind: 'bytes' as const, bytes: Buffer.from('x') }]),
      )
      const source = {
        document: 'letter' as const,
        name: 'x',
        bytes: written.value.bytes,
        beside,
        sender: 'gone' as const,
        final: true,
      }
      const [item] = await form.read(source)
      if (item?.kind !== 'letter') throw new Error(JSON.stringify(item))
      const same = (field: 'subject' | 'date' | 'urgency') =>
        written.value.spilled.includes(field) ||
        JSON.stringify(item.draft[field]) === JSON.stringify(letter[field])
      const numbers = written.value.spilled.some((each) => each.startsWith('references'))
      return (
        same('subject') &&
        same('date') &&
        same('urgency') &&
        (numbers ||
          JSON.stringify(item.draft.references?.map(({ number }) => number)) ===
            JSON.stringify(letter.references.map(({ number }) => number))) &&
        item.attachments.length === written.value.files.length
      )
    }),
    { numRuns: 200 },
  )
})

t.test('a dump that is none, and cells that mean nothing, are faults with their column', async (t) => {
  const form = formsOf(profile(documented), clock).send!
  const read = async (dump: unknown) => {
    const bytes = Buffer.from(typeof dump === 'string' ? dump : JSON.stringify(dump))
    const [item] = await form.read({
      document: 'letter',
      name: 'x',
      bytes,
      beside: new Map(),
      sender: 'gone',
      final: true,
    })
    return item?.kind === 'fault'
      ? item.problems.map(({ code, path }) => `${code} ${path}`.trim())
      : [item?.kind]
  }
  t.same(await read('{'), ['adapter.json.broken'])
  t.same(await read('{"row":{"a":1}}'), ['adapter.rows.broken'])
  t.same(await read('{"row":{"__proto__":"x"}}'), ['adapter.json.key-forbidden'])
  t.same(await read({ row: {}, lists: { a: { columns: ['b'], rows: [['c', 'd']] } } }), [
    'adapter.rows.broken',
  ])
  t.same(await read({ row: { เรื่อง: { hex: 'db' } } }), ['adapter.charset.bytes column เรื่อง'])
  t.same(await read({ row: { เรื่อง: { large: 300_000 } } }), ['adapter.sql.cell-large column เรื่อง'])
  t.same(await read({ charset: 'windows-874', row: {} }), ['adapter.rows.charset'])
  const torn = { references: { columns: ['number'], rows: [['a;b']] } }
  t.same(await read({ row: {}, lists: torn }), ['adapter.field.separator column references.number'])
  t.end()
})
