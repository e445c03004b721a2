// The log's levels are those that docs/operate.md says: an operator's alarms look for `warn`.
import { readFileSync } from 'node:fs'
import pino from 'pino'
import t from 'tap'
import type { Outcome, Parcel, Taken } from '../../src/adapters/contract.ts'
import type { Late } from '../../src/gateway/delivery/late.ts'
import { createLog, type Log } from '../../src/gateway/log.ts'
import { problem } from '../../src/problem/problem.ts'
import { moi } from './harness.ts'

interface Row {
  readonly events: readonly string[]
  readonly levels: readonly string[]
}

/** The table of events in docs/operate.md. */
const rows: readonly Row[] = readFileSync('docs/operate.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, events = '', levels] =
      /^\| (`[^|]+`) +\| +((?:info|warn|error)(?:, (?:info|warn))?) +\|/.exec(line) ?? []
    if (levels === undefined) return []
    return [{ events: [...events.matchAll(/[a-z]+\.[a-z-]+/g)].map(String), levels: levels.split(', ') }]
  })

/** What is logged, as `event level`. */
function logged(act: (log: Log) => void): readonly string[] {
  const lines: string[] = []
  act(createLog(pino({ level: 'info', base: null }, { write: (line: string) => void lines.push(line) })))
  return lines.map((line) => {
    const { msg, level } = JSON.parse(line) as { msg: string; level: number }
    return `${msg} ${pino.levels.labels[level]}`
  })
}

const problems = [problem('letter.field.missing', 'letter.subject')] as const
const parcel = { id: 'd', office: moi, attempt: 1, envelope: { messageId: 'm' } } as unknown as Parcel
const became = (...taken: object[]) => taken as unknown as readonly Taken[]

t.test('what becomes of a source', (t) => {
  const said = logged((log) => {
    log.sourceTaken(
      'csv-50',
      became(
        { kind: 'taken', messageId: 'm' },
        { kind: 'known', messageId: 'm' },
        { kind: 'known', messageId: 'm', ended: 'refused' },
        { kind: 'quarantined', problems },
        { kind: 'refused', problems },
        { kind: 'waiting', missing: ['scan.pdf'] },
      ),
      1,
    )
    log.adapterReported('csv-50', 'notice.untold', { parcel: 'd', kind: 'recall' })
  })
  t.same(said, [
    'source.taken info',
    'source.known info',
    'source.known warn',
    'source.quarantined warn',
    'source.refused warn',
    'source.waiting info',
    'notice.untold info',
  ])
  t.end()
})

t.test('every event has a level that the docs give it, and every level of the docs is used', (t) => {
  const outcomes: Outcome[] = [{ kind: 'taken' }, { kind: 'unavailable', said: 'away' }]
  const error = new Error('x')
  const said = logged((log) => {
    log.gatewayStarted({ systems: 1, role: 'all' })
    log.gatewayStopped()
    log.journalMigrating(1, 3)
    log.journalInterrupted(2, 3)
    log.leading()
    log.profilesApplied({ added: 1 })
    log.profilesRefused(problems)
    log.authorityChanged({ from: 'a', to: 'b' })
    log.certificatesDoubted({ foreign: [], unfit: [] })
    log.certificatesDoubted({ foreign: ['50'], unfit: problems })
    log.sourceTaken(
      'csv-50',
      became(
        { kind: 'taken', messageId: 'm' },
        { kind: 'known', messageId: 'm' },
        { kind: 'known', messageId: 'm', ended: 'wrong' },
        { kind: 'quarantined', problems },
        { kind: 'refused', problems },
        { kind: 'waiting', missing: [] },
      ),
      1,
    )
    log.sourceFailed('csv-50', error)
    for (const outcome of outcomes) log.attemptEnded(parcel, outcome, 1)
    log.breakerOpened(moi)
    log.givenUp(parcel)
    log.clockSetBack(moi, 1)
    for (const event of ['delivery.deadline-near', 'delivery.deadline-passed'])
      log.deliveryLate({
        delivery: { id: 'd', office: moi, messageId: 'm', expectedBy: 0 },
        event,
      } as unknown as Late)
    for (const event of ['raised', 'worsened', 'ended'] as const)
      log.alarmTold(event, { kind: 'disk', subject: 'data' })
    log.hookFailed('duty', 'away', undefined)
    for (const part of ['journal', 'queue', 'attachments'] as const) {
      log.partAway(part, 'away')
      log.partHere(part)
    }
    log.queueEvicts('allkeys-lru')
    log.letterUncorrected({ messageId: 'm', order: 'o', codes: 'c' })
    log.workFailed('sweep', error)
    log.requestFailed(error)
    log.accessDenied('/v1/letters', 1)
    // What adapters report stands in the docs under the same names.
    for (const event of rows.flatMap(({ events }) => events))
      if (/^(?:folder|mailbox|sql|soap|rest|notice|door|ecms)\.|^source\.waiting$/.test(event))
        log.adapterReported('csv-50', event, {})
  })
  const levelsOf = (event: string) =>
    rows.flatMap(({ events, levels }) => (events.includes(event) ? levels : []))
  for (const each of new Set(said)) {
    const [event = '', level = ''] = each.split(' ')
    t.ok(levelsOf(event).includes(level), each)
  }
  for (const { events, levels } of rows) {
    // Said where lines can be written again, not by the log itself.
    if (events.includes('log.available')) continue
    const used = new Set(said.filter((each) => events.includes(each.split(' ')[0] ?? '')))
    for (const level of levels)
      t.ok(
        [...used].some((each) => each.endsWith(` ${level}`)),
        `${events}: ${level}`,
      )
  }
  t.end()
})
