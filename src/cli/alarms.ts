// `saraban alarms`: what is wrong at present, since when, and what helps; read beside a running gateway.
import { Command } from 'commander'
import { alarmProblem } from '../gateway/alarms/condition.ts'
import { type AlarmRow, countUntold, newestAlarms, raisedAlarms } from '../gateway/journal/alarms.ts'
import { printInstant } from '../letter/time.ts'
import { type Language, messageOf, printable, remedyOf } from '../problem/problem.ts'
import { type Place, withJournal, withPlace } from './journal.ts'
import { asleep } from './listing.ts'
import { moment } from './standing.ts'
import { jsonLine, type Terminal } from './terminal.ts'

interface AlarmOptions extends Place {
  readonly all?: boolean
}

/** Ended alarms that are shown, at most. */
const mostShown = 200

export function alarmsCommand(terminal: Terminal): Command {
  return withPlace(
    new Command('alarms').description('list the alarms that are raised, since when, and what helps'),
  )
    .option('--all', `ended ones too, the newest first, ${mostShown} at most`)
    .addHelpText('after', help)
    .action(async (options: AlarmOptions) => {
      await withJournal(options, terminal, async (reader, now) => {
        const alarms =
          options.all === true ? await newestAlarms(reader, mostShown) : await raisedAlarms(reader)
        const untold = await countUntold(reader)
        if (options.json === true) {
          terminal.write(jsonLine(alarms.map(alarmJson)))
          return
        }
        if (alarms.length === 0) terminal.write('no alarm is raised\n')
        for (const alarm of alarms) terminal.write(alarmLines(alarm))
        if (untold > 0) terminal.write(`${untold} of what hooks are to be told is not told yet\n`)
        if (!now.running) terminal.write(asleep)
      })
    })
}

const help = `
Examples:
  $ saraban alarms
  $ saraban alarms --all --json
`

function alarmLines({ kind, subject, raisedAt, endedAt, facts }: AlarmRow): string {
  const found = alarmProblem(kind, subject, facts)
  const time = `since ${moment(raisedAt)}${endedAt === null ? '' : `, ended ${moment(endedAt)}`}`
  const head = `${kind}  ${printable(subject)}  ${time}\n`
  if (found === undefined) return head
  const lines = (language: Language): string => `  ${messageOf(found, language)}\n`
  if (endedAt !== null) return `${head}${lines('en')}`
  return `${head}${lines('en')}${lines('th')}    what to do: ${remedyOf(found)}\n    วิธีแก้: ${remedyOf(found, 'th')}\n`
}

function alarmJson(alarm: AlarmRow): Readonly<Record<string, unknown>> {
  const { id, kind, subject, level, state, raisedAt, clearSince, endedAt, facts } = alarm
  const found = alarmProblem(kind, subject, facts)
  const time = (at: number | null): string | null => (at === null ? null : printInstant(at))
  return {
    ...{ id, kind, subject, level, state, facts },
    ...{ raisedAt: time(raisedAt), clearSince: time(clearSince), endedAt: time(endedAt) },
    ...(found && {
      message: { en: messageOf(found), th: messageOf(found, 'th') },
      remedy: { en: remedyOf(found), th: remedyOf(found, 'th') },
    }),
  }
}
