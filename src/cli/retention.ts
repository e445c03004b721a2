// `saraban retention`: what is older than it has to be kept leaves the journal, or would.
import { Command } from 'commander'
import { attachmentsOf, discardIn } from '../gateway/attachments/place.ts'
import { newId } from '../gateway/desk.ts'
import type { Database } from '../gateway/journal/database.ts'
import { DamagedEnvelope } from '../gateway/journal/leaving.ts'
import { besideJournal, journalOf, shownPlace, unfitBecause, unusable } from '../gateway/journal/place.ts'
import { type Counts, lastEnded, newestRuns } from '../gateway/journal/retention-runs.ts'
import { marksOf } from '../gateway/marks.ts'
import { isDoubted } from '../gateway/retention/clock.ts'
import { previewRetention, runRetention } from '../gateway/retention/run.ts'
import { usualRetention } from '../gateway/settings/retention.ts'
import { readSettings, type Settings } from '../gateway/settings/settings.ts'
import { printInstant } from '../letter/time.ts'
import { printable, problem } from '../problem/problem.ts'
import { checkWords } from './by-why.ts'
import { moment } from './standing.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

interface RetentionOptions {
  readonly settings?: string
  readonly json?: boolean
  readonly by?: string
}

export function retentionCommand(terminal: Terminal): Command {
  return new Command('retention')
    .description('what is kept how long: preview and run what the gateway does once a day')
    .addCommand(
      withSettings(
        new Command('preview').description('count what a run would remove now, and show the last runs'),
      )
        .addHelpText('after', previewHelp)
        .action((options: RetentionOptions) => preview(options, terminal)),
    )
    .addCommand(
      withSettings(new Command('run').description('remove it now, beside the running gateway or without one'))
        .requiredOption('--by <NAME>', 'who asks for it')
        .addHelpText('after', runHelp)
        .action((options: RetentionOptions & { readonly by: string }) => {
          checkWords(options)
          return runNow(options, terminal)
        }),
    )
}

const withSettings = (command: Command): Command =>
  command
    .option('--settings <FILE>', 'the settings; default: SARABAN_SETTINGS, else saraban.yaml')
    .option('--json', 'print JSON')

const previewHelp = `
Examples:
  $ saraban retention preview
  $ saraban retention preview --json
`

const runHelp = `
It may be killed and run again: nothing is left half. What is open or undecided always stays. After 30 days without a run the gateway
begins none by itself, for its clock may be wrong: look at the clock, then run it once.

Examples:
  $ saraban retention run --by somchai
`

async function preview(options: RetentionOptions, terminal: Terminal): Promise<void> {
  await withDatabase(options, terminal, async (database, { retention = usualRetention() }) => {
    const counts = await previewRetention(database.committed, retention.keep, terminal.clock.now())
    const runs = await newestRuns(database.committed, 5)
    await warn(database, terminal)
    if (options.json === true) {
      const shown = runs.map(({ startedAt, endedAt, ...run }) => ({
        ...run,
        startedAt: printInstant(startedAt),
        endedAt: endedAt === null ? null : printInstant(endedAt),
      }))
      terminal.write(jsonLine({ wouldRemove: counts, runs: shown }))
      return
    }
    terminal.write(`would remove: ${countsLine(counts)}\n`)
    for (const { by, startedAt, endedAt, counts: removed } of runs) {
      const end = endedAt === null ? 'not ended' : `ended ${moment(endedAt)}`
      terminal.write(`run of ${moment(startedAt)} by ${printable(by)}, ${end}: ${countsLine(removed)}\n`)
    }
  })
}

async function runNow(options: RetentionOptions, terminal: Terminal): Promise<void> {
  await withDatabase(options, terminal, async (database, settings) => {
    const { clock, environment } = terminal
    const { retention = usualRetention() } = settings
    await warn(database, terminal)
    const scans = attachmentsOf(settings, environment)
    if (!scans.ok) throw new Failed(exit.usage, scans.problems)
    const store = await discardIn(scans.value, marksOf(database, clock, ''))
    if (!store.ok) throw new Failed(exit.refused, store.problems)
    const { discard, close } = store.value
    const from = { database, clock, newId, keep: retention.keep, discard, stopped: () => false }
    const counts = await runRetention(from, options.by ?? '', async () => true)
      .catch((error: unknown) => {
        if (!(error instanceof DamagedEnvelope)) throw error
        const details = { count: 1, reason: 'no attachment leaves until it is whole' }
        throw new Failed(exit.refused, [problem('doctor.envelope.damaged', '', error.messageId, details)])
      })
      .finally(close)
    terminal.write(
      options.json === true ? jsonLine({ removed: counts }) : `removed: ${countsLine(counts ?? {})}\n`,
    )
  })
}

/** Says so when the gateway itself would remove nothing by this clock. */
async function warn(database: Database, terminal: Terminal): Promise<void> {
  const now = terminal.clock.now()
  if (!(await isDoubted(database, now))) return
  const last = await lastEnded(database.committed, now)
  terminal.complain(
    `warning: the clock says ${moment(now)}${last === undefined ? '' : `, and no run has ended since ${moment(last)}`}: by this clock none begins by itself. ` +
      'What a person runs removes what is old by it all the same, for ever. Look at the clock first.\n',
  )
}

function countsLine(counts: Counts): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0)
  return some.length === 0 ? 'nothing' : some.map(([name, count]) => `${count} ${name}`).join(', ')
}

async function withDatabase(
  options: RetentionOptions,
  terminal: Terminal,
  act: (database: Database, settings: Settings) => Promise<void>,
): Promise<void> {
  const { environment } = terminal
  const settings = readSettings(options.settings ?? environment['SARABAN_SETTINGS'] ?? 'saraban.yaml')
  if (!settings.ok) throw new Failed(exit.usage, settings.problems)
  const place = journalOf(settings.value, environment)
  if (!place.ok) throw new Failed(exit.usage, place.problems)
  const unfit = await unfitBecause(place.value).catch((error: unknown) => {
    throw new Failed(exit.usage, [unusable(place.value, error)])
  })
  if (unfit !== undefined) {
    const code = unfit === 'absent' ? 'cli.journal.missing' : 'cli.journal.version'
    throw new Failed(exit.usage, [problem(code, '--settings', shownPlace(place.value))])
  }
  const database = besideJournal(place.value)
  try {
    await act(database, settings.value)
  } finally {
    await database.close()
  }
}
