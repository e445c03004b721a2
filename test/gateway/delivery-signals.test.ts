// What breaks attempts off lives as long as the process: nothing of an attempt stays at it.
import t from 'tap'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { rememberSignals } from '../adapters/signals.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { open } from './delivery-stage.ts'
import { plainLetter, until } from './harness.ts'

t.test('nothing of an attempt stays at what stops the gateway, nor at what pauses its office', async (t) => {
  const seen = rememberSignals(t)
  const world = await open(t)
  const { gateway, ministry, send } = world
  const signals = new Set<AbortSignal>()
  const { answer } = ministry
  ministry.answer = (parcel, signal) => {
    signals.add(signal)
    return answer(parcel, signal)
  }
  for (let count = 0; count < 30; count += 1)
    await send(plainLetter({ number: mustBe(readLetterNumber(`ชม 0017.2/${count + 1}`)).number }))
  await until(() => gateway.told.length === 60, 'each letter and what its sender is told are brought')
  t.ok(signals.size === 30)
  t.same(seen.left(), [])
})
