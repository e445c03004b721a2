// Reads the settings, composes, listens, stops.
import { hostname } from 'node:os'
import pino from 'pino'
import { type Gateway, startGateway } from './gateway/gateway.ts'
import { orThrow } from './gateway/installation/systems.ts'
import type { Role } from './gateway/journal/members.ts'
import { createLog } from './gateway/log.ts'
import type { Granted } from './gateway/settings/api.ts'
import type { Settings } from './gateway/settings/settings.ts'
import { readSettings } from './gateway/settings/settings.ts'
import { systemClock, systemRandom } from './letter/time.ts'
import { linesOf } from './log-lines.ts'
import { good, type Result } from './problem/problem.ts'

/** Starts a gateway with the process's own clock, chance, environment and standard output. */
function runGateway(
  settingsFile: string,
  settings: Settings,
  role: Role,
  superseded: () => void,
  ended: AbortSignal,
): Promise<Gateway> {
  const lines = linesOf(1)
  const log = createLog(pino({ level: settings.log, base: null }, lines))
  const parts = { settings, environment: process.env, clock: systemClock, random: systemRandom, log, lines }
  const grants = (): Result<readonly Granted[]> => {
    const read = readSettings(settingsFile)
    return read.ok ? good(read.value.api?.grants ?? []) : read
  }
  return startGateway({ ...parts, grants, role, name: `${hostname()} ${process.pid}`, superseded, ended })
}

/** How a gateway ended: it was asked to, or the others on its journal gave it up (docs/decisions/0023). */
export type Ended = 'asked' | 'superseded'

/** Runs the gateway of a settings file until it ends. Rejects with `SettingsError`. */
export async function main(settingsFile: string, role: Role): Promise<Ended> {
  let end: (how: Ended) => void = () => undefined
  const ended = new Promise<Ended>((resolve) => {
    end = resolve
  })
  let running: Gateway | undefined
  let askedEarly = false
  // A process without a listener dies of this signal: it listens before it starts, and reads again when it has started.
  process.on('SIGHUP', () => {
    // What came of it stands in the log. A reload that fails by a defect must not end the process.
    if (running !== undefined) void running.reload().catch(() => undefined)
    else askedEarly = true
  })
  const asked = new AbortController()
  const ask = (): void => {
    // A start that waits for something is broken off; one that hangs may not keep its supervisor waiting.
    if (running === undefined) endAnyway()
    asked.abort()
    end('asked')
  }
  process.once('SIGTERM', ask)
  process.once('SIGINT', ask)
  try {
    running = await runGateway(
      settingsFile,
      orThrow(readSettings(settingsFile)),
      role,
      () => end('superseded'),
      asked.signal,
    )
  } catch (error) {
    if (asked.signal.aborted && error === asked.signal.reason) return 'asked'
    throw error
  }
  if (askedEarly) process.emit('SIGHUP')
  const how = await ended
  await running.stop()
  endAnyway()
  return how
}

/**
 * What hangs in a thread of the system (a look into a share whose server is gone) keeps a process for ever, also one that calls
 * `exit`: after so many milliseconds it is killed, and its supervisor starts it again. Everything is committed by then.
 */
export function endAnyway(after = 30_000): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), after).unref()
}
