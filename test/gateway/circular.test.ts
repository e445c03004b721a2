// A circular costs each of its recipients the same, however many they are: statements and rows are counted, nothing is timed.
// There are 77 offices: the thousands are made up, and go no further than the journal.
import t from 'tap'
import { usualPolicy } from '../../src/adapters/delivery-policy.ts'
import { postLetter } from '../../src/gateway/delivery/post-letter.ts'
import { noSource } from '../../src/gateway/delivery/posted.ts'
import { resendIn } from '../../src/gateway/delivery/resend.ts'
import { everyAgain } from '../../src/gateway/delivery/resend-many.ts'
import { newId } from '../../src/gateway/desk.ts'
import type { Database, Reader, Transaction } from '../../src/gateway/journal/database.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { insertEnvelope } from '../../src/gateway/journal/envelopes.ts'
import { findByKey } from '../../src/gateway/journal/find.ts'
import { lettersOfMessage, moveLetter } from '../../src/gateway/journal/letters.ts'
import { insertNotice, noticesBetween, sameNotice } from '../../src/gateway/journal/notices.ts'
import { failedOf, openFinder } from '../../src/gateway/journal/open.ts'
import { contentDigest } from '../../src/letter/digest.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { Notice } from '../../src/letter/notice.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import { newMessageId, systemRandom } from '../../src/letter/time.ts'
import { chiangMai, HandClock, plainLetter, scratch, start } from './harness.ts'
import { openJournal } from './journal-engine.ts'

t.setTimeout(600_000)
const few = 75
// A server is asked one by one.
const many = process.env['SARABAN_TEST_JOURNAL'] === 'postgresql' ? 750 : 10_000

/** Ids of offices that nobody has. */
const officesOf = (count: number): OfficeId[] =>
  Array.from({ length: count }, (_, index) => `made-up-${index}` as OfficeId)

interface Cost {
  statements: number
  rows: number
}

/** A reader that counts what it is asked and gives. */
function counting<Kind extends Reader>(reader: Kind, cost: Cost): Kind {
  return {
    ...reader,
    all: async <Row>(...asked: Parameters<Reader['all']>) => {
      const rows = await reader.all<Row>(...asked)
      cost.statements += 1
      cost.rows += rows.length
      return rows
    },
    one: async <Row>(...asked: Parameters<Reader['one']>) => {
      cost.statements += 1
      return reader.one<Row>(...asked)
    },
    ...('run' in reader && {
      run: async (...asked: Parameters<Transaction['run']>) => {
        cost.statements += 1
        return (reader as unknown as Transaction).run(...asked)
      },
      put: (...asked: Parameters<Transaction['put']>) => {
        cost.statements += 1
        ;(reader as unknown as Transaction).put(...asked)
      },
    }),
  }
}

