// Where faults happen: an installation with the ministry, three provinces and one or more gateways, wires of the stage's own between
// them, and clerks who send and look. One letter is written once and known by its number.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readProfileText } from '../../src/adapters/profile-text.ts'
import { type Installation, openInstallation, type StartGateway } from '../../src/cli/demo/installation.ts'
import { clerkLetter, type PrintedLetter, readPrintedLetters, scansOf } from '../../src/cli/demo/letters.ts'
import { postLetter } from '../../src/cli/demo/send.ts'
import { sweepEvery } from '../../src/gateway/delivery/dispatch.ts'
import type { JournalPlace } from '../../src/gateway/journal/place.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import { moi, type OfficeId } from '../../src/letter/offices.ts'
import { type Clock, systemClock, systemRandom } from '../../src/letter/time.ts'
import type { FleetMember } from '../../src/sandbox/fleet/member.ts'
import { csvFolder, ecmsSoap, jsonOverHttp } from '../../src/sandbox/fleet/three.ts'
import type { Database, DatabaseServer } from '../../src/sandbox/servers/database.ts'
import type { RedisServer } from '../../src/sandbox/servers/redis.ts'
import type { OfficeSystem } from '../../src/sandbox/systems/system.ts'
import { MovedClock } from './clock.ts'
import type { Herd } from './herd.ts'
import { digestOf, isWhole, judge, keyOf, type Sent, type Verdict } from './judge.ts'
import type { Link } from './link.ts'
import type { Person } from './person.ts'
import { allOf, type Links, layWires, type Wires } from './wires.ts'

const [model] = readPrintedLetters()

/** After so many refusals a clerk believes that his letter is refused. */
const mostRefusals = 20

/** Between two attempts, in milliseconds. */
const longestPause = 5_000

/** A moment, of the machine's own time. */
export const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Waits until it is so, and says whether it came to be within the time. */
export async function within(milliseconds: number, done: () => boolean | Promise<boolean>): Promise<boolean> {
  const end = performance.now() + milliseconds
  while (!(await done())) {
    if (performance.now() > end) return false
    await wait(50)
  }
  return true
}

/** What makes the gateways' stores, on stages that have servers for them. */
export interface Servers {
  readonly postgresql: DatabaseServer
  readonly database: Database
  readonly redis: RedisServer
  readonly journal: Link
  /** The worker's own way to the journal. */
  readonly journalOfOne: Link
  readonly queue: Link
}

export interface StageParts {
  readonly clock?: Clock
  /** Absent: a gateway in this process. */
  readonly herd?: Herd
  readonly servers?: Servers
  readonly person?: Person
  /** Absent: the three of the short demonstration. */
  readonly members?: readonly FleetMember[]
  /** Where the gateways' journal is, for whoever asks why (evidence.ts). */
  readonly journal: (stage: Stage) => JournalPlace
  readonly close?: () => Promise<void>
}

export class Stage {
  readonly installation: Installation
  readonly links: Links
  readonly folder: string
  readonly #parts: StageParts
  readonly #folders: ReadonlySet<OfficeId>
  readonly #sent: Sent[] = []
  /** Of every letter, before anyone else has it. */
  readonly #keys = new Set<string>()
  #from = 0
  #written = 0

