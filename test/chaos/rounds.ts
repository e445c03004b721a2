// Runs faults, each under letters, and judges what became of those.
import { isDeepStrictEqual } from 'node:util'
import { Chance } from './chance.ts'
import { keepEvidence } from './evidence.ts'
import type { Fault, Run } from './fault.ts'
import { type Sent, type Verdict, wrongOf } from './judge.ts'
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
  ...{ misnumbered: [], contradicted: [], strange: [] },
})

const minuteOf = (date: Date): string => date.toISOString().slice(0, 16).replace('T', ' ')

/** No fault is a reason to refuse a letter: that its sender was told so does not make it good. */
export const isGood = (row: Row): boolean =>
  row.failed === undefined &&
  row.struck !== undefined &&
  row.recovered !== undefined &&
  row.sent > 0 &&
  wrongOf(row).length === 0

/**
 * Runs the faults of one stage after the other; `done` is told of each, and again of one whose letters stand otherwise in the books
 * when the stage closes.
 */
export async function runFaults(
  faults: readonly Fault[],
  run: Run,
  done: (row: Row) => void = () => undefined,
): Promise<readonly Row[]> {
  const rows = new Map<string, Row>()
  const end = (row: Row): void => {
    rows.set(row.fault, row)
    done(row)
  }
  for (const kind of new Set(faults.map(({ stage }) => stage))) {
    const own = faults.filter(({ stage }) => stage === kind)
    let stage: Stage | undefined
    try {
      stage = await openStage(kind)
      const judged: [Row, readonly Sent[]][] = []
      for (const fault of own) {
        const row = await runOne(fault, stage, run)
        judged.push([row, stage.letters()])
        end(row)
      }
      // What comes twice may come later, also while other faults run.
      await stage.untilLate()
      for (const [row, letters] of judged) {
        const late = { ...row, ...stage.verdict(letters) }
        if (isDeepStrictEqual(late, row)) continue
        await keepWhy(late, stage, run)
        end(late)
      }
    } catch (error) {
      const left = own.filter(({ name }) => !rows.has(name))
      if (left.length === 0) throw error
      for (const { name } of left) end(failedRow(name, run, saidBy(error)))
    } finally {
      await stage?.close()
    }
  }
  return [...rows.values()]
}

async function runOne(fault: Fault, stage: Stage, run: Run): Promise<Row> {
  const { long, seed, progress } = run
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
  const row: Row = {
    ...{ fault: fault.name, seed, long, at: minuteOf(new Date()) },
    struck,
    recovered: whole ? recovered : undefined,
    took: performance.now() - begun,
    ...(failed !== undefined && { failed }),
    ...stage.verdict(),
  }
  await keepWhy(row, stage, run)
  return row
}

/** Of a row that is not good, where that is wanted. */
async function keepWhy(row: Row, stage: Stage, { keep, progress }: Run): Promise<void> {
  if (keep === undefined || isGood(row)) return
  await keepEvidence(stage, row, keep).catch((error) =>
    progress(`not all evidence is kept: ${saidBy(error)}`),
  )
}

const saidBy = (error: unknown): string => (error instanceof Error ? error.message : String(error))
