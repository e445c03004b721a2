// What one adapter may do at the gateway: every verb bound to its own system and office.
import type { Adapter, AdapterVerbs, KnownLetter, Parcel } from '../adapters/contract.ts'
import { reopenEnvelope } from '../envelope/verify.ts'
import type { MessageId } from '../letter/time.ts'
import { parcelOf, withheldBecause } from './delivery/parcels.ts'
import { headFor, settlePolled, showAgain } from './delivery/polled.ts'
import type { Desk, System } from './desk.ts'
import { take } from './intake/intake.ts'
import { deliveryTo } from './journal/deliveries.ts'
import { envelopeById } from './journal/envelopes.ts'
import { findByKey } from './journal/find.ts'
import { type LetterRow, newestSent } from './journal/letters.ts'
import { noticesBetween } from './journal/notices.ts'
import type { Log } from './log.ts'
import { marksOf } from './marks.ts'
import type { Metrics } from './metrics.ts'
import { type Present, placeOf } from './present.ts'
import type { UnderWay } from './under-way.ts'

interface Bound {
  readonly system: System
  readonly adapter: Adapter
  readonly desk: Desk
  readonly log: Log
  readonly metrics: Metrics
  readonly present: Present
  readonly underWay: UnderWay
  readonly installation: string
}

export function verbsFor(bound: Bound): AdapterVerbs {
  const { system, adapter, desk, log, metrics, present, underWay, installation } = bound
  const { clock } = desk
  return {
    clock,
    installation,
    marks: marksOf(desk.database, clock, system.id),
    mayLook: () => desk.member.leads(),
    lookBegins: (facts) => underWay.begin(system.id, placeOf(facts), facts).ended,
    async take(source) {
      const began = clock.now()
      underWay.heard(system.id)
      try {
        const taken = await take(desk, system, source, (offered) =>
          adapter.read({ ...offered, open: (sha256) => desk.attachments.open(sha256) }),
        )
        log.sourceTaken(system.id, taken, clock.now() - began)
        present.offered(system.id, source, taken)
        metrics.sourceTaken(system.id, taken, (clock.now() - began) / 1000)
        return taken
      } catch (error) {
        log.sourceFailed(system.id, error)
        throw error
      } finally {
        underWay.heard(system.id)
      }
    },
    keep(bytes, limit) {
      underWay.heard(system.id)
      return desk.attachments.keep(bytes, limit).finally(() => underWay.heard(system.id))
    },
    head: () => headFor(desk, adapter),
    settle: (parcelId, outcome) => settlePolled(desk, adapter, parcelId, outcome),
    show: (parcelId) => showAgain(desk, system.office, parcelId),
    async find(key) {
      const rows = await findByKey(desk.database.committed, system.office, key)
      return Promise.all(rows.map((row) => knownLetter(desk, adapter, row)))
    },
    async sent(limit) {
      const rows = await newestSent(desk.database.committed, system.office, limit)
      return Promise.all(rows.map((row) => knownLetter(desk, adapter, row)))
    },
    report(event, facts) {
      log.adapterReported(system.id, event, facts)
      present.reported(system.id, event, facts)
    },
  }
}

async function knownLetter(desk: Desk, { office, receipts }: Adapter, row: LetterRow): Promise<KnownLetter> {
  const { committed } = desk.database
  const parcelTo = async (messageId: MessageId): Promise<Parcel | undefined> => {
    const delivery = await deliveryTo(committed, messageId, office)
    const parcel = delivery && (await parcelOf(desk, delivery))
    return parcel && withheldBecause(parcel, receipts) === undefined ? parcel : undefined
  }
  const parcel = row.recipient === office ? await parcelTo(row.messageId) : undefined
  // Of a circular, what this one recipient said: the others have rows of their own.
  const other = row.recipient === office ? row.sender : row.recipient
  const told = await noticesBetween(committed, row.messageId, other, office)
  const notices = await Promise.all(told.map((notice) => parcelTo(notice.messageId)))
  return {
    messageId: row.messageId,
    office: other,
    number: await printedNumber(desk, row),
    state: row.state,
    ...(row.receiveNumber !== null && { receiveNumber: row.receiveNumber }),
    ...(parcel && { parcel }),
    notices: notices.filter((notice) => notice !== undefined).reverse(),
  }
}

async function printedNumber(desk: Desk, row: LetterRow): Promise<string> {
  const stored = await envelopeById(desk.database.committed, row.messageId)
  const envelope = stored && reopenEnvelope(stored.bytes, stored.digest)
  return envelope?.ok && envelope.value.content === 'letter'
    ? envelope.value.letter.number.printed
    : row.number
}
