// Files aside against the same documents read as they stand: whatever stands in a document, and wherever, the items are the
// same, to the byte. The other reader is the same code, in which nothing is ever taken out.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { stringify } from 'yaml'
import { formsOf } from '../../src/adapters/adapter.ts'
import { readBase64 } from '../../src/adapters/base64.ts'
import type { AttachmentContent, Item, Source } from '../../src/adapters/contract.ts'
import { encode } from '../../src/adapters/formats/charset.ts'
import { eCms } from '../../src/adapters/formats/e-cms/e-cms.ts'
import type { DocumentForm } from '../../src/adapters/formats/format.ts'
import { heldIn, transferred } from '../../src/adapters/formats/mail/transfer.ts'
import { lifted } from '../../src/adapters/lifted.ts'
import { encodedIn, piecesOf, sizeOf } from '../../src/adapters/pieces.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import {
  bytesOf,
  type JsonNode,
  type JsonText,
  readJsonText,
  textAt,
} from '../../src/adapters/transports/rest/json-text.ts'
import { digestOf, readSaid } from '../../src/adapters/transports/soap/heard.ts'
import { moi } from '../../src/letter/offices.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { TestClock } from './stage.ts'
import { profileTree } from './there-and-back.ts'

const clock = new TestClock()
const never = {
  '../../src/adapters/lifted.ts': { lifted: () => undefined, tokenStart: String, tokenOf: String },
}
const whole = {
  adapter: await t.mockImport<typeof import('../../src/adapters/adapter.ts')>(
    '../../src/adapters/adapter.ts',
    never,
  ),
  eCms: await t.mockImport<typeof import('../../src/adapters/formats/e-cms/e-cms.ts')>(
    '../../src/adapters/formats/e-cms/e-cms.ts',
    never,
  ),
  heard: await t.mockImport<typeof import('../../src/adapters/transports/soap/heard.ts')>(
    '../../src/adapters/transports/soap/heard.ts',
    never,
  ),
  rest: await t.mockImport<typeof import('../../src/adapters/transports/rest/json-text.ts')>(
    '../../src/adapters/transports/rest/json-text.ts',
    never,
  ),
}

const sha256 = (content: Exclude<AttachmentContent, { kind: 'file' | 'kept' }>): string => {
  const hash = createHash('sha256')
  for (const piece of piecesOf(content)) hash.update(piece)
  return `${sizeOf(content)} ${hash.digest('hex')}`
}

/** An item as it can be compared; its files are read twice. */
const shown = (item: Item): unknown => {
  if (item.kind !== 'letter') return item
  return {
    ...item,
    attachments: item.attachments.map(({ content, ...each }) => {
      assert(content.kind === 'bytes' || content.kind === 'pieces')
      const [first, second] = [sha256(content), sha256(content)]
      assert.equal(first, second)
      return { ...each, content: first }
    }),
  }
}

/** How often files stayed where they stood, letters were read without, and something was a fault. */
const counts = { aside: 0, letters: 0, faults: 0 }

async function agree(one: DocumentForm, other: DocumentForm, bytes: Buffer): Promise<readonly Item[]> {
  const source: Source = {
    document: 'letter',
    name: 'x',
    bytes,
    beside: new Map(),
    sender: 'gone',
    final: true,
  }
  const items = await one.read(source)
  const expected = await other.read({ ...source, bytes: Buffer.from(bytes) })
  assert.deepEqual(items.map(shown), expected.map(shown))
  for (const item of items)
    if (item.kind !== 'letter') counts.faults += 1
    else if (item.attachments.some(({ content }) => content.kind === 'pieces')) counts.aside += 1
    else counts.letters += 1
  return items
}

const fields = (base64: object = {}) => ({
  number: { at: 'no', as: 'letter-number' },
  date: { at: 'date', as: { 'christian-date': 'ce:yyyy-MM-dd' } },
  subject: { at: 'subject', as: 'text' },
  to: { at: 'to', as: 'office' },
  attachments: { at: ['data', 'name'], as: { base64 } },
})
const columns = ['no', 'date', 'subject', 'to', 'data', 'name']

function profileOf(format: object, letterFields: object = fields(), more: object = {}): Profile {
  const tree = profileTree()
  tree.documents.letter = { ...tree.documents.letter, format, fields: letterFields, ...more }
  return mustBe(readProfile(stringify(tree), 'test.yaml'))
}

/** The form of a profile, and the same one that takes nothing out. */
function bothOf(...parts: Parameters<typeof profileOf>): readonly [DocumentForm, DocumentForm] {
  const profile = profileOf(...parts)
  const [one, other] = [formsOf(profile, clock).send, whole.adapter.formsOf(profile, clock).send]
  assert(one && other)
  return [one, other]
}

const file = (seed: number, size: number): string =>
  Buffer.from(Array.from({ length: size }, (_, at) => (at * seed + (at >> 7)) % 256)).toString('base64')
