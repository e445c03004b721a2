// The documented profile of `sql` at work over the tables of a test, and what is done with it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Adapter, AdapterVerbs } from '../../../src/adapters/contract.ts'
import { type Profile, readProfile } from '../../../src/adapters/profile.ts'
import { checkNotice } from '../../../src/letter/check.ts'
import type { Letter } from '../../../src/letter/letter.ts'
import type { Notice } from '../../../src/letter/notice.ts'
import { fixedLetter, mustBe, office } from '../../letter/arbitrary.ts'
import { messageIdOf } from '../message-ids.ts'
import { adapterOf, TestGateway } from '../stage.ts'
import type { Ground } from './grounds.ts'

const signal = new AbortController().signal
const example = /```yaml\n(# sql[\s\S]*?)```/.exec(
  readFileSync(new URL('../../../docs/reference/transports.md', import.meta.url), 'utf8'),
)
export const documented = example?.[1] ?? ''

export type Changes = readonly (readonly [from: string | RegExp, to: string])[]

/** The documented profile, with its texts changed as a test needs them. */
export function profileWith(...changes: Changes): string {
  return changes.reduce((text, [from, to]) => {
    const changed = text.replace(from, to)
    if (changed === text) throw new Error(`the profile does not hold ${String(from)}`)
    return changed
  }, documented)
}

export const profile = (text: string): Profile => mustBe(readProfile(text, 'test.yaml'))

interface Told {
  readonly port?: number
  readonly plain?: boolean
  readonly environment?: Readonly<Record<string, string>>
  readonly changes?: Changes
  readonly settle?: string
}

/** The documented profile, and the environment by which it finds these tables. */
export function systemOn({ name, server }: Ground, options: Told = {}) {
  const plain = options.plain === true || server.authority === undefined
  const wire =
    name !== 'sqlserver'
      ? ''
      : plain
        ? ' plain: true,'
        : ' tls: { authority: { env: SARABAN_64_AUTHORITY } },'
  const text = profileWith(
    [/engine: \w+,/, `engine: ${name} ,${wire}`],
    ['key: [id]\n', `key: [id]\n      settle: ${options.settle ?? '0s'}\n`],
    ...(options.changes ?? []),
  )
  const environment = {
    SARABAN_64_HOST: server.host,
    SARABAN_64_PORT: String(options.port ?? server.port),
    SARABAN_64_DATABASE: server.database,
    SARABAN_64_USER: server.user,
    SARABAN_64_PASSWORD: server.password,
    SARABAN_64_SCANS: 'scans',
    SARABAN_64_AUTHORITY: server.authority ?? '',
    ...options.environment,
  }
  return { text, environment }
}

/** Puts a letter into the system's table. */
export function putLetter(
  { server, quote, text, withKey }: Ground,
  row: Readonly<Record<string, string | null>>,
) {
  const values = Object.values(row).map((value) => (value === null ? 'NULL' : text(value)))
  const columns = Object.keys(row).map(quote).join(', ')
  const sql = `INSERT INTO ${quote('หนังสือส่ง')} (${columns}) VALUES (${values.join(', ')})`
  return server.ask(Object.hasOwn(row, 'id') ? withKey('หนังสือส่ง', sql) : sql)
}

/** An adapter over the tables, and what to do with it. `plain`: without TLS, so that a test can read along. */
export async function stage(
  t: Test,
  on: Ground,
  options: Told & { readonly engine?: string; readonly keep?: boolean } = {},
) {
  const { server, tables, quote, engine } = on
  if (options.keep !== true) await tables(options.engine ?? engine)
  const root = mkdtempSync(join(tmpdir(), 'saraban-sql-'))
  mkdirSync(join(root, 'scans'))
  const gateway = new TestGateway()
  const { text, environment } = systemOn(on, options)
  const make = () => adapterOf(profile(text), gateway.clock, environment, root)
  let adapter: Adapter = make()
  t.teardown(async () => {
    await adapter.stop()
    rmSync(root, { recursive: true, force: true })
  })
  const letters = quote('หนังสือส่ง')
  if (engine !== undefined)
    // It is told once at every start, and has a test of its own.
    wrap(gateway, ({ report }) => ({
      report: (event, facts) => (event === 'sql.no-transactions' ? undefined : report(event, facts)),
    }))
  return {
    gateway,
    root,
    start: () => adapter.start(gateway.verbs(adapter)),
    restart: async () => {
      await adapter.stop()
      adapter = make()
      await adapter.start(gateway.verbs(adapter))
    },
    /** Lets time pass, and the look that is due end. */
    pass: async (milliseconds: number) => {
      gateway.clock.pass(milliseconds)
      while (gateway.clock.waiting < 1) await new Promise((resolve) => setImmediate(resolve))
    },
    deliver: (parcel: Parameters<NonNullable<Adapter['deliver']>>[0]) => adapter.deliver!(parcel, signal),
    put: (row: Readonly<Record<string, string | null>>) => putLetter(on, row),
    sent: (what = 'สถานะ') =>
      server
        .ask(`SELECT ${quote(what)} AS v FROM ${letters} ORDER BY id`)
        .then((rows) => rows.map(({ v }) => v)),
    /** Names stand in backticks, whatever the server's own quotes are. */
    ask: (sql: string) => server.ask(sql.replaceAll(/`([^`]*)`/g, (_all, name: string) => quote(name))),
  }
}

export const good = {
  ที่หนังสือ: 'สท 0017.1/1',
  ลงวันที่: '1 ม.ค. 2551',
  เรื่อง: 'ขอเชิญประชุม',
  ความเร็ว: '1',
  ถึง: 'มท',
}

export const letterWith = (change: Parameters<typeof fixedLetter>[0] = {}): Letter =>
  fixedLetter({
    from: { office: office('moi') },
    to: { offices: [office('64')] },
    attachments: [],
    ...change,
  })

/** A notice of the ministry's about a letter of that number. */
export const notice = (kind: Notice['kind'], number: string, receiveNumber?: string): Notice =>
  mustBe(
    checkNotice({
      kind,
      from: office('moi'),
      to: office('64'),
      about: {
        messageId: messageIdOf(7),
        digest: '0'.repeat(64),
        number,
        date: '2008-01-01',
        subject: 'ขอเชิญประชุม',
      },
      at: Date.UTC(2008, 0, 2),
      ...(receiveNumber !== undefined && { receiveNumber }),
      reason: '',
    } as never),
  )

/** What the verbs of a test do besides, while the adapter is at work. */
export const wrap = (gateway: TestGateway, change: (verbs: AdapterVerbs) => Partial<AdapterVerbs>): void => {
  const make = gateway.verbs.bind(gateway)
  gateway.verbs = (adapter) => {
    const verbs = make(adapter)
    return { ...verbs, ...change(verbs) }
  }
}

/** The changes by which scans stand in a list, as bytes. */
export const scansInList: Changes = [
  [
    'attachments: { at: [สแกน, ทางไฟล์], as: file-beside }',
    'attachments: { at: scans.data, as: { file-beside: { separator: ";" } } }',
  ],
  ['lists: { ', 'lists: { scans: { table: in_files, on: { letter: id }, order: [seq] }, '],
  ['- { at: สแกน, name: ชื่อสแกน }', '- { at: scans.data, name: name }'],
]

/** The changes by which rows are read by their number, and nothing is written back. */
export const byNumber = (above: string): Changes => [
  [/status: \{[^}]*\}/, above],
  [/writeBack: \{[^}]*\}/, 'writeBack: {}'],
  ['ignore: [', 'ignore: [สถานะ, รหัสข้อความ, ข้อผิดพลาด, '],
]
