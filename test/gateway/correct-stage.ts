// A letter that came to nothing, and an order to correct it: what the tests of corrections share.
import { correctLetter, foreseeCorrection } from '../../src/gateway/intake/correct.ts'
import type { Correction } from '../../src/gateway/journal/orders.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { newMessageId, systemRandom } from '../../src/letter/time.ts'
import type { Result } from '../../src/problem/problem.ts'
import { type openWorld, taken } from './correspondents.ts'
import { chiangMai, chiangRai, makeTrust, moi, plainLetter } from './harness.ts'

export const trust = await makeTrust([chiangMai, chiangRai, moi])
export const letter = plainLetter({ to: { offices: [moi] } })
export const circular = plainLetter({ to: { offices: [chiangRai, moi] }, circular: true })
export const anew = { fields: { subject: 'เรื่องที่แก้ไขแล้ว' }, attach: [], drop: [] }

interface World extends Awaited<ReturnType<typeof openWorld>> {}

export const codes = (result: Result<unknown> | undefined): string[] =>
  result?.ok === false ? result.problems.map(({ code }) => code) : []

/** A letter that was taken at the door and called something since. */
export async function sentAndSaid(
  world: World,
  said: 'reject' | 'invalid' | undefined,
  sent: Letter = letter,
) {
  world.ministry.answer = () => taken
  const messageId = await world.send(sent)
  if (said !== undefined) await world.say(world.ministry, said, messageId)
  await world.clock.advance(1_000)
  return messageId
}

export async function order(
  world: World,
  correction: Correction,
  as = newMessageId(world.clock, systemRandom),
) {
  const plan = await foreseeCorrection(world.desk, correction)
  if (plan?.ok !== true) return plan
  const said = { digest: plan.value.digest, by: 'somchai', why: 'the ministry said so' }
  return correctLetter(world.desk, { ...correction, as, ...said })
}

export const mustBe = <Value>(result: Result<Value> | undefined): Value => {
  if (result?.ok !== true) throw new Error(JSON.stringify(result))
  return result.value
}
