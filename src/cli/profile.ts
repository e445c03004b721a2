// `saraban profile`: checks a profile, and tries it on a sample without sending anything.
import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Command } from 'commander'
import { describe, problem, remedyOf } from '../problem/problem.ts'
import { testCommand } from './conformance.ts'
import { filesBeside } from './files-beside.ts'
import { previewJson, previewPage } from './preview.ts'
import { docsCommand } from './profile-docs.ts'
import { listCommand, named, namesIn } from './profile-list.ts'
import { newCommand } from './profile-new.ts'
import { reloadCommand } from './reload.ts'
import { tabled } from './tables.ts'
import { exit, Failed, jsonLine, problemJson, reasonOf, type Terminal } from './terminal.ts'
import { type Bench, isFaulty, trialJson, trialPage } from './trial.ts'
import { type Verdict, verdictJson, verdictOn } from './verdict.ts'

/** `saraban profile check PROFILE…` and `saraban profile try PROFILE SAMPLE`. */
export function profileCommand(terminal: Terminal): Command {
  return new Command('profile')
    .description('propose, check and list profiles, and try them on samples')
    .addCommand(newCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(checkCommand(terminal))
    .addCommand(tryCommand(terminal))
    .addCommand(previewCommand(terminal))
    .addCommand(testCommand(terminal))
    .addCommand(docsCommand(terminal))
    .addCommand(reloadCommand(terminal))
}

function checkCommand(terminal: Terminal): Command {
  return new Command('check')
    .description('check profiles: every fault, with its line and what to do')
    .argument('<PROFILE...>', 'profiles, or folders of them, as docs/profiles.md describes them')
    .option('--json', 'print the verdicts as JSON')
    .addHelpText('after', checkHelp)
    .action(async (places: string[], options: { json?: boolean }) => {
      const verdicts: Verdict[] = []
      for (const file of places.flatMap(profilesAt))
        verdicts.push(await verdictOn(file, readText(file).toString('utf8'), terminal))
      const problems = verdicts.flatMap((verdict) => ('problems' in verdict ? named(verdict) : []))
      if (options.json === true) terminal.write(jsonLine(verdicts.map(verdictJson)))
      else
        for (const verdict of verdicts)
          if ('profile' in verdict) {
            const { file, profile, remarks } = verdict
            terminal.write(`${file}: good, ${profile.id} of office ${profile.office}\n`)
            for (const each of remarks)
              terminal.write(`  remark: ${describe(each)}\n  hint: ${remedyOf(each)}\n`)
          }
      if (problems.length > 0) throw new Failed(exit.refused, options.json === true ? [] : problems)
    })
}

const checkHelp = `
Tables beside the data are looked into where they can be read. A remark is no fault: it says what the profile leaves to chance.
Exit code: 0 all good, 1 at least one has a fault, 2 wrong usage or an unreadable file.

Examples:
  $ saraban profile check profiles/chiang-mai-csv.yaml
  $ saraban profile check profiles --json
`

/** A profile, or those of a folder; a folder without any is no answer. */
function profilesAt(place: string): readonly string[] {
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) return [place]
  const files = namesIn(place).map((name) => join(place, name))
  if (files.length > 0) return files
  throw new Failed(exit.usage, [
    problem('cli.file.unreadable', '', place, { reason: 'the folder holds no profile (*.yaml)' }),
  ])
}

function tryCommand(terminal: Terminal): Command {
  return new Command('try')
    .description('try a profile on a sample: the letter, the envelope and the way back')
    .argument('<PROFILE>', 'the profile')
    .argument('<SAMPLE>', 'a document as the system sends it; files that it names are looked for beside it')
    .option(
      '--notice',
      'the sample is a notice that the system sends, about a letter that its office got (dispute, recall: sent); default: a letter, or a notice where only that can be read',
    )
    .option('--json', 'print everything as JSON')
    .addHelpText('after', tryHelp)
    .action(async (file: string, sample: string, options: { notice?: boolean; json?: boolean }) => {
      const { readProfile } = await import('../adapters/profile.ts')
      const { tryProfile } = await import('../adapters/try.ts')
      const [text, bytes] = [readText(file).toString('utf8'), readText(sample)]
      const profile = readProfile(text, file)
      if (!profile.ok) {
        if (options.json === true) terminal.write(jsonLine({ problems: profile.problems.map(problemJson) }))
        throw new Failed(exit.refused, options.json === true ? [] : profile.problems)
      }
      const { clock, random } = terminal
      const document = options.notice === true ? { document: 'notice' as const } : {}
      const settings = { clock, random, ...document }
      const complete = await tabled(profile.value, file, terminal, options.json === true)
      const trial = await tryProfile(complete, bytes, basename(sample), filesBeside(sample), settings)
      const bench: Bench = { profile: complete, sample: bytes, terminal }
      terminal.write(options.json === true ? jsonLine(trialJson(trial, bench)) : trialPage(trial, bench))
      if (trial.items.length === 0 || trial.items.some(isFaulty)) throw new Failed(exit.refused, [])
    })
}

const tryHelp = `
Nothing is sent and nothing is sealed.
Exit code: 0 every letter and notice goes there and back, 1 something does not, 2 wrong usage or an unreadable file.

Examples:
  $ saraban profile try profiles/chiang-mai-csv.yaml sample.csv
  $ saraban profile try profiles/chiang-rai-json.yaml letter.json --json
  $ saraban profile try profiles/chiang-mai-csv.yaml what-became-of-them.csv --notice
`

function previewCommand(terminal: Terminal): Command {
  return new Command('preview')
    .description(
      'show what the system of a profile would be told: a notice of each kind, as it would be written',
    )
    .argument('<PROFILE>', 'the profile')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', previewHelp)
    .action(async (file: string, options: { json?: boolean }) => {
      const { readProfile } = await import('../adapters/profile.ts')
      const { previewNotices } = await import('../adapters/preview.ts')
      const profile = readProfile(readText(file).toString('utf8'), file)
      if (!profile.ok) {
        if (options.json === true) terminal.write(jsonLine({ problems: profile.problems.map(problemJson) }))
        throw new Failed(exit.refused, options.json === true ? [] : profile.problems)
      }
      const complete = await tabled(profile.value, file, terminal, options.json === true)
      const previews = await previewNotices(complete, terminal)
      terminal.write(
        options.json === true
          ? jsonLine(previewJson(previews, profile.value))
          : previewPage(previews, profile.value),
      )
      if (previews.some(({ problems }) => problems.length > 0)) throw new Failed(exit.refused, [])
    })
}

const previewHelp = `
The letter that the notices speak of never was. Nothing is sent and nothing is sealed.
Exit code: 0 each kind is written or declared untold, 1 one of them cannot be written, 2 wrong usage or an unreadable file.

Examples:
  $ saraban profile preview profiles/chiang-mai-csv.yaml
  $ saraban profile preview profiles/chiang-rai-json.yaml --json
`

function readText(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Failed(exit.usage, [problem('cli.file.unreadable', '', path, { reason: reasonOf(error) })])
  }
}
