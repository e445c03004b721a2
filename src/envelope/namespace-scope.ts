// Namespaces in XML 1.0: which prefix means which namespace, from element to element.
import { bounds } from './bounds.ts'
import { lineAt } from './character-data.ts'
import { refuse } from './refusal.ts'

export interface Declaration {
  /** Empty for the default namespace. */
  readonly prefix: string
  /** Empty where the default namespace is taken away. */
  readonly uri: string
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'
// Canonical XML fails on relative names (§1.3), and a library that goes on signs nothing (attack S5).
// `&` is left out: libxml2 does not escape it where Canonical XML does.
const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9!#$%()*+,\-./:;=?@_~]*$/

/** The declarations in force at a place of `text`, innermost last. Offsets are only for the line of a refusal. */
export class NamespaceScope {
  readonly #text: string
  readonly #prefixes: string[] = []
  readonly #uris: string[] = []
  /** How many declarations were in force before each open element. */
  readonly #marks: number[] = []

  constructor(text: string) {
    this.#text = text
  }

  enter(): void {
    this.#marks.push(this.#prefixes.length)
  }

  leave(): void {
    const mark = this.#marks.pop() ?? 0
    if (mark === this.#prefixes.length) return
    this.#prefixes.length = mark
    this.#uris.length = mark
  }

  /** Takes the attribute `xmlns` or `xmlns:prefix` of the element entered last. */
  declare(attribute: string, uri: string, offset: number): Declaration {
    const prefix = attribute.slice(6)
    const mark = this.#marks[this.#marks.length - 1] ?? 0
    if (this.#prefixes.indexOf(prefix, mark) !== -1)
      refuse('envelope.attribute.twice', lineAt(this.#text, offset), attribute)
    if (prefix === 'xml' || prefix === 'xmlns' || uri === xmlNamespace || uri === xmlnsNamespace)
      refuse('envelope.namespace.reserved', lineAt(this.#text, offset), `${attribute}="${uri}"`)
    const missing = uri === '' && prefix !== ''
    if (missing || uri.length > bounds.namespace || (uri !== '' && !absolute.test(uri)))
      refuse('envelope.namespace.malformed', lineAt(this.#text, offset), uri, { limit: bounds.namespace })
    this.#prefixes.push(prefix)
    this.#uris.push(uri)
    return { prefix, uri }
  }

  /** The namespace that `prefix` stands for; refuses a prefix that was not declared. */
  lookUp(prefix: string, offset: number): string {
    const found = this.#prefixes.lastIndexOf(prefix)
    if (found !== -1) return this.#uris[found] ?? ''
    if (prefix === '') return ''
    if (prefix === 'xml') return xmlNamespace
    return refuse('envelope.namespace.undeclared', lineAt(this.#text, offset), prefix)
  }
}
