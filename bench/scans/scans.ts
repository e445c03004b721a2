// Memory of the gateway's own process while a large scan passes through each transport, in and out. The scan is compared
// byte for byte; what a transport cannot carry by its declared limits is refused, and costs no memory either.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serversOnThisMachine } from '../../src/conformance/servers.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { chosen, type Options } from '../options.ts'
import type { Row } from '../row.ts'
import { type Ground, type Passed, pass, type Refused, scanOf } from './passage.ts'
import { type Bound, type Way, ways } from './ways.ts'

export const name = 'scans'

/** What a scan of any size may cost above the idle gateway, in MB. */
const most = 150
const megabyte = 1_000_000

export const choice: readonly string[] = ways.map((each) => each.name)

/** Sends a scan through every way. What a machine cannot have is a row that is missed. */
export async function run({
  quick,
  size = quick ? 64 * megabyte : 1000 * megabyte,
  only,
}: Options): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'saraban-scans-'))
  const machine = { clock: systemClock, random: systemRandom, environment: process.env }
  const { servers, close } = await serversOnThisMachine(machine)
  const rows: Row[] = []
  const scan = scanOf(size)
  const wanted = chosen(choice, only)
  try {
    let passage = 0
    for (const way of ways.filter((each) => wanted.includes(each.name))) {
      passage += 1
      const ground = (): Ground => ({ folder: join(folder, `${passage}`), servers })
      rows.push(...(await wayRows(way, scan, ground)))
    }
  } finally {
    await close()
    rmSync(folder, { recursive: true, force: true })
  }
  return rows
}

/** Both ways at once where any size goes through, else each at its bound, and beyond it. */
async function wayRows(way: Way, scan: Buffer, ground: () => Ground): Promise<Row[]> {
  const [folder] = ways
  if (folder === undefined) throw new Error('no way at all')
  if (way.bound === undefined) {
    const trial = await tried(() => pass(way, way, scan, ground()))
    const parts = way.only === undefined ? (['in', 'out'] as const) : [way.only]
    return parts.map((part) => passedRow(way, part, scan.length, trial))
  }
  const rows: Row[] = []
  for (const part of ['in', 'out'] as const) {
    const bound: Bound | undefined = way.bound[part]
    const [from, to] = part === 'in' ? [way, folder] : [folder, way]
    const bytes = Math.min(bound?.bytes ?? scan.length, scan.length)
    const largest = await tried(() => pass(from, to, scan.subarray(0, bytes), ground()))
    rows.push(passedRow(way, part, bytes, largest, bound))
    if (bound === undefined || bound.free === true || bytes < bound.bytes) continue
    const beyond = Math.min(scan.length, bound.beyond ?? (part === 'out' ? scan.length : bound.bytes * 4))
    rows.push(
      refusedRow(way, part, beyond, await tried(() => pass(from, to, scan.subarray(0, beyond), ground()))),
    )
  }
  return rows
}

type Trial = Passed | Refused | { readonly kind: 'failed'; readonly reason: string }

async function tried(act: () => Promise<Passed | Refused>): Promise<Trial> {
  try {
    return await act()
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) }
  }
}

const sizeText = (bytes: number): string => `${Math.round(bytes / megabyte).toLocaleString('en')} MB`

const measured = (what: string, above: number): Row => {
  const value = Math.max(0, above) / megabyte
  return {
    what,
    value,
    unit: 'MB above idle',
    ratio: value / most,
    against: `${most} MB`,
    expected: '< 1',
    ok: value < most,
  }
}

const missed = (what: string, reason: string): Row => ({
  what: `${what}: ${reason.slice(0, 300)}`,
  value: 0,
  unit: 'MB above idle',
  expected: '< 1',
  ok: false,
})

function passedRow(way: Way, part: 'in' | 'out', bytes: number, trial: Trial, bound?: Bound): Row {
  const limit = bound === undefined ? '' : ` (the largest: ${bound.because})`
  const what = `${way.name}, ${part}, ${sizeText(bytes)}${limit}`
  if (trial.kind !== 'passed') return told(missed(what, trial.reason))
  return told(measured(`${what}, ${Math.round(trial.seconds)} s`, trial[part]))
}

function refusedRow(way: Way, part: 'in' | 'out', bytes: number, trial: Trial): Row {
  const what = `${way.name}, ${part}, ${sizeText(bytes)}`
  if (trial.kind !== 'refused')
    return told(missed(what, trial.kind === 'passed' ? 'it passed, and should not' : trial.reason))
  return told(
    measured(`${what}: refused (${trial.reason.replaceAll(/\s+/g, ' ').slice(0, 90)})`, trial.above),
  )
}

/** Said at once: all of it takes half an hour. */
function told(row: Row): Row {
  process.stderr.write(
    `${row.what}: ${row.value.toFixed(0)} ${row.unit}${row.ok === false ? ' MISSED' : ''}\n`,
  )
  return row
}
