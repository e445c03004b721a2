// `saraban demo`: everything on one machine, with the real letters of the roll-out of B.E. 2551.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

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
      const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'saraban-demo-'))
      mkdirSync(folder, { recursive: true })
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
      if (json) terminal.write(jsonLine(outcome))
      if (outcome.good && options.folder === undefined) rmSync(folder, { recursive: true, force: true })
      else terminal.complain(`everything that was written is kept in ${folder}\n`)
      if (!outcome.good) throw new Failed(exit.refused, [])
    })
}

const help = `
Exit code: 0 every letter that can be translated was registered, every notice reached its system, and what cannot be
translated waits in quarantine or was refused with its reason; 1 otherwise.

Examples:
  $ saraban demo
  $ saraban demo --exit
  $ saraban demo --folder /tmp/look-inside --exit
`
