// What no file of the vectors can show: documents too large to keep, what seals and what does not, and who may make a
// VerifiedEnvelope.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { ParseOption, XmlDocument, xmlRegisterInputProvider } from 'libxml2-wasm'
import t from 'tap'
import { decodeBase64, readBase64 } from '../../src/envelope/base64.ts'
import { bounds } from '../../src/envelope/bounds.ts'
import { readDer } from '../../src/envelope/der.ts'
import type { Envelope } from '../../src/envelope/envelope.ts'
import { seal, sealAsync } from '../../src/envelope/seal.ts'
import { reopenEnvelope, VerifiedEnvelope, verifyEnvelope } from '../../src/envelope/verify.ts'
import { writeEnvelope } from '../../src/envelope/write.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { limits } from '../../src/letter/limits.ts'
import { offices } from '../../src/letter/offices.ts'
import { fixedLetter, mustBe, office } from '../letter/arbitrary.ts'
import { issue, newAuthority, newKey, signerOf, trustOf } from './certificates.ts'
import { toldAsOurs } from './own.ts'

const now = Date.parse('2026-11-23T10:15:00+07:00')
const authority = newAuthority()
const identity = issue({ subject: 'office 50', key: newKey(), issuer: authority })
const trust = trustOf(authority, { '50': [identity] })
const signer = signerOf('50', identity)
const envelopeOf = (letter: Letter): Envelope => ({
  messageId: 'urn:uuid:01890000-0000-7000-8000-000000000000',
  createdAt: now,
  content: 'letter',
  letter,
})
const sealed = seal(envelopeOf(fixedLetter()), signer, now)
const good = sealed.bytes.toString('utf8')
const code = (bytes: Buffer | string): string => {
  const judged = verifyEnvelope(Buffer.from(bytes), trust, now)
  return judged.ok ? 'ok' : judged.problems[0].code
}

t.test('X2, X7: what is too large is refused before it costs', (t) => {
  const inText = (text: string): string => good.replace('>50<', () => `>${text}<`)
  const inTag = (text: string): string => good.replace('<env:Header>', () => `<env:Header ${text}>`)
  const cases: readonly (readonly [string, string | Buffer, string])[] = [
    ['depth 100 000', inText('<a>'.repeat(100_000)), 'envelope.depth.too-deep'],
    [
      'a million attributes',
      inTag(Array.from({ length: 1_000_000 }, (_, n) => `a${n}=""`).join(' ')),
      'envelope.document.too-large',
    ],
    [
      '300 000 attributes',
      inTag(Array.from({ length: 300_000 }, (_, n) => `a${n}=""`).join(' ')),
      'envelope.attributes.too-many',
    ],
    ['a million siblings', inText('<a/>'.repeat(1_000_000)), 'envelope.elements.too-many'],
    ['names of 10 MB', inText(`<${'a'.repeat(10_000_000)}/>`), 'envelope.document.too-large'],
    ['a name of 4 MB', inText(`<${'a'.repeat(4_000_000)}></a>`), 'envelope.name.too-long'],
    ['a value of 4 MB', inText('a'.repeat(4_000_000)), 'envelope.value.too-long'],
    ['an attribute of 4 MB', inTag(`a="${'a'.repeat(4_000_000)}"`), 'envelope.value.too-long'],
    ['a million references', inText('&#65;'.repeat(800_000)), 'envelope.value.too-long'],
    ['references over many lines', inText('&#10;\n'.repeat(600_000)), 'envelope.value.too-long'],
    ['ampersands', inText('&'.repeat(4_000_000)), 'envelope.xml.malformed'],
    ['a quote that stays open', inTag(`a='${'<a b="'.repeat(600_000)}`), 'envelope.xml.malformed'],
    ['white space, which no canonical form has', inTag(' '.repeat(4_000_000)), 'ok'],
    ['tags that stay open', good + '<'.repeat(4_000_000), 'envelope.xml.malformed'],
    [
      'a long declaration',
      `<?xml version="1.0"${' '.repeat(4_000_000)}?>${good}`,
      'envelope.instruction.present',
    ],
    ['texts between a million tags', inText('<a></a>b'.repeat(19_000)), 'envelope.namespace.unknown'],
    [
      'namespaces',
      inTag(Array.from({ length: 15 }, (_, n) => `xmlns:a${n}="urn:${'a'.repeat(300)}"`).join(' ')),
      'envelope.namespace.malformed',
    ],
  ]
  for (const [title, bytes, expected] of cases) {
    const start = process.cpuUsage()
    const found = code(bytes)
    t.equal(found, expected, title)
    // Far above what any of them takes: only a cost that grows with the square would be seen here.
    t.ok(process.cpuUsage(start).user < 5_000_000, `${title}: in bounded time`)
  }
  t.end()
})

