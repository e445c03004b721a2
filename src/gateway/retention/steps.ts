// What a run of the retention does, kind by kind: each step removes one bounded piece in a transaction, and says where to go on.
import type { Instant } from '../../letter/time.ts'
import type { Reader, Transaction } from '../journal/database.ts'
import type { HandedFile } from '../journal/handed.ts'
import { mayLeave, mayLetterGo, oldLetters, piece, purgeLetter, purgeSql } from '../journal/purge.ts'
import type { Kept } from '../settings/retention.ts'

export const stepNames = [
  'letters',
  'sources',
  'answers',
  'handed',
  'documents',
  'quarantine',
  'emptied',
  'events',
  'orders',
  'alarms',
  'receipts',
  'tombstones',
] as const
export type StepName = (typeof stepNames)[number]

/** Where a step goes on: behind what was looked at and stays. */
export interface Cursor {
  readonly at: Instant
  readonly id: string
}
export const beginning: Cursor = { at: -1, id: '' }

export interface Piece {
  readonly removed: number
  /** Absent: nothing more is to be looked at. */
  readonly next?: Cursor
}

/** Everything that is older than these instants may leave. */
export type Bounds = Readonly<Record<Exclude<keyof Kept, 'tombstones'>, Instant>> & {
  /** Rows of letters that were purged before it. */
  readonly tombstones: Instant
  readonly receipts: Instant
}

export const boundsOf = (keep: Kept, now: Instant): Bounds => ({
  envelopes: now - keep.envelopes,
  sources: now - keep.sources,
  secretSources: now - keep.secretSources,
  handed: now - keep.handed,
  answers: now - keep.answers,
  quarantine: now - keep.quarantine,
  events: now - keep.events,
  tombstones: now - keep.tombstones,
  receipts: now - keep.envelopes - keep.tombstones,
})

/** Letters in one transaction. */
const letters = 20
/** Records of what was handed that are looked through at a time. */
const recordsAtOnce = 1_000

type Work = (transaction: Transaction, bounds: Bounds, cursor: Cursor, now: Instant) => Promise<Piece>

/** The first piece again, until it is not full. */
const again = (removed: number): Piece => (removed === piece ? { removed, next: beginning } : { removed })

export const steps: Readonly<Record<StepName, Work>> = {
  async letters(transaction, { envelopes }, cursor, now) {
    const found = await oldLetters(transaction, envelopes, { at: cursor.at, messageId: cursor.id })
    let removed = 0
    let last = cursor
    for (const letter of found.slice(0, letters)) {
      if (await mayLetterGo(transaction, letter.messageId, envelopes)) {
        // The rest of a circular follows in the next transaction.
        if (!(await purgeLetter(transaction, letter, now))) return { removed, next: last }
        removed += 1
      }
      last = { at: letter.at, id: letter.messageId }
    }
    return found.length === 0 ? { removed } : { removed, next: last }
  },

  async sources(transaction, bounds, cursor, now) {
    const old = await emptySources(transaction, { before: bounds.sources, secret: false }, cursor, now)
    if (old.next !== undefined || bounds.secretSources === bounds.sources) return old
    const secret = await emptySources(
      transaction,
      { before: bounds.secretSources, secret: true },
      cursor,
      now,
    )
    return { ...secret, removed: old.removed + secret.removed }
  },

  async answers(transaction, { answers }) {
    const found = await transaction.all<{ id: string; number: number }>(purgeSql.answers, answers, piece)
    for (const { id, number } of found) await transaction.run(purgeSql.emptyAnswer, id, number)
    return again(found.length)
  },

  async handed(transaction, { handed }) {
    const found = await transaction.all<{ id: string; attempt: number; digest: string }>(
      purgeSql.handed,
      handed,
      piece,
    )
    for (const { id, attempt, digest } of found)
      await transaction.run(purgeSql.dropOneHanded, id, attempt, digest)
    return again(found.length)
  },

  async documents(transaction, { handed }, cursor, now) {
    const found = await transaction.all<{ sha256: string; inStore: unknown }>(
      purgeSql.documents,
      handed,
      cursor.id,
      piece,
    )
    const held = await heldAmong(transaction, found, handed)
    const leaving = found.filter(({ sha256 }) => !held.has(sha256))
    for (const { sha256, inStore } of leaving) {
      await transaction.run(purgeSql.dropDocument, sha256)
      if (isTrue(inStore)) mayLeave(transaction, sha256, now)
    }
    const last = found.at(-1)?.sha256 ?? ''
    return { removed: leaving.length, ...(found.length === piece && { next: { at: 0, id: last } }) }
  },

  async quarantine(transaction, { quarantine }, _cursor, now) {
    const found = await transaction.all<{ id: string; sourceId: string }>(
      purgeSql.quarantine,
      quarantine,
      piece,
    )
    for (const { id, sourceId } of found) {
      await transaction.run(purgeSql.dropQuarantine, id)
      if ((await transaction.one(purgeSql.quarantineOf, sourceId)) === undefined)
        await dropFiles(transaction, sourceId, now)
    }
    return again(found.length)
  },

  async emptied(transaction, { sources }, { at, id: behind }, now) {
    const found = await transaction.all<{ id: string; at: Instant; mayGo: unknown }>(
      purgeSql.emptied,
      ...[sources, at, behind, piece],
    )
    const going = found.filter(({ mayGo }) => isTrue(mayGo))
    for (const { id } of going) {
      await dropFiles(transaction, id, now)
      await transaction.run(purgeSql.dropSource, id)
    }
    const last = found.at(-1)
    return {
      removed: going.length,
      ...(found.length === piece && last && { next: { at: last.at, id: last.id } }),
    }
  },

  events: (transaction, { events }) => dropRows(transaction, purgeSql.events, purgeSql.dropEvent, events),
  orders: (transaction, { events }) => dropRows(transaction, purgeSql.orders, purgeSql.dropOrder, events),

  async alarms(transaction, { events }) {
    const found = await transaction.all<{ id: string }>(purgeSql.alarms, events, piece)
    for (const { id } of found) {
      await transaction.run(purgeSql.dropTellings, id)
      await transaction.run(purgeSql.dropAlarm, id)
    }
    return again(found.length)
  },

  async receipts(transaction, { receipts }) {
    const found = await transaction.all<{ about: string; office: string }>(purgeSql.receipts, receipts, piece)
    for (const { about, office } of found) await transaction.run(purgeSql.dropReceipt, about, office)
    return again(found.length)
  },

  async tombstones(transaction, { tombstones }) {
    const found = await transaction.all<{ messageId: string; recipient: string }>(
      purgeSql.tombstones,
      tombstones,
      piece,
    )
    for (const { messageId, recipient } of found)
      await transaction.run(purgeSql.dropTombstone, messageId, recipient)
    return again(found.length)
  },
}

