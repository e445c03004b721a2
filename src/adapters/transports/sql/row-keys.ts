// Which rows a look asks for: those that are new, and the newest that were taken.
import type { Reading, Value } from './engine.ts'
import type { Gap } from './gaps.ts'
import type { RowReading } from './row-read.ts'
import type { Opened } from './session.ts'
import { type Asked, columnOf, parameterOf, select, text, type Values } from './statement.ts'

/** Keys of rows that are new, in order: at least one batch beyond as many as the look found when it asked last. */
export async function candidates(
  opened: Opened,
  reading: RowReading,
  water: string | undefined,
  met: number,
  gaps: readonly Gap[],
  rows: NonNullable<Reading['rows']> = 'free',
): Promise<Values[]> {
  const { connection, table: tableNamed } = opened
  const table = tableNamed(reading.table)
  const { key, order, batch } = reading
  const columns = key
  const sorted = [...order, ...key.filter((each) => !order.includes(each))]
  const keys = async (asked: Parameters<typeof select>[2]) =>
    (await select(connection, table, { ...asked, rows })).map((row) => keyOf(opened, reading, row))
  const among = newStates(opened, reading)
  if (among !== undefined) return keys({ columns, among, order: sorted, limit: batch + met })
  const [column = ''] = key
  const fresh = await keys({ columns, beyond: [column, water ?? ''], order: key, limit: batch + met })
  // A transaction that began earlier may end later: its rows appear below the water, where no row was.
  const late: Values[] = []
  for (let first = 0; first < gaps.length; first += 50) {
    const within = gaps
      .slice(first, first + 50)
      .map(({ from, to }): [Value, Value] => [String(from - 1n), String(to)])
    late.push(...(await keys({ columns, within: [column, within], order: key, limit: batch + met })))
  }
  return [...late, ...fresh]
}

/** The newest rows that were taken, whose content is looked at again. */
export async function newestTaken(
  opened: Opened,
  reading: RowReading,
  water: string | undefined,
): Promise<Values[]> {
  const { connection, table } = opened
  const { key, status, watch, above = '0' } = reading
  const [column = ''] = key
  const rows = await select(connection, table(reading.table), {
    columns: key,
    ...(status
      ? { among: inStates(opened, reading, status.column, [status.taken]) }
      : { upTo: [column, water ?? ''] as const, beyond: [column, above] as const }),
    order: key,
    last: true,
    limit: watch,
    rows: 'free',
  })
  return rows.map((row) => keyOf(opened, reading, row)).toReversed()
}

const keyOf = (
  { connection, table }: Opened,
  { key, table: name }: RowReading,
  row: readonly (Buffer | null)[],
): Values =>
  new Map(
    key.map((column, index): [string, Value] => [
      column,
      parameterOf(columnOf(table(name), column), row[index] ?? null, connection.words.raw),
    ]),
  )

/** The column that says which rows are new, and its values then; nothing where the key says it. */
export const newStates = (opened: Opened, reading: RowReading): Asked['among'] =>
  reading.status && inStates(opened, reading, reading.status.column, reading.status.new)

const inStates = (
  { table }: Opened,
  reading: RowReading,
  column: string,
  states: readonly (string | null)[],
): NonNullable<Asked['among']> => [
  column,
  states.map((state) =>
    state === null ? null : text(columnOf(table(reading.table), column), state, reading.charset),
  ),
]
