// The words of a Thai text, for finding a letter by its subject. Never for text that is kept, shown, signed or sent.
import { searchKey } from './search.ts'

/** Made once: a segmenter loads its dictionary. */
const segmenter = new Intl.Segmenter('th', { granularity: 'word' })

/** Words of one text at most, and characters of one word: what is longer is found by its beginning. */
const mostWords = 100
const longestWord = 40

/** Whose dictionary it is: another one may divide the same text in other places. */
export const wordsVersion = `icu ${process.versions['icu'] ?? 'none'}`

/**
 * The distinct words of a text of at most 1,000 characters, folded and in lower case, in their order; at most 100. Thai is
 * divided by the dictionary of ICU; what is no word (spaces, marks) is left out.
 */
export function wordsOf(text: string): readonly string[] {
  const words = new Set<string>()
  for (const { segment, isWordLike } of segmenter.segment(searchKey(text.slice(0, 1_000)))) {
    if (isWordLike !== true) continue
    words.add([...segment].slice(0, longestWord).join(''))
    if (words.size === mostWords) break
  }
  return [...words]
}
