// A most-urgent letter while ordinary ones saturate the gateway, against the same on an idle one.

import { join } from 'node:path'
import type { Row } from '../row.ts'
import { percentile, until } from './figures.ts'
import { fillSqlite } from './filling.ts'
import type { Installation } from './installation.ts'
import { numbering, pass } from './way.ts'

/** Most-urgent letters per second: few enough that they are no load of their own. */
const rate = 5
const most = 3

export async function urgentRows(installation: Installation, quick: boolean): Promise<Row[]> {
  const number = numbering()
  const engine = { kind: 'embedded' } as const
  const backlog = quick ? 3_000 : 30_000
  const span = quick ? 6 : 30
  const urgent = async (gateway: Awaited<ReturnType<Installation['start']>>): Promise<readonly number[]> =>
    (
      await pass(
        installation,
        [gateway],
        number(rate * span),
        { kind: 'open', rate, seconds: span },
        'most-urgent',
      )
    ).took
  const first = await installation.start('urgent', engine)
  const warming = quick ? 500 : 3_000
  await pass(installation, [first], number(warming), { kind: 'closed', connections: 64, letters: warming })
  const idle = await urgent(first)
  await first.stop()
  // More ordinary letters are due than are brought in the time.
  await fillSqlite(join(first.data, 'journal.sqlite'), installation.certs, {
    ...{ first: 10_000_000, count: backlog, now: Date.now() },
  })
  const before = (await installation.ministry.ask()).receipts
  const gateway = await installation.start('urgent', engine)
  await until('the backlog drains', async () => (await installation.ministry.ask()).receipts > before + 500)
  const busy = await urgent(gateway)
  const drained = (await installation.ministry.ask()).receipts - before
  await gateway.stop()
  if (drained >= backlog) throw new Error(`the backlog of ${backlog} was drained before the end`)
  const [p99, idleP99] = [percentile(busy, 0.99), percentile(idle, 0.99)]
  return [
    { what: 'a most-urgent letter, idle gateway, p50', value: percentile(idle, 0.5), unit: 'ms' },
    { what: 'a most-urgent letter, idle gateway, p99', value: idleP99, unit: 'ms' },
    {
      what: 'a most-urgent letter while ordinary ones saturate the deliveries, p50',
      value: percentile(busy, 0.5),
      unit: 'ms',
      ratio: percentile(busy, 0.5) / percentile(idle, 0.5),
      against: 'idle, p50',
    },
    {
      what: 'a most-urgent letter while ordinary ones saturate the deliveries, p99',
      value: p99,
      unit: 'ms',
      ...{ ratio: p99 / idleP99, against: 'idle, p99', expected: `<= ${most}`, ok: p99 / idleP99 <= most },
    },
  ]
}
