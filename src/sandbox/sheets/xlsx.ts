// Spreadsheets as Excel and its macros write them: shared texts or texts within cells, days as numbers with a style.
import { XMLParser } from 'fast-xml-parser'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import type { Row, Sheet } from './sheet.ts'

export interface Workbook {
  /** The name of the sheet that is written, and read where the other side names it so. */
  readonly sheet: string
  /** Other sheets before it, which are empty. */
  readonly before: readonly string[]
  /** Rows above the header, each joined over all columns. */
  readonly titles: readonly string[]
  readonly texts: 'shared' | 'within cells'
  /** Columns that are no texts: days as `yyyy-MM-dd` or `yyyy-MM-dd HH:mm:ss`, whole numbers, yes and no as 1 and 0. */
  readonly typed: Readonly<Record<string, 'day' | 'time' | 'number' | 'flag'>>
  /** A last row, as texts. */
  foot?(rows: readonly Row[]): readonly string[]
}

const styles = { day: 1, time: 2 } as const
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships'
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

export function xlsxSheet(book: Workbook): Sheet {
  return {
    ending: 'xlsx',
    write: (rows, columns) => Buffer.from(zipSync(partsOf(book, rows, columns), { mtime: '2008-01-01' })),
    read: (bytes, columns) => {
      const lines = linesOf(bytes, book.sheet)
      const header = lines.findIndex((cells) => columns.slice(0, 2).every((name) => cells.includes(name)))
      const names = lines[header] ?? []
      return lines
        .slice(header + 1)
        .map((cells): Row => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])))
    },
  }
}

