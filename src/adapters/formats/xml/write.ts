// Writes an XML document: elements in the order of the profile's columns, values escaped here and nowhere else (attacks X3, X5).
import { type Charset, encode, unsayable } from '../charset.ts'
import type { Namespaces, Place } from './path.ts'

export interface Layout {
  readonly charset: Charset
  /** The path of the records, from the root. */
  readonly record: readonly string[]
  readonly namespaces: Namespaces
  readonly declare: boolean
  /** Blanks for each level. */
  readonly indent: number
  readonly lines: 'lf' | 'crlf' | 'none'
  readonly blank: 'omit' | 'pair' | 'short'
}

interface Node {
  readonly name: string
  readonly attributes: Map<string, string>
  readonly children: Node[]
  text: string
  /** Nodes on the way to columns, by path below this one. */
  readonly ways: Map<string, Node>
}

const node = (name: string): Node => ({
  name,
  attributes: new Map(),
  children: [],
  text: '',
  ways: new Map(),
})

type Cells = ReadonlyMap<string, string>

/** Writes records. Cells must not be refused; what stands outside of the records is the first record's. */
export function writeXml(records: readonly Cells[], places: readonly Place[], layout: Layout): Buffer {
  const [rootName = '', ...path] = layout.record
  const root = node(rootName)
  const keep = layout.blank !== 'omit'
  for (const [prefix, uri] of Object.entries(layout.namespaces))
    root.attributes.set(prefix === '' ? 'xmlns' : `xmlns:${prefix}`, uri)
  for (const place of places.filter(({ absolute }) => absolute))
    put(root, place.steps.slice(1), place, records[0]?.get(place.at) ?? '', keep)
  const parent = path.length === 0 ? root : way(root, path.slice(0, -1))
  for (const cells of records) {
    const record = path.length === 0 ? root : node(path.at(-1) ?? '')
    if (record !== root) parent.children.push(record)
    for (const place of places.filter(({ absolute }) => !absolute))
      putCell(record, place, cells.get(place.at) ?? '', keep)
  }
  const end = { lf: '\n', crlf: '\r\n', none: '' }[layout.lines]
  const declaration = layout.declare
    ? `<?xml version="1.0" encoding="${labelOf(layout.charset)}"?>${end}`
    : ''
  return encode(`${declaration}${printed(root, '', end, layout)}`, layout.charset)
}

const labelOf = (charset: Charset): string =>
  charset.startsWith('utf-8') ? 'UTF-8' : charset === 'windows-874' ? charset : charset.toUpperCase()

function putCell(record: Node, place: Place, cell: string, keep: boolean): void {
  const { steps, separator, each } = place
  if (separator === undefined) put(record, steps, place, cell, keep)
  if (separator === undefined || cell === '') return
  const path = steps.slice(0, each)
  const name = path.at(-1) ?? ''
  const parent = way(record, path.slice(0, -1))
  for (const [index, part] of cell.split(separator).entries()) {
    // Columns of one repeated element meet in it, one part each.
    const repeated = step(parent, `${name}[${index}]`, name)
    put(repeated, steps.slice(each), place, part, keep)
  }
}

function put(from: Node, steps: readonly string[], { attribute }: Place, value: string, keep: boolean): void {
  if (value === '' && !keep) return
  const target = way(from, steps)
  if (attribute === undefined) target.text = value
  else target.attributes.set(attribute, value)
}

const way = (from: Node, steps: readonly string[]): Node =>
  steps.reduce((at, name) => step(at, name, name), from)

function step(from: Node, key: string, name: string): Node {
  const known = from.ways.get(key)
  if (known !== undefined) return known
  const made = node(name)
  from.ways.set(key, made)
  from.children.push(made)
  return made
}

function printed(
  { name, attributes, children, text }: Node,
  margin: string,
  end: string,
  layout: Layout,
): string {
  const { charset, blank } = layout
  const given = [...attributes].map(([key, value]) => ` ${key}="${escaped(value, charset, true)}"`).join('')
  const begin = `${margin}<${name}${given}`
  if (children.length > 0) {
    const deeper = end === '' ? '' : margin + ' '.repeat(layout.indent)
    const inside = children.map((child) => printed(child, deeper, end, layout)).join('')
    return `${begin}>${end}${inside}${margin}</${name}>${end}`
  }
  if (text === '' && blank === 'short') return `${begin}/>${end}`
  return `${begin}>${escaped(text, charset, false)}</${name}>${end}`
}

/** A carriage return, and in attributes every line break and tab, would come back as something else (XML 1.0, 2.11 and 3.3.3). */
function escaped(text: string, charset: Charset, attribute: boolean): string {
  const plain = text.replace(attribute ? /[&<>"\t\n\r]/g : /[&<>\r]/g, (found) => entities[found] ?? found)
  if (unsayable(plain, charset) === undefined) return plain
  return [...plain]
    .map((each) => (unsayable(each, charset) === undefined ? each : `&#${each.codePointAt(0)};`))
    .join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}
