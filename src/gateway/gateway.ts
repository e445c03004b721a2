// The wiring, on one screen: systems hand over at the intake, the journal remembers, the dispatch brings.
import type { FastifyInstance } from 'fastify'
import type { Clock, Random } from '../letter/time.ts'
import { problem } from '../problem/problem.ts'
import { alarmsOf } from './alarms/alarms.ts'
import { hooksOf } from './alarms/hooks.ts'
import { AtWork, modeOf } from './at-work.ts'
import { attachmentsOf, openAttachments, watchAttachments } from './attachments/place.ts'
import { carryOut } from './carry-out.ts'
import { Dispatch } from './delivery/dispatch.ts'
import { LateWatch } from './delivery/late.ts'
import { type Desk, newId, type Step } from './desk.ts'
import { Filling } from './filling.ts'
import { Doorkeeper } from './http/access.ts'
import { openApi } from './http/api/api.ts'
import { descriptionPlugin } from './http/description.ts'
import { Doors, doorsPlugin } from './http/doors.ts'
import { healthPlugin } from './http/health.ts'
import { listenAt } from './http/listen.ts'
import { findObstacles } from './http/obstacles.ts'
import { createServer, renewTls } from './http/server.ts'
import { type Installation, readInstallation } from './installation.ts'
import { setMode } from './journal/deliveries.ts'
import { installationOf } from './journal/founding.ts'
import type { Role } from './journal/members.ts'
import { journalOf, openJournal, shownPlace } from './journal/place.ts'
import { LeadersWork } from './leaders-work.ts'
import { lockFolder, makeDataFolder, placeOf } from './lock.ts'
import type { Log } from './log.ts'
import { Membership, type Pace, usualPace } from './membership.ts'
import { createMetrics } from './metrics.ts'
import { Opened } from './opened.ts'
import { Orders } from './orders.ts'
import { Present } from './present.ts'
import { rememberingReader } from './profile-files.ts'
import { openQueue, redisOf } from './queue/place.ts'
import { Reload, type Reloaded } from './reload.ts'
import { Retention } from './retention/retention.ts'
import type { Listen, Settings } from './settings.ts'
import { usualAlarms } from './settings-alarms.ts'
import { usualRetention } from './settings-retention.ts'
import { type ConnectedSystem, doorsOf, orThrow, SettingsError } from './systems.ts'
import { tellOfAttachments, tellOfQueue } from './tell.ts'
import { verbsFor } from './verbs.ts'

export interface GatewayParts {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** What it does of the work on its journal; `all` unless it says so. */
  readonly role?: Role
  /** How soon gateways on one journal give each other up; the usual unless it says so. */
  readonly pace?: Pace
  /** By which people know it among several: a machine and a process. */
  readonly name?: string
  /** Told when the other gateways on its journal have given this one up: it has to stop. */
  readonly superseded?: () => void
  /** Told of every named step of a letter's way; tests end the process there. */
  readonly reached?: (step: Step) => void
}

export interface Gateway {
  /** Where it listens: `http://host:port`. */
  readonly http?: string
  readonly https?: string
  /** Reads profiles, certificates and keys again, and goes on with them when all of them are in order. */
  reload(): Promise<Reloaded>
  /** Takes nothing more, ends what is under way, closes. */
  stop(): Promise<void>
}

