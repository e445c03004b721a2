// Which letter took the place of which: by the event of the old one, and by the row that stands for it after it was purged.
import type { Reader } from './database.ts'

const sql = {
  of: "SELECT office, facts FROM events WHERE message_id = ? AND name = 'letter.corrected' ORDER BY seq",
  at: `
SELECT office, facts FROM events WHERE message_id = ? AND office = ? AND name = 'letter.corrected' ORDER BY seq DESC LIMIT 1`,
  ofPurged: `
SELECT corrected_by AS "correctedBy" FROM purged_letters WHERE message_id = ? AND corrected_by IS NOT NULL`,
  states:
    'SELECT state FROM letters WHERE message_id = ? UNION SELECT state FROM purged_letters WHERE message_id = ?',
} as const

interface Row {
  readonly office: string
  readonly facts: string
}

const byOf = ({ facts }: Row): string => (JSON.parse(facts) as { by: string }).by

/** The message id of the letter that took its place at a recipient; undefined: none did. */
export async function correctedBy(
  reader: Reader,
  messageId: string,
  office: string,
): Promise<string | undefined> {
  const row = await reader.one<Row>(sql.at, messageId, office)
  return row && byOf(row)
}

/** The message ids of the letters that took its place, by recipient, as long as it is not purged. */
export async function correctionsOf(reader: Reader, messageId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await reader.all<Row>(sql.of, messageId)
  return new Map(rows.map((row) => [row.office, byOf(row)]))
}

/**
 * Whether a letter that was recalled was corrected: what went in its place, under whatever number and to whomever, stands, or was
 * itself corrected by what does. What was purged stands as it stood then, and for ever where nothing is left that says so.
 */
export async function isReplaced(reader: Reader, messageId: string): Promise<boolean> {
  const purged = await reader.all<{ correctedBy: string }>(sql.ofPurged, messageId)
  const kept = await correctionsOf(reader, messageId)
  for (const by of new Set([...kept.values(), ...purged.map((row) => row.correctedBy)])) {
    const states = await reader.all<{ state: string }>(sql.states, by, by)
    const recalled = states.length > 0 && states.every(({ state }) => state === 'recalled')
    if (!recalled || (await isReplaced(reader, by))) return true
  }
  return false
}
