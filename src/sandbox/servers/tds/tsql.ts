// The little of Transact-SQL that is spoken here, as PostgreSQL says it. Only what the gateway's engine and its tests say is
// known; anything else is refused as the product refuses what it does not understand, so that no test passes by chance.
import { literal, quoted, Refused, syntax } from './refused.ts'
import type { Parameter } from './requests.ts'
import { definitionOf } from './tsql-tables.ts'
import { type Token, tokensOf } from './tsql-tokens.ts'

export type Statement =
  | { readonly kind: 'sql'; readonly texts: readonly string[]; readonly values: readonly Parameter[] }
  /** `lock`: how long a lock is waited for, in milliseconds. */
  | { readonly kind: 'set'; readonly lock?: number }
  | { readonly kind: 'begin' | 'commit' | 'rollback' }

/** The statements of a text, each as its tokens: what one says may follow from what the one before did. */
export function statementsOf(text: string): (readonly Token[])[] {
  // The settings that drivers begin with stand on lines of their own.
  const parts = /^\s*set\b[^;]*$/i.test(text) ? text.split('\n') : [text]
  return parts.flatMap((part) => {
    const statements: Token[][] = [[]]
    for (const token of tokensOf(part))
      if (token.kind === 'sign' && token.text === ';') statements.push([])
      else statements.at(-1)?.push(token)
    return statements.filter((tokens) => tokens.length > 0)
  })
}

const settings =
  /^SET (?:ANSI_\w+|ARITHABORT|CONCAT_NULL_YIELDS_NULL|CURSOR_CLOSE_ON_COMMIT|DATEFIRST|DATEFORMAT|IMPLICIT_TRANSACTIONS|LANGUAGE|NUMERIC_ROUNDABORT|QUOTED_IDENTIFIER|TEXTSIZE|NOCOUNT|IDENTITY_INSERT|TRANSACTION ISOLATION LEVEL READ COMMITTED|XACT_ABORT ON)\b/

/** `rows`: what @@ROWCOUNT is just now. */
export function translated(tokens: readonly Token[], values: readonly Parameter[], rows: number): Statement {
  const words = tokens.map(({ text }) => text.toUpperCase()).join(' ')
  const lock = /^SET LOCK_TIMEOUT (\d+)$/.exec(words)?.[1]
  if (lock !== undefined) return { kind: 'set', lock: Number(lock) }
  if (settings.test(words)) return { kind: 'set' }
  if (words === 'BEGIN TRANSACTION') return { kind: 'begin' }
  if (words === 'COMMIT') return { kind: 'commit' }
  if (words === 'ROLLBACK') return { kind: 'rollback' }
  const first = words.split(' ')[0] ?? ''
  if (!['SELECT', 'INSERT', 'UPDATE', 'DELETE'].includes(first))
    return { kind: 'sql', texts: definitionOf(tokens), values: [] }
  const work = new Query(tokens, values, rows)
  return { kind: 'sql', texts: [work.whole()], values: work.used }
}

const keywords = new Set(
  'SELECT FROM WHERE AND OR NOT IS NULL CASE WHEN THEN ELSE END ORDER BY DESC ASC INSERT INTO VALUES UPDATE SET DELETE AS IN'.split(
    ' ',
  ),
)
const systemViews: Readonly<Record<string, string>> = {
  columns: 'tds.columns',
  dm_exec_sessions: 'tds.sessions',
}
/** Functions whose name and order of values PostgreSQL has too, or that are made for it in `tds`. */
const functions: Readonly<Record<string, string>> = {
  LEFT: 'left',
  RTRIM: 'rtrim',
  SUBSTRING: 'substring',
  COALESCE: 'coalesce',
  COUNT: 'count',
  DATALENGTH: 'tds.datalength',
  TYPE_NAME: 'tds.type_name',
  OBJECT_ID: 'tds.object_id',
  COLLATIONPROPERTY: 'tds.collationproperty',
  COLUMNPROPERTY: 'tds.columnproperty',
}
const casts: Readonly<Record<string, string>> = {
  INT: 'int',
  BIGINT: 'bigint',
  DECIMAL: 'numeric',
  MONEY: 'numeric',
  DATE: 'date',
  DATETIME: 'timestamp',
  DATETIME2: 'timestamp',
}

interface Piece {
  readonly sql: string
  /** Text in a code page, whose bytes are others than Unicode's. */
  readonly ansi?: boolean
}

class Query {
  readonly used: Parameter[] = []
  readonly #tokens: readonly Token[]
  readonly #values: readonly Parameter[]
  readonly #rows: number
  #at = 0
  #limit = ''
  #lock = ''

  constructor(tokens: readonly Token[], values: readonly Parameter[], rows: number) {
    this.#tokens = tokens
    this.#values = values
    this.#rows = rows
  }

  whole(): string {
    const { sql } = this.#expression(false)
    if (this.#at < this.#tokens.length) throw syntax(this.#peek()?.text ?? '')
    return `${sql}${this.#limit}${this.#lock}`
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  #is(sign: string, ahead = 0): boolean {
    const token = this.#peek(ahead)
    return token?.kind === 'sign' && token.text === sign
  }

  #take(sign?: string): Token {
    const token = this.#tokens[this.#at]
    if (token === undefined || (sign !== undefined && token.text !== sign)) throw syntax(token?.text ?? 'end')
    this.#at += 1
    return token
  }

