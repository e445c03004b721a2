// `npx tsx test/envelope/make-vectors.ts` writes test/envelope/vectors/*.txt anew from the cases here. The files are
// what is tested: other implementations can use them without this program.
import { createHash, createHmac, sign } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { written } from '../../src/envelope/algorithms.ts'
import type { Envelope } from '../../src/envelope/envelope.ts'
import { seal } from '../../src/envelope/seal.ts'
import type { LetterDraft } from '../../src/letter/check.ts'
import { checkNotice } from '../../src/letter/check.ts'
import { fixedLetter, mustBe, office } from '../letter/arbitrary.ts'
import { signerOf } from './certificates.ts'
import { type Edits, forge, swap } from './forge.ts'
import { identityOf } from './vector-keys.ts'

const folder = new URL('./vectors/', import.meta.url)
const now = Date.parse('2026-11-23T10:15:00+07:00')

interface Case {
  readonly attack: string
  readonly expect: string
  readonly about: string
  readonly at: string
  readonly bytes: Buffer
}
const cases = new Map<string, Case>()

/** One vector. `expect` is a problem code or `ok`. */
function vector(
  name: string,
  attack: string,
  expect: string,
  about: string,
  text: string | Buffer,
  at = now,
): void {
  if (cases.has(name)) throw new Error(`two vectors are called ${name}`)
  cases.set(name, { attack, expect, about, at: new Date(at).toISOString(), bytes: Buffer.from(text) })
}

function sealedBy(name: string, fields: LetterDraft = {}, signingTime = now): string {
  const id = /^[0-9a-z]+/.exec(name)![0]
  const letter = fixedLetter({
    ...fields,
    from: { office: office(id) },
    to: { offices: [office(id === 'moi' ? '50' : 'moi')] },
    ...(fields.to && { to: fields.to }),
  })
  const envelope: Envelope = {
    messageId: 'urn:uuid:01890000-0000-7000-8000-000000000000',
    createdAt: now,
    content: 'letter',
    letter,
  }
  return seal(envelope, signerOf(id, identityOf(name)), signingTime).bytes.toString('utf8')
}

const good = sealedBy('50')
const me = identityOf('50')
const stranger = identityOf('50-stranger')
const forged = (edits: Edits, text = good): string => forge(text, me, edits)
const rootEnd = '</env:Envelope>'
const openRoot = good.slice(0, good.indexOf('<env:Header>'))
const signature = good.slice(good.indexOf('<ds:Signature '), -rootEnd.length)
const content = good.slice(openRoot.length, good.indexOf('<ds:Signature '))
const evil = swap(swap(content, 'การเชื่อมโยง', 'โอนเงิน'), ' ID="Letter"', ' ID="Other"')
const canonical = `Algorithm="${written.canonicalisation}"`
const inSignature = (from: string | RegExp, to: string) =>
  forged({ signature: (text) => swap(text, from, to) })
const inInfo = (from: string | RegExp, to: string) => forged({ info: (text) => swap(text, from, to) })
const inProperties = (from: string | RegExp, to: string) =>
  forged({ properties: (text) => swap(text, from, to) })
const inContent = (from: string | RegExp, to: string) => forged({ document: (text) => swap(text, from, to) })
const after = (from: string | RegExp, to: string) => swap(good, from, to)

