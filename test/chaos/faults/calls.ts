// The n-th call to files, to SQLite or over the network fails, once and for good.

import { dirname } from 'node:path'
import type { Fault, Scale, Struck } from '../fault.ts'
import type { Counted, FaultAnswer, FaultOrder, FaultyCall } from '../faulty-calls.ts'
import { type Stage, wait, within } from '../stage.ts'

/** The calls of one kind. */
const nthCall = (calls: FaultyCall['calls'], name: string, what: string): Fault => ({
  name,
  what,
  stage: 'one',
  run: (stage, scale) => failEach(calls, stage, scale),
})

async function failEach(calls: FaultyCall['calls'], stage: Stage, scale: Scale): Promise<Struck> {
  const failed: string[] = []
  let counted: Counted | undefined
  stage.herd.heard = (_name, message) => {
    const answer = message as Partial<{ failed: string; counted: Counted }> & Partial<FaultAnswer>
    if (answer.failed !== undefined) failed.push(answer.failed)
    if (answer.counted !== undefined) counted = answer.counted
  }
  const tell = (order: FaultOrder) => stage.herd.tell('only', order)

  // How many there are while a letter of every kind goes the whole way.
  tell({ mend: true })
  await stage.send()
  await stage.whole(60_000)
  counted = undefined
  tell({ mend: true })
  await within(60_000, () => counted !== undefined)
  const all = counted?.[calls] ?? 0
  const places = scale.long ? scale.chance.some(400, 1, all) : scale.chance.some(3, 1, all)
  let struck = 0
  for (const forGood of [false, true])
    for (const nth of places) {
      const before = failed.length
      tell({ fault: { calls, nth, forGood } })
      const sending = await sendUntil(stage, () => failed.length > before)
      if (failed.length > before) struck += 1
      if (forGood) await wait(300)
      tell({ mend: true })
      await Promise.all(sending)
      await Promise.all(stage.systems.map((system) => system.look()))
      scale.progress(`${calls} call ${nth} of ${all}${forGood ? ', for good' : ''}: ${failed[before]}`)
    }
  if (!stage.herd.isUp('only')) await stage.herd.rise('only')
  const kinds = new Set(failed).size
  return struck < places.length * 2
    ? undefined
    : `${struck} places of ${all}, once and for good; ${kinds} different calls`
}

/**
 * Sends until it strikes: one letter more or less in a group of writes, a look more or less, and calls and pieces are never as many as
 * they were. What was sent has arrived at its gateway only when the fault is over.
 */
async function sendUntil(
  stage: Stage,
  isStruck: () => boolean | Promise<boolean>,
): Promise<readonly Promise<void>[]> {
  const sending = [stage.send()]
  for (let more = 12; more > 0 && !(await within(5_000, isStruck)); more -= 1) sending.push(stage.send())
  return sending
}

async function cutEach(stage: Stage, scale: Scale): Promise<Struck> {
  let struck = 0
  let asked = 0
  const { ministry, back, door, servers } = stage.links
  const wires = Object.entries({ ministry, back, door, ...Object.fromEntries(servers) })
  for (const [name, link] of wires) {
    // What the last wire held up comes first: the pieces of one letter are to be counted.
    await stage.whole(300_000)
    const before = link.pieces
    await stage.send()
    await stage.whole(60_000)
    const all = link.pieces - before
    const places = scale.long ? scale.chance.some(200, 1, all) : scale.chance.some(2, 1, all)
    for (const forGood of [false, true])
      for (const nth of places) {
        const strikes = link.struck
        asked += 1
        link.cutAt(nth, forGood)
        const sending = await sendUntil(stage, async () => {
          await Promise.all(stage.systems.map((system) => system.look().catch(() => undefined)))
          return link.struck > strikes
        })
        if (link.struck > strikes) struck += 1
        if (forGood) await wait(300)
        link.set('open')
        if (forGood) await hasten(stage)
        await Promise.all(sending)
        await Promise.all(stage.systems.map((system) => system.look()))
        scale.progress(`${name}: piece ${nth} of ${all}${forGood ? ', for good' : ''}`)
      }
  }
  return struck < asked ? undefined : `${struck} cuts on ${wires.length} wires`
}

/** A person who has mended a wire does not wait a minute for the next probe of each office. */
async function hasten({ person, journal, clock }: Stage): Promise<void> {
  if (journal.kind !== 'sqlite') throw new Error('the journal is on no disk')
  const order = [
    'messages',
    'retry',
    '--all',
    '--waiting',
    '--yes',
    '--by',
    'chaos',
    '--why',
    'the wire is whole',
  ]
  await person.order([...order, '--data', dirname(journal.file)], clock).catch((error: unknown) => {
    // Nothing has to wait: what goes the other way, or had been answered before.
    if (!String(error).includes('cli.retry.none')) throw error
  })
}

export const calls: readonly Fault[] = [
  nthCall('store', 'store-call', 'the n-th call to the journal fails, once and for good'),
  nthCall('file', 'file-call', 'the n-th call to a file fails, once and for good'),
  nthCall('write', 'disk-full-call', 'the n-th write finds no room, once and for good'),
  {
    name: 'network-call',
    what: 'the n-th piece on each wire is lost with its connection, once and for good',
    stage: 'one',
    run: cutEach,
  },
]
