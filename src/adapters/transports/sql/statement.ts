// Statements, made of checked names and parameters only (attacks X3).
import type { Hash } from 'node:crypto'
import { type Charset, encode } from '../../formats/charset.ts'
import type { Answer, Column, Connection, Mark, Reading, Table, Value, Words } from './engine.ts'

/** Values of columns, as they are stored. */
export type Values = ReadonlyMap<string, Value>

interface Built {
  readonly text: string
  readonly values: readonly Value[]
}

/** Collects the parameters of one statement in the order in which its text names them. */
function build(words: Words, write: (mark: Mark) => string): Built {
  const values: Value[] = []
  const text = write((value) => {
    values.push(value)
    return words.mark(values.length)
  })
  return { text, values }
}

const run = (connection: Connection, { text, values }: Built): Promise<Answer> => connection.run(text, values)

/** A column of a table that was looked at before: that it is missing now is a defect. */
export function columnOf(table: Table, name: string): Column {
  const found = table.columns.get(name)
  if (found === undefined) throw new Error('a column that was not checked')
  return found
}

/** What says nothing in a column: NULL, or '' where that is not allowed, or that it is left as it is. */
export const blankOf = ({ nullable, sort }: Column): '' | null | undefined =>
  nullable ? null : sort === 'text' ? '' : undefined

/** What was printed, as a parameter: bytes where the profile's charset is not the engine's, else text. */
export const parameterOf = ({ sort }: Column, printed: Buffer | null, raw: boolean): Value =>
  printed === null ? null : raw && sort === 'text' ? printed : printed.toString('utf8')

/** A text of ours as a parameter: in texts the bytes of the profile's charset, where it has one. */
export const text = ({ sort }: Column, value: string, charset: Charset | undefined): Value =>
  sort === 'text' && charset !== undefined ? encode(value, charset) : value

const from = (words: Words, table: Table): string => table.name.split('.').map(words.quote).join('.')

const allOf = (words: Words, table: Table, values: Values, mark: Mark): string =>
  [...values].map(([name, value]) => words.same(columnOf(table, name), value, mark)).join(' AND ')

export interface Asked {
  readonly columns: readonly string[]
  /** Of a text at most so many characters. */
  readonly characters?: number
  /** Each column holds exactly this. */
  readonly where?: Values
  /** The column holds one of these. */
  readonly among?: readonly [column: string, values: readonly Value[]]
  /** The column is beyond, or not beyond, this. */
  readonly beyond?: readonly [column: string, value: Value]
  readonly upTo?: readonly [column: string, value: Value]
  /** The column is beyond the first and not beyond the second, of one of these pairs. */
  readonly within?: readonly [column: string, pairs: readonly (readonly [Value, Value])[]]
  readonly order?: readonly string[]
  readonly last?: boolean
  readonly limit: number
  readonly rows?: Reading['rows']
}

/** Rows of a table, each column as it is printed. */
export async function select(connection: Connection, table: Table, asked: Asked) {
  const { words } = connection
  const { columns, where = new Map<string, Value>(), among, beyond, upTo, within, order = [] } = asked
  const built = build(words, (mark) => {
    const printed = columns.map((name) => words.print(columnOf(table, name), asked.characters))
    const conditions = [
      ...(where.size > 0 ? [allOf(words, table, where, mark)] : []),
      ...(among
        ? [`(${among[1].map((value) => words.same(columnOf(table, among[0]), value, mark)).join(' OR ')})`]
        : []),
      ...(within ? [`(${pairsOf(words, table, within, mark).join(' OR ')})`] : []),
      ...(beyond ? [words.beyond(columnOf(table, beyond[0]), beyond[1], mark)] : []),
      ...(upTo ? [`NOT ${words.beyond(columnOf(table, upTo[0]), upTo[1], mark)}`] : []),
    ]
    const sorted = order.map((name) => `${words.quote(name)}${asked.last === true ? ' DESC' : ''}`)
    return words.select({
      printed: printed.join(', ') || '1',
      from: from(words, table),
      rest: `${whereOf(conditions)}${sorted.length > 0 ? ` ORDER BY ${sorted.join(', ')}` : ''}`,
      limit: asked.limit,
      ...(asked.rows && { rows: asked.rows }),
    })
  })
  return (await run(connection, built)).rows
}

