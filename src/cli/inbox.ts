// `saraban sandbox inbox`: the sandbox's ministry inbox beside a gateway of one's own.
import { mkdirSync } from 'node:fs'
import { Command } from 'commander'
import { moi } from '../letter/offices.ts'
import { type Problem, printable, problem } from '../problem/problem.ts'
import { openControl } from '../sandbox/inbox/control.ts'
import { openInbox } from '../sandbox/inbox/inbox.ts'
import type { InboxEntry } from '../sandbox/inbox/register.ts'
import { readMinistry } from './ministry.ts'
import { exit, Failed, reasonOf, type Terminal } from './terminal.ts'

interface Options {
  readonly certs: string
  readonly gateway: string
  readonly port: string
  readonly control: string
  readonly folder: string
}

/** How long a letter lies in the inbox before it gets its number, in milliseconds. */
const acceptDelay = 300

/** `saraban sandbox inbox --certs DIR --gateway URL`. */
export function inboxCommand(terminal: Terminal): Command {
  return new Command('inbox')
    .description('run the sandbox’s ministry inbox until it is asked to stop (SIGTERM, Ctrl-C)')
    .requiredOption('--certs <DIR>', 'a folder made by `saraban certs init`, with the office moi')
    .requiredOption('--gateway <URL>', 'the gateway’s mutual TLS address, as https://localhost:8443')
    .option('--port <PORT>', 'where it takes envelopes, at this machine’s own address', '8490')
    .option('--control <PORT>', 'where its control port listens', '8491')
    .option('--folder <DIR>', 'its register and what it was sent; it goes on where it stopped', 'ministry')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const ministry = readMinistry(options.certs)
      const problems: Problem[] = ministry.ok ? [] : [...ministry.problems]
      const [port, control] = [portOf('--port', options, problems), portOf('--control', options, problems)]
      if (!URL.canParse(options.gateway) || new URL(options.gateway).protocol !== 'https:') {
        const expected = 'an https address, as https://localhost:8443'
        problems.push(problem('cli.option.wrong', '--gateway', options.gateway, { expected }))
      }
      if (!ministry.ok || problems.length > 0) throw new Failed(exit.usage, problems)
      await openAndWait(options, { port, control, ...ministry.value }, terminal)
    })
}

const help = `
The inbox shows and signs with what --certs holds, and keeps everything in --folder: ledger.jsonl is its register.
It prints a line for each entry of the register. \`saraban sandbox faults\` makes it fail. Exit code: 0 stopped as asked,
2 wrong usage, or a port or folder that cannot be had.

Examples:
  $ saraban sandbox inbox --certs certs --gateway https://localhost:8443
  $ saraban sandbox inbox --certs certs --gateway https://localhost:8443 --port 8490 --control 8491 --folder ministry
`

type OpenInbox = Parameters<typeof openInbox>[0]

async function openAndWait(
  { gateway, folder }: Options,
  {
    control,
    ...ministry
  }: Pick<OpenInbox, 'port' | 'signer' | 'trust' | 'server' | 'client'> & {
    readonly control: number
  },
  terminal: Terminal,
): Promise<void> {
  const { clock, random } = terminal
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new Failed(exit.usage, [
      problem('cli.file.unwritable', '--folder', folder, { reason: reasonOf(error) }),
    ])
  }
  const inbox = await openInbox({
    ...ministry,
    folder,
    gateway,
    acceptDelay,
    clock,
    random,
    watch: (entry) => terminal.write(entryLine(entry)),
  }).catch((error: unknown) => refusePort('--port', ministry.port, error))
  try {
    const opened = await openControl(inbox, moi, control).catch((error: unknown) =>
      refusePort('--control', control, error),
    )
    terminal.write(
      `the inbox takes envelopes at https://localhost:${inbox.port}/envelopes\n` +
        `its control port is http://127.0.0.1:${opened.port}\n`,
    )
    await terminal.untilEnded()
    await opened.close()
  } finally {
    await inbox.close()
  }
}

function refusePort(option: string, port: number, error: unknown): never {
  if (!(error instanceof Error && 'syscall' in error && error.syscall === 'listen')) throw error
  throw new Failed(exit.usage, [
    problem('cli.port.refused', option, String(port), { reason: reasonOf(error) }),
  ])
}

function portOf(option: '--port' | '--control', options: Options, problems: Problem[]): number {
  const said = option === '--port' ? options.port : options.control
  if (/^\d{1,5}$/.test(said) && Number(said) <= 65_535) return Number(said)
  problems.push(problem('cli.option.wrong', option, said, { expected: 'a port, 0 (any free one) to 65535' }))
  return 0
}

/** One entry of the register on one line: its name, then its facts. */
function entryLine({ entry, at, ...facts }: InboxEntry): string {
  const told = Object.entries(facts)
    .filter(([name, value]) => name !== 'digest' && name !== 'receipt' && value !== undefined)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') : value}`)
  return printable(`${at.slice(0, 19).replace('T', ' ')}  ${entry}  ${told.join(', ')}`, 500).concat('\n')
}
