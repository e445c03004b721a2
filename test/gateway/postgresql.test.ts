// The journal on PostgreSQL, on its good and bad days. The suite of the gateway runs over it too: `npm run test:scaled`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import t, { type Test } from 'tap'
import { run } from '../../src/cli/program.ts'
import { SettingsError } from '../../src/gateway/installation/systems.ts'
import { type Database, JournalUnavailable } from '../../src/gateway/journal/database.ts'
import { deliverySql } from '../../src/gateway/journal/deliveries.ts'
import { letterSql } from '../../src/gateway/journal/letters.ts'
import { migrationSql, schemaVersion } from '../../src/gateway/journal/migrations.ts'
import { openJournal, unfitBecause, unusable } from '../../src/gateway/journal/place.ts'
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import { isConnectionBroken, type PostgresqlAt } from '../../src/gateway/journal/postgresql-connection.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { postgresqlServer } from '../../src/sandbox/servers/postgresql.ts'
import { proxyTo } from '../../src/sandbox/servers/proxy.ts'
import { chiangMai, moi, scratch, soon, start, until } from './harness.ts'
import {
  bearer,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
} from './installation.ts'

const insert = "INSERT INTO events (at, name, facts) VALUES (?, ?, '{}')"
const names = 'SELECT name FROM events ORDER BY seq'
const count = 'SELECT COUNT(*) AS count FROM events'

async function saraban(words: readonly string[], environment: Readonly<Record<string, string>>) {
  let [out, err] = ['', '']
  const code = await run([...words], {
    write: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
    environment,
    clock: systemClock,
    random: systemRandom,
    untilEnded: async () => undefined,
  })
  return { code, out, err }
}

