// `saraban start`: runs the gateway of one installation.
import { Command } from 'commander'
import { exit, Failed, type Terminal } from './terminal.ts'

/** `saraban start [--settings FILE]`. */
export function startCommand(terminal: Terminal): Command {
  return new Command('start')
    .description('run the gateway until it is asked to stop (SIGTERM, Ctrl-C)')
    .option('--settings <FILE>', 'the settings; default: SARABAN_SETTINGS, else saraban.yaml')
    .addHelpText('after', help)
    .action(async (options: { settings?: string }) => {
      // Loaded here, so that the other commands need not wait for the whole gateway.
      const { SettingsError } = await import('../gateway/systems.ts')
      const { main } = await import('../main.ts')
      try {
        await main(options.settings ?? terminal.environment['SARABAN_SETTINGS'] ?? 'saraban.yaml')
      } catch (error) {
        if (error instanceof SettingsError) throw new Failed(exit.usage, error.problems)
        throw error
      }
    })
}

const help = `
It logs JSON lines to standard output: ids and codes, never letter text.
Exit code: 0 stopped as asked, 2 the installation is not in order (every fault is named).

Examples:
  $ saraban start
  $ saraban start --settings /etc/saraban/saraban.yaml
`
