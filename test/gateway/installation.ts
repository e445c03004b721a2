// A whole installation in a folder of its own: trust, profiles, data, settings; and a gateway started from it.
import { createHash, scryptSync, X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { Agent, request } from 'undici'
import { makeCertificates } from '../../src/cli/certificates.ts'
import { type Gateway, type GatewayParts, startGateway } from '../../src/gateway/gateway.ts'
import { createLog, type Log } from '../../src/gateway/log.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import { keyFromPem } from '../../src/gateway/trust/authority.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { storeSettings } from './store-settings.ts'

/** An API key as a system holds it; a profile holds its hash only. */
export const keyOf = (office: string): string => `key-of-${office}`
export const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')
/** The hash of a password as a profile holds it: `<salt hex>:<hash hex>`. */
export const scryptOf = (password: string): string =>
  `${'5a'.repeat(16)}:${scryptSync(password, Buffer.from('5a'.repeat(16), 'hex'), 32).toString('hex')}`

export const apiKey = (...keys: readonly string[]) => ({ kind: 'api-key', sha256: keys.map(sha256) })
export const certificate = { kind: 'certificate' }

/** The profile of a JSON system that polls for what comes to it. */
export function jsonProfile(
  office: string,
  options: { access?: object; id?: string; letters?: string; limit?: string; within?: string } = {},
): object {
  const { access = apiKey(keyOf(office)), id = `json-${office}`, limit = '4MiB', within = '10m' } = options
  const door = (path: string) => ({ kind: 'http-in', path, access })
  const { letters = `/v1/systems/${office}/letters` } = options
  const waiting = door(`/v1/systems/${office}/waiting`)
  return {
    ...{ id, office, title: 'a JSON system', origin: 'self-built', illustrative: true },
    documents: { letter: { format: { kind: 'json' } }, notice: { format: { kind: 'json' } } },
    send: { transport: { ...door(letters), limit, within }, document: 'letter' },
    sendNotices: { transport: door(`/v1/systems/${office}/notices`), document: 'notice' },
    receive: { transport: waiting, document: 'letter' },
    notices: { transport: waiting, document: 'notice' },
  }
}

/** The ministry's central inbox: sends envelopes, and polls for its own. */
export function inboxProfile(path = '/v1/envelopes'): object {
  const waiting = { kind: 'http-in', path: '/v1/systems/moi/waiting', access: certificate }
  return {
    ...{ id: 'moi-inbox', office: 'moi', title: 'ตู้รับหนังสือกลาง', origin: 'self-built', illustrative: true },
    documents: { envelope: { format: { kind: 'envelope' } } },
    send: { transport: { kind: 'http-in', path, access: certificate }, document: 'envelope' },
    receive: { transport: waiting, document: 'envelope' },
    notices: { transport: waiting, document: 'envelope' },
  }
}

/** A system of the national exchange. */
export function ecmsProfile(office: string, access: object, path = `/e-cms/${office}`): object {
  const transport = { kind: 'soap', path, access }
  const channel = { transport, document: 'letter' }
  return {
    ...{ id: `ecms-${office}`, office, title: 'an e-CMS system', origin: 'outsourced', illustrative: true },
    documents: { letter: { format: { kind: 'e-cms' } } },
    ...{ send: channel, sendNotices: channel, receive: channel, notices: { ...channel, untold: ['recall'] } },
  }
}

export interface Installation {
  readonly folder: string
  readonly settings: Settings
  readonly log: string[]
  /** Writes a profile; JSON is YAML. */
  profile(file: string, profile: object | string): void
  start(changes?: Partial<GatewayParts>): Promise<Gateway>
}

/** Makes an installation with a key for each office. The gateway listens at free ports of the loopback. */
export async function makeInstallation(
  folder: string,
  offices: readonly OfficeId[],
  profiles: Readonly<Record<string, object>>,
): Promise<Installation> {
  const trust = join(folder, 'trust')
  await makeCertificates(trust, offices, systemClock, systemRandom)
  const stores = await storeSettings(folder)
  const settings: Settings = {
    data: join(folder, 'data'),
    ...stores.settings,
    trust,
    profiles: join(folder, 'profiles'),
    listen: {
      http: { host: '127.0.0.1', port: 0 },
      https: {
        ...{ host: '127.0.0.1', port: 0 },
        certificate: join(trust, 'tls', 'gateway.pem'),
        key: join(trust, 'tls', 'gateway.key.pem'),
      },
    },
    log: 'info',
  }
  mkdirSync(settings.profiles)
  const lines: string[] = []
  const installation: Installation = {
    folder,
    settings,
    log: lines,
    profile: (file, profile) =>
      writeFileSync(
        join(settings.profiles, file),
        typeof profile === 'string' ? profile : JSON.stringify(profile),
      ),
    start: (changes = {}) =>
      startGateway({
        ...{ settings, clock: systemClock, random: systemRandom, log: logTo(lines) },
        ...changes,
        environment: { ...stores.environment, ...changes.environment },
      }),
  }
  for (const [file, profile] of Object.entries(profiles)) installation.profile(file, profile)
  return installation
}

export const logTo = (lines: string[]): Log =>
  createLog(pino({ level: 'info', base: null }, { write: (line: string) => void lines.push(line) }))

/** A client in mutual TLS that shows what stands in the files, or nothing; it believes the installation's authority. */
export function clientOf(trust: string, shown?: { certificate: string; key: string }): Agent {
  return new Agent({
    connect: {
      ca: readFileSync(join(trust, 'authority.pem')),
      ...(shown && { cert: readFileSync(shown.certificate), key: readFileSync(shown.key) }),
    },
  })
}

export const filesOf = (trust: string, office: string) => ({
  certificate: join(trust, 'offices', office, 'certificate.pem'),
  key: join(trust, 'keys', `${office}.pem`),
})

/** What an office seals with when it seals by itself. */
export function signerOf(trust: string, office: OfficeId) {
  const files = filesOf(trust, office)
  return {
    office,
    certificate: new X509Certificate(readFileSync(files.certificate)),
    key: keyFromPem(readFileSync(files.key)),
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
export const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})
export const asJson = { 'content-type': 'application/json' }

type Options = NonNullable<Parameters<typeof request>[1]>

/** One request, its answer read whole. */
export async function ask(url: string, options: Options = {}): Promise<Answer> {
  const { statusCode, headers, body } = await request(url, options)
  return { status: statusCode, headers, text: await body.text() }
}

/** Posts a JSON document. */
export const post = (url: string, document: unknown, headers: Record<string, string>): Promise<Answer> =>
  ask(url, { method: 'POST', headers: { ...asJson, ...headers }, body: JSON.stringify(document) })

/** A letter as a JSON system writes it; `number` is the running number. */
export const jsonLetter = (office: string, number: number, changes: object = {}): object => ({
  number: `0017.1/${number}`,
  date: '2026-11-20',
  subject: `ทดสอบส่งหนังสือ ${number}`,
  from: office,
  to: 'moi',
  ...changes,
})
