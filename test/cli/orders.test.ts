// Commands that give orders to gateways, beside gateways that answer as the test says: what they tell, and how they exit.
import t from 'tap'
import { joinMembers, leaveMembers, listMembers } from '../../src/gateway/journal/members.ts'
import { answerOrder, nextOrder, type Order, type RetryOrder } from '../../src/gateway/journal/orders.ts'
import { lockFolder } from '../../src/gateway/lock.ts'
import type { Clock } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import { chiangMai, makeTrust, moi, rest, start } from '../gateway/harness.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { open as openWith, type Said, sarabanIn } from './operator.ts'

const trust = await makeTrust([chiangMai, moi])
const why = ['--by', 'สมชาย', '--why', 'แก้ตารางแล้ว']

type Opened = Awaited<ReturnType<typeof openWith>>
type Given = Pick<Opened, 'gateway' | 'environment' | 'place'> & {
  readonly clock: Clock & Pick<Opened['clock'], 'advance'>
}

/** Gives a command, and lets gateways answer its orders; one that gives no answer is silent. */
async function give(
  { gateway, clock, environment, place }: Given,
  answers: Readonly<Record<string, (order: Order) => object | undefined>>,
  ...words: string[]
): Promise<Said> {
  const { database } = gateway.desk
  let said: Said | undefined
  const given = sarabanIn(environment, clock, ...words, ...place).then((done) => {
    said = done
  })
  const silent = new Set<string>()
  for (let second = 0; second < 200 && said === undefined; second += 1) {
    for (const [id, answerTo] of Object.entries(answers)) {
      if (silent.has(id)) continue
      const found = await nextOrder(database.committed, { id, leads: () => id === 'leader' })
      if (found === undefined) continue
      const answer = answerTo(found.order)
      if (answer === undefined) silent.add(id)
      else await database.write((transaction) => answerOrder(transaction, found.id, answer, clock.now()))
    }
    await clock.advance(1_000)
    await rest()
  }
  await given
  return said!
}

/** Places of one source that wait. */
async function waiting({ gateway }: Opened, count: number): Promise<void> {
  await gateway.desk.database.write(async (transaction) => {
    await transaction.run(`
INSERT INTO sources (id, system, document, name, sha256, size, received_at, beside)
VALUES ('source', 'system-50', 'letter', 'a.csv', 'x', 1, 0, '')`)
    await transaction.run(
      `
INSERT INTO quarantine (id, source_id, position, problems, at)
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
SELECT 'place-' || n, 'source', 'row ' || n, '[]', 0 FROM numbers`,
      count,
    )
  })
}

/** As a gateway answers that tells of the first `told` places only. */
const retried = (order: Order, told: number, stays: (id: string) => boolean): object => {
  const places = (order as RetryOrder).ids.map((id) => {
    return { id, name: 'a.csv', position: id, became: stays(id) ? 'quarantined' : 'taken' }
  })
  const stay = places.filter(({ became }) => became === 'quarantined').length
  return { kind: 'retried', count: places.length, stay, places: places.slice(0, told) }
}

t.test(
  'quarantine retry: all that is chosen, in orders of a bounded size; its exit is that of every place',
  async (t) => {
    const opened = await openWith(t, trust)
    await waiting(opened, 12_001)
    const asked: string[] = []
    const answer = (told: number, stays: (id: string) => boolean) => (order: Order) => {
      if (order.kind === 'retry') asked.push(...order.ids)
      return retried(order, told, stays)
    }
    const retry = (answers: (order: Order) => object, ...words: string[]) =>
      give(opened, { leader: answers }, 'quarantine', 'retry', '--all', ...why, ...words)
    const last = await retry(
      answer(0, (id) => id === 'place-7'),
      '--json',
    )
    t.equal(new Set(asked).size, 12_001)
    t.match(JSON.parse(last.out), { kind: 'retried', count: 12_001, stay: 1 })
    t.equal(last.code, 1, 'one stays of which no answer told')
    const told = await retry(answer(1, (id) => id === 'place-7'))
    t.match(told.out, /^and 11988 more, of which 1 stay: saraban quarantine list\n$/m)
    t.equal(told.code, 1)
    t.equal((await retry(answer(1_000, () => false))).code, 0)
    await opened.die()
    const ordered = await give(opened, {}, 'quarantine', 'retry', '--all', ...why)
    t.match(ordered, {
      code: 0,
      out: 'ordered for 12001 places: the gateway is not running, and does it when it is started\n',
    })
  },
)

