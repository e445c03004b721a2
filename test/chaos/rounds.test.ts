// What a book says late, of letters that were judged already: while another fault runs, and after the last one.
import t from 'tap'
import type { InboxEntry } from '../../src/sandbox/inbox/register.ts'
import type { BookEntry } from '../../src/sandbox/systems/system.ts'
import type { Fault } from './fault.ts'
import { clockOf } from './faults/time.ts'
import { isGood, type Row, runFaults } from './rounds.ts'
import type { Stage } from './stage.ts'

t.setTimeout(120_000)

const quiet = (name: string, act: (stage: Stage) => void): Fault => ({
  ...{ name, what: 'nothing goes wrong', stage: 'days' },
  async run(stage) {
    act(stage)
    await stage.send()
    return 'once'
  },
})

/** Books are written by the gateway's neighbours alone; here one of them errs. */
const errs = <Entry>(book: readonly Entry[], entry: Entry | undefined): void => {
  if (entry !== undefined) (book as Entry[]).push(entry)
}

t.test('letters are judged once more when the stage closes', async (t) => {
  let stage: Stage | undefined
  const told: Row[] = []
  const registeredAgain = ({ installation: { inbox } }: Stage): void => {
    const first = inbox.entries.find((entry) => entry.entry === 'letter.registered')
    errs<InboxEntry>(inbox.entries, first && { ...first, receiveNumber: '999/2569' })
  }
  const laidTwice = (open: Stage): void => {
    const { entries } = open.system('50')
    const last = entries.findLast((entry) => entry.entry === 'letter.received')
    errs<BookEntry>(entries, last && { ...last, entry: 'letter.repeated' })
  }
  const faults = [
    quiet('first', (open) => {
      stage = open
    }),
    quiet('second', registeredAgain),
  ]
  const rows = await runFaults(faults, { long: false, seed: 1, progress: () => undefined }, (row) => {
    told.push(row)
    if (told.length !== faults.length || stage === undefined) return
    const open = stage
    const clock = clockOf(open)
    clock.schedule(clock.now() + 15_000, () => laidTwice(open))
  })
  t.same(
    told.map((row) => [row.fault, isGood(row)]),
    [
      ['first', true],
      ['second', true],
      ['first', false],
      ['second', false],
    ],
  )
  t.same(
    rows.map(({ fault, doubled }) => [fault, doubled.length]),
    [
      ['first', 1],
      ['second', 1],
    ],
  )
  t.match(rows[0]?.doubled[0], / → moi /)
  t.match(rows[1]?.doubled[0], /^moi → 50 /)
})
