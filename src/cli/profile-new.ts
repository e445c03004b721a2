// `saraban profile new`: a profile proposed from sample files, written, and tried on the sample at once.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type TransportKind, transportKinds } from '../adapters/propose/transports.ts'
import { findOffice, type OfficeId, officeById, officeId } from '../letter/offices.ts'
import { problem } from '../problem/problem.ts'
import { filesBeside } from './files-beside.ts'
import { exit, Failed, reasonOf, type Terminal } from './terminal.ts'
import { isFaulty } from './trial.ts'

interface Options {
  readonly office?: OfficeId
  readonly out?: string
  readonly origin: 'outsourced' | 'self-built' | 'none'
  readonly transport?: TransportKind
}

/** `saraban profile new --office CODE --out FILE LETTERS [NOTICES]`. */
export function newCommand(terminal: Terminal): Command {
  return new Command('new')
    .description('propose a profile from samples of what the system writes, with its reasons, and try it')
    .argument(
      '[LETTERS]',
      'letters as the system writes them: CSV, “xls”, .xlsx, DBF, XML, JSON, a mail, text in columns of bytes; at most 16 MiB',
    )
    .argument(
      '[NOTICES]',
      'what became of letters, as the system writes it; default: in the form of the letters',
    )
    .option('--office <CODE>', 'the office whose system it is: its code or name', readOffice)
    .option('--out <FILE>', 'where the profile is written; a file that is there is never touched')
    .addOption(
      new Option('--origin <ORIGIN>', 'who made the system')
        .choices(['outsourced', 'self-built', 'none'])
        .default('outsourced'),
    )
    .addOption(
      new Option(
        '--transport <KIND>',
        'by which way documents come and go; default: mailbox for a mail, else folder',
      ).choices(transportKinds),
    )
    .addHelpText('after', newHelp)
    .action(async (letters: string | undefined, notices: string | undefined, options: Options) => {
      const { sample, office, out } = await asked(terminal, letters, options)
      const { proposeProfile } = await import('../adapters/propose/propose.ts')
      const { readProfile } = await import('../adapters/profile.ts')
      if (existsSync(out)) throw new Failed(exit.usage, [problem('cli.profile.exists', '', out)])
      const bytes = readSample(sample)
      const { origin, transport } = options
      const [, ending] = /\.([A-Za-z0-9]{1,8})$/.exec(sample) ?? []
      const wish = {
        ...{ office, origin, id: idOf(office) },
        ...(transport !== undefined && { transport }),
        ...(ending !== undefined && { ending }),
      }
      const second = notices === undefined ? undefined : readSample(notices)
      const proposal = proposeProfile(wish, bytes, second, memoOf(sample))
      if (!proposal.ok) throw new Failed(exit.refused, proposal.problems)
      const { text, format, open } = proposal.value
      write(out, text)
      terminal.write(`${out}: written, ${format}, ${open} lines to be checked\n`)
      const profile = readProfile(text, out)
      if (!profile.ok) {
        terminal.write(nextSteps(out, sample))
        throw new Failed(exit.refused, profile.problems)
      }
      const { tryProfile } = await import('../adapters/try.ts')
      const { clock, random } = terminal
      const trial = await tryProfile(profile.value, bytes, basename(sample), filesBeside(sample), {
        clock,
        random,
        document: 'letter',
      })
      const read = trial.items.flatMap((item) => (item.kind === 'letter' ? [item] : []))
      const lost = new Set(read.flatMap(({ lost }) => lost))
      const unwritten = read.filter(({ wayBack }) => wayBack === undefined)
      terminal.write(`${read.length} of ${trial.items.length} letters of the sample are read\n`)
      if (lost.size > 0) terminal.write(`lost on the way back: ${[...lost].join(', ')}\n`)
      if (unwritten.length > 0) terminal.write(`${unwritten.length} letters have no way back yet\n`)
      terminal.write(nextSteps(out, sample))
      if (trial.items.length === 0 || trial.items.some(isFaulty)) throw new Failed(exit.refused, [])
    })
}

const nextSteps = (out: string, sample: string): string => `
Next:
  1. read ${out}: every line says why; look at “TO BE CHECKED” and “TO BE COMPLETED”
  2. saraban profile check ${out}
  3. saraban profile try ${out} ${sample}
  4. saraban profile test ${out}
`

const newHelp = `
On a terminal what is missing is asked for. Nothing is sent, and a file that is there is never touched.
Exit code: 0 every letter of the sample goes there and back, 1 something does not (the profile is written all the same) or
nothing could be proposed, 2 wrong usage or an unreadable file.

Examples:
  $ saraban profile new --office 53 --out profiles/uttaradit.yaml letters.csv
  $ saraban profile new --office 53 --out profiles/uttaradit.yaml --transport sftp letters.dbf notices.dbf
`

interface Answers {
  readonly sample: string
  readonly office: OfficeId
  readonly out: string
}

/** What the command line says, or a person at a terminal; where nobody is asked, what is missing is named, all of it. */
async function asked(terminal: Terminal, letters: string | undefined, options: Options): Promise<Answers> {
  const { office, out } = options
  if (letters !== undefined && office !== undefined && out !== undefined)
    return { sample: letters, office, out }
  const missing = [
    ...(letters === undefined ? ['LETTERS'] : []),
    ...(office === undefined ? ['--office'] : []),
    ...(out === undefined ? ['--out'] : []),
  ]
  const ask = terminal.ask
  if (ask === undefined)
    throw new Failed(exit.usage, [problem('cli.profile.missing', '', missing.join(', '))])
  const sample = letters ?? (await ask('A sample of letters (a file): '))
  const code = office ?? officeNamed(await ask('The office, its code or name: '))
  if (code === undefined) throw new Failed(exit.usage, [problem('cli.profile.missing', '', '--office')])
  const proposed = `profiles/${idOf(code)}.yaml`
  const file = out ?? ((await ask(`Where to write the profile [${proposed}]: `)) || proposed)
  return { sample, office: code, out: file }
}

function officeNamed(text: string): OfficeId | undefined {
  const id = officeId(text.trim())
  return id.ok ? id.value : findOffice(text.trim())?.id
}

function readOffice(text: string): OfficeId {
  const found = officeNamed(text)
  if (found === undefined) throw new InvalidArgumentError('an office is its code (53) or its name')
  return found
}

const idOf = (office: OfficeId): string =>
  `${officeById(office)
    .en.toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .slice(0, 30)
    .replace(/^-|-$/g, '')}-new`

function readSample(path: string): Buffer {
  try {
    // A file beyond the bound is refused by its size; it is not read for that.
    const limit = 16 * 1024 * 1024
    return statSync(path).size > limit ? Buffer.alloc(limit + 1) : readFileSync(path)
  } catch (error) {
    throw new Failed(exit.usage, [problem('cli.file.unreadable', '', path, { reason: reasonOf(error) })])
  }
}

/** The memo file of a table, which stands beside it under the same name. */
function memoOf(sample: string): Buffer | undefined {
  const stem = sample.replace(/\.dbf$/i, '')
  const found = ['dbt', 'fpt', 'DBT', 'FPT']
    .map((ending) => `${stem}.${ending}`)
    .find((path) => existsSync(path))
  return found === undefined || stem === sample ? undefined : readSample(found)
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' })
  } catch (error) {
    throw new Failed(exit.usage, [problem('cli.file.unwritable', '', path, { reason: reasonOf(error) })])
  }
}
