// A counterpart: the system at the other end of one transport, as real as it can be, with bad days at the push of a button.
// It knows nothing of letters: it hands documents over as files, rows, mails or requests, and keeps what it is brought.
import type { AttachmentContent } from '../../adapters/contract.ts'
import type { Written } from '../../adapters/formats/format.ts'
import type { Channel } from '../../adapters/transports/transport.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { FleetServers } from '../../sandbox/fleet/member.ts'
import type { SealedDoors } from '../sealing.ts'

/** A document that the system hands over. `id`: [0-9a-z-], at most 40, another one at every handing-over. */
export interface HandedIn {
  readonly id: string
  readonly written: Written
  /** The bytes of its attachments, by digest. */
  readonly contents: ReadonlyMap<string, Buffer>
}

/** `left`: it lies where the gateway will find it, and nobody waits. */
export type Answer =
  | { readonly kind: 'left' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly said: string }

/** A document that the system was brought or fetched. */
export interface Collected {
  /** Its file's name, where it is a file: by it a memo file is found. */
  readonly name?: string
  readonly bytes: Buffer
  readonly beside: ReadonlyMap<string, AttachmentContent>
  /** Files whose names only the document says, in its order. */
  readonly unnamed?: readonly AttachmentContent[]
}

export interface Counterpart {
  /** The options of the transport, as they stand in the staged profile. */
  readonly options: Readonly<Record<string, unknown>>
  /** What the gateway's environment holds for them. */
  readonly environment: Readonly<Record<string, string>>
  /** Told where the gateway listens, once it does. */
  attach?(gateway: { readonly http: string; readonly https?: string }): void
  handIn(channel: Channel, document: HandedIn): Promise<Answer>
  /** What has come since the last call. */
  collect(): Promise<readonly Collected[]>
  /** The system goes away and comes back. Absent: it cannot be. */
  readonly away?: { go(): Promise<void>; back(): Promise<void> }
  /** The system becomes slow, and itself again. Absent: it cannot be. */
  readonly slow?: { begin(): Promise<void>; end(): Promise<void> }
  /**
   * The answer to the next letter that it is brought, or the word that it has taken one, is lost: the letter comes again.
   * `end` gives whether that was so. Absent: nobody waits for an answer, or none can be lost on purpose.
   */
  readonly mute?: { begin(): Promise<void>; end(): Promise<boolean> }
  close(): Promise<void>
}

export interface CounterpartSettings {
  /** A folder of its own, absolute, made. */
  readonly folder: string
  readonly office: OfficeId
  readonly channels: readonly Channel[]
  /** The transport's options, as they stand in the profile. */
  readonly options: Readonly<Record<string, unknown>>
  /** A name of the environment that nobody else has. */
  readonly variable: (name: string) => string
  /** A name on shared servers that nobody else has: [a-z0-9], at most 30. */
  readonly account: string
  /** The columns that the documents of the channels have, of records formats. */
  readonly columns: readonly string[]
  /** Whether these bytes are a document of the channel, or not yet one. */
  understood(channel: Channel, bytes: Buffer): Promise<boolean>
  /** Of an office that seals by itself: how its doors answer. */
  readonly sealed?: SealedDoors
  /** What several transports of one profile share: made once for a name. */
  once<Value>(name: string, make: () => Promise<Value>): Promise<Value>
  /** Servers that all profiles share. */
  readonly servers: FleetServers
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Stands one up; or says what is missing on this machine, and how to get it. */
export type CounterpartMaker = (
  settings: CounterpartSettings,
) => Promise<Counterpart | { readonly missing: string }>

/**
 * How often is looked, and how long something must be still: short, because nobody writes by hand here. `wait`: for files of a
 * row or an item that never come.
 */
export const hasty = { every: '100ms', settle: '150ms', wait: '2s' } as const
/** The same where a look is a conversation with a server: many at a time would keep the machine busy with nothing else. */
export const hastyServer = { every: '400ms', settle: '300ms', wait: '60s' } as const
