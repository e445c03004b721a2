// The operators' API as a Fastify plugin: a route for each operation, exact ones before the doors' route for everything.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { Options } from 'ajv'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../../letter/time.ts'
import { type Problem, problem } from '../../../problem/problem.ts'
import { answerOf } from '../answers.ts'
import type { Grants } from './access.ts'
import { type Answered, type Call, contentDigest, type Operation, type Schema } from './operation.ts'
import { type Grant, may } from './roles.ts'

/** A body is a few words. */
const largestBody = 16 * 1024
/** Milliseconds until a body has arrived whole: as long as at a door. */
const within = 10 * 60_000
/** Faults of one request that are told. */
const mostFaults = 20

const checks: Options = { allErrors: true, strict: false, ownProperties: true }

/** Every operation as a route. `grants`: who may ask; nobody else learns more than that. */
export function apiPlugin(grants: Grants, resources: readonly (readonly Operation[])[], clock: Clock) {
  const description = readFileSync(new URL('../../../../schemas/api.openapi.json', import.meta.url))
  return async (server: FastifyInstance): Promise<void> => {
    useChecks(server)
    const going = new Going(clock)
    server.addHook('preClose', async () => going.end())
    server.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
    })
    server.get('/v1/openapi.json', async (_request, reply) =>
      reply.type('application/openapi+json; charset=utf-8').send(description),
    )
    for (const operations of resources)
      await server.register(async (plugin) => {
        for (const operation of operations) addRoute(plugin, grants, operation, going, clock)
      })
  }
}

/** What a request says is checked by the operation's schemas, before anything is looked up. */
function useChecks(server: FastifyInstance): void {
  const ofText = new Ajv2020({ ...checks, coerceTypes: true })
  const ofBody = new Ajv2020(checks)
  server.setValidatorCompiler<Schema>(({ schema, httpPart }) =>
    (httpPart === 'body' ? ofBody : ofText).compile(schema),
  )
  server.setErrorHandler((error: FastifyError & { validation?: ErrorObject[] }, request, reply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      const limit = request.routeOptions.bodyLimit ?? largestBody
      // Else the connection is cut at once, and who still writes may see that instead of the answer.
      reply.removeHeader('connection')
      return tell(reply, [problem('api.request.too-large', 'body', undefined, { limit })])
    }
    const [first, ...rest] = (error.validation ?? [])
      .slice(0, mostFaults)
      .map((fault) => faultOf(fault, error.validationContext))
    // Anything else is told by the server, as for every route.
    if (first === undefined) throw error
    return tell(reply, [first, ...rest])
  })
}

const parts: Readonly<Record<string, string>> = { querystring: 'query', params: 'path', body: 'body' }

function faultOf({ instancePath, message = '', params }: ErrorObject, context = ''): Problem {
  const { additionalProperty, missingProperty, allowedValues } = params as Record<string, unknown>
  const name = additionalProperty ?? missingProperty
  const path = [
    parts[context] ?? context,
    ...instancePath.split('/').slice(1),
    ...(name === undefined ? [] : [String(name)]),
  ]
  const values = Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : ''
  return problem('api.request.wrong', path.join('.').slice(0, 200), undefined, {
    expected: `${message}${values}`,
  })
}

/** What lasts longer than a look: it ends with the gateway. */
class Going {
  readonly #clock: Clock
  readonly #waiting = new Set<() => void>()
  readonly #streams = new Set<Readable>()
  ended = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Who waits goes on and finds the end; who does not take what is sent is cut off after a while. */
  end(): void {
    this.ended = true
    for (const wake of this.#waiting) wake()
    this.#clock.schedule(this.#clock.now() + patience, () => {
      for (const stream of this.#streams) stream.destroy()
    })
  }

