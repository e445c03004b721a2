// The XML that spreadsheet programs write, read by an own scanner, many times as fast as a parser of all XML. It knows a closed
// subset: elements of one known namespace, declared at the root; nothing that is left out of it is guessed at.
import {
  knownNamespace,
  partLimits,
  relationshipNamespace,
  type XmlAttributes,
  type XmlReader,
} from './part.ts'

const declaration =
  /(?:<\?xml version="1\.0"(?: encoding="(?:UTF-8|utf-8)")?(?: standalone="(?:yes|no)")?\?>)?[ \t\r\n]*/y
/** What XML cannot say (1.0, section 2.2; halves of surrogate pairs no UTF-8 has), and `\r`, which is read as another character. */
const unusual = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\]\]>/g
const address = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>&]+$/
const onlyBlanks = /[ \t\r\n]*$/y

const references: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
}

/** The attributes of the element that is read now, until the next. */
class Attributes implements XmlAttributes {
  names: string[] = []
  values: string[] = []
  count = 0

  get(name: string): string | undefined {
    for (let index = 0; index < this.count; index += 1)
      if (this.names[index] === name) return this.values[index]
    return undefined
  }
}

/**
 * Gives a part's elements to `reader` as the strict reader would, to the character. False where anything in it is unusual, or
 * wrong: the reader was given a beginning of it then, and is of no more use. What `reader` throws goes through.
 */
export function readQuickly(text: string, reader: XmlReader): boolean {
  declaration.lastIndex = 0
  declaration.test(text)
  unusual.lastIndex = declaration.lastIndex
  return !unusual.test(text) && new Scanner(text, declaration.lastIndex, reader).read()
}

class Scanner {
  readonly #text: string
  readonly #reader: XmlReader
  readonly #open: string[] = []
  readonly #attributes = new Attributes()
  /** Prefix → whether it is that of relationships. */
  readonly #prefixes = new Map<string, boolean>([['xml', false]])
  #at: number

  constructor(text: string, start: number, reader: XmlReader) {
    this.#text = text
    this.#at = start
    this.#reader = reader
  }

