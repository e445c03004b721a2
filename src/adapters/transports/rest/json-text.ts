// JSON as its text: what stands at a path is the bytes as they came, so that a number of 18 digits keeps each of them and
// a document that is one item of a list stays the document that the system wrote. Files that stand in it as base64 are taken
// out while it is cut, and are back in every part that is asked for.
import { keysWithin } from '../../formats/strict-json.ts'
import { type Lifted, lifted } from '../../lifted.ts'

/** What stands at one place of the text. */
export interface JsonNode {
  readonly start: number
  readonly end: number
  /** Of an object by key, of an array by index; absent for all else. */
  readonly members?: ReadonlyMap<string, JsonNode>
}

export interface JsonText {
  readonly root: JsonNode
  /** Without its files, where it has any. */
  readonly text: string
  readonly aside?: Lifted
}

const limits = { depth: 16, nodes: 200_000 }
/** What no text within these limits has: nodes have as many brackets, commas and keys at most, one level more may be empty. */
const before = { depth: limits.depth + 1, keys: limits.nodes, separators: 2 * limits.nodes }

/** At most 16 deep and 200,000 values, no key twice: nothing else is JSON here (attacks X10). */
export function readJsonText(bytes: Buffer): JsonText | undefined {
  const aside = lifted(bytes, true)
  // A key that long is read as it stands: two that are the same would be two tokens.
  const read = aside && scanned(aside.bytes, (key) => aside.standsIn(key))
  return read === undefined ? scanned(bytes) : { ...read, ...(aside && { aside }) }
}

/** `refused`: keys that an object must not have. */
function scanned(bytes: Buffer, refused: (key: string) => boolean = () => false): JsonText | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // Before the engine makes anything of it: each value but the first takes a comma or a bracket before it.
    if (keysWithin(text, before) === undefined) return undefined
    // What JSON.parse takes can be cut into its parts without a further look at the grammar.
    JSON.parse(text)
    const root = new Scan(text, refused).whole()
    return root && { text, root }
  } catch (error) {
    // Not UTF-8, or no JSON: the caller only needs to know that it is none. Deep nesting ends JSON.parse with a RangeError.
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError)
      return undefined
    throw error
  }
}

/** `data.items.0`: keys and indexes; the empty path is the root. */
export function nodeAt(root: JsonNode, path: string): JsonNode | undefined {
  let node: JsonNode | undefined = root
  for (const step of path.split('.')) if (step !== '') node = node?.members?.get(step)
  return node
}

/** What a value says as text: a string's characters, a number's digits, `true`; null and nothing are no text. */
export function textAt(text: JsonText, node: JsonNode | undefined): string | undefined {
  if (node === undefined || node.members !== undefined) return undefined
  const raw = rawOf(text, node)
  if (raw === 'null') return undefined
  return raw.startsWith('"') ? String(JSON.parse(raw)) : raw
}

/** The items of an array, in order; undefined when it is none. */
export function itemsAt({ text }: JsonText, node: JsonNode | undefined): readonly JsonNode[] | undefined {
  return node?.members !== undefined && text[node.start] === '[' ? [...node.members.values()] : undefined
}

/** A part of a text as a text of its own. */
export const partOf = (whole: JsonText, root: JsonNode): JsonText => ({ ...whole, root })

export function bytesOf({ text, aside }: JsonText, { start, end }: JsonNode): Buffer {
  const part = text.slice(start, end)
  return aside === undefined ? Buffer.from(part, 'utf8') : aside.restored(part)
}

/** What stands there, as it stands there. */
export const rawOf = (text: JsonText, node: JsonNode): string =>
  text.aside === undefined ? text.text.slice(node.start, node.end) : bytesOf(text, node).toString('utf8')

/** Cuts a text that JSON.parse took. Undefined when it is beyond the limits or says a key twice. */
class Scan {
  readonly #text: string
  readonly #refused: (key: string) => boolean
  #at = 0
  #nodes = 0

  constructor(text: string, refused: (key: string) => boolean) {
    this.#text = text
    this.#refused = refused
  }

  whole(): JsonNode | undefined {
    if (this.#text.startsWith('\ufeff')) this.#at = 1
    return this.#value(0)
  }

  #value(depth: number): JsonNode | undefined {
    this.#nodes += 1
    if (depth > limits.depth || this.#nodes > limits.nodes) return undefined
    this.#blank()
    const start = this.#at
    const first = this.#text[start]
    if (first === '{' || first === '[') return this.#members(start, first, depth)
    if (first === '"') this.#string()
    else while (/[^\s,\]}]/.test(this.#text[this.#at] ?? ' ')) this.#at += 1
    return { start, end: this.#at }
  }

  #members(start: number, open: '{' | '[', depth: number): JsonNode | undefined {
    const close = open === '{' ? '}' : ']'
    const members = new Map<string, JsonNode>()
    this.#at += 1
    for (;;) {
      this.#blank()
      if (this.#text[this.#at] === ',') this.#at += 1
      this.#blank()
      if (this.#text[this.#at] === close) break
      const key = open === '{' ? this.#key() : String(members.size)
      const member = this.#value(depth + 1)
      if (member === undefined || members.has(key) || this.#refused(key)) return undefined
      members.set(key, member)
    }
    this.#at += 1
    return { start, end: this.#at, members }
  }

  #key(): string {
    const start = this.#at
    this.#string()
    const key = String(JSON.parse(this.#text.slice(start, this.#at)))
    this.#blank()
    this.#at += 1
    return key
  }

  #string(): void {
    this.#at += 1
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === '\\' ? 2 : 1
    this.#at += 1
  }

  #blank(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }
}
