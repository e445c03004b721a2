// Makes envelopes that differ from good ones in exactly one way, signed again where that is what an attacker could do.
import { hash, sign } from 'node:crypto'
import type { Canonicalisation } from '../../src/envelope/algorithms.ts'
import { canonicaliseDocument, canonicaliseSigned } from '../../src/envelope/canonicalise.ts'
import { scan } from '../../src/envelope/scan.ts'
import type { Identity } from './certificates.ts'

type Edit = (text: string) => string

export interface Edits {
  /** The whole document before it is signed: moves, re-indentation, other prefixes. */
  readonly document?: Edit
  /** SignedProperties, before their digest is made. */
  readonly properties?: Edit
  /** SignedInfo, after the digests are in and before it is signed. */
  readonly info?: Edit
  /** The Signature element, after signing. */
  readonly signature?: Edit
  /** The whole document, after signing. */
  readonly after?: Edit
  /** Makes the value of the signature; default: the identity's key. */
  readonly value?: (toSign: Buffer) => Buffer
  readonly hash?: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  readonly digest?: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  readonly canonicalisation?: Canonicalisation
}

const part = (text: string, name: string): string => {
  const [found] = new RegExp(`<(\\w+:)?${name}[ >][^]*</(\\w+:)?${name}>`).exec(text) ?? []
  if (found === undefined) throw new Error(`no ${name} to edit`)
  return found
}

/** `text` with `from` replaced once; an edit that changes nothing is a broken vector. */
export function swap(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, () => to)
  if (changed === text) throw new Error(`nothing to replace: ${String(from)}`)
  return changed
}

/** Seals `text` (a sealed envelope) again after the edits, with the key of `identity`. */
export function forge(text: string, identity: Identity, edits: Edits = {}): string {
  const { canonicalisation = 'exclusive', digest = 'sha256' } = edits
  let document = edits.document?.(text) ?? text
  const replace = (name: string, edit: Edit): void => {
    const old = part(document, name)
    document = document.replace(old, () => edit(old))
  }
  if (edits.properties !== undefined) replace('SignedProperties', edits.properties)
  const context = (): readonly [string, ReturnType<typeof scan>, ReturnType<typeof scan>] => {
    const root = scan(document)
    return [document, root, root.children[root.children.length - 1]!]
  }
  const digests = [
    canonicaliseDocument(Buffer.from(document), canonicalisation),
    canonicaliseSigned(...context(), '/*/ds:Signature/ds:Object/*/xades:SignedProperties', canonicalisation),
  ].map((bytes) => hash(digest, bytes, 'base64'))
  replace('SignedInfo', (old) =>
    old.replace(/(<(?:\w+:)?DigestValue>)[^<]*</g, (_, open: string) => `${open}${digests.shift()}<`),
  )
  if (edits.info !== undefined) replace('SignedInfo', edits.info)
  const info = canonicaliseSigned(...context(), '/*/ds:Signature/ds:SignedInfo', canonicalisation)
  const value =
    edits.value?.(info) ??
    sign(edits.hash ?? 'sha256', info, { key: identity.key, dsaEncoding: 'ieee-p1363' })
  replace('SignatureValue', (old) => old.replace(/>[^<]*</, `>${value.toString('base64')}<`))
  if (edits.signature !== undefined) replace('Signature', edits.signature)
  return edits.after?.(document) ?? document
}
