// A person: given name, family name, job title.
import { good } from '../../problem/problem.ts'
import { codec, fill } from './codec.ts'

/**
 * In three cells (given name, family name, job title), in two (without the title), or in one (given and family name with
 * a space between). What has no cell is refused on writing.
 */
export const person = codec<Readonly<Record<string, never>>>({
  name: 'person',
  about: {
    summary:
      'A person: given name, family name and job title in three cells, in two without the title, or the name in one.',
    badDays: [
      [
        'a name that its cells would not give back (two words in a given name, in one cell)',
        'refused: it needs cells of its own',
        'adapter.field.too-many',
      ],
    ],
  },
  options: { type: 'object', maxProperties: 0 },
  bare: {},
  create: () => ({
    read: (cells) => {
      const names = cells.length === 1 ? namesOf(cells[0] ?? '') : cells
      return good(names.some((name) => name !== '') ? [...names, '', '', ''].slice(0, 3) : [])
    },
    write: (values, columns) => {
      const [given = '', family = '', title = ''] = values
      // Two words in a given name, or two blanks in a family name, would be read back as another person: they need cells.
      const whole = `${given} ${family}`.trim()
      const [first, rest] = namesOf(whole)
      const inOne = columns === 1 && first === given && rest === family
      const cells = inOne ? [whole] : [given, family]
      return fill(title === '' ? cells : [...cells, title], columns)
    },
  }),
})

function namesOf(whole: string): string[] {
  const [given = '', ...family] = whole.trim().split(/\s+/)
  return [given, family.join(' ')]
}
