// Whether a document's fields fit its format, its content and each other.
import type { Codec } from './fields/codec.ts'
import { checkCodec, codecOf } from './fields/codecs.ts'
import { type FieldRule, letterFields, neededLetterFields, officeIds } from './fields/letter-fields.ts'
import { neededNoticeFields, noticeFields } from './fields/notice-fields.ts'
import type { FormatKind } from './formats/format.ts'
import { lookupFindings, tableFindings } from './lookup-check.ts'
import { overflowsIn, rowsIn, saidBy, tablesIn } from './said-values.ts'
import type { Finding, Pointer } from './schema.ts'
import { joinFindings, partsOf, splitFindings } from './template-check.ts'

type Tree = Readonly<Record<string, unknown>>

/** What only documents made of records have. */
const recordsKeys = ['fields', 'split', 'tables', 'ignore', 'skip', 'continues']

/** Everything wrong with a document's fields. `contents`: what the channels that use it carry. */
export function documentFindings(
  document: Tree,
  format: FormatKind,
  contents: readonly ('letter' | 'notice')[],
  at: Pointer,
): readonly Finding[] {
  const { fields } = document
  if (format.sort === 'document') {
    const details = { expected: `format (a document of the format ${format.kind} has its own fields)` }
    return recordsKeys
      .filter((key) => document[key] !== undefined)
      .map((key) => ({
        at: [...at, key],
        code: 'adapter.profile.key-unknown',
        value: key,
        key: true,
        details,
      }))
  }
  const [content, another] = contents
  if (another !== undefined) {
    const expected = `channels of one sort: a document of the format ${format.kind} is a letter or a notice`
    return [{ at, code: 'adapter.profile.value-wrong', value: 'letters and notices', details: { expected } }]
  }
  if (typeof fields !== 'object' || fields === null)
    return [{ at, code: 'adapter.profile.key-missing', details: { key: 'fields' } }]
  if (content === undefined) return []
  const rules = content === 'letter' ? letterFields : noticeFields
  const needed = content === 'letter' ? neededLetterFields : neededNoticeFields
  return [
    ...needed
      .filter((field) => !Object.hasOwn(fields, field))
      .map(
        (field): Finding => ({
          at: [...at, 'fields'],
          code: field === 'reason' ? 'adapter.profile.reason-missing' : 'adapter.profile.key-missing',
          details: { key: field },
        }),
      ),
    ...Object.entries(fields).flatMap(([field, definition]) =>
      fieldFindings(field, definition, rules, { document, format }, [...at, 'fields', field]),
    ),
    ...splitFindings(document, fields, at),
    ...ignoreFindings(document, fields, [...at, 'ignore']),
    ...columnFindings(fields, knownColumns(document, format), [...at, 'fields']),
    ...tableFindings(document, fields, at),
    ...ruleFindings(
      document,
      format.cells(document['format']) ?? columnsWithoutHeader(document['format']),
      at,
    ),
  ]
}

/** A column that a field is mapped to is a part of the letter. */
function ignoreFindings({ ignore }: Tree, fields: object, at: Pointer): readonly Finding[] {
  const mapped = Object.values(fields).flatMap((field: unknown) =>
    typeof field === 'object' && field !== null && 'at' in field ? [field.at].flat() : [],
  )
  return (Array.isArray(ignore) ? ignore : []).flatMap((column: unknown, index): Finding[] => {
    const details = { expected: 'a column that no field is mapped to' }
    const value = String(column)
    return mapped.some((each) => String(each) === value)
      ? [{ at: [...at, index], code: 'adapter.profile.value-wrong', value, details }]
      : []
  })
}

