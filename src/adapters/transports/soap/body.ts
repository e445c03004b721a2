// The body of a request, bounded before anything reads it.
import type { Readable } from 'node:stream'
import type { Clock } from '../../../letter/time.ts'
import { bad, good, type Problem, problem, type Result } from '../../../problem/problem.ts'

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
 * Reads a body of at most `limit` bytes and hands it to `use`; its memory is released when that is done.
 */
export async function withBody<Answer>(
  body: Readable,
  { limit, memory, within, clock }: BodyBounds,
  use: (bytes: Result<Buffer>) => Promise<Answer>,
): Promise<Answer> {
  const parts: Buffer[] = []
  let received = 0
  let late = false
  const cancel = clock.schedule(clock.now() + within, () => {
    late = true
    body.destroy(new Error('too slow'))
  })
  try {
    const refusal = await collect()
    cancel()
    // Taken out of the list: the pieces need not be in memory beside the whole of them.
    return await use(refusal ?? good(Buffer.concat(parts.splice(0), received)))
  } finally {
    cancel()
    memory.release(received)
  }

  // A client that is still writing reads no answer: the rest flows away unkept, as long as the server's time-out lets it.
  function drained(found: Problem): Result<never> {
    body.on('error', () => body.destroy()).resume()
    return bad(found)
  }

  async function collect(): Promise<Result<never> | undefined> {
    try {
      for await (const part of body.iterator({ destroyOnReturn: false })) {
        const bytes = Buffer.isBuffer(part) ? part : Buffer.from(part)
        if (received + bytes.length > limit) {
          return drained(problem('ecms.body.too-large', '', undefined, { limit }))
        }
        if (!memory.take(bytes.length)) return drained(problem('ecms.busy', ''))
        parts.push(bytes)
        received += bytes.length
      }
      return undefined
    } catch (cause) {
      // The client went away, or the server's own time-out closed the connection.
      if (late) return bad(problem('ecms.body.slow', '', undefined, { limit: within }))
      if (cause instanceof Error) return bad(problem('ecms.body.interrupted', '', undefined, { received }))
      throw cause
    }
  }
}
