// The body of a request, bounded before anything reads it.
import type { Readable } from 'node:stream'
import type { Clock } from '../../../letter/time.ts'
import { bad, good, problem, type Result } from '../../../problem/problem.ts'
import { Gathered } from '../gathered.ts'
import { pourAway } from '../pour-away.ts'

/** How many bytes of requests may be held at the same time, by all clients of one door together. */
export interface Memory {
  /** Asks for `bytes` more; false when they would be too many. */
  take(bytes: number): boolean
  release(bytes: number): void
}

export function memoryOf(limit: number): Memory {
  let held = 0
  return {
    take(bytes) {
      if (held + bytes > limit) return false
      held += bytes
      return true
    },
    release(bytes) {
      held -= bytes
    },
  }
}

export interface BodyBounds {
  /** Bytes of one request. */
  readonly limit: number
  readonly memory: Memory
  /** Milliseconds until the body has arrived whole. */
  readonly within: number
  readonly clock: Clock
}

/**
 * Reads a body of at most `limit` bytes (`said`: those that the client announces) and hands it to `use`; its memory is released when that is done.
 */
export async function withBody<Answer>(
  body: Readable,
  { limit, memory, within, clock, said }: BodyBounds & { readonly said?: number | undefined },
  use: (bytes: Result<Buffer>) => Promise<Answer>,
): Promise<Answer> {
  const whole = new Gathered(limit, said)
  let late = false
  const cancel = clock.schedule(clock.now() + within, () => {
    late = true
    body.destroy(new Error('too slow'))
  })
  try {
    const refusal = await collect()
    cancel()
    if (refusal !== undefined) pourAway(body)
    return await use(refusal ?? good(whole.end()))
  } finally {
    cancel()
    memory.release(whole.size)
  }

  async function collect(): Promise<Result<never> | undefined> {
    try {
      for await (const part of body.iterator({ destroyOnReturn: false })) {
        const bytes = Buffer.isBuffer(part) ? part : Buffer.from(part)
        if (whole.size + bytes.length > limit) {
          return bad(problem('ecms.body.too-large', '', undefined, { limit }))
        }
        if (!memory.take(bytes.length)) return bad(problem('ecms.busy', ''))
        whole.add(bytes)
      }
      return undefined
    } catch (cause) {
      // The client went away, or the server's own time-out closed the connection.
      if (late) return bad(problem('ecms.body.slow', '', undefined, { limit: within }))
      if (cause instanceof Error)
        return bad(problem('ecms.body.interrupted', '', undefined, { received: whole.size }))
      throw cause
    }
  }
}
