// One record of a JSON document → its cells: those that columns name, and every other under its own path.
import { type Problem, problem } from '../../../problem/problem.ts'
import type { Json, JsonObject } from './json.ts'
import type { Place } from './path.ts'

export interface CellsRead {
  readonly cells: Map<string, string>
  readonly problems: readonly Problem[]
}

/** The cells of a record. What no column reads keeps its path as its name. */
export function cellsOf(record: JsonObject, places: readonly Place[], charset: string): CellsRead {
  const cells = new Map<string, string>()
  const problems: Problem[] = []
  const taken = new Set<Json>()
  const shape = (at: string, node: Json, expected: string): void => {
    problems.push(problem('adapter.json.shape', `column ${at}`, at, { found: node.kind, expected }))
  }
  /** From `from`, by the steps from the one of that number on, up to the other. */
  const walk = (
    from: Json,
    steps: readonly string[],
    at: string,
    first: number,
    behind: number,
  ): Json | undefined => {
    let node: Json | undefined = from
    for (let index = first; index < behind; index += 1) {
      const step = steps[index]!
      if (node === undefined || isNothing(node)) return undefined
      if (node.kind !== 'object') {
        shape(at, node, 'object')
        return undefined
      }
      node = node.members.get(step)
    }
    return node
  }
  const leaf = (node: Json | undefined, at: string): string => {
    if (node === undefined || isNothing(node) || node.kind === 'null') return ''
    if (node.kind === 'list' || node.kind === 'object') {
      shape(at, node, 'one value')
      return ''
    }
    taken.add(node)
    return node.text
  }
  for (const { at, steps, separator, each } of places) {
    if (separator === undefined) {
      cells.set(at, leaf(walk(record, steps, at, 0, steps.length), at))
      continue
    }
    const list = walk(record, steps, at, 0, each)
    // Some programs write a list of one as that one.
    const items = list === undefined || isNothing(list) ? [] : list.kind === 'list' ? list.items : [list]
    const parts = items.map((item) => leaf(walk(item, steps, at, each, steps.length), at))
    const torn = parts.find((part) => part.includes(separator))
    if (torn !== undefined)
      problems.push(problem('adapter.field.separator', `column ${at}`, torn, { separator }))
    cells.set(at, parts.every((part) => part === '') ? '' : parts.join(separator))
  }
  addRest(cells, record, '', taken)
  problems.push(...undecodableIn(cells, charset))
  return { cells, problems }
}

/** A null says nothing; nor does an empty list or object, which some programs write for each other. */
const isNothing = (node: Json): boolean =>
  node.kind === 'null' ||
  (node.kind === 'list' && node.items.length === 0) ||
  (node.kind === 'object' && node.members.size === 0)

/** Adds what no column reads, under its path; entries of a list as `path[2]`. */
export function addRest(
  cells: Map<string, string>,
  node: Json,
  path: string,
  taken: ReadonlySet<Json> = new Set(),
): void {
  if (isSaid(node, taken)) return
  // Most of what stands in a record is said by a column: its path is not even made.
  if (node.kind === 'object') {
    for (const [key, value] of node.members)
      if (!isSaid(value, taken)) addRest(cells, value, joined(path, key), taken)
  } else if (node.kind === 'list') {
    const { items } = node
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index]!
      if (!isSaid(item, taken)) addRest(cells, item, `${path}[${index + 1}]`, taken)
    }
  } else if (node.kind !== 'null') addFree(cells, path, node.text)
}

const isSaid = (node: Json, taken: ReadonlySet<Json>): boolean => node.kind === 'null' || taken.has(node)

/** Keys may hold dots: a name that is taken gets a mark, so that it is never a column's. */
function addFree(cells: Map<string, string>, name: string, value: string): void {
  if (value.trim() === '') return
  let free = name
  for (let count = 2; cells.has(free); count += 1) free = `${name}{${count}}`
  cells.set(free, value)
}

const joined = (path: string, key: string): string =>
  path === '' || path === '/' ? `${path}${key}` : `${path}.${key}`

/** Bytes that meant nothing, and halves of surrogate pairs that an escape wrote. */
const nowhere = /\ufffd|\p{Surrogate}/u
/** Whole pairs too: a first look that nearly every text passes. */
const astray = /[\ud800-\udfff\ufffd]/

export function undecodableIn(cells: ReadonlyMap<string, string>, charset: string): readonly Problem[] {
  const problems: Problem[] = []
  for (const [name, cell] of cells)
    if (isUndecodable(name) || isUndecodable(cell))
      problems.push(problem('adapter.charset.bytes', `column ${name}`, cell, { charset }))
  return problems
}

const isUndecodable = (text: string): boolean => astray.test(text) && nowhere.test(text)
