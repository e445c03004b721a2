// `saraban messages` over real journals: what an operator is told of a letter that is stuck is true, and complete.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import { reasonLine, reasonOf } from '../../src/cli/reason.ts'
import { headFor } from '../../src/gateway/delivery/polled.ts'
import { deliveryView } from '../../src/gateway/http/api/views.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { recordEvent } from '../../src/gateway/journal/events.ts'
import { listedDelivery } from '../../src/gateway/journal/lists.ts'
import { setPresent } from '../../src/gateway/journal/present.ts'
import { createMetrics } from '../../src/gateway/metrics.ts'
import { problem } from '../../src/problem/problem.ts'
import {
  chiangMai,
  chiangRai,
  makeTrust,
  moi,
  rest,
  ScriptedAdapter,
  source,
  systemOf,
  until,
} from '../gateway/harness.ts'
import { ceDate } from '../letter/arbitrary.ts'
import { open as openWith } from './operator.ts'

const second = 1000
const minute = 60 * second
const trust = await makeTrust([chiangMai, chiangRai, moi])

const open = (t: Parameters<typeof openWith>[0], options = {}) => openWith(t, trust, options)

const away = (): Outcome => ({ kind: 'unavailable', said: 'Error ECONNREFUSED' })

t.test('an attempt under way is no interruption, until the gateway dies', async (t) => {
  const { ministry, send, saraban, die, clock } = await open(t)
  let answer: (outcome: Outcome) => void = () => undefined
  ministry.answer = () =>
    new Promise((resolve) => {
      answer = resolve
    })
  const id = await send()
  await until(() => ministry.brought.length === 1, 'an attempt')
  const shown = await saraban('show', id)
  t.match(shown.out, /attempt 1 of the letter to moi: under way\n/)
  t.match(
    shown.out,
    /What happens next\n {2}the letter to moi: under way since 2026-11-23 10:00:00 \(attempt 1\)/,
  )
  t.notMatch(shown.out, /interrupted/)
  t.match((await saraban('list')).out, /the letter to moi, open since .*: under way since 2026-11-23/)
  t.match((await saraban('list', '--stuck')).out, 'no letters')
  await die()
  const dead = await saraban('show', id)
  t.match(dead.out, /attempt 1 of the letter to moi: interrupted: the gateway died\n/)
  t.match(dead.out, /the letter to moi: interrupted: the gateway died during attempt 1 .* same message id/)
  t.match((await saraban('list')).out, /the gateway is not running: nothing moves until it is started\n/)
  answer({ kind: 'taken' })
  await clock.advance(1)
  await until(async () => (await saraban('list', '--open')).out.startsWith('no letters\n'), 'all arrived')
  t.match((await saraban('list', '--stuck')).out, /^no letters\nthe gateway is not running: nothing moves/)
  t.match((await saraban('show', id)).out, /What happens next\n {2}nothing: everything has arrived\n$/)
})

t.test('while its office is being connected to, a delivery is told as being brought', async (t) => {
  const { gateway, ministry, send, saraban, die, clock } = await open(t)
  const { committed } = gateway.desk.database
  const connect: (() => void)[] = []
  const answer: (() => void)[] = []
  ministry.connected = () => new Promise((resolve) => void connect.push(resolve))
  ministry.answer = () => new Promise((resolve) => void answer.push(() => resolve({ kind: 'taken' })))
  const id = await send()
  const [delivery] = await deliveriesOfMessage(committed, id)
  // What a gateway that died was at is nobody's doing any more.
  await gateway.desk.database.write((transaction) =>
    setPresent(transaction, 'dead', {
      ...{ kind: 'bringing', subject: 'moi', what: delivery?.id ?? '', since: clock.now(), facts: {} },
    }),
  )
  const told = async () =>
    /What happens next\n +the letter to moi: (.*)/.exec((await saraban('show', id)).out)?.[1]
  const listed = async () => {
    const row = await listedDelivery(committed, delivery?.id ?? '')
    const { state, underWaySince } = deliveryView(row!) as Record<string, string | null>
    return [state, underWaySince]
  }
  await until(() => connect.length === 1, 'it is being connected to')
  t.equal(await told(), 'waits for its office since 2026-11-23 10:00:00', 'not yet worth a word')
  t.same(await listed(), ['due', null])
  clock.busy = () => false
  await clock.advance(second)
  const since = 'is being brought since 2026-11-23 10:00:00: its office is being connected to'
  t.equal(await told(), `${since} (attempt 1)`)
  t.same(await listed(), ['due', '2026-11-23T10:00:00.000+07:00'])
  t.match((await saraban('list')).out, `: ${since}`)
  t.match((await saraban('list', '--json')).out, /"standing": ?"under-way"/)
  connect[0]?.()
  await until(() => answer.length === 1, 'it has begun')
  await rest()
  t.equal(await told(), 'under way since 2026-11-23 10:00:01 (attempt 1)')
  t.same(await listed(), ['sending', '2026-11-23T10:00:01.000+07:00'])
  answer[0]?.()
  await until(async () => (await listed())[0] === 'taken', 'it is taken')
  t.same(await listed(), ['taken', null])

  await send()
  await until(() => connect.length === 2, 'the next is being connected to')
  await clock.advance(second)
  t.match((await saraban('list')).out, /: is being brought since .*:01: its office/)
  await die()
  t.match((await saraban('list')).out, /: due since .*, and the gateway is not running/)
  connect[1]?.()
  await until(() => answer.length === 2, 'it has begun')
  answer[1]?.()
})

