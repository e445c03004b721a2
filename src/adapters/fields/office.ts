// An office, by whatever the system calls it.
import { findOffice, type Office, officeById, officeId } from '../../letter/offices.ts'
import { bad, good, problem } from '../../problem/problem.ts'
import { cellByCell, codec } from './codec.ts'

const writings = ['id', 'name', 'english', 'abbreviation', 'organisation'] as const
type Writing = (typeof writings)[number]

const written: Readonly<Record<Writing, (office: Office) => string>> = {
  id: (office) => office.id,
  name: (office) => office.th,
  english: (office) => office.en,
  abbreviation: (office) => office.abbreviation,
  organisation: (office) => office.organisationId,
}

/** Reads an id, a name, an abbreviation or a national organisation id; writes the one that `write` names. */
export const office = codec<{ readonly write: Writing }>({
  name: 'office',
  options: {
    type: 'object',
    properties: { write: { enum: writings, default: 'id' } },
    additionalProperties: false,
  },
  bare: {},
  create: ({ write }) =>
    cellByCell({
      read: (cell) => {
        const found = findOffice(cell.trim())
        return found === undefined ? bad(problem('adapter.field.office-unknown', '', cell)) : good(found.id)
      },
      write: (value) => {
        const id = officeId(value)
        return id.ok ? good(written[write](officeById(id.value))) : id
      },
    }),
})
