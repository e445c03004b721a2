// The wiring, on one screen: systems hand over at the intake, the journal remembers, the dispatch brings.
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Adapter } from '../adapters/contract.ts'
import type { OfficeId } from '../letter/offices.ts'
import type { Clock, Random } from '../letter/time.ts'
import { openAttachmentStore } from './attachments/store.ts'
import { Dispatch } from './delivery/dispatch.ts'
import { defaultPolicy } from './delivery/schedule.ts'
import { Doorkeeper } from './http/access.ts'
import { doorsPlugin } from './http/doors.ts'
import { healthPlugin } from './http/health.ts'
import { createServer } from './http/server.ts'
import type { Desk, Step } from './intake/desk.ts'
import { setMode } from './journal/deliveries.ts'
import { openSqlite } from './journal/sqlite.ts'
import { lockFolder } from './lock.ts'
import type { Log } from './log.ts'
import { createMetrics } from './metrics.ts'
import { embeddedQueue } from './queue/embedded.ts'
import type { Settings } from './settings.ts'
import { checkKeys, connectSystems, orThrow } from './systems.ts'
import { readSigners, readTrustFolder } from './trust/folder.ts'
import { verbsFor } from './verbs.ts'

export interface GatewayParts {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Told of every named step of a letter's way; tests end the process there. */
  readonly reached?: (step: Step) => void
}

export interface Gateway {
  /** Where it listens: `http://host:port`. */
  readonly http?: string
  readonly https?: string
  /** Takes nothing more, ends what is under way, closes. */
  stop(): Promise<void>
}

/** Starts a gateway. Rejects with `SettingsError`, naming every fault, when the installation is not in order. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { settings, environment, clock, random, log } = parts
  const trust = orThrow(readTrustFolder(settings.trust))
  const signers = orThrow(readSigners(settings.trust, trust))
  const systems = orThrow(
    connectSystems({ profiles: settings.profiles, environment, folder: settings.data, clock }),
  )
  orThrow(checkKeys(systems, signers))
  await mkdir(settings.data, { recursive: true })
  const lock = orThrow(lockFolder(settings.data))
  const database = openSqlite(join(settings.data, 'journal.sqlite'))
  const attachments = await openAttachmentStore(join(settings.data, 'attachments'))
  const queue = embeddedQueue(clock)
  const metrics = createMetrics(database, queue)
  const adapters = new Map<OfficeId, Adapter>([...systems].map(([office, { adapter }]) => [office, adapter]))
  const modeOf = (office: OfficeId) => {
    const adapter = adapters.get(office)
    return adapter && (adapter.deliver === undefined ? 'poll' : 'push')
  }
  const desk: Desk = {
    database,
    attachments,
    signers,
    trust,
    clock,
    random,
    routes: { modeOf, giveUpAfter: () => defaultPolicy.giveUpAfter },
    due: (due) => {
      for (const { id, dueAt, priority } of due) queue.put(id, dueAt, priority)
    },
    reached: parts.reached ?? (() => undefined),
  }
  const dispatch = new Dispatch(desk, queue, adapters, {
    attempted: (parcel, outcome, milliseconds) => {
      log.attemptEnded(parcel, outcome, milliseconds)
      metrics.attemptEnded(parcel, outcome, milliseconds / 1000)
    },
    breakerOpened: log.breakerOpened,
    failed: log.workFailed,
  })
  await database.write(async (transaction) => {
    for (const office of adapters.keys()) await setMode(transaction, office, modeOf(office) ?? 'push')
  })
  await dispatch.start()
  for (const { system, adapter } of systems.values()) {
    await adapter.start(verbsFor({ system, adapter, desk, dispatch, log, metrics }))
  }

  const keeper = new Doorkeeper((office) => trust.certificatesOf(office))
  const doors = [...adapters].flatMap(([office, adapter]) => adapter.doors.map((door) => ({ office, door })))
  const health = healthPlugin({
    registry: metrics.registry,
    obstacles: () =>
      database.committed.one('SELECT 1').then(
        () => [],
        () => ['the journal cannot be read'],
      ),
  })
  const open = async (
    listen: { host: string; port: number },
    server: FastifyInstance,
  ): Promise<FastifyInstance> => {
    await server.register(health)
    await server.register(doorsPlugin(doors, keeper))
    await server.listen(listen)
    return server
  }
  const { http, https } = settings.listen
  const tls = https && {
    certificate: readFileSync(https.certificate),
    key: readFileSync(https.key),
    authority: trust.authority,
  }
  const plain = http && (await open(http, createServer({ failed: log.requestFailed })))
  const secure = https && tls && (await open(https, createServer({ tls, failed: log.requestFailed })))
  const addresses = {
    ...(plain && { http: addressOf(plain, 'http') }),
    ...(secure && { https: addressOf(secure, 'https') }),
  }
  log.gatewayStarted({ systems: systems.size, ...addresses })

  return {
    ...addresses,
    async stop() {
      await Promise.all([...adapters.values()].map((adapter) => adapter.stop()))
      await Promise.all([plain?.close(), secure?.close()])
      await dispatch.stop()
      await database.close()
      lock.release()
      log.gatewayStopped()
    },
  }
}

function addressOf(server: FastifyInstance, scheme: string): string {
  const { address, port, family } = server.server.address() as AddressInfo
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
