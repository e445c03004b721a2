// Where the one signature of an envelope stands and what it is made of (design §5.1). The signature covers everything
// but the Signature element, so what that holds, where it stands and how many there are is judged here, strictly.
import { isBlank, isName } from './characters.ts'
import { namespaces } from './namespaces.ts'
import { refuse } from './refusal.ts'
import type { ReadElement, ScannedElement } from './scanned.ts'

/** The parts of the signature, as they stand in the received document. */
export interface SignatureShape {
  readonly signature: ScannedElement
  readonly signedInfo: ScannedElement
  readonly signatureValue: ScannedElement
  readonly signedProperties: ScannedElement
}

const { env, rsm, ram, ds, xades } = namespaces
// That of PrefixList, which SignedInfo refuses by its own name.
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'

const isKnown = (uri: string): boolean =>
  uri === env || uri === ram || uri === ds || uri === xades || uri === rsm || uri === exclusive

// Which attributes the parts of a signature may have.
const none: readonly string[] = []
const id: readonly string[] = ['Id']
const idAndTarget: readonly string[] = ['Id', 'Target']

/** The one signature of the document `root`, as its last child; refuses any other. */
export function demandSignature(root: ScannedElement): ScannedElement {
  if (root.namespace !== env || root.name !== 'Envelope')
    refuse('envelope.root.unknown', '', root.name, { expected: `{${env}}Envelope` })
  return onlySignature(root)
}

/** The parts of `signature`, or refuses. */
export function findSignature(root: ScannedElement, signature: ScannedElement): SignatureShape {
  const parts = childrenOf(signature, id)
  const [signedInfo, signatureValue] = parts
  if (!is(signedInfo, ds, 'SignedInfo')) return unexpected('Signature', signedInfo, 'ds:SignedInfo')
  if (!is(signatureValue, ds, 'SignatureValue'))
    return unexpected('Signature', signatureValue, 'ds:SignatureValue')
  if (signatureValue.children.length > 0)
    unexpected('SignatureValue', signatureValue.children[0], 'base64 only')
  onlyAttributes(signatureValue, id)
  const keyInfo = is(parts[2], ds, 'KeyInfo') ? parts[2] : undefined
  const behind = keyInfo === undefined ? 2 : 3
  const object = parts[behind]
  const excess = parts[behind + 1]
  if (!is(object, ds, 'Object')) return unexpected('Signature', object, 'ds:Object')
  if (excess !== undefined) unexpected('Signature', excess, 'nothing more')
  const [qualifying, secondQualifying] = childrenOf(object, id)
  if (!is(qualifying, xades, 'QualifyingProperties') || secondQualifying !== undefined)
    return unexpected('Object', secondQualifying ?? qualifying, 'one xades:QualifyingProperties')
  const [signedProperties, unsigned, third] = childrenOf(qualifying, idAndTarget)
  if (!is(signedProperties, xades, 'SignedProperties'))
    return unexpected('QualifyingProperties', signedProperties, 'xades:SignedProperties')
  const target = attributeOf(qualifying, 'Target')
  const own = attributeOf(signature, 'Id')
  if (own === undefined || target !== `#${own}`)
    refuse('envelope.signature.target-wrong', 'Signature', target, { expected: `#${own ?? ''}` })
  const opaque = unsigned === undefined ? [] : [...unsignedTimeStamps(unsigned)]
  if (keyInfo !== undefined) opaque.push(keyInfo)
  if (third !== undefined) unexpected('QualifyingProperties', third, 'nothing more')
  inspect(root, false, new Set(opaque), new Set())
  return { signature, signedInfo, signatureValue, signedProperties }
}

/** The value of an attribute without a prefix. */
export function attributeOf(element: ReadElement, name: string): string | undefined {
  for (const attribute of element.attributes)
    if (attribute.prefix === '' && attribute.name === name) return attribute.value
  return undefined
}

