// Organisation ids: five digits early, ten later, and whatever an installation's own table adds.
import { findOffice, type OfficeAliases, type OfficeId, officeById } from '../../../letter/offices.ts'
import { bad, good, problem, type Result } from '../../../problem/problem.ts'

export interface Organisations {
  /** The office of an organisation id. Exactly one or none: nothing is guessed. */
  officeOf(id: string): Result<OfficeId>
  /** The organisation id of an office, as it is written for this system. */
  idOf(office: OfficeId): string
  /** The ministry's id of an office, as it is written for this system: its first two digits. */
  ministryOf(office: OfficeId): string
}

/** `aliases`: organisation id → office, before the national table. `digits`: how long the ids are that are written. */
export function organisations(aliases: OfficeAliases, digits: 5 | 10): Organisations {
  const own = new Map([...aliases].map(([id, office]) => [office, id]))
  const idOf = (office: OfficeId): string =>
    own.get(office) ?? officeById(office).organisationId.slice(0, digits)
  return {
    officeOf: (id) => {
      // Only ids of digits: a name in this place would be a guess, and two-digit ids are ministries, not provinces.
      const office = aliases.has(id) || /^(?:\d{5}|\d{10})$/.test(id) ? findOffice(id, aliases) : undefined
      return office === undefined ? bad(problem('ecms.organisation.unknown', '', id)) : good(office.id)
    },
    idOf,
    ministryOf: (office) => idOf(office).slice(0, 2),
  }
}
