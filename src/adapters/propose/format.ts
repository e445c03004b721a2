// The format of a sample, by its content: a name's ending says nothing ("xls" is mostly HTML).
import { type Problem, problem } from '../../problem/problem.ts'
import { readByteColumns } from './byte-columns.ts'
import { proposeCharset } from './charset.ts'
import { readDelimited } from './delimited.ts'
import { readHtml, readSheet } from './grids.ts'
import { isMail, readMailSample } from './mails.ts'
import { readMarkup } from './markup.ts'
import { readMembers } from './members.ts'
import { bounds, type SheetRead } from './sheet.ts'
import { isDbase, readDbase } from './tables-of-dbase.ts'

const magic: readonly (readonly [RegExp, string])[] = [
  [
    /^%PDF/,
    'a PDF: the letter itself. The export that lists letters, with their numbers and dates, is needed',
  ],
  [/^\xd0\xcf\x11\xe0/, 'an old Excel or Word file; save it as .xlsx or CSV, or ask for that export'],
  [/^(\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*)/, 'a picture'],
  [/^(\x1f\x8b|Rar!|7z\xbc\xaf)/, 'an archive; unpack it first'],
]

/** The columns of a sample, or why nothing can be proposed. At most 16 MiB. `memo`: of a table of dBase. */
export function readSample(bytes: Buffer, memo?: Buffer): SheetRead {
  const no = (found: Problem): SheetRead => ({ ok: false, problem: found })
  if (bytes.length === 0) return no(problem('adapter.document.empty', ''))
  if (bytes.length > bounds.bytes)
    return no(problem('adapter.propose.large', '', undefined, { limit: `${bounds.bytes / 1024 / 1024} MiB` }))
  const start = bytes.subarray(0, 512).toString('latin1')
  const other = magic.find(([mark]) => mark.test(start))?.[1]
  if (other !== undefined) return no(problem('adapter.propose.other', '', undefined, { found: other }))
  if (start.startsWith('PK\x03\x04')) return readSheet(bytes)
  if (isDbase(bytes)) return readDbase(bytes, memo)
  // A mail says its charset itself, for each part of it.
  if (isMail(bytes, start)) return readMailSample(bytes)
  const charset = proposeCharset(bytes)
  if (charset === undefined) return no(problem('adapter.propose.unknown', ''))
  const text = start
    .replaceAll('\0', '')
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .trimStart()
  if (/^[[{]/.test(text)) return readMembers(bytes, charset)
  if (text.startsWith('<'))
    return /<(html|table|!doctype html|meta)\b/i.test(
      bytes.subarray(0, 65_536).toString('latin1').replaceAll('\0', ''),
    )
      ? readHtml(bytes, charset)
      : readMarkup(bytes, charset)
  const delimited = readDelimited(bytes, charset)
  if (delimited.ok) return delimited
  const columns = readByteColumns(bytes, charset)
  return columns.ok || evenLines(bytes) ? columns : delimited
}

/** Lines of one length in bytes: text in columns of so many bytes. */
function evenLines(bytes: Buffer): boolean {
  const lengths = bytes
    .subarray(0, 1_000_000)
    .toString('latin1')
    .split(/\r?\n/)
    .filter((line) => line.length > 20)
    .map(({ length }) => length)
  const [first] = lengths
  return lengths.length >= 2 && lengths.filter((length) => length === first).length * 3 >= lengths.length * 2
}
