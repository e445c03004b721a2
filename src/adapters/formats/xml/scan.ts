// Reads the elements of a document within bounds, and says each record as a small tree when it ends, so that a document
// that breaks off still gives its whole records (attacks X1, X2, X7).
import { type SaxesAttributeNS, SaxesParser } from 'saxes'
import { type Problem, problem } from '../../../problem/problem.ts'
import { type Namespaces, prefixes, printedName } from './path.ts'

export interface Element {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: Element[]
  /** Its own text, without that of its elements. */
  text: string
}

export interface Scanned {
  /** What stands outside of the records, by path from the root: attributes and texts, in their order. */
  readonly outside: ReadonlyMap<string, readonly string[]>
  readonly root: string
  /** Why the document was not read to its end. */
  readonly problem?: Problem
}

const bounds = {
  depth: 32,
  /** Elements of one record, and of everything outside of them. */
  elements: 2_000,
  attributes: 64,
  /** Characters of one record; where whole files stand in it, as base64, the document's own bound holds before. */
  text: 1_000_000,
  files: 100_000_000,
  /** `&…;` in the document: each is slow to read. */
  references: 200_000,
}

/** Characters given to the parser at one time. */
const chunkSize = 65_536

/** Leaves the parser, which knows no other way to stop. */
class Stop extends Error {
  readonly problem: Problem | undefined
  constructor(found: Problem | undefined) {
    super('stop')
    this.problem = found
  }
}

/** Scans a document. `onRecord` gets each element at the path `record`, and returns false when it wants no more. */
export function scanXml(
  text: string,
  record: readonly string[],
  { namespaces, inside }: { readonly namespaces: Namespaces; readonly inside: boolean },
  onRecord: (element: Element) => boolean,
): Scanned {
  const elements = prefixes(namespaces, 'elements')
  const attributes = prefixes(namespaces, 'attributes')
  const outside = new Map<string, string[]>()
  const open: Element[] = []
  const path = record.join('/')
  let root = ''
  let depthOfRecord = -1
  let count = 0
  let outer = 0
  let length = 0
  let attributeCount = 0
  let silence = 0
  const longest = inside ? bounds.files : bounds.text
  const beyond = (what: Exclude<keyof typeof bounds, 'files'>): never => {
    const limit = what === 'text' ? longest : bounds[what]
    throw new Stop(problem('adapter.xml.bounds', '', undefined, { what, limit }))
  }
  const measure = (added: number): void => {
    silence = 0
    length += added
    if (length > longest) beyond('text')
  }
  const keepOutside = (where: string, value: string): void => {
    if (value.trim() !== '') outside.set(where, [...(outside.get(where) ?? []), value])
  }
  const pathOfOpen = (): string => open.map(({ name }) => name).join('/')

  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    const fault = error.message.replace(/^\d+:\d+: /, '')
    const { line, column } = parser
    throw new Stop(problem('adapter.xml.malformed', '', undefined, { line, column, fault }))
  })
  parser.on('doctype', () => {
    throw new Stop(problem('adapter.xml.forbidden', '', undefined, { found: 'DOCTYPE' }))
  })
  parser.on('opentagstart', () => {
    silence = 0
    attributeCount = 0
    if (open.length >= bounds.depth) beyond('depth')
    if (depthOfRecord < 0) outer += 1
    else count += 1
    // Every record adds one outside, however small it is: their number is bounded by who takes them.
    if (count > bounds.elements) beyond('elements')
  })
  parser.on('attribute', ({ name, value }) => {
    attributeCount += 1
    if (attributeCount > bounds.attributes) beyond('attributes')
    measure(name.length + value.length)
  })
  parser.on('opentag', ({ uri, local, attributes: given }) => {
    open.push({
      name: printedName(elements, uri, local),
      attributes: new Map(
        Object.values(given)
          .filter((each) => each.prefix !== 'xmlns' && each.name !== 'xmlns')
          .map((each: SaxesAttributeNS) => [printedName(attributes, each.uri, each.local), each.value]),
      ),
      children: [],
      text: '',
    })
    const here = pathOfOpen()
    if (open.length === 1) root = here
    if (depthOfRecord < 0 && here === path) {
      depthOfRecord = open.length
      outer -= 1
      length = 0
      count = 0
    }
    if (depthOfRecord < 0) {
      if (outer > bounds.elements) beyond('elements')
      for (const [name, value] of open.at(-1)?.attributes ?? []) keepOutside(`/${here}/@${name}`, value)
    }
  })
  const onText = (said: string): void => {
    const element = open.at(-1)
    if (element === undefined) return
    measure(said.length)
    element.text += said
  }
  parser.on('text', onText)
  parser.on('cdata', onText)
  parser.on('comment', () => measure(0))
  parser.on('processinginstruction', () => measure(0))
  parser.on('closetag', () => {
    silence = 0
    const here = pathOfOpen()
    const element = open.pop()
    if (element === undefined) return
    if (depthOfRecord < 0) keepOutside(`/${here}`, element.text)
    else if (open.length >= depthOfRecord) open.at(-1)?.children.push(element)
    else {
      depthOfRecord = -1
      length = 0
      count = 0
      if (!onRecord(element)) throw new Stop(undefined)
    }
  })

  try {
    let references = 0
    for (let at = 0; at < text.length; at += chunkSize) {
      const chunk = text.slice(at, at + chunkSize)
      for (let found = chunk.indexOf('&'); found !== -1; found = chunk.indexOf('&', found + 1))
        references += 1
      if (references > bounds.references) beyond('references')
      silence += chunk.length
      parser.write(chunk)
      // The parser says nothing of a name or a text before it ends, however long that takes.
      if (silence > longest + chunkSize) beyond('text')
    }
    parser.close()
    return { outside, root }
  } catch (thrown) {
    if (!(thrown instanceof Stop)) throw thrown
    return { outside, root, ...(thrown.problem && { problem: thrown.problem }) }
  }
}
