// Text in columns of so many bytes: where columns begin, as blanks, the letters' numbers and their days show it.
import { problem } from '../../problem/problem.ts'
import { type ByteLine, beginning, byteLines, framed, numberAt, within } from './byte-lines.ts'
import type { CharsetGuess } from './charset.ts'
import { bounds, type Column, type Option, type SheetRead } from './sheet.ts'

interface Region {
  readonly start: number
  /** The byte behind its last. */
  readonly end: number
}

/** The columns of such text. Fails where no column of numbers or of days is found: only the system's manual can tell then. */
export function readByteColumns(bytes: Buffer, { charset, reason }: CharsetGuess): SheetRead {
  const no: SheetRead = { ok: false, problem: problem('adapter.propose.fixed-width', '') }
  if (charset.startsWith('utf-16')) return no
  const { head, records, foot } = framed(byteLines(bytes, charset))
  const number = votedNumber(records)
  const date = number && votedDate(records, number)
  if (number === undefined || date === undefined) return no
  const width = Math.max(...records.map(({ length }) => length))
  const starts = startsOf(records, number, date, width)
  const columns: Column[] = starts.slice(0, bounds.columns).map((start, index) => {
    const end = starts[index + 1] ?? width
    const name = `คอลัมน์${index + 1}`
    const option = { name, start: start + 1, length: end - start }
    return { name, option, values: records.map((line) => within(line, start, end).slice(0, bounds.cell)) }
  })
  const [whole = width, ...others] = new Set(records.map((line) => line.whole))
  const options: Option[] = [
    { key: 'charset', value: charset, reason },
    bytes.includes('\r\n')
      ? { key: 'end', value: 'crlf', reason: 'as the lines end' }
      : { key: 'end', value: 'lf', reason: 'as the lines end' },
    others.length > 0
      ? { key: 'short', value: 'blank', reason: 'lines of the sample end early' }
      : { key: 'length', value: whole, reason: 'the bytes of every line' },
    ...frame('head', head),
    ...frame('foot', foot),
  ]
  return { ok: true, value: { kind: 'fixed-width', options, columns, named: false } }
}

const frame = (key: 'head' | 'foot', lines: readonly ByteLine[]): Option[] =>
  lines.length === 0
    ? []
    : [
        {
          key,
          value: lines.map((line) => beginning(line) ?? ''),
          reason:
            'lines that are no letters, by how they begin: TO BE CHECKED, it may be more or less of them',
        },
      ]

/** Where most numbers of letters begin, up to where the longest of them ends. */
function votedNumber(records: readonly ByteLine[]): Region | undefined {
  const found = records.flatMap((line) => numberAt(line) ?? [])
  const start = mostOf(found.map((each) => each.start))
  if (start === undefined || start.count * 2 < found.length) return undefined
  const own = found.filter((each) => each.start === start.value)
  return { start: start.value, end: Math.max(...own.map(({ end }) => end)) }
}

function mostOf(values: readonly number[]): { readonly value: number; readonly count: number } | undefined {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const [best] = [...counts].toSorted(([, one], [, other]) => other - one)
  return best && { value: best[0], count: best[1] }
}

const days = [
  /^(2[45]\d\d|19[5-9]\d|20[0-6]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/,
  /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(2[45]\d\d|19[5-9]\d|20[0-6]\d)$/,
  /^[\d๐-๙]{2}[-/.][\d๐-๙]{2}[-/.][\d๐-๙]{4}$/,
  /^[\d๐-๙]{4}[-/.][\d๐-๙]{2}[-/.][\d๐-๙]{2}$/,
]

/** The bytes that hold a day in most records, behind the number or before it. */
function votedDate(records: readonly ByteLine[], number: Region): Region | undefined {
  const found = records.flatMap((line) =>
    [8, 10].flatMap((units) =>
      line.bytes.flatMap((start, unit) => {
        const end = line.bytes[unit + units] ?? line.length
        const outside = end <= number.start || start >= number.end
        return outside && days.some((form) => form.test(line.text.slice(unit, unit + units)))
          ? [start * 100 + (end - start)]
          : []
      }),
    ),
  )
  const best = mostOf(found)
  if (best === undefined || best.count * 2 < records.length) return undefined
  const start = Math.floor(best.value / 100)
  return { start, end: start + (best.value % 100) }
}

/** The bytes at which columns begin, in order. */
function startsOf(
  records: readonly ByteLine[],
  number: Region,
  date: Region,
  width: number,
): readonly number[] {
  const used = Array.from({ length: width }, () => false)
  const digits = Array.from({ length: width }, () => true)
  for (const { text, bytes, length } of records)
    for (const [unit, at] of bytes.entries()) {
      const end = bytes[unit + 1] ?? length
      const character = text[unit] ?? ''
      if (character === ' ') continue
      for (let byte = at; byte < Math.max(end, at + 1); byte += 1) used[byte] = true
      if (!/[\d๐-๙]/.test(character)) digits[at] = false
    }
  const isDigit = (byte: number): boolean => used[byte] === true && digits[byte] === true
  const inside = (byte: number, { start, end }: Region): boolean => byte > start && byte < end
  const starts = new Set([number.start, date.start])
  if (date.end < width) starts.add(date.end)
  for (let byte = 0; byte < width; byte += 1) {
    if (used[byte] !== true || inside(byte, number) || inside(byte, date)) continue
    if (byte === 0 || (used[byte - 1] !== true && isBoundary(records, byte, starts))) starts.add(byte)
    // Before the number stand counters and codes: a column ends where digits do.
    else if (byte < number.start && isDigit(byte) !== isDigit(byte - 1)) starts.add(byte)
  }
  return splitCodes(
    [...starts].filter((byte) => used[byte] === true || byte > 0),
    isDigit,
    used,
    {
      number,
      date,
      width,
    },
  )
}

/** A blank that all records have before a byte ends a column, but not within a long text that has it there by chance. */
function isBoundary(records: readonly ByteLine[], byte: number, starts: ReadonlySet<number>): boolean {
  const before = Math.max(0, ...[...starts].filter((each) => each < byte))
  return (
    records.length >= 8 ||
    records.every((line) => within(line, before, byte).length <= 10) ||
    records.some((line) => within(line, byte, byte + 3) !== '' && within(line, byte - 2, byte) === '')
  )
}

/** Codes of one digit that stand side by side before other things: `30อด` is a 3, a 0 and an office. */
function splitCodes(
  starts: readonly number[],
  isDigit: (byte: number) => boolean,
  used: readonly boolean[],
  { number, date, width }: { readonly number: Region; readonly date: Region; readonly width: number },
): readonly number[] {
  const ordered = starts.toSorted((one, other) => one - other)
  const codes = ordered.flatMap((start, index) => {
    const end = ordered[index + 1] ?? width
    if (start <= Math.max(number.start, date.start) || start === date.end) return []
    let count = 0
    while (count < 4 && start + count < end && isDigit(start + count)) count += 1
    const glued = used[start + count] === true && start + count < end
    return count > 0 && count < 4 && glued
      ? Array.from({ length: count }, (_each, step) => start + step + 1)
      : []
  })
  return [...new Set([...ordered, ...codes])].toSorted((one, other) => one - other)
}
