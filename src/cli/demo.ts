// `saraban demo`: everything on one machine, with the real letters of the roll-out of B.E. 2551.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { type Problem, problem } from '../problem/problem.ts'
import type { FleetMember } from '../sandbox/fleet/member.ts'
import { exit, Failed, jsonLine, reasonOf, type Terminal } from './terminal.ts'

/** `saraban demo [--fleet] [--only OFFICES] [--letters N] [--exit] [--folder DIR] [--json]`. */
export function demoCommand(terminal: Terminal): Command {
  return new Command('demo')
    .description('run a gateway, a ministry inbox and provincial systems, and send real letters both ways')
    .option('--fleet', 'run all provincial systems of the sandbox, instead of three')
    .option('--only <OFFICES>', 'only these offices of the fleet, such as 50,91; implies --fleet')
    .option(
      '--letters <N>',
      'letters each way for each office of the fleet, 1 to 10; default: 2; implies --fleet',
    )
    .option('--exit', 'end when all letters have ended, instead of going on running')
    .option('--folder <DIR>', 'an empty folder for everything; default: a scratch folder, removed at the end')
    .option('--json', 'print only the outcome, as JSON; implies --exit')
    .addHelpText('after', help)
    .action(async (options: DemoOptions) => {
      const wanted = options.fleet === true || options.only !== undefined || options.letters !== undefined
      const fleet = wanted ? await fleetOrder(options) : undefined
      const folder = folderOf(options.folder)
      const json = options.json === true
      const quiet = json ? { ...terminal, write: () => undefined } : terminal
      const stay = options.exit !== true && !json
      const outcome = await (fleet === undefined
        ? runThree(folder, stay, quiet)
        : runAll(fleet, folder, stay, quiet)
      ).catch(refused)
      if (json) terminal.write(jsonLine(outcome.told))
      if (outcome.good && options.folder === undefined) rmSync(folder, { recursive: true, force: true })
      else terminal.complain(`everything that was written is kept in ${folder}\n${outcome.alone}`)
      if (!outcome.good) throw new Failed(exit.refused, [])
    })
}

interface DemoOptions {
  readonly fleet?: boolean
  readonly only?: string
  readonly letters?: string
  readonly exit?: boolean
  readonly folder?: string
  readonly json?: boolean
}

interface Outcome {
  readonly good: boolean
  /** How the gateway is started alone, from what is left in the folder. */
  readonly alone: string
  /** For `--json`. */
  readonly told: unknown
}

// What runs is loaded when it is run, so that the other commands need not wait for the whole gateway.
async function runThree(folder: string, stay: boolean, terminal: Terminal): Promise<Outcome> {
  const { demonstrate } = await import('./demo/run.ts')
  const { readPrintedLetters } = await import('./demo/letters.ts')
  const { alone, ...told } = await demonstrate(folder, readPrintedLetters(), stay, terminal)
  return { good: told.good, alone, told }
}

interface Fleet {
  readonly members: readonly FleetMember[]
  readonly each: number
}

async function runAll(fleet: Fleet, folder: string, stay: boolean, terminal: Terminal): Promise<Outcome> {
  const { runFleet } = await import('./fleet/run.ts')
  const { readPrintedLetters } = await import('./demo/letters.ts')
  // A build server has no excuse: there, whoever takes no part is a failure.
  const strict = terminal.environment['CI'] === 'true'
  const order = { ...fleet, folder, printed: readPrintedLetters(), stay, strict }
  const { alone, leftOut, rows, ...told } = await runFleet(order, terminal)
  const absent = leftOut.map(({ member, server, remedy }) => ({
    office: member.office,
    profile: member.profile,
    missing: server,
    remedy,
  }))
  return { good: told.good, alone, told: { ...told, members: rows, leftOut: absent } }
}

/** Who takes part. Throws Failed for what was ordered wrongly, or where the packages of the sandbox are not installed. */
async function fleetOrder({ only, letters = '2' }: DemoOptions): Promise<Fleet> {
  const { fleet } = await import('../sandbox/fleet/fleet.ts').catch((error: unknown) => {
    const [, name] = /Cannot find package '([^']+)'/.exec(String(error)) ?? []
    if (name === undefined) throw error
    throw new Failed(exit.refused, [problem('cli.fleet.packages', '--fleet', name)])
  })
  const problems: Problem[] = []
  const each = Number(letters)
  if (!Number.isInteger(each) || each < 1 || each > mostLetters)
    problems.push(problem('cli.fleet.letters', '--letters', letters, { most: mostLetters }))
  const offices = only?.split(',').map((office) => office.trim())
  for (const office of offices ?? [])
    if (!fleet.some((member) => member.office === office))
      problems.push(problem('cli.fleet.office', '--only', office))
  if (problems.length > 0) throw new Failed(exit.usage, problems)
  return { members: fleet.filter(({ office }) => offices?.includes(office) !== false), each }
}

/** Real letters with a date, but for the circular: none goes twice between the same two. */
const mostLetters = 10

async function refused(error: unknown): Promise<never> {
  const { SettingsError } = await import('../gateway/installation/systems.ts')
  throw error instanceof SettingsError ? new Failed(exit.refused, error.problems) : error
}

/** The folder that was named, new or empty, or a scratch folder. Throws Failed for one that is used or cannot be made. */
function folderOf(named: string | undefined): string {
  if (named === undefined) return mkdtempSync(join(tmpdir(), 'saraban-demo-'))
  const folder = resolve(named)
  let used: boolean
  try {
    mkdirSync(folder, { recursive: true })
    used = readdirSync(folder).length > 0
  } catch (error) {
    throw new Failed(exit.usage, [
      problem('cli.file.unwritable', '--folder', folder, { reason: reasonOf(error) }),
    ])
  }
  if (used) throw new Failed(exit.usage, [problem('cli.folder.used', '--folder', folder)])
  return folder
}

const help = `
Exit code: 0 every letter that can be translated was registered, every notice reached its system, and what cannot be
translated waits in quarantine or was refused with its reason; 1 otherwise; 2 the folder is used or cannot be written.
With --fleet: 0 every letter was registered exactly once at the right office with every scan, and every number is back at
its sender, as the books of the offices have it; 1 otherwise, or, where CI=true, when a system took no part.
With --folder, DIR keeps the settings and the environment of its gateway: how to start that alone is printed at the end.

Examples:
  $ saraban demo
  $ saraban demo --exit
  $ saraban demo --fleet --exit
  $ saraban demo --fleet --only 50,91
  $ saraban demo --folder /tmp/look-inside --exit
`
