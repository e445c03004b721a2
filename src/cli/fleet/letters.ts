// Which of the real letters goes which way, so that all of them are used; and how they are handed over.
import { createHash } from 'node:crypto'
import { readLetterDate } from '../../letter/dates.ts'
import { moi } from '../../letter/offices.ts'
import type { Clock } from '../../letter/time.ts'
import type { OfficeSystem, Scan } from '../../sandbox/systems/system.ts'
import { clerkLetter, type PrintedLetter, scansOf } from '../demo/letters.ts'
import { postLetter } from '../demo/send.ts'
import type { Sent } from './judge.ts'

export interface Plan {
  /** To all governors: it goes to all at once. */
  readonly circular: PrintedLetter
  /** Of the n-th member: what it sends, and what it is sent. */
  letters(index: number): {
    readonly out: readonly PrintedLetter[]
    readonly back: readonly PrintedLetter[]
  }
}

/** `each`: letters in each direction for each member, 1 to 10: 21 letters are left beside the circular. The first of the list is the circular; one without a date goes nowhere. */
export function planLetters(printed: readonly PrintedLetter[], each: number): Plan {
  const [circular, ...others] = printed.filter((letter) => readLetterDate(letter.date).ok)
  if (circular === undefined) throw new Error('there are no letters')
  const take = (from: number): PrintedLetter[] =>
    Array.from({ length: each }, (_, step) => others[(from + step) % others.length] ?? circular)
  return {
    circular,
    letters: (index) => ({ out: take(index * each), back: take((index + 1) * each) }),
  }
}

const digest = ({ bytes }: Scan): string => createHash('sha256').update(bytes).digest('hex')

const isoOf = (letter: PrintedLetter): string => {
  const date = readLetterDate(letter.date)
  return date.ok ? date.value : ''
}

const asSent = (
  letter: PrintedLetter,
  office: OfficeSystem['office'],
  way: Sent['way'],
  scans: readonly Scan[],
): Sent => {
  const { number, subject } = letter
  return { office, way, number, date: isoOf(letter), subject, scans: scans.map(digest) }
}

/** How long a clerk tries to hand one letter over, in milliseconds, and how long he waits between two tries. */
const patience = 120_000
const pause = 1_000

/**
 * Each letter through the system, one after the other, as its clerk would: again and again while the gateway cannot be
 * reached. Gives why the first one could not be handed over, if it could not.
 */
export async function sendOut(
  system: OfficeSystem,
  letters: readonly PrintedLetter[],
  clock: Clock,
  begun: (sent: Sent) => void,
): Promise<string | undefined> {
  for (const letter of letters) {
    const clerks = clerkLetter(letter, system.office, moi)
    begun(asSent(letter, system.office, 'to the ministry', clerks.scans))
    const end = clock.now() + patience
    for (;;) {
      try {
        await system.send(clerks)
        break
      } catch (error) {
        if (clock.now() >= end) return `${letter.number} could not be handed over: ${String(error)}`
        await new Promise<void>((go) => clock.schedule(clock.now() + pause, go))
      }
    }
  }
  return undefined
}

/** One letter of the ministry to several offices in one envelope. Gives why the ministry's clerk refused it, if so. */
export async function sendFromMinistry(
  control: string,
  letter: PrintedLetter,
  to: readonly OfficeSystem[],
  way: 'from the ministry' | 'circular',
  begun: (sent: Sent) => void,
): Promise<string | undefined> {
  const scans = scansOf(letter, moi, to.length === 1 ? (to[0]?.office ?? '') : 'all provinces')
  const posted = await postLetter(control, letter, to, scans)
  if ('refused' in posted) return `the ministry could not send ${letter.number}: ${posted.refused}`
  for (const { office } of to) begun({ ...asSent(letter, office, way, scans), messageId: posted.messageId })
  return undefined
}
