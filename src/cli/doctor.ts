// `saraban doctor`: what is wrong with an installation, running or not, and what to do, in English and Thai.
import { Command } from 'commander'
import type { Diagnosis } from '../gateway/doctor/doctor.ts'
import { readSettings } from '../gateway/settings/settings.ts'
import { describe, messageOf, type Problem, remedyOf } from '../problem/problem.ts'
import { isRunning } from './running.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

interface DoctorOptions {
  readonly settings?: string
  readonly deep?: boolean
  readonly json?: boolean
}

export function doctorCommand(terminal: Terminal): Command {
  return new Command('doctor')
    .description('find what is wrong with an installation, running or not, and say what to do')
    .option('--settings <FILE>', 'the settings; default: SARABAN_SETTINGS, else saraban.yaml')
    .option('--deep', 'look at every envelope, attachment and page of the journal, not only at the newest')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action(async (options: DoctorOptions) => {
      const { environment, clock } = terminal
      const settings = readSettings(options.settings ?? environment['SARABAN_SETTINGS'] ?? 'saraban.yaml')
      if (!settings.ok) throw new Failed(exit.usage, settings.problems)
      const { diagnose } = await import('../gateway/doctor/doctor.ts')
      const { data } = settings.value
      const diagnosis = await diagnose({
        ...{ settings: settings.value, environment, clock },
        ...{ isRunning: () => isRunning(data), deep: options.deep === true },
      })
      terminal.write(options.json === true ? jsonLine(diagnosisJson(diagnosis)) : page(diagnosis))
      if (diagnosis.wrong.length > 0) throw new Failed(exit.refused, [])
      if (diagnosis.unseen.length > 0) throw new Failed(exit.usage, [])
    })
}

const help = `
It changes nothing. What is so for less time than the alarms allow (quarantine, a place or office that cannot be reached) is no fault:
its last line tells it. It tells, as no fault, what profiles leave to chance and, with --deep, which attachments nothing in the journal names any more. It asks the places that profiles name whether they are there: a folder, a connection, an HTTP HEAD.
Exit code: 0 healthy, 1 something is wrong, 2 the settings or something else could not be looked at.

Examples:
  $ saraban doctor
  $ saraban doctor --settings /etc/saraban/saraban.yaml --deep --json
`

function page({ wrong, young, noted, unseen, seen }: Diagnosis): string {
  const told = [
    ...wrong.map((found) => lines('wrong', found)),
    ...unseen.map((found) => lines('unseen', found)),
    ...young.map((found) => lines('not for long', found)),
    ...noted.map((found) => lines('no fault', found)),
  ]
  const verdict =
    wrong.length === 0 && unseen.length === 0
      ? 'healthy'
      : `${wrong.length} wrong, ${unseen.length} could not be looked at`
  const yet =
    young.length === 0 ? '' : `; not for long yet: ${young.map((found) => messageOf(found)).join('; ')}`
  return `${told.join('')}looked at: ${seen.join('; ')}\n${verdict}${yet}\n`
}

const lines = (kind: string, found: Problem): string =>
  [
    `${kind}: ${describe(found)}\n  ${messageOf(found, 'th')}\n`,
    `    what to do: ${remedyOf(found)}\n    วิธีแก้: ${remedyOf(found, 'th')}\n`,
  ].join('')

const diagnosisJson = ({ wrong, young, noted, unseen, seen }: Diagnosis): object => ({
  healthy: wrong.length === 0 && unseen.length === 0,
  wrong: wrong.map(problemInBoth),
  young: young.map(problemInBoth),
  noted: noted.map(problemInBoth),
  unseen: unseen.map(problemInBoth),
  seen,
})

const problemInBoth = (found: Problem): object => ({
  ...{ code: found.code, path: found.path },
  ...(found.value !== undefined && { value: found.value }),
  message: { en: messageOf(found), th: messageOf(found, 'th') },
  remedy: { en: remedyOf(found), th: remedyOf(found, 'th') },
})
