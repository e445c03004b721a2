// The words behind `npm run bench --`: which benches, and how.
import type { Row } from './row.ts'

/** What a bench is told. */
export interface Options {
  readonly quick: boolean
  /** What takes long as well. */
  readonly long: boolean
  /** Bytes of a scan. */
  readonly size?: number
  /** Of what the bench has a choice of, only this. */
  readonly only?: string
}

export interface Bench {
  readonly name: string
  /** What it measures one by one; absent: it is one thing. */
  readonly choice?: readonly string[]
  readonly run: (options: Options) => Promise<Row[]>
}

export interface Asked {
  readonly names: readonly string[]
  readonly options: Options
  readonly json: boolean
  readonly help: boolean
}

/** Reads them; all that is wrong is said at once. */
export function readParameters(parameters: readonly string[]): Asked | { readonly wrong: readonly string[] } {
  const said = new Map<string, string | undefined>()
  const names: string[] = []
  const wrong: string[] = []
  for (const each of parameters) {
    const [, option, value] = /^--?([a-z]+)(?:=(.*))?$/.exec(each) ?? []
    if (!each.startsWith('-')) names.push(each)
    else if (option === undefined || !known.has(option)) wrong.push(`no option ${each}`)
    else if (known.get(option) !== (value !== undefined)) wrong.push(`${each}: see --help`)
    else said.set(option, value)
  }
  const size = said.get('size')
  const bytes = size === undefined ? undefined : Number(/^(\d{1,6})MB$/.exec(size)?.[1]) * 1_000_000
  if (bytes !== undefined && !(bytes > 0)) wrong.push(`--size=${size}: a size is written as 64MB`)
  if (wrong.length > 0) return { wrong }
  const only = said.get('only')
  return {
    names,
    options: {
      quick: said.has('quick'),
      long: said.has('long'),
      ...(bytes !== undefined && { size: bytes }),
      ...(only !== undefined && { only }),
    },
    json: said.has('json'),
    help: said.has('help') || said.has('h'),
  }
}

/** Options, and whether each has a value. */
const known: ReadonlyMap<string, boolean> = new Map([
  ['quick', false],
  ['long', false],
  ['json', false],
  ['help', false],
  ['h', false],
  ['size', true],
  ['only', true],
])

/** Of these names the one that `only` is, else all that hold it. Absent: all. */
export function chosen(names: readonly string[], only: string | undefined): readonly string[] {
  if (only === undefined) return names
  const wanted = only.toLowerCase()
  const exact = names.filter((each) => each.toLowerCase() === wanted)
  return exact.length > 0 ? exact : names.filter((each) => each.toLowerCase().includes(wanted))
}
