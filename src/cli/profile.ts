// `saraban profile`: checks a profile, and tries it on a sample without sending anything.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import iconv from 'iconv-lite'
import type { Profile } from '../adapters/profile.ts'
import { letterToJson } from '../letter/json.ts'
import { messageOf, type Problem, printable, problem, remedyOf } from '../problem/problem.ts'
import { exit, Failed, jsonLine, problemJson, reasonOf, type Terminal } from './terminal.ts'
import type { Trial, WayBack } from './trial.ts'

/** `saraban profile check PROFILE…` and `saraban profile try PROFILE SAMPLE`. */
export function profileCommand(terminal: Terminal): Command {
  return new Command('profile')
    .description('check profiles, and try them on samples')
    .addCommand(checkCommand(terminal))
    .addCommand(tryCommand(terminal))
}

function checkCommand(terminal: Terminal): Command {
  return new Command('check')
    .description('check profiles: every fault, with its line and what to do')
    .argument('<PROFILE...>', 'profiles, as docs/profiles.md describes them')
    .option('--json', 'print the verdicts as JSON')
    .addHelpText('after', checkHelp)
    .action(async (files: string[], options: { json?: boolean }) => {
      const { readProfile } = await import('../adapters/profile.ts')
      const verdicts = files.map((file) => ({
        file,
        read: readProfile(readText(file).toString('utf8'), file),
      }))
      const problems = verdicts.flatMap(({ read }) => (read.ok ? [] : read.problems))
      if (options.json === true) {
        terminal.write(
          jsonLine(
            verdicts.map(({ file, read }) =>
              read.ok
                ? { file, verdict: 'good', id: read.value.id, office: read.value.office }
                : { file, verdict: 'refused', problems: read.problems.map(problemJson) },
            ),
          ),
        )
      } else {
        for (const { file, read } of verdicts) {
          if (read.ok) terminal.write(`${file}: good, ${read.value.id} of office ${read.value.office}\n`)
        }
      }
      if (problems.length > 0) throw new Failed(exit.refused, options.json === true ? [] : problems)
    })
}

const checkHelp = `
Exit code: 0 all good, 1 at least one has a fault, 2 wrong usage or an unreadable file.

Examples:
  $ saraban profile check profiles/chiang-mai-csv.yaml
  $ saraban profile check profiles/*.yaml --json
`

function tryCommand(terminal: Terminal): Command {
  return new Command('try')
    .description('try a profile on a sample: the letter, the envelope and the way back')
    .argument('<PROFILE>', 'the profile')
    .argument('<SAMPLE>', 'a document as the system sends it; files that it names are looked for beside it')
    .option('--notice', 'the sample is a notice, not a letter')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', tryHelp)
    .action(async (file: string, sample: string, options: { notice?: boolean; json?: boolean }) => {
      const { readProfile } = await import('../adapters/profile.ts')
      const { tryProfile } = await import('./trial.ts')
      const text = readText(file).toString('utf8')
      const bytes = readText(sample)
      const profile = readProfile(text, file)
      if (!profile.ok) {
        if (options.json === true) terminal.write(jsonLine({ problems: profile.problems.map(problemJson) }))
        throw new Failed(exit.refused, options.json === true ? [] : profile.problems)
      }
      const bench = { profile: profile.value, clock: terminal.clock, random: terminal.random }
      const trials = await tryProfile(bench, sample, bytes, options.notice === true)
      terminal.write(options.json === true ? jsonLine(report(profile.value, trials)) : page(trials))
      if (trials.length === 0 || trials.some(isFaulty)) throw new Failed(exit.refused, [])
    })
}

const tryHelp = `
Nothing is sent and nothing is sealed.
Exit code: 0 every letter goes there and back, 1 something does not, 2 wrong usage or an unreadable file.

Examples:
  $ saraban profile try profiles/chiang-mai-csv.yaml sample.csv
  $ saraban profile try profiles/chiang-rai-json.yaml letter.json --json
  $ saraban profile try profiles/chiang-mai-csv.yaml received.csv --notice
`

function readText(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Failed(exit.usage, [problem('cli.file.unreadable', '', path, { reason: reasonOf(error) })])
  }
}

const isFaulty = (trial: Trial): boolean =>
  trial.kind === 'problems' || (trial.kind === 'letter' && (!trial.back.ok || !trial.back.value.same))

/** Written bytes as text for a person; JSON keeps them in base64 beside it. */
const shown = ({ written, charset }: WayBack): string => iconv.decode(written.bytes, charset)

function page(trials: readonly Trial[]): string {
  if (trials.length === 0) return 'the sample holds no letter\n'
  return trials.map((trial) => `── ${trial.position} ──\n${trialPage(trial)}`).join('\n')
}

function trialPage(trial: Trial): string {
  switch (trial.kind) {
    case 'problems':
      return problemLines(trial.problems)
    case 'notice':
      return `notice\n${JSON.stringify(trial.notice, null, 2)}\n`
    case 'letter': {
      const letter = `letter\n${JSON.stringify(letterToJson(trial.letter), null, 2)}\n`
      return `${letter}\nenvelope, not sealed\n${safeLines(trial.envelope)}\n\n${backPage(trial)}`
    }
    default:
      return trial satisfies never
  }
}

function backPage({ back }: Trial & { kind: 'letter' }): string {
  if (!back.ok) return `the way back fails\n${problemLines(back.problems)}`
  const { written, charset, same } = back.value
  const files = written.files.map(
    (file) => `  file ${printable(file.name)} ${file.mediaType} sha256 ${file.sha256}\n`,
  )
  const verdict = same
    ? 'read again, it is the same letter'
    : 'read again, it is ANOTHER letter: the profile loses something'
  return `the way back, ${written.bytes.length} bytes in ${charset}\n${safeLines(shown(back.value))}\n${files.join('')}${verdict}\n`
}

const problemLines = (problems: readonly Problem[]): string =>
  problems
    .map(
      (found) =>
        `  error: ${printable(found.path)}: ${messageOf(found)} [${found.code}]\n  hint: ${remedyOf(found)}\n`,
    )
    .join('')

/** Text from outside, line by line: nothing in it steers the terminal. */
const safeLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((one) => printable(one, 100_000))
    .join('\n')

function report(profile: Profile, trials: readonly Trial[]): unknown {
  return {
    profile: profile.id,
    office: profile.office,
    items: trials.map((trial) => {
      const { kind, position } = trial
      if (trial.kind === 'problems') return { kind, position, problems: trial.problems.map(problemJson) }
      if (trial.kind === 'notice') return { kind, position, notice: trial.notice }
      const { letter, envelope, back } = trial
      const wayBack = back.ok
        ? {
            same: back.value.same,
            charset: back.value.charset,
            text: shown(back.value),
            bytes: back.value.written.bytes.toString('base64'),
            files: back.value.written.files.map(({ name, mediaType, sha256 }) => ({
              name,
              mediaType,
              sha256,
            })),
            spilled: back.value.written.spilled,
          }
        : { problems: back.problems.map(problemJson) }
      return { kind, position, letter: letterToJson(letter), envelope, wayBack }
    }),
  }
}
