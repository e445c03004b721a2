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
  const whole = padding === 0 ? end : end - 4
  let count = 0
  let seen = 0
  for (let at = start; at < whole; at += 4) {
    const [first, second] = [digits[written[at]!]!, digits[written[at + 1]!]!]
    const [third, fourth] = [digits[written[at + 2]!]!, digits[written[at + 3]!]!]
    seen |= first | second | third | fourth
    bytes[count++] = (first << 2) | (second >> 4)
    bytes[count++] = (second << 4) | (third >> 2)
    bytes[count++] = (third << 6) | fourth
  }
  if (padding !== 0) {
    const [first, second] = [digits[written[whole]!]!, digits[written[whole + 1]!]!]
    const third = padding === 1 ? digits[written[whole + 2]!]! : 0
    seen |= first | second | third
    bytes[count++] = (first << 2) | (second >> 4)
    if (padding === 1) bytes[count++] = (second << 4) | (third >> 2)
    // What is left over behind the last whole byte must be nothing, or one value would have several spellings.
    if ((padding === 1 ? third & 0b11 : second & 0b1111) !== 0) return undefined
  }
  return seen < 64 ? bytes : undefined
}

/** The offset behind the letters of base64, `=` among them, that stand from `start` on. */
export function endOfBase64(bytes: Uint8Array, start: number): number {
  let at = start
  const fours = bytes.length - 4
  while (
    at <= fours &&
    (letters[bytes[at]!]! &
      letters[bytes[at + 1]!]! &
      letters[bytes[at + 2]!]! &
      letters[bytes[at + 3]!]!) ===
      1
  )
    at += 4
  while (letters[bytes[at]!] === 1) at++
  return at
}
