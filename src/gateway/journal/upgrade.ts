// What a start says of a schema that it brings up to date, which takes as long as the journal is large, and what ends it.

export interface Upgrade {
  /** The schema is about to be brought from one version to another. */
  begins(from: number, to: number): void
  /** It was broken off at a version: the next start goes on from there. */
  brokenOff(at: number, to: number): void
  /** Aborted when the gateway is asked to end: then it is broken off, and the start rejects with its reason. */
  readonly ended?: AbortSignal | undefined
}
