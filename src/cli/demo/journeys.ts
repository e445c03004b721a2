// What became of each letter of the demonstration: told by the books of those who sent and received, not by the gateway.
import { normalizeNumber } from '../../letter/numbers.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Clock, Instant } from '../../letter/time.ts'
import type { InboxEntry } from '../../sandbox/inbox/register.ts'
import type { BookEntry } from '../../sandbox/systems/system.ts'

export type Direction = 'to the ministry' | 'from the ministry'

/** One letter on its way between one province and the ministry. */
export interface Journey {
  readonly item: string
  readonly number: string
  readonly system: string
  readonly office: OfficeId
  readonly direction: Direction
  /** SHA-256 of every scan that must arrive. */
  readonly scans: readonly string[]
  /** The file in which it was handed over, where it was one: the quarantine names it. */
  file?: string
  sentAt?: Instant
  deliveredAt?: Instant
  /** The receiver's number, as the receiver's own book has it. */
  receiveNumber?: string
  /** When that number stood in the sender's book. */
  backAt?: Instant
  /** Why it could not be taken. */
  refused?: string
  /** What went wrong that must not. */
  fault?: string
}

export interface Journeys {
  readonly all: readonly Journey[]
  /** What books say of letters that nobody sent this way. */
  readonly strange: readonly string[]
  begin(journey: Journey): void
  ministry(entry: InboxEntry): void
  province(office: OfficeId, entry: BookEntry): void
  refuse(journey: Journey, reason: string): void
}

/** Follows the journeys; `changed` is told of every step of one. */
export function followJourneys(
  clock: Clock,
  systemOf: (office: string) => { readonly name: string; readonly office: OfficeId } | undefined,
  changed: (journey: Journey, step: string) => void,
): Journeys {
  const all: Journey[] = []
  const strange: string[] = []
  const byMessage = new Map<string, readonly Journey[]>()
  const find = (office: string, direction: Direction, number: string): Journey | undefined => {
    const key = normalizeNumber(number)
    return all.find(
      (one) => one.office === office && one.direction === direction && normalizeNumber(one.number) === key,
    )
  }

  /** The journey of a letter; one that a person dropped in begins here. Undefined for an office that takes no part. */
  function findOrBegin(office: string, direction: Direction, number: string): Journey | undefined {
    const known = find(office, direction, number)
    const system = systemOf(office)
    if (known !== undefined || system === undefined) return known
    const journey: Journey = {
      item: '+',
      number,
      system: system.name,
      office: system.office,
      direction,
      scans: [],
    }
    all.push(journey)
    journey.sentAt = clock.now()
    return journey
  }

  function deliver(journey: Journey, receiveNumber: string, scans: readonly string[]): void {
    if (journey.deliveredAt !== undefined) journey.fault = 'registered twice'
    if (journey.scans.some((scan) => !scans.includes(scan))) journey.fault = 'a scan did not arrive whole'
    journey.deliveredAt = clock.now()
    journey.receiveNumber = receiveNumber
    changed(journey, `registered ${receiveNumber}`)
  }

  function bringBack(journey: Journey, receiveNumber: string | undefined): void {
    if (receiveNumber !== journey.receiveNumber) journey.fault = `the number came back as ${receiveNumber}`
    if (journey.backAt !== undefined) return
    journey.backAt = clock.now()
    changed(journey, `its sender has the number ${receiveNumber}`)
  }

  function refuse(journey: Journey, reason: string): void {
    if (journey.refused !== undefined) return
    journey.refused = reason
    changed(journey, `refused: ${reason}`)
  }

  function hear(journey: Journey, kind: string, receiveNumber: string | undefined): void {
    if (kind === 'accept') bringBack(journey, receiveNumber)
    else if (kind === 'reject' || kind === 'invalid') refuse(journey, `its sender was told: ${kind}`)
  }

  return {
    all,
    strange,
    begin(journey) {
      all.push(journey)
      journey.sentAt = clock.now()
    },
    ministry(entry) {
      if (entry.entry === 'letter.registered') {
        const journey = findOrBegin(entry.from, 'to the ministry', entry.number)
        if (journey !== undefined) deliver(journey, entry.receiveNumber, entry.attachments)
        else strange.push(`the ministry registered ${entry.number}, which ${entry.from} did not send`)
      } else if (entry.entry === 'letter.sent') {
        const sent = entry.to.map((office) => findOrBegin(office, 'from the ministry', entry.number))
        byMessage.set(
          entry.messageId,
          sent.filter((one) => one !== undefined),
        )
      } else if (entry.entry === 'notice.received') {
        const journey = byMessage.get(entry.about)?.find((one) => one.office === entry.from)
        if (journey !== undefined) hear(journey, entry.kind, entry.receiveNumber)
        else
          strange.push(
            `${entry.from} told the ministry ${entry.kind} of ${entry.about}, which it did not send`,
          )
      } else if (entry.entry === 'envelope.returned')
        for (const journey of byMessage.get(entry.messageId) ?? []) refuse(journey, entry.said)
    },
    province(office, entry) {
      if (entry.entry === 'letter.received') {
        const journey = find(office, 'from the ministry', entry.number)
        if (journey !== undefined) deliver(journey, entry.receiveNumber, entry.files)
        else strange.push(`${office} registered ${entry.number}, which the ministry did not send to it`)
      } else if (entry.entry === 'notice.received') {
        const journey = find(office, 'to the ministry', entry.number)
        if (journey !== undefined) hear(journey, entry.kind, entry.receiveNumber)
        else strange.push(`${office} was told ${entry.kind} of ${entry.number}, which it did not send`)
      } else if (entry.entry === 'letter.sent' && entry.file !== undefined) {
        const journey = find(office, 'to the ministry', entry.number)
        if (journey !== undefined) journey.file = entry.file
      } else if (entry.entry === 'letter.refused') {
        const journey = find(office, 'to the ministry', entry.number)
        if (journey !== undefined) refuse(journey, entry.said)
      }
    },
    refuse,
  }
}

/** Nothing more is to come for this letter. */
export const isOver = (journey: Journey): boolean =>
  journey.backAt !== undefined || journey.refused !== undefined

/** It ended as it must: registered with its number known to its sender, or refused when it has no date; never both. */
export const endedWell = ({ fault, backAt, deliveredAt, refused }: Journey, translatable: boolean): boolean =>
  fault === undefined &&
  (translatable
    ? backAt !== undefined && refused === undefined
    : refused !== undefined && deliveredAt === undefined)
