// Whether templates fit the fields and columns that they stand between: values over several columns, columns of several fields.
import { placesOf } from './fields/join.ts'
import type { FieldRule } from './fields/letter-fields.ts'
import { templateFindings, templateOf } from './fields/template.ts'
import type { Finding, Pointer } from './schema.ts'

type Tree = Readonly<Record<string, unknown>>

/** A join has a column for each place of its template, and makes a value that its field can be written as. */
export function joinFindings(
  definition: object,
  options: unknown,
  rule: FieldRule,
  at: Pointer,
): readonly Finding[] {
  const { template, of = 'text' } = (options ?? {}) as { readonly template?: unknown; readonly of?: unknown }
  const columns = 'at' in definition && Array.isArray(definition.at) ? definition.at.length : 1
  const places = placesOf(template)
  const whole = typeof of === 'string' ? of : String(Object.keys(of ?? {})[0])
  return [
    ...(places === undefined || places === columns
      ? []
      : [
          {
            at: [...at, 'at'],
            code: 'adapter.profile.value-wrong' as const,
            value: `${columns}`,
            details: { expected: `${places} columns, one for each place of the template` },
          },
        ]),
    ...(rule.codecs.includes(whole) && whole !== 'join'
      ? []
      : [
          {
            at: [...at, 'as', 'join', 'of'],
            code: 'adapter.profile.value-unknown' as const,
            value: whole,
            details: { expected: rule.codecs.filter((each) => each !== 'join').join(', ') },
          },
        ]),
  ]
}

/** The parts of columns that hold several fields: each is some field's, and their column is nobody's. */
export function splitFindings(document: Tree, fields: object, at: Pointer): readonly Finding[] {
  const taken = new Set(
    Object.values(fields).flatMap((each: unknown) =>
      typeof each === 'object' && each !== null && 'at' in each ? [each.at].flat().map(String) : [],
    ),
  )
  return Object.entries(splitOf(document)).flatMap(([column, template]): Finding[] => {
    const here = [...at, 'split', column]
    const wrong = templateFindings(template, here)
    if (wrong.length > 0) return [...wrong]
    return [
      ...templateOf(template)
        .names.filter((name) => !taken.has(name))
        .map((value): Finding => ({ at: here, code: 'adapter.profile.part-unused', value })),
      ...(taken.has(column)
        ? [
            {
              at: here,
              code: 'adapter.profile.column-twice' as const,
              value: column,
              details: { first: 'a field' },
            },
          ]
        : []),
    ]
  })
}

const splitOf = ({ split }: Tree): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(typeof split === 'object' && split !== null ? split : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )

/** The parts of a document's columns, named like columns. */
export const partsOf = (document: Tree): readonly string[] =>
  Object.values(splitOf(document)).flatMap((template) =>
    templateFindings(template, []).length > 0 ? [] : templateOf(template).names,
  )
