// The shape of a profile as a JSON Schema, made from what each format, transport and codec declares of itself.
import { conformanceChecks } from './conformance-checks.ts'
import { deliveryOptions } from './delivery-policy.ts'
import { codecs } from './fields/codecs.ts'
import { letterFields } from './fields/letter-fields.ts'
import { noticeFields } from './fields/notice-fields.ts'
import { formats } from './formats/formats.ts'
import { untoldKinds } from './sayable-check.ts'
import { type JsonSchema, object } from './schema.ts'
import { channels } from './transports/transport.ts'
import { transports } from './transports/transports.ts'

const column: JsonSchema = {
  type: ['string', 'integer'],
  description: 'the name of a column, or its number where it has no name',
}

const words: JsonSchema = {
  type: 'array',
  items: { type: 'string', maxLength: 100 },
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
  description: 'a list of texts',
}

const always: JsonSchema = object(
  { always: { type: 'string', description: 'a canonical value, as a text' } },
  ['always'],
)

const field = (as: JsonSchema): JsonSchema => ({
  if: { type: 'object', required: ['always'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: always,
  else: object(
    {
      at: {
        if: { type: 'array' },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { type: 'array', items: column, minItems: 1, maxItems: 100, uniqueItems: true },
        else: column,
      },
      as,
      default: {
        type: 'string',
        minLength: 1,
        description: 'the canonical value that blank cells stand for',
      },
      unsaid: {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        uniqueItems: true,
        description: 'the canonical values that the system has no code for',
      },
    },
    ['at', 'as'],
  ),
})

const lookupTable = (format: JsonSchema): JsonSchema => ({
  if: { type: 'object', required: ['rows'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: object(
    {
      rows: {
        type: 'object',
        minProperties: 1,
        maxProperties: 10_000,
        additionalProperties: { type: 'string', maxLength: 500 },
        description: 'code: what it means',
      },
    },
    ['rows'],
  ),
  else: object(
    {
      file: {
        anyOf: [{ type: 'string', minLength: 1 }, object({ env: { type: 'string', minLength: 1 } }, ['env'])],
        description: 'the path of a file, or { env: NAME }',
      },
      format,
      code: { type: 'string', minLength: 1, description: 'the column of the code' },
      value: { type: 'string', minLength: 1, description: 'the column of what it means' },
    },
    ['file', 'format', 'code', 'value'],
  ),
})

function shape(format: JsonSchema, fields: JsonSchema, transport: JsonSchema): JsonSchema {
  const document = object(
    {
      format,
      fields,
      split: {
        type: 'object',
        additionalProperties: { type: 'string', minLength: 1, maxLength: 200 },
        description: 'columns that hold several fields, each with the template of its parts',
      },
      ignore: {
        type: 'array',
        items: { type: 'string', minLength: 1, maxLength: 200 },
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description:
          'columns that are no part of a letter and do not travel with it: signed addresses, times of reading',
      },
      tables: { type: 'object', maxProperties: 20, additionalProperties: lookupTable(format) },
      skip: {
        type: 'array',
        maxItems: 20,
        items: object({ column, is: words, begins: words }, ['column']),
        description: 'records that are no letters: { column, is, begins }',
      },
      continues: object(
        {
          when: column,
          join: {
            type: 'object',
            minProperties: 1,
            maxProperties: 20,
            additionalProperties: { type: 'string', maxLength: 5 },
            description: 'column: what stands between the parts',
          },
        },
        ['when', 'join'],
      ),
      unmapped: { enum: ['refuse', 'spill'], default: 'spill' },
      main: { enum: ['required', 'optional'], default: 'optional' },
    },
    ['format'],
  )
  const channel = { transport, document: { type: 'string', description: 'the name of a document' } }
  const untold: JsonSchema = {
    type: 'array',
    items: { enum: untoldKinds },
    minItems: 1,
    uniqueItems: true,
    description: 'the kinds of notices that the system cannot be told of',
  }
  return object(
    {
      id: {
        type: 'string',
        pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
        description: 'small letters, digits and hyphens, at most 40',
      },
      office: { type: 'string', description: 'an office id in quotes: "50", or moi' },
      title: { type: 'string', minLength: 1, maxLength: 200, description: 'a name for people' },
      origin: { enum: ['outsourced', 'self-built', 'none'] },
      illustrative: { type: 'boolean', default: false, description: 'true or false' },
      documents: { type: 'object', minProperties: 1, maxProperties: 20, additionalProperties: document },
      delivery: deliveryOptions,
      waivers: object(
        Object.fromEntries(
          conformanceChecks.map((check) => [
            check,
            { type: 'string', minLength: 10, maxLength: 500, description: 'why the system cannot keep it' },
          ]),
        ),
      ),
      ...Object.fromEntries(
        channels.map((name) => [
          name,
          object(name === 'notices' ? { ...channel, untold } : channel, ['transport', 'document']),
        ]),
      ),
    },
    ['id', 'office', 'title', 'origin', 'documents', 'send', 'receive', 'notices'],
  )
}

const ofKind = (kinds: readonly string[]): JsonSchema => ({
  type: 'object',
  properties: { kind: { enum: kinds } },
  required: ['kind'],
})

/** The frame of a profile: what stands in formats, transports and codecs is checked by each of them. */
export const frame = (): JsonSchema =>
  shape(
    ofKind(formats.map(({ kind }) => kind)),
    { type: 'object', additionalProperties: field({ type: ['string', 'object'], description: 'a codec' }) },
    ofKind(transports.map(({ kind }) => kind)),
  )

/** The whole, for editors: `schemas/profile.schema.json`. What many places share stands once, in `$defs`. */
export function publishedSchema(): JsonSchema {
  const kindOf = ({ kind, options, required }: (typeof formats | typeof transports)[number]): JsonSchema =>
    object({ kind: { const: kind }, ...options }, ['kind', ...required])
  const named = (folder: string, entries: readonly (readonly [string, JsonSchema])[]) => ({
    definitions: entries.map(([name, schema]) => [`${folder}-${name}`, schema] as const),
    references: entries.map(([name]) => ({ $ref: `#/$defs/${folder}-${name}` })),
  })
  const parts = {
    codecs: named(
      'codec',
      codecs.map(({ name, options }) => [name, object({ [name]: options }, [name])]),
    ),
    formats: named(
      'format',
      formats.map((each) => [each.kind, kindOf(each)]),
    ),
    transports: named(
      'transport',
      transports.map((each) => [each.kind, kindOf(each)]),
    ),
  }
  const as: JsonSchema = { anyOf: [{ enum: codecs.map(({ name }) => name) }, ...parts.codecs.references] }
  const fieldNames = [...new Set([...Object.keys(letterFields), ...Object.keys(noticeFields)])]
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:th:go:moi:saraban:profile:1',
    title: 'Profile of a system (saraban-gateway)',
    ...shape(
      { oneOf: parts.formats.references },
      object(Object.fromEntries(fieldNames.map((name) => [name, { $ref: '#/$defs/field' }]))),
      { $ref: '#/$defs/transport' },
    ),
    $defs: {
      field: field(as),
      transport: { oneOf: parts.transports.references },
      ...Object.fromEntries(Object.values(parts).flatMap(({ definitions }) => definitions)),
    },
  }
}
