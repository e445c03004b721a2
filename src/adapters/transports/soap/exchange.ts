// What one request of the exchange needs, whatever its operation.
import type { OfficeId } from '../../../letter/offices.ts'
import type { Instant } from '../../../letter/time.ts'
import type { Problem } from '../../../problem/problem.ts'
import type { AdapterVerbs, DoorAnswer } from '../../contract.ts'
import type { EcmsForm } from '../../formats/e-cms/e-cms.ts'
import type { Message } from '../../formats/e-cms/message.ts'
import { failure } from './answers.ts'

export interface Exchange {
  readonly verbs: AdapterVerbs
  /** The office whose system stands at the door. */
  readonly office: OfficeId
  readonly form: EcmsForm
  /** What the door's own URL is called in GetOrganizationList; empty when the profile does not say. */
  readonly url: string
  /** The request as it came. */
  readonly bytes: Buffer
  readonly message: Message
  readonly now: Instant
}

/** Answers one operation. Rejects only when the gateway itself fails: then nothing was changed. */
export type Operate = (exchange: Exchange) => Promise<DoorAnswer>

/** The answer that a result leads to: its problems, or what `use` makes of its value. */
export const orFailure = async <Value>(
  result:
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly problems: readonly Problem[] },
  use: (value: Value) => Promise<DoorAnswer> | DoorAnswer,
): Promise<DoorAnswer> => (result.ok ? use(result.value) : failure(result.problems))