  /** Up to what ends it: a comma or a parenthesis within a function, else the end. */
  #expression(within: boolean): Piece {
    const parts: Piece[] = []
    let depth = 0
    for (;;) {
      const token = this.#peek()
      if (token === undefined) break
      if (depth === 0 && within && (this.#is(',') || this.#is(')'))) break
      if (this.#is('(')) depth += 1
      if (this.#is(')')) depth -= 1
      if (depth < 0) throw syntax(')')
      parts.push(this.#piece(within))
    }
    const [only, ...more] = parts
    if (only !== undefined && more.length === 0) return only
    return { sql: parts.map(({ sql }) => sql).join(' ') }
  }

  #piece(within: boolean): Piece {
    const token = this.#take()
    switch (token.kind) {
      case 'name':
        return { sql: quoted(token.text) }
      case 'text':
        return { sql: literal(token.text) }
      case 'bytes':
        return { sql: `'\\x${token.text}'::bytea` }
      case 'number':
      case 'sign':
        return { sql: token.text }
      case 'parameter':
        return { sql: this.#parameter(Number(token.text), within) }
      case 'rowcount':
        return { sql: String(this.#rows) }
      case 'word':
        return this.#word(token.text)
      default:
        return token.kind satisfies never
    }
  }

  /** Where a column stands beside it PostgreSQL finds its kind, as the product converts it; a function is told. */
  #parameter(position: number, within: boolean): string {
    const value = this.#values[position - 1]
    if (value === undefined) throw new Refused(137, `Must declare the scalar variable "@p${position}".`)
    this.used.push(value)
    return `$${this.used.length}${within ? (Buffer.isBuffer(value) ? '::bytea' : '::text') : ''}`
  }

  #word(text: string): Piece {
    const word = text.toUpperCase()
    if (word === 'TOP') return this.#top()
    if (word === 'WITH') return this.#hints()
    if (word === 'CONVERT') return this.#convert()
    if (word === 'HASHBYTES') return this.#hash()
    if (keywords.has(word)) return { sql: word }
    if (word === 'SYS' && this.#is('.')) return this.#system()
    const name = functions[word]
    if (name !== undefined && this.#is('(')) {
      const values = this.#list()
      const [first] = values
      return {
        sql: `${name}(${values.map(({ sql }) => sql).join(', ')})`,
        ...(word === 'RTRIM' && first?.ansi && { ansi: true }),
      }
    }
    const before = this.#tokens[this.#at - 2]?.text.toUpperCase()
    if (this.#is('(') && before !== 'INTO')
      throw new Refused(195, `'${text}' is not a recognized built-in function name.`)
    return { sql: quoted(text) }
  }

  #list(): Piece[] {
    this.#take('(')
    const values: Piece[] = []
    while (!this.#is(')')) {
      values.push(this.#expression(true))
      if (!this.#is(')')) this.#take(',')
    }
    this.#take(')')
    return values
  }

  #top(): Piece {
    this.#take('(')
    this.#limit = ` LIMIT ${Number(this.#take().text)}`
    this.#take(')')
    return { sql: '' }
  }

  /** Readers here never wait, and see what was committed: READPAST leaves out each row that an open transaction of others has. */
  #hints(): Piece {
    const hints = new Set(this.#list().map(({ sql }) => sql.replaceAll('"', '').toUpperCase()))
    for (const hint of hints)
      if (!['UPDLOCK', 'ROWLOCK', 'READPAST', 'READCOMMITTEDLOCK', 'READUNCOMMITTED'].includes(hint))
        throw syntax(hint)
    if (hints.has('UPDLOCK')) this.#lock = ` FOR UPDATE${hints.has('READPAST') ? ' SKIP LOCKED' : ''}`
    else if (hints.has('READPAST'))
      return { sql: ' AS tds_row JOIN (SELECT 1) AS tds_one ON tds.free(tds_row.xmax)' }
    return { sql: '' }
  }

  #system(): Piece {
    this.#take('.')
    const { text } = this.#take()
    const view = systemViews[text.toLowerCase()]
    if (view === undefined) throw new Refused(208, `Invalid object name 'sys.${text}'.`, 16)
    return { sql: view }
  }

  #hash(): Piece {
    const [algorithm, bytes] = this.#list()
    if (algorithm?.sql !== "'SHA2_256'" || bytes === undefined) throw syntax('HASHBYTES')
    return { sql: `sha256(${bytes.sql})` }
  }

  #convert(): Piece {
    this.#take('(')
    const kind = this.#take().text.toUpperCase()
    let size = ''
    if (this.#is('('))
      size = `(${this.#list()
        .map(({ sql }) => sql)
        .join(', ')})`
    this.#take(',')
    const value = this.#expression(true)
    let style = 0
    if (this.#is(',')) {
      this.#take(',')
      style = Number(this.#take().text)
    }
    this.#take(')')
    if (kind === 'NVARCHAR') return { sql: `tds.nvarchar(${value.sql}, ${style})` }
    if (kind === 'VARCHAR') return { sql: `tds.nvarchar(${value.sql}, ${style})`, ansi: true }
    if (kind === 'VARBINARY') return { sql: `tds.${value.ansi ? 'ansi' : 'varbinary'}(${value.sql})` }
    const cast = casts[kind]
    if (cast === undefined) throw new Refused(243, `Type ${kind} is not a defined system type.`, 16)
    return { sql: `CAST(${value.sql} AS ${cast}${cast === 'numeric' ? size : ''})` }
  }
}
