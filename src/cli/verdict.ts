// What `saraban profile check` says of one profile: its faults, or that it is good and what it leaves to chance.
import type { Profile } from '../adapters/profile.ts'
import { type Problem, type ProblemCode, problem } from '../problem/problem.ts'
import { readTables } from './tables.ts'
import { problemJson, type Terminal } from './terminal.ts'

export type Verdict =
  | { readonly file: string; readonly problems: readonly [Problem, ...Problem[]] }
  | { readonly file: string; readonly profile: Profile; readonly remarks: readonly Problem[] }

/** What is wrong with a table because of where the profile is checked, not because of what it says. */
const elsewhere: readonly ProblemCode[] = [
  'adapter.profile.reference-unresolved',
  'adapter.lookup.unreadable',
]

/** The verdict on the text of a profile. Its tables are looked into; one that is not here is remarked. */
export async function verdictOn(file: string, text: string, terminal: Terminal): Promise<Verdict> {
  const { readProfile } = await import('../adapters/profile.ts')
  const { remarksIn } = await import('../adapters/remarks.ts')
  const read = readProfile(text, file)
  if (!read.ok) return { file, problems: read.problems }
  const complete = await readTables(read.value, file, terminal)
  if (complete.ok) return { file, profile: read.value, remarks: remarksIn(text, complete.value) }
  const [fault, ...more] = complete.problems.filter(({ code }) => !elsewhere.includes(code))
  if (fault !== undefined) return { file, problems: [fault, ...more] }
  const unread = complete.problems.map(({ path, value }) =>
    problem('adapter.remark.table-unread', path, value),
  )
  return { file, profile: read.value, remarks: [...unread, ...remarksIn(text, read.value)] }
}

export const verdictJson = (verdict: Verdict): unknown =>
  'problems' in verdict
    ? { file: verdict.file, verdict: 'refused', problems: verdict.problems.map(problemJson) }
    : {
        file: verdict.file,
        verdict: 'good',
        id: verdict.profile.id,
        office: verdict.profile.office,
        remarks: verdict.remarks.map(problemJson),
      }
