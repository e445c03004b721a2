import fc from 'fast-check'
import t from 'tap'
import { checkLetter } from '../../src/letter/check.ts'
import { letterFromJson, letterToJson } from '../../src/letter/json.ts'
import { fixedLetter, letters, notices } from './arbitrary.ts'

t.test('JSON round trip: every generated letter comes back equal', async (t) => {
  fc.assert(
    fc.property(letters(), (letter) => {
      const read = letterFromJson(JSON.parse(JSON.stringify(letterToJson(letter))))
      if (!read.ok) throw new Error(JSON.stringify(read.problems))
      const again = checkLetter(read.value.draft, letter.attachments)
      if (!again.ok) throw new Error(JSON.stringify(again.problems))
      t.strictSame(again.value, letter)
    }),
    { numRuns: 20 },
  )
  fc.assert(fc.property(notices(), (notice) => notice.kind.length > 0))
  t.ok(fixedLetter())
})
