// The “xls” of web systems: a page with a table that Excel opens. Written as their scripts print it, read as a person sees it.
import { Parser } from 'htmlparser2'
import iconv from 'iconv-lite'
import type { Row, Sheet } from './sheet.ts'

export interface HtmlPage {
  readonly charset: 'windows-874' | 'utf8'
  /** What the page says that it is. */
  readonly label: string
  /** Tables of its layout before the one with the letters. */
  readonly layout: readonly string[]
  /** Rows above the header, each over all columns. */
  readonly titles: readonly string[]
  /** Columns whose cell spans the rows below it that say the same. */
  readonly spanned: readonly string[]
  /** A last row: its texts, the first over as many columns as it takes. */
  foot?(rows: readonly Row[]): readonly string[]
}

export function htmlSheet(page: HtmlPage): Sheet {
  const { charset, label, layout, titles } = page
  return {
    ending: 'xls',
    write: (rows, columns) => {
      const across = columns.length
      const foot = page.foot?.(rows) ?? []
      const [first, ...others] = foot
      const last =
        first === undefined
          ? ''
          : `<tr><td colspan=${across - others.length}>${markup(first)}</td>${others.map((text) => `<td>${markup(text)}</td>`).join('')}</tr>\n`
      return iconv.encode(
        [
          `<html><head><meta http-equiv=Content-Type content="text/html; charset=${label}"></head><body>\n`,
          ...layout.map((text) => `<table width=100%><tr><td>${markup(text)}</td></tr></table>\n`),
          '<table border=1 cellspacing=0>\n',
          ...titles.map(
            (text) => `<tr><td colspan=${across} align=center><b>${markup(text)}</b></td></tr>\n`,
          ),
          `<tr bgcolor=#CCCCCC>${columns.map((name) => `<th nowrap>${markup(name)}</th>`).join('')}</tr>\n`,
          ...rows.map((_, at) => tableRow(rows, at, columns, page)),
          last,
          '</table></body></html>\n',
        ].join(''),
        charset,
      )
    },
    read: (bytes, columns) => {
      const lines = cellsOf(iconv.decode(bytes, charset))
      const header = lines.findIndex((cells) => columns.slice(0, 2).every((name) => cells.includes(name)))
      const names = lines[header] ?? []
      return lines
        .slice(header + 1)
        .map((cells): Row => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])))
    },
  }
}

function tableRow(
  rows: readonly Row[],
  at: number,
  columns: readonly string[],
  { spanned }: HtmlPage,
): string {
  const cells = columns.map((name) => {
    const text = rows[at]?.[name] ?? ''
    const joins = (row: number): boolean =>
      spanned.includes(name) && text !== '' && (rows[row]?.[name] ?? '') === text
    if (at > 0 && joins(at - 1)) return ''
    let down = 1
    while (joins(at + down)) down += 1
    return `<td${down > 1 ? ` rowspan=${down}` : ''} style='mso-number-format:"\\@"'>${markup(text)}</td>`
  })
  return `<tr valign=top>${cells.join('')}</tr>\n`
}

const markup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br>')

/** The texts of all cells, row by row. */
function cellsOf(text: string): readonly string[][] {
  const lines: string[][] = []
  let cell: string | undefined
  let spaces = 0
  const parser = new Parser({
    onopentagname(name) {
      if (name === 'tr') lines.push([])
      else if (name === 'td' || name === 'th') cell = ''
      else if (name === 'br' && cell !== undefined) cell += '\n'
      else if (name === 'span') spaces += 1
    },
    ontext(said) {
      // In the spans that Excel understands, no-break spaces stand for spaces.
      if (cell !== undefined) cell += spaces > 0 ? said.replaceAll('\u00a0', ' ') : said
    },
    onclosetag(name) {
      if (name === 'span') spaces -= 1
      if ((name !== 'td' && name !== 'th') || cell === undefined) return
      // An apostrophe keeps a spreadsheet from running what follows.
      lines.at(-1)?.push(/^'+\s*[=+\-@]/.test(cell) ? cell.slice(1) : cell)
      cell = undefined
    },
  })
  parser.end(text)
  return lines
}