t.test('an envelope of ours is told as one only where it stands exactly as written', (t) => {
  const bytes = Buffer.from(good)
  t.ok(toldAsOurs(bytes))
  let told = 0
  for (let at = 0; at < bytes.length; at++)
    for (const changed of [38 /* & */, 9, 11, 13, 32, 62, 65]) {
      if (bytes[at] === changed) continue
      const broken = Buffer.from(bytes)
      broken[at] = changed
      const ours = toldAsOurs(broken)
      if (ours) told++
      assert.ok(changed !== 38 || !ours, `an ampersand at ${at} is not seen`)
    }
  t.ok(told > 1000, `${told} with another value are ours too, and read alike`)
  t.end()
})

t.test('an envelope of ours has as many elements as any other', (t) => {
  const field = '<env:Field Name="ช่อง">ก</env:Field>'
  const count = good.split('</').length - 1
  const holding = (fields: number) =>
    Buffer.from(good.replace('<env:Extension>', `<env:Extension>${field.repeat(fields)}`))
  t.ok(toldAsOurs(holding(bounds.elements - count)))
  t.notOk(toldAsOurs(holding(bounds.elements - count + 1)))
  t.equal(code(holding(bounds.elements - count + 1)), 'envelope.elements.too-many')
  t.end()
})

t.test('base64 has one spelling, whatever lines it is in', (t) => {
  const decoded = (text: string) => {
    const written = Buffer.from(`<${text}<`)
    return decodeBase64(written, 1, written.length - 1)
  }
  const text = fc.string({ unit: fc.constantFrom(...'AQgw/+=-_ \n\u0e01') })
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
      const spelled = Buffer.from(bytes).toString('base64')
      assert.deepEqual(decoded(spelled), Buffer.from(bytes))
      assert.deepEqual(readBase64(spelled.replace(/(.{7})/g, '$1\r\n\t '), ''), Buffer.from(bytes))
    }),
  )
  fc.assert(
    fc.property(text, (text) => {
      const bytes = Buffer.from(text, 'base64')
      const right = text !== '' && bytes.toString('base64') === text
      assert.deepEqual(decoded(text), right ? bytes : undefined)
    }),
    { numRuns: 3000 },
  )
  t.end()
})

t.test('the largest letter fits', (t) => {
  const long = 'ก&'
  const letter = fixedLetter({
    subject: long.repeat(limits.subject / 2),
    description: '𠮷'.repeat(limits.description),
    enclosureNote: long.repeat(limits.enclosureNote / 2),
    circular: true,
    to: {
      offices: [office('moi'), ...offices.map(({ id }) => id).filter((id) => id !== '50' && id !== 'moi')],
    },
    references: Array.from({ length: limits.references }, () => ({
      number: '&'.repeat(limits.number),
      subject: long.repeat(limits.subject / 2),
    })),
    extension: Array.from({ length: 20 }, (_, n) => ({ name: `${n}`, value: '&'.repeat(9_900) })),
    attachments: Array.from({ length: limits.attachments }, (_, n) => ({
      ...fixedLetter().attachments[0]!,
      name: `${n}${'"'.repeat(240)}.pdf`,
      role: 'enclosure' as const,
    })),
  })
  const { bytes, digest } = seal(envelopeOf(letter), signer, now)
  t.ok(bytes.length > 1_000_000 && bytes.length < 4 * 1024 * 1024, `${bytes.length} bytes`)
  t.same(mustBe(verifyEnvelope(bytes, trust, now)).envelope, envelopeOf(letter))
  t.same(mustBe(reopenEnvelope(bytes, digest)), envelopeOf(letter))
  t.end()
})

const issueFor = (kind: 'rsa-1024' | 'rsa-e3' | 'p521' | 'ed25519') => ({ ...identity, key: newKey(kind) })

