// Runs faults, each under letters, and judges what became of those.

import { Chance } from './chance.ts'
import { keepEvidence } from './evidence.ts'
import type { Fault, Run } from './fault.ts'
import { isWhole, type Verdict } from './judge.ts'
import type { Stage } from './stage.ts'
import { openStage } from './stages.ts'

export interface Row extends Verdict {
  readonly fault: string
  readonly seed: number
  readonly long: boolean
  /** Of its end, UTC, to the minute. */
  readonly at: string
  /** Absent: it did not happen. */
  readonly struck: string | undefined
  /** Milliseconds of the stage's clock from its end until all was where it belongs; absent when that never came. */
  readonly recovered: number | undefined
  readonly took: number
  /** What kept it from running to its end. */
  readonly failed?: string
}

/** The row of a fault that could not be run, and why. */
export const failedRow = (
  fault: string,
  { seed, long }: Pick<Run, 'seed' | 'long'>,
  failed: string,
): Row => ({
  ...{
    fault,
    seed,
    long,
    at: minuteOf(new Date()),
    struck: undefined,
    recovered: undefined,
    took: 0,
    failed,
  },
  ...{ sent: 0, registered: 0, told: [], lost: [], doubled: [], altered: [], unnumbered: [] },
})

const minuteOf = (date: Date): string => date.toISOString().slice(0, 16).replace('T', ' ')

export const isGood = (row: Row): boolean =>
  row.failed === undefined &&
  row.struck !== undefined &&
  row.recovered !== undefined &&
  row.sent > 0 &&
  isWhole(row) &&
  row.doubled.length === 0 &&
  row.altered.length === 0

/** Runs the faults of one stage after the other; `done` is told of each. */
export async function runFaults(
  faults: readonly Fault[],
  run: Run,
  done: (row: Row) => void = () => undefined,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  const end = (row: Row): void => {
    rows.push(row)
    done(row)
  }
  for (const kind of new Set(faults.map(({ stage }) => stage))) {
    const own = faults.filter(({ stage }) => stage === kind)
    let stage: Stage | undefined
    try {
      stage = await openStage(kind)
      for (const fault of own) end(await runOne(fault, stage, run))
    } catch (error) {
      for (const fault of own.filter(({ name }) => !rows.some((row) => row.fault === name)))
        end(failedRow(fault.name, run, saidBy(error)))
    } finally {
      await stage?.close()
    }
  }
  return rows
}

async function runOne(fault: Fault, stage: Stage, { long, seed, progress, keep }: Run): Promise<Row> {
  const begun = performance.now()
  stage.begin()
  let struck: string | undefined
  let failed: string | undefined
  try {
    struck = await fault.run(stage, { long, progress, chance: new Chance(seed, fault.name) })
  } catch (error) {
    failed = saidBy(error)
  }
  const ended = stage.clock.elapsed()
  const whole = await stage.whole(fault.patience ?? 300_000)
  const recovered = stage.clock.elapsed() - ended
  const now = performance.now()
  // What comes twice may come a little later.
  for (let look = 0; look < 10; look++) {
    await Promise.all(stage.systems.map((system) => system.look().catch(() => undefined)))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const row: Row = {
    ...{ fault: fault.name, seed, long, at: minuteOf(new Date()) },
    struck,
    recovered: whole ? recovered : undefined,
    took: now - begun,
    ...(failed !== undefined && { failed }),
    ...stage.verdict(),
  }
  if (keep !== undefined && (!isGood(row) || row.told.length > 0))
    await keepEvidence(stage, row, keep).catch((error) =>
      progress(`not all evidence is kept: ${saidBy(error)}`),
    )
  return row
}

const saidBy = (error: unknown): string => (error instanceof Error ? error.message : String(error))
