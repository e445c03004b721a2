// Where the journal of an installation is, and how it is opened: in its data folder, or on PostgreSQL where the settings
// name one.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import { usable } from '../lock.ts'
import { secretsOf } from '../settings/secrets.ts'
import type { Settings } from '../settings/settings.ts'
import type { Database, Reader } from './database.ts'
import { besidePostgresql, isPostgresqlUpToDate, openPostgresql } from './postgresql.ts'
import { mayBeThereSoon, type PostgresqlAt } from './postgresql-connection.ts'
import { isUpToDate, openSqlite, readSqlite, writeSqlite } from './sqlite.ts'
import { migrateApart, versionIn } from './sqlite-schema.ts'
import type { Upgrade } from './upgrade.ts'
import type { Wait } from './wait.ts'

export type JournalPlace =
  | { readonly kind: 'sqlite'; readonly file: string; readonly folder: string }
  | { readonly kind: 'postgresql'; readonly at: PostgresqlAt }

/** The journal in a data folder. */
export const journalIn = (folder: string): JournalPlace => ({
  kind: 'sqlite',
  file: join(folder, 'journal.sqlite'),
  folder,
})

/** The journal that the settings name; `environment` holds its password where they say so. */
export function journalOf(
  { data, journal }: Pick<Settings, 'data' | 'journal'>,
  environment: Readonly<Record<string, string | undefined>>,
): Result<JournalPlace> {
  if (journal === undefined) return good(journalIn(data))
  const secrets = secretsOf<Pick<PostgresqlAt, 'password' | 'authority'>>(
    'journal',
    journal.secrets,
    environment,
  )
  return secrets.ok ? good({ kind: 'postgresql', at: { ...journal.at, ...secrets.value } }) : secrets
}

/** As people are told of it; never with a password. */
export const shownPlace = (place: JournalPlace): string =>
  place.kind === 'sqlite'
    ? place.file
    : `postgresql://${place.at.user}@${place.at.host}:${place.at.port}/${place.at.database}`

/**
 * Opens the journal for a gateway and brings its schema up to date, of which `upgrade` is told. A server that may be there soon is tried
 * again while `wait` says so. Rejects with its signal's reason when the gateway is asked to end meanwhile.
 */
export async function openJournal(
  place: JournalPlace,
  wait?: Wait,
  upgrade?: Upgrade,
): Promise<Result<Database>> {
  if (place.kind === 'sqlite') {
    const found = usable(place.folder, () => versionIn(place.file))
    if (found.ok && upgrade !== undefined) await migrateApart(place.file, found.value, upgrade)
    return usable(place.folder, () => openSqlite(place.file))
  }
  for (;;) {
    try {
      const database = await openPostgresql(place.at, upgrade)
      wait?.over()
      return good(database)
    } catch (error) {
      upgrade?.ended?.throwIfAborted()
      if (wait !== undefined && mayBeThereSoon(error) && (await wait.more(reasonOf(error)))) continue
      return bad(unusable(place, error))
    }
  }
}

/** What is wrong with a journal that cannot be had, in the words of its server. */
export const unusable = (place: JournalPlace, error: unknown): ReturnType<typeof problem> =>
  problem(
    place.kind === 'sqlite' ? 'settings.data.unreadable' : 'settings.journal.unusable',
    'journal',
    shownPlace(place),
    { reason: reasonOf(error) },
  )

/** Why a journal beside which a command would work cannot be had. */
export type Unfit = 'absent' | 'other-version'

/** Whether a command may work beside the gateway of this journal. Rejects when its server cannot be reached. */
export async function unfitBecause(place: JournalPlace): Promise<Unfit | undefined> {
  if (place.kind === 'sqlite' && !existsSync(place.file)) return 'absent'
  const upToDate = place.kind === 'sqlite' ? isUpToDate(place.file) : await isPostgresqlUpToDate(place.at)
  return upToDate ? undefined : 'other-version'
}

/** Opens a fit journal beside its gateway to read only: whoever may not write it may look. */
export function readJournal(place: JournalPlace): { readonly committed: Reader; close(): unknown } {
  return place.kind === 'sqlite' ? readSqlite(place.file) : besidePostgresql(place.at)
}

/** Opens a fit journal beside its gateway for short writes: on SQLite one writes at a time, and the other waits. */
export const besideJournal = (place: JournalPlace): Database =>
  place.kind === 'sqlite' ? writeSqlite(place.file) : besidePostgresql(place.at)

/** Several addresses of one name that all refuse are one error without a message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : error.name
  return error.message === '' ? code : error.message
}
