// What the API needs of the gateway: verbs and stores, handed over once.
import type { OfficeId } from '../../../letter/offices.ts'
import type { Clock, MessageId } from '../../../letter/time.ts'
import type { Result } from '../../../problem/problem.ts'
import type { AttachmentStore } from '../../attachments/store.ts'
import type { CorrectionPlan } from '../../delivery/correction.ts'
import type { Corrected } from '../../intake/correct.ts'
import type { Database } from '../../journal/database.ts'
import type { Due, Mode } from '../../journal/deliveries.ts'
import type { Correction, CorrectionOrder } from '../../journal/orders.ts'
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

/** What corrects letters: what a correction would do here, and the doing of it. */
export interface Corrections {
  /** `brought`: digests of files that are kept once it is made. */
  foresee(correction: Correction, brought: ReadonlySet<string>): Promise<Result<CorrectionPlan> | undefined>
  make(order: CorrectionOrder): Promise<Result<Corrected> | undefined>
  newMessageId(): MessageId
}

export interface ApiParts {
  readonly database: Database
  readonly clock: Clock
  readonly cursors: Cursors
  /** Systems that are connected at present. */
  readonly profiles: () => readonly ConnectedProfile[]
  readonly attachments: Pick<AttachmentStore, 'open' | 'sizeOf' | 'keep'>
  readonly corrections: Corrections
  /** Hints committed deliveries to the queue. */
  readonly due: (due: readonly Due[]) => void
}
