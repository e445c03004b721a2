// A template: texts in a fixed order with fixed words between them, put together and taken apart. What could be taken apart
// in two ways is refused in both directions, so that neither loses or exchanges anything.
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import type { Finding, Pointer } from '../schema.ts'

export interface Template {
  readonly names: readonly string[]
  /** The texts, put together; blank when all are. */
  join(parts: readonly string[]): Result<string>
  /** The one way in which the whole comes apart; blank texts for a blank. */
  split(whole: string): Result<readonly string[]>
}

const place = /\{([^{}]+)\}/g

/** What is wrong with a template: two places need words between them, and each its own name. */
export function templateFindings(text: string, at: Pointer): readonly Finding[] {
  const names = [...text.matchAll(place)].map(([, name = '']) => name)
  const rest = text.replace(place, '')
  const fine =
    names.length >= 2 && new Set(names).size === names.length && !/\}\{/.test(text) && !/[{}]/.test(rest)
  const expected =
    'places with names, as "{letters} {code}/{running}", each once and with something between them'
  return fine ? [] : [{ at, code: 'adapter.profile.value-wrong', value: text, details: { expected } }]
}

/** A template that `templateFindings` finds nothing wrong with. */
export function templateOf(text: string): Template {
  const names = [...text.matchAll(place)].map(([, name = '']) => name)
  // The words before the first place, between places, and after the last.
  const words = text.split(place).filter((_, index) => index % 2 === 0)
  const split = (whole: string): Result<readonly string[]> => {
    if (whole === '') return good(names.map(() => ''))
    const ways = waysApart(whole, words)
    const [parts] = ways
    if (parts === undefined) return bad(problem('adapter.field.template', '', whole, { expected: text }))
    if (ways.length > 1)
      return bad(problem('adapter.field.template-ambiguous', '', whole, { expected: text }))
    return good(parts)
  }
  return {
    names,
    split,
    join: (parts) => {
      if (parts.every((part) => part === '')) return good('')
      const whole = words.map((word, index) => word + (parts[index] ?? '')).join('')
      const again = parts.includes('')
        ? bad(problem('adapter.field.template', '', whole, { expected: text }))
        : split(whole)
      return again.ok ? good(whole) : again
    },
  }
}

/** At most two ways to take `whole` apart at `words`, every part at least one character; each place is looked at once. */
function waysApart(whole: string, words: readonly string[]): readonly (readonly string[])[] {
  const [first = '', ...others] = words
  if (!whole.startsWith(first)) return []
  const last = others.length - 1
  let here: readonly Way[] = [{ end: first.length, parts: [] }]
  for (const [index, word] of others.entries()) {
    const next: Way[] = []
    // Two are as many as a hundred: the ways that begin first are enough, wherever the part ends.
    let begun = 0
    for (let end = 1; end <= whole.length; end += 1) {
      while (begun < 2 && (here[begun]?.end ?? end) < end) begun += 1
      const fits = index < last || end + word.length === whole.length
      if (begun === 0 || !fits || !whole.startsWith(word, end)) continue
      for (const way of here.slice(0, begun))
        next.push({ end: end + word.length, parts: [...way.parts, whole.slice(way.end, end)] })
    }
    here = next
  }
  return here.slice(0, 2).map(({ parts }) => parts)
}

/** One way, up to the words behind its last part; ways stand in the order of their ends. */
interface Way {
  readonly end: number
  readonly parts: readonly string[]
}
