// The list of letters as a page for a person, and as JSON.
import type { ListedLetter } from '../gateway/journal/story.ts'
import { printInstant } from '../letter/time.ts'
import { printable } from '../problem/problem.ts'
import { reasonLine } from './reason.ts'
import {
  failedJson,
  lastLine,
  moment,
  type Now,
  nameOf,
  openJson,
  reasonOfEnd,
  standingOf,
} from './standing.ts'

const head = ['taken', 'from→to', 'state', 'since', 'receive number', 'message id', 'number'] as const

/** A heading, then a line for each letter with what is said `below` it, and one below it for each delivery that is open. */
export function listPage(
  letters: readonly ListedLetter[],
  now: Now,
  below: (letter: ListedLetter) => string = () => '',
): string {
  if (letters.length === 0) return `no letters\n${now.running ? '' : asleep}`
  const rows = [head, ...letters.map(cellsOf)]
  const widths = head.map((_name, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()}\n`
  const page = [
    line(head),
    ...letters.map(
      (letter) => line(cellsOf(letter)) + below(letter) + openLines(letter, now) + failedLines(letter),
    ),
  ]
  const moves = now.running || letters.every(({ open }) => open.length === 0)
  return `${page.join('')}${moves ? '' : asleep}`
}

/** Said below a list of what should move. */
export const asleep = 'the gateway is not running: nothing moves until it is started\n'

const cellsOf = (letter: ListedLetter): readonly string[] =>
  [
    moment(letter.committedAt),
    `${letter.sender}→${letter.recipient}`,
    letter.state,
    moment(letter.changedAt),
    letter.receiveNumber ?? '-',
    letter.messageId.slice('urn:uuid:'.length),
    letter.number,
  ].map((cell) => printable(cell))

const openLines = ({ open }: ListedLetter, now: Now): string =>
  open
    .map((one) => {
      const { told, why: waits, last } = standingOf(one, now)
      const { office, createdAt } = one.delivery
      const why =
        waits !== undefined ? `; ${reasonLine(waits)}` : last === undefined ? '' : `; ${lastLine(last)}`
      return `    ${nameOf(one.content)} to ${office}, open since ${moment(createdAt)}: ${printable(`${told}${why}`, 500)}\n`
    })
    .join('')

const failedLines = ({ failed }: ListedLetter): string =>
  failed
    .map((one) => {
      const { office, state, changedAt } = one.delivery
      const reason = reasonOfEnd(one)
      const why = reason === undefined ? '' : `; ${reasonLine(reason)}`
      return `    ${nameOf(one.content)} to ${office}: ${printable(`${state} at ${moment(changedAt)}${why}`, 500)}\n`
    })
    .join('')

/** A letter of the list as JSON: instants with +07:00; `nextAttempt` only where the letter itself has one to come. */
export function letterJson(letter: ListedLetter, now: Now): Readonly<Record<string, unknown>> {
  const own = letter.open.find(({ content }) => content === 'letter')
  const toCome = own !== undefined && standingOf(own, now).kind === 'next-attempt'
  return {
    ...letter,
    committedAt: printInstant(letter.committedAt),
    changedAt: printInstant(letter.changedAt),
    nextAttempt: toCome ? printInstant(own.delivery.dueAt) : null,
    open: letter.open.map((one) => openJson(one, now)),
    failed: letter.failed.map(failedJson),
  }
}
