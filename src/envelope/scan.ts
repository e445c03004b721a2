// One pass over the text of a document: well-formedness (XML 1.0, Namespaces in XML 1.0), bounds, offsets of every
// element, and whether its tags and text are written as Canonical XML writes them. What XML allows and an envelope
// does not (DOCTYPE, comments, processing instructions, CDATA) ends the pass with its own name.
import { bounds } from './bounds.ts'
import { lineAt, readAttributeValue, readCharacters, refuseMarkup } from './character-data.ts'
import { isBlank, isName, isSpace } from './characters.ts'
import { type Name, readName } from './names.ts'
import { type Declaration, knownNamespace, NamespaceScope } from './namespace-scope.ts'
import { refuse } from './refusal.ts'
import { type ScannedAttribute, ScannedElement } from './scanned.ts'
import { skipDeclaration } from './source.ts'
import { unitsOf } from './units.ts'

/** Reads `text` into its tree of elements; anything wrong is refused with its name and line. */
export function scan(text: string, units: Uint16Array = unitsOf(text)): ScannedElement {
  return new Scanner(text, units).document()
}

class Scanner {
  readonly #text: string
  /** Of the text. */
  readonly #units: Uint16Array
  readonly #scope: NamespaceScope
  readonly #open: ScannedElement[] = []
  #at = 0
  #elements = 0

  constructor(text: string, units: Uint16Array) {
    this.#text = text
    this.#units = units
    this.#scope = new NamespaceScope(text)
  }

