// Work that does not return: it is told of, it keeps nobody from starting and stopping, and another gateway leads meanwhile.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { AdapterVerbs } from '../../src/adapters/contract.ts'
import { looking } from '../../src/adapters/transports/looking.ts'
import { leaderOf, type Role } from '../../src/gateway/journal/members.ts'
import type { PresentFacts } from '../../src/gateway/journal/present.ts'
import { openSqlite } from '../../src/gateway/journal/sqlite.ts'
import { LeadersWork } from '../../src/gateway/leaders-work.ts'
import { Membership, usualPace } from '../../src/gateway/membership.ts'
import { Rounds } from '../../src/gateway/rounds.ts'
import { longestSilence, UnderWay } from '../../src/gateway/under-way.ts'
import { HandClock, rest, scratch, start } from './harness.ts'

const second = 1000
const minute = 60 * second

/** Gateways on one journal that look into a folder each, which may say nothing for ever. */
function open(t: Test) {
  const database = openSqlite(join(scratch(t), 'journal.sqlite'))
  t.after(() => database.close())
  const clock = new HandClock()
  let count = 0
  return {
    clock,
    leader: () => leaderOf(database.committed),
    events: async () =>
      (
        await database.committed.all<{ name: string }>("SELECT name FROM events WHERE name LIKE 'gateway.%'")
      ).map(({ name }) => name),
    async join(role: Role = 'all') {
      count += 1
      const told: string[] = []
      const underWay = new UnderWay({
        clock,
        told: (subject, what, facts: PresentFacts | undefined) =>
          void told.push(`${subject} ${what} ${facts === undefined ? 'returned' : 'hangs'}`),
      })
      const member = new Membership({
        ...{ database, clock, pace: usualPace, alone: false },
        member: {
          id: `m${count}`,
          place: `place ${count}`,
          name: `g${count}`,
          role,
          joinedAt: start + count,
        },
        superseded: () => undefined,
        leading: () => undefined,
        changed: () => undefined,
        failed: (error) => t.fail(String(error)),
      })
      await member.join({ sharing: true })
      await member.takePart()
      await member.tell(
        () => ({}),
        () => (underWay.hangs() ? { hangs: true } : {}),
      )
      const watch = underWay.watch((error) => t.fail(String(error)))
      watch.start()
      let answer: () => void = () => undefined
      let looks = 0
      const folder = { silent: false, answer: () => answer(), looks: () => looks }
      const looked = looking({
        every: second,
        failed: { event: 'folder.failed', facts: { channel: 'send' } },
        look: () => {
          looks += 1
          return new Promise((resolve) => {
            answer = () => resolve(undefined)
            if (!folder.silent) answer()
          })
        },
      })
      const verbs: Partial<AdapterVerbs> = {
        clock,
        mayLook: () => member.leads(),
        lookBegins: () => underWay.begin('csv', 'send', {}).ended,
        report: () => undefined,
      }
      await looked.start(verbs as AdapterVerbs)
      return { member, folder, told, looked, underWay }
    },
  }
}

t.test('whose look does not return lets another lead, and leads again when that one hangs', async (t) => {
  const { clock, join, leader, events } = open(t)
  const [one, two] = [await join(), await join()]
  await join('worker')
  await clock.advance(10 * second)
  t.equal(await leader(), 'm1')
  one.folder.silent = true
  await clock.advance(longestSilence - minute)
  t.same([await leader(), one.told], ['m1', []], 'a long look is a look')
  const before = two.folder.looks()
  await clock.advance(2 * minute)
  t.same([await leader(), one.told], ['m2', ['csv send hangs']])
  t.ok(two.folder.looks() > before, 'the other looks')
  t.same([one.member.leads(), two.member.leads()], [false, true])
  t.same(await events(), ['gateway.lead-passed'])

  // The share is away for both: nobody passes the lead about.
  two.folder.silent = true
  await clock.advance(3 * longestSilence)
  t.same([await leader(), two.told], ['m2', ['csv send hangs']])
  t.same(await events(), ['gateway.lead-passed'])

  // It is back at the one: that one looks, for the other is still waiting.
  one.folder.silent = false
  one.folder.answer()
  const seen = one.folder.looks()
  await clock.advance(minute)
  t.same([await leader(), one.told], ['m1', ['csv send hangs', 'csv send returned']])
  t.ok(one.folder.looks() > seen)
})

