// Which canonical field of a letter each column is, and how it is written there.
import { secrecies, urgencies } from '../../letter/codes.ts'
import { findOffice, type OfficeId } from '../../letter/offices.ts'
import { attachments } from './letter-files.ts'
import { counted, type ProposedField } from './proposed-field.ts'
import type { Column, Sheet } from './sheet.ts'
import { type TableField, tableGuess } from './tables.ts'
import { dateGuess, type Guess, instantGuess, numberGuess, officeGuess, seen, share } from './values.ts'
import { keyOf, letterWords, likeness } from './words.ts'

interface Candidate {
  readonly field: string
  readonly column: Column
  readonly score: number
}

export const tables = ['urgency', 'secrecy', 'kind', 'circular'] as const

/** The fields of the letters of a sheet, in the order of the canonical letter. */
export function letterFieldsOf(read: Sheet, own: OfficeId): readonly ProposedField[] {
  const sheet = { ...read, columns: [...read.columns, ...(read.cells ?? [])] }
  const taken = assign(sheet, own)
  const of = (field: string): Column | undefined => taken.get(field)
  const found: ProposedField[] = []
  const add = (field: string, columns: readonly Column[], { as, ...guess }: Guess): void => {
    found.push({ field, at: columns.map(({ name }) => name), as, reason: counted(guess) })
  }
  const number = of('number')
  const joined =
    number !== undefined && share(numberGuess(number.values)) > 0.5 ? undefined : joinedNumber(sheet)
  if (joined !== undefined) found.push(joined)
  else if (number !== undefined) add('number', [number], numberGuess(number.values))
  const date = of('date')
  if (date !== undefined) add('date', [date], dateGuess(date.values))
  else found.push(...dayMonthYear(sheet))
  for (const field of ['subject', 'enclosureNote', 'description']) {
    const column = of(field)
    if (column !== undefined) found.push(textField(field, column))
  }
  for (const field of tables) found.push(...tableField(field, of(field)))
  const [from, to] = [of('from'), of('to')]
  if (from !== undefined) add('from', [from], officeGuess(from, false))
  if (to !== undefined) add('to', [to], officeGuess(to, true))
  else
    found.push({
      field: 'to',
      at: [],
      always: 'moi',
      reason: 'TO BE CHECKED: no column names recipients; so every letter goes to the ministry',
    })
  const signer = signerField(of('person.given'), of('person.family'), of('person.title'))
  if (signer !== undefined) found.push(signer)
  found.push(...references(taken))
  const sentAt = of('sentAt')
  const sent = sentAt && instantGuess(sentAt.values)
  if (sentAt !== undefined && sent !== undefined) add('sentAt', [sentAt], sent)
  found.push(...attachments(sheet, new Set(found.flatMap(({ at }) => at))))
  return found
}

/** Each field its likeliest column, each column one field: the surest first. */
function assign({ columns, named }: Sheet, own: OfficeId): ReadonlyMap<string, Column> {
  const candidates = columns.flatMap((column) =>
    Object.entries(letterWords).flatMap(([field, words]): Candidate[] => {
      const score = scoreOf(field, likenessOf(column.name, field, words), column, named, own)
      return score > 0 ? [{ field, column, score }] : []
    }),
  )
  return assigned(candidates)
}

export function assigned(candidates: readonly Candidate[]): ReadonlyMap<string, Column> {
  const taken = new Map<string, Column>()
  const used = new Set<Column>()
  for (const { field, column } of candidates.toSorted((one, other) => other.score - one.score)) {
    if (taken.has(field) || used.has(column)) continue
    taken.set(field, column)
    used.add(column)
  }
  return taken
}

/** A path through what a letter refers to. */
const insideReference = /(^|[/.])(อ้าง|ref)[^/.]*[/.]/i

/** How well a column's name says a field; within a reference the words of letters say what of it. */
function likenessOf(name: string, field: string, words: readonly string[]): number {
  const [whole, part = ''] = /^references\.(.*)$/.exec(field) ?? []
  const own = likeness(name, words)
  return whole === undefined || !insideReference.test(name)
    ? own
    : Math.max(own, likeness(name, letterWords[part] ?? []))
}

