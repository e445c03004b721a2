// A letter that a person corrected, after it or its correction was purged: its old words do not go as long as the correction stands.
import t, { type Test } from 'tap'
import { newId } from '../../src/gateway/desk.ts'
import { correctLetter, foreseeCorrection } from '../../src/gateway/intake/correct.ts'
import { runRetention } from '../../src/gateway/retention/run.ts'
import { readRetentionSettings } from '../../src/gateway/settings/retention.ts'
import { newMessageId, systemRandom } from '../../src/letter/time.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { openWorld, taken } from './correspondents.ts'
import { chiangMai, chiangRai, letterItem, makeTrust, moi, plainLetter } from './harness.ts'

const day = 86_400_000
const trust = await makeTrust([chiangMai, chiangRai, moi])
const letter = plainLetter({ to: { offices: [moi] } })
const days = (count: number): string => `${count}d`
const { keep } = mustBe(
  readRetentionSettings({
    ...{ envelopes: days(30), sources: days(30), handed: days(30), answers: days(30) },
    ...{ quarantine: days(30), events: days(30), tombstones: days(3653) },
  }),
)

/** A letter to the ministry that was refused, and corrected under another number and to another office. */
async function corrected(t: Test) {
  const world = await openWorld(t, trust)
  const { desk, clock, ministry, neighbour } = world
  for (const each of [ministry, neighbour]) each.answer = () => taken
  const old = await world.send(letter)
  await world.say(ministry, 'reject', old)
  await clock.advance(1_000)
  const correction = {
    messageId: old,
    ...{ fields: { to: '57', number: 'ชม 0017.1/998' }, attach: [], drop: [] },
  }
  const plan = await foreseeCorrection(desk, correction)
  if (plan?.ok !== true) throw new Error('it cannot be corrected')
  const as = newMessageId(clock, systemRandom)
  const said = { as, digest: plan.value.digest, by: 'somchai', why: 'the ministry said so' }
  t.match(await correctLetter(desk, { ...correction, ...said }), { ok: true })
  await clock.advance(60_000)
  const run = async (after: number): Promise<string[][]> => {
    clock.jump(after)
    const parts = { database: desk.database, clock, keep, newId, discard: desk.attachments.discard }
    await runRetention({ ...parts, stopped: () => false }, 'test', async () => true)
    const ids = async (table: string) =>
      (await world.committed.all<{ id: string }>(`SELECT message_id AS id FROM ${table} ORDER BY 1`)).map(
        ({ id }) => id,
      )
    return [await ids('letters'), await ids('purged_letters')]
  }
  let times = 0
  const again = () => world.offer(letterItem(letter), { sender: 'waits', handover: `again ${++times}` })
  const later = async (by: typeof ministry, kind: 'accept' | 'invalid', about: typeof old) => {
    clock.jump(20 * day)
    await world.say(by, kind, about, kind === 'accept' ? '1/2569' : undefined)
    await clock.advance(1_000)
  }
  const known = { kind: 'known', messageId: old, ended: 'recalled' }
  return { ...{ world, old, as, run, again, later, known } }
}

t.test('it is purged, and its correction after it', async (t) => {
  const { world, old, as, run, again, later, known } = await corrected(t)
  await later(world.neighbour, 'accept', as)
  t.same(await run(15 * day), [[as], [old]])
  t.match(await again(), known)
  t.same(await run(31 * day), [[], [old, as]])
  t.match(await again(), known)
  await world.desk.database.write((transaction) =>
    transaction.run('DELETE FROM purged_letters WHERE message_id = ?', as),
  )
  t.match(await again(), known, 'nothing is left that says that it was recalled')
})

t.test('its correction is purged before it', async (t) => {
  const { world, old, as, run, again, later, known } = await corrected(t)
  await world.say(world.neighbour, 'accept', as, '1/2569')
  await world.clock.advance(60_000)
  await later(world.ministry, 'invalid', old)
  t.same(await run(15 * day), [[old], [as]])
  t.match(await again(), known)
})

t.test('its correction is recalled, and purged or not', async (t) => {
  for (const after of [15 * day, 31 * day]) {
    const { world, old, as, run, again, later } = await corrected(t)
    await later(world.neighbour, 'accept', as)
    await world.say(world.province, 'recall', as)
    await world.clock.advance(60_000)
    t.same(await run(after), after < keep.envelopes ? [[as], [old]] : [[], [old, as]])
    t.match(await again(), { kind: 'taken' })
  }
})
