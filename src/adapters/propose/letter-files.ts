// The files of letters: those that a mail carries, that stand in cells as base64, or whose names stand there.
import { counted, type ProposedField } from './proposed-field.ts'
import type { Column, Sheet } from './sheet.ts'
import { fileGuess, seen, share } from './values.ts'
import { letterWords, likeness } from './words.ts'

const base64 = /^(data:[^,]{1,100},)?[A-Za-z0-9+/\s]{4,}={0,2}$/

/** Columns that hold whole files as base64, each beside one of their names; lists of them have one separator. */
function filesInCells(columns: readonly Column[]): readonly ProposedField[] {
  const parts = ({ values, separator }: Column): readonly string[] =>
    seen(values.flatMap((value) => (separator === undefined ? [value] : value.split(separator))))
  const pairs = columns.flatMap((content): (readonly [Column, Column])[] => {
    const said = /content|data|base64|เนื้อหา/i.test(content.name)
    const files = parts(content)
    const whole = (part: string): boolean =>
      base64.test(part) && (said || part.endsWith('=') || part.startsWith('data:'))
    if (files.length === 0 || !files.every(whole)) return []
    const parent = content.name.replace(/[^/.]*$/, '')
    const name = columns.find(
      (each) =>
        each !== content &&
        each.separator === content.separator &&
        each.name.replace(/[^/.]*$/, '') === parent &&
        share(fileGuess(each)) >= 0.5,
    )
    return name === undefined ? [] : [[content, name]]
  })
  const separators = new Set(pairs.flatMap(([{ separator }]) => separator ?? []))
  if (pairs.length === 0 || separators.size > 1) return []
  const [separator] = separators
  const uri = pairs.some(([content]) => parts(content).some((part) => part.startsWith('data:')))
  const as = {
    base64: {
      parts: ['content', 'name'],
      ...(separator !== undefined && { separator }),
      ...(uri && { uri }),
    },
  }
  return [
    {
      field: 'attachments',
      at: pairs.flatMap((pair) => pair.map(({ name }) => name)),
      as,
      reason: 'whole files stand in cells, as base64, the first the letter itself',
    },
  ]
}

/** Columns that name files, in their order; the last may hold several. */
export function attachments({ columns, kind }: Sheet, used: ReadonlySet<string>): readonly ProposedField[] {
  if (kind === 'mail')
    return [
      {
        field: 'attachments',
        at: ['main', 'enclosures'],
        as: { 'file-beside': { separator: '/' } },
        reason: 'the files of the mail',
      },
    ]
  const inside = kind === 'json-records' || kind === 'xml' ? filesInCells(columns) : []
  if (inside.length > 0) return inside
  const files = columns
    .filter(({ name }) => !used.has(name))
    .map((column) => ({
      column,
      named: likeness(column.name, letterWords['attachments'] ?? []),
      guess: fileGuess(column),
    }))
    .filter(({ named, guess }) => (guess.of === 0 ? named >= 2 : share(guess) >= (named >= 1 ? 0.5 : 0.9)))
  const last = files.at(-1)
  if (last === undefined) return []
  const counts = files.reduce((sum, { guess }) => ({ read: sum.read + guess.read, of: sum.of + guess.of }), {
    read: 0,
    of: 0,
  })
  return [
    {
      field: 'attachments',
      at: files.map(({ column }) => column.name),
      as: last.guess.as,
      reason: counted({ ...counts, what: 'names of files that stand beside, the first the letter itself' }),
    },
  ]
}
