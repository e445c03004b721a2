// What the suite found: one finding for each thing tried, and one verdict for each check of a profile.
import { type ConformanceCheck, conformanceChecks } from '../adapters/conformance-checks.ts'

export interface Finding {
  readonly check: ConformanceCheck
  /** What was tried, in a few words: `letters that it sends: 12 written, 3 refused`. */
  readonly about: string
  /** `inapplicable`: the profile has nothing that the check could be held against; `why` says so. */
  readonly outcome: 'passed' | 'failed' | 'inapplicable'
  /** Of a failure: what happened and what was expected. */
  readonly why?: string
}

export interface Verdict {
  readonly check: ConformanceCheck
  /** `waived`: it fails, and the profile says why that is so. `stale`: it is waived and does not fail. */
  readonly outcome: 'passed' | 'failed' | 'inapplicable' | 'waived' | 'stale'
  readonly findings: readonly Finding[]
  readonly waiver?: string
}

export interface Report {
  readonly profile: string
  readonly office: string
  readonly verdicts: readonly Verdict[]
  /** Milliseconds. */
  readonly took: number
}

/** One verdict for each check. A check that nothing was tried for has failed: nobody would notice it otherwise. */
export function verdictsOf(
  findings: readonly Finding[],
  waivers: Readonly<Partial<Record<ConformanceCheck, string>>>,
): readonly Verdict[] {
  return conformanceChecks.map((check) => {
    const own = findings.filter((each) => each.check === check)
    const found: readonly Finding[] =
      own.length > 0 ? own : [{ check, about: 'nothing was tried', outcome: 'failed' }]
    const waiver = waivers[check]
    return { check, findings: found, outcome: outcomeOf(found, waiver), ...(waiver && { waiver }) }
  })
}

function outcomeOf(findings: readonly Finding[], waiver: string | undefined): Verdict['outcome'] {
  const failed = findings.some(({ outcome }) => outcome === 'failed')
  const tried = findings.some(({ outcome }) => outcome !== 'inapplicable')
  // What was not tried may still need its waiver.
  if (waiver !== undefined) return failed || !tried ? 'waived' : 'stale'
  if (failed) return 'failed'
  return tried ? 'passed' : 'inapplicable'
}

export const isGood = ({ outcome }: Verdict): boolean => outcome !== 'failed' && outcome !== 'stale'
