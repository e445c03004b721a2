// References are lists side by side: an entry is of the reference at the same place, and of none where the lists differ in length.
import t from 'tap'
import { letterOfValues } from '../../src/adapters/fields/letter-fields.ts'
import { mappingOf } from '../../src/adapters/fields/mapping.ts'
import { officeId } from '../../src/letter/offices.ts'
import { mustBe } from '../letter/arbitrary.ts'

const own = mustBe(officeId('86'))
const mapping = mappingOf({
  'references.number': { at: ['n'], as: { list: { separator: '|' } } },
  'references.date': { at: ['d'], as: { list: { separator: '|', of: { 'buddhist-date': 'd MMM yyyy' } } } },
  'references.subject': { at: ['s'], as: { list: { separator: '|' } } },
})
const read = (n: string, d: string, s: string) => {
  const cells = new Map(Object.entries({ n, d, s }))
  return letterOfValues(mustBe(mapping.read(cells)), own)
}
const references = (n: string, d: string, s: string) =>
  (mustBe(read(n, d, s)).references ?? []).map(
    ({ number, date = '', subject }) => `${number} ${date} ${subject}`,
  )

t.test('each entry keeps its place', async (t) => {
  t.same(references('1|2', '15 พ.ย. 2551|', 'ก|ข'), ['1 2008-11-15 ก', '2  ข'])
  t.same(references('1|2', '|15 พ.ย. 2551', '|ข'), ['1  ', '2 2008-11-15 ข'])
  t.same(references('1|2', '', 'ก|ข'), ['1  ก', '2  ข'], 'a list that says nothing')
  t.same(references('1|2', '', ''), ['1  ', '2  '])
  t.same(references('1|2', '| |', 'ก|ข'), ['1  ก', '2  ข'], 'blanks alone say nothing, however many')
  t.same(references('', '', ''), [])
})

t.test('lists of different lengths belong together in no way', async (t) => {
  const fault = (n: string, d: string, s: string, counts: readonly number[]) => {
    const result = read(n, d, s)
    t.match(result, {
      ok: false,
      problems: [{ code: 'adapter.field.sides', path: 'references' }],
    })
    if (!result.ok) t.same(Object.values(result.problems[0].details ?? {}), counts)
  }
  fault('1|2', '15 พ.ย. 2551', 'ก|ข', [2, 1, 2])
  fault('1|2', '15 พ.ย. 2551|14 พ.ย. 2551', 'ก', [2, 2, 1])
  fault('1', '', 'ก|ข', [1, 0, 2])
  fault('1|2', '', 'ก', [2, 0, 1])
})
