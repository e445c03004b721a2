// Base64 in XML (RFC 4648 §4): line breaks anywhere, otherwise one spelling for each value.
import { refuse } from './refusal.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
// By character: its six bits; 64 for what is no digit of base64.
const digits = new Uint8Array(128).fill(64)
for (let value = 0; value < 64; value++) digits[alphabet.charCodeAt(value)] = value

const space = /[ \t\r\n]+/g

/**
 * The bytes that `text` spells; refuses other letters, missing padding, bits that are left over, and nothing at all.
 * Decoded here, since Node's decoder passes over what is wrong and asking it again costs more than the work.
 */
export function readBase64(text: string, where: string): Buffer {
  return (
    decodeBase64(text) ??
    decodeBase64(text.replace(space, '')) ??
    refuse('envelope.base64.malformed', where, text)
  )
}

/** The bytes that `text`, without white space, spells; undefined when it is not their one spelling, or empty. */
export function decodeBase64(text: string): Buffer | undefined {
  const { length } = text
  if (length === 0 || length % 4 !== 0) return undefined
  const padding = text[length - 1] !== '=' ? 0 : text[length - 2] !== '=' ? 1 : 2
  const bytes = Buffer.allocUnsafe((length / 4) * 3 - padding)
  const spelled = length - padding
  let bits = 0
  let written = 0
  for (let at = 0; at < spelled; at++) {
    const digit = digits[text.charCodeAt(at)] ?? 64
    if (digit === 64) return undefined
    bits = (bits << 6) | digit
    const phase = at & 3
    // After two, three and four digits eight more bits are whole.
    if (phase !== 0) bytes[written++] = bits >> (6 - phase * 2)
  }
  // What is left over behind the last whole byte must be nothing, or one value would have several spellings.
  const left = padding === 0 ? 0 : bits & (padding === 1 ? 0b11 : 0b1111)
  return left === 0 ? bytes : undefined
}
