// What one adapter may do at the gateway: every verb bound to its own system and office.
import type { Adapter, AdapterVerbs, KnownLetter } from '../adapters/contract.ts'
import type { Dispatch } from './delivery/dispatch.ts'
import type { Desk, System } from './intake/desk.ts'
import { take } from './intake/intake.ts'
import { findByKey } from './intake/notices.ts'
import { deliveriesOfMessage } from './journal/deliveries.ts'
import type { LetterRow } from './journal/letters.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'

interface Bound {
  readonly system: System
  readonly adapter: Adapter
  readonly desk: Desk
  readonly dispatch: Dispatch
  readonly log: Log
  readonly metrics: Metrics
}

export function verbsFor({ system, adapter, desk, dispatch, log, metrics }: Bound): AdapterVerbs {
  const { clock } = desk
  return {
    clock,
    async take(source) {
      const began = clock.now()
      try {
        const taken = await take(desk, system, source, (offered) => adapter.read(offered))
        log.sourceTaken(system.id, taken, clock.now() - began)
        metrics.sourceTaken(system.id, taken, (clock.now() - began) / 1000)
        return taken
      } catch (error) {
        log.sourceFailed(system.id, error)
        throw error
      }
    },
    keep: (bytes, limit) => desk.attachments.keep(bytes, limit),
    head: () => dispatch.head(system.office),
    settle: (parcelId, outcome) => dispatch.settlePolled(system.office, parcelId, outcome),
    async find(key) {
      const rows = await findByKey(desk.database.committed, system.office, key)
      return Promise.all(rows.map((row) => knownLetter(desk, dispatch, system, row)))
    },
    report: (event, facts) => log.adapterReported(system.id, event, facts),
  }
}

async function knownLetter(
  desk: Desk,
  dispatch: Dispatch,
  system: System,
  row: LetterRow,
): Promise<KnownLetter> {
  const deliveries =
    row.recipient === system.office ? await deliveriesOfMessage(desk.database.committed, row.messageId) : []
  const delivery = deliveries.find(({ office }) => office === system.office)
  return {
    messageId: row.messageId,
    office: row.recipient === system.office ? row.sender : row.recipient,
    state: row.state,
    ...(row.receiveNumber !== null && { receiveNumber: row.receiveNumber }),
    ...(delivery && { parcel: await dispatch.parcel(delivery) }),
  }
}