/** What everything about one circular costs, for each recipient, or for the one that is looked at. */
async function costsOf(database: Database, count: number): Promise<Record<string, Cost>> {
  const clock = new HandClock()
  const offices = officesOf(count)
  const [first = chiangMai, ...others] = offices
  const letter: Letter = plainLetter({ circular: true, to: { offices: [first, ...others] } })
  const digest = contentDigest(letter)
  const routes = { modeOf: () => 'push' as const, policyOf: () => usualPolicy }
  const costs: Record<string, Cost> = {}
  const spent = async <Value>(name: string, of: number, act: (cost: Cost) => Promise<Value>) => {
    const cost = { statements: 0, rows: 0 }
    const value = await act(cost)
    costs[name] = { statements: Math.ceil(cost.statements / of), rows: Math.ceil(cost.rows / of) }
    return value
  }
  const write = <Value>(name: string, of: number, work: (transaction: Transaction) => Promise<Value>) =>
    spent(name, of, (cost) =>
      database.write((transaction) => {
        Object.assign(cost, { statements: 0, rows: 0 })
        return work(counting(transaction, cost))
      }),
    )
  const messageId = newMessageId(clock, systemRandom)
  const offer = (id: typeof messageId) => (transaction: Transaction) =>
    postLetter(
      transaction,
      {
        ...{ messageId: id, letter, contentDigest: digest, offerer: 'waiting', recalls: [], at: start },
        ...{
          sealed: { bytes: Buffer.from('envelope'), digest: id },
          keep: noSource,
          position: null,
          handover: null,
        },
      },
      routes,
      newId,
    )
  const posted = await write('intake', count, offer(messageId))
  t.match(posted, { kind: 'posted' })
  t.equal(
    (await database.committed.all("SELECT 1 FROM envelopes WHERE content = 'letter'")).length,
    1,
    'stored once',
  )
  t.equal((await deliveriesOfMessage(database.committed, messageId)).length, count, 'one delivery each')
  t.match(await write('offered again', count, offer(newMessageId(clock, systemRandom))), {
    kind: 'known',
    messageId,
  })

  // Each of them rejects it; the sender's system cannot be told of any.
  const notices = offices.map((from): [typeof messageId, Notice] => [
    newMessageId(clock, systemRandom),
    {
      ...{ kind: 'reject', from, to: chiangMai, at: start, reason: '' },
      about: {
        messageId,
        digest: messageId,
        number: letter.number.printed,
        date: letter.date,
        subject: letter.subject,
      },
    },
  ])
  await write('notices', count, async (transaction) => {
    for (const [id, notice] of notices) {
      const row = {
        messageId: id,
        content: 'reject',
        sender: notice.from,
        digest: id,
        bytes: Buffer.alloc(1),
      } as const
      await insertEnvelope(transaction, {
        ...row,
        ...{ sourceId: null, position: null, handover: null, committedAt: start },
      })
      await insertNotice(transaction, id, notice, start)
    }
  })
  const middle = offices[count >> 1]!
  const [, notice] = notices[count >> 1]!
  const { committed } = database
  const row = (await lettersOfMessage(committed, messageId)).find(({ recipient }) => recipient === middle)
  if (row === undefined) throw new Error('not there')
  await spent('a notice again', 1, async (cost) => {
    const { about, from, to } = notice
    const said = await noticesBetween(counting(committed, cost), about.messageId, from, to)
    t.ok(sameNotice(said, notice, { ...row, state: 'refused' }, false))
  })
  await spent('what is open of one', 1, (cost) => openFinder(counting(committed, cost))(messageId, middle))
  const sent = await spent('one by its number', 1, (cost) =>
    findByKey(counting(committed, cost), chiangMai, { number: letter.number.printed, recipient: middle }),
  )
  t.equal(sent[0]?.recipient, middle, 'found, though it is not among the newest')

  await write('given up', count, async (transaction) => {
    for (const { id, office } of await deliveriesOfMessage(transaction, messageId)) {
      await transaction.run("UPDATE deliveries SET state = 'given-up', open = 0 WHERE id = ?", id)
      await moveLetter(transaction, messageId, office, 'give-up', start)
    }
  })
  t.equal((await failedOf(committed, messageId, middle)).length, 1)
  await spent('what failed of one', 1, (cost) => failedOf(counting(committed, cost), messageId, middle))
  const found = await spent('all that failed', count, async (cost) => {
    const ids: string[] = []
    for await (const { recipient } of everyAgain(counting(committed, cost), { messageId, secret: false }))
      ids.push(recipient)
    return ids
  })
  t.same(found.sort(), [...offices].sort(), 'the re-send finds each')
  const resent = await write('sent again', count, (transaction) =>
    resendIn(transaction, { messageId, recipients: offices, by: 'somchai', why: 'test', at: start }),
  )
  t.equal(resent.length, count)
  const again = await write('and once more', count, (transaction) =>
    resendIn(transaction, { messageId, recipients: offices, by: 'somchai', why: 'test', at: start }),
  )
  t.equal(again.length, 0)
  return costs
}

t.test('ten thousand recipients cost each what seventy-five do', async (t) => {
  const [small, large] = [await openJournal(scratch(t)), await openJournal(scratch(t))]
  t.after(() => Promise.all([small.close(), large.close()]))
  const [ofFew, ofMany] = [await costsOf(small, few), await costsOf(large, many)]
  for (const [name, cost] of Object.entries(ofMany)) {
    t.comment(`${name}: ${JSON.stringify(ofFew[name])} → ${JSON.stringify(cost)}`)
    t.ok(cost.statements <= (ofFew[name]?.statements ?? 0), `${name}: statements`)
    t.ok(cost.rows <= (ofFew[name]?.rows ?? 0), `${name}: rows`)
  }
})

t.test('a long transaction holds nobody up', async (t) => {
  if (many !== 10_000) return t.pass('a server is waited for between any two statements')
  const database = await openJournal(scratch(t))
  t.after(() => database.close())
  let turns = 0
  let done = false
  const count = (): void => {
    turns += 1
    if (!done) setImmediate(count)
  }
  setImmediate(count)
  await database.write(async (transaction) => {
    for (let each = 0; each < many; each += 1) await transaction.one('SELECT 1')
  })
  done = true
  t.ok(turns > 30, `others had ${turns} turns`)
  return undefined
})
