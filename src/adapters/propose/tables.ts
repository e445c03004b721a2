// Tables of codes, from the values that were seen: known words and numberings; what is not known is left to a person.
import { type Kind, kinds, type Secrecy, secrecies, type Urgency, urgencies } from '../../letter/codes.ts'
import { searchKey } from '../../letter/search.ts'
import { seen } from './values.ts'

export interface TableGuess {
  readonly table: Readonly<Record<string, string>>
  readonly unsaid: readonly string[]
  /** Values of the sample that nobody here can tell. */
  readonly unknown: readonly string[]
  /** Codes that the sample does not hold. */
  readonly guessed: readonly string[]
  /** Codes that count, and nothing says from 0 or from 1. */
  readonly eitherWay: boolean
}

type Meanings = Readonly<Record<string, readonly string[]>>

const urgencyWords: Readonly<Record<Urgency, readonly string[]>> = {
  ordinary: ['ปกติ', 'ธรรมดา', 'ทั่วไป', 'normal', 'ordinary', 'n', 'น', '-'],
  urgent: ['ด่วน', 'urgent', 'u', 'ด'],
  'very-urgent': ['ด่วนมาก', 'very urgent', 'vu', 'high', 'ดม'],
  'most-urgent': ['ด่วนที่สุด', 'most urgent', 'mu', 'flash', 'highest', 'ดท', 'ดส'],
}
const secrecyWords: Readonly<Record<Secrecy, readonly string[]>> = {
  ordinary: ['ปกติ', 'ไม่ลับ', 'ธรรมดา', 'เปิดเผย', 'normal', 'open', 'ordinary', '-'],
  confidential: ['ลับ', 'confidential', 'ล'],
  secret: ['ลับมาก', 'secret', 'ลม'],
  'top-secret': ['ลับที่สุด', 'top secret', 'ลท', 'ลส'],
}
const kindWords: Readonly<Record<Kind, readonly string[]>> = {
  external: ['ภายนอก', 'หนังสือภายนอก', 'external', 'ex'],
  internal: ['ภายใน', 'หนังสือภายใน', 'บันทึก', 'บันทึกข้อความ', 'internal', 'in'],
  stamped: ['ประทับตรา', 'หนังสือประทับตรา', 'stamped', 'st'],
  directive: ['สั่งการ', 'หนังสือสั่งการ', 'คำสั่ง', 'ระเบียบ', 'ข้อบังคับ', 'directive', 'or'],
  public: ['ประชาสัมพันธ์', 'หนังสือประชาสัมพันธ์', 'ประกาศ', 'public', 'pr'],
  record: ['หลักฐาน', 'รับรอง', 'record', 'rc'],
}
const truthWords: Meanings = {
  true: ['ใช่', 'เวียน', 'y', 'yes', 'true', 't', '1', '๑', 'ว'],
  false: ['ไม่ใช่', 'ไม่เวียน', 'n', 'no', 'false', 'f', '0', '๐'],
}
const noticeWords: Meanings = {
  receive: ['ได้รับ', 'รับแล้ว', 'ส่งถึง', 'ถึงแล้ว', 'r', 'rcv', 'received', 'receive', 'delivered'],
  accept: [
    'ลงรับ',
    'ลงทะเบียน',
    'ลงทะเบียนรับ',
    'ลงรับแล้ว',
    'a',
    'acc',
    'reg',
    'accepted',
    'accept',
    'registered',
  ],
  reject: ['ไม่รับ', 'ส่งคืน', 'ปฏิเสธ', 'คืน', 'x', 'rej', 'rejected', 'reject', 'refused'],
  invalid: ['ส่งผิด', 'ผิดหน่วย', 'ไม่ถูกต้อง', 'ผิด', 'i', 'err', 'inv', 'invalid', 'wrong'],
  dispute: ['ทักท้วง', 'โต้แย้ง', 'เลขรับผิด', 'd', 'dsp', 'disputed', 'dispute'],
  recall: ['เรียกคืน', 'ยกเลิก', 'ขอคืน', 'c', 'rcl', 'recalled', 'recall', 'cancelled'],
}

