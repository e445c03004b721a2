// The feed of events: whoever goes on from where he was gets each event once, in whatever order writes end.
import t, { type Test } from 'tap'
import type { Database } from '../../src/gateway/journal/database.ts'
import { recordEvent } from '../../src/gateway/journal/events.ts'
import { EventFeed, isPassed, lastEvent } from '../../src/gateway/journal/feed.ts'
import { systemClock } from '../../src/letter/time.ts'
import { apiInstallation, asking } from './api-stage.ts'
import { HandClock, scratch, soon, start, until } from './harness.ts'
import { ask, bearer } from './installation.ts'
import { journalBeside, openJournal } from './journal-engine.ts'

const onPostgresql = process.env['SARABAN_TEST_JOURNAL'] === 'postgresql'
const hour = 60 * 60_000

const write = (database: Database, office: string, at = start) =>
  database.write((transaction) => recordEvent(transaction, at, 'source.kept', { office }))

/** Reads on from `after` until nothing comes; the offices of the events, and where the feed is then. */
async function readOn(feed: EventFeed, after: number, limit = 3) {
  const offices: string[] = []
  for (let last = after; ; ) {
    const events = await feed.after(last, limit)
    if (events.length === 0) return { offices, last }
    offices.push(...events.filter((event) => !isPassed(event)).map(({ office }) => String(office)))
    last = events.at(-1)?.seq ?? last
  }
}

t.test(
  'events come once and in order, over writes that were taken back and events that are gone',
  async (t) => {
    const database = await openJournal(scratch(t))
    t.teardown(() => database.close())
    const clock = new HandClock()
    const feed = new EventFeed(database, clock)
    t.same(await readOn(feed, 0), { offices: [], last: 0 })
    const expected: string[] = []
    let [read, last] = [[] as string[], 0]
    for (let round = 1; round <= 14; round += 1) {
      await write(database, `${round}`)
      expected.push(`${round}`)
      if (round % 3 === 0) {
        const failing = database.write(async (transaction) => {
          await recordEvent(transaction, start, 'source.kept', { office: 'never' })
          throw new Error('taken back')
        })
        await t.rejects(failing, /taken back/)
      }
      if (round % 2 === 0) {
        const more = await readOn(feed, last)
        ;[read, last] = [[...read, ...more.offices], more.last]
      }
    }
    t.same(read, expected)
    t.same((await readOn(feed, 0)).offices, expected, 'and from the beginning')
    t.equal(last, await lastEvent(database.committed))
    // Retention: what is gone and old is passed over, and costs no row.
    await clock.advance(hour / 60)
    await readOn(feed, last)
    await clock.advance(2 * hour)
    await write(database, 'new', start + 3 * hour)
    await database.write((transaction) => transaction.run('DELETE FROM events WHERE seq < ?', 9))
    const count = async () =>
      Number((await database.committed.one<{ n: number }>('SELECT COUNT(*) AS n FROM events'))?.n)
    const before = await count()
    const rest = await readOn(feed, 0)
    t.match(rest.offices.at(-1), 'new')
    t.equal(await count(), before)
  },
)

/** A promise, and what resolves it. */
function signal() {
  let give: () => void = () => undefined
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { give, given }
}

/** What only several writers at once can do: SQLite has one (`npm run test:scaled` runs these). */
const ofSeveralWriters = (name: string, test: (t: Test) => Promise<void>): void => {
  if (onPostgresql) void t.test(name, test)
}

/** A journal with an event of 'first', above it one of 'slow' that is stored and not committed until it is released. */
async function beingWritten(t: Test, at = start) {
  const database = await openJournal(scratch(t))
  t.teardown(() => database.close())
  await write(database, 'first')
  const [within, released] = [signal(), signal()]
  const slow = database.write(async (transaction) => {
    await recordEvent(transaction, at, 'source.kept', { office: 'slow' })
    // What is only put goes along with what is asked next.
    await transaction.one('SELECT 1 AS one')
    within.give()
    await released.given
  })
  await within.given
  const waits = 'SELECT COUNT(*) AS n FROM pg_locks WHERE NOT granted'
  return {
    database,
    feed: new EventFeed(database, new HandClock()),
    /** Whether somebody waits for it. */
    isWaitedFor: async () => Number((await database.committed.one<{ n: number }>(waits))?.n) > 0,
    release: async () => {
      released.give()
      await slow
    },
  }
}

ofSeveralWriters('an event that is being written is waited for, not passed', async (t) => {
  const { database, feed, isWaitedFor, release } = await beingWritten(t)
  await write(database, 'fast')
  const begin = await feed.after(0, 10)
  t.same(
    begin.map(({ office }) => office),
    ['first'],
    'up to it',
  )
  let answered = false
  const asked = feed.after(1, 10).then((events) => {
    answered = true
    return events
  })
  await soon(isWaitedFor)
  t.equal(answered, false)
  await release()
  t.same(
    (await asked).map(({ office }) => office),
    ['slow', 'fast'],
  )
})

