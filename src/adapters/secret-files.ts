// The files in which the secrets of a profile stand, by the schemas of its transports: `{ file: PATH }`.
import type { Profile } from './profile.ts'
import { isSecret, type JsonSchema, textOrReference } from './schema.ts'
import { transports } from './transports/transports.ts'

/** Their paths as the profile says them, each once. */
export function secretFiles({ channels }: Pick<Profile, 'channels'>): readonly string[] {
  const files = new Set<string>()
  for (const { transport } of Object.values(channels)) {
    const kind = transports.find((each) => each.kind === transport.kind)
    if (kind !== undefined) look({ properties: kind.options }, transport, files)
  }
  return [...files]
}

/** Adds the file of each reference in `value` that is a secret by its schema. */
function look(schema: JsonSchema, value: unknown, files: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  if (isSecret(schema)) {
    add(value, files)
    return
  }
  for (const alternative of schemasAt(schema['anyOf'])) look(alternative, value, files)
  const { properties = {}, items, additionalProperties: others } = schema
  if (Array.isArray(value)) {
    for (const inside of value) for (const item of schemasAt([items])) look(item, inside, files)
    return
  }
  for (const [key, inside] of Object.entries(value)) {
    for (const own of schemasAt([(properties as JsonSchema)[key]])) look(own, inside, files)
    // What a system calls as it likes (headers, fields of a sign-in): what stands in a file of its own there may be one.
    if (others === textOrReference) add(inside, files)
  }
}

function add(value: unknown, files: Set<string>): void {
  if (typeof value === 'object' && value !== null && 'file' in value && typeof value.file === 'string')
    files.add(value.file)
}

const schemasAt = (value: unknown): readonly JsonSchema[] =>
  (Array.isArray(value) ? value : []).filter((each) => typeof each === 'object' && each !== null)
