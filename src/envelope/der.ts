// A strict reader of DER (X.690 §10), as far as a certificate's own parts need one. Node tells neither the key usage
// nor the signature algorithm of a certificate. No recursion: nesting inside a certificate costs nothing (attack S17).

export interface DerValue {
  readonly tag: number
  readonly content: Buffer
}

export const tags = { boolean: 1, bitString: 3, octetString: 4, objectIdentifier: 6, sequence: 0x30 } as const

/** The values that stand one after the other in `bytes`; undefined when they are not whole, or not DER. At most `limit`. */
export function readDer(bytes: Buffer, limit = 64): DerValue[] | undefined {
  const values: DerValue[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at]
    const first = bytes[at + 1]
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || values.length >= limit)
      return undefined
    at += 2
    let length = first
    if (first >= 0x80) {
      const octets = first - 0x80
      if (octets < 1 || octets > 3 || at + octets > bytes.length) return undefined
      length = bytes.readUIntBE(at, octets)
      at += octets
      // One length has one spelling: no long form where the short one or fewer octets do.
      if (length < 0x80 || length < 2 ** (8 * (octets - 1))) return undefined
    }
    if (at + length > bytes.length) return undefined
    values.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return values
}

/** The values inside a constructed value with this tag, or undefined. */
export const inside = (value: DerValue | undefined, tag: number): DerValue[] | undefined =>
  value?.tag === tag ? readDer(value.content) : undefined

/** An object identifier as hexadecimal digits of its content: exact, and enough to compare. */
export const identifierOf = (value: DerValue | undefined): string | undefined =>
  value?.tag === tags.objectIdentifier ? value.content.toString('hex') : undefined
