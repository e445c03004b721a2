// Retention: what is old enough leaves, in pieces that may be killed; nothing that is open, undecided, younger, or named by
// something that stays; what has left is still known; and the file does not grow for ever.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import type { Source } from '../../src/adapters/contract.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { newestRuns } from '../../src/gateway/journal/retention-runs.ts'
import { previewRetention, runRetention } from '../../src/gateway/retention/run.ts'
import { readRetentionSettings, usualRetention } from '../../src/gateway/settings/retention.ts'
import { problem } from '../../src/problem/problem.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { moi, source, systemOf } from './harness.ts'
import { dismiss } from './quarantine-stage.ts'
import { day, keep, opened, year } from './retention-stage.ts'

const onSqlite = (process.env['SARABAN_TEST_JOURNAL'] ?? 'sqlite') === 'sqlite'

const tables = ['envelopes', 'letters', 'notices', 'deliveries', 'attempts', 'handed', 'documents', 'sources']

t.test('a letter leaves with all that belongs to it, and is still known', async (t) => {
  const { clock, database, send, run, count, files, gateway } = await opened(t)
  await send(1, 'scan of 1')
  await send(2)
  t.equal(await count('envelopes'), 4, 'two letters and what was said about them')
  clock.jump(keep.envelopes - day)
  t.equal((await run())?.['letters'], undefined, 'not a day before')
  t.equal(await count('envelopes'), 4)
  clock.jump(2 * day)
  t.match(await previewRetention(database.committed, keep, clock.now()), { letters: 2 })
  t.match(await run(), { letters: 2, attachments: 1 })
  for (const table of tables) t.equal(await count(table), 0, table)
  t.equal(await count('letter_words'), 0)
  t.equal(await count('events', 'message_id IS NOT NULL'), 0)
  t.same(await files(), [])
  t.match(await send(1, 'scan of 1'), { kind: 'known' }, 'offered again it is no new one')
  t.match(await send(1, 'another scan', {}, 'other'), {
    kind: 'quarantined',
    problems: [{ code: 'letter.conflict' }],
  })
  t.match(await send(3), { kind: 'taken' })
  t.same(gateway.failures, [])
  clock.jump(keep.tombstones + day)
  t.match(await run(), { tombstones: 2 })
  t.match(await send(1, 'scan of 1', {}, 'much later'), { kind: 'taken' }, 'for so long, and no longer')
  const runs = await newestRuns(database.committed, 9)
  t.equal(runs.length, 3)
  t.ok(runs.every(({ by, endedAt }) => by === 'test' && endedAt !== null))
  t.equal(await count('events', "name = 'retention.started'"), 3)
  t.equal(await count('events', "name = 'retention.ended'"), 3, 'each run stands in the diary')
})

for (const recipients of [200, 400])
  t.test(`a circular to just ${recipients} leaves whole`, async (t) => {
    const { clock, database, send, run, count, files } = await opened(t)
    await send(1, 'scan of 1')
    const copy = `
INSERT INTO letters (message_id, recipient, sender, number, date, natural_key, content_digest, urgency, secrecy, state,
  receive_number, live, committed_at, changed_at)
SELECT message_id, ?, sender, number, date, ?, content_digest, urgency, secrecy, state, receive_number, live, committed_at, changed_at
FROM letters WHERE recipient = ?`
    await database.write(async (transaction) => {
      for (let other = 1; other < recipients; other += 1)
        await transaction.run(copy, `r${other}`, `k${other}`, moi)
    })
    t.equal(await count('letters'), recipients)
    clock.jump(keep.envelopes + day)
    t.match(await run(), { letters: 1, attachments: 1 })
    for (const table of [...tables, 'letter_words', 'attachment_uses']) t.equal(await count(table), 0, table)
    t.equal(await count('purged_letters'), recipients)
    t.same(await files(), [])
  })

t.test('a clock that is set while it runs makes no bytes old', async (t) => {
  const { clock, desk, send, run, files } = await opened(t)
  await send(1, 'scan of 1')
  clock.jump(keep.envelopes + day)
  await desk.attachments.keep(Buffer.from('scan of 1'), 100)
  let ahead = 5 * day
  const stopped = () => {
    clock.jump(ahead)
    ahead = 0
    return false
  }
  const removed = await run({ stopped })
  t.match(removed, { letters: 1 })
  t.equal(removed?.['attachments'], undefined, 'a letter that names them may be under way')
  t.equal((await files()).length, 1)
  t.match(await run(), { attachments: 1 }, 'the next run believes it')
})

