// Whatever stands in a document, wherever: a file that stays aside is the file, or the fault, that reading it at once gives.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import type { AttachmentContent } from '../../src/adapters/contract.ts'
import { encode } from '../../src/adapters/formats/charset.ts'
import { eCms } from '../../src/adapters/formats/e-cms/e-cms.ts'
import { heldIn, transferred } from '../../src/adapters/formats/mail/transfer.ts'
import {
  bytesOf,
  type JsonNode,
  type JsonText,
  readJsonText,
  textAt,
} from '../../src/adapters/transports/rest/json-text.ts'
import { digestOf, readSaid } from '../../src/adapters/transports/soap/heard.ts'
import { moi } from '../../src/letter/offices.ts'
import {
  agree,
  bothOf,
  cells,
  clock,
  columns,
  earlier,
  every,
  fields,
  file,
  foreign,
  government,
  outside,
  sha256,
  wholeOf,
} from './aside-stage.ts'

const whole = {
  eCms: await wholeOf<typeof import('../../src/adapters/formats/e-cms/e-cms.ts')>(
    '../../src/adapters/formats/e-cms/e-cms.ts',
  ),
  heard: await wholeOf<typeof import('../../src/adapters/transports/soap/heard.ts')>(
    '../../src/adapters/transports/soap/heard.ts',
  ),
  rest: await wholeOf<typeof import('../../src/adapters/transports/rest/json-text.ts')>(
    '../../src/adapters/transports/rest/json-text.ts',
  ),
}
/** Base64 of files about as large as those that are worth it, and larger, and much smaller. */
const files = fc.constantFrom(
  ...[49_151, 49_152, 49_153, 70_001, 98_305, 300].map((size, index) => file([3, 131][index % 2] ?? 1, size)),
)
const within = (text: string, what: string): string =>
  `${text.slice(0, text.length >> 1)}${what}${text.slice(text.length >> 1)}`
type Dress = (text: string) => string
const anywhere: readonly Dress[] = [
  ...Array<Dress>(14).fill((text) => text),
  (text) => every(text, 76, ' '),
  (text) => text.slice(1),
  (text) => text.slice(0, -2),
  (text) => `${text}=`,
  (text) => `${text}==`,
  (text) => within(text, '=='),
  (text) => `=${text}`,
  (text) => `${text}====`,
  (text) => within(text, '-_'),
  (text) => within(text, 'ก'),
  (text) => within(text, '|'),
  (text) => `  ${text} `,
  (text) => `\u00a0${text}\u00a0`,
  (text) => `\ufeff${text}`,
  (text) => `${text}QUJD`,
  (text) => `QUJD ${text}`,
  (text) => `data:application/pdf;base64,${text}`,
  (text) => `data:application/pdf;base64, ${text}\u00a0`,
  (text) => `${text},${text}`,
  (text) => `${text} ${text.slice(0, 400)}`,
  () => earlier,
  () => foreign,
  (text) => `${foreign}${text}`,
]
/** Ways in which base64 stands in a text of JSON, sound or not. */
const jsonDresses: readonly Dress[] = [
  ...anywhere,
  (text) => text.replaceAll('/', '\\/'),
  (text) => every(text, 76, '\\r\\n'),
  (text) => `${every(text, 64, '\\n')}\\n`,
  (text) => every(text, 64, '\\t'),
  (text) => every(text, 76, '\n'),
  (text) => every(text, 20_000, '\r\n'),
  (text) => every(text, 20_000, '\t'),
  (text) => `${text}\n`,
  (text) => `\\n${text}`,
  (text) => `\\\\n${text}`,
  (text) => `\\u000a${text}`,
  (text) => `\\u0041\\u0041\\u0041\\u0041${text}`,
  (text) => within(text, '\\u0041BCD'),
  (text) => within(text, '\\\\'),
  (text) => within(text, '\\/AAA'),
  (text) => within(text, '\\b\\f'),
  (text) => within(text, '\\"'),
  (text) => `${text}\\`,
  (text) => `${text}\\/\\/\\/\\/`,
]
/** The same for a text of XML. */
const xmlDresses: readonly Dress[] = [
  ...anywhere,
  (text) => every(text, 76, '\n'),
  (text) => `\n\t${every(text, 64, '\r\n')}\r\n`,
  (text) => every(text, 5_000, '&#13;\n'),
  (text) => within(text, '&#10;'),
  (text) => within(text, '&#65;BCD'),
  (text) => within(text, '&amp;'),
  (text) => within(text, '&'),
  (text) => `&${text};`,
  (text) => `&#${text};`,
  (text) => `${text}&#61;&#61;`,
  (text) => `<![CDATA[${text}]]>`,
  (text) => `<![CDATA[${within(text, ']]><![CDATA[')}]]>`,
  (text) => within(text, '<!-- QUJD -->'),
  (text) => within(text, '<![CDATA[QUJD]]>'),
  (text) => within(text, '<x/>'),
  (text) => `<!-- ${text} -->${text}`,
  (text) => `<${text}/>`,
  (text) => `<x y="${text}">QUJD</x>`,
]
/** A text in which files stand, as the document has it. */
const dressed = (dresses: readonly Dress[]) =>
  fc.tuple(files, fc.constantFrom(...dresses)).map(([text, dress]) => dress(text))
