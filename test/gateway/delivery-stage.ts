// A province, a neighbour and a ministry that really signs, and a gateway between them.
import t from 'tap'
import type { Outcome, Parcel } from '../../src/adapters/contract.ts'
import { recover } from '../../src/gateway/delivery/recovery.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { type DeliveryRow, deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { expel, listMembers } from '../../src/gateway/journal/members.ts'
import type { Membership } from '../../src/gateway/membership.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { Notice } from '../../src/letter/notice.ts'
import type { MessageId } from '../../src/letter/time.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  joined,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  ScriptedAdapter,
  scratch,
  source,
  start,
  systemOf,
  type TestGateway,
  until,
} from './harness.ts'
import { receiptBy } from './receipts.ts'

// A loaded machine takes its time.
t.setTimeout(900_000)

export const second = 1000

export const hour = 3600 * second

export const trust = await makeTrust([chiangMai, chiangRai, moi])

/** The ministry as an outsider: answers with a notice that it really signs. */
export const receiptFrom = (clock: HandClock, parcel: Parcel, changes: Partial<Notice> = {}): Buffer =>
  receiptBy(trust, clock, parcel, changes)

export interface World {
  readonly gateway: TestGateway
  readonly clock: HandClock
  readonly province: ScriptedAdapter
  readonly ministry: ScriptedAdapter
  send(letter?: Letter): Promise<MessageId>
  stateOf(id: MessageId): Promise<string | undefined>
}

export async function open(
  t: Parameters<typeof scratch>[0],
  folder = scratch(t),
  clock = new HandClock(),
): Promise<World> {
  const province = new ScriptedAdapter(chiangMai)
  const ministry = new ScriptedAdapter(moi, { receipts: true })
  ministry.answer = (parcel) => ({ kind: 'taken', reply: receiptFrom(clock, parcel) })
  const gateway = await openGateway(
    folder,
    trust,
    [province, ministry, new ScriptedAdapter(chiangRai)],
    clock,
  )
  await gateway.dispatch.start()
  t.after(() => gateway.close())
  return {
    gateway,
    clock,
    province,
    ministry,
    async send(letter = plainLetter()) {
      province.items = [letterItem(letter)]
      const [taken] = await take(gateway.desk, systemOf(province), source(letter.number.printed), (each) =>
        province.read(each),
      )
      if (taken?.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(taken)}`)
      return taken.messageId
    },
    stateOf: async (id) => (await lettersOfMessage(gateway.desk.database.committed, id))[0]?.state,
  }
}

/** One attempt is under way when its gateway is given up, and another frees what it held. `say` is what the ministry answers at last. */
export async function givenUpUnderWay(
  { gateway, ministry, send }: World,
  when: Parameters<typeof recover>[2],
): Promise<{
  readonly id: MessageId
  readonly delivery: DeliveryRow
  readonly other: Membership
  readonly say: (outcome: Outcome) => void
}> {
  const { database } = gateway.desk
  let say: (outcome: Outcome) => void = () => undefined
  const answered = new Promise<Outcome>((resolve) => {
    say = resolve
  })
  ministry.answer = () => answered
  const id = await send()
  await until(() => ministry.brought.length === 1, 'one is under way')
  await database.write(async (transaction) => {
    const [self] = await listMembers(transaction)
    if (self === undefined || !(await expel(transaction, self, start))) throw new Error('it was not given up')
  })
  const other = await joined(database, new HandClock(), 'other')
  await recover({ ...gateway.desk, member: other }, () => false, when)
  const [delivery] = await deliveriesOfMessage(database.committed, id)
  if (delivery === undefined) throw new Error('no delivery')
  return { id, delivery, other, say }
}
