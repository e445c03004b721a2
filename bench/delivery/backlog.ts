// How fast a backlog drains, and what it costs in memory, with few and with many deliveries due. Two gateways, in turns: while
// one is measured the other is stopped (SIGSTOP), so that a busy machine slows both alike.
import { join } from 'node:path'
import { openSqlite } from '../../src/gateway/journal/sqlite.ts'
import type { Row } from '../row.ts'
import { median, seconds, until } from './figures.ts'
import { fillDatabase, fillSqlite } from './filling.ts'
import { type Gateway, type Installation, openInstallation } from './installation.ts'

const few = 1_000
/** What both may differ by. */
const within = 0.15
/** What the larger backlog may cost more, in bytes. */
const flat = 64_000_000

const thousands = (count: number): string => count.toLocaleString('en')

export async function backlogRows(folder: string, many: number, rounds: number): Promise<Row[]> {
  const small = await openInstallation(join(folder, 'small'))
  const large = await openInstallation(join(folder, 'large'))
  try {
    const journal = join(large.folder, 'data-large', 'journal.sqlite')
    const began = performance.now()
    // A gateway makes the data folder and its journal; then it is filled.
    await (await large.start('large', { kind: 'embedded' })).stop()
    await fillSqlite(journal, large.certs, { first: 10_000_000, count: many, now: Date.now() })
    process.stderr.write(
      `backlog: ${thousands(many)} letters written in ${Math.round((performance.now() - began) / 1000)} s\n`,
    )
    return await measure(small, large, many, rounds)
  } finally {
    await small.close()
    await large.close()
  }
}

async function measure(
  small: Installation,
  large: Installation,
  many: number,
  rounds: number,
): Promise<Row[]> {
  const little = await small.start('small', { kind: 'embedded' })
  const idle = little.memory()
  const much = await large.start('large', { kind: 'embedded' })
  const receipts = async (at: Installation): Promise<number> => (await at.ministry.ask()).receipts
  const rates: { few: number[]; many: number[] } = { few: [], many: [] }
  const memory: { few: number[]; many: number[] } = { few: [], many: [] }
  let first = 10_000_000
  // The first two rounds warm up: the compiler has its work to do, and memory grows to what it needs.
  for (let round = -2; round < rounds; round++) {
    process.kill(much.pid, 'SIGSTOP')
    const before = await receipts(small)
    await addDue(little, small.certs, first, few)
    first += few
    // Its sweep finds them, within 15 seconds.
    await until(
      'the first letter of a small backlog is brought',
      async () => (await receipts(small)) > before,
    )
    const [begun, from] = [await receipts(small), performance.now()]
    await until('a small backlog is drained', async () => (await receipts(small)) >= before + few)
    const fewRate = (before + few - begun) / ((performance.now() - from) / 1000)
    process.kill(much.pid, 'SIGCONT')
    // What was under way when it was stopped ends first.
    await seconds(1)
    const [start, since] = [await receipts(large), performance.now()]
    await until('as many are brought of the large one', async () => (await receipts(large)) >= start + few)
    const manyRate = ((await receipts(large)) - start) / ((performance.now() - since) / 1000)
    if (round < 0) continue
    rates.few.push(fewRate)
    rates.many.push(manyRate)
    memory.few.push(little.memory())
    memory.many.push(much.memory())
  }
  const [fewRate, manyRate] = [median(rates.few), median(rates.many)]
  const [fewMemory, manyMemory] = [Math.max(...memory.few), Math.max(...memory.many)]
  const ratio = manyRate / fewRate
  const grown = manyMemory - fewMemory
  return [
    { what: `draining with ${thousands(few)} due, SQLite`, value: fewRate, unit: 'letters/s' },
    {
      ...{ what: `draining with ${thousands(many)} due, SQLite`, value: manyRate, unit: 'letters/s', ratio },
      against: `${thousands(few)} due`,
      expected: `>= ${1 - within}`,
      ok: ratio >= 1 - within,
    },
    { what: `memory with ${thousands(few)} due`, value: (fewMemory - idle) / 1e6, unit: 'MB above idle' },
    {
      ...{
        what: `memory with ${thousands(many)} due`,
        value: (manyMemory - idle) / 1e6,
        unit: 'MB above idle',
      },
      ratio: grown / flat,
      against: `${flat / 1e6} MB more`,
      expected: '<= 1',
      ok: grown <= flat,
    },
  ]
}

/** Writes letters that are due into the journal of a gateway that has nothing to do at the moment. */
async function addDue(gateway: Gateway, certs: string, first: number, count: number): Promise<void> {
  const database = openSqlite(join(gateway.data, 'journal.sqlite'))
  try {
    await fillDatabase(database, certs, { first, count, now: Date.now(), over: 1000 })
  } finally {
    await database.close()
  }
}
