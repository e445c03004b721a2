// The small paths by which a profile names places of a document: `หนังสือ/เรื่อง`, `@เลขที่`, `ผู้รับ/ชื่อ`, `text()`, and from the
// root `/บัญชี/@รุ่น`. Names are written with the profile's own prefixes, whatever the document calls them.

/** A column as the profile writes it: a path, or a path with what makes it a list. */
export type ColumnOption =
  | string
  | { readonly at: string; readonly separator: string; readonly each?: string }

export interface Place {
  /** The column's name: the path as the profile writes it. */
  readonly at: string
  /** From the root of the document, outside of the records. */
  readonly absolute: boolean
  /** Elements, from the record (or the root) down to the one that holds the text or the attribute. */
  readonly steps: readonly string[]
  readonly attribute?: string
  readonly separator?: string
  /** How many of `steps` lead to the element that is repeated; with a separator only. */
  readonly each: number
}

// XML 1.0, section 2.3, without the colon, which parts prefix and name.
const start =
  'A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffc'
const name = `[${start}][${start}0-9.\\u00b7\\u0300-\\u036f\\u203f\\u2040-]*`
const qualified = new RegExp(`^(?:${name}:)?${name}$`, 'u')
const prefix = new RegExp(`^(?:${name})?$`, 'u')

export const isName = (text: string): boolean => qualified.test(text)
export const isPrefix = (text: string): boolean => prefix.test(text) && !/^xml/i.test(text)

/** The place that a column names, or nothing when its path is none. */
export function placeOf(option: ColumnOption): Place | undefined {
  const at = typeof option === 'string' ? option : option.at
  const { separator = undefined, each = undefined } = typeof option === 'string' ? {} : option
  const absolute = at.startsWith('/')
  const parts = (absolute ? at.slice(1) : at).split('/')
  const last = parts.at(-1) ?? ''
  const ending = last === 'text()' || last.startsWith('@')
  const steps = ending ? parts.slice(0, -1) : parts
  if (!steps.every(isName) || (last.startsWith('@') && !isName(last.slice(1)))) return undefined
  if (absolute && steps.length === 0) return undefined
  const repeated = each?.split('/') ?? steps
  // What repeats must be an element on the way, and never the record itself.
  if (separator !== undefined && (repeated.length === 0 || !isBeginning(repeated, steps) || absolute))
    return undefined
  return {
    at,
    absolute,
    steps,
    ...(last.startsWith('@') && { attribute: last.slice(1) }),
    ...(separator !== undefined && { separator }),
    each: separator === undefined ? 0 : repeated.length,
  }
}

export const isBeginning = (short: readonly string[], long: readonly string[]): boolean =>
  short.length <= long.length && short.every((step, index) => step === long[index])

/** Prefixes of the profile by URI: `''` is the name of what stands in no prefix. */
export type Namespaces = Readonly<Record<string, string>>

/** The name of an element or attribute as the profile would write it. */
export function printedName(namespaces: ReadonlyMap<string, string>, uri: string, local: string): string {
  const known = namespaces.get(uri)
  if (known !== undefined) return known === '' ? local : `${known}:${local}`
  return uri === '' && !namespaces.has('') ? local : `{${uri}}${local}`
}

/** URI → prefix. `attributes`: a default namespace is none of theirs (Namespaces in XML 1.0, section 6.2). */
export function prefixes(namespaces: Namespaces, of: 'elements' | 'attributes'): ReadonlyMap<string, string> {
  const entries = Object.entries(namespaces)
    .filter(([each]) => of === 'elements' || each !== '')
    .map(([each, uri]): [string, string] => [uri, each])
  const unnamed = of === 'attributes' || !Object.hasOwn(namespaces, '')
  return new Map([
    ['http://www.w3.org/XML/1998/namespace', 'xml'],
    ...entries,
    ...(unnamed ? [['', ''] as const] : []),
  ])
}
