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

/** What a supervisor may take for "start it again later" (sysexits.h: EX_TEMPFAIL). */
const supersededStatus = 75

/** Runs the gateway of a settings file until the process is asked to stop. Rejects with `SettingsError`. */
export async function main(settingsFile: string, role: Role): Promise<void> {
  let end: () => void = () => undefined
  const asked = new Promise<void>((resolve) => {
    end = resolve
  })
  const gateway = await runGateway(orThrow(readSettings(settingsFile)), role, () => {
    process.exitCode = supersededStatus
    end()
  })
  // What came of it stands in the log. A reload that fails by a defect must not end the process.
  process.on('SIGHUP', () => void gateway.reload().catch(() => undefined))
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  await asked
  await gateway.stop()
}
