// A problem: what is wrong, where, with which value, and what to do about it, in words for people.
import { catalogue } from './catalogue.ts'
import type { ProblemDefinition } from './definition.ts'

export type ProblemCode = keyof typeof catalogue
export type Language = 'en' | 'th'

export interface Problem {
  readonly code: ProblemCode
  /** Where: a path into the thing that was read (`letter.date`, `fields.number.as`, `row 3 column ลงวันที่`). */
  readonly path: string
  /** The value that was found, as found. It may be letter text: it is shown to people and never logged. */
  readonly value?: string
  /** Further details that the message names: `expected`, `line`, `limit` … */
  readonly details?: Readonly<Record<string, string | number>>
}

/** The outcome of reading something that may be wrong: the value, or every problem at once. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] }

export const good = <Value>(value: Value): Result<Value> => ({ ok: true, value })

/** A result that failed. `problems` holds at least one. */
export const bad = (first: Problem, ...rest: readonly Problem[]): Result<never> => ({
  ok: false,
  problems: [first, ...rest],
})

/** The problem `code` found at `path`; `details` fill the message's places. */
export function problem(
  code: ProblemCode,
  path: string,
  value?: string,
  details?: Readonly<Record<string, string | number>>,
): Problem {
  return { code, path, ...(value !== undefined && { value }), ...(details !== undefined && { details }) }
}

/** The same problem, seen from further out: `date` under `letter` is `letter.date`. */
export const within = (prefix: string, found: Problem): Problem => ({
  ...found,
  path: found.path === '' ? prefix : `${prefix}.${found.path}`,
})

export const definitionOf = (code: ProblemCode): ProblemDefinition => catalogue[code]

/** What happened, in one sentence, safe to print on a terminal. */
export function messageOf(found: Problem, language: Language = 'en'): string {
  return fill(definitionOf(found.code)[language], found)
}

/** What to do about it, in one sentence. */
export function remedyOf(found: Problem, language: Language = 'en'): string {
  return fill(definitionOf(found.code).remedy[language], found)
}

/** `path: message (remedy)` on one line, for a person at a terminal or in a report. */
export function describe(found: Problem, language: Language = 'en'): string {
  const where = found.path === '' ? '' : `${printable(found.path)}: `
  return `${where}${messageOf(found, language)} [${found.code}]`
}

/**
 * Text from outside, made safe for one line of a terminal or a log: control characters and marks that change the
 * direction of writing are escaped, and what is longer than `limit` characters is cut with `…` (attacks T10).
 */
export function printable(text: string, limit = 200): string {
  const shown = text.length > limit ? `${text.slice(0, limit)}…` : text
  return shown.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function fill(template: string, found: Problem): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => {
    if (name === 'value') return found.value === undefined ? '(none)' : `“${printable(found.value)}”`
    if (name === 'path') return printable(found.path)
    const detail = found.details?.[name]
    return detail === undefined ? place : printable(String(detail))
  })
}
