// The wiring, on one screen: systems hand over at the intake, the journal remembers, the dispatch brings.

import type { OfficeId } from '../letter/offices.ts'
import type { Random } from '../letter/time.ts'
import type { Result } from '../problem/problem.ts'
import { hooksOf } from './alarms/hooks.ts'
import { authoritiesOf } from './alarms/relied.ts'
import { carryOut } from './carry-out.ts'
import { Dispatch, type DispatchObserver } from './delivery/dispatch.ts'
import type { Desk } from './desk.ts'
import { leadersDuties } from './duties.ts'
import { Doorkeeper } from './http/access.ts'
import { Grants } from './http/api/access.ts'
import { openApi } from './http/api/api.ts'
import { descriptionPlugin } from './http/description.ts'
import { Doors, doorsPlugin } from './http/doors.ts'
import { healthPlugin } from './http/health.ts'
import { mayMeasure } from './http/measures.ts'
import { findObstacles } from './http/obstacles.ts'
import { type Addresses, Servers } from './http/servers.ts'
import { AtWork, modeOf } from './installation/at-work.ts'
import { readInstallation } from './installation/installation.ts'
import { Modes } from './installation/modes.ts'
import { rememberingReader } from './installation/profile-files.ts'
import { Reload, type Reloaded } from './installation/reload.ts'
import { type ConnectedSystem, doorsOf, orThrow, stopSystem } from './installation/systems.ts'
import type { Mode } from './journal/deliveries.ts'
import type { OfficeReach, Reach, Self } from './journal/reaches.ts'
import type { Log } from './log.ts'
import { type LogLoss, tellOfLoss } from './log-loss.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { Opened } from './opened.ts'
import { ordersWork } from './orders.ts'
import type { Present } from './present.ts'
import type { Granted } from './settings/api.ts'
import { openStores, type StoresParts } from './stores.ts'
import { UnderWay } from './under-way.ts'
import { verbsFor } from './verbs.ts'

export interface GatewayParts extends StoresParts {
  /** Reads the grants of the API again, at a reload; absent: they stay those of the settings. */
  readonly grants?: () => Result<readonly Granted[]>
  readonly random: Random
  /** What is lost of the log, where lines can be. */
  readonly lines?: LogLoss
  /** Told of every named step of a letter's way; tests end the process there, and the bench looks at its clock. */
  readonly reached?: Desk['reached']
}

