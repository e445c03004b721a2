// A scene: the two ends on a stage, and what every trial does with them: a letter goes over, a number comes back.
import type { ConformanceCheck } from '../../adapters/conformance-checks.ts'
import type { Letter } from '../../letter/letter.ts'
import type { Clock, Random } from '../../letter/time.ts'
import type { Answer } from '../counterpart/counterpart.ts'
import type { Declared } from '../declared.ts'
import { differences } from '../documents.ts'
import { type End, messageIdOf, type Said } from '../exchange.ts'
import { type Parties, type Sample, sampleLetter } from '../letters.ts'
import { misheard, sampleNotice } from '../notices.ts'
import type { Stage } from '../stage.ts'
import { type Finding, failed, passed } from '../verdict.ts'

export interface TrialSettings {
  readonly clock: Clock
  readonly random: Random
  /** How long something may take that must happen, in milliseconds. */
  readonly patience: number
}

export interface Scene extends TrialSettings {
  readonly stage: Stage
  readonly system: End
  readonly ministry: End
  readonly sends: Parties
  readonly isGiven: Parties
  /** What the forms of the profile leave out or add by themselves: of letters that it sends, and that it is given. */
  readonly sent: Declared
  readonly given: Declared
}

export const ofNumber = (end: End, { number }: Letter) =>
  end.received.letters.filter(({ letter }) => letter.number.normalized === number.normalized)

/** Looks at both ends until it is so, at most as long as patience lasts. */
export async function until(
  { clock, patience, system, ministry }: Scene,
  so: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const end = clock.now() + patience
  for (;;) {
    await system.look()
    await ministry.look()
    if (await so()) return true
    if (clock.now() >= end) return false
    await new Promise<void>((go) => clock.schedule(clock.now() + 50, go))
  }
}

/** The same, while time passes for the gateway, a second at each look: its first pauses (5 s, 20 s) need not be sat out. */
export function untilInTime(scene: Scene, so: () => boolean | Promise<boolean>): Promise<boolean> {
  let passing = 60
  return until(scene, async () => {
    if (await so()) return true
    passing -= 1
    if (passing > 0) scene.stage.hurry(1_000)
    return false
  })
}

export const saidOf = (answer: Answer | undefined): string =>
  answer === undefined
    ? 'its form cannot say it'
    : answer.kind === 'refused'
      ? `the gateway refused it: ${answer.said}`
      : 'it was handed over'

/** A letter from one end stands at the other, as it was. Undefined when it does; else why not. */
export async function goesOver(scene: Scene, from: End, to: End, made: Sample): Promise<string | undefined> {
  const answer = await from.send(made)
  if (answer === undefined || answer.kind === 'refused') return saidOf(answer)
  if (!(await until(scene, () => ofNumber(to, made.letter).length > 0)))
    return `it was handed over and did not arrive within ${scene.patience / 1000} s${await standing(scene, made)}`
  return changed(scene, to, made)
}

/** In what a letter that stands at one end is another than it was handed over at the other, in words. */
export function changed(scene: Scene, to: End, { letter }: Sample): string | undefined {
  const [arrived] = ofNumber(to, letter)
  if (arrived === undefined) return 'it did not arrive'
  const declared = to === scene.ministry ? scene.sent : scene.given
  const lost = differences(letter, arrived.letter, { spilled: [], texts: arrived.texts, ...declared })
  return lost.length === 0 ? undefined : lost.join('; ')
}

/** Where the gateway says that a letter is: for a person who reads the report, never for the verdict. */
export async function standing({ stage, system, ministry }: Scene, { letter }: Sample): Promise<string> {
  const row = (await stage.letters()).find(({ number }) => number === letter.number.normalized)
  const waiting = (await stage.quarantine()).flatMap(({ problems }) => problems.map(({ code }) => code))
  const unreadable = [...system.received.unreadable, ...ministry.received.unreadable]
  return [
    row === undefined ? '; the gateway does not know it' : `; the gateway has it as ${row.state}`,
    waiting.length > 0 ? `; in quarantine: ${waiting.join(' ')}` : '',
    unreadable.length > 0 ? `; not understood at the other end: ${unreadable.join(' | ')}` : '',
  ].join('')
}

/** Why a statement does not stand at the other end. `unsayable`: the form of who would say it has no words for it. */
interface Unheard {
  readonly kind: 'unsayable' | 'refused' | 'lost'
  readonly why: string
}

/** What one end says of a letter stands at the other as it was said. Undefined when it does; else why not. */
export async function isHeard(
  scene: Scene,
  from: End,
  to: End,
  said: Omit<Said, 'messageId'>,
): Promise<Unheard | undefined> {
  const messageId = await messageIdOf(scene.stage, said.letter)
  if (messageId === undefined) return { kind: 'lost', why: 'the gateway does not know the letter' }
  const before = to.received.notices.length
  const saying = await from.say({ ...said, messageId })
  if (saying.kind !== 'said') return saying
  const since = () =>
    to.received.notices
      .slice(before)
      .filter(({ draft }) => draft.kind === said.kind)
      .map((told) => misheard(saying.notice, told))
  if (await until(scene, () => since().some((lost) => lost.length === 0))) return undefined
  const others = since().map((lost) => `; another one came: ${lost.join('; ')}`)
  return { kind: 'lost', why: `it did not arrive within ${scene.patience / 1000} s${others.join('')}` }
}

/** Whether who sent a letter was told that it has arrived. */
export async function arrivalTold({ stage }: Scene, sender: End, letter: Letter): Promise<boolean> {
  const messageId = await messageIdOf(stage, letter)
  if (messageId === undefined) return false
  const [from, to] = [letter.to.offices[0], letter.from.office]
  const notice = sampleNotice({ from, to, letter, messageId: () => messageId }, 'receive')
  return sender.received.notices.some((told) => misheard(notice, told).length === 0)
}

/** Says `accept` of a letter at one end; its receive number stands at the other. Undefined when it does; else why not. */
export async function numberComesBack(
  scene: Scene,
  from: End,
  to: End,
  letter: Letter,
  receiveNumber: string,
): Promise<string | undefined> {
  const lost = await isHeard(scene, from, to, { kind: 'accept', letter, receiveNumber })
  return lost && `the receive number ${receiveNumber}: ${lost.why}`
}

export async function bothWays(scene: Scene, check: ConformanceCheck, about: string): Promise<Finding> {
  const { system, ministry, sends, isGiven } = scene
  const [out, back] = await Promise.all([
    goesOver(scene, system, ministry, sampleLetter(sends, check)),
    goesOver(scene, ministry, system, sampleLetter(isGiven, check)),
  ])
  const lost = [
    ...(out === undefined ? [] : [`a letter that it sends: ${out}`]),
    ...(back === undefined ? [] : [`a letter that it is given: ${back}`]),
  ]
  return lost.length === 0 ? passed(check, about) : failed(check, about, lost.join('; '))
}
