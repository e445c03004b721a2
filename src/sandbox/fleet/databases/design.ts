// What differs between systems that keep their letters in a database: names of tables and columns, codes, dates, and where
// the scans are.
import type { DateForm } from '../../../letter/dates.ts'
import type { OfficeId } from '../../../letter/offices.ts'
import type { Bytes } from './store.ts'

/** What a column of a letter says. */
export type LetterColumn =
  | 'number'
  | 'date'
  | 'subject'
  | 'urgency'
  | 'from'
  | 'to'
  | 'circular'
  | 'kind'
  | 'signer'
  | 'receiver'
  | 'enclosure'
  | 'sent'
  | 'sentTime'
  | 'note'

export type Columns = Partial<Readonly<Record<LetterColumn, string>>>

/** Where the scans of a letter are: in columns of its row, as bytes or as paths into a folder, or in rows of their own. */
export type Scans =
  | {
      readonly in: 'columns'
      readonly columns: readonly string[]
      /** The columns of their names, where the cells are bytes. */
      readonly names?: readonly string[]
      /** The cells are paths, with this before the names. */
      readonly prefix?: string
    }
  | {
      readonly in: 'rows'
      readonly table: string
      readonly on: string
      readonly order: string
      readonly name: string
      readonly data: string
    }

export interface Design {
  readonly engine: 'mariadb' | 'postgresql'
  readonly bytes?: Bytes
  /** How the system's makers set it up. */
  readonly tables: readonly string[]
  readonly dateForm: DateForm
  readonly sentForm?: DateForm
  readonly officeWord: 'th' | 'en' | 'abbreviation' | 'id' | 'organisationId'
  readonly urgency: readonly [string, string, string, string]
  readonly circular?: readonly [yes: string, no: string]
  readonly kind?: string
  readonly out: {
    readonly table: string
    readonly id: string
    readonly columns: Columns
    /** What else the system writes of each letter. */
    readonly more?: Readonly<Record<string, string>>
    readonly scans: Scans
    readonly recipients?: { readonly table: string; readonly on: string; readonly office: string }
    /** New letters have `new`; those that the gateway refused get `refused`, and `seen` when the clerk knows. */
    readonly status?: {
      readonly column: string
      readonly new: string | null
      readonly refused: string
      readonly seen: string
    }
  }
  readonly in: {
    readonly table: string
    readonly id: string
    /** By what a handing-over is known. */
    readonly key: string
    readonly columns: Columns
    readonly scans: Scans
    readonly state: { readonly column: string; readonly new: string; readonly done: string }
    readonly receiveNumber: string
  }
  /** Where the system is told what became of its letters: in the letter's own row, or in a table for it. */
  readonly told: {
    readonly table: string
    readonly id: string
    readonly kind: string
    readonly number: string
    readonly date: string
    readonly receiveNumber: string
    /** The kind that the clerk has seen last. */
    readonly seen: string
  }
  readonly reply: {
    readonly table: string
    readonly id: string
    readonly kind: string
    readonly number: string
    readonly date: string
    readonly office: string
    readonly receiveNumber: string
    readonly status: { readonly column: string; readonly new: string }
  }
  /** The system's words for what may be told, and what each means. */
  readonly kinds: Readonly<Record<string, string>>
}

export interface Installation {
  readonly office: OfficeId
  readonly product: string
  readonly design: Design
}
