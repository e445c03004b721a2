// Canonical forms of documents that are not written as their own: libxml2 makes them. Slow, and only for bytes that
// the scanner has already found well-formed, bounded, and free of DOCTYPE and entities.
import { ParseOption, XmlC14NMode, XmlDocument, XmlElement, XmlLibError } from 'libxml2-wasm'
import type { Canonicalisation } from './algorithms.ts'
import { namespaces } from './namespaces.ts'
import { refuse } from './refusal.ts'
import type { ScannedElement } from './scanned.ts'

type Mode = (typeof XmlC14NMode)[keyof typeof XmlC14NMode]

const modeOf: Readonly<Record<Canonicalisation, Mode>> = {
  exclusive: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
  inclusive: XmlC14NMode.XML_C14N_1_0,
  'inclusive-1.1': XmlC14NMode.XML_C14N_1_1,
}

const option = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE
const prefixes = { ds: namespaces.ds, xades: namespaces.xades }

/** The canonical form of the document without its Signature (the enveloped-signature transform). */
export function canonicaliseDocument(bytes: Buffer, by: Canonicalisation): Buffer {
  return withDocument(bytes, (document) => {
    elementAt(document, '/*/ds:Signature').remove()
    return collect((handler) => document.canonicalize(handler, { mode: modeOf[by] }))
  })
}

/**
 * The canonical form of one element of the signature. Inclusive canonicalisation needs the namespaces of its ancestors:
 * the root's start tag and the signature are all of them, and the rest of the document is left out.
 */
export function canonicaliseSigned(
  text: string,
  root: ScannedElement,
  signature: ScannedElement,
  path: '/*/ds:Signature/ds:SignedInfo' | '/*/ds:Signature/ds:Object/*/xades:SignedProperties',
  by: Canonicalisation,
): Buffer {
  const name = root.prefix === '' ? root.name : `${root.prefix}:${root.name}`
  const context = `${text.slice(root.start, root.inside)}${text.slice(signature.start, signature.end)}</${name}>`
  return withDocument(Buffer.from(context), (document) => {
    const element = elementAt(document, path)
    return collect((handler) => element.canonicalize(handler, { mode: modeOf[by] }))
  })
}

function withDocument(bytes: Buffer, act: (document: XmlDocument) => Buffer): Buffer {
  let document: XmlDocument | undefined
  try {
    document = XmlDocument.fromBuffer(bytes, { option })
    const canonical = act(document)
    // A library that fails quietly would have us check the digest of nothing (attack S5).
    return canonical.length > 0 ? canonical : refuse('envelope.canonical.failed', '', 'nothing came out')
  } catch (error) {
    if (error instanceof XmlLibError) return refuse('envelope.canonical.failed', '', error.message)
    throw error
  } finally {
    document?.dispose()
  }
}

function elementAt(document: XmlDocument, path: string): XmlElement {
  const found = document.find(path, prefixes)
  const [element] = found
  if (found.length !== 1 || !(element instanceof XmlElement))
    return refuse('envelope.canonical.failed', '', `${found.length} × ${path}`)
  return element
}

/** The library's own collector decodes each piece alone and would break characters between two pieces: bytes only. */
function collect(write: (handler: { write(piece: Uint8Array): number; close(): boolean }) => void): Buffer {
  const pieces: Buffer[] = []
  write({
    write: (piece) => {
      pieces.push(Buffer.from(piece))
      return piece.byteLength
    },
    close: () => true,
  })
  return Buffer.concat(pieces)
}
