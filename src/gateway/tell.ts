// What is wrong with a part of the gateway is logged when it begins and when it ends, and told while it lasts.
import type { Log } from './log.ts'
import type { Part, Present } from './present.ts'
import type { SharedQueueParts } from './queue/bullmq.ts'

interface Told {
  readonly away: (reason: string) => void
  readonly here: () => void
}

const tellOf = (part: Part, present: Present, log: Log): Told => ({
  away: (reason) => {
    log.partAway(part, reason)
    present.part(part, 'away', { reason })
  },
  here: () => {
    log.partHere(part)
    present.part(part, 'away', undefined)
  },
})

export const tellOfAttachments = (present: Present, log: Log): Told => tellOf('attachments', present, log)

export function tellOfQueue(present: Present, log: Log): Pick<SharedQueueParts, 'away' | 'here' | 'evicts'> {
  const { away, here } = tellOf('queue', present, log)
  return {
    away,
    here: () => {
      here()
      present.part('queue', 'evicts', undefined)
    },
    evicts: (policy) => {
      log.queueEvicts(policy)
      present.part('queue', 'evicts', { policy })
    },
  }
}
