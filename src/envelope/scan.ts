// One pass over the text of a document: well-formedness (XML 1.0, Namespaces in XML 1.0), bounds, offsets of every
// element, and whether its tags and text are written as Canonical XML writes them. What XML allows and an envelope
// does not (DOCTYPE, comments, processing instructions, CDATA) ends the pass with its own name.
import { bounds } from './bounds.ts'
import { lineAt, readAttributeValue, readCharacters, refuseMarkup } from './character-data.ts'
import { isBlank, isName, isSpace } from './characters.ts'
import { type Declaration, NamespaceScope } from './namespace-scope.ts'
import { refuse } from './refusal.ts'
import { skipDeclaration } from './source.ts'

export interface ScannedAttribute {
  readonly prefix: string
  readonly name: string
  readonly value: string
}

/** One element and where it stands. Offsets count UTF-16 units of the scanned text. */
export interface ScannedElement {
  readonly prefix: string
  /** The local name. */
  readonly name: string
  /** Its namespace's name; empty when it has none. */
  readonly namespace: string
  readonly attributes: readonly ScannedAttribute[]
  /** The namespaces declared on this very element. */
  readonly declarations: readonly Declaration[]
  readonly children: readonly ScannedElement[]
  /** Its own character data, decoded. Beside child elements, what is only white space is left out. */
  readonly text: string
  /** The offset of `<`. */
  readonly start: number
  /** The offset behind the start tag. */
  readonly inside: number
  /** The offset behind the end tag. */
  readonly end: number
  /** Whether its tags, attributes and own text stand as Canonical XML 1.0 §2.3 writes them (namespaces aside). */
  readonly plain: boolean
}

type Open = { -readonly [Key in keyof Omit<ScannedElement, 'children'>]: ScannedElement[Key] } & {
  children: ScannedElement[]
  /** The name as written, prefix and all: what the end tag must repeat. */
  written: string
}

// Shared by all that have none; never written to.
const none: never[] = []

const isAsciiStart = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95

/** Reads `text` into its tree of elements; anything wrong is refused with its name and line. */
export function scan(text: string): ScannedElement {
  return new Scanner(text).document()
}

class Scanner {
  readonly #text: string
  readonly #scope: NamespaceScope
  readonly #open: Open[] = []
  #at = 0
  /** Of the name read last. */
  #colon = -1
  #elements = 0

  constructor(text: string) {
    this.#text = text
    this.#scope = new NamespaceScope(text)
  }

