// A whole installation in a scratch folder: the gateway, the ministry's inbox and provincial systems of the sandbox.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { startGateway } from '../../gateway/gateway.ts'
import { orThrow } from '../../gateway/installation/systems.ts'
import { createLog } from '../../gateway/log.ts'
import { readSettings, type Settings } from '../../gateway/settings/settings.ts'
import { moi, type OfficeId } from '../../letter/offices.ts'
import type { Clock, Random } from '../../letter/time.ts'
import { type Host, openFleet } from '../../sandbox/fleet/host.ts'
import type { FleetMember } from '../../sandbox/fleet/member.ts'
import { openControl } from '../../sandbox/inbox/control.ts'
import { type Inbox, openInbox } from '../../sandbox/inbox/inbox.ts'
import type { InboxEntry } from '../../sandbox/inbox/register.ts'
import { freePort } from '../../sandbox/servers/port.ts'
import type { BookEntry, OfficeSystem } from '../../sandbox/systems/system.ts'
import { makeCertificates } from '../certificates.ts'
import { readIdentity, readMinistry } from '../ministry.ts'
import { writeEnvironment, writeSettings } from './settings.ts'

export interface Watchers {
  ministry(entry: InboxEntry): void
  province(office: OfficeId, entry: BookEntry): void
}

export interface InstallationParts {
  /** Empty or new. */
  readonly folder: string
  readonly members: readonly FleetMember[]
  readonly clock: Clock
  readonly random: Random
  readonly watch: Watchers
  /** Of the process: where the programs of servers are found. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Default: a gateway in this process that writes its log into the folder. */
  readonly start?: StartGateway
}

export interface Installation extends Pick<Host, 'members' | 'leftOut'> {
  readonly folder: string
  /** The gateway's data folder: journal and attachments. */
  readonly data: string
  readonly inbox: Inbox
  /** The inbox's control port. */
  readonly control: string
  readonly http: string
  readonly ports: { readonly http: number; readonly https: number; readonly inbox: number }
  readonly systems: readonly OfficeSystem[]
  /** What the gateway was started with. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** Starts a gateway: in this process, or, where a test kills it, in one of its own. */
export type StartGateway = (
  settings: Settings,
  environment: Readonly<Record<string, string>>,
) => Promise<{ stop(): Promise<void> }>

/**
 * Starts everything: members first, then the gateway with the profiles of those that take part. Rejects, with everything
 * closed again, when a port or the folder cannot be had.
 */
export async function openInstallation(parts: InstallationParts): Promise<Installation> {
  const opened: Close[] = []
  try {
    return await openAll(parts, opened)
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

async function openAll(parts: InstallationParts, opened: Close[]): Promise<Installation> {
  const { folder, members, clock, random, watch } = parts
  const certs = join(folder, 'certs')
  const offices = [moi, ...members.map((member) => member.office)]
  await makeCertificates(certs, offices, clock, random, ['gateway', 'inbox', 'systems'])
  const pem = (file: string): string => readFileSync(join(certs, file), 'utf8')
  const authority = pem('authority.pem')
  const ports = { http: await freePort(), https: await freePort() }
  const gateway = { http: `http://127.0.0.1:${ports.http}`, https: `https://localhost:${ports.https}` }

  const inbox = await openInbox({
    folder: join(folder, 'ministry'),
    ...orThrow(readMinistry(certs)),
    gateway: gateway.https,
    port: 0,
    acceptDelay: 300,
    clock,
    random,
    watch: watch.ministry,
  })
  opened.push(() => inbox.close())
  const control = await openControl(inbox, moi, 0)
  opened.push(() => control.close())
  const host = await openFleet(members, {
    folder: join(folder, 'systems'),
    clock,
    random,
    watch: watch.province,
    gateway,
    tls: { key: pem('tls/systems.key.pem'), certificate: pem('tls/systems.pem'), authority },
    environment: parts.environment,
    identityOf: (office) => ({
      ...orThrow(readIdentity(certs, office, 'systems')),
      gateway: { key: pem('tls/gateway.key.pem'), certificate: pem('tls/gateway.pem'), authority },
    }),
  })
  opened.push(() => host.close())

  const environment = {
    ...host.environment,
    SARABAN_MOI_INBOX_URL: `https://localhost:${inbox.port}/envelopes`,
    SARABAN_MOI_TLS_KEY: pem('tls/gateway.key.pem'),
    SARABAN_MOI_TLS_CERTIFICATE: pem('tls/gateway.pem'),
    SARABAN_MOI_TLS_AUTHORITY: authority,
  }
  const profiles = [...host.members.map(({ member }) => member.profile), 'moi-inbox']
  const settings = orThrow(readSettings(writeSettings(folder, profiles, ports)))
  writeEnvironment(folder, environment)
  const start = parts.start ?? startIn(parts)
  const running = await start(settings, environment)
  opened.push(() => running.stop())
  return {
    folder,
    data: settings.data,
    inbox,
    control: `http://127.0.0.1:${control.port}`,
    http: gateway.http,
    ports: { ...ports, inbox: inbox.port },
    members: host.members,
    leftOut: host.leftOut,
    systems: host.members.map(({ system }) => system),
    environment,
    close: () => closeAll(opened),
  }
}

const startIn =
  ({ folder, clock, random }: InstallationParts): StartGateway =>
  (settings, environment) => {
    const log = createLog(pino({ level: 'info', base: null }, pino.destination(join(folder, 'gateway.log'))))
    return startGateway({ settings, environment, clock, random, log })
  }
