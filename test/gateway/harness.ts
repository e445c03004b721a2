// What the gateway's tests share: a clock that is moved by hand, a real journal and store in a folder of its own,
// real keys, and an adapter that answers as the test says.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Adapter, Item, Outcome, Parcel, Source } from '../../src/adapters/contract.ts'
import { type DeliveryPolicy, usualPolicy } from '../../src/adapters/delivery-policy.ts'
import type { Envelope, SealedEnvelope, Signer, Trust } from '../../src/envelope/envelope.ts'
import { seal } from '../../src/envelope/seal.ts'
import { Dispatch } from '../../src/gateway/delivery/dispatch.ts'
import { type Late, lateWatch } from '../../src/gateway/delivery/late.ts'
import { type Desk, newId, type Step, type System } from '../../src/gateway/desk.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { Membership, usualPace } from '../../src/gateway/membership.ts'
import { Present } from '../../src/gateway/present.ts'
import type { Queue } from '../../src/gateway/queue/queue.ts'
import {
  createAuthority,
  type Identity,
  issueCertificate,
  newKey,
} from '../../src/gateway/trust/authority.ts'
import { UnderWay } from '../../src/gateway/under-way.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { Notice } from '../../src/letter/notice.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import { type Clock, type Instant, newMessageId, systemRandom } from '../../src/letter/time.ts'
import { fixedLetter, office } from '../letter/arbitrary.ts'
import { isStoreAsked, openScans } from './attachments-engine.ts'
import { isJournalAsked, openJournal } from './journal-engine.ts'
import { isQueueBusy, openQueue } from './queue-engine.ts'

export const start: Instant = Date.UTC(2026, 10, 23, 3, 0, 0)
export const chiangMai = office('50')
export const chiangRai = office('57')
export const moi = office('moi')

/** Time stands still until a test moves it; what is scheduled runs when its time has come. */
export class HandClock implements Clock {
  #now = start
  #jumped = 0
  #alarms: { at: Instant; act: () => void }[] = []
  /** Whether something is at work that must come to rest before time moves on. */
  busy: () => boolean = () => false

  now(): Instant {
    return this.#now
  }

  elapsed(): number {
    return this.#now - start - this.#jumped
  }

  schedule(at: Instant, act: () => void): () => void {
    const alarm = { at, act }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((each) => each !== alarm)
    }
  }

  /** The clock is set: what was to happen meanwhile is late. Set back it delays nothing: a timer runs for as long as it was set for. */
  jump(milliseconds: number): void {
    if (milliseconds < 0) for (const alarm of this.#alarms) alarm.at += milliseconds
    this.#now += milliseconds
    this.#jumped += milliseconds
  }

  /** A process dies, and its timers with it. */
  forget(): void {
    this.#alarms = []
  }

  /** Moves time on, alarm by alarm, letting what each of them started come to rest. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    for (;;) {
      await rest(6)
      await until(() => !this.busy(), 'at rest')
      const [first] = this.#alarms.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)
      if (first === undefined) break
      this.#alarms = this.#alarms.filter((each) => each !== first)
      this.#now = Math.max(this.#now, first.at)
      first.act()
    }
    this.#now = end
    await rest(6)
  }
}

/** Whether a server of another process is still to answer: how long it takes is not the test's business. */
const isAsked = (): boolean => isJournalAsked() || isStoreAsked()

/** Whether a file is being read, written or synced: how long the disk takes is not the test's business either. */
const isDiskAsked = (): boolean => process.getActiveResourcesInfo().some((each) => each.startsWith('FSReq'))

/** How long `rest` waits for a disk: a test may hold up a look into a folder for good. In milliseconds. */
const longestDisk = 60_000

/** Lets everything that waits for the disk, another process or a promise go on. */
export async function rest(turns = 40): Promise<void> {
  const patience = performance.now() + longestDisk
  do {
    for (let turn = 0; turn < turns; ) {
      await new Promise((resolve) => setImmediate(resolve))
      if (!isAsked() && !(isDiskAsked() && performance.now() < patience)) turn += 1
    }
  } while (await isQueueBusy())
}

/** Turns of the event loop alone; what takes longer waits for the disk or another process, which turns do not hurry. */
const quickTurns = 2_000

/** Goes on turning until `done`; the bound is on turns, not on time: a minute where nothing else runs. */
export async function until(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let turn = 0; turn < 60_000; ) {
    if (await done()) return
    await (turn < quickTurns ? new Promise((resolve) => setImmediate(resolve)) : pause(1))
    if (!isAsked() && (turn % 50 > 0 || !(await isQueueBusy()))) turn += 1
  }
  throw new Error(`never: ${what}`)
}

