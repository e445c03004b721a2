// The section `api` of the settings: who may ask the API, in which role, for which offices.
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type OfficeId, officeById, officeId } from '../../letter/offices.ts'
import { type Problem, problem, type Result } from '../../problem/problem.ts'
import { definitionOfRole, type Grant, type Role, roleNames } from '../http/api/roles.ts'

/** A grant, and what proves that it is meant. */
export interface Granted extends Grant {
  /** SHA-256 of API keys, hexadecimal; two while a key is changed. */
  readonly sha256: readonly string[]
  /** A client certificate of the installation's authority. */
  readonly certificate?: X509Certificate
}

export interface ApiSettings {
  readonly grants: readonly Granted[]
}

const mostGrants = 1_000
const keys = ['name', 'role', 'offices', 'secret', 'sha256', 'certificate'] as const

/** Reads the section; its faults go to `problems`. `read` reads a YAML file, where the grants stand in one of their own. */
export function readApiSection(
  value: unknown,
  folder: string,
  problems: Problem[],
  read: (file: string) => Result<unknown>,
): ApiSettings {
  const wrong = (path: string, found: unknown, expected: string): void => {
    const shown = typeof found === 'string' ? found : found === undefined ? undefined : JSON.stringify(found)
    problems.push(problem('settings.wrong', path, shown?.slice(0, 200), { expected }))
  }
  const section = recordOf(value)
  if (section === undefined) {
    wrong('api', value, 'a map with grants, testing')
    return { grants: [] }
  }
  for (const key of Object.keys(section))
    if (key !== 'grants' && key !== 'testing') wrong(`api.${key}`, key, 'one of grants, testing')
  const testing = section['testing'] ?? false
  if (typeof testing !== 'boolean') wrong('api.testing', testing, 'true or false')
  const list = grantsOf(section['grants'], folder, problems, read)
  if (!Array.isArray(list) || list.length === 0 || list.length > mostGrants) {
    if (list !== unreadable)
      wrong('api.grants', undefined, `a list of 1 to ${mostGrants} grants, or the path of a file with one`)
    return { grants: [] }
  }
  const reader = new GrantReader(folder, testing === true, wrong, problems)
  return { grants: list.flatMap((each: unknown, index) => reader.read(each, `api.grants.${index + 1}`)) }
}

const unreadable = Symbol('unreadable')

function grantsOf(
  said: unknown,
  folder: string,
  problems: Problem[],
  read: (file: string) => Result<unknown>,
): unknown {
  if (typeof said !== 'string') return said
  const found = read(resolve(folder, said))
  if (found.ok) return found.value
  problems.push(...found.problems)
  return unreadable
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined

class GrantReader {
  readonly #folder: string
  readonly #testing: boolean
  readonly #wrong: (path: string, found: unknown, expected: string) => void
  readonly #problems: Problem[]
  /** Names, digests and fingerprints that were seen: each means one grant. */
  readonly #seen = new Set<string>()

  constructor(
    folder: string,
    testing: boolean,
    wrong: (path: string, found: unknown, expected: string) => void,
    problems: Problem[],
  ) {
    this.#folder = folder
    this.#testing = testing
    this.#wrong = wrong
    this.#problems = problems
  }

  read(value: unknown, path: string): readonly Granted[] {
    const before = this.#problems.length
    const said = recordOf(value)
    if (said === undefined) {
      this.#wrong(path, value, `a map with ${keys.join(', ')}`)
      return []
    }
    for (const key of Object.keys(said))
      if (!keys.some((known) => known === key))
        this.#wrong(`${path}.${key}`, key, `one of ${keys.join(', ')}`)
    const role = this.#role(said['role'], `${path}.role`)
    const grant = {
      name: this.#name(said['name'], `${path}.name`),
      role: role ?? 'system',
      offices: this.#offices(said['offices'], role, `${path}.offices`),
      secret: this.#secret(said['secret'], role, `${path}.secret`),
      sha256: this.#digests(said['sha256'], `${path}.sha256`),
    }
    const certificate = this.#certificate(said['certificate'], `${path}.certificate`)
    if (said['sha256'] === undefined && said['certificate'] === undefined)
      this.#wrong(path, undefined, 'sha256 or certificate: what proves who asks')
    return this.#problems.length === before ? [{ ...grant, ...(certificate && { certificate }) }] : []
  }

  #once(kind: string, value: string, path: string): void {
    const key = `${kind} ${value}`
    if (this.#seen.has(key)) this.#wrong(path, value, `a ${kind} of its own: it stands in another grant too`)
    this.#seen.add(key)
  }

  #name(value: unknown, path: string): string {
    const sound = typeof value === 'string' && /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} ._@-]{0,59}$/u.test(value)
    if (!sound) this.#wrong(path, value, 'a name: letters, digits, spaces, . _ @ -, at most 60')
    else this.#once('name', value, path)
    return String(value)
  }

  #role(value: unknown, path: string): Role | undefined {
    const role = roleNames.find((known) => known === value)
    if (role === undefined) this.#wrong(path, value, roleNames.join(', '))
    else if (definitionOfRole(role).testing === true && !this.#testing)
      this.#wrong(path, value, 'a role for production; testing: true allows tester where no true letters are')
    return role
  }

  #offices(value: unknown, role: Role | undefined, path: string): 'all' | readonly OfficeId[] {
    const one = role !== undefined && definitionOfRole(role).offices === 'one'
    if (value === 'all' && !one) return 'all'
    const ids = (Array.isArray(value) ? (value as unknown[]) : []).map((each) => officeId(String(each)))
    const known = ids.flatMap((id) => (id.ok && officeById(id.value) !== undefined ? [id.value] : []))
    const sound = known.length === ids.length && new Set(known).size === known.length
    if (!sound || known.length === 0 || (one && known.length > 1))
      this.#wrong(
        path,
        value,
        one ? `a list of one office id: ${role} speaks for one` : 'all, or a list of office ids',
      )
    return known
  }

  #secret(value: unknown, role: Role | undefined, path: string): boolean {
    if (value === undefined || value === false) return false
    if (value !== true) this.#wrong(path, value, 'true or false')
    else if (role !== undefined && definitionOfRole(role).secret === 'states')
      this.#wrong(path, value, `false: ${role} never reads secret letters`)
    return value === true
  }

  #digests(value: unknown, path: string): readonly string[] {
    if (value === undefined) return []
    const digests = Array.isArray(value) ? (value as unknown[]) : [value]
    const sound = digests.flatMap((each) =>
      typeof each === 'string' && /^[0-9a-f]{64}$/.test(each) ? [each] : [],
    )
    // What stands there may be a key itself: it is not shown.
    if (sound.length !== digests.length || sound.length === 0 || sound.length > 4)
      this.#wrong(path, undefined, 'the SHA-256 of 1 to 4 keys, 64 lower-case hexadecimal digits each')
    for (const digest of sound) this.#once('key', digest, path)
    return sound
  }

  #certificate(value: unknown, path: string): X509Certificate | undefined {
    if (value === undefined) return undefined
    if (typeof value !== 'string' || value === '') {
      this.#wrong(path, value, 'the path of a PEM file')
      return undefined
    }
    try {
      const certificate = new X509Certificate(readFileSync(resolve(this.#folder, value)))
      this.#once('certificate', certificate.fingerprint256, path)
      return certificate
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#problems.push(problem('trust.certificate.unreadable', path, value, { reason }))
      return undefined
    }
  }
}
