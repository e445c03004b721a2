// The whole way of letters, measured part by part. Everything runs on this machine: the gateways, the ministry, and whoever
// posts, each in a process of its own; PostgreSQL and Redis where a part is about them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chosen, type Options } from '../options.ts'
import type { Row } from '../row.ts'
import { attachmentRows } from './attachment.ts'
import { backlogRows } from './backlog.ts'
import { growthRows } from './growth.ts'
import { type Installation, openInstallation } from './installation.ts'
import { queryRows } from './queries.ts'
import { openServers, type Servers } from './servers.ts'
import { urgentRows } from './urgent.ts'
import { wayRows } from './way.ts'

export const name = 'delivery'

/** Measures one part in an empty folder. */
type Part = (folder: string, options: Options) => Promise<Row[]>

const parts: Readonly<Record<string, Part>> = {
  way: (folder, { quick }) =>
    installed(folder, {}, async (installation) => [
      ...(await wayRows(installation, { kind: 'embedded' }, 'embedded', quick)),
      ...(await onServers(async (servers) =>
        wayRows(installation, await servers.fresh('way'), 'servers', quick),
      )),
    ]),
  urgent: (folder, { quick }) => installed(folder, {}, (installation) => urgentRows(installation, quick)),
  attachment: (folder, { quick, size = quick ? 64e6 : 1000e6 }) =>
    installed(folder, {}, (installation) => attachmentRows(installation, size)),
  backlog: (folder, { quick }) => backlogRows(folder, quick ? 20_000 : 1_000_000, quick ? 1 : 3),
  growth: (folder, { quick }) =>
    // More at once than all workers together have, so that it is they who are few.
    installed(folder, { atOnce: 100 }, (installation) =>
      onServers((servers) => growthRows(installation, servers, quick)),
    ),
  queries: (folder, { quick, long }) =>
    installed(folder, {}, (installation) =>
      queryRows(installation, quick ? [100_000] : long ? [1_000_000, 10_000_000] : [1_000_000]),
    ),
}

async function installed(
  folder: string,
  options: Parameters<typeof openInstallation>[1],
  measure: (installation: Installation) => Promise<Row[]>,
): Promise<Row[]> {
  const installation = await openInstallation(folder, options)
  try {
    return await measure(installation)
  } finally {
    await installation.close()
  }
}

async function onServers(measure: (servers: Servers) => Promise<Row[]>): Promise<Row[]> {
  const servers = await openServers()
  if ('missing' in servers) return [missed('PostgreSQL + Redis', servers.missing)]
  try {
    return await measure(servers)
  } finally {
    await servers.close()
  }
}

export const choice: readonly string[] = Object.keys(parts)

/** Measures what was chosen, one part after the other. */
export async function run(options: Options): Promise<Row[]> {
  const wanted = chosen(choice, options.only)
  const rows: Row[] = []
  for (const [part, measure] of Object.entries(parts)) {
    if (!wanted.includes(part)) continue
    const folder = mkdtempSync(join(tmpdir(), `saraban-${part}-`))
    const began = performance.now()
    try {
      rows.push(...(await measure(folder, options)))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    // Said at once: all of it takes a while.
    process.stderr.write(`${part}: measured in ${Math.round((performance.now() - began) / 1000)} s\n`)
  }
  return rows
}

const missed = (what: string, reason: string): Row => ({
  ...{ what: `${what}: ${reason}`, value: 0, unit: '', ok: false },
})
