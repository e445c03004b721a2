// The ds:Signature of a polled letter: the envelope's own, carried along as it is.
//
// What is honest: the gateway holds no key of the sender and signs nothing anew. It shows the signature that the letter's
// envelope bears: SignedInfo, SignatureValue and certificate, unchanged. Its first Reference is the digest of the
// envelope, not of this message: whoever has the envelope verifies it there; nobody can verify it here, and no attribute
// of this element says otherwise. See docs/e-cms.md.
import { createHash, X509Certificate } from 'node:crypto'
import { namespaces } from './names.ts'
import { readTree } from './read-xml.ts'
import type { Xml, XmlWriter } from './write-xml.ts'
import { child, elementsOf, textOf, type XmlElement } from './xml.ts'

const declared = { 'xmlns:ds': namespaces.ds }

/** Writes the signature of a sealed envelope; without one (`profile try`), the same elements with nothing in them. */
export function writeSignature(write: XmlWriter, sealed: Buffer | undefined): Xml {
  const found = sealed === undefined ? undefined : signatureOf(sealed)
  const info = child(found, 'SignedInfo')
  const certificate = found === undefined ? undefined : signerCertificate(found)
  return write.node(
    'ds:Signature',
    [
      info === undefined ? emptyInfo(write) : copied(write, info, declared),
      write.leaf('ds:SignatureValue', textOf(child(found, 'SignatureValue')).replace(/\s+/g, '')),
      write.node(
        'ds:KeyInfo',
        write.node('ds:X509Data', [
          write.leaf('ds:X509SubjectName', certificate === undefined ? '' : subjectOf(certificate)),
          write.leaf('ds:X509Certificate', certificate?.toString('base64') ?? ''),
        ]),
      ),
    ],
    declared,
  )
}

const emptyInfo = (write: XmlWriter): Xml =>
  write.node(
    'ds:SignedInfo',
    write.node('ds:Reference', write.leaf('ds:DigestValue', ''), { URI: '' }),
    declared,
  )

/** The envelope's own Signature: the last child of its root (design §5.1). The envelope was verified before it was kept. */
function signatureOf(sealed: Buffer): XmlElement | undefined {
  const document = readTree(sealed)
  if (!document.ok) return undefined
  const last = elementsOf(document.value.root).at(-1)
  return last?.local === 'Signature' && last.uri === namespaces.ds ? last : undefined
}

/** An element of the signature with the prefix `ds`, which receivers match on, and all that it holds, white space too. */
function copied(write: XmlWriter, element: XmlElement, extra: Readonly<Record<string, string>> = {}): Xml {
  const ours = element.uri === namespaces.ds
  const attributes = Object.fromEntries(element.attributes.map((each) => [each.local, each.value]))
  return write.node(
    ours ? `ds:${element.local}` : element.local,
    element.children.map((each) => (typeof each === 'string' ? write.text(each) : copied(write, each))),
    { ...extra, ...(!ours && { xmlns: element.uri }), ...attributes },
  )
}

const digests: Readonly<Record<string, string>> = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
}

/**
 * The signer's certificate (DER). KeyInfo is not signed and may hold anything, so a certificate in it counts only when it
 * is the one whose digest the signed properties name (XAdES SigningCertificate, ETSI EN 319 132-1, section 5.2.2).
 */
function signerCertificate(signature: XmlElement): Buffer | undefined {
  const object = child(child(child(signature, 'Object'), 'QualifyingProperties'), 'SignedProperties')
  const properties = child(object, 'SignedSignatureProperties')
  const named = child(properties, 'SigningCertificateV2') ?? child(properties, 'SigningCertificate')
  const digest = child(child(named, 'Cert'), 'CertDigest')
  const method =
    child(digest, 'DigestMethod')?.attributes.find(({ local }) => local === 'Algorithm')?.value ?? ''
  const algorithm = digests[method]
  if (algorithm === undefined) return undefined
  const expected = Buffer.from(textOf(child(digest, 'DigestValue')), 'base64')
  const keyInfo = child(signature, 'KeyInfo')
  return (keyInfo === undefined ? [] : elementsOf(keyInfo))
    .filter(({ local }) => local === 'X509Data')
    .flatMap((data) => elementsOf(data).filter(({ local }) => local === 'X509Certificate'))
    .map((each) => Buffer.from(textOf(each), 'base64'))
    .find((der) => createHash(algorithm).update(der).digest().equals(expected))
}

/** RFC 4514: the most specific part first. Node prints one part a line, the most general first. */
function subjectOf(certificate: Buffer): string {
  const { subject } = new X509Certificate(certificate)
  return subject.split('\n').reverse().join(',')
}
