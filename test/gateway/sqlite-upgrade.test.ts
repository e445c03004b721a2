// A journal on SQLite that an older version wrote, opened by this one, which is asked to end meanwhile.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import { migrationSql, schemaVersion } from '../../src/gateway/journal/migrations.ts'
import { journalIn, openJournal } from '../../src/gateway/journal/place.ts'
import type { Upgrade } from '../../src/gateway/journal/upgrade.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { chiangMai, scratch, soon } from './harness.ts'
import { jsonProfile, makeInstallation } from './installation.ts'

/** A journal in `folder` as version `version` wrote it, and what writes beside it. */
function old(t: Test, folder: string, version: number): Sqlite.Database {
  const journal = new Sqlite(join(folder, 'journal.sqlite'))
  t.after(() => journal.close())
  journal.pragma('journal_mode = WAL')
  for (let step = 0; step < version; step += 1) journal.exec(migrationSql(step, 'sqlite'))
  journal.pragma(`user_version = ${version}`)
  return journal
}

const versionOf = (journal: Sqlite.Database): unknown => journal.pragma('user_version', { simple: true })

function told(ended?: AbortSignal) {
  const words: unknown[] = []
  const upgrade: Upgrade = {
    begins: (...versions) => void words.push(['begins', ...versions]),
    brokenOff: (...versions) => void words.push(['broken off', ...versions]),
    ended,
  }
  return { words, upgrade }
}

const letters = 200_000
/** Before the step that makes nine indices of the letters. */
const beforeLists = 6

t.test(
  'a start that is asked to end in the middle of a step ends, and the next one goes on from there',
  async (t) => {
    const folder = scratch(t)
    const journal = old(t, folder, beforeLists - 1)
    journal.exec(`
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${letters})
INSERT INTO envelopes (message_id, content, sender, digest, bytes, committed_at) SELECT 'm' || i, 'letter', '50', '', x'00', i FROM n;
INSERT INTO letters (message_id, recipient, sender, number, date, natural_key, content_digest, urgency, secrecy, state, live,
  committed_at, changed_at) SELECT message_id, '57', '50', message_id, '2026-11-23', message_id, '', 'ordinary', 'ordinary', 'sealed', 1,
  committed_at, 0 FROM envelopes`)
    journal.pragma('wal_checkpoint(TRUNCATE)')
    const asked = new AbortController()
    const { words, upgrade } = told(asked.signal)
    const opening = openJournal(journalIn(folder), undefined, upgrade)
    await soon(
      () => versionOf(journal) === beforeLists && statSync(join(folder, 'journal.sqlite-wal')).size > 4e6,
    )
    asked.abort()
    await t.rejects(opening, { name: 'AbortError' })
    t.same(words, [
      ['begins', beforeLists - 1, schemaVersion],
      ['broken off', beforeLists, schemaVersion],
    ])
    t.equal(versionOf(journal), beforeLists, 'nothing of the step is kept')
    t.equal(journal.pragma('integrity_check', { simple: true }), 'ok')

    const next = told()
    const database = mustBe(await openJournal(journalIn(folder), undefined, next.upgrade))
    t.teardown(() => database.close())
    t.same(next.words, [['begins', beforeLists, schemaVersion]])
    t.equal(versionOf(journal), schemaVersion)
    t.same(await database.committed.one('SELECT COUNT(*) AS count FROM letters'), { count: letters })
  },
)

t.test('a journal that is new, or up to date, is opened without a word', async (t) => {
  const folder = scratch(t)
  for (const what of ['new', 'up to date']) {
    const { words, upgrade } = told()
    await mustBe(await openJournal(journalIn(folder), undefined, upgrade)).close()
    t.same(words, [], what)
  }
})

t.test('a gateway that brings its journal up to date ends when it is asked to, and says so', async (t) => {
  const folder = scratch(t)
  const { settings } = await makeInstallation(folder, [chiangMai], { 'json-50.yaml': jsonProfile('50') })
  const { data, trust, profiles } = settings
  mkdirSync(data, { recursive: true })
  const version = schemaVersion - 1
  const journal = old(t, data, version)
  // As long as this is open the step does not end.
  journal.exec('BEGIN IMMEDIATE')
  const file = join(folder, 'saraban.yaml')
  writeFileSync(
    file,
    JSON.stringify({ data, trust, profiles, listen: { http: { host: '127.0.0.1', port: 0 } } }),
  )
  const program = join(import.meta.dirname, '../../src/cli/saraban.ts')
  const gateway = spawn(process.execPath, ['--import', 'tsx', program, 'start', '--settings', file])
  t.teardown(() => gateway.kill('SIGKILL'))
  let complained = ''
  gateway.stderr.on('data', (chunk: Buffer) => {
    complained += chunk.toString('utf8')
  })
  const closed = once(gateway, 'close')
  const lines: unknown[] = []
  for await (const line of createInterface(gateway.stdout)) {
    lines.push(JSON.parse(line))
    gateway.kill('SIGTERM')
  }
  t.same(await closed, [0, null], complained)
  t.match(lines, [
    { msg: 'journal.migrating', from: version, to: schemaVersion },
    { msg: 'journal.interrupted', at: version, to: schemaVersion },
  ])
  t.equal(lines.length, 2)
})