  private constructor(installation: Installation, links: Links, folder: string, parts: StageParts) {
    this.installation = installation
    this.links = links
    this.folder = folder
    this.#parts = parts
    this.#folders = new Set(
      installation.members
        .filter(({ member }) => isFolder(join(installation.folder, 'profiles', `${member.profile}.yaml`)))
        .map(({ member }) => member.office),
    )
  }

  static async open(parts: StageParts, start: (folder: string) => StartGateway): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'saraban-chaos-'))
    let wires: Wires | undefined
    try {
      mkdirSync(join(folder, 'installation'))
      const installation = await openInstallation({
        folder: join(folder, 'installation'),
        members: parts.members ?? [csvFolder, ecmsSoap, jsonOverHttp('key')],
        clock: parts.clock ?? systemClock,
        random: systemRandom,
        watch: { ministry: () => undefined, province: () => undefined },
        environment: process.env,
        start: async (settings, environment) => {
          quicken(settings)
          wires = await layWires(settings, environment)
          return start(folder)(wires.settings, wires.environment)
        },
      })
      if (wires === undefined) throw new Error('no wires')
      const [missing] = installation.leftOut
      if (missing !== undefined) {
        await installation.close()
        throw new Error(`${missing.server} is not there: ${missing.remedy}`)
      }
      return new Stage(installation, wires.links, folder, parts)
    } catch (error) {
      for (const link of wires === undefined ? [] : allOf(wires.links)) await link.close()
      await parts.close?.()
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  get clock(): Clock {
    return this.#parts.clock ?? systemClock
  }

  get herd(): Herd {
    if (this.#parts.herd === undefined) throw new Error('on this stage the gateway has no process of its own')
    return this.#parts.herd
  }

  get servers(): Servers {
    if (this.#parts.servers === undefined) throw new Error('this stage has no servers')
    return this.#parts.servers
  }

  /** The wire to the server of the province whose system is called. */
  get province(): Link {
    const [link] = [...this.links.servers].flatMap(([known, each]) => (known.startsWith('57 ') ? [each] : []))
    if (link === undefined) throw new Error('no province has a server')
    return link
  }

  get person(): Person {
    if (this.#parts.person === undefined) throw new Error('nobody is told on this stage')
    return this.#parts.person
  }

  get journal(): JournalPlace {
    return this.#parts.journal(this)
  }

  get systems(): readonly OfficeSystem[] {
    return this.installation.systems
  }

  /** The system of an office. */
  system(office: string): OfficeSystem {
    const system = this.systems.find((each) => each.office === office)
    if (system === undefined) throw new Error(`no system of ${office}`)
    return system
  }

  /** A new fault: only letters sent from here on are judged. */
  begin(): void {
    this.#from = this.#sent.length
  }

  /**
   * One letter from each system to the ministry and one from the ministry to each, and where there are several of them a circular
   * to all. Resolves when all were handed over.
   */
  async send(systems: readonly OfficeSystem[] = this.systems): Promise<void> {
    await Promise.all([
      ...systems.flatMap((system) => [this.sendFrom(system), this.sendTo(system)]),
      ...(systems.length > 1 ? [this.#post(this.#write('ว'), systems)] : []),
    ])
  }

  /** A clerk who is told that the gateway is not there, or that it cannot take it now, or is told nothing, tries again. */
  async sendFrom(system: OfficeSystem): Promise<void> {
    const letter = this.#write()
    const written = clerkLetter(letter, system.office, moi)
    const files = written.scans.map(digestOf)
    this.#keys.add(keyOf({ from: system.office, to: moi, number: letter.number }))
    const refusals = (): number =>
      system.entries.filter((entry) => entry.entry === 'letter.refused' && entry.number === letter.number)
        .length
    for (let attempt = 1; ; attempt++) {
      const before = refusals()
      try {
        await system.send(written)
        if (refusals() === before || before === mostRefusals) break
      } catch (error) {
        if (attempt === 2_000) throw error
      }
      await wait(200)
    }
    this.#sent.push({ number: letter.number, from: system.office, to: moi, files })
  }

  /** `subject`: in place of the usual one. */
  async sendTo(system: OfficeSystem, subject?: string): Promise<void> {
    const written = this.#write()
    await this.#post(subject === undefined ? written : { ...written, subject }, [system])
  }

  async #post(letter: PrintedLetter, systems: readonly OfficeSystem[]): Promise<void> {
    const scans = scansOf(letter, moi, systems.map(({ name }) => name).join(', '))
    for (const { office } of systems) this.#keys.add(keyOf({ from: moi, to: office, number: letter.number }))
    const posted = await postLetter(this.installation.control, letter, systems, scans)
    if ('refused' in posted) throw new Error(`the ministry's clerk was refused: ${posted.refused}`)
    const files = scans.map(digestOf)
    for (const { office } of systems) this.#sent.push({ number: letter.number, from: moi, to: office, files })
  }

  /** Letters of the fault that is running, or ran last. */
  letters(): readonly Sent[] {
    return this.#sent.slice(this.#from)
  }

  /** `letters`: of an earlier fault. */
  verdict(letters = this.letters()): Verdict {
    return judge(letters, {
      ministry: this.installation.inbox.entries,
      systems: this.systems,
      folders: this.#folders,
      written: this.#keys,
    })
  }

  /** Clerks look for what came, until all is where it belongs or the time is over. Where time can be made to pass, it does. */
  async whole(patience: number): Promise<boolean> {
    return within(patience, async () => {
      await this.#lookOnce()
      return isWhole(this.verdict())
    })
  }

  /** Clerks look for as long as what comes twice may come after it came once, by the stage's clock. */
  async untilLate(): Promise<void> {
    const end = this.clock.elapsed() + longestPause + sweepEvery
    while (this.clock.elapsed() < end) {
      await this.#lookOnce()
      await wait(100)
    }
  }

  async #lookOnce(): Promise<void> {
    if (this.clock instanceof MovedClock) this.clock.pass(2_000)
    await Promise.all(this.systems.map((system) => system.look().catch(() => undefined)))
  }

  /** Sends and looks again and again, until what it gives is called; that resolves when the last were handed over. */
  load(pause = 400): () => Promise<void> {
    let on = true
    const running = (async () => {
      while (on) {
        await this.send()
        await Promise.all(this.systems.map((system) => system.look().catch(() => undefined)))
        await wait(pause)
      }
    })()
    return async () => {
      on = false
      await running
    }
  }

  async close(): Promise<void> {
    await this.installation.close()
    for (const link of allOf(this.links)) await link.close()
    await this.#parts.close?.()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** `mark`: what stands before its running number. */
  #write(mark = ''): PrintedLetter {
    if (model === undefined) throw new Error('no letter to copy')
    this.#written += 1
    const running = 10_000 + this.#written
    return {
      ...model,
      item: String(running),
      number: `มท 0210.3/${mark}${running}`,
      subject: `${model.subject} (${running})`,
    }
  }
}

/** Whether letters are brought as files, into a folder of this machine or of another. */
function isFolder(profile: string): boolean {
  const text = readProfileText(readFileSync(profile, 'utf8'))
  if (!text.ok) throw new Error(`${profile} is no profile`)
  const { receive } = text.value.value as { receive?: { transport: { kind: string } } }
  return ['folder', 'sftp', 'ftp'].includes(receive?.transport.kind ?? '')
}

/** Settling and the pauses between attempts in tenths of seconds: a run has hundreds of failures to wait for. */
function quicken({ profiles }: Settings): void {
  for (const file of readdirSync(profiles)) {
    const path = join(profiles, file)
    const text = readFileSync(path, 'utf8').replaceAll('settle: 5s', 'settle: 300ms')
    const delivery = `delivery: { retry: { pauses: [500ms, 1s, 2s], every: ${longestPause / 1_000}s } }`
    writeFileSync(path, /^delivery:/m.test(text) ? text : `${text}\n${delivery}\n`)
  }
}
