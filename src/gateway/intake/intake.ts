// The intake: what a system hands over is read, checked, sealed and committed; only then is it "taken" (principle 4).
import type { Item, Source, Taken } from '../../adapters/contract.ts'
import type { Desk, Faulty, Outcome, System } from '../desk.ts'
import { recordEvent } from '../journal/events.ts'
import { keepSource } from '../journal/sources.ts'
import { takeEnvelope } from './envelopes.ts'
import { noting, type Offered, sourceRowOf, writeUntaken } from './keep.ts'
import { takeLetter } from './letters.ts'
import { takeNotice } from './notices.ts'
import { leaveQuarantine, quarantineItem } from './quarantine.ts'

/**
 * Items of one source under way at the same time. Letters: enough to share a commit, few enough to share a machine. Notices one after
 * the other: of two numbers that one document gives a letter the last one counts.
 */
const togetherOf = ({ document }: Source): number => (document === 'notice' ? 1 : 16)

/** Reads a source into items: the adapter's `read`. */
export type Read = (source: Source) => Promise<readonly Item[]>

/**
 * Takes a source: one answer for each item, in order, each true on disk. Rejects when the disk or the journal fails:
 * the sender must not be told that anything was taken, and may offer the same source again at any time.
 */
export async function take(
  { attachments: store, ...rest }: Desk,
  system: System,
  source: Source,
  read: Read,
): Promise<readonly Taken[]> {
  const { attachments, kept } = noting(store)
  for (const content of source.beside.values()) if (content.kind === 'kept') kept.add(content.sha256)
  const desk = { ...rest, attachments }
  desk.reached('source.offered')
  const items = await read(source)
  const row = await sourceRowOf(desk.attachments, system, source, desk.clock.now())
  // Nobody waits for an answer: the source is kept before anything else, whatever becomes of it.
  if (source.sender === 'gone' && items.some((item) => item.kind !== 'waiting')) await keep(desk, system, row)
  const taken: Taken[] = []
  const together = togetherOf(source)
  for (let from = 0; from < items.length; from += together) {
    const group = items.slice(from, from + together)
    taken.push(...(await Promise.all(group.map((item) => takeOne(desk, system, source, row, item, kept)))))
  }
  return taken
}

/** `kept`: what is in the store for the source. Nothing may name it when an item is not taken (`writeUntaken`). */
async function takeOne(
  desk: Desk,
  system: System,
  source: Source,
  row: Offered,
  item: Item,
  kept: Set<string>,
): Promise<Taken> {
  if (item.kind === 'waiting') return item
  const outcome = await outcomeOf(desk, system, row, item)
  if (outcome.kind !== 'faulty') {
    if (source.sender === 'gone') await leaveQuarantine(desk, source, row, outcome)
    return outcome
  }
  return source.sender === 'gone'
    ? quarantineItem(desk, system, source, row, item, outcome, kept)
    : refuseItem(desk, system, item.position, outcome, kept)
}

/** What becomes of one item; what is faulty is left to the caller. */
export function outcomeOf(
  desk: Desk,
  system: System,
  row: Offered,
  item: Exclude<Item, { kind: 'waiting' }>,
): Promise<Outcome> {
  switch (item.kind) {
    case 'letter':
      return takeLetter(desk, system, row, item)
    case 'notice':
      return takeNotice(desk, system, row, item)
    case 'envelope':
      return takeEnvelope(desk, system, row, item)
    case 'fault':
      return Promise.resolve({ kind: 'faulty', problems: item.problems })
    default:
      return item satisfies never
  }
}

async function keep(desk: Desk, system: System, row: Offered): Promise<void> {
  await desk.database.write(async (transaction) => {
    const sourceId = await keepSource(transaction, row)
    if (sourceId === row.id) {
      await recordEvent(
        transaction,
        row.receivedAt,
        'source.kept',
        { sourceId, office: system.office },
        { system: system.id, size: row.size },
      )
    }
  })
}

/** The sender waits and is told; what stays is an event, so that an operator sees that it happened. */
async function refuseItem(
  desk: Desk,
  system: System,
  position: string,
  { problems, receipt }: Faulty,
  kept: Set<string>,
): Promise<Taken> {
  const codes = [...new Set(problems.map((found) => found.code))].join(' ')
  const now = desk.clock.now()
  const facts = { system: system.id, position, codes }
  await writeUntaken(desk, kept, (transaction) =>
    recordEvent(transaction, now, 'source.refused', { office: system.office }, facts),
  )
  return { kind: 'refused', position, problems, ...(receipt && { receipt }) }
}
