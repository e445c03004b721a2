// The ds:Signature of a polled letter: the envelope's own, carried along as it is.
//
// What is honest: the gateway holds no key of the sender and signs nothing anew. It shows the signature that the letter's
// envelope bears: SignedInfo, SignatureValue and certificate, unchanged. Its first Reference is the digest of the
// envelope, not of this message: whoever has the envelope verifies it there; nobody can verify it here, and no attribute
// of this element says otherwise. See docs/e-cms.md.
import { X509Certificate } from 'node:crypto'
import { namespaces } from './names.ts'
import { readTree } from './read-xml.ts'
import type { Xml, XmlWriter } from './write-xml.ts'
import { child, elementsOf, textOf, type XmlElement } from './xml.ts'

const declared = { 'xmlns:ds': namespaces.ds }

/** Writes the signature of a sealed envelope; without one (`profile try`), the same elements with nothing in them. */
export function writeSignature(write: XmlWriter, sealed: Buffer | undefined): Xml {
  const found = sealed === undefined ? undefined : signatureOf(sealed)
  const info = child(found, 'SignedInfo')
  const certificate = textOf(child(child(child(found, 'KeyInfo'), 'X509Data'), 'X509Certificate')).replace(
    /\s+/g,
    '',
  )
  return write.node(
    'ds:Signature',
    [
      info === undefined ? emptyInfo(write) : copied(write, info, declared),
      write.leaf('ds:SignatureValue', textOf(child(found, 'SignatureValue')).replace(/\s+/g, '')),
      write.node(
        'ds:KeyInfo',
        write.node('ds:X509Data', [
          write.leaf('ds:X509SubjectName', subjectOf(certificate)),
          write.leaf('ds:X509Certificate', certificate),
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

/** RFC 4514: the most specific part first. Node prints one part a line, the most general first. */
function subjectOf(certificate: string): string {
  if (certificate === '') return ''
  const { subject } = new X509Certificate(Buffer.from(certificate, 'base64'))
  return subject.split('\n').reverse().join(',')
}
