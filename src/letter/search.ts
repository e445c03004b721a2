// Folding of Thai text for comparing and searching. Never for text that is kept, shown, signed or sent (domain §4).

// What `fold` would change: anything but ASCII and Thai, Thai digits and nikhahit, two spaces, two เ, marks in another order.
const irregular =
  /[^\u0020-\u007e\u0e01-\u0e4c\u0e4e\u0e4f\u0e5a\u0e5b]| {2}|\u0e40\u0e40|\u0e33[\u0e48-\u0e4b]|[\u0e31\u0e34-\u0e3a]{2}|[\u0e47-\u0e4e][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]/
const invisible = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
const space = /[\s\u0085]+/g
const thaiDigit = /[\u0e50-\u0e59]/g
const splitSaraAm = /\u0e4d([\u0e48-\u0e4b]*)\u0e32/g
const lateTone = /\u0e33([\u0e48-\u0e4b]+)/g
const marks = /[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{2,}/g
const twoSaraE = /\u0e40\u0e40/g

/** Thai digits (๐–๙, U+0E50–U+0E59) as Arabic ones; nothing else changes. */
export const arabicDigits = (text: string): string =>
  text.replace(thaiDigit, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0x0e20))

/** Arabic digits as Thai ones; nothing else changes. */
export const thaiDigits = (text: string): string =>
  text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0x0e20))

/**
 * One spelling for what people type in several ways and cannot see: invisible characters removed, spaces of any kind
 * and number as one, ends trimmed, Arabic digits, `ํ` + `า` (with a tone before, between or after) as `ำ`, vowel before
 * tone, `เ` + `เ` as `แ`. Idempotent. Not Unicode normalisation: NFKC would split every `ำ`, and is used nowhere.
 */
export function fold(text: string): string {
  const trimmed = text.trim()
  // Most text is regular already, and looking is cheaper than replacing.
  if (!irregular.test(trimmed)) return trimmed
  let folded = arabicDigits(trimmed)
    .replace(invisible, '')
    .replace(space, ' ')
    .trim()
    .replace(twoSaraE, '\u0e41')
  // Putting marks in order can bring together what belongs together: once more, until nothing moves.
  for (let before = ''; before !== folded; ) {
    before = folded
    folded = folded
      .replace(splitSaraAm, '$1\u0e33')
      .replace(lateTone, '$1\u0e33')
      .replace(marks, orderedMarks)
  }
  return folded
}

/** The key by which text is compared and searched: `fold`, in lower case. Only for keys and search. */
export const searchKey = (text: string): string => fold(text).toLowerCase()

// Keyboards of the time let a tone be typed before its vowel, or a mark twice; both look the same. In the order of their
// code points vowels come first, then tones, then the rest, as Thai is typed today.
const orderedMarks = (found: string): string => [...new Set(found)].sort(byCode).join('')

const byCode = (a: string, b: string): number => a.charCodeAt(0) - b.charCodeAt(0)
