// Mounts the adapters' doors. Several systems may share a path: the one whose access is proved is the one that speaks.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Door, DoorAnswer } from '../../adapters/contract.ts'
import type { Clock } from '../../letter/time.ts'
import { problem } from '../../problem/problem.ts'
import type { Doorkeeper } from './access.ts'
import { answerOf } from './answers.ts'
import { linger } from './linger.ts'

/** A door, and the office that its system speaks for. */
export interface OfficeDoor {
  readonly office: string
  readonly door: Door
}

/** A Fastify plugin with one route for each method and path of the doors. */
export function doorsPlugin(doors: readonly OfficeDoor[], keeper: Doorkeeper, clock: Clock) {
  return async (server: FastifyInstance): Promise<void> => {
    // Bodies are streams: each door bounds and reads its own.
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    for (const [key, shared] of groupByRoute(doors)) {
      const [method = 'POST', path = '/'] = key.split(' ')
      const handler = (request: FastifyRequest, reply: FastifyReply) =>
        enter(shared, path, request, reply, keeper, clock)
      server.route({ method, url: path, handler })
      // Only what waits has names of its own below the door.
      if (method !== 'POST') server.route({ method, url: `${path}/*`, handler })
    }
  }
}

function groupByRoute(doors: readonly OfficeDoor[]): ReadonlyMap<string, OfficeDoor[]> {
  const routes = new Map<string, OfficeDoor[]>()
  for (const each of doors) {
    const key = `${each.door.method} ${each.door.path}`
    const shared = routes.get(key)
    if (shared === undefined) routes.set(key, [each])
    else shared.push(each)
  }
  return routes
}

async function enter(
  shared: readonly OfficeDoor[],
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
  keeper: Doorkeeper,
  clock: Clock,
): Promise<FastifyReply> {
  reply.raw.once('finish', () => linger(request.raw, clock))
  // The router decodes what is percent-encoded; a door's own path has one spelling, so that the rest is what follows it.
  if (!request.url.startsWith(path))
    return tell(reply, answerOf([problem('access.not-found', 'request', request.url.slice(0, 200))]))
  const opened = await findDoor(shared, request, keeper)
  if (opened === undefined) {
    reply.header('www-authenticate', challenges(shared))
    return tell(reply, answerOf([problem('access.denied', 'request')]))
  }
  const answer = await opened.enter({
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    rest: request.url.slice(path.length),
    body: request.raw,
  })
  return tell(reply, answer)
}

function tell(reply: FastifyReply, { status, headers, body }: DoorAnswer): FastifyReply {
  for (const [name, value] of Object.entries(headers ?? {})) reply.header(name, value)
  return reply.code(status).send(body)
}

/** A 401 names the ways in (RFC 9110, section 11.6.1). A certificate has no scheme of its own. */
function challenges(shared: readonly OfficeDoor[]): string {
  const kinds = new Set(shared.map(({ door }) => door.access.kind))
  const named = [
    ...(kinds.has('api-key') ? ['Bearer realm="saraban"'] : []),
    ...(kinds.has('basic') ? ['Basic realm="saraban", charset="UTF-8"'] : []),
  ]
  return named.length === 0 ? 'Certificate realm="saraban"' : named.join(', ')
}

async function findDoor(
  shared: readonly OfficeDoor[],
  request: FastifyRequest,
  keeper: Doorkeeper,
): Promise<Door | undefined> {
  for (const { office, door } of shared) {
    if (await keeper.admits(request.raw, door.access, office)) return door
  }
  return undefined
}
