// Work that is broken off by whichever of several signals comes first.
import { setMaxListeners } from 'node:events'

/**
 * Does `work` with a signal that is aborted with the first of `signals`, or is so from the beginning. When the work has ended, nothing of
 * it is left at them. `AbortSignal.any` leaves an entry at each for as long as that one lives: at one that lives as long as the process,
 * of every attempt there ever was.
 */
export async function breakable<Value>(
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const joined = new AbortController()
  const abort = ({ target }: Event): void => joined.abort((target as AbortSignal).reason)
  const first = signals.find(({ aborted }) => aborted)
  if (first !== undefined) joined.abort(first.reason)
  // As many listen to one of them as are at work.
  setMaxListeners(0, ...signals)
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true })
  try {
    return await work(joined.signal)
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', abort)
  }
}
