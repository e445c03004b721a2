// Days pass while the ministry is away; the clock is set.

import { MovedClock } from '../clock.ts'
import type { Fault, Scale } from '../fault.ts'
import type { Stage } from '../stage.ts'
import { wait, within } from '../stage.ts'

export function clockOf(stage: Stage): MovedClock {
  if (stage.clock instanceof MovedClock) return stage.clock
  throw new Error('the clock of this stage cannot be moved')
}

const minute = 60_000

/**
 * The ministry is neither reached nor reaches out for so many hours, and letters come all the while: from every system each
 * hour, or each twelfth in a short run. Gives how many attempts were in vain.
 */
async function away(stage: Stage, hours: number, { long, progress }: Scale): Promise<number> {
  const clock = clockOf(stage)
  const { ministry, back } = stage.links
  const before = ministry.struck
  for (const wire of [ministry, back]) wire.set('cut')
  for (let hour = 0; hour < hours; hour++) {
    if (hour % (long ? 1 : 12) === 0) await stage.send()
    // The breaker probes once a minute.
    for (let part = 0; part < (long ? 60 : 4); part++) {
      clock.pass(long ? minute : 15 * minute)
      await wait(long ? 20 : 40)
    }
    if (hour % 12 === 0) progress(`${hour} hours`)
  }
  for (const wire of [ministry, back]) wire.set('open')
  return ministry.struck - before
}

const down: Fault = {
  name: 'ministry-down',
  what: 'the ministry is away for just under 72 hours of simulated time, and letters come all the while',
  stage: 'days',
  patience: 900_000,
  async run(stage, scale) {
    const struck = await away(stage, 71, scale)
    return struck < 10 ? undefined : `71 hours, ${struck} attempts in vain`
  },
}

const gone: Fault = {
  name: 'ministry-gone',
  what: 'the ministry is away for longer than letters are tried: a person is told, and has them brought again',
  stage: 'days',
  patience: 900_000,
  async run(stage, scale) {
    const clock = clockOf(stage)
    const { person } = stage
    const before = person.told.length
    const struck = await away(stage, 100, scale)
    // Whoever is told by a machine that had more to do than time passed is told within the hour.
    const isTold = (): boolean => {
      clock.pass(5_000)
      return person.told.slice(before).some(({ kind }) => kind === 'given-up')
    }
    if (!(await within(300_000, isTold))) throw new Error('letters were given up, and nobody was told')
    // The others go by themselves.
    await stage.whole(30_000)
    const lost = stage.verdict().lost.length
    if (lost === 0) throw new Error('no letter was given up')
    const order = ['messages', 'retry', '--state', 'given-up', '--to', 'moi', '--yes']
    const signed = ['--by', 'chaos', '--why', 'the ministry is back']
    await person.order([...order, ...signed, '--data', stage.installation.data], clock)
    return struck < 10 ? undefined : `100 hours, ${struck} attempts in vain; ${lost} letters brought again`
  },
}

const jumps: Fault = {
  name: 'clock-jumps',
  what: 'the clock is set an hour forth, a day forth, a minute back, while letters are on their way',
  stage: 'days',
  patience: 900_000,
  async run(stage, { long, progress }) {
    const clock = clockOf(stage)
    let jumped = 0
    const rounds = long ? 20 : 2
    for (let round = 1; round <= rounds; round++) {
      for (const jump of [60 * minute, -minute, 24 * 60 * minute, -minute]) {
        const sending = stage.send()
        await wait(80)
        const before = clock.now()
        clock.set(jump)
        if (Math.abs(clock.now() - before - jump) < 10_000) jumped += 1
        await sending
      }
      progress(`${round} of ${rounds}`)
      // By the clock two days have passed: nothing of a third may be on its way when it is set to the end of that.
      if (round % 2 === 0) await stage.whole(600_000)
    }
    return jumped < rounds * 4 ? undefined : `${jumped} times`
  },
}

export const times: readonly Fault[] = [down, gone, jumps]
