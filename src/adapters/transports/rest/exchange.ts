// What is asked of a system's server, and what came of it.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: {
    readonly type: string
    /** Bytes. */
    readonly length: number
    /** Asked for once for each time that the request is sent. */
    bytes(): AsyncIterable<Uint8Array>
  }
  readonly signal?: AbortSignal
}

export interface Streamed {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
}

/** Why there is no answer, or none that can be used. `said` holds nothing of what was sent or received. */
export interface Trouble {
  readonly kind: 'trouble'
  readonly said: string
  /** Whether the whole request may have arrived. */
  readonly sent: boolean
  /** Milliseconds. */
  readonly retryAfter?: number
  /** Something that a person has to mend: asking again at once would only lock the account. */
  readonly closed?: boolean
  /** Nobody was reached there: no connection, or none that may be used. */
  readonly unreached?: true
  /** There is an answer, and it must not be read: it is so for this address only. */
  readonly unusable?: true
}

export interface Whole {
  readonly kind: 'whole'
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Absent where the body has more bytes than the bound. */
  readonly bytes?: Buffer
}
