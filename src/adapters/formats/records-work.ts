// A document of records at work: what follows from its profile alone, made once and not for each letter.
import type { LookupRows, LookupTables } from '../fields/codec.ts'
import { type Mapping, mappingOf } from '../fields/mapping.ts'
import { splitting } from '../fields/split.ts'
import type { DocumentDefinition } from '../profile.ts'
import type { FormContext, RecordForm } from './format.ts'
import { columnsOfRules, guarded } from './rows-of-letters.ts'

export interface RecordsWork {
  readonly form: RecordForm
  readonly mapping: Mapping
  readonly definition: DocumentDefinition
  readonly context: FormContext
  /** The columns that are written, in their order. */
  readonly columns: readonly string[]
  /** Those without which no record can be read. */
  readonly needed: readonly string[]
  /** Those whose cells do not travel along: a field is mapped to them, or the profile ignores them. */
  readonly told: ReadonlySet<string>
}

/** The work of a records format and a profile's fields. */
export function workOf(plain: RecordForm, definition: DocumentDefinition, context: FormContext): RecordsWork {
  const form = guarded(plain, definition)
  const mapping = splitting(
    mappingOf(definition.fields, tablesOf(definition), () => context.clock.now()),
    definition.split ?? {},
  )
  return {
    form,
    mapping,
    definition,
    context,
    columns: [...new Set([...form.columns, ...mapping.columns])],
    needed: [...new Set([...mapping.columns, ...columnsOfRules(definition)])],
    told: new Set([...mapping.columns, ...(definition.ignore ?? [])]),
  }
}

/** The tables that are known; a codec that needs another says so when it is asked. */
const tablesOf = ({ tables = {}, lookups = new Map() }: DocumentDefinition): LookupTables =>
  new Map([
    ...Object.entries(tables).flatMap(([name, table]): [string, LookupRows][] =>
      'rows' in table ? [[name, new Map(Object.entries(table.rows))]] : [],
    ),
    ...lookups,
  ])
