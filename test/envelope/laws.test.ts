// Laws of the envelope, over generated letters and notices, and over documents broken at random.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { XmlC14NMode, XmlDocument } from 'libxml2-wasm'
import t from 'tap'
import { isCanonical } from '../../src/envelope/canonical.ts'
import type { Envelope } from '../../src/envelope/envelope.ts'
import { readContent } from '../../src/envelope/read.ts'
import { refusable } from '../../src/envelope/refusal.ts'
import { scan } from '../../src/envelope/scan.ts'
import type { ScannedElement } from '../../src/envelope/scanned.ts'
import { seal, sealAsync } from '../../src/envelope/seal.ts'
import { schemaFaults } from '../../src/envelope/validate.ts'
import { reopenEnvelope, VerifiedEnvelope, verifyEnvelope } from '../../src/envelope/verify.ts'
import { writeEnvelope } from '../../src/envelope/write.ts'
import { offices } from '../../src/letter/offices.ts'
import { good, type Result } from '../../src/problem/problem.ts'
import { fixedLetter, letters, messageIds, mustBe, notices } from '../letter/arbitrary.ts'
import { issue, newAuthority, newKey, signerOf, trustOf } from './certificates.ts'
import { toldAsOurs } from './own.ts'
import { openSchema, schemaVerdict } from './schema.ts'

const now = Date.parse('2026-11-23T10:15:00+07:00')
const authority = newAuthority()
const identity = issue({ subject: 'every office', key: newKey(), issuer: authority })
const trust = trustOf(authority, Object.fromEntries(offices.map(({ id }) => [id, [identity]])))
const schema = openSchema()
t.teardown(() => schema.dispose())

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
const instants = fc.integer({ min: Date.UTC(1942, 0, 1), max: Date.UTC(2150, 0, 1) })
const provenances = fc.record(
  {
    system: fc.constantFrom('chiang-mai-eoffice', 'a&b <c> "d"'),
    format: fc.constantFrom('csv', 'e-cms'),
    sourceDigest: hex,
    profileVersion: hex,
    charset: fc.constant('windows-874'),
    datePrinted: fc.constantFrom('15 พ.ย.2550', '๑๕ พฤศจิกายน\r\n๒๕๕๑', ''),
    numberCompleted: fc.constant(true),
  },
  { requiredKeys: ['system', 'format', 'sourceDigest'], noNullPrototype: true },
)
const envelopes: fc.Arbitrary<Envelope> = fc
  .tuple(
    messageIds(),
    instants,
    fc.option(provenances, { nil: undefined }),
    fc.oneof(
      letters({ attachments: 4 }).map((letter) => ({ content: 'letter' as const, letter })),
      notices().map((notice) => ({ content: 'notice' as const, notice })),
    ),
  )
  .map(([messageId, createdAt, provenance, said]) => ({
    messageId,
    createdAt,
    ...(provenance !== undefined && { provenance }),
    ...said,
  }))

const senderOf = (envelope: Envelope) =>
  envelope.content === 'letter' ? envelope.letter.from.office : envelope.notice.from
const sealed = (envelope: Envelope) => seal(envelope, signerOf(senderOf(envelope), identity), now)
const example = sealed({
  messageId: 'urn:uuid:01890000-0000-7000-8000-000000000000',
  createdAt: now,
  content: 'letter',
  letter: fixedLetter({ extension: [{ name: 'หมายเหตุ', value: 'ก & ข' }] }),
})

/** The first code, or `ok`. */
const outcome = (result: Result<unknown>): string => (result.ok ? 'ok' : result.problems[0].code)

t.test('what is written is canonical, valid, and reads back the same', (t) => {
  fc.assert(
    fc.property(envelopes, (envelope) => {
      const bytes = writeEnvelope(envelope)
      assert.deepStrictEqual(writeEnvelope(envelope), bytes, 'deterministic')
      const document = XmlDocument.fromBuffer(bytes)
      const canonical = document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 })
      document.dispose()
      if (bytes.length < 30_000) assert.equal(canonical, bytes.toString('utf8'))
      const root = scan(bytes.toString('utf8'))
      assert.ok(isCanonical(root))
      assert.deepStrictEqual(readContent({ content: root, valid: false }), envelope)
    }),
    { numRuns: 150 },
  )
  t.end()
})

