// Documents of elements within elements: which of them is one letter, and which paths lead to its values.
import { bounds, type Column } from './sheet.ts'
import { letterWords, likeness, noticeWords } from './words.ts'

export interface Node {
  /** Of a leaf. */
  readonly text?: string
  readonly type?: 'text' | 'number' | 'boolean'
  /** What stands within, in its order; a key may stand there more than once. */
  readonly children: readonly (readonly [key: string, node: Node])[]
  /** Keys that hold a list, were it of one. */
  readonly lists?: ReadonlySet<string>
}

export interface Found {
  /** Keys from the root to the record. */
  readonly path: readonly string[]
  readonly columns: readonly Column[]
  readonly count: number
}

interface Flat {
  readonly values: string[][]
  /** The document itself says that it is a list. */
  listed?: boolean
  types: Set<string>
  each?: readonly string[]
}

const depth = 5
const fieldWords = [...Object.values(letterWords), ...Object.values(noticeWords)]

/** The elements that say the most as letters or notices. `join`: what stands between the steps of a path. */
export function findRecords(root: readonly (readonly [string, Node])[], join: '/' | '.'): Found | undefined {
  let best: { readonly found: Found; readonly worth: number } | undefined
  let layer = group(root, [])
  for (let level = 0; level < depth && layer.length > 0; level += 1) {
    for (const { path, nodes } of layer.slice(0, 50)) {
      const records = nodes.slice(0, bounds.rows)
      const columns = flatten(records, join)
      const sole = columns.filter(({ separator }) => separator === undefined)
      const known = fieldWords.filter((words) => sole.some(({ name }) => likeness(name, words) >= 1.5)).length
      const worth = known + level * 0.01
      if (sole.length >= 3 && worth > (best?.worth ?? 1.5))
        best = { found: { path, columns, count: nodes.length }, worth }
    }
    layer = layer.flatMap(({ path, nodes }) =>
      group(
        nodes.flatMap(({ children }) => children),
        path,
      ),
    )
  }
  return best?.found
}

function group(pairs: readonly (readonly [string, Node])[], path: readonly string[]) {
  const groups = new Map<string, Node[]>()
  for (const [key, node] of pairs) {
    const same = groups.get(key)
    if (same !== undefined) same.push(node)
    else if (groups.size < bounds.columns) groups.set(key, [node])
  }
  return [...groups].map(([key, nodes]) => ({ path: [...path, key], nodes }))
}

function flatten(records: readonly Node[], join: '/' | '.'): Column[] {
  const flat = new Map<string, Flat>()
  for (const [index, record] of records.entries()) walk(record, [], undefined, index, flat, join)
  const separators = separatorsOf([...flat.values()])
  return [...flat].slice(0, bounds.columns).map(([name, { values, types, each, listed = false }]): Column => {
    const [type = 'text'] = types.size === 1 ? types : []
    const of = { ...(join === '.' && type !== 'text' && { type }) }
    const filled = records.map((_each, index) => values[index] ?? [])
    if (each === undefined || isSlip(name, each.join(join), filled, listed)) {
      const option = Object.keys(of).length === 0 ? name : { at: name, ...of }
      return { name, option, values: filled.map(([value = '']) => value) }
    }
    const separator = separators.get(each.join('\u0000')) ?? '\u001f'
    const repeated = each.join(join)
    const option = { at: name, separator, ...(repeated !== name && { each: repeated }), ...of }
    return { name, option, separator, values: filled.map((list) => list.join(separator)) }
  })
}

/** Whether a letter's number, day or subject that stands there twice now and then is a mistake, and no list. */
function isSlip(
  name: string,
  each: string,
  filled: readonly (readonly string[])[],
  listed: boolean,
): boolean {
  const several = filled.filter(({ length }) => length > 1).length
  const some = filled.filter(({ length }) => length > 0).length
  const alone = ['number', 'date', 'subject'].some((field) => likeness(name, letterWords[field] ?? []) >= 2)
  return !listed && name === each && alone && several * 2 <= some
}

/** One separator for all values of a list: lists side by side are read together. */
function separatorsOf(flats: readonly Flat[]): ReadonlyMap<string, string> {
  const lists = new Map<string, string[]>()
  for (const { each, values } of flats) {
    if (each === undefined) continue
    const key = each.join('\u0000')
    lists.set(key, [...(lists.get(key) ?? []), ...values.flat()])
  }
  const free = (values: readonly string[]) =>
    [';', '|'].find((one) => !values.some((value) => value.includes(one))) ?? '\u001f'
  return new Map([...lists].map(([key, values]) => [key, free(values)]))
}

function walk(
  node: Node,
  path: readonly string[],
  each: readonly string[] | undefined,
  index: number,
  flat: Map<string, Flat>,
  join: string,
  listed = false,
): void {
  if (path.length > 8) return
  if (node.text !== undefined) {
    const name = path.join(join)
    if (name === '' || name.length > bounds.name) return
    const found: Flat = flat.get(name) ?? { values: [], types: new Set() }
    if (!flat.has(name)) {
      if (flat.size >= bounds.columns) return
      flat.set(name, found)
    }
    const row = found.values[index] ?? []
    found.values[index] = row
    row.push(node.text.slice(0, bounds.cell))
    if (node.type !== undefined) found.types.add(node.type)
    if (each !== undefined && found.each === undefined) found.each = each
    if (listed) found.listed = true
    return
  }
  const counts = new Map<string, number>()
  for (const [key] of node.children) counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const [key, child] of node.children) {
    const below = [...path, key]
    const repeats = (counts.get(key) ?? 0) > 1 || node.lists?.has(key) === true
    // A list within a list has no place in one cell: it travels in the extension.
    if (repeats && each !== undefined) continue
    const said = listed || node.lists?.has(key) === true
    walk(child, below, repeats ? below : each, index, flat, join, said)
  }
}
