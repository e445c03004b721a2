// One, two and four workers on one journal (PostgreSQL + Redis), while a ministry answers at once, and while it is slow. On a
// machine with few cores only the second can grow: there the workers wait, and do not compute.
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import type { Row } from '../row.ts'
import { until } from './figures.ts'
import { fillDatabase } from './filling.ts'
import type { Gateway, Installation } from './installation.ts'
import type { Servers } from './servers.ts'

const counts = [1, 2, 4] as const
/** How long the slow ministry takes, in milliseconds. */
const slow = 1_000

export async function growthRows(
  installation: Installation,
  servers: Servers,
  quick: boolean,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const [title, delay, letters] of [
    ['answers at once', 0, quick ? 300 : 1_200],
    [`answers after ${slow} ms`, slow, quick ? 300 : 1_000],
  ] as const) {
    await installation.ministry.ask({ delay })
    let alone = Number.NaN
    for (const workers of counts) {
      const rate = await drain(installation, servers, workers, letters, delay)
      if (workers === 1) alone = rate
      rows.push({
        what: `${workers} worker${workers === 1 ? '' : 's'}, the ministry ${title}`,
        value: rate,
        unit: 'letters/s',
        ...(workers > 1 && { ratio: rate / alone, against: 'one worker' }),
        // A worker has 32 attempts under way: where they wait, two bring nearly twice as much.
        ...(delay > 0 && workers === 2 && { expected: '>= 1.5', ok: rate / alone >= 1.5 }),
      })
    }
  }
  return rows
}

let journals = 0

/** Letters per second, from the first receipt to the last but what the workers end with. */
async function drain(
  installation: Installation,
  servers: Servers,
  workers: number,
  letters: number,
  delay: number,
): Promise<number> {
  journals += 1
  const engine = await servers.fresh(`growth_${journals}`)
  const database = await openPostgresql(engine.at)
  const gateways: Gateway[] = []
  try {
    // They begin before there is anything to do.
    for (let count = 0; count < workers; count++)
      gateways.push(await installation.start(`growth-${journals}-${count}`, engine, { role: 'worker' }))
    const receipts = async (): Promise<number> => (await installation.ministry.ask()).receipts
    const before = await receipts()
    await fillDatabase(database, installation.certs, {
      ...{ first: 10_000_000, count: letters, now: Date.now(), over: 1_000 },
    })
    await until('the first are brought', async () => (await receipts()) > before)
    const [begun, from] = [await receipts(), performance.now()]
    // The very end is left out: there not all have something to do.
    const end = before + Math.floor(letters * 0.9)
    await until(`${workers} workers have brought ${letters}`, async () => (await receipts()) >= end)
    const rate = ((await receipts()) - begun) / ((performance.now() - from) / 1000)
    await until('all are brought', async () => (await receipts()) >= before + letters, 60 + delay)
    return rate
  } finally {
    for (const gateway of gateways) await gateway.stop()
    await database.close()
  }
}
