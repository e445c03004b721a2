// The description of the API (OpenAPI 3.1), made from the operations themselves. `npm run docs` writes it.
import type { Operation, Schema } from './operation.ts'
import { roleNames, roles } from './roles.ts'
import { components } from './schemas.ts'

/** What a test asks of a real gateway, and what it was answered, by the operation's id. */
export type Examples = Readonly<
  Record<
    string,
    { readonly params?: Schema; readonly query?: Schema; readonly body?: unknown; readonly answer: unknown }
  >
>

export function describeApi(operations: readonly Operation[], examples: Examples): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of operations) {
    const { path, method } = operation
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(operation, examples) }
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'saraban-gateway: the operators’ API',
      version: '1.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      summary: 'Letters, notices, deliveries, quarantine and events of a gateway.',
      description:
        'Who asks proves it by an API key or a client certificate to which the settings grant a role for some offices (docs/api.md). What is of other offices, and secret letters that one may not see, is not there: 404, and in no list. Faults are application/problem+json, each in English and Thai with what to do; docs/problems.md lists their codes.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key; the settings hold its SHA-256.' },
        mutualTls: { type: 'mutualTLS', description: 'A client certificate that a grant names.' },
      },
      schemas: components,
    },
    security: [{ apiKey: [] }, { mutualTls: [] }],
  }
}

function describe(operation: Operation, examples: Examples): object {
  const { id, summary, description, right, params = {}, query = {}, body, answer, later } = operation
  const { follows } = operation
  const example = examples[id]
  const parameter = (place: 'path' | 'query', shown: Schema | undefined) => {
    return ([name, schema]: [string, Schema]) => ({
      ...{ name, in: place, ...(place === 'path' && { required: true }), schema },
      ...(shown?.[name] !== undefined && { example: shown[name] }),
    })
  }
  const who = roleNames.filter((role) => roles[role].rights.some((each) => each === right)).join(', ')
  const ok =
    typeof answer === 'string'
      ? { [answer]: { schema: { type: 'string' } } }
      : {
          'application/json': { schema: answer, ...(example && { example: example.answer }) },
          ...(follows === true && { 'text/event-stream': { schema: { type: 'string' } } }),
        }
  return {
    operationId: id,
    summary,
    description: `${description === undefined ? '' : `${description} `}For: ${who}.`,
    parameters: [
      ...Object.entries(params).map(parameter('path', example?.params)),
      ...Object.entries(query).map(parameter('query', example?.query)),
      ...(follows === true
        ? [{ name: 'Last-Event-ID', in: 'header', schema: { type: 'integer', minimum: 0 } }]
        : []),
    ],
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: body, ...(example?.body !== undefined && { example: example.body }) },
        },
      },
    }),
    responses: {
      200: { description: 'So it is.', content: ok },
      ...(later && {
        202: {
          description: 'It is ordered, and not done yet.',
          content: { 'application/json': { schema: later } },
        },
      }),
      ...Object.fromEntries(
        Object.entries(refusalsOf(operation)).map(([status, why]) => [
          status,
          {
            description: why,
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  }
}

const refusalsOf = ({ method, query, largestBody }: Operation): Readonly<Record<string, string>> => ({
  ...refusals,
  ...(method === 'POST' && {
    409: 'Nothing of it is in a state in which this can be done.',
    413: 'The body is larger than is taken here.',
  }),
  ...((query !== undefined || largestBody !== undefined) && {
    422: 'A number, a date, an office or a letter that cannot be read; every fault at once.',
  }),
})

const refusals: Readonly<Record<string, string>> = {
  400: 'What was asked cannot be read; every fault at once.',
  401: 'No grant is proved. Nothing was read.',
  403: 'The role does not have the right.',
  404: 'There is no such thing, or it is not for this grant.',
  503: 'The gateway cannot answer at present; later it may.',
}