ofSeveralWriters(
  'a number that is drawn and not stored yet is taken, and its event comes later',
  async (t) => {
    const database = await openJournal(scratch(t))
    t.teardown(() => database.close())
    const feed = new EventFeed(database, new HandClock())
    await write(database, 'first')
    const [within, released] = [signal(), signal()]
    let runs = 0
    const slow = database.write(async (transaction) => {
      runs += 1
      if (runs > 1) return recordEvent(transaction, start, 'source.kept', { office: 'late' })
      const drawn = await transaction.one<{ seq: number }>(`SELECT nextval('events_seq_seq') AS seq`)
      within.give()
      await released.given
      await transaction.run(
        `INSERT INTO events (seq, at, name, office, facts) VALUES (?, ?, 'source.kept', 'late', '{}')`,
        drawn?.seq ?? 0,
        start,
      )
    })
    await within.given
    await write(database, 'fast')
    const passed = await readOn(feed, 0)
    t.same(passed.offices, ['first', 'fast'])
    released.give()
    await slow
    t.equal(runs, 2, 'it met a number that was taken')
    t.same((await readOn(feed, passed.last)).offices, ['late'], 'once')
  },
)

ofSeveralWriters('an event that is being written is in what follows the end, or before it', async (t) => {
  const { database, feed, isWaitedFor, release } = await beingWritten(t)
  await write(database, 'fast')
  const asked = feed.end()
  let answered = false
  void asked.then(() => {
    answered = true
  })
  await soon(async () => answered || (await isWaitedFor()))
  t.equal(answered, false, 'the end is where nothing comes behind it')
  await release()
  const end = await asked
  const told = await readOn(new EventFeed(database, new HandClock()), 0)
  t.same([told.offices, told.last, end], [['first', 'slow', 'fast'], 3, 3])
  await write(database, 'next')
  t.same((await readOn(feed, end)).offices, ['next'])
})

ofSeveralWriters('what a gateway writes whose clock is hours behind closes no gap below it', async (t) => {
  const { database, feed, release } = await beingWritten(t, start - 2 * hour)
  await write(database, 'behind', start - 2 * hour)
  const begin = await feed.after(0, 10)
  t.same(
    begin.map(({ office }) => office),
    ['first'],
  )
  await release()
  t.same((await readOn(feed, 1)).offices, ['slow', 'behind'])
})

t.test('what is missing far behind the end, before something old, costs no row', async (t) => {
  const database = await openJournal(scratch(t))
  t.teardown(() => database.close())
  const insert = `INSERT INTO events (seq, at, name, office, facts) VALUES (?, ?, 'source.kept', ?, '{}')`
  await database.write(async (transaction) => {
    await transaction.run(insert, 5, start - 2 * hour, 'old')
    await transaction.run(insert, 20_000, start, 'new')
  })
  const [found, ...more] = await new EventFeed(database, new HandClock()).after(0, 1)
  t.same([found?.office, more], ['old', []])
  t.equal((await database.committed.all('SELECT seq FROM events')).length, 2)
})

