// Tells an envelope that stands exactly as it is written here: the schema's elements, in its order, each tag spelled as
// canonical XML spells it. Such a text is its own canonical form, is valid, and has one reading: it is read by comparing
// whole tags. Anything else, even one more space, is not ours and is read by `scan`. The tests hold both readings
// against each other, on every vector and on documents broken at random.
import { bounds } from './bounds.ts'
import { readAttributeValue, readCharacters } from './character-data.ts'
import { Literal } from './literal.ts'
import { namespaces } from './namespaces.ts'
import { readOwnSignature } from './own-signature.ts'
import type { ReadElement, ScannedAttribute } from './scanned.ts'
import { type AttributeRule, type ElementRule, envelopeRule, type ValueRule } from './schema.ts'
import type { OwnSignature } from './signature-parts.ts'
import { decode, type Source } from './source.ts'
import { onlyString, UnitTable, unitsOf } from './units.ts'

/** An envelope as we write it. */
export interface OwnDocument {
  /** The root without its Signature. It holds against the schema. */
  readonly content: ReadElement
  readonly signature: OwnSignature
}

/** The document `bytes`, UTF-8, if it is written as ours are. A value that is not well-formed is refused as `scan` does. */
export function readOwnDocument(bytes: Buffer): OwnDocument | undefined {
  const signature = readOwnSignature(bytes)
  if (signature === undefined) return undefined
  const reader = new Reader(decode(bytes.subarray(0, signature.start)))
  const content = reader.content()
  if (content === undefined || reader.elements + signature.elements > bounds.elements) return undefined
  return { content, signature }
}

/** How an element of the schema is written. */
interface Form {
  readonly name: string
  readonly namespace: string
  /** `<env:Field` up to its first value or to its end. */
  readonly open: Literal
  readonly attributes: readonly AttributeForm[]
  readonly close: Literal
  readonly value: ValueForm | undefined
  readonly orders: readonly (readonly ChildForm[])[]
}

interface AttributeForm {
  readonly name: string
  readonly value: ValueForm
  /** From the end of its value to the next value, or to the end of the tag. */
  readonly behind: Literal
}

interface ValueForm {
  readonly rule: ValueRule
  /** Strings of usual values. */
  readonly usual: UnitTable<string>
}

interface ChildForm {
  readonly form: Form
  readonly least: number
  readonly most: number
}

const literal = (text: string): Literal => new Literal(unitsOf(text))

// By UTF-16 unit: whether it stands for itself in text, where Canonical XML writes it so.
const ordinary = new Uint8Array(0x10000).fill(1)
ordinary.fill(0, 0, 32)
ordinary.fill(1, 9, 11)
for (const unit of [38 /* & */, 60 /* < */, 62 /* > */, 0xfffe, 0xffff]) ordinary[unit] = 0
// The same in an attribute.
const ordinaryQuoted = ordinary.slice()
ordinaryQuoted.fill(0, 0, 32)
ordinaryQuoted[34 /* " */] = 0
ordinaryQuoted[62 /* > */] = 1

const prefixes = new Map(Object.entries(namespaces).map(([prefix, uri]) => [uri as string, prefix]))

/** The form of `rule` inside elements that declared the prefixes `declared` (Exclusive XML Canonicalization 1.0 §3). */
function formOf(rule: ElementRule, declared: readonly string[]): Form {
  const { namespace, name } = rule
  const prefix = prefixes.get(namespace) ?? ''
  const known = declared.includes(prefix)
  const inside = known ? declared : [...declared, prefix]
  const attributes = rule.attributes.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const start = `<${prefix}:${name}${known ? '' : ` xmlns:${prefix}="${namespace}"`}`
  return {
    name,
    namespace,
    open: literal(start + upTo(attributes[0])),
    attributes: attributes.map(({ name, value }, index) => {
      const behind = literal(`"${upTo(attributes[index + 1])}`)
      return { name, value: valueForm(value), behind }
    }),
    close: literal(`</${prefix}:${name}>`),
    value: rule.value === undefined ? undefined : valueForm(rule.value),
    orders: (rule.orders ?? []).map((order) =>
      order.map(({ rule, least, most }) => ({ form: formOf(rule, inside), least, most })),
    ),
  }
}

function valueForm(rule: ValueRule): ValueForm {
  const usual = new UnitTable<string>()
  for (const text of rule.usual ?? []) usual.set(text, onlyString(text))
  return { rule, usual }
}

