// A letter with some of its fields said anew, and what that changes. Pure.
import { bad, type Problem, problem, type Result } from '../problem/problem.ts'
import { checkLetter, type LetterDraft } from './check.ts'
import { letterFromJson, letterToJson } from './json.ts'
import type { Attachment, Letter } from './letter.ts'

export interface LetterChanges {
  /** Fields of the canonical JSON, each said anew as a whole: `{ "subject": "…", "to": ["51"] }`. Attachments are said below. */
  readonly fields: Readonly<Record<string, unknown>>
  /** A main file takes the place of the main file. Each other takes the place of the attachment of its name, and is what that was; else it comes after the others. */
  readonly attach: readonly Attachment[]
  /** Names of attachments that the letter is to have no more. */
  readonly drop: readonly string[]
}

/** One field as it was and as it is to be, in canonical JSON; null where it was not said. */
export interface Difference {
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** The letter as the changes make it, checked as any other; or every fault of them. Its sender is never another. */
export function changedLetter(letter: Letter, { fields, attach, drop }: LetterChanges): Result<Letter> {
  const problems: Problem[] = []
  const { attachments: said, ...rest } = fields
  if (said !== undefined) problems.push(problem('letter.correct.attachments', 'attachments'))
  const read = letterFromJson(rest)
  if (!read.ok) problems.push(...read.problems)
  const draft = read.ok ? draftOf(letter, rest, read.value.draft) : letter
  if (draft.from !== undefined && draft.from.office !== letter.from.office) {
    const { office } = letter.from
    problems.push(problem('letter.sender.other', 'from.office', draft.from.office, { office }))
  }
  const names = letter.attachments.map(({ name }) => name)
  for (const name of drop)
    if (!names.includes(name))
      problems.push(
        problem('letter.correct.attachment-unknown', 'drop', name, { names: names.join(', ') || '-' }),
      )
  const { attachments, twice } = attachmentsOf(letter, attach, drop)
  for (const { name } of twice) problems.push(problem('letter.correct.attachment-twice', 'attach', name))
  // That a letter loses its main file nobody means who does not say so: it would arrive as a page of enclosures.
  const lost = hasMain(letter.attachments) && !hasMain(attachments)
  if (lost) problems.push(problem('letter.correct.main', 'drop', letter.number.printed))
  const checked = checkLetter(draft, attachments)
  // What cannot be read has no fields to be checked: its own faults say enough.
  if (!checked.ok && read.ok) problems.push(...checked.problems)
  const [first, ...more] = problems
  return first === undefined ? checked : bad(first, ...more)
}

/** What was said takes the place of what was; the number brings its own mark of a circular and of urgency, where nothing else says them. */
function draftOf(letter: Letter, said: LetterChanges['fields'], read: LetterDraft): LetterDraft {
  const isSaid = (name: string): boolean => said[name] !== undefined && said[name] !== null
  const taken = Object.fromEntries(Object.entries(read).filter(([name]) => isSaid(name)))
  const renumbered = isSaid('number')
  return {
    ...letter,
    ...(renumbered && read.number?.circular === true && { circular: true }),
    ...(renumbered && read.urgency !== 'ordinary' && { urgency: read.urgency }),
    ...taken,
  }
}

const hasMain = (attachments: readonly Attachment[]): boolean =>
  attachments.some(({ role }) => role === 'main')

/** `twice`: what would take the place of another that was said anew too. */
function attachmentsOf(
  letter: Letter,
  attach: readonly Attachment[],
  drop: readonly string[],
): { readonly attachments: readonly Attachment[]; readonly twice: readonly Attachment[] } {
  const attachments: Attachment[] = letter.attachments.filter(({ name }) => !drop.includes(name))
  const twice: Attachment[] = []
  const placed = new Set<Attachment>()
  for (const fresh of attach) {
    const main = fresh.role === 'main' ? attachments.findIndex(({ role }) => role === 'main') : -1
    const place = main < 0 ? attachments.findIndex(({ name }) => name === fresh.name) : main
    const old = attachments[place]
    if (old !== undefined && placed.has(old)) twice.push(fresh)
    else if (old === undefined) {
      attachments.push(fresh)
      placed.add(fresh)
    } else {
      const here = { ...fresh, role: fresh.role === 'main' ? 'main' : old.role }
      attachments[place] = here
      placed.add(here)
    }
  }
  return { attachments, twice }
}

/** What differs between two letters, in the order of the canonical JSON. */
export function differencesOf(before: Letter, after: Letter): readonly Difference[] {
  const [was, is] = [letterToJson(before), letterToJson(after)] as const
  const fields = new Set([...Object.keys(was), ...Object.keys(is)] as (keyof typeof was)[])
  return [...fields].flatMap((field) => {
    const [one, other] = [was[field] ?? null, is[field] ?? null]
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [{ field, before: one, after: other }]
  })
}
