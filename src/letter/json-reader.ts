// Reads one JSON object key by key, and notes every fault on the way.
import { type Problem, problem } from '../problem/problem.ts'
import { searchKey } from './search.ts'

/** One object of a JSON value; a value of another type reads as an empty one, and is noted. `null` is absent. */
export class JsonReader {
  private readonly values: ReadonlyMap<string, unknown>
  private readonly path: string
  private readonly faults: Problem[]
  /** False for a value of another type: that is the fault, and what it lacks is none. */
  private readonly whole: boolean

  private constructor(values: ReadonlyMap<string, unknown> | undefined, path: string, faults: Problem[]) {
    this.values = values ?? new Map()
    this.whole = values !== undefined
    this.path = path
    this.faults = faults
  }

  /** The object at `path`. Keys that are not among `keys` are faults, `__proto__` like any other. */
  static of(
    value: unknown,
    path: string,
    keys: readonly string[],
    faults: Problem[],
    expected = 'object',
  ): JsonReader {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      faults.push(wrongType(path, value, expected))
      return new JsonReader(undefined, path, faults)
    }
    const values = new Map<string, unknown>(Object.entries(value).filter(([, found]) => found !== null))
    const reader = new JsonReader(values, path, faults)
    for (const key of Object.keys(value)) if (!keys.includes(key)) faults.push(reader.unknownKey(key, keys))
    return reader
  }

  /** The path of a key of this object. */
  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`
  }

  any(key: string): unknown {
    return this.values.get(key)
  }

  text(key: string): string | undefined {
    const value = this.values.get(key)
    return typeof value === 'string' ? value : this.wrong(key, value, 'text')
  }

  /** A text that must be there. */
  needed(key: string): string | undefined {
    if (this.whole && !this.values.has(key)) this.faults.push(problem('letter.field.missing', this.at(key)))
    return this.text(key)
  }

  flag(key: string): boolean | undefined {
    const value = this.values.get(key)
    return typeof value === 'boolean' ? value : this.wrong(key, value, 'true or false')
  }

  /** A whole number from 0 to 2^53 − 1. */
  count(key: string): number | undefined {
    const value = this.values.get(key)
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    return this.wrong(key, value, 'whole number')
  }

  oneOf<Value extends string>(key: string, known: readonly Value[]): Value | undefined {
    const value = this.text(key)
    if (value === undefined) return undefined
    const found = known.find((candidate) => candidate === value)
    if (found === undefined) {
      this.faults.push(problem('letter.code.unknown', this.at(key), value, { expected: known.join(', ') }))
    }
    return found
  }

  /** The entries of a list with their paths; absent is empty. */
  list(key: string): { readonly value: unknown; readonly path: string }[] {
    const value = this.values.get(key)
    if (Array.isArray(value)) {
      return value.map((entry: unknown, index) => ({ value: entry, path: `${this.at(key)}.${index}` }))
    }
    this.wrong(key, value, 'list')
    return []
  }

  private wrong(key: string, value: unknown, expected: string): undefined {
    if (value !== undefined) this.faults.push(wrongType(this.at(key), value, expected))
    return undefined
  }

  private unknownKey(key: string, keys: readonly string[]): Problem {
    // `Subject` beside `subject` is how one value hides another from a careless reader.
    const meant = keys.find((known) => loose(known) === loose(key))
    if (meant !== undefined) return problem('letter.json.near-key', this.at(key), key, { meant })
    return problem('letter.json.unknown-key', this.at(key), key, { expected: keys.join(', ') })
  }
}

const loose = (key: string): string => searchKey(key).replace(/[ _-]/g, '')

const wrongType = (path: string, value: unknown, expected: string): Problem =>
  problem('letter.json.type', path, shown(value), { expected })

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
