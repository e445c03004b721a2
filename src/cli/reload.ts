// `saraban profile reload`: the running gateway reads its profiles, certificates and keys again, and goes on with them.
import { Command } from 'commander'
import type { Change, Plan } from '../gateway/installation/plan.ts'
import type { Reloaded } from '../gateway/installation/reload.ts'
import { listMembers } from '../gateway/journal/members.ts'
import { officeById } from '../letter/offices.ts'
import { printable, problem } from '../problem/problem.ts'
import { type Place, withPlace, withWritableJournal } from './journal.ts'
import { fulfilled, giveOrder } from './order.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

interface Options extends Place {
  readonly plan?: boolean
}

type Answer = Reloaded | { readonly kind: 'failed'; readonly reason: string }

/** `saraban profile reload [--plan]`. */
export function reloadCommand(terminal: Terminal): Command {
  return withPlace(
    new Command('reload').description(
      'let the running gateway read its profiles, certificates and keys again',
    ),
  )
    .option('--plan', 'only show what would change')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      await withWritableJournal(options, terminal, async (database, now, isRunning) => {
        if (!now.running) throw new Failed(exit.refused, [problem('cli.gateway.not-running', '--data')])
        const order = { kind: 'reload', apply: options.plan !== true } as const
        const members = await listMembers(database.committed)
        const answers = await Promise.all(
          members.map(async ({ id, name }) => ({
            name,
            answered: await giveOrder(database, isRunning, terminal, order, id),
          })),
        )
        // One that ended meanwhile reads everything when it is started again.
        const given = answers.flatMap(({ name, answered }) =>
          answered.kind === 'stopped' ? [] : [{ name, answer: answered.answer as Answer }],
        )
        if (given.length === 0) throw new Failed(exit.refused, [problem('cli.gateway.not-running', '--data')])
        tellAll(given, options, terminal)
      })
    })
}

/** Of several gateways each is told by its name; when one refuses, the others are told all the same. */
function tellAll(
  given: readonly { readonly name: string; readonly answer: Answer }[],
  options: Options,
  terminal: Terminal,
): void {
  const failures: Failed[] = []
  for (const { name, answer } of given) {
    if (given.length > 1 && options.json !== true) terminal.write(`${printable(name, 100)}:\n`)
    try {
      tell(answer, options, terminal)
    } catch (error) {
      if (!(error instanceof Failed)) throw error
      failures.push(error)
    }
  }
  const [first] = failures
  if (first !== undefined)
    throw new Failed(
      first.code,
      failures.flatMap(({ problems }) => [...problems]),
    )
}

function tell(said: Answer, { json }: Options, terminal: Terminal): void {
  const answer = fulfilled(said, json, terminal)
  if (json === true) terminal.write(jsonLine(answer))
  else terminal.write(planPage(answer.plan, answer.waiting, answer.kind === 'applied'))
}

/** Which is in its place, to be compared with `openssl x509 -noout -fingerprint -sha256 -in authority.pem`. */
const authoritiesOf = ({ authorities }: Plan): string =>
  authorities === undefined ? '' : `: from ${authorities.from} to ${authorities.to}`

function planPage(plan: Plan, waiting: Readonly<Record<string, number>>, applied: boolean): string {
  const changes = plan.systems.filter(({ kind }) => kind !== 'unchanged')
  const same = plan.systems.length - changes.length
  const offices = (ids: readonly string[]): string => ids.join(', ')
  const lines = [
    ...changes.map(changeLine),
    ...(same > 0 ? [`unchanged  ${same} ${same === 1 ? 'system' : 'systems'}`] : []),
    ...(plan.certificates.length > 0 ? [`certificates of ${offices(plan.certificates)}`] : []),
    ...(plan.keys.length > 0 ? [`keys for ${offices(plan.keys)}`] : []),
    ...(plan.grants.length > 0 ? [`grants of ${plan.grants.join(', ')}`] : []),
    ...(plan.authority ? [`the authority${authoritiesOf(plan)}`] : []),
    ...(plan.tls ? ['the server’s own certificate and key'] : []),
    ...Object.entries(waiting).map(
      ([office, count]) =>
        `${applied ? 'waiting' : 'would wait'}: ${count} deliveries to ${office}, of which no system is connected (saraban messages list --open --office ${office})`,
    ),
  ]
  const end = applied ? 'so it is now' : 'nothing was changed: without --plan it is applied'
  return `${lines.map((line) => `${printable(line, 500)}\n`).join('')}${end}\n`
}

function changeLine({ kind, office, profile, from, to, references, tables = [] }: Change): string {
  const short = (version: string | undefined): string => version?.slice(0, 12) ?? '-'
  const what = references === true ? 'what it refers to' : `${short(from)} → ${short(to)}`
  const read = tables.map((table) => `, the table ${table}`).join('')
  return `${kind.padEnd(9)}  ${officeById(office).th} (${office})  ${profile}  ${what}${read}`
}

const help = `
Everything is read and checked first: profiles, what they refer to, trust folder, keys, the server's certificate. When anything is
faulty, nothing changes and every reason is told. Of several gateways on one journal each reads its own files. Of the settings file itself only the
grants of the API are read again. SIGHUP does the same; what came of
it then stands in the log. What is under way with a system that changes ends first, within 30 seconds; nothing is lost or doubled.

Exit code: 0 so it is now, or so it would be, 1 refused, or no gateway runs, 2 wrong usage or no journal.

Examples:
  $ saraban profile reload --plan
  $ saraban profile reload --settings /etc/saraban/saraban.yaml --json
`