// ── Good ones ───────────────────────────────────────────────────────────────────────────────────────────────────
vector('ok-letter', '-', 'ok', 'as sealed here', good)
vector(
  'ok-circular',
  '-',
  'ok',
  'several recipients, references, an extension',
  sealedBy('50', {
    circular: true,
    to: { offices: [office('51'), office('52'), office('moi')] },
    references: [{ number: 'มท 0210.3/ว 3893', subject: 'เดิม & <ใหม่>\r\n"' }],
    extension: [{ name: 'a "b" <&>', value: ' ก\r\nข ' }],
  }),
)
vector('ok-rotated', '-', 'ok', 'signed with the older of two registered certificates', sealedBy('50-older'))
vector('ok-p256', '-', 'ok', 'ECDSA P-256 with SHA-256', sealedBy('51-p256'))
vector('ok-p384', '-', 'ok', 'ECDSA P-384 with SHA-384', sealedBy('52-p384'))
vector('ok-rsa3072', '-', 'ok', 'RSA-3072', sealedBy('64-rsa3072'))
vector(
  'ok-declaration',
  '-',
  'ok',
  'with an XML declaration and white space around the root',
  `<?xml version='1.0' encoding="utf-8" standalone='yes'?>\r\n ${good}\n`,
)
vector(
  'ok-wrapped-base64',
  '-',
  'ok',
  'SignatureValue in lines',
  inSignature(/(SignatureValue>[^<]{60})/, `${/SignatureValue>[^<]{60}/.exec(good)![0]}\r\n\t &#xD;`),
)
vector('ok-no-key-info', '-', 'ok', 'without KeyInfo', inSignature(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, ''))
vector(
  'ok-foreign-key-info',
  '-',
  'ok',
  'KeyInfo is never used, whatever it holds',
  inSignature(
    /<ds:KeyInfo>.*<\/ds:KeyInfo>/,
    '<ds:KeyInfo xml:lang="th"><dsig11:ECKeyValue xmlns:dsig11="http://www.w3.org/2009/xmldsig11#" dsig11:Id="x">?</dsig11:ECKeyValue></ds:KeyInfo>',
  ),
)
vector(
  'ok-time-stamp',
  '-',
  'ok',
  'a time stamp added later',
  inSignature(
    '</xades:QualifyingProperties>',
    '<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>MA==</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties>',
  ),
)
vector(
  'ok-indented',
  '-',
  'ok',
  'indented, empty elements, single quotes',
  forged({
    document: (text) =>
      text
        .replace(/></g, '>\n  <')
        .replace(/<([\w:]+)([^<>]*)>\s*<\/\1>/g, '<$1$2/>')
        .replace(/"/g, "'"),
  }),
)
vector(
  'ok-other-prefixes',
  '-',
  'ok',
  'other prefixes, and none',
  forged({
    document: (text) =>
      text
        .replace(/env:/g, '')
        .replace('xmlns:env', 'xmlns')
        .replaceAll('ds:', 'sig:')
        .replaceAll('xmlns:ds', 'xmlns:sig'),
  }),
)
for (const [name, uri] of [
  ['inclusive', 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'],
  ['inclusive-1.1', 'http://www.w3.org/2006/12/xml-c14n11'],
] as const)
  vector(
    `ok-${name}`,
    '-',
    'ok',
    `${name} canonicalisation`,
    forged({
      canonicalisation: name,
      document: (text) =>
        swap(
          text.replaceAll(written.canonicalisation, uri),
          ' Version',
          ' xmlns:unused="urn:unused" Version',
        ),
    }),
  )
vector(
  'ok-no-canonicalisation',
  '-',
  'ok',
  'no canonicalisation transform means inclusive',
  forged({
    canonicalisation: 'inclusive',
    document: (text) =>
      swap(
        swap(
          text.replaceAll(`<ds:Transform ${canonical}></ds:Transform>`, ''),
          '<ds:Transforms></ds:Transforms>',
          '',
        ),
        `CanonicalizationMethod ${canonical}`,
        'CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
      ),
  }),
)
vector(
  'ok-rsa-sha512',
  '-',
  'ok',
  'RSA-SHA512 with SHA-512 digests',
  forged({
    hash: 'sha512',
    digest: 'sha512',
    document: (text) =>
      text.replace(/(<ds:SignedInfo.*<\/ds:SignedInfo>)/, (info) =>
        info
          .replaceAll(written.digest, 'http://www.w3.org/2001/04/xmlenc#sha512')
          .replace('rsa-sha256', 'rsa-sha512'),
      ),
  }),
)
vector(
  'ok-certificate-v1',
  '-',
  'ok',
  'SigningCertificate of XAdES 1.3.2',
  inProperties(
    /<xades:SigningCertificateV2>(.*)<\/xades:Cert><\/xades:SigningCertificateV2>/,
    `<xades:SigningCertificate>${/V2>(.*)<\/xades:Cert><\/xades:SigningCertificateV2>/.exec(good)![1]}<xades:IssuerSerial><ds:X509IssuerName xmlns:ds="http://www.w3.org/2000/09/xmldsig#">CN=x</ds:X509IssuerName></xades:IssuerSerial></xades:Cert></xades:SigningCertificate>`,
  ),
)
vector(
  'ok-at-earlier',
  'S18',
  'ok',
  'an expired certificate, judged for an auditor at the time of receipt',
  sealedBy('53-expired', {}, Date.UTC(2020, 5, 1)),
  Date.UTC(2020, 5, 1),
)
vector('ok-clock-skew', 'S18', 'ok', 'SigningTime 5 minutes ahead', sealedBy('50', {}, now + 300_000))
const accept = mustBe(
  checkNotice({
    kind: 'accept',
    from: office('moi'),
    to: office('50'),
    about: {
      messageId: 'urn:uuid:01890000-0000-7000-8000-000000000000',
      digest: createHash('sha256').update('x').digest('hex'),
      number: 'ชม 0017.1/492',
      date: fixedLetter().date,
      subject: 'เรื่อง',
    },
    at: now,
    reason: '',
    receiveNumber: '๑๒๓',
  }),
)
const notice = seal(
  {
    messageId: 'urn:uuid:01890000-0000-7000-8000-000000000001',
    createdAt: now,
    content: 'notice',
    notice: accept,
  },
  signerOf('moi', identityOf('moi')),
  now,
).bytes.toString('utf8')
vector('ok-notice', '-', 'ok', 'an accept notice of the ministry', notice)

vector(
  'ok-unused-namespace',
  '-',
  'ok',
  'canonical but for a namespace that nothing uses',
  inContent(' Version', ' xmlns:unused="urn:unused" Version'),
)
vector(
  'ok-namespace-again',
  '-',
  'ok',
  'canonical but for a namespace declared twice',
  inContent('<env:Header>', '<env:Header xmlns:env="urn:th:go:moi:saraban:envelope:1">'),
)
vector(
  'ok-namespace-early',
  '-',
  'ok',
  'canonical but for a namespace declared before its use',
  inContent(' Version', ' xmlns:rsm="urn:th:gov:egif:data:standard:GovernmentDocument:1.0" Version'),
)
// ── S1: wrapping ────────────────────────────────────────────────────────────────────────────────────────────────
vector(
  's01-original-in-object',
  'S1',
  'envelope.signature.unexpected',
  'another letter; the signed one inside ds:Object',
  `${openRoot}${evil}${swap(signature, '</ds:Object>', `${openRoot}${content}${rootEnd}</ds:Object>`)}${rootEnd}`,
)
vector(
  's01-original-in-second-object',
  'S1',
  'envelope.signature.unexpected',
  'another letter; the signed one in a second ds:Object',
  `${openRoot}${evil}${swap(signature, '</ds:Signature>', `<ds:Object>${openRoot}${content}${rootEnd}</ds:Object></ds:Signature>`)}${rootEnd}`,
)
vector(
  's01-new-root',
  'S1',
  'envelope.signature.misplaced',
  'the signed envelope whole inside another',
  `${openRoot}${evil}${good}${rootEnd}`,
)
vector(
  's01-original-in-extension',
  'S1',
  'envelope.digest.wrong',
  'the signed content inside the extension of another letter',
  `${openRoot}${swap(evil, '<env:Extension>', `<env:Extension><env:Field Name="a">${openRoot}${content}${rootEnd}</env:Field>`)}${signature}${rootEnd}`,
)
vector(
  's01-original-in-key-info',
  'S1',
  'envelope.digest.wrong',
  'another letter; the signed one inside KeyInfo',
  `${openRoot}${evil}${swap(signature, '<ds:KeyInfo>', `<ds:KeyInfo>${openRoot}${content}${rootEnd}`)}${rootEnd}`,
)
vector(
  's01-original-in-time-stamp',
  'S1',
  'envelope.digest.wrong',
  'another letter; the signed one inside a time stamp',
  `${openRoot}${evil}${swap(signature, '</xades:QualifyingProperties>', `<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp>${openRoot}${content}${rootEnd}</xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties>`)}${rootEnd}`,
)
vector(
  's01-signature-first',
  'S1',
  'envelope.signature.misplaced',
  'the signature as first child',
  `${openRoot}${signature}${content}${rootEnd}`,
)
vector(
  's01-signature-in-header',
  'S1',
  'envelope.signature.misplaced',
  'the signature inside Header',
  `${openRoot}${swap(content, '</env:Header>', `${signature}</env:Header>`)}${rootEnd}`,
)
vector(
  's01-signature-as-root',
  'S1',
  'envelope.root.unknown',
  'the signature around the envelope',
  swap(signature, '</ds:Object>', `${openRoot}${content}${rootEnd}</ds:Object>`),
)
vector(
  's01-signature-beside',
  'S1',
  'envelope.xml.malformed',
  'the signature behind the root',
  `${openRoot}${content}${rootEnd}${signature}`,
)
vector(
  's01-letter-copied',
  'S1',
  'envelope.digest.wrong',
  'a second letter before the signed one',
  `${openRoot}${swap(content, '<rsm:', `${/<rsm:.*<\/rsm:GovernmentDocument>/.exec(evil)![0]}<rsm:`)}${signature}${rootEnd}`,
)
vector(
  's01-behind-signature',
  'S1',
  'envelope.signature.misplaced',
  'a notice added behind the signature',
  after(rootEnd, `<env:Notice></env:Notice>${rootEnd}`),
)
vector(
  's01-text-behind-signature',
  'S1',
  'envelope.digest.wrong',
  'text added behind the signature',
  after(rootEnd, `x${rootEnd}`),
)
vector(
  's01-changed',
  'S1',
  'envelope.digest.wrong',
  'one word changed',
  `${openRoot}${evil}${signature}${rootEnd}`,
)
// ── S2, S3 ──────────────────────────────────────────────────────────────────────────────────────────────────────
const info = /<ds:SignedInfo.*<\/ds:SignedInfo>/.exec(good)![0]
vector(
  's02-two-signed-info',
  'S2',
  'envelope.signature.unexpected',
  'two SignedInfo',
  after(info, info + info),
)
vector(
  's02-signed-info-last',
  'S2',
  'envelope.signature.unexpected',
  'a second SignedInfo at the end',
  after('</ds:Signature>', `${info}</ds:Signature>`),
)
vector(
  's02-nested-signed-info',
  'S2',
  'envelope.signature.unexpected',
  'SignedInfo inside SignedInfo',
  after('</ds:SignedInfo>', `${swap(info, ' Id="Document"', '')}</ds:SignedInfo>`),
)
vector(
  's02-two-signatures',
  'S2',
  'envelope.signature.several',
  'the signature twice',
  after(signature, signature + signature),
)
vector(
  's02-signature-hidden',
  'S2',
  'envelope.signature.several',
  'a second signature inside KeyInfo',
  after('<ds:KeyInfo>', `<ds:KeyInfo>${signature.replaceAll(/ Id="[^"]*"/g, '')}`),
)
vector(
  's02-other-prefix-signature',
  'S2',
  'envelope.signature.several',
  'a second signature under another prefix in the extension',
  inContent(
    '<env:Extension>',
    '<env:Extension><d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"></d:Signature>',
  ),
)
vector(
  's03-comment-in-digest',
  'S3',
  'envelope.comment.present',
  'a comment inside DigestValue',
  after('<ds:DigestValue>', '<ds:DigestValue><!--x-->'),
)
vector(
  's03-comment-in-signature',
  'S3',
  'envelope.comment.present',
  'a comment inside SignatureValue',
  after('<ds:SignatureValue>', '<ds:SignatureValue><!--x-->'),
)
vector(
  's03-element-in-digest',
  'S3',
  'envelope.signature.unexpected',
  'an element inside DigestValue',
  inInfo('<ds:DigestValue>', '<ds:DigestValue><ds:X></ds:X>'),
)
vector(
  's03-two-digests',
  'S3',
  'envelope.signature.unexpected',
  'a second DigestValue',
  inInfo('</ds:Reference>', '<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>'),
)
vector(
  's03-element-in-signature',
  'S3',
  'envelope.signature.unexpected',
  'an element inside SignatureValue',
  inSignature('<ds:SignatureValue>', '<ds:SignatureValue><ds:X></ds:X>'),
)
// ── S4 to S8 ────────────────────────────────────────────────────────────────────────────────────────────────────
vector('s04-doctype', 'S4', 'envelope.doctype.present', 'a DOCTYPE', `<!DOCTYPE x>${good}`)
vector(
  's04-default-attribute',
  'S4',
  'envelope.doctype.present',
  'a DOCTYPE with a default attribute',
  `<!DOCTYPE x [<!ATTLIST env:Envelope Id CDATA "Document">]>${good}`,
)
vector(
  's04-undeclared-prefix',
  'S4',
  'envelope.namespace.undeclared',
  'an undeclared prefix',
  after('<env:Header>', '<env:Header><x:y></x:y>'),
)
vector(
  's04-reserved-prefix',
  'S4',
  'envelope.namespace.reserved',
  'xmlns:xml bound to our namespace',
  after(' Version', ' xmlns:xml="urn:th:go:moi:saraban:envelope:1" Version'),
)
vector(
  's04-foreign-namespace',
  'S4',
  'envelope.namespace.unknown',
  'an element of another namespace',
  inContent('<env:Extension>', '<env:Extension><a xmlns="urn:a"></a>'),
)
vector(
  's05-relative-namespace',
  'S5',
  'envelope.namespace.malformed',
  'a relative namespace',
  inSignature('<ds:KeyInfo>', '<ds:KeyInfo xmlns:a="../a">'),
)
vector(
  's05-empty-digest',
  'S5',
  'envelope.digest.wrong',
  'the digest of nothing',
  inInfo(/<ds:DigestValue>[^<]*/, `<ds:DigestValue>${createHash('sha256').digest('base64')}`),
)
vector(
  's05-absent-digest',
  'S5',
  'envelope.base64.malformed',
  'an empty DigestValue',
  inInfo(/<ds:DigestValue>[^<]*/, '<ds:DigestValue>'),
)
vector(
  's06-id-in-capitals',
  'S6',
  'envelope.signature.unexpected',
  'ID instead of Id',
  inProperties(' Id=', ' ID='),
)
vector(
  's06-prefixed-id',
  'S6',
  'envelope.attribute.prefixed',
  'x:Id instead of Id',
  inProperties(' Id=', ' xmlns:x="urn:x" x:Id='),
)
vector(
  's06-rebound-ds',
  'S6',
  'envelope.signature.missing',
  'ds bound to another namespace',
  after('xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id', 'xmlns:ds="urn:ds" Id'),
)
vector(
  's06-rebound-inside',
  'S6',
  'envelope.signature.unexpected',
  'SignedInfo of another namespace',
  after('<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', '<ds:SignedInfo xmlns:ds="urn:ds"'),
)
vector(
  's06-prefixed-attribute',
  'S6',
  'envelope.attribute.prefixed',
  'a prefixed Id in the content',
  inContent('<env:Header>', '<env:Header xml:id="SignedProperties">'),
)
vector(
  's07-entity-in-id',
  'S7',
  'envelope.entity.unknown',
  'an entity in an Id',
  after('Id="SignedProperties"', 'Id="&Signed;Properties"'),
)
vector(
  's07-reference-in-id',
  'S7',
  'envelope.properties-digest.wrong',
  'another Id, spelled with references and signed around',
  forged({
    after: (text) =>
      swap(
        text,
        'Id="SignedProperties"><xades:SignedSig',
        'Id="&#83;ignedProperties"><xades:SigningTime></xades:SigningTime><xades:SignedSig',
      ),
  }),
)
vector(
  's08-id-twice',
  'S8',
  'envelope.id.twice',
  'the Id of the properties twice',
  inSignature('<ds:KeyInfo>', '<ds:KeyInfo Id="SignedProperties">'),
)
vector(
  's08-id-in-content',
  'S8',
  'envelope.id.twice',
  'the Id of the properties on a field, as ID',
  inContent('<env:Header>', '<env:Header ID="SignedProperties">'),
)
vector(
  's08-target-wrong',
  'S8',
  'envelope.signature.target-wrong',
  'properties of another signature',
  inSignature('Target="#Signature"', 'Target="#Other"'),
)
// ── S9 to S11: algorithms ───────────────────────────────────────────────────────────────────────────────────────
const publicKey = me.certificate.publicKey.export({ type: 'spki', format: 'pem' })
const method = (uri: string, rest: Edits = {}) =>
  forged({ ...rest, info: (text) => swap(text, written.signature.rsa, uri) })
vector(
  's09-hmac',
  'S9',
  'envelope.signature-algorithm.refused',
  'HMAC with the public key as secret',
  method('http://www.w3.org/2001/04/xmldsig-more#hmac-sha256', {
    value: (bytes) => createHmac('sha256', publicKey).update(bytes).digest(),
  }),
)
vector(
  's09-hmac-sha1',
  'S9',
  'envelope.signature-algorithm.refused',
  'HMAC-SHA1',
  method('http://www.w3.org/2000/09/xmldsig#hmac-sha1', {
    value: (bytes) => createHmac('sha1', publicKey).update(bytes).digest(),
  }),
)
vector(
  's09-truncated',
  'S9',
  'envelope.signature.unexpected',
  'HMACOutputLength',
  inInfo('</ds:SignatureMethod>', '<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>'),
)
const strangerDigest = createHash('sha256').update(stranger.certificate.raw).digest('base64')
const myDigest = createHash('sha256').update(me.certificate.raw).digest('base64')
const asStranger = (edits: Edits = {}) =>
  forge(good, stranger, {
    ...edits,
    document: (text) =>
      swap(text, me.certificate.raw.toString('base64'), stranger.certificate.raw.toString('base64')),
  })
vector(
  's10-own-certificate',
  'S10',
  'envelope.signer.unregistered',
  'signed with a certificate that is not registered, all consistent',
  asStranger({ properties: (text) => swap(text, myDigest, strangerDigest) }),
)
vector(
  's10-key-info-only',
  'S10',
  'envelope.signature.wrong',
  'the registered certificate is named, another key signed',
  asStranger(),
)
vector(
  's10-retrieval-method',
  'S10',
  'envelope.signature.wrong',
  'RetrievalMethod to another key',
  forge(good, stranger, {
    signature: (text) =>
      swap(
        text,
        /<ds:KeyInfo>.*<\/ds:KeyInfo>/,
        '<ds:KeyInfo><ds:RetrievalMethod URI="https://example.org/key"></ds:RetrievalMethod></ds:KeyInfo>',
      ),
  }),
)
vector(
  's10-key-info-reference',
  'S10',
  'envelope.signature.wrong',
  'KeyInfoReference to another key',
  forge(good, stranger, {
    signature: (text) =>
      swap(
        text,
        /<ds:KeyInfo>.*<\/ds:KeyInfo>/,
        '<ds:KeyInfo><k:KeyInfoReference xmlns:k="http://www.w3.org/2009/xmldsig11#" URI="#x"></k:KeyInfoReference></ds:KeyInfo>',
      ),
  }),
)
vector(
  's11-rsa-sha1',
  'S11',
  'envelope.signature-algorithm.refused',
  'RSA-SHA1',
  method('http://www.w3.org/2000/09/xmldsig#rsa-sha1', { hash: 'sha1' }),
)
vector(
  's11-dsa',
  'S11',
  'envelope.signature-algorithm.refused',
  'DSA',
  method('http://www.w3.org/2000/09/xmldsig#dsa-sha1'),
)
vector(
  's11-pss',
  'S11',
  'envelope.signature-algorithm.refused',
  'RSASSA-PSS',
  method('http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1'),
)
vector(
  's11-unknown',
  'S11',
  'envelope.signature-algorithm.refused',
  'an unknown algorithm',
  method('urn:none'),
)
vector(
  's11-absent',
  'S11',
  'envelope.algorithm.missing',
  'no algorithm',
  inInfo(` Algorithm="${written.signature.rsa}"`, ''),
)
vector(
  's11-digest-sha1',
  'S11',
  'envelope.digest-algorithm.refused',
  'SHA-1 digests',
  forged({
    digest: 'sha1',
    info: (text) => text.replaceAll(written.digest, 'http://www.w3.org/2000/09/xmldsig#sha1'),
  }),
)
vector(
  's11-digest-md5',
  'S11',
  'envelope.digest-algorithm.refused',
  'an MD5 digest',
  inInfo(written.digest, 'http://www.w3.org/2001/04/xmldsig-more#md5'),
)
vector(
  's11-digest-absent',
  'S11',
  'envelope.algorithm.missing',
  'no digest algorithm',
  inInfo(` Algorithm="${written.digest}"`, ''),
)
vector(
  's11-rsa-1024',
  'S11',
  'envelope.certificate.key-unfit',
  'an RSA key of 1024 bits',
  forgeAs('58-rsa1024'),
)
vector('s11-p521', 'S11', 'envelope.certificate.key-unfit', 'a P-521 key', forgeAs('65-p521'))
vector(
  's11-canonicalisation',
  'S11',
  'envelope.canonicalisation.refused',
  'exclusive canonicalisation with comments',
  inInfo('xml-exc-c14n#', 'xml-exc-c14n#WithComments'),
)
/** As `seal` would write it for a key that it refuses. */
function forgeAs(name: string): string {
  const id = name.slice(0, 2)
  const identity = identityOf(name)
  const digest = createHash('sha256').update(identity.certificate.raw).digest('base64')
  return forge(good, identity, {
    document: (text) => swap(text, '<env:OfficeID>50<', `<env:OfficeID>${id}<`),
    properties: (text) => swap(text, myDigest, digest),
  })
}
// ── S12: transforms and references ──────────────────────────────────────────────────────────────────────────────
const enveloped = 'Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"'
for (const [name, uri] of Object.entries({
  xslt: 'http://www.w3.org/TR/1999/REC-xslt-19991116',
  xpath: 'http://www.w3.org/TR/1999/REC-xpath-19991116',
  base64: 'http://www.w3.org/2000/09/xmldsig#base64',
  filter: 'http://www.w3.org/2002/06/xmldsig-filter2',
})) {
  vector(
    `s12-${name}`,
    'S12',
    'envelope.transform.refused',
    `a transform ${name} instead of a canonicalisation`,
    inInfo(`<ds:Transform ${canonical}`, `<ds:Transform Algorithm="${uri}"`),
  )
  vector(
    `s12-${name}-first`,
    'S12',
    'envelope.transform.refused',
    `a transform ${name} instead of enveloped-signature`,
    inInfo(enveloped, `Algorithm="${uri}"`),
  )
}
vector(
  's12-many-transforms',
  'S12',
  'envelope.transform.refused',
  'many transforms',
  inInfo(
    `<ds:Transform ${canonical}></ds:Transform>`,
    `<ds:Transform ${canonical}></ds:Transform>`.repeat(20),
  ),
)
vector(
  's12-no-enveloped',
  'S12',
  'envelope.transform.refused',
  'no enveloped-signature',
  inInfo(`<ds:Transform ${enveloped}></ds:Transform>`, ''),
)
vector(
  's12-prefix-list',
  'S12',
  'envelope.prefix-list.present',
  'a PrefixList',
  inInfo(
    `<ds:Transform ${canonical}>`,
    `<ds:Transform ${canonical}><ec:InclusiveNamespaces xmlns:ec="${written.canonicalisation}" PrefixList="env"></ec:InclusiveNamespaces>`,
  ),
)
vector(
  's12-xpointer',
  'S12',
  'envelope.reference.foreign',
  'an XPointer',
  inInfo('URI=""', 'URI="#xpointer(/)"'),
)
vector(
  's12-external',
  'S12',
  'envelope.reference.foreign',
  'an external URI',
  inInfo('URI=""', 'URI="file:///etc/passwd"'),
)
vector('s12-no-uri', 'S12', 'envelope.reference.foreign', 'no URI', inInfo(' URI=""', ''))
const firstReference = /<ds:Reference Id.*?<\/ds:Reference>/.exec(good)![0]
const secondReference = /<ds:Reference Type.*?<\/ds:Reference>/.exec(good)![0]
vector(
  's12-many-references',
  'S12',
  'envelope.reference.several',
  'ten references',
  inInfo('<ds:Reference ', `${'<ds:Reference></ds:Reference>'.repeat(8)}<ds:Reference `),
)
vector(
  's12-three-references',
  'S12',
  'envelope.reference.several',
  'a third reference',
  inInfo('</ds:SignedInfo>', `${secondReference}</ds:SignedInfo>`),
)
// ── S13 to S16 ──────────────────────────────────────────────────────────────────────────────────────────────────
vector(
  's13-comment-in-value',
  'S13',
  'envelope.comment.present',
  'a comment inside OfficeID',
  after('<env:OfficeID>50', '<env:OfficeID>50<!---->1'),
)
vector(
  's13-instruction-in-value',
  'S13',
  'envelope.instruction.present',
  'a processing instruction inside OfficeID',
  after('<env:OfficeID>50', '<env:OfficeID>50<?x?>'),
)
vector(
  's13-cdata-in-value',
  'S13',
  'envelope.cdata.present',
  'CDATA inside OfficeID',
  after('<env:OfficeID>50', '<env:OfficeID><![CDATA[50]]>'),
)
vector(
  's13-comment-behind',
  'S13',
  'envelope.comment.present',
  'a comment behind the root',
  `${good}<!-- -->`,
)
vector(
  's13-instruction-before',
  'S13',
  'envelope.instruction.present',
  'a processing instruction before the root',
  `<?xml-stylesheet href="x"?>${good}`,
)
vector(
  's14-no-signature',
  'S14',
  'envelope.signature.missing',
  'no signature',
  `${openRoot}${content}${rootEnd}`,
)
vector(
  's14-no-reference',
  'S14',
  'envelope.reference.missing',
  'no reference',
  forged({
    info: (text) =>
      swap(
        swap(text, firstReference.slice(0, 40), '<ds:Reference Id="Document" URI="">').replace(
          /<ds:Reference.*<\/ds:Reference>/,
          '',
        ),
        '</ds:SignedInfo>',
        '</ds:SignedInfo >',
      ).replace('</ds:SignedInfo >', '</ds:SignedInfo>'),
  }),
)
vector(
  's14-properties-only',
  'S14',
  'envelope.reference.missing',
  'only the properties are signed',
  forged({ info: (text) => text.replace(/<ds:Reference Id.*?<\/ds:Reference>/, '') }),
)
vector(
  's14-document-only',
  'S14',
  'envelope.reference.missing',
  'only the document is signed',
  forged({ info: (text) => text.replace(/<ds:Reference Type.*?<\/ds:Reference>/, '') }),
)
vector(
  's14-document-twice',
  'S14',
  'envelope.reference.foreign',
  'the document twice, no properties',
  forged({
    info: (text) => {
      const [one] = /<ds:Reference Id.*?<\/ds:Reference>/.exec(text)!
      return text.replace(/<ds:Reference Type.*?<\/ds:Reference>/, one.replace(' Id="Document"', ''))
    },
  }),
)
vector(
  's14-manifest',
  'S14',
  'envelope.reference.foreign',
  'a manifest',
  inInfo('URI="#SignedProperties"', 'URI="#Manifest"'),
)
vector(
  's14-manifest-type',
  'S14',
  'envelope.reference.foreign',
  'the Type of a manifest',
  inInfo('http://uri.etsi.org/01903#SignedProperties', 'http://www.w3.org/2000/09/xmldsig#Manifest'),
)
vector(
  's14-letter-only',
  'S14',
  'envelope.reference.foreign',
  'only the letter is signed',
  inInfo('URI=""', 'URI="#Letter"'),
)
vector(
  's15-digest-case',
  'S15',
  'envelope.digest.wrong',
  'a digest in other case',
  forged({
    info: (text) =>
      text.replace(
        /(<ds:DigestValue>[^<]*?)([a-z])/,
        (_, before: string, letter: string) => before + letter.toUpperCase(),
      ),
  }),
)
vector(
  's15-digest-cut',
  'S15',
  'envelope.digest.wrong',
  'the beginning of the right digest',
  forged({ info: (text) => text.replace(/<ds:DigestValue>([^<]{4})[^<]*/, '<ds:DigestValue>$1') }),
)
vector(
  's15-digest-bits',
  'S15',
  'envelope.base64.malformed',
  'base64 with bits left over',
  forged({
    info: (text) =>
      text
        .replace(/(<ds:DigestValue>[^<]{42})[^<]=/, '$1/=')
        .replace(/(<ds:DigestValue>[^<]{42})\/=/, '$1/='),
  }),
)
vector(
  's15-office-space',
  'S15',
  'envelope.signer.unknown',
  'the office id with a space',
  inContent('<env:OfficeID>50<', '<env:OfficeID> 50<'),
)
vector(
  's15-office-thai-digits',
  'S15',
  'envelope.signer.unknown',
  'the office id in Thai digits',
  inContent('<env:OfficeID>50<', '<env:OfficeID>๕๐<'),
)
vector(
  's15-office-prototype',
  'S15',
  'envelope.signer.unknown',
  'an office called __proto__',
  inContent('<env:OfficeID>50<', '<env:OfficeID>__proto__<'),
)
vector(
  's15-two-offices',
  'S15',
  'envelope.from.unclear',
  'two offices in From',
  inContent(
    '<env:OfficeID>50</env:OfficeID>',
    '<env:OfficeID>50</env:OfficeID><env:OfficeID>51</env:OfficeID>',
  ),
)
vector(
  's15-two-from',
  'S15',
  'envelope.from.unclear',
  'two From',
  inContent('<env:To>', '<env:From><env:OfficeID>51</env:OfficeID></env:From><env:To>'),
)
vector(
  's16-first-wrong',
  'S16',
  'envelope.digest.wrong',
  'only the first reference is wrong',
  forged({
    info: (text) =>
      swap(
        text,
        /<ds:DigestValue>[^<]*/,
        `<ds:DigestValue>${createHash('sha256').update('x').digest('base64')}`,
      ),
  }),
)
vector(
  's16-last-wrong',
  'S16',
  'envelope.properties-digest.wrong',
  'only the last reference is wrong',
  forged({
    info: (text) =>
      text.replace(/(.*<ds:DigestValue>)[^<]*/, `$1${createHash('sha256').update('x').digest('base64')}`),
  }),
)
vector(
  's16-swapped',
  'S16',
  'ok',
  'the references in the other order',
  forged({
    info: (text) => {
      const [one] = /<ds:Reference Id.*?<\/ds:Reference>/.exec(text)!
      return swap(swap(text, one, ''), '</ds:SignedInfo>', `${one}</ds:SignedInfo>`)
    },
  }),
)
// ── S17: forged values ──────────────────────────────────────────────────────────────────────────────────────────
for (const [name, value] of Object.entries({
  zero: Buffer.alloc(256),
  one: Buffer.concat([Buffer.alloc(255), Buffer.of(1)]),
  short: Buffer.alloc(255, 1),
  long: Buffer.alloc(257, 1),
  ones: Buffer.alloc(256, 255),
}))
  vector(
    `s17-rsa-${name}`,
    'S17',
    'envelope.signature.wrong',
    `an RSA signature value of ${name}`,
    forged({ value: () => value }),
  )
vector('s17-e3', 'S17', 'envelope.certificate.key-unfit', 'an RSA key with e = 3', forgeAs('60-e3'))
const p256 = sealedBy('51-p256')
const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
for (const [name, value] of Object.entries({
  zero: Buffer.alloc(64),
  'r-zero': Buffer.concat([Buffer.alloc(32), Buffer.alloc(32, 1)]),
  's-zero': Buffer.concat([Buffer.alloc(32, 1), Buffer.alloc(32)]),
  order: Buffer.concat([order, order]),
  long: Buffer.alloc(66, 1),
}))
  vector(
    `s17-ecdsa-${name}`,
    'S17',
    'envelope.signature.wrong',
    `an ECDSA signature value of ${name}`,
    forge(p256, identityOf('51-p256'), { value: () => value }),
  )
vector(
  's17-ecdsa-der',
  'S17',
  'envelope.signature.wrong',
  'an ECDSA signature written as DER',
  forge(p256, identityOf('51-p256'), { value: (bytes) => sign('sha256', bytes, identityOf('51-p256').key) }),
)
vector(
  's17-other-algorithm',
  'S17',
  'envelope.signer.algorithm-other',
  'RSA is said, the registered key is P-256',
  forge(p256, identityOf('51-p256'), {
    info: (text) => swap(text, written.signature.prime256v1, written.signature.rsa),
  }),
)
vector(
  's17-leaf-authority',
  'S17',
  'envelope.certificate.foreign',
  'issued by an office, not the authority',
  sealedBy('66-by-leaf'),
)
// ── S18: certificates ───────────────────────────────────────────────────────────────────────────────────────────
vector(
  's18-expired',
  'S18',
  'envelope.certificate.expired',
  'an expired certificate',
  sealedBy('53-expired', {}, Date.UTC(2020, 5, 1)),
)
vector(
  's18-future',
  'S18',
  'envelope.certificate.not-yet-valid',
  'a certificate that is not yet valid',
  sealedBy('54-future'),
)
vector(
  's18-not-valid-then',
  'S18',
  'envelope.certificate.not-yet-valid',
  'a certificate that was not valid at SigningTime',
  sealedBy('67-recent', {}, Date.UTC(2024, 0, 1)),
)
vector(
  's18-sha1-certificate',
  'S18',
  'envelope.certificate.weak',
  'a certificate signed with SHA-1',
  sealedBy('55-sha1'),
)
vector('s18-ca', 'S18', 'envelope.certificate.authority', 'a certificate of an authority', sealedBy('56-ca'))
vector(
  's18-usage',
  'S18',
  'envelope.certificate.usage',
  'a certificate for encryption',
  sealedBy('57-encipher'),
)
vector(
  's18-no-usage',
  'S18',
  'envelope.certificate.usage',
  'a certificate without key usage',
  sealedBy('62-no-usage'),
)
vector(
  's18-critical',
  'S18',
  'envelope.certificate.extension-unknown',
  'an unknown critical extension',
  sealedBy('63-critical'),
)
vector(
  's18-other-authority',
  'S18',
  'envelope.certificate.foreign',
  'the right name under a wrong authority',
  sealedBy('61-other-authority'),
)
vector(
  's18-other-office',
  'S18',
  'envelope.signer.unregistered',
  'the right certificate of another office',
  swapOffice(),
)
vector(
  's18-revoked',
  'S18',
  'envelope.signer.unregistered',
  'a certificate taken out of the trust folder',
  asStranger({ properties: (text) => swap(text, myDigest, strangerDigest) }),
)
vector(
  's18-no-office',
  'S18',
  'envelope.signer.unknown',
  'an office without certificates',
  inContent('<env:OfficeID>50<', '<env:OfficeID>90<'),
)
vector(
  's18-time-ahead',
  'S18',
  'envelope.signing-time.ahead',
  'SigningTime 5 minutes and a second ahead',
  sealedBy('50', {}, now + 301_000),
)
vector(
  's18-time-no-zone',
  'S18',
  'envelope.signing-time.malformed',
  'SigningTime without a zone',
  inProperties('+07:00<', '<'),
)
vector(
  's18-no-time',
  'S18',
  'envelope.signature.unexpected',
  'no SigningTime',
  inProperties(/<xades:SigningTime>.*<\/xades:SigningTime>/, ''),
)
vector(
  's18-two-times',
  'S18',
  'envelope.signature.unexpected',
  'two SigningTime',
  inProperties(
    '<xades:SigningTime>',
    '<xades:SigningTime>2020-01-01T00:00:00Z</xades:SigningTime><xades:SigningTime>',
  ),
)
vector(
  's18-no-certificate',
  'S18',
  'envelope.signature.unexpected',
  'no SigningCertificate',
  inProperties(/<xades:SigningCertificateV2>.*<\/xades:SigningCertificateV2>/, ''),
)
vector(
  's18-policy',
  'S18',
  'envelope.signature.unexpected',
  'a signature policy',
  inProperties(
    '</xades:SignedSignatureProperties>',
    '<xades:SignaturePolicyIdentifier></xades:SignaturePolicyIdentifier></xades:SignedSignatureProperties>',
  ),
)
vector(
  's18-unsigned-other',
  'S18',
  'envelope.signature.unexpected',
  'unsigned properties other than time stamps',
  inSignature(
    '</xades:QualifyingProperties>',
    '<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:CounterSignature></xades:CounterSignature></xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties>',
  ),
)
function swapOffice(): string {
  return forge(p256, identityOf('51-p256'), {
    document: (text) => swap(text, '<env:OfficeID>51<', '<env:OfficeID>50<'),
  })
}
// ── X: the document ─────────────────────────────────────────────────────────────────────────────────────────────
vector(
  'x01-xxe',
  'X1',
  'envelope.doctype.present',
  'an external entity',
  `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${after('>50<', '>&x;<')}`,
)
vector(
  'x01-parameter-entity',
  'X1',
  'envelope.doctype.present',
  'a parameter entity',
  `<!DOCTYPE a [<!ENTITY % x SYSTEM "http://example.org/x.dtd"> %x;]>${good}`,
)
vector(
  'x01-external-dtd',
  'X1',
  'envelope.doctype.present',
  'an external DTD',
  `<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://example.org/x.dtd">${good}`,
)
vector(
  'x02-laughs',
  'X2',
  'envelope.doctype.present',
  'a billion laughs',
  `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>${after('>50<', '>&c;<')}`,
)
vector(
  'x02-entity',
  'X2',
  'envelope.entity.unknown',
  'an entity that is not defined',
  after('>50<', '>&nbsp;<'),
)
vector(
  'x05-ampersand',
  'X5',
  'envelope.xml.malformed',
  'an ampersand that is not escaped',
  after('>50<', '>a & b<'),
)
vector('x05-cdata-end', 'X5', 'envelope.xml.malformed', ']]> in text', after('>50<', '>]]><'))
vector(
  'x05-less-than',
  'X5',
  'envelope.xml.malformed',
  '< in an attribute',
  after('Version="1.0"', 'Version="<1.0"'),
)
vector('x06-bom', 'X6', 'envelope.bom.present', 'a byte order mark', `\ufeff${good}`)
vector(
  'x06-utf16',
  'X6',
  'envelope.bom.present',
  'UTF-16 with a byte order mark',
  Buffer.from(`\ufeff${good}`, 'utf16le'),
)
vector(
  'x06-utf16-bare',
  'X6',
  'envelope.xml.malformed',
  'UTF-16 without a byte order mark',
  Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${good}`, 'utf16le'),
)
vector(
  'x06-utf7',
  'X6',
  'envelope.encoding.other',
  'UTF-7 declared',
  `<?xml version="1.0" encoding="UTF-7"?>${good}`,
)
vector(
  'x06-windows-874',
  'X6',
  'envelope.encoding.other',
  'windows-874 declared',
  `<?xml version="1.0" encoding="windows-874"?>${good}`,
)
vector('x06-xml-1.1', 'X6', 'envelope.xml.malformed', 'XML 1.1', `<?xml version="1.1"?>${good}`)
const bytesFor = (bytes: readonly number[]): Buffer => {
  const at = good.indexOf('>50<') + 1
  return Buffer.concat([Buffer.from(good.slice(0, at)), Buffer.from(bytes), Buffer.from(good.slice(at))])
}
vector('x06-overlong', 'X6', 'envelope.utf8.invalid', 'an overlong <', bytesFor([0xc0, 0xbc]))
vector('x06-surrogate', 'X6', 'envelope.utf8.invalid', 'a surrogate in UTF-8', bytesFor([0xed, 0xa0, 0x80]))
vector('x06-tis620', 'X6', 'envelope.utf8.invalid', 'TIS-620 bytes', bytesFor([0xb7, 0xb4, 0xca]))
vector('x06-nul', 'X6', 'envelope.character.forbidden', 'NUL', bytesFor([0]))
vector(
  'x06-nul-reference',
  'X6',
  'envelope.character.forbidden',
  'NUL as a reference',
  after('>50<', '>&#0;<'),
)
vector(
  'x06-surrogate-reference',
  'X6',
  'envelope.character.forbidden',
  'a surrogate as a reference',
  after('>50<', '>&#xD800;<'),
)
vector('x06-noncharacter', 'X6', 'envelope.character.forbidden', 'U+FFFE', after('>50<', '>\ufffe<'))
vector(
  'x06-beyond-unicode',
  'X6',
  'envelope.character.forbidden',
  'a reference beyond Unicode',
  after('>50<', '>&#x110000;<'),
)
vector(
  'x07-attribute-twice',
  'X7',
  'envelope.attribute.twice',
  'an attribute twice',
  after('Version="1.0"', 'Version="1.0" Version="1.0"'),
)
vector(
  'x07-namespace-twice',
  'X7',
  'envelope.attribute.twice',
  'a namespace declared twice',
  after(' Version', ' xmlns:env="urn:a" Version'),
)
vector('x07-after-root', 'X7', 'envelope.xml.malformed', 'a second root', good + good)
vector('x07-text-after-root', 'X7', 'envelope.xml.malformed', 'text behind the root', `${good}x`)
vector('x07-cut', 'X7', 'envelope.xml.malformed', 'cut in the middle', good.slice(0, 2000))
vector('x07-empty', 'X7', 'envelope.document.empty', 'nothing', '')
vector('x07-no-xml', 'X7', 'envelope.xml.malformed', 'no XML', '{"from":"50"}')
vector(
  'x07-wrong-end',
  'X7',
  'envelope.xml.malformed',
  'an end tag of another element',
  after('</env:Header>', '</env:Heading>'),
)
vector(
  'x07-other-root',
  'X7',
  'envelope.root.unknown',
  'another root',
  good.replace('<env:Envelope', '<env:Letter').replace(rootEnd, '</env:Letter>'),
)
vector(
  'x07-other-version',
  'X7',
  'envelope.root.unknown',
  'another version of the namespace',
  good.replaceAll('saraban:envelope:1', 'saraban:envelope:2'),
)
// ── Shape and meaning: signed by the office, wrong all the same ─────────────────────────────────────────────────
vector(
  'm-version',
  '-',
  'envelope.schema.value-wrong',
  'version 1.1',
  inContent('Version="1.0"', 'Version="1.1"'),
)
vector(
  'm-child-order',
  '-',
  'envelope.schema.child-missing',
  'Content before MessageID',
  inContent(
    /(<env:MessageID>.*<\/env:MessageID>)(<env:Content>.*<\/env:Content>)/,
    `<env:Content>letter</env:Content>${/<env:MessageID>.*<\/env:MessageID>/.exec(good)![0]}`,
  ),
)
vector(
  'm-unknown-child',
  '-',
  'envelope.schema.child-unexpected',
  'an element that the schema does not know',
  inContent('</env:Header>', '<env:Priority>1</env:Priority></env:Header>'),
)
vector(
  'm-unknown-attribute',
  '-',
  'envelope.schema.attribute-unexpected',
  'an attribute that the schema does not know',
  inContent('<env:Header>', '<env:Header Lang="th">'),
)
vector(
  'm-missing-attribute',
  '-',
  'envelope.schema.attribute-missing',
  'an attachment without its size',
  inContent(' Size="3"', ''),
)
vector(
  'm-text',
  '-',
  'envelope.schema.text-unexpected',
  'text between elements',
  inContent('<env:Header>', '<env:Header>x'),
)
vector(
  'm-no-break-space',
  '-',
  'envelope.schema.text-unexpected',
  'a no-break space between elements',
  inContent('<env:Header>', '<env:Header>\u00a0'),
)
vector(
  'm-inline-file',
  '-',
  'envelope.schema.value-wrong',
  'a file inside the letter',
  inContent('mimeCode="application/pdf">', 'mimeCode="application/pdf">MA=='),
)
vector(
  'm-message-id',
  '-',
  'envelope.schema.value-wrong',
  'a UUID of version 4',
  inContent('0000-7000-8000', '0000-4000-8000'),
)
vector('m-no-such-day', '-', 'letter.date.day', '31 February', inContent('2008-02-13', '2008-02-31'))
vector(
  'm-to-self',
  '-',
  'letter.to.self',
  'a letter to its sender',
  forged({
    document: (text) =>
      swap(swap(text, '<env:OfficeID>moi', '<env:OfficeID>50'), '<ram:ID>1500200000', '<ram:ID>'),
  }),
)
vector(
  'm-no-office',
  '-',
  'letter.office.unknown',
  'an office that there is not',
  inContent('<env:OfficeID>moi', '<env:OfficeID>99'),
)
vector(
  'm-number',
  '-',
  'letter.number.unreadable',
  'a number that is none',
  inContent('ชม 0017.1/492', 'ไม่มี'),
)
vector(
  'm-attachment-path',
  '-',
  'letter.attachment.name-path',
  'an attachment called ../x',
  inContent('Name="หนังสือ.pdf"', 'Name="../หนังสือ.pdf"'),
)
vector(
  'm-main-type',
  '-',
  'envelope.content.disagreement',
  'two media types of the main file',
  inContent('mimeCode="application/pdf"', 'mimeCode="image/png"'),
)
vector(
  'm-other-party',
  '-',
  'envelope.content.disagreement',
  'the organisation id of another office',
  inContent('<ram:ID>1500200000', '<ram:ID>1515100000'),
)
vector(
  'm-kind-missing',
  '-',
  'envelope.content.contradiction',
  'a letter without Kind',
  inContent('<env:Kind>external</env:Kind>', ''),
)
vector(
  'm-content-other',
  '-',
  'envelope.content.contradiction',
  'a letter that says it is a notice',
  inContent('<env:Content>letter', '<env:Content>accept'),
)
const inNotice = (from: string | RegExp, to: string) =>
  forge(notice, identityOf('moi'), { document: (text) => swap(text, from, to) })
vector(
  'm-notice-several',
  '-',
  'envelope.notice.several',
  'a notice to two offices',
  inNotice(
    '<env:OfficeID>50</env:OfficeID>',
    '<env:OfficeID>50</env:OfficeID><env:OfficeID>51</env:OfficeID>',
  ),
)
vector(
  'm-notice-no-number',
  '-',
  'letter.field.missing',
  'an accept notice without a receive number',
  inNotice(/<env:ReceiveNumber>.*<\/env:ReceiveNumber>/, ''),
)
vector(
  'm-notice-number',
  '-',
  'letter.notice.receive-number',
  'a receive notice with a receive number',
  inNotice('<env:Content>accept', '<env:Content>receive'),
)
vector(
  'm-notice-alone',
  '-',
  'envelope.content.contradiction',
  'a notice without RelatesTo',
  inNotice(/<env:RelatesTo>.*<\/env:RelatesTo>/, ''),
)

mkdirSync(folder, { recursive: true })
for (const name of readdirSync(folder)) if (name.endsWith('.txt')) rmSync(new URL(name, folder))
for (const [name, { attack, expect, about, at, bytes }] of cases)
  writeFileSync(
    new URL(`${name}.txt`, folder),
    Buffer.concat([
      Buffer.from(`expect: ${expect}\nat: ${at}\nattack: ${attack}\nabout: ${about}\n---\n`),
      bytes,
    ]),
  )
process.stdout.write(`${cases.size} vectors\n`)
