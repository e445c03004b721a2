// How SQL Server says it. Everything is printed as Unicode text or as bytes by the server itself, in forms that lose nothing
// and depend on no setting of a language, so that no number and no date passes through JavaScript.
import iconv from 'iconv-lite'
import { type Column, type Mark, SqlError, type Value, type Words } from './engine.ts'

/** Rows that are locked, passing over those that another session has; the last word for databases whose readers see versions. */
const locked = ' WITH (UPDLOCK, ROWLOCK, READPAST, READCOMMITTEDLOCK)'
const free = ' WITH (READPAST, READCOMMITTEDLOCK)'
/** With what others have not committed: no more is believed of it than that a row is there. */
const held = ' WITH (READUNCOMMITTED)'
const hints = { lock: locked, free, held } as const

/** `raw`: bytes in VARCHAR columns are the profile's charset, whatever the code page of their collation is. */
export const sqlserverWords = (raw: boolean): Words => {
  const text = (column: Column): string => (raw ? bytesOf(column) : plain(column))
  return {
    raw,
    leavesOut: true,
    quote,
    mark: (position) => `@p${position}`,
    print: (column, characters) => {
      if (column.sort === 'bytes') return `CONVERT(nvarchar(20), DATALENGTH(${quote(column.name)}))`
      if (column.sort !== 'text') return printed(column)
      const whole = text(column)
      if (characters === undefined) return whole
      return raw ? `SUBSTRING(${whole}, 1, ${characters})` : `LEFT(${whole}, ${characters})`
    },
    store: (column, value, mark) => {
      // What is NULL as a text is refused by a column of bytes without this.
      if (column.sort === 'bytes') return `CONVERT(varbinary(max), ${mark(value)})`
      if (column.sort === 'text') return mark(Buffer.isBuffer(value) ? misread(column, value) : value)
      return read(column, value, mark)
    },
    same: (column, value, mark) => {
      const name = quote(column.name)
      if (value === null) return `${name} IS NULL`
      if (column.sort === 'bytes') return `${name} = CONVERT(varbinary(max), ${mark(value)})`
      if (column.sort !== 'text') return `${comparable(column)} = ${read(column, value, mark, true)}`
      // Collations take much for the same that is not; the plain comparison is there for the index.
      const shown = Buffer.isBuffer(value) ? misread(column, value) : value
      const equal = legacy.test(column.type) ? '' : `${name} = ${mark(shown)} AND `
      const exact = raw ? text(column) : `CONVERT(varbinary(max), ${plain(column)})`
      return `(${equal}${exact} = CONVERT(varbinary(max), ${mark(value)}))`
    },
    beyond: (column, value, mark) => `${comparable(column)} > ${read(column, value, mark, true)}`,
    piece: (column, from, length) => `SUBSTRING(${quote(column.name)}, ${from}, ${length})`,
    digest: (column) =>
      `CONVERT(nvarchar(64), HASHBYTES('SHA2_256', CONVERT(varbinary(max), ${quote(column.name)})), 2)`,
    hash: 'sha256',
    select: ({ printed: what, from, rest, limit, rows }) =>
      `SELECT TOP (${Math.trunc(limit)}) ${what} FROM ${from}${rows === undefined ? '' : hints[rows]}${rest}`,
  }
}

const quote = (name: string): string => {
  if (name === '' || name.includes('\0')) throw new Error('a name that no statement can hold')
  return `[${name.replaceAll(']', ']]')}]`
}

/** Kinds that cannot be compared as they are. */
const legacy = /^n?text\b/
const padded = /^n?char\b/

const plain = ({ name, type }: Column): string => {
  const unicode = `CONVERT(nvarchar(max), ${quote(name)})`
  return padded.test(type) ? `RTRIM(${unicode})` : unicode
}

/** The bytes of a VARCHAR as they stand. NVARCHAR has no code page that they could be misread by. */
const bytesOf = ({ name, type }: Column): string => {
  if (type.startsWith('n')) throw new SqlError('closed', `schema: ${name} (${type}, where charset is said)`)
  const stored = `CONVERT(varchar(max), ${quote(name)})`
  return `CONVERT(varbinary(max), ${padded.test(type) ? `RTRIM(${stored})` : stored})`
}

/**
 * Bytes as the characters that the column's code page takes them for: the server turns them back. It would turn bytes
 * themselves into characters by the code page of the database, which may be another.
 */
function misread({ name, type }: Column, bytes: Buffer): string {
  const page = type.split(' ')[1] ?? ''
  if (page !== '874' && page !== '1252')
    throw new SqlError('closed', `schema: ${name} (${type}, where charset is said)`)
  const characters = iconv.decode(bytes, `windows-${page}`)
  return page === '874' ? characters : controls(characters, bytes)
}

/** Five bytes have no character in windows-1252; SQL Server has them as controls. */
const controls = (characters: string, bytes: Buffer): string =>
  [...characters].map((each, at) => (each === '\ufffd' ? String.fromCharCode(bytes[at] ?? 0) : each)).join('')

/** Lossless, and the same whatever language and date format the session has. */
function printed({ name, type }: Column): string {
  const column = quote(name)
  switch (type) {
    case 'date':
      return `CONVERT(nvarchar(10), ${column}, 23)`
    case 'datetime':
    case 'datetime2':
    case 'datetimeoffset':
    case 'time':
      return `CONVERT(nvarchar(40), ${column}, 121)`
    case 'smalldatetime':
      return `CONVERT(nvarchar(40), ${column}, 120)`
    case 'money':
    case 'smallmoney':
      return `CONVERT(nvarchar(40), ${column}, 2)`
    case 'float':
    case 'real': {
      // Six digits where they say it, else seventeen.
      const short = `CONVERT(nvarchar(40), ${column})`
      return `CASE WHEN CONVERT(${type}, ${short}) = ${column} THEN ${short} ELSE CONVERT(nvarchar(40), ${column}, 3) END`
    }
    case 'timestamp':
      return `CONVERT(nvarchar(20), CONVERT(varbinary(8), ${column}), 1)`
    default:
      return `CONVERT(nvarchar(max), ${column})`
  }
}

/** A column as it is compared: days and times with all that a text can say, so that nothing is cut before the look at it. */
const comparable = ({ name, type }: Column): string =>
  widened[type] === undefined ? quote(name) : `CONVERT(${widened[type]}, ${quote(name)})`

const widened: Readonly<Record<string, string>> = { date: 'datetime2(7)', smalldatetime: 'datetime2(7)' }

const instants = new Set(['date', 'datetime', 'datetime2', 'datetimeoffset', 'smalldatetime', 'time'])

/** A text as a value of the column's kind; `wide`: not cut to it. */
function read({ sort, type }: Column, value: Value, mark: Mark, wide = false): string {
  if (sort === 'whole') return `CONVERT(bigint, ${mark(value)})`
  if (instants.has(type)) return `CONVERT(${(wide && widened[type]) || type}, ${mark(value)}, 121)`
  if (type === 'money' || type === 'smallmoney') return `CONVERT(money, ${mark(value)})`
  // As many places as the text has: the column's own would round it before it is compared.
  const places = /^-?\d{1,30}(?:\.(\d{1,30}))?$/.exec(String(value))?.[1]?.length
  if ((type === 'decimal' || type === 'numeric') && wide && places !== undefined && places <= 38)
    return `CONVERT(decimal(38, ${places}), ${mark(value)})`
  return mark(value)
}

export const quotedTable = (table: string): string => table.split('.').map(quote).join('.')
