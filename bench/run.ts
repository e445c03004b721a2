// `npm run bench -- NAME…`: measures against a limit or a rival in the same run, prints ratios. `--help` says the rest.
import { pathToFileURL } from 'node:url'
import { type Bench, chosen, readParameters } from './options.ts'
import type { Row } from './row.ts'

const benches: Readonly<Record<string, { readonly about: string; readonly load: () => Promise<Bench> }>> = {
  formats: {
    about: 'letters per second for each format, against code by hand and against bare parsers',
    load: () => import('./adapters/adapters.ts'),
  },
  scans: {
    about: 'memory while a large scan passes through each transport, in and out',
    load: () => import('./scans/scans.ts'),
  },
  idle: {
    about: 'CPU while 75 systems have nothing to say',
    load: () => import('./idle.ts'),
  },
  envelope: {
    about: 'sealing and verifying, against raw signing, xml-crypto and xmlsec1',
    load: () => import('./envelope.ts'),
  },
  intake: {
    about: 'durable letters per second, against signing and commits alone',
    load: () => import('./intake.ts'),
  },
  delivery: {
    about: 'the whole way of letters: rate, time, backlog, memory, urgency, growth, search',
    load: () => import('./delivery/delivery.ts'),
  },
}

/** Benches that one name runs. */
const together: Readonly<Record<string, readonly string[]>> = { adapters: ['formats', 'scans', 'idle'] }

const lines = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, about]) => `  ${name.padEnd(14)}${about}\n`).join('')

/** With what `--only` chooses from. */
const help = (choices: readonly (readonly [string, readonly string[]])[]): string =>
  `npm run bench -- [NAME…] [OPTION…]

Measures against a limit or a rival in the same run, and prints ratios. What is below its expectation is MISSED, and the
status is 1. Without a name: all of them.

${lines([
  ...Object.entries(benches).map(([name, { about }]) => [name, about] as const),
  ...Object.entries(together).map(([name, names]) => [name, names.join(', ')] as const),
])}
${lines([
  ['--quick', 'a tenth of the time; scans of 64 MB'],
  ['--long', 'delivery: ten million letters as well'],
  ['--size=64MB', 'of a scan; if not said, 1000MB'],
  ['--only=NAME', 'of what a bench measures one by one, this name; or all whose names hold it'],
  ['--json', 'rows as JSON'],
  ['--help', 'this'],
])}
${choices.map(([name, names]) => `--only, ${name}:\n${names.map((each) => `  ${each}\n`).join('')}`).join('')}`

const failed = (problems: readonly string[], hint: string): number => {
  process.stderr.write(`${problems.map((each) => `error: ${each}\n`).join('')}hint: ${hint}\n`)
  return 2
}

async function main(parameters: readonly string[]): Promise<number> {
  const asked = readParameters(parameters)
  if ('wrong' in asked) return failed(asked.wrong, 'npm run bench -- --help')
  const all = Object.keys(benches)
  const wanted = asked.names.length === 0 ? all : asked.names.flatMap((name) => together[name] ?? [name])
  const unknown = wanted.filter((name) => benches[name] === undefined)
  if (unknown.length > 0)
    return failed([`no bench ${unknown.join(', ')}`], [...all, ...Object.keys(together)].join(', '))
  const loaded: Bench[] = []
  for (const [name, bench] of Object.entries(benches))
    if (wanted.includes(name)) loaded.push(await bench.load())
  const choices = loaded.flatMap(({ name, choice }) => (choice ? [[name, choice] as const] : []))
  if (asked.help) {
    process.stdout.write(help(choices))
    return 0
  }
  const { only } = asked.options
  const choosing = loaded.filter(({ choice = [] }) => only === undefined || chosen(choice, only).length > 0)
  if (choosing.length === 0)
    return failed(
      [`--only=${only} chooses nothing of ${wanted.join(', ')}`],
      choices.map(([name, names]) => `${name}: ${names.join(' · ')}`).join('\n      ') ||
        'these benches measure one thing each, and have nothing to choose from',
    )
  const results: Record<string, Row[]> = {}
  for (const bench of choosing) results[bench.name] = await bench.run(asked.options)
  if (asked.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  else for (const [name, rows] of Object.entries(results)) print(name, rows)
  return Object.values(results)
    .flat()
    .some((row) => row.ok === false)
    ? 1
    : 0
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
