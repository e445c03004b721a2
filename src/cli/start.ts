// `saraban start`: runs the gateway of one installation.
import { Command, Option } from 'commander'
import { type Role, roles } from '../gateway/journal/members.ts'
import { problem } from '../problem/problem.ts'
import { exit, Failed, type Terminal } from './terminal.ts'

/** `saraban start [--settings FILE]`. */
export function startCommand(terminal: Terminal): Command {
  return new Command('start')
    .description('run the gateway until it is asked to stop (SIGTERM, Ctrl-C)')
    .option('--settings <FILE>', 'the settings; default: SARABAN_SETTINGS, else saraban.yaml')
    .addOption(
      new Option('--role <ROLE>', 'what it does of the work on a journal that several share')
        .choices(roles)
        .default('all'),
    )
    .addHelpText('after', help)
    .action(async (options: { settings?: string; role: Role }) => {
      // Loaded here, so that the other commands need not wait for the whole gateway.
      const { SettingsError } = await import('../gateway/installation/systems.ts')
      const { main } = await import('../main.ts')
      try {
        const file = options.settings ?? terminal.environment['SARABAN_SETTINGS'] ?? 'saraban.yaml'
        if ((await main(file, options.role)) === 'superseded')
          throw new Failed(exit.superseded, [problem('gateway.superseded', '')])
      } catch (error) {
        if (error instanceof SettingsError) throw new Failed(exit.usage, error.problems)
        throw error
      }
    })
}

const help = `
It logs JSON lines to standard output: ids and codes, never letter text.
On a journal on PostgreSQL any number of gateways work together: intake takes what systems hand over (one of them looks into their
folders and tables, and another goes on when it ends), worker brings deliveries, all does both.
A PostgreSQL of the journal that is starting, recovering or not reachable is waited for, 5 minutes at most.
Exit code: 0 stopped as asked, 2 the installation is not in order (every fault is named), 75 the others gave this one up: start it again.

Examples:
  $ saraban start
  $ saraban start --settings /etc/saraban/saraban.yaml
  $ saraban start --role worker
`
