// Namespaces in XML 1.0: which prefix means which namespace, from element to element.
import { bounds } from './bounds.ts'
import { lineAt } from './character-data.ts'
import { namespaces } from './namespaces.ts'
import { refuse } from './refusal.ts'
import { unitsOf } from './units.ts'

export interface Declaration {
  /** Empty for the default namespace. */
  readonly prefix: string
  /** Empty where the default namespace is taken away. */
  readonly uri: string
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'
// Canonical XML fails on relative names (§1.3), and a library that goes on signs nothing (attack S5).
// Only plain spellings: what two libraries might read as two names, or one of them not at all (`%zz`, two `#`, a port that is
// none, `&`, which libxml2 does not escape where Canonical XML does), both ways of verifying refuse alike.
const absolute =
  /^[A-Za-z][A-Za-z0-9+.-]*:(?:\/\/[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:\/[A-Za-z0-9._~/+-]*)?|[A-Za-z0-9._~+-][A-Za-z0-9._~/:+-]*)(?:\?[A-Za-z0-9._~/=-]*)?(?:#[A-Za-z0-9._~/-]*)?$/

const known = Object.values(namespaces).map((uri) => ({ uri, units: unitsOf(uri) }))

/**
 * The envelope's own namespace whose name stands at `start`, behind a quote, and ends with the same quote; if one does.
 * There is one string for each, so that comparing them later compares addresses.
 */
export function knownNamespace(units: Uint16Array, start: number): string | undefined {
  const quote = units[start - 1]
  next: for (const { uri, units: own } of known) {
    if (units[start + own.length] !== quote) continue
    for (let at = 0; at < own.length; at++) if (own[at] !== units[start + at]) continue next
    return uri
  }
  return undefined
}

/** The declarations in force at a place of `text`, innermost last. Offsets are only for the line of a refusal. */
export class NamespaceScope {
  readonly #text: string
  // Written over as elements end and begin; the first `#count` are in force.
  readonly #prefixes: string[] = []
  readonly #uris: string[] = []
  #count = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Takes the declaration of `prefix` by an element that declared `earlier` before. `uri` is one of ours, or anything. */
  declare(
    prefix: string,
    uri: string,
    ours: boolean,
    earlier: readonly Declaration[],
    offset: number,
  ): Declaration {
    for (const each of earlier)
      if (each.prefix === prefix) {
        const attribute = prefix === '' ? 'xmlns' : `xmlns:${prefix}`
        refuse('envelope.attribute.twice', lineAt(this.#text, offset), attribute)
      }
    if (this.#count === bounds.declarations)
      refuse('envelope.namespaces.too-many', lineAt(this.#text, offset), undefined, {
        limit: bounds.declarations,
      })
    if (prefix === 'xml' || prefix === 'xmlns') this.#reserved(prefix, uri, offset)
    if (!ours) this.#demandName(prefix, uri, offset)
    this.#prefixes[this.#count] = prefix
    this.#uris[this.#count] = uri
    this.#count++
    return { prefix, uri }
  }

  #demandName(prefix: string, uri: string, offset: number): void {
    if (uri === xmlNamespace || uri === xmlnsNamespace) this.#reserved(prefix, uri, offset)
    const missing = uri === '' && prefix !== ''
    if (missing || uri.length > bounds.namespace || (uri !== '' && !absolute.test(uri)))
      refuse('envelope.namespace.malformed', lineAt(this.#text, offset), uri, { limit: bounds.namespace })
  }

  #reserved(prefix: string, uri: string, offset: number): never {
    const attribute = prefix === '' ? 'xmlns' : `xmlns:${prefix}`
    return refuse('envelope.namespace.reserved', lineAt(this.#text, offset), `${attribute}="${uri}"`)
  }

  /** Forgets the last `count` declarations: those of an element that ends. */
  leave(count: number): void {
    this.#count -= count
  }

  /** The namespace that `prefix` stands for; refuses a prefix that was not declared. */
  lookUp(prefix: string, offset: number): string {
    for (let at = this.#count - 1; at >= 0; at--)
      if (this.#prefixes[at] === prefix) return this.#uris[at] ?? ''
    if (prefix === '') return ''
    if (prefix === 'xml') return xmlNamespace
    return refuse('envelope.namespace.undeclared', lineAt(this.#text, offset), prefix)
  }
}
