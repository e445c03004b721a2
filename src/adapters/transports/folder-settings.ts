// How a folder is looked into, as its profile says it.
import type { DocumentForm } from '../formats/format.ts'

export interface FolderSettings {
  readonly path: string
  readonly document: 'letter' | 'notice'
  readonly form: DocumentForm
  readonly pattern: RegExp
  /** Milliseconds, as are `settle` and `wait`. */
  readonly every: number
  readonly settle: number
  readonly wait: number
  readonly done: 'rename' | 'delete'
  /** Bytes. */
  readonly limit: number
  readonly attachmentLimit: number
}
