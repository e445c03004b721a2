// The transport `sql`: letters wait as rows of a system's own database, and what became of them is written back there.
import { byteCount, milliseconds } from '../../quantities.ts'
import type { Finding } from '../../schema.ts'
import { tlsFindings } from '../tls.ts'
import { channels, type TransportContext, transport } from '../transport.ts'
import type { ConnectionSettings } from './engine.ts'
import { engines } from './engines.ts'
import { sqlFetch } from './fetch.ts'
import { handOver } from './hand-over.ts'
import type { HandOver } from './handing.ts'
import { needsOf } from './needs.ts'
import { deeperFindings, type FileOptions, type Options, schemas } from './options.ts'
import { sessionOf } from './session.ts'
import { reasonOf } from './trouble.ts'

/** Bytes of one file that goes into a column: it is in memory while it is written. */
const fileLimit = 64 * 1024 * 1024

/**
 * Options. `connection`: engine, host (a path: a socket), port, database, user, password, `tls`, `charset` when the bytes in
 * text columns are not what the database believes, `connect` and `within`: time-outs. Then one of `read`, `insert`, `update`.
 */
export const sql = transport<Options>({
  kind: 'sql',
  about: {
    summary:
      'Rows of a system’s own database, MariaDB or MySQL, PostgreSQL and SQL Server; documents of the format `rows`. A profile holds no SQL: names are checked and quoted, values are parameters.',
    badDays: [
      ['no connection; lost before COMMIT was sent', 'not now', 'adapter.sql.unavailable'],
      [
        'lost after COMMIT was sent, or after a write without transactions',
        'unknown; the next attempt finds it',
        'adapter.sql.unsure',
      ],
      ['deadlock, lock, statement too slow', 'not now', 'adapter.sql.busy'],
      [
        'password, rights, a certificate that is not trusted',
        'not now, next try after 5 minutes',
        'adapter.sql.not-let-in',
      ],
      ['tables or columns missing', 'not now, with all that is missing', 'adapter.sql.schema'],
      ['a value that a column does not take', 'refused: never cut', 'adapter.sql.value-refused'],
      ['a file that no column of `files` names, or of a notice', 'refused', 'adapter.sql.file-homeless'],
      ['`update` finds no row, or two', 'refused, and nothing is changed', 'adapter.sql.no-row'],
      ['the system changed the row that we wrote', 'refused, for a person', 'adapter.sql.row-differs'],
      [
        'the package `tedious` is missing (`sqlserver`)',
        'the profile is not loaded',
        'adapter.sql.driver-missing',
      ],
    ],
  },
  options: schemas,
  required: ['connection'],
  channels: [...channels],
  handOver: 'pushes',
  place: ({ connection: { engine, host, port, database }, read, insert }) => {
    const table = (read ?? insert)?.table
    // An update changes rows of the system's own: none of them is met again as a letter.
    return table === undefined ? undefined : { engine, host, port, database, table }
  },
  fileColumns: ({ insert }) => insert?.files.map(({ at }) => at) ?? [],
  deeper: deeperFindings,
  create: (options, context) => {
    const { connection, read, insert, update } = options
    const engine = engines.find(({ kind }) => kind === connection.engine)
    const port = Number(connection.port ?? 0)
    const [fault, ...more] = [
      ...deeperFindings(options, []),
      ...tlsFindings(connection.tls ?? {}).map(
        (each): Finding => ({ ...each, at: ['connection', ...each.at] }),
      ),
      ...(Number.isInteger(port) && port >= 0 && port <= 65_535 ? [] : [portFinding(connection.port)]),
    ]
    if (fault !== undefined) return { ok: false, findings: [fault, ...more] }
    if (engine === undefined) throw new Error(`no engine ${connection.engine}`)
    const { connect, within, charset, port: _port, engine: _engine, ...rest } = connection
    const settings: ConnectionSettings = {
      ...rest,
      port: port === 0 ? undefined : port,
      connect: milliseconds(connect),
      within: milliseconds(within),
      ...(charset !== undefined && { charset }),
    }
    const { clock, forms } = context
    const mapped = Object.values(forms).flatMap((form) => form.columns ?? [])
    const session = sessionOf(engine, settings, needsOf(options, mapped), clock)
    if (read !== undefined) {
      const fetch = sqlFetch(
        {
          ...read,
          files: placed(read.files, context),
          document: forms.send === undefined ? 'notice' : 'letter',
          charset,
          limit: byteCount(read.attachmentLimit),
        },
        session,
      )
      return { ok: true, value: { doors: [], ...fetch } }
    }
    return {
      ok: true,
      value: {
        doors: [],
        start: async (verbs) => {
          // What is missing is told before the first letter is lost time over it.
          await session
            .use(async () => undefined)
            .catch((error: unknown) => {
              const reason = reasonOf(error)
              verbs.report('sql.unavailable', { table: (insert ?? update)?.table ?? '', reason })
            })
        },
        deliver: (parcel, signal) => {
          const form = parcel.envelope.content === 'letter' ? forms.receive : forms.notices
          if (form === undefined) throw new Error('a parcel came to a table that has no form for it')
          const way: HandOver = {
            ...(insert && { insert: { ...insert, files: placed(insert.files, context) } }),
            ...(update && { update }),
            form,
            charset,
            limit: fileLimit,
          }
          return handOver(parcel, way, session, signal)
        },
        stop: () => session.close(),
      },
    }
  },
})

const placed = (files: readonly FileOptions[], { absolute }: TransportContext): readonly FileOptions[] =>
  files.map((file) => (file.folder === undefined ? file : { ...file, folder: absolute(file.folder) }))

const portFinding = (port: unknown): Finding => ({
  at: ['connection', 'port'],
  code: 'adapter.option.wrong',
  value: String(port),
  details: { expected: 'a port from 1 to 65535' },
})
