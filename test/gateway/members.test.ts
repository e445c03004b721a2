// Several gateways on one journal, each with a clock of its own: who lives, who leads, and what becomes of what a dead one held.
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { shareOf } from '../../src/gateway/delivery/share.ts'
import { differences } from '../../src/gateway/doctor/members.ts'
import type { Database, Parameter } from '../../src/gateway/journal/database.ts'
import { expel, leaderOf, listMembers, type Role, takeLead } from '../../src/gateway/journal/members.ts'
import { type Reach, reachOf } from '../../src/gateway/journal/reaches.ts'
import { openSqlite } from '../../src/gateway/journal/sqlite.ts'
import { Membership, usualPace } from '../../src/gateway/membership.ts'
import { HandClock, rest, scratch, start } from './harness.ts'

const second = 1000

interface Here {
  readonly member: Membership
  readonly clock: HandClock
  readonly told: string[]
  /** How often it was told that there are fewer. */
  fewer: number
}

/** Members on one journal; the journal can be cut off from each. */
function open(t: Test) {
  const database = openSqlite(join(scratch(t), 'journal.sqlite'))
  t.after(() => database.close())
  let count = 0
  async function join_(
    role: Role = 'all',
    place = `place ${count}`,
    sharing = true,
    clock = new HandClock(),
    starts = true,
  ): Promise<Here & { cut: boolean; full: boolean; slow: Promise<void> | undefined }> {
    count += 1
    const told: string[] = []
    const slow = undefined as Promise<void> | undefined
    const here = { clock, told, cut: false, full: false, slow, fewer: 0 }
    const reached = <Value>(work: () => Promise<Value>): Promise<Value> =>
      here.cut ? Promise.reject(new Error('cut off')) : work()
    const own: Database = {
      committed: {
        all: (statement, ...values) => reached(() => database.committed.all(statement, ...values)),
        async one<Row>(statement: string, ...values: readonly Parameter[]) {
          const row = await reached(() => database.committed.one<Row>(statement, ...values))
          await here.slow
          return row
        },
      },
      write: (work) =>
        reached(() =>
          database.write(async (transaction) => {
            const value = await work(transaction)
            if (here.full) throw new Error('the disk is full')
            return value
          }),
        ),
      unsafe: () => reached(() => database.unsafe()),
      close: async () => undefined,
    }
    const member = new Membership({
      ...{ database: own, clock, pace: usualPace, alone: false },
      member: { id: `m${count}`, place, name: `gateway ${count}`, role, joinedAt: start + count },
      superseded: () => void told.push('superseded'),
      leading: () => void told.push('leading'),
      changed: () => {
        here.fewer += 1
      },
      failed: () => void told.push('failed'),
    })
    const other = await member.join({ sharing })
    if (other === undefined && starts) await member.takePart()
    if (other !== undefined) told.push(`beside ${other.name}`)
    return Object.assign(here, { member })
  }
  const ids = async (): Promise<string[]> => (await listMembers(database.committed)).map(({ id }) => id)
  return { database, join: join_, ids, leader: () => leaderOf(database.committed) }
}

/** Time goes on for all of these, in small steps, so that their beats are mixed. */
async function together(milliseconds: number, ...all: readonly Here[]): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += second)
    for (const { clock } of all) {
      await clock.advance(second)
      await rest(2)
    }
}

t.test(
  'one leads; when it ends in peace another does at once, and when it is killed after half a minute',
  async (t) => {
    const { join, ids, leader } = open(t)
    const [one, two, three] = [await join(), await join(), await join('worker')]
    t.equal(await leader(), 'm1')
    await together(60 * second, one, two, three)
    t.same(await ids(), ['m1', 'm2', 'm3'], 'all of them live')
    t.same([one.member.leads(), two.member.leads(), three.member.leads()], [true, false, false])

    await one.member.leave()
    await together(4 * second, two, three)
    t.equal(await leader(), 'm2')
    t.same(two.told, ['leading'])

    // Killed: it says nothing any more.
    await together(28 * second, three)
    t.same(await ids(), ['m2', 'm3'], 'not given up before its time')
    const before = three.fewer
    await together(8 * second, three)
    t.same(await ids(), ['m3'])
    t.equal(three.fewer, before + 1)
    const four = await join('intake')
    await together(4 * second, three, four)
    t.equal(await leader(), 'm4', 'a worker never leads')
    t.same(four.told, ['leading'])

    // It was only frozen: its next word tells it that it was given up, and it does not begin to lead again.
    await together(4 * second, two)
    t.same(two.told, ['leading', 'superseded'])
    t.equal(two.member.leads(), false)
    await together(60 * second, two, three, four)
    t.same(two.told, ['leading', 'superseded'], 'told once')
    for (const { member } of [three, four]) await member.leave()
    t.same(await ids(), [])
  },
)

