// A letter that is stuck: what the tests of what is stuck, why, and how it is sent again share.
import type { Test } from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import { chiangMai, makeTrust, moi, rest, until } from '../gateway/harness.ts'
import { open as openWith } from './operator.ts'

export const second = 1000
const trust = await makeTrust([chiangMai, moi])
export const open = (t: Test, options = {}) => openWith(t, trust, options)
type Opened = Awaited<ReturnType<typeof open>>

export const by = ['--by', 'สมชาย', '--why', 'the table of kinds was completed']
export const unknownKind: Outcome = {
  kind: 'refused',
  problem: problem('adapter.field.code-unknown', 'kind', 'ด่วน', { expected: 'ภายนอก, ภายใน' }),
}

/** Waits until the list of what is stuck says so. */
export const isStuck = ({ saraban }: Opened, said: string): Promise<void> =>
  until(async () => (await saraban('list', '--stuck')).out.includes(said), said)

/** A letter that is registered, and whose number its sender's system refuses. */
export async function refusedNumber(opened: Opened): Promise<MessageId> {
  const id = await opened.send()
  await until(() => opened.province.brought.length === 1, 'the receive notice')
  await rest()
  opened.province.answer = () => unknownKind
  await opened.say(opened.ministry, 'accept', id)
  await isStuck(opened, 'the accept notice to 50: refused')
  return id
}
