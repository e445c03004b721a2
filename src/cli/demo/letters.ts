// The 23 real letters of the roll-out of B.E. 2551 (data/letters-2551.csv), as a clerk of each office would enter them.
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { type OfficeId, officeById } from '../../letter/offices.ts'
import { makePdf, makePng } from '../../sandbox/paper.ts'
import type { ClerkLetter, Scan } from '../../sandbox/systems/system.ts'

/** One row of the list, as printed: Thai and Arabic digits mixed, spacing uneven, one date missing. */
export interface PrintedLetter {
  readonly item: string
  readonly number: string
  readonly date: string
  readonly urgency: string
  readonly subject: string
}

/** The list, in its order. */
export function readPrintedLetters(): readonly PrintedLetter[] {
  const file = new URL('../../../data/letters-2551.csv', import.meta.url)
  const rows = parse(readFileSync(file), { columns: true, bom: true }) as Record<string, string>[]
  return rows.map((row) => ({
    item: row['item'] ?? '',
    number: row['number_printed'] ?? '',
    date: row['date_printed'] ?? '',
    urgency: row['urgency_printed'] ?? '',
    subject: row['subject'] ?? '',
  }))
}

/** The scans of a letter from one office: always a PDF, for every third letter a picture too. */
export function scansOf(letter: PrintedLetter, from: OfficeId, to: string): readonly [Scan, ...Scan[]] {
  const item = Number(letter.item)
  const english = officeById(from).en
  const pdf: Scan = {
    name: `letter-${from}-${letter.item}.pdf`,
    mediaType: 'application/pdf',
    bytes: makePdf(letter.subject, [
      `Item ${letter.item} of the roll-out of B.E. 2551`,
      `From ${english} to ${to}`,
    ]),
  }
  if (item % 3 !== 0) return [pdf]
  const picture: Scan = {
    name: `map-${from}-${letter.item}.png`,
    mediaType: 'image/png',
    bytes: makePng(64, 48, item),
  }
  return [pdf, picture]
}

/** The letter as a province's clerk enters it, to the ministry. */
export const clerkLetter = (letter: PrintedLetter, from: OfficeId, to: OfficeId): ClerkLetter => ({
  number: letter.number,
  date: letter.date,
  subject: letter.subject,
  urgency: letter.urgency,
  to,
  scans: scansOf(letter, from, to),
})