const lists = {
  urgency: { words: urgencyWords, order: urgencies, numbered: true },
  secrecy: { words: secrecyWords, order: secrecies, numbered: true },
  kind: { words: kindWords, order: kinds, numbered: false },
  circular: { words: truthWords, order: ['true', 'false'], numbered: false },
  notice: { words: noticeWords, order: Object.keys(noticeWords), numbered: true },
} as const

export type TableField = keyof typeof lists

/** The table of a column's codes, or nothing when none of them is known. */
export function tableGuess(field: TableField, all: readonly string[]): TableGuess | undefined {
  const { words, order, numbered } = lists[field]
  const values = seen(all).filter((value) => value.length <= 60)
  if (values.length === 0 || values.length > 30) return undefined
  const table = new Map<string, string>()
  const number = numbered ? numbering(values, order) : undefined
  const means = (value: string): string | undefined =>
    number?.codes.get(value) ??
    Object.entries<readonly string[]>(words).find(([, each]) => each.includes(wordKey(value)))?.[0]
  // First what is written: of two codes for one value the first holds.
  for (const value of values) {
    const meaning = means(value)
    if (meaning !== undefined) table.set(value, meaning)
  }
  if (table.size === 0) return undefined
  const guessed: string[] = []
  const model = values.find((value) => table.has(value)) ?? ''
  for (const meaning of order) {
    if ([...table.values()].includes(meaning)) continue
    const code =
      [...(number?.codes ?? [])].find(([, other]) => other === meaning)?.[0] ??
      likeModel(words, meaning, model)
    if (code === undefined || table.has(code)) continue
    table.set(code, meaning)
    guessed.push(code)
  }
  return {
    table: Object.fromEntries(table),
    guessed,
    eitherWay: number?.eitherWay ?? false,
    unknown: values.filter((value) => !table.has(value)),
    unsaid: order.filter((meaning) => ![...table.values()].includes(meaning)),
  }
}

/** `VERY_URGENT` and `very-urgent` are one word. */
const wordKey = (value: string): string => searchKey(value).replace(/(?<=\p{L})[_-](?=\p{L})/gu, ' ')

const thaiDigits = '๐๑๒๓๔๕๖๗๘๙'
const arabic = (value: string): string =>
  value.replace(/[๐-๙]/g, (digit) => String(thaiDigits.indexOf(digit)))

/** Codes that count from 0 or 1, with the zeros that stand before them, in the digits of the sample. */
function numbering(values: readonly string[], order: readonly string[]) {
  const found = values.filter((value) => /^(\d{1,3}|[๐-๙]{1,3})$/.test(value))
  if (found.length * 2 <= values.length) return undefined
  const numbers = found.map((value) => Number(arabic(value)))
  const from = numbers.includes(0) ? 0 : 1
  const width = Math.max(...found.map(({ length }) => length))
  const thai = found.some((value) => /[๐-๙]/.test(value))
  const printed = (index: number): string => {
    const digits = String(index + from).padStart(width, '0')
    return thai ? digits.replace(/\d/g, (digit) => thaiDigits[Number(digit)] ?? digit) : digits
  }
  const eitherWay = from === 1 && !numbers.includes(order.length)
  return { codes: new Map(order.map((meaning, index) => [printed(index), meaning])), eitherWay }
}

/** The word of a meaning in the script and the length of one that was seen: `A` with `R`, `ลงรับ` with `ไม่รับ`. */
function likeModel(words: Meanings, meaning: string, model: string): string | undefined {
  const row = Object.values(words).find((each) => each.includes(wordKey(model)))
  const at = row?.indexOf(wordKey(model)) ?? -1
  const thai = /[\u0e00-\u0e7f]/.test(model)
  const fitting = (words[meaning] ?? []).filter((word) => /[\u0e00-\u0e7f]/.test(word) === thai)
  const alike = (each: string | undefined): boolean =>
    each !== undefined && fitting.includes(each) && (model.length === 1) === (each.length === 1)
  const paired = words[meaning]?.[at]
  const word = alike(paired) ? paired : (fitting.find(alike) ?? (at >= 0 ? fitting[0] : undefined))
  if (word === undefined) return undefined
  const between = /(?<=\w)[_-](?=\w)/.exec(model)?.[0] ?? ' '
  const written = word.replaceAll(' ', between)
  return model === model.toUpperCase() && !thai ? written.toUpperCase() : written
}
