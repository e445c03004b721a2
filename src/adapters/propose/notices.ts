// The fields of notices: from a sample of them, or in the words of the letters' columns.
import { noticeKinds } from '../../letter/notice.ts'
import { assigned, counted, type ProposedField, tableField, textField } from './letters.ts'
import type { Column, Sheet } from './sheet.ts'
import { tableGuess } from './tables.ts'
import { dateGuess, instantGuess, numberGuess, officeGuess, seen, share } from './values.ts'
import { likeness, noticeWords } from './words.ts'

export interface ProposedNotices {
  readonly fields: readonly ProposedField[]
  /** Columns of the format, as they stand in it. */
  readonly columns: readonly unknown[]
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
  if (table === undefined || !Object.values(table.table).includes('accept')) return undefined
  const fields: ProposedField[] = [
    ...tableField('notice', kind),
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
  if (messageId !== undefined) fields.push(plain('messageId', messageId.name, 'by its name'))
  const received = taken.get('receiveNumber')
  const more: unknown[] = []
  if (received === undefined) {
    const own = namesFor(sheet).receiveNumber
    more.push(optionOf(sheet, own, 30))
    fields.push(
      plain('receiveNumber', own, 'TO BE CHECKED: the sample has no column for it; such a one is added'),
    )
  } else fields.push(plain('receiveNumber', received.name, 'by its name'))
  const reason = taken.get('reason')
  fields.push(
    reason === undefined
      ? { field: 'reason', at: [], always: '', reason: 'no column says it: reasons stand in a file beside' }
      : textField('reason', reason),
  )
  return { fields, columns: [...sheet.columns.map(({ option }) => option), ...more], untold: table.unsaid }
}

const plain = (field: string, name: string, reason: string): ProposedField => ({
  field,
  at: [name],
  as: 'text',
  reason,
})

function scoreOf(field: string, named: number, column: Column): number {
  const blank = seen(column.values).length === 0
  switch (field) {
    case 'kind':
      return tableGuess('notice', column.values) === undefined ? 0 : named + 0.1
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
    plain('receiveNumber', own.receiveNumber, 'any text'),
    {
      field: 'reason',
      at: [own.reason],
      as: { text: { overflow: 'spill' } },
      reason: 'why a letter is refused',
    },
  ]
  const copied = new Set(copy.flatMap(({ at }) => at))
  const columns = [
    optionOf(sheet, own.kind, 10),
    ...sheet.columns.filter(({ name }) => copied.has(name)).map(({ option }) => option),
    optionOf(sheet, own.office, 60),
    optionOf(sheet, own.receiveNumber, 30),
    optionOf(sheet, own.reason, 200),
  ]
  return {
    fields,
    columns,
    untold: noticeKinds.filter((kind) => !Object.values<string>(codes).includes(kind)),
  }
}

/** Names of columns in the script of those that the letters have; none that a letter's column has already. */
function namesFor({ columns, kind }: Sheet) {
  const thai = columns.some(({ name }) => /[\u0e00-\u0e7f]/.test(name))
  const upper = kind === 'dbf' || columns.every(({ name }) => name === name.toUpperCase())
  const used = new Set(columns.map(({ name }) => name))
  const cased = (word: string): string => {
    const one = thai ? word : upper ? word.toUpperCase() : word
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

const optionOf = ({ kind }: Sheet, name: string, length: number): unknown =>
  kind === 'dbf' ? { name, type: 'C', length } : name