const seldom = (texts: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 24, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: texts })
const recordsOf = (texts: fc.Arbitrary<string>) =>
  fc.array(
    fc.record({
      data: texts,
      subject: seldom(fc.oneof(texts, fc.constant('A'.repeat(100_000)))),
      note: seldom(texts),
      name: seldom(texts),
    }),
    { minLength: 1, maxLength: 2 },
  )
type Written = Readonly<Record<string, string | undefined>>
const said = (record: Written): [string, string][] =>
  Object.entries({ ...record, ...cells, ...record }).flatMap(([name, text]): [string, string][] => {
    const held = text ?? (cells as Written)[name]
    return held === undefined ? [] : [[name, held]]
  })

t.test('law: records of JSON', async (t) => {
  const charsets = ['utf-8', 'utf-8-bom', 'windows-874'] as const
  const forms = charsets.flatMap((charset) =>
    (['document', 'lines'] as const).map((layout) => ({
      charset,
      both: bothOf({ kind: 'json-records', columns, charset, layout }, fields({ separator: '|' })),
    })),
  )
  const texts = dressed(jsonDresses)
  const key = seldom(texts)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...forms),
      recordsOf(texts),
      key,
      fc.constantFrom('\n', '\r\n', ''),
      async ({ charset, both }, records, name, end) => {
        const lines = records.map((record) => {
          const members = said(record).map(([each, text]) => `"${each}":"${text}"`)
          const long = name === undefined ? [] : [`"${name}":1`, `"${name}":2`]
          return `{${[...members, ...long].join(',')}}${end}`
        })
        const text = end === '' ? lines.slice(0, 1).join('') : lines.join('')
        if (/[\u00a0\ufeff]/.test(text) && charset === 'windows-874') return
        await agree(...both, encode(text, charset))
      },
    ),
    { numRuns: 100 },
  )
  const found = outside()
  t.ok(
    Object.values(found).every((count) => count > 10),
    JSON.stringify(found),
  )
})

t.test('law: records of XML', async (t) => {
  const forms = (['utf-8', 'utf-8-bom', 'windows-874'] as const).flatMap((charset) =>
    ['data', '@data'].map((place) => ({
      charset,
      place,
      both: bothOf(
        {
          kind: 'xml',
          charset,
          record: 'r/x',
          columns: columns.map((each) => (each === 'data' ? place : each)),
          repair: 'ampersands',
        },
        { ...fields(), attachments: { at: [place, 'name'], as: { base64: {} } } },
      ),
    })),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...forms),
      recordsOf(dressed(xmlDresses)),
      seldom(files),
      async ({ charset, place, both }, records, around) => {
        const elements = records.map((record) => {
          const all = said(record)
          const attribute = place === '@data' ? ` data="${record.data}"` : ''
          const inner = all.filter(([name]) => place === 'data' || name !== 'data')
          return `<x${attribute}>${inner.map(([name, text]) => `<${name}>${text}</${name}>`).join('\n')}</x>`
        })
        const text = `<r${around === undefined ? '' : ` y="${around}"`}>${elements.join('\n')}</r>`
        if (/[\u00a0\ufeff]/.test(text) && charset === 'windows-874') return
        await agree(...both, encode(text, charset))
      },
    ),
    { numRuns: 100 },
  )
  const found = outside()
  t.ok(
    Object.values(found).every((count) => count > 10),
    JSON.stringify(found),
  )
})

