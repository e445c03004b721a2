// One operation of the API, said once: from it come the route, what is checked before it is called, and the description.
import type { Readable } from 'node:stream'
import { type Problem, problem } from '../../../problem/problem.ts'
import type { Grant, Right } from './roles.ts'

/** A JSON Schema (2020-12). */
export type Schema = Readonly<Record<string, unknown>>

/** A request whose sender may ask this, and whose parameters and body are what the operation's schemas say. */
export interface Call {
  readonly grant: Grant
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
  /** It asks for events as they happen (text/event-stream), and the last one that it has, where it says so. */
  readonly follows: boolean
  readonly lastEventId?: string
  /** Whether whoever asked is still there and still granted this, and the gateway goes on. */
  readonly here: () => boolean
  /** Resolves after so many milliseconds, or as soon as the gateway stops. */
  readonly pause: (milliseconds: number) => Promise<void>
}

export type Answered =
  | { readonly kind: 'json'; readonly status: 200 | 202; readonly body: object }
  | { readonly kind: 'bytes'; readonly type: string; readonly bytes: Buffer }
  /** Read as it is sent, as fast as it is taken. */
  | {
      readonly kind: 'stream'
      readonly type: string
      readonly headers: Readonly<Record<string, string>>
      readonly stream: Readable
    }
  | { readonly kind: 'problems'; readonly problems: readonly [Problem, ...Problem[]] }

export interface Operation {
  readonly id: string
  readonly method: 'GET' | 'POST'
  /** With the names of its parameters in braces. */
  readonly path: string
  readonly right: Right
  readonly summary: string
  readonly description?: string
  /** Schemas of the parameters in the path, by name. */
  readonly params?: Readonly<Record<string, Schema>>
  /** Schemas of the parameters behind `?`, by name; each may be left out. */
  readonly query?: Readonly<Record<string, Schema>>
  /** Of a POST: an object. */
  readonly body?: Schema
  /** Bytes that a body may have; a few words unless it says so. */
  readonly largestBody?: number
  /** What is answered when it went well: a schema, or a media type for bytes. */
  readonly answer: Schema | string
  /** It is also answered as a stream of events, to whoever accepts text/event-stream. */
  readonly follows?: true
  /** `202`: it is ordered, and not done yet. */
  readonly later?: Schema
  handle(call: Call): Promise<Answered>
}

/** The digest of a body, as RFC 9530 writes it. */
export const contentDigest = (sha256: Buffer): string => `sha-256=:${sha256.toString('base64')}:`

export const json = (body: object): Answered => ({ kind: 'json', status: 200, body })

export const later = (body: object): Answered => ({ kind: 'json', status: 202, body })

export const notThere = (what: string, value: string): Answered => ({
  kind: 'problems',
  problems: [problem('api.not-found', 'path', value, { what })],
})

/** A parameter that a schema says is a text; undefined when it was left out. */
export function textAt(values: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

export function numberAt(values: Readonly<Record<string, unknown>>, name: string, otherwise: number): number {
  const value = values[name]
  return typeof value === 'number' ? value : otherwise
}

export const flagAt = (values: Readonly<Record<string, unknown>>, name: string): boolean =>
  values[name] === true
