// A profile: the data file that says how to talk with one system, in both directions (design §5.3).
import type { OfficeId } from '../letter/offices.ts'
import type { Result } from '../problem/problem.ts'
import type { Channel } from './transports/transport.ts'

/** Options of a format or a transport as the profile gives them, checked by their kind's schema. */
export interface KindOptions {
  readonly kind: string
  readonly [option: string]: unknown
}

/** One canonical field: where it stands and how it is written there, or the value that it always has. */
export type FieldDefinition =
  | {
      /** The columns, in the order that the codec takes them. */
      readonly at: readonly string[]
      /** How it is written there: a codec's name, or one with its options. */
      readonly as: unknown
      /** The canonical value that blank cells stand for. */
      readonly default?: string
    }
  | { readonly always: string }

export interface DocumentDefinition {
  readonly format: KindOptions
  /** For records formats only. */
  readonly fields: Readonly<Record<string, FieldDefinition>>
  /** What happens with a canonical field that no mapping names when its value is not the usual one. */
  readonly unmapped: 'refuse' | 'spill'
  /** Whether a letter without a main file is refused. */
  readonly main: 'required' | 'optional'
}

export interface ChannelDefinition {
  readonly transport: KindOptions
  /** The name of a document. */
  readonly document: string
}

export interface Profile {
  readonly id: string
  readonly office: OfficeId
  readonly title: string
  readonly origin: 'outsourced' | 'self-built' | 'none'
  readonly documents: Readonly<Record<string, DocumentDefinition>>
  readonly channels: Readonly<Partial<Record<Channel, ChannelDefinition>>>
  /** SHA-256 of the profile's text, lower-case hexadecimal. */
  readonly version: string
  /** The name of the file that it was read from, for people. */
  readonly file: string
}

/**
 * Reads a profile and names every fault at once, each with its path, its line, the value found and what to do.
 * `file` is only named in problems. At most 256 KiB of text, 16 aliases, no custom tags (attacks X11).
 */
export declare function readProfile(text: string, file: string): Result<Profile>
