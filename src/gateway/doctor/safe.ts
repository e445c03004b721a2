// Whether the journal's engine keeps what it commits, and whether its file is whole.
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { type Problem, problem } from '../../problem/problem.ts'
import { type JournalPlace, shownPlace } from '../journal/place.ts'
import { optionsOf, type PostgresqlAt } from '../journal/postgresql-connection.ts'
import { unsafeBecause } from '../journal/postgresql-schema.ts'

export interface Engine {
  readonly problems: readonly Problem[]
  /** The server's clock, where the journal is on one. */
  readonly serverTime?: number
}

/** Looks at the engine; `deep`: at every page of a file. Rejects when it cannot. */
export const lookAtEngine = (place: JournalPlace, deep: boolean): Promise<Engine> =>
  place.kind === 'sqlite' ? fileOf(place.file, deep) : serverOf(place.at, shownPlace(place))

async function fileOf(file: string, deep: boolean): Promise<Engine> {
  const connection = new Sqlite(file, { readonly: true, fileMustExist: true })
  try {
    const mode = String(connection.pragma('journal_mode', { simple: true }))
    const unsafe =
      mode === 'wal'
        ? []
        : [problem('doctor.journal.unsafe', '', file, { reason: `journal_mode is ${mode} and must be wal` })]
    if (!deep) return { problems: unsafe }
    const said = String(connection.pragma('integrity_check(1)', { simple: true }))
    const damaged = said === 'ok' ? [] : [problem('doctor.journal.damaged', '', file, { reason: said })]
    return { problems: [...unsafe, ...damaged] }
  } finally {
    connection.close()
  }
}

/** The one place where a server is asked for its time: to compare the two clocks. */
const asked = 'SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint AS now'

async function serverOf(at: PostgresqlAt, shown: string): Promise<Engine> {
  const client = new pg.Client(optionsOf(at))
  client.on('error', () => undefined)
  await client.connect()
  try {
    const reason = await unsafeBecause(client)
    const { rows } = await client.query<{ now: number }>(asked)
    return {
      problems: reason === undefined ? [] : [problem('doctor.journal.unsafe', '', shown, { reason })],
      serverTime: Number(rows[0]?.now),
    }
  } finally {
    await client.end()
  }
}
