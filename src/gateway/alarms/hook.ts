// A hook: somebody outside who is told of alarms.
import type { ToldAlarm } from './told.ts'

/** What came of one telling. `said`: why it failed, in a line. */
export type Told = { readonly kind: 'told' } | { readonly kind: 'failed'; readonly said: string }

export interface Hook {
  readonly name: string
  /** Tells once. Never rejects for what the other side does. */
  tell(body: string, told: ToldAlarm, signal: AbortSignal): Promise<Told>
  close(): Promise<void>
}
