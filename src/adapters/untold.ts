// Notices that a profile declares untold (`notices.untold`): the system has no way to say them, so they are settled as
// taken, and an operator is told. They never stand in the way of the notices behind them.
import type { NoticeKind } from '../letter/notice.ts'
import type { AdapterVerbs, Outcome, Parcel } from './contract.ts'

export interface Untold {
  /** What becomes of a parcel that the system is not told of; undefined for every other. */
  settled(parcel: Parcel, report: AdapterVerbs['report'] | undefined): Outcome | undefined
  /** The verbs, with a head of the queue that the system is told of. */
  passing(verbs: AdapterVerbs): AdapterVerbs
}

/** What the profile's list makes of parcels. */
export function untoldOf(kinds: readonly NoticeKind[]): Untold {
  const settled: Untold['settled'] = ({ id, envelope }, report) => {
    if (envelope.content !== 'notice' || !kinds.includes(envelope.notice.kind)) return undefined
    const { kind } = envelope.notice
    report?.('notice.untold', { parcel: id, kind })
    return { kind: 'taken', said: `not told: the profile leaves out notices of the kind ${kind}` }
  }
  const head = async (verbs: AdapterVerbs): Promise<Parcel | undefined> => {
    for (;;) {
      const parcel = await verbs.head()
      const outcome = parcel && settled(parcel, verbs.report)
      if (parcel === undefined || outcome === undefined) return parcel
      // Somebody else settled it: the same head again would be looked at for ever.
      if (!(await verbs.settle(parcel.id, outcome))) return undefined
    }
  }
  return {
    settled,
    passing: (verbs) => (kinds.length === 0 ? verbs : { ...verbs, head: () => head(verbs) }),
  }
}
