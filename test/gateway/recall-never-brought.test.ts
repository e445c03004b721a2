// Refused at the door, its recall is not brought (decision 0008); where the office says afterwards that it has the letter all the
// same, two may stand in its register, and a person is told.
import t from 'tap'
import { recalledInVain } from '../../src/gateway/journal/conditions.ts'
import { contentOf, openWorld, refusal, taken } from './correspondents.ts'
import { chiangMai, chiangRai, makeTrust, moi, plainLetter } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const first = plainLetter({ to: { offices: [chiangRai] } })
const second = plainLetter({ to: { offices: [chiangRai] }, subject: 'แก้ไข' })

t.test(
  'refused at the door, corrected, and then registered twice: the alarm of the recall tells',
  async (t) => {
    const world = await openWorld(t, trust)
    const { neighbour, clock, committed } = world
    neighbour.answer = () => refusal
    const one = await world.send(first, { handover: 'claim-1' })
    neighbour.answer = () => taken
    const two = await world.send(second, { handover: 'claim-2' })
    await clock.advance(60_000)
    t.same(neighbour.brought.map(contentOf), ['letter', 'letter'], 'no recall')
    t.same(await recalledInVain(committed, 0), [], 'it says nothing of the first')
    t.equal((await world.say(neighbour, 'accept', one, '5')).kind, 'taken')
    t.equal((await world.say(neighbour, 'accept', two, '6')).kind, 'taken')
    await clock.advance(60_000)
    t.match(await recalledInVain(committed, 0), [{ office: chiangRai, count: 1 }], 'it has both')
  },
)