t.test('a letter to several offices is summed up, and goes again to those that failed alone', async (t) => {
  const other = new ScriptedAdapter(chiangRai)
  const { ministry, send, saraban, clock } = await open(t, { others: [other] })
  const refusal = problem('delivery.refused', 'delivery', undefined, { said: 'no' })
  other.answer = () => ({ kind: 'refused', problem: refusal })
  const id = await send({ to: { offices: [moi, chiangRai] } })
  await until(() => ministry.brought.length + other.brought.length === 2, 'both are tried')
  await clock.advance(second)
  t.match((await saraban('show', id)).out, /\n {2}รวม +2 offices: 1 delivered, 1 refused\n/)
  const [told] = JSON.parse((await saraban('show', id, '--json')).out) as {
    readonly summary: unknown
    readonly deliveries: readonly { readonly delivery: { readonly expectedBy: string } }[]
  }[]
  t.same(told?.summary, { delivered: 1, refused: 1 })
  t.equal(told?.deliveries[0]?.delivery.expectedBy, '2026-11-24T10:00:00.000+07:00')
  other.answer = () => ({ kind: 'taken' })
  await saraban('retry', id, '--by', 'สมชาย', '--why', 'its register is mended')
  await clock.advance(30 * second)
  t.match((await saraban('show', id)).out, /2 offices: 2 delivered\n/)
  t.same([ministry.brought.length, other.brought.length], [1, 2], 'who had it is not brought it again')
})

