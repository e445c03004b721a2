// What rivals for tables and texts of old systems have in common: windows-874, formulas, people in three cells.
import iconv from 'iconv-lite'
import type { Person } from '../../src/letter/letter.ts'
import { fail } from './hand.ts'

export function personOf(givenName: string, familyName: string, jobTitle: string): Person | undefined {
  return givenName === '' && familyName === '' && jobTitle === ''
    ? undefined
    : { givenName, familyName, jobTitle }
}

/** What a spreadsheet would run as a formula gets a mark, as the profile says. */
export const guarded = (cell: string): string =>
  /^'*\s*[=+\-@＝＋－＠]|^'*[\t\r]/.test(cell) ? `'${cell}` : cell
export const unguarded = (cell: string): string =>
  /^'+\s*[=+\-@＝＋－＠]|^'+[\t\r]/.test(cell) ? cell.slice(1) : cell

/** What windows-874 has no byte for; iconv-lite would write `?`. */
const unsayable =
  /[^\u0000-\u007f\u00a0\u0e01-\u0e3a\u0e3f-\u0e5b\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u20ac]/

/** Text in windows-874. */
export const encoded = (text: string): Buffer =>
  unsayable.test(text) ? fail('a text that windows-874 cannot say', text) : iconv.encode(text, 'windows-874')