/** How likely a column is a field: its name's word, and whether its values are such. 0: it is not. */
function scoreOf(field: string, named: number, column: Column, headed: boolean, own: OfficeId): number {
  const { name, values } = column
  // The number and the day of a letter that this one refers to are never its own.
  if (!field.startsWith('references.') && insideReference.test(name)) return 0
  const blank = seen(values).length === 0
  const byValues = (guess: Guess, alone: number): number => {
    const right = share(guess)
    if (blank) return named >= 2 ? named - 1 : 0
    if (named === 0) return right >= (headed ? 0.9 : 0.5) ? alone : 0
    return right >= 0.5 ? named + right : named >= 2 && right > 0 ? named - 1 + right : 0
  }
  switch (field) {
    case 'number': {
      const guess = numberGuess(values)
      const strokes = seen(values).filter((value) => /[\p{L}.]/u.test(value) && value.includes('/')).length
      return column.separator !== undefined || (named < 2 && strokes * 2 < guess.of)
        ? 0
        : byValues(guess, 0.8)
    }
    case 'date':
      return column.separator === undefined ? byValues(dateGuess(values), 0.7) : 0
    case 'from':
      // Without a name, the column that says nothing but this office is whose letters they are.
      return column.separator === undefined
        ? byValues(officeGuess(column, false), isOf(values, own) ? 0.9 : 0.5)
        : 0
    case 'to':
      return named === 0 && isOf(values, own) ? 0 : byValues(officeGuess(column, true), 0.6)
    case 'urgency':
    case 'secrecy':
      // `ระดับ` says nothing of which: its words do.
      return named >= 1.5 ? named : saysLevel(field, values) ? 0.9 : 0
    case 'kind':
    case 'circular':
      return named >= 1.5 && (blank || tableGuess(field, values) !== undefined) ? named : 0
    case 'sentAt':
      return named >= 1 && share(instantGuess(values) ?? nothing) >= 0.5 ? named : 0
    case 'references.date':
      return named >= 1.5 ? named : 0
    case 'attachments':
      return 0
    case 'subject':
      return column.separator !== undefined || (blank && named < 2)
        ? 0
        : named > 0
          ? named
          : longTexts(values)
    default:
      return named >= 1.5 ? named : 0
  }
}

/** Whether every value is a word of this field, and one of them more than its ordinary one. */
function saysLevel(field: 'urgency' | 'secrecy', values: readonly string[]): boolean {
  const guess = tableGuess(field, values)
  if (guess === undefined || guess.unknown.length > 0) return false
  return seen(values).some((value) => /\p{L}{3}|\p{L}\p{M}/u.test(value) && guess.table[value] !== 'ordinary')
}

const isOf = (values: readonly string[], own: OfficeId): boolean =>
  seen(values).length > 0 && seen(values).every((value) => findOffice(value)?.id === own)

const nothing: Guess = { as: 'text', read: 0, of: 1, what: '' }
/** How likely values are subjects, by what they are alone: the longer, the likelier. At most 0.45. */
function longTexts(all: readonly string[]): number {
  const values = seen(all)
  const long = values.filter(
    (value) => value.length > 8 && /[\p{L}\p{M}]{5}/u.test(value) && !/\.\w{3,4}$/.test(value),
  )
  if (values.length === 0 || long.length * 2 < values.length) return 0
  const mean = values.reduce((sum, { length }) => sum + length, 0) / values.length
  return 0.35 + Math.min(mean, 200) / 2000
}

export function textField(field: string, column: Column): ProposedField {
  const longest = Math.max(0, ...column.values.map((value) => [...value].length))
  const blanks = column.values.some((value) => value !== value.trim())
  const as = { text: { overflow: 'spill', ...((blanks || column.trimmed === true) && { trim: true }) } }
  return {
    field,
    at: [column.name],
    as,
    reason: `the longest has ${longest} characters; if the system has a bound, say it (max: 150)${blanks ? '; blanks stand around some' : ''}`,
  }
}

/** Who signs: letters to the system name titles and names that its cells cannot hold, and must not be refused for it. */
function signerField(given?: Column, family?: Column, title?: Column): ProposedField | undefined {
  if (given === undefined) return undefined
  const [parts, columns] =
    family === undefined
      ? [
          ['name', ...(title === undefined ? [] : ['jobTitle'])],
          [given, title],
        ]
      : [
          ['givenName', 'familyName', ...(title === undefined ? [] : ['jobTitle'])],
          [given, family, title],
        ]
  return {
    field: 'from.person',
    at: columns.flatMap((column) => (column === undefined ? [] : [column.name])),
    as: { person: { parts, overflow: 'spill' } },
    reason: 'by the names of the columns',
  }
}

export function tableField(field: TableField, column: Column | undefined): readonly ProposedField[] {
  const tags = column === undefined ? undefined : tagsOf(field, column)
  const values = tags?.values ?? column?.values ?? []
  const found = column && tableGuess(field, values)
  const name = field === 'notice' ? 'kind' : field
  if (column !== undefined && found === undefined && (name === 'secrecy' || name === 'urgency'))
    return [unknownCodes(name, column)]
  if (column === undefined || found === undefined)
    return name === 'secrecy'
      ? [
          {
            field: name,
            at: [],
            always: 'ordinary',
            reason: 'no column says it: letters that are secret are refused on their way here',
          },
        ]
      : []
  const { table, guessed, unknown, unsaid, eitherWay } = found
  const reason = [
    `${seen(values).length - unknown.length} of ${seen(values).length} codes are known`,
    ...(tags === undefined ? [] : ['some letters have several, and the highest counts']),
    ...(eitherWay ? ['TO BE CHECKED: the sample does not say whether they count from 0 or from 1'] : []),
    ...(guessed.length === 0
      ? []
      : [`TO BE CHECKED: not in the sample, a guess: ${guessed.map(quoted).join(', ')}`]),
    ...(unknown.length === 0
      ? []
      : [`TO BE COMPLETED: what do they mean: ${unknown.slice(0, 10).map(quoted).join(', ')}`]),
  ].join('; ')
  const needed = name === 'kind' && field === 'notice' ? [] : unsaid
  const as = tags === undefined ? { table } : { highest: { separator: tags.separator, of: { table } } }
  return [{ field: name, at: [column.name], as, ...(needed.length > 0 && { unsaid: needed }), reason }]
}

