// What a codec can say, as far as its profile tells: the canonical values of its tables, wherever they stand.
import type { LookupRows } from './fields/codec.ts'
import { checkCodec, codecOf } from './fields/codecs.ts'
import type { Pointer } from './schema.ts'

type Tree = Readonly<Record<string, unknown>>

const tree = (value: unknown): Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {}

/** The rows of a table by its name; undefined where they are not known. */
export type RowsOf = (table: string) => LookupRows | undefined

/** The canonical values that `as` has codes for; undefined for a codec that needs none, or whose table is not known. */
export function saidBy(as: unknown, rowsOf: RowsOf): readonly string[] | undefined {
  const [name, raw] = Object.entries(tree(as))[0] ?? []
  const options = tree(raw)
  switch (name) {
    case 'table':
      return Object.values(options).map(String)
    case 'flag':
      return ['true', 'false']
    case 'highest':
    case 'list':
      return saidBy(options['of'], rowsOf)
    case 'lookup':
      return meaningsOf(options, rowsOf)?.flatMap(({ means }) => (means.ok ? means.value : []))
    default:
      return undefined
  }
}

/** The codes of the tables that `as` looks into whose meaning it cannot read; none where the table is not known. */
export function unreadBy(as: unknown, rowsOf: RowsOf): readonly string[] {
  return Object.entries(tree(as)).flatMap(([name, raw]) =>
    name === 'lookup'
      ? (meaningsOf(tree(raw), rowsOf) ?? []).flatMap(({ code, means }) => (means.ok ? [] : [code]))
      : unreadBy(tree(raw)['of'], rowsOf),
  )
}

function meaningsOf({ table, of = 'text' }: Tree, rowsOf: RowsOf) {
  const rows = rowsOf(String(table))
  // What is no codec is a fault of its own.
  if (rows === undefined || checkCodec(of, []).length > 0) return undefined
  const value = codecOf(of)
  return [...rows].map(([code, text]) => ({ code, means: value.read([text]) }))
}

/** The rows of the tables of a document: those that stand in it, and those that were read from files. */
export function rowsIn(document: unknown): RowsOf {
  const { tables, lookups } = tree(document)
  return (table) => {
    const { rows } = tree(tree(tables)[table])
    if (rows !== undefined)
      return new Map(Object.entries(tree(rows)).map(([code, value]) => [code, String(value)]))
    return lookups instanceof Map ? lookups.get(table) : undefined
  }
}

/** The option `overflow` wherever it is said within a codec, with where it stands. */
export function overflowsIn(
  as: unknown,
  at: Pointer,
): { readonly overflow: unknown; readonly at: Pointer }[] {
  return Object.entries(tree(as)).flatMap(([name, raw]) => {
    const { overflow, of } = tree(raw)
    return [
      ...(overflow === undefined ? [] : [{ overflow, at: [...at, name, 'overflow'] }]),
      ...overflowsIn(of, [...at, name, 'of']),
    ]
  })
}

/** Every table of codes within a codec, with where it stands. */
export function tablesIn(as: unknown, at: Pointer): { readonly codes: Tree; readonly at: Pointer }[] {
  return Object.entries(tree(as)).flatMap(([name, options]) =>
    name === 'table'
      ? [{ codes: tree(options), at: [...at, name] }]
      : tablesIn(tree(options)['of'], [...at, name, 'of']),
  )
}