/** Base64 of files about as large as those that are worth it, and larger, and much smaller. */
const files = fc.constantFrom(
  ...[49_151, 49_152, 49_153, 70_001, 98_305, 300].map((size, index) => file([3, 131][index % 2] ?? 1, size)),
)

const every = (text: string, width: number, what: string): string =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(what)
const within = (text: string, what: string): string =>
  `${text.slice(0, text.length >> 1)}${what}${text.slice(text.length >> 1)}`

/** A text that a lifting of this process made, and one as another process makes them. */
const earlier =
  lifted(Buffer.from(`"${file(5, 60_000)}"`))
    ?.bytes.toString()
    .slice(1, -1) ?? ''
const foreign = `SarabanAside${'0123456789abcdef'.repeat(2)}00000000`

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

const cells = { no: 'ชม 0017/1', date: '2026-11-23', subject: 'ขอเชิญ', to: '57', name: 'ก.pdf' }
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

const outside = () => {
  const { aside, letters, faults } = counts
  Object.assign(counts, { aside: 0, letters: 0, faults: 0 })
  return { aside, letters, faults }
}

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

const government = (main: string, subject: string, note: string): string =>
  `<r:GovernmentDocument xmlns:r="urn:th:gov:egif:data:standard:GovernmentDocument:1.0" xmlns:a="urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1"><a:CorrespondenceLetter><a:ID>ชม 0017/1</a:ID><a:CorrespondenceDate>2026-11-20</a:CorrespondenceDate><a:Subject>${subject}</a:Subject><a:SecretCode>001</a:SecretCode><a:SpeedCode>001</a:SpeedCode><a:SenderParty><a:DepartmentOrganization><a:ID>1515000000</a:ID></a:DepartmentOrganization></a:SenderParty><a:ReceiverParty><a:DepartmentOrganization><a:ID>1519300000</a:ID></a:DepartmentOrganization></a:ReceiverParty>${note}<a:MainLetterBinaryObject mimeCode="application/pdf">${main}</a:MainLetterBinaryObject></a:CorrespondenceLetter></r:GovernmentDocument>`

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

const json = (data: string, more: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ ...cells, data, ...more }))
const plain = { kind: 'json-records', columns }
const large = file(131, 70_002)

t.test('a rule of the profile that goes by what stands in a file sees the file', async (t) => {
  const rule = { skip: [{ column: 'data', begins: [large.slice(0, 8)] }] }
  const both = bothOf(plain, fields(), rule)
  t.same(await agree(...both, json(large)), [], 'no letter, as the rule says')
  t.match(await agree(...both, json(`QUJD${large}`)), [{ kind: 'letter' }])
  const further = bothOf(plain, fields(), { continues: { when: 'no', join: { data: '' } } })
  const rows = [
    { ...cells, data: large },
    { no: '', date: '', subject: '', to: '', name: '', data: large },
  ]
  const [item, ...none] = await agree(...further, Buffer.from(JSON.stringify(rows)))
  t.same(none, [])
  assert(item?.kind === 'letter')
  const content = item.attachments[0]?.content
  assert(content?.kind === 'bytes')
  t.equal(content.bytes.toString('base64'), Buffer.from(`${large}${large}`, 'base64').toString('base64'))
})

t.test('a column that comes apart is looked at as it stands', async (t) => {
  const split = { split: { file: '{name} {data}' } }
  const both = bothOf(
    { kind: 'json-records', columns: ['no', 'date', 'subject', 'to', 'file'] },
    fields(),
    split,
  )
  const read = (text: string) =>
    agree(...both, Buffer.from(JSON.stringify({ ...cells, name: undefined, file: text })))
  t.match(await read(`ก.pdf ${large}`), [{ kind: 'letter', attachments: [{ name: 'ก.pdf' }] }])
  // `yyyy` and the file are one run of base64: with a token for both there would be one way to take the column apart.
  t.match(await read(`ก yyyy ${large}`), [
    { kind: 'fault', problems: [{ code: 'adapter.field.template-ambiguous' }] },
  ])
})

t.test('base64 never stands between two of base64', async (t) => {
  for (const separator of ['/', 'A', '+', '=', ' ', 'aa']) {
    const listed = columns.map((at) => (at === 'data' ? { at, separator } : at))
    for (const both of [
      bothOf({ ...plain, columns: listed }),
      bothOf(plain, fields({ separator })),
      bothOf({ ...plain, columns: listed }, fields({ separator })),
    ]) {
      await agree(...both, json(large))
      await agree(...both, json(`${large}${separator}${large}`, { name: `ก.pdf${separator}ข.pdf` }))
      await agree(...both, Buffer.from(JSON.stringify({ ...cells, data: [large, large] })))
    }
  }
  t.same(outside().aside, 0)
})

