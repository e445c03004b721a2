// Options that a profile gives: each part declares their JSON Schema once; it checks, fills in defaults, types and
// documents them. Compiled on first use, so that importing a part has no effect.
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import type { ProblemCode } from '../problem/problem.ts'

/** A JSON Schema (2020-12), as far as this project uses it. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** A place in a profile, from its root: keys of maps and indexes of lists. */
export type Pointer = readonly (string | number)[]

/** What is wrong at one place of a profile. `profile.ts` adds the line and makes it a problem. */
export interface Finding {
  readonly at: Pointer
  readonly code: ProblemCode
  readonly value?: string
  readonly details?: Readonly<Record<string, string | number>>
  /** The problem is the key, not its value: the line shown is the key's. */
  readonly key?: boolean
}

export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly findings: readonly [Finding, ...Finding[]] }

export type Reader<Options> = (raw: unknown, at?: Pointer) => Checked<Options>

/** A text, or a reference to one that the gateway's settings hold: `{ env: NAME }`, `{ file: PATH }`. Secrets are always references. */
export const reference: JsonSchema = {
  type: 'object',
  properties: { env: { type: 'string', minLength: 1 }, file: { type: 'string', minLength: 1 } },
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
}
/** A reference and nothing else: a secret never stands in a profile. */
export const secret: JsonSchema = { ...reference, $comment: 'secret' }
/** By its mark: an option describes its secret in words of its own. */
export const isSecret = (schema: JsonSchema): boolean => schema['$comment'] === secret['$comment']
export const textOrReference: JsonSchema = { anyOf: [{ type: 'string', minLength: 1 }, reference] }

/** A port as the resolved options have it: a number, or the digits that a reference stood for. `Number` makes one of both. */
export const plainPort: JsonSchema = {
  anyOf: [
    { type: 'integer', minimum: 1, maximum: 65_535 },
    {
      type: 'string',
      pattern: '^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$',
    },
  ],
  description: 'a port from 1 to 65535',
}
/** A port, or a reference to one. */
export const port: JsonSchema = {
  anyOf: [{ type: 'integer', minimum: 1, maximum: 65_535 }, reference],
  description: 'a port from 1 to 65535',
}

/** `250ms`, `5s`, `10m`, `72h`, `7d`. */
export const duration: JsonSchema = { type: 'string', pattern: '^[0-9]{1,9}(ms|s|m|h|d)$' }
/** `512B`, `64KiB`, `2GiB`. */
export const size: JsonSchema = { type: 'string', pattern: '^[0-9]{1,9}(B|KiB|MiB|GiB)$' }

/** An object with exactly these keys. */
export const object = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema => ({ type: 'object', properties, required, additionalProperties: false })

/** A reader that checks a value by `schema`, all faults at once, on a copy in which the schema's defaults are filled in. */
export function readerOf<Options>(schema: JsonSchema): Reader<Options> {
  const compiled = lazily(() =>
    new Ajv2020({
      allErrors: true,
      useDefaults: true,
      verbose: true,
      strict: true,
      strictRequired: false,
      allowUnionTypes: true,
    }).compile<Options>(schema),
  )
  return (raw, at = []) => {
    const value: unknown = structuredClone(raw)
    const validate = compiled()
    if (validate(value)) return { ok: true, value }
    const [first, ...rest] = findingsOf(validate.errors ?? [], at)
    if (first === undefined) throw new Error('a schema refused a value and named no fault')
    return { ok: false, findings: [first, ...rest] }
  }
}

/** The value that `make` gives, made once, when it is first asked for. */
export function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function findingsOf(errors: readonly ErrorObject[], at: Pointer): Finding[] {
  // `anyOf` repeats the faults of each of its branches; the fault of the whole says it once.
  const alternatives = errors.filter((each) => each.keyword === 'anyOf' || each.keyword === 'oneOf')
  const inside = (each: ErrorObject): boolean =>
    alternatives.some((whole) => whole !== each && each.schemaPath.startsWith(`${whole.schemaPath}/`))
  // `if` only says that one of its branches failed, and that branch says why.
  return errors.filter((each) => each.keyword !== 'if' && !inside(each)).map((each) => findingOf(each, at))
}

function findingOf(error: ErrorObject, at: Pointer): Finding {
  const here = [...at, ...pointerOf(error.instancePath)]
  const value = shown(error.data)
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty'])
      const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {})
      return {
        at: [...here, key],
        code: 'adapter.profile.key-unknown',
        value: key,
        key: true,
        details: { expected: known.join(', ') || 'no key at all' },
      }
    }
    case 'required':
      return {
        at: here,
        code: 'adapter.profile.key-missing',
        details: { key: String(error.params['missingProperty']) },
      }
    case 'enum':
      return {
        at: here,
        code: 'adapter.profile.value-unknown',
        value,
        details: { expected: (error.params['allowedValues'] as unknown[]).join(', ') },
      }
    case 'type':
      // The value is not repeated: it may be the secret.
      if (isSecret(error.parentSchema ?? {}) && typeof error.data === 'string')
        return { at: here, code: 'adapter.profile.secret-plain' }
      return {
        at: here,
        code: 'adapter.profile.value-wrong',
        value,
        details: { expected: expectedBy(error) },
      }
    case 'const':
      return {
        at: here,
        code: 'adapter.profile.value-unknown',
        value,
        details: { expected: String(error.params['allowedValue']) },
      }
    default:
      return {
        at: here,
        code: 'adapter.profile.value-wrong',
        value,
        details: { expected: expectedBy(error) },
      }
  }
}

function expectedBy(error: ErrorObject): string {
  const described = error.parentSchema?.['description']
  if (typeof described === 'string') {
    const form = formOf(error.parentSchema ?? {})
    return form === undefined ? described : `${described} (${form})`
  }
  if (error.keyword === 'anyOf' || error.keyword === 'oneOf')
    return 'one of the forms that docs/reference lists for it'
  return `something that ${error.message ?? 'is allowed here'}`
}

/** In what form the value of an option is written, and its bounds, in words; undefined where its schema says no more than its type. */
export function formOf(schema: JsonSchema): string | undefined {
  const { pattern, minimum, maximum } = schema
  if (pattern === duration['pattern']) return 'a time such as 10s'
  if (pattern === size['pattern']) return 'a size such as 64MiB'
  return minimum === undefined || maximum === undefined ? undefined : `${minimum} to ${maximum}`
}

const pointerOf = (path: string): (string | number)[] =>
  path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d{1,6}$/.test(part) ? Number(part) : part))

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing').slice(0, 200)