function fieldFindings(
  field: string,
  definition: unknown,
  rules: Readonly<Record<string, FieldRule>>,
  { document, format }: { readonly document: Tree; readonly format: FormatKind },
  at: Pointer,
): readonly Finding[] {
  const rule = Object.hasOwn(rules, field) ? rules[field] : undefined
  if (rule === undefined) {
    const details = { expected: Object.keys(rules).join(', ') }
    return [{ at, code: 'adapter.profile.key-unknown', value: field, key: true, details }]
  }
  if (typeof definition !== 'object' || definition === null) return []
  const values = Object.entries(definition).flatMap(([key, value]) =>
    (key === 'always' || key === 'default') && typeof value === 'string'
      ? valueFindings(value, rule, [...at, key])
      : [],
  )
  if (!('as' in definition)) return values
  const unsaid = 'unsaid' in definition && Array.isArray(definition.unsaid) ? definition.unsaid : []
  const { as } = definition
  const [name, options] = typeof as === 'string' ? [as, undefined] : (Object.entries(as ?? {})[0] ?? [])
  const wrong = checkCodec(as, [...at, 'as'])
  if (wrong.length > 0) return [...values, ...wrong]
  if (!rule.codecs.includes(String(name))) {
    const details = { expected: rule.codecs.join(', ') }
    return [
      ...values,
      { at: [...at, 'as'], code: 'adapter.profile.value-unknown', value: String(name), details },
    ]
  }
  const joined =
    name === 'join'
      ? joinFindings(definition, options, rule, at)
      : name === 'base64'
        ? insideFindings(definition, options, format, at)
        : name === 'lookup'
          ? lookupFindings(options, rule, at)
          : columnsFindings(definition, codecOf(as), at)
  return [
    ...values,
    ...joined,
    ...unsaidFindings(unsaid.map(String), saidBy(as, rowsIn(document)) ?? [], rule, [...at, 'unsaid']),
    ...tablesIn(as, [...at, 'as']).flatMap(({ codes, at: place }) =>
      Object.entries(codes).flatMap(([code, value]) => valueFindings(String(value), rule, [...place, code])),
    ),
    ...tornFindings(name, options, [...at, 'as']),
    ...cutFindings(as, rule, [...at, 'as']),
  ]
}

/** What stands in more columns than the codec has a meaning for would be lost. */
function columnsFindings(definition: object, { columns }: Codec, at: Pointer): readonly Finding[] {
  const count = countOf(definition)
  if (columns === undefined || count <= columns) return []
  const details = { expected: `${columns} at most: the codec reads no more columns` }
  return [{ at: [...at, 'at'], code: 'adapter.profile.value-wrong', value: `${count}`, details }]
}

const countOf = (definition: object): number =>
  'at' in definition && Array.isArray(definition.at) ? definition.at.length : 1

/** Files stand in cells that are large enough, in groups of columns. */
function insideFindings(
  definition: object,
  options: unknown,
  format: FormatKind,
  at: Pointer,
): readonly Finding[] {
  if (!format.inside) {
    const details = { expected: 'file-beside: cells of this format are too small for files' }
    return [{ at: [...at, 'as'], code: 'adapter.profile.value-wrong', value: 'base64', details }]
  }
  const columns = countOf(definition)
  const { parts = ['content', 'name'] } = (options ?? {}) as { readonly parts?: readonly string[] }
  if (columns % parts.length === 0) return []
  const details = { expected: `columns in groups of ${parts.length}: ${parts.join(', ')}` }
  return [{ at: [...at, 'at'], code: 'adapter.profile.value-wrong', value: `${columns}`, details }]
}

function valueFindings(value: string, { values }: FieldRule, at: Pointer): readonly Finding[] {
  if (values === undefined || values.includes(value)) return []
  return [{ at, code: 'adapter.profile.value-unknown', value, details: { expected: values.join(', ') } }]
}

/** A tag that holds what stands between tags would be read as several. */
function tornFindings(name: unknown, options: unknown, at: Pointer): readonly Finding[] {
  const { separator, of } = (options ?? {}) as { readonly separator?: unknown; readonly of?: unknown }
  if (name !== 'highest' || typeof separator !== 'string') return []
  const details = { expected: 'a tag without the separator' }
  return tablesIn(of, [...at, 'highest', 'of']).flatMap(({ codes, at: place }) =>
    Object.keys(codes).flatMap((code): Finding[] =>
      code.includes(separator)
        ? [{ at: [...place, code], code: 'adapter.profile.value-wrong', value: code, key: true, details }]
        : [],
    ),
  )
}

/** A letter arrives unaltered: nothing of it is cut. */
const cutFindings = (as: unknown, { mayBeCut }: FieldRule, at: Pointer): readonly Finding[] =>
  overflowsIn(as, at).flatMap(({ overflow, at: place }): Finding[] =>
    overflow === 'cut' && mayBeCut !== true
      ? [
          {
            at: place,
            code: 'adapter.profile.value-wrong',
            value: 'cut',
            details: { expected: 'refuse or spill: only a notice’s reason and subject may be cut' },
          },
        ]
      : [],
  )

