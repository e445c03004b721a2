// Mounts the adapters' doors. Several systems may share a path: the one whose access is proved is the one that speaks.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Door } from '../../adapters/contract.ts'
import { problem } from '../../problem/problem.ts'
import type { Doorkeeper } from './access.ts'
import { answerOf, problemType } from './answers.ts'

/** A door, and the office that its system speaks for. */
export interface OfficeDoor {
  readonly office: string
  readonly door: Door
}

/** A Fastify plugin with one route for each method and path of the doors. */
export function doorsPlugin(doors: readonly OfficeDoor[], keeper: Doorkeeper) {
  return async (server: FastifyInstance): Promise<void> => {
    // Bodies are streams: each door bounds and reads its own.
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    for (const [key, shared] of groupByRoute(doors)) {
      const [method = 'POST', path = '/'] = key.split(' ')
      const handler = (request: FastifyRequest, reply: FastifyReply) =>
        enter(shared, path, request, reply, keeper)
      server.route({ method, url: path, handler })
      server.route({ method, url: `${path}/*`, handler })
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
): Promise<FastifyReply> {
  const opened = await findDoor(shared, request, keeper)
  if (opened === undefined) {
    const { status, body } = answerOf([problem('access.denied', 'request')])
    if (shared.some(({ door }) => door.access.kind === 'basic'))
      reply.header('www-authenticate', 'Basic realm="saraban"')
    return reply.code(status).type(problemType).send(body)
  }
  const answer = await opened.enter({
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    rest: request.url.slice(path.length),
    body: request.raw,
  })
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value)
  // What the door did not read is not read: the connection ends instead.
  if (!request.raw.readableEnded && request.method === 'POST') reply.header('connection', 'close')
  return reply.code(answer.status).send(answer.body)
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
