// Writes a JSON document: members in the order of the profile's columns, each as the type that its column has.
import { type Charset, encode, unsayable } from '../charset.ts'
import type { JsonRecordsOptions } from './options.ts'
import { type Place, stepsOf } from './path.ts'

type Node =
  | { readonly members: Map<string, Node> }
  | { readonly items: Node[] }
  | { readonly printed: string }

type Cells = ReadonlyMap<string, string>

/** Writes records. Cells must not be refused; what stands outside of the records is the first record's. */
export function writeJsonRecords(
  records: readonly Cells[],
  places: readonly Place[],
  options: JsonRecordsOptions,
): Buffer {
  const inside = places.filter(({ absolute }) => !absolute)
  const nodes = records.map((cells) => {
    const members = new Map<string, Node>()
    for (const place of inside) putCell(members, place, cells.get(place.at) ?? '', options)
    return { members }
  })
  const text =
    options.layout === 'lines'
      ? nodes.map((node) => `${printed(node, 0, '')}\n`).join('')
      : `${printed(rootOf(nodes, records[0], places, options), options.indent, '')}\n`
  return encode(escaped(text, options), options.charset)
}

function rootOf(
  nodes: readonly Node[],
  first: Cells | undefined,
  places: readonly Place[],
  options: JsonRecordsOptions,
): Node {
  const [sole] = nodes
  const all: Node = options.list || sole === undefined || nodes.length > 1 ? { items: [...nodes] } : sole
  if (options.record === '') return all
  const root = new Map<string, Node>()
  for (const place of places.filter(({ absolute }) => absolute))
    put(root, place.steps, place, first?.get(place.at) ?? '', options)
  const steps = stepsOf(options.record)
  way(root, steps.slice(0, -1)).set(steps.at(-1) ?? '', all)
  return { members: root }
}

function putCell(record: Map<string, Node>, place: Place, cell: string, options: JsonRecordsOptions): void {
  const { steps, separator, each } = place
  if (separator === undefined) {
    put(record, steps, place, cell, options)
    return
  }
  const parts = cell === '' ? [] : cell.split(separator)
  const parent = way(record, steps.slice(0, each - 1))
  const key = steps[each - 1] ?? ''
  const known = parent.get(key)
  const list = known !== undefined && 'items' in known ? known.items : []
  if (known === undefined && (parts.length > 0 || options.blank !== 'omit')) parent.set(key, { items: list })
  for (const [index, part] of parts.entries()) {
    const rest = steps.slice(each)
    if (rest.length === 0) list.push({ printed: printedCell(part, place, options) ?? '""' })
    else {
      // Columns of one list meet in its entries, one part each.
      const entry = list[index] ?? { members: new Map<string, Node>() }
      list[index] = entry
      if ('members' in entry) put(entry.members, rest, place, part, options)
    }
  }
}

function put(
  from: Map<string, Node>,
  steps: readonly string[],
  place: Place,
  cell: string,
  options: JsonRecordsOptions,
): void {
  const value = printedCell(cell, place, options)
  if (value !== undefined) way(from, steps.slice(0, -1)).set(steps.at(-1) ?? '', { printed: value })
}

function way(from: Map<string, Node>, steps: readonly string[]): Map<string, Node> {
  return steps.reduce((at, step) => {
    const known = at.get(step)
    if (known !== undefined && 'members' in known) return known.members
    const members = new Map<string, Node>()
    at.set(step, { members })
    return members
  }, from)
}

/** A cell as it is printed; undefined where nothing is. */
function printedCell(cell: string, { type }: Place, { blank }: JsonRecordsOptions): string | undefined {
  if (cell !== '') return type === 'text' ? JSON.stringify(cell) : cell
  if (blank === 'omit') return undefined
  return blank === 'empty' && type === 'text' ? '""' : 'null'
}

function printed(node: Node, indent: number, margin: string): string {
  if ('printed' in node) return node.printed
  const deeper = `${margin}${' '.repeat(indent)}`
  const [open, close, parts] =
    'items' in node
      ? ['[', ']', node.items.map((item) => printed(item, indent, deeper))]
      : [
          '{',
          '}',
          [...node.members].map(
            ([key, value]) =>
              `${JSON.stringify(key)}:${indent === 0 ? '' : ' '}${printed(value, indent, deeper)}`,
          ),
        ]
  if (parts.length === 0) return `${open}${close}`
  if (indent === 0) return `${open}${parts.join(',')}${close}`
  return `${open}\n${deeper}${parts.join(`,\n${deeper}`)}\n${margin}${close}`
}

/** Outside of quotes a document of ours is ASCII: whatever else there is stands in a text or a key. */
function escaped(text: string, { escapes, charset }: JsonRecordsOptions): string {
  if (escapes === 'all') return text.replace(/[\u0080-\uffff]+/g, escapedUnits)
  return escapes === 'write' ? escapeUnsayable(text, charset) : text
}

function escapeUnsayable(text: string, charset: Charset): string {
  if (unsayable(text, charset) === undefined) return text
  return [...text]
    .map((each) =>
      unsayable(each, charset) === undefined ? each : each.replace(/[\u0080-\uffff]+/g, escapedUnits),
    )
    .join('')
}

function escapedUnits(units: string): string {
  let escaped = ''
  for (let at = 0; at < units.length; at += 1)
    escaped += `\\u${units.charCodeAt(at).toString(16).padStart(4, '0')}`
  return escaped
}
