// `saraban sandbox faults`: what the sandbox's ministry inbox does wrong on purpose.
import { Command } from 'commander'
import { request } from 'undici'
import { problem } from '../problem/problem.ts'
import { faultKinds, readFault } from '../sandbox/inbox/faults.ts'
import { inboxCommand } from './inbox.ts'
import { exit, Failed, jsonLine, reasonOf, type Terminal } from './terminal.ts'

interface Options {
  readonly control: string
  readonly delay?: string
  readonly retryAfter?: string
  readonly times?: string
  readonly json?: boolean
}

/** `saraban sandbox inbox` and `saraban sandbox faults [FAULT]`. */
export function sandboxCommand(terminal: Terminal): Command {
  const faults = new Command('faults')
    .description('show the fault that is switched on, or switch one on')
    .argument('[FAULT]', `one of ${Object.keys(faultKinds).join(', ')}`)
    .option('--control <URL>', 'the inbox’s control port', 'http://127.0.0.1:8491')
    .option('--delay <MS>', 'for slow: how long the answer takes, in milliseconds (3000)')
    .option('--retry-after <SECONDS>', 'for busy: after how many seconds it asks to be tried again (2)')
    .option('--times <COUNT>', 'for so many requests; default: until it is switched off. Not for down')
    .option('--json', 'print the state as JSON')
    .addHelpText('after', help())
    .action(async (fault: string | undefined, options: Options) => {
      const url = controlUrl(options.control)
      const { delay, retryAfter, times } = options
      const numbers = Object.entries({ delay, retryAfter, times }).flatMap(([name, said]) =>
        // What is no number goes along as it was said, so that the refusal names it.
        said === undefined ? [] : [[name, /^\d+$/.test(said) ? Number(said) : said] as const],
      )
      const wanted = { fault: fault ?? '', ...Object.fromEntries(numbers) }
      const asks = fault === undefined && numbers.length === 0
      const read = asks ? undefined : readFault(wanted)
      if (read?.ok === false) throw new Failed(exit.usage, read.problems)
      const state = asks ? await call(url, 'GET') : await call(url, 'PUT', wanted)
      if (options.json === true) terminal.write(jsonLine(state))
      else terminal.write(`${stateLine(state)}\n`)
    })
  return new Command('sandbox')
    .description('run the sandbox’s ministry inbox, and make it fail')
    .addCommand(inboxCommand(terminal))
    .addCommand(faults)
}

function controlUrl(said: string): URL {
  if (URL.canParse('/faults', said)) return new URL('/faults', said)
  const expected = 'an address, as http://127.0.0.1:8491'
  throw new Failed(exit.usage, [problem('cli.option.wrong', '--control', said, { expected })])
}

function help(): string {
  const kinds = Object.entries(faultKinds).map(([kind, what]) => `  ${kind.padEnd(16)} ${what}\n`)
  return `
${kinds.join('')}
Exit code: 0 done, 1 the inbox refuses or does not answer, 2 wrong usage.

Examples:
  $ saraban sandbox faults
  $ saraban sandbox faults busy --retry-after 5 --times 3
  $ saraban sandbox faults down
  $ saraban sandbox faults none
`
}

interface State {
  readonly fault: {
    readonly kind: string
    readonly delay?: number
    readonly retryAfter?: number
    readonly times?: number
  }
}

function stateLine({ fault }: State): string {
  const times = fault.times === undefined ? '' : `, for ${fault.times} more requests`
  const said = Object.entries(faultKinds).find(([kind]) => kind === fault.kind)?.[1] ?? ''
  const what = said.replace('`delay`', String(fault.delay)).replace('`retryAfter`', String(fault.retryAfter))
  return `${fault.kind}: the inbox ${what}${times}`
}

async function call(url: URL, method: 'GET' | 'PUT', body?: unknown): Promise<State> {
  const headers = { 'content-type': 'application/json' }
  let status: number
  let text: string
  try {
    const answer = await request(url, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    status = answer.statusCode
    text = await answer.body.text()
  } catch (error) {
    throw new Failed(exit.refused, [
      problem('cli.server.unreachable', '--control', url.origin, { reason: reasonOf(error) }),
    ])
  }
  if (status !== 200) {
    throw new Failed(exit.refused, [
      problem('cli.server.refused', '', url.origin, { status, reason: titleOf(text) }),
    ])
  }
  return JSON.parse(text) as State
}

/** The sentence of a problem answer, or the answer itself. */
function titleOf(text: string): string {
  try {
    const { problems } = JSON.parse(text) as { problems?: readonly { detail: string; remedy: string }[] }
    return (problems ?? []).map((one) => `${one.detail}. ${one.remedy}`).join(' ') || text
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
