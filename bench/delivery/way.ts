// The whole way: HTTP intake → sealed → committed → delivered over mutual TLS → receipt verified → committed. How many letters
// a second, against a bare loop in the same run; and how long a letter takes at 200 a second, against an idle gateway.
import type { Row } from '../row.ts'
import { openBare } from './bare.ts'
import { mean, median, percentile, until } from './figures.ts'
import { type Engine, engineNames, type Gateway, type Installation } from './installation.ts'

const connections = 64
/** What is offered, in letters per second. */
const offered = 200

export interface Passed {
  /** Of each letter, from when it was begun to be sent until its receipt was committed, in milliseconds. */
  readonly took: readonly number[]
  /** From the first begun to the last committed, in seconds. */
  readonly seconds: number
}

type Pace = Parameters<Installation['post']>[1]['pace']

/** Numbers of letters, none of them twice. */
export function numbering(): (count: number) => number {
  let next = 1_000_000
  return (count) => {
    next += count
    return next - count
  }
}

/** Posts letters and waits until all of them are through. Throws when one is not taken. */
export async function pass(
  installation: Installation,
  gateways: readonly Gateway[],
  first: number,
  pace: Pace,
  urgency: 'ordinary' | 'most-urgent' = 'ordinary',
): Promise<Passed> {
  const [front] = gateways
  if (front === undefined) throw new Error('there is no gateway')
  const settled = new Map<string, number>()
  const look = async (): Promise<void> => {
    for (const gateway of gateways)
      for (const [messageId, at] of await gateway.settled(true)) settled.set(messageId, at)
  }
  await look()
  settled.clear()
  const { letters, refused } = await installation.post(front, { first, pace, urgency })
  if (refused[0] !== undefined) throw new Error(`${refused.length} letters were refused: ${refused[0]}`)
  await until('all letters are delivered', async () => {
    await look()
    return letters.every(([messageId]) => settled.has(messageId))
  })
  const ends = letters.map(([messageId]) => settled.get(messageId) ?? Number.NaN)
  const begins = letters.map(([, began]) => began)
  return {
    took: letters.map(([, began], index) => (ends[index] ?? Number.NaN) - began),
    seconds:
      (ends.reduce((one, other) => Math.max(one, other)) -
        begins.reduce((one, other) => Math.min(one, other))) /
      1000,
  }
}

export async function wayRows(
  installation: Installation,
  engine: Engine,
  name: string,
  quick: boolean,
): Promise<Row[]> {
  const number = numbering()
  const gateway = await installation.start(name, engine)
  const bare = await openBare(installation, engine, name)
  try {
    const go = (letters: number, pace: Pace) => pass(installation, [gateway], number(letters), pace)
    const burst = (quick ? 1_000 : 5_000) / (engine.kind === 'embedded' ? 1 : 2.5)
    // A gateway runs for weeks: what counts is how fast it is once the compiler has done its work.
    const warming = burst
    await go(warming, { kind: 'closed', connections, letters: warming })
    await bare.run(quick ? 0.5 : 3)

    // So seldom that each of them finds nobody at work.
    const alone = { rate: 5, seconds: quick ? 6 : 20 }
    const idle = median((await go(alone.rate * alone.seconds, { kind: 'open', ...alone })).took)
    const span = quick ? 3 : 20
    const steady = (await go(offered * span, { kind: 'open', rate: offered, seconds: span })).took
    const limits: number[] = []
    const rates: number[] = []
    for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
      limits.push(await bare.run(quick ? 1 : 4))
      rates.push(burst / (await go(burst, { kind: 'closed', connections, letters: burst })).seconds)
    }
    limits.push(await bare.run(quick ? 1 : 4))
    const [limit, rate] = [mean(limits), mean(rates)]
    const under = `${engineNames[engine.kind]}: `
    const p95 = percentile(steady, 0.95)
    const atRate = (share: number): Row => ({
      what: `${under}p${share * 100} at ${offered} letters/s`,
      value: percentile(steady, share),
      unit: 'ms',
      ratio: percentile(steady, share) / idle,
      against: 'the single letter',
    })
    return [
      { what: `${under}bare loop`, value: limit, unit: 'letters/s' },
      {
        what: `${under}letters the whole way, ${connections} connections`,
        value: rate,
        unit: 'letters/s',
        ratio: rate / limit,
        against: 'the bare loop',
        expected: '>= 0.5',
        ok: rate / limit >= 0.5,
      },
      { what: `${under}a single letter, idle gateway, median`, value: idle, unit: 'ms' },
      atRate(0.5),
      { ...atRate(0.95), expected: '<= 5', ok: p95 / idle <= 5 },
      atRate(0.99),
    ]
  } finally {
    await bare.close()
    await gateway.stop()
  }
}
