// A format: one way of writing documents, read and written by the same definition (principle 2).
//
// There are two sorts. A **records** format (csv; fixed-width, dbf and xml later) knows only records of named cells: the
// profile's `fields` say what the cells mean. A **document** format (json, envelope, e-cms) has fixed meanings of its own.
// Either way a profile's document is a `DocumentForm` when it is at work.
import type { Readable } from 'node:stream'
import type { Envelope, SealedEnvelope } from '../../envelope/envelope.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Clock } from '../../letter/time.ts'
import type { Problem, Result } from '../../problem/problem.ts'
import type { About } from '../about.ts'
import type { AttachmentContent, HandedOver, Item, Parcel, Source } from '../contract.ts'
import { type Checked, type Finding, type JsonSchema, type Pointer, readerOf } from '../schema.ts'

/** What is written for a system. Every `Parcel` is one; `profile try` makes one that is not sealed. */
export interface Outgoing {
  /** The parcel's id: file names and part names are made from it, so that a second attempt writes the same names. */
  readonly id: string
  /** The office that it is written for. */
  readonly office: OfficeId
  readonly envelope: Envelope
  readonly sealed?: SealedEnvelope
  readonly about?: NonNullable<Parcel['about']>
  open(sha256: string): Readable
  readonly record?: Parcel['record']
}

/** What a form wrote. */
export interface Written extends HandedOver {
  /** The canonical fields that did not fit the form and stand in a file instead, as the profile says (`overflow: spill`). */
  readonly spilled: readonly string[]
  /** The fields of a notice of which only the beginning stands, as the profile says (`overflow: cut`). */
  readonly cut?: readonly string[]
}

/** A profile's document at work: the system's bytes ↔ letters and notices. */
export interface DocumentForm {
  readonly kind: string
  /** How the document and its files travel in one HTTP body: RFC 2387, or RFC 7578. */
  readonly multipart: 'related' | 'form-data'
  /** The media type under which a document alone comes by HTTP. Absent: of the `multipart` that it travels in. */
  readonly mediaType?: string
  /** True when whoever takes such a document answers with a signed `receive` notice (design §5.2). */
  readonly receipts: boolean
  /** Reads a source. Bounded; never throws for what the source holds: faults are items. */
  read(source: Source): Promise<readonly Item[]>
  /** Writes one letter or notice. Fails, naming every reason, when the form cannot express it; nothing is cut that the profile does not let be. */
  write(outgoing: Outgoing): Promise<Result<Written>>
  /** The columns that fields are mapped to, of a records format: a table can be looked at for them before a letter is. */
  readonly columns?: readonly string[]
  /** Those of them that say what kind of notice it is: in a row of a system's own, its state. */
  readonly kindColumns?: readonly string[]
  /** Those of them by which a notice only names its letter: in a row of a system's own, the letter itself. */
  readonly namingColumns?: readonly string[]
  /** The canonical fields that the form has no place for, and leaves out, whatever a profile says. */
  readonly unsaid?: readonly string[]
  /** The canonical fields that the form says of every letter, also of one that does not say them: a mail when it was sent. */
  readonly always?: readonly string[]
  /** Whether more may follow: the last row has no end. Absent: the form says itself where it ends. */
  unended?(bytes: Buffer): boolean
}

/** What a form knows of the profile that it is part of. */
export interface FormContext {
  /** The office whose system this is. */
  readonly office: OfficeId
  readonly profile: string
  readonly content: 'letter' | 'notice'
  readonly clock: Clock
  /** Whole files stand in cells (base64): a cell may be as large as the document. */
  readonly inside?: boolean
}

/** One record as a form holds it: cells by column name (or `1`, `2`, … where the form has no names). */
export interface FormRecord {
  /** For people: `row 3`. */
  readonly position: string
  readonly cells: ReadonlyMap<string, string>
  /** Files beside that hold a part of this record and did not come (a memo file); its cells there are blank. */
  readonly missing?: readonly string[]
  /** Files that the document itself holds, by name: the parts of a mail. One that no field names is a fault. */
  readonly files?: ReadonlyMap<string, FileInside>
  /** The charset of this record, where each says its own. */
  readonly charset?: string
}

/** A file that stands in the document, with the media type that the document says. */
export interface FileInside {
  readonly mediaType: string
  readonly content: AttachmentContent
}

/** A file beside that a records form reads whole itself (a memo file). `content` is absent when it did not come. */
export interface Companion {
  readonly name: string
  readonly content?: Result<Buffer>
}

export type RecordRead =
  | { readonly kind: 'record'; readonly record: FormRecord }
  | {
      readonly kind: 'fault'
      readonly position: string
      readonly problems: readonly [Problem, ...Problem[]]
      /** As far as they can be read and are surely of their columns: a total is no letter, however it is laid out. */
      readonly cells?: ReadonlyMap<string, string>
    }

