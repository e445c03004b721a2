// The exact bytes that came and went by SQL: the row as it was read, and what was written into the tables.
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { mariadb } from '../../src/sandbox/servers/mariadb.ts'
import { postgresql } from '../../src/sandbox/servers/postgresql.ts'
import { ground, present } from '../adapters/sql/grounds.ts'
import { good, putLetter, systemOn } from '../adapters/sql/stage.ts'
import { office } from '../letter/arbitrary.ts'
import { exchange } from './handed-stage.ts'
import { scratch } from './harness.ts'

t.setTimeout(600_000)

type Row = Readonly<Record<string, string | null>>

const rowOf = (bytes: Buffer): Row => (JSON.parse(bytes.toString('utf8')) as { row: Row }).row
const pick = (row: Row, columns: readonly string[]): Row =>
  Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))

for (const [name, open] of [
  ['mariadb', mariadb],
  ['postgresql', postgresql],
] as const)
  t.test(`${name}: the row as it was read, and what the tables hold, is what was recorded`, async (t) => {
    const server = await open(process.env)
    if (!present(t, server)) return
    t.teardown(() => server.stop())
    const on = ground(name, server)
    await on.tables()
    const { text, environment } = systemOn(on, {
      environment: { SARABAN_64_SCANS: scratch(t) },
      changes: [['watch: 20\n', 'watch: 20\n      every: 1s\n']],
    })
    const row = { ...good, ถึง: 'ชร', เรื่อง: `ขอ'เชิญ"\`\\ `, เลขภายใน: '9007199254740993' }
    await exchange(t, {
      office: office('64'),
      profile: text,
      environment,
      letter: { number: good.ที่หนังสือ, date: '2008-01-01', hand: () => putLetter(on, row) },
      came: async (t, came) => {
        const [stands] = await server.ask(`SELECT * FROM ${on.quote('หนังสือส่ง')}`)
        const read = rowOf(came)
        t.same(read, pick(stands ?? {}, Object.keys(read)), 'what stands in the table is what was read')
        t.match(read, row)
        t.same(
          Object.keys(stands ?? {}).filter((column) => !Object.hasOwn(read, column)),
          ['สถานะ', 'รหัสข้อความ', 'ข้อผิดพลาด', 'เลขรับ', 'หมายเหตุ'],
          'all of it but what is written into it later',
        )
      },
      went: async (content, went) => {
        const table = content === 'letter' ? 'หนังสือรับ' : 'หนังสือส่ง'
        const [stands, ...more] = await server.ask(`SELECT * FROM ${on.quote(table)}`)
        if (stands === undefined || more.length > 0 || stands['เลขรับ'] === null) return false
        if (went === undefined) return true
        const written = rowOf(went)
        return isDeepStrictEqual(written, pick(stands, Object.keys(written)))
      },
    })
  })
