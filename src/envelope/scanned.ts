// The tree that a scan makes: each element with its names, its text, and where it stands.
import { isBlank } from './characters.ts'
import type { Name } from './names.ts'
import type { Declaration } from './namespace-scope.ts'

export interface ScannedAttribute {
  readonly prefix: string
  readonly name: string
  readonly value: string
}

/** What an element says, wherever it stands. */
export interface ReadElement {
  /** The local name. */
  readonly name: string
  /** Its namespace's name; empty when it has none. */
  readonly namespace: string
  readonly attributes: readonly ScannedAttribute[]
  readonly children: readonly ReadElement[]
  /** Its own character data, decoded. Beside child elements, what is only white space is left out. */
  readonly text: string
}

// Shared by all that have none; never written to.
const none: never[] = []

/** One element and where it stands. Offsets count UTF-16 units of the scanned text. Only what reads the text writes to it. */
export class ScannedElement implements ReadElement {
  readonly prefix: string
  /** The local name. */
  readonly name: string
  /** Its namespace's name; empty when it has none. */
  namespace = ''
  attributes: readonly ScannedAttribute[] = none
  /** The namespaces declared on this very element. */
  declarations: readonly Declaration[] = none
  children: readonly ScannedElement[] = none
  /** Its own character data, decoded. Beside child elements, what is only white space is left out. */
  text = ''
  /** UTF-8 bytes of `text`, where it is so long that a bound asks for them; else 0. */
  size = 0
  /** The offset of `<`. */
  readonly start: number
  /** The units of its name as written, prefix and all: what the end tag must repeat. */
  readonly width: number
  /** The offset behind the start tag. */
  inside = 0
  /** The offset behind the end tag. */
  end = 0
  /** Whether its tags, attributes and own text stand as Canonical XML 1.0 §2.3 writes them (namespaces aside). */
  plain = true

  constructor({ prefix, name, width }: Pick<Name, 'prefix' | 'name' | 'width'>, start: number) {
    this.prefix = prefix
    this.name = name
    this.width = width
    this.start = start
  }

  /** Takes `child` as its last. */
  adopt(child: ScannedElement): void {
    if (this.children === none) {
      if (this.text !== '' && isBlank(this.text)) {
        this.text = ''
        this.size = 0
      }
      this.children = [child]
    } else (this.children as ScannedElement[]).push(child)
  }

  /** The same element without its last child. */
  withoutLast(): ScannedElement {
    const same = new ScannedElement(this, this.start)
    same.namespace = this.namespace
    same.attributes = this.attributes
    same.declarations = this.declarations
    same.children = this.children.slice(0, -1)
    same.text = this.text
    same.size = this.size
    same.inside = this.inside
    same.end = this.end
    same.plain = this.plain
    return same
  }
}
