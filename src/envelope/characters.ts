// Characters of XML 1.0 (fifth edition): which may stand in a document, in a name, and how references are read.
import { refuse } from './refusal.ts'

/** Section 2.2, production 2, as what is left out; lone surrogates cannot come from valid UTF-8 but do from callers. */
export const forbiddenCharacter =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Section 2.3, productions 4 and 4a, without the colon, which only separates a prefix (Namespaces in XML 1.0 §3). */
const nameStart =
  /^[A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}]/u
const nameRest =
  /^[-.0-9A-Z_a-z\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c-\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}]*$/u

const asciiName = /^[A-Z_a-z][-.0-9A-Z_a-z]*$/

/** Whether `text` is a name without a colon. */
export const isName = (text: string): boolean =>
  asciiName.test(text) || (nameStart.test(text) && nameRest.test(text))

const blank = /^[ \t\r\n]*$/

/** Whether `text` is nothing but white space as XML means it (NBSP and the like are text). */
export const isBlank = (text: string): boolean => text === '' || blank.test(text)

export const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 9 || code === 13

const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

const numeric = /^#(?:[0-9]{1,8}|x[0-9A-Fa-f]{1,6})$/

/**
 * What the reference between `&` and `;` stands for: the five of XML, and characters that XML allows. `where` is asked
 * only for a refusal: the line of each of a million references would cost the square of the document (attack X2).
 */
export function referenceValue(reference: string, where: () => string): string {
  const predefined = named.get(reference)
  if (predefined !== undefined) return predefined
  if (!numeric.test(reference)) return refuse('envelope.entity.unknown', where(), `&${reference};`)
  const code =
    reference[1] === 'x' ? Number.parseInt(reference.slice(2), 16) : Number.parseInt(reference.slice(1), 10)
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    return refuse('envelope.character.forbidden', where(), `&${reference};`)
  const character = String.fromCodePoint(code)
  if (forbiddenCharacter.test(character))
    return refuse('envelope.character.forbidden', where(), `&${reference};`)
  return character
}
