// In which way what is open is brought: pushed or polled, as the profile of its office says.
import type { Adapter } from '../../adapters/contract.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Clock } from '../../letter/time.ts'
import type { Database, Transaction } from '../journal/database.ts'
import { type Mode, setModes } from '../journal/deliveries.ts'
import { modeOf } from './at-work.ts'

export interface ModesParts {
  readonly database: Database
  readonly clock: Clock
  readonly adapters: ReadonlyMap<OfficeId, Adapter>
  /** Whether no other gateway delivers to an office in another way. */
  agrees(office: OfficeId, mode: Mode): boolean
  failed(error: unknown): void
}

/**
 * Writes to what is open of these offices, or may be again, in which way it is brought. Where another gateway delivers in another way it
 * stays as it is, until that one has the same: the two would turn it about for ever.
 */
export async function writeModes(
  transaction: Transaction,
  adapters: Iterable<readonly [OfficeId, Adapter]>,
  agrees: ModesParts['agrees'],
): Promise<void> {
  const modes = [...adapters].map(([office, adapter]) => [office, modeOf(adapter)] as const)
  await setModes(
    transaction,
    modes.filter(([office, mode]) => agrees(office, mode)),
  )
}

/** After so long, in milliseconds, no write is under way any more that had begun before. */
const longestWrite = 60_000

export class Modes {
  readonly #parts: ModesParts
  #cancel: () => void = () => undefined

  constructor(parts: ModesParts) {
    this.#parts = parts
  }

  write(): Promise<void> {
    const { database, adapters, agrees } = this.#parts
    return database.write((transaction) => writeModes(transaction, adapters, agrees))
  }

  /** A profile is another now, here or elsewhere. A letter that was being written meanwhile may be open in the old way: it is looked at twice. */
  changed(): void {
    const { clock, failed } = this.#parts
    this.#cancel()
    this.#cancel = clock.schedule(clock.now() + longestWrite, () => void this.write().catch(failed))
    this.write().catch(failed)
  }

  stop(): void {
    this.#cancel()
  }
}
