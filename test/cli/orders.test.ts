// Commands that give orders to gateways, beside gateways that answer as the test says: what they tell, and how they exit.
import t from 'tap'
import { answerOrder, nextOrder, type Order, type RetryOrder } from '../../src/gateway/journal/orders.ts'
import { chiangMai, makeTrust, moi, rest } from '../gateway/harness.ts'
import { open as openWith, type Said, sarabanIn } from './operator.ts'

const trust = await makeTrust([chiangMai, moi])
const why = ['--by', 'สมชาย', '--why', 'แก้ตารางแล้ว']

type Opened = Awaited<ReturnType<typeof openWith>>

/** Gives a command, and lets gateways answer its orders; one that gives no answer is silent. */
async function give(
  { gateway, clock, environment, place }: Opened,
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
