// The journal that a command's options name, for `saraban messages`.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { type KeptAttachments, readAttachmentStore } from '../gateway/attachments/store.ts'
import type { Database, Reader } from '../gateway/journal/database.ts'
import { isUpToDate, readSqlite, writeSqlite } from '../gateway/journal/sqlite.ts'
import { findLetters, type Story, storyOf } from '../gateway/journal/story.ts'
import { readSettings } from '../gateway/settings.ts'
import { normalizeNumber } from '../letter/numbers.ts'
import { problem } from '../problem/problem.ts'
import { isRunning } from './running.ts'
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
  const { folder, file } = journalOf(options, terminal)
  const journal = readSqlite(file)
  const now = { at: terminal.clock.now(), running: isRunning(folder) }
  try {
    await act(journal.committed, now, readAttachmentStore(join(folder, 'attachments')))
  } finally {
    journal.close()
  }
}

/** The same, open for a short write beside the gateway: SQLite lets one writer at a time, and the other waits. */
export async function withWritableJournal(
  options: Place,
  terminal: Terminal,
  act: (database: Database, now: Now, running: () => boolean) => Promise<void>,
): Promise<void> {
  const { folder, file } = journalOf(options, terminal)
  const database = writeSqlite(file)
  const running = (): boolean => isRunning(folder)
  try {
    await act(database, { at: terminal.clock.now(), running: running() }, running)
  } finally {
    await database.close()
  }
}

function journalOf(options: Place, terminal: Terminal): { readonly folder: string; readonly file: string } {
  const folder = options.data === undefined ? dataOf(options, terminal) : resolve(options.data)
  const file = join(folder, 'journal.sqlite')
  if (!existsSync(file)) throw new Failed(exit.usage, [problem('cli.journal.missing', '--data', folder)])
  if (!isUpToDate(file)) throw new Failed(exit.usage, [problem('cli.journal.version', '--data', folder)])
  return { folder, file }
}

function dataOf(options: Place, terminal: Terminal): string {
  const settings = readSettings(
    options.settings ?? terminal.environment['SARABAN_SETTINGS'] ?? 'saraban.yaml',
  )
  if (!settings.ok) throw new Failed(exit.usage, settings.problems)
  return settings.value.data
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
