// What nobody waits for and could not be taken: kept whole, with the files that came with it and what was understood of it.
import { createHash } from 'node:crypto'
import type { Item, Source, Taken, Understood } from '../../adapters/contract.ts'
import type { LetterDraft } from '../../letter/check.ts'
import { readLetterNumber } from '../../letter/numbers.ts'
import { officeById } from '../../letter/offices.ts'
import type { MessageId } from '../../letter/time.ts'
import type { Problem } from '../../problem/problem.ts'
import { type Desk, type Faulty, newId, type System } from '../desk.ts'
import { lettersOfMessage } from '../journal/letters.ts'
import { endQuarantine, quarantine, quarantinedAt } from '../journal/quarantine.ts'
import { filesOfSource, keepSource, keepSourceFiles, type SourceFile } from '../journal/sources.ts'
import { keepContent, type Offered, writeUntaken } from './keep.ts'

/** Puts one item into quarantine; `kept` as in `writeUntaken`: what stays with the item is named by it. Rejects only when the disk or the journal fails. */
export async function quarantineItem(
  desk: Desk,
  system: System,
  source: Pick<Source, 'beside' | 'doubts' | 'seen' | 'unread'>,
  row: Offered,
  item: Item,
  { problems, contentDigest, letter }: Faulty,
  kept: Set<string>,
): Promise<Taken> {
  const { position } = item
  const files = await keepBeside(desk, source)
  await writeUntaken(desk, kept, async (transaction) => {
    await row.again?.stays(transaction)
    // Read again from quarantine, it is the source that it was; handed over, it is one with the files beside it.
    const whole = files.length === 0 ? row : { ...row, id: newId(), beside: digestOf(files) }
    const sourceId = await keepSource(transaction, whole)
    await keepSourceFiles(transaction, sourceId, files)
    const { office } = system
    await quarantine(
      transaction,
      {
        ...{ id: newId(), sourceId, position, problems, office, handover: row.handover },
        // Nobody handed over what was only looked at again: that it is to go a person says, of this one alone.
        doubted: source.doubts !== undefined || source.seen === true || isUnclear(problems),
        ...readOf(item, system),
        ...(letter && { number: letter.number.normalized, secrecy: letter.secrecy }),
        contentDigest,
        unseen: source.unread !== undefined && source.unread.sha256 === undefined,
      },
      desk.clock.now(),
    )
  })
  return { kind: 'quarantined', position, problems }
}

/** Whether only its office knows of which letter it speaks. */
export const isUnclear = (problems: readonly Problem[]): boolean =>
  problems.some(({ code }) => code === 'notice.letter.earlier')

/** Files that came with a source, into the gateway's keeping: the system may take its own away. One that is gone, or too large, is left out: that is among the reasons. */
async function keepBeside(desk: Desk, { beside }: Pick<Source, 'beside'>): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = []
  for (const [name, content] of beside) {
    const kept = await keepContent(desk.attachments, content, 'beside')
    if (kept.ok) files.push({ name, ...kept.value })
  }
  return files
}

/** What makes a source with these files another one than the same document with others. */
function digestOf(files: readonly SourceFile[]): string {
  const facts = files.map(({ name, sha256 }) => JSON.stringify([name, sha256])).sort()
  return createHash('sha256').update(facts.join('\n')).digest('hex')
}

/**
 * Taken of a document of which the same place was in quarantine: handed over again after its profile was mended. Only what
 * is in what was taken leaves: the same content where it was read, else each file that came with it. Another scan stays.
 */
export async function leaveQuarantine(
  desk: Desk,
  source: Pick<Source, 'beside'>,
  row: Offered,
  { position, messageId }: { readonly position: string; readonly messageId: MessageId },
): Promise<void> {
  const { database, clock } = desk
  const places = await quarantinedAt(database.committed, row, position)
  if (places.length === 0) return
  const [letter] = await lettersOfMessage(database.committed, messageId)
  const came = new Set((await keepBeside(desk, source)).map(({ name, sha256 }) => `${sha256} ${name}`))
  for (const { id, sourceId, contentDigest } of places) {
    const files = await filesOfSource(database.committed, sourceId)
    const isTaken =
      contentDigest === null
        ? files.every(({ name, sha256 }) => came.has(`${sha256} ${name}`))
        : contentDigest === letter?.contentDigest
    if (!isTaken) continue
    await database.write((transaction) =>
      endQuarantine(
        transaction,
        id,
        { state: 'taken', messageId, why: 'handed over again', dismissed: true },
        clock.now(),
      ),
    )
  }
}

/** Of what was understood so much is kept: cells and values, and characters of each. */
const most = 300
const longest = 2_000

interface ReadOf {
  /** By which a person looks for the letter; where it could be read. */
  readonly number: string | undefined
  readonly secrecy: string | undefined
  readonly understood: Understood | undefined
}

function readOf(item: Item, { office }: System): ReadOf {
  switch (item.kind) {
    case 'letter': {
      const names = item.attachments.map(({ name }) => name)
      const values = { ...valuesOf(item.draft), ...(names.length > 0 && { attachments: names }) }
      return {
        number: item.draft.number?.normalized,
        secrecy: item.draft.secrecy,
        understood: bounded({ values }),
      }
    }
    case 'notice': {
      const { kind, about, receiveNumber, reason } = item.draft
      const values = texts({ kind, ...about, receiveNumber, reason })
      return { number: undefined, secrecy: undefined, understood: bounded({ values }) }
    }
    case 'fault': {
      const read =
        item.number === undefined ? undefined : readLetterNumber(item.number, officeById(office).letters)
      return {
        number: read?.ok ? read.value.number.normalized : undefined,
        secrecy: item.understood?.values?.['secrecy']?.[0],
        understood: item.understood && bounded(item.understood),
      }
    }
    default:
      return { number: undefined, secrecy: undefined, understood: undefined }
  }
}

/** A draft's fields as canonical texts. */
function valuesOf(draft: LetterDraft): Readonly<Record<string, readonly string[]>> {
  return texts({
    number: draft.number?.printed,
    date: draft.date,
    subject: draft.subject,
    kind: draft.kind,
    urgency: draft.urgency,
    secrecy: draft.secrecy,
    from: draft.from?.office,
    to: draft.to?.offices,
    references: draft.references?.map(({ number, subject }) => `${number} ${subject}`.trim()),
    enclosureNote: draft.enclosureNote,
    description: draft.description,
  })
}

const texts = (
  values: Readonly<Record<string, string | readonly string[] | undefined>>,
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([field, value]): [string, readonly string[]][] => {
      const list = value === undefined || value === '' ? [] : typeof value === 'string' ? [value] : value
      return list.length === 0 ? [] : [[field, list]]
    }),
  )

function bounded({ cells, values }: Understood): Understood {
  const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text)
  const entries = <Value>(record: Readonly<Record<string, Value>> | undefined) =>
    Object.entries(record ?? {}).slice(0, most)
  return {
    ...(cells && {
      cells: Object.fromEntries(entries(cells).map(([name, cell]) => [name.slice(0, 200), cut(cell)])),
    }),
    ...(values && {
      values: Object.fromEntries(
        entries(values).map(([field, list]) => [field, list.slice(0, most).map(cut)]),
      ),
    }),
  }
}
