// The profiles of a folder, each parsed and checked once for each text: a reload reads all of them, and most are as they were.
import { createHash } from 'node:crypto'
import { type Profile, readProfile } from '../../adapters/profile.ts'
import type { Result } from '../../problem/problem.ts'

/** Reads a profile, `file` being its name for people. */
export type ReadProfile = (text: string, file: string) => Result<Profile>

/** As many profiles are kept as a folder may hold twice over. */
const most = 200

/** A reader that remembers what it read, by the digest of the text and the file's name; what was faulty is read again. */
export function rememberingReader(read: ReadProfile = readProfile): ReadProfile {
  const known = new Map<string, Result<Profile>>()
  return (text, file) => {
    const key = `${createHash('sha256').update(text).digest('hex')} ${file}`
    const before = known.get(key)
    const result = before ?? read(text, file)
    // The latest stand last, so that what is no longer there goes first.
    known.delete(key)
    if (result.ok) known.set(key, result)
    const [oldest] = known.keys()
    if (known.size > most && oldest !== undefined) known.delete(oldest)
    return result
  }
}
