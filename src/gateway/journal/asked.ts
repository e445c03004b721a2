// What a person says when looking for letters, read into a search of the journal: numbers in any written form, dates of
// either era, words of a subject. For the API and for `saraban messages`.
import { readLetterDate } from '../../letter/dates.ts'
import { normalizeNumber, readLetterNumber } from '../../letter/numbers.ts'
import { type OfficeId, officeById, officeId, offices } from '../../letter/offices.ts'
import { type Instant, readInstant, readMessageId } from '../../letter/time.ts'
import { wordsOf } from '../../letter/words.ts'
import { bad, good, type Problem, problem, type Result, within } from '../../problem/problem.ts'
import { type LetterState, letterTable } from '../delivery/states.ts'
import type { LetterSearch } from './search.ts'

/** As it was typed; each may be absent. */
export interface Asked {
  readonly message?: string | undefined
  readonly number?: string | undefined
  readonly sender?: string | undefined
  readonly recipient?: string | undefined
  readonly office?: string | undefined
  readonly dateFrom?: string | undefined
  readonly dateTo?: string | undefined
  readonly takenFrom?: string | undefined
  readonly takenTo?: string | undefined
  readonly state?: string | undefined
  readonly subject?: string | undefined
}

/** Words of one search at most; a longer one is no search. */
const mostWords = 12

/** Reads a search of now; every fault at once, each under the name that it was asked by. Years of two digits are those of letters of the present. */
export function readSearch(asked: Asked, now: Instant): Result<LetterSearch> {
  const problems: Problem[] = []
  const read = <Value>(name: keyof Asked, as: (text: string) => Result<Value>): Value | undefined => {
    const text = asked[name]
    if (text === undefined) return undefined
    const value = as(text)
    if (value.ok) return value.value
    problems.push(...value.problems.map((found) => within(name, found)))
    return undefined
  }
  const given = {
    message: read('message', (text) => readMessageId(fullId(text))),
    sender: read('sender', officeId),
    recipient: read('recipient', officeId),
    office: read('office', officeId),
    dateFrom: read('dateFrom', (text) => readLetterDate(text, { now })),
    dateTo: read('dateTo', (text) => readLetterDate(text, { now })),
    takenFrom: read('takenFrom', readInstant),
    takenTo: read('takenTo', readInstant),
    state: read('state', readState),
    words: read('subject', readWords),
  }
  const numbers = read('number', (text) => readNumbers(text, given.sender))
  const [first, ...rest] = problems
  if (first !== undefined) return bad(first, ...rest)
  const said = Object.entries({ ...given, numbers }).filter(([, value]) => value !== undefined)
  return good(Object.fromEntries(said))
}

/** A message id of which `urn:uuid:` may be left out. */
export const fullId = (text: string): string => (text.startsWith('urn:uuid:') ? text : `urn:uuid:${text}`)

/**
 * Every normalised form that a number may have been given: where its letters were left out, those of its sender, or of each
 * office. The text may be no number at all; that is its problem.
 */
function readNumbers(text: string, sender: OfficeId | undefined): Result<readonly string[]> {
  const plain = readLetterNumber(text)
  if (!plain.ok) return plain
  const senders = sender === undefined ? offices : [officeById(sender)].filter((each) => each !== undefined)
  const completed = senders.map(({ letters }) => readLetterNumber(text, letters))
  const forms = completed.flatMap((each) => (each.ok ? [each.value.number.normalized] : []))
  return good([...new Set([normalizeNumber(text) ?? text, ...forms])])
}

const states = Object.keys(letterTable)
const isState = (text: string): text is LetterState => states.includes(text)

function readState(text: string): Result<LetterState> {
  return isState(text)
    ? good(text)
    : bad(problem('cli.state.unknown', '', text, { expected: states.join(', ') }))
}

function readWords(text: string): Result<readonly string[]> {
  const words = wordsOf(text)
  if (words.length > 0 && words.length <= mostWords) return good(words)
  return bad(problem('api.request.wrong', '', text, { expected: `1 to ${mostWords} words of a subject` }))
}
