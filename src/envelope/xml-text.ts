// Values as Canonical XML 1.0 §2.3 writes them in text and in attributes: what is written is its own canonical form.
import { forbiddenCharacter } from './characters.ts'

// One look that almost every value passes; only what fails it is looked at closely.
const remarkable = /[\u0000-\u001f"&<>\ud800-\udfff\ufffe\uffff]/
const inText = /[&<>\r]/g
const inAttribute = /[&<"\t\n\r]/g

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

const reference = (character: string): string => references[character] ?? character

/** `text` as character data. Throws a defect for what XML cannot hold: `checkLetter` and `checkNotice` refuse it before. */
export function escapeText(text: string): string {
  if (!remarkable.test(text)) return text
  demandCharacters(text)
  return text.replace(inText, reference)
}

/** `value` as the inside of a double-quoted attribute. Throws as `escapeText`. */
export function escapeAttribute(value: string): string {
  if (!remarkable.test(value)) return value
  demandCharacters(value)
  return value.replace(inAttribute, reference)
}

function demandCharacters(text: string): void {
  const found = forbiddenCharacter.exec(text)?.[0]
  if (found !== undefined)
    throw new RangeError(`U+${found.charCodeAt(0).toString(16).padStart(4, '0')} cannot stand in an envelope`)
}
