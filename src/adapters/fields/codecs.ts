// The field codecs that a profile can name: one line each.
import type { Checked, Finding, Pointer } from '../schema.ts'
import { base64 } from './base64.ts'
import type { Codec, CodecKind, LookupTables, Now } from './codec.ts'
import { buddhistDate, christianDate } from './date.ts'
import { digits } from './digits.ts'
import { fileBeside } from './file-beside.ts'
import { flag } from './flag.ts'
import { highestOf } from './highest.ts'
import { instant } from './instant.ts'
import { joinOf } from './join.ts'
import { letterNumber } from './letter-number.ts'
import { listOf } from './list.ts'
import { lookupOf } from './lookup.ts'
import { office } from './office.ts'
import { person } from './person.ts'
import { table } from './table.ts'
import { text } from './text.ts'
import { unixDate, utcDate } from './universal.ts'

const none: LookupTables = new Map()

/** A codec of one value in one cell, among these. */
const among =
  (kinds: readonly CodecKind[]) =>
  (raw: unknown, tables: LookupTables = none, now?: Now): Codec | undefined => {
    const made = create(kinds, raw, tables, now)
    return made?.ok === true ? made.value : undefined
  }
const namesOf = (kinds: readonly CodecKind[]): string[] => kinds.map(({ name }) => name)

const plain: readonly CodecKind[] = [
  text,
  letterNumber,
  buddhistDate,
  christianDate,
  unixDate,
  utcDate,
  instant,
  table,
  office,
  digits,
]
const lookup = lookupOf(among([...plain, person]), namesOf([...plain, person]))
const singles: readonly CodecKind[] = [...plain, lookup]
const single = among(singles)
const singleNames = namesOf(singles)

const coded: readonly CodecKind[] = [table, lookup]

export const codecs: readonly CodecKind[] = [
  ...singles,
  person,
  fileBeside,
  base64,
  flag,
  highestOf(among(coded), namesOf(coded)),
  listOf(single, singleNames),
  joinOf(single, singleNames),
]

/** Faults of `as` as it stands in a profile: a codec's name, or one with its options (`{ text: { max: 150 } }`). */
export function checkCodec(raw: unknown, at: Pointer): readonly Finding[] {
  const found = kindOf(codecs, raw)
  if (found !== undefined)
    return found.kind.check(found.options, typeof raw === 'string' ? at : [...at, found.kind.name])
  const value = typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? '')
  return [
    {
      at,
      code: 'adapter.profile.value-unknown',
      value,
      details: { expected: codecs.map(({ name }) => name).join(', ') },
    },
  ]
}

/** The codec that `as` names. Throws when `checkCodec` finds a fault in it. */
export function codecOf(raw: unknown, tables: LookupTables = none, now?: Now): Codec {
  const made = create(codecs, raw, tables, now)
  if (made?.ok !== true) throw new Error('a codec was made from options that were not checked')
  return made.value
}

function create(
  kinds: readonly CodecKind[],
  raw: unknown,
  tables: LookupTables,
  now: Now | undefined,
): Checked<Codec> | undefined {
  const found = kindOf(kinds, raw)
  return found?.kind.create(found.options, tables, now)
}

/** The name of the codec that `as` names, whether there is one or not. */
export const codecName = (raw: unknown): string => (typeof raw === 'string' ? raw : (soleEntry(raw)[0] ?? ''))

function kindOf(
  kinds: readonly CodecKind[],
  raw: unknown,
): { kind: CodecKind; options: unknown } | undefined {
  const [name, options] = typeof raw === 'string' ? [raw, undefined] : soleEntry(raw)
  const kind = kinds.find((each) => each.name === name)
  return kind && { kind, options }
}

function soleEntry(raw: unknown): [string | undefined, unknown] {
  const entries = typeof raw === 'object' && raw !== null ? Object.entries(raw) : []
  return entries.length === 1 ? (entries[0] ?? [undefined, undefined]) : [undefined, undefined]
}
