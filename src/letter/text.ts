// Faults of text: what XML 1.0 cannot carry, and the signs that it was read in a wrong charset.
import { type Problem, type ProblemCode, problem } from '../problem/problem.ts'

/** What a text may be. */
interface TextRule {
  /** Unicode code points. */
  readonly limit: number
  /** Line breaks and tabs are allowed. */
  readonly lines: boolean
  /** It may not be empty. */
  readonly needed: boolean
}

// A first look that almost every text passes, three times as fast as the second: nothing but ASCII and Thai, and no sign
// that could begin what the second looks for.
const unusual = /[^\t\n\r -~\u0e01-\u0e5b]|\?\?\?|\u0e40[\u0e18\u0e19]\S\u0e40[\u0e18\u0e19]/
// The same for a text of one line.
const unusualInLine = /[^ -~\u0e01-\u0e5b]|\?\?\?|\u0e40[\u0e18\u0e19]\S\u0e40[\u0e18\u0e19]/
// The second; only what fails it is looked at closely.
const suspicious =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\uf8c1-\uf8c8\ufffd-\uffff]|[\ud800-\udfff]|\u00e0[\u00b8\u00b9]|[\u00a1-\u00fb]{5}|\?{3}|(?:\u0e40[\u0e18\u0e19]\S){4}/u

// XML 1.0 (fifth edition), section 2.2: what is no Char. C1 controls (U+0080–U+009F) are Chars, but appear only where a
// Thai charset was read as another; the same holds for U+F8C1–U+F8C8, which decoders yield for unassigned bytes.
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g
const unpaired = /[\ud800-\udfff]|[\ufffe\uffff]/gu
const unassigned = /[\u0080-\u009f\uf8c1-\uf8c8]/g
const lineBreak = /[\t\n\r]/
const thai = /[\u0e01-\u0e5b]/

const utf8AsLatin = /\u00e0[\u00b8\u00b9]/
const utf8AsThai = /(?:\u0e40[\u0e18\u0e19]\S){4}/
const thaiAsLatin = /[\u00a1-\u00fb]{5}/

const isSuspicious = (text: string): boolean => unusual.test(text) && suspicious.test(text)

/** Adds every fault of the text at `path` to `faults`. */
export function addTextFaults(faults: Problem[], text: string, path: string, rule: TextRule): void {
  if (text === '' || (rule.needed && text.trim() === '')) {
    if (rule.needed) faults.push(problem('letter.field.missing', path))
    return
  }
  // Code points are at most as many as code units and at least half: counting is needed only for texts near the limit.
  const { limit } = rule
  if (text.length > limit) {
    const length = text.length > 2 * limit ? text.length : codePoints(text)
    if (length > rule.limit) faults.push(problem('letter.field.long', path, text, { length, limit }))
  }
  // What no letter can hold anyway is looked at only as far as one could (attacks X7: cost is bounded by the limit).
  const looked = text.length > 2 * limit ? text.slice(0, 2 * limit) : text
  if (!(rule.lines ? unusual : unusualInLine).test(looked)) return
  if (!rule.lines && lineBreak.test(looked)) faults.push(problem('letter.text.line-break', path, text))
  if (suspicious.test(looked)) addCharacterFaults(faults, looked, path)
}

/** Every reason why the characters of a text cannot be what its author wrote; none for a text that is sound. */
export function characterFaults(text: string, path = ''): Problem[] {
  const faults: Problem[] = []
  if (isSuspicious(text)) addCharacterFaults(faults, text, path)
  return faults
}

function addCharacterFaults(faults: Problem[], text: string, path: string): void {
  addMatches(faults, 'letter.text.control', control, text, path)
  addMatches(faults, 'letter.text.surrogate', unpaired, text, path)
  addMatches(faults, 'letter.text.charset', unassigned, text, path)
  if (text.includes('\ufffd') || isQuestionMarks(text))
    faults.push(problem('letter.text.replaced', path, text))
  const readAs = utf8AsLatin.test(text)
    ? 'UTF-8 → Latin-1'
    : utf8AsThai.test(text)
      ? 'UTF-8 → TIS-620'
      : thaiAsLatin.test(text) && !thai.test(text)
        ? 'TIS-620 → Latin-1'
        : undefined
  if (readAs !== undefined) faults.push(problem('letter.text.mojibake', path, text, { as: readAs }))
}

function addMatches(faults: Problem[], code: ProblemCode, pattern: RegExp, text: string, path: string): void {
  const found = text.match(pattern)
  const first = found?.[0]
  if (!found || first === undefined) return
  const character = `U+${first.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
  const position = codePoints(text.slice(0, text.search(pattern))) + 1
  faults.push(problem(code, path, text, { count: found.length, character, position }))
}

/** A connection in a wrong charset turns every Thai letter into `?`: then none is left, and `?` are half of the text. */
function isQuestionMarks(text: string): boolean {
  if (!text.includes('???') || thai.test(text)) return false
  const visible = text.replace(/\s/g, '')
  return visible.replaceAll('?', '').length * 2 <= visible.length
}

/** The number of Unicode code points; a lone surrogate counts as one. */
function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
