// The adapters' doors. Several systems may share a path: the one whose access is proved is the one that speaks. They change
// while the server runs, and no connection is dropped for that: whoever comes to a door that is being changed waits for it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Door, DoorAnswer } from '../../adapters/contract.ts'
import type { Clock } from '../../letter/time.ts'
import { problem } from '../../problem/problem.ts'
import type { Doorkeeper } from './access.ts'
import { answerOf } from './answers.ts'

/** A door, and the office that its system speaks for. */
export interface OfficeDoor {
  readonly office: string
  readonly door: Door
}

/** The doors that share a method and a path. */
interface Entrance {
  readonly path: string
  readonly doors: readonly OfficeDoor[]
}

/** The doors of a gateway, as they are at present. */
export class Doors {
  #entrances: ReadonlyMap<string, Entrance>
  /** Offices whose doors are being changed, and when that is over. */
  #changing: { readonly offices: ReadonlySet<string>; readonly over: Promise<void> } | undefined
  readonly #underWay = new Map<string, Set<Promise<unknown>>>()

  constructor(doors: readonly OfficeDoor[]) {
    this.#entrances = entrancesOf(doors)
  }

  /** From now on whoever comes for one of these offices waits. Returns what ends that, with all doors as they are then. */
  change(offices: ReadonlySet<string>): (doors: readonly OfficeDoor[]) => void {
    let end: () => void = () => undefined
    const over = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#changing = { offices, over }
    return (doors) => {
      this.#entrances = entrancesOf(doors)
      this.#changing = undefined
      end()
    }
  }

  /** Resolves when nobody is in a door of the office any more. */
  async left(office: string): Promise<void> {
    await Promise.allSettled(this.#underWay.get(office) ?? [])
  }

  /** What stands at a URL: below their own path doors have names, but those that take (POST) have not. */
  at(method: string, url: string): Entrance | undefined {
    const [path = ''] = url.split('?', 1)
    const known = method === 'HEAD' ? 'GET' : method
    for (let place = path; place !== ''; place = place.slice(0, place.lastIndexOf('/'))) {
      const found = this.#entrances.get(`${known} ${place}`)
      if (found !== undefined) return found
      if (known === 'POST') return undefined
    }
    return undefined
  }

  /** While the doors of this office are being changed: when that is over. */
  changing(office: string): Promise<void> | undefined {
    return this.#changing?.offices.has(office) === true ? this.#changing.over : undefined
  }

  /** Lets a request in, and knows of it until it is answered. */
  async enter({ office, door }: OfficeDoor, request: Parameters<Door['enter']>[0]): Promise<DoorAnswer> {
    const inside = this.#underWay.get(office) ?? new Set()
    this.#underWay.set(office, inside)
    const entering = door.enter(request)
    inside.add(entering)
    try {
      return await entering
    } finally {
      inside.delete(entering)
    }
  }
}

function entrancesOf(doors: readonly OfficeDoor[]): ReadonlyMap<string, Entrance> {
  const entrances = new Map<string, { path: string; doors: OfficeDoor[] }>()
  for (const each of doors) {
    const { method, path } = each.door
    const shared = entrances.get(`${method} ${path}`)
    if (shared === undefined) entrances.set(`${method} ${path}`, { path, doors: [each] })
    else shared.doors.push(each)
  }
  return entrances
}

/** Of one door so often at most is told that it let somebody not in, in milliseconds. */
const quietAbout = 60_000

/** Told that a door did not let somebody in; `more`: as often again since it was told last. */
export type Denied = (path: string, more: number) => void

/** Whoever knocks in vain again and again fills no log. */
function seldom(denied: Denied, clock: Clock): (path: string) => void {
  const told = new Map<string, { at: number; more: number }>()
  return (path) => {
    const last = told.get(path)
    const now = clock.elapsed()
    if (last !== undefined && now - last.at < quietAbout) {
      last.more += 1
      return
    }
    told.set(path, { at: now, more: 0 })
    denied(path, last?.more ?? 0)
  }
}

/** A Fastify plugin with one route for all doors, whatever they are at the time. */
export function doorsPlugin(doors: Doors, keeper: Doorkeeper, clock: Clock, told: Denied) {
  const denied = seldom(told, clock)
  return async (server: FastifyInstance): Promise<void> => {
    // Bodies are streams: each door bounds and reads its own.
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    server.route({
      method: ['GET', 'POST', 'DELETE'],
      url: '/*',
      handler: (request, reply) => enter(doors, request, reply, keeper, denied),
    })
  }
}

async function enter(
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
  keeper: Doorkeeper,
  denied: (path: string) => void,
): Promise<FastifyReply> {
  for (;;) {
    const entrance = doors.at(request.method, request.url)
    if (entrance === undefined)
      return tell(reply, answerOf([problem('access.not-found', 'request', request.url.slice(0, 200))]))
    const opened = await findDoor(entrance.doors, request, keeper)
    if (opened === undefined) {
      denied(entrance.path)
      reply.header('www-authenticate', challenges(entrance.doors))
      return tell(reply, answerOf([problem('access.denied', 'request')]))
    }
    const changing = doors.changing(opened.office)
    if (changing === undefined) {
      const answer = await doors.enter(opened, {
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        rest: request.url.slice(entrance.path.length),
        body: request.raw,
      })
      return tell(reply, answer)
    }
    await changing
  }
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
): Promise<OfficeDoor | undefined> {
  for (const each of shared) {
    if (await keeper.admits(request.raw, each.door.access, each.office)) return each
  }
  return undefined
}
