// A whole installation in a scratch folder: the gateway, the ministry's inbox and three provincial systems.
import { createHash, scryptSync } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pino from 'pino'
import { startGateway } from '../../gateway/gateway.ts'
import { createLog } from '../../gateway/log.ts'
import { readSettings, type Settings } from '../../gateway/settings.ts'
import { orThrow } from '../../gateway/systems.ts'
import { moi, type OfficeId, officeId } from '../../letter/offices.ts'
import type { Clock, Random } from '../../letter/time.ts'
import { openControl } from '../../sandbox/inbox/control.ts'
import { type Inbox, openInbox } from '../../sandbox/inbox/inbox.ts'
import type { InboxEntry } from '../../sandbox/inbox/register.ts'
import { openCsvSystem } from '../../sandbox/systems/csv.ts'
import { openEcmsSystem } from '../../sandbox/systems/ecms.ts'
import { openJsonSystem } from '../../sandbox/systems/json.ts'
import type { BookEntry, OfficeSystem } from '../../sandbox/systems/system.ts'
import { makeCertificates } from '../certificates.ts'
import { readMinistry } from '../ministry.ts'
import { writeEnvironment, writeSettings } from './settings.ts'

/** The provinces whose (illustrative) profiles are used. */
export const provinces = {
  csv: orThrow(officeId('50')),
  ecms: orThrow(officeId('93')),
  json: orThrow(officeId('57')),
} as const

export interface Watchers {
  ministry(entry: InboxEntry): void
  province(office: OfficeId, entry: BookEntry): void
}

export interface Installation {
  readonly folder: string
  /** The gateway's data folder: journal and attachments. */
  readonly data: string
  readonly inbox: Inbox
  /** The inbox's control port. */
  readonly control: string
  readonly http: string
  readonly ports: { readonly http: number; readonly https: number; readonly inbox: number }
  readonly systems: readonly OfficeSystem[]
  /** Where the CSV system's letters are dropped, and what the JSON system's clients call with which key. */
  readonly csvSend: string
  readonly jsonLetters: string
  readonly jsonKey: string
  close(): Promise<void>
}

/** Starts a gateway: in this process, or, where a test kills it, in one of its own. */
export type StartGateway = (
  settings: Settings,
  environment: Readonly<Record<string, string>>,
) => Promise<{ stop(): Promise<void> }>

