// "Find out why this letter is stuck": which letters are, for how long, and behind what else they wait.
import t from 'tap'
import { setPresent } from '../../src/gateway/journal/present.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { moi, rest, until } from '../gateway/harness.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { by, isStuck, open, refusedNumber, second, unknownKind } from './stuck-stage.ts'

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
  await later.say(later.ministry, 'accept', told)
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
  await opened.say(ministry, 'reject', first)
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
