// XML as the sandbox's systems write it, by hand, and read it, by fast-xml-parser: nothing of the gateway's.
import { XMLParser } from 'fast-xml-parser'

export interface Element {
  /** Without its prefix. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
}

/** The root of a document. Throws when it is none. */
export function readXml(text: string): Element {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    ignoreDeclaration: true,
    // `&#3585;` stays as it is without it.
    htmlEntities: true,
  })
  const [root] = elementsOf(parser.parse(text.replace(/^\ufeff/, '')) as Parsed[])
  if (root === undefined) throw new Error('no XML')
  return root
}

type Parsed = { readonly [name: string]: unknown }

function elementsOf(parsed: readonly Parsed[]): Element[] {
  return parsed.flatMap((each) => {
    const [name = '#text'] = Object.keys(each).filter((key) => key !== ':@')
    if (name === '#text') return []
    const inside = each[name] as Parsed[]
    return [
      {
        name,
        attributes: (each[':@'] ?? {}) as Record<string, string>,
        children: elementsOf(inside),
        text: inside.map((part) => String(part['#text'] ?? '')).join(''),
      },
    ]
  })
}

/** The elements at a path of names below one, each step all that are so named. */
export const allAt = (from: Element, ...path: readonly string[]): readonly Element[] =>
  path.reduce<readonly Element[]>(
    (found, step) => found.flatMap(({ children }) => children.filter(({ name }) => name === step)),
    [from],
  )

/** The text of the first element at a path, '' where there is none. */
export const textAt = (from: Element, ...path: readonly string[]): string =>
  (allAt(from, ...path)[0]?.text ?? '').trim()

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)

/** An element of text; `attributes` as they stand. */
export const leaf = (name: string, text: string, attributes: Readonly<Record<string, string>> = {}): string =>
  `${begin(name, attributes)}${escapeXml(text)}</${name}>`

/** An element of elements. */
export const branch = (
  name: string,
  children: readonly string[],
  attributes: Readonly<Record<string, string>> = {},
): string => `${begin(name, attributes)}\r\n${children.join('\r\n')}\r\n</${name}>`

const begin = (name: string, attributes: Readonly<Record<string, string>>): string =>
  `<${[name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escapeXml(value)}"`)].join(' ')}>`

/** A text that only CDATA can hold without escapes. */
export const cdata = (name: string, text: string): string =>
  `<${name}><![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]></${name}>`
