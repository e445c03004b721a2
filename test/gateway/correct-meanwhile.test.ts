// What comes between a correction that was shown and its being done: what was shown holds, what is said meanwhile is heard, and
// one letter is made (decision 0022).
import t from 'tap'
import { planCorrection } from '../../src/gateway/delivery/correction.ts'
import { correctLetter } from '../../src/gateway/intake/correct.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { letterAt, lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { insertOrder } from '../../src/gateway/journal/orders.ts'
import { newMessageId, systemRandom } from '../../src/letter/time.ts'
import { anew, circular, codes, letter, mustBe, order, sentAndSaid, trust } from './correct-stage.ts'
import { contentOf, openWorld } from './correspondents.ts'
import { chiangRai, moi } from './harness.ts'

t.setTimeout(600_000)

t.test('what was shown is what is done', async (t) => {
  const world = await openWorld(t, trust)
  const old = await sentAndSaid(world, 'reject', circular)
  const plan = mustBe(await planCorrection(world.committed, { messageId: old, ...anew }))
  await world.say(world.neighbour, 'reject', old)
  const said = { as: newMessageId(world.clock, systemRandom), by: 'somchai', why: 'x' }
  const late = await correctLetter(world.desk, { messageId: old, ...anew, ...said, digest: plan.digest })
  t.same(codes(late), ['letter.correct.changed'], 'it would go to one more')
  t.same(await lettersOfMessage(world.committed, said.as), [])
})

t.test(
  'what is done is all that was shown: also what makes no other content, and every recall',
  async (t) => {
    const world = await openWorld(t, trust)
    const old = await sentAndSaid(world, 'reject', circular)
    const to = { fields: { to: 'moi', subject: 'ใหม่' }, attach: [], drop: [] }
    const plan = mustBe(await planCorrection(world.committed, { messageId: old, ...to }))
    const said = () => ({ as: newMessageId(world.clock, systemRandom), by: 'somchai', why: 'x' })
    for (const more of [
      { sentAt: '2026-01-01T00:00:00.000+07:00' },
      { number: letter.number.printed.replace('0017', '๐๐๑๗') },
      { extension: [{ name: 'x', value: 'y' }] },
    ]) {
      const other = { messageId: old, ...to, fields: { ...to.fields, ...more } }
      const shown = mustBe(await planCorrection(world.committed, other))
      t.not(shown.digest, plan.digest, JSON.stringify(more))
      const answer = await correctLetter(world.desk, { ...other, ...said(), digest: plan.digest })
      t.same(codes(answer), ['letter.correct.changed'], JSON.stringify(more))
    }
    await world.say(world.neighbour, 'reject', old)
    const late = await correctLetter(world.desk, { messageId: old, ...to, ...said(), digest: plan.digest })
    t.same(codes(late), ['letter.correct.changed'], 'it would be recalled at one more')
    t.same(await world.statesOf(old), { 57: 'refused', moi: 'refused' })
  },
)

t.test('the word of its recipient that comes while it is being sealed is heard', async (t) => {
  const world = await openWorld(t, trust)
  const old = await sentAndSaid(world, 'reject')
  const plan = mustBe(await planCorrection(world.committed, { messageId: old, ...anew }))
  const as = newMessageId(world.clock, systemRandom)
  const { database } = world.desk
  let told = false
  const between: Database = {
    ...database,
    committed: database.committed,
    write: async (act) => {
      if (!told) {
        told = true
        await world.say(world.ministry, 'accept', old, '1/2569')
      }
      return database.write(act)
    },
    close: () => database.close(),
  }
  const desk = { ...world.desk, database: between }
  const answer = await correctLetter(desk, {
    messageId: old,
    ...anew,
    as,
    digest: plan.digest,
    by: 'a',
    why: 'b',
  })
  t.match(answer, { problems: [{ code: 'letter.correct.state', details: { states: 'registered' } }] })
  t.same(await world.statesOf(old), { moi: 'registered' })
  const sources = await world.committed.all(`SELECT id FROM sources WHERE system = 'saraban'`)
  t.same(sources, [], 'nothing of it is left')
})

t.test('a crash anywhere between: the order is carried out again, and makes one letter', async (t) => {
  for (let broken = 1; broken <= 3; broken += 1)
    for (const when of ['before', 'after'] as const) {
      const world = await openWorld(t, trust)
      const old = await sentAndSaid(world, 'reject')
      const plan = mustBe(await planCorrection(world.committed, { messageId: old, ...anew }))
      const said = { as: newMessageId(world.clock, systemRandom), digest: plan.digest, by: 'a', why: 'b' }
      const whole = { messageId: old, ...anew, ...said }
      const { database } = world.desk
      let count = 0
      const failing: Database = {
        ...database,
        committed: database.committed,
        write: async (act) => {
          count += 1
          if (count === broken && when === 'before') throw new Error('killed')
          const result = await database.write(act)
          if (count === broken) throw new Error('killed')
          return result
        },
        close: () => database.close(),
      }
      const first = await correctLetter({ ...world.desk, database: failing }, whole).then(
        (made) => made,
        () => undefined,
      )
      if (broken > 1) t.ok(first, 'it is one write')
      else t.equal(first, undefined)
      const again = mustBe(await correctLetter(world.desk, whole))
      t.same(again, { messageId: said.as, recipients: [moi] })
      await world.clock.advance(60_000)
      t.same(world.ministry.brought.map(contentOf), ['letter', 'recall', 'letter'], `${when} write ${broken}`)
      t.equal((await letterAt(world.committed, said.as, moi))?.state, 'delivered')
    }
})

t.test('while its correction waits a letter is not brought again as it was', async (t) => {
  const world = await openWorld(t, trust)
  const { desk } = world
  const old = await sentAndSaid(world, 'reject', circular)
  await world.say(world.neighbour, 'reject', old)
  const said = { messageId: old, ...anew, office: moi }
  const { digest } = mustBe(await planCorrection(world.committed, said))
  const by = { as: newMessageId(world.clock, systemRandom), digest, by: 'somchai', why: 'a test' }
  await desk.database.write((transaction) =>
    insertOrder(transaction, 'order', { kind: 'correct', ...said, ...by }, world.clock.now()),
  )
  const refused = async () =>
    desk.database.write(async (transaction) => {
      for (const office of [moi, chiangRai])
        await transaction.run(
          "UPDATE deliveries SET state = 'refused', open = 0 WHERE message_id = ? AND office = ?",
          old,
          office,
        )
    })
  await refused()
  t.same(await world.retry(old, [moi]), [], 'its recipient gets the corrected one')
  t.same(await world.retry(old, [chiangRai]), ['letter'], 'the correction says nothing of the other')
  t.equal(mustBe(await correctLetter(desk, { ...said, ...by })).messageId, by.as)
  t.match(await world.statesOf(old), { moi: 'recalled' })
})

t.test('two orders at one moment make one letter', async (t) => {
  const world = await openWorld(t, trust)
  const old = await sentAndSaid(world, 'reject')
  const another = { ...anew, fields: { subject: 'แก้ไขเป็นอย่างอื่น' } }
  const made = await Promise.all(
    [anew, another].map((changes) => order(world, { messageId: old, ...changes })),
  )
  t.equal(made.filter((each) => each?.ok === true).length, 1)
  t.same(made.flatMap(codes), ['letter.correct.replaced'])
  await world.clock.advance(60_000)
  t.same(world.ministry.brought.map(contentOf), ['letter', 'recall', 'letter'])
})
