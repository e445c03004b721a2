// References of a profile to what the installation holds: `{ env: NAME }`, `{ file: PATH }` (secrets, paths, addresses).
import { closeSync, openSync, readSync } from 'node:fs'
import type { Finding, Pointer } from './schema.ts'

/** Keys, certificates and passwords are small; what is larger is no such thing. */
const limit = 256 * 1024

export interface Resolved {
  readonly value: unknown
  readonly findings: readonly Finding[]
}

/** A copy of `value` with each reference replaced by its text (for a file without the line end at its end). */
export function resolveReferences(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  absolute: (path: string) => string,
  at: Pointer = [],
): Resolved {
  if (Array.isArray(value)) {
    const parts = value.map((each, index) => resolveReferences(each, environment, absolute, [...at, index]))
    return { value: parts.map((each) => each.value), findings: parts.flatMap(({ findings }) => findings) }
  }
  if (typeof value !== 'object' || value === null) return { value, findings: [] }
  const entries = Object.entries(value)
  const [sole] = entries
  if (
    entries.length === 1 &&
    sole !== undefined &&
    typeof sole[1] === 'string' &&
    (sole[0] === 'env' || sole[0] === 'file')
  ) {
    const [kind, name] = sole
    const found = kind === 'env' ? fromEnvironment(name, environment) : fromFile(absolute(name))
    if ('text' in found) return { value: found.text, findings: [] }
    const details = { reason: found.reason }
    return {
      value,
      findings: [{ at, code: 'adapter.profile.reference-unresolved', value: `${kind}: ${name}`, details }],
    }
  }
  const parts = entries.map(
    ([key, each]) => [key, resolveReferences(each, environment, absolute, [...at, key])] as const,
  )
  return {
    value: Object.fromEntries(parts.map(([key, each]) => [key, each.value])),
    findings: parts.flatMap(([, { findings }]) => findings),
  }
}

type Found = { readonly text: string } | { readonly reason: string }

function fromEnvironment(name: string, environment: Readonly<Record<string, string | undefined>>): Found {
  const text = environment[name]
  return text === undefined || text === '' ? { reason: 'it is not set' } : { text }
}

function fromFile(path: string): Found {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const bytes = Buffer.alloc(limit + 1)
    const size = readSync(file, bytes, 0, bytes.length, 0)
    if (size > limit) return { reason: `it has more than ${limit} bytes` }
    const text = bytes
      .subarray(0, size)
      .toString('utf8')
      .replace(/\r?\n$/, '')
    return text === '' ? { reason: 'it is empty' } : { text }
  } catch (error) {
    return { reason: error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read' }
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
