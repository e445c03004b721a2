// Base64 in XML (RFC 4648 §4): line breaks anywhere, otherwise one spelling for each value.
import { refuse } from './refusal.ts'

const space = /[ \t\r\n]+/g
const shape = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The bytes that `text` spells; refuses other letters, missing padding, bits that are left over, and nothing at all. */
export function readBase64(text: string, where: string): Buffer {
  const compact = text.replace(space, '')
  if (compact === '' || !shape.test(compact)) return refuse('envelope.base64.malformed', where, text)
  const bytes = Buffer.from(compact, 'base64')
  if (bytes.toString('base64') !== compact) return refuse('envelope.base64.malformed', where, text)
  return bytes
}
