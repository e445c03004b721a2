// ds:SignedInfo: which algorithms, and exactly two references (XML Signature 1.1 §4.4; design §5.1). It is read from
// the very bytes whose signature is checked.
import {
  type Canonicalisation,
  canonicalisations,
  digestAlgorithms,
  envelopedSignature,
  signatureAlgorithms,
  signedPropertiesType,
} from './algorithms.ts'
import { readBase64 } from './base64.ts'
import { isBlank } from './characters.ts'
import { namespaces } from './namespaces.ts'
import { refuse } from './refusal.ts'
import type { ScannedElement } from './scanned.ts'
import type { SignedInfo, SignedReference } from './signature-parts.ts'
import { attributeOf, childrenOf, is, onlyAttributes, unexpected } from './signature-shape.ts'

const { ds } = namespaces

// Which attributes the parts of SignedInfo may have.
const none: readonly string[] = []
const idOnly: readonly string[] = ['Id']
const ofReference: readonly string[] = ['Id', 'URI', 'Type']
const algorithmOnly: readonly string[] = ['Algorithm']

/** Reads SignedInfo; `propertiesId` is the Id of the SignedProperties that stand in this signature. */
export function readSignedInfo(element: ScannedElement, propertiesId: string): SignedInfo {
  const parts = childrenOf(element, idOnly)
  const [method, signatureMethod] = parts
  if (!is(method, ds, 'CanonicalizationMethod'))
    return unexpected('SignedInfo', method, 'ds:CanonicalizationMethod')
  if (!is(signatureMethod, ds, 'SignatureMethod'))
    return unexpected('SignedInfo', signatureMethod, 'ds:SignatureMethod')
  const canonicalisation = canonicalisationOf(method)
  const algorithm = signatureAlgorithms.get(algorithmOf(signatureMethod))
  if (algorithm === undefined)
    return refuse('envelope.signature-algorithm.refused', 'SignatureMethod', algorithmOf(signatureMethod))
  noChildren(signatureMethod) // HMACOutputLength among them (CVE-2009-0217)
  let document: SignedReference | undefined
  let properties: SignedReference | undefined
  const count = parts.length - 2
  for (let at = 2; at < parts.length; at++)
    if (!is(parts[at], ds, 'Reference')) unexpected('SignedInfo', parts[at], 'ds:Reference')
  if (count === 0) refuse('envelope.reference.missing', 'SignedInfo', undefined, { expected: 'URI=""' })
  if (count > 2) refuse('envelope.reference.several', 'SignedInfo', undefined, { count })
  for (let at = 2; at < parts.length; at++) {
    const reference = parts[at]!
    onlyAttributes(reference, ofReference)
    const uri = attributeOf(reference, 'URI')
    const type = attributeOf(reference, 'Type')
    if (uri === '' && type === undefined && document === undefined) document = readReference(reference, true)
    else if (uri === `#${propertiesId}` && type === signedPropertiesType && properties === undefined)
      properties = readReference(reference, false)
    else refuse('envelope.reference.foreign', 'Reference', uri, { expected: `"" and "#${propertiesId}"` })
  }
  if (document === undefined)
    return refuse('envelope.reference.missing', 'SignedInfo', undefined, { expected: 'URI=""' })
  if (properties === undefined)
    return refuse('envelope.reference.missing', 'SignedInfo', undefined, {
      expected: `URI="#${propertiesId}"`,
    })
  return { canonicalisation, algorithm, document, properties }
}

function readReference(reference: ScannedElement, enveloped: boolean): SignedReference {
  if (!isBlank(reference.text)) unexpected('Reference', undefined, 'elements only')
  const parts = reference.children
  const [first] = parts
  const transforms = is(first, ds, 'Transforms') ? childrenOf(first) : []
  const before = is(first, ds, 'Transforms') ? 1 : 0
  const [method, value, excess] = [parts[before], parts[before + 1], parts[before + 2]]
  if (!is(method, ds, 'DigestMethod')) return unexpected('Reference', method, 'ds:DigestMethod')
  if (!is(value, ds, 'DigestValue')) return unexpected('Reference', value, 'ds:DigestValue')
  if (excess !== undefined) unexpected('Reference', excess, 'nothing more')
  for (const each of transforms)
    if (!is(each, ds, 'Transform')) unexpected('Transforms', each, 'ds:Transform')
  if (enveloped) demandEnveloped(transforms[0])
  const canonical = transforms[enveloped ? 1 : 0]
  const second = transforms[enveloped ? 2 : 1]
  if (second !== undefined)
    refuse('envelope.transform.refused', 'Transforms', algorithmOf(second), {
      expected: 'one canonicalisation',
    })
  const hash = digestAlgorithms.get(algorithmOf(method))
  if (hash === undefined)
    return refuse('envelope.digest-algorithm.refused', 'DigestMethod', algorithmOf(method))
  noChildren(method)
  noChildren(value)
  onlyAttributes(value, none)
  return {
    // Without one, what an enveloped signature leaves is canonicalised as Canonical XML 1.0 says (XML Signature §4.4.3.2).
    canonicalisation: canonical === undefined ? 'inclusive' : canonicalisationOf(canonical),
    hash,
    digest: readBase64(value.text, 'DigestValue'),
  }
}

function demandEnveloped(transform: ScannedElement | undefined): void {
  const uri = transform === undefined ? '' : algorithmOf(transform)
  if (transform === undefined || uri !== envelopedSignature)
    refuse('envelope.transform.refused', 'Transforms', uri, { expected: envelopedSignature })
  else noChildren(transform)
}

function canonicalisationOf(element: ScannedElement): Canonicalisation {
  const uri = algorithmOf(element)
  const found = canonicalisations.get(uri)
  if (found === undefined)
    return element.name === 'Transform'
      ? refuse('envelope.transform.refused', 'Transform', uri, { expected: 'a canonicalisation of the list' })
      : refuse('envelope.canonicalisation.refused', element.name, uri)
  // InclusiveNamespaces with a PrefixList is the one child that could stand here.
  if (element.children.length > 0) refuse('envelope.prefix-list.present', element.name)
  noChildren(element)
  return found
}

function algorithmOf(element: ScannedElement): string {
  onlyAttributes(element, algorithmOnly)
  return attributeOf(element, 'Algorithm') ?? refuse('envelope.algorithm.missing', element.name)
}

function noChildren(element: ScannedElement): void {
  if (element.children.length > 0) unexpected(element.name, element.children[0], 'no element inside')
  if (element.name !== 'DigestValue' && !isBlank(element.text))
    refuse('envelope.signature.unexpected', element.name, element.text, { expected: 'nothing inside' })
}