t.test('what is late: in the list and in the metrics, and no more when it is through', async (t) => {
  const opened = await open(t)
  const { ministry, gateway, send, saraban, clock } = opened
  ministry.answer = away
  const metrics = createMetrics(gateway.desk.database, gateway.queue, gateway.present)
  const id = await send({ urgency: 'most-urgent' })
  const inTime = await send()
  await clock.advance(14 * 60 * second)
  t.match((await saraban('list', '--late')).out, /^no letters\n/)
  t.notMatch(await metrics.registry.metrics(), /saraban_deliveries_late\{/)
  await clock.advance(2 * 60 * second)
  const late = JSON.parse((await saraban('list', '--late', '--json')).out)
  t.same(
    late.map((each: { messageId: string }) => each.messageId),
    [id],
    `and not ${inTime}`,
  )
  t.match(await metrics.registry.metrics(), /saraban_deliveries_late\{office="moi"\} 1\n/)
  ministry.answer = () => ({ kind: 'taken' })
  await clock.advance(60 * 60 * second)
  t.match((await saraban('list', '--late')).out, /^no letters\n/)
  t.notMatch(await metrics.registry.metrics(), /saraban_deliveries_late\{/)
})

t.test('a letter that its recipient sent back: who, why, and what its sender can do', async (t) => {
  const opened = await open(t)
  const { ministry, gateway, send, saraban } = opened
  const id = await send()
  await until(() => ministry.brought.length === 1, 'it has it')
  await rest()
  ministry.items = [
    {
      kind: 'notice',
      position: 'notice',
      draft: { kind: 'reject', about: { messageId: id }, reason: 'หน้า 2 อ่านไม่ออก' },
    },
  ]
  await take(gateway.desk, systemOf(ministry), source('reject'), (each) => ministry.read(each))
  await rest()
  t.match(
    (await saraban('show', id)).out,
    /What happens next\n(.*\n)* {2}moi sent the letter back \(refused\) at 2026-11-23 10:00:00: หน้า 2 อ่านไม่ออก\n {4}what to do: its sender corrects it and hands it over again under the same number; unchanged/,
  )
})

t.test('what comes next, why not yet, what to do; a time that is past is no next attempt', async (t) => {
  const { ministry, send, saraban, clock, die } = await open(t)
  ministry.answer = away
  const id = await send()
  await until(() => ministry.brought.length === 1, 'an attempt')
  await rest()
  t.match((await saraban('list', '--open', '--office', 'moi')).out, id.slice('urn:uuid:'.length))
  t.match(
    (await saraban('list', '--open', '--office', '50')).out,
    'no letters',
    'nothing is on its way there',
  )
  t.equal((await saraban('list', '--office', 'mo')).code, 2)
  const first = await saraban('show', id)
  const next = /next attempt (2026-11-23 10:00:05)\n/.exec(first.out)?.[1]
  t.equal(next, '2026-11-23 10:00:05', 'with its date')
  t.match(first.out, /tried until 2026-11-26 10:00:00, then given up\n/)
  t.match(
    first.out,
    /why: attempt 1 at 2026-11-23 10:00:00 failed: the other side accepts no connection \(Error ECONNREFUSED\) \[attempt\.connection\.refused\]\n {4}what to do: Ask whether.*\n {4}วิธีแก้: สอบถามว่า/,
  )
  const listed = await saraban('list', '--stuck')
  t.match(listed.out, /^taken +from→to +state +since +receive number +message id +number\n/)
  t.match(listed.out, /open since 2026-11-23 10:00:00: next attempt 2026-11-23 10:00:05; attempt 1 at /)
  // Three failures open the breaker: of three letters whose time has come one is the probe and the others wait.
  for (let letter = 0; letter < 3; letter++) await send()
  await clock.advance(10 * minute)
  const json = JSON.parse((await saraban('list', '--json')).out) as {
    nextAttempt: string | null
    open: { standing: string; dueAt: string; last: { code: string; remedy: string } }[]
  }[]
  for (const {
    nextAttempt,
    open: [own],
  } of json) {
    const past = Date.parse(own!.dueAt) <= clock.now()
    t.equal(own!.standing, past ? 'waits-for-office' : 'next-attempt')
    t.equal(nextAttempt === null, past)
    t.equal(own!.last.code, 'attempt.connection.refused')
  }
  t.ok(
    json.some(({ open: [own] }) => own!.standing === 'waits-for-office'),
    'some wait at the gate',
  )
  t.match(
    (await saraban('list')).out,
    /waits for its office since 2026-11-23 10:\d\d:\d\d, which cannot be reached: next probe 2026-11-23 10:\d\d:\d\d; /,
  )
  await die()
  t.match((await saraban('list')).out, /due since 2026-11-23 .*, and the gateway is not running; /)
  await clock.advance(80 * 60 * minute)
  const ended = await saraban('show', id)
  t.match(ended.out, /the letter to moi: given-up at 2026-11-26 .*not tried again by itself/)
  t.match(ended.out, /What happens next\n(.*\n)* {4}what to do: Ask whether/)
})

t.test(
  'a notice that is stuck shows, with its office, kind and reason, and so do those behind it',
  async (t) => {
    const { province, send, saraban, gateway } = await open(t)
    province.answer = () => ({ kind: 'unavailable', said: 'EACCES at the folder /mnt/province' })
    const id = await send()
    await until(() => province.brought.length === 1, 'the receive notice is tried')
    await rest()
    const [row] = JSON.parse((await saraban('list', '--open', '--json')).out) as Record<string, unknown>[]
    t.match(row, {
      messageId: id,
      state: 'delivered',
      nextAttempt: null,
      open: [
        {
          content: 'receive',
          office: '50',
          standing: 'next-attempt',
          last: { code: 'attempt.folder.forbidden' },
        },
      ],
    })
    const { out } = await saraban('list', '--stuck')
    t.match(
      out,
      /\n {4}the receive notice to 50, open since 2026-11-23 10:00:00: next attempt .* may not write/,
    )
    // A second notice to the same office about the same letter: the journal's own words, put there as intake would.
    const { database } = gateway.desk
    await database.write(async (transaction) => {
      await transaction.run(
        `INSERT INTO envelopes (message_id, content, sender, digest, bytes, source_id, position, committed_at)
SELECT 'urn:uuid:second', 'accept', sender, digest, bytes, NULL, NULL, committed_at FROM envelopes WHERE content = 'receive'`,
      )
      await transaction.run(
        `INSERT INTO notices (message_id, kind, about, sender, recipient, receive_number, committed_at)
SELECT 'urn:uuid:second', 'accept', about, sender, recipient, '1/2569', committed_at FROM notices`,
      )
      return transaction.run(
        `INSERT INTO deliveries (id, message_id, office, mode, state, lane, priority, due_at, rank, deadline, attempts, open,
created_at, changed_at)
SELECT 'second', 'urn:uuid:second', office, mode, 'due', lane, priority, created_at, rank, deadline, 0, 1, created_at,
changed_at FROM deliveries WHERE office = '50'`,
      )
    })
    t.match(
      (await saraban('list', '--open')).out,
      /the accept notice to 50, .*: behind an earlier notice of the same letter \(receive\): next attempt 2026-11-23 10:00:05; attempt 1 of that one at 2026-11-23 10:00:00 failed: .* may not write/,
    )
    t.match(
      (await saraban('show', id)).out,
      /behind an earlier .*\n.*\n {4}why: attempt 1 of that one at .*\n {4}what to do: /,
    )
  },
)

t.test('a system that polls is waited for', async (t) => {
  const { send, saraban, clock, gateway } = await open(t, { polls: true })
  const id = await send()
  t.match(
    (await saraban('show', id)).out,
    /moi: waits since 2026-11-23 10:00:00 to be fetched by its system\n/,
  )
  t.match((await saraban('list', '--stuck')).out, 'no letters')
  await clock.advance(10 * minute)
  t.match((await saraban('list', '--stuck')).out, id.slice('urn:uuid:'.length))
  await headFor(gateway.desk, { office: moi, receipts: false })
  const shown = await saraban('show', id)
  t.match(shown.out, /was shown to its system at 2026-11-23 10:10:00, which has not said that it stored it\n/)
  t.notMatch(shown.out, 'why:')
})

t.test('wrong filters are faults, all at once; a list that is cut says so', async (t) => {
  const { send, saraban } = await open(t)
  const wrong = await saraban('list', '--state', 'stuck', '--from', '99', '--to', 'x')
  t.equal(wrong.code, 2)
  t.equal(wrong.err.match(/^error: /gm)?.length, 3)
  t.match(wrong.err, /cli\.state\.unknown\]\nhint: Name one of: sealed, forwarding, delivered, registered, /)
  t.match(wrong.err, /--from: .*letter\.office\.unknown/)
  for (let letter = 0; letter < 3; letter++) await send()
  const cut = await saraban('list', '--limit', '2')
  t.equal(cut.out.match(/^\S/gm)?.length, 3, 'a heading and two letters')
  t.match(
    cut.err,
    /^only the newest 2 are shown, and there are more letters: --limit shows more, up to 1000\n$/,
  )
  t.equal((await saraban('list', '--limit', '3')).err, '')
})

t.test('a story with more events than are shown keeps the newest, and says so', async (t) => {
  const { gateway, send, clock, saraban } = await open(t)
  const id = await send()
  const told = async () => (await saraban('show', id)).out
  t.match(await told(), 'letter.taken')
  t.notMatch(await told(), 'older events')
  await gateway.desk.database.write(async (transaction) => {
    for (let at = 0; at < 1_000; at += 1)
      await recordEvent(transaction, clock.now() + at, 'letter.known', { messageId: id }, { at })
  })
  t.match(await told(), /\n {2}older events are not shown\n/)
  t.match(await told(), /letter\.known at 999\n/)
  t.notMatch(await told(), 'letter.taken')
  t.match(JSON.parse((await saraban('show', id, '--json')).out), [{ eventsCut: true }])
})

t.test('reasons in the catalogue’s words', (t) => {
  const attempt = {
    deliveryId: 'd',
    number: 1,
    startedAt: 0,
    endedAt: 1,
    outcome: 'unavailable',
    problem: null,
    details: null,
  }
  const told = (said: string, changes: object = {}) => reasonLine(reasonOf({ ...attempt, said, ...changes }))
  for (const [said, code] of Object.entries({
    'Error ECONNREFUSED': 'attempt.connection.refused',
    'SocketError UND_ERR_SOCKET (other side closed)': 'attempt.connection.broken',
    'Error ECONNRESET': 'attempt.connection.broken',
    'Error ENOTFOUND': 'attempt.address.unknown',
    'Error EHOSTUNREACH': 'attempt.address.unreachable',
    'ConnectTimeoutError UND_ERR_CONNECT_TIMEOUT': 'attempt.too-slow',
    'Error CERT_HAS_EXPIRED': 'attempt.certificate.refused',
    'Error UNABLE_TO_VERIFY_LEAF_SIGNATURE': 'attempt.certificate.refused',
    'the folder /mnt/x is not there': 'attempt.folder.missing',
    'ENOTDIR at the folder /mnt/x': 'attempt.folder.no-folder',
    'ENOSPC at the folder /mnt/x': 'attempt.disk.full',
    AbortError: 'attempt.broken-off',
    'HTTP 503': 'attempt.busy',
  }))
    t.match(told(said), `[${code}]`, said)
  t.match(told('', { outcome: 'interrupted' }), '[attempt.interrupted]')
  t.match(
    told('HTTP 404', { outcome: 'refused', problem: 'adapter.peer.refused' }),
    /404.*\[adapter\.peer\.refused\]/,
  )
  t.match(reasonOf({ ...attempt, said: 'envelope.digest.wrong: it was changed' }), {
    message: 'it was changed',
    code: 'envelope.digest.wrong',
    remedy: /./,
  })
  t.equal(told('something else'), 'something else')
  t.end()
})

t.test('a reader that has seen enough is no fault', async (t) => {
  const { place, environment, send } = await open(t)
  for (let letter = 0; letter < 3; letter++) await send()
  const command = `node --import tsx ${join(import.meta.dirname, '../../src/cli/saraban.ts')} messages list ${place.join(' ')} --json`
  // A pipe whose reader is gone before the first byte.
  const ran = spawnSync(
    'bash',
    ['-c', `set -o pipefail; { ${command}; echo "left \${PIPESTATUS[0]}" >&2; } | true`],
    {
      encoding: 'utf8',
      cwd: join(import.meta.dirname, '../..'),
      env: { ...process.env, ...environment },
    },
  )
  t.match(ran.stderr, 'left 0')
  t.notMatch(ran.stderr, /EPIPE|at .*node:/)
})

t.test('letters are found by what people remember of them, page by page', async (t) => {
  const { ministry, send, saraban, clock } = await open(t)
  ministry.answer = away
  const first = await send({ subject: 'ขอเชิญประชุมคณะกรรมการ' })
  // Of two of one millisecond nobody can say which is the newer.
  await clock.advance(1)
  const second = await send({ subject: 'รายงานการประชุม', date: ceDate('2008-03-01') })
  const secret = await send({ subject: 'ประชุมลับ', secrecy: 'secret' })
  const hidden = '1 more that are secret: --secret shows them too\n'
  t.equal((await saraban('list', '--open', '--office', 'moi')).err, hidden, 'not as if nothing were there')
  t.equal((await saraban('list', '--open', '--office', 'moi', '--secret')).err, '')
  t.equal((await saraban('list')).err, '', 'an ordinary view says nothing of them')
  const ids = async (...words: string[]) => {
    const { out, code, err } = await saraban('find', ...words, '--json')
    t.equal(code, 0, err)
    const { items, next } = JSON.parse(out) as {
      items: { messageId: string; subject: string }[]
      next?: string
    }
    return { ids: items.map(({ messageId }) => messageId), next, err }
  }
  t.same((await ids('--subject', 'ประชุม')).ids, [second, first])
  t.same((await ids('--subject', 'กรรมการ ประชุม')).ids, [first])
  t.same((await ids('--number', '๐๐๑๗.๑/๓')).ids, [], 'secret letters have a register of their own')
  t.same((await ids('--number', '๐๐๑๗.๑/๓', '--secret')).ids, [secret])
  t.same((await ids('--dated', '1 มี.ค. 2551', '--dated-until', '2008-03-01')).ids, [second])
  t.same((await ids('--office', 'moi', '--state', 'forwarding', '--taken', '2026-11-23')).ids, [
    second,
    first,
  ])
  t.same((await ids('--taken', '2027-01-01')).ids, [])
  t.same((await ids('--from', '57')).ids, [])
  const page = await ids('--subject', 'ประชุม', '--limit', '1')
  t.same(page.ids, [second])
  t.same((await ids('--subject', 'ประชุม', '--limit', '1', '--cursor', page.next ?? '')).ids, [first])
  t.match(page.err, /words of letters from before an update/, 'nobody has filled them in yet')
  const shown = await saraban('find', '--limit', '1')
  t.match(shown.out, /forwarding.*\n {4}รายงานการประชุม\n {4}the letter to moi/)
  t.match(shown.err, /^there may be more: --cursor [\w-]+\n$/)
  const wrong = await saraban(
    'find',
    '--dated',
    'soon',
    '--from',
    '99',
    '--taken-before',
    'x',
    '--subject',
    '.',
  )
  t.equal(wrong.code, 2)
  for (const option of ['--dated', '--from', '--taken-before', '--subject']) t.match(wrong.err, option)
  t.equal((await saraban('find', '--cursor', 'x')).code, 2)
  t.equal(
    (await saraban('find', '--dated', '2008-01-01', '--cursor', page.next ?? '')).code,
    2,
    'of another order',
  )
})
