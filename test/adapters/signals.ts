// What is left at signals by those who listened to them.
import { getEventListeners } from 'node:events'

/** Until the test is over every signal that a controller makes is remembered; what is still at them is told as `listeners dependants`. */
export function rememberSignals(t: { readonly after: (act: () => void) => void }) {
  const signals: AbortSignal[] = []
  const Before = globalThis.AbortController
  globalThis.AbortController = class extends Before {
    constructor() {
      super()
      signals.push(this.signal)
    }
  }
  t.after(() => {
    globalThis.AbortController = Before
  })
  return {
    count: () => signals.length,
    left: () => signals.map(leftAt).filter((each) => each !== '0 0'),
  }
}

/** Where `AbortSignal.any` keeps what it joined, Node gives no other access. */
function leftAt(signal: AbortSignal): string {
  const symbol = Object.getOwnPropertySymbols(signal).find(
    ({ description }) => description === 'kDependantSignals',
  )
  const dependants = symbol && (signal as unknown as Record<symbol, ReadonlySet<unknown>>)[symbol]
  return `${getEventListeners(signal, 'abort').length} ${dependants?.size ?? 0}`
}