/** What a system cannot say is one of the field's few values, and one that the table does not write after all. */
function unsaidFindings(
  unsaid: readonly string[],
  said: readonly unknown[],
  rule: FieldRule,
  at: Pointer,
): readonly Finding[] {
  if (unsaid.length > 0 && (rule.values === undefined || rule.values === officeIds)) {
    const details = { expected: 'at, as, default' }
    return [{ at, code: 'adapter.profile.key-unknown', value: 'unsaid', key: true, details }]
  }
  return unsaid.flatMap((value, index) =>
    said.includes(value)
      ? [
          {
            at: [...at, index],
            code: 'adapter.profile.value-wrong' as const,
            value,
            details: { expected: 'a value that the table has no code for' },
          },
        ]
      : valueFindings(value, rule, [...at, index]),
  )
}

function columnFindings(
  fields: object,
  known: readonly string[] | undefined,
  at: Pointer,
): readonly Finding[] {
  const taken = new Map<string, string>()
  const findings: Finding[] = []
  for (const [field, definition] of Object.entries(fields) as [string, unknown][]) {
    if (typeof definition !== 'object' || definition === null || !('at' in definition)) continue
    const columns: unknown[] = Array.isArray(definition.at) ? definition.at : [definition.at]
    for (const column of columns.map(String)) {
      const place = [...at, field, 'at']
      const first = taken.get(column)
      if (first !== undefined)
        findings.push({ at: place, code: 'adapter.profile.column-twice', value: column, details: { first } })
      taken.set(column, field)
      if (known !== undefined && !known.includes(column)) {
        const details = { expected: known.join(', ') }
        findings.push({ at: place, code: 'adapter.profile.value-unknown', value: column, details })
      }
    }
  }
  return findings
}

/** What decides which records are letters are columns that there are; a rule has something to go by. */
function ruleFindings(
  { skip, continues }: Tree,
  known: readonly string[] | undefined,
  at: Pointer,
): readonly Finding[] {
  const entries = (value: unknown): [string, unknown][] =>
    typeof value === 'object' && value !== null ? Object.entries(value) : []
  const rules = Array.isArray(skip) ? skip.map((rule: unknown) => new Map(entries(rule))) : []
  const further = new Map(entries(continues))
  const named: { readonly column: unknown; readonly at: Pointer }[] = [
    ...rules.map((rule, index) => ({ column: rule.get('column'), at: ['skip', index, 'column'] })),
    { column: further.get('when'), at: ['continues', 'when'] },
    ...entries(further.get('join')).map(([column]) => ({ column, at: ['continues', 'join', column] })),
  ]
  return [
    ...named.flatMap((each): Finding[] =>
      each.column === undefined || known === undefined || known.includes(String(each.column))
        ? []
        : [
            {
              at: [...at, ...each.at],
              code: 'adapter.profile.value-unknown',
              value: String(each.column),
              details: { expected: known.join(', ') },
            },
          ],
    ),
    ...rules.flatMap((rule, index): Finding[] =>
      rule.has('is') || rule.has('begins')
        ? []
        : [
            {
              at: [...at, 'skip', index],
              code: 'adapter.profile.key-missing',
              details: { key: 'is or begins' },
            },
          ],
    ),
    ...(further.size > 0 && entries(further.get('join')).some(([column]) => column === further.get('when'))
      ? [
          {
            at: [...at, 'continues', 'join'],
            code: 'adapter.profile.value-wrong' as const,
            value: String(further.get('when')),
            details: { expected: 'other columns than the one that is blank on further lines' },
          },
        ]
      : []),
  ]
}

/** The columns that there are, and the parts of those that hold several fields. */
function knownColumns(document: Tree, format: FormatKind): readonly string[] | undefined {
  const known = format.cells(document['format']) ?? columnsWithoutHeader(document['format'])
  return known && [...known, ...partsOf(document)]
}

/** Where no header names the columns, the format's `columns` are all that there are. */
function columnsWithoutHeader(format: unknown): readonly string[] | undefined {
  if (typeof format !== 'object' || format === null || !('columns' in format)) return undefined
  if (!Array.isArray(format.columns)) return undefined
  if ('header' in format && format.header === false) return format.columns.map(String)
  // Columns with places of their own need no header at all.
  const placed = format.columns.every((each) => typeof each?.name === 'string')
  return placed && format.columns.length > 0 ? format.columns.map(({ name }) => name) : undefined
}
