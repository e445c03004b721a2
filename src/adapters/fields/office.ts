// An office, by whatever the system calls it.
import { findOffice, type Office, officeById, officeId } from '../../letter/offices.ts'
import {
  type OrganisationIds,
  officeOfOrganisation,
  organisationIdOf,
  readOrganisations,
} from '../../letter/organisations.ts'
import { bad, good, problem } from '../../problem/problem.ts'
import { organisationFindings, organisationIds } from '../organisation-options.ts'
import { cellByCell, codec } from './codec.ts'

const writings = ['id', 'name', 'english', 'abbreviation', 'organisation'] as const
type Writing = (typeof writings)[number]

const written: Readonly<Record<Exclude<Writing, 'organisation'>, (office: Office) => string>> = {
  id: (office) => office.id,
  name: (office) => office.th,
  english: (office) => office.en,
  abbreviation: (office) => office.abbreviation,
}

/** Digits that are no organisation id: 15 is a ministry where offices have those, and Ang Thong's province code. */
const isShortCode = (text: string): boolean =>
  !/\p{L}/u.test(text) && (text.match(/\p{Nd}/gu) ?? []).length < 5

/**
 * Reads an id, a name, an abbreviation or a national organisation id; writes the one that `write` names. `organisations`:
 * the organisation ids of offices, before those that are assumed. Where organisation ids are written no province code is read.
 */
export const office = codec<{ readonly write: Writing; readonly organisations?: unknown }>({
  name: 'office',
  about: {
    summary:
      'An office, by its id, name, abbreviation or national organisation id: any of them is read, one is written.',
    badDays: [
      ['an office that is none', 'a fault', 'adapter.field.office-unknown'],
      [
        'a code of two digits where `write` is `organisation`: a ministry’s as well as a province’s',
        'a fault',
        'adapter.field.office-unknown',
      ],
    ],
  },
  options: {
    type: 'object',
    properties: {
      write: { enum: writings, default: 'id', description: 'what is written of an office' },
      organisations: organisationIds,
    },
    additionalProperties: false,
  },
  bare: {},
  deeper: ({ organisations = {} }) => organisationFindings(organisations),
  create: ({ write, organisations = {} }) => {
    const read = readOrganisations(organisations)
    const table: OrganisationIds = read.ok ? read.value : new Map()
    return cellByCell({
      read: (cell) => {
        const text = cell.trim()
        const listed = write === 'organisation' && isShortCode(text) ? undefined : findOffice(text)?.id
        const found = officeOfOrganisation(text, table) ?? listed
        return found === undefined ? bad(problem('adapter.field.office-unknown', '', cell)) : good(found)
      },
      write: (value) => {
        const id = officeId(value)
        if (!id.ok) return id
        if (write === 'organisation') return good(organisationIdOf(id.value, table))
        return good(written[write](officeById(id.value)))
      },
    })
  },
})
