import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import t from 'tap'
import {
  type DeliveryEvent,
  type DeliveryState,
  deliveryTable,
  isOpen,
  letterTable,
  next,
} from '../../src/gateway/delivery/states.ts'
import { JournalUnavailable } from '../../src/gateway/journal/database.ts'
import {
  deliveryById,
  insertDelivery,
  moveDelivery,
  renewDeadlines,
} from '../../src/gateway/journal/deliveries.ts'
import { insertEnvelope } from '../../src/gateway/journal/envelopes.ts'
import { markSql } from '../../src/gateway/journal/marks.ts'
import { joinMembers } from '../../src/gateway/journal/members.ts'
import { migrationSql, schemaVersion } from '../../src/gateway/journal/migrations.ts'
import { openSqlite, readSqlite } from '../../src/gateway/journal/sqlite.ts'
import { office } from '../letter/arbitrary.ts'
import { scratch, start } from './harness.ts'

const insert = "INSERT INTO events (at, name, facts) VALUES (?, ?, '{}')"
const names = 'SELECT name FROM events ORDER BY seq'

t.test('a write is on disk with the strongest setting, and only then seen', async (t) => {
  const database = openSqlite(join(scratch(t), 'journal.sqlite'))
  t.after(() => database.close())
  const synchronous = await database.write((transaction) =>
    transaction.one<{ synchronous: number }>('PRAGMA synchronous'),
  )
  t.equal(synchronous?.synchronous, 2, 'FULL')
  t.equal(
    (await database.committed.one<{ journal_mode: string }>('PRAGMA journal_mode'))?.journal_mode,
    'wal',
  )
  let inside: unknown
  await database.write(async (transaction) => {
    await transaction.run(insert, start, 'one')
    inside = await database.committed.all(names)
  })
  t.same(inside, [], 'what is not committed is not seen by readers')
  t.same(await database.committed.all(names), [{ name: 'one' }])
})

