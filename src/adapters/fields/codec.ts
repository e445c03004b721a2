// A field codec: how one canonical value is written in a system's cells, both ways.
//
// Canonical values are texts here, as the canonical JSON writes them (a date `2008-11-15`, an office `50`, an urgency
// `urgent`); a value that is absent is an empty list, and a list (recipients, files) has several. A codec turns cells into
// such values and back; which field they fill is the mapping's business.
import type { Instant } from '../../letter/time.ts'
import type { Problem, Result } from '../../problem/problem.ts'
import type { About } from '../about.ts'
import type { Checked, Finding, JsonSchema, Pointer } from '../schema.ts'
import { readerOf } from '../schema.ts'

export type Values = readonly string[]

/** The cells that a field stands in, one for each column that `at` names, in that order; a blank cell is ''. */
export type Cells = readonly string[]

export interface WrittenCells {
  readonly cells: Cells
  /** The values, whole, when the cells could not hold them and the profile says `overflow: spill`. */
  readonly spill?: Values
  /** The cells hold only a beginning of the values, and the profile says `overflow: cut`. */
  readonly cut?: true
}

/** Why a text cannot stand in a cell (its charset cannot say it), or nothing. */
export type Refuses = (text: string) => Problem | undefined

export interface Codec {
  /** Cells → canonical values. Problems have paths relative to the field. Blank cells give no value. */
  read(cells: Cells): Result<Values>
  /** Canonical values → exactly `columns` cells. Fails when they cannot say it; never cuts. */
  write(values: Values, columns: number, refuses: Refuses): Result<WrittenCells>
  /** Whether the cells say more than the value that is read of them: then they travel along as they stand. */
  more?(cells: Cells): boolean
  /** So many columns have a meaning, at most; absent: each holds a value of its own. */
  readonly columns?: number
  /** Set when the values are names of files beside the document, the first of them the main letter or an enclosure. */
  readonly files?: {
    readonly first: 'main' | 'enclosure'
    readonly separator?: string
    /** The files stand in the cells: values are name, media type and base64 of each. Bounds in bytes. */
    readonly inside?: { readonly file: number; readonly all: number; readonly named: boolean }
  }
}

/** Code → what stands beside it in a table, in the table's order. */
export type LookupRows = ReadonlyMap<string, string>
/** The tables of a document by name. */
export type LookupTables = ReadonlyMap<string, LookupRows>

/** The time at which a cell is read. Without it years of two digits are of any time. */
export type Now = () => Instant

/** A codec that can be named in a profile: `as: text`, `as: { text: { max: 150 } }`. */
export interface CodecKind {
  readonly name: string
  readonly about: About
  /** Schema of what stands behind the name. */
  readonly options: JsonSchema
  check(raw: unknown, at: Pointer): readonly Finding[]
  create(raw: unknown, tables: LookupTables, now?: Now): Checked<Codec>
}

interface Definition<Options> {
  readonly name: string
  /** For docs/reference. */
  readonly about: About
  readonly options: JsonSchema
  /** The options when the profile gives the name alone; absent: they must be given. */
  readonly bare?: unknown
  deeper?(options: Options): readonly Finding[]
  create(options: Options, tables: LookupTables, now?: Now): Codec
}

export function codec<Options>(definition: Definition<Options>): CodecKind {
  const read = readerOf<Options>(definition.options)
  const checked = (raw: unknown, at: Pointer): Checked<Options> => {
    const options = read(raw === undefined ? definition.bare : raw, at)
    if (!options.ok) return options
    const [first, ...rest] = (definition.deeper?.(options.value) ?? []).map((each) => ({
      ...each,
      at: [...at, ...each.at],
    }))
    return first === undefined ? options : { ok: false, findings: [first, ...rest] }
  }
  return {
    name: definition.name,
    about: definition.about,
    options: definition.options,
    check: (raw, at) => {
      const options = checked(raw, at)
      return options.ok ? [] : options.findings
    },
    create: (raw, tables, now) => {
      const options = checked(raw, [])
      return options.ok ? { ok: true, value: definition.create(options.value, tables, now) } : options
    },
  }
}

/** What is wrong with the option `of` of a codec that is made of another: it names none of `names`. */
export const innerFindings = (made: Codec | undefined, of: unknown, names: readonly string[]): Finding[] =>
  made !== undefined
    ? []
    : [
        {
          at: ['of'],
          code: 'adapter.profile.value-unknown',
          value: JSON.stringify(of),
          details: { expected: names.join(', ') },
        },
      ]

/** A codec of values that stand alone: each cell holds one, and blank cells none. */
export function cellByCell(each: {
  read(cell: string): Result<string>
  write(value: string): Result<string>
}): Codec {
  return {
    read: (cells) => gather(filled(cells), (cell) => each.read(cell)),
    write: (values, columns) => {
      const cells = gather(values, (value) => each.write(value))
      return cells.ok ? fill(cells.value, columns) : cells
    },
  }
}

/** The cells in which something stands. */
export const filled = (cells: Cells): Cells =>
  cells.includes('') ? cells.filter((cell) => cell !== '') : cells

/** `cells` and blanks up to `columns`; a problem when there are more values than columns. */
export function fill(cells: Cells, columns: number): Result<WrittenCells> {
  if (cells.length > columns) {
    return {
      ok: false,
      problems: [
        { code: 'adapter.field.too-many', path: '', details: { count: cells.length, limit: columns } },
      ],
    }
  }
  if (cells.length === columns) return { ok: true, value: { cells } }
  return { ok: true, value: { cells: [...cells, ...Array<string>(columns - cells.length).fill('')] } }
}

/** What `read` makes of each of `items`: all values, or all problems. */
export function gather<Item, Value>(
  items: readonly Item[],
  read: (item: Item, index: number) => Result<Value>,
): Result<readonly Value[]> {
  const values: Value[] = []
  const problems: Problem[] = []
  for (let index = 0; index < items.length; index += 1) {
    const made = read(items[index]!, index)
    if (made.ok) values.push(made.value)
    else problems.push(...made.problems)
  }
  return outcome(values, problems)
}

/** The value, if there is no problem. */
export function outcome<Value>(value: Value, problems: readonly Problem[]): Result<Value> {
  const [first] = problems
  return first === undefined ? { ok: true, value } : { ok: false, problems: [first, ...problems.slice(1)] }
}