export interface Gateway extends Addresses {
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
  const { grants } = parts
  const from = { settings, environment, clock, read: rememberingReader(), ...(grants && { grants }) }
  const read = () => readInstallation(from)
  orThrow(await read())
  const hooks = orThrow(hooksOf(settings.alarms?.hooks ?? [], environment))
  const authorities = authoritiesOf(settings, environment)
  opened.add(() => Promise.all(hooks.map((hook) => hook.close())))
  let sweep = (): void => undefined
  let changed = (): void => undefined
  const stores = await openStores(parts, opened, { sweep: () => sweep(), changed: () => changed() })
  const { database, installation, role, member, attachments, present, queue } = stores
  // Read once more: a start may have waited long for its stores, and a reload asks only those that have joined by then.
  const atWork = new AtWork(orThrow(await read()), clock)
  const { lines } = parts
  if (lines !== undefined) opened.add(tellOfLoss(lines, present, clock))
  const metrics = createMetrics(database, queue, present, lines)
  const { adapters, signers, trust } = atWork
  const desk: Desk = {
    ...{ database, attachments, signers, trust, clock, random, member },
    routes: atWork,
    due: (due) => {
      for (const { id, dueAt, priority } of due) queue.put(id, dueAt, priority)
    },
    reached: parts.reached ?? (() => undefined),
  }
  const underWay = new UnderWay({ clock, told: (...hanging) => present.hangs(...hanging) })
  const dispatch = new Dispatch(desk, queue, adapters, observer(log, metrics, present, underWay))
  const self = (): Self => (underWay.hangs() ? { hangs: true } : {})
  await member.tell(() => reachOf(atWork, dispatch), self)
  const agrees = (office: OfficeId, mode: Mode): boolean => member.agrees(office, mode)
  const modes = new Modes({
    ...{ database, clock, adapters, agrees },
    failed: (error) => log.workFailed('modes', error),
  })
  opened.add(() => modes.stop())
  await modes.write()
  changed = () => {
    sweep()
    modes.changed()
    const offices = member.differences().map(({ office }) => office)
    present.part('gateways', 'differ', offices.length === 0 ? undefined : { offices: offices.length })
  }
  const doors = new Doors(doorsOf(atWork.systems))
  const granted = new Grants(() => atWork.installation.grants)
  const api = role === 'worker' ? undefined : await openApi(settings.api, granted, desk, atWork)
  const keeper = new Doorkeeper((office) => trust.certificatesOf(office))
  const obstacles = () => findObstacles(database, settings.data, present, () => member.silentFor())
  const servers = new Servers({
    ...{ listen: settings.listen, tls: atWork.installation.tls, clock, failed: log.requestFailed },
    plugins: [
      healthPlugin({
        registry: metrics.registry,
        obstacles,
        mayMeasure: (request) => mayMeasure(granted, request),
      }),
      descriptionPlugin(),
      ...(api === undefined ? [] : [api]),
      ...(role === 'worker' ? [] : [doorsPlugin(doors, keeper, clock, log.accessDenied)]),
    ],
  })
  // Closed in reverse: orders and attempts under way end first, then the systems are let go, then the servers answer what they have.
  opened.add(() => servers.close())
  opened.add(() => Promise.all([...adapters.values()].map((adapter) => stopSystem(clock, adapter))))
  opened.add(() => dispatch.stop())
  // Whoever comes to a door before all systems are started waits at it, and is answered when the start fails.
  const unlock = doors.change(new Set(atWork.systems.keys()))
  opened.add(() => unlock(doorsOf(atWork.systems)))
  const addresses = await servers.listen()
  // Only now, when nothing refuses the start any more: a gateway that is refused has brought nothing and taken nothing.
  await member.takePart()
  if (role !== 'intake') {
    await dispatch.start()
    sweep = () => void dispatch.sweep().catch((error: unknown) => log.workFailed('sweep', error))
  }
  const start = ({ system, adapter }: ConnectedSystem): Promise<void> =>
    adapter.start(verbsFor({ system, adapter, desk, log, metrics, present, underWay, installation }))
  for (const system of atWork.systems.values()) await start(system)
  unlock(doorsOf(atWork.systems))
  const reload = new Reload({
    ...{ atWork, dispatch, doors, database, present, log, clock, read, start, agrees },
    changed: () => {
      modes.changed()
      return member.tellNews()
    },
    secure: (fresh) => servers.secure(fresh),
  })
  opened.add(() => reload.stop())
  const orders = ordersWork({
    ...{ database, clock, member, failed: log.workFailed, uncorrected: log.letterUncorrected },
    carryOut: (order) => carryOut({ reload, desk, atWork, failed: log.workFailed }, order),
  })
  const duties = leadersDuties({ settings, desk, member, log, atWork, authorities, hooks, underWay })
  const watch = underWay.watch((error) => log.workFailed('under way', error))
  for (const work of [orders, duties, watch]) {
    opened.add(() => work.stop())
    work.start()
  }
  log.certificatesDoubted(atWork.installation)
  log.gatewayStarted({ systems: atWork.systems.size, role, ...addresses })
  return { ...addresses, reload: () => reload.insist() }
}

/** What a gateway has of the offices. */
const reachOf = ({ systems, adapters }: AtWork, dispatch: Dispatch): Reach =>
  Object.fromEntries(
    [...adapters].map(([office, adapter]): [string, OfficeReach] => [
      office,
      {
        ...{ mode: modeOf(adapter), profile: systems.get(office)?.system.version.slice(0, 16) ?? '' },
        ...(dispatch.isAway(office) && { away: true }),
      },
    ]),
  )

/** Who is told of attempts and of offices that cannot be reached. */
const observer = (log: Log, metrics: Metrics, present: Present, underWay: UnderWay): DispatchObserver => ({
  attempted: (parcel, outcome, milliseconds) => {
    log.attemptEnded(parcel, outcome, milliseconds)
    metrics.attemptEnded(parcel, outcome, milliseconds / 1000)
  },
  breakerOpened: log.breakerOpened,
  givenUp: log.givenUp,
  setBack: log.clockSetBack,
  breakerMoved: (office, probeAt) => present.breaker(office, probeAt),
  closed: (office, until) => present.closed(office, until),
  unreturned: ({ office }, system) => underWay.unreturned(system, 'attempt', { office }),
  bringing: ({ office, id }, since) => present.bringing(office, id, since),
  failed: log.workFailed,
})
