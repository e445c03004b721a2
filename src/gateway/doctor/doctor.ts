// Finds what is wrong with an installation, running or not. It looks, changes nothing, and needs no gateway.
import type { X509Certificate } from 'node:crypto'
import { standsUnder } from '../../envelope/certificate.ts'
import type { Clock } from '../../letter/time.ts'
import { type Problem, problem, type Result, within } from '../../problem/problem.ts'
import { endingSoon, type Relied } from '../alarms/certificates.ts'
import { alarmProblem, type Check } from '../alarms/condition.ts'
import { hooksOf } from '../alarms/hooks.ts'
import { diskCheck, freeBytes, logCheck, quarantineCheck } from '../alarms/machine.ts'
import { lagCheck, presentCheck } from '../alarms/offices.ts'
import { authoritiesOf, reliedOn } from '../alarms/relied.ts'
import { attachmentsOf, readAttachments } from '../attachments/place.ts'
import { type Installation, readInstallation } from '../installation/installation.ts'
import { rememberingReader } from '../installation/profile-files.ts'
import { type ConnectedSystem, connectSystems } from '../installation/systems.ts'
import type { Reader } from '../journal/database.ts'
import {
  type JournalPlace,
  journalOf,
  readJournal,
  shownPlace,
  unfitBecause,
  unusable,
} from '../journal/place.ts'
import { usualAlarms } from '../settings/alarms.ts'
import type { Settings } from '../settings/settings.ts'
import { readTrustFolder } from '../trust/folder.ts'
import { keptEnvelopes, oldAttempts, openAlarms } from './journal.ts'
import { otherFolders } from './marks.ts'
import { atWork, differences, stopped, unserved } from './members.ts'
import { clockDiffers, reach, silentFolder } from './reach.ts'
import { lookAtRights } from './rights.ts'
import { lookAtEngine } from './safe.ts'
import { openSecrets } from './secrets.ts'
import { lookAtStores } from './stores.ts'
import { Digests, unnamedAttachments } from './unnamed.ts'

export interface DoctorParts {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Whether a gateway is at work on the data folder; asked only where that folder answers. */
  isRunning(): boolean
  /** All envelopes and every page of the journal, not only a sample. */
  readonly deep: boolean
}

export interface Diagnosis {
  readonly wrong: readonly Problem[]
  /** What is so, and not for long enough that an alarm would tell it. */
  readonly young: readonly Problem[]
  /** What is no fault, and good to know. */
  readonly noted: readonly Problem[]
  /** What could not be looked at. */
  readonly unseen: readonly Problem[]
  /** What was looked at, in order, with how much of it. */
  readonly seen: readonly string[]
}

/** A certificate that ends within so many days is told by an alarm; within this many by the doctor too. */
const certificateLevel = 2

