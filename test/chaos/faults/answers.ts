// Answers that are lost, come twice, late or for another letter; an office that is slow; a letter that is poison.

import type { FaultKind } from '../../../src/sandbox/inbox/faults.ts'
import type { Fault, StageKind } from '../fault.ts'
import { within } from '../stage.ts'
import { clockOf } from './time.ts'

interface Losses {
  /** Of the answers in a round, one of these each time; a tenth of it where a session of many answers is one hand-over. */
  readonly shares: readonly number[]
  /** Of a long run. */
  readonly rounds: number
  /** From each system and to each, in a round. */
  readonly letters: number
  /** Milliseconds of simulated time between two looks. Clocks of both sides give up by it what only the machine makes slow. */
  readonly passing: number
  readonly patience: number
}

const lost = (
  name: string,
  stage: StageKind,
  what: string,
  { shares, rounds, letters, passing, patience }: Losses,
): Fault => ({
  ...{ name, what, stage, patience },
  async run(stage, { long, chance, progress }) {
    const { links, installation } = stage
    const clock = clockOf(stage)
    const wires = [links.back, links.door, ...links.servers.values()]
    const struck = (): number => wires.reduce((sum, wire) => sum + wire.struck, 0)
    const before = struck()
    let silent = 0
    for (let round = 1; round <= (long ? rounds : 2); round++) {
      const share = chance.of(shares)
      for (const wire of wires) wire.lose(links.sessions.has(wire) ? share / 10 : share, chance)
      const drops = chance.between(3, 30)
      installation.inbox.faults.set({ kind: 'drop', times: drops })
      const sending = Array.from({ length: letters }, () => stage.send())
      const isThrough = async (): Promise<boolean> => {
        await Promise.all(stage.systems.map((system) => system.look().catch(() => undefined)))
        clock.pass(passing)
        return installation.inbox.faults.current().kind === 'none'
      }
      if (await within(60_000, isThrough)) silent += drops
      // A clerk who hears nothing hands over again until he hears something, within the losses or after them.
      if (chance.fraction() < 0.5) await Promise.all(sending)
      for (const wire of wires) wire.set('open')
      installation.inbox.faults.set({ kind: 'none' })
      await Promise.all(sending)
      progress(`${round}: ${share * 100} % of the answers, ${drops} of the ministry's`)
    }
    return silent === 0 || struck() === before
      ? undefined
      : `${silent} of the ministry's, ${struck() - before} of others`
  },
})

const everyOne = lost(
  'answers-lost',
  'days',
  'what was handed over is taken, and most answers are lost after the last byte, on every wire, for hours',
  { shares: [0.3, 0.6, 0.9], rounds: 40, letters: 3, passing: 20_000, patience: 240_000 },
)

const everywhere = lost(
  'fleet-answers',
  'fleet',
  'the same between the gateway and one system of each kind: SFTP, FTP, databases, REST, e-CMS, mail, …',
  { shares: [0.1, 0.3, 0.6], rounds: 10, letters: 1, passing: 5_000, patience: 900_000 },
)

const odd: Fault = {
  name: 'answers-odd',
  what: 'answers come twice, late, for another letter, or signed by nobody',
  stage: 'one',
  async run(stage, { long }) {
    const { faults } = stage.installation.inbox
    const kinds: readonly FaultKind[] = ['twice', 'slow', 'other-receipt', 'wrong-signature']
    let struck = 0
    const rounds = long ? 20 : 1
    for (let round = 0; round < rounds; round++)
      for (const kind of kinds) {
        faults.set({ kind, times: 4, ...(kind === 'slow' && { delay: 1_500 }) })
        await stage.send()
        if (await within(60_000, () => faults.current().kind === 'none')) struck += 4
        faults.set({ kind: 'none' })
      }
    return struck < rounds * kinds.length * 4 ? undefined : `${struck} answers`
  },
}

const slow: Fault = {
  name: 'slow-office',
  what: 'an office takes one byte a second; the others must not wait for it',
  stage: 'one',
  async run(stage, { long }) {
    const { province } = stage
    const [json, others] = [stage.system('57'), stage.systems.filter(({ office }) => office !== '57')]
    const before = province.struck
    province.set('drip')
    for (let letter = 0; letter < (long ? 40 : 4); letter++) await stage.sendTo(json)
    await within(60_000, () => province.struck >= before + 3)
    await stage.send(others)
    const open = stage.verdict().lost.filter((letter) => !letter.startsWith('moi → 57'))
    const flowed = await within(120_000, async () => {
      await Promise.all(others.map((system) => system.look()))
      return stage.verdict().lost.every((letter) => letter.startsWith('moi → 57'))
    })
    const dripped = province.struck - before
    const waited = stage.verdict().lost.length > 0
    province.set('open')
    if (!flowed) throw new Error(`letters of others waited for a slow office: ${open.join(', ')}`)
    return dripped < 3 || !waited ? undefined : `${dripped} bytes; the others did not wait`
  },
}

const poison: Fault = {
  name: 'poison',
  what: 'one letter breaks its office at every attempt, among many that must not wait for it',
  stage: 'one',
  patience: 3_600_000,
  async run(stage, { long, progress }) {
    const { province } = stage
    const json = stage.system('57')
    const count = long ? 10_000 : 60
    province.poison('this-is-poison')
    const before = province.struck
    await stage.sendTo(json, 'this-is-poison')
    for (let sent = 1; sent < count; ) {
      const some = Math.min(20, count - sent)
      await Promise.all(Array.from({ length: some }, () => stage.sendTo(json)))
      sent += some
      if (sent % 500 < 20) progress(`${sent} sent`)
    }
    const alone = await within(long ? 3_600_000 : 120_000, () => stage.verdict().lost.length <= 1)
    const struck = province.struck - before
    province.poison(undefined)
    if (!alone) throw new Error(`${stage.verdict().lost.length} letters waited for a poison letter`)
    return struck < 2 ? undefined : `broke ${struck} times; the others arrived meanwhile`
  },
}

export const answers: readonly Fault[] = [everyOne, everywhere, odd, slow, poison]
