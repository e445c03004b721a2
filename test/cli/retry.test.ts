// `saraban messages retry`: many by a query, and at once what waits.
import t from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import { resendMany } from '../../src/gateway/delivery/resend-many.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import { chiangMai, makeTrust, moi, until } from '../gateway/harness.ts'
import { open as openWith } from './operator.ts'

const trust = await makeTrust([chiangMai, moi])
const by = ['--by', 'สมชาย', '--why', 'the register is mended']
const refusal: Outcome = {
  kind: 'refused',
  problem: problem('adapter.field.code-unknown', 'kind', 'ด่วน', { expected: 'ภายนอก' }),
}

async function openWithRefused(t: Parameters<typeof openWith>[0], count: number) {
  const opened = await openWith(t, trust)
  opened.ministry.answer = () => refusal
  const ids: MessageId[] = []
  for (let number = 0; number < count; number += 1) ids.push(await opened.send())
  const { committed } = opened.gateway.desk.database
  const refused = async (): Promise<number> =>
    (await committed.all("SELECT 1 FROM deliveries WHERE state = 'refused'")).length
  await until(async () => (await refused()) === count, 'all refused')
  opened.ministry.answer = () => ({ kind: 'taken' })
  return { ...opened, ids, refused }
}

t.test('many by a query: shown first, done with --yes, each with who and why', async (t) => {
  const { saraban, refused, ids, gateway, clock, ministry } = await openWithRefused(t, 3)
  const shown = await saraban('retry', '--state', 'refused', ...by)
  t.equal(shown.code, 0, shown.err)
  t.equal(
    shown.out,
    '3 to be brought again, of 3 letters:\n        3  the letter to moi: refused\nnothing was done: --yes does it\n',
  )
  t.equal(await refused(), 3, 'nothing was done')
  const none = await saraban('retry', '--to', '50', ...by, '--yes')
  t.equal(none.code, 1)
  t.match(none.err, 'cli.retry.none')
  const one = await saraban('retry', '--number', 'ชม ๐๐๑๗.๑/๒', ...by, '--yes', '--json')
  t.match(JSON.parse(one.out), { deliveries: 1, letters: 1, resent: 1 })
  t.equal(await refused(), 2)
  const rest = await saraban(
    'retry',
    '--from',
    '50',
    '--since',
    '2026-11-23',
    '--until',
    '2026-11-23',
    ...by,
    '--yes',
  )
  t.match(rest.out, /\n2 wait to be brought again; the running gateway finds it within 15 seconds\n$/)
  const events = await gateway.desk.database.committed.all<{ messageId: string; facts: string }>(
    `SELECT message_id AS "messageId", facts FROM events WHERE name = 'delivery.resent' ORDER BY seq`,
  )
  t.same(events.map(({ messageId }) => messageId).sort(), [...ids].sort())
  for (const { facts } of events) t.match(JSON.parse(facts), { by: 'สมชาย', why: 'the register is mended' })
  await clock.advance(15_000)
  t.same(
    ministry.brought
      .slice(-3)
      .map(({ envelope }) => envelope.messageId)
      .sort(),
    [...ids].sort(),
    'each once more, under its own id',
  )
})

t.test('a query that chooses nothing, too much, or what cannot be', async (t) => {
  const { saraban, ids } = await openWithRefused(t, 1)
  for (const words of [[], ['--waiting'], [ids[0]!, '--all'], [ids[0]!, '--waiting']]) {
    const said = await saraban('retry', ...words, ...by)
    t.equal(said.code, 2, words.join(' '))
    t.match(said.err, /an ID, with --office or without/)
  }
  const wrong = await saraban('retry', '--state', 'lost', '--since', 'yesterday', '--from', '99', ...by)
  t.equal(wrong.code, 2)
  t.equal(wrong.err.match(/^error: /gm)?.length, 3, wrong.err)
  t.match((await saraban('retry', '--since', '2026-11-24', '--all', ...by)).err, 'cli.retry.none')
  t.match((await saraban('retry', '--until', '2026-11-22', ...by)).err, 'cli.retry.none')
})

t.test('secret letters stay out, unless they are asked for', async (t) => {
  const opened = await openWithRefused(t, 1)
  opened.ministry.answer = () => refusal
  await opened.send({ secrecy: 'secret' })
  await until(async () => (await opened.refused()) === 2, 'refused')
  t.match((await opened.saraban('retry', '--all', ...by)).out, /^1 to be brought again, of 1 letter:/)
  t.match((await opened.saraban('retry', '--all', '--secret', ...by)).out, /^2 to be brought again/)
})

t.test('at once what waits: one letter by its id, many with --waiting', async (t) => {
  const { saraban, send, ministry, clock, gateway } = await openWith(t, trust)
  ministry.answer = () => ({ kind: 'unavailable', said: 'away' })
  const ids = [await send(), await send()]
  await clock.advance(10 * 60_000)
  t.match((await saraban('retry', '--all', ...by)).err, 'cli.retry.none', 'waiting is no failure')
  const shown = await saraban('retry', '--office', 'moi', '--waiting', ...by)
  t.match(shown.out, /^2 to be brought again, of 2 letters:\n {8}2 {2}the letter to moi: due\n/)
  const one = await saraban('retry', ids[0]!, ...by)
  t.match(one.out, /^the letter to moi: is brought at once\n/)
  ministry.answer = () => ({ kind: 'taken' })
  const done = await saraban('retry', '--office', 'moi', '--waiting', '--yes', ...by)
  t.match(done.out, /wait to be brought again; the running/)
  const open = async () =>
    (await gateway.desk.database.committed.all("SELECT 1 FROM deliveries WHERE office = 'moi' AND open = 1"))
      .length
  await clock.advance(16_000)
  await until(async () => (await open()) === 0, 'both are there')
})

t.test('in steps of 50: broken off, the same order goes on with the others', async (t) => {
  const { gateway, refused, clock } = await openWithRefused(t, 120)
  const { database } = gateway.desk
  let writes = 0
  const breaks: Database = {
    ...database,
    committed: database.committed,
    close: () => database.close(),
    write: (work) => {
      writes += 1
      return writes === 3 ? Promise.reject(new Error('killed')) : database.write(work)
    },
  }
  const order = { filter: { secret: false }, by: 'somchai', why: 'test' }
  const told: number[] = []
  await t.rejects(
    resendMany(
      breaks,
      order,
      () => clock.now(),
      (count) => void told.push(count),
    ),
    { message: 'killed' },
  )
  t.same(told, [50, 100])
  t.equal(await refused(), 20)
  t.equal(await resendMany(database, order, () => clock.now()), 20)
  t.equal(await resendMany(database, order, () => clock.now()), 0, 'and once is enough')
})
