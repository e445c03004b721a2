// A transport: one way to fetch documents from a system and to hand documents over to it.
//
// A profile has up to four channels, named as the system sees them. Channels whose transport options are equal (a YAML
// anchor, or the same words twice) share one transport: a SOAP server serves all four, a pooled HTTP client two.
// A transport holds no retry, no timer of retries and no counter (principle 8): it says what happened.

import type { NoticeKind } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Clock } from '../../letter/time.ts'
import type { About } from '../about.ts'
import type { AdapterVerbs, Door, Outcome, Parcel } from '../contract.ts'
import type { DocumentForm } from '../formats/format.ts'
import {
  type Checked,
  type Finding,
  isSecret,
  type JsonSchema,
  type Pointer,
  plainPort,
  port,
  readerOf,
} from '../schema.ts'

/**
 * `send`: letters that the system sends · `sendNotices`: its notices about letters that it received ·
 * `receive`: letters for it · `notices`: notices for it, about letters that it sent.
 */
export const channels = ['send', 'sendNotices', 'receive', 'notices'] as const
export type Channel = (typeof channels)[number]

/** What a transport does when it is at work. */
export interface Transport {
  /** Entrances for the gateway's server to open. Before `start` they answer 503. */
  readonly doors: readonly Door[]
  /** The folder that it works in, absolute and by what tells it from every other, and which names it fetches there. */
  readonly place?: { readonly path: string; readonly folder: string; readonly pattern: string }
  /** What a channel looks into. */
  looksInto?(channel: Channel): LookedInto | undefined
  /** Begins to look for documents and offers what it finds by `verbs.take`. Absent: nothing to start. */
  start?(verbs: AdapterVerbs): Promise<void>
  /** Stops; resolves when nothing is under way any more and nothing is held open. */
  stop(): Promise<void>
  /** Brings one parcel (channels `receive` and `notices`). Absent: the system polls through a door. Never throws for what the other side does. */
  deliver?(parcel: Parcel, signal: AbortSignal): Promise<Outcome>
}

/** A folder, by what tells it from every other however it is named, and the names of documents in it. */
export interface LookedInto {
  readonly folder: string
  readonly pattern: RegExp
}

export interface TransportContext {
  readonly profile: string
  readonly office: OfficeId
  readonly clock: Clock
  /** The forms of the channels that this transport serves; at least one. */
  readonly forms: Readonly<Partial<Record<Channel, DocumentForm>>>
  /** What another channel of the profile looks into; known when all its transports are made. */
  lookedInto?(channel: Channel): LookedInto | undefined
  /** Makes a relative path of the profile absolute: against the folder that the gateway's settings name. */
  absolute(path: string): string
}

/** A transport that can be named in a profile (`transport: { kind: … }`). */
export interface TransportKind {
  readonly kind: string
  readonly about: About
  /** Schemas of its options, beside `kind`. Texts that an installation decides are `textOrReference`. */
  readonly options: Readonly<Record<string, JsonSchema>>
  readonly required: readonly string[]
  /** The channels that it can serve. */
  readonly channels: readonly Channel[]
  /** `pushes`: it brings parcels (`deliver`); `polled`: the system fetches them through a door. Only of `receive` and `notices`. */
  readonly handOver: 'pushes' | 'polled' | 'none'
  /** The kinds of notices that it has no way to bring, whatever the format could say. */
  readonly cannotSay?: readonly NoticeKind[]
  /** The place that options name, where what is handed over could be fetched again. */
  place?(raw: unknown, channel: Channel): unknown
  /** The columns whose files it brings, of the rows that it hands over; absent: it brings every file. */
  fileColumns?(raw: unknown): readonly string[] | undefined
  /** Checks options as they stand in the profile, references not resolved. */
  check(raw: unknown, at: Pointer, channels: readonly Channel[]): readonly Finding[]
  /** Options with every reference resolved to its text. */
  create(raw: unknown, context: TransportContext): Checked<Transport>
}

interface Definition<Options> {
  readonly kind: string
  /** For docs/reference. */
  readonly about: About
  readonly options: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly channels: readonly Channel[]
  readonly handOver: TransportKind['handOver']
  readonly cannotSay?: readonly NoticeKind[]
  place?(options: Options, channel: Channel): unknown
  fileColumns?(options: Options): readonly string[]
  /** What the schema cannot say and does not depend on references. Pointers are relative to the options. */
  deeper?(options: Options, channels: readonly Channel[]): readonly Finding[]
  /** Options are typed with plain texts here: every reference is resolved by now. */
  create(options: Options, context: TransportContext): Checked<Transport>
}

export function transport<Options>(definition: Definition<Options>): TransportKind {
  const required = definition.required ?? []
  const read = readerOf<Options>({
    type: 'object',
    properties: { kind: { const: definition.kind }, ...definition.options },
    required: ['kind', ...required],
    additionalProperties: false,
  })
  // Where the profile must hold a reference, the resolved options hold the secret itself.
  const readResolved = readerOf<Options>({
    type: 'object',
    properties: { kind: { const: definition.kind }, ...withPlainSecrets(definition.options) },
    required: ['kind', ...required],
    additionalProperties: false,
  })
  return {
    kind: definition.kind,
    about: definition.about,
    options: definition.options,
    required,
    channels: definition.channels,
    handOver: definition.handOver,
    ...(definition.cannotSay && { cannotSay: definition.cannotSay }),
    place: (raw, channel) => {
      const options = read(raw)
      return options.ok ? definition.place?.(options.value, channel) : undefined
    },
    fileColumns: (raw) => {
      const options = read(raw)
      return options.ok ? definition.fileColumns?.(options.value) : undefined
    },
    check: (raw, at, used) => {
      const options = read(raw, at)
      if (!options.ok) return options.findings
      return (definition.deeper?.(options.value, used) ?? []).map((each) => ({
        ...each,
        at: [...at, ...each.at],
      }))
    },
    create: (raw, context) => {
      const options = readResolved(raw)
      return options.ok ? definition.create(options.value, context) : options
    },
  }
}

/** The schemas with a plain text wherever they ask for a secret, and a plain port. */
function withPlainSecrets(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]): [string, unknown] => {
      if (value === port) return [key, plainPort]
      const nested = typeof value === 'object' && value !== null && !Array.isArray(value)
      if (!nested) return [key, value]
      const inside = value as JsonSchema
      return [key, isSecret(inside) ? { type: 'string', minLength: 1 } : withPlainSecrets(inside)]
    }),
  )
}
