// A mapping at work: cells ↔ canonical values, by the same definitions in both directions (principle 2).
import { type Problem, problem, type Result } from '../../problem/problem.ts'
import type { FieldDefinition } from '../profile.ts'
import { type Codec, type LookupTables, type Now, outcome, type Values } from './codec.ts'
import { codecOf } from './codecs.ts'
import type { FieldValues } from './letter-fields.ts'
import { namingFields } from './notice-fields.ts'

export interface Mapping {
  /** The columns that fields are mapped to, each once, in the profile's order. */
  readonly columns: readonly string[]
  /** Those of a notice's kind. */
  readonly kindColumns: readonly string[]
  /** Those of the fields by which a notice only names its letter. */
  readonly namingColumns: readonly string[]
  readonly mapped: ReadonlySet<string>
  /** The codec and columns of the field that names files beside, if one does. */
  readonly files?: { readonly field: string; readonly at: readonly string[]; readonly codec: Codec }
  /** Cells → canonical values; every problem, its path `field` or, within a form, the column. */
  read(cells: ReadonlyMap<string, string>): Result<FieldValues>
  /** The cells that say more than what is read of them, by their column. */
  more(cells: ReadonlyMap<string, string>): ReadonlyMap<string, string>
  /** The canonical values that can be read, whatever is wrong with the others. */
  readable(cells: ReadonlyMap<string, string>): FieldValues
  /** Canonical values → cells, and what is spilled because its cell cannot hold it. */
  write(values: FieldValues, refuses: RefusesIn): Result<WrittenRecord>
}

export interface WrittenRecord {
  readonly cells: ReadonlyMap<string, string>
  readonly spilled: FieldValues
  /** The fields of which the cells hold only the beginning, as the profile says. */
  readonly cut: readonly string[]
}

/** `Refuses`, for the cell of one column. */
type RefusesIn = (text: string, column: string) => Problem | undefined

interface Place {
  readonly field: string
  readonly at: readonly string[]
  readonly codec: Codec
  readonly default?: string
  readonly unsaid?: readonly string[]
}

const none: ReadonlyMap<string, string> = new Map()

/** The mapping that a profile's `fields` declare. Their codecs were checked with the profile. */
export function mappingOf(
  fields: Readonly<Record<string, FieldDefinition>>,
  tables: LookupTables = new Map(),
  now?: Now,
): Mapping {
  const constants = new Map<string, string>()
  const places: Place[] = []
  for (const [field, definition] of Object.entries(fields)) {
    if ('always' in definition) constants.set(field, definition.always)
    else {
      const { at, as, unsaid } = definition
      places.push({
        field,
        at,
        // What a letter refers to may be much older than letters of the present.
        codec: codecOf(as, tables, field === 'references.date' ? undefined : now),
        ...(definition.default !== undefined && { default: definition.default }),
        ...(unsaid && { unsaid }),
      })
    }
  }
  const richer = places.filter(({ codec }) => codec.more !== undefined)
  const files = places.find(({ codec }) => codec.files !== undefined)
  return {
    columns: [...new Set(places.flatMap(({ at }) => at))],
    kindColumns: places.flatMap(({ field, at }) => (field === 'kind' ? at : [])),
    namingColumns: places.flatMap(({ field, at }) => (namingFields.includes(field) ? at : [])),
    mapped: new Set(Object.keys(fields)),
    ...(files && { files }),
    read: (cells) => {
      const { values, problems } = read(places, constants, cells)
      return outcome(values, problems)
    },
    more: (cells) =>
      richer.length === 0
        ? none
        : new Map(
            richer
              .filter(({ at, codec }) => codec.more?.(at.map((column) => held(cells, column))) === true)
              .flatMap(({ at }) => at.map((column): [string, string] => [column, held(cells, column)])),
          ),
    readable: (cells) => read(places, constants, cells).values,
    write: (values, refuses) => write(places, constants, values, refuses),
  }
}

function read(
  places: readonly Place[],
  constants: ReadonlyMap<string, string>,
  cells: ReadonlyMap<string, string>,
): { readonly values: FieldValues; readonly problems: readonly Problem[] } {
  const values = new Map<string, Values>()
  for (const [field, always] of constants) values.set(field, [always])
  const problems: Problem[] = []
  for (const { field, at, codec, default: usual } of places) {
    // Most fields have one column.
    const one = at.length === 1 ? at[0] : undefined
    const result = codec.read(
      one === undefined ? at.map((column) => held(cells, column)) : [held(cells, one)],
    )
    if (!result.ok) problems.push(...result.problems.map((each) => placed(each, at)))
    else if (result.value.length > 0) values.set(field, result.value)
    else if (usual !== undefined) values.set(field, [usual])
  }
  return { values, problems }
}

/** A cell of spaces only is how systems with fixed widths write an empty one. */
function held(cells: ReadonlyMap<string, string>, column: string): string {
  const cell = cells.get(column) ?? ''
  // What begins with a character of ASCII that is seen is not blank.
  const first = cell.charCodeAt(0)
  return (first > 0x20 && first < 0x7f) || cell.trim() !== '' ? cell : ''
}

function write(
  places: readonly Place[],
  constants: ReadonlyMap<string, string>,
  values: FieldValues,
  refuses: RefusesIn,
): Result<WrittenRecord> {
  const cells = new Map<string, string>()
  const spilled = new Map<string, Values>()
  const cut: string[] = []
  const problems: Problem[] = []
  for (const [field, always] of constants) {
    const value = values.get(field) ?? []
    if (value.length > 1 || (value[0] ?? always) !== always) spilled.set(field, value)
  }
  for (const { field, at, codec, default: usual, unsaid } of places) {
    const value = values.get(field) ?? []
    if (unsaid !== undefined && value.some((each) => unsaid.includes(each))) {
      spilled.set(field, value)
      for (const column of at) cells.set(column, '')
      continue
    }
    if (value.length === 0 && usual !== undefined) {
      problems.push(problem('adapter.field.cannot-say', field, '', { field }))
      continue
    }
    // Which of its columns a text comes to stand in, the codec decides: it must fit each, and is not asked for again then.
    let fits: string | undefined
    const result = codec.write(value, at.length, (text) => {
      const found = refusedIn(at, text, refuses)
      if (found === undefined) fits = text
      return found
    })
    if (!result.ok) {
      problems.push(...result.problems.map((each) => ({ ...each, path: field })))
      continue
    }
    if (result.value.spill !== undefined) spilled.set(field, result.value.spill)
    if (result.value.cut === true) cut.push(field)
    for (let index = 0; index < at.length; index += 1) {
      const column = at[index]!
      const cell = result.value.cells[index] ?? ''
      const unsayable = cell === fits ? undefined : refuses(cell, column)
      if (unsayable !== undefined) problems.push({ ...unsayable, path: field })
      cells.set(column, cell)
    }
  }
  return outcome({ cells, spilled, cut }, problems)
}

function refusedIn(at: readonly string[], text: string, refuses: RefusesIn): Problem | undefined {
  for (const column of at) {
    const found = refuses(text, column)
    if (found !== undefined) return found
  }
  return undefined
}

/** A column that several fields share would be written twice: the profile's check refuses it, so that each has one place. */
const placed = (found: Problem, at: readonly string[]): Problem => ({
  ...found,
  path: `column ${at.join(', ')}`,
})
