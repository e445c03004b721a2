// What every profile that is shipped owes: its documents, all of them; its channels, one profile for each transport.
// `saraban profile test --all` asks the channels of all; it takes a quarter of an hour.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { reportPage } from '../../src/conformance/report.ts'
import { serversOnThisMachine } from '../../src/conformance/servers.ts'
import { documentsOnly, testProfile } from '../../src/conformance/suite.ts'
import { conforms } from '../../src/conformance/verdict.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { testStandsOnce } from './stands-once.ts'

// Most of a trial is waiting; all of them take some minutes.
t.setTimeout(1_500_000)

const folder = join(import.meta.dirname, '../../profiles')
const textOf = (id: string): string => readFileSync(join(folder, `${id}.yaml`), 'utf8')
const machine = { clock: systemClock, random: systemRandom, environment: process.env }

t.test('the documents of every shipped profile, strictly', async (t) => {
  const ids = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  t.ok(ids.length > 75, 'one profile for each province, and the ministry')
  for (const id of ids) {
    const report = await documentsOnly(textOf(id.slice(0, -'.yaml'.length)), machine)
    t.ok(conforms(report), reportPage(report))
  }
})

/** One for each transport; `folder` has a test of its own (suite.test.ts). */
const channels = [
  'lampang-csv', // sftp
  'phrae-csv', // ftp
  'chiang-rai-json', // http-in, http-out
  'ranong-envelope', // the same, sealed by its office, over mutual TLS
  'nonthaburi-web', // rest
  'pattani-ecms', // soap
  'yala-ecms-server', // soap-out
  'sukhothai-sql', // sql, MariaDB
  'phichit-sql', // sql, PostgreSQL
  'nan-mailbox', // mailbox
]

t.test('the channels of a profile for each transport, over real servers', async (t) => {
  const shared = await serversOnThisMachine(machine)
  t.teardown(() => shared.close())
  const scratch = t.testdir()
  let next = 0
  const work = async (): Promise<void> => {
    for (let id = channels[next++]; id !== undefined; id = channels[next++]) {
      const own = join(scratch, id)
      mkdirSync(own)
      const settings = { ...machine, servers: shared.servers, folder: own, patience: 120_000 }
      const report = await testProfile(textOf(id), settings)
      testStandsOnce(t, report)
      t.ok(conforms(report), reportPage(report))
    }
  }
  await Promise.all([work(), work(), work()])
})
