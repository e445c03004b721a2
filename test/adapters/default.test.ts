// `default`: what a blank cell stands for; so a value that is absent cannot be written as one, or it would come back as another.
import t from 'tap'
import { mappingOf } from '../../src/adapters/fields/mapping.ts'

const mapping = mappingOf({
  urgency: { at: ['ความเร็ว'], as: { table: { '2': 'urgent' } }, default: 'ordinary' },
  reason: { at: ['เหตุผล'], as: 'text', default: 'ไม่ระบุ' },
  subject: { at: ['เรื่อง'], as: 'text' },
})
const cells = (urgency: string, reason: string) =>
  new Map([
    ['ความเร็ว', urgency],
    ['เหตุผล', reason],
    ['เรื่อง', 'ก'],
  ])
const read = (urgency: string, reason: string) => {
  const found = mapping.read(cells(urgency, reason))
  return found.ok ? [found.value.get('urgency'), found.value.get('reason')] : found.problems
}
const written = (values: Readonly<Record<string, string[]>>) => {
  const made = mapping.write(new Map(Object.entries({ subject: ['ก'], ...values })), () => undefined)
  return made.ok ? [...made.value.cells.values()] : made.problems.map(({ path, code }) => `${path} ${code}`)
}

t.test('blank cells stand for it, and spaces are blank; a cell that says something says that', async (t) => {
  t.same(read('', '  '), [['ordinary'], ['ไม่ระบุ']])
  t.same(read('2', 'ส่งผิด'), [['urgent'], ['ส่งผิด']])
})

t.test(
  'what is absent is refused, each by its name: a blank cell would come back as the default',
  async (t) => {
    t.same(written({ urgency: ['urgent'], reason: ['ส่งผิด'] }), ['2', 'ส่งผิด', 'ก'])
    t.same(written({ urgency: ['urgent'] }), ['reason adapter.field.cannot-say'])
    t.same(written({}), ['urgency adapter.field.cannot-say', 'reason adapter.field.cannot-say'])
    t.same(written({ urgency: ['urgent'], reason: ['ส่งผิด'], subject: [] }), ['2', 'ส่งผิด', ''])
  },
)