function partsOf(
  book: Workbook,
  rows: readonly Row[],
  columns: readonly string[],
): Record<string, Uint8Array> {
  const shared: string[] = []
  const text = (value: string, place: string): string => {
    if (value === '') return ''
    if (book.texts === 'within cells')
      return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`
    if (!shared.includes(value)) shared.push(value)
    return `<c r="${place}" t="s"><v>${shared.indexOf(value)}</v></c>`
  }
  const cell = (value: string, column: string, place: string): string => {
    const type = book.typed[column]
    if (type === undefined || value === '') return text(value, place)
    if (type === 'flag') return `<c r="${place}" t="b"><v>${value}</v></c>`
    if (type === 'number')
      return /^\d+$/.test(value) ? `<c r="${place}"><v>${value}</v></c>` : text(value, place)
    const serial = serialOf(value)
    return serial === undefined
      ? text(value, place)
      : `<c r="${place}" s="${styles[type]}"><v>${serial}</v></c>`
  }
  const lines: string[] = []
  const line = (cells: (place: (column: number) => string) => string[]): void => {
    const number = lines.length + 1
    lines.push(`<row r="${number}">${cells((column) => `${letterOf(column)}${number}`).join('')}</row>`)
  }
  for (const title of book.titles) line((place) => [text(title, place(0))])
  line((place) => columns.map((name, at) => text(name, place(at))))
  for (const row of rows) line((place) => columns.map((name, at) => cell(row[name] ?? '', name, place(at))))
  const foot = book.foot?.(rows) ?? []
  if (foot.length > 0) line((place) => foot.map((value, at) => text(value, place(at))))
  const joined = book.titles.map(
    (_, at) => `<mergeCell ref="A${at + 1}:${letterOf(columns.length - 1)}${at + 1}"/>`,
  )
  const merged =
    joined.length === 0 ? '' : `<mergeCells count="${joined.length}">${joined.join('')}</mergeCells>`
  const sheet = (data: string): string =>
    `${declaration}<worksheet xmlns="${main}"><sheetData>${data}</sheetData>${data === '' ? '' : merged}</worksheet>`
  const names = [...book.before, book.sheet]
  return Object.fromEntries(
    Object.entries({
      '[Content_Types].xml': `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
      '_rels/.rels': relations([['officeDocument', 'xl/workbook.xml']]),
      'xl/workbook.xml': `${declaration}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${names.map((name, at) => `<sheet name="${escaped(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`).join('')}</sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': relations([
        ...names.map((_, at): [string, string] => ['worksheet', `worksheets/sheet${at + 1}.xml`]),
        ['styles', 'styles.xml'],
        ['sharedStrings', 'sharedStrings.xml'],
      ]),
      ...Object.fromEntries(
        names.map((name, at) => [
          `xl/worksheets/sheet${at + 1}.xml`,
          sheet(name === book.sheet ? lines.join('') : ''),
        ]),
      ),
      'xl/styles.xml': `${declaration}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="[$-107041E]d\\ mmm\\ yyyy\\ hh:mm"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
      'xl/sharedStrings.xml': `${declaration}<sst xmlns="${main}">${shared.map((value) => `<si><t xml:space="preserve">${escaped(value)}</t></si>`).join('')}</sst>`,
    }).map(([name, part]) => [name, strToU8(part)]),
  )
}

const relations = (targets: readonly (readonly [string, string])[]): string =>
  `${declaration}<Relationships xmlns="${packageRelations}">${targets.map(([type, target], at) => `<Relationship Id="rId${at + 1}" Type="${office}/${type}" Target="${target}"/>`).join('')}</Relationships>`

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const letterOf = (column: number): string =>
  column < 26
    ? String.fromCharCode(65 + column)
    : letterOf(Math.floor(column / 26) - 1) + letterOf(column % 26)

/** Days since 30 December 1899, as Excel counts them; undefined for what is no day. */
function serialOf(value: string): string | undefined {
  const found = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d))?$/.exec(value)
  if (found === null) return undefined
  const at = Date.parse(`${found[1]}T${found[2] ?? '00:00:00'}Z`)
  return String((at - Date.UTC(1899, 11, 30)) / 86_400_000)
}

const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  removeNSPrefix: true,
  isArray: (name) => ['sheet', 'Relationship', 'row', 'c', 'si', 'r'].includes(name),
})

interface Cell {
  readonly '@r': string
  readonly '@t'?: string
  readonly v?: string
  readonly is?: { readonly t?: string | { readonly '#text'?: string } }
}

/** The texts of a sheet, row by row: the one of that name, or the first. */
function linesOf(bytes: Buffer, name: string): readonly string[][] {
  const parts = unzipSync(bytes)
  const part = (path: string) => xml.parse(strFromU8(parts[path] ?? new Uint8Array()))
  const sheets: readonly Record<string, string>[] = part('xl/workbook.xml').workbook.sheets.sheet
  const chosen = sheets.find((sheet) => sheet['@name'] === name) ?? sheets[0]
  const relationships: readonly Record<string, string>[] = part('xl/_rels/workbook.xml.rels').Relationships
    .Relationship
  const target = relationships.find((each) => each['@Id'] === chosen?.['@id'])?.['@Target'] ?? ''
  const texts: readonly { readonly t?: string | { readonly '#text'?: string } }[] =
    part('xl/sharedStrings.xml').sst?.si ?? []
  const rows: readonly { readonly c?: readonly Cell[] }[] =
    part(`xl/${target.replace(/^\/?xl\//, '')}`).worksheet.sheetData.row ?? []
  return rows.map(({ c = [] }) => {
    const cells: string[] = []
    for (const cell of c) {
      const said = cell['@t'] === 's' ? texts[Number(cell.v)]?.t : (cell.is?.t ?? cell.v)
      const text = typeof said === 'object' ? (said['#text'] ?? '') : (said ?? '')
      cells[columnOf(cell['@r'])] = text.replace(/_x([0-9A-F]{4})_/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    }
    return Array.from(cells, (text) => text ?? '')
  })
}

/** `B7` stands in column 1. */
const columnOf = (place: string): number =>
  [...place.replace(/\d/g, '')].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1
