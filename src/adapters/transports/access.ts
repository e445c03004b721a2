// Who may stand at the door, as a profile says it.
import { BlockList, isIP } from 'node:net'
import type { Access } from '../contract.ts'
import { type Finding, type JsonSchema, object, textOrReference } from '../schema.ts'

/** Schema of `access`. Hashes are no secrets, and may be references all the same. */
export const access: JsonSchema = {
  description: 'kind: certificate; kind: api-key with sha256; or kind: basic with user, scrypt and addresses',
  anyOf: [
    object({ kind: { const: 'certificate', description: 'who proves himself by what' } }, ['kind']),
    object(
      {
        kind: { const: 'api-key', description: 'a key in the header Authorization' },
        sha256: {
          type: 'array',
          items: textOrReference,
          minItems: 1,
          description: 'a list of the SHA-256 of each key, hexadecimal',
        },
      },
      ['kind', 'sha256'],
    ),
    object(
      {
        kind: { const: 'basic', description: 'HTTP Basic, for old clients' },
        user: { ...textOrReference, description: 'the user' },
        scrypt: { ...textOrReference, description: '<salt>:<hash> of the password, hexadecimal' },
        addresses: {
          type: 'array',
          items: textOrReference,
          minItems: 1,
          description: 'a list of the addresses or networks that it may come from',
        },
      },
      ['kind', 'user', 'scrypt', 'addresses'],
    ),
  ],
}

/** Faults that the schema cannot see, in texts; what is still a reference is looked at when it is resolved. */
export function accessFindings(said: Access): readonly Finding[] {
  if (said.kind === 'certificate') return []
  if (said.kind === 'api-key')
    return said.sha256.flatMap((each, index) => shape(each, sha256, ['access', 'sha256', index]))
  return [
    ...shape(said.scrypt, scrypt, ['access', 'scrypt']),
    ...said.addresses.flatMap((each, index) =>
      typeof each === 'string' && !isNetwork(each)
        ? [wrong(['access', 'addresses', index], each, 'an IP address or a network such as 10.93.0.0/16')]
        : [],
    ),
  ]
}

const sha256 = { pattern: /^[0-9a-f]{64}$/, expected: 'SHA-256 of the key, 64 lower-case hexadecimal digits' }
const scrypt = {
  pattern: /^[0-9a-f]{32,}:[0-9a-f]{64,}$/,
  expected: 'scrypt of the password, <salt hex>:<hash hex>',
}

const shape = (value: unknown, { pattern, expected }: typeof sha256, at: Finding['at']): Finding[] =>
  // What stands in a hash's place may be the secret itself: it is never shown (attack T11).
  typeof value === 'string' && !pattern.test(value)
    ? [wrong(at, `(${value.length} characters, not shown)`, expected)]
    : []

const wrong = (at: Finding['at'], value: string, expected: string): Finding => ({
  at,
  code: 'adapter.profile.value-wrong',
  value,
  details: { expected },
})

function isNetwork(text: string): boolean {
  const [address = '', prefix] = text.split('/')
  const family = isIP(address)
  if (family === 0) return false
  if (prefix === undefined) return true
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128)) return false
  new BlockList().addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6')
  return true
}
