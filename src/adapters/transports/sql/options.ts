// What a profile says of a system's database: names of tables and columns, and the values of its states. No SQL.
import type { Charset } from '../../formats/charset.ts'
import { charsets } from '../../formats/charset.ts'
import {
  duration,
  type Finding,
  type JsonSchema,
  object,
  type Pointer,
  secret,
  size,
  textOrReference,
} from '../../schema.ts'
import { tlsOption } from '../tls.ts'
import type { Channel } from '../transport.ts'
import { type Engine, isName } from './engine.ts'
import { engines } from './engines.ts'

/** A table whose rows are a list of the row: `on` its columns → the row's columns that they equal. */
export interface ListOptions {
  readonly table: string
  readonly on: Readonly<Record<string, string>>
  readonly order: readonly string[]
}

/** A column, or `<list>.<column>`, that is a file: its bytes, or a path that leads into `folder`. */
export interface FileOptions {
  readonly at: string
  readonly name?: string
  readonly ending: string
  readonly folder?: string
  readonly prefix: string
}

export interface ReadOptions {
  readonly table: string
  readonly key: readonly string[]
  readonly status?: {
    readonly column: string
    readonly new: readonly (string | null)[]
    readonly taken: string
    readonly refused: string
  }
  readonly above?: string
  readonly late: string
  readonly order: readonly string[]
  readonly writeBack: { readonly messageId?: string; readonly error?: string }
  readonly ignore: readonly string[]
  readonly lists: Readonly<Record<string, ListOptions>>
  readonly files: readonly FileOptions[]
  readonly batch: number
  readonly every: string
  readonly settle: string
  readonly wait: string
  readonly watch: number
  readonly recheck: string
  readonly attachmentLimit: string
}

export interface InsertOptions {
  readonly table: string
  /** The column, unique, that holds the parcel's id. */
  readonly key: string
  readonly set: Readonly<Record<string, string>>
  readonly lists: Readonly<Record<string, ListOptions>>
  readonly files: readonly FileOptions[]
}

export interface UpdateOptions {
  readonly table: string
  readonly where: readonly string[]
  readonly set: Readonly<Record<string, string>>
}

export interface Options {
  readonly connection: {
    readonly engine: string
    readonly host: string
    readonly port?: string | number
    readonly database: string
    readonly user: string
    readonly password: string
    readonly tls?: { readonly authority?: string; readonly key?: string; readonly certificate?: string }
    readonly plain: boolean
    readonly charset?: Charset
    readonly connect: string
    readonly within: string
  }
  readonly read?: ReadOptions
  readonly insert?: InsertOptions
  readonly update?: UpdateOptions
}

const name: JsonSchema = { type: 'string', minLength: 1, maxLength: 130, description: 'a bare name' }
const names = (least: number): JsonSchema => ({
  type: 'array',
  items: name,
  minItems: least,
  maxItems: 20,
  uniqueItems: true,
  description: 'a list of column names, each once',
})
const texts: JsonSchema = {
  type: 'object',
  additionalProperties: { type: 'string' },
  maxProperties: 50,
  default: {},
  description: 'column: text, the constant columns',
}
const lists: JsonSchema = {
  type: 'object',
  maxProperties: 10,
  default: {},
  description: 'tables whose rows belong to the row; their columns are <list>.<column>',
  additionalProperties: object(
    {
      table: name,
      on: {
        type: 'object',
        additionalProperties: name,
        minProperties: 1,
        maxProperties: 10,
        description: 'their column: the row’s',
      },
      order: { ...names(0), default: [], description: 'a list of columns by which they are sorted' },
    },
    ['table', 'on'],
  ),
}
const files: JsonSchema = {
  type: 'array',
  maxItems: 20,
  default: [],
  description: 'a list of the columns that are files',
  items: object(
    {
      at: { ...name, description: 'a bare name, of a BLOB, or of a path within `folder`' },
      name: {
        ...name,
        description: 'a bare name, of the column of its name; if not said, it is <column>.<ending>',
      },
      ending: {
        type: 'string',
        pattern: '^[a-z0-9]{1,10}$',
        default: 'pdf',
        description: 'of a name that no column says',
      },
      folder: { ...textOrReference, description: 'where the paths lead' },
      prefix: { type: 'string', maxLength: 255, default: '', description: 'what stands before each path' },
    },
    ['at'],
  ),
}

