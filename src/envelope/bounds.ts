// What an envelope may measure (design §5.1). Checked while reading, before any digest (attacks X2, X7).

export interface Bounds {
  /** Bytes of the document. */
  readonly document: number
  readonly depth: number
  /** Attributes of one element, namespace declarations counted. */
  readonly attributes: number
  readonly elements: number
  /** UTF-8 bytes of one value (an element's text, an attribute), as decoded. */
  readonly value: number
  /** Characters of a namespace's name. */
  readonly namespace: number
  /** Namespace declarations in force at one place: looking a prefix up costs as much. */
  readonly declarations: number
  /** Characters of an element's, an attribute's or a prefix's name: libxml2 itself ends at 50,000. */
  readonly name: number
}

export const bounds: Bounds = {
  document: 4 * 1024 * 1024,
  depth: 32,
  attributes: 16,
  elements: 20_000,
  value: 64 * 1024,
  namespace: 256,
  declarations: 24,
  name: 256,
}
