// Reads the settings, composes, listens, stops.
import { hostname } from 'node:os'
import pino from 'pino'
import { type Gateway, startGateway } from './gateway/gateway.ts'
import type { Role } from './gateway/journal/members.ts'
import { createLog } from './gateway/log.ts'
import type { Settings } from './gateway/settings.ts'
import { readSettings } from './gateway/settings.ts'
import { orThrow } from './gateway/systems.ts'
import { systemClock, systemRandom } from './letter/time.ts'

/** Starts a gateway with the process's own clock, chance, environment and standard output. */
function runGateway(settings: Settings, role: Role, superseded: () => void): Promise<Gateway> {
  const log = createLog(pino({ level: settings.log, base: null }))
  const parts = { settings, environment: process.env, clock: systemClock, random: systemRandom, log }
  return startGateway({ ...parts, role, name: `${hostname()} ${process.pid}`, superseded })
}

/** How a gateway ended: it was asked to, or the others on its journal gave it up (docs/decisions/0023). */
export type Ended = 'asked' | 'superseded'

/** Runs the gateway of a settings file until it ends. Rejects with `SettingsError`. */
export async function main(settingsFile: string, role: Role): Promise<Ended> {
  let end: (how: Ended) => void = () => undefined
  const ended = new Promise<Ended>((resolve) => {
    end = resolve
  })
  const gateway = await runGateway(orThrow(readSettings(settingsFile)), role, () => end('superseded'))
  // What came of it stands in the log. A reload that fails by a defect must not end the process.
  process.on('SIGHUP', () => void gateway.reload().catch(() => undefined))
  process.once('SIGTERM', () => end('asked'))
  process.once('SIGINT', () => end('asked'))
  const how = await ended
  await gateway.stop()
  return how
}
