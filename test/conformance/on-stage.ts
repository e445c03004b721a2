// A profile's text before the suite, on a stage and with servers of its own.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serversOnThisMachine } from '../../src/conformance/servers.ts'
import type { SuiteSettings, testProfile } from '../../src/conformance/suite.ts'
import type { Finding, Report } from '../../src/conformance/verdict.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'

export const shipped = (id: string): string =>
  readFileSync(join(import.meta.dirname, `../../profiles/${id}.yaml`), 'utf8')

export async function onStage(
  act: typeof testProfile,
  text: string,
  changes: Partial<SuiteSettings> = {},
): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'saraban-suite-'))
  try {
    const machine = { clock: systemClock, random: systemRandom, environment: process.env }
    const shared = await serversOnThisMachine(machine)
    try {
      return await act(text, { ...machine, servers: shared.servers, folder, patience: 90_000, ...changes })
    } finally {
      await shared.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What was found of that. */
export const findingOf = ({ verdicts }: Report, about: string): Finding | undefined =>
  verdicts.flatMap(({ findings }) => findings).find((each) => each.about === about)