/** Looks at everything; what cannot be looked at is said, and the rest goes on. */
export async function diagnose(parts: DoctorParts): Promise<Diagnosis> {
  const [wrong, young, noted, unseen]: [Problem[], Problem[], Problem[], Problem[]] = [[], [], [], []]
  const seen: string[] = []
  const look = async (what: string, act: () => Promise<readonly Problem[]>): Promise<void> => {
    try {
      wrong.push(...(await act()))
      seen.push(what)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      unseen.push(problem('doctor.unseen', '', what, { reason }))
    }
  }
  const { settings, environment, clock, deep } = parts
  // Who looks into a share whose server is gone never comes back. Relative paths of profiles stand in that folder too.
  const silent = await silentFolder(settings.data)
  const lookInData: typeof look = async (what, act) => {
    if (silent === undefined) await look(what, act)
    else unseen.push(problem('doctor.unseen', '', what, silent.details))
  }
  const running = silent === undefined && parts.isRunning()
  const limits = settings.alarms ?? usualAlarms()
  let installation: Installation | undefined
  await lookInData('trust, keys and profiles', async () => {
    const read = await readInstallation({ settings, environment, clock, read: rememberingReader() })
    if (read.ok) installation = read.value
    return problemsOf(read)
  })
  await look('secrets of the settings', async () => problemsOf(hooksOf(limits.hooks, environment)))
  await look('certificates', async () => {
    const relied = [
      ...(installation === undefined ? [] : reliedOn(installation, clock.now())),
      ...authoritiesOf(settings, environment),
    ]
    const ending = endingSoon(relied, clock.now())
      .filter(({ level }) => level >= certificateLevel)
      .flatMap(({ kind, subject, facts }) => alarmProblem(kind, subject, facts) ?? [])
    const unfit = installation?.unfit ?? []
    return [...foreign(relied, installation?.trust.authority), ...unfit, ...ending]
  })
  const unreachable = new Set<string>()
  let known: readonly ConnectedSystem[] = []
  await lookInData('places of systems', async () => {
    const { profiles, data: folder, organisations } = settings
    const from = { profiles, environment, folder, clock, ...(organisations && { organisations }) }
    const { systems } = installation ?? (await connectSystems({ ...from, read: rememberingReader() }))
    known = [...systems.values()]
    const looks = [...systems].flatMap(([office, { system, places }]) =>
      places.map(async (place) => {
        const found = await reach(place, clock)
        if (found !== undefined) unreachable.add(office).add(system.id)
        return found === undefined ? [] : [within(system.id, found)]
      }),
    )
    return (await Promise.all(looks)).flat()
  })
  await lookInData('what profiles leave to chance', async () => {
    for (const each of known) noted.push(...each.remarks().map((found) => within(each.system.id, found)))
    return []
  })
  await look('who may read keys', async () => openSecrets(settings, known))
  await look('stores of the settings', () => lookAtStores(settings, environment))
  const conditions = async (check: Check): Promise<readonly Problem[]> =>
    (await check.look(clock.now()))
      .filter(({ between }) => between !== true)
      .flatMap(({ kind, subject, facts }) => alarmProblem(kind, subject, facts) ?? [])
  const { disk, lag, quarantine } = limits
  if (disk !== undefined)
    await lookInData('disk', () => conditions(diskCheck(() => freeBytes(settings.data), disk)))
  await look('who may write data', () => lookAtRights(settings))
  const place = journalOf(settings, environment)
  const gone = silent !== undefined && place.ok && place.value.kind === 'sqlite'
  const unfit = !place.ok ? place.problems : gone ? [] : await whyUnfit(place.value)
  if (!place.ok || gone || unfit.length > 0) {
    await lookInData('gateway', async () => (running ? [] : [stopped(settings.data, [])]))
    if (gone) await lookInData('journal', async () => [])
    wrong.push(...unfit)
    return { wrong, young, noted, unseen, seen }
  }
  await look('journal’s engine', async () => {
    const { problems, serverTime } = await lookAtEngine(place.value, deep)
    const differs = clockDiffers('the journal’s server', serverTime, clock)
    return differs === undefined ? problems : [...problems, differs]
  })
  await withReader(place.value, async (reader) => {
    await lookInData('gateway', () => atWork(reader, { data: settings.data, running, now: clock.now() }))
    // Nobody takes anything where no gateway runs: that is said once.
    if (running)
      await look('due deliveries', async () => {
        const alone = await unserved(reader)
        const lags = lag === undefined ? [] : await conditions(lagCheck(reader, lag))
        return [...alone, ...lags.filter(({ value }) => !alone.some((each) => each.value === value))]
      })
    if (running) await look('attempts under way', () => oldAttempts(reader, clock.now()))
    if (running) await look('log', () => conditions(logCheck(reader)))
    if (quarantine !== undefined)
      await look('quarantine', () => conditions(quarantineCheck(reader, quarantine)))
    await look('profiles of the gateways', () => differences(reader))
    await lookInData('marks of folders', async () => {
      const here = known.filter(({ system }) => !unreachable.has(system.id))
      return otherFolders(reader, here, settings.data)
    })
    await look('alarms', () =>
      openAlarms(reader, new Set(['certificate', 'disk', 'lag', 'log', 'quarantine'])),
    )
    await look('what is not told yet', async () => {
      const checks = [quarantineCheck(reader, 0)]
      // What was so when the last one ended is no news.
      if (running)
        checks.push(...(['unreadable', 'breaker'] as const).map((kind) => presentCheck(reader, kind, 0)))
      const found = (await Promise.all(checks.map(conditions))).flat()
      const isTold = ({ code, value }: Problem): boolean =>
        wrong.some((each) => each.code === code && each.value === value)
      young.push(...found.filter((each) => !isTold(each) && !isSaid(each, unreachable)))
      return []
    })
    const trust = readTrustFolder(settings.trust)
    const scans = attachmentsOf(settings, environment)
    // What is wrong with them was said with the stores.
    if (!scans.ok) return
    const away = scans.value.kind === 'folder' ? await silentFolder(scans.value.path) : undefined
    const attachments = away === undefined ? await readAttachments(scans.value) : undefined
    if (away !== undefined)
      unseen.push(problem('doctor.unseen', '', 'attachments of the envelopes', away.details))
    let [count, whole] = [0, false]
    const digests = new Digests()
    const named = (sha256: string): void => (deep ? digests.add(sha256) : undefined)
    await look('envelopes', async () => {
      const kept = await keptEnvelopes(
        { reader, attachments, trust: trust.ok ? trust.value : undefined, named },
        deep,
      )
      count = kept.seen
      whole = kept.damaged === 0
      return kept.problems
    })
    const what = attachments === undefined ? 'envelopes' : 'envelopes and their attachments'
    seen.push(`${count} ${what}${deep ? '' : ', the newest (--deep: all)'}`)
    if (deep && attachments !== undefined)
      await look('attachments that nothing names', async () => {
        if (!whole) throw new Error('what a damaged envelope names is not known')
        noted.push(...(await unnamedAttachments(reader, attachments, digests, clock.now())))
        return []
      })
    digests.close()
  })
  return { wrong: wrong.filter((found) => !isSaid(found, unreachable)), young, noted, unseen, seen }
}

