// What ended a request, in words that may be kept and shown: an error's own message may hold what was sent.
import { isIPv6 } from 'node:net'
import { printable } from '../../problem/problem.ts'

/** The error's name, its code, and at which addresses, where the network says so. */
export function networkWords(error: unknown): string {
  if (!(error instanceof Error)) return 'an error without a name'
  const code = 'code' in error ? ` ${String(error.code)}` : ''
  const places = [...new Set(placesOf(error))]
  return printable(`${error.name}${code}${places.length === 0 ? '' : ` at ${places.join(', ')}`}`, 500)
}

/** A name that has several addresses fails at each of them. */
function placesOf(error: Error): readonly string[] {
  if (error instanceof AggregateError)
    return error.errors.flatMap((each) => (each instanceof Error ? placesOf(each) : []))
  const { hostname, address, port } = error as {
    readonly hostname?: unknown
    readonly address?: unknown
    readonly port?: unknown
  }
  const host = address ?? hostname
  if (typeof host !== 'string') return []
  return [typeof port === 'number' ? `${isIPv6(host) ? `[${host}]` : host}:${port}` : host]
}
