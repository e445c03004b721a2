// What the gateway measures, in Prometheus's text form. Labels are systems, offices and outcomes: bounded, never letter text.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Outcome, Parcel, Taken } from '../adapters/contract.ts'
import { countUntold, raisedAlarms } from './journal/alarms.ts'
import type { Database } from './journal/database.ts'
import { countLate, countOpen } from './journal/deliveries.ts'
import { countQuarantine } from './journal/quarantine.ts'
import type { LogLoss } from './log-loss.ts'
import type { Present } from './present.ts'
import type { Queue } from './queue/queue.ts'

export interface Metrics {
  readonly registry: Registry
  sourceTaken(system: string, taken: readonly Taken[], seconds: number): void
  attemptEnded(parcel: Parcel, outcome: Outcome, seconds: number): void
}

/** A registry of its own for each gateway; the gauges are read from the journal when they are asked for. */
export function createMetrics(database: Database, queue: Queue, present: Present, lines?: LogLoss): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const items = new Counter({
    name: 'saraban_items_total',
    help: 'Letters and notices that systems handed over, by what became of them.',
    labelNames: ['system', 'result'],
    registers,
  })
  const intakeSeconds = new Histogram({
    name: 'saraban_intake_seconds',
    help: 'From a source that was offered to its commit.',
    labelNames: ['system'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers,
  })
  const attempts = new Counter({
    name: 'saraban_attempts_total',
    help: 'Attempts of deliveries, by office and outcome.',
    labelNames: ['office', 'outcome'],
    registers,
  })
  const attemptSeconds = new Histogram({
    name: 'saraban_attempt_seconds',
    help: 'How long attempts took.',
    labelNames: ['office'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  })
  new Gauge({
    name: 'saraban_deliveries_open',
    help: 'Deliveries that are not settled, by office and state.',
    labelNames: ['office', 'state'],
    registers,
    async collect() {
      this.reset()
      for (const { office, state, count } of await countOpen(database.committed))
        this.set({ office, state }, Number(count))
    },
  })
  new Gauge({
    name: 'saraban_deliveries_late',
    help: 'Deliveries that are not settled and were expected to be, by office.',
    labelNames: ['office'],
    registers,
    async collect() {
      this.reset()
      for (const { office, count } of await countLate(database.committed)) this.set({ office }, Number(count))
    },
  })
  new Gauge({
    name: 'saraban_quarantine',
    help: 'Places of sources that wait in quarantine for a person.',
    registers,
    async collect() {
      this.set(await countQuarantine(database.committed))
    },
  })
  new Gauge({
    name: 'saraban_queue',
    help: 'Deliveries that the queue holds: waiting for their time or a worker, or at work.',
    labelNames: ['state'],
    registers,
    async collect() {
      this.set({ state: 'waiting' }, (await queue.size()) - queue.atWork())
      this.set({ state: 'working' }, queue.atWork())
    },
  })
  new Gauge({
    name: 'saraban_unreadable',
    help: 'Places that systems hand over at (folders, mailboxes, tables) and that cannot be read.',
    labelNames: ['system', 'place'],
    registers,
    collect() {
      this.reset()
      for (const { subject, what } of present.troubles()) this.set({ system: subject, place: what }, 1)
    },
  })
  new Gauge({
    name: 'saraban_sources_waiting',
    help: 'Sources that wait for files that they name.',
    labelNames: ['system'],
    registers,
    collect() {
      this.reset()
      for (const [system, count] of present.waiting()) this.set({ system }, count)
    },
  })
  new Gauge({
    name: 'saraban_alarms',
    help: 'Alarms that are raised, by kind.',
    labelNames: ['kind'],
    registers,
    async collect() {
      this.reset()
      for (const { kind } of await raisedAlarms(database.committed)) this.inc({ kind })
    },
  })
  new Gauge({
    name: 'saraban_alarms_untold',
    help: 'What hooks are still to be told of alarms.',
    registers,
    async collect() {
      this.set(await countUntold(database.committed))
    },
  })
  new Counter({
    name: 'saraban_log_lines_lost_total',
    help: 'Lines of the log that could not be written.',
    registers,
    collect() {
      this.reset()
      this.inc(lines?.lost() ?? 0)
    },
  })
  return {
    registry,
    sourceTaken(system, taken, seconds) {
      intakeSeconds.observe({ system }, seconds)
      for (const { kind } of taken) items.inc({ system, result: kind })
    },
    attemptEnded(parcel, outcome, seconds) {
      attempts.inc({ office: parcel.office, outcome: outcome.kind })
      attemptSeconds.observe({ office: parcel.office }, seconds)
    },
  }
}