t.test('an envelope that cannot be read keeps all attachments, and the run says so', async (t) => {
  const { clock, database, send, run, count, files } = await opened(t)
  await send(1, 'scan of 1')
  clock.jump(keep.envelopes - day)
  await send(2, 'scan of 2')
  const second = await database.committed.one<{ messageId: string; bytes: Uint8Array }>(
    `SELECT e.message_id AS "messageId", e.bytes FROM envelopes e JOIN letters l ON l.message_id = e.message_id ORDER BY e.message_id DESC`,
  )
  const write = (bytes: Uint8Array): Promise<unknown> =>
    database.write((transaction) =>
      transaction.run('UPDATE envelopes SET bytes = ? WHERE message_id = ?', bytes, second!.messageId),
    )
  await write(Buffer.from('<damaged'))
  clock.jump(2 * day)
  await t.rejects(run(), { name: 'DamagedEnvelope', message: /no attachment leaves/ })
  t.equal((await newestRuns(database.committed, 1))[0]?.endedAt, null, 'it has not ended')
  t.equal(await count('letters'), 1, 'what does not rest on it has left')
  t.equal((await files()).length, 2)
  await write(second!.bytes)
  t.match(await run(), { attachments: 1 })
  t.equal((await files()).length, 1)
})

t.test('what is open, undecided or younger stays, and what it names', async (t) => {
  const { clock, ministry, province, desk, send, run, count, files } = await opened(t)
  ministry.answer = () => ({
    kind: 'refused',
    problem: problem('mail.server.refused', '', undefined, { status: 5, said: 'no' }),
  })
  province.answer = () => ({
    kind: 'refused',
    problem: problem('mail.server.refused', '', undefined, { status: 5, said: 'no' }),
  })
  await send(1, 'of the refused one')
  ministry.answer = () => ({ kind: 'unavailable', said: 'down' })
  await send(2, 'of the one that waits')
  clock.jump(72 * 3_600_000)
  await clock.advance(3_600_000)
  t.equal(await count('deliveries', "state = 'given-up'"), 1)
  ministry.answer = () => ({ kind: 'taken' })
  province.answer = () => ({ kind: 'taken' })
  await send(3, 'of both')
  clock.jump(keep.envelopes)
  await send(4, 'of both')
  clock.jump(day)
  const before = { sources: await count('sources'), envelopes: await count('envelopes') }
  t.match(await run(), { letters: 1 })
  t.equal(await count('letters'), 3, 'refused and undecided, given up, and young')
  t.equal(await count('letters', "state IN ('refused', 'given-up', 'forwarding')"), 2)
  t.equal((await files()).length, 3, 'the scan that a younger letter names too')
  for (const { sha256 } of await desk.database.committed.all<{ sha256: string }>(
    'SELECT sha256 FROM attachment_uses',
  ))
    t.ok(await desk.attachments.sizeOf(sha256))
  t.ok((await count('sources')) < before.sources && (await count('envelopes')) < before.envelopes)
  t.match(await send(3, 'of both'), { kind: 'known' })
})

t.test('what was kept for a letter that is not taken leaves, what its quarantine keeps stays', async (t) => {
  const { clock, province, desk, send, run, files } = await opened(t)
  await send(1, 'scan of 1')
  const [item] = province.items
  if (item?.kind !== 'letter') throw new Error('no letter')
  const kept = async (text: string) => desk.attachments.keep(Buffer.from(text), 70_000)
  const offered = async (
    sender: Source['sender'],
    name: string,
    changes: Partial<typeof item.draft> = {},
  ) => {
    const embedded = { kind: 'bytes', bytes: Buffer.from(`in the document ${name}`) } as const
    const scan = { name: 'a.pdf', mediaType: 'application/pdf', role: 'main', content: embedded } as const
    const beside = new Map([['b.pdf', { kind: 'kept' as const, ...(await kept(`beside ${name}`)) }]])
    const whole = { ...source(name.padEnd(70_000), sender), beside }
    const letter = { ...item, draft: { ...item.draft, ...changes }, attachments: [scan] }
    return take(desk, systemOf(province), whole, async () => [letter])
  }
  const before = await files()
  t.match(await offered('waits', 'one'), [{ kind: 'refused', problems: [{ code: 'letter.conflict' }] }])
  t.match(await offered('waits', 'two', { subject: '' }), [{ kind: 'refused' }])
  t.match(await offered('gone', 'three'), [{ kind: 'quarantined' }])
  t.equal((await files()).length, before.length + 8)
  t.equal((await run())?.['attachments'], undefined, 'within a day its sender may offer it again')
  clock.jump(keep.sources - day)
  t.match(await run(), { attachments: 6 }, 'all that came with what was refused, and the scan of the third')
  const staying = [await kept('three'.padEnd(70_000)), await kept('beside three')]
  t.same(await files(), [...before, ...staying.map(({ sha256 }) => sha256)].sort())
})

