// Members of the fleet for real: opened by the host, a gateway with their profiles, the ministry's inbox, and letters with
// scans both ways. Each test says what must stand in the books.
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pino from 'pino'
import { makeCertificates } from '../../src/cli/certificates.ts'
import { readIdentity, readMinistry } from '../../src/cli/ministry.ts'
import { startGateway } from '../../src/gateway/gateway.ts'
import { orThrow } from '../../src/gateway/installation/systems.ts'
import { createLog } from '../../src/gateway/log.ts'
import { readSettings } from '../../src/gateway/settings/settings.ts'
import { moi, type OfficeId } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { type Hosted, openFleet } from '../../src/sandbox/fleet/host.ts'
import type { FleetMember } from '../../src/sandbox/fleet/member.ts'
import { type Inbox, openInbox } from '../../src/sandbox/inbox/inbox.ts'
import { readMinistryLetter } from '../../src/sandbox/inbox/letters.ts'
import type { InboxEntry } from '../../src/sandbox/inbox/register.ts'
import { freePort } from '../../src/sandbox/servers/port.ts'
import type { BookEntry, Scan } from '../../src/sandbox/systems/system.ts'
import { serverTls } from '../servers/tls.ts'

/** How often a system looks for what has come, in milliseconds. */
const lookEvery = 250
/** How long is waited for one entry, in milliseconds: many times what the slowest profile lets a file settle. */
const patience = 120_000

export interface Stage {
  readonly members: readonly Hosted[]
  readonly leftOut: readonly string[]
  readonly inbox: Inbox
  /** What the gateway has told its operator, one JSON line each. */
  log(): string
  /** Seals a letter of the ministry: canonical JSON, its scans apart. Returns the message id. */
  sendFromMinistry(letter: object, scans: readonly Scan[]): Promise<string>
  /** The gateway stops and starts again, whatever it was doing. */
  restart(): Promise<void>
  /** The first entry of the ministry's ledger that fits, when it is there; `what` it is, for when it never comes. */
  ministry(fits: (entry: InboxEntry) => boolean, what?: string): Promise<InboxEntry>
  /** The first entry of an office's book that fits, when it is there. */
  book(office: OfficeId, fits: (entry: BookEntry) => boolean, what?: string): Promise<BookEntry>
  close(): Promise<void>
}

/** Opens members, the inbox and the gateway in a scratch folder. Members that this machine cannot have are left out. */
export async function openStage(members: readonly FleetMember[]): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'saraban-fleet-'))
  const clock = systemClock
  const random = systemRandom
  const log = join(folder, 'gateway.log')
  // What went wrong, as the gateway tells it.
  const asked = waiting(() =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => /quarantined|refused|failed|unavailable|not-taken|waiting/.test(line))
      .slice(-20)
      .join('\n'),
  )
  const certs = join(folder, 'certs')
  await makeCertificates(certs, [moi, ...members.map(({ office }) => office)], clock, random)
  const ports = { http: await freePort(), https: await freePort() }
  const inbox = await openInbox({
    folder: join(folder, 'ministry'),
    ...orThrow(readMinistry(certs)),
    gateway: `https://localhost:${ports.https}`,
    port: 0,
    acceptDelay: 50,
    clock,
    random,
    watch: () => asked.look(),
  })
  const read = (name: string): string => readFileSync(join(certs, name), 'utf8')
  const host = await openFleet(members, {
    folder: join(folder, 'fleet'),
    clock,
    random,
    watch: () => asked.look(),
    gateway: { http: `http://127.0.0.1:${ports.http}`, https: `https://localhost:${ports.https}` },
    tls: await serverTls(),
    environment: process.env,
    identityOf: (office) => ({
      ...orThrow(readIdentity(certs, office, 'inbox')),
      gateway: {
        key: read('tls/gateway.key.pem'),
        certificate: read('tls/gateway.pem'),
        authority: read('authority.pem'),
      },
    }),
  })
  const profiles = join(folder, 'profiles')
  mkdirSync(profiles)
  for (const id of ['moi-inbox', ...host.members.map(({ member }) => member.profile)])
    copyFileSync(new URL(`../../profiles/${id}.yaml`, import.meta.url), join(profiles, `${id}.yaml`))
  const file = join(folder, 'saraban.yaml')
  writeFileSync(
    file,
    `data: data\ntrust: certs\nprofiles: profiles\nlisten:
  http: { host: 127.0.0.1, port: ${ports.http} }
  https: { host: 127.0.0.1, port: ${ports.https}, certificate: certs/tls/gateway.pem, key: certs/tls/gateway.key.pem }\n`,
  )
  const start = () =>
    startGateway({
      settings: orThrow(readSettings(file)),
      environment: {
        ...host.environment,
        SARABAN_MOI_INBOX_URL: `https://localhost:${inbox.port}/envelopes`,
        SARABAN_MOI_TLS_KEY: read('tls/gateway.key.pem'),
        SARABAN_MOI_TLS_CERTIFICATE: read('tls/gateway.pem'),
        SARABAN_MOI_TLS_AUTHORITY: read('authority.pem'),
      },
      clock,
      random,
      log: createLog(pino({ level: 'info', base: null }, pino.destination(log))),
    })
  let gateway = await start()
  const looking = looks(host.members)
  const bookOf = (office: OfficeId) =>
    host.members.find(({ member }) => member.office === office)?.system.entries
  return {
    members: host.members,
    leftOut: host.leftOut.map(({ member, remedy }) => `${member.profile}: ${remedy}`),
    inbox,
    log: () => readFileSync(log, 'utf8'),
    async sendFromMinistry(letter, scans) {
      const attachments = scans.map(({ name, mediaType, bytes }) => ({
        name,
        mediaType,
        content: bytes.toString('base64'),
      }))
      return inbox.sendLetter(orThrow(await readMinistryLetter({ ...letter, attachments }, moi, inbox.store)))
    },
    async restart() {
      await gateway.stop()
      gateway = await start()
    },
    ministry: (fits, what = String(fits)) => asked.first(what, () => inbox.entries.find(fits)),
    book: (office, fits, what = String(fits)) => asked.first(what, () => bookOf(office)?.find(fits)),
    async close() {
      await looking.end()
      await gateway.stop()
      await host.close()
      await inbox.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Questions that are asked again whenever something was entered into a book; one without an answer fails. */
function waiting(happened: () => string) {
  const open = new Set<() => void>()
  return {
    look: () => {
      for (const ask of [...open]) ask()
    },
    first: <Value>(what: string, find: () => Value | undefined): Promise<Value> =>
      new Promise((resolve, reject) => {
        const giveUp = systemClock.schedule(systemClock.now() + patience, () => {
          open.delete(ask)
          reject(new Error(`never came: ${what}\n${happened()}`))
        })
        const ask = (): void => {
          const found = find()
          if (found === undefined) return
          open.delete(ask)
          giveUp()
          resolve(found)
        }
        open.add(ask)
        ask()
      }),
  }
}

/** The systems look again and again, as their own timers have them do. */
function looks(members: readonly Hosted[]): { end(): Promise<void> } {
  let on = true
  const rounds = members.map(async ({ system }) => {
    while (on) {
      await system.look()
      await pause(lookEvery)
    }
  })
  return {
    async end() {
      on = false
      await Promise.all(rounds)
    },
  }
}

export const digestOf = ({ bytes }: Scan): string => createHash('sha256').update(bytes).digest('hex')