  document(): ScannedElement {
    const text = this.#text
    this.#at = skipDeclaration(text)
    this.#skipSpace()
    let root: Open | undefined
    let parent: Open | undefined
    do {
      const tag = text.indexOf('<', this.#at)
      if (tag === -1) return this.#malformed('a tag', this.#at)
      if (tag > this.#at) {
        if (parent === undefined) return this.#malformed('a start tag', this.#at)
        this.#characters(parent, tag)
      }
      const next = text.charCodeAt(tag + 1)
      if (next === 47 /* / */) this.#endTag(parent, tag)
      else if (next === 33 /* ! */ || next === 63 /* ? */) refuseMarkup(text, tag)
      else {
        const element = this.#startTag(parent, tag)
        root ??= element
      }
      parent = this.#open[this.#open.length - 1]
    } while (parent !== undefined)
    this.#skipSpace()
    if (this.#at < text.length) {
      refuseMarkup(text, this.#at)
      this.#malformed('nothing behind the root element', this.#at)
    }
    return root ?? this.#malformed('an element', 0)
  }

  #startTag(parent: Open | undefined, tag: number): Open {
    if (++this.#elements > bounds.elements) this.#tooMuch('envelope.elements.too-many', tag, bounds.elements)
    if (this.#open.length >= bounds.depth) this.#tooMuch('envelope.depth.too-deep', tag, bounds.depth)
    const written = this.#name(tag + 1)
    const colon = this.#colon
    const element: Open = {
      prefix: colon === -1 ? '' : written.slice(0, colon),
      name: colon === -1 ? written : written.slice(colon + 1),
      written,
      namespace: '',
      attributes: none,
      declarations: none,
      children: none,
      text: '',
      start: tag,
      inside: 0,
      end: 0,
      plain: true,
    }
    const empty = this.#attributes(element)
    element.namespace = this.#scope.lookUp(element.prefix, tag)
    element.inside = this.#at
    if (parent !== undefined) {
      if (parent.children.length === 0 && isBlank(parent.text)) parent.text = ''
      if (parent.children === none) parent.children = [element]
      else parent.children.push(element)
    }
    if (empty) {
      element.plain = false // canonical XML writes both tags
      element.end = this.#at
      this.#leave(element)
    } else this.#open.push(element)
    return element
  }

  /** Reads from behind the element's name to behind `>`; answers whether the tag was `<x/>`. */
  #attributes(element: Open): boolean {
    const text = this.#text
    let attributes: ScannedAttribute[] | undefined
    let declarations: Declaration[] | undefined
    for (let count = 1; ; count++) {
      const before = this.#at
      if (text.charCodeAt(before) !== 62 /* > */) this.#skipSpace()
      const start = this.#at
      const code = text.charCodeAt(start)
      if (code === 62 || code === 47 /* / */) {
        if (start !== before) element.plain = false
        if (code === 47 && text.charCodeAt(start + 1) !== 62) this.#malformed('“/>”', start)
        this.#at = code === 62 ? start + 1 : start + 2
        if (attributes !== undefined) this.#finish(element, attributes, start)
        if (declarations !== undefined) element.declarations = declarations
        return code === 47
      }
      if (start === before) this.#malformed('a space, “>” or “/>” in a tag', before)
      if (start !== before + 1 || text.charCodeAt(before) !== 32) element.plain = false
      if (count > bounds.attributes) this.#tooMuch('envelope.attributes.too-many', start, bounds.attributes)
      const name = this.#name(start)
      const colon = this.#colon
      const value = this.#attributeValue(element)
      if (name === 'xmlns' || name.startsWith('xmlns:')) {
        if (attributes !== undefined || declarations !== undefined) element.plain = false
        declarations ??= []
        declarations.push(this.#scope.declare(name, value, declarations, start))
      } else {
        attributes ??= []
        attributes.push({
          prefix: colon === -1 ? '' : name.slice(0, colon),
          name: name.slice(colon + 1),
          value,
        })
      }
    }
  }

  /** Attributes of one element differ in name and namespace; canonical XML sorts them (§2.2, unprefixed ones by name). */
  #finish(element: Open, attributes: readonly ScannedAttribute[], at: number): void {
    for (let second = 0; second < attributes.length; second++) {
      const later = attributes[second]!
      const namespace = later.prefix === '' ? '' : this.#scope.lookUp(later.prefix, at)
      if (namespace !== '') element.plain = false
      for (let first = 0; first < second; first++) {
        const earlier = attributes[first]!
        if (earlier.name !== later.name) continue
        const same = earlier.prefix === '' ? '' : this.#scope.lookUp(earlier.prefix, at)
        if (same === namespace) refuse('envelope.attribute.twice', lineAt(this.#text, at), later.name)
      }
      if (second > 0 && attributes[second - 1]!.name > later.name) element.plain = false
    }
    element.attributes = attributes
  }

  #attributeValue(element: Open): string {
    const text = this.#text
    this.#skipSpaceBefore(61 /* = */, element)
    this.#at++
    const at = this.#at
    this.#skipSpace()
    const quote = text.charCodeAt(this.#at)
    if (quote !== 34 && quote !== 39) this.#malformed('a quoted value', this.#at)
    if (quote !== 34 || this.#at !== at) element.plain = false
    const start = this.#at + 1
    const end = text.indexOf(quote === 34 ? '"' : "'", start)
    if (end === -1) this.#malformed('a closing quote', start)
    this.#at = end + 1
    return readAttributeValue(text, start, end, element)
  }

  #characters(element: Open, end: number): void {
    const found = readCharacters(this.#text, this.#at, end, element)
    if (element.children.length === 0 && element.text === '') element.text = found
    else if (element.children.length === 0 || !isBlank(found)) element.text += found
    if (element.text.length * 3 > bounds.value && Buffer.byteLength(element.text) > bounds.value)
      this.#tooMuch('envelope.value.too-long', this.#at, bounds.value)
  }

  #endTag(element: Open | undefined, tag: number): void {
    if (element === undefined) {
      this.#malformed('a start tag', tag)
      return
    }
    this.#at = tag + 2 + element.written.length
    if (!this.#text.startsWith(element.written, tag + 2)) this.#malformed(`</${element.written}>`, tag)
    this.#skipSpaceBefore(62 /* > */, element)
    this.#at++
    element.end = this.#at
    this.#open.pop()
    this.#leave(element)
  }

  #leave(element: Open): void {
    if (element.declarations !== none) this.#scope.leave(element.declarations.length)
  }

  /** The name at `start`, with its prefix; moves behind it, and notes where its colon stands (-1: nowhere). */
  #name(start: number): string {
    const text = this.#text
    let colon = -1
    let ascii = true
    let at = start
    for (; ; at++) {
      const code = text.charCodeAt(at)
      // a–z first: most of every name
      if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) continue
      if ((code >= 48 && code <= 57) || code === 45 || code === 46 || code === 95) continue
      if (code === 58 && colon === -1) colon = at - start
      else if (code < 128 || Number.isNaN(code)) break
      else ascii = false
    }
    this.#at = at
    this.#colon = colon
    const name = text.slice(start, at)
    const plain = ascii && isAsciiStart(text.charCodeAt(start))
    if (!plain || (colon !== -1 && !isAsciiStart(text.charCodeAt(start + colon + 1)))) {
      const right =
        colon === -1 ? isName(name) : isName(name.slice(0, colon)) && isName(name.slice(colon + 1))
      if (!right) this.#malformed('a name', start)
    }
    return name
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++
  }

  #skipSpaceBefore(code: number, element: Open): void {
    if (this.#text.charCodeAt(this.#at) === code) return
    element.plain = false
    this.#skipSpace()
    if (this.#text.charCodeAt(this.#at) !== code) this.#malformed(`“${String.fromCharCode(code)}”`, this.#at)
  }

  #malformed(expected: string, offset: number): never {
    const found = this.#text.slice(offset, offset + 30)
    return refuse('envelope.xml.malformed', lineAt(this.#text, offset), found, { expected })
  }

  #tooMuch(code: Parameters<typeof refuse>[0], offset: number, limit: number): never {
    return refuse(code, lineAt(this.#text, offset), undefined, { limit })
  }
}
