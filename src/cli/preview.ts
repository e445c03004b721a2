// What `saraban profile preview` shows: a notice of each kind, as the system of a profile would be told it.
import iconv from 'iconv-lite'
import type { Preview } from '../adapters/preview.ts'
import type { Profile } from '../adapters/profile.ts'
import { printable } from '../problem/problem.ts'
import { problemJson } from './terminal.ts'
import { charsetOfChannel, problemLines, safeLines } from './trial.ts'

/** The preview as a person reads it. */
export const previewPage = (previews: readonly Preview[], profile: Profile): string =>
  previews.map((each) => `── ${each.kind} ──\n${pageOf(each, profile)}`).join('\n')

function pageOf({ written, untold, problems }: Preview, profile: Profile): string {
  if (untold) return 'not told: the profile leaves it out (untold); it is settled as taken\n'
  if (written === undefined) return `it cannot be written\n${problemLines(problems)}`
  const { bytes, mediaType, files, spilled } = written
  const charset = charsetOfChannel(profile, 'notices')
  const beside = files.map((name) => `  file ${printable(name)}\n`).join('')
  const whole = spilled.length === 0 ? '' : `whole in a file beside: ${spilled.join(', ')}\n`
  return `${bytes.length} bytes, ${mediaType}, ${charset}\n${safeLines(iconv.decode(bytes, charset))}\n${beside}${whole}`
}

/** The preview as JSON. */
export function previewJson(previews: readonly Preview[], profile: Profile): unknown {
  const charset = charsetOfChannel(profile, 'notices')
  const notices = previews.map(({ kind, written, untold, problems }) => ({
    kind,
    untold,
    ...(written && {
      written: {
        ...written,
        charset,
        bytes: written.bytes.toString('base64'),
        text: iconv.decode(written.bytes, charset),
      },
    }),
    problems: problems.map(problemJson),
  }))
  return { profile: profile.id, office: profile.office, notices }
}
