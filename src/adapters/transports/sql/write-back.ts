// What the system is told of its row when it was offered.
import type { Taken } from '../../contract.ts'
import { SqlError, type Table, type Value } from './engine.ts'
import type { RowReading } from './row-read.ts'
import type { Opened } from './session.ts'
import { blankOf, columnOf, select, text, update, type Values } from './statement.ts'
import { twoHaveKey } from './trouble.ts'

/** Tells the system of a row what became of it. Throws where it does not stand there afterwards, or two rows were told. */
export async function writeBack(
  opened: Opened,
  reading: RowReading,
  key: Values,
  taken: readonly Taken[],
): Promise<void> {
  const { connection } = opened
  const { status } = reading
  const table = opened.table(reading.table)
  const back = backOf(table, reading, taken)
  if (back.size === 0) return
  const { changed } = await update(connection, table, back, key)
  if (changed > 1) throw twoHaveKey()
  if (status === undefined) return
  // Read again: a table without transactions or a trigger of the system's may have it otherwise.
  const [state] = await select(connection, table, { columns: [status.column], where: key, limit: 1 })
  const wanted = back.get(status.column)
  const same = state?.[0]?.equals(Buffer.isBuffer(wanted) ? wanted : Buffer.from(String(wanted))) === true
  if (!same) throw new SqlError('value', 'not written back', status.column)
}

function backOf(table: Table, { status, writeBack, charset }: RowReading, taken: readonly Taken[]): Values {
  const back = new Map<string, Value>()
  const said = (column: string | undefined, words: string | undefined): void => {
    if (column === undefined) return
    const into = columnOf(table, column)
    const value = words ?? blankOf(into)
    if (value !== undefined) back.set(column, value === null ? value : text(into, value, charset))
  }
  const good = taken.find((each) => each.kind === 'taken' || each.kind === 'known')
  const faults = taken.flatMap((each) => {
    if (each.kind === 'quarantined' || each.kind === 'refused') return each.problems.map(({ code }) => code)
    // Handed over again unchanged, it does not go: its clerk is not left to think so.
    return each.kind === 'known' && each.ended !== undefined ? ['letter.ended'] : []
  })
  if (status !== undefined)
    // A row that the profile skips is no letter: it is done with.
    said(status.column, faults.length === 0 ? status.taken : status.refused)
  said(writeBack.messageId, good?.messageId)
  // Codes: what a fault is about is told by the quarantine, whole.
  said(writeBack.error, faults.length === 0 ? undefined : [...new Set(faults)].join(' ').slice(0, 250))
  return back
}