t.test('a token of another document is a text like any other, and means no file', async (t) => {
  const both = bothOf({ ...plain, record: 'r' })
  const documents = [earlier, foreign, `data:application/pdf;base64,${earlier}`].map((forged) =>
    Buffer.from(
      JSON.stringify({
        r: [
          { ...cells, no: 'ชม 1/1', data: large },
          { ...cells, no: 'ชม 1/2', data: forged },
          { ...cells, no: 'ชม 1/3', data: large, subject: forged },
        ],
      }),
    ),
  )
  for (const bytes of documents) {
    const items = await agree(...both, bytes)
    t.same(
      items.map((item) => item.kind === 'letter' && item.attachments[0]?.content.kind),
      ['pieces', 'bytes', 'pieces'],
    )
    const forged = items[1]
    assert(forged?.kind === 'letter')
    const content = forged.attachments[0]?.content
    assert(content?.kind === 'bytes')
    t.equal(content.bytes.length, 39)
  }
})

t.test(
  'several files of one content, read late and at the same time, with other documents read in between',
  async (t) => {
    const [form, whole] = bothOf({ ...plain, record: 'r' })
    const texts = [large, large, every(large, 76, '\r\n'), file(3, 98_305), large]
    const document = (order: readonly string[]) =>
      Buffer.from(
        JSON.stringify({ r: order.map((data, index) => ({ ...cells, no: `ชม 1/${index}`, data })) }),
      )
    const items = await agree(form, whole, document(texts))
    await agree(form, whole, document(texts.toReversed()))
    const walks = items.map((item) => {
      assert(item.kind === 'letter')
      const content = item.attachments[0]?.content
      assert(content?.kind === 'pieces')
      return { content, walk: content.pieces()[Symbol.iterator](), pieces: [] as Buffer[] }
    })
    for (let more = true; more; ) {
      more = false
      for (const { walk, pieces } of walks) {
        const next = walk.next()
        if (next.done === true) continue
        pieces.push(next.value)
        more = true
      }
    }
    for (const [index, { content, pieces }] of walks.entries()) {
      const expected = Buffer.from(texts[index] ?? '', 'base64')
      t.ok(Buffer.concat(pieces).equals(expected))
      t.equal(content.size, expected.length)
    }
  },
)

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

t.test('a fault that is found after the file was asked for shows the cell that came', async (t) => {
  const both = bothOf(plain, fields({ first: 'enclosure' }), { main: 'required' })
  const [item] = await agree(...both, json(large))
  assert(item?.kind === 'fault')
  t.equal(item.problems[0].code, 'adapter.letter.main-missing')
  t.equal(item.understood?.cells?.['data'], large)
})

t.test('a long key that stands twice is no JSON, as a short one is none', (t) => {
  for (const key of [large, `x-${large}`, `${large}\\n-`]) {
    t.equal(readJsonText(Buffer.from(`{"${key}":1,"${key}":2}`)), undefined)
    t.equal(readJsonText(Buffer.from(`{"${key}":1}`))?.aside, undefined)
  }
  t.end()
})

t.test('around a file of the exchange stand blanks of XML, and no others', async (t) => {
  const form =
    eCms.sort === 'document' &&
    eCms.create({ kind: 'e-cms' }, { office: moi, profile: 'test', content: 'letter', clock })
  assert(typeof form === 'object' && form.ok)
  const read = (main: string) => agree(form.value, form.value, Buffer.from(government(main, 'x', '')))
  t.match(await read(` \t\r\n${large}\n`), [{ kind: 'letter' }])
  for (const blank of ['\u00a0', '\u2028', '\u3000', '&#xa0;'])
    t.match(await read(`${blank}${large}`), [{ kind: 'fault', problems: [{ code: 'ecms.base64' }] }])
})

t.test('letters of escapes are no base64, whatever they make of its length', (t) => {
  // Each with as many characters before it as make whole groups of four of what is none.
  for (const before of ['\\\\nAAA', '\\u0041AAA', '\\\\/AAA', '\\bAAA', '\\fAAA', '\\\\\\nAAA'])
    t.equal(lifted(Buffer.from(`"${before}${large}"`), true), undefined, before)
  for (const behind of ['\\\\', '\\u0041', '\\b', '\\"'])
    t.equal(lifted(Buffer.from(`"${large}${behind}"`), true), undefined, behind)
  t.end()
})

t.test('an escape at the end of a piece is not cut in two', (t) => {
  for (const shift of [65_534, 65_535, 65_536, 131_070, 131_071, 131_072])
    for (const each of ['\\n', '\\r', '\\t', '\\/']) {
      const digits = 'QUJD'.repeat(40_000)
      const text = `${digits.slice(0, shift)}${each}${each === '\\/' ? digits.slice(shift + 1) : digits.slice(shift)}`
      const found = encodedIn(Buffer.from(text), true)
      assert(found)
      const expected = readBase64(String(JSON.parse(`"${text}"`)))
      t.ok(
        'bytes' in expected && Buffer.concat([...piecesOf(found)]).equals(expected.bytes),
        `${shift} ${each}`,
      )
    }
  t.end()
})
