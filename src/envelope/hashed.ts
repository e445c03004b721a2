// From received bytes to what was hashed: both references checked, by one of two ways that agree. What comes out of
// here is read from exactly the bytes whose digests were compared (principle 6).
import { isAscii } from 'node:buffer'
import { timingSafeEqual } from 'node:crypto'
import { digestOf, digestOfTwo, sha256Hex } from './algorithms.ts'
import { readBase64 } from './base64.ts'
import { isCanonical } from './canonical.ts'
import { canonicaliseDocument, canonicaliseSigned } from './canonicalise.ts'
import { readOwnDocument } from './own-document.ts'
import { refuse } from './refusal.ts'
import { scan } from './scan.ts'
import type { ReadElement, ScannedElement } from './scanned.ts'
import type { OwnSignature, SignedInfo, SignedProperties, SignedReference } from './signature-parts.ts'
import { attributeOf, demandSignature, findSignature, type SignatureShape } from './signature-shape.ts'
import { readSignedInfo } from './signed-info.ts'
import { readSignedProperties } from './signed-properties.ts'
import { decode, demandSource } from './source.ts'

/** `slices`: the received bytes are their own canonical form, hashed as they are; `canonicalised`: libxml2 made it. */
export type Way = 'slices' | 'canonicalised'

/** A document whose two references hold. Nothing says yet who signed it. */
export interface HashedDocument {
  readonly way: Way
  /** The root element without its Signature, as scanned from the hashed bytes. */
  readonly content: ReadElement
  /** Whether `content` was read by the schema, so that it need not be held against it. */
  readonly valid: boolean
  /** SHA-256 of those bytes: the digest of the envelope, 64 lower-case hexadecimal digits. */
  readonly digest: string
  readonly signedProperties: SignedProperties
  readonly signedInfo: SignedInfo
  readonly signedInfoBytes: Buffer
  readonly signatureValue: Buffer
}

/** Scans `bytes`, judges the signature's shape and checks both references. `way` demands one way; else the fast one that fits. */
export function readHashed(bytes: Buffer, way?: Way): HashedDocument {
  demandSource(bytes)
  const own = way === 'canonicalised' ? undefined : readOwnDocument(bytes)
  if (own !== undefined) {
    const { content, signature } = own
    return bySlices(bytes, { content, valid: true, start: 0, end: bytes.length, signature })
  }
  const { text, units } = decode(bytes)
  const root = scan(text, units)
  const shape = findSignature(root, demandSignature(root))
  const propertiesId = attributeOf(shape.signedProperties, 'Id')
  if (propertiesId === undefined || propertiesId === '')
    return refuse('envelope.signature.unexpected', 'SignedProperties', '', { expected: 'an Id' })
  const signedInfo = readSignedInfo(shape.signedInfo, propertiesId)
  const sliceable = isSliceable(root, shape, signedInfo)
  if (way === 'slices' && !sliceable) refuse('envelope.canonical.needed', '')
  const received = { bytes, text, root, shape, propertiesId, claimed: signedInfo }
  return way === 'canonicalised' || !sliceable ? byCanonicalisation(received) : scannedBySlices(received)
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

function scannedBySlices({ bytes, text, root, shape, claimed }: Received): HashedDocument {
  const { signature, signedInfo, signedProperties, signatureValue } = shape
  // The scan counts UTF-16 units, hashing needs bytes. Counted from the end, only the signature is measured.
  const offset = offsets(bytes, text, signature.start)
  return bySlices(bytes, {
    content: root.withoutLast(),
    valid: false,
    start: root.start === 0 ? 0 : Buffer.byteLength(text.slice(0, root.start)),
    end: offset(root.end),
    signature: {
      start: offset(signature.start),
      end: offset(signature.end),
      signedInfo: claimed,
      infoStart: offset(signedInfo.start),
      infoEnd: offset(signedInfo.end),
      propertiesStart: offset(signedProperties.start),
      propertiesEnd: offset(signedProperties.end),
      get signatureValue() {
        return readBase64(signatureValue.text, 'SignatureValue')
      },
      get signedProperties() {
        return readSignedProperties(signedProperties)
      },
    },
  })
}

/** Where the parts of a document stand. Offsets count its bytes. */
interface Sliceable extends Pick<HashedDocument, 'content' | 'valid'> {
  readonly start: number
  readonly end: number
  /** What the properties say and the signature's value are asked for when both digests hold. */
  readonly signature: Omit<OwnSignature, 'elements'>
}

function bySlices(bytes: Buffer, { content, valid, start, end, signature }: Sliceable): HashedDocument {
  const { signedInfo } = signature
  const before = bytes.subarray(start, signature.start)
  const behind = bytes.subarray(signature.end, end)
  const digest = digestOfTwo(signedInfo.document.hash, before, behind)
  compare(signedInfo.document, digest, 'envelope.digest.wrong')
  const properties = bytes.subarray(signature.propertiesStart, signature.propertiesEnd)
  compare(
    signedInfo.properties,
    digestOf(signedInfo.properties.hash, properties),
    'envelope.properties-digest.wrong',
  )
  return {
    way: 'slices',
    content,
    valid,
    digest: (signedInfo.document.hash === 'sha256' ? digest : digestOfTwo('sha256', before, behind)).toString(
      'hex',
    ),
    signedInfo,
    signedInfoBytes: bytes.subarray(signature.infoStart, signature.infoEnd),
    signatureValue: signature.signatureValue,
    signedProperties: signature.signedProperties,
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
    valid: false,
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
