// Reads what is in quarantine again, by the profile as it is now: what can be taken is taken under the handing-over that it was
// of, and leaves; what cannot stays, with its reasons of now. Each step may be done twice: it is known then.
import type { Item, Source } from '../../adapters/contract.ts'
import type { MessageId } from '../../letter/time.ts'
import { AttachmentsUnavailable } from '../attachments/store.ts'
import { CannotSeal, type Desk, newId, type System } from '../desk.ts'
import { JournalUnavailable, type Transaction } from '../journal/database.ts'
import { recordEvent } from '../journal/events.ts'
import {
  endQuarantine,
  type QuarantineRow,
  quarantine,
  quarantinedById,
  quarantinedOfSource,
  takenAt,
} from '../journal/quarantine.ts'
import { filesOfSource, isSecretSource, type SourceRow, sourceById } from '../journal/sources.ts'
import { outcomeOf, type Read } from './intake.ts'
import { noting, type Offered, type PlaceAgain, writeUntaken } from './keep.ts'
import { isUnclear, quarantineItem } from './quarantine.ts'

/**
 * What became of a place. `known`: it was taken before, or is another's double · `replaced`: it is read as other places now ·
 * `nothing`: the profile reads nothing there any more, so it stays · `doubted`: a person has to say that its office sent it, or means it ·
 * `unread`: its bytes are not here · `too-large`: they are not read at one time · `no-system`: no system of its office is connected ·
 * `unsealable`: nothing can be sealed now for its office, or for one that would answer it · `failed`: its bytes are damaged, or the profile breaks on them ·
 * `dismissed`: a person has dismissed it since the order was given.
 */
export type Became =
  | 'taken'
  | 'known'
  | 'quarantined'
  | 'replaced'
  | 'nothing'
  | 'doubted'
  | 'unread'
  | 'too-large'
  | 'no-system'
  | 'unsealable'
  | 'failed'
  | 'dismissed'

/** Whether what became of a place is that it left the quarantine. */
export const hasLeft = (became: Became): boolean =>
  became === 'taken' || became === 'known' || became === 'replaced'

/** Bytes of a document that is read again: while it is read, about four times as many are in memory. */
export const largestRead = 256 * 1024 ** 2

export interface Retried {
  /** Of the place in quarantine. */
  readonly id: string
  /** Of its source; not of one that holds a secret letter. */
  readonly name?: string
  readonly position: string
  readonly became: Became
  readonly messageId?: MessageId
  /** Why it stays: codes of problems; of what failed the error's name. */
  readonly codes?: readonly string[]
}

export interface RetryRequest {
  /** Ids of places in quarantine. */
  readonly ids: readonly string[]
  readonly by: string
  readonly why: string
  /** A person has made sure that its office sent what is doubted, or means it. */
  readonly believe: boolean
  /** They were dismissed when this was ordered, and are meant all the same. */
  readonly dismissed?: boolean
}

/** The system that reads a source now: of its profile, or the one that its office has now. */
export type ReaderOf = (
  system: string,
  office: string | null,
) => { readonly system: System; readonly read: Read } | undefined

/**
 * Tries places again, source by source; one that fails is told (`failed`), stays, and hinders none behind it. Rejects only when the
 * journal or the attachments cannot be had: what was done until then is done.
 */
export async function retryQuarantined(
  desk: Desk,
  readerOf: ReaderOf,
  request: RetryRequest,
  failed: (error: unknown) => void = () => undefined,
): Promise<readonly Retried[]> {
  const bySource = new Map<string, QuarantineRow[]>()
  for (const id of new Set(request.ids)) {
    const row = await quarantinedById(desk.database.committed, id)
    if (row === undefined || row.state === 'taken' || row.state === 'replaced') continue
    bySource.set(row.sourceId, [...(bySource.get(row.sourceId) ?? []), row])
  }
  const retried: Retried[] = []
  for (const [sourceId, rows] of bySource) {
    const source = await sourceById(desk.database.committed, sourceId)
    if (source !== undefined)
      retried.push(...(await new Again(desk, request, source, readerOf, failed).run(rows)))
  }
  return retried
}

/** A person has dismissed a place since it was ordered to be tried again: the later word counts. */
class DismissedSince extends Error {
  override readonly name = 'DismissedSince'
}

type Found = Pick<Retried, 'messageId' | 'codes'>

/** One source, read again. */
class Again {
  readonly #desk: Desk
  readonly #request: RetryRequest
  readonly #source: SourceRow
  readonly #readerOf: ReaderOf
  readonly #failed: (error: unknown) => void
  readonly #retried: Omit<Retried, 'name'>[] = []
  /** Of which it is to be told what became: the places that were named, and those that came in their place. */
  #meant: readonly QuarantineRow[] = []

  constructor(
    desk: Desk,
    request: RetryRequest,
    source: SourceRow,
    readerOf: ReaderOf,
    failed: (error: unknown) => void,
  ) {
    this.#desk = desk
    this.#request = request
    this.#source = source
    this.#readerOf = readerOf
    this.#failed = failed
  }