/** What offices seal with that does not stand under the authority: nothing of theirs verifies, here or elsewhere. */
function foreign(relied: readonly Relied[], authority: X509Certificate | undefined): readonly Problem[] {
  if (authority === undefined) return []
  const found = relied.filter(
    ({ of, certificate }) => of.startsWith('office ') && !standsUnder(authority, certificate),
  )
  if (found.length === 0) return []
  const shown = found.slice(0, mostShown).map(({ of }) => of.slice('office '.length))
  const value = `${shown.join(', ')}${found.length > mostShown ? ', …' : ''}`
  return [problem('doctor.certificate.foreign', '', value, { count: found.length })]
}

const mostShown = 10

/** An alarm of a place that was just found out to be unreachable says the same once more. */
const isSaid = ({ code, value = '' }: Problem, unreachable: ReadonlySet<string>): boolean =>
  (code === 'alarm.breaker' || code === 'alarm.unreadable') && unreachable.has(value)

const problemsOf = (result: Result<unknown>): readonly Problem[] => (result.ok ? [] : result.problems)

async function withReader(place: JournalPlace, act: (reader: Reader) => Promise<void>): Promise<void> {
  const journal = readJournal(place)
  try {
    await act(journal.committed)
  } finally {
    await journal.close()
  }
}

/** Why this program cannot read the journal; empty: it can. */
async function whyUnfit(place: JournalPlace): Promise<readonly Problem[]> {
  try {
    const unfit = await unfitBecause(place)
    if (unfit === undefined) return []
    return [
      problem(unfit === 'absent' ? 'doctor.journal.absent' : 'cli.journal.version', '', shownPlace(place)),
    ]
  } catch (error) {
    return [unusable(place, error)]
  }
}
