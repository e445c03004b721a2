// A print file as programs of COBOL write it: columns of so many bytes, a line before and one behind, spaces at the end of a
// line left out.
import iconv from 'iconv-lite'
import type { Row, Sheet } from './sheet.ts'

export interface PrintLayout {
  readonly charset: 'windows-874'
  /** Column: its first byte (from 1), its bytes, and whether it is a number, filled up with zeros. */
  readonly places: Readonly<Record<string, readonly [start: number, length: number, sort?: 'number']>>
  head(rows: readonly Row[]): string
  foot(rows: readonly Row[]): string
}

export function printedSheet({ charset, places, head, foot }: PrintLayout): Sheet {
  const line = (row: Row): Buffer => {
    const bytes: number[] = []
    for (const [name, [start, length, sort]] of Object.entries(places)) {
      const said = row[name] ?? ''
      const text = sort === 'number' && said !== '' ? said.padStart(length, '0') : said
      // MOVE cuts what does not fit.
      for (const [at, byte] of iconv.encode(text, charset).subarray(0, length).entries())
        bytes[start - 1 + at] = byte
    }
    return ended(Buffer.from(Array.from(bytes, (byte) => byte ?? 0x20)))
  }
  return {
    ending: 'txt',
    write: (rows) =>
      Buffer.concat([
        ended(iconv.encode(head(rows), charset)),
        ...rows.map(line),
        ended(iconv.encode(foot(rows), charset)),
      ]),
    read: (bytes) =>
      linesOf(bytes)
        .slice(1, -1)
        .map(
          (record): Row =>
            Object.fromEntries(
              Object.entries(places).map(([name, [start, length]]) => [
                name,
                iconv.decode(record.subarray(start - 1, start - 1 + length), charset).trim(),
              ]),
            ),
        ),
  }
}

const ended = (line: Buffer): Buffer => Buffer.concat([line, Buffer.from('\r\n')])

function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at)
    const next = end < 0 ? bytes.length : end + 1
    lines.push(bytes.subarray(at, next))
    at = next
  }
  return lines
}
