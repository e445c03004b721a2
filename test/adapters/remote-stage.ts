import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Adapter, Item, Parcel } from '../../src/adapters/contract.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { RemoteServer } from '../../src/sandbox/servers/remote.ts'
import { fixedLetter, mustBe, office } from '../letter/arbitrary.ts'
import { messageIdOf } from './message-ids.ts'
import { adapterOf, parcelOf, TestGateway } from './stage.ts'

const header = 'no,day,subject,to,file'
export const row = (number: string, file = '') => `${number},1 ม.ค. 2551,เรื่อง,มท,${file}`
export const csv = (...rows: string[]) => `${[header, ...rows].join('\r\n')}\r\n`
export const noticeRow = (kind: string) =>
  `kind,no,day,number,why\r\n${kind},มท 0210.3/ว3893,15 พ.ย. 2550,12/2550,\r\n`

/** More than a server of this machine ever takes: where nothing falls silent, no answer may come too late. */
const patient = 'connect: 60s, within: 60s, transfer: 120s'

/** Of a test whose server falls silent. */
export const impatient = (options: string): string => `${options}, connect: 5s, within: 3s, transfer: 5s`

/** A profile whose four channels share one transport: `options` and what a test adds to them. */
export const profileText = (options: string, more = '') => `id: remote
office: "50"
title: x
origin: self-built
documents:
  letter:
    format: { kind: csv, charset: utf-8 }
    fields:
      number: { at: no, as: letter-number }
      date: { at: day, as: { buddhist-date: "d MMM yyyy" } }
      subject: { at: subject, as: text }
      to: { at: to, as: office }
      attachments: { at: file, as: { file-beside: { separator: ";" } } }
  notice:
    format: { kind: csv, charset: utf-8 }
    fields:
      kind: { at: kind, as: { table: { R: receive, A: accept, X: reject, I: invalid, D: dispute, C: recall } } }
      number: { at: no, as: letter-number }
      date: { at: day, as: { buddhist-date: "d MMM yyyy" } }
      receiveNumber: { at: number, as: text }
      reason: { at: why, as: text }
send:
  transport: &server
    { ${options}${options.includes('within: ') ? '' : `, ${patient}`},
      folders: { send: out, sendNotices: /answers, receive: in, notices: status },
      pattern: "*.csv", every: 2s, settle: 5s ${more} }
  document: letter
sendNotices: { transport: *server, document: notice }
receive: { transport: *server, document: letter }
notices: { transport: *server, document: notice }
`

export const numbers = (items: readonly Item[]) =>
  items.map((item) =>
    item.kind === 'letter'
      ? item.draft.number?.printed
      : item.kind === 'fault'
        ? item.problems.map(({ code }) => code).join()
        : item.kind,
  )

interface More {
  readonly environment?: Readonly<Record<string, string>>
  readonly more?: string
  readonly options?: (options: string) => string
}

/** An adapter over a server's four folders, and what to do with both. */
export async function stageOn(t: Test, server: RemoteServer, { environment, more, options }: More = {}) {
  const data = mkdtempSync(join(tmpdir(), 'saraban-data-'))
  const gateway = new TestGateway()
  const text = profileText((options ?? ((same) => same))(server.options), more)
  const profile = mustBe(readProfile(text, 'remote.yaml'))
  const secrets = { PASSWORD: 'correct', ...environment }
  const make = () => adapterOf(profile, gateway.clock, secrets, data)
  let adapter: Adapter = make()
  t.teardown(async () => {
    await adapter.stop()
    await server.stop()
    rmSync(data, { recursive: true, force: true })
  })
  /** Waits until both folders have been looked into, as far as they can be. */
  const quiet = async () => {
    while (gateway.clock.waiting < 2) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const on = (...parts: string[]) => join(server.root, ...parts)
  const names = (...parts: string[]) => (existsSync(on(...parts)) ? readdirSync(on(...parts)).sort() : [])
  return {
    gateway,
    server,
    day: server.day,
    data,
    on,
    names,
    /** Lets time pass, and the looks that are due finish. */
    pass: async (milliseconds: number) => {
      for (let left = milliseconds; left > 0; left -= 2000) {
        gateway.clock.pass(Math.min(2000, left))
        await quiet()
      }
    },
    drop: (name: string, bytes: string | Buffer) => writeFileSync(on('out', name), bytes),
    open: () => names('out').filter((name) => !name.startsWith('.') && name !== 'done'),
    done: () => names('out', 'done'),
    claims: () => names('out', '.saraban', 'claimed'),
    visible: (folder: string) => names(folder).filter((name) => !name.startsWith('.')),
    start: async () => {
      await adapter.start(gateway.verbs(adapter))
      await quiet()
    },
    restart: async () => {
      await adapter.stop()
      adapter = make()
      await adapter.start(gateway.verbs(adapter))
      await quiet()
    },
    deliver: (parcel: Parcel, signal = new AbortController().signal) =>
      adapter.deliver!({ ...parcel, ...(gateway.marks && { marks: gateway.marks }) }, signal),
    reported: (event: string) =>
      gateway.reports.filter((each) => each.event === event).map(({ facts }) => facts),
  }
}

export const changing: readonly string[] = ['write', 'rename', 'remove', 'mkdir', 'rmdir']
export const scan = Buffer.alloc(300_000, 'scan ')
const abc = new Map([
  ['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', Buffer.from('abc')],
])
export const scanOf = (name: string) => ({ ...fixedLetter().attachments[0]!, name })
export const letterParcel = (id = 'p-77', letter = fixedLetter()) => parcelOf({ letter }, id, '50', abc)
export const noticeParcel = (id: string) =>
  parcelOf(
    {
      notice: mustBe(
        checkNotice({
          kind: 'accept',
          from: office('moi'),
          to: office('50'),
          at: Date.UTC(2026, 10, 23),
          receiveNumber: '1234/2569',
          about: {
            messageId: messageIdOf(1),
            digest: '0'.repeat(64),
            number: 'ชม 0017.1/492',
            date: fixedLetter().date,
            subject: 'ก',
          },
        }),
      ),
    },
    id,
    '50',
  )
export const keptOf = (gateway: TestGateway, item: Item | undefined) => {
  const content = item?.kind === 'letter' ? item.attachments[0]?.content : undefined
  return content?.kind === 'kept' ? gateway.kept.get(content.sha256) : undefined
}

/** A server to try. `step`: of the verbs at which the connection breaks, each or every so many. */
export interface Served {
  readonly kind: string
  readonly make: () => Promise<RemoteServer>
  readonly step?: number
  /** What its options refer to, beyond the password. */
  readonly environment?: Readonly<Record<string, string>>
}

/** How its tests are named, and where each of them begins. */
export const suiteOf = ({ kind, make, environment }: Served) => ({
  test: (name: string, act: (t: Test) => Promise<void>) => t.test(`${kind}: ${name}`, act),
  stage: async (t: Test, more?: More, server?: RemoteServer) =>
    stageOn(t, server ?? (await make()), { ...more, environment: { ...environment, ...more?.environment } }),
})
