// What the notice of a refusal says of the reason: whatever the other side answered, there is one, and the letter's sender is told.
import fc from 'fast-check'
import t from 'tap'
import { reasonFor } from '../../src/gateway/delivery/reason.ts'
import { attemptsOf } from '../../src/gateway/journal/attempts.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { limits } from '../../src/letter/limits.ts'
import { addTextFaults } from '../../src/letter/text.ts'
import { catalogue } from '../../src/problem/catalogue.ts'
import { type Problem, type ProblemCode, problem } from '../../src/problem/problem.ts'
import { openWorld } from './correspondents.ts'
import { chiangMai, chiangRai, makeTrust, moi, plainLetter } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const letter = plainLetter({ to: { offices: [chiangRai] } })

const misread = new TextDecoder('windows-874').decode(Buffer.from('เลขที่หนังสือซ้ำ', 'utf8'))

const refusedWith = (said: string): Problem =>
  problem('adapter.peer.refused', '', undefined, { status: 422, said })

/** What the other side said, and what the notice makes of it. */
const answers: Readonly<Record<string, readonly [string, string]>> = {
  'words of people': ['เลขที่หนังสือซ้ำ', 'เลขที่หนังสือซ้ำ'],
  'UTF-8 read as TIS-620': [misread, '?'],
  'the same, where the old letters have none for it': ['เธ€'.repeat(6), '?'],
  nothing: ['', ''],
  'control characters': ['a\u0000\u001bb', 'a\\u0000\\u001bb'],
  'half a character': ['\ud83d', '\\ud83d'],
  'characters that could not be read': ['\ufffd\ufffd\ufffd\ufffd', '????'],
}

for (const [name, [said, shown]] of Object.entries(answers))
  t.test(`refused with ${name}: its sender is told, and it is not brought again`, async (t) => {
    const { neighbour, province, clock, send, statesOf, committed } = await openWorld(t, trust)
    neighbour.answer = () => ({ kind: 'refused', problem: refusedWith(said), said })
    const id = await send(letter)
    await clock.advance(60_000)
    t.equal(neighbour.brought.length, 1, 'brought once')
    t.same(await statesOf(id), { [chiangRai]: 'refused' })
    const [told, ...rest] = province.brought.map(({ envelope }) =>
      envelope.content === 'notice' ? envelope.notice.reason : '',
    )
    t.equal(told, `ปลายทางปฏิเสธ สถานะ 422: ${shown} [adapter.peer.refused]`)
    t.same(rest, [])
    const [delivery] = await deliveriesOfMessage(committed, id)
    const [attempt] = await attemptsOf(committed, delivery?.id ?? '')
    t.match(attempt?.details, '"status":422', 'what it said stands with the attempt')
  })

t.test('whatever is said, of whatever problem, a notice can hold it', async () => {
  const codes = Object.keys(catalogue) as ProblemCode[]
  const words = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('เธ€', 'เน\u0081', 'เธก', '???', '\ufffd', '\ud83d', 'é', ' '), {
        maxLength: 60,
      })
      .map((each) => each.join('')),
  )
  fc.assert(
    fc.property(fc.constantFrom(...codes), words, (code, said) => {
      const { en, th } = catalogue[code]
      const names = [...`${en} ${th}`.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, said])
      const faults: Problem[] = []
      const reason = reasonFor(problem(code, said, said, Object.fromEntries(names)))
      addTextFaults(faults, reason, 'reason', { limit: limits.reason, lines: true, needed: true })
      return faults.length === 0 && reason.endsWith(`[${code}]`)
    }),
    { numRuns: 2_000 },
  )
})
