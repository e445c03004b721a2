// Tables of dBase: their header says the columns; only the charset is to be found.
import { good } from '../../problem/problem.ts'
import { codePageContradicted, readHeader } from '../formats/dbf/header.ts'
import { dbfRecords } from '../formats/dbf/records.ts'
import { proposeCharset } from './charset.ts'
import { bounds, type Option, type SheetRead } from './sheet.ts'

/** Whether the first bytes are a table's. */
export const isDbase = (bytes: Buffer): boolean => {
  const header = readHeader(bytes, 'windows-874')
  return !('code' in header) && header.columns.length > 0
}

/** The columns of a table and how it writes them. `memo`: the bytes of its memo file. */
export function readDbase(bytes: Buffer, memo: Buffer | undefined): SheetRead {
  const table = textOf(bytes)
  // The memo file, without the marks between its texts, only where the table itself holds no Thai.
  const textual =
    memo === undefined || table.some((byte) => byte >= 0x80)
      ? table
      : memo.filter((byte) => byte >= 0x20 && byte !== 0xff)
  const guess = proposeCharset(Buffer.from(textual))
  const charset = guess?.charset === 'utf-8' && textual.some((byte) => byte >= 0x80) ? 'utf-8' : 'windows-874'
  const header = readHeader(bytes, charset)
  if ('code' in header) return { ok: false, problem: header }
  const columns = header.columns.slice(0, bounds.columns)
  const read = dbfRecords(bytes, memo && { name: 'memo', content: good(memo) }, {
    charset,
    deleted: 'skip',
    codepage: { ignore: 'a proposal' },
    records: bounds.rows,
  })
  const records = [...read].flatMap((each) =>
    each.kind === 'record' ? [each.record.cells] : each.cells === undefined ? [] : [each.cells],
  )
  const contradicted = codePageContradicted(header.codePage, charset)
  const version = header.memo === 'foxpro' ? 'foxpro' : header.memo === 'dbase4' ? 'dbase4' : 'dbase3'
  const options: Option[] = [
    {
      key: 'charset',
      value: charset,
      reason:
        charset === 'utf-8'
          ? 'its text is UTF-8'
          : guess?.charset === 'windows-874'
            ? 'its text is not UTF-8, and Thai in windows-874'
            : 'TO BE CHECKED: the table itself holds no Thai text',
    },
    { key: 'version', value: version, reason: 'by its first byte' },
    ...(contradicted === undefined
      ? []
      : [
          {
            key: 'codepage',
            value: { ignore: 'the header names another code page than its text is in' },
            reason: 'byte 29 says another charset',
          },
        ]),
  ]
  return {
    ok: true,
    value: {
      kind: 'dbf',
      options,
      named: true,
      columns: columns.map(({ name, type, length, decimals }) => ({
        name,
        values: records.map((cells) => (cells.get(name) ?? '').slice(0, bounds.cell)),
        option: {
          name,
          type: type === 'F' || type === 'I' ? 'N' : type,
          ...(type === 'C' && { length: Math.min(length, 254) }),
          ...((type === 'N' || type === 'F') && { length: Math.min(length, 20) }),
          ...(type === 'I' && { length: 11 }),
          ...((type === 'N' || type === 'F') && decimals > 0 && { decimals }),
        },
      })),
    },
  }
}

/** The bytes that are text: names of columns, each in the first 11 bytes of its 32, and the records. */
function textOf(bytes: Buffer): Buffer {
  const end = bytes.readUInt16LE(8)
  const names = Array.from({ length: Math.floor((end - 32) / 32) }, (_each, index) =>
    bytes.subarray(32 + index * 32, 43 + index * 32),
  ).flatMap((name) => [...name.subarray(0, name.includes(0) ? name.indexOf(0) : name.length), 0x20])
  return Buffer.from(Buffer.concat([Buffer.from(names), bytes.subarray(end)]).filter((byte) => byte >= 0x20))
}
