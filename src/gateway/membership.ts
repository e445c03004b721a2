// This gateway among the others on its journal: it says that it lives, watches that they do, and leads when nobody else does.
//
// Nobody trusts another machine's clock: a member is given up when its beat has stood still for so long by the watcher's own
// clock, and only if the watcher itself was awake and could read the journal all the while. Whoever was given up finds it out
// with its next beat, and ends: what it held is somebody else's by then, and the journal takes no claim from it any more.
import type { Clock } from '../letter/time.ts'
import type { Database } from './journal/database.ts'
import type { Mode } from './journal/deliveries.ts'
import {
  type BeatRow,
  beat,
  expel,
  joinMembers,
  leaderOf,
  leaveMembers,
  listMembers,
  type MemberRow,
  passLead,
  takeLead,
} from './journal/members.ts'
import type { Reach, Self } from './journal/reaches.ts'
import { type Difference, Reaches } from './reaches.ts'
import { Rounds } from './rounds.ts'

/** Milliseconds. */
export interface Pace {
  /** Between two beats. A watcher that looked less often than every third time was asleep itself, and knows nothing of the others. */
  readonly every: number
  /** A member whose beat has stood still for so long is given up. Whoever leads waits when it could not beat for half of it. */
  readonly deadAfter: number
}

export const usualPace: Pace = { every: 2_000, deadAfter: 30_000 }

/** A gateway at work on a journal, as its parts see it. */
export interface Member {
  readonly id: string
  /** Whether it looks where only one may, and keeps the timers. */
  leads(): boolean
  /** Its own share of what all members together may do at a time to an office. */
  shareOf(office: string, atOnce: number): number
}

export interface MembershipParts {
  readonly database: Database
  readonly clock: Clock
  readonly member: MemberRow
  readonly pace: Pace
  /** Nobody else can be at work on this journal. */
  readonly alone: boolean
  /** Told when the others have given this gateway up: it has to end. Once. */
  superseded(): void
  /** Told when it begins to lead. */
  leading(): void
  /** Told when some other is a member no more, or some gateway, this one too, has other offices than before: what it held is free, and shares are others. */
  changed(): void
  /** Told once for each trouble that the journal could not be asked. */
  failed(error: unknown): void
}

export class Membership implements Member {
  readonly #parts: MembershipParts
  #members: readonly BeatRow[] = []
  readonly #reaches: Reaches
  /** Whether its start has come so far that it can do what the one that leads does. */
  #mayLead = false
  #leads = false
  #seeking: Promise<void> = Promise.resolve()
  /** Elapsed, when the last beat that is known to be written was begun. */
  #beaten = 0
  #looked = 0
  readonly #seen = new Map<string, { readonly beat: number; readonly since: number }>()
  readonly #beats: Rounds
  #troubled = false
  #over = false

  constructor(parts: MembershipParts) {
    this.#parts = parts
    this.#reaches = new Reaches(parts.member.id)
    const { clock, pace, failed } = parts
    this.#beats = new Rounds({ clock, every: pace.every, later: true, once: () => this.#beat(), failed })
  }

  get id(): string {
    return this.#parts.member.id
  }

