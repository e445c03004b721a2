// The settings of one installation: one YAML file, every fault named at once.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { type OrganisationIds, readOrganisations } from '../../letter/organisations.ts'
import { bad, good, type Problem, problem, type Result, within } from '../../problem/problem.ts'
import { type AlarmSettings, readAlarmSettings } from './alarms.ts'
import { type ApiSettings, readApiSection } from './api.ts'
import { type AttachmentsPlace, readAttachmentsSection } from './attachments.ts'
import { type QueueServer, readQueueSection } from './queue.ts'
import { type RetentionSettings, readRetentionSettings } from './retention.ts'
import type { Reference } from './section.ts'
import { isThisMachine, plainHost, readReference, readSection, wrongSetting } from './server.ts'

export interface Listen {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

export interface Settings {
  /** The folder of the attachments, and of the journal unless it is elsewhere. Absolute, like every path here. */
  readonly data: string
  /** The journal on a server, where the settings name one. */
  readonly journal?: JournalServer
  /** The queue that the gateways of the installation share, where the settings name one. */
  readonly queue?: QueueServer
  /** Where the attachments are, when it is not the data folder. */
  readonly attachments?: AttachmentsPlace
  /** The trust folder (design §5.1), with the `keys` of the offices for which this gateway seals. */
  readonly trust: string
  /** The folder of the profiles: every `*.yaml` in it is one system. */
  readonly profiles: string
  /** The organisation ids of offices, where the file of them is named. */
  readonly organisations?: OrganisationIds
  readonly listen: {
    /** For systems on the province's own network, or behind a proxy that ends TLS. */
    readonly http?: Listen
    /** Mutual TLS, for the ministry's inbox. */
    readonly https?: Listen & { readonly certificate: string; readonly key: string }
  }
  /** At what alarms are raised and who is told, where the settings say so. */
  readonly alarms?: AlarmSettings
  /** What is kept how long, where the settings say so. */
  readonly retention?: RetentionSettings
  /** Who may ask the operators' API; absent: there is none. */
  readonly api?: ApiSettings
  readonly log: 'silent' | 'error' | 'warn' | 'info' | 'debug'
}

/** A journal on PostgreSQL. */
export interface JournalServer {
  readonly at: {
    readonly host: string
    readonly port: number
    readonly database: string
    readonly user: string
  }
  /** References, looked up when it is opened. */
  readonly secrets: { readonly password?: Reference; readonly authority?: Reference }
}

const levels = ['silent', 'error', 'warn', 'info', 'debug'] as const
const largestFile = 64 * 1024

/** Reads a settings file: at most 64 KiB of YAML, without aliases. Relative paths stand in the file's own folder. */
export function readSettings(file: string): Result<Settings> {
  const value = readYaml(file)
  return value.ok ? checkSettings(value.value, dirname(resolve(file))) : value
}

/** A file of at most 64 KiB of YAML, without aliases and tags. */
function readYaml(file: string): Result<unknown> {
  let text: string
  try {
    const { size } = statSync(file)
    if (size > largestFile) throw new Error(`it has ${size} bytes; at most ${largestFile} are read`)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return bad(unreadable(file, error))
  }
  const document = parseDocument(text, { uniqueKeys: true })
  const [fault, ...more] = [...document.errors, ...document.warnings]
  if (fault !== undefined) return bad(unreadable(file, fault), ...more.map((each) => unreadable(file, each)))
  try {
    // No alias at all: a few lines of them can stand for gigabytes (attacks X11).
    return good(document.toJS({ maxAliasCount: 0 }))
  } catch (error) {
    return bad(unreadable(file, error))
  }
}

const unreadable = (file: string, error: unknown): Problem =>
  problem('settings.unreadable', file, undefined, { reason: reasonOf(error).split('\n')[0] ?? '' })

/** Checks settings as data. Relative paths stand in `folder`. */
export function checkSettings(value: unknown, folder: string): Result<Settings> {
  const checker = new Checker(folder)
  const root = checker.record(value, '', [
    'data',
    'journal',
    'queue',
    'attachments',
    'trust',
    'profiles',
    'organisations',
    'listen',
    'alarms',
    'retention',
    'api',
    'log',
  ])
  const organisations =
    root['organisations'] === undefined ? undefined : checker.organisations(root['organisations'])
  const listen = checker.record(root['listen'], 'listen', ['http', 'https'])
  const http = listen['http'] === undefined ? undefined : checker.plain(listen['http'])
  const tls = listen['https']
  const https = tls === undefined ? undefined : checker.tls(tls)
  if (http === undefined && https === undefined) checker.wrong('listen', undefined, 'http, https or both')
  const journal = root['journal'] === undefined ? undefined : checker.journal(root['journal'])
  const alarms = checker.section(root['alarms'], readAlarmSettings)
  const api =
    root['api'] === undefined ? undefined : readApiSection(root['api'], folder, checker.problems, readYaml)
  const queue = checker.section(root['queue'], readQueueSection)
  const attachments = checker.section(root['attachments'], readAttachmentsSection)
  const retention = checker.section(root['retention'], readRetentionSettings)
  const settings: Settings = {
    data: checker.path(root['data'], 'data', 'new'),
    ...(journal && { journal }),
    ...(queue && { queue }),
    ...(attachments && { attachments }),
    trust: checker.path(root['trust'], 'trust', 'there'),
    profiles: checker.path(root['profiles'], 'profiles', 'there'),
    ...(organisations && { organisations }),
    listen: { ...(http && { http }), ...(https && { https }) },
    ...(alarms && { alarms }),
    ...(retention && { retention }),
    ...(api && { api }),
    log: checker.level(root['log'] ?? 'info'),
  }
  const [first, ...rest] = checker.problems
  return first === undefined ? good(settings) : bad(first, ...rest)
}

class Checker {
  readonly problems: Problem[] = []
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  wrong(path: string, found: unknown, expected: string): void {
    this.problems.push(wrongSetting(path, found, expected))
  }

