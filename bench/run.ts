// `npm run bench -- NAME… [--quick] [--json] [--size=64MB] [--only=WAY]`: measures against a limit or a rival in the same run, prints ratios.
import { pathToFileURL } from 'node:url'
import type { Row } from './row.ts'

interface Options {
  readonly quick: boolean
  /** Of the scans: bytes. */
  readonly size?: number
  /** Of the scans: only ways whose name holds this. */
  readonly only?: string
}

interface Bench {
  readonly name: string
  readonly run: (options: Options) => Promise<Row[]>
}

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  adapters: () => import('./adapters/adapters.ts'),
  envelope: () => import('./envelope.ts'),
  idle: () => import('./idle.ts'),
  intake: () => import('./intake.ts'),
  scans: () => import('./scans/scans.ts'),
}

/** Benches that one name runs. */
const together: Readonly<Record<string, readonly string[]>> = { adapters: ['adapters', 'scans', 'idle'] }

async function main(parameters: readonly string[]): Promise<number> {
  const names = parameters.filter((each) => !each.startsWith('-'))
  const wanted = names.length === 0 ? Object.keys(benches) : names.flatMap((name) => together[name] ?? [name])
  const unknown = wanted.filter((name) => benches[name] === undefined)
  if (unknown.length > 0) {
    process.stderr.write(`error: no bench ${unknown.join(', ')}\nhint: ${Object.keys(benches).join(', ')}\n`)
    return 2
  }
  const results: Record<string, Row[]> = {}
  for (const name of wanted) {
    const bench = await benches[name]?.()
    if (bench !== undefined) results[name] = await bench.run(optionsOf(parameters))
  }
  if (parameters.includes('--json')) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  else for (const [name, rows] of Object.entries(results)) print(name, rows)
  return Object.values(results)
    .flat()
    .some((row) => row.ok === false)
    ? 1
    : 0
}

/** `--quick`, `--size=64MB`, `--only=sftp`. */
function optionsOf(parameters: readonly string[]): Options {
  const said = (option: string): string | undefined =>
    parameters.find((each) => each.startsWith(`--${option}=`))?.slice(option.length + 3)
  const megabytes = Number(/^(\d+)MB$/.exec(said('size') ?? '')?.[1] ?? Number.NaN)
  const only = said('only')
  return {
    quick: parameters.includes('--quick'),
    ...(Number.isFinite(megabytes) && { size: megabytes * 1_000_000 }),
    ...(only !== undefined && { only }),
  }
}

function print(name: string, rows: readonly Row[]): void {
  const cells = rows.map((row) => [
    row.what,
    `${row.value < 10 ? row.value.toFixed(2) : Math.round(row.value).toLocaleString('en')} ${row.unit}`,
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)} × ${row.against ?? ''}`,
    row.expected ?? '',
    row.ok === undefined ? '' : row.ok ? 'ok' : 'MISSED',
  ])
  const table = [['', 'measured', 'ratio', 'expected', ''], ...cells]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  process.stdout.write(`\n${name}\n`)
  for (const row of table)
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}\n`,
    )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = await main(process.argv.slice(2))
