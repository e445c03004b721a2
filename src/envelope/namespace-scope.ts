// Namespaces in XML 1.0: which prefix means which namespace, from element to element.
import { bounds } from './bounds.ts'
import { lineAt } from './character-data.ts'
import { namespaces } from './namespaces.ts'
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

const knownUris: ReadonlyMap<string, string> = new Map(Object.values(namespaces).map((uri) => [uri, uri]))

/** The declarations in force at a place of `text`, innermost last. Offsets are only for the line of a refusal. */
export class NamespaceScope {
  readonly #text: string
  readonly #prefixes: string[] = []
  readonly #uris: string[] = []

  constructor(text: string) {
    this.#text = text
  }

  /** Takes the attribute `xmlns` or `xmlns:prefix` of an element that declared `earlier` before. */
  declare(attribute: string, uri: string, earlier: readonly Declaration[], offset: number): Declaration {
    const prefix = attribute.slice(6)
    for (const each of earlier)
      if (each.prefix === prefix) refuse('envelope.attribute.twice', lineAt(this.#text, offset), attribute)
    if (prefix === 'xml' || prefix === 'xmlns' || uri === xmlNamespace || uri === xmlnsNamespace)
      refuse('envelope.namespace.reserved', lineAt(this.#text, offset), `${attribute}="${uri}"`)
    const missing = uri === '' && prefix !== ''
    if (missing || uri.length > bounds.namespace || (uri !== '' && !absolute.test(uri)))
      refuse('envelope.namespace.malformed', lineAt(this.#text, offset), uri, { limit: bounds.namespace })
    this.#prefixes.push(prefix)
    // One string for each namespace, so that comparing them later compares addresses.
    const known = knownUris.get(uri) ?? uri
    this.#uris.push(known)
    return { prefix, uri: known }
  }

  /** Forgets the last `count` declarations: those of an element that ends. */
  leave(count: number): void {
    this.#prefixes.length -= count
    this.#uris.length -= count
  }

  /** The namespace that `prefix` stands for; refuses a prefix that was not declared. */
  lookUp(prefix: string, offset: number): string {
    for (let at = this.#prefixes.length - 1; at >= 0; at--)
      if (this.#prefixes[at] === prefix) return this.#uris[at] ?? ''
    if (prefix === '') return ''
    if (prefix === 'xml') return xmlNamespace
    return refuse('envelope.namespace.undeclared', lineAt(this.#text, offset), prefix)
  }
}
