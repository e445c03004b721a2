// `saraban profile list`: the profiles of a folder, one line each.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Profile } from '../adapters/profile.ts'
import { officeById } from '../letter/offices.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { columns } from './columns.ts'
import { exit, Failed, jsonLine, problemJson, reasonOf, type Terminal } from './terminal.ts'

/** `saraban profile list [FOLDER]`. */
export function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .description('list the profiles of a folder: offices, formats, transports, waivers')
    .argument('[FOLDER]', 'a folder of profiles', 'profiles')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', listHelp)
    .action(async (folder: string, options: { json?: boolean }) => {
      const { readProfile } = await import('../adapters/profile.ts')
      const read = namesIn(folder).map((file) => ({
        file,
        profile: readProfile(textOf(join(folder, file)), file),
      }))
      const good = read
        .flatMap(({ profile }) => (profile.ok ? [profile.value] : []))
        .toSorted((one, other) => (one.office < other.office ? -1 : one.office > other.office ? 1 : 0))
      const faulty = read.flatMap(({ file, profile }) =>
        profile.ok ? [] : [{ file, problems: profile.problems }],
      )
      if (options.json === true)
        terminal.write(
          jsonLine({
            profiles: good.map(entryOf),
            faulty: faulty.map(({ file, problems }) => ({ file, problems: problems.map(problemJson) })),
          }),
        )
      else terminal.write(page(good))
      if (faulty.length > 0)
        throw new Failed(exit.refused, options.json === true ? [] : faulty.flatMap(named))
    })
}

const listHelp = `
Exit code: 0 all read, 1 at least one has a fault, 2 wrong usage or an unreadable folder.

Examples:
  $ saraban profile list
  $ saraban profile list /etc/saraban/profiles --json
`

/** The faults of a profile with the file in which they are. */
export const named = ({ file, problems }: { file: string; problems: readonly Problem[] }): Problem[] =>
  problems.map((each) => ({ ...each, path: `${file}: ${each.path}` }))

function entryOf(profile: Profile) {
  const { id, office, title, origin, illustrative, channels, documents, waivers, version, file } = profile
  return {
    file,
    id,
    office,
    name: officeById(office).en,
    title,
    origin,
    illustrative,
    formats: [...new Set(Object.values(documents).map(({ format }) => format.kind))],
    transports: Object.fromEntries(
      Object.entries(channels).map(([channel, { transport }]) => [channel, transport.kind]),
    ),
    waivers,
    version,
  }
}

function page(profiles: readonly Profile[]): string {
  const rows = profiles.map(entryOf).map((each) => [
    each.office,
    each.name,
    each.id,
    each.origin,
    each.illustrative ? 'illustrative' : '',
    each.formats.join(' '),
    Object.entries(each.transports)
      .map(([channel, kind]) => `${channel}:${kind}`)
      .join(' '),
    Object.keys(each.waivers).join(' '),
    each.version.slice(0, 8),
  ])
  const head = ['OFFICE', 'NAME', 'ID', 'ORIGIN', '', 'FORMATS', 'TRANSPORTS', 'WAIVERS', 'VERSION']
  return `${columns(head, rows).join('\n')}\n`
}

/** The profiles of a folder: its YAML files, by name. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .toSorted()
  } catch (error) {
    throw new Failed(exit.usage, [problem('cli.file.unreadable', '', folder, { reason: reasonOf(error) })])
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failed(exit.usage, [problem('cli.file.unreadable', '', path, { reason: reasonOf(error) })])
  }
}
