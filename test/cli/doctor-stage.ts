// An installation that `saraban doctor` looks at: what its tests share.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { stringify } from 'yaml'
import { run } from '../../src/cli/program.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { type Clock, systemClock, systemRandom } from '../../src/letter/time.ts'
import { scratch } from '../gateway/harness.ts'
import {
  ask,
  bearer,
  type Installation,
  inboxProfile,
  jsonProfile,
  keyOf,
  makeInstallation,
} from '../gateway/installation.ts'
import { isEmbedded, openJournal } from '../gateway/journal-engine.ts'
import { storeSettings, storesInFile } from '../gateway/store-settings.ts'
import { office } from '../letter/arbitrary.ts'

interface Found {
  readonly code: number
  readonly out: string
  /** The codes of what is wrong, each with its value. */
  readonly wrong: readonly string[]
}

interface Opened extends Installation {
  doctor(...words: string[]): Promise<Found>
  doctorAt(clock: Clock, ...words: string[]): Promise<Found>
  readonly environment: Readonly<Record<string, string>>
  /** Writes the settings file. */
  write(changes?: object): void
  database(): Promise<Database>
}

export async function opened(t: Test): Promise<Opened> {
  const folder = scratch(t)
  const installation = await makeInstallation(folder, ['50', 'moi'].map(office), {
    'json-50.yaml': jsonProfile('50'),
    'moi.yaml': inboxProfile(),
  })
  const { settings } = installation
  const file = join(folder, 'saraban.yaml')
  const secret = join(folder, 'secret')
  const write = (changes: object = {}): void => {
    const { data, trust, profiles, listen } = settings
    const alarms = { disk: '1MiB' }
    writeFileSync(
      file,
      stringify({ data, trust, profiles, listen, alarms, ...storesInFile(settings), ...changes }),
    )
  }
  write()
  writeFileSync(secret, 'x', { mode: 0o600 })
  const { environment } = await storeSettings(folder)
  const doctorAt = async (clock: Clock, ...words: string[]): Promise<Found> => {
    let [out, err] = ['', '']
    const terminal = {
      write: (text: string) => {
        out += text
      },
      complain: (text: string) => {
        err += text
      },
    }
    const code = await run(['doctor', '--settings', file, ...words], {
      ...{ ...terminal, environment, clock, random: systemRandom },
      untilEnded: () => Promise.resolve(),
    })
    const wrong = [...out.matchAll(/^wrong: .*\[([a-z.-]+)\]$/gm)].map(([, each = '']) => each)
    return { code, out: out + err, wrong }
  }
  return {
    ...{ ...installation, write, doctorAt, environment },
    doctor: (...words) => doctorAt(systemClock, ...words),
    database: () => openAgain(installation),
  }
}

async function openAgain({ folder, settings }: Installation): Promise<Database> {
  return openJournal(isEmbedded ? settings.data : folder)
}

export const scan = Buffer.from('%PDF-1.4 scan')

/** A letter with a scan, taken by the running gateway. */
export async function send(http: string | undefined, number: number): Promise<void> {
  const letter = {
    ...{ number: `0017.1/${number}`, date: '2026-11-20', subject: 'ทดสอบ', from: '50', to: 'moi' },
    attachments: [
      {
        name: 'scan.pdf',
        mediaType: 'application/pdf',
        content: scan.toString('base64'),
      },
    ],
  }
  const answer = await ask(`${http}/v1/systems/50/letters`, {
    ...{ method: 'POST', body: JSON.stringify(letter) },
    headers: { ...bearer(keyOf('50')), 'content-type': 'application/json' },
  })
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
}
