import pg from 'pg'
import t, { type Test } from 'tap'
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import { soon, start } from './harness.ts'
import { count, insert, names, postgresqlStage } from './postgresql-stage.ts'

t.test('the journal on PostgreSQL', { timeout: 600_000 }, async (t) => {
  const stage = await postgresqlStage(t)
  if (stage === undefined) return
  const { opened } = stage

  await t.test('what is not committed is not seen, what failed is not kept', async (t) => {
    const { database } = await opened(t)
    let inside: unknown
    await database.write(async (transaction) => {
      await transaction.run(insert, start, 'one')
      inside = await database.committed.all(names)
    })
    t.same(inside, [])
    const settled = await Promise.allSettled(
      ['two', 'three'].map((name) =>
        database.write(async (transaction) => {
          await transaction.run(insert, start, name)
          if (name === 'two') throw new Error('of its own')
          return name
        }),
      ),
    )
    t.match(settled, [{ reason: { message: 'of its own' } }, { value: 'three' }])
    t.same(await database.committed.all(names), [{ name: 'one' }, { name: 'three' }])
    t.equal((await database.committed.one<{ count: number }>(count))?.count, 2, 'counts are numbers')
  })

  await t.test('writes that cross are run again, as if one had followed the other', async (t) => {
    const { at, database } = await opened(t)
    const other = await openPostgresql(at)
    t.after(() => other.close())
    let runs = 0
    const writes = Array.from({ length: 30 }, (_, index) =>
      (index % 2 === 0 ? database : other).write(async (transaction) => {
        runs += 1
        const before = (await transaction.one<{ count: number }>(count))?.count ?? 0
        await transaction.run(insert, start, `n${String(before).padStart(2, '0')}`)
      }),
    )
    await Promise.all(writes)
    const found = await database.committed.all<{ name: string }>('SELECT name FROM events ORDER BY name')
    t.same(
      found.map(({ name }) => name),
      Array.from({ length: 30 }, (_, index) => `n${String(index).padStart(2, '0')}`),
    )
    t.ok(runs > 30, `${runs} runs for 30 writes`)
  })

  await t.test('works that decide by rows cross in the same row and key, and nowhere else', async (t) => {
    const { at, database } = await opened(t)
    const other = await openPostgresql(at)
    t.after(() => other.close())
    const each = (index: number) => (index % 2 === 0 ? database : other)
    let runs = 0
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        each(index).write(async (transaction) => {
          runs += 1
          await transaction.one(count)
          await transaction.run(insert, start, `n${index}`)
        }, 'rows'),
      ),
    )
    t.equal(runs, 30, 'what only reads the same crosses nobody')

    // A row that all of them read and write: each sees what the one before it wrote.
    await database.write((transaction) => transaction.run("INSERT INTO filled VALUES ('row', '0', 0)"))
    const read = "SELECT position FROM filled WHERE name = 'row'"
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        each(index).write(async (transaction) => {
          const row = await transaction.one<{ position: string }>(read)
          const next = String(Number(row?.position) + 1)
          await transaction.run("UPDATE filled SET position = ? WHERE name = 'row'", next)
        }, 'rows'),
      ),
    )
    t.same(await database.committed.one(read), { position: '30' })

    // A key that is there once: one writes it, the others find it.
    const there = "SELECT done FROM filled WHERE name = 'key'"
    const wrote = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        each(index).write(async (transaction) => {
          if ((await transaction.one(there)) !== undefined) return false
          await transaction.run("INSERT INTO filled VALUES ('key', '', 0)")
          return true
        }, 'rows'),
      ),
    )
    t.equal(wrote.filter(Boolean).length, 1)
  })

  const position = "SELECT position FROM filled WHERE name = 'row'"
  const move = "UPDATE filled SET position = ? WHERE name = 'row'"
  const waiting =
    "SELECT COUNT(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'schema_version'::regclass"
  /** A work that others come between in each of its runs, `times` at most, unless they have to wait for it. */
  const crossedWork = async (t: Test, times: number) => {
    const { at, ask, database } = await opened(t)
    const other = await openPostgresql(at)
    t.after(() => other.close())
    await database.write((transaction) => transaction.run("INSERT INTO filled VALUES ('row', '0', 0)"))
    const done = { runs: 0, seen: '', others: [] as Promise<unknown>[] }
    const written = () =>
      database.write(async (transaction) => {
        done.runs += 1
        const row = await transaction.one<{ position: string }>(position)
        done.seen = row?.position ?? ''
        if (done.runs <= times) {
          let through = false
          const between = other.write((theirs) => theirs.run(move, `${Number(row?.position) + 100}`), 'rows')
          done.others.push(between)
          const isThrough = () => {
            through = true
          }
          between.then(isThrough, isThrough)
          await soon(async () => through || Number((await ask(waiting))[0]?.['n']) > 0)
        }
        await transaction.run(move, `${Number(row?.position) + 1}`)
      }, 'rows')
    return { ask, at, database, done, written }
  }

  await t.test('what others come between each time is run alone, and others wait for it', async (t) => {
    const { database, done, written } = await crossedWork(t, 1_000)
    await written()
    t.equal(done.runs, 4)
    t.equal(done.seen, '300', 'it saw what was written last')
    await Promise.all(done.others)
    t.same(await database.committed.one(position), { position: '400' }, 'and who waited wrote after it')
  })

  await t.test('who cannot be alone, as one froze in the middle, goes on with the others', async (t) => {
    const { at, database, done, written } = await crossedWork(t, 5)
    const frozen = new pg.Client(at)
    await frozen.connect()
    await frozen.query('BEGIN; LOCK TABLE schema_version IN ROW SHARE MODE')
    await written()
    t.equal(
      done.runs,
      6,
      'the fourth was told at its first question that it has no turn, and the sixth wrote',
    )
    t.same(await database.committed.one(position), { position: '401' })
    await frozen.end()
  })

  await t.test('a key that another wrote first, after two runs that others came between', async (t) => {
    const { at, database } = await opened(t)
    const other = await openPostgresql(at)
    t.after(() => other.close())
    await database.write((transaction) => transaction.run("INSERT INTO filled VALUES ('row', '0', 0)"))
    const key = "INSERT INTO filled VALUES ('key', '', 0)"
    let runs = 0
    const found = await database.write(async (transaction) => {
      runs += 1
      const there = await transaction.one("SELECT done FROM filled WHERE name = 'key'")
      if (there !== undefined) return there
      await other.write((theirs) => (runs < 3 ? theirs.run(move, `${runs}`) : theirs.run(key)), 'rows')
      return transaction.run(runs < 3 ? move : key, ...(runs < 3 ? ['mine'] : []))
    }, 'rows')
    t.same(found, { done: 0 }, 'it is found, and is no fault')
  })

  await t.test(
    'what a peer said may hold what no text of PostgreSQL can: it is written all the same',
    async (t) => {
      const { database } = await opened(t)
      await database.write((transaction) => transaction.run(insert, start, 'a\u0000b'))
      t.same(await database.committed.all(names), [{ name: 'a\ufffdb' }])
    },
  )

  await t.test('a key that stays taken is the work’s own fault', async (t) => {
    const { database } = await opened(t)
    const orders = "INSERT INTO orders (id, kind, facts, asked_at) VALUES ('one', 'reload', '{}', 0)"
    await database.write((transaction) => transaction.run(orders))
    let runs = 0
    const again = database.write((transaction) => {
      runs += 1
      return transaction.run(orders)
    })
    await t.rejects(again, { code: '23505' })
    t.equal(runs, 4, 'the last of them alone')
    await t.rejects(
      database.write((transaction) => transaction.run('SELECT nothing')),
      { code: '42703' },
      'so is a statement that is wrong',
    )
    await t.rejects(
      database.write(async (transaction) => {
        await transaction.run('SELECT nothing').catch(() => undefined)
      }),
      { message: /went on/ },
      'a work that goes on after a fault keeps nothing, and does not believe that it did',
    )
    await t.rejects(
      database.write(async (transaction) => transaction.put('SELECT nothing')),
      { code: '42703' },
      'so is one that nobody waited for',
    )
    await t.rejects(
      database.write(async (transaction) => {
        transaction.put(insert, start, 'put')
        transaction.put('SELECT nothing')
        await transaction.one('SELECT 1')
      }),
      { code: '42703' },
      'and whoever asks next is told of that one, not of what came of it',
    )
    t.same(await database.committed.all(names), [], 'nothing of it is kept')
    t.same(
      await database.write(async (transaction) => {
        transaction.put(insert, start, 'put')
        return transaction.all(names)
      }),
      [{ name: 'put' }],
      'what is asked after it sees it',
    )
    // As where a BEGIN failed, and what went along with it did not.
    await t.rejects(database.committed.one(`${insert} RETURNING seq`, start, 'stray'), {
      cause: { code: '25006' },
    })
    t.same(
      await database.committed.all(names),
      [{ name: 'put' }],
      'outside of a transaction nothing is written',
    )
  })
})