  /**
   * Becomes a member. Gateways that do not share their attachments (`sharing`) cannot work together: then others are waited for
   * until they are found dead, and the first that lives is returned; nothing was joined. So it is with one that lives in the same
   * place: the data folder was copied. Rejects when the journal cannot be written. What it stands on may not be there yet, or never
   * be: until it tells what it has it has no share, and until it takes part it does not lead.
   */
  async join({ sharing }: { readonly sharing: boolean }): Promise<MemberRow | undefined> {
    const { database, member, alone } = this.#parts
    const living = alone
      ? undefined
      : ((await this.#livingIn(member.place)) ??
        (sharing ? undefined : await this.#livingBesides(member.place)))
    if (living !== undefined) return living
    await database.write(async (transaction) => {
      await joinMembers(transaction, member, { alone })
      await this.#reaches.join(transaction)
    })
    await this.#look()
    if (!alone) this.#beats.start()
    return undefined
  }

  /**
   * A member with the same data folder whose beat moves. The folder is locked, so that whoever had it before is dead; unless it was
   * copied: then the two would give each other up for ever.
   */
  async #livingIn(place: string): Promise<MemberRow | undefined> {
    const { database, clock, pace } = this.#parts
    const here = async (): Promise<readonly BeatRow[]> =>
      (await listMembers(database.committed)).filter((each) => each.place === place)
    const first = new Map((await here()).map(({ id, beat }) => [id, beat]))
    for (let looks = 0; looks < 4 && first.size > 0; looks += 1) {
      await new Promise<void>((resolve) => void clock.schedule(clock.now() + pace.every, resolve))
      const living = (await here()).find(({ id, beat }) => first.get(id) !== beat)
      if (living !== undefined) return living
    }
    return undefined
  }

  /** A member with another data folder whose beat moves; undefined when all of them were found dead. */
  async #livingBesides(place: string): Promise<MemberRow | undefined> {
    const { database, clock, pace } = this.#parts
    const others = async (): Promise<readonly BeatRow[]> =>
      (await listMembers(database.committed)).filter((each) => each.place !== place)
    const first = new Map((await others()).map(({ id, beat }) => [id, beat]))
    for (;;) {
      const now = await others()
      const living = now.find(({ id, beat }) => first.get(id) !== beat)
      if (living !== undefined || now.length === 0) return living
      for (const dead of this.#deadOf(now, clock.elapsed()))
        await database.write((transaction) => expel(transaction, dead, clock.now()))
      await new Promise<void>((resolve) => void clock.schedule(clock.now() + pace.every, resolve))
    }
  }

  /** Is a member no more. What it held is free at once. */
  async leave(): Promise<void> {
    this.#over = true
    await this.#beats.stop()
    const { database } = this.#parts
    await database
      .write((transaction) => leaveMembers(transaction, this.id))
      // Whoever cannot say goodbye is found dead.
      .catch((error: unknown) => this.#parts.failed(error))
  }

  /** From now on it leads where nobody else does: nothing hinders its start any more. Rejects when the journal cannot be asked. */
  async takePart(): Promise<void> {
    this.#mayLead = true
    await this.#seekLead()
  }

  leads(): boolean {
    if (this.#parts.alone) return this.#leads
    return (
      this.#leads &&
      !this.#over &&
      this.#parts.clock.elapsed() - this.#beaten < this.#parts.pace.deadAfter / 2
    )
  }

  /**
   * Milliseconds since it last wrote that it lives, once that is too long for beats that are only late; else 0. A server that waits for a
   * standby that is away answers everything, and commits nothing.
   */
  silentFor(): number {
    const { alone, clock, pace } = this.#parts
    const silent = clock.elapsed() - this.#beaten
    return alone || this.#beaten === 0 || silent < pace.deadAfter / 2 ? 0 : silent
  }

  shareOf(office: string, atOnce: number): number {
    return this.#parts.alone ? atOnce : this.#reaches.shareOf(office, atOnce, this.#members)
  }

  /** Tells the others, and whoever reads beside it, what this gateway has of the offices, and of itself, now and whenever it is something else. */
  async tell(mine: () => Reach, self: () => Self = () => ({})): Promise<void> {
    this.#reaches.tell(mine, self)
    await this.tellNews()
  }

  /** The same, once it may be something else: whoever is alone has no beats that would tell it. */
  async tellNews(): Promise<void> {
    if (!this.#reaches.isNews) return
    await this.#reaches.write(this.#parts.database)
  }

  /** Whether no other gateway delivers to an office in another way. */
  agrees(office: string, mode: Mode): boolean {
    return this.#reaches.agrees(office, mode, this.#members)
  }

  /** Where the gateways do not have the same of the offices. */
  differences(): readonly Difference[] {
    return this.#reaches.differences(this.#members)
  }

  async #beat(): Promise<'over' | undefined> {
    const { database, clock, superseded, failed } = this.#parts
    const began = clock.elapsed()
    try {
      const alive = await database.write((transaction) => beat(transaction, this.id, clock.now()))
      if (!alive) {
        this.#over = true
        superseded()
        return 'over'
      }
      this.#beaten = began
      const news = this.#reaches.isNews
      if (news) await this.#reaches.write(database)
      await this.#look(news)
      this.#troubled = false
    } catch (error) {
      if (!this.#troubled) failed(error)
      this.#troubled = true
    }
    return undefined
  }

  async #look(news = false): Promise<void> {
    const { database, clock, pace } = this.#parts
    const now = clock.elapsed()
    if (now - this.#looked > 3 * pace.every) this.#seen.clear()
    this.#looked = now
    const before = this.#members
    this.#members = await listMembers(database.committed)
    const dead = this.#deadOf(this.#members, now)
    for (const each of dead) await database.write((transaction) => expel(transaction, each, clock.now()))
    // One that beat at the last moment, or joined meanwhile, is there still.
    if (dead.length > 0) this.#members = await listMembers(database.committed)
    const others = await this.#reaches.read(database.committed, this.#members)
    if (news || others || before.some(({ id }) => !this.#members.some((each) => each.id === id)))
      this.#parts.changed()
    await this.#seekLead()
  }

  /** One after the other: of two at once one would be told that somebody has the lead, and not that it is this gateway. */
  #seekLead(): Promise<void> {
    const seeking = this.#seeking.then(() => this.#seekNext())
    this.#seeking = seeking.catch(() => undefined)
    return seeking
  }

  async #seekNext(): Promise<void> {
    const { member, leading } = this.#parts
    if (!this.#mayLead || member.role === 'worker') return
    const leads = await this.#lead()
    if (leads && !this.#leads) leading()
    this.#leads = leads
  }

  /** Whether it leads: where nobody does it begins to, and where its own work hangs it lets another one, if there is one whose does not. */
  async #lead(): Promise<boolean> {
    const { database, clock, member } = this.#parts
    const leader = await leaderOf(database.committed)
    if (this.#reaches.isHindered(this.#members)) {
      if (leader === this.id)
        await database.write((transaction) => passLead(transaction, member, clock.now()))
      return false
    }
    if (leader !== undefined) return leader === this.id
    return database.write((transaction) => takeLead(transaction, this.id, clock.now()))
  }

  /** The members that were not heard of for so long. */
  #deadOf(members: readonly BeatRow[], now: number): readonly BeatRow[] {
    const dead: BeatRow[] = []
    for (const each of members) {
      if (each.id === this.id) continue
      const seen = this.#seen.get(each.id)
      if (seen?.beat !== each.beat) this.#seen.set(each.id, { beat: each.beat, since: now })
      else if (now - seen.since >= this.#parts.pace.deadAfter) dead.push(each)
    }
    for (const id of this.#seen.keys()) if (!members.some((each) => each.id === id)) this.#seen.delete(id)
    return dead
  }
}
