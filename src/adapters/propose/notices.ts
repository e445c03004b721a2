// The fields of notices: from a sample of them, or in the words of the letters' columns.
import { noticeKinds } from '../../letter/notice.ts'
import { assigned, tableField, textField } from './letters.ts'
import { bodyCell } from './mails.ts'
import { counted, type ProposedField } from './proposed-field.ts'
import type { Column, Option, Sheet } from './sheet.ts'
import { tableGuess } from './tables.ts'
import { dateGuess, instantGuess, numberGuess, officeGuess, seen, share } from './values.ts'
import { likeness, noticeWords } from './words.ts'

export interface ProposedNotices {
  readonly fields: readonly ProposedField[]
  /** Columns of the format, as they stand in it. */
  readonly columns: readonly unknown[]
  /** Of the format, where they are other than the letters'. */
  readonly options: readonly Option[]
  /** Kinds that the system has no code for. */
  readonly untold: readonly string[]
}

/** The fields of a sample of notices. */
export function noticesOf(sheet: Sheet): ProposedNotices | undefined {
  const candidates = sheet.columns.flatMap((column) =>
    Object.entries(noticeWords).flatMap(([field, words]) => {
      const score = scoreOf(field, likeness(column.name, words), column)
      return score > 0 ? [{ field, column, score }] : []
    }),
  )
  const taken = assigned(candidates)
  const [kind, number] = [taken.get('kind'), taken.get('number')]
  if (kind === undefined || number === undefined) return undefined
  const table = tableGuess('notice', kind.values)
  const fields: ProposedField[] = [
    ...(table === undefined ? [unknownKinds(kind)] : tableField('notice', kind)),
    { field: 'number', at: [number.name], as: 'letter-number', reason: counted(numberGuess(number.values)) },
  ]
  const date = taken.get('date')
  if (date !== undefined) {
    const guess = dateGuess(date.values)
    fields.push({ field: 'date', at: [date.name], as: guess.as, reason: counted(guess) })
  }
  const office = taken.get('office')
  if (office !== undefined) {
    const guess = officeGuess(office, false)
    fields.push({ field: 'office', at: [office.name], as: guess.as, reason: counted(guess) })
  }
  const at = taken.get('at')
  const instant = at && instantGuess(at.values)
  if (at !== undefined && instant !== undefined)
    fields.push({ field: 'at', at: [at.name], as: instant.as, reason: counted(instant) })
  const messageId = taken.get('messageId')
  if (messageId !== undefined) fields.push(plain('messageId', messageId.name, 'by its name', sheet))
  const received = taken.get('receiveNumber')
  const more: unknown[] = []
  if (received === undefined) {
    const own = namesFor(sheet).receiveNumber
    more.push(...laid(sheet, [{ name: own, length: 30 }], endOf(sheet)))
    const reason = 'TO BE CHECKED: the sample has no column for it; such a one is added'
    fields.push(plain('receiveNumber', own, reason, sheet))
  } else fields.push(plain('receiveNumber', received.name, 'by its name', sheet))
  const reason = taken.get('reason')
  fields.push(
    reason === undefined
      ? { field: 'reason', at: [], always: '', reason: 'no column says it: reasons stand in a file beside' }
      : textField('reason', reason),
  )
  const columns = [...sheet.columns.map(({ option }) => option), ...more]
  return { fields, columns, options: sheet.options, untold: table?.unsaid ?? [] }
}

/** Codes that nobody here can tell: each stands in the table without a meaning, and `profile check` names it until it has one. */
function unknownKinds({ name, values }: Column): ProposedField {
  const codes = [...new Set(seen(values))].slice(0, 30)
  return {
    field: 'kind',
    at: [name],
    as: { table: Object.fromEntries(codes.map((code) => [code, 'TO-BE-COMPLETED'])) },
    reason: `TO BE COMPLETED: none of its codes is known: say of each which it is: ${noticeKinds.join(', ')}`,
  }
}

const plain = (field: string, name: string, reason: string, { kind }: Sheet): ProposedField => ({
  field,
  at: [name],
  as: kind === 'mail' ? { text: { trim: true } } : 'text',
  reason,
})

function scoreOf(field: string, named: number, column: Column): number {
  const blank = seen(column.values).length === 0
  switch (field) {
    case 'kind':
      if (tableGuess('notice', column.values) !== undefined) return named + 0.1
      // By its name alone only where no column has codes that are known.
      return named >= 1.5 && !blank ? named / 100 : 0
    case 'number':
      return share(numberGuess(column.values)) >= 0.5 && named > 0 ? named + 1 : 0
    case 'date':
      return named > 0 && (blank || share(dateGuess(column.values)) >= 0.5) ? named : 0
    case 'office':
      return named > 0 && share(officeGuess(column, false)) >= 0.5 ? named + 1 : 0
    case 'at':
      return named > 0 && share(instantGuess(column.values) ?? { as: '', read: 0, of: 1, what: '' }) >= 0.5
        ? named + 1
        : 0
    default:
      return named >= 1.5 ? named : 0
  }
}