t.test(
  'quarantine retry: what was done or ordered before it ended is told, and how many are not',
  async (t) => {
    const opened = await openWith(t, trust)
    await waiting(opened, 2_500)
    const everything = ['quarantine', 'retry', '--all', ...why]
    const failing = () => {
      let first = true
      return (order: Order): object => {
        const answer = first
          ? retried(order, 0, () => false)
          : { kind: 'failed', reason: 'AttachmentsUnavailable' }
        first = false
        return answer
      }
    }
    const ended = await give(opened, { leader: failing() }, ...everything)
    t.equal(ended.code, 1)
    t.match(ended.err, 'cli.order.failed')
    t.match(ended.out, 'what became of 1500 more is not known: saraban quarantine list shows what waits\n')
    t.match(JSON.parse((await give(opened, { leader: failing() }, ...everything, '--json')).out), {
      ...{ kind: 'retried', count: 1_000, stay: 0, unknown: 1_500 },
    })

    await opened.die()
    // The gateway is started once the first order was seen to wait for that, and answers none.
    const { clock: hand, folder } = opened
    let looks = 0
    const clock = {
      now: () => hand.now(),
      elapsed: () => {
        looks += 1
        if (looks === 2) t.after(mustBe(lockFolder(folder)).release)
        return hand.elapsed()
      },
      schedule: (at: number, act: () => void) => hand.schedule(at, act),
      advance: (milliseconds: number) => hand.advance(milliseconds),
    }
    const ordered = await give({ ...opened, clock }, {}, ...everything)
    t.equal(ordered.code, 1)
    t.match(ordered.err, 'cli.order.unanswered')
    t.match(
      ordered.out,
      /^ordered for 1000 places: .* when it is started\nwhat became of 1500 more is not known: .*\n$/,
    )
  },
)

/** Gateways that are known by their names, beside the one that is there. */
async function among({ gateway }: Opened, ...names: string[]): Promise<void> {
  await gateway.desk.database.write(async (transaction) => {
    const at = start
    for (const name of names) {
      const member = { id: name, place: name, name, role: 'all', joinedAt: at } as const
      await joinMembers(transaction, member, { alone: false })
    }
    await leaveMembers(transaction, gateway.desk.member.id)
  })
}

/** No gateway is known any more. */
const nobody = ({ gateway }: Opened): Promise<unknown> =>
  gateway.desk.database.write(async (transaction) => {
    for (const { id } of await listMembers(transaction)) await leaveMembers(transaction, id)
  })

const applied = (system: string) => () => {
  const plan = { certificates: [], keys: [], grants: [], authority: false, tls: false }
  const systems = [{ kind: 'added', office: '57', profile: system, to: 'a'.repeat(64) }]
  return { kind: 'applied', plan: { ...plan, systems }, waiting: {} }
}

const refused = () => ({ kind: 'refused', problems: [problem('settings.key.none', 'keys/57.pem')] })

t.test(
  'profile reload of several: each under its name, whoever is silent, has ended, or refuses',
  async (t) => {
    const opened = await openWith(t, trust)
    const reload = (answers: Parameters<typeof give>[1], ...words: string[]) =>
      give(opened, answers, 'profile', 'reload', ...words)
    const { database } = opened.gateway.desk
    const ends = () => {
      void database.write((transaction) => leaveMembers(transaction, 'ended'))
      return undefined
    }
    for (const json of [[], ['--json']]) {
      await among(opened, 'one', 'silent', 'two', 'ended', 'three')
      const silent = () => undefined
      const said = await reload(
        { one: applied('a'), silent, two: applied('b'), ended: ends, three: refused },
        ...json,
      )
      t.equal(said.code, 1)
      if (json.length === 0) {
        t.match(said.err, 'cli.order.unanswered')
        t.match(said.out, /^one:\n.* {2}a {2}.*\nso it is now\n/m)
        t.match(said.out, /^two:\n.* {2}b {2}.*\nso it is now\n/m)
        t.match(said.out, /^ended:\nit has ended, and reads everything when it is started\n/m)
        t.match(said.err, 'settings.key.none')
      } else
        t.match(JSON.parse(said.out), {
          gateways: [
            { gateway: 'ended', answer: { kind: 'ended' } },
            { gateway: 'one', answer: { kind: 'applied' } },
            {
              gateway: 'silent',
              answer: { kind: 'unanswered', problems: [{ code: 'cli.order.unanswered' }] },
            },
            {
              gateway: 'three',
              answer: { kind: 'refused', problems: [{ code: 'settings.key.none', remedy: /./ }] },
            },
            { gateway: 'two', answer: { kind: 'applied' } },
          ],
        })
      await nobody(opened)
    }
    await among(opened, 'one', 'two')
    const both = await reload({ one: applied('a'), two: applied('b') })
    t.match(both, { code: 0, err: '' })
    await nobody(opened)
    await among(opened, 'one')
    t.match(
      JSON.parse((await reload({ one: applied('a') }, '--json')).out),
      { kind: 'applied' },
      'of one its answer',
    )
  },
)
