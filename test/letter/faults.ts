// What a failed result says, for comparison; and that every message of it can be shown to a person.
import { messageOf, type Result, remedyOf } from '../../src/problem/problem.ts'

/** `path code` of every fault in order (the code alone where there is no path); empty for a good result. */
export function faultsOf(result: Result<unknown>): string[] {
  if (result.ok) return []
  return result.problems.map((found) => {
    const plain = { ...found, ...(found.value !== undefined && { value: 'x' }) }
    for (const language of ['en', 'th'] as const) {
      for (const text of [messageOf(plain, language), remedyOf(plain, language)]) {
        // A place that no detail fills, or a value that was not handed over, would be shown as such.
        if (/\{\w+\}|\(none\)/.test(text)) throw new Error(`${found.code}: a message with a gap: ${text}`)
      }
    }
    return found.path === '' ? found.code : `${found.path} ${found.code}`
  })
}
