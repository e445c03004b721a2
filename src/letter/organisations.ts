// National organisation ids as an installation or a profile states them: no public list was found, so that those of the
// office list are assumed, and the true ones are settings.
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
import { findOffice, type OfficeId, officeById, officeId } from './offices.ts'

/** The ids of offices; the first of an office is the one that is written. */
export type OrganisationIds = ReadonlyMap<OfficeId, readonly [string, ...string[]]>

/** Ids of one office. */
const most = 20

/** Five digits early, ten digits later: the five and five zeros (domain §3). */
const shapes = /^(?:[0-9]{5}|[0-9]{10})$/

/**
 * Reads a table, office id → list of ids. Every fault at once: a key that is no office, an id that is none, and an id that
 * would mean two offices, in its other length too.
 */
export function readOrganisations(raw: unknown): Result<OrganisationIds> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return bad(problem('letter.organisation.wrong', '', JSON.stringify(raw)))
  const problems: Problem[] = []
  const table = new Map<OfficeId, readonly [string, ...string[]]>()
  for (const [key, value] of Object.entries(raw)) {
    const office = officeId(key)
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    const ids = list.filter((each): each is string => typeof each === 'string' && shapes.test(each))
    if (!office.ok) problems.push(...office.problems.map((each) => ({ ...each, path: key })))
    const wrong = list.find((each) => !(typeof each === 'string' && shapes.test(each)))
    const [first, ...rest] = ids
    if (wrong !== undefined || first === undefined || list.length > most) {
      const shown = typeof wrong === 'string' ? wrong : JSON.stringify(wrong ?? list)
      problems.push(problem('letter.organisation.wrong', key, shown))
    } else if (office.ok) table.set(office.value, [first, ...rest])
  }
  const [fault, ...more] = [...problems, ...twins(table)]
  return fault === undefined ? good(table) : bad(fault, ...more)
}

/** Ids of two offices, and ids that the office list has for an office whose true ones are not stated. */
function twins(table: OrganisationIds): Problem[] {
  const owners = new Map<string, OfficeId>()
  return [...table].flatMap(([office, ids]) =>
    ids.flatMap((id) => {
      const owner = owners.get(long(id))
      owners.set(long(id), office)
      const listed = findOffice(long(id))?.id
      const other = owner ?? (listed !== undefined && !table.has(listed) ? listed : office)
      if (other === office) return []
      return [problem('letter.organisation.twice', office, id, { other, name: officeById(other).th })]
    }),
  )
}

const long = (id: string): string => (id.length === 5 ? `${id}00000` : id)

/** The office that an id of the table means, in either length. */
export function officeOfOrganisation(id: string, table: OrganisationIds): OfficeId | undefined {
  if (!shapes.test(id)) return undefined
  for (const [office, ids] of table) if (ids.some((each) => long(each) === long(id))) return office
  return undefined
}

/**
 * The id that is written for an office: the first of the table with so many digits, or its first brought to that length
 * where both mean the same; without one, what the office list assumes. `digits` absent: as the table has it.
 */
export function organisationIdOf(office: OfficeId, table: OrganisationIds, digits?: 5 | 10): string {
  const stated = table.get(office)
  const ids = stated ?? [officeById(office).organisationId]
  const [first] = ids
  if (digits === undefined) return first
  const fitting = ids.find((each) => each.length === digits)
  if (fitting !== undefined) return fitting
  if (digits === 10) return long(first)
  return first.endsWith('00000') ? first.slice(0, 5) : first
}