export const schemas: Readonly<Record<string, JsonSchema>> = {
  connection: {
    ...object(
      {
        engine: {
          enum: engines.map(({ kind }) => kind),
          description:
            'mariadb (MySQL too), postgresql, sqlserver (2016 and later; needs the package tedious)',
        },
        host: { ...textOrReference, description: 'a name or address, or the path of a socket' },
        port: {
          anyOf: [{ type: 'integer', minimum: 1, maximum: 65535 }, textOrReference],
          description: 'a port; if not said, the engine’s',
        },
        database: { ...textOrReference, description: 'the database' },
        user: { ...textOrReference, description: 'a user of its own, with no more rights than it needs' },
        password: { ...secret, description: 'the password' },
        tls: tlsOption(
          'the authority that the server’s certificate comes from',
          'PEM texts; {}: the public authorities; if not said, no TLS, but {} for sqlserver',
        ),
        plain: {
          type: 'boolean',
          default: false,
          description:
            'of sqlserver: no TLS, where the server can have none that is to be trusted: passwords and letters can be read on the way',
        },
        charset: {
          enum: charsets.filter((each) => !each.startsWith('utf-16') && each !== 'utf-8-bom'),
          description:
            'what the bytes in text columns really are, where the database believes otherwise (windows-874 in latin1 or SQL_ASCII); the format’s charset must be the same',
        },
        connect: { ...duration, default: '10s', description: 'for the connection' },
        within: {
          ...duration,
          default: '30s',
          description: 'for one statement; a lock is waited for at most 5 s',
        },
      },
      ['engine', 'host', 'database', 'user', 'password'],
    ),
    description: 'the database, and who we are there',
  },
  read: {
    ...object(
      {
        table: { ...name, description: 'a bare name, of a table or view' },
        key: { ...names(1), description: 'a list of the columns that name a row for ever' },
        status: {
          description: 'new rows are those in one of these states, and their state is written',
          ...object(
            {
              column: { ...name, description: 'a bare name, of the column of states' },
              new: {
                description: 'a list of the values of new rows; null for NULL',
                type: 'array',
                items: { type: ['string', 'null'] },
                minItems: 1,
                maxItems: 10,
                uniqueItems: true,
              },
              taken: { type: 'string', minLength: 1, description: 'what taken rows get' },
              refused: { type: 'string', minLength: 1, description: 'what refused rows get' },
            },
            ['column', 'new', 'taken', 'refused'],
          ),
        },
        above: {
          type: 'string',
          pattern: '^[0-9]{1,19}$',
          description:
            'a whole number, as a text: rows whose key, one whole number, is above it; nothing has to be written',
        },
        late: {
          ...duration,
          default: '1h',
          description: 'with above: how long a number that was left out is looked for',
        },
        order: {
          ...names(0),
          default: [],
          description: 'a list of columns by which new rows are taken; if not said, the key; not with above',
        },
        writeBack: {
          ...object({
            messageId: { ...name, description: 'a bare name, of a column for our message id' },
            error: { ...name, description: 'a bare name, of a column for the codes of its faults' },
          }),
          default: {},
          description: 'columns into which we write',
        },
        ignore: {
          ...names(0),
          maxItems: 300,
          default: [],
          description:
            'a list of columns, and of <list>.<column>, that are no part of the letter: whatever clerks, triggers and notices write; never what orders a list with files',
        },
        lists,
        files,
        batch: { type: 'integer', minimum: 1, maximum: 1000, default: 50, description: 'rows of one query' },
        every: { ...duration, default: '10s', description: 'between two looks' },
        settle: {
          ...duration,
          default: '5s',
          description:
            'a row is taken when it, its lists and its files have been the same for so long; 0s: at once, where a system writes all of a letter in one transaction',
        },
        wait: { ...duration, default: '10m', description: 'for a file of a path that is not there yet' },
        watch: {
          type: 'integer',
          minimum: 0,
          maximum: 1000,
          default: 20,
          description: 'how many of the newest taken rows are read again',
        },
        recheck: { ...duration, default: '5m', description: 'how often they are' },
        attachmentLimit: { ...size, default: '2GiB', description: 'bytes of a file' },
      },
      ['table', 'key'],
    ),
    description: 'rows that are new are letters or notices; exactly one of status and above',
  },
  insert: {
    ...object(
      {
        table: name,
        key: { ...name, description: 'a bare name, of a column with a unique index, for the parcel’s id' },
        set: texts,
        lists,
        files,
      },
      ['table', 'key'],
    ),
    description: 'each parcel becomes a row',
  },
  update: {
    ...object(
      {
        table: name,
        where: { ...names(1), description: 'a list of the columns that name the row' },
        set: texts,
      },
      ['table', 'where'],
    ),
    description: 'for notices: exactly one row is changed; a blank cell changes nothing',
  },
}

/** What the schema cannot say: whether the parts fit each other and the channel, and whether names are names. */
export function deeperFindings(options: Options, channels: readonly Channel[]): readonly Finding[] {
  return [
    ...engineFindings(options),
    ...wayFindings(options, channels),
    ...nameFindings(options.read, ['read']),
    ...nameFindings(options.insert, ['insert']),
    ...nameFindings(options.update, ['update']),
    ...fileFindings(options.read, ['read']),
    ...fileFindings(options.insert, ['insert']),
    ...readFindings(options.read),
  ]
}