/** Starts a gateway. Rejects with `SettingsError`, naming every fault, when the installation is not in order: then nothing stays open. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const opened = new Opened()
  try {
    const running = await open(parts, opened)
    return {
      ...running,
      async stop() {
        await opened.close()
        parts.log.gatewayStopped()
      },
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

async function open(parts: GatewayParts, opened: Opened): Promise<Omit<Gateway, 'stop'>> {
  const { settings, environment, clock, random, log } = parts
  const from = { settings, environment, clock, read: rememberingReader() }
  const read = () => readInstallation(from)
  const atWork = new AtWork(orThrow(await read()))
  const alarmSettings = settings.alarms ?? usualAlarms()
  const hooks = orThrow(hooksOf(alarmSettings.hooks, environment))
  opened.add(() => Promise.all(hooks.map((hook) => hook.close())))
  orThrow(await makeDataFolder(settings.data))
  const lock = orThrow(lockFolder(settings.data))
  opened.add(() => lock.release())
  const place = orThrow(journalOf(settings, environment))
  const redis = orThrow(redisOf(settings, environment))
  const scans = orThrow(attachmentsOf(settings, environment))
  const role = parts.role ?? 'all'
  if (place.kind === 'sqlite' && role !== 'all')
    throw new SettingsError([problem('settings.role.alone', '--role', role, { journal: place.file })])
  const database = orThrow(await openJournal(place))
  opened.add(() => database.close())
  const installation = await installationOf(database, newId(), clock.now())
  let sweep = (): void => undefined
  const member = new Membership({
    ...{ database, clock, pace: parts.pace ?? usualPace, alone: place.kind === 'sqlite' },
    member: {
      ...{ id: newId(), place: orThrow(placeOf(settings.data)), name: parts.name ?? '', role },
      joinedAt: clock.now(),
    },
    superseded: () => parts.superseded?.(),
    leading: log.leading,
    fewer: () => sweep(),
    failed: (error) => log.workFailed('membership', error),
  })
  const other = await member.join({ sharing: settings.attachments !== undefined })
  if (other !== undefined)
    throw new SettingsError([
      problem('settings.journal.in-use', 'journal', shownPlace(place), { other: other.name }),
    ])
  opened.add(() => member.leave())
  const attachments = await openAttachments(scans, clock)
  opened.add(() => attachments.close())
  const present = new Present(database, member.id, clock, (error) => log.workFailed('present', error))
  await present.start()
  opened.add(watchAttachments(attachments, clock, tellOfAttachments(present, log)))
  const queue = await openQueue(redis, {
    ...{ installation, clock, works: role !== 'intake' },
    ...tellOfQueue(present, log),
    forgot: () => sweep(),
  })
  opened.add(() => queue.close())
  const metrics = createMetrics(database, queue, present)
  const { adapters, signers, trust } = atWork
  const desk: Desk = {
    ...{ database, attachments, signers, trust, clock, random, member },
    routes: atWork,
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
    givenUp: log.givenUp,
    breakerMoved: (office, probeAt) => present.breaker(office, probeAt),
    closed: (office, until) => present.closed(office, until),
    failed: log.workFailed,
  })
  await database.write(async (transaction) => {
    for (const [office, adapter] of adapters) await setMode(transaction, office, modeOf(adapter))
  })
  // Closed in reverse: orders and attempts under way end first, then the systems are let go, then the servers answer what they have.
  const servers: FastifyInstance[] = []
  opened.add(() => Promise.all(servers.map((server) => server.close())))
  opened.add(() => Promise.all([...adapters.values()].map((adapter) => adapter.stop())))
  opened.add(() => dispatch.stop())
  if (role !== 'intake') {
    await dispatch.start()
    sweep = () => void dispatch.sweep().catch((error: unknown) => log.workFailed('sweep', error))
  }
  const start = ({ system, adapter }: ConnectedSystem): Promise<void> =>
    adapter.start(verbsFor({ system, adapter, desk, log, metrics, present, installation }))
  for (const system of atWork.systems.values()) await start(system)

  const doors = new Doors(doorsOf(atWork.systems))
  const keeper = new Doorkeeper((office) => trust.certificatesOf(office))
  const health = healthPlugin({
    registry: metrics.registry,
    obstacles: () => findObstacles(database, settings.data, present),
  })
  const api = await openApi(settings.api, desk, atWork)
  const listen = async (at: Listen | undefined, path: string, scheme: 'http' | 'https') => {
    if (at === undefined) return {}
    const { tls } = atWork.installation
    const server = createServer({ ...(scheme === 'https' && tls && { tls }), failed: log.requestFailed })
    servers.push(server)
    await server.register(health)
    await server.register(descriptionPlugin())
    if (role === 'worker') return { [scheme]: orThrow(await listenAt(server, at, path, scheme)) }
    if (api !== undefined) await server.register(api)
    await server.register(doorsPlugin(doors, keeper, clock))
    return { [scheme]: orThrow(await listenAt(server, at, path, scheme)) }
  }
  const addresses = {
    ...(await listen(settings.listen.http, 'listen.http', 'http')),
    ...(await listen(settings.listen.https, 'listen.https', 'https')),
  }
  const secure = ({ tls }: Installation): void => {
    for (const server of servers) renewTls(server, tls)
  }
  const reload = new Reload({
    ...{ atWork, dispatch, doors, database, present, log, clock, read, start, secure },
  })
  opened.add(() => reload.stop())
  const orders = new Orders({
    ...{ database, clock, member, failed: log.workFailed },
    carryOut: (order, late) => carryOut({ reload, desk, atWork }, order, late),
  })
  opened.add(() => orders.stop())
  orders.start()
  const work = new LeadersWork(member, clock, (error) => log.workFailed('leading', error), [
    new LateWatch(desk, log.deliveryLate, (error) => log.workFailed('late', error)),
    alarmsOf({
      ...{ database, clock, log, atWork, hooks },
      ...{ data: settings.data, settings: alarmSettings },
    }),
    new Filling(database, clock, log.workFailed),
    new Retention({
      ...{ database, clock, newId, discard: attachments.discard, failed: log.workFailed },
      settings: settings.retention ?? usualRetention(),
    }),
  ])
  opened.add(() => work.stop())
  work.start()
  log.gatewayStarted({ systems: atWork.systems.size, role, ...addresses })
  return { ...addresses, reload: () => reload.run(true) }
}
