// What one notice that cannot be brought holds up: what the same office is told of the same letter's other notices, and no more.
import t from 'tap'
import type { Parcel } from '../../src/adapters/contract.ts'
import { migrationSql, schemaVersion } from '../../src/gateway/journal/migrations.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import { away, openWorld, taken } from './correspondents.ts'
import { chiangMai, chiangRai, makeTrust, moi, plainLetter } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])

/** The step of the schema that names the recipient in the lanes of before. */
const withRecipients = Array.from({ length: schemaVersion }, (_, step) => migrationSql(step, 'sqlite')).find(
  (sql) => sql.includes('SET lane'),
)

/** Who says what in a notice. */
const wordOf = ({ envelope }: Parcel): string =>
  envelope.content === 'letter' ? 'letter' : `${envelope.notice.from} ${envelope.notice.kind}`
const isOf = ({ envelope }: Parcel, office: OfficeId): boolean =>
  envelope.content === 'notice' && envelope.notice.from === office

t.test('of a circular, what one recipient says waits for nothing of another', async (t) => {
  const world = await openWorld(t, trust)
  const { province, neighbour, ministry, clock } = world
  province.answer = (parcel) => (isOf(parcel, chiangRai) ? away : taken)
  const id = await world.send(plainLetter({ circular: true, to: { offices: [chiangRai, moi] } }))
  await world.say(ministry, 'accept', id, '1/2569')
  await world.say(neighbour, 'accept', id, '5/2569')
  await clock.advance(60_000)
  const heard = province.brought.map(wordOf)
  t.strictSame(
    heard.filter((word) => word.startsWith(moi)),
    [`${moi} receive`, `${moi} accept`],
  )
  t.notOk(heard.includes(`${chiangRai} accept`), 'behind the notice before it of the same recipient')
})

t.test('lanes of before: what is to be brought still goes in one with what follows it', async (t) => {
  const world = await openWorld(t, trust)
  const { province, neighbour, ministry, clock, committed, desk } = world
  province.answer = () => away
  const id = await world.send(plainLetter({ circular: true, to: { offices: [chiangRai, moi] } }))
  const before = await committed.all<{ id: string }>('SELECT id, lane FROM deliveries ORDER BY id')
  await desk.database.write(async (transaction) => {
    await transaction.run("UPDATE deliveries SET lane = office || ' ' || ?", id)
    await transaction.run(withRecipients ?? '')
  })
  const open = await committed.all<{ id: string }>(
    'SELECT id, lane FROM deliveries WHERE open = 1 ORDER BY id',
  )
  t.equal(open.length, 2)
  t.strictSame(
    open,
    before.filter(({ id }) => open.some((each) => each.id === id)),
  )
  // The letter itself was brought before.
  await world.say(neighbour, 'accept', id, '5/2569')
  await world.say(ministry, 'accept', id, '1/2569')
  const lanes = await committed.all<{ lane: string }>(
    'SELECT lane FROM deliveries WHERE open = 1 ORDER BY lane',
  )
  t.strictSame(
    lanes.map(({ lane }) => lane),
    [chiangRai, chiangRai, moi, moi].map((recipient) => `${chiangMai} ${id} ${recipient}`),
  )
  province.answer = () => taken
  await clock.advance(600_000)
  t.strictSame(province.brought.slice(-4).map(wordOf).sort(), [
    `${chiangRai} accept`,
    `${chiangRai} receive`,
    `${moi} accept`,
    `${moi} receive`,
  ])
})