  async run(rows: readonly QuarantineRow[]): Promise<readonly Retried[]> {
    this.#meant = rows
    try {
      await this.#run(rows)
    } catch (error) {
      if (error instanceof JournalUnavailable || error instanceof AttachmentsUnavailable) throw error
      this.#failed(error)
      const codes = [error instanceof Error ? error.name : String(error)]
      const ended = new Set(this.#retried.map(({ id }) => id))
      for (const row of this.#meant) {
        if (ended.has(row.id)) continue
        if (row.state === 'replaced') await this.#end(row, 'replaced')
        else await this.#end(row, 'failed', { codes })
      }
    }
    const isSecret = await isSecretSource(this.#desk.database.committed, this.#source.id)
    return this.#retried.map((each) => ({ ...each, ...(!isSecret && { name: this.#source.name }) }))
  }

  async #run(all: readonly QuarantineRow[]): Promise<void> {
    const rows = all.filter((row) => this.#isOrdered(row))
    for (const row of all) if (!rows.includes(row)) await this.#end(row, 'dismissed')
    if (rows.length === 0) return
    const reader = this.#readerOf(this.#source.system, rows[0]?.office ?? null)
    if (reader === undefined) return this.#all(rows, 'no-system')
    const size = await this.#size()
    if (size === undefined) return this.#all(rows, 'unread')
    if (size > largestRead) return this.#all(rows, 'too-large')
    const believed: QuarantineRow[] = []
    for (const row of rows) {
      if (row.doubted && !this.#request.believe) await this.#end(row, 'doubted')
      else believed.push(row)
    }
    if (believed.length === 0) return
    const files = await filesOfSource(this.#desk.database.committed, this.#source.id)
    const source: Source = {
      document: this.#source.document === 'notice' ? 'notice' : 'letter',
      name: this.#source.name,
      bytes: await this.#bytes(size),
      beside: new Map(files.map(({ name, sha256, size }) => [name, { kind: 'kept', sha256, size }])),
      sender: 'gone',
      final: true,
    }
    const items = new Map((await reader.read(source)).map((item) => [item.position, item]))
    const places = await this.#places(believed, items)
    this.#meant = places
    for (const row of places) {
      const item = items.get(row.position)
      if (item !== undefined) await this.#take(reader.system, row, item)
      else if (!this.#isOrdered(row)) await this.#end(row, 'dismissed')
      else await this.#end(row, row.state === 'replaced' ? 'replaced' : 'nothing')
    }
  }

  /** Of what is here of it, in bytes. */
  async #size(): Promise<number | undefined> {
    const { bytes, sha256 } = this.#source
    return bytes?.length ?? (await this.#desk.attachments.sizeOf(sha256))
  }

  /** In one piece: the pieces of a large one are never in memory beside the whole of it. */
  async #bytes(size: number): Promise<Buffer> {
    const { bytes, sha256 } = this.#source
    if (bytes !== null) return Buffer.from(bytes)
    const whole = Buffer.alloc(size)
    let at = 0
    for await (const piece of this.#desk.attachments.open(sha256)) at += (piece as Buffer).copy(whole, at)
    return whole
  }

  /**
   * The places to be tried. Where one is not there any more and others are that never were, it is read as those now: they
   * come into quarantine in its place first, so that nothing is lost when the process dies between them.
   */
  async #places(
    rows: readonly QuarantineRow[],
    items: ReadonlyMap<string, Item>,
  ): Promise<readonly QuarantineRow[]> {
    const { database, clock } = this.#desk
    const gone = rows.filter(({ position }) => !items.has(position))
    const [first] = gone
    if (first === undefined) return rows
    const known = new Set(
      (await quarantinedOfSource(database.committed, this.#source.id)).map((row) => row.position),
    )
    const fresh: string[] = []
    for (const position of items.keys())
      if (
        !known.has(position) &&
        (await takenAt(database.committed, this.#source.id, first.handover, position)) === undefined
      )
        fresh.push(position)
    if (fresh.length === 0) return rows
    const isGone = ({ id }: QuarantineRow): boolean => gone.some((row) => row.id === id)
    const isReplaced = await database.write(async (transaction) => {
      const now = await quarantinedOfSource(transaction, this.#source.id)
      // Of several that are gone nobody can tell which of the others come in whose place.
      if (now.some((row) => isGone(row) && !this.#isOrdered(row))) return false
      const at = clock.now()
      for (const position of fresh) {
        const { problems, doubted, handover } = first
        const place = { id: newId(), sourceId: this.#source.id, position, problems, doubted, handover }
        const unread = { number: undefined, understood: undefined, secrecy: undefined }
        const unknown = { ...unread, contentDigest: undefined, unseen: false }
        await quarantine(transaction, { ...place, ...unknown, office: first.office ?? '' }, at)
      }
      const { by, why, dismissed = false } = this.#request
      const ended = { state: 'replaced', by, why, dismissed } as const
      for (const { id } of gone) await endQuarantine(transaction, id, ended, at)
      return true
    })
    const all = await quarantinedOfSource(database.committed, this.#source.id)
    if (!isReplaced) return rows.map((row) => all.find(({ id }) => id === row.id) ?? row)
    return [
      ...rows.map((row) => (isGone(row) ? { ...row, state: 'replaced' as const } : row)),
      ...all.filter(({ position }) => fresh.includes(position)),
    ]
  }

  #isMeant({ problems }: QuarantineRow): boolean {
    return this.#request.believe && isUnclear(problems)
  }

  #isOrdered({ state }: Pick<QuarantineRow, 'state'>): boolean {
    return state !== 'dismissed' || this.#request.dismissed === true
  }

  async #take(system: System, row: QuarantineRow, item: Item): Promise<void> {
    if (item.kind === 'waiting') throw new Error('a source that is final waits')
    // Of a letter its content says whether it is the one that was taken (postLetter); what is said once more of another letter may
    // stand in the very document of which the first word was taken.
    const { committed } = this.#desk.database
    const before =
      item.kind === 'letter' || this.#isMeant(row)
        ? undefined
        : await takenAt(committed, this.#source.id, row.handover, row.position)
    const { attachments, kept } = noting(this.#desk.attachments)
    const desk = { ...this.#desk, attachments }
    try {
      if (before !== undefined) await this.#end(row, 'known', { messageId: before })
      else await this.#offer(desk, system, row, item, kept)
    } catch (error) {
      if (error instanceof CannotSeal) await this.#untaken(row, kept, 'unsealable', [error.problem.code])
      else if (error instanceof DismissedSince) await this.#untaken(row, kept, 'dismissed')
      else throw error
    }
  }

  async #offer(
    desk: Desk,
    system: System,
    row: QuarantineRow,
    item: Exclude<Item, { kind: 'waiting' }>,
    kept: Set<string>,
  ): Promise<void> {
    let left = false
    const again: PlaceAgain = {
      leaves: async (transaction, posted, messageId) => {
        if (posted === 'problem') return
        await this.#write(transaction, row, posted === 'posted' ? 'taken' : 'known', { messageId })
        left = true
      },
      stays: async (transaction) => {
        const now = await quarantinedById(transaction, row.id)
        if (now !== undefined && !this.#isOrdered(now)) throw new DismissedSince()
      },
    }
    const { handover } = row
    const offered: Offered = {
      ...{ ...this.#source, handover, offerer: 'person', meant: this.#isMeant(row), again },
    }
    const outcome = await outcomeOf(desk, system, offered, item)
    if (outcome.kind !== 'faulty') {
      const { kind, messageId } = outcome
      if (left) return this.#tell(row, kind, { messageId })
      return this.#end(row, kind, { messageId })
    }
    await quarantineItem(this.#desk, system, { beside: new Map() }, offered, item, outcome, kept)
    const codes = [...new Set(outcome.problems.map(({ code }) => code))]
    return this.#end(row, 'quarantined', { codes })
  }

  /** Nothing is wrong with it: of a source one place may be so, and another not. */
  async #untaken(
    row: QuarantineRow,
    kept: Set<string>,
    became: 'unsealable' | 'dismissed',
    codes?: readonly string[],
  ): Promise<void> {
    const found = codes && { codes }
    await writeUntaken(this.#desk, kept, (transaction) => this.#write(transaction, row, became, found))
    this.#tell(row, became, found)
  }

  async #all(rows: readonly QuarantineRow[], became: Became): Promise<void> {
    for (const row of rows) await this.#end(row, became)
  }

  async #end(row: QuarantineRow, became: Became, found: Found = {}): Promise<void> {
    await this.#desk.database.write((transaction) => this.#write(transaction, row, became, found))
    this.#tell(row, became, found)
  }

  /** Writes what became of a place, by whose order and why. */
  async #write(
    transaction: Transaction,
    { id, position, sourceId, office }: QuarantineRow,
    became: Became,
    { messageId, codes }: Found = {},
  ): Promise<void> {
    const { by, why, dismissed = false } = this.#request
    const at = this.#desk.clock.now()
    if (
      messageId !== undefined &&
      !(await endQuarantine(transaction, id, { state: 'taken', messageId, by, why, dismissed }, at))
    ) {
      const now = await quarantinedById(transaction, id)
      if (now !== undefined && !this.#isOrdered(now)) throw new DismissedSince()
    }
    const subject = { sourceId, ...(messageId && { messageId }), ...(office !== null && { office }) }
    const facts = { quarantine: id, position, became, by, why, ...(codes && { codes: codes.join(' ') }) }
    await recordEvent(transaction, at, 'quarantine.retried', subject, facts)
  }

  #tell({ id, position }: QuarantineRow, became: Became, found: Found = {}): void {
    this.#retried.push({ id, position, became, ...found })
  }
}