t.test('killed at any write, and run again: the same in the end', async (t) => {
  const { clock, database, send, parts, run, count, files } = await opened(t)
  for (let number = 1; number <= 3; number += 1) await send(number, `scan ${number}`)
  clock.jump(keep.envelopes + day)
  let [kills, writes] = [0, 0]
  for (let at = 1; ; at += 1) {
    let left = at
    const dying: Database = {
      ...{ committed: database.committed, unsafe: () => database.unsafe(), close: () => database.close() },
      write: (work) => {
        left -= 1
        writes += 1
        if (left === 0) return Promise.reject(new Error('killed'))
        return database.write(work)
      },
    }
    const ended = await runRetention({ ...parts(), database: dying }, 'test', async () => true).catch(
      () => 'killed',
    )
    if (ended !== 'killed') break
    kills += 1
    for (const { id } of await database.committed.all<{ id: string }>(
      'SELECT l.message_id AS id FROM letters l LEFT JOIN envelopes e ON e.message_id = l.message_id WHERE e.message_id IS NULL',
    ))
      t.fail(`the letter ${id} has no envelope`)
    t.equal((await count('letters')) + (await count('purged_letters')), 3, 'each letter stands somewhere')
  }
  t.ok(kills > 5 && writes > 20, `${kills} kills`)
  for (const table of tables) t.equal(await count(table), 0, table)
  t.same(await files(), [])
  const counted = (await newestRuns(database.committed, 1_000)).map(({ counts }) => counts['letters'] ?? 0)
  t.equal(
    counted.reduce((sum, each) => sum + each, 0),
    3,
    'counted once, over all that were killed',
  )
  t.same(await run(), {}, 'nothing is left to do')
})

t.test('bytes leave sooner than envelopes, those of secret letters sooner still', async (t) => {
  const { clock, database, send, run, count, desk, province } = await opened(t)
  const sooner = mustBe(readRetentionSettings({ secretSources: '30d' })).keep
  await send(1)
  await send(2, undefined, { secrecy: 'secret' })
  clock.jump(31 * day)
  t.match(await previewRetention(database.committed, sooner, clock.now()), { sources: 1 })
  t.match(await run({ keep: sooner }), { sources: 1 })
  t.equal(await count('sources', 'bytes IS NULL'), 1)
  t.match(await send(2, undefined, { secrecy: 'secret' }), { kind: 'known' })
  // A faulty source waits for a person: its bytes are needed, however long that takes.
  const fault = problem('mail.server.refused', '', undefined, { status: 5, said: 'x' })
  province.items = [{ kind: 'fault', position: 'document', problems: [fault] }]
  await take(desk, systemOf(province), source('faulty'), (each) => province.read(each))
  clock.jump(2 * year)
  t.equal(await count('attempts', 'answer IS NOT NULL'), 2)
  t.match(await run(), { sources: 2, handed: 6, documents: 6, answers: 2 })
  t.equal(await count('attempts'), 4)
  t.equal(await count('documents'), 0)
  t.equal(await count('sources', 'bytes IS NOT NULL'), 1, 'what waits in quarantine')
  t.equal(await count('quarantine'), 1)
  const row = await database.committed.one<{ id: string }>('SELECT id FROM quarantine')
  t.ok(await dismiss({ database, clock }, row?.id ?? ''))
  clock.jump(2 * year + day)
  t.match(await run(), { quarantine: 1, sources: 1 })
  t.equal(await count('quarantine'), 0)
  t.equal(await count('sources'), 2, 'those of letters that are kept')
  t.equal(await count('envelopes'), 4, 'and nothing of a letter')
})

t.test('documents leave beside any number of old records that stay, but for what those name', async (t) => {
  const { clock, database, send, run, count } = await opened(t)
  await send(1)
  await send(2)
  const handed = await database.committed.all<{ id: string; sha256: string }>(
    `SELECT h.delivery_id AS id, h.sha256 FROM handed h JOIN deliveries d ON d.id = h.delivery_id WHERE d.office = ? ORDER BY h.at`,
    moi,
  )
  const [refused, other] = [handed[0]!, handed.at(-1)!]
  const staying = handed.filter(({ id }) => id === refused.id).map(({ sha256 }) => sha256)
  const files = JSON.stringify([{ name: 'a', mediaType: 'text/plain', size: 1, sha256: other.sha256 }])
  await database.write(async (transaction) => {
    await transaction.run(`UPDATE deliveries SET state = 'refused' WHERE id = ?`, refused.id)
    await transaction.run(
      `INSERT INTO handed (delivery_id, attempt, digest, sha256, media_type, extension, files, at)
WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
SELECT h.delivery_id, n.i, 'd' || n.i, h.sha256, h.media_type, h.extension,
  CASE WHEN n.i = 12000 THEN ? WHEN n.i > 9000 THEN '[{"sha256":"x"}]' ELSE '[]' END, h.at
FROM n CROSS JOIN handed h WHERE h.delivery_id = ? AND h.sha256 = ?`,
      ...[files, refused.id, refused.sha256],
    )
  })
  const documents = await count('documents')
  clock.jump(keep.handed + 2 * day)
  t.match(await run(), { documents: documents - staying.length - 1 })
  t.same(
    (await database.committed.all<{ sha256: string }>('SELECT sha256 FROM documents ORDER BY sha256')).map(
      ({ sha256 }) => sha256,
    ),
    [...staying, other.sha256].sort(),
  )
  await database.write((transaction) =>
    transaction.run(`UPDATE handed SET files = '[]' WHERE attempt > 9000`),
  )
  t.match(await run(), { documents: 1 })
})