t.test('what is sealed verifies in both ways, is valid, and reopens', async () => {
  await fc.assert(
    fc.asyncProperty(envelopes, async (envelope) => {
      const { bytes, digest } = sealed(envelope)
      assert.deepStrictEqual(await sealAsync(envelope, signerOf(senderOf(envelope), identity), now), {
        bytes,
        digest,
      })
      assert.equal(schemaVerdict(schema, bytes), '')
      assert.ok(toldAsOurs(bytes))
      for (const way of ['slices', 'canonicalised'] as const) {
        const verified = mustBe(verifyEnvelope(bytes, trust, now, { way }))
        assert.ok(VerifiedEnvelope.is(verified))
        assert.deepStrictEqual(verified.envelope, envelope)
        assert.equal(verified.digest, digest)
        assert.equal(verified.way, way)
      }
      assert.deepStrictEqual(mustBe(reopenEnvelope(bytes, digest)), envelope)
      assert.equal(outcome(reopenEnvelope(bytes, '0'.repeat(64))), 'envelope.digest.other')
    }),
    { numRuns: 60 },
  )
})

/** Pieces that break something, put in at random. */
const pieces = fc.constantFrom(
  ...[
    '&',
    '<',
    '>',
    '"',
    "'",
    ' ',
    '\n',
    '\t',
    '\r',
    ']]>',
    '&amp;',
    '&#xD;',
    '&#13;',
    '&gt;',
    '&quot;',
    '\u0000',
  ],
  ...[
    '\ufffe',
    '\u0e01',
    '<!---->',
    '<a/>',
    '<a></a>',
    ' a="b"',
    ' xmlns:a="urn:a"',
    ' xmlns="urn:b"',
    'x:',
    '=',
    '/',
  ],
  ...[
    '<env:OfficeID>51</env:OfficeID>',
    '<?a?>',
    '<![CDATA[a]]>',
    '-',
    '0',
    'A',
    '\u{1f600}',
    ' xml:lang="th"',
    ' ',
  ],
)
interface Break {
  readonly at: number
  readonly cut: number
  readonly put: string
}
const breaks: fc.Arbitrary<readonly Break[]> = fc.array(
  fc.record({ at: fc.nat(), cut: fc.constantFrom(0, 0, 1, 1, 2, 7), put: fc.oneof(fc.constant(''), pieces) }),
  { minLength: 1, maxLength: 3 },
)
function broken(text: string, changes: readonly Break[]): string {
  let changed = text
  for (const { at, cut, put } of changes) {
    const offset = at % (changed.length + 1)
    changed = changed.slice(0, offset) + put + changed.slice(offset + cut)
  }
  return changed
}

t.test('a changed envelope is refused, or was changed only where nothing is signed; both ways agree', (t) => {
  const original = example.bytes.toString('utf8')
  const content = mustBe(verifyEnvelope(example.bytes, trust, now)).envelope
  fc.assert(
    fc.property(breaks, (changes) => {
      const bytes = Buffer.from(broken(original, changes))
      toldAsOurs(bytes)
      const either = verifyEnvelope(bytes, trust, now)
      const slow = verifyEnvelope(bytes, trust, now, { way: 'canonicalised' })
      assert.equal(outcome(either), outcome(slow))
      const fast = outcome(verifyEnvelope(bytes, trust, now, { way: 'slices' }))
      if (fast !== 'envelope.canonical.needed') assert.equal(fast, outcome(slow))
      if (!either.ok) return
      assert.equal(either.value.digest, example.digest)
      assert.deepStrictEqual(either.value.envelope, content)
    }),
    { numRuns: 1500 },
  )
  t.end()
})

t.test('what the scanner accepts libxml2 reads too, and they agree on what is canonical', (t) => {
  const text = writeEnvelope(mustBe(reopenEnvelope(example.bytes, example.digest))).toString('utf8')
  let accepted = 0
  let canonical = 0
  fc.assert(
    fc.property(breaks, (changes) => {
      const changed = broken(text, changes)
      // Lone surrogates cannot come from bytes.
      const source = Buffer.from(changed).toString('utf8')
      const read = refusable(() => good(scan(source)))
      if (!read.ok) return
      const root = read.value
      accepted++
      const document = XmlDocument.fromString(source)
      const pieces: Buffer[] = []
      document.canonicalize(
        { write: (piece) => pieces.push(Buffer.from(piece)) && piece.byteLength, close: () => true },
        { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 },
      )
      document.dispose()
      const form = Buffer.concat(pieces).toString('utf8')
      if (isCanonical(root)) {
        canonical++
        assert.equal(form, source.slice(root.start, root.end))
      } else if (!source.includes('xml:') && !source.includes(' x:'))
        assert.notEqual(form, source.slice(root.start, root.end), 'nothing canonical is called uncanonical')
    }),
    { numRuns: 3000 },
  )
  t.ok(accepted > 200 && canonical > 50, `${accepted} accepted, ${canonical} canonical`)
  t.end()
})