  read(): boolean {
    const text = this.#text
    const open = this.#open
    const reader = this.#reader
    for (;;) {
      if (text.charCodeAt(this.#at) !== 0x3c) return false
      if (text.charCodeAt(this.#at + 1) === 0x2f) {
        const name = open.pop()
        if (name === undefined || !text.startsWith(name, this.#at + 2)) return false
        const end = this.#at + 2 + name.length
        if (text.charCodeAt(end) !== 0x3e) return false
        reader.close?.(name)
        this.#at = end + 1
      } else if (!this.#tag()) return false
      if (open.length === 0) return this.#ended()
      const next = text.indexOf('<', this.#at)
      if (next < 0) return false
      if (next > this.#at) {
        const said = plain(text.slice(this.#at, next))
        if (said === undefined) return false
        reader.text?.(said)
        this.#at = next
      }
    }
  }

  /** Reads what begins an element, or is one. */
  #tag(): boolean {
    const text = this.#text
    const root = this.#open.length === 0
    const name = this.#name(this.#at + 1)
    if (name === '' || this.#open.length >= partLimits.depth) return false
    this.#attributes.count = 0
    while (text.charCodeAt(this.#at) === 0x20 && isLetter(text.charCodeAt(this.#at + 1)))
      if (!this.#attribute()) return false
    if (root ? !this.#declared() : !this.#resolved()) return false
    if (text.charCodeAt(this.#at) === 0x3e) {
      this.#at += 1
      this.#reader.open?.(name, this.#attributes)
      this.#open.push(name)
      return true
    }
    if (text.charCodeAt(this.#at) === 0x20) this.#at += 1
    if (text.charCodeAt(this.#at) !== 0x2f || text.charCodeAt(this.#at + 1) !== 0x3e) return false
    this.#at += 2
    this.#reader.open?.(name, this.#attributes)
    this.#reader.close?.(name)
    return true
  }

  /** A name of ASCII letters and digits that begins at `from`; '' for any other. `#at` is behind it. */
  #name(from: number): string {
    const text = this.#text
    let at = from
    if (!isLetter(text.charCodeAt(at))) return ''
    do at += 1
    while (isLetter(text.charCodeAt(at)) || isDigit(text.charCodeAt(at)))
    this.#at = at
    const name = text.slice(from, at)
    return usual.get(name) ?? name
  }

  /** One attribute behind a blank. */
  #attribute(): boolean {
    const text = this.#text
    const found = this.#attributes
    const from = this.#at + 1
    let name = this.#name(from)
    if (text.charCodeAt(this.#at) === 0x3a) {
      if (this.#name(this.#at + 1) === '') return false
      name = text.slice(from, this.#at)
    }
    if (text.charCodeAt(this.#at) !== 0x3d || text.charCodeAt(this.#at + 1) !== 0x22) return false
    const start = this.#at + 2
    const end = text.indexOf('"', start)
    if (end < 0) return false
    for (let at = start; at < end; at += 1) {
      const code = text.charCodeAt(at)
      // Line breaks and tabs are read as blanks.
      if (code < 0x20 || code === 0x3c) return false
    }
    const value = plain(text.slice(start, end))
    if (value === undefined || found.count >= partLimits.attributes || found.get(name) !== undefined)
      return false
    found.names[found.count] = name
    found.values[found.count] = value
    found.count += 1
    this.#at = end + 1
    return true
  }

  /** Takes the root's namespaces: the known one for elements, and others, each once, for attributes. */
  #declared(): boolean {
    const { names, values, count } = this.#attributes
    const all = names.slice(0, count)
    const addresses = new Set<string>()
    let known = false
    let kept = 0
    for (const [index, name] of all.entries()) {
      const value = values[index]!
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) {
        names[kept] = name
        values[kept] = value
        kept += 1
        continue
      }
      if (!address.test(value) || value.includes('w3.org') || addresses.has(value)) return false
      addresses.add(value)
      if (name === 'xmlns') known = knownNamespace.test(value)
      else {
        const prefix = name.slice('xmlns:'.length)
        const relates = relationshipNamespace.test(value)
        if (prefix.startsWith('xml') || (relates && [...this.#prefixes.values()].includes(true))) return false
        this.#prefixes.set(prefix, relates)
      }
    }
    this.#attributes.count = kept
    return known && this.#resolved()
  }

  /** Leaves the attributes of no namespace, and `r:` before those of relationships; false for a prefix that was not declared. */
  #resolved(): boolean {
    const { names, values, count } = this.#attributes
    let kept = 0
    for (let index = 0; index < count; index += 1) {
      const name = names[index]!
      const colon = name.length > 2 ? name.indexOf(':') : -1
      if (colon < 0) {
        if (name === 'xmlns') return false
        names[kept] = name
      } else {
        const relates = this.#prefixes.get(name.slice(0, colon))
        if (relates === undefined) return false
        if (!relates) continue
        names[kept] = `r:${name.slice(colon + 1)}`
      }
      values[kept] = values[index]!
      kept += 1
    }
    this.#attributes.count = kept
    return true
  }

  #ended(): boolean {
    onlyBlanks.lastIndex = this.#at
    return onlyBlanks.test(this.#text)
  }
}

const isLetter = (code: number): boolean => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/** A text without references; nothing where it has one that is not XML's own. */
function plain(text: string): string | undefined {
  if (!text.includes('&')) return text
  const parts = text.split('&')
  let whole = parts[0]!
  for (const part of parts.slice(1)) {
    const end = part.indexOf(';') + 1
    const character = references[`&${part.slice(0, end)}`]
    if (character === undefined) return undefined
    whole += character + part.slice(end)
  }
  return whole
}

/** Names as the readers write them, which are compared by what they are and not letter by letter. */
const usual = new Map(
  [
    'row',
    'c',
    'is',
    't',
    'v',
    'f',
    'r',
    's',
    'si',
    'xf',
    'spans',
    'rPr',
    'ref',
    'style',
    'xmlns',
    'sheetData',
  ].map((name) => [name, name]),
)
