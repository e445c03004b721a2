// What is told as an envelope of ours must be read alike by the way that reads anything.
import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import { isCanonical } from '../../src/envelope/canonical.ts'
import { readOwnDocument } from '../../src/envelope/own-document.ts'
import { refusable } from '../../src/envelope/refusal.ts'
import { scan } from '../../src/envelope/scan.ts'
import type { ReadElement } from '../../src/envelope/scanned.ts'
import { demandSignature, findSignature } from '../../src/envelope/signature-shape.ts'
import { readSignedInfo } from '../../src/envelope/signed-info.ts'
import { readSignedProperties } from '../../src/envelope/signed-properties.ts'
import { schemaFaults } from '../../src/envelope/validate.ts'
import { good } from '../../src/problem/problem.ts'

const said = ({ name, namespace, attributes, children, text }: ReadElement): unknown => ({
  name,
  namespace,
  attributes,
  children: children.map(said),
  text,
})
const count = (element: ReadElement): number => element.children.reduce((sum, child) => sum + count(child), 1)

/** Whether `bytes` are told as ours. Throws when they are, and the other way does not read the very same. */
export function toldAsOurs(bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false
  const told = refusable(() => good(readOwnDocument(bytes)))
  const text = bytes.toString('utf8')
  if (!told.ok) {
    assert.deepEqual(
      refusable(() => good(scan(text))),
      told,
    )
    return false
  }
  const own = told.value
  if (own === undefined) return false
  const root = scan(text)
  const shape = findSignature(root, demandSignature(root))
  assert.ok(isCanonical(root, shape.signature), 'canonical')
  assert.ok(isCanonical(shape.signedInfo) && isCanonical(shape.signedProperties), 'canonical')
  assert.deepEqual(schemaFaults(root.withoutLast()), [])
  assert.deepEqual(said(own.content), said(root.withoutLast()))
  const { signature } = own
  const byte = (offset: number): number => Buffer.byteLength(text.slice(0, offset))
  assert.deepEqual([signature.start, signature.end], [byte(shape.signature.start), byte(shape.signature.end)])
  const { signedInfo, signedProperties } = shape
  assert.deepEqual([signature.infoStart, signature.infoEnd], [byte(signedInfo.start), byte(signedInfo.end)])
  const properties = [byte(signedProperties.start), byte(signedProperties.end)]
  assert.deepEqual([signature.propertiesStart, signature.propertiesEnd], properties)
  assert.deepEqual(signature.signedInfo, readSignedInfo(signedInfo, 'SignedProperties'))
  assert.deepEqual(signature.signedProperties, readSignedProperties(signedProperties))
  assert.equal(signature.elements, count(shape.signature))
  return true
}
