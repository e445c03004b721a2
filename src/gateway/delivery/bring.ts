// One call of an adapter, bounded in time: it is broken off, and one that does not return then is let go (docs/decisions/0032).
import { breakable } from '../../adapters/breakable.ts'
import type { Adapter, Outcome, Parcel } from '../../adapters/contract.ts'
import type { Clock } from '../../letter/time.ts'

/** A call that has not returned after this is broken off, in milliseconds. */
const longestAttempt = 30 * 60_000
/** So long one that was broken off is waited for: what waits for a disk that says nothing hears of no signal. Milliseconds. */
const patience = 30_000

/** An adapter that is brought its parcels. */
export type BringingAdapter = Adapter & Required<Pick<Adapter, 'deliver'>>

export type Brought =
  | { readonly kind: 'returned'; readonly said: Outcome }
  /** It was broken off and does not return. `late`: what it says when it does; never rejects. */
  | { readonly kind: 'unreturned'; readonly late: Promise<Outcome> }

/** Brings a parcel, until one of `breakOff` or its time is over. `failed` is told what the adapter threw. Never rejects. */
export async function bring(
  clock: Clock,
  parcel: Parcel,
  adapter: BringingAdapter,
  breakOff: readonly AbortSignal[],
  failed: (error: unknown) => void,
): Promise<Brought> {
  const limit = new AbortController()
  const cancel = clock.schedule(clock.now() + longestAttempt, () => limit.abort())
  try {
    return await breakable([limit.signal, ...breakOff], (signal) =>
      unlessItHangs(clock, call(parcel, adapter, signal, failed), signal),
    )
  } finally {
    cancel()
  }
}

function unlessItHangs(clock: Clock, said: Promise<Outcome>, signal: AbortSignal): Promise<Brought> {
  return new Promise((resolve) => {
    let forget: () => void = () => undefined
    const wait = (): void => {
      forget = clock.schedule(clock.now() + patience, () => resolve({ kind: 'unreturned', late: said }))
    }
    if (signal.aborted) wait()
    else signal.addEventListener('abort', wait)
    void said.then((outcome) => {
      signal.removeEventListener('abort', wait)
      forget()
      resolve({ kind: 'returned', said: outcome })
    })
  })
}

/** An adapter that throws has a defect: what left is not known. */
async function call(
  parcel: Parcel,
  adapter: BringingAdapter,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<Outcome> {
  try {
    return await adapter.deliver(parcel, signal)
  } catch (error) {
    failed(error)
    return {
      kind: 'unknown',
      said: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    }
  }
}
