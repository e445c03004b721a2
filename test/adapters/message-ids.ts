// Message ids that are the same at every run.
import { type MessageId, newMessageId } from '../../src/letter/time.ts'

export const messageIdOf = (seed: number): MessageId =>
  newMessageId(
    { now: () => Date.UTC(2026, 10, 23), elapsed: () => 0, schedule: () => () => undefined },
    (count) => new Uint8Array(count).fill(seed),
  )
