// "Find out why this letter is stuck": what a stranger was not told, or was told wrongly.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import Sqlite from 'better-sqlite3'
import t from 'tap'
import type { Item, Outcome } from '../../src/adapters/contract.ts'
import { reasonLine, reasonOf } from '../../src/cli/reason.ts'
import { headFor, settlePolled } from '../../src/gateway/delivery/polled.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { attemptsOf, deliveriesOfMessage, endAttempt } from '../../src/gateway/journal/deliveries.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { schemaVersion } from '../../src/gateway/journal/migrations.ts'
import { setPresent } from '../../src/gateway/journal/present.ts'
import type { NoticeKind } from '../../src/letter/notice.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { type MessageId, systemClock } from '../../src/letter/time.ts'
import { catalogue } from '../../src/problem/catalogue.ts'
import { type ProblemCode, problem } from '../../src/problem/problem.ts'
import {
  chiangMai,
  letterItem,
  makeTrust,
  moi,
  plainLetter,
  rest,
  scratch,
  source,
  systemOf,
  until,
} from '../gateway/harness.ts'
import { isEmbedded } from '../gateway/journal-engine.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { open as openWith, saraban, sarabanIn } from './operator.ts'

const second = 1000
const hour = 3_600_000
const trust = await makeTrust([chiangMai, moi])
const open = (t: Parameters<typeof openWith>[0], options = {}) => openWith(t, trust, options)
type Opened = Awaited<ReturnType<typeof open>>

const by = ['--by', 'สมชาย', '--why', 'the table of kinds was completed']
const unknownKind: Outcome = {
  kind: 'refused',
  problem: problem('adapter.field.code-unknown', 'kind', 'ด่วน', { expected: 'ภายนอก, ภายใน' }),
}

