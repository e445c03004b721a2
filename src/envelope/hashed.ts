// From received bytes to what was hashed: both references checked, by one of two ways that agree. What comes out of
// here is read from exactly the bytes whose digests were compared (principle 6).
import { isAscii } from 'node:buffer'
import { timingSafeEqual } from 'node:crypto'
import { digestOf, sha256Hex } from './algorithms.ts'
import { readBase64 } from './base64.ts'
import { isCanonical } from './canonical.ts'
import { canonicaliseDocument, canonicaliseSigned } from './canonicalise.ts'
import { refuse } from './refusal.ts'
import { scan } from './scan.ts'
import type { ScannedElement } from './scanned.ts'
import type { OwnSignature, SignedInfo, SignedProperties, SignedReference } from './signature-parts.ts'
import {
  attributeOf,
  demandSignature,
  findSignature,
  inspectAround,
  type SignatureShape,
} from './signature-shape.ts'
import { readSignedInfo } from './signed-info.ts'
import { readSignedProperties } from './signed-properties.ts'
import { decode, readSource } from './source.ts'

/** `slices`: the received bytes are their own canonical form, hashed as they are; `canonicalised`: libxml2 made it. */
export type Way = 'slices' | 'canonicalised'

/** A document whose two references hold. Nothing says yet who signed it. */
export interface HashedDocument {
  readonly way: Way
  /** The root element without its Signature, as scanned from the hashed bytes. */
  readonly content: ScannedElement
  /** SHA-256 of those bytes: the digest of the envelope, 64 lower-case hexadecimal digits. */
  readonly digest: string
  readonly signedProperties: SignedProperties
  readonly signedInfo: SignedInfo
  readonly signedInfoBytes: Buffer
  readonly signatureValue: Buffer
}

/** Scans `bytes`, judges the signature's shape and checks both references. `way` demands one way; else the fast one that fits. */
export function readHashed(bytes: Buffer, way?: Way): HashedDocument {
  const { text, units } = readSource(bytes)
  const told = scan(text, units, way === 'canonicalised' ? undefined : bytes)
  const own = demandSignature(told).own
  if (own !== undefined) {
    inspectAround(told)
    const signature = told.children[told.children.length - 1]
    if (isCanonical(told, signature)) return bySlices(bytes, text, told, own)
  }
  const root = own === undefined ? told : scan(text, units)
  const shape = findSignature(root, demandSignature(root))
  const propertiesId = attributeOf(shape.signedProperties, 'Id')
  if (propertiesId === undefined || propertiesId === '')
    return refuse('envelope.signature.unexpected', 'SignedProperties', '', { expected: 'an Id' })
  const signedInfo = readSignedInfo(shape.signedInfo, propertiesId)
  const sliceable = isSliceable(root, shape, signedInfo)
  if (way === 'slices' && !sliceable) refuse('envelope.canonical.needed', '')
  return way === 'canonicalised' || !sliceable
    ? byCanonicalisation({ bytes, text, root, shape, propertiesId, claimed: signedInfo })
    : bySlices(bytes, text, root, partsOf(shape, signedInfo))
}

interface Received {
  readonly bytes: Buffer
  readonly text: string
  readonly root: ScannedElement
  readonly shape: SignatureShape
  readonly propertiesId: string
  readonly claimed: SignedInfo
}

function isSliceable(root: ScannedElement, shape: SignatureShape, info: SignedInfo): boolean {
  return (
    info.canonicalisation === 'exclusive' &&
    info.document.canonicalisation === 'exclusive' &&
    info.properties.canonicalisation === 'exclusive' &&
    isCanonical(root, shape.signature) &&
    isCanonical(shape.signedInfo) &&
    isCanonical(shape.signedProperties)
  )
}

/** What hashing by slices needs of a signature. What the properties say and the value are read when both digests hold. */
type SignatureParts = Pick<
  OwnSignature,
  'signedInfo' | 'infoStart' | 'infoEnd' | 'propertiesStart' | 'propertiesEnd'
> & {
  readonly signatureValue: Buffer
  readonly signedProperties: SignedProperties
}