t.test('a beat beside its taking part costs it no lead, and tells it of none twice', async (t) => {
  const { join, leader } = open(t)
  const one = await join('all', 'place', true, new HandClock(), false)
  let answered = (): void => undefined
  one.slow = new Promise<void>((resolve) => {
    answered = resolve
  })
  const taking = one.member.takePart()
  await together(2 * second, one)
  one.slow = undefined
  answered()
  await taking
  await rest()
  t.equal(await leader(), 'm1')
  t.equal(one.member.leads(), true)
  await together(6 * second, one)
  t.same(one.told, ['leading'])
})

t.test('who cannot ask the journal gives nobody up, and whoever leads then waits', async (t) => {
  const { join, ids } = open(t)
  const [one, two] = [await join(), await join()]
  await together(10 * second, one, two)
  // The journal is away for all of them, for ten minutes.
  one.cut = true
  two.cut = true
  await together(14 * second, one, two)
  t.equal(one.member.leads(), true, 'a short while is nothing')
  await together(586 * second, one, two)
  t.equal(one.member.leads(), false)
  t.same([one.told, two.told], [['leading', 'failed'], ['failed']], 'one word for each trouble')
  one.cut = false
  two.cut = false
  // The one that comes back first has seen no beat of the other for ten minutes: it has seen nothing at all.
  await together(4 * second, two)
  t.same(await ids(), ['m1', 'm2'])
  await together(10 * second, one, two)
  t.same([one.member.leads(), two.member.leads()], [true, false])
  // Only one is cut off: the other leads when that one has long ceased to.
  one.cut = true
  await together(28 * second, one, two)
  t.same([one.member.leads(), two.member.leads()], [false, false])
  await together(8 * second, one, two)
  t.same([one.member.leads(), two.member.leads()], [false, true])
  t.same(await ids(), ['m2'])
  one.cut = false
  await together(4 * second, one, two)
  t.same(one.told, ['leading', 'failed', 'failed', 'superseded'])
})

t.test('a clock that is set changes nothing', async (t) => {
  const { join, ids } = open(t)
  const [one, two] = [await join(), await join()]
  two.clock.jump(86_400_000)
  await together(60 * second, one, two)
  t.same(await ids(), ['m1', 'm2'])
  t.same([one.member.leads(), two.member.leads()], [true, false])
})

t.test('whoever starts in the data folder of a dead gateway takes its place within four beats', async (t) => {
  const { join, ids, leader } = open(t)
  await join('all', 'here')
  const other = await join()
  const clock = new HandClock()
  const joining = join('all', 'here', true, clock)
  // It makes sure that the other does not live on in a copy of the folder.
  await together(2 * second, other)
  await rest(20)
  await clock.advance(10 * second)
  const again = await joining
  t.same(await ids(), ['m2', 'm3'])
  await together(4 * second, again, other)
  t.equal(await leader(), 'm3')
})

t.test('a gateway in a copy of a data folder that is at work elsewhere does not join', async (t) => {
  const { join, ids } = open(t)
  const one = await join('all', 'here')
  const clock = new HandClock()
  const copied = join('all', 'here', true, clock)
  for (let count = 0; count < 4; count += 1) {
    await together(2 * second, one)
    await clock.advance(2 * second)
  }
  t.same((await copied).told, ['beside gateway 1'])
  t.same([await ids(), one.told], [['m1'], ['leading']], 'and the other goes on undisturbed')
})

t.test('what could not be told is told as soon as it can be', async (t) => {
  const { join, database } = open(t)
  const one = await join('worker')
  one.full = true
  await t.rejects(one.member.tell(() => ({ 50: { mode: 'push', profile: 'a' } })))
  one.full = false
  t.match(await reachOf(database.committed, 'm1'), { reach: {}, self: { starting: true } })
  await together(4 * second, one)
  t.match(await reachOf(database.committed, 'm1'), { reach: { 50: { profile: 'a' } } })
})

t.test('who starts and does not get on neither leads nor has a share', async (t) => {
  const { join, leader } = open(t)
  const leads = await join()
  const starts = await join('all', 'slow', true, new HandClock(), false)
  await leads.member.leave()
  await together(60 * second, starts)
  t.equal(await leader(), undefined)
  const again = await join()
  t.equal(await leader(), 'm3', 'who was stopped and started again leads')
  await starts.member.tell(() => ({}))
  await starts.member.takePart()
  await again.member.leave()
  await together(4 * second, starts)
  t.equal(await leader(), 'm2', 'until it has started')
  await starts.member.leave()
})

t.test('the share of who is starting, and of an earlier version', async (t) => {
  const { join, database } = open(t)
  const one = await join('worker')
  const push = { mode: 'push', profile: 'a' } as const
  await one.member.tell(() => ({ 50: push }))
  const two = await join('worker')
  await together(4 * second, one, two)
  t.equal(one.member.shareOf('50', 4), 4, 'who is just starting has nothing')
  t.same(one.member.differences(), [], 'and differs from nobody')
  await two.member.leave()
  const earlier = await join('worker')
  await database.write((transaction) => transaction.run("DELETE FROM reaches WHERE member = 'm3'"))
  await together(4 * second, one, earlier)
  t.equal(one.member.shareOf('50', 4), 2, 'who says nothing is taken to have everything')
  await earlier.member.leave()
})