const upTo = (attribute: AttributeRule | undefined): string =>
  attribute === undefined ? '>' : ` ${attribute.name}="`

const envelopeForm = formOf(envelopeRule, [])
const noAttributes: readonly ScannedAttribute[] = []
const noChildren: readonly ReadElement[] = []
/** UTF-16 units of a value that is surely within its bound: none takes more than three bytes. */
const surelyShort = bounds.value / 3

/** Reads forward. What answers undefined or false found something that is not ours; nothing is read behind that. */
class Reader {
  readonly #text: string
  readonly #units: Uint16Array
  readonly #view: DataView
  #at = 0
  /** How many were read. */
  elements = 0

  constructor({ text, units }: Source) {
    this.#text = text
    this.#units = units
    this.#view = new DataView(units.buffer, units.byteOffset, units.byteLength)
  }

  /** The root, when the text is all of it but its last child and its end tag. */
  content(): ReadElement | undefined {
    const root = this.#skip(envelopeForm.open) ? this.#inside(envelopeForm) : undefined
    return this.#at === this.#text.length ? root : undefined
  }

  /** An element from behind `open` up to its end tag. */
  #inside(form: Form): ReadElement | undefined {
    if (++this.elements > bounds.elements) return undefined
    const { name, namespace } = form
    const attributes = this.#attributes(form)
    if (attributes === undefined) return undefined
    if (form.value === undefined) {
      const children = this.#children(form)
      return children === undefined ? undefined : { name, namespace, attributes, children, text: '' }
    }
    const text = this.#textOf(form.value)
    return text === undefined ? undefined : { name, namespace, attributes, children: noChildren, text }
  }

  #attributes({ attributes }: Form): readonly ScannedAttribute[] | undefined {
    if (attributes.length === 0) return noAttributes
    const found: ScannedAttribute[] = []
    for (const { name, value: rule, behind } of attributes) {
      const value = this.#valueOf(rule)
      if (value === undefined || !this.#skip(behind)) return undefined
      found.push({ prefix: '', name, value })
    }
    return found
  }

  #children({ orders }: Form): readonly ReadElement[] | undefined {
    const start = this.#at
    for (const order of orders) {
      this.#at = start
      const children = this.#ordered(order)
      // Behind a full order something else may follow that belongs to another one: the caller's next tag tells.
      if (children !== undefined) return children
    }
    return undefined
  }

  #ordered(order: readonly ChildForm[]): readonly ReadElement[] | undefined {
    const children: ReadElement[] = []
    for (const { form, least, most } of order) {
      let count = 0
      for (; count < most && this.#skip(form.open); count++) {
        const child = this.#inside(form)
        if (child === undefined || !this.#skip(form.close)) return undefined
        children.push(child)
      }
      if (count < least) return undefined
    }
    return children
  }

  #skip(expected: Literal): boolean {
    if (!expected.standsAt(this.#view, this.#at * 2)) return false
    this.#at += expected.size / 2
    return true
  }

  /** The text up to the next tag, when it fits. */
  #textOf(form: ValueForm): string | undefined {
    const units = this.#units
    const start = this.#at
    let end = start
    while (ordinary[units[end]!] === 1) end++
    return units[end] === 60 /* < */
      ? this.#plain(start, end, form)
      : this.#decoded(start, this.#text.indexOf('<', end), form.rule, readCharacters)
  }

  /** An attribute's value up to its quote, when it fits. */
  #valueOf(form: ValueForm): string | undefined {
    const units = this.#units
    const start = this.#at
    let end = start
    while (ordinaryQuoted[units[end]!] === 1) end++
    return units[end] === 34 /* " */
      ? this.#plain(start, end, form)
      : this.#decoded(start, this.#text.indexOf('"', end), form.rule, readAttributeValue)
  }

  #plain(start: number, end: number, { rule, usual }: ValueForm): string | undefined {
    this.#at = end
    const known = usual.find(this.#units, start, end)
    if (known !== undefined) return known
    if (end - start > surelyShort) return undefined
    const text = this.#text.slice(start, end)
    return rule.fits(text) ? text : undefined
  }

  #decoded(start: number, end: number, rule: ValueRule, read: typeof readCharacters): string | undefined {
    if (end === -1 || end - start > surelyShort) return undefined
    this.#at = end
    const marked = { plain: true }
    const text = read(this.#text, start, end, marked)
    return marked.plain && rule.fits(text) ? text : undefined
  }
}
