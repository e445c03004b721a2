import t from 'tap'
import { LeadersWork } from '../../src/gateway/leaders-work.ts'
import { Rounds, type Work } from '../../src/gateway/rounds.ts'
import { HandClock } from './harness.ts'

/** Rounds of which each is counted, and ends when it is let. */
function counted(clock: HandClock, pauses: readonly (number | 'over' | Error | undefined)[], later = false) {
  const failures: unknown[] = []
  let [begun, under] = [0, 0]
  const rounds = new Rounds({
    ...{ clock, every: 100, later },
    once: async () => {
      under += 1
      if (under > 1) throw new Error('two rounds at once')
      const pause = pauses[begun]
      begun += 1
      await Promise.resolve()
      under -= 1
      if (pause instanceof Error) throw pause
      return pause
    },
    failed: (error) => void failures.push(error),
  })
  return { rounds, failures, begun: () => begun }
}

t.test('at once, or after a pause; then again and again, whatever a round throws', async (t) => {
  const clock = new HandClock()
  const { rounds, failures, begun } = counted(clock, [undefined, new Error('a defect'), 30])
  t.equal(rounds.goesOn(), false)
  rounds.start()
  await clock.advance(0)
  t.equal(begun(), 1)
  await clock.advance(99)
  t.equal(begun(), 1)
  await clock.advance(1)
  t.equal(begun(), 2)
  t.match(failures, [{ message: 'a defect' }])
  await clock.advance(100)
  t.equal(begun(), 3)
  await clock.advance(30)
  t.equal(begun(), 4, 'the pause that the round asked for')
  await rounds.stop()
  t.equal(rounds.goesOn(), false)
  await clock.advance(1000)
  t.equal(begun(), 4)
  const other = counted(clock, [], true)
  other.rounds.start()
  await clock.advance(99)
  t.equal(other.begun(), 0)
  await clock.advance(1)
  t.equal(other.begun(), 1)
  await other.rounds.stop()
})

t.test('one that is started twice is one; stopped and started in one breath, one run is left', async (t) => {
  const clock = new HandClock()
  const { rounds, begun, failures } = counted(clock, [])
  rounds.start()
  rounds.start()
  await clock.advance(0)
  t.equal(begun(), 1)
  const stopped = rounds.stop()
  rounds.start()
  await stopped
  await clock.advance(0)
  t.equal(begun(), 2)
  await clock.advance(100)
  t.equal(begun(), 3, 'not two runs')
  await rounds.stop()
  t.same(failures, [])
})

t.test('over: nothing more, until it is stopped and started', async (t) => {
  const clock = new HandClock()
  const { rounds, begun } = counted(clock, ['over'])
  rounds.start()
  await clock.advance(1000)
  rounds.start()
  await clock.advance(1000)
  t.equal(begun(), 1)
  await rounds.stop()
  rounds.start()
  await clock.advance(0)
  t.equal(begun(), 2)
  await rounds.stop()
})

t.test('stop waits for the round under way', async (t) => {
  const clock = new HandClock()
  let end: () => void = () => undefined
  const rounds = new Rounds({
    ...{ clock, every: 100 },
    once: () =>
      new Promise<undefined>((resolve) => {
        end = () => resolve(undefined)
      }),
    failed: () => undefined,
  })
  rounds.start()
  await clock.advance(0)
  let stopped = false
  const stopping = rounds.stop().then(() => {
    stopped = true
  })
  await clock.advance(1000)
  t.equal(stopped, false)
  end()
  await stopping
  t.equal(stopped, true)
})

t.test('a work that cannot begin is told, tried again, and keeps no other from its work', async (t) => {
  const clock = new HandClock()
  const said: string[] = []
  let faulty = true
  const works: Work[] = [
    {
      start: () => {
        if (faulty) throw new Error('not now')
        said.push('first')
      },
      stop: async () => void said.push('first stopped'),
    },
    { start: () => void said.push('second'), stop: async () => void said.push('second stopped') },
  ]
  let leads = true
  const member = { id: 'a', leads: () => leads, shareOf: () => 1 }
  const work = new LeadersWork(member, clock, (error) => void said.push(String(error)), works)
  work.start()
  await clock.advance(0)
  t.same(said.splice(0), ['Error: not now', 'second'])
  faulty = false
  await clock.advance(1000)
  t.same(said.splice(0), ['first', 'second'])
  leads = false
  await clock.advance(2000)
  t.same(said.splice(0), ['first stopped', 'second stopped'])
  await work.stop()
  t.same(said, [], 'what rests is not stopped again')
})
