// The form of the catalogue's entries.

/** One entry of the catalogue. A code is never used again for something else. */
export interface ProblemDefinition {
  /** The HTTP status that an API answers with (RFC 9110, section 15). */
  readonly status: number
  /** Whether trying again unchanged can never help. */
  readonly permanent: boolean
  /** What happened. `{name}` stands for a detail, `{value}` for the value that was found. */
  readonly en: string
  readonly th: string
  /** What to do. */
  readonly remedy: { readonly en: string; readonly th: string }
}
