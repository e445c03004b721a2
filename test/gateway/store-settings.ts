// How a command is told which installation it stands beside: its data folder, or a settings file where its stores are on servers.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import { attachmentSettings } from './attachments-engine.ts'
import { journalSettings } from './journal-engine.ts'
import { queueSettings } from './queue-engine.ts'

type Stores = Pick<Settings, 'journal' | 'queue' | 'attachments'>

/** What the settings of an installation in `folder` say of its stores, with the environment that their secrets need. */
export async function storeSettings(
  folder: string,
): Promise<{ readonly settings: Stores; readonly environment: Record<string, string> }> {
  const stores = [await journalSettings(folder), await queueSettings(), await attachmentSettings(folder)]
  return {
    settings: Object.assign({}, ...stores.map(({ settings }) => settings)) as Stores,
    environment: Object.assign({}, ...stores.map(({ environment }) => environment)) as Record<string, string>,
  }
}

/** The same as a settings file says it. */
export function storesInFile({ journal, queue, attachments }: Stores): object {
  const bucket = attachments?.kind === 'bucket' ? attachments : undefined
  return {
    ...(journal && {
      journal: {
        url: `postgresql://${journal.at.user}@${journal.at.host}:${journal.at.port}/${journal.at.database}`,
        ...journal.secrets,
      },
    }),
    ...(queue && {
      queue: { url: `redis://${queue.at.host}:${queue.at.port}/${queue.at.database}`, ...queue.secrets },
    }),
    ...(bucket && {
      attachments: {
        url: `s3://${bucket.at.bucket}/${bucket.at.prefix}`,
        ...{ endpoint: bucket.at.endpoint, region: bucket.at.region, pathStyle: bucket.at.pathStyle },
        ...bucket.secrets,
      },
    }),
  }
}

/** How a command is told where it stands. */
export interface Place {
  readonly words: readonly string[]
  readonly environment: Record<string, string>
}

/** The words and the environment for a command beside an installation in `folder`, whose data folder is `data`. */
export async function besideIt(folder: string, data = folder): Promise<Place> {
  const { settings, environment } = await storeSettings(folder)
  if (Object.keys(settings).length === 0) return { words: ['--data', data], environment }
  const file = join(folder, 'beside.yaml')
  const listen = { http: { host: '127.0.0.1', port: 0 } }
  const said = { data, trust: folder, profiles: folder, listen, ...storesInFile(settings) }
  writeFileSync(file, stringify(said))
  return { words: ['--settings', file], environment }
}