t.test('sealing refuses what does not fit together', async (t) => {
  const envelope = envelopeOf(fixedLetter())
  t.throws(() => seal(envelope, signerOf('51', identity), now), /office 51 cannot seal for office 50/)
  t.throws(() => seal(envelope, { ...signer, key: newKey() }, now), /not that of the private key/)
  for (const kind of ['rsa-1024', 'rsa-e3', 'p521', 'ed25519'] as const)
    t.throws(() => seal(envelope, signerOf('50', issueFor(kind)), now), /cannot seal/, kind)
  await t.rejects(sealAsync(envelope, signerOf('51', identity), now), /office 51/)
  const letter = { ...fixedLetter(), subject: 'a\u0000b' }
  t.throws(() => writeEnvelope(envelopeOf(letter)), /U\+0000/, 'X3: what XML cannot hold is not written')
  t.throws(() => writeEnvelope(envelopeOf({ ...letter, subject: '\ud800' })), /U\+d800/)
})

t.test(
  'two sealings of one envelope give the same bytes; the digest does not know the signature',
  async (t) => {
    const envelope = envelopeOf(fixedLetter())
    t.same(seal(envelope, signer, now), await sealAsync(envelope, signer, now))
    const later = seal(envelope, signer, now + 1000)
    t.not(later.bytes, sealed.bytes)
    t.equal(later.digest, sealed.digest)
  },
)

t.test('nothing else makes a VerifiedEnvelope', (t) => {
  const verified = mustBe(verifyEnvelope(sealed.bytes, trust, now))
  t.ok(VerifiedEnvelope.is(verified))
  t.notOk(VerifiedEnvelope.is({ ...verified }))
  t.notOk(VerifiedEnvelope.is(Object.create(VerifiedEnvelope.prototype)))
  t.notOk(VerifiedEnvelope.is(undefined))
  const Impostor = Object.getPrototypeOf(verified).constructor
  t.throws(() => new Impostor(Symbol('judged'), { ...verified }), TypeError)
  t.end()
})

t.test('an authority that is none is refused, whatever it issued', (t) => {
  const leaf = { authority: identity.certificate, certificatesOf: () => [identity.certificate] }
  const judged = verifyEnvelope(sealed.bytes, leaf, now)
  assert.ok(!judged.ok)
  t.equal(judged.problems[0].code, 'envelope.authority.unfit')
  // A change of the authority is not answered from what was known under the other.
  t.ok(verifyEnvelope(sealed.bytes, trust, now).ok)
  t.notOk(verifyEnvelope(sealed.bytes, { ...trust, authority: newAuthority().certificate }, now).ok)
  t.end()
})

t.test('X4: no schema, DTD or schemaLocation of a document is ever fetched', (t) => {
  const asked: string[] = []
  const closed = { read: () => -1, close: () => true, open: () => undefined }
  const match = (name: string): boolean => asked.push(name) > 0
  t.ok(xmlRegisterInputProvider({ ...closed, match }))
  const folder = new URL('./vectors/', import.meta.url)
  const names = readdirSync(folder).filter((name) => /^(?:x0[14]|s04)-/.test(name))
  t.ok(names.length > 6)
  for (const name of names) {
    const file = readFileSync(new URL(name, folder))
    const bytes = file.subarray(file.indexOf('---\n') + 4)
    for (const way of ['slices', 'canonicalised'] as const) verifyEnvelope(bytes, trust, now, { way })
  }
  t.same(asked, [])
  // The same listener hears of a fetch, if one is made.
  const including = '<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="b"/></a>'
  t.throws(() => XmlDocument.fromString(including, { option: ParseOption.XML_PARSE_XINCLUDE }))
  t.ok(asked.length > 0)
  t.end()
})

t.test('S17: DER with lengths that lie', (t) => {
  for (const hex of [
    '30',
    '3081',
    '308000',
    '30810100',
    '3082000100',
    '3084ffffffff',
    '1f0100',
    '300100ff',
    '30 05 00'.replaceAll(' ', ''),
  ])
    t.equal(readDer(Buffer.from(hex, 'hex')), undefined, hex)
  t.equal(readDer(Buffer.from('0500'.repeat(65), 'hex')), undefined, 'too many')
  t.same(readDer(Buffer.from('30020500', 'hex')), [{ tag: 0x30, content: Buffer.from('0500', 'hex') }])
  t.end()
})