t.test('our schema and the published one come to one verdict', (t) => {
  const names = [
    'env:OfficeID',
    'env:Kind',
    'env:Field',
    'ram:ID',
    'env:RelatesTo',
    'env:Notice',
    'env:Reason',
  ]
  const values = fc.constantFrom(
    '',
    ' ',
    '51',
    'true',
    'x',
    '2026-02-31',
    '2026-13-01',
    '004',
    '005',
    '\n',
    '๕',
  )
  const documents = [
    ...[example, sealed({ ...fixedNotice(), createdAt: now })].map(({ bytes }) => bytes.toString('utf8')),
  ]
  // Three kinds of change to well-formed documents: an element taken out or written twice, a value, an attribute.
  const change = fc.record({
    document: fc.constantFrom(...documents),
    pick: fc.nat(),
    kind: fc.constantFrom('out', 'twice', 'value', 'attribute', 'insert', 'space'),
    value: values,
    name: fc.constantFrom(...names),
  })
  let valid = 0
  let invalid = 0
  let ours = 0
  fc.assert(
    fc.property(change, ({ document, pick, kind, value, name }) => {
      const elements = allElements(scan(document))
      const { start, inside, end, children } = elements[pick % elements.length]!
      const slice = document.slice(start, end)
      const open = document.slice(start, inside)
      const changed =
        kind === 'out'
          ? document.slice(0, start) + document.slice(end)
          : kind === 'twice'
            ? document.slice(0, end) + slice + document.slice(end)
            : kind === 'value' && children.length === 0
              ? document.slice(0, inside) + value + document.slice(document.lastIndexOf('<', end - 1))
              : kind === 'attribute'
                ? `${document.slice(0, start)}${open.includes('"') ? open.replace(/"[^"]*">$/, `"${value}">`) : open.replace('>', ` Name="${value}">`)}${document.slice(inside)}`
                : kind === 'insert'
                  ? `${document.slice(0, inside)}<${name}${name.startsWith('ram') ? ' xmlns:ram="urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1"' : ''}>${value}</${name}>${document.slice(inside)}`
                  : `${document.slice(0, inside)}\n ${document.slice(inside)}`
      const read = refusable(() => good(scan(changed)))
      if (!read.ok) return
      const root = read.value
      const last = root.children[root.children.length - 1]
      if (last?.name !== 'Signature') return
      if (toldAsOurs(Buffer.from(changed))) ours++
      const verdict = schemaVerdict(schema, Buffer.from(changed))
      const faults = schemaFaults(root.withoutLast())
      if (verdict === '') valid++
      else invalid++
      assert.equal(faults.length === 0, verdict === '', `${verdict} ${JSON.stringify(faults)}`)
    }),
    { numRuns: 2000 },
  )
  t.ok(valid > 100 && invalid > 300, `${valid} valid, ${invalid} invalid`)
  t.ok(ours > 50 && ours <= valid, `${ours} told as ours`)
  t.end()
})

/** All elements of the content, the Signature's left out. */
function allElements(root: ScannedElement): readonly ScannedElement[] {
  const found: ScannedElement[] = []
  const visit = (element: ScannedElement): void => {
    if (element.name === 'Signature') return
    found.push(element)
    element.children.forEach(visit)
  }
  visit(root)
  return found.slice(1)
}

function fixedNotice(): Extract<Envelope, { content: 'notice' }> {
  const [notice] = fc.sample(
    notices().filter(({ kind }) => kind === 'accept'),
    { numRuns: 1, seed: 1 },
  )
  return {
    messageId: 'urn:uuid:01890000-0000-7000-8000-000000000001',
    createdAt: now,
    content: 'notice',
    notice: notice!,
  }
}
