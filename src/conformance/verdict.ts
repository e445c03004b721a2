// What the suite found: one finding for each thing tried, and one verdict for each check of a profile.
import { type ConformanceCheck, conformanceChecks } from '../adapters/conformance-checks.ts'
import type { Problem } from '../problem/problem.ts'

export interface Finding {
  readonly check: ConformanceCheck
  /** What was tried, in a few words: `letters that it sends: 12 written, 3 refused`. */
  readonly about: string
  /**
   * `inapplicable`: the profile has nothing that this could be held against. `unasked`: whoever called the suite left it out.
   * `why` says so.
   */
  readonly outcome: 'passed' | 'failed' | 'inapplicable' | 'unasked'
  /** Of a failure: what happened and what was expected. */
  readonly why?: string
}

export const passed = (check: ConformanceCheck, about: string): Finding => ({
  check,
  about,
  outcome: 'passed',
})
export const failed = (check: ConformanceCheck, about: string, why: string): Finding => ({
  check,
  about,
  outcome: 'failed',
  why,
})
export const inapplicable = (check: ConformanceCheck, about: string, why: string): Finding => ({
  check,
  about,
  outcome: 'inapplicable',
  why,
})

export interface Verdict {
  readonly check: ConformanceCheck
  /**
   * `waived`: it fails or cannot be tried, and the profile says why that is so. `stale`: it is waived and passes.
   * `unasked`: whoever called the suite left it out.
   */
  readonly outcome: 'passed' | 'failed' | 'waived' | 'stale' | 'unasked'
  readonly findings: readonly Finding[]
  readonly waiver?: string
}

export interface Report {
  readonly profile: string
  readonly office: string
  readonly verdicts: readonly Verdict[]
  /** Milliseconds. */
  readonly took: number
  /** What it leaves to chance, as `saraban profile check` says it: none of it is a fault. */
  readonly remarks?: readonly Problem[]
}

/**
 * One verdict for each check. A check that nothing was tried for has failed, unless the profile waives it with a reason: nobody
 * would notice it otherwise.
 */
export function verdictsOf(
  findings: readonly Finding[],
  waivers: Readonly<Partial<Record<ConformanceCheck, string>>>,
): readonly Verdict[] {
  return conformanceChecks.map((check) => {
    const own = findings.filter((each) => each.check === check)
    const waiver = waivers[check]
    const found = own.length > 0 ? own : [failed(check, 'nothing was tried', 'the suite has no trial for it')]
    return { check, findings: found, outcome: outcomeOf(found, waiver), ...(waiver && { waiver }) }
  })
}

function outcomeOf(findings: readonly Finding[], waiver: string | undefined): Verdict['outcome'] {
  const some = (which: Finding['outcome']): boolean => findings.some(({ outcome }) => outcome === which)
  if (waiver !== undefined) {
    if (some('failed')) return 'waived'
    // What was left out may be what needs the waiver.
    if (some('unasked')) return some('passed') ? 'waived' : 'unasked'
    return some('passed') ? 'stale' : 'waived'
  }
  if (some('failed')) return 'failed'
  if (some('passed')) return 'passed'
  return some('unasked') ? 'unasked' : 'failed'
}

export const isGood = ({ outcome }: Verdict): boolean => outcome !== 'failed' && outcome !== 'stale'

/** Every verdict is good, and something was tried: a profile that waives everything conforms to nothing. */
export const conforms = ({ verdicts }: Report): boolean =>
  verdicts.every(isGood) && verdicts.some(({ outcome }) => outcome === 'passed')