  pause(milliseconds: number): Promise<void> {
    if (this.ended) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel()
        this.#waiting.delete(wake)
        resolve()
      }
      const cancel = this.#clock.schedule(this.#clock.now() + milliseconds, wake)
      this.#waiting.add(wake)
    })
  }

  keep(stream: Readable): Readable {
    this.#streams.add(stream)
    return stream.once('close', () => this.#streams.delete(stream))
  }
}

/** Milliseconds that a stream has to come to its end when the gateway stops. */
const patience = 5_000

function addRoute(
  server: FastifyInstance,
  grants: Grants,
  operation: Operation,
  going: Going,
  clock: Clock,
): void {
  const known = new WeakMap<FastifyRequest, Grant>()
  const { params, query, body } = operation
  server.route({
    method: operation.method,
    url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    // Else the whole is worked out for an answer without a body; a follower of events would keep its place for good.
    exposeHeadRoute: false,
    bodyLimit: operation.largestBody ?? largestBody,
    schema: {
      querystring: closed(query ?? {}),
      ...(params && { params: closed(params) }),
      ...(body && { body }),
    },
    // Before a byte of the body is read.
    onRequest: async (request, reply) => {
      const grant = grants.of(request.raw)
      if (grant === undefined) {
        reply.header('www-authenticate', 'Bearer realm="saraban"')
        return tell(reply, [problem('api.access.denied', 'request')])
      }
      const { role } = grant
      if (!may(grant, operation.right))
        return tell(reply, [
          problem('api.role.lacks', 'request', undefined, { role, right: operation.right }),
        ])
      known.set(request, grant)
      cutOff(request.raw, clock)
    },
    handler: async (request, reply) => {
      const grant = known.get(request)
      if (grant === undefined) throw new Error('a request came in without a grant')
      const lastEventId = request.headers['last-event-id']
      const call: Call = {
        grant,
        params: request.params as Call['params'],
        query: request.query as Call['query'],
        body: (request.body ?? {}) as Call['body'],
        follows: operation.follows === true && acceptsEvents(request.headers.accept),
        ...(typeof lastEventId === 'string' && { lastEventId }),
        // A grant that was taken away ends what it began.
        here: () => !going.ended && !request.raw.socket.destroyed && isSame(grants.of(request.raw), grant),
        pause: (milliseconds) => going.pause(milliseconds),
      }
      return give(reply, await operation.handle(call), going)
    },
  })
}

/** Ends the connection of a body that comes too slowly. */
function cutOff(request: IncomingMessage, clock: Clock): void {
  const cancel = clock.schedule(clock.now() + within, () => {
    if (!request.complete) request.destroy()
  })
  request.once('close', cancel)
}

/** Exactly these parameters. */
const closed = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
})

const isSame = (now: Grant | undefined, { name, role, offices, secret }: Grant): boolean =>
  now?.name === name &&
  now.role === role &&
  now.secret === secret &&
  JSON.stringify(now.offices) === JSON.stringify(offices)

const acceptsEvents = (accept = ''): boolean =>
  accept.split(',').some((each) => each.split(';', 1)[0]?.trim().toLowerCase() === 'text/event-stream')

function give(reply: FastifyReply, answered: Answered, going: Going): FastifyReply {
  switch (answered.kind) {
    case 'json':
      return reply.code(answered.status).send(answered.body)
    case 'bytes':
      return reply
        .type(answered.type)
        .header('content-digest', contentDigest(createHash('sha256').update(answered.bytes).digest()))
        .send(answered.bytes)
    case 'stream': {
      // Its head went out before the stop: the connection would be kept for another request.
      const { socket } = reply.request.raw
      reply.raw.once('finish', () => {
        if (going.ended) socket.end()
      })
      return reply.type(answered.type).headers(answered.headers).send(going.keep(answered.stream))
    }
    case 'problems':
      return tell(reply, answered.problems)
    default:
      return answered satisfies never
  }
}

function tell(reply: FastifyReply, problems: readonly [Problem, ...Problem[]]): FastifyReply {
  const { status, headers, body } = answerOf(problems)
  return reply.code(status).headers(headers).send(body)
}