t.test('an office is shared out among those who have it and reach it', async (t) => {
  const { join, database } = open(t)
  const [one, two, three] = [await join('worker'), await join('worker'), await join('intake')]
  const all = [one, two, three]
  const says = async (here: Here, reach: Reach) => here.member.tell(() => reach)
  const shares = (atOnce: number) => [one, two, three].map(({ member }) => member.shareOf('50', atOnce))
  await together(4 * second, ...all)
  t.same(shares(4), [0, 0, 0], 'nobody has anything yet')
  const push = { mode: 'push', profile: 'a' } as const
  await says(one, { 50: push })
  await says(two, {})
  await says(three, { 50: push })
  const before = one.fewer
  await together(4 * second, ...all)
  t.ok(one.fewer > before, 'it is told, so that it brings what the other had left')
  t.same(shares(1), [1, 0, 0], 'who has no profile for it gives its share away')
  t.match(await differences(database.committed), [
    { code: 'gateway.differ', value: '50', details: { without: 'gateway 2', others: '-' } },
  ])
  // It has one now, and cannot reach the office.
  await says(two, { 50: { ...push, away: true } })
  await together(4 * second, ...all)
  t.same(shares(1), [1, 0, 0])
  t.same(await differences(database.committed), [])
  await says(one, { 50: { ...push, away: true } })
  await together(4 * second, ...all)
  t.same(
    shares(3).slice(0, 2).sort(),
    [1, 2],
    'where nobody reaches it, somebody has to find out when it is back',
  )
  await says(two, { 50: push })
  await together(4 * second, ...all)
  t.same(shares(3), [0, 3, 0])
  // Another profile delivers in another way: neither turns about what another says, of whom there are two to one and one to two.
  await says(two, { 50: { mode: 'poll', profile: 'b' } })
  await together(4 * second, ...all)
  t.same(
    [one, two].map(({ member }) => [member.agrees('50', 'push'), member.agrees('50', 'poll')]),
    [
      [false, false],
      [true, false],
    ],
    'what it is about to be itself does not count',
  )
  t.match(one.member.differences(), [{ office: '50', without: [], others: ['gateway 2'] }])
  await two.member.leave()
  await together(4 * second, one, three)
  t.ok(one.member.agrees('50', 'push'))
  t.same(one.member.differences(), [])
})

t.test('gateways that do not share their attachments do not work together', async (t) => {
  const { join, ids } = open(t)
  const one = await join()
  const clock = new HandClock()
  const refused = join('all', 'elsewhere', false, clock)
  await together(4 * second, one)
  await clock.advance(2 * second)
  t.same((await refused).told, ['beside gateway 1'])
  t.same(await ids(), ['m1'])
  // The one that is there is dead, and its folder is gone: after half a minute it is no hindrance.
  const later = new HandClock()
  const allowed = join('all', 'elsewhere', false, later)
  await rest()
  await later.advance(34 * second)
  t.same((await allowed).told, ['leading'])
  t.same(await ids(), ['m3'])
})

t.test('what an office bears is shared out: all of it, and no more', async (t) => {
  const ids = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(
      ids,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 10, max: 97 }),
      (workers, atOnce, office) => {
        const shares = workers.map((me) => shareOf(String(office), atOnce, workers, me))
        t.equal(
          shares.reduce((sum, share) => sum + share, 0),
          atOnce,
        )
        t.ok(Math.max(...shares) - Math.min(...shares) <= 1, 'as evenly as can be')
        t.same(
          workers.map((me) => shareOf(String(office), atOnce, [...workers].reverse(), me)),
          shares,
          'in whichever order they are listed',
        )
      },
    ),
  )
  t.equal(shareOf('50', 8, ['a', 'b'], 'c'), 0, 'who brings nothing has no share')
  const busy = new Set(
    Array.from({ length: 77 }, (_, office) =>
      ['a', 'b', 'c'].find((me) => shareOf(String(office), 1, ['a', 'b', 'c'], me) === 1),
    ),
  )
  t.equal(busy.size, 3, 'offices that bear one attempt are spread over the workers')
})

t.test('of two that act at once on what they saw, one is too late', async (t) => {
  const { database, join, ids, leader } = open(t)
  const [one] = [await join(), await join()]
  const seen = (await listMembers(database.committed)).find(({ id }) => id === 'm1')!
  await one.clock.advance(2 * second)
  await rest(10)
  t.equal(
    await database.write((transaction) => expel(transaction, seen, start)),
    false,
    'it has beaten since',
  )
  t.same(await ids(), ['m1', 'm2'])
  t.equal(
    await database.write((transaction) => takeLead(transaction, 'm2', start)),
    false,
    'the lead is taken',
  )
  t.equal(await leader(), 'm1')
  const now = (await listMembers(database.committed)).find(({ id }) => id === 'm1')!
  t.equal(await database.write((transaction) => expel(transaction, now, start)), true)
  t.equal(await database.write((transaction) => expel(transaction, now, start)), false, 'once')
  t.equal(await database.write((transaction) => takeLead(transaction, 'm2', start)), true)
})
