// Examples of codecs: cells that are read, values that are written.
import { parse } from 'yaml'
import { codecName, codecOf, codecs } from '../src/adapters/fields/codecs.ts'
import { type Charset, unsayable } from '../src/adapters/formats/charset.ts'
import { describe, type Result } from '../src/problem/problem.ts'
import { block, type Reference } from './reference.ts'

interface Example {
  readonly as: unknown
  /** Each the cells of one field; a text is one cell. */
  readonly read?: readonly (string | readonly string[])[]
  /** Each the values of one field. */
  readonly write?: readonly (string | readonly string[])[]
  readonly columns?: number
  readonly charset?: Charset
  readonly tables?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const listOf = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value
const shown = (values: readonly string[]): string =>
  values.length === 0 ? 'nothing' : values.map((each) => JSON.stringify(each)).join(', ')
const outcome = <Value>(result: Result<Value>, said: (value: Value) => string): string =>
  result.ok ? said(result.value) : `a fault: ${result.problems.map((each) => describe(each)).join('; ')}`

function run(example: Example): string {
  const tables = new Map(
    Object.entries(example.tables ?? {}).map(([name, rows]) => [name, new Map(Object.entries(rows))]),
  )
  const codec = codecOf(example.as, tables)
  const refuses = (text: string) =>
    example.charset === undefined ? undefined : unsayable(text, example.charset)
  const lines = [
    ...(example.read ?? []).map(
      (cells) => `read   ${shown(listOf(cells))} → ${outcome(codec.read(listOf(cells)), shown)}`,
    ),
    ...(example.write ?? []).map((values) => {
      const written = codec.write(listOf(values), example.columns ?? 1, refuses)
      const said = outcome(
        written,
        ({ cells, spill }) =>
          `${shown(cells)}${spill === undefined ? '' : ', and the whole in a file beside'}`,
      )
      return `write  ${shown(listOf(values))} → ${said}`
    }),
  ]
  if (lines.length === 0) throw new Error('an example of a codec reads or writes something')
  return block(lines.join('\n'))
}

const exampleOf = (text: string): Example => parse(text) as Example

export const codecReference: Reference = {
  file: 'docs/reference/codecs.md',
  parts: codecs.map(({ name, about, options }) => ({ name, about, options })),
  run: async (part, text) => {
    const example = exampleOf(text)
    if (codecName(example.as) !== part)
      throw new Error(`an example of ${part} is one of ${codecName(example.as)}`)
    return run(example)
  },
  given: (part, text) => {
    const { as } = exampleOf(text)
    return typeof as === 'object' && as !== null ? [(as as Record<string, unknown>)[part]] : []
  },
}
