// What a list of the quarantine may show of each place: secret letters have a register of their own.
import type { Reader } from '../gateway/journal/database.ts'
import type { QuarantineRow } from '../gateway/journal/quarantine.ts'
import { isSecretSource } from '../gateway/journal/sources.ts'
import type { Terminal } from './terminal.ts'

/** A place in quarantine as a list shows it. `readable`: with what its letter says, which its reasons quote; else its number and codes. */
export interface Listed {
  readonly row: QuarantineRow
  readonly readable: boolean
}

/**
 * Places for a list. Of a secret letter, and of what may be one because it stands in the source of one, it says what the letter
 * says only where that is asked for, as `quarantine show` does.
 */
export async function listedOf(
  reader: Reader,
  rows: readonly QuarantineRow[],
  secret: boolean,
): Promise<readonly Listed[]> {
  const secretSources = new Map<string, boolean>()
  const isWithheld = async ({ secrecy, sourceId }: QuarantineRow): Promise<boolean> => {
    if (secret || secrecy === 'ordinary') return false
    const known = secretSources.get(sourceId) ?? (await isSecretSource(reader, sourceId))
    secretSources.set(sourceId, known)
    return known
  }
  const listed: Listed[] = []
  for (const row of rows) listed.push({ row, readable: !(await isWithheld(row)) })
  return listed
}

/** Says, beside a list that shows less than there is, how much it withholds. */
export function tellWithheld(listed: readonly Listed[], terminal: Pick<Terminal, 'complain'>): void {
  const count = listed.filter(({ readable }) => !readable).length
  if (count > 0)
    terminal.complain(`what ${count} of them say is not shown, for they are secret: --secret shows it\n`)
}