t.test('law: messages of the exchange, and what a server of it answers', async (t) => {
  const context = { office: moi, profile: 'test', content: 'letter', clock } as const
  const forms = (['utf-8', 'windows-874'] as const).map((charset) => {
    const made = [eCms, whole.eCms.eCms].map((kind) => {
      const form = kind.sort === 'document' ? kind.create({ kind: 'e-cms', charset }, context) : undefined
      assert(form?.ok)
      return form.value
    })
    const [one, other] = made
    assert(one && other)
    return { charset, one, other }
  })
  const texts = dressed(xmlDresses)
  const note = texts.map((text) => `<a:Note>${text}</a:Note>`)
  const other = texts.map((text) => `<a:OtherBinaryObject>${text}</a:OtherBinaryObject>`)
  let heard = 0
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...forms),
      texts,
      seldom(fc.oneof(texts, fc.constant('A'.repeat(100_000)))),
      seldom(fc.oneof(note, other)),
      async ({ charset, one, other }, main, subject = 'ขอเชิญ', more = '') => {
        const document = government(main, subject, more)
        if (charset === 'windows-874' && /[\u00a0\ufeff]/.test(document)) return
        await agree(one, other, encode(document, charset))
        const answer = encode(
          `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><CorrespondenceLetterInboundResponse><ProcessID>7</ProcessID>${document}</CorrespondenceLetterInboundResponse></S:Body></S:Envelope>`,
          charset,
        )
        const told = async (read: typeof readSaid) => {
          const found = await read(answer)
          if (found === undefined) return undefined
          const { answer: element, ...rest } = found
          return { ...rest, digest: element && digestOf(found.processId, element) }
        }
        const found = await told(readSaid)
        assert.deepEqual(found, await told(whole.heard.readSaid))
        if (found !== undefined) heard += 1
      },
    ),
    { numRuns: 80 },
  )
  const found = outside()
  t.ok(found.aside > 10 && found.faults > 10 && heard > 40, JSON.stringify({ ...found, heard }))
})

t.test('law: parts of an answer in JSON', async (t) => {
  const nodes = (text: JsonText, node: JsonNode, path: string): [string, string, string | undefined][] => [
    [path, createHash('sha256').update(bytesOf(text, node)).digest('hex'), textAt(text, node)],
    ...[...(node.members ?? [])].flatMap(([key, each]) => nodes(text, each, `${path}.${key}`)),
  ]
  const texts = dressed(jsonDresses)
  let [aside, none] = [0, 0]
  fc.assert(
    fc.property(
      fc.array(texts, { minLength: 1, maxLength: 3 }),
      seldom(texts),
      fc.boolean(),
      (strings, key, marked) => {
        const items = strings.map(
          (text, index) => `{ "id": ${index}, "ก": ["${text}"], "n": 1234567890123456789 }`,
        )
        const long = key === undefined ? [] : [`"${key}":1`, `"${key}":2`, `"x${key}":3`]
        const text = `${marked ? '\ufeff' : ''}{"items":[${items.join(' ,\n')}],${[...long, '"end":null'].join(',')}}`
        const found = readJsonText(Buffer.from(text))
        const expected = whole.rest.readJsonText(Buffer.from(text))
        assert.equal(found === undefined, expected === undefined)
        if (found === undefined || expected === undefined) none += 1
        else {
          if (found.aside !== undefined) aside += 1
          assert.deepEqual(nodes(found, found.root, ''), nodes(expected, expected.root, ''))
        }
      },
    ),
    { numRuns: 100 },
  )
  t.ok(aside > 10 && none > 10, `${aside} ${none}`)
})

t.test('law: a file in a mail is the bytes, or the fault, that decoding it at once gives', (t) => {
  const outcome = (read: () => AttachmentContent): unknown => {
    try {
      const content = read()
      assert(content.kind === 'bytes' || content.kind === 'pieces')
      return sha256(content)
    } catch (thrown) {
      assert(thrown instanceof Error)
      return { ...thrown }
    }
  }
  let [held, refused] = [0, 0]
  const ends = fc.constantFrom('', '\r\n', '\n\n', '--', '\0')
  fc.assert(
    fc.property(
      dressed(xmlDresses),
      ends,
      fc.constantFrom('base64', ' BASE64 ', '7bit'),
      (text, end, encoding) => {
        const body = Buffer.from(`${text}${end}`)
        const found = outcome(() => heldIn(body, encoding, 'part 1'))
        assert.deepEqual(
          found,
          outcome(() => ({ kind: 'bytes', bytes: transferred(body, encoding, 'part 1') })),
        )
        if (typeof found === 'string') held += 1
        else refused += 1
      },
    ),
    { numRuns: 150 },
  )
  t.ok(held > 20 && refused > 20, `${held} ${refused}`)
  t.end()
})