/** Notices in the letters' form, of which no sample was given: their columns are a proposal to whoever runs the system. */
export function noticesLike(sheet: Sheet, letters: readonly ProposedField[]): ProposedNotices {
  const own = namesFor(sheet)
  const copy = ['number', 'date'].flatMap((field) => letters.filter((each) => each.field === field))
  const office = letters.find(({ field, at }) => field === 'from' && at.length > 0)
  const codes = own.ascii
    ? { R: 'receive', A: 'accept', X: 'reject', I: 'invalid', D: 'dispute', C: 'recall' }
    : { ส่งถึง: 'receive', ลงรับ: 'accept', ไม่รับ: 'reject', ส่งผิด: 'invalid', ทักท้วง: 'dispute', เรียกคืน: 'recall' }
  const fields: ProposedField[] = [
    {
      field: 'kind',
      at: [own.kind],
      as: { table: codes },
      reason:
        'TO BE CHECKED: no sample of notices was given; agree on the words with whoever runs the system',
    },
    ...copy.map((each) => ({ ...each, reason: 'as in letters' })),
    {
      field: 'office',
      at: [own.office],
      as: office?.as ?? { office: { write: 'name' } },
      reason: 'the office at the other end',
    },
    plain('receiveNumber', own.receiveNumber, 'any text', sheet),
    {
      field: 'reason',
      at: [own.reason],
      as: { text: { overflow: 'spill', ...(sheet.kind === 'mail' && { trim: true }) } },
      reason: 'why a letter is refused',
    },
  ]
  const copied = new Set(copy.flatMap(({ at }) => at))
  const columns = [
    { name: own.kind, length: 10 },
    ...sheet.columns.filter(({ name }) => copied.has(name)).map(({ name, option }) => ({ name, option })),
    { name: own.office, length: 60 },
    { name: own.receiveNumber, length: 30 },
    { name: own.reason, length: 200 },
  ]
  return {
    fields,
    columns: laid(sheet, columns, 0),
    options:
      sheet.kind === 'mail'
        ? mailOptions(sheet, copy)
        : sheet.options.filter(({ key }) => !['head', 'foot', 'length'].includes(key)),
    untold: noticeKinds.filter((kind) => !Object.values<string>(codes).includes(kind)),
  }
}

/** How a mail of notices begins, told apart from one of letters; it has no file of a letter. */
function mailOptions({ options }: Sheet, [number]: readonly ProposedField[]): readonly Option[] {
  const label = number?.at[0]?.slice(bodyCell.length) ?? ''
  const value = `แจ้งผลหนังสือ {${label}}`
  const reason = 'TO BE CHECKED: a proposal; no mail of letters may begin so'
  return [
    ...options.filter(({ key }) => key !== 'subject' && key !== 'main'),
    { key: 'subject', value, reason },
  ]
}

/** Names of columns in the script of those that the letters have; none that a letter's column has already. */
function namesFor({ columns, kind }: Sheet) {
  const thai = columns.some(({ name }) => /[\u0e00-\u0e7f]/.test(name))
  const upper = kind === 'dbf' || columns.every(({ name }) => name === name.toUpperCase())
  const used = new Set(columns.map(({ name }) => name))
  const cased = (word: string): string => {
    const bare = thai ? word : upper ? word.toUpperCase() : word
    const one = kind === 'mail' ? `${bodyCell}${bare}` : bare
    return used.has(one) ? `${one}2` : one
  }
  return thai
    ? {
        ascii: false,
        kind: cased('ผลหนังสือ'),
        office: cased('หน่วยตอบ'),
        receiveNumber: cased('เลขรับ'),
        reason: cased('เหตุผล'),
      }
    : {
        ascii: true,
        kind: cased('result'),
        office: cased('unit'),
        receiveNumber: cased('recvno'),
        reason: cased('reason'),
      }
}

interface NewColumn {
  readonly name: string
  /** In bytes, where the format has lengths. */
  readonly length?: number
  /** As it stands in the letters' format. */
  readonly option?: unknown
}

/** Columns as they stand in the format; those of bytes stand one behind the other, the first behind the byte `from`. */
function laid({ kind }: Sheet, columns: readonly NewColumn[], from: number): readonly unknown[] {
  let start = from + 1
  return columns.map(({ name, length, option }) => {
    if (kind === 'fixed-width') {
      const bytes = length ?? lengthOf(option)
      const placed = { name, start, length: bytes }
      start += bytes
      return placed
    }
    if (option !== undefined) return option
    return kind === 'dbf' ? { name, type: 'C', length } : kind === 'mail' ? name.slice(bodyCell.length) : name
  })
}

const lengthOf = (option: unknown): number => numberIn(option, 'length')
const endOf = ({ columns }: Sheet): number =>
  Math.max(0, ...columns.map(({ option }) => numberIn(option, 'start') + numberIn(option, 'length') - 1))

function numberIn(option: unknown, key: string): number {
  const found = typeof option === 'object' && option !== null ? Object.entries(option) : []
  return Number(found.find(([name]) => name === key)?.[1] ?? 0)
}
