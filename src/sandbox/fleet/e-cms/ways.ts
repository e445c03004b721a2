// What tells one installation of an e-CMS server from another.

/** How a server departs from the standard: each was seen (domain §3, §4). */
export interface ServerWays {
  /** The digits of organisation ids that it writes. */
  readonly digits: 5 | 10
  /** Bytes in windows-874, in messages that call themselves UTF-8. */
  readonly thaiBytes?: boolean
  /** `processID` where the standard has `ProcessID`. */
  readonly lowerCaseProcessId?: boolean
  /** Whether messages begin with an XML declaration. */
  readonly declaration?: boolean
  /** A namespace of the makers' own for the elements of answers. */
  readonly namespace?: string
  /** What it answers to a letter that it has: the same ProcessID again, or this ErrorCode. */
  readonly repeated: 'same' | `E${string}`
  /** How it says that nothing waits: with an empty answer, or with this ErrorCode. */
  readonly nothing: 'empty' | `E${string}`
  /** How a receive number is written. */
  readonly receiveNumber?: (number: string) => string
}
