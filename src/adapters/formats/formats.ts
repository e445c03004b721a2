// The formats that a profile can name: one line each.

import { csv } from './csv/csv.ts'
import { dbf } from './dbf/dbf.ts'
import { eCms } from './e-cms/e-cms.ts'
import { envelope } from './envelope.ts'
import { fixedWidth } from './fixed-width/fixed-width.ts'
import type { FormatKind } from './format.ts'
import { htmlTable } from './html-table/html-table.ts'
import { json } from './json.ts'
import { jsonRecords } from './json-records/json-records.ts'
import { mail } from './mail/mail.ts'
import { rows } from './rows.ts'
import { xlsx } from './xlsx/xlsx.ts'
import { xml } from './xml/xml.ts'

export const formats: readonly FormatKind[] = [
  csv,
  dbf,
  fixedWidth,
  htmlTable,
  xlsx,
  json,
  jsonRecords,
  mail,
  rows,
  eCms,
  envelope,
  xml,
]
