// What a look makes of a session that does not open: no server needed for it.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { readProfile } from '../../../src/adapters/profile.ts'
import { SqlError } from '../../../src/adapters/transports/sql/engine.ts'
import { sqlFetch } from '../../../src/adapters/transports/sql/fetch.ts'
import type { RowReading } from '../../../src/adapters/transports/sql/row-read.ts'
import type { Opened, Session } from '../../../src/adapters/transports/sql/session.ts'
import { mustBe } from '../../letter/arbitrary.ts'
import { environment } from '../chiang-mai.ts'
import { adapterOf, TestGateway } from '../stage.ts'

const file = 'chiang-mai-csv.yaml'
const reading: RowReading = {
  table: 'letters',
  key: ['id'],
  above: '0',
  late: '1h',
  order: [],
  writeBack: {},
  ignore: [],
  lists: {},
  files: [],
  batch: 10,
  every: '60s',
  settle: '0s',
  wait: '1h',
  watch: 0,
  recheck: '1h',
  attachmentLimit: '1MiB',
  document: 'letter',
  charset: undefined,
  limit: 1024,
}

t.test('no connection between two rows of a look is no trouble of a row', async (t) => {
  const gateway = new TestGateway()
  // The tables are looked at, two rows are found, and for the first of them the server has no connection left.
  const answers: readonly unknown[] = [undefined, [new Map([['id', '1']]), new Map([['id', '2']])]]
  let asked = 0
  const session: Session = {
    use: async <Given>(_: (opened: Opened) => Promise<Given>): Promise<Given> => {
      asked += 1
      if (asked > answers.length) throw new SqlError('busy', '53300')
      return answers[asked - 1] as Given
    },
    close: async () => undefined,
  }
  const profile = mustBe(readProfile(readFileSync(`profiles/${file}`, 'utf8'), file))
  const fetch = sqlFetch(reading, session)
  await fetch.start(gateway.verbs(adapterOf(profile, gateway.clock, environment)))
  await fetch.stop()
  t.same(
    gateway.reports.map(({ event, facts }) => [event, facts['reason']]),
    [['sql.unavailable', '53300']],
  )
  t.equal(asked, 3, 'the second row is not tried')
})