t.test('the journal on PostgreSQL', { timeout: 600_000 }, async (t) => {
  const server = await postgresqlServer(process.env, { durable: true })
  if ('missing' in server) {
    if (process.env['CI'] === 'true') t.fail(server.missing)
    else t.pass(server.missing, { skip: server.missing })
    return
  }
  t.teardown(() => server.stop())
  let made = 0
  const fresh = async (encoding?: 'UTF8' | 'SQL_ASCII') => {
    const database = await server.database(`j${++made}`, encoding)
    await database.ask(`GRANT CREATE ON SCHEMA public TO ${database.user}`)
    const { host, port, user, password } = database
    const at: PostgresqlAt = { host, port, user, password, database: database.database }
    return { at, ask: database.ask }
  }
  const opened = async (t: Test) => {
    const { at, ask } = await fresh()
    const database = await openPostgresql(at)
    t.after(() => database.close())
    return { at, ask, database }
  }

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

  /** What `database` is asked at this moment: ended with its connection, or by itself as when its time has run out. */
  const meet = (ask: (sql: string, values?: readonly unknown[]) => Promise<unknown[]>, words: string) => {
    const which = `FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE $1`
    const every = (act: string) => async () =>
      (await ask(`SELECT ${act}(pid) ${which}`, [`%${words}%`])).length > 0
    return {
      cut: () => soon(every('pg_terminate_backend')),
      outOfTime: () => soon(every('pg_cancel_backend')),
    }
  }

  await t.test(
    'a read is asked again where its connection broke, and not where its time ran out',
    async (t) => {
      const { ask, database } = await opened(t)
      const read = (seconds: number) =>
        database.committed.one(`SELECT pg_backend_pid() AS pid, pg_sleep(${seconds})`)
      const asking = async () =>
        (
          await ask(
            "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep%'",
          )
        ).map(({ pid }) => Number(pid))
      const { cut, outOfTime } = meet(ask, 'pg_sleep')
      const late = t.rejects(read(25), { name: 'JournalUnavailable', cause: { code: '57014' } })
      await outOfTime()
      await late
      t.same(await asking(), [], 'not asked again')
      const again = read(10)
      await soon(async () => (await asking()).length > 0)
      const [first] = await asking()
      await cut()
      const answer = (await again) as { pid: number }
      t.ok(first !== undefined && answer.pid !== first, 'asked by another connection')
      for (const [said, broken] of [
        ['Connection terminated unexpectedly', true],
        ['Client has encountered a connection error and is not queryable', true],
        ['Query read timeout', false],
        ['timeout expired', false],
      ] as const)
        t.equal(isConnectionBroken(new JournalUnavailable('x', { cause: new Error(said) })), broken, said)
    },
  )

  await t.test('a commit whose time runs out, or whose answer is lost, is never run again', async (t) => {
    const { at, ask, database } = await opened(t)
    await ask(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.name = 'slow') EXECUTE FUNCTION slow()`)
    let runs = 0
    const writeOn = (journal: Database, name: string) => {
      runs = 0
      return journal.write((transaction) => {
        runs += 1
        return transaction.run(insert, start, name)
      })
    }
    const late = t.rejects(writeOn(database, 'slow'), {
      name: 'JournalUnavailable',
      cause: { code: '57014' },
    })
    await meet(ask, 'COMMIT').outOfTime()
    await late
    t.same([runs, await database.committed.all(names)], [1, []], 'the server kept nothing of it')

    const wire = await proxyTo(at.host, at.port)
    t.after(() => wire.stop())
    const behind = await openPostgresql({ ...at, host: '127.0.0.1', port: wire.port })
    t.after(() => behind.close())
    wire.cut({ when: 'answered', words: 'COMMIT' })
    await t.rejects(writeOn(behind, 'kept'), JournalUnavailable, 'nobody can say whether it was kept')
    t.equal(runs, 1)
    await soon(async () => (await database.committed.all(names)).length > 0)
    t.same(await behind.committed.all(names), [{ name: 'kept' }], 'it was, once')
  })

  if (server.crash !== undefined) {
    const crash = server.crash
    await t.test('the server dies: nothing is promised, and the journal goes on with it', async (t) => {
      const { database } = await opened(t)
      await database.write((transaction) => transaction.run(insert, start, 'before'))
      let reached: () => void = () => undefined
      const within = new Promise<void>((resolve) => (reached = resolve))
      const cut = database.write(async (transaction) => {
        await transaction.run(insert, start, 'cut')
        reached()
        await transaction.one('SELECT pg_sleep(20)')
      })
      const rejected = t.rejects(cut, JournalUnavailable)
      await within
      await crash()
      await rejected
      await until(
        () =>
          database
            .write((transaction) => transaction.run(insert, start, 'after'))
            .then(
              () => true,
              () => false,
            ),
        'written again',
      )
      t.same(await database.committed.all(names), [{ name: 'before' }, { name: 'after' }])
    })
  }

  await t.test('a server that cannot keep the promise is refused', async (t) => {
    const ascii = await fresh('SQL_ASCII')
    await t.rejects(openPostgresql(ascii.at), { message: /server_encoding is SQL_ASCII and must be UTF8/ })
    const hasty = await fresh()
    await hasty.ask(`ALTER ROLE ${hasty.at.user} SET synchronous_commit = off`)
    await t.rejects(openPostgresql(hasty.at), { message: /synchronous_commit is off and must be on/ })
    await hasty.ask(`ALTER ROLE ${hasty.at.user} SET synchronous_commit = remote_apply`)
    const careful = await openPostgresql(hasty.at)
    t.equal(await careful.unsafe(), undefined)
    await hasty.ask(`ALTER ROLE ${hasty.at.user} SET synchronous_commit = off`)
    t.equal(await careful.unsafe(), 'synchronous_commit is off and must be on', 'told while it is open')
    await careful.close()
    const lax = await postgresqlServer({ ...process.env, SARABAN_TEST_POSTGRES_URL: undefined })
    if (!('missing' in lax)) {
      t.teardown(() => lax.stop())
      const { host, port, user, password, database } = await lax.database('lax')
      const place = { kind: 'postgresql', at: { host, port, user, password, database } } as const
      const refused = await openJournal(place)
      t.match(refused, {
        ok: false,
        problems: [{ code: 'settings.journal.unusable', details: { reason: 'fsync is off and must be on' } }],
      })
      t.notMatch(JSON.stringify(refused), password, 'no password is shown')
    }
    const { at } = await fresh()
    await t.rejects(openPostgresql({ ...at, password: 'wrong' }), { code: '28P01' })
  })

  await t.test('the schema: made once by whoever is first, brought up to date, never back', async (t) => {
    const { at, ask } = await fresh()
    const both = await Promise.all([openPostgresql(at), openPostgresql(at)])
    for (const database of both) await database.close()
    t.equal(await unfitBecause({ kind: 'postgresql', at }), undefined)
    await ask('INSERT INTO schema_version (version) VALUES (999)')
    await t.rejects(openPostgresql(at), { message: /schema version 999/ })
    t.equal(await unfitBecause({ kind: 'postgresql', at }), 'other-version')

    for (let version = 1; version < schemaVersion; version += 1) {
      const old = await fresh()
      await old.ask(`GRANT ALL ON SCHEMA public TO ${old.at.user}; SET ROLE ${old.at.user};
${Array.from({ length: version }, (_, step) => migrationSql(step, 'postgresql')).join('\n')}
CREATE TABLE schema_version (version INTEGER PRIMARY KEY); INSERT INTO schema_version (version) VALUES (${version});
INSERT INTO sources VALUES ('s1', 'csv-50', 'letter', 'a.csv', '00', 1, NULL, ${start});
INSERT INTO quarantine (id, source_id, position, problems, at${version < 3 ? '' : ', office'})
  VALUES ('q1', 's1', 'row 3', '[]', ${start}${version < 3 ? '' : ", '50'"});
INSERT INTO events (at, name, office, source_id, facts) VALUES (${start}, 'source.kept', '50', 's1', '{}')`)
      const database = await openPostgresql(old.at)
      t.after(() => database.close())
      t.match(
        await database.committed.all('SELECT id, office, state, doubted FROM quarantine'),
        [{ id: 'q1', office: '50', state: 'waiting', doubted: 0 }],
        `from version ${version}`,
      )
    }
    t.match(readFileSync(new URL('schema.golden.sql', import.meta.url), 'utf8'), /CREATE TABLE letters/)
  })

  await t.test('hot queries use an index', async (t) => {
    const { database } = await opened(t)
    const hot = { ...deliverySql, ...letterSql }
    for (const name of [
      ...(['due', 'toBring', 'toSettle', 'behind', 'head', 'byNaturalKey', 'received', 'sent'] as const),
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

  await t.test('a gateway that the others gave up ends so that its supervisor starts it again', async (t) => {
    const { at, ask } = await fresh()
    const { password = '', host, port, user, database } = at
    const folder = scratch(t)
    const { settings } = await makeInstallation(folder, [chiangMai, moi], {
      'json-50.yaml': jsonProfile('50'),
    })
    const { data, trust, profiles } = settings
    const url = `postgresql://${user}@${host}:${port}/${database}`
    const listen = { http: { host: '127.0.0.1', port: 0 } }
    const file = join(folder, 'saraban.yaml')
    const said = {
      data,
      trust,
      profiles,
      listen,
      log: 'info',
      journal: { url, password: { env: 'JOURNAL' } },
    }
    writeFileSync(file, JSON.stringify(said))
    const program = join(import.meta.dirname, '../../src/cli/saraban.ts')
    const gateway = spawn(process.execPath, ['--import', 'tsx', program, 'start', '--settings', file], {
      env: { ...process.env, JOURNAL: password },
    })
    t.teardown(() => gateway.kill('SIGKILL'))
    let told = ''
    gateway.stderr.on('data', (chunk: Buffer) => {
      told += chunk.toString('utf8')
    })
    const closed = once(gateway, 'close')
    for await (const line of createInterface(gateway.stdout))
      if (line.includes('gateway.started')) await ask('DELETE FROM beats')
    t.same((await closed)[0], 75, told)
    t.match(told, /gave it up.*\[gateway\.superseded\]/)
  })

  await t.test('several addresses of one name that refuse are told by their code', (t) => {
    const refused = Object.assign(new AggregateError([new Error('one'), new Error('other')]), {
      code: 'ECONNREFUSED',
    })
    refused.message = ''
    const place = {
      kind: 'postgresql',
      at: { host: 'localhost', port: 1, database: 'j', user: 'u' },
    } as const
    t.match(unusable(place, refused), { details: { reason: 'ECONNREFUSED' } })
    t.end()
  })

  await t.test(
    'an installation whose journal is there: a letter, a second gateway, and an operator',
    async (t) => {
      const { at } = await fresh()
      const { password = '', ...address } = at
      const folder = scratch(t)
      const made = await makeInstallation(folder, [chiangMai, moi], {
        'json-50.yaml': jsonProfile('50'),
        'moi.yaml': inboxProfile(),
      })
      const journal = { at: address, secrets: { password: { env: 'JOURNAL' } } }
      const settings = { ...made.settings, journal }
      const environment = { JOURNAL: password }
      const gateway = await made.start({ settings, environment })
      t.teardown(() => gateway.stop())
      const sent = await post(
        `${gateway.http}/v1/systems/50/letters`,
        jsonLetter('50', 1),
        bearer(keyOf('50')),
      )
      t.equal(sent.status, 201)
      t.notOk(existsSync(join(settings.data, 'journal.sqlite')), 'nothing is kept beside it')

      const second = { ...settings, data: join(folder, 'second') }
      const faults = (environment: Record<string, string>) =>
        made.start({ settings: second, environment }).then(
          () => [],
          (error: unknown) => (error instanceof SettingsError ? error.problems : [error]),
        )
      t.match(await faults(environment), [{ code: 'settings.journal.in-use' }])
      t.match(await faults({ JOURNAL: '' }), [
        { code: 'adapter.profile.reference-unresolved', path: 'journal.password' },
      ])

      const file = join(folder, 'saraban.yaml')
      const { user, host, port, database } = at
      const { data, trust, profiles, listen } = settings
      const url = `postgresql://${user}@${host}:${port}/${database}`
      const said = { data, trust, profiles, listen, journal: { url, password: { env: 'JOURNAL' } } }
      writeFileSync(file, JSON.stringify(said))
      const listed = await saraban(['messages', 'list', '--settings', file], environment)
      t.equal(listed.code, 0, listed.err)
      t.match(listed.out, 'ชม 0017.1/1')
      const refused = await saraban(['messages', 'list', '--settings', file], { JOURNAL: 'wrong' })
      t.equal(refused.code, 2)
      t.match(refused.err.replace(/\s+/g, ' '), /cannot be used: password authentication failed/)
      await gateway.stop()
      const again = await made.start({ settings: second, environment })
      await again.stop()
    },
  )
})
