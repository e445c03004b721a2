// Which installation a journal belongs to: an id that its first start makes, and that goes with every backup of it. What a
// gateway took before is known by its journal alone; so whoever has another journal is another installation.
import type { Instant } from '../../letter/time.ts'
import type { Database, Transaction } from './database.ts'
import { recordEvent } from './events.ts'

const founded = `SELECT facts FROM events WHERE name = 'gateway.founded' ORDER BY seq LIMIT 1`

/** The id of the installation; `made` becomes it when the journal has none yet. */
export function installationOf(database: Database, made: string, at: Instant): Promise<string> {
  return database.write(async (transaction: Transaction) => {
    const row = await transaction.one<{ facts: string }>(founded)
    if (row !== undefined) return String((JSON.parse(row.facts) as { installation?: unknown }).installation)
    await recordEvent(transaction, at, 'gateway.founded', {}, { installation: made })
    return made
  })
}
