// The fleet's host: members on shared servers, each with what is its own; and what this machine cannot have.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, type FileInfo } from 'basic-ftp'
import SftpClient from 'ssh2-sftp-client'
import t from 'tap'
import { type OfficeId, officeId } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { openFleet } from '../../src/sandbox/fleet/host.ts'
import {
  type FileAccount,
  type FleetMember,
  type FleetStage,
  Missing,
} from '../../src/sandbox/fleet/member.ts'
import type { BookEntry } from '../../src/sandbox/systems/system.ts'
import { serverTls } from '../servers/tls.ts'

const tls = await serverTls()

const office = (id: string): OfficeId => {
  const found = officeId(id)
  if (!found.ok) throw new Error(`no office ${id}`)
  return found.value
}

/** A member that does nothing but stand on its stage. */
const member = (
  id: string,
  open: (stage: FleetStage) => Promise<Record<string, string> | undefined>,
  closed: () => void = () => undefined,
): FleetMember => ({
  profile: `profile-${id}`,
  office: office(id),
  product: 'nothing',
  async open(stage) {
    const environment = (await open(stage)) ?? {}
    const system = {
      name: 'nothing',
      office: office(id),
      entries: [],
      send: async () => undefined,
      look: async () => undefined,
      close: async () => closed(),
    }
    return { system, environment }
  },
})

const settingsIn = (folder: string) => ({
  folder,
  clock: systemClock,
  random: systemRandom,
  watch: (_office: OfficeId, _entry: BookEntry) => undefined,
  gateway: { http: 'http://127.0.0.1:1', https: 'https://localhost:2' },
  tls,
  environment: process.env,
})

async function ftpNames(account: FileAccount & { authority: string }, secure: boolean): Promise<string[]> {
  const client = new Client()
  const { host, port, user, password, authority } = account
  try {
    await client.access({
      host,
      port,
      user,
      password,
      secure,
      secureOptions: { ca: authority, host: 'localhost' },
    })
    return (await client.list()).map(({ name }: FileInfo) => name)
  } finally {
    client.close()
  }
}

async function sftpNames(account: FileAccount): Promise<string[]> {
  const client = new SftpClient()
  const { host, port, user: username, password } = account
  try {
    await client.connect({ host, port, username, password })
    return (await client.list('/')).map(({ name }) => name)
  } finally {
    await client.end()
  }
}

t.test('accounts of one server: each sees its own folder, and only with its own password', async (t) => {
  const accounts: Record<string, FileAccount[]> = {}
  let ended = 0
  const files = (id: string) =>
    member(
      id,
      async ({ folder, servers }) => {
        writeFileSync(join(folder, `of-${id}`), '')
        const names: string[] = []
        const sftp = await servers.sftp(`user${id}`, folder)
        names.push(...(await sftpNames(sftp)))
        for (const kind of ['none', 'explicit'] as const) {
          const ftp = await servers.ftp(`user${id}`, folder, kind)
          names.push(...(await ftpNames(ftp, kind === 'explicit')))
        }
        accounts[id] = [sftp]
        return { [`SARABAN_${id}_SEES`]: names.join(' ') }
      },
      () => {
        ended += 1
      },
    )
  const host = await openFleet([files('50'), files('91')], settingsIn(t.testdir()))
  t.same(host.leftOut, [])
  t.same(host.environment, {
    SARABAN_50_SEES: 'of-50 of-50 of-50',
    SARABAN_91_SEES: 'of-91 of-91 of-91',
  })
  const [[one], [other]] = [accounts['50'] ?? [], accounts['91'] ?? []]
  if (one === undefined || other === undefined) throw new Error('no accounts')
  t.equal(one.port, other.port, 'one server')
  await t.rejects(sftpNames({ ...one, password: other.password }))
  await host.close()
  t.equal(ended, 2)
  await t.rejects(sftpNames(one), 'the server ended with its host')
})

for (const kind of ['mariadb', 'postgresql'] as const) {
  t.test(`${kind}: a database for each member, and neither sees the other's`, async (t) => {
    const ports: number[] = []
    const sql = (id: string) =>
      member(id, async ({ servers }) => {
        const database = await servers[kind](`office_${id}`)
        ports.push(database.port)
        await database.ask(`CREATE TABLE book (office VARCHAR(9)); INSERT INTO book VALUES ('${id}')`)
        const rows = await database.ask('SELECT office FROM book')
        return { [`SARABAN_${id}_ROWS`]: JSON.stringify(rows) }
      })
    const host = await openFleet([sql('50'), sql('91')], settingsIn(t.testdir()))
    t.teardown(() => host.close())
    if (host.leftOut.length > 0) return t.match(host.leftOut, [{ remedy: 'apt-get' }, { remedy: 'apt-get' }])
    t.same(host.environment, {
      SARABAN_50_ROWS: '[{"office":"50"}]',
      SARABAN_91_ROWS: '[{"office":"91"}]',
    })
    t.equal(new Set(ports).size, 1)
  })
}

t.test('a member whose server is missing is left out, with the command that brings it', async (t) => {
  const missing = member('91', async () => {
    throw new Missing('tape robot', 'apt-get install tape-robot')
  })
  const host = await openFleet([missing, member('50', async () => ({ A: 'a' }))], settingsIn(t.testdir()))
  t.match(host.leftOut, [{ member: { profile: 'profile-91' }, remedy: 'apt-get install tape-robot' }])
  t.match(host.members, [{ member: { profile: 'profile-50' } }])
  t.same(host.environment, { A: 'a' })
  await host.close()
})

t.test('a member that fails, an office with two, a variable set twice: nothing is left open', async (t) => {
  for (const [two, said] of [
    [
      member('91', async () => {
        throw new Error('a bug')
      }),
      /profile-91 could not be opened: Error: a bug/,
    ],
    [member('50', async () => undefined), /office 50 has two members/],
    [member('91', async () => ({ A: 'b' })), /sets A once more/],
  ] as const) {
    let closed = 0
    const one = member(
      '50',
      async () => ({ A: 'a' }),
      () => {
        closed += 1
      },
    )
    await t.rejects(openFleet([one, two], settingsIn(t.testdir())), said)
    t.equal(closed, 1)
  }
})

t.test('each member has a folder of its own, named after its profile', async (t) => {
  const folder = t.testdir()
  const writes = (id: string) =>
    member(id, async (stage) => {
      writeFileSync(join(stage.folder, 'mine'), id)
      return undefined
    })
  const host = await openFleet([writes('50'), writes('91')], settingsIn(folder))
  t.equal(readFileSync(join(folder, 'profile-50/mine'), 'utf8'), '50')
  t.ok(existsSync(join(folder, 'profile-91/mine')))
  await host.close()
})
