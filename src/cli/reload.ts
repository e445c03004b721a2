// `saraban profile reload`: the running gateway reads its profiles, certificates and keys again, and goes on with them.
import { Command } from 'commander'
import type { Change, Plan } from '../gateway/installation/plan.ts'
import type { Reloaded } from '../gateway/installation/reload.ts'
import { listMembers } from '../gateway/journal/members.ts'
import { officeById } from '../letter/offices.ts'
import { type Problem, printable, problem } from '../problem/problem.ts'
import { type Place, withPlace, withWritableJournal } from './journal.ts'
import { type Answered, fulfilled, giveOrder, type Unfulfilled } from './order.ts'
import { exit, Failed, jsonLine, problemJson, type Terminal } from './terminal.ts'

interface Options extends Place {
  readonly plan?: boolean
}

type Answer =
  | Reloaded
  | Unfulfilled
  /** Before it answered: it reads everything when it is started again. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'unanswered'; readonly problems: readonly Problem[] }

interface Given {
  readonly name: string
  readonly answer: Answer
}

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
        const given = await Promise.all(
          members.map(async ({ id, name }): Promise<Given> => {
            const asked = giveOrder(database, isRunning, terminal, order, id)
            return { name, answer: await answerTo(asked) }
          }),
        )
        if (given.every(({ answer }) => answer.kind === 'ended'))
          throw new Failed(exit.refused, [problem('cli.gateway.not-running', '--data')])
        const [first, ...others] = given
        if (first !== undefined && others.length === 0) tell(first.answer, options, terminal)
        else if (options.json === true) tellJson(given, terminal)
        else tellEach(given, options, terminal)
      })
    })
}

/** What comes of an order; that none is answered hides nothing of the others. */
async function answerTo(asked: Promise<Answered>): Promise<Answer> {
  try {
    const answered = await asked
    return answered.kind === 'stopped' ? { kind: 'ended' } : (answered.answer as Answer)
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    return { kind: 'unanswered', problems: error.problems }
  }
}

/** Of several gateways each is told by its name; when one refuses, the others are told all the same. */
function tellEach(given: readonly Given[], options: Options, terminal: Terminal): void {
  const failures: Failed[] = []
  for (const { name, answer } of given) {
    terminal.write(`${printable(name, 100)}:\n`)
    try {
      tell(answer, options, terminal)
    } catch (error) {
      if (!(error instanceof Failed)) throw error
      failures.push(error)
    }
  }
  if (failures.length > 0)
    throw new Failed(
      exit.refused,
      failures.flatMap(({ problems }) => [...problems]),
    )
}

/** The same in one document, as the API tells it. */
function tellJson(given: readonly Given[], terminal: Terminal): void {
  const shown = (answer: Answer): object =>
    'problems' in answer ? { ...answer, problems: answer.problems.map(problemJson) } : answer
  terminal.write(
    jsonLine({ gateways: given.map(({ name, answer }) => ({ gateway: name, answer: shown(answer) })) }),
  )
  const isWrong = ({ answer: { kind } }: Given): boolean =>
    kind === 'refused' || kind === 'failed' || kind === 'unanswered'
  if (given.some(isWrong)) throw new Failed(exit.refused, [])
}

function tell(said: Answer, { json }: Options, terminal: Terminal): void {
  if (said.kind === 'ended') {
    terminal.write('it has ended, and reads everything when it is started\n')
    return
  }
  if (said.kind === 'unanswered') throw new Failed(exit.refused, said.problems)
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
faulty, nothing changes and every reason is told. Of several gateways on one journal each reads its own files, and is told by its
name (in JSON: { gateways: [{ gateway, answer }] }); one that ends meanwhile reads them at its next start. Of the settings file itself only the
grants of the API are read again. SIGHUP does the same; what came of
it then stands in the log. What is under way with a system that changes ends first, within 30 seconds; nothing is lost or doubled.

Exit code: 0 so it is now, or so it would be, 1 refused, or no gateway runs, 2 wrong usage or no journal.

Examples:
  $ saraban profile reload --plan
  $ saraban profile reload --settings /etc/saraban/saraban.yaml --json
`
