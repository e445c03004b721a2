// The journal that a command's options name, for `saraban messages`.
import { resolve } from 'node:path'
import type { Command } from 'commander'
import {
  type AttachmentsAt,
  attachmentsIn,
  attachmentsOf,
  readAttachments,
} from '../gateway/attachments/place.ts'
import type { KeptAttachments } from '../gateway/attachments/store.ts'
import type { Database, Reader } from '../gateway/journal/database.ts'
import {
  besideJournal,
  type JournalPlace,
  journalIn,
  journalOf,
  readJournal,
  shownPlace,
  unfitBecause,
  unusable,
} from '../gateway/journal/place.ts'
import { findLetters, type Story, storyOf } from '../gateway/journal/story.ts'
import { readSettings } from '../gateway/settings/settings.ts'
import { normalizeNumber } from '../letter/numbers.ts'
import { problem } from '../problem/problem.ts'
import { isAnyAtWork, isRunning } from './running.ts'
import type { Now } from './standing.ts'
import { exit, Failed, type Terminal } from './terminal.ts'

export interface Place {
  readonly data?: string
  readonly settings?: string
  readonly json?: boolean
}

/** A command that reads a journal: its options say which. */
export const withPlace = (command: Command): Command =>
  command
    .option('--data <DIR>', 'the gateway’s data folder')
    .option('--settings <FILE>', 'or its settings; default: SARABAN_SETTINGS, else saraban.yaml')
    .option('--json', 'print JSON')

/** The journal that the options name, open for reading while `act` runs. */
export async function withJournal(
  options: Place,
  terminal: Terminal,
  act: (reader: Reader, now: Now, attachments: KeptAttachments) => Promise<void>,
): Promise<void> {
  const found = await fitPlace(options, terminal)
  const { place } = found
  const journal = readJournal(place)
  try {
    const now = { at: terminal.clock.now(), running: await runningAt(found, journal.committed, terminal) }
    await act(journal.committed, now, await readAttachments(found.attachments))
  } finally {
    await journal.close()
  }
}

/** The same, open for a short write beside the gateway. */
export async function withWritableJournal(
  options: Place,
  terminal: Terminal,
  act: (
    database: Database,
    now: Now,
    running: () => Promise<boolean>,
    attachments: AttachmentsAt,
  ) => Promise<void>,
): Promise<void> {
  const found = await fitPlace(options, terminal)
  const database = besideJournal(found.place)
  const running = (): Promise<boolean> => runningAt(found, database.committed, terminal)
  try {
    await act(database, { at: terminal.clock.now(), running: await running() }, running, found.attachments)
  } finally {
    await database.close()
  }
}

interface Found {
  readonly folder: string
  readonly place: JournalPlace
  readonly attachments: AttachmentsAt
}

/** Where several share a journal, another machine's gateway is as good as this one's. */
const runningAt = async ({ folder, place }: Found, reader: Reader, { clock }: Terminal): Promise<boolean> =>
  isRunning(folder) || (place.kind === 'postgresql' && (await isAnyAtWork(reader, clock.now())))

async function fitPlace(options: Place, terminal: Terminal): Promise<Found> {
  const found = placeOf(options, terminal)
  const { folder, place } = found
  const unfit = await unfitBecause(place).catch((error: unknown) => {
    throw new Failed(exit.usage, [unusable(place, error)])
  })
  if (unfit === undefined) return found
  const code = unfit === 'absent' ? 'cli.journal.missing' : 'cli.journal.version'
  throw new Failed(exit.usage, [
    problem(code, '--data', place.kind === 'sqlite' ? folder : shownPlace(place)),
  ])
}

/** A data folder of which `--data` says where it is has its journal in it; settings may name another place. */
function placeOf(options: Place, terminal: Terminal): Found {
  if (options.data !== undefined) {
    const folder = resolve(options.data)
    return { folder, place: journalIn(folder), attachments: attachmentsIn(folder) }
  }
  const { environment } = terminal
  const settings = readSettings(options.settings ?? environment['SARABAN_SETTINGS'] ?? 'saraban.yaml')
  if (!settings.ok) throw new Failed(exit.usage, settings.problems)
  const place = journalOf(settings.value, environment)
  if (!place.ok) throw new Failed(exit.usage, place.problems)
  const attachments = attachmentsOf(settings.value, environment)
  if (!attachments.ok) throw new Failed(exit.usage, attachments.problems)
  return { folder: settings.value.data, place: place.value, attachments: attachments.value }
}

/** The stories of the letters that a person means; secret ones only where they are asked for. */
export async function storiesOf(reader: Reader, said: string, secret: boolean): Promise<readonly Story[]> {
  const stories: Story[] = []
  for (const messageId of await findLetters(reader, said, normalizeNumber(said))) {
    const story = await storyOf(reader, messageId)
    if (story !== undefined && (secret || story.letter.secrecy === 'ordinary')) stories.push(story)
  }
  return stories
}

/** The one letter that a person means. Throws Failed when it is none, or several. */
export async function storyMeant(reader: Reader, said: string, secret: boolean): Promise<Story> {
  const stories = await storiesOf(reader, said, secret)
  const [story, another] = stories
  if (story === undefined) throw new Failed(exit.refused, [problem('cli.message.unknown', 'ID', said)])
  if (another === undefined) return story
  const ids = stories.map(({ messageId }) => messageId).join(', ')
  throw new Failed(exit.refused, [problem('cli.message.ambiguous', 'ID', said, { ids })])
}