export interface WrittenCompanion {
  readonly extension: string
  readonly mediaType: string
  readonly bytes: Buffer
}

/** A records format at work. */
export interface RecordForm {
  readonly kind: string
  readonly mediaType: string
  readonly extension: string
  readonly charset: string
  /** All columns that the form is known to have, in their order; empty when only the mapped ones are. */
  readonly columns: readonly string[]
  /** The columns that are never blank, though nothing was put into them: a mail's Date. */
  readonly filled?: readonly string[]
  /** Reads all records; a broken place is a fault at its position and the whole records around it stay. */
  read(bytes: Buffer, companion?: Companion): readonly RecordRead[]
  /** The name of the file beside that `read` needs too, if this document needs one. `names`: what came with it. */
  companionOf?(bytes: Buffer, name: string, names: Iterable<string>): string | undefined
  /** Whether the last record has no end, so that it may be the half of one. */
  unended?(bytes: Buffer): boolean
  /** Why this text cannot stand in a cell of this column (of any, without one), or nothing: its charset, its length. */
  refuses(text: string, column?: string): Problem | undefined
  /** What parts the values of a list in a cell of this column, where it holds one. */
  separatorIn?(column: string): string | undefined
  /** Writes records; `columns` in their order. Cells must not be refused. */
  write(records: readonly ReadonlyMap<string, string>[], columns: readonly string[]): Buffer
  /** What must stand beside the document that `write` makes of the same records; its name is the document's with this ending. */
  writeCompanion?(records: readonly ReadonlyMap<string, string>[]): WrittenCompanion | undefined
  /** Puts the files into the document that was written, under their own names. Absent: files stand beside it. */
  enclose?(written: Written, outgoing: Outgoing): Promise<Result<Written>>
}

interface FormatKindOf<Sort extends string, Form> {
  readonly sort: Sort
  readonly kind: string
  readonly about: About
  /** Schemas of its options, beside `kind`. */
  readonly options: Readonly<Record<string, JsonSchema>>
  readonly required: readonly string[]
  /** Whether a cell may hold a whole file as base64. */
  readonly inside: boolean
  /** The cells that a record has by these options, where the format names them itself. */
  cells(raw: unknown): readonly string[] | undefined
  /** Checks options without making a form. */
  check(raw: unknown, at: Pointer): readonly Finding[]
  create(raw: unknown, context: FormContext): Checked<Form>
}

/** A format that can be named in a profile (`format: { kind: … }`). */
export type FormatKind = FormatKindOf<'records', RecordForm> | FormatKindOf<'document', DocumentForm>

interface Definition<Options, Form> {
  readonly kind: string
  /** For docs/reference. */
  readonly about: About
  readonly options: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  /** Whether a cell may hold a whole file as base64. Absent: no, its cells are bounded for texts. */
  readonly inside?: boolean
  /** The cells that a record has, where the format names them itself. */
  cells?(options: Options): readonly string[]
  /** What the schema cannot say. Pointers are relative to the options. */
  deeper?(options: Options): readonly Finding[]
  create(options: Options, context: FormContext): Form
}

export const recordsFormat = <Options>(definition: Definition<Options, RecordForm>): FormatKind => ({
  sort: 'records',
  ...defined(definition),
})

export const documentFormat = <Options>(definition: Definition<Options, DocumentForm>): FormatKind => ({
  sort: 'document',
  ...defined(definition),
})

function defined<Options, Form>(definition: Definition<Options, Form>) {
  const required = definition.required ?? []
  const read = readerOf<Options>({
    type: 'object',
    properties: { kind: { const: definition.kind }, ...definition.options },
    required: ['kind', ...required],
    additionalProperties: false,
  })
  const checked = (raw: unknown, at: Pointer): Checked<Options> => {
    const options = read(raw, at)
    if (!options.ok) return options
    const [first, ...rest] = (definition.deeper?.(options.value) ?? []).map((each) => ({
      ...each,
      at: [...at, ...each.at],
    }))
    return first === undefined ? options : { ok: false, findings: [first, ...rest] }
  }
  return {
    kind: definition.kind,
    about: definition.about,
    options: definition.options,
    required,
    inside: definition.inside ?? false,
    cells: (raw: unknown): readonly string[] | undefined => {
      const options = definition.cells === undefined ? undefined : read(raw)
      return options?.ok === true ? definition.cells?.(options.value) : undefined
    },
    check: (raw: unknown, at: Pointer): readonly Finding[] => {
      const options = checked(raw, at)
      return options.ok ? [] : options.findings
    },
    create: (raw: unknown, context: FormContext): Checked<Form> => {
      const options = checked(raw, [])
      return options.ok ? { ok: true, value: definition.create(options.value, context) } : options
    },
  }
}
