// `npm run chaos -- [--short] [--fault NAME]… [--seed N] [--keep DIR] [--results FILE]`: everything that can go wrong, under letters,
// and what became of them.
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Run } from './fault.ts'
import { faults } from './faults/all.ts'
import { failedRow, isGood, type Row, runFaults } from './rounds.ts'
import { machine, printTable } from './table.ts'

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    fault: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string' },
    keep: { type: 'string' },
    results: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const unknown = values.fault.filter((name) => !faults.some((fault) => fault.name === name))
const results = values.results === undefined ? undefined : resolve(values.results)
const before = results === undefined || !existsSync(results) ? [] : readRows(results)
// What was begun goes on with its seed.
const seed = Number(values.seed ?? before[0]?.seed ?? Date.now() % 1_000_000)
if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
  process.stderr.write(
    `error: no fault ${unknown.join(', ')} or no seed ${values.seed}\nhint: the faults are\n`,
  )
  for (const { name, what } of faults) process.stderr.write(`  ${name.padEnd(16)} ${what}\n`)
  process.exit(2)
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const run: Run = {
  ...{ long: !values.short, seed, progress: (said: string) => say(`  ${said}`) },
  ...(values.keep !== undefined && { keep: resolve(values.keep) }),
}
const done = before.filter((row) => isGood(row) && row.seed === seed && row.long === run.long)
const chosen = faults.filter(
  ({ name }) =>
    (values.fault.length === 0 || values.fault.includes(name)) && !done.some((row) => row.fault === name),
)
const tell = (row: Row): void => {
  say(`${row.fault}: ${isGood(row) ? 'good' : 'BAD'}, ${Math.round(row.took / 1000)} s`)
  if (results !== undefined) appendFileSync(results, `${JSON.stringify(row)}\n`)
}
const inside = process.env['SARABAN_CHAOS_ALONE'] === 'yes'

say(`seed ${seed}${values.short ? ', short' : ''}`)
const here = await runFaults(
  chosen.filter(({ stage }) => inside || stage !== 'cut-off'),
  run,
  tell,
)
const alone = inside ? [] : chosen.filter(({ stage }) => stage === 'cut-off')
const rows = [...done, ...here, ...(alone.length > 0 ? runAlone(alone.map(({ name }) => name)) : [])]
process.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : `${printTable(rows)}\n\n${machine()}\n`)
process.exit(rows.every(isGood) ? 0 : 1)

/** These in a network of their own, which they may take down. */
function runAlone(names: readonly string[]): readonly Row[] {
  const child = spawnSync(
    'unshare',
    [
      process.getuid?.() === 0 ? '-n' : '-Urn',
      ...['sh', '-c', 'ip link set lo up && exec "$0" "$@"', process.execPath, '--import', 'tsx'],
      ...[fileURLToPath(import.meta.url), '--json', '--seed', String(seed)],
      ...(values.short ? ['--short'] : []),
      ...(run.keep === undefined ? [] : ['--keep', run.keep]),
      ...(results === undefined ? [] : ['--results', results]),
      ...names.flatMap((name) => ['--fault', name]),
    ],
    {
      env: { ...process.env, SARABAN_CHAOS_ALONE: 'yes' },
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    },
  )
  if (child.stdout?.startsWith('[')) {
    const made = JSON.parse(child.stdout) as Row[]
    return made.filter(({ fault }) => names.includes(fault))
  }
  const failed =
    'no network of its own: run it as root, or allow unprivileged user namespaces; ip (iproute2) is needed'
  return names.map((fault) => failedRow(fault, run, failed))
}

/** The rows of a run that was broken off, one a line; of a fault that was told of again, the last. */
function readRows(file: string): readonly Row[] {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Row)
  return [...new Map(rows.map((row) => [`${row.fault} ${row.seed} ${row.long}`, row])).values()]
}
