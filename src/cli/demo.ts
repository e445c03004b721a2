// `saraban demo`: everything on one machine, with the real letters of the roll-out of B.E. 2551.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { problem } from '../problem/problem.ts'
import { exit, Failed, jsonLine, reasonOf, type Terminal } from './terminal.ts'

/** `saraban demo [--exit] [--folder DIR] [--json]`. */
export function demoCommand(terminal: Terminal): Command {
  return new Command('demo')
    .description('run a gateway, a ministry inbox and three provincial systems, and send 23 real letters')
    .option('--exit', 'end when all letters have ended, instead of going on running')
    .option('--folder <DIR>', 'an empty folder for everything; default: a scratch folder, removed at the end')
    .option('--json', 'print only the outcome, as JSON; implies --exit')
    .addHelpText('after', help)
    .action(async (options: { exit?: boolean; folder?: string; json?: boolean }) => {
      // Loaded here, so that the other commands need not wait for the whole gateway.
      const { demonstrate } = await import('./demo/run.ts')
      const { readPrintedLetters } = await import('./demo/letters.ts')
      const folder = folderOf(options.folder)
      const json = options.json === true
      const quiet = json ? { ...terminal, write: () => undefined } : terminal
      const { SettingsError } = await import('../gateway/systems.ts')
      const outcome = await demonstrate(
        folder,
        readPrintedLetters(),
        options.exit !== true && !json,
        quiet,
      ).catch((error: unknown) => {
        throw error instanceof SettingsError ? new Failed(exit.refused, error.problems) : error
      })
      const { alone, ...told } = outcome
      if (json) terminal.write(jsonLine(told))
      if (outcome.good && options.folder === undefined) rmSync(folder, { recursive: true, force: true })
      else terminal.complain(`everything that was written is kept in ${folder}\n${alone}`)
      if (!outcome.good) throw new Failed(exit.refused, [])
    })
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
With --folder, DIR keeps the settings and the environment of its gateway: how to start that alone is printed at the end.

Examples:
  $ saraban demo
  $ saraban demo --exit
  $ saraban demo --folder /tmp/look-inside --exit
`
