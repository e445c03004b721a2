// Whether the tables of a document and the codecs that look into them fit each other.
import type { FieldRule } from './fields/letter-fields.ts'
import { formats } from './formats/formats.ts'
import type { Finding, Pointer } from './schema.ts'

type Tree = Readonly<Record<string, unknown>>

const tree = (value: unknown): Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {}

/** Tables in forms that can be read, each of them looked into, and no codec that looks into another. */
export function tableFindings(document: Tree, fields: object, at: Pointer): readonly Finding[] {
  const tables = Object.entries(tree(document['tables']))
  const named = Object.entries(fields).flatMap(([field, definition]: [string, unknown]) =>
    lookupsIn(tree(definition)['as'], [...at, 'fields', field, 'as']),
  )
  const known = tables.map(([name]) => name)
  return [
    ...tables.flatMap(([name, table]): readonly Finding[] => {
      const here = [...at, 'tables', name]
      const unused: readonly Finding[] = named.some((each) => each.table === name)
        ? []
        : [{ at: here, code: 'adapter.profile.unused', value: name, key: true }]
      const { format } = tree(table)
      if (format === undefined) return unused
      const kind = formats.find((each) => each.kind === tree(format)['kind'])
      if (kind?.sort === 'records') return [...unused, ...kind.check(format, [...here, 'format'])]
      const expected = formats.flatMap((each) => (each.sort === 'records' ? [each.kind] : [])).join(', ')
      const value = String(tree(format)['kind'])
      return [
        ...unused,
        {
          at: [...here, 'format', 'kind'],
          code: 'adapter.profile.value-unknown',
          value,
          details: { expected },
        },
      ]
    }),
    ...named.flatMap(({ table, at: where }): readonly Finding[] =>
      known.includes(table)
        ? []
        : [
            {
              at: where,
              code: 'adapter.profile.value-unknown',
              value: table,
              details: { expected: known.join(', ') || 'no table at all: the document has no tables' },
            },
          ],
    ),
  ]
}

/** What a table's values are read by makes a value that the field can have. */
export function lookupFindings(options: unknown, rule: FieldRule, at: Pointer): readonly Finding[] {
  const { of = 'text' } = tree(options)
  const name = typeof of === 'string' ? of : String(Object.keys(tree(of))[0])
  if (name === 'text' || rule.codecs.includes(name)) return []
  const details = { expected: [...rule.codecs.filter((each) => each !== 'lookup'), 'text'].join(', ') }
  return [{ at: [...at, 'as', 'lookup', 'of'], code: 'adapter.profile.value-unknown', value: name, details }]
}

function lookupsIn(as: unknown, at: Pointer): { readonly table: string; readonly at: Pointer }[] {
  return Object.entries(tree(as)).flatMap(([name, options]) => {
    const { table, of } = tree(options)
    const own = name === 'lookup' && typeof table === 'string' ? [{ table, at: [...at, name, 'table'] }] : []
    return [...own, ...lookupsIn(of, [...at, name, 'of'])]
  })
}