/** Asks again and again, a bounded number of times, of what goes on at a server of another process. */
export async function soon(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < 2_400 && !(await done()); look += 1) await pause(50)
}

export interface TestTrust {
  readonly trust: Trust
  readonly signers: ReadonlyMap<OfficeId, Signer>
  readonly authority: Identity
}

/** A test authority with one key for each office: made anew for each test file. */
export async function makeTrust(ids: readonly OfficeId[], now: Instant = start): Promise<TestTrust> {
  const authority = await createAuthority(now, systemRandom)
  const made = await Promise.all(
    ids.map(async (id): Promise<[OfficeId, Signer]> => {
      const key = await newKey()
      const certificate = issueCertificate(authority, key, { kind: 'office', office: id }, now, systemRandom)
      return [id, { office: id, key, certificate }]
    }),
  )
  const signers = new Map(made)
  const certificatesOf = (id: string) => {
    const signer = signers.get(id as OfficeId)
    return signer === undefined ? [] : [signer.certificate]
  }
  return { trust: { authority: authority.certificate, certificatesOf }, signers, authority }
}

/** Gives every office that a gateway seals for another certificate for its key: years have passed. */
export function renewCertificates(
  { signers }: Pick<Desk, 'signers'>,
  { authority }: Pick<TestTrust, 'authority'>,
  now: Instant,
): void {
  const own = signers as Map<OfficeId, Signer>
  for (const [office, signer] of own) {
    const certificate = issueCertificate(authority, signer.key, { kind: 'office', office }, now, systemRandom)
    own.set(office, { ...signer, certificate })
  }
}

/** Gives a gateway another authority where `present` has ended: still more years have passed. The one that it has then. */
export async function renewAuthority(desk: Desk, present: Identity, now: Instant): Promise<Identity> {
  if (now < Date.parse(present.certificate.validTo)) return present
  const next = await createAuthority(now, systemRandom)
  Object.assign(desk, { trust: { ...desk.trust, authority: next.certificate } })
  return next
}

