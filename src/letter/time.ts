// The clock, the source of chance, and instants in the time of Thailand (+07:00, whatever zone the machine is in).

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

/** `urn:uuid:` and a UUIDv7 (RFC 9562, section 5.7), lower case. */
export type MessageId = `urn:uuid:${string}`

/** The one clock. Tests pass their own, so that no test sleeps. */
export interface Clock {
  now(): Instant
  /** Calls `act` once, at `at` or soon after; the function returned cancels it. */
  schedule(at: Instant, act: () => void): () => void
}

/** The one source of chance: `count` random bytes. */
export type Random = (count: number) => Uint8Array
