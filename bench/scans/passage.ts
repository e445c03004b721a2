// One scan through one gateway in a process of its own: in by one office's profile, out by another's.
import { createHash, randomFillSync } from 'node:crypto'
import { createReadStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'yaml'
import { formsOf } from '../../src/adapters/adapter.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { reasonsOf } from '../../src/cli/fleet/stuck.ts'
import { ftpOverTls } from '../../src/conformance/counterpart/server.ts'
import { endOf } from '../../src/conformance/exchange.ts'
import { mustBe, sampleLetter } from '../../src/conformance/letters.ts'
import { makeOffices, writeTrust } from '../../src/conformance/offices.ts'
import { onceByName, stageProfile } from '../../src/conformance/staged.ts'
import { readSqlite } from '../../src/gateway/journal/sqlite.ts'
import { listLetters, listQuarantined } from '../../src/gateway/journal/story.ts'
import { officeId } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { describe } from '../../src/problem/problem.ts'
import type { FleetServers } from '../../src/sandbox/fleet/member.ts'
import { startGatewayProcess } from '../gateway-process.ts'
import type { Way } from './ways.ts'

export interface Ground {
  /** Empty, absolute. */
  readonly folder: string
  readonly servers: FleetServers
}

/** What a scan cost: bytes of memory above what the gateway had in use before it came. */
export interface Passed {
  readonly kind: 'passed'
  /** Until it was committed. */
  readonly in: number
  /** From then on, until the other office had it. */
  readonly out: number
  readonly seconds: number
}

export interface Refused {
  readonly kind: 'refused'
  readonly above: number
  readonly reason: string
}

/** How long one passage may take, in milliseconds. */
const longest = 8 * 60_000

/** Brings a scan of these bytes through. Throws when it comes as other bytes, or not at all. */
export async function pass(from: Way, to: Way, scan: Buffer, ground: Ground): Promise<Passed | Refused> {
  const opened: { close(): Promise<void> }[] = []
  mkdirSync(ground.folder, { recursive: true })
  try {
    return await passOn(from, to, scan, ground, opened)
  } finally {
    for (const each of opened.toReversed()) await each.close()
    rmSync(ground.folder, { recursive: true, force: true })
  }
}

async function passOn(
  from: Way,
  to: Way,
  scan: Buffer,
  { folder, servers }: Ground,
  opened: { close(): Promise<void> }[],
): Promise<Passed | Refused> {
  const environment = process.env
  const staged = async (way: Way, office: string, mark: string) => {
    const made = await stageProfile(
      settled(way.text, office, mark),
      {
        folder,
        mark,
        clock: systemClock,
        servers,
        environment,
        once: onceByName(),
        ...(way.overTls && { instead: { ftp: ftpOverTls } }),
      },
      opened,
    )
    if ('missing' in made) throw new Error(made.missing)
    return made
  }
  const [sending, receiving] = [await staged(from, '52', 'a'), await staged(to, '57', 'b')]
  const [sender, receiver] = [sending.profile.office, receiving.profile.office]
  mkdirSync(join(folder, 'profiles'))
  writeFileSync(join(folder, 'profiles', 'sending.yaml'), sending.text)
  writeFileSync(join(folder, 'profiles', 'receiving.yaml'), receiving.text)
  const offices = await makeOffices([sender, receiver], systemClock, systemRandom)
  writeTrust(join(folder, 'trust'), offices, [sender, receiver])
  const settings = join(folder, 'saraban.yaml')
  const listen = { http: { host: '127.0.0.1', port: 0 } }
  writeFileSync(settings, stringify({ data: 'data', trust: 'trust', profiles: 'profiles', listen }))
  const log = join(folder, 'gateway.log')
  const gateway = await startGatewayProcess(settings, { ...sending.given, ...receiving.given }, log)
  opened.push({ close: () => gateway.stop() })
  for (const each of [...sending.counterparts, ...receiving.counterparts])
    each.attach?.({ http: gateway.http })
  const journal = readSqlite(join(folder, 'data', 'journal.sqlite'))
  opened.push({ close: async () => journal.close() })

  const end = (each: typeof sending, profile = each.profile) =>
    endOf(formsOf(profile, systemClock), (channel) => each.counterpart(channel), systemClock, systemRandom)
  const writer = mustBe(readProfile(settled(from.writer ?? from.text, '52', 'a'), 'writer.yaml'))
  const [one, other] = [end(sending, writer), end(receiving)]
  const file = { name: 'scan.pdf', role: 'main' as const, bytes: scan }
  const parties = { from: sender, to: receiver, nextRunning: () => 1 }
  const sample = sampleLetter(parties, 'scan', { files: [file] })
  const sha256 = sample.letter.attachments[0]?.sha256 ?? ''
  // What starting took is given back within some seconds.
  await pause(5000)
  const idle = gateway.memory()
  const began = performance.now()
  const late = (): boolean => performance.now() - began > longest
  gateway.forgetPeak()
  const refusal = async (): Promise<string | undefined> => {
    const [held] = await listQuarantined(journal.committed, 1)
    if (held !== undefined) return held.problems.map((found) => describe(found)).join('; ')
    const refused = (await listLetters(journal.committed, { limit: 1, secret: true }))[0]?.failed[0]
    if (refused !== undefined)
      return (await reasonsOf(journal.committed, receiver, receiving.profile.id, systemClock.now())).find(
        (line) => line.startsWith('the letter'),
      )
    return readFileSync(log, 'utf8')
      .split('\n')
      .find((line) => /too-large|document-refused|an answer of more than/.test(line))
  }
  let said: string | undefined
  let unsaid = false
  const handed = one.send(sample).then(
    (answer) => {
      if (answer === undefined) unsaid = true
      if (answer?.kind === 'refused') said = answer.said
    },
    (error: unknown) => {
      said = String(error)
    },
  )
  let taken: number | undefined
  let troubled = ''
  for (;;) {
    await pause(100)
    const found = (await listLetters(journal.committed, { limit: 1, secret: true }))[0]
    if (taken === undefined && found !== undefined) {
      taken = gateway.peak() - idle
      gateway.forgetPeak()
    }
    if (unsaid) throw new Error('the bench itself cannot write it, and the gateway was not asked')
    const reason = said ?? (await refusal())
    if (reason !== undefined) {
      await handed
      return { kind: 'refused', above: Math.max(gateway.peak() - idle, taken ?? 0), reason }
    }
    // The counterpart, in this process, may be busy with the scan for longer than the gateway waits for a request.
    await other.look().then(
      () => {
        troubled = ''
      },
      (error: unknown) => {
        troubled = `; the last look failed: ${String(error)}`
      },
    )
    const [come] = other.received.letters
    if (come !== undefined && taken !== undefined) {
      const brought = gateway.peak() - idle
      if (come.letter.attachments[0]?.sha256 !== sha256) throw new Error('the scan came as other bytes')
      if (
        (await digestOf(
          join(folder, 'data', 'attachments', sha256.slice(0, 2), sha256.slice(2, 4), sha256),
        )) !== sha256
      )
        throw new Error('the scan is kept as other bytes')
      await handed
      return { kind: 'passed', in: taken, out: brought, seconds: (performance.now() - began) / 1000 }
    }
    if (other.received.unreadable.length > 0) throw new Error(`unreadable: ${other.received.unreadable[0]}`)
    if (late())
      throw new Error(
        `nothing came in ${longest / 60_000} minutes${troubled}: ${readFileSync(log, 'utf8').slice(-1500)}`,
      )
  }
}

/** The profile as that of this office, whichever it was written for: its id and its doors are its own. */
function settled(text: string, office: string, mark: string): string {
  return text
    .replace(/^office: .*$/m, `office: "${mustBe(officeId(office))}"`)
    .replace(/^id: (.*)$/m, (_, id: string) => `id: ${id}-${mark}`)
    .replace(/(path: \/(?:v1\/systems|e-cms))\/\d\d/g, `$1/${office}`)
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Bytes that nothing can pack, as scans are. */
export const scanOf = (bytes: number): Buffer => {
  const scan = Buffer.alloc(bytes)
  for (let at = 0; at < bytes; at += 2 ** 30) randomFillSync(scan, at, Math.min(2 ** 30, bytes - at))
  return scan
}
