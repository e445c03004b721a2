// A gateway with a province, its neighbour and the ministry beside it, and what each of them does: hand over, say a word, order.
import type { Item, Outcome, Parcel, Source, Taken } from '../../src/adapters/contract.ts'
import { resend } from '../../src/gateway/delivery/resend.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { NoticeKind } from '../../src/letter/notice.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  letterItem,
  moi,
  openGateway,
  ScriptedAdapter,
  scratch,
  source,
  systemOf,
  type TestTrust,
} from './harness.ts'

export const refusal: Outcome = {
  kind: 'refused',
  problem: problem('delivery.refused', 'x', undefined, { said: '' }),
}
export const away: Outcome = { kind: 'unavailable', said: 'away' }
export const taken: Outcome = { kind: 'taken' }

export async function openWorld(t: Parameters<typeof scratch>[0], trust: TestTrust, receipts = false) {
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const ministry = new ScriptedAdapter(moi, { receipts })
  const neighbour = new ScriptedAdapter(chiangRai)
  const gateway = await openGateway(scratch(t), trust, [province, ministry, neighbour], clock)
  await gateway.dispatch.start()
  t.after(() => gateway.close())
  const { desk } = gateway
  const { committed } = desk.database
  const offer = async (item: Item, how: Partial<Source> = {}, by = province): Promise<Taken> => {
    const [became] = await take(desk, systemOf(by), { ...source('the row'), ...how }, async () => [item])
    if (became === undefined) throw new Error('nothing became of it')
    return became
  }
  return {
    ...{ desk, clock, province, ministry, neighbour, committed, offer },
    async send(letter: Letter, how: Partial<Source> = {}): Promise<MessageId> {
      const became = await offer(letterItem(letter), how)
      if (became.kind !== 'taken') throw new Error(JSON.stringify(became))
      await clock.advance(1000)
      return became.messageId
    },
    /** A notice by a system that cannot sign. */
    say: (by: ScriptedAdapter, kind: NoticeKind, messageId: MessageId, receiveNumber?: string) =>
      offer(
        {
          kind: 'notice',
          position: 'notice',
          draft: { kind, about: { messageId }, reason: '', ...(receiveNumber && { receiveNumber }) },
        },
        { document: 'notice', bytes: Buffer.from(kind + messageId) },
        by,
      ),
    retry: async (messageId: MessageId, recipients: readonly OfficeId[]) =>
      (
        await resend(desk.database, { messageId, recipients, by: 'somchai', why: 'test', at: clock.now() })
      ).map(({ content }) => content),
    /** Where a letter stands, at each recipient. */
    statesOf: async (id: MessageId) =>
      Object.fromEntries((await lettersOfMessage(committed, id)).map((row) => [row.recipient, row.state])),
  }
}

export const contentOf = ({ envelope }: Parcel): string =>
  envelope.content === 'letter' ? 'letter' : envelope.notice.kind
