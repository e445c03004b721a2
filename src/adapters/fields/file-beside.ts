// Names of files that stand beside the document.
import { attachmentName } from '../../letter/attachments.ts'
import { bad, good, problem } from '../../problem/problem.ts'
import { codec, fill, gather } from './codec.ts'

interface Options {
  readonly first: 'main' | 'enclosure'
  readonly separator?: string
}

/**
 * Each cell one file name, the first the main letter (or an enclosure too, `first: enclosure`). With `separator` the last
 * cell holds several. Values are names; the first is '' when there is no main letter. A name never leads out of the
 * folder (attacks T5, X12).
 */
export const fileBeside = codec<Options>({
  name: 'file-beside',
  about: {
    summary: 'Names of files that stand beside the document; the first is the letter itself.',
    badDays: [
      [
        'a name that leads out of the folder',
        'a fault; it is never looked for',
        'letter.attachment.name-path',
      ],
      [
        'the file is not there',
        'waited for as long as the transport says, then a fault',
        'adapter.file.missing',
      ],
      ['a name that holds the separator', 'refused', 'adapter.field.separator'],
    ],
  },
  options: {
    type: 'object',
    properties: {
      first: {
        enum: ['main', 'enclosure'],
        default: 'main',
        description: 'what the first name is: the letter itself, or an enclosure too',
      },
      separator: {
        type: 'string',
        minLength: 1,
        maxLength: 5,
        description: 'between several names in the last cell; without it a cell holds one',
      },
    },
    additionalProperties: false,
  },
  bare: {},
  create: ({ first, separator }) => ({
    files: { first, ...(separator !== undefined && { separator }) },
    read: (cells) => {
      const last = cells.length - 1
      const names: string[] = []
      const add = (said: string): void => {
        const name = said.trim()
        // A blank first name says that there is no main letter.
        if (name !== '' || (names.length === 0 && first === 'main')) names.push(name)
      }
      for (let index = 0; index <= last; index += 1) {
        const cell = cells[index]!
        if (index === last && separator !== undefined) for (const name of cell.split(separator)) add(name)
        else add(cell)
      }
      if (names.length <= 1 && (names[0] ?? '') === '') return good([])
      return gather(names, (name) => (name === '' ? good('') : attachmentName(name)))
    },
    write: (values, columns) => {
      if (separator === undefined || values.length < columns) return fill(values, columns)
      const torn = values.find((name) => name.includes(separator))
      if (torn !== undefined) return bad(problem('adapter.field.separator', '', torn, { separator }))
      return fill([...values.slice(0, columns - 1), values.slice(columns - 1).join(separator)], columns)
    },
  }),
})