  document(): ScannedElement {
    const text = this.#text
    const units = this.#units
    this.#at = skipDeclaration(text)
    this.#skipSpace()
    let root: ScannedElement | undefined
    let parent: ScannedElement | undefined
    do {
      if (units[this.#at] !== 60 /* < */) this.#characters(parent)
      const tag = this.#at
      const next = units[tag + 1]
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

  #startTag(parent: ScannedElement | undefined, tag: number): ScannedElement {
    if (++this.#elements > bounds.elements) this.#tooMuch('envelope.elements.too-many', tag, bounds.elements)
    if (this.#open.length >= bounds.depth) this.#tooMuch('envelope.depth.too-deep', tag, bounds.depth)
    const element = new ScannedElement(this.#name(tag + 1), tag)
    const empty = this.#attributes(element)
    element.namespace = this.#scope.lookUp(element.prefix, tag)
    element.inside = this.#at
    parent?.adopt(element)
    if (empty) {
      element.plain = false // canonical XML writes both tags
      element.end = this.#at
      this.#scope.leave(element.declarations.length)
    } else this.#open.push(element)
    return element
  }

  /** Reads from behind the element's name to behind `>`; answers whether the tag was `<x/>`. */
  #attributes(element: ScannedElement): boolean {
    const units = this.#units
    let attributes: ScannedAttribute[] | undefined
    let declarations: Declaration[] | undefined
    for (let count = 1; ; count++) {
      const before = this.#at
      if (units[before] !== 62 /* > */) this.#skipSpace()
      const start = this.#at
      const code = units[start]
      if (code === 62 || code === 47 /* / */) {
        if (start !== before) element.plain = false
        if (code === 47 && units[start + 1] !== 62) this.#malformed('“/>”', start)
        this.#at = code === 62 ? start + 1 : start + 2
        if (attributes !== undefined) this.#finish(element, attributes, start)
        if (declarations !== undefined) element.declarations = declarations
        return code === 47
      }
      if (start === before) this.#malformed('a space, “>” or “/>” in a tag', before)
      if (start !== before + 1 || units[before] !== 32) element.plain = false
      if (count > bounds.attributes) this.#tooMuch('envelope.attributes.too-many', start, bounds.attributes)
      const { prefix, name, declares } = this.#name(start)
      const quoted = this.#openQuote(element)
      if (declares === undefined) {
        const value = this.#attributeValue(element, quoted)
        attributes ??= []
        attributes.push({ prefix, name, value })
      } else {
        if (attributes !== undefined || declarations !== undefined) element.plain = false
        declarations ??= []
        declarations.push(this.#declaration(element, declares, declarations, start, quoted))
      }
    }
  }

  #declaration(
    element: ScannedElement,
    prefix: string,
    earlier: readonly Declaration[],
    start: number,
    quoted: number,
  ): Declaration {
    const ours = knownNamespace(this.#units, quoted)
    if (ours !== undefined) this.#at = quoted + ours.length + 1
    const uri = ours ?? this.#attributeValue(element, quoted)
    return this.#scope.declare(prefix, uri, ours !== undefined, earlier, start)
  }

  /** Attributes of one element differ in name and namespace; canonical XML sorts them (§2.2, unprefixed ones by name). */
  #finish(element: ScannedElement, attributes: readonly ScannedAttribute[], at: number): void {
    // Each is looked up once: among sixteen attributes of one name there are 120 pairs.
    const found: string[] = []
    for (let second = 0; second < attributes.length; second++) {
      const later = attributes[second]!
      const namespace = later.prefix === '' ? '' : this.#scope.lookUp(later.prefix, at)
      found.push(namespace)
      if (namespace !== '') element.plain = false
      // An Id to some readers, and libxml2 refuses a value that is no name: both ways of verifying say so alike.
      if (later.prefix === 'xml' && later.name === 'id' && !isName(later.value))
        refuse('envelope.id.malformed', lineAt(this.#text, at), later.value)
      for (let first = 0; first < second; first++) {
        const earlier = attributes[first]!
        if (earlier.name === later.name && found[first] === namespace)
          refuse('envelope.attribute.twice', lineAt(this.#text, at), later.name)
      }
      if (second > 0 && attributes[second - 1]!.name > later.name) element.plain = false
    }
    element.attributes = attributes
  }

  /** Reads `="`; answers the offset behind the quote, which may be a single one. */
  #openQuote(element: ScannedElement): number {
    const units = this.#units
    this.#skipSpaceBefore(61 /* = */, element)
    this.#at++
    const at = this.#at
    this.#skipSpace()
    const quote = units[this.#at]
    if (quote !== 34 && quote !== 39) this.#malformed('a quoted value', this.#at)
    if (quote !== 34 || this.#at !== at) element.plain = false
    return this.#at + 1
  }

  /** The value that begins at `start`, behind its quote; moves behind the closing one. */
  #attributeValue(element: ScannedElement, start: number): string {
    const text = this.#text
    const units = this.#units
    const { length } = units
    let end = start
    if (units[start - 1] === 34) {
      // Almost every value is one piece of ordinary characters.
      for (; end < length; end++) {
        const unit = units[end]!
        if (unit === 34 || unit < 32 || unit === 38 || unit === 60 || unit >= 0xfffe) break
      }
      if (units[end] === 34 && end - start <= bounds.value / 3) {
        this.#at = end + 1
        return text.slice(start, end)
      }
    }
    const quote = text[start - 1] ?? '"'
    end = text.indexOf(quote, start)
    if (end === -1) this.#malformed('a closing quote', start)
    this.#at = end + 1
    return readAttributeValue(text, start, end, element)
  }

  /** Reads character data up to the next tag. */
  #characters(element: ScannedElement | undefined): void {
    const text = this.#text
    const units = this.#units
    const { length } = units
    const start = this.#at
    let end = start
    for (; end < length; end++) {
      const unit = units[end]!
      // Above `<` only three characters are looked for; below it most text of an envelope has spaces and digits.
      if (unit > 62 ? unit >= 0xfffe : unit === 60 || unit === 62 || unit === 38) break
      if (unit < 32 && unit !== 10 && unit !== 9) break
    }
    const ordinary = units[end] === 60
    const tag = ordinary ? end : text.indexOf('<', end)
    if (tag === -1) this.#malformed('a tag', start)
    const around = element ?? this.#malformed('a start tag', start)
    const found = ordinary ? text.slice(start, end) : readCharacters(text, start, tag, around)
    this.#at = tag
    if (around.children.length > 0 && isBlank(found)) return
    around.text = around.text === '' ? found : around.text + found
    if (around.text.length * 3 <= bounds.value) return
    // Whole where it may be too long for the first time, then piece by piece: a text in thousands of pieces is measured once.
    around.size += Buffer.byteLength(around.size === 0 ? around.text : found)
    if (around.size > bounds.value) this.#tooMuch('envelope.value.too-long', start, bounds.value)
  }

  #endTag(parent: ScannedElement | undefined, tag: number): void {
    const element = parent ?? this.#malformed('a start tag', tag)
    const units = this.#units
    const opened = element.start + 1
    const closed = tag + 2
    const { width } = element
    for (let at = 0; at < width; at++)
      if (units[closed + at] !== units[opened + at])
        this.#malformed(`</${this.#text.slice(opened, opened + width)}>`, tag)
    this.#at = closed + width
    this.#skipSpaceBefore(62 /* > */, element)
    this.#at++
    element.end = this.#at
    this.#open.pop()
    this.#scope.leave(element.declarations.length)
  }

  /** The name at `start`, with its prefix; moves behind it. */
  #name(start: number): Name {
    const name = readName(this.#text, this.#units, start) ?? this.#malformed('a name', start)
    if (name.width > bounds.name) this.#tooMuch('envelope.name.too-long', start, bounds.name)
    this.#at = start + name.width
    return name
  }

  #skipSpace(): void {
    while (isSpace(this.#units[this.#at] ?? 0)) this.#at++
  }

  #skipSpaceBefore(code: number, element: ScannedElement): void {
    if (this.#units[this.#at] === code) return
    element.plain = false
    this.#skipSpace()
    if (this.#units[this.#at] !== code) this.#malformed(`“${String.fromCharCode(code)}”`, this.#at)
  }

  #malformed(expected: string, offset: number): never {
    const found = this.#text.slice(offset, offset + 30)
    return refuse('envelope.xml.malformed', lineAt(this.#text, offset), found, { expected })
  }

  #tooMuch(code: Parameters<typeof refuse>[0], offset: number, limit: number): never {
    return refuse(code, lineAt(this.#text, offset), undefined, { limit })
  }
}
