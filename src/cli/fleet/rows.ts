// The fleet's table: a row for each province, out of the fates of its letters.
import type { OfficeId } from '../../letter/offices.ts'
import { endedWell, type Fate } from './judge.ts'

/** What is said of a province beside its letters. */
export interface Described {
  readonly office: OfficeId
  /** The province, in English. */
  readonly name: string
  readonly profile: string
  readonly product: string
  /** Transports and formats: `folder, csv`. */
  readonly carries: string
}

export interface Row extends Described {
  /** Letters in each direction, without the circular. */
  readonly letters: number
  /** To the ministry: handed over, registered there, and the number back in the province's book. */
  readonly sent: number
  readonly registered: number
  readonly numbersBack: number
  /** From the ministry: registered in the province, and the number back in the ministry's book. */
  readonly received: number
  readonly answered: number
  readonly circular: 'not sent' | 'sent' | 'received' | 'answered'
  /** Every letter that was begun ended as it must. */
  readonly well: boolean
  readonly trouble: readonly string[]
}

/** The row of one province. `letters`: in each direction. `trouble`: what its letters do not say. */
export function rowOf(
  described: Described,
  letters: number,
  fates: readonly Fate[],
  trouble: readonly string[],
): Row {
  const own = fates.filter(({ sent }) => sent.office === described.office)
  const out = own.filter(({ sent }) => sent.way === 'to the ministry')
  const into = own.filter(({ sent }) => sent.way === 'from the ministry')
  const circular = own.find(({ sent }) => sent.way === 'circular')
  const count = (among: readonly Fate[], which: (fate: Fate) => boolean): number => among.filter(which).length
  const registered = (fate: Fate): boolean => fate.receiveNumber !== undefined
  const faults = own.flatMap(({ sent, faults }) => faults.map((fault) => `${sent.number}: ${fault}`))
  return {
    ...described,
    letters,
    sent: count(out, (fate) => fate.handedOver),
    registered: count(out, registered),
    numbersBack: count(out, (fate) => fate.back),
    received: count(into, registered),
    answered: count(into, (fate) => fate.back),
    circular: circular === undefined ? 'not sent' : stateOf(circular),
    well: own.length > 0 && own.every(endedWell) && trouble.length === 0,
    trouble: [...faults, ...trouble],
  }
}

const stateOf = (fate: Fate): Row['circular'] =>
  fate.back ? 'answered' : fate.receiveNumber === undefined ? 'sent' : 'received'

/** All letters of the province went and came: `expected` counts the circular too. */
export const isWhole = (row: Row): boolean =>
  row.well && row.circular === 'answered' && row.numbersBack === row.letters && row.answered === row.letters
