// `saraban messages retry` of one letter that is stuck: beside the running gateway, under its own id, with who and why.
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import t from 'tap'
import { schemaVersion } from '../../src/gateway/journal/migrations.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { letterItem, plainLetter, rest, until } from '../gateway/harness.ts'
import { isEmbedded } from '../gateway/journal-engine.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { by, isStuck, open, refusedNumber, second, unknownKind } from './stuck-stage.ts'

const hour = 3_600_000

t.test('retry: beside the running gateway, under the same id, with who and why', async (t) => {
  const opened = await open(t)
  const { ministry, send, saraban, clock } = opened
  ministry.answer = () => unknownKind
  const id = await send()
  await isStuck(opened, 'the letter to moi: refused')
  ministry.answer = () => ({ kind: 'taken' })
  const said = await saraban('retry', id, ...by)
  t.equal(said.code, 0, said.err)
  t.match(
    said.out,
    /^the letter to moi: waits to be brought again\nthe running gateway finds it within 15 seconds/,
  )
  await clock.advance(15 * second)
  await until(async () => (await saraban('list')).out.includes(' delivered '), 'brought again')
  t.equal(ministry.brought.length, 2)
  t.equal(ministry.brought[1]!.envelope.messageId, id)
  t.same(ministry.brought[1]!.sealed, ministry.brought[0]!.sealed, 'the same bytes')
  t.equal(ministry.brought[1]!.id, ministry.brought[0]!.id, 'the same parcel')
  const shown = await saraban('show', id)
  t.match(shown.out, /ถึง .*moi\): delivered\n/)
  t.match(
    shown.out,
    /delivery\.resent moi .* content letter from refused by สมชาย why the table of kinds was completed\n/,
  )
  const [row] = JSON.parse((await saraban('list', '--json')).out)
  t.match(row, { state: 'delivered', failed: [] })
  const again = await saraban('retry', id, ...by)
  t.equal(again.code, 1)
  t.match(again.err, 'cli.retry.nothing')
})

t.test('retry: refused again it is refused again; given up it has 72 hours more', async (t) => {
  const opened = await open(t)
  const { ministry, send, saraban, clock } = opened
  ministry.answer = () => unknownKind
  const id = await send()
  await isStuck(opened, 'the letter to moi: refused')
  await saraban('retry', id, ...by)
  t.match((await saraban('list')).out, / forwarding /)
  await clock.advance(15 * second)
  await isStuck(opened, 'the letter to moi: refused')
  t.equal(ministry.brought.length, 2)
  t.match((await saraban('list', '--state', 'refused')).out, 'the letter to moi: refused')

  ministry.answer = () => ({ kind: 'unavailable', said: 'Error ECONNREFUSED' })
  await saraban('retry', id, ...by)
  await clock.advance(80 * hour)
  t.match(
    (await saraban('list', '--stuck')).out,
    /given-up .*\n {4}the letter to moi: given-up at 2026-11-26 .*accepts no connection/,
  )
  ministry.answer = () => ({ kind: 'taken' })
  const { brought } = ministry
  const before = brought.length
  await saraban('retry', id, ...by)
  const [row] = JSON.parse((await saraban('list', '--json')).out)
  t.equal(Date.parse(row.open[0].deadline), clock.now() + 72 * hour)
  await clock.advance(15 * second)
  await until(async () => (await saraban('list')).out.includes(' delivered '), 'brought at last')
  t.equal(brought.length, before + 1)
})

t.test('retry: a notice alone, to one office, and in order', async (t) => {
  const opened = await open(t)
  const id = await refusedNumber(opened)
  const other = await opened.saraban('retry', id, '--office', 'moi', ...by)
  t.match(other.err, 'cli.retry.nothing', 'nothing of it goes to that office')
  opened.province.answer = () => ({ kind: 'taken' })
  await opened.die()
  const said = await opened.saraban('retry', 'ชม 0017.1/1', '--office', '50', ...by)
  t.match(said.out, /^the accept notice to 50: waits to be brought again\nthe gateway is not running/)
  await opened.clock.advance(15 * second)
  await until(async () => (await opened.saraban('list', '--open')).out.startsWith('no letters\n'), 'told')
  const { envelope } = opened.province.brought.at(-1)!
  t.match(envelope, { content: 'notice', notice: { kind: 'accept', receiveNumber: '77/2569' } })
})

t.test('retry: wrong words, unknown and several letters, a journal that is held', async (t) => {
  const opened = await open(t)
  const { folder, gateway } = opened
  const id = await refusedNumber(opened)
  const wrong = await opened.saraban('retry', id, '--office', '99', '--by', ' ', '--why', 'x'.repeat(300))
  t.equal(wrong.code, 2)
  t.equal(wrong.err.match(/^error: /gm)?.length, 3)
  t.equal((await opened.saraban('retry', id)).code, 2, 'nobody and no reason')
  t.match((await opened.saraban('retry', 'กก 1/1', ...by)).err, 'cli.message.unknown')
  // The same number of another year.
  const number = mustBe(readLetterNumber('ชม 0017.1/1')).number
  opened.province.items = [letterItem(plainLetter({ number, date: '2025-11-20' as never }))]
  await opened.offer('last year')
  await rest()
  t.match(
    (await opened.saraban('retry', 'ชม 0017.1/1', ...by)).err,
    /several letters .*cli\.message\.ambiguous/,
  )
  t.same(gateway.failures, [])
  if (!isEmbedded) return
  // Two processes never wait for each other on PostgreSQL.
  const holder = new Sqlite(join(folder, 'journal.sqlite'), { timeout: 0 })
  // A group of the gateway may be open over several turns: waiting for it here would hold it up.
  await until(() => {
    try {
      return Boolean(holder.exec('BEGIN IMMEDIATE'))
    } catch {
      return false
    }
  }, 'the journal is free')
  const held = await opened.saraban('retry', id, ...by)
  holder.exec('ROLLBACK')
  t.equal(held.code, 1)
  t.match(held.err, /\[cli\.journal\.busy\]\nhint: Nothing was changed\..* stop the gateway for it/)
  t.match((await opened.saraban('list', '--stuck')).out, 'the accept notice to 50: refused')
  holder.pragma(`user_version = ${schemaVersion - 1}`)
  t.match((await opened.saraban('list')).err, 'cli.journal.version')
  holder.pragma(`user_version = ${schemaVersion}`)
  holder.close()
  t.same(gateway.failures, [])
})
