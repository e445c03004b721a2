// Which PostgreSQL a journal may be kept on, its schema, and gateways whose journal is there.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { run } from '../../src/cli/program.ts'
import { SettingsError } from '../../src/gateway/installation/systems.ts'
import { migrationSql, schemaVersion } from '../../src/gateway/journal/migrations.ts'
import { openJournal, unfitBecause, unusable } from '../../src/gateway/journal/place.ts'
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { postgresqlServer } from '../../src/sandbox/servers/postgresql.ts'
import { chiangMai, moi, scratch, start } from './harness.ts'
import {
  bearer,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
} from './installation.ts'
import { postgresqlStage } from './postgresql-stage.ts'

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

t.test('an installation on PostgreSQL', { timeout: 600_000 }, async (t) => {
  const stage = await postgresqlStage(t)
  if (stage === undefined) return
  const { fresh } = stage

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