/** The ministry says something of a letter. */
async function say({ gateway, ministry }: Opened, messageId: MessageId, kind: NoticeKind): Promise<void> {
  const draft = { kind, about: { messageId }, ...(kind === 'accept' && { receiveNumber: '77/2569' }) }
  ministry.items = [{ kind: 'notice', position: 'notice', draft }]
  const given = source(`${kind} ${messageId}`)
  const [taken] = await take(gateway.desk, systemOf(ministry), given, (each) => ministry.read(each))
  if (taken?.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(taken)}`)
  await rest()
}

/** Waits until the list of what is stuck says so. */
const isStuck = ({ saraban }: Opened, said: string): Promise<void> =>
  until(async () => (await saraban('list', '--stuck')).out.includes(said), said)

/** A letter that is registered, and whose number its sender's system refuses. */
async function refusedNumber(opened: Opened): Promise<MessageId> {
  const id = await opened.send()
  await until(() => opened.province.brought.length === 1, 'the receive notice')
  await rest()
  opened.province.answer = () => unknownKind
  await say(opened, id, 'accept')
  await isStuck(opened, 'the accept notice to 50: refused')
  return id
}

t.test('a registered letter whose number was refused is stuck: which notice, to whom, and why', async (t) => {
  const opened = await open(t)
  const id = await refusedNumber(opened)
  const reason =
    /kind: “ด่วน” is not in the table of this field; the table knows: ภายนอก, ภายใน \[adapter\.field\.code-unknown\]/
  const { out } = await opened.saraban('list', '--stuck')
  t.match(out, /registered .*77\/2569/)
  t.match(out, /\n {4}the accept notice to 50: refused at 2026-11-23 10:00:00; kind: /)
  t.match(out, reason)
  const shown = await opened.saraban('show', id)
  t.match(
    shown.out,
    /What happens next\n {2}the accept notice to 50: refused at .*\n {4}why: kind: “ด่วน” is not/,
  )
  t.match(shown.out, /\n {4}what to do: Correct the value in the system, or add it to the table/)
  t.match(shown.out, /\n {4}then: saraban messages retry \S+ --office 50 --by NAME --why TEXT\n/)
  const json = JSON.parse((await opened.saraban('list', '--stuck', '--json')).out)
  t.match(json, [
    {
      failed: [
        { content: 'accept', office: '50', state: 'refused', reason: { code: 'adapter.field.code-unknown' } },
      ],
    },
  ])
})

t.test('what is over is stuck no more: told later, or recalled', async (t) => {
  const later = await open(t)
  later.province.answer = () => unknownKind
  const told = await later.send()
  await isStuck(later, 'the receive notice to 50: refused')
  later.province.answer = () => ({ kind: 'taken' })
  await say(later, told, 'accept')
  await until(async () => (await later.saraban('list', '--stuck')).out === 'no letters\n', 'not stuck')
  t.match(
    (await later.saraban('retry', told, ...by)).err,
    'cli.retry.nothing',
    'the last word stays the last',
  )

  const recalled = await open(t)
  recalled.ministry.answer = () => unknownKind
  const id = await recalled.send()
  await isStuck(recalled, 'the letter to moi: refused at')
  recalled.province.items = [
    { kind: 'notice', position: 'notice', draft: { kind: 'recall', about: { messageId: id } } },
  ]
  await recalled.offer('recall')
  await until(async () => (await recalled.saraban('list', '--stuck')).out === 'no letters\n', 'recalled')
  const again = await recalled.saraban('retry', id, ...by)
  t.equal(again.code, 1)
  t.match(again.err, /was recalled, has arrived.*\[cli\.retry\.nothing\]/)
})

t.test('no reason has an empty place, whatever was stored', async (t) => {
  const { gateway, send, province } = await open(t)
  province.answer = () => unknownKind
  const id = await send()
  await until(() => province.brought.length === 1, 'the receive notice')
  await rest()
  const { database } = gateway.desk
  const delivery = (await deliveriesOfMessage(database.committed, id))[0]!
  for (const code of Object.keys(catalogue) as ProblemCode[]) {
    const { en, remedy } = catalogue[code]
    const places = [...`${en} ${remedy.en}`.matchAll(/\{(\w+)\}/g)].map(([, place = '']) => place)
    const details = Object.fromEntries(places.map((place) => [place, `<${place}>`]))
    const whole = problem(code, 'field', 'a value', details)
    const kept = async (said?: string) => {
      await database.write((transaction) =>
        endAttempt(transaction, delivery, 1, 'refused', { refusal: whole, said }),
      )
      return (await attemptsOf(database.committed, delivery.id)).at(-1)!
    }
    const attempt = await kept()
    const reason = reasonOf(attempt)
    const told = `${reasonLine(reason)} ${reason.remedy}`
    for (const place of places) {
      const expected = place === 'value' ? '“a value”' : place === 'path' ? 'field' : `<${place}>`
      t.ok(told.includes(expected), `${code}: ${place} in ${told}`)
    }
    // As journals had it before, and as adapters say it in one line.
    for (const each of [
      { ...attempt, details: null },
      { ...attempt, details: null, problem: null, said: `${code}: it is so` },
      { ...attempt, details: null, problem: null, said: `it is so [${code}]` },
    ]) {
      const { message, remedy: toDo, code: known } = reasonOf(each)
      t.equal(known, code)
      t.notMatch(`${message} ${toDo}`, /\{\w+\}|\(none\)/, code)
    }
  }
  const long = problem('adapter.field.code-unknown', 'kind', 'ก'.repeat(10_000), {
    expected: 'ข'.repeat(10_000),
  })
  await database.write((transaction) => endAttempt(transaction, delivery, 1, 'refused', { refusal: long }))
  t.ok((await attemptsOf(database.committed, delivery.id)).at(-1)!.details!.length < 2_000, 'bounded')
})

t.test('what an adapter says in one line is a reason, a code and what to do', (t) => {
  const attempt = { deliveryId: 'd', number: 1, startedAt: 0, endedAt: 1, outcome: 'unavailable' }
  const said = 'the folder “/mnt/x” is not there [attempt.folder.missing] Look whether it is mounted.'
  t.match(reasonOf({ ...attempt, problem: null, details: null, said }), {
    message: 'the folder “/mnt/x” is not there',
    code: 'attempt.folder.missing',
    remedy: 'Look whether it is mounted.',
  })
  t.end()
})

t.test('the notice of a refusal says why, in letters that old systems have', async (t) => {
  const { ministry, province, send, saraban } = await open(t)
  const odd = { expected: `ภายนอก – “${'ก'.repeat(400)}”` }
  ministry.answer = () => ({
    kind: 'refused',
    problem: problem('adapter.field.code-unknown', 'kind', `ด่วน 中${'ข'.repeat(150)}`, odd),
  })
  const id = await send()
  await until(() => province.brought.length === 1, 'the reject notice')
  const { envelope } = province.brought[0]!
  const reason = envelope.content === 'notice' ? envelope.notice.reason : ''
  t.match(
    reason,
    /^ไม่มี "ด่วน \?ข+" ในตารางของช่องนี้ ตารางมี: ภายนอก - "ก+\.\.\. \[adapter\.field\.code-unknown\]$/,
  )
  t.ok(reason.length <= 300)
  t.match(
    (await saraban('show', id)).out,
    /the letter to moi: refused at .*\n {4}why: kind: “ด่วน 中ข+” is not in/,
  )
})

t.test('a system that polls and refuses: its reason is kept', async (t) => {
  const { gateway, send, saraban } = await open(t, { polls: true })
  const id = await send()
  const parcel = await headFor(gateway.desk, { office: moi, receipts: false })
  t.ok(await settlePolled(gateway.desk, { office: moi, receipts: false }, parcel!.id, unknownKind))
  t.match(
    (await saraban('list', '--stuck')).out,
    /the letter to moi: refused at .*; kind: “ด่วน” is not in the table/,
  )
  t.match((await saraban('retry', id, ...by)).out, 'the letter to moi: waits to be brought again')
  t.equal(
    (await headFor(gateway.desk, { office: moi, receipts: false }))?.envelope.messageId,
    id,
    'it is shown again',
  )
})

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

t.test('quarantine: the number, what to do, and what was sent again since', async (t) => {
  const { province, offer, saraban, clock } = await open(t)
  const number = mustBe(readLetterNumber('ชม 0017.1/9')).number
  const whole = letterItem(plainLetter({ number }), 'row 2')
  if (whole.kind !== 'letter') throw new Error('no letter')
  const faulty = { ...whole, draft: { ...whole.draft, subject: '' } }
  const unread = {
    kind: 'fault',
    position: 'row 3',
    problems: [problem('adapter.field.code-unknown', 'column ชนิด', 'x', { expected: 'y' })],
    number: '0017.1/10',
  } as const
  province.items = [faulty, unread]
  await offer('first')
  const listed = await saraban('list', '--quarantine')
  t.match(
    listed.out,
    /row 2 {2}ที่ ชม 0017\.1\/9\n {2}subject: .*\n {4}what to do: \S.*\n {2}then: let its sender send it again/,
  )
  t.match(listed.out, /row 3 {2}ที่ ชม 0017\.1\/10\n {2}column ชนิด: “x” is not in the table/)
  const shown = await saraban('show', 'ชม 0017.1/9')
  t.equal(shown.code, 1)
  t.match(shown.err, /^a letter of this number is in quarantine .*\n.*row 2 {2}ที่ ชม 0017\.1\/9\n/)
  t.notMatch((await saraban('show', 'ชม 0017.1/11')).err, 'in quarantine')
  await clock.advance(second)
  province.items = [whole]
  const [taken] = await offer('corrected')
  t.equal(taken?.kind, 'taken')
  const since = (await saraban('list', '--quarantine')).out
  t.match(
    since,
    /ที่ ชม 0017\.1\/9\n(.*\n)* {2}sent again and taken since: saraban messages show [0-9a-f-]{36}\n/,
  )
  t.equal(since.match(/then: let its sender/g)?.length, 1, 'the other still waits')
})

t.test('what a secret letter in quarantine says is shown only with --secret', async (t) => {
  const { province, gateway, clock, environment, place } = await open(t)
  const number = mustBe(readLetterNumber('ชม 0017.1/77')).number
  const subject = 'แผนจับกุม\ufffd วันที่ 5'
  const item = letterItem(plainLetter({ number, secrecy: 'secret' }), 'row 1')
  if (item.kind !== 'letter') throw new Error('no letter')
  const secret = { ...item, draft: { ...item.draft, subject } }
  const problems = (value: string) => [problem('adapter.field.code-unknown', 'column ชนิด', value)] as const
  const fault = (position: string, value: string) =>
    ({ kind: 'fault', position, problems: problems(value) }) as const
  const handOver = (name: string, items: readonly Item[]) => {
    province.items = items
    const offered = { ...source(name), name }
    return take(gateway.desk, systemOf(province), offered, (each) => province.read(each))
  }
  await handOver('แผนจับกุม.csv', [secret, fault('row 2', 'นายสมศักดิ์')])
  await handOver('other.csv', [fault('row 1', 'ประชุม')])
  const said = async (...words: string[]) => {
    const { out, err } = await sarabanIn(environment, clock, ...words, ...place)
    return out + err
  }
  for (const words of [
    ['messages', 'list', '--quarantine'],
    ['messages', 'show', 'ชม 0017.1/77'],
    ['quarantine', 'list'],
  ])
    for (const json of [[], ['--json']]) {
      const told = await said(...words, ...json)
      t.notMatch(told, /แผนจับกุม|สมศักดิ์/, `${words.join(' ')} ${json.join()}`)
      t.match(told, 'ชม 0017.1/77', 'it is there')
      t.match(told, 'letter.text.replaced', 'and why')
      t.match(told, '--secret')
      t.match(await said(...words, ...json, '--secret'), 'แผนจับกุม')
    }
  const listed = await said('messages', 'list', '--quarantine')
  t.match(listed, 'ประชุม', 'of which nothing says that it is secret')
  t.match(listed, /row 2\n {2}column ชนิด \[adapter\.field\.code-unknown\]\n/)
})

t.test('a list of what waits for files that is cut says so', async (t) => {
  const { gateway, saraban } = await open(t)
  const { database, member } = gateway.desk
  await database.write(async (transaction) => {
    for (const since of [1, 2, 3]) {
      const facts = { name: `${since}.csv`, missing: ['a.pdf'], left: 1 }
      const row = { kind: 'waiting', subject: 'system', what: `${since}`, since, facts } as const
      await setPresent(transaction, member.id, row)
    }
  })
  const cut = await saraban('list', '--waiting', '--limit', '2')
  t.match(cut.out, /1\.csv.*\n.*2\.csv.*\n$/)
  t.equal(cut.err, 'only the oldest 2 are shown, of 3: --limit shows more, up to 1000\n')
  t.equal((await saraban('list', '--waiting', '--limit', '3')).err, '')
})

t.test('under way, or closed: what another letter met is no reason of it', async (t) => {
  const { ministry, send, saraban, clock, gateway } = await open(t)
  ministry.answer = () => ({ kind: 'unavailable', said: 'Error ECONNREFUSED' })
  await send()
  await until(() => ministry.brought.length === 1, 'an attempt')
  await rest()
  const waiting: (() => void)[] = []
  ministry.answer = () => new Promise((resolve) => void waiting.push(() => resolve({ kind: 'taken' })))
  t.teardown(() => {
    for (const answer of waiting) answer()
  })
  const id = await send()
  await until(() => waiting.length === 1, 'another attempt')
  const underWay = (await saraban('show', id)).out
  t.match(underWay, 'under way since')
  t.notMatch(underWay, 'why:')
  const away = await send()
  await until(() => waiting.length === 2, 'one more')
  await gateway.desk.database.write((transaction) =>
    setPresent(transaction, 'one', {
      ...{ kind: 'closed', subject: 'moi', what: '', since: clock.now() },
      facts: { until: clock.now() + 3600 * second },
    }),
  )
  t.notMatch((await saraban('show', away)).out, 'why:')
})

t.test('a corrected letter says behind which it waits, and why that one does', async (t) => {
  const opened = await open(t)
  const { ministry, send, saraban } = opened
  const first = await send()
  await until(() => ministry.brought.length === 1, 'the letter is brought')
  await say(opened, first, 'reject')
  ministry.answer = () => ({ kind: 'unavailable', said: 'Error ECONNREFUSED' })
  const number = mustBe(readLetterNumber('ชม 0017.1/1')).number
  const second = await send({ number, subject: 'ฉบับแก้ไข' })
  await until(() => ministry.brought.length === 2, 'the recall is tried')
  await rest()
  const { out } = await saraban('show', second)
  t.match(
    out,
    `the letter to moi: behind the recall notice of the earlier letter that it replaces (${first.slice('urn:uuid:'.length)}): next attempt 2026-11-23 10:00:05\n`,
  )
  t.match(out, /why: attempt 1 of that one at 2026-11-23 10:00:00 failed: .*attempt\.connection\.refused/)
  const rows = JSON.parse((await saraban('list', '--open', '--json')).out) as Record<string, unknown>[]
  // Taken in one moment: in which order they stand is not said.
  const row = rows.find(({ messageId }) => messageId === second)
  t.match(row, {
    open: [{ standing: 'behind', last: { code: 'attempt.connection.refused', ofAnotherDelivery: true } }],
  })
})

t.test('behind the gate: the office’s latest failure, and when it is probed next', async (t) => {
  const { ministry, send, saraban, clock, gateway } = await open(t)
  ministry.answer = () => ({ kind: 'unavailable', said: 'Error ECONNREFUSED' })
  const ids = [await send(), await send(), await send()]
  await until(() => ministry.brought.length === 3, 'three attempts')
  await rest()
  ministry.answer = () => ({ kind: 'unavailable', said: 'Error CERT_HAS_EXPIRED' })
  await clock.advance(45 * second)
  t.equal(gateway.dispatch.isBreakerOpen(moi), true)
  const told = await Promise.all(ids.map(async (id) => (await saraban('show', id)).out))
  const waiting = told.filter((out) => out.includes('waits for its office'))
  t.ok(waiting.length > 0)
  for (const out of waiting) {
    const probe = /which cannot be reached: next probe (2026-11-23 10:0\d:\d\d)\n/.exec(out)?.[1]
    t.ok(probe !== undefined && Date.parse(`${probe.replace(' ', 'T')}+07:00`) > clock.now(), out)
    t.match(out, /why: .*TLS certificate is not accepted/)
  }
  ministry.answer = () => ({ kind: 'taken' })
  await clock.advance(5 * 60 * second)
  await until(async () => (await saraban('list', '--stuck')).out === 'no letters\n', 'all arrived')
  ministry.answer = () => ({ kind: 'unavailable', said: 'Error ECONNREFUSED' })
  t.notMatch((await saraban('show', await send())).out, 'cannot be reached', 'the breaker is closed again')
})

t.test('an address where nothing answers: what else it may be', async (t) => {
  const said = await saraban(systemClock, 'sandbox', 'faults', '--control', 'http://127.0.0.1:1')
  t.equal(said.code, 1)
  t.match(said.err, /hint: .*`saraban sandbox inbox`.*--control URL/)
})

t.test('every command of docs/operate.md does what the page says', async (t) => {
  const opened = await open(t)
  const { gateway, ministry, province, offer, saraban } = opened
  ministry.answer = () => unknownKind
  const number = mustBe(readLetterNumber('ชม 0017.1/492')).number
  province.items = [letterItem(plainLetter({ number }))]
  await offer('492')
  await isStuck(opened, 'the letter to moi: refused')
  ministry.answer = () => ({ kind: 'taken' })
  province.answer = () => unknownKind
  const other = await opened.send()
  await isStuck(opened, 'the receive notice to 50: refused')
  const { committed } = gateway.desk.database
  const place = scratch(t)
  const scan = join(place, 'letter.pdf')
  writeFileSync(scan, '%PDF-1.4 the right one')

  /** Another letter that the ministry refused, with an enclosure. */
  const refusedLetter = async (running: number): Promise<MessageId> => {
    ministry.answer = () => unknownKind
    const { sha256, size } = await gateway.desk.attachments.keep(Readable.from([Buffer.from('old')]), 100)
    const item = letterItem(plainLetter({ number: mustBe(readLetterNumber(`ชม 0017.1/${running}`)).number }))
    if (item.kind !== 'letter') throw new Error('no letter')
    const content = { kind: 'kept', sha256, size } as const
    const old = { name: 'old.pdf', mediaType: 'application/pdf', role: 'main', content } as const
    province.items = [{ ...item, attachments: [old] }]
    const [taken] = await offer(`${running}`)
    if (taken?.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(taken)}`)
    const { messageId } = taken
    await until(
      async () => (await lettersOfMessage(committed, messageId)).every(({ state }) => state === 'refused'),
      'the letter is refused',
    )
    ministry.answer = () => ({ kind: 'taken' })
    return messageId
  }

  const page = readFileSync(join(import.meta.dirname, '../../docs/operate.md'), 'utf8')
  const commands = [...page.matchAll(/^\$ saraban messages ([^#\n]*?)\s*(?:#.*)?$/gm)].map(([, words = '']) =>
    [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  )
  t.ok(commands.length >= 10)
  let running = 1000
  for (const words of commands) {
    const corrects = words[0] === 'correct'
    running += 1
    const meant = corrects ? await refusedLetter(running) : other
    const here: Readonly<Record<string, string>> = {
      '7f3a91c2': meant.slice(-12),
      // Once corrected, a letter is not corrected again: each command has one of its own.
      ...(corrects && { 'ชม 0017.1/492': `ชม 0017.1/${running}` }),
      'letter.pdf': scan,
      DIR: join(place, 'saved'),
    }
    // Who does it is the running gateway, which is none here: what the page says is shown (test/cli/correct.test.ts does it).
    const said = await saraban(
      ...words.map((word) => here[word] ?? word).filter((word) => !corrects || word !== '--yes'),
    )
    t.equal(said.code, 0, `${words.join(' ')}: ${said.err}`)
    if (words[0] === 'retry') t.match(said.out, 'to be brought again', words.join(' '))
    if (corrects) t.match(said.out, /→ [\s\S]*recalled at: moi \(refused\)/, words.join(' '))
  }
})
