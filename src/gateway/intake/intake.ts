// The intake: what a system hands over is read, checked, sealed and committed; only then is it "taken" (principle 4).
import type { Item, Source, Taken } from '../../adapters/contract.ts'
import { readLetterNumber } from '../../letter/numbers.ts'
import { officeById } from '../../letter/offices.ts'
import type { Problem } from '../../problem/problem.ts'
import { type Desk, type Faulty, newId, type Outcome, type System } from '../desk.ts'
import { recordEvent } from '../journal/events.ts'
import { keepSource, quarantine } from '../journal/sources.ts'
import { takeEnvelope } from './envelopes.ts'
import { type Offered, sourceRowOf } from './keep.ts'
import { takeLetter } from './letters.ts'
import { takeNotice } from './notices.ts'

/** Letters of one source under way at the same time: enough to share a commit, few enough to share a machine. */
const together = 16

/** Reads a source into items: the adapter's `read`. */
export type Read = (source: Source) => Promise<readonly Item[]>

/**
 * Takes a source: one answer for each item, in order, each true on disk. Rejects when the disk or the journal fails:
 * the sender must not be told that anything was taken, and may offer the same source again at any time.
 */
export async function take(
  desk: Desk,
  system: System,
  source: Source,
  read: Read,
): Promise<readonly Taken[]> {
  desk.reached('source.offered')
  const items = await read(source)
  const row = await sourceRowOf(desk.attachments, system, source, desk.clock.now())
  // Nobody waits for an answer: the source is kept before anything else, whatever becomes of it.
  if (source.sender === 'gone' && items.some((item) => item.kind !== 'waiting')) await keep(desk, system, row)
  const taken: Taken[] = []
  for (let from = 0; from < items.length; from += together) {
    const group = items.slice(from, from + together)
    taken.push(...(await Promise.all(group.map((item) => takeOne(desk, system, source, row, item)))))
  }
  return taken
}

async function takeOne(desk: Desk, system: System, source: Source, row: Offered, item: Item): Promise<Taken> {
  if (item.kind === 'waiting') return item
  const outcome = await outcomeOf(desk, system, row, item)
  if (outcome.kind !== 'faulty') return outcome
  return source.sender === 'gone'
    ? quarantineItem(desk, system, row, item, outcome.problems)
    : refuseItem(desk, system, item.position, outcome)
}

function outcomeOf(
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

async function quarantineItem(
  desk: Desk,
  system: System,
  row: Offered,
  item: Item,
  problems: readonly Problem[],
): Promise<Taken> {
  const { position } = item
  const number = numberOf(item, system)
  await desk.database.write(async (transaction) => {
    const sourceId = await keepSource(transaction, row)
    await quarantine(transaction, newId(), sourceId, position, { problems, number }, desk.clock.now())
  })
  return { kind: 'quarantined', position, problems }
}

/** The number by which a person looks for a letter that was not taken, where it could be read. */
function numberOf(item: Item, { office }: System): string | undefined {
  if (item.kind === 'letter') return item.draft.number?.normalized
  if (item.kind !== 'fault' || item.number === undefined) return undefined
  const read = readLetterNumber(item.number, officeById(office).letters)
  return read.ok ? read.value.number.normalized : undefined
}

/** The sender waits and is told; what stays is an event, so that an operator sees that it happened. */
async function refuseItem(
  desk: Desk,
  system: System,
  position: string,
  { problems, receipt }: Faulty,
): Promise<Taken> {
  const codes = [...new Set(problems.map((found) => found.code))].join(' ')
  await desk.database.write((transaction) =>
    recordEvent(
      transaction,
      desk.clock.now(),
      'source.refused',
      { office: system.office },
      { system: system.id, position, codes },
    ),
  )
  return { kind: 'refused', position, problems, ...(receipt && { receipt }) }
}
