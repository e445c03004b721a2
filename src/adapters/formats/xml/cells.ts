// One record of an XML document → its cells: those that columns name, and every other under its own path.
import { type Problem, problem } from '../../../problem/problem.ts'
import { undecodable } from '../charset.ts'
import type { Place } from './path.ts'
import type { Element } from './scan.ts'

export interface CellsRead {
  readonly cells: Map<string, string>
  readonly problems: readonly Problem[]
}

/** The cells of a record. What a column reads is marked as read; what is left keeps its path as its name. */
export function cellsOf(record: Element, places: readonly Place[], charset: string): CellsRead {
  const cells = new Map<string, string>()
  const problems: Problem[] = []
  const read = new Map<Element, Set<string>>()
  const take = (element: Element, attribute: string | undefined): string => {
    const key = attribute === undefined ? '' : `@${attribute}`
    read.set(element, (read.get(element) ?? new Set()).add(key))
    return heldBy(element, attribute)
  }
  const single = (found: readonly Element[], { at, attribute }: Place): string => {
    const holders = attribute === undefined ? found : found.filter((each) => each.attributes.has(attribute))
    if (holders.length > 1)
      problems.push(problem('adapter.xml.twice', `column ${at}`, at, { count: holders.length }))
    return holders.map((element) => take(element, attribute))[0] ?? ''
  }
  for (const place of places) {
    const { at, steps, separator, each } = place
    if (separator === undefined) {
      cells.set(at, single(elementsAt([record], steps), place))
      continue
    }
    const parts = elementsAt([record], steps.slice(0, each)).map((element) =>
      single(elementsAt([element], steps.slice(each)), place),
    )
    const torn = parts.find((part) => part.includes(separator))
    if (torn !== undefined)
      problems.push(problem('adapter.field.separator', `column ${at}`, torn, { separator }))
    cells.set(at, parts.every((part) => part === '') ? '' : parts.join(separator))
  }
  const rest = (element: Element, path: string): void => {
    const done = read.get(element)
    for (const [name, value] of element.attributes)
      if (!done?.has(`@${name}`)) addFree(cells, joined(path, `@${name}`), value)
    if (element.children.length > 0 && element.text.trim() !== '')
      problems.push(problem('adapter.xml.mixed', joined('column', path), path === '' ? element.name : path))
    else if (!done?.has('')) addFree(cells, path === '' ? 'text()' : path, textOf(element))
    for (const child of element.children) rest(child, joined(path, child.name))
  }
  rest(record, '')
  for (const [name, cell] of cells)
    if (name.includes(undecodable) || cell.includes(undecodable))
      problems.push(problem('adapter.charset.bytes', `column ${name}`, cell, { charset }))
  return { cells, problems }
}

const heldBy = (element: Element, attribute: string | undefined): string =>
  attribute === undefined ? textOf(element) : (element.attributes.get(attribute) ?? '')

/** Blanks between elements are how a document is laid out, not what it says. */
const textOf = ({ children, text }: Element): string =>
  children.length > 0 && text.trim() === '' ? '' : text

const elementsAt = (from: readonly Element[], steps: readonly string[]): readonly Element[] =>
  steps.reduce<readonly Element[]>(
    (found, step) => found.flatMap(({ children }) => children.filter(({ name }) => name === step)),
    from,
  )

/** Adds what no column names; the second of a name is `name[2]`. */
export function addFree(cells: Map<string, string>, name: string, value: string): void {
  if (value.trim() === '') return
  let free = name
  for (let count = 2; cells.has(free); count += 1) free = `${name}[${count}]`
  cells.set(free, value)
}

const joined = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`)