async function emptySources(
  transaction: Transaction,
  { before, secret }: { readonly before: Instant; readonly secret: boolean },
  { at, id }: Cursor,
  now: Instant,
): Promise<Piece> {
  const found = await transaction.all<{ id: string; sha256: string; inStore: unknown }>(
    purgeSql.sources(secret),
    ...[before, at, id, piece],
  )
  for (const source of found) {
    await transaction.run(purgeSql.emptySource, now, source.id)
    if (isTrue(source.inStore)) mayLeave(transaction, source.sha256, now)
  }
  return again(found.length)
}

async function dropFiles(transaction: Transaction, sourceId: string, now: Instant): Promise<void> {
  const files = await transaction.all<{ sha256: string }>(purgeSql.filesOfSource, sourceId)
  await transaction.run(purgeSql.dropFiles, sourceId)
  for (const { sha256 } of files) mayLeave(transaction, sha256, now)
}

async function dropRows(
  transaction: Transaction,
  old: string,
  drop: string,
  before: Instant,
): Promise<Piece> {
  const found = await transaction.all<{ seq: number }>(old, before, piece)
  for (const { seq } of found) await transaction.run(drop, seq)
  return again(found.length)
}

/** Those of some documents that are named, as files, by old records which stay. */
async function heldAmong(
  reader: Reader,
  documents: readonly { readonly sha256: string }[],
  before: Instant,
): Promise<ReadonlySet<string>> {
  const asked = new Set(documents.map(({ sha256 }) => sha256))
  const held = new Set<string>()
  if (asked.size === 0) return held
  for (let last: Omit<HeldFiles, 'files'> = { at: -1, id: '', attempt: 0, digest: '' }; ; ) {
    const { at, id, attempt, digest } = last
    const rows = await reader.all<HeldFiles>(
      purgeSql.heldFiles,
      ...[before, at, id, attempt, digest, recordsAtOnce],
    )
    for (const { files } of rows)
      for (const { sha256 } of JSON.parse(files) as HandedFile[]) if (asked.has(sha256)) held.add(sha256)
    const end = rows.at(-1)
    if (end === undefined || rows.length < recordsAtOnce) return held
    last = end
  }
}

interface HeldFiles {
  readonly at: Instant
  readonly id: string
  readonly attempt: number
  readonly digest: string
  readonly files: string
}

/** A condition in a result: 1 of one engine, true of the other. */
const isTrue = (value: unknown): boolean => value === 1 || value === true