t.test('a write that fails leaves its neighbours in the same group alone', async (t) => {
  const database = openSqlite(join(scratch(t), 'journal.sqlite'))
  t.after(() => database.close())
  const writes = ['one', 'two', 'three'].map((name) =>
    database.write(async (transaction) => {
      await transaction.run(insert, start, name)
      if (name === 'two') throw new Error('of its own')
      return name
    }),
  )
  const settled = await Promise.allSettled(writes)
  t.same(
    settled.map((each) => each.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  t.same(await database.committed.all(names), [{ name: 'one' }, { name: 'three' }])
})

t.test('a group waits for writes that come turn by turn, and not for ever', async (t) => {
  const database = openSqlite(join(scratch(t), 'journal.sqlite'))
  t.after(() => database.close())
  let [put, isThrough] = [0, false]
  await new Promise<void>((done) => {
    const next = (): void => {
      if (isThrough) {
        done()
        return
      }
      put += 1
      void database
        .write((transaction) => transaction.run(insert, start, 'one'))
        .then(() => {
          isThrough = true
        })
      setImmediate(next)
    }
    // Before the turn in which the group looks for the first time.
    setImmediate(next)
    next()
  })
  t.ok(put > 3 && put < 20, `${put} were put until the first was through`)
})

t.test('a group that cannot be committed is lost whole, and says so', async (t) => {
  const folder = scratch(t)
  const database = openSqlite(join(folder, 'journal.sqlite'))
  t.after(() => database.close())
  // A real full disk for SQLite: no page more than it has now.
  await database.write(async (transaction) => {
    const pages = await transaction.one<{ page_count: number }>('PRAGMA page_count')
    await transaction.one(`PRAGMA max_page_count = ${pages?.page_count}`)
  })
  const large = 'x'.repeat(100_000)
  const settled = await Promise.allSettled([
    database.write((transaction) => transaction.run(insert, start, 'small')),
    database.write((transaction) => transaction.run(insert, start, large)),
  ])
  for (const each of settled) t.match(each, { status: 'rejected', reason: { name: 'JournalUnavailable' } })
  t.same(await database.committed.all(names), [], 'nothing was taken')
  await database.write((transaction) => transaction.one('PRAGMA max_page_count = 1000000'))
  await database.write((transaction) => transaction.run(insert, start, 'after'))
  t.same(await database.committed.all(names), [{ name: 'after' }], 'it goes on when there is room again')
})

t.test('a closed journal takes nothing, and a newer one is not opened', async (t) => {
  const file = join(scratch(t), 'journal.sqlite')
  const database = openSqlite(file)
  await database.close()
  await t.rejects(
    database.write(async () => 1),
    JournalUnavailable,
  )
  t.throws(() => readSqlite(`${file}-absent`), 'a reader makes no journal')
  const raw = new Sqlite(file)
  raw.pragma('user_version = 999')
  raw.close()
  t.throws(() => openSqlite(file), /schema version 999/)
})

t.test('a new journal is its owner’s alone; whoever widened an old one keeps it so', async (t) => {
  const file = join(scratch(t), 'journal.sqlite')
  const modes = (): string[] =>
    ['', '-wal', '-shm'].map((part) => (statSync(`${file}${part}`).mode & 0o777).toString(8))
  const first = openSqlite(file)
  await first.write((transaction) => transaction.one('SELECT 1'))
  t.same(modes(), ['600', '600', '600'])
  await first.close()
  chmodSync(file, 0o640)
  const again = openSqlite(file)
  t.teardown(() => again.close())
  await again.write((transaction) => transaction.one('SELECT 1'))
  t.same(modes(), ['640', '640', '640'])
})

t.test('the schema is the one that is committed as a golden file', async (t) => {
  const golden = readFileSync(new URL('schema.golden.sql', import.meta.url), 'utf8')
  const steps = (engine: 'sqlite' | 'postgresql') =>
    Array.from({ length: schemaVersion }, (_, step) => migrationSql(step, engine).trim())
  t.equal(
    steps('sqlite').join('\n\n-- next step\n\n'),
    golden.trim(),
    'a step that shipped is never changed: add a new one',
  )
  t.notMatch(steps('postgresql').join(''), /AUTOINCREMENT|BLOB|\{/, 'PostgreSQL has its own words')
})

t.test('a journal of an earlier version is brought up to date, and keeps what it has', async (t) => {
  for (let version = 1; version < schemaVersion; version += 1) {
    const file = join(scratch(t), 'journal.sqlite')
    const old = new Sqlite(file)
    for (let step = 0; step < version; step += 1) old.exec(migrationSql(step, 'sqlite'))
    old.pragma(`user_version = ${version}`)
    const ofItsOffice = version < 3 ? '' : ', office'
    old.exec(`
INSERT INTO envelopes (message_id, content, sender, digest, bytes, committed_at) VALUES ('m1', 'letter', '50', '', x'00', ${start});
INSERT INTO deliveries (id, message_id, office, mode, state, lane, priority, due_at, rank, deadline, attempts, open, created_at,
  changed_at) VALUES ('d1', 'm1', '57', 'push', 'given-up', 'l', 1, ${start}, ${start}, ${start}, 9, 0, ${start}, ${start});
INSERT INTO sources (id, system, document, name, sha256, size, received_at)
  VALUES ('s1', 'csv-50', 'letter', 'a.csv', '00', 1, ${start});
INSERT INTO quarantine (id, source_id, position, problems, at${ofItsOffice})
  VALUES ('q1', 's1', 'row 3', '[]', ${start}${ofItsOffice && ", '50'"});
INSERT INTO events (at, name, office, source_id, facts) VALUES (${start}, 'source.kept', '50', 's1', '{}');
INSERT INTO events (at, name, source_id, facts) VALUES (${start}, 'source.quarantined', 's1', '{}')`)
    old.close()
    const database = openSqlite(file)
    t.teardown(() => database.close())
    t.match(
      await database.committed.all('SELECT id, office, state, doubted FROM quarantine'),
      [{ id: 'q1', office: '50', state: 'waiting', doubted: 0 }],
      `from version ${version}: whose it is was known`,
    )
    await database.write((transaction) => renewDeadlines(transaction, 'd1', start))
    const brought = await deliveryById(database.committed, 'd1')
    t.equal(brought?.deadline, start + 72 * 3_600_000, 'a delivery of then is tried as long as it was then')
    t.equal(brought?.expectedBy, null, 'and nobody is told that it is late')
  }
})

t.test('hot queries use an index', async (t) => {
  const database = openSqlite(join(scratch(t), 'journal.sqlite'))
  t.after(() => database.close())
  const { deliverySql } = await import('../../src/gateway/journal/deliveries.ts')
  const { attemptSql } = await import('../../src/gateway/journal/attempts.ts')
  const {
    quarantine: _,
    open: _counted,
    late: lateOne,
    ...conditionSql
  } = (await import('../../src/gateway/journal/conditions.ts')).conditionSql
  const { openSql, stuckCondition } = await import('../../src/gateway/journal/open.ts')
  const { earlierSql } = await import('../../src/gateway/journal/earlier.ts')
  const { letterSql } = await import('../../src/gateway/journal/letters.ts')
  const { noticeSql } = await import('../../src/gateway/journal/notices.ts')
  const hot: Record<string, string> = {
    due: deliverySql.due,
    inLane: deliverySql.inLane,
    timedAhead: deliverySql.timedAhead,
    held: deliverySql.held,
    interrupted: deliverySql.interrupted,
    behind: deliverySql.behind,
    head: deliverySql.head,
    toOffice: deliverySql.toOffice,
    late: deliverySql.late,
    modesOfEnded: deliverySql.modesOfEnded,
    setModeOfEnded: deliverySql.setModeOfEnded,
    attempts: attemptSql.of,
    shownLast: attemptSql.shownLast,
    mayHaveArrived: attemptSql.mayHaveArrived,
    perhapsThere: attemptSql.perhapsThere,
    ...conditionSql,
    lateOne,
    byNaturalKey: earlierSql.byNaturalKey,
    received: letterSql.received,
    sentTo: letterSql.sentTo,
    sent: letterSql.sent,
    previous: earlierSql.previous,
    noticesAbout: noticeSql.noticesAbout,
    noticesBetween: noticeSql.noticesBetween,
    failed: openSql.failed,
    ofLetter: openSql.ofLetter,
    newestSent: letterSql.newestSent,
    markOf: markSql.known,
  }
  for (const [name, statement] of Object.entries(hot)) {
    const places = (statement.match(/\?/g) ?? []).map(() => '1')
    const plan = await database.committed.all<{ detail: string }>(
      `EXPLAIN QUERY PLAN ${statement}`,
      ...places,
    )
    const steps = plan.map(({ detail }) => detail).join('; ')
    t.match(steps, /USING (COVERING )?INDEX/, `${name}: ${steps}`)
    // What is being sent is little, and so is what ended badly: all of its index is looked through.
    t.notMatch(steps, /SCAN(?! deliveries USING INDEX deliveries_(sending|ended_badly))/, name)
    // What an office was ever sent is walked through by nothing that happens for each letter.
    if (['previous', 'received', 'sent', 'sentTo', 'byNaturalKey'].includes(name))
      t.notMatch(steps, /letters_by_(recipient|sender|time)/, `${name}: ${steps}`)
  }
  const { where, values } = stuckCondition(1, [], '50')
  const plan = await database.committed.all<{ detail: string }>(
    `EXPLAIN QUERY PLAN SELECT 1 FROM letters l WHERE ${where}`,
    ...values,
  )
  const steps = plan.map(({ detail }) => detail).join('; ')
  t.match(steps, 'deliveries_ended_badly', steps)
  t.notMatch(steps, /SCAN [dna]\b(?! USING INDEX deliveries_ended_badly)/, steps)
})

t.test('the state tables are whole', async (t) => {
  for (const [name, table, first] of [
    ['delivery', deliveryTable, 'due'],
    ['letter', letterTable, 'sealed'],
  ] as const) {
    const reached = new Set<string>([first])
    for (const state of reached) {
      for (const after of Object.values((table as Record<string, Record<string, string>>)[state] ?? {}))
        reached.add(after)
    }
    t.same(
      [...reached].sort(),
      Object.keys(table).sort(),
      `every ${name} state can be reached from ${first}, and leads to known ones`,
    )
  }
})

t.test('whatever happens, the journal moves a delivery as the table says, and nowhere else', async (t) => {
  const database = openSqlite(join(scratch(t), 'journal.sqlite'))
  t.after(() => database.close())
  const events: DeliveryEvent[] = [
    'send',
    'taken',
    'refused',
    'unavailable',
    'lost-answer',
    'give-up',
    'recall',
    'resend',
  ]
  const by = fc.constantFrom('one', 'other', 'stranger')
  await database.write(async (transaction) => {
    for (const id of ['one', 'other'])
      await joinMembers(
        transaction,
        { id, place: id, name: id, role: 'all', joinedAt: start },
        { alone: false },
      )
  })
  let count = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ event: fc.constantFrom(...events), by }), { maxLength: 25 }),
      async (happened) => {
        const id = `d${count++}`
        const messageId = `urn:uuid:${id}` as const
        await database.write(async (transaction) => {
          const sender = office('50')
          const row = {
            messageId,
            content: 'letter',
            sender,
            digest: '',
            bytes: Buffer.alloc(1),
            sourceId: null,
            position: null,
            handover: null,
            committedAt: start,
          } as const
          await insertEnvelope(transaction, row)
          await insertDelivery(
            transaction,
            { id, messageId, office: sender, mode: 'push', lane: id, priority: 1, tryFor: 1, expectedIn: 1 },
            start,
          )
        })
        let state: DeliveryState = 'due'
        let sends = 0
        let holder: string | null = null
        for (const { event, by } of happened) {
          // What somebody holds is moved by nobody else, and who is no member begins nothing.
          const mayNot: boolean =
            (holder !== null && by !== holder) || (event === 'send' && by === 'stranger')
          const expected: DeliveryState | undefined = mayNot ? undefined : next(deliveryTable, state, event)
          const moved = await database.write((transaction) =>
            moveDelivery(transaction, id, event, start + 1, { by }),
          )
          t.equal(moved?.state, expected)
          if (expected === undefined) continue
          state = expected
          if (event === 'send') sends += 1
          holder = state === 'sending' ? by : null
          const stored = await database.committed.one(
            'SELECT state, open, attempts, member FROM deliveries WHERE id = ?',
            id,
          )
          t.same(stored, { state, open: isOpen(state) ? 1 : 0, attempts: sends, member: holder })
        }
      },
    ),
    { numRuns: 60 },
  )
})
