// What a dead process, a failing disk or another gateway left in the middle.
import t from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import { recover } from '../../src/gateway/delivery/recovery.ts'
import { attemptsOf } from '../../src/gateway/journal/attempts.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { expel, listMembers } from '../../src/gateway/journal/members.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { givenUpUnderWay, hour, open, second } from './delivery-stage.ts'
import { HandClock, joined, plainLetter, rest, scratch, start, until } from './harness.ts'
import { breakJournal } from './journal-engine.ts'

t.test('the process dies: what was being sent is unknown, and arrives once', async (t) => {
  const folder = scratch(t)
  const clock = new HandClock()
  const world = await open(t, folder, clock)
  // The line hangs: the delivery is being sent when the process dies.
  world.ministry.answer = (_parcel, signal) =>
    new Promise<Outcome>((resolve) =>
      signal.addEventListener('abort', () => resolve({ kind: 'unknown', said: 'broken off' })),
    )
  const id = await world.send()
  await until(() => world.ministry.brought.length === 1, 'it is being sent')
  await rest()
  t.equal((await deliveriesOfMessage(world.gateway.desk.database.committed, id))[0]?.state, 'sending')

  // Another process opens the same journal, as after SIGKILL.
  const after = await open(t, folder, clock)
  await until(async () => (await after.stateOf(id)) === 'delivered', 'it is sent again')
  const story = await storyOf(after.gateway.desk.database.committed, id)
  t.same(
    story?.deliveries[0]?.attempts.map(({ outcome }) => outcome),
    ['interrupted', 'taken'],
  )
  t.ok(
    story?.events.some(
      ({ name, facts }) =>
        name === 'delivery.recovered' && facts['from'] === 'sending' && facts['to'] === 'unknown',
    ),
  )
  t.equal(after.ministry.brought[0]?.envelope.messageId, id, 'under the same message id')
})

t.test(
  'the journal fails at the moment of the answer: the sweep finds the delivery, without a restart',
  async (t) => {
    const folder = scratch(t)
    const { gateway, clock, ministry, send, stateOf } = await open(t, folder)
    const { database } = gateway.desk
    let mend: (() => Promise<void>) | undefined
    const answer = ministry.answer
    ministry.answer = async (parcel, signal) => {
      ministry.answer = answer
      mend = await breakJournal(folder, database)
      return answer(parcel, signal)
    }
    const id = await send()
    await until(() => mend !== undefined, 'the journal is broken')
    await until(() => gateway.failures.length > 0, 'the answer came')
    await rest(200)
    await mend?.()
    const full = (await deliveriesOfMessage(database.committed, id))[0]?.state
    await clock.advance(hour)
    t.equal(await stateOf(id), 'delivered', `it was ${full} when the disk was full`)
  },
)

t.test(
  'what a failing disk left in the middle is recovered by the sweep, what is under way is not',
  async (t) => {
    const { gateway, clock, ministry, send, stateOf } = await open(t)
    let free: (outcome: Outcome) => void = () => undefined
    const held = new Promise<Outcome>((resolve) => (free = resolve))
    const answer = ministry.answer
    ministry.answer = () => held
    const working = await send()
    await until(() => ministry.brought.length === 1, 'one is under way')
    const left = await send(plainLetter({ number: mustBe(readLetterNumber('ชม 0017.1/777')).number }))
    await until(() => ministry.brought.length === 2, 'two are under way')
    // The second one's row is put back by hand to what a lost write leaves behind, under an id that nobody works on.
    await gateway.desk.database.write((transaction) =>
      transaction.run("UPDATE deliveries SET state = 'sending' WHERE message_id = ?", left),
    )
    gateway.clock.busy = () => false
    await clock.advance(31 * second)
    t.equal(
      (await deliveriesOfMessage(gateway.desk.database.committed, working))[0]?.state,
      'sending',
      'under way: left alone',
    )
    free({ kind: 'unavailable', said: 'later' })
    ministry.answer = answer
    await rest(100)
    await clock.advance(hour)
    t.equal(await stateOf(working), 'delivered')
    t.equal(await stateOf(left), 'delivered')
  },
)

t.test(
  'where the share of this gateway is nothing it brings nothing, and what it was given goes on',
  async (t) => {
    const { gateway, clock, ministry, send, stateOf } = await open(t)
    gateway.shares.set('moi', 0)
    const id = await send()
    await clock.advance(10 * second)
    t.equal(ministry.brought.length, 0)
    t.equal(await stateOf(id), 'sealed', 'it is due, for the others')
    // One of the others ended: the share is another now, and the hint has not gone astray.
    gateway.shares.set('moi', 1)
    await clock.advance(second)
    t.equal(ministry.brought.length, 1)
    t.equal(await stateOf(id), 'delivered')
  },
)

t.test('a gateway that was given up hands nothing over any more, and gives nothing up', async (t) => {
  const { gateway, clock, ministry, send } = await open(t)
  const { database } = gateway.desk
  // It is frozen just before the bytes of the form leave.
  let thaw: () => void = () => undefined
  const thawed = new Promise<void>((resolve) => (thaw = resolve))
  const handed: string[] = []
  ministry.answer = async (parcel) => {
    if (parcel.attempt > 1) return { kind: 'unavailable', said: 'not now' }
    await thawed
    await parcel.record?.({ bytes: Buffer.from('x'), mediaType: 'text/plain', extension: 'txt', files: [] })
    handed.push(parcel.id)
    return { kind: 'taken' }
  }
  const begun = await send()
  await until(() => ministry.brought.length === 1, 'one is under way')
  await database.write(async (transaction) => {
    const [self] = await listMembers(transaction)
    t.ok(self && (await expel(transaction, self, start)))
  })
  const other = await joined(database, new HandClock(), 'other')
  await recover({ ...gateway.desk, member: other }, () => false, 'later')
  clock.jump(80 * 3_600_000)
  thaw()
  await until(() => gateway.told.length === 1, 'its attempt is over')
  await rest()
  t.same(handed, [], 'nothing leaves any more')
  t.same(gateway.told, ['unavailable'])
  const [delivery] = await deliveriesOfMessage(database.committed, begun)
  t.match(
    delivery,
    { state: 'unknown', attempts: 1 },
    'and though its time is over, it is the others who give it up',
  )
})

t.test('a gateway that was given up begins nothing, and proves what it had begun', async (t) => {
  const world = await open(t)
  const { gateway, ministry, send, stateOf } = world
  const { database } = gateway.desk
  const usual = ministry.answer
  const { id: begun, delivery, say } = await givenUpUnderWay(world, 'later')
  t.match(delivery, { state: 'unknown', member: null }, 'another freed what it held')
  const later = await send(plainLetter({ number: mustBe(readLetterNumber('ชม 0017.1/778')).number }))
  await rest()
  t.equal(ministry.brought.length, 1, 'it claims nothing')
  t.equal((await deliveriesOfMessage(database.committed, later))[0]?.state, 'due')
  // The answer comes after all, with its proof.
  say(await usual(ministry.brought[0]!, new AbortController().signal))
  await until(async () => (await stateOf(begun)) === 'delivered', 'what is proved counts')
  t.match(
    (await attemptsOf(database.committed, delivery.id)).map(({ outcome }) => outcome),
    ['taken'],
    'as the end of its own attempt',
  )
})
