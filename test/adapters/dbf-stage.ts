// What the tests of dBase tables share: three rows with their memos, and what is read of them.
import { dbf } from '../../src/adapters/formats/dbf/dbf.ts'
import type { Companion } from '../../src/adapters/formats/format.ts'
import { good } from '../../src/problem/problem.ts'
import { recordForm } from './there-and-back.ts'

export const columns = [
  { name: 'เลข', type: 'C', length: 20 },
  { name: 'วัน', type: 'D' },
  { name: 'หน', type: 'N', length: 5 },
  { name: 'บาท', type: 'N', length: 9, decimals: 2 },
  { name: 'ดวน', type: 'L' },
]
export const noted = [...columns, { name: 'รอง', type: 'M' }]
export const versions = ['dbase3', 'dbase4', 'foxpro'] as const
export const form = (options: object = {}) =>
  recordForm(dbf, { charset: 'windows-874', columns, date: '2026-11-23', ...options })
export const names = noted.map(({ name }) => name)
export const record = (...cells: string[]) => new Map(cells.map((cell, index) => [names[index] ?? '', cell]))
export const rows = [
  record('มท 0210.3/ว3893', '25511115', '2', '12.50', 'T', 'ขอเชิญประชุม\r\nครั้งที่ ๑'),
  record('', '', '', '', '', ''),
  record('ชม 0017/1', '25510229', '-10', '-0.05', 'F', 'ก'.repeat(1500)),
]
export const table = (options: object = {}) => form(options).write(rows, names)

export const shown = (made: ReturnType<typeof form>, bytes: Buffer, companion?: Companion) =>
  made
    .read(bytes, companion)
    .map((each) =>
      each.kind === 'record'
        ? [each.record.position, ...each.record.cells.values()]
        : [each.position, ...each.problems.map(({ code }) => code)],
    )
export const codes = (bytes: Buffer, options: object = {}) =>
  shown(form(options), bytes)
    .filter(([, what]) => what?.startsWith('adapter.'))
    .map((each) => each.join(' '))
export const changed = (bytes: Buffer, change: (copy: Buffer) => void) => {
  const copy = Buffer.from(bytes)
  change(copy)
  return copy
}
export const memoOf = (made: ReturnType<typeof form>, records = rows): Companion => ({
  name: 'x.dbt',
  content: good(made.writeCompanion?.(records)?.bytes ?? Buffer.alloc(0)),
})
