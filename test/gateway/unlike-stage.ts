// Gateways in one process on one journal of PostgreSQL, each with profiles, keys and settings of its own, which may differ.
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Gateway, GatewayParts } from '../../src/gateway/gateway.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import type { DatabaseServer } from '../../src/sandbox/servers/database.ts'
import { postgresqlServer } from '../../src/sandbox/servers/postgresql.ts'
import { scratch } from './harness.ts'
import { type Installation, makeInstallation } from './installation.ts'

export interface Unlike {
  readonly journal: Database
  readonly installation: Installation
  /** A gateway beside the others, with a copy of the first one's keys and profiles that is its own to change. */
  add(name: string): Beside
}

export interface Beside {
  readonly settings: Settings
  readonly installation: Installation
  start(changes?: Partial<GatewayParts>): Promise<Gateway>
}

let server: Promise<DatabaseServer | { readonly missing: string }> | undefined
let count = 0

/** Undefined where there is no PostgreSQL: that is said, and fails where it has to be there. */
export async function unlike(
  test: Test,
  offices: readonly OfficeId[],
  profiles: Readonly<Record<string, object>>,
): Promise<Unlike | undefined> {
  server ??= postgresqlServer(process.env, { durable: true }).then((started) => {
    if (!('missing' in started)) t.teardown(() => started.stop())
    return started
  })
  const found = await server
  if ('missing' in found) {
    if (process.env['CI'] === 'true') test.fail(found.missing)
    else test.pass(found.missing, { skip: found.missing })
    return undefined
  }
  count += 1
  const { host, port, user, password, database, ask } = await found.database(`unlike_${process.pid}_${count}`)
  await ask(`GRANT CREATE ON SCHEMA public TO ${user}`)
  const folder = scratch(test)
  const installation = await makeInstallation(folder, offices, profiles)
  mkdirSync(join(folder, 'scans'))
  const shared: Settings = {
    ...installation.settings,
    journal: {
      at: { host, port, user, database },
      secrets: { password: { env: 'SARABAN_TEST_JOURNAL_PASSWORD' } },
    },
    attachments: { kind: 'folder', path: join(folder, 'scans') },
  }
  const environment = { SARABAN_TEST_JOURNAL_PASSWORD: password ?? '' }
  const journal = await openPostgresql({ host, port, user, password, database })
  test.after(() => journal.close())
  return {
    journal,
    installation,
    add(name) {
      const own = join(folder, name)
      for (const each of ['trust', 'profiles'] as const)
        cpSync(installation.settings[each], join(own, each), { recursive: true })
      const settings: Settings = {
        ...shared,
        ...{ data: join(own, 'data'), trust: join(own, 'trust'), profiles: join(own, 'profiles') },
        listen: { http: { host: '127.0.0.1', port: 0 } },
      }
      const start = async (changes: Partial<GatewayParts> = {}): Promise<Gateway> => {
        const gateway = await installation.start({
          ...{ settings, name, environment, pace: { every: 50, deadAfter: 30_000 } },
          ...changes,
        })
        test.after(() => gateway.stop())
        return gateway
      }
      return { settings, start, installation: { ...installation, folder: own, settings, start } }
    },
  }
}

/** Waits until it is so, for a minute at most. */
export async function comes(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`never: ${what}`)
    await pause(20)
  }
}
