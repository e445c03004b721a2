// Every profile that is shipped owes what the suite asks: new ones are strict, waivers need their reason in the profile.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { reportPage } from '../../src/conformance/report.ts'
import { serversOnThisMachine } from '../../src/conformance/servers.ts'
import { testProfile } from '../../src/conformance/suite.ts'
import { isGood } from '../../src/conformance/verdict.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'

// Most of a trial is waiting; all of them take some minutes.
t.setTimeout(1_800_000)

const folder = join(import.meta.dirname, '../../profiles')
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

t.test('every shipped profile conforms, over real transports', async (t) => {
  t.ok(files.length > 75, 'one profile for each province, and the ministry')
  const scratch = t.testdir()
  const machine = { clock: systemClock, random: systemRandom, environment: process.env }
  const shared = await serversOnThisMachine(machine)
  t.teardown(() => shared.close())
  let next = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < files.length; index = next++) {
      const own = join(scratch, String(index))
      mkdirSync(own)
      const settings = { ...machine, servers: shared.servers, folder: own, patience: 60_000 }
      const report = await testProfile(readFileSync(join(folder, files[index] ?? ''), 'utf8'), settings)
      t.ok(report.verdicts.every(isGood), reportPage(report))
    }
  }
  await Promise.all(Array.from({ length: 5 }, work))
})
