// A place in quarantine that is dismissed while an order to try it again is about: the later word counts, and nothing was told that is
// not so.
import t, { type Test } from 'tap'
import type { Item } from '../../src/adapters/contract.ts'
import type { Desk, Step } from '../../src/gateway/desk.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { type RetryRequest, retryQuarantined } from '../../src/gateway/intake/retry.ts'
import { newestSent } from '../../src/gateway/journal/letters.ts'
import { dismissQuarantined, listQuarantine, quarantinedById } from '../../src/gateway/journal/quarantine.ts'
import { problem } from '../../src/problem/problem.ts'
import { chiangMai, letterItem, plainLetter, sealedBy, source, systemOf } from './harness.ts'
import { dismiss, fault, openScripted, reason, trust } from './quarantine-stage.ts'

t.setTimeout(600_000)

/** Some places of one source in quarantine. `retry`: reads it as `items`, after `meanwhile`. */
async function openWaiting(t: Test, faults: readonly Item[] = [fault(1)]) {
  const world = await openScripted(t)
  const { desk, province, committed } = world
  await take(desk, systemOf(province), source('all'), async () => faults)
  const rows = await listQuarantine(committed, 10)
  const idAt = (at: string) => rows.find(({ position }) => position === at)!.id
  return {
    ...world,
    idAt,
    stateOf: async (id: string) => (await quarantinedById(committed, id))?.state,
    retry: (
      items: readonly Item[],
      { meanwhile, ...more }: Partial<RetryRequest> & { meanwhile?: () => Promise<unknown> } = {},
      at: Desk = desk,
    ) =>
      retryQuarantined(
        at,
        () => ({
          system: systemOf(province),
          read: async () => {
            await meanwhile?.()
            return items
          },
        }),
        { ...reason, ids: rows.map(({ id }) => id), believe: false, ...more },
        (error) => t.fail(String(error)),
      ),
    sent: async () => (await newestSent(committed, chiangMai, 10)).length,
    events: async () =>
      (
        await committed.all<{ name: string; facts: string }>(
          "SELECT name, facts FROM events WHERE name LIKE 'quarantine.%' ORDER BY seq",
        )
      ).map(({ name, facts }) => [name, (JSON.parse(facts) as { became?: string }).became]),
  }
}

const letter = letterItem(plainLetter(), 'row 1')

t.test('dismissed while the order is at work: it is not sent, and stays dismissed', async (t) => {
  const { desk, idAt, retry, stateOf, sent, events, clock } = await openWaiting(t)
  const id = idAt('row 1')
  const { bytes } = sealedBy(trust, clock, { letter: plainLetter() }).sealed
  const sealed: Item = { kind: 'envelope', position: 'row 1', bytes, attachments: new Map() }
  for (const item of [letter, sealed]) {
    const retried = await retry([item], { meanwhile: () => dismiss(desk, id) })
    t.match(retried, [{ id, became: 'dismissed' }], item.kind)
    t.equal(await sent(), 0)
    t.equal(await stateOf(id), 'dismissed')
  }
  t.same(await events(), [
    ['quarantine.dismissed', undefined],
    ['quarantine.retried', 'dismissed'],
    ['quarantine.retried', 'dismissed'],
  ])
})

t.test('a notice too', async (t) => {
  const { desk, committed, idAt, province, retry, stateOf } = await openWaiting(t)
  const offered = { ...source('a letter'), document: 'letter' } as const
  const [taken] = await take(desk, systemOf(province), offered, async () => [letterItem(plainLetter())])
  if (taken?.kind !== 'taken') throw new Error(taken?.kind)
  const about = { messageId: taken.messageId }
  const recall: Item = {
    ...{ kind: 'notice', position: 'row 1', draft: { kind: 'recall', about, reason: 'ส่งผิด' } },
  }
  const id = idAt('row 1')
  const retried = await retry([recall], { meanwhile: () => dismiss(desk, id) })
  t.match(retried, [{ became: 'dismissed' }])
  t.equal(await stateOf(id), 'dismissed')
  t.same(await committed.all('SELECT message_id FROM notices'), [])
})

t.test('dismissed before the order is carried out, or before it was given', async (t) => {
  const { desk, idAt, retry, stateOf, sent } = await openWaiting(t)
  const id = idAt('row 1')
  await dismiss(desk, id)
  t.match(await retry([letter]), [{ became: 'dismissed' }], 'it waited when the order was given')
  t.equal(await sent(), 0)
  t.match(await retry([letter], { dismissed: true }), [{ became: 'taken' }], 'it was dismissed then')
  t.equal(await sent(), 1)
  t.equal(await stateOf(id), 'taken')
})

t.test('what is sent is dismissed no more from the moment that it is', async (t) => {
  const { desk, idAt, retry, stateOf } = await openWaiting(t)
  const id = idAt('row 1')
  let dismissal: Promise<boolean> | undefined
  const reached = (step: Step): void => {
    if (step === 'letter.committed') dismissal = dismiss(desk, id)
  }
  t.match(await retry([letter], {}, { ...desk, reached }), [{ became: 'taken' }])
  t.equal(await dismissal, false)
  t.equal(await stateOf(id), 'taken')
})

t.test('one that is still wrong, in another way, does not come back either', async (t) => {
  const { desk, idAt, retry, stateOf, committed } = await openWaiting(t)
  const id = idAt('row 1')
  const other: Item = {
    ...{ kind: 'fault', position: 'row 1', problems: [problem('adapter.column.missing', 'row 1', 'วันที่')] },
  }
  const retried = await retry([other], { meanwhile: () => dismiss(desk, id) })
  t.match(retried, [{ became: 'dismissed' }])
  t.equal(await stateOf(id), 'dismissed')
  t.same(await listQuarantine(committed, 10), [])
})

t.test('one that is read as several places now is not; the others are tried', async (t) => {
  const lines: Item = { ...fault(2), position: 'lines 3-4' }
  const { desk, idAt, retry, stateOf, sent, committed } = await openWaiting(t, [fault(1), lines])
  const id = idAt('lines 3-4')
  const read = [letter, letterItem(plainLetter(), 'line 3'), letterItem(plainLetter(), 'line 4')]
  const retried = await retry(read, { meanwhile: () => dismiss(desk, id) })
  t.same(
    new Map(retried.map(({ id, became }) => [id, became])),
    new Map([
      [idAt('row 1'), 'taken'],
      [id, 'dismissed'],
    ]),
  )
  t.equal(await stateOf(id), 'dismissed')
  t.equal(await sent(), 1)
  t.same(await listQuarantine(committed, 10), [], 'nothing came in its place')
})

t.test('a dismissal that comes to what is read as other places since changes nothing', async (t) => {
  const lines: Item = { ...fault(2), position: 'lines 3-4' }
  const { desk, idAt, retry, stateOf } = await openWaiting(t, [lines])
  const id = idAt('lines 3-4')
  const row = await quarantinedById(desk.database.committed, id)
  await retry([letterItem(plainLetter(), 'line 3')])
  if (row?.state !== 'waiting') throw new Error(row?.state)
  const words = { by: 'somchai', why: 'looked at before' }
  t.notOk(
    await desk.database.write((transaction) => dismissQuarantined(transaction, row, words, desk.clock.now())),
  )
  t.equal(await stateOf(id), 'replaced')
})
