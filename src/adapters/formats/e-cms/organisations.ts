// Organisation ids of the exchange: what the installation and the profile state, then what the office list assumes.
import { findOffice, type OfficeId } from '../../../letter/offices.ts'
import {
  type OrganisationIds,
  officeOfOrganisation,
  organisationIdOf,
} from '../../../letter/organisations.ts'
import { bad, good, problem, type Result } from '../../../problem/problem.ts'

export interface Organisations {
  /** The office of an organisation id. Exactly one or none: nothing is guessed. */
  officeOf(id: string): Result<OfficeId>
  /** The organisation id of an office, as it is written for this system. */
  idOf(office: OfficeId): string
  /** The ministry's id of an office, as it is written for this system: its first two digits. */
  ministryOf(office: OfficeId): string
}

/** `table`: the stated ids, before the assumed ones. `digits`: how long the ids are that are written. */
export function organisations(table: OrganisationIds, digits: 5 | 10): Organisations {
  const idOf = (office: OfficeId): string => organisationIdOf(office, table, digits)
  return {
    officeOf: (id) => {
      // Only ids of digits: a name in this place would be a guess, and two-digit ids are ministries, not provinces.
      const listed = /^(?:\d{5}|\d{10})$/.test(id) ? findOffice(id)?.id : undefined
      const office = officeOfOrganisation(id, table) ?? listed
      return office === undefined ? bad(problem('ecms.organisation.unknown', '', id)) : good(office)
    },
    idOf,
    ministryOf: (office) => idOf(office).slice(0, 2),
  }
}