/** Starts everything in `folder`, which is empty or new. Rejects when a port or the folder cannot be had. */
export async function openInstallation(
  folder: string,
  clock: Clock,
  random: Random,
  watch: Watchers,
  start: StartGateway = (settings, environment) => {
    const log = createLog(pino({ level: 'info', base: null }, pino.destination(join(folder, 'gateway.log'))))
    return startGateway({ settings, environment, clock, random, log })
  },
): Promise<Installation> {
  const opened: Close[] = []
  try {
    return await openAll(folder, clock, random, watch, start, opened)
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

type Close = () => Promise<void>

/** Closes what was opened, the last first. */
async function closeAll(opened: readonly Close[]): Promise<void> {
  for (const close of opened.toReversed()) await close()
}

async function openAll(
  folder: string,
  clock: Clock,
  random: Random,
  watch: Watchers,
  start: StartGateway,
  opened: Close[],
): Promise<Installation> {
  const secret = (): string => Buffer.from(random(18)).toString('base64url')
  const certs = join(folder, 'certs')
  await makeCertificates(certs, [moi, ...Object.values(provinces)], clock, random)
  const ports = { http: await freePort(), https: await freePort() }
  const http = `http://127.0.0.1:${ports.http}`
  const inbox = await openInbox({
    folder: join(folder, 'ministry'),
    ...orThrow(readMinistry(certs)),
    gateway: `https://localhost:${ports.https}`,
    port: 0,
    acceptDelay: 300,
    clock,
    random,
    watch: watch.ministry,
  })
  opened.push(() => inbox.close())
  const control = await openControl(inbox, moi, 0)
  opened.push(() => control.close())

  const shared = (name: string): string => {
    const path = join(folder, 'chiang-mai', name)
    mkdirSync(path, { recursive: true })
    return path
  }
  const folders = {
    send: shared('send'),
    sendNotices: shared('send-notices'),
    receive: shared('receive'),
    notices: shared('notices'),
  }
  const csv = openCsvSystem({
    folder: join(folder, 'chiang-mai', 'own'),
    office: provinces.csv,
    shared: folders,
    clock,
    watch: (entry) => watch.province(provinces.csv, entry),
  })
  opened.push(() => csv.close())
  const [jsonKey, gatewayKey, password] = [secret(), secret(), secret()]
  const jsonLetters = `${http}/v1/systems/57/letters`
  const json = await openJsonSystem({
    folder: join(folder, 'chiang-rai'),
    office: provinces.json,
    letters: jsonLetters,
    notices: `${http}/v1/systems/57/notices`,
    key: jsonKey,
    gatewayKey,
    port: 0,
    clock,
    watch: (entry) => watch.province(provinces.json, entry),
  })
  opened.push(() => json.close())
  const ecms = openEcmsSystem({
    folder: join(folder, 'phatthalung'),
    office: provinces.ecms,
    url: `${http}/e-cms/93`,
    user: 'phatthalung',
    password,
    clock,
    watch: (entry) => watch.province(provinces.ecms, entry),
  })

  opened.push(() => ecms.close())

  const data = join(folder, 'data')
  const settings = orThrow(readSettings(writeSettings(folder, ports)))
  const environment = {
    SARABAN_50_SEND: folders.send,
    SARABAN_50_SEND_NOTICES: folders.sendNotices,
    SARABAN_50_RECEIVE: folders.receive,
    SARABAN_50_NOTICES: folders.notices,
    SARABAN_57_KEY_SHA256: createHash('sha256').update(jsonKey).digest('hex'),
    SARABAN_57_TOKEN: gatewayKey,
    SARABAN_57_LETTERS_URL: `http://127.0.0.1:${json.port}/letters`,
    SARABAN_57_NOTICES_URL: `http://127.0.0.1:${json.port}/notices`,
    SARABAN_93_USER: 'phatthalung',
    SARABAN_93_SCRYPT: scryptOf(password, random),
    SARABAN_93_ADDRESS: '127.0.0.1',
    SARABAN_93_URL: `${http}/e-cms/93`,
    SARABAN_MOI_INBOX_URL: `https://localhost:${inbox.port}/envelopes`,
    SARABAN_MOI_TLS_KEY: readFileSync(join(certs, 'tls/gateway.key.pem'), 'utf8'),
    SARABAN_MOI_TLS_CERTIFICATE: readFileSync(join(certs, 'tls/gateway.pem'), 'utf8'),
    SARABAN_MOI_TLS_AUTHORITY: readFileSync(join(certs, 'authority.pem'), 'utf8'),
  }
  writeEnvironment(folder, environment)
  const gateway = await start(settings, environment)

  opened.push(() => gateway.stop())
  return {
    folder,
    data,
    inbox,
    control: `http://127.0.0.1:${control.port}`,
    http,
    ports: { ...ports, inbox: inbox.port },
    systems: [csv, ecms, json],
    csvSend: folders.send,
    jsonLetters,
    jsonKey,
    close: () => closeAll(opened),
  }
}

/** `<salt hex>:<hash hex>`, as a profile's `access` wants it. */
function scryptOf(password: string, random: Random): string {
  const salt = Buffer.from(random(16))
  return `${salt.toString('hex')}:${scryptSync(password, salt, 32).toString('hex')}`
}

/** A port of the loopback that was free a moment ago: gateway and inbox must know each other's before either listens. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(0, '127.0.0.1', listening)
  })
  const { port } = server.address() as AddressInfo
  await new Promise<void>((closed) => server.close(() => closed()))
  return port
}