const partsOf = (
  { signedInfo, signedProperties, signatureValue }: SignatureShape,
  claimed: SignedInfo,
): SignatureParts => ({
  signedInfo: claimed,
  infoStart: signedInfo.start,
  infoEnd: signedInfo.end,
  propertiesStart: signedProperties.start,
  propertiesEnd: signedProperties.end,
  get signatureValue() {
    return readBase64(signatureValue.text, 'SignatureValue')
  },
  get signedProperties() {
    return readSignedProperties(signedProperties)
  },
})

function bySlices(bytes: Buffer, text: string, root: ScannedElement, parts: SignatureParts): HashedDocument {
  const signature = root.children[root.children.length - 1]!
  const { signedInfo } = parts
  // The scan counts UTF-16 units, hashing needs bytes. Counted from the end, only the signature is measured.
  const offset = offsets(bytes, text, signature.start)
  const rootStart = root.start === 0 ? 0 : Buffer.byteLength(text.slice(0, root.start))
  const document = Buffer.concat([
    bytes.subarray(rootStart, offset(signature.start)),
    bytes.subarray(offset(signature.end), offset(root.end)),
  ])
  const digest = digestOf(signedInfo.document.hash, document)
  compare(signedInfo.document, digest, 'envelope.digest.wrong')
  const properties = bytes.subarray(offset(parts.propertiesStart), offset(parts.propertiesEnd))
  compare(
    signedInfo.properties,
    digestOf(signedInfo.properties.hash, properties),
    'envelope.properties-digest.wrong',
  )
  return {
    way: 'slices',
    content: root.withoutLast(),
    digest: signedInfo.document.hash === 'sha256' ? digest.toString('hex') : sha256Hex(document),
    signedInfo,
    signedInfoBytes: bytes.subarray(offset(parts.infoStart), offset(parts.infoEnd)),
    signatureValue: parts.signatureValue,
    signedProperties: parts.signedProperties,
  }
}

/**
 * From a place in `text`, at or behind `from`, to the one in `bytes`. Most signatures are plain ASCII: where the last
 * bytes are as many as the units from there on, and all ASCII, each is one unit.
 */
function offsets(bytes: Buffer, text: string, from: number): (place: number) => number {
  const more = bytes.length - text.length
  if (isAscii(bytes.subarray(from + more))) return (place) => place + more
  const start = bytes.length - Buffer.byteLength(text.slice(from))
  return (place) => start + Buffer.byteLength(text.slice(from, place))
}

function byCanonicalisation({ bytes, text, root, shape, propertiesId, claimed }: Received): HashedDocument {
  const { signature } = shape
  const signedInfoBytes = canonicaliseSigned(
    text,
    root,
    signature,
    '/*/ds:Signature/ds:SignedInfo',
    claimed.canonicalisation,
  )
  // Read again from what will be checked; the first reading only told how to canonicalise.
  const signedInfo = readSignedInfo(rescan(signedInfoBytes), propertiesId)
  const document = canonicaliseDocument(bytes, signedInfo.document.canonicalisation)
  compare(signedInfo.document, digestOf(signedInfo.document.hash, document), 'envelope.digest.wrong')
  const properties = canonicaliseSigned(
    text,
    root,
    signature,
    '/*/ds:Signature/ds:Object/*/xades:SignedProperties',
    signedInfo.properties.canonicalisation,
  )
  compare(
    signedInfo.properties,
    digestOf(signedInfo.properties.hash, properties),
    'envelope.properties-digest.wrong',
  )
  return {
    way: 'canonicalised',
    content: rescan(document),
    digest: sha256Hex(document),
    signedInfo,
    signedInfoBytes,
    signatureValue: readBase64(shape.signatureValue.text, 'SignatureValue'),
    signedProperties: readSignedProperties(rescan(properties)),
  }
}

/** Canonical bytes may be longer than the received ones were (`"` becomes `&quot;`); their bounds were checked then. */
function rescan(canonical: Buffer): ScannedElement {
  const { text, units } = decode(canonical)
  return scan(text, units)
}

function compare(
  reference: SignedReference,
  computed: Buffer,
  code: 'envelope.digest.wrong' | 'envelope.properties-digest.wrong',
): void {
  if (reference.digest.length !== computed.length || !timingSafeEqual(reference.digest, computed))
    refuse(code, 'Reference', computed.toString('base64'), { expected: reference.digest.toString('base64') })
}