  record(value: unknown, path: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
    return readSection(value, path, keys, this.problems)
  }

  path(value: unknown, path: string, kind: 'new' | 'there'): string {
    if (typeof value !== 'string' || value === '') {
      this.wrong(path, value, 'a path')
      return ''
    }
    const absolute = resolve(this.#folder, value)
    if (kind === 'there' && !existsSync(absolute)) this.wrong(path, absolute, 'a path that is there')
    return absolute
  }

  /** A section that is read in a file of its own; undefined where it is not said or has a fault. */
  section<Value>(value: unknown, read: (value: unknown, folder: string) => Result<Value>): Value | undefined {
    const section = value === undefined ? undefined : read(value, this.#folder)
    if (section?.ok === false) this.problems.push(...section.problems)
    return section?.ok === true ? section.value : undefined
  }

  listen(said: Readonly<Record<string, unknown>>, path: string): Listen {
    const { host, port } = said
    // An empty name would listen at every address of the machine.
    if (typeof host !== 'string' || host === '')
      this.wrong(`${path}.host`, host, 'an address, such as 127.0.0.1')
    if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65535) {
      this.wrong(`${path}.port`, port, 'a port, 0 to 65535')
    }
    return { host: String(host), port: Number(port) }
  }

  plain(value: unknown): Listen {
    return this.listen(this.record(value, 'listen.http', ['host', 'port']), 'listen.http')
  }

  tls(value: unknown): Listen & { certificate: string; key: string } {
    const said = this.record(value, 'listen.https', ['host', 'port', 'certificate', 'key'])
    return {
      ...this.listen(said, 'listen.https'),
      certificate: this.path(said['certificate'], 'listen.https.certificate', 'there'),
      key: this.path(said['key'], 'listen.https.key', 'there'),
    }
  }

  journal(value: unknown): JournalServer | undefined {
    const said = this.record(value, 'journal', ['url', 'password', 'authority'])
    const at = journalAt(said['url'])
    // The address may hold a password by mistake: it is not shown.
    if (at === undefined) {
      this.wrong('journal.url', undefined, 'postgresql://USER@HOST[:PORT]/DATABASE, without a password')
      return undefined
    }
    const password = this.reference(said['password'], 'journal.password')
    const authority = this.reference(said['authority'], 'journal.authority')
    if (authority === undefined && !isThisMachine(at.host))
      this.wrong('journal.authority', undefined, `the authority of ${at.host}’s certificate: { file: PATH }`)
    return { at, secrets: { ...(password && { password }), ...(authority && { authority }) } }
  }

  reference(value: unknown, path: string): Reference | undefined {
    return readReference(value, path, this.#folder, this.problems)
  }

  organisations(value: unknown): OrganisationIds | undefined {
    const file = this.path(value, 'organisations', 'there')
    if (file === '' || !existsSync(file)) return undefined
    const raw = readYaml(file)
    const table = raw.ok ? readOrganisations(raw.value) : raw
    if (table.ok) return table.value
    this.problems.push(...table.problems.map((found) => within('organisations', found)))
    return undefined
  }

  level(value: unknown): Settings['log'] {
    const level = levels.find((known) => known === value)
    if (level === undefined) this.wrong('log', value, levels.join(', '))
    return level ?? 'info'
  }
}

function journalAt(url: unknown): JournalServer['at'] | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined
  const { protocol, username, password, hostname, port, pathname, search, hash } = new URL(url)
  const database = decodeURIComponent(pathname.slice(1))
  const plain = password === '' && search === '' && hash === '' && !database.includes('/')
  if (protocol !== 'postgresql:' || !plain || username === '' || hostname === '' || database === '')
    return undefined
  return {
    host: plainHost(hostname),
    port: Number(port || 5432),
    database,
    user: decodeURIComponent(username),
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
