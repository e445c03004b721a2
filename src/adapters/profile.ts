// A profile: the data file that says how to talk with one system, in both directions (design §5.3).
import { createHash } from 'node:crypto'
import type { NoticeKind } from '../letter/notice.ts'
import { type OfficeId, officeId } from '../letter/offices.ts'
import { bad, good, type Result } from '../problem/problem.ts'
import type { ConformanceCheck } from './conformance-checks.ts'
import { type DeliveryPolicy, deliveryPolicyOf, type RawDeliveryPolicy } from './delivery-policy.ts'
import type { LookupTables } from './fields/codec.ts'
import type { RowRules } from './formats/rows-of-letters.ts'
import { deeperFindings } from './profile-check.ts'
import { frame } from './profile-schema.ts'
import { readProfileText } from './profile-text.ts'
import { lazily, readerOf } from './schema.ts'
import { type Channel, channels } from './transports/transport.ts'

/** Options of a format or a transport as the profile gives them, checked by their kind. */
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
      /** The canonical values that the system has no code for. */
      readonly unsaid?: readonly string[]
    }
  | { readonly always: string }

/** Codes of a system and what they mean: in a file beside its data, or in the profile itself. */
export type TableDefinition =
  | {
      readonly file: string | { readonly env: string }
      readonly format: KindOptions
      /** The columns of the code and of its meaning. */
      readonly code: string
      readonly value: string
    }
  | { readonly rows: Readonly<Record<string, string>> }

export interface DocumentDefinition extends RowRules {
  readonly format: KindOptions
  readonly tables?: Readonly<Record<string, TableDefinition>>
  /** The rows of the tables that were read from files. */
  readonly lookups?: LookupTables
  /** For records formats only; empty for the others. */
  readonly fields: Readonly<Record<string, FieldDefinition>>
  /** Columns that hold several fields: the template of the parts that `fields` name. */
  readonly split?: Readonly<Record<string, string>>
  /** Columns that are no part of a letter: they do not travel in its extension. */
  readonly ignore?: readonly string[]
  /** What happens with a canonical field that no mapping names when its value is not the usual one. */
  readonly unmapped: 'refuse' | 'spill'
  /** Whether a letter without a main file is refused. */
  readonly main: 'required' | 'optional'
}

export interface ChannelDefinition {
  readonly transport: KindOptions
  /** The name of a document. */
  readonly document: string
  /** Of `notices`: the kinds that the system cannot be told of; they are settled as taken. */
  readonly untold?: readonly NoticeKind[]
}

export interface Profile {
  readonly id: string
  readonly office: OfficeId
  readonly title: string
  readonly origin: 'outsourced' | 'self-built' | 'none'
  /** Which system this office really runs was never published: an assignment that is only an example says so. */
  readonly illustrative: boolean
  readonly documents: Readonly<Record<string, DocumentDefinition>>
  readonly channels: Readonly<Partial<Record<Channel, ChannelDefinition>>>
  /** How deliveries to the office are made. */
  readonly delivery: DeliveryPolicy
  /** What the conformance suite asks and the system cannot keep, with the reason (docs/profiles.md). */
  readonly waivers: Readonly<Partial<Record<ConformanceCheck, string>>>
  /** SHA-256 of the profile's text, lower-case hexadecimal. */
  readonly version: string
  /** The name of the file that it was read from, for people. */
  readonly file: string
}

/** A profile as it stands in YAML when its frame is whole. */
export interface RawProfile {
  readonly id: string
  readonly office: string
  readonly title: string
  readonly origin: Profile['origin']
  readonly illustrative: boolean
  readonly documents: Readonly<Record<string, RawDocument>>
  readonly delivery?: RawDeliveryPolicy
  readonly waivers?: Profile['waivers']
  readonly send: ChannelDefinition
  readonly receive: ChannelDefinition
  readonly notices: ChannelDefinition
  readonly sendNotices?: ChannelDefinition
}

export interface RawDocument extends RowRules {
  readonly format: KindOptions
  readonly tables?: Readonly<Record<string, TableDefinition>>
  readonly fields?: Readonly<Record<string, RawField>>
  readonly split?: Readonly<Record<string, string>>
  readonly ignore?: readonly string[]
  readonly unmapped: 'refuse' | 'spill'
  readonly main: 'required' | 'optional'
}

export type RawField =
  | {
      readonly at: string | number | readonly (string | number)[]
      readonly as: unknown
      readonly default?: string
      readonly unsaid?: readonly string[]
    }
  | { readonly always: string }

const readFrame = lazily(() => readerOf<RawProfile>(frame()))

/**
 * Reads a profile and names every fault at once, each with its path, its line, the value found and what to do.
 * `file` is only for people. At most 256 KiB of YAML, 32 aliases, no custom tags (attacks X11).
 */
export function readProfile(text: string, file: string): Result<Profile> {
  const source = readProfileText(text)
  if (!source.ok) return source
  const { value, problemAt } = source.value
  const raw = readFrame()(value)
  if (!raw.ok) {
    // What is deeper is checked even so where it stands, so that a profile need not be corrected twice.
    const findings = [...raw.findings, ...deeperFindings(value)]
    return bad(problemAt(raw.findings[0]), ...findings.slice(1).map(problemAt))
  }
  const [first, ...rest] = deeperFindings(raw.value).map(problemAt)
  if (first !== undefined) return bad(first, ...rest)
  const office = officeId(raw.value.office)
  return office.ok ? good(profileOf(raw.value, office.value, text, file)) : office
}

function profileOf(raw: RawProfile, office: OfficeId, text: string, file: string): Profile {
  return {
    id: raw.id,
    office,
    title: raw.title,
    origin: raw.origin,
    illustrative: raw.illustrative,
    documents: mapped(raw.documents, (document) => ({
      ...document,
      fields: mapped(document.fields ?? {}, fieldOf),
    })),
    channels: Object.fromEntries(
      channels.flatMap((channel) => {
        const definition = raw[channel]
        return definition === undefined ? [] : [[channel, definition]]
      }),
    ),
    delivery: deliveryPolicyOf(raw.delivery ?? {}),
    waivers: raw.waivers ?? {},
    version: createHash('sha256').update(text, 'utf8').digest('hex'),
    file,
  }
}

const fieldOf = (raw: RawField): FieldDefinition =>
  'always' in raw ? raw : { ...raw, at: columnsOf(raw.at) }

/** The columns that `at` names, as texts. */
export const columnsOf = (at: string | number | readonly (string | number)[]): readonly string[] =>
  (typeof at === 'object' ? at : [at]).map(String)

const mapped = <From, To>(
  map: Readonly<Record<string, From>>,
  to: (value: From) => To,
): Readonly<Record<string, To>> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value)]))
