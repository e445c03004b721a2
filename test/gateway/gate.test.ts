// The gate before an office that cannot be reached: what waits there is bounded, and what is urgent finds room.
import t from 'tap'
import { Gate } from '../../src/gateway/delivery/gate.ts'
import { moi } from './harness.ts'

t.test('of a long backlog only so much waits here; an urgent letter does', (t) => {
  const gate = new Gate(() => 1)
  const due = (id: string, dueAt: number, priority = 1) => ({ id, dueAt, priority })
  t.equal(gate.enter(moi, due('under way', 0), 0), 'passes')
  const waiting = Array.from({ length: 10_050 }, (_, index) =>
    gate.enter(moi, due(`d${index}`, 1_000 + index), 20_000),
  )
  t.same([waiting[0], waiting[9_999], waiting[10_000]], ['waits', 'waits', 'full'])
  t.equal(gate.parked(moi), 10_000)
  t.notOk(gate.isParked('d10000'), 'nothing is known of it: a sweep puts it again')
  t.equal(gate.enter(moi, due('flood', 20_000, 4), 20_000), 'waits')
  gate.leave(moi)
  t.match(gate.release(moi, 20_000), [{ id: 'flood' }], 'and goes first')
  t.equal(gate.enter(moi, due('d10000', 11_000), 20_000), 'passes')
  t.end()
})
