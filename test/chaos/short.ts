// What the tests make of a short run: each fault struck, and nothing came of it.
import t from 'tap'
import type { StageKind } from './fault.ts'
import { faults } from './faults/all.ts'
import { ledgerFaults } from './judge.ts'
import { isGood, type Row, runFaults } from './rounds.ts'
import { wrongLines } from './table.ts'

/** Always the same, so that whoever changed nothing is told nothing; the command takes another each time. */
const seed = 1

/** The faults of a stage that are `meant`, in small, each as a test of its own. */
export async function testFaults(
  stage: StageKind,
  meant: (name: string) => boolean = () => true,
): Promise<void> {
  const chosen = faults.filter((fault) => fault.stage === stage && meant(fault.name))
  t.not(chosen.length, 0)
  const rows = await runFaults(chosen, { long: false, seed, progress: () => undefined })
  t.same(
    rows.map(({ fault }) => fault),
    chosen.map(({ name }) => name),
    `seed ${seed}`,
  )
  for (const row of rows) testRow(row)
}

/** That nothing came of the fault. */
export function testRow(row: Row): void {
  // By these words `.ci/run` knows what is never tried again.
  t.same(Object.values(ledgerFaults(row)).flat(), [], `ledger: ${row.fault}`)
  t.ok(isGood(row), `${row.fault}: ${row.struck}; ${row.sent} letters, each once`, {
    wrong: [`seed ${row.seed}`, ...wrongLines(row)],
  })
}
