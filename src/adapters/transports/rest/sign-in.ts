// What proves us to a server: a fixed key, or a token that is asked for with a user and a password and used until it is
// refused or its stated life is over.
import type { Clock } from '../../../letter/time.ts'
import { addressIn } from './addresses.ts'
import type { Ask, Trouble, Whole } from './exchange.ts'
import { nodeAt, readJsonText, textAt } from './json-text.ts'

/** Exactly one of these; references are resolved. */
export interface SignInOptions {
  readonly token?: string
  readonly basic?: { readonly user: string; readonly password: string }
  readonly header?: { readonly name: string; readonly value: string }
  readonly request?: RequestOptions
}

interface RequestOptions {
  readonly path: string
  readonly as: 'json' | 'form'
  readonly user: string
  readonly password: string
  readonly names: { readonly user: string; readonly password: string }
  /** Fixed fields, `grant_type: password`. */
  readonly with: Readonly<Record<string, string>>
  /** Where the token stands in the answer. */
  readonly token: string
  /** Where its life stands, in seconds. */
  readonly lifetime?: string
  readonly header: string
  readonly prefix: string
}

export interface Proof {
  readonly kind: 'proof'
  readonly headers: Readonly<Record<string, string>>
}

export interface SignIn {
  /** What a request must show. A token is asked for when there is none that still lives: once, however many wait for it. */
  proof(send: (ask: Ask) => Promise<Whole | Trouble>): Promise<Proof | Trouble>
  /** The server did not believe this proof. True when a new one may be had. */
  renew(refused: Proof): boolean
}

/** A refused password is not shown again before this: many servers lock an account after some wrong ones. */
const patience = 5 * 60_000

export function signInOf(options: SignInOptions | undefined, base: URL, clock: Clock): SignIn {
  const { token, basic, header, request } = options ?? {}
  if (request !== undefined) return byRequest(request, base, clock)
  const headers: Record<string, string> = {}
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  if (basic !== undefined)
    headers['authorization'] =
      `Basic ${Buffer.from(`${basic.user}:${basic.password}`, 'utf8').toString('base64')}`
  if (header !== undefined) headers[header.name.toLowerCase()] = header.value
  const proof: Proof = { kind: 'proof', headers }
  return { proof: async () => proof, renew: () => false }
}

function byRequest(options: RequestOptions, base: URL, clock: Clock): SignIn {
  let held: { readonly proof: Proof; readonly until: number } | undefined
  let asking: Promise<Proof | Trouble> | undefined
  let closedUntil = Number.NEGATIVE_INFINITY

  async function ask(send: (ask: Ask) => Promise<Whole | Trouble>): Promise<Proof | Trouble> {
    const answer = await send({ method: 'POST', url: addressIn(base, options.path), body: bodyOf(options) })
    if (answer.kind === 'trouble') return { ...answer, said: `sign-in: ${answer.said}`, sent: false }
    const { status, bytes } = answer
    const text = status >= 200 && status < 300 && bytes !== undefined ? readJsonText(bytes) : undefined
    const token = text && textAt(text, nodeAt(text.root, options.token))
    // A server that answers a wrong password with 200 and no token says the same.
    if (token === undefined || !/^[\x21-\x7e]{1,8192}$/.test(token)) {
      const wrong = status < 500 && status !== 408 && status !== 429
      if (wrong) closedUntil = clock.elapsed() + patience
      return {
        kind: 'trouble',
        said: `sign-in: HTTP ${status}${token === undefined ? ', no token' : ', a token of other characters'}`,
        sent: false,
        ...(wrong && { closed: true, retryAfter: patience }),
      }
    }
    const life = Number(options.lifetime && text && textAt(text, nodeAt(text.root, options.lifetime)))
    const proof: Proof = { kind: 'proof', headers: { [options.header]: `${options.prefix}${token}` } }
    // A tenth less than the server says: what is under way must still be believed when it arrives.
    const until = life > 0 ? clock.elapsed() + life * 900 : Number.POSITIVE_INFINITY
    held = { proof, until }
    return proof
  }

  return {
    proof: async (send) => {
      if (held !== undefined && clock.elapsed() < held.until) return held.proof
      const left = closedUntil - clock.elapsed()
      if (left > 0)
        return { kind: 'trouble', said: 'sign-in was refused', sent: false, closed: true, retryAfter: left }
      asking ??= ask(send).finally(() => {
        asking = undefined
      })
      return asking
    },
    renew: (refused) => {
      // Another request may have a newer one by now.
      if (held?.proof === refused) held = undefined
      return true
    },
  }
}

function bodyOf({ as, user, password, names, with: fixed }: RequestOptions): NonNullable<Ask['body']> {
  const fields = { ...fixed, [names.user]: user, [names.password]: password }
  const json = as === 'json'
  const bytes = Buffer.from(json ? JSON.stringify(fields) : new URLSearchParams(fields).toString(), 'utf8')
  return {
    type: json ? 'application/json' : 'application/x-www-form-urlencoded',
    length: bytes.length,
    bytes: async function* () {
      yield bytes
    },
  }
}
