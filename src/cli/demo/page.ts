// What the demonstration shows: a line for each step while it runs, and the closing table.
import type { Instant } from '../../letter/time.ts'
import { describe, type Problem, printable } from '../../problem/problem.ts'
import { columns, pad } from '../columns.ts'
import type { Installation } from './installation.ts'
import type { Journey } from './journeys.ts'

const arrow = (journey: Journey): string =>
  journey.direction === 'to the ministry' ? '→ ministry' : '← ministry'
const seconds = (from: Instant | undefined, to: Instant | undefined): string =>
  from === undefined || to === undefined ? '-' : `${((to - from) / 1000).toFixed(1)} s`

/** One step of one letter. */
export const stepLine = (journey: Journey, step: string, now: Instant): string =>
  `${pad(seconds(journey.sentAt, now), 8)} ${pad(journey.system, 15)} ${arrow(journey)}  ${pad(
    printable(journey.number),
    22,
  )} ${printable(step, 160)}\n`

/** The closing table: every letter, its system, direction, delivery, receive number and time. */
export function closingTable(journeys: readonly Journey[]): string {
  const head = ['item', 'letter', 'system', 'direction', 'delivered', 'receive number', 'time']
  const sorted = journeys.toSorted(
    (one, other) =>
      other.direction.localeCompare(one.direction) ||
      one.system.localeCompare(other.system) ||
      Number(one.item) - Number(other.item),
  )
  const rows = sorted.map((journey) => [
    journey.item,
    journey.number,
    journey.system,
    arrow(journey),
    journey.refused === undefined ? (journey.deliveredAt === undefined ? 'NO' : 'yes') : 'refused',
    journey.fault ?? journey.receiveNumber ?? '-',
    seconds(journey.sentAt, journey.backAt),
  ])
  return columns(head, rows)
    .map((line) => `${line}\n`)
    .join('')
}

/** Why one letter was refused. */
export const refusedLine = (journey: Journey): string =>
  `  item ${journey.item}, ${pad(journey.system, 15)} ${arrow(journey)}  ${printable(journey.refused ?? '', 300)}\n`

/** One entry of the quarantine, with every reason. */
export const quarantineLines = (waiting: {
  system: string
  name: string
  problems: readonly Problem[]
}): string =>
  `  ${waiting.system}  ${printable(waiting.name)}\n${waiting.problems
    .map((found) => `    ${describe(found)}\n`)
    .join('')}`

/** What a person can try while everything runs. */
export const invitation = (installation: Installation, samples: string, key: string): string => `
Everything goes on running. Try it:

  a letter by CSV      cp ${samples}/* ${installation.environment['SARABAN_50_SEND']}/
  a letter by JSON     curl -sS ${installation.http}/v1/systems/57/letters -H 'Authorization: Bearer ${key}' \\
                         -H 'Content-Type: application/json' \\
                         -d '{"number":"ชร 0017.1/501","date":"2026-11-23","subject":"ทดสอบ","from":"57","to":"moi"}'
  from the ministry    curl -sS ${installation.control}/letters -H 'Content-Type: application/json' \\
                         -d '{"number":"มท 0210.3/ว 99","date":"2026-11-23","subject":"ทดสอบ","to":["50","57","93"]}'
  make it fail         npx saraban sandbox faults busy --times 2 --control ${installation.control}
  a letter's story     npx saraban messages list --data ${installation.data}
                       npx saraban messages show ID --data ${installation.data}

Ctrl-C ends it.
`