const whereOf = (conditions: readonly string[]): string =>
  conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''

/** What is printed of the one row that `where` names. */
const oneOf = (connection: Connection, table: Table, where: Values, printed: (mark: Mark) => string) => {
  const { words } = connection
  return run(
    connection,
    build(words, (mark) =>
      words.select({
        printed: printed(mark),
        from: from(words, table),
        rest: whereOf([allOf(words, table, where, mark)]),
        limit: 1,
      }),
    ),
  )
}

const pairsOf = (
  words: Words,
  table: Table,
  [name, pairs]: NonNullable<Asked['within']>,
  mark: Mark,
): readonly string[] => {
  const column = columnOf(table, name)
  return pairs.map(
    ([low, high]) => `(${words.beyond(column, low, mark)} AND NOT ${words.beyond(column, high, mark)})`,
  )
}

export function insert(connection: Connection, table: Table, values: Values): Promise<Answer> {
  const { words } = connection
  return run(
    connection,
    build(words, (mark) => {
      const names = [...values.keys()].map(words.quote).join(', ')
      const places = [...values].map(([name, value]) => words.store(columnOf(table, name), value, mark))
      return `INSERT INTO ${from(words, table)} (${names}) VALUES (${places.join(', ')})`
    }),
  )
}

export function update(connection: Connection, table: Table, values: Values, where: Values): Promise<Answer> {
  const { words } = connection
  return run(
    connection,
    build(words, (mark) => {
      const sets = [...values].map(
        ([name, value]) => `${words.quote(name)} = ${words.store(columnOf(table, name), value, mark)}`,
      )
      return `UPDATE ${from(words, table)} SET ${sets.join(', ')} WHERE ${allOf(words, table, where, mark)}`
    }),
  )
}

/** Which of these columns hold something else in the one row that `where` names: the database compares, by its types. */
export async function differing(
  connection: Connection,
  table: Table,
  expected: Values,
  where: Values,
): Promise<readonly string[]> {
  if (expected.size === 0) return []
  const { words } = connection
  const compared = (mark: Mark): string =>
    [...expected]
      .map(
        ([name, value]) =>
          `CASE WHEN ${words.same(columnOf(table, name), value, mark)} THEN 'same' ELSE 'other' END`,
      )
      .join(', ')
  const [row] = (await oneOf(connection, table, where, compared)).rows
  return [...expected.keys()].filter((_, index) => row?.[index]?.toString('utf8') !== 'same')
}

/** A file that stands in a column, piece by piece, so that no more than one piece is in memory. `digest` is told each. */
export async function* piecesOf(
  connection: Connection,
  table: Table,
  column: string,
  where: Values,
  size: number,
  digest: Hash,
): AsyncGenerator<Buffer> {
  const { words } = connection
  // A server reads the whole file for each piece of it: of a large one larger pieces, so that there are never hundreds.
  const length = Math.min(8, Math.max(1, Math.ceil(size / 64 / 1024 ** 2))) * 1024 ** 2
  for (let start = 1; start <= size; start += length) {
    const part = words.piece(columnOf(table, column), start, length)
    const piece = (await oneOf(connection, table, where, () => part)).rows[0]?.[0]
    if (piece === undefined || piece === null || piece.length === 0) return
    digest.update(piece)
    yield piece
  }
}

/** The digest of a file that stands in a column now, in hexadecimal; nothing when there is none. */
export async function digestOf(
  connection: Connection,
  table: Table,
  column: string,
  where: Values,
): Promise<string | undefined> {
  const digest = connection.words.digest(columnOf(table, column))
  return (await oneOf(connection, table, where, () => digest)).rows[0]?.[0]?.toString('latin1').toLowerCase()
}
