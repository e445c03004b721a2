// Reads one JSON value within bounds (attacks X10). Unlike JSON.parse it keeps the text of numbers, digit for digit, notices a
// key that stands twice, and says where a text is broken.
import { type Problem, problem } from '../../../problem/problem.ts'
import { forbiddenKeys, type Json } from './json.ts'
import { extentOf, jsonOf } from './quick.ts'

const bounds = {
  depth: 32,
  /** Values of one record, and of everything outside of them. */
  values: 20_000,
}

/** What follows a place where the text is no JSON cannot be told: reading ends there. */
export class Broken extends Error {
  readonly problem: Problem
  constructor(found: Problem) {
    super('broken')
    this.problem = found
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const blanks = /[ \t\r\n]*/y
const words: readonly [string, Json][] = [
  ['true', { kind: 'boolean', text: 'true' }],
  ['false', { kind: 'boolean', text: 'false' }],
  ['null', { kind: 'null' }],
]

/** A text that is read from its beginning, value by value. Its methods throw `Broken`. */
export class JsonText {
  private readonly text: string
  private at = 0
  private depth = 0
  private values = 0
  /** What is wrong with keys of the values read so far: no reason to stop. */
  private faults: Problem[] = []

  constructor(text: string) {
    this.text = text
  }

  /** Begins the count of values and the list of faults anew; the faults so far. */
  takeFaults(): readonly Problem[] {
    const { faults } = this
    this.faults = []
    this.values = 0
    return faults
  }

  /** The next character that is no blank; '' at the end. */
  next(): string {
    blanks.lastIndex = this.at
    blanks.test(this.text)
    this.at = blanks.lastIndex
    return this.text[this.at] ?? ''
  }

  value(): Json {
    const first = this.next()
    this.values += 1
    if (this.values > bounds.values) this.beyond('values', bounds.values)
    if (first === '"') return { kind: 'text', text: this.string() }
    const quick = first === '{' || first === '[' ? this.quick() : undefined
    if (quick !== undefined) return quick
    if (first === '{') {
      const members = new Map<string, Json>()
      this.members((key) => {
        members.set(key, this.value())
      })
      return { kind: 'object', members }
    }
    if (first === '[') {
      const items: Json[] = []
      this.items(() => {
        items.push(this.value())
      })
      return { kind: 'list', items }
    }
    const word = words.find(([each]) => this.text.startsWith(each, this.at))
    if (word !== undefined) {
      this.at += word[0].length
      return word[1]
    }
    number.lastIndex = this.at
    const [digits] = number.exec(this.text) ?? []
    if (digits === undefined)
      throw this.broken(first === '' ? 'it ends too early' : 'a value should stand here')
    this.at += digits.length
    return { kind: 'number', text: digits }
  }

  /**
   * A whole object or list by the engine's own parser, which is many times as fast; nothing where that would hide what this
   * one says: a key twice, a number whose text is not what it means, too much of something, no JSON.
   */
  private quick(): Json | undefined {
    const extent = extentOf(this.text, this.at, {
      depth: bounds.depth - this.depth,
      values: bounds.values - this.values,
    })
    if (extent === undefined) return undefined
    const found = jsonOf(this.text.slice(this.at, extent.end))
    // As many keys as the text has: none stood twice.
    if (found === undefined || found.keys !== extent.keys) return undefined
    if (this.values + found.values - 1 > bounds.values) return undefined
    this.values += found.values - 1
    this.at = extent.end
    return found.json
  }

  /** Reads an object; `each` is called at each member, and reads its value. */
  members(each: (key: string) => void): void {
    const keys = new Set<string>()
    this.inside('{', '}', () => {
      if (this.next() !== '"') throw this.broken('a key in quotes should stand here')
      const key = this.string()
      if (forbiddenKeys.has(key)) this.faults.push(problem('adapter.json.key-forbidden', '', key))
      if (keys.has(key)) this.faults.push(problem('adapter.json.key-twice', '', key))
      keys.add(key)
      this.skip(':')
      each(key)
    })
  }

  /** Reads a list; `each` is called at each entry, and reads it. */
  items(each: () => void): void {
    this.inside('[', ']', each)
  }

  /** Nothing but blanks may follow. */
  end(): void {
    if (this.next() !== '') throw this.broken('something follows the end')
  }

  private inside(open: string, close: string, each: () => void): void {
    this.skip(open)
    this.depth += 1
    if (this.depth > bounds.depth) this.beyond('levels', bounds.depth)
    if (this.next() !== close)
      for (;;) {
        each()
        if (this.next() !== ',') break
        this.at += 1
      }
    this.skip(close)
    this.depth -= 1
  }

  private skip(character: string): void {
    const found = this.next()
    if (found !== character)
      throw this.broken(found === '' ? 'it ends too early' : `${character} should stand here`)
    this.at += 1
  }

  private string(): string {
    const { text, at: start } = this
    for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
      let back = end - 1
      while (text[back] === '\\') back -= 1
      // After an odd number of backslashes the quote is a part of the text.
      if ((end - back) % 2 === 0) continue
      const whole = text.slice(start, end + 1)
      this.at = end + 1
      if (!/[\\\u0000-\u001f]/.test(whole)) return whole.slice(1, -1)
      try {
        return String(JSON.parse(whole))
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        this.at = start
        throw this.broken('a text with a wrong escape or a line break')
      }
    }
    throw this.broken('a text is not closed')
  }

  private beyond(what: string, limit: number): never {
    throw new Broken(problem('adapter.document.too-many', '', undefined, { what, limit }))
  }

  private broken(what: string): Broken {
    const before = this.text.slice(0, this.at)
    const line = before.split('\n').length
    const column = this.at - before.lastIndexOf('\n')
    return new Broken(
      problem('adapter.json.broken', '', undefined, { reason: `line ${line}, column ${column}: ${what}` }),
    )
  }
}