/** A folder that is gone after the test, and after what the test opened in it was closed (`t.testdir` goes before). */
export function scratch(t: { readonly after: (act: () => unknown) => void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'saraban-test-'))
  t.after(() => {
    // Something may be written there by a process that is only ending.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })
  return folder
}

/** An adapter that records what it is brought and answers as it is told. */
export class ScriptedAdapter implements Adapter {
  readonly doors = []
  readonly brought: Parcel[] = []
  readonly id: string
  readonly office: OfficeId
  readonly receipts: boolean
  policy: DeliveryPolicy = usualPolicy
  answer: (parcel: Parcel, signal: AbortSignal) => Promise<Outcome> | Outcome = () => ({ kind: 'taken' })
  readonly deliver?: (parcel: Parcel, signal: AbortSignal) => Promise<Outcome>
  items: readonly Item[] = []
  /** Until this is over nothing is recorded of a parcel. */
  connected: () => Promise<void> = async () => undefined

  constructor(office: OfficeId, options: { receipts?: boolean; polls?: boolean } = {}) {
    this.id = `system-${office}`
    this.office = office
    this.receipts = options.receipts ?? false
    if (options.polls !== true) {
      this.deliver = async (parcel, signal) => {
        await this.connected()
        // What an attempt begins with, as every transport does it.
        await parcel.record?.({
          bytes: parcel.sealed.bytes,
          mediaType: 'application/xml',
          extension: 'xml',
          files: [],
        })
        this.brought.push(parcel)
        return this.answer(parcel, signal)
      }
    }
  }

  async read(_source: Source): Promise<readonly Item[]> {
    return this.items
  }
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
}

export interface TestGateway {
  readonly desk: Desk
  readonly clock: HandClock
  readonly dispatch: Dispatch
  readonly queue: Queue
  readonly present: Present
  readonly underWay: UnderWay
  readonly failures: unknown[]
  readonly opened: OfficeId[]
  /** What was told of a clock that was set back: the office, and how many deliveries to it were timed anew. */
  readonly setBack: string[]
  /** What was told of deliveries that were late. */
  readonly late: string[]
  /** What was told of attempts that ended, for the log and the metrics. */
  readonly told: string[]
  readonly steps: Step[]
  /** What this gateway may do at a time to an office, where that is not all that the office bears. */
  readonly shares: Map<string, number>
  close(): Promise<void>
}

/** The only gateway on a journal; with a place of its own one of several. */
export async function joined(database: Database, clock: Clock, place?: string): Promise<Membership> {
  const member = new Membership({
    ...{ database, clock, pace: usualPace, alone: place === undefined },
    member: { id: newId(), place: place ?? 'test', name: 'test', role: 'all', joinedAt: clock.now() },
    superseded: () => undefined,
    leading: () => undefined,
    changed: () => undefined,
    failed: () => undefined,
  })
  await member.join({ sharing: true })
  await member.takePart()
  return member
}

/** A desk and a dispatch over a real journal in `folder`, which may be one that another desk left behind. */
export async function openGateway(
  folder: string,
  { trust, signers }: TestTrust,
  adapters: readonly Adapter[],
  clock = new HandClock(),
  through: (database: Database) => Database = (database) => database,
): Promise<TestGateway> {
  const database = through(await openJournal(folder))
  const queue = await openQueue(clock)
  const byOffice = new Map(adapters.map((adapter) => [adapter.office, adapter]))
  const member = await joined(database, clock)
  const shares = new Map<string, number>()
  const steps: Step[] = []
  const failures: unknown[] = []
  const opened: OfficeId[] = []
  const setBack: string[] = []
  const late: string[] = []
  const told: string[] = []
  const desk: Desk = {
    database,
    attachments: await openScans(folder, clock),
    trust,
    signers: new Map([...signers].filter(([id]) => byOffice.get(id)?.receipts === false)),
    clock,
    random: systemRandom,
    member: {
      id: member.id,
      leads: () => true,
      shareOf: (id, atOnce) => shares.get(id) ?? atOnce,
    },
    routes: {
      modeOf: (id) => {
        const adapter = byOffice.get(id)
        return adapter && (adapter.deliver === undefined ? 'poll' : 'push')
      },
      policyOf: (id) => byOffice.get(id)?.policy ?? usualPolicy,
    },
    due: (due) => {
      for (const each of due) queue.put(each.id, each.dueAt, each.priority)
    },
    reached: (step) => void steps.push(step),
  }
  const present = new Present(database, member.id, clock, (error) => void failures.push(error))
  await present.start()
  const underWay = new UnderWay({ clock, told: (...hanging) => present.hangs(...hanging) })
  const dispatch = new Dispatch(desk, queue, byOffice, {
    unreturned: ({ office }, system) => underWay.unreturned(system, 'attempt', { office }),
    attempted: (_parcel, { kind }) => void told.push(kind),
    breakerOpened: (id) => void opened.push(id),
    setBack: (id, deliveries) => void setBack.push(`${id} ${deliveries}`),
    givenUp: () => undefined,
    breakerMoved: (id, probeAt) => present.breaker(id, probeAt),
    bringing: ({ office, id }, since) => present.bringing(office, id, since),
    closed: (id, until) => present.closed(id, until),
    failed: (_work, error) => void failures.push(error),
  })
  const watch = lateWatch(
    desk,
    ({ delivery, event }: Late) => void late.push(`${event} ${delivery.office}`),
    (error) => void failures.push(error),
  )
  watch.start()
  clock.busy = () => queue.atWork() > 0
  return {
    desk,
    clock,
    dispatch,
    queue,
    present,
    underWay,
    failures,
    opened,
    setBack,
    late,
    told,
    steps,
    shares,
    async close() {
      clock.busy = () => false
      const stopped = dispatch.stop(0)
      await clock.advance(1)
      await stopped
      await watch.stop()
      await database.close()
    },
  }
}

export const systemOf = (adapter: Adapter): System => ({
  id: adapter.id,
  office: adapter.office,
  format: 'test',
  version: '0'.repeat(64),
})

/** A source with any bytes: what is in it is what the scripted adapter reads. */
export const source = (bytes = 'source', sender: Source['sender'] = 'gone'): Source => ({
  document: 'letter',
  name: 'test',
  bytes: Buffer.from(bytes),
  beside: new Map(),
  sender,
  final: true,
})

/** A letter as an adapter reads it. */
export function letterItem(letter: Letter, position = 'letter'): Item {
  const { attachments: _without, ...draft } = letter
  return { kind: 'letter', position, draft, attachments: [] }
}

/** A valid letter without attachments. */
export const plainLetter = (changes: Partial<Letter> = {}): Letter =>
  fixedLetter({ attachments: [], ...changes })

/** What an office that seals by itself sends. */
export function sealedBy(
  { signers }: TestTrust,
  clock: Clock,
  said: { letter: Letter } | { notice: Notice },
): { envelope: Envelope; sealed: SealedEnvelope } {
  const from = 'letter' in said ? said.letter.from.office : said.notice.from
  const signer = signers.get(from)
  if (signer === undefined) throw new Error(`no key for ${from}`)
  const header = { messageId: newMessageId(clock, systemRandom), createdAt: clock.now() }
  const envelope: Envelope =
    'letter' in said
      ? { ...header, content: 'letter', letter: said.letter }
      : { ...header, content: 'notice', notice: said.notice }
  return { envelope, sealed: seal(envelope, signer, clock.now()) }
}
