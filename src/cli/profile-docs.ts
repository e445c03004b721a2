// `saraban profile docs`: the page of a profile, a stranger's too.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Command } from 'commander'
import iconv from 'iconv-lite'
import type { Profile } from '../adapters/profile.ts'
import type { PageSample } from '../adapters/profile-page.ts'
import { problem } from '../problem/problem.ts'
import { filesBeside } from './files-beside.ts'
import { tabled } from './tables.ts'
import { exit, Failed, reasonOf, type Terminal } from './terminal.ts'
import { charsetOfChannel, safeLines } from './trial.ts'

/** `saraban profile docs PROFILE [--sample FILE]`. */
export function docsCommand(terminal: Terminal): Command {
  return new Command('docs')
    .description('print the page of a profile: its channels, what stands where, what it cannot say and needs')
    .argument('<PROFILE>', 'the profile')
    .option('--sample <FILE>', 'a document of the system, shown as it stands and as it is understood')
    .addHelpText('after', help)
    .action(async (file: string, options: { sample?: string }) => {
      const { readProfile } = await import('../adapters/profile.ts')
      const { profilePage } = await import('../adapters/profile-page.ts')
      const text = bytesOf(file).toString('utf8')
      const profile = readProfile(text, file)
      if (!profile.ok) throw new Failed(exit.refused, profile.problems)
      const sample =
        options.sample === undefined
          ? undefined
          : await sampleOf(await tabled(profile.value, file, terminal, false), options.sample, terminal)
      const page = profilePage(profile.value, text, { source: `\`${file}\``, ...(sample && { sample }) })
      terminal.write(safeLines(page))
    })
}

const help = `
The page is Markdown. Those of the shipped profiles stand in docs/profiles/.
Exit code: 0 written, 1 the profile has a fault, 2 wrong usage or an unreadable file.

Examples:
  $ saraban profile docs profiles/chiang-mai-csv.yaml
  $ saraban profile docs my.yaml --sample letters.csv > my.md
`

async function sampleOf(profile: Profile, path: string, terminal: Terminal): Promise<PageSample> {
  const { tryProfile } = await import('../adapters/try.ts')
  const { clock, random } = terminal
  const bytes = bytesOf(path)
  const trial = await tryProfile(profile, bytes, basename(path), filesBeside(path), { clock, random })
  const text = iconv.decode(
    bytes,
    charsetOfChannel(profile, trial.document === 'letter' ? 'send' : 'sendNotices'),
  )
  // A byte that no text has tells that the sample is none: a table of dBase, a spreadsheet.
  const isText = !bytes.includes(0)
  return { name: basename(path), size: bytes.length, trial, ...(isText && { text }) }
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Failed(exit.usage, [problem('cli.file.unreadable', '', path, { reason: reasonOf(error) })])
  }
}
