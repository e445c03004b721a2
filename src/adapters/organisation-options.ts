// The option `organisations`, of a format and of a codec: the organisation ids that a system uses.
import { readOrganisations } from '../letter/organisations.ts'
import type { Finding, JsonSchema } from './schema.ts'

export const organisationIds: JsonSchema = {
  type: 'object',
  additionalProperties: { type: 'array', items: { type: 'string' } },
  description: 'office ids, each with a list of organisation ids of 5 or 10 digits; the first is written',
}

/** Faults of the option, at the offices that they are about. */
export function organisationFindings(stated: unknown): readonly Finding[] {
  const table = readOrganisations(stated)
  if (table.ok) return []
  return table.problems.map(({ code, path, value, details }) => ({
    at: ['organisations', path],
    code,
    ...(value !== undefined && { value }),
    ...(details && { details }),
  }))
}