t.test('who has nobody to let lead goes on with what does not hang', async (t) => {
  const { clock, join, leader } = open(t)
  const one = await join()
  await join('worker')
  await clock.advance(10 * second)
  one.folder.silent = true
  await clock.advance(3 * longestSilence)
  t.equal(await leader(), 'm1', 'a worker cannot')
  t.ok(one.member.leads())
})

t.test('a start and a stop wait half a minute for a look that does not return', async (t) => {
  const clock = new HandClock()
  const looked = looking({
    every: second,
    failed: { event: 'x.failed' },
    look: () => new Promise(() => undefined),
  })
  for (const act of [
    () => looked.start({ clock } as Partial<AdapterVerbs> as AdapterVerbs),
    () => looked.stop(),
  ]) {
    let done = false
    const acting = act().then(() => {
      done = true
    })
    await clock.advance(29 * second)
    t.notOk(done)
    await clock.advance(2 * second)
    await acting
    t.ok(done)
  }
})

t.test('what is heard of does not hang; what hangs twice has returned when both have', async (t) => {
  const clock = new HandClock()
  const told: string[] = []
  const underWay = new UnderWay({
    clock,
    told: (subject, what, facts) => void told.push(`${subject} ${what} ${facts === undefined}`),
  })
  const look = async (milliseconds: number) => {
    await clock.advance(milliseconds)
    underWay.look()
  }
  const first = underWay.begin('csv', 'send', {})
  const other = underWay.begin('sql', 'letters', {})
  await look(20 * minute)
  underWay.heard('csv')
  await look(20 * minute)
  t.same(told.splice(0), ['sql letters false'])
  t.ok(underWay.hangs())
  other.heard()
  await look(minute)
  t.same(told.splice(0), ['sql letters true'], 'it was only slow')
  other.ended()
  const second = underWay.begin('csv', 'send', {})
  await look(40 * minute)
  t.same(told.splice(0), ['csv send false', 'csv send false'])
  first.ended()
  await look(minute)
  t.same([told.splice(0), underWay.hangs()], [[], true])
  second.ended()
  t.same([told.splice(0), underWay.hangs()], [['csv send true'], false])
})

t.test('a round that does not return keeps no other work from being stopped and begun again', async (t) => {
  const clock = new HandClock()
  const underWay = new UnderWay({ clock, told: () => undefined })
  let [leads, count] = [true, 0]
  const failed = (error: unknown) => t.fail(String(error))
  const hanging = new Rounds({
    ...{ clock, every: second, failed, begins: () => underWay.begin('gateway', 'late', {}) },
    once: () => new Promise(() => undefined),
  })
  const other = new Rounds({
    ...{ clock, every: second, failed, begins: () => underWay.begin('gateway', 'alarms', {}) },
    once: async () => {
      count += 1
      return undefined
    },
  })
  const work = new LeadersWork({ id: 'm', leads: () => leads, shareOf: () => 0 }, clock, failed, [
    hanging,
    other,
  ])
  work.start()
  await clock.advance(longestSilence + minute)
  underWay.look()
  t.ok(underWay.hangs())
  leads = false
  await clock.advance(minute)
  const before = count
  await clock.advance(minute)
  t.equal(count, before, 'it rests')
  leads = true
  await clock.advance(minute)
  t.ok(count > before, 'and goes on, though the other does not')
  let stopped = false
  const stopping = work.stop().then(() => {
    stopped = true
  })
  await rest()
  t.notOk(stopped)
  await clock.advance(31 * second)
  await stopping
})

t.test('a process of which a thread hangs is killed, so that another can take its place', async (t) => {
  const pipe = join(scratch(t), 'pipe')
  execFileSync('mkfifo', [pipe])
  const program = `
    import { open } from 'node:fs/promises'
    import { endAnyway } from ${JSON.stringify(new URL('../../src/main.ts', import.meta.url).href)}
    open(${JSON.stringify(pipe)}).catch(() => undefined)
    endAnyway(200)
  `
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
  const [code, signal] = await once(child, 'exit')
  t.same([code, signal], [null, 'SIGKILL'])
})
