// The section `queue` of the settings: a Redis that the gateways of one installation share.
import { bad, good, type Problem, type Result } from '../../problem/problem.ts'
import type { Reference } from './section.ts'
import { isThisMachine, plainHost, readReference, readSection, wrongSetting } from './server.ts'

/** A queue on Redis. */
export interface QueueServer {
  readonly at: {
    readonly host: string
    readonly port: number
    readonly database: number
    readonly tls: boolean
    readonly user?: string
  }
  /** References, looked up when it is opened. */
  readonly secrets: { readonly password?: Reference; readonly authority?: Reference }
}

const form = 'rediss://[USER@]HOST[:PORT][/NUMBER], without a password'

/** Reads the section. Relative paths stand in `folder`. */
export function readQueueSection(value: unknown, folder: string): Result<QueueServer> {
  const problems: Problem[] = []
  const said = readSection(value, 'queue', ['url', 'password', 'authority'], problems)
  const at = addressOf(said['url'])
  // The address may hold a password by mistake: it is not shown.
  if (at === undefined) problems.push(wrongSetting('queue.url', undefined, form))
  else if (!at.tls && !isThisMachine(at.host))
    problems.push(
      wrongSetting('queue.url', undefined, `rediss:// (TLS) to ${at.host}: it is another machine`),
    )
  const password = readReference(said['password'], 'queue.password', folder, problems)
  const authority = readReference(said['authority'], 'queue.authority', folder, problems)
  const [first, ...rest] = problems
  if (first !== undefined) return bad(first, ...rest)
  return at === undefined
    ? bad(wrongSetting('queue.url', undefined, form))
    : good({ at, secrets: { ...(password && { password }), ...(authority && { authority }) } })
}

function addressOf(url: unknown): QueueServer['at'] | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined
  const { protocol, username, password, hostname, port, pathname, search, hash } = new URL(url)
  const database = pathname.replace(/^\//, '') || '0'
  const plain = password === '' && search === '' && hash === '' && /^\d{1,3}$/.test(database)
  if ((protocol !== 'redis:' && protocol !== 'rediss:') || !plain || hostname === '') return undefined
  return {
    host: plainHost(hostname),
    port: Number(port || 6379),
    database: Number(database),
    tls: protocol === 'rediss:',
    ...(username !== '' && { user: decodeURIComponent(username) }),
  }
}
