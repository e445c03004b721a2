// What this gateway and the others have of the offices, and what follows: among whom an office is shared out, and where they differ.
import { shareOf } from './delivery/share.ts'
import type { Database, Reader, Transaction } from './journal/database.ts'
import type { Mode } from './journal/deliveries.ts'
import type { BeatRow } from './journal/members.ts'
import { putReach, type Reach, reachOf, type Self } from './journal/reaches.ts'

/** A gateway among those on its journal. */
export type Peer = Pick<BeatRow, 'id' | 'name' | 'role' | 'revision'>

/** Gateways that do not have the same of an office. */
export interface Difference {
  readonly office: string
  /** By name: whoever does not have it, and whoever has it by another profile than the first. */
  readonly without: readonly string[]
  readonly others: readonly string[]
}

export class Reaches {
  readonly #me: string
  #mine: () => Reach = () => ({})
  #self: () => Self = () => ({ starting: true })
  #told = JSON.stringify([this.#mine(), this.#self()])
  #revision = 0
  readonly #others = new Map<
    string,
    { readonly revision: number; readonly reach: Reach; readonly self: Self }
  >()

  constructor(me: string) {
    this.#me = me
  }

  /** Says, where it becomes a member, that it is starting: it has nothing yet, for what it waits for may never come. */
  join(transaction: Transaction): Promise<void> {
    return putReach(transaction, this.#me, this.#revision, this.#mine(), this.#self())
  }

  /** From now on it is told what this gateway has. */
  tell(mine: () => Reach, self: () => Self): void {
    this.#mine = mine
    this.#self = self
  }

  /** Whether there is something to tell the others. */
  get isNews(): boolean {
    return JSON.stringify([this.#mine(), this.#self()]) !== this.#told
  }

  /** Tells the others. Rejects when the journal cannot be written: then it is news still. */
  async write(database: Database): Promise<void> {
    const reach = this.#mine()
    const self = this.#self()
    this.#revision += 1
    const revision = this.#revision
    await database.write((transaction) => putReach(transaction, this.#me, revision, reach, self))
    this.#told = JSON.stringify([reach, self])
  }

  /** Reads what the others say anew. True when something is another than before. */
  async read(reader: Reader, peers: readonly Peer[]): Promise<boolean> {
    let changed = false
    for (const { id, revision } of peers) {
      if (id === this.#me || revision === null || this.#others.get(id)?.revision === revision) continue
      const said = await reachOf(reader, id)
      if (said === undefined) continue
      this.#others.set(id, { revision, ...said })
      changed = true
    }
    for (const id of [...this.#others.keys()])
      if (!peers.some((peer) => peer.id === id)) {
        this.#others.delete(id)
        changed = true
      }
    return changed
  }

  /**
   * How many attempts to an office at once are this gateway's: shared out among those who have the office and reach it; where
   * nobody does, among those who have it, so that somebody finds out when it is back.
   */
  shareOf(office: string, atOnce: number, peers: readonly Peer[]): number {
    const having = peers.filter((peer) => peer.role !== 'intake' && this.#has(peer, office))
    const reaching = having.filter(({ id }) => this.#of(id)?.[office]?.away !== true)
    const workers = (reaching.length > 0 ? reaching : having).map(({ id }) => id)
    return shareOf(office, atOnce, workers, this.#me)
  }

  /** Whether nobody else delivers to an office in another way. What this gateway says of itself may be what it is about to change. */
  agrees(office: string, mode: Mode, peers: readonly Peer[]): boolean {
    return peers.every(({ id }) => id === this.#me || (this.#of(id)?.[office]?.mode ?? mode) === mode)
  }

  /** Whether the lead is better with another: something hangs here, and nothing does at one that may lead and says so. */
  isHindered(peers: readonly Peer[]): boolean {
    if (this.#self().hangs !== true) return false
    return peers.some(({ id, role }) => {
      const other = this.#others.get(id)
      return role !== 'worker' && other !== undefined && !other.self.hangs && !other.self.starting
    })
  }

  differences(peers: readonly Peer[]): readonly Difference[] {
    const known = peers.flatMap((peer) => {
      const reach = this.#of(peer.id)
      return reach === undefined || this.#others.get(peer.id)?.self.starting ? [] : [{ peer, reach }]
    })
    const offices = [...new Set(known.flatMap(({ reach }) => Object.keys(reach)))].sort()
    return offices.flatMap((office) => {
      const first = known.find(({ reach }) => reach[office] !== undefined)?.reach[office]?.profile
      const without = known.filter(({ reach }) => reach[office] === undefined)
      const others = known.filter(({ reach }) => (reach[office]?.profile ?? first) !== first)
      if (without.length === 0 && others.length === 0) return []
      const names = (of: typeof known): readonly string[] => of.map(({ peer }) => peer.name || peer.id)
      return [{ office, without: names(without), others: names(others) }]
    })
  }

  /** Whoever does not say what it has is taken to have everything: an earlier version. One that is just starting says that it has nothing. */
  #has({ id }: Peer, office: string): boolean {
    const reach = this.#of(id)
    return reach === undefined || reach[office] !== undefined
  }

  #of(id: string): Reach | undefined {
    return id === this.#me ? this.#mine() : this.#others.get(id)?.reach
  }
}