/** Whether the engine's driver is there, and what is said of TLS fits it. */
export function engineFindings(
  { connection: { engine, plain, tls } }: Pick<Options, 'connection'>,
  known: readonly Engine[] = engines,
): readonly Finding[] {
  const needed = known.find(({ kind }) => kind === engine)?.missing?.()
  return [
    ...(needed === undefined
      ? []
      : [
          {
            at: ['connection', 'engine'],
            code: 'adapter.sql.driver-missing',
            value: engine,
            details: { package: needed },
          } as const,
        ]),
    ...(plain && (engine !== 'sqlserver' || tls !== undefined)
      ? [wrong(['connection', 'plain'], 'true', 'only with sqlserver, and without tls')]
      : []),
  ]
}

const wrong = (at: Pointer, value: string, expected: string): Finding => ({
  at,
  code: 'adapter.profile.value-wrong',
  value,
  details: { expected },
})

function wayFindings(options: Options, channels: readonly Channel[]): readonly Finding[] {
  const ways = (['read', 'insert', 'update'] as const).filter((way) => options[way] !== undefined)
  if (channels.length > 1) return [wrong([], channels.join(', '), 'one channel for each table')]
  const allowed = channels.flatMap((channel) =>
    channel === 'receive' ? ['insert'] : channel === 'notices' ? ['insert', 'update'] : ['read'],
  )
  const [way] = ways
  return ways.length === 1 && way !== undefined && (allowed.length === 0 || allowed.includes(way))
    ? []
    : [
        wrong(
          [],
          ways.join(', ') || 'none',
          `exactly one of: ${allowed.join(', ') || 'read, insert, update'}`,
        ),
      ]
}

function readFindings(read: ReadOptions | undefined): readonly Finding[] {
  if (read === undefined) return []
  if ((read.status === undefined) === (read.above === undefined))
    return [wrong(['read'], 'status, above', 'exactly one of: status, above')]
  if (read.above !== undefined && read.order.length > 0)
    return [
      wrong(['read', 'order'], read.order.join(', '), 'none with above: rows are taken by their number'),
    ]
  return read.above !== undefined && read.key.length > 1
    ? [wrong(['read', 'key'], read.key.join(', '), 'one column, a whole number that grows, with above')]
    : []
}

function fileFindings(way: ReadOptions | InsertOptions | undefined, at: Pointer): readonly Finding[] {
  return (way?.files ?? []).flatMap((file, index): Finding[] => {
    const [list, column] = file.at.split('.')
    const known = column === undefined || Object.hasOwn(way?.lists ?? {}, list ?? '')
    return known ? [] : [wrong([...at, 'files', index, 'at'], file.at, 'a column, or <list>.<column>')]
  })
}

/** Every name that a statement is made with: only bare ones, so that none can be a piece of SQL (attacks X3). */
function nameFindings(way: ReadOptions | InsertOptions | UpdateOptions | undefined, at: Pointer): Finding[] {
  if (way === undefined) return []
  const found: Finding[] = []
  const check = (value: string | undefined, place: Pointer, dots = 0): void => {
    if (value === undefined || isName(value, dots)) return
    const details = { expected: 'letters, digits, _ and $, at most 60, beginning with a letter' }
    found.push({ at: [...at, ...place], code: 'adapter.sql.identifier', value, details })
  }
  check(way.table, ['table'], 1)
  if ('where' in way) for (const [index, each] of way.where.entries()) check(each, ['where', index])
  if ('set' in way) for (const each of Object.keys(way.set)) check(each, ['set', each])
  if ('key' in way) for (const [index, each] of [way.key].flat().entries()) check(each, ['key', index])
  if ('lists' in way)
    for (const [list, { table, on, order }] of Object.entries(way.lists)) {
      check(list, ['lists', list])
      check(table, ['lists', list, 'table'], 1)
      for (const [own, other] of Object.entries(on)) {
        check(own, ['lists', list, 'on', own])
        check(other, ['lists', list, 'on', own])
      }
      for (const [index, each] of order.entries()) check(each, ['lists', list, 'order', index])
    }
  if ('files' in way)
    for (const [index, file] of way.files.entries()) {
      check(file.at, ['files', index, 'at'], 1)
      check(file.name, ['files', index, 'name'])
    }
  if ('status' in way) check(way.status?.column, ['status', 'column'])
  if ('writeBack' in way) {
    check(way.writeBack.messageId, ['writeBack', 'messageId'])
    check(way.writeBack.error, ['writeBack', 'error'])
    for (const [index, each] of way.order.entries()) check(each, ['order', index])
    for (const [index, each] of way.ignore.entries()) {
      check(each, ['ignore', index], 1)
      // The row whose file is read is found again by what orders its list.
      const [list = '', column = ''] = each.split('.')
      const holdsFiles = way.files.some(({ at }) => at.startsWith(`${list}.`))
      if (holdsFiles && way.lists[list]?.order.includes(column) === true) {
        const details = { expected: `a column that does not order the list ${list}: files are found by it` }
        found.push({
          at: [...at, 'ignore', index],
          code: 'adapter.profile.value-wrong',
          value: each,
          details,
        })
      }
    }
  }
  return found
}
