// How PostgreSQL looks for what is asked of each letter: a plan is made once for a connection, when there is little, and kept while
// a backlog grows.
import pg from 'pg'
import t from 'tap'
import { deliverySql } from '../../src/gateway/journal/deliveries.ts'
import { earlierSql } from '../../src/gateway/journal/earlier.ts'
import { letterSql } from '../../src/gateway/journal/letters.ts'
import { noticeSql } from '../../src/gateway/journal/notices.ts'
import { optionsOf, type PostgresqlAt } from '../../src/gateway/journal/postgresql-connection.ts'
import { postgresqlStage } from './postgresql-stage.ts'

type Ask = (sql: string) => Promise<unknown>

/** Deliveries, each of an envelope of its own in a lane of its own. */
const fill = (ask: Ask, first: number, count: number, office: string, mode: string, open: 0 | 1) =>
  ask(`
INSERT INTO envelopes (message_id, content, sender, digest, bytes, committed_at)
  SELECT 'm' || n, 'letter', '57', 'd' || n, '', n FROM generate_series(${first}, ${first + count - 1}) n;
INSERT INTO deliveries (id, message_id, office, mode, state, lane, priority, due_at, rank, deadline, attempts, open, created_at,
  changed_at, expected_in, expected_by, warn_at)
  SELECT 'i' || n, 'm' || n, '${office}', '${mode}', '${open === 1 ? 'due' : 'taken'}', '${office} m' || n, 1, n, n, n + 1000, 0, ${open}, n, n,
    100, n + 100, n + 75 FROM generate_series(${first}, ${first + count - 1}) n`)

/** Letters of one sender to one recipient on one day, each under a number of its own; their envelopes are there. */
const fillLetters = (ask: Ask, first: number, count: number) =>
  ask(`
INSERT INTO letters (message_id, recipient, sender, number, date, natural_key, content_digest, urgency, secrecy, state, live,
  committed_at, changed_at)
  SELECT 'm' || n, 'moi', '57', 'no/' || n, '2026-11-30', 'k' || n, 'c' || n, 'ordinary', 'ordinary', 'sealed', n % 2, n, n
  FROM generate_series(${first}, ${first + count - 1}) n`)

const backlog = 5_000

/** Of what is kept, and of what was purged. */
const ofBoth = (values: string): string => `${values}, ${values}`

/** What is asked for each letter, with values, and how many pages of a table or an index it may look at. */
const asked: Readonly<Record<string, readonly [statement: string, values: string, pages: number]>> = {
  inLane: [deliverySql.inLane, `'i14000'`, 40],
  behind: [deliverySql.behind, `'moi m14000'`, 20],
  head: [deliverySql.head, `'50'`, 20],
  due: [deliverySql.due, `'moi', 999999, 10`, 120],
  timedAhead: [deliverySql.timedAhead, `'moi', 999999, 999999, 10`, 20],
  held: [deliverySql.held, '', 20],
  interrupted: [deliverySql.interrupted, `'m1'`, 20],
  byNaturalKey: [earlierSql.byNaturalKey, ofBoth(`'k11001'`), 20],
  retired: [earlierSql.retired, ofBoth(`'57', 'no/11000', 'c11000'`), 20],
  previous: [earlierSql.previous, `'57', 'no/14000', '2026-11-30', 'moi'`, 20],
  received: [letterSql.received, `'moi', 'no/14000'`, 20],
  sent: [letterSql.sent, `'57', 'no/14000'`, 20],
  sentTo: [letterSql.sentTo, `'moi', 'no/14000', '57'`, 20],
}

const called = (name: string, values: string): string => (values === '' ? name : `${name}(${values})`)

async function pagesOf(client: pg.Client, name: string, values: string): Promise<number> {
  const { rows } = await client.query(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE ${called(name, values)}`,
  )
  const [{ Plan: plan }] = rows[0]['QUERY PLAN']
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
}

async function connected(at: PostgresqlAt): Promise<pg.Client> {
  const client = new pg.Client({ ...optionsOf(at), pipeline: false } as pg.ClientConfig)
  await client.connect()
  return client
}

t.test('plans of PostgreSQL', { timeout: 300_000 }, async (t) => {
  const stage = await postgresqlStage(t)
  if (stage === undefined) return

  for (const [when, before] of [
    ['while the journal was empty', async () => undefined],
    [
      'while little of much was open',
      async (ask: Ask) => {
        await fill(ask, 1, 3_000, 'moi', 'push', 0)
        await fill(ask, 5_000, 3, 'moi', 'push', 1)
        await fillLetters(ask, 5_000, 3)
        await ask('ANALYZE')
      },
    ],
  ] as const) {
    await t.test(`a backlog that came after the plan was made ${when} makes no letter dearer`, async (t) => {
      const { at, ask } = await stage.opened(t)
      await before(ask)
      const client = await connected(at)
      t.teardown(() => client.end())
      for (const [name, [statement, values]] of Object.entries(asked)) {
        let place = 0
        await client.query(`PREPARE ${name} AS ${statement.replace(/\?/g, () => `$${++place}`)}`)
        // From the sixth time on it keeps a plan, whatever the values are.
        for (let time = 0; time < 7; time++) await client.query(`EXECUTE ${called(name, values)}`)
      }
      await fill(ask, 10_000, backlog, 'moi', 'push', 1)
      await fillLetters(ask, 10_000, backlog)
      await fill(ask, 30_000, 1, '50', 'poll', 1)
      for (const [name, [, values, most]] of Object.entries(asked)) {
        const pages = await pagesOf(client, name, values)
        t.ok(pages > 0 && pages <= most, `${name} looked at ${pages} pages of ${most}`)
      }
    })
  }

  await t.test('hot queries use an index', async (t) => {
    const { database } = await stage.opened(t)
    const hot = { ...deliverySql, ...letterSql, ...earlierSql, ...noticeSql }
    for (const name of [
      ...(['due', 'inLane', 'behind', 'head', 'byNaturalKey', 'received', 'sent'] as const),
      ...(['modesOfEnded', 'setModeOfEnded'] as const),
      ...(['noticesAbout', 'newestSent'] as const),
    ]) {
      const statement = hot[name]
      const steps = await database.write(async (transaction) => {
        // An empty table is read faster than its index.
        await transaction.run('SET LOCAL enable_seqscan = off')
        const values = (statement.match(/\?/g) ?? []).map(() => '1')
        const plan = await transaction.all<Record<string, string>>(`EXPLAIN ${statement}`, ...values)
        return plan.map((row) => row['QUERY PLAN'] ?? '').join('; ')
      })
      t.match(steps, /Index (Only )?Scan|Bitmap Index Scan/, `${name}: ${steps}`)
      t.notMatch(steps, /Seq Scan/, name)
    }
  })
})
