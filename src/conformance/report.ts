// Reports of the suite: for people, as JSON, and as JUnit XML for whatever runs it in a pipeline.
import { create } from 'xmlbuilder2'
import { describe, type Problem, printable, remedyOf } from '../problem/problem.ts'
import { checks } from './checks.ts'
import { conforms, isGood, type Report, type Verdict } from './verdict.ts'

const words: Readonly<Record<Verdict['outcome'], string>> = {
  passed: 'passed',
  failed: 'FAILED',
  waived: 'waived',
  stale: 'STALE WAIVER',
  unasked: 'not asked',
}

/** One profile: a line for each check, the reasons of what is not good, and what is remarked. */
export function reportPage({ profile, office, verdicts, took, remarks = [] }: Report): string {
  const lines = verdicts.flatMap((verdict): string[] => [
    `  ${verdict.check.padEnd(10)} ${words[verdict.outcome]}`,
    ...reasonsOf(verdict).map((line) => `             ${line}`),
  ])
  const head = `${profile} (office ${office}), ${(took / 1000).toFixed(1)} s`
  return [head, ...lines, ...remarks.flatMap(remarkLines), ''].join('\n')
}

const remarkLines = (found: Problem): string[] => [
  `  remark: ${describe(found)}`,
  `  hint: ${remedyOf(found)}`,
]

function reasonsOf(verdict: Verdict): string[] {
  const { check, outcome, waiver } = verdict
  if (outcome === 'stale')
    return [`the profile waives it (${printable(waiver ?? '')}) and it passes: take the waiver away`]
  if (outcome === 'waived') return [`waived: ${printable(waiver ?? '', 500)}`]
  if (outcome === 'passed') return []
  const failures = verdict.findings.filter((found) => found.outcome === 'failed')
  const told = outcome === 'failed' && failures.length > 0 ? failures : verdict.findings
  const untried = outcome === 'failed' && failures.length === 0
  return [
    ...(outcome === 'failed' ? [`${checks[check].en}`, `${checks[check].th}`] : []),
    ...told.flatMap(({ about, why = '' }) => [
      printable(about, 300),
      ...why.split('\n').map((line) => `  ${printable(line, 600)}`),
    ]),
    ...(untried
      ? [`nothing of it could be tried: the profile has to waive it (waivers: ${check}) and say why`]
      : []),
  ]
}

/** One profile is done: a line for whoever waits for all of them. */
export function progressLine(report: Report, ended: number, all: number): string {
  const { profile, took } = report
  const said = conforms(report) ? 'conforms' : `does not conform: ${badOf(report).join(', ')}`
  return `${ended} of ${all}: ${profile} ${said}, ${(took / 1000).toFixed(1)} s\n`
}

/** The checks that a profile does not pass. */
function badOf(report: Report): readonly string[] {
  const bad = report.verdicts.filter((verdict) => !isGood(verdict)).map(({ check }) => check)
  return bad.length > 0 || conforms(report) ? bad : ['it waives everything']
}

/** The last line over all profiles. */
export function closingLine(reports: readonly Report[]): string {
  const all = reports.flatMap(({ verdicts }) => verdicts)
  const count = (outcome: Verdict['outcome']): number => all.filter((each) => each.outcome === outcome).length
  const bad = reports.filter((report) => !conforms(report)).map(({ profile }) => profile)
  const conform = `${reports.length - bad.length} of ${reports.length} profiles conform`
  const counts = `${count('passed')} passed, ${count('failed')} failed, ${count('waived')} waived, ${count('stale')} stale`
  const unasked = count('unasked') > 0 ? `, ${count('unasked')} not asked` : ''
  return `${conform}: ${counts}${unasked}${bad.length > 0 ? `\nnot good: ${bad.join(', ')}` : ''}\n`
}

/** What says nothing of the profile: it was not asked, or its profile says why it fails or cannot be tried. */
const isUntried = ({ outcome }: Verdict): boolean => outcome === 'unasked' || outcome === 'waived'

/** JUnit's XML as CI servers read it: a suite for each profile, a case for each check. */
export function junit(reports: readonly Report[]): string {
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
    name: 'saraban profile test',
  })
  for (const { profile, verdicts, took, remarks = [] } of reports) {
    const failures = verdicts.filter((verdict) => !isGood(verdict)).length
    const suite = root.ele('testsuite', {
      name: profile,
      tests: verdicts.length,
      failures,
      skipped: verdicts.filter(isUntried).length,
      time: (took / 1000).toFixed(3),
    })
    for (const verdict of verdicts) {
      const own = suite.ele('testcase', { classname: `saraban.${profile}`, name: verdict.check })
      const reasons = reasonsOf(verdict).join('\n')
      if (isUntried(verdict))
        own.ele('skipped', { message: reasons === '' ? words[verdict.outcome] : reasons })
      else if (!isGood(verdict)) own.ele('failure', { message: words[verdict.outcome] }).txt(reasons)
      else if (reasons !== '') own.ele('system-out').txt(reasons)
    }
    if (remarks.length > 0) suite.ele('system-out').txt(remarks.flatMap(remarkLines).join('\n'))
  }
  return `${root.end({ prettyPrint: true, wellFormed: true })}\n`
}