/** Tags of urgency or secrecy of which several stand in a cell: one for each recipient, and the highest counts. */
function tagsOf(
  field: TableField,
  { values, separator: own }: Column,
): { readonly separator: string; readonly values: readonly string[] } | undefined {
  if (field !== 'urgency' && field !== 'secrecy') return undefined
  for (const separator of own === undefined ? ['\n', ',', ';', '|'] : [own]) {
    if (!values.some((value) => value.includes(separator))) continue
    const tags = values.flatMap((value) => value.split(separator).map((tag) => tag.trim()))
    if (tableGuess(field, tags)?.unknown.length === 0) return { separator, values: tags }
  }
  return undefined
}

/** Codes that nobody knows yet are no reason to take a secret letter for an ordinary one: until they are said, such a letter is a fault. */
function unknownCodes(field: 'secrecy' | 'urgency', { name, values }: Column): ProposedField {
  const codes = [...new Set(seen(values))].slice(0, 10).map(quoted).join(', ')
  const which = codes === '' ? 'the sample has none of its codes' : `none of its codes is known: ${codes}`
  return {
    field,
    at: [name],
    as: { table: { ปกติ: 'ordinary' } },
    unsaid: (field === 'secrecy' ? secrecies : urgencies).filter((each) => each !== 'ordinary'),
    reason: `TO BE COMPLETED: ${which}; until then letters with such a code go to quarantine`,
  }
}

const quoted = (value: string): string => JSON.stringify(value.slice(0, 40))

/** A number that stands in two columns, before and behind the stroke. */
function joinedNumber({ columns }: Sheet): ProposedField | undefined {
  const like = columns.filter(
    ({ name, separator }) => separator === undefined && likeness(name, letterWords['number'] ?? []) >= 1,
  )
  for (const one of like)
    for (const other of like) {
      const both = one.values
        .map((value, index) => [value, other.values[index] ?? ''] as const)
        .filter(([a, b]) => a !== '' && b !== '')
      const guess = numberGuess(both.map(([a, b]) => `${a}/${b}`))
      if (
        one === other ||
        both.length === 0 ||
        share(guess) < 0.5 ||
        both.some(([a]) => a.includes('/') || !/\p{L}|\./u.test(a))
      )
        continue
      const as = { join: { template: '{before}/{behind}', of: 'letter-number' } }
      return { field: 'number', at: [one.name, other.name], as, reason: counted(guess) }
    }
  return undefined
}

/** A day in three columns. */
function dayMonthYear({ columns }: Sheet): readonly ProposedField[] {
  const at = (...names: string[]) =>
    columns.find(({ name }) =>
      [/^.*[/@:]/, /^.*[/.@:]/].some((before) => names.includes(keyOf(name.replace(before, '')))),
    )
  const [day, month, year] = [
    at('วัน', 'day', 'd', 'วันที่'),
    at('เดือน', 'month', 'm'),
    at('ปี', 'year', 'y', 'พศ'),
  ]
  if (day === undefined || month === undefined || year === undefined) return []
  const worded = seen(month.values).some((value) => /\p{L}/u.test(value))
  const [between, template] = worded ? [' ', '{d} {m} {y}'] : ['/', '{d}/{m}/{y}']
  const guess = dateGuess(
    day.values.map((value, index) => [value, month.values[index], year.values[index]].join(between)),
  )
  const as = { join: { template, of: guess.as } }
  return [{ field: 'date', at: [day.name, month.name, year.name], as, reason: counted(guess) }]
}

/** References are lists side by side, with one separator. */
function references(taken: ReadonlyMap<string, Column>): readonly ProposedField[] {
  const number = taken.get('references.number')
  if (number === undefined) return []
  const values = seen(['date', 'number'].flatMap((part) => taken.get(`references.${part}`)?.values ?? []))
  const separator =
    number.separator ??
    [' | ', ';', '|', ', ', ',', '\n'].find((one) => values.some((value) => value.includes(one))) ??
    ';'
  const several = values.some((value) => value.includes(separator))
  return ['references.number', 'references.date', 'references.subject'].flatMap((field): ProposedField[] => {
    const column = taken.get(field)
    if (column === undefined) return []
    const parts = seen(column.values.flatMap((value) => value.split(column.separator ?? separator)))
    const date = dateGuess(parts)
    if (field === 'references.date' && parts.length > 0 && share(date) < 0.5) return []
    const of = field === 'references.date' ? { of: date.as } : {}
    return [
      {
        field,
        at: [column.name],
        as: { list: { separator: column.separator ?? separator, ...of } },
        reason:
          several || number.separator !== undefined
            ? 'several stand in one cell'
            : 'TO BE CHECKED: no cell holds several, so the separator is a guess',
      },
    ]
  })
}
