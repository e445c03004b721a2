// Letter numbers (ที่): every printed form that was seen, and the one normalised form that is the key.
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
import type { Urgency } from './codes.ts'
import { firstBuddhistYear, lastBuddhistYear } from './dates.ts'
import { limits } from './limits.ts'
import { fold } from './search.ts'
import { addTextFaults } from './text.ts'

/** A letter number that was read. */
export interface LetterNumber {
  /** Exactly as the source prints it. */
  readonly printed: string
  /** `มท 0210.3/ว3893`, or `84/2551` for an order (design §2): the key. */
  readonly normalized: string
  /** `ว`: of the series of circulars. */
  readonly circular: boolean
  /** `84/2551`: the number of an order (คำสั่ง) with its Buddhist year, which has no letters. */
  readonly order: boolean
  /** The letters were missing in the printed form and were completed. */
  readonly completed: boolean
}

// Folded text holds no two spaces in a row, so that no part of the pattern can match one run of text in many ways.
const group = '\\( ?[ก-ฮ0-9. ]{1,20}\\)'
// Its groups in their order: urgency, letters, body, code, section, series, running. Without names, since these cost as
// much as the matching.
const form = new RegExp(
  '^(ด่วนที่สุด|ด่วนมาก|ด่วน)? ?' +
    '(?:(?:คำสั่ง|หนังสือ|เลข)?ที่ ?)?[:.]? ?' +
    '([ก-ฮ](?:\\.?[ก-ฮ]){0,4})? ?\\.? ?' +
    `(${group})? ?` +
    `([0-9]{1,6}(?: ?\\. ?[0-9]{1,4}){0,4}) ?(${group})? ?` +
    '/ ?([วล])?\\.? ?([0-9]{1,8})$',
)

// File codes begin with 0, or with the province in five digits (local administration). Anything else without letters may be
// a register's number or half of a date: it is not guessed.
const bareCode = /^(?:0[0-9]{3,5}|[0-9]{5})(?:\.|$)/

// Systems cut numbers at 50 characters, and registers reserve a number before it is given.
const cutOff = /^[^/]*[0-9]{4}[0-9ก-ฮ(). ]*(?:\/ ?[วล]?\.? ?-?)?$/

const urgencyOfWord: Readonly<Record<string, Urgency>> = {
  ด่วน: 'urgent',
  ด่วนมาก: 'very-urgent',
  ด่วนที่สุด: 'most-urgent',
}

/**
 * Reads a letter number in any form of domain §4: Thai or Arabic digits, with `ที่` or an urgency before it, dots and
 * spaces anywhere between its parts, `ว` (circular) or `ล` (secret) glued or not. `letters` completes a missing ministry or
 * province; without them the normalised form has none. At most 100 characters. The printed form is kept as it is.
 */
export function readLetterNumber(
  printed: string,
  letters?: string,
): Result<{ number: LetterNumber; urgency?: Urgency }> {
  const faults: Problem[] = []
  addTextFaults(faults, printed, '', { limit: limits.number, lines: false, needed: true })
  const [fault, ...more] = faults
  if (fault !== undefined) return bad(fault, ...more)
  const text = fold(printed)
  const found = form.exec(text)
  if (!found) return bad(unreadable(printed, text))
  const [, urgencyWord, ownLetters, bodyName, spacedCode = '', section, series = '', running = ''] = found
  const code = spacedCode.includes(' ') ? spacedCode.replaceAll(' ', '') : spacedCode
  const bare = ownLetters === undefined && bodyName === undefined && section === undefined
  const order = bare && series === '' && isOrder(code, running)
  if (bare && !order && !bareCode.test(code)) return bad(problem('letter.number.unreadable', '', printed))

  const own = ownLetters?.includes('.') ? ownLetters.replaceAll('.', '') : ownLetters
  const completed = own === undefined && !order && letters !== undefined
  const before = order ? undefined : (own ?? letters)
  const body = bodyName === undefined ? '' : `${closed(bodyName)} `
  const normalized = `${before === undefined ? '' : `${before} `}${body}${code}${closed(section)}/${series}${running}`
  const urgency = urgencyWord === undefined ? undefined : urgencyOfWord[urgencyWord]
  const number = { printed, normalized, circular: series === 'ว', order, completed }
  return good(urgency === undefined ? { number } : { number, urgency })
}

/** The normalised form of a number as somebody typed it, for search and comparison; undefined when it is none. */
export function normalizeNumber(printed: string): string | undefined {
  const read = readLetterNumber(printed)
  return read.ok ? read.value.number.normalized : undefined
}

/** The number with the letters of its sender's office, when the printed form has none and needs them. */
export function completeNumber(number: LetterNumber, letters: string): LetterNumber {
  if (number.order || /^[ก-ฮ]/.test(number.normalized)) return number
  return { ...number, normalized: `${letters} ${number.normalized}`, completed: true }
}

/** `84/2551`: a running number and a Buddhist year. A file code of the same shape begins with 0 (`0017/2551`). */
const isOrder = (code: string, running: string): boolean =>
  /^[1-9][0-9]{0,4}$/.test(code) &&
  running.length === 4 &&
  Number(running) >= firstBuddhistYear &&
  Number(running) <= lastBuddhistYear

/** A name in parentheses (`(กวจ)`), without its spaces and dots. */
const closed = (name: string | undefined): string => name?.replace(/[ .]/g, '') ?? ''

function unreadable(printed: string, text: string): Problem {
  const code = cutOff.test(text) ? 'letter.number.no-running' : 'letter.number.unreadable'
  return problem(code, '', printed)
}
