// What the books of both ends say after all trials of a profile.
import type { Test } from 'tap'
import { standsOnce } from '../../src/conformance/trials/again.ts'
import type { Report } from '../../src/conformance/verdict.ts'

/** That no letter stands twice, in the words that `.ci/again` looks for. */
export function testStandsOnce(t: Test, { profile, verdicts }: Report): void {
  const found = verdicts.flatMap(({ findings }) => findings).find(({ about }) => about === standsOnce)
  t.match(found, { outcome: 'passed' }, `ledger: ${profile}`)
}