t.test('of emptied sources a piece looks at so many, whether they go or stay', async (t) => {
  const { clock, database, run, count } = await opened(t, true)
  const insert = `INSERT INTO sources (id, system, document, name, sha256, size, bytes, received_at, beside, purged_at)
    VALUES (?, 'csv-50', 'letter', 'x', ?, 1, NULL, ?, '', ?)`
  const place = `INSERT INTO quarantine (id, source_id, position, problems, at) VALUES (?, ?, 'letter', '[]', ?)`
  await database.write(async (transaction) => {
    for (let number = 0; number < 450; number += 1) {
      const id = `s${String(number).padStart(3, '0')}`
      // Several of one instant, over the end of a piece.
      const at = clock.now() + Math.floor(number / 7)
      await transaction.run(insert, id, id, at, at)
      if (number % 9 !== 4) await transaction.run(place, id, id, at)
    }
  })
  clock.jump(3 * year)
  const { pieces, counting } = countPieces(database, 'mayGo')
  t.match(await run({ database: counting }), { emptied: 50 })
  t.same(pieces, [200, 200, 50])
  t.equal(await count('sources'), 400)
})

/** How many rows each answer to the queries had that have a word in them. */
function countPieces(database: Database, word: string) {
  const pieces: number[] = []
  const counting: Database = {
    ...{ committed: database.committed, unsafe: () => database.unsafe(), close: () => database.close() },
    write: (work, by) =>
      database.write((transaction) => {
        const all: typeof transaction.all = async <Row>(
          statement: string,
          ...parameters: readonly (string | number | null | Uint8Array)[]
        ) => {
          const rows = await transaction.all<Row>(statement, ...parameters)
          if (statement.includes(word)) pieces.push(rows.length)
          return rows
        }
        return work({
          all,
          one: (statement, ...parameters) => transaction.one(statement, ...parameters),
          run: (statement, ...parameters) => transaction.run(statement, ...parameters),
          put: (statement, ...parameters) => transaction.put(statement, ...parameters),
        })
      }, by),
  }
  return { pieces, counting }
}

// On PostgreSQL it is the server's autovacuum that sees to it.
if (onSqlite)
  t.test('filled and purged again and again, the file stays as it is', async (t) => {
    const { folder, clock, database, send, run } = await opened(t)
    const sizes: number[] = []
    for (let cycle = 0; cycle < 6; cycle += 1) {
      for (let number = 0; number < 12; number += 1)
        await send(cycle * 100 + number, undefined, { subject: 'ก'.repeat(250) })
      clock.jump(keep.envelopes + keep.tombstones + 2 * day)
      await run()
      const pages = await database.committed.one<{ page_count: number }>('PRAGMA page_count')
      sizes.push(Number(pages?.page_count))
    }
    const [, second = 0] = sizes
    t.ok(
      sizes.slice(2).every((pages) => pages <= second * 1.1),
      `pages after each cycle: ${sizes}`,
    )
    t.ok(statSync(join(folder, 'journal.sqlite')).size > 0)
  })

t.test('the settings', (t) => {
  const wrong = readRetentionSettings({
    envelopes: '100d',
    sources: '200d',
    events: '1h',
    secretSources: '250d',
  })
  t.same(wrong.ok ? [] : wrong.problems.map(({ path }) => path).toSorted(), [
    'retention.answers',
    'retention.events',
    'retention.handed',
    'retention.quarantine',
    'retention.secretSources',
    'retention.secretSources',
    'retention.sources',
  ])
  t.match(readRetentionSettings({ automatic: 'yes' }), { problems: [{ path: 'retention.automatic' }] })
  const [, example = ''] =
    /```yaml retention\n([\s\S]*?)```/.exec(readFileSync('docs/settings.md', 'utf8')) ?? []
  t.same(mustBe(readRetentionSettings(parse(example))), usualRetention(), 'what the page says is usual')
  t.match(usualRetention(), { automatic: true, keep: { envelopes: 3653 * day, secretSources: 730 * day } })
  t.end()
})
