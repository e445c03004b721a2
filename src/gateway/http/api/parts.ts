// What the API needs of the gateway: verbs and stores, handed over once.
import type { OfficeId } from '../../../letter/offices.ts'
import type { Clock } from '../../../letter/time.ts'
import type { Database } from '../../journal/database.ts'
import type { Due, Mode } from '../../journal/deliveries.ts'
import type { Cursors } from './cursor.ts'

/** A connected system, as the API tells of it. */
export interface ConnectedProfile {
  readonly id: string
  readonly office: OfficeId
  readonly version: string
  readonly format: string
  readonly mode: Mode
  readonly sealsItself: boolean
}

export interface ApiParts {
  readonly database: Database
  readonly clock: Clock
  readonly cursors: Cursors
  /** Systems that are connected at present. */
  readonly profiles: () => readonly ConnectedProfile[]
  /** Hints committed deliveries to the queue. */
  readonly due: (due: readonly Due[]) => void
}
