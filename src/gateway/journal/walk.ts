// Lists that go by a number or a key, from the newest to the oldest, in bounded steps: what is asked for is picked out of
// what each step reads, so that a page may be short although there are more.

/** Rows that one step reads, and steps of one page. */
export const stepRows = 500
const mostSteps = 5

export interface Walked<Row, Key> {
  readonly items: readonly Row[]
  /** Where the next page begins; absent: there are no more. */
  readonly next?: Key
}

/** The rows that `keep` picks out of those that `read` gives after a key, `limit` at most. */
export async function walk<Row, Key>(
  read: (after: Key) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key,
  keep: (row: Row) => boolean,
  limit: number,
  from: Key,
): Promise<Walked<Row, Key>> {
  const items: Row[] = []
  let key = from
  for (let step = 0; step < mostSteps; step += 1) {
    const rows = await read(key)
    for (const row of rows) {
      if (keep(row)) {
        if (items.length === limit) return { items, next: key }
        items.push(row)
      }
      key = keyOf(row)
    }
    if (rows.length < stepRows) return { items }
  }
  return { items, next: key }
}
