// Letters per second for each format, through a shipped profile: read and written, against hand-written TypeScript for the
// same mapping, and parsed, against the bare parser. Rivals take turns, and prove first that they do the same work.

import { formsOf } from '../../src/adapters/adapter.ts'
import { readDocument } from '../../src/adapters/formats/e-cms/message.ts'
import { JsonText } from '../../src/adapters/formats/json-records/parse.ts'
import { readDump } from '../../src/adapters/formats/row-dump.ts'
import { readStrictJson } from '../../src/adapters/formats/strict-json.ts'
import { systemClock } from '../../src/letter/time.ts'
import { chosen, type Options } from '../options.ts'
import type { Row } from '../row.ts'
import { handCsv, parseCsv } from './hand-csv.ts'
import { dbffileParser, handDbf } from './hand-dbf.ts'
import { handEcms, parseEcms } from './hand-e-cms.ts'
import { handFixedWidth, parseFixedWidth } from './hand-fixed-width.ts'
import { handHtmlTable, parseHtmlTable } from './hand-html-table.ts'
import { handJson, parseJson } from './hand-json.ts'
import { handJsonRecords } from './hand-json-records.ts'
import { handMail, parseMail } from './hand-mail.ts'
import { handRows } from './hand-rows.ts'
import { handXlsx, parseXlsx } from './hand-xlsx.ts'
import { handXml, parseXml } from './hand-xml.ts'
import { type Prepared, prepare, profileOf, type Subject } from './subject.ts'
import { duel, turn } from './turns.ts'

export const name = 'formats'

/** Letters in the file of a day. */
const day = 25

const json = { name: 'JSON.parse', parse: parseJson }

export const subjects: readonly Subject[] = [
  {
    profile: 'chiang-mai-csv',
    batch: day,
    without: [],
    hand: handCsv,
    parser: { name: 'csv-parse and iconv-lite', parse: parseCsv },
  },
  {
    profile: 'udon-thani-fixed-width',
    batch: day,
    without: ['references', 'person', 'enclosureNote', 'sentAt', 'description'],
    hand: handFixedWidth,
    parser: { name: 'iconv-lite and slice', parse: parseFixedWidth },
  },
  {
    profile: 'buri-ram-dbf',
    batch: day,
    without: ['reference dates', 'reference subjects', 'job title'],
    hand: handDbf,
    parser: { name: 'dbffile', parse: dbffileParser() },
  },
  {
    profile: 'krabi-xml',
    batch: day,
    without: ['reference dates', 'sentAt'],
    hand: handXml,
    parser: { name: 'fast-xml-parser', parse: parseXml },
  },
  {
    profile: 'chon-buri-xls',
    batch: day,
    without: ['sentAt'],
    hand: handHtmlTable,
    parser: { name: 'htmlparser2 and iconv-lite', parse: parseHtmlTable },
  },
  {
    profile: 'rayong-xlsx',
    batch: day,
    without: ['person', 'enclosureNote', 'description'],
    hand: handXlsx,
    parser: { name: 'fflate and saxes', parse: parseXlsx },
  },
  {
    profile: 'chiang-rai-json',
    batch: 1,
    without: [],
    hand: handJson,
    parser: json,
    ownParser: readStrictJson,
  },
  {
    profile: 'kanchanaburi-web',
    batch: 1,
    without: ['references', 'person', 'sentAt', 'description'],
    hand: handJsonRecords,
    parser: json,
    // Up to the values: what JSON.parse does. Cells are made of them in `read`.
    ownParser: (bytes) => new JsonText(bytes.toString('utf8')).value(),
  },
  {
    profile: 'phichit-sql',
    batch: 1,
    without: ['references', 'person'],
    hand: handRows,
    parser: json,
    ownParser: readDump,
  },
  {
    profile: 'satun-ecms',
    batch: 1,
    without: ['second recipient'],
    hand: handEcms,
    parser: { name: 'fast-xml-parser', parse: parseEcms },
    ownParser: readDocument,
  },
  {
    profile: 'chai-nat-mailbox',
    batch: 1,
    without: ['urgency', 'sentAt'],
    hand: handMail,
    parser: { name: 'mailparser', parse: parseMail },
  },
]

const expected = { hand: 0.5, parser: 0.7 }

const formatOf = ({ profile }: Subject): string =>
  formsOf(profileOf(profile), systemClock).send?.kind ?? profile

export const choice: readonly string[] = subjects.map(formatOf)

/** `quick` measures for a tenth of the time. */
export async function run({ quick, only }: Options): Promise<Row[]> {
  const [rounds, span, warm] = quick ? [5, 10, 100] : [9, 40, 400]
  const prepared: { readonly subject: Subject; readonly work: Prepared }[] = []
  const wanted = chosen(choice, only)
  for (const subject of subjects.filter((each) => wanted.includes(formatOf(each))))
    prepared.push({ subject, work: await prepare(subject) })
  // All of them before the first is measured: one gateway runs all formats in one process.
  for (const { work } of prepared)
    for (const { ours, theirs } of [work.read, work.write, work.parse]) {
      await turn(ours, warm)
      await turn(theirs, warm)
    }
  const rows: Row[] = []
  for (const { subject, work } of prepared) {
    const measure = async (
      what: 'read' | 'write' | 'parse',
      against: string,
      least: number,
    ): Promise<void> => {
      const { ours, ratio } = await duel(work[what].ours, work[what].theirs, rounds, span)
      rows.push({
        what: `${work.format}: ${what}`,
        value: (work.letters * 1e6) / ours,
        unit: 'letters/s',
        ratio,
        against,
        expected: `>= ${least}`,
        ok: ratio >= least,
      })
    }
    await measure('read', 'by hand', expected.hand)
    await measure('write', 'by hand', expected.hand)
    await measure('parse', subject.parser.name, expected.parser)
  }
  return rows
}
