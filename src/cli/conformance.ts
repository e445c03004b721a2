// `saraban profile test`: the conformance suite, on one profile or on all that are shipped.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import type { Report } from '../conformance/verdict.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { readTables } from './tables.ts'
import { exit, Failed, jsonLine, problemJson, reasonOf, type Terminal } from './terminal.ts'

const formats = ['text', 'json', 'junit'] as const

interface Options {
  readonly all?: boolean
  readonly documents?: boolean
  readonly format: string
  readonly out?: string
  readonly patience: string
  readonly jobs: string
}

/** `saraban profile test PROFILE… | --all [--documents] [--format text|json|junit] [--out FILE]`. */
export function testCommand(terminal: Terminal): Command {
  return new Command('test')
    .description(
      'hold profiles to what every profile owes: the conformance suite, against real servers on this machine',
    )
    .argument('[PROFILE...]', 'profiles; or --all')
    .option('--all', 'every profile that is shipped')
    .option('--documents', 'only what needs no server: documents and notices, written and read again')
    .option('--format <FORMAT>', formats.join(', '), 'text')
    .option('--out <FILE>', 'write the report into a file instead')
    .option('--patience <SECONDS>', 'how long something may take that must happen', '90')
    .option('--jobs <N>', 'profiles that are tried at one time: most of a trial is waiting', '6')
    .addHelpText('after', help)
    .action(async (named: string[], options: Options) => {
      const { format, seconds, jobs } = checked(named, options)
      const files = options.all === true ? shippedProfiles() : named
      const reports = await testAll(files, {
        seconds,
        jobs,
        documents: options.documents === true,
        format,
        terminal,
      })
      const { closingLine, junit, reportPage } = await import('../conformance/report.ts')
      const { conforms } = await import('../conformance/verdict.ts')
      const text =
        format === 'json'
          ? jsonLine(reports.map(reportJson))
          : format === 'junit'
            ? junit(reports)
            : reports.map(reportPage).join('')
      if (options.out !== undefined) write(options.out, text)
      else if (format !== 'text') terminal.write(text)
      if (format === 'text' || options.out !== undefined) terminal.write(closingLine(reports))
      if (reports.length === 0 || !reports.every(conforms)) throw new Failed(exit.refused, [])
    })
}

const reportJson = ({ remarks = [], ...report }: Report): object => ({
  ...report,
  remarks: remarks.map(problemJson),
})

function checked(named: readonly string[], { all, format, patience, jobs }: Options) {
  const known = formats.find((each) => each === format)
  if (known === undefined)
    throw new Failed(exit.usage, [
      problem('cli.option.wrong', '--format', format, { expected: formats.join(', ') }),
    ])
  const seconds = Number(patience)
  if (!(seconds >= 1 && seconds <= 600))
    throw new Failed(exit.usage, [
      problem('cli.option.wrong', '--patience', patience, { expected: 'seconds, 1 to 600' }),
    ])
  const together = Number(jobs)
  if (!(Number.isInteger(together) && together >= 1 && together <= 64))
    throw new Failed(exit.usage, [
      problem('cli.option.wrong', '--jobs', jobs, { expected: 'profiles at one time, 1 to 64' }),
    ])
  if ((all === true) === named.length > 0)
    throw new Failed(exit.usage, [
      problem('cli.option.wrong', 'PROFILE', named[0], {
        expected: 'one profile or more, or --all without any',
      }),
    ])
  return { format: known, seconds, jobs: together }
}

/** Every profile in the checkout's own folder. An empty one would say that all is well, and nothing was tried. */
function shippedProfiles(): string[] {
  const folder = fileURLToPath(new URL('../../profiles', import.meta.url))
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name))
  if (files.length === 0)
    throw new Failed(exit.refused, [
      problem('cli.file.unreadable', '--all', folder, { reason: 'no profile is in it' }),
    ])
  return files
}

async function testAll(
  files: readonly string[],
  {
    seconds,
    jobs,
    documents,
    format,
    terminal,
  }: { seconds: number; jobs: number; documents: boolean; format: string; terminal: Terminal },
): Promise<Report[]> {
  const { readProfile } = await import('../adapters/profile.ts')
  const { documentsOnly, testProfile } = await import('../conformance/suite.ts')
  const { progressLine, reportPage } = await import('../conformance/report.ts')
  const texts = files.map((file) => {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      throw new Failed(exit.usage, [problem('cli.file.unreadable', '', file, { reason: reasonOf(error) })])
    }
  })
  const { withRows } = await import('../adapters/lookup-tables.ts')
  const { remarksIn } = await import('../adapters/remarks.ts')
  const faults: Problem[] = []
  const remarks: (readonly Problem[])[] = []
  for (const [index, text] of texts.entries()) {
    const file = files[index] ?? ''
    const read = readProfile(text, file)
    const complete = read.ok ? await readTables(read.value, file, terminal) : read
    if (!complete.ok) {
      faults.push(...complete.problems)
      continue
    }
    remarks[index] = remarksIn(text, complete.value)
    // The suite knows the profile's text alone: what its tables hold stands in it.
    texts[index] = withRows(text, complete.value)
  }
  if (faults.length > 0) {
    if (format === 'json') terminal.write(jsonLine({ problems: faults.map(problemJson) }))
    throw new Failed(exit.refused, format === 'json' ? [] : faults)
  }
  const { clock, random, environment } = terminal
  const { serversOnThisMachine } = await import('../conformance/servers.ts')
  const shared = await serversOnThisMachine(terminal)
  const scratch = mkdtempSync(join(tmpdir(), 'saraban-conformance-'))
  const reports: Report[] = []
  let [next, ended] = [0, 0]
  const work = async (): Promise<void> => {
    for (let index = next++; index < texts.length; index = next++) {
      const folder = join(scratch, String(index))
      mkdirSync(folder)
      const settings = {
        clock,
        random,
        environment,
        servers: shared.servers,
        folder,
        patience: seconds * 1000,
      }
      const text = texts[index] ?? ''
      const tried = documents ? await documentsOnly(text, settings) : await testProfile(text, settings)
      const report = { ...tried, remarks: remarks[index] ?? [] }
      reports[index] = report
      ended += 1
      // As they come: all of them take minutes.
      if (format === 'text') terminal.write(reportPage(report))
      if (texts.length > 1) terminal.complain(progressLine(report, ended, texts.length))
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, texts.length) }, work))
  } finally {
    await shared.close()
    rmSync(scratch, { recursive: true, force: true })
  }
  return reports
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new Failed(exit.usage, [problem('cli.file.unwritable', '--out', path, { reason: reasonOf(error) })])
  }
}

const help = `
A profile is tried on a stage of its own: a real gateway, a real server for each of its transports, and a ministry. What it
waives (waivers: in the profile, with the reason) may fail; a waiver of what does not fail is stale, and fails.
All profiles take many minutes; standard error has a line for each that is done.
Exit code: 0 every profile conforms, 1 at least one does not, 2 wrong usage or an unreadable file.

Examples:
  $ saraban profile test profiles/chiang-mai-csv.yaml
  $ saraban profile test profiles/chiang-mai-csv.yaml --documents --format json
  $ saraban profile test --all --jobs 12
  $ saraban profile test --all --format junit --out report.xml
`
