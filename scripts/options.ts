// The options of a part, out of its JSON Schema: each with its place, what it may be, and its words; and those that a value uses.
import { formOf, isSecret, type JsonSchema, reference } from '../src/adapters/schema.ts'

export interface Option {
  /** `read.status.column`; `columns[].name` of each in a list, `lists.*.table` of each by name. '' is the value itself. */
  readonly path: string
  readonly schema: JsonSchema
  readonly needed: boolean
}

/** What a schema holds below `path`: its properties, and those of its branches, lists and maps. A schema that stands in several places is told once. */
export function optionsOf(
  schema: JsonSchema,
  path = '',
  told = new Map<unknown, string>(),
): readonly Option[] {
  return stepsOf(schema, path).flatMap(({ at, inner, needed, named }) => {
    const own = named ? [{ path: at, schema: inner, needed }] : []
    if (!hasParts(inner)) return own
    const before = told.get(partsOf(inner))
    if (before !== undefined && before !== at) return own
    told.set(partsOf(inner), at)
    return [...own, ...optionsOf(inner, at, told)]
  })
}

/** The paths of the options that `value` gives, as `optionsOf` names them. */
export function usedIn(
  value: unknown,
  schema: JsonSchema,
  path = '',
  told = new Map<unknown, string>(),
): readonly string[] {
  // The same walk first, so that what stands in several places has the name of the first.
  if (path === '') optionsOf(schema, '', told)
  return stepsOf(schema, path).flatMap(({ at, inner, named, pick }) =>
    pick(value).flatMap((each) => [
      ...(named ? [at] : []),
      ...usedIn(each, inner, hasParts(inner) ? (told.get(partsOf(inner)) ?? at) : at, told),
    ]),
  )
}

interface Step {
  readonly at: string
  readonly inner: JsonSchema
  readonly needed: boolean
  /** Whether the step is an option of its own; not so the branches of one. */
  readonly named: boolean
  /** The values to which the step leads. */
  pick(value: unknown): readonly unknown[]
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isSchema = (value: unknown): value is JsonSchema => isObject(value)
const isReference = (schema: JsonSchema): boolean =>
  isSecret(schema) || JSON.stringify(schema['properties']) === JSON.stringify(reference['properties'])

function stepsOf(schema: JsonSchema, path: string): readonly Step[] {
  if (isReference(schema)) return []
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`)
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const steps: Step[] = []
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  for (const [key, inner] of Object.entries(properties))
    if (isSchema(inner))
      steps.push({
        at: below(key),
        inner,
        needed: required.includes(key),
        named: true,
        pick: (value) => (isObject(value) && Object.hasOwn(value, key) ? [value[key]] : []),
      })
  const branches = [
    schema['then'],
    schema['else'],
    ...(['anyOf', 'oneOf'] as const).flatMap((key) => schema[key] ?? []),
  ]
  for (const inner of branches)
    if (isSchema(inner))
      steps.push({ at: path, inner, needed: false, named: false, pick: (value) => [value] })
  const { items, additionalProperties: others } = schema
  if (isSchema(items))
    steps.push({
      at: `${path}[]`,
      inner: items,
      needed: false,
      named: false,
      pick: (value) => (Array.isArray(value) ? value : []),
    })
  if (isSchema(others))
    steps.push({
      at: below('*'),
      inner: others,
      needed: false,
      named: false,
      pick: (value) =>
        isObject(value)
          ? Object.entries(value).flatMap(([key, each]) => (Object.hasOwn(properties, key) ? [] : [each]))
          : [],
    })
  return steps
}

/** What two schemas share that differ in their words alone. */
const partsOf = (schema: JsonSchema): unknown => schema['properties'] ?? schema

const hasParts = (schema: JsonSchema): boolean => optionsBelow(schema)

const optionsBelow = (schema: JsonSchema): boolean =>
  stepsOf(schema, '').some(({ named, inner }) => named || optionsBelow(inner))

/** What an option may be, in words: its values, or its sort with its bounds. */
export function valuesOf(schema: JsonSchema): string {
  const { enum: values, const: only, anyOf, type, items } = schema
  if (Array.isArray(values)) return values.map(coded).join(' ')
  if (only !== undefined) return coded(only)
  if (isSecret(schema)) return 'a reference'
  if (isReference(schema)) return 'a reference'
  if (Array.isArray(anyOf)) return [...new Set(anyOf.filter(isSchema).map(valuesOf))].join(', or ')
  if (isSchema(schema['then']) && isSchema(schema['else']))
    return `${valuesOf(schema['else'])}, or ${valuesOf(schema['then'])}`
  const form = formOf(schema)
  if (type === 'integer') return form === undefined ? 'a number' : form
  if (type === 'boolean') return '`true` `false`'
  if (type === 'array')
    return isSchema(items) && Array.isArray(items['enum']) ? `a list of ${valuesOf(items)}` : 'a list'
  if (type === 'object') return 'a map'
  if (Array.isArray(type))
    return type
      .map((each) => (each === 'object' ? 'a map' : `a ${each === 'string' ? 'text' : each}`))
      .join(', or ')
  const longest = schema['maxLength']
  return form ?? (typeof longest === 'number' ? `a text, at most ${longest}` : 'a text')
}

const coded = (value: unknown): string => `\`${value === '\t' ? '\\t' : String(value)}\``
