// Writes XML: names that the program fixes, values from outside, escaped here and nowhere else (attack X3).
import { problem } from '../../../problem/problem.ts'
import type { Findings } from './gather.ts'

/** A piece of XML that is written already: elements are made of such pieces, never of bare texts. */
export interface Xml {
  readonly xml: string
}

type Content = Xml | readonly Xml[]

/** Writes the elements of one answer; what XML cannot carry is a problem in `found` and never written. */
export interface XmlWriter {
  /** An element with a text. An empty text writes an element without content. */
  leaf(name: string, text: string, attributes?: Readonly<Record<string, string>>): Xml
  /** A text that stands between elements. */
  text(text: string): Xml
  /** An element with elements. */
  node(name: string, content: Content, attributes?: Readonly<Record<string, string>>): Xml
}

export function xmlWriter(found: Findings): XmlWriter {
  const tag = (name: string, attributes: Readonly<Record<string, string>>): string =>
    Object.entries(attributes).reduce(
      (start, [key, value]) => `${start} ${key}="${inAttribute(value, name, found)}"`,
      name,
    )
  const element = (name: string, content: string, attributes: Readonly<Record<string, string>>): Xml => ({
    xml:
      content === ''
        ? `<${tag(name, attributes)}></${name}>`
        : `<${tag(name, attributes)}>${content}</${name}>`,
  })
  return {
    leaf: (name, text, attributes = {}) => element(name, inText(text, name, found), attributes),
    text: (text) => ({ xml: inText(text, '', found) }),
    node: (name, content, attributes = {}) => element(name, joined(content), attributes),
  }
}

/** Added one to the other, not joined: a whole file stands in one of them, and joining would copy it at every level. */
const joined = (content: Content): string =>
  'xml' in content ? content.xml : content.reduce((whole, { xml }) => whole + xml, '')

// XML 1.0, section 2.2: the characters of a document. Lone surrogates are none.
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

function inText(text: string, path: string, found: Findings): string {
  const wrong = forbidden.exec(text)
  if (wrong !== null) {
    const number = (wrong[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    found.add(problem('ecms.write.character', path, undefined, { found: number }))
    return ''
  }
  // A carriage return would come back as a line feed (XML 1.0, section 2.11).
  return text.replace(/[&<>\r]/g, (character) => references[character] ?? character)
}

const inAttribute = (text: string, path: string, found: Findings): string =>
  inText(text, path, found).replace(/["\t\n]/g, (character) => references[character] ?? character)

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}
