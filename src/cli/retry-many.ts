// `saraban messages retry` with a query: what it would bring again is shown first, and done when a person says so.
import { everyAgain, resendMany } from '../gateway/delivery/resend-many.ts'
import { letterTable } from '../gateway/delivery/states.ts'
import type { Again, AgainFilter } from '../gateway/journal/again.ts'
import { type Database, JournalUnavailable, type Reader } from '../gateway/journal/database.ts'
import { readLetterDate } from '../letter/dates.ts'
import { normalizeNumber } from '../letter/numbers.ts'
import { type OfficeId, officeId } from '../letter/offices.ts'
import type { Instant } from '../letter/time.ts'
import { type Problem, problem, within } from '../problem/problem.ts'
import { type Now, nameOf } from './standing.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

export interface Query {
  readonly all?: boolean
  readonly number?: string
  readonly from?: string
  readonly to?: string
  readonly office?: string
  readonly state?: string
  readonly since?: string
  readonly until?: string
  readonly waiting?: boolean
  readonly secret?: boolean
}

interface Order extends Query {
  readonly by: string
  readonly why: string
  readonly yes?: boolean
  readonly json?: boolean
}

/** Whether anything is said that chooses. */
export const isQuery = ({ all, number, from, to, office, state, since, until }: Query): boolean =>
  all === true || [number, from, to, office, state, since, until].some((said) => said !== undefined)

/** The filter that a query means. Throws Failed with every value that no letter can have. */
export function filterOf(query: Query, now: Instant): AgainFilter {
  const problems: Problem[] = []
  const office = (name: string, said: string | undefined): OfficeId | undefined => {
    const read = said === undefined ? undefined : officeId(said)
    if (read?.ok === false) problems.push(...read.problems.map((found) => within(name, found)))
    return read?.ok === true ? read.value : undefined
  }
  const day = (name: string, said: string | undefined): Instant | undefined => {
    if (said === undefined) return undefined
    const at = dayOf(said)
    if (at === undefined)
      problems.push(problem('cli.option.wrong', name, said, { expected: 'a day such as 2026-11-23' }))
    return at
  }
  const { number, state, secret, waiting } = query
  const normalized = number === undefined ? undefined : normalizeNumber(number)
  if (number !== undefined && normalized === undefined)
    problems.push(problem('cli.option.wrong', '--number', number, { expected: 'a letter number' }))
  if (state !== undefined && !Object.hasOwn(letterTable, state)) {
    const expected = Object.keys(letterTable).join(', ')
    problems.push(problem('cli.state.unknown', '--state', state, { expected }))
  }
  const [sender, recipient, to] = [
    office('--from', query.from),
    office('--to', query.to),
    office('--office', query.office),
  ]
  const [since, until] = [day('--since', query.since), day('--until', query.until)]
  if (problems.length > 0) throw new Failed(exit.usage, problems)
  return {
    secret: secret === true,
    ...(normalized !== undefined && { number: normalized }),
    ...(sender !== undefined && { sender }),
    ...(recipient !== undefined && { recipient }),
    ...(to !== undefined && { office: to }),
    ...(state !== undefined && { state }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { before: until + aDay }),
    ...(waiting === true && { waitsAt: now }),
  }
}

const aDay = 24 * 60 * 60_000

/** The beginning of a day in Thailand. */
function dayOf(said: string): Instant | undefined {
  if (!readLetterDate(said, { form: 'ce:yyyy-MM-dd' }).ok) return undefined
  return Date.parse(`${said}T00:00:00+07:00`)
}

/** Shows what a query would bring again, and does it with `--yes`, or when a person at the terminal says so. */
export async function retryMany(
  database: Database,
  order: Order,
  terminal: Terminal,
  now: Now,
): Promise<void> {
  const filter = filterOf(order, now.at)
  const plan = await planOf(database.committed, filter)
  if (plan.deliveries === 0) throw new Failed(exit.refused, [problem('cli.retry.none', '')])
  if (order.json !== true) terminal.write(planPage(plan))
  if (order.yes !== true && !(await isAgreed(order, plan, terminal))) {
    if (order.json === true) terminal.write(jsonLine({ ...planJson(plan), resent: 0 }))
    else terminal.write('nothing was done: --yes does it\n')
    return
  }
  const { by, why } = order
  const said = { filter, by: by.trim(), why: why.trim() }
  let done = 0
  const resent = await resendMany(
    database,
    said,
    () => terminal.clock.now(),
    (count) => {
      done = count
    },
  ).catch((error: unknown) => {
    if (!(error instanceof JournalUnavailable)) throw error
    if (done > 0) terminal.complain(`${done} were done: the same command goes on with the others\n`)
    throw new Failed(exit.refused, [problem('cli.journal.busy', '--data')])
  })
  if (order.json === true)
    terminal.write(jsonLine({ ...planJson(plan), resent, gatewayRunning: now.running }))
  else terminal.write(`${resent} wait to be brought again; ${whenTold(now)}\n`)
}

export const whenTold = ({ running }: Now): string =>
  running
    ? 'the running gateway finds it within 15 seconds'
    : 'the gateway is not running: nothing moves until it is started'

async function isAgreed({ json }: Order, { deliveries }: Plan, terminal: Terminal): Promise<boolean> {
  if (terminal.ask === undefined || json === true) return false
  const said = await terminal.ask(`bring ${deliveries} again? yes or no: `)
  return said.trim().toLowerCase() === 'yes'
}

interface Plan {
  readonly deliveries: number
  readonly letters: number
  readonly groups: readonly { readonly what: string; readonly count: number }[]
}

async function planOf(reader: Reader, filter: AgainFilter): Promise<Plan> {
  const counts = new Map<string, number>()
  const letters = new Set<string>()
  let deliveries = 0
  for await (const each of everyAgain(reader, filter)) {
    deliveries += 1
    letters.add(each.messageId)
    const what = groupOf(each)
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  const groups = [...counts]
    .map(([what, count]) => ({ what, count }))
    .sort((one, other) => other.count - one.count)
  return { deliveries, letters: letters.size, groups }
}

const groupOf = ({ content, office, state }: Again): string => `${nameOf(content)} to ${office}: ${state}`

/** Lines of a plan that are shown. */
const mostLines = 20

function planPage({ deliveries, letters, groups }: Plan): string {
  const shown = groups
    .slice(0, mostLines)
    .map(({ what, count }) => `  ${String(count).padStart(7)}  ${what}\n`)
  const more = groups.length > mostLines ? `           and ${groups.length - mostLines} more lines\n` : ''
  return `${deliveries} to be brought again, of ${letters} ${letters === 1 ? 'letter' : 'letters'}:\n${shown.join('')}${more}`
}

const planJson = ({ deliveries, letters, groups }: Plan) => ({ deliveries, letters, groups })
