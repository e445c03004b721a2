// The program `saraban`: its commands, and how any of them ends.
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { alarmsCommand } from './alarms.ts'
import { certsCommand } from './certs.ts'
import { demoCommand } from './demo.ts'
import { doctorCommand } from './doctor.ts'
import { sandboxCommand } from './faults.ts'
import { messagesCommand } from './messages.ts'
import { profileCommand } from './profile.ts'
import { quarantineCommand } from './quarantine.ts'
import { retentionCommand } from './retention.ts'
import { sealCommand } from './seal.ts'
import { showCommand } from './show.ts'
import { startCommand } from './start.ts'
import { complaint, type ExitCode, exit, Failed, type Terminal } from './terminal.ts'
import { verifyCommand } from './verify.ts'

/** Runs one command line (without the program's own name) and gives its exit code. */
export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const program = new Command('saraban')
    .description(
      'The gateway for official letters between the provinces of Thailand and the Ministry of Interior.',
    )
    .version(versionOf(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))
    .showHelpAfterError(false)
  const commands = [
    startCommand,
    demoCommand,
    sealCommand,
    verifyCommand,
    showCommand,
    messagesCommand,
    quarantineCommand,
    alarmsCommand,
    doctorCommand,
    retentionCommand,
    profileCommand,
    certsCommand,
    sandboxCommand,
  ]
  for (const command of commands) program.addCommand(command(terminal))
  prepare(program, terminal)
  try {
    await program.parseAsync([...words], { from: 'user' })
    return exit.good
  } catch (error) {
    if (error instanceof Failed) {
      terminal.complain(complaint(error.problems))
      return error.code
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.good : exit.usage
    throw error
  }
}

const versionOf = (description: string): string =>
  String((JSON.parse(description) as { version: unknown }).version)

/** Every command writes to the terminal, and leaves the end of the process to its caller. */
function prepare(command: Command, terminal: Terminal): void {
  command.exitOverride()
  command.configureOutput({
    writeOut: (text) => terminal.write(text),
    writeErr: (text) => terminal.complain(text),
    outputError: (text, write) => write(`${text.trimEnd()}\nhint: saraban ${pathOf(command)}--help\n`),
  })
  for (const child of command.commands) prepare(child, terminal)
}

function pathOf(command: Command): string {
  const names: string[] = []
  for (let at: Command | null = command; at?.parent; at = at.parent) names.unshift(at.name())
  return names.map((name) => `${name} `).join('')
}