t.test('many writers, some of them taken back, and a reader beside them', async (t) => {
  const database = await openJournal(scratch(t))
  t.teardown(() => database.close())
  const feed = new EventFeed(database, new HandClock())
  let writing = true
  const read: string[] = []
  let last = 0
  const reader = (async () => {
    for (let more = true; more; ) {
      more = writing
      const next = await readOn(feed, last, 7)
      read.push(...next.offices)
      last = next.last
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  const writes = Array.from({ length: 120 }, (_, at) =>
    database
      .write(async (transaction) => {
        await recordEvent(transaction, start, 'source.kept', { office: `${at}a` })
        if (at % 5 === 0) throw new Error('taken back')
        await recordEvent(transaction, start, 'source.kept', { office: `${at}b` })
      })
      .catch(() => undefined),
  )
  await Promise.all(writes)
  writing = false
  await reader
  const all = Array.from({ length: 120 }, (_, at) => at)
    .filter((at) => at % 5 !== 0)
    .flatMap((at) => [`${at}a`, `${at}b`])
  t.same([...read].sort(), all.sort(), 'each event once')
})

t.test('through the API: wait, and only what is for the asker', async (t) => {
  const installation = await apiInstallation(scratch(t))
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  const { get, send } = asking(gateway.http ?? '')
  const end = await get('operator-50', '/v1/events', { after: 'end' })
  const asked = get('operator-50', '/v1/events', { after: String(end.body.next), wait: '20' })
  const other = await send('58', 1, { to: '57' })
  const mine = await send('50', 1, { to: '57' })
  const { body, text } = await asked
  t.notMatch(text, other)
  t.ok(body.items.length > 0, 'it was answered before its time was over')
  const after = String(end.body.next)
  const beyond = await get('operator-50', '/v1/events', { after: '99999999', wait: '1' })
  t.match(
    beyond,
    { status: 409, body: { problems: [{ code: 'api.events.beyond' }] } },
    'it would miss what comes',
  )
  const all = await get('operator-50', '/v1/events', { after, limit: '200' })
  t.match(all.text, mine)
  t.notMatch(all.text, new RegExp(`${other}|"58"|feed.passed`))
  t.ok(all.body.items.every(({ name }) => /^[a-z]+\.[a-z-]+$/.test(String(name))))
  const nothing = await get('operator-50', '/v1/events', { after: String(all.body.next) })
  t.same([nothing.body.items, String(nothing.body.next)], [[], String(all.body.next)])
  // T12: so many may wait, and no more; those who ask without waiting are answered.
  const after_ = String((await get('operator', '/v1/events', { after: 'end' })).body.next)
  const statuses: number[] = []
  const crowd = Array.from({ length: 80 }, async () => {
    statuses.push((await get('operator', '/v1/events', { after: after_, wait: '20' })).status)
  })
  await until(() => statuses.length > 0, 'some are told that too many wait')
  t.same([...new Set(statuses)], [503], 'and nobody else is answered')
  await send('58', 2, { to: '57' })
  await Promise.all(crowd)
  t.ok(statuses.includes(200), 'until something happens')
  t.equal((await get('operator', '/v1/events', { after: after_ })).status, 200)
  // Whoever waits when the gateway stops is answered, and holds nothing up.
  const waiting = get('operator', '/v1/events', { after: 'end' }).then(({ body: { next } }) =>
    get('operator', '/v1/events', { after: String(next), wait: '30' }).catch(() => undefined),
  )
  await get('operator', '/v1/events', { after: 'end' })
  await gateway.stop()
  await waiting
})

t.test(
  'a journal that was put back from a copy: who read more of it is told, and misses nothing',
  async (t) => {
    const folder = scratch(t)
    const installation = await apiInstallation(folder)
    const gateway = await installation.start()
    t.teardown(() => gateway.stop())
    const { get, send } = asking(gateway.http ?? '')
    const journal = await journalBeside(folder)
    t.teardown(() => journal.close())
    await send('50', 1, { to: '57' })
    const before = (await get('auditor', '/v1/events', { limit: '200' })).body.next ?? ''
    await send('50', 2, { to: '57' })
    const { items, next = '' } = (await get('auditor', '/v1/events', { after: before, limit: '200' })).body
    t.match(next, /^\d+-[0-9a-f]{12}$/)
    t.match(await get('auditor', '/v1/events', { after: next }), { status: 200, body: { items: [], next } })
    // As the copy is: what came behind `before` is not there, and other events get those numbers.
    const others = async (count: number) => {
      const from = Number.parseInt(before, 10)
      await journal.write(async (transaction) => {
        await transaction.run('DELETE FROM events WHERE seq > ?', from)
        for (let seq = from + 1; seq <= from + count; seq += 1)
          await transaction.run(
            "INSERT INTO events (seq, at, name, office, facts) VALUES (?, ?, 'source.refused', '50', '{}')",
            ...[seq, systemClock.now()],
          )
      })
    }
    const resuming = (place: string) =>
      ask(`${gateway.http}/v1/events`, {
        headers: {
          ...{ ...bearer('api-key-of-auditor'), accept: 'text/event-stream', 'last-event-id': place },
        },
      })
    for (const count of [0, items.length, items.length + 5]) {
      await others(count)
      const problems = [{ code: 'api.events.beyond' }]
      t.match(await get('auditor', '/v1/events', { after: next }), { status: 409, body: { problems } })
      t.match(await resuming(next), { status: 409, text: /api.events.beyond/ }, 'a follower too')
      const same = await get('auditor', '/v1/events', { after: before, limit: '200' })
      t.match([same.status, same.body.items.length], [200, count], 'what both have is a place in both')
    }
    const bare = await get('auditor', '/v1/events', {
      after: String(Number.parseInt(next, 10)),
      limit: '200',
    })
    t.match([bare.status, bare.body.items.length], [200, 5], 'a number alone is taken as it is')
    await journal.write((transaction) =>
      transaction.run('DELETE FROM events WHERE seq <= ?', Number.parseInt(next, 10)),
    )
    const gone = await get('auditor', '/v1/events', { after: next, limit: '200' })
    t.match([gone.status, gone.body.items.length], [200, 5], 'and so is a place of which the event is gone')
    for (const wrong of ['x', '1-', '1-xyz', '-0123456789ab', `1-${'0'.repeat(13)}`])
      t.equal((await get('auditor', '/v1/events', { after: wrong })).status, 400, wrong)
  },
)