/** Whether `element` is there and is `{namespace}name`. */
export const is = <Element extends ReadElement>(
  element: Element | undefined,
  namespace: string,
  name: string,
): element is Element => element !== undefined && element.name === name && element.namespace === namespace

/** The children of an element of the signature that holds elements only, with no attributes but `allowed`. */
export function childrenOf(element: ScannedElement, allowed = none): readonly ScannedElement[] {
  onlyAttributes(element, allowed)
  if (!isBlank(element.text))
    refuse('envelope.signature.unexpected', element.name, element.text, { expected: 'elements only' })
  return element.children
}

/** Refuses an attribute that an element of the signature may not have. */
export function onlyAttributes(element: ScannedElement, allowed: readonly string[]): void {
  for (const { prefix, name } of element.attributes)
    if (prefix !== '' || !allowed.includes(name))
      refuse('envelope.signature.unexpected', element.name, name, { expected: allowed.join(', ') })
}

/** Refuses the child `found` (or that none was found) of an element of the signature. */
export const unexpected = (parent: string, found: ScannedElement | undefined, expected: string): never =>
  refuse('envelope.signature.unexpected', parent, found === undefined ? '' : `<${found.name}>`, { expected })

function onlySignature(root: ScannedElement): ScannedElement {
  const found: ScannedElement[] = []
  collectSignatures(root, found)
  const [signature, second] = found
  if (signature === undefined) return refuse('envelope.signature.missing', '')
  if (second !== undefined) refuse('envelope.signature.several', '', undefined, { count: found.length })
  if (root.children[root.children.length - 1] !== signature) refuse('envelope.signature.misplaced', '')
  return signature
}

function collectSignatures(element: ScannedElement, found: ScannedElement[]): void {
  if (element.name === 'Signature' && element.namespace === ds) found.push(element)
  for (const child of element.children) collectSignatures(child, found)
}

/** UnsignedProperties may hold UnsignedSignatureProperties with SignatureTimeStamp: proof of when, added later. */
function unsignedTimeStamps(unsigned: ScannedElement): readonly ScannedElement[] {
  const [properties, second] = is(unsigned, xades, 'UnsignedProperties') ? childrenOf(unsigned, id) : []
  if (!is(properties, xades, 'UnsignedSignatureProperties') || second !== undefined)
    return unexpected(
      'QualifyingProperties',
      second ?? unsigned,
      'UnsignedProperties/UnsignedSignatureProperties',
    )
  const timeStamps = childrenOf(properties, id)
  for (const each of timeStamps)
    if (!is(each, xades, 'SignatureTimeStamp')) unexpected(properties.name, each, 'xades:SignatureTimeStamp')
  return timeStamps
}

/**
 * The whole document but the `opaque` parts (KeyInfo and time stamps, which are never used): only our namespaces, no
 * attribute with a prefix (so that `x:Id` is no Id, attack S6, and canonical forms stay small), and everywhere: no Id
 * twice, however it is spelled (S8).
 */
function inspect(
  element: ScannedElement,
  free: boolean,
  opaque: ReadonlySet<ScannedElement>,
  ids: Set<string>,
): void {
  if (!free && !isKnown(element.namespace))
    refuse('envelope.namespace.unknown', element.name, element.namespace)
  for (const { prefix, name, value } of element.attributes) {
    if (!free && prefix !== '') refuse('envelope.attribute.prefixed', element.name, `${prefix}:${name}`)
    if (name.length !== 2 || name.toLowerCase() !== 'id') continue
    if (!free && !isName(value)) refuse('envelope.id.malformed', element.name, value)
    if (ids.has(value)) refuse('envelope.id.twice', element.name, value)
    ids.add(value)
  }
  // Only the signature's own parts can be opaque: most elements need no look into the set.
  for (const child of element.children)
    inspect(child, free || (child.namespace !== env && opaque.has(child)), opaque, ids)
}
