// Base64 in XML (RFC 4648 §4): line breaks anywhere, otherwise one spelling for each value.
import { refuse } from './refusal.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
// By byte: its six bits; 64 for what is no digit of base64.
const digits = new Uint8Array(256).fill(64)
for (let value = 0; value < 64; value++) digits[alphabet.charCodeAt(value)] = value

const letters = digits.map((digit) => (digit === 64 ? 0 : 1))
letters[61 /* = */] = 1

const space = /[ \t\r\n]+/g

/**
 * The bytes that `text` spells; refuses other letters, missing padding, bits that are left over, and nothing at all.
 * Decoded here, since Node's decoder passes over what is wrong and asking it again costs more than the work.
 */
export function readBase64(text: string, where: string): Buffer {
  const written = Buffer.from(text.replace(space, ''))
  return decodeBase64(written, 0, written.length) ?? refuse('envelope.base64.malformed', where, text)
}

/** What is spelled from `start` to `end`, without white space; undefined when it is not the one spelling, or empty. */
export function decodeBase64(written: Uint8Array, start: number, end: number): Buffer | undefined {
  const length = end - start
  if (length === 0 || length % 4 !== 0) return undefined
  const padding = written[end - 1] !== 61 /* = */ ? 0 : written[end - 2] !== 61 ? 1 : 2
  const bytes = Buffer.allocUnsafe((length / 4) * 3 - padding)
  const spelled = end - padding
  let bits = 0
  let count = 0
  for (let at = start; at < spelled; at++) {
    const digit = digits[written[at]!]!
    if (digit === 64) return undefined
    bits = (bits << 6) | digit
    const phase = (at - start) & 3
    // After two, three and four digits eight more bits are whole.
    if (phase !== 0) bytes[count++] = bits >> (6 - phase * 2)
  }
  // What is left over behind the last whole byte must be nothing, or one value would have several spellings.
  const left = padding === 0 ? 0 : bits & (padding === 1 ? 0b11 : 0b1111)
  return left === 0 ? bytes : undefined
}

/** The offset behind the letters of base64, `=` among them, that stand from `start` on. */
export function endOfBase64(bytes: Uint8Array, start: number): number {
  let at = start
  while (letters[bytes[at]!] === 1) at++
  return at
}
