// The members that exchange files, on their real servers, with a real gateway, the shipped profiles and the ministry's inbox:
// a letter with scans goes each way, and its receive number comes back into the book of whoever sent it.
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { request } from 'undici'
import { makeCertificates } from '../../src/cli/certificates.ts'
import { readMinistry } from '../../src/cli/ministry.ts'
import { startGateway } from '../../src/gateway/gateway.ts'
import { moi } from '../../src/letter/offices.ts'
import { type Clock, systemRandom } from '../../src/letter/time.ts'
import { members as dbf } from '../../src/sandbox/fleet/dbf/members.ts'
import { type Hosted, openFleet } from '../../src/sandbox/fleet/host.ts'
import { udonThani } from '../../src/sandbox/fleet/self-built/udon-thani.ts'
import { members as xml } from '../../src/sandbox/fleet/xml/members.ts'
import { openControl } from '../../src/sandbox/inbox/control.ts'
import { openInbox } from '../../src/sandbox/inbox/inbox.ts'
import type { InboxEntry } from '../../src/sandbox/inbox/register.ts'
import { makePdf, makePng } from '../../src/sandbox/paper.ts'
import { freePort } from '../../src/sandbox/servers/port.ts'
import type { BookEntry, Scan } from '../../src/sandbox/systems/system.ts'
import { logTo } from '../gateway/installation.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { serverTls } from '../servers/tls.ts'

t.setTimeout(600_000)

/** Ten times as fast as the wall's: looks and settling take tenths of seconds. */
const speed = 10
const began = { at: Date.now(), ticks: performance.now() }
const elapsed = (): number => (performance.now() - began.ticks) * speed
const clock: Clock = {
  now: () => began.at + Math.round(elapsed()),
  elapsed,
  schedule: (at, act) => {
    // The gateway plans years ahead too; a timer holds less than a month.
    const timer = setTimeout(act, Math.min(2_000_000_000, Math.max(0, (at - clock.now()) / speed)))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

const members = [...dbf, ...xml, udonThani]
const folder = mkdtempSync(join(tmpdir(), 'saraban-fleet-'))
mkdirSync(join(folder, 'profiles'))
const offices = members.map(({ office }) => office)
const certs = join(folder, 'certs')
await makeCertificates(certs, [moi, ...offices], clock, systemRandom)
const ports = { http: await freePort(), https: await freePort() }

const ledger: InboxEntry[] = []
const inbox = await openInbox({
  folder: join(folder, 'ministry'),
  ...mustBe(readMinistry(certs)),
  gateway: `https://localhost:${ports.https}`,
  port: 0,
  acceptDelay: 300,
  clock,
  random: systemRandom,
  watch: (entry) => ledger.push(entry),
})
const control = await openControl(inbox, moi, 0)
const host = await openFleet(members, {
  folder: join(folder, 'fleet'),
  clock,
  random: systemRandom,
  watch: () => undefined,
  gateway: { http: `http://127.0.0.1:${ports.http}`, https: `https://localhost:${ports.https}` },
  tls: await serverTls(),
  environment: process.env,
})
for (const id of [...members.map(({ profile }) => profile), 'moi-inbox'])
  copyFileSync(new URL(`../../profiles/${id}.yaml`, import.meta.url), join(folder, 'profiles', `${id}.yaml`))
const log: string[] = []
const pem = (file: string): string => readFileSync(join(certs, file), 'utf8')
const start = () =>
  startGateway({
    settings: {
      data: join(folder, 'data'),
      trust: certs,
      profiles: join(folder, 'profiles'),
      listen: {
        http: { host: '127.0.0.1', port: ports.http },
        https: {
          ...{ host: '127.0.0.1', port: ports.https },
          certificate: join(certs, 'tls/gateway.pem'),
          key: join(certs, 'tls/gateway.key.pem'),
        },
      },
      log: 'info',
    },
    environment: {
      ...host.environment,
      SARABAN_MOI_INBOX_URL: `https://localhost:${inbox.port}/envelopes`,
      SARABAN_MOI_TLS_KEY: pem('tls/gateway.key.pem'),
      SARABAN_MOI_TLS_CERTIFICATE: pem('tls/gateway.pem'),
      SARABAN_MOI_TLS_AUTHORITY: pem('authority.pem'),
    },
    clock,
    random: systemRandom,
    log: logTo(log),
  })
mkdirSync(join(folder, 'data'), { recursive: true })
let gateway = await start()
t.teardown(async () => {
  await gateway.stop()
  await host.close()
  await control.close()
  await inbox.close()
  rmSync(folder, { recursive: true, force: true })
})

const sha256 = ({ bytes }: Scan): string => createHash('sha256').update(bytes).digest('hex')
const scans = (of: string): [Scan, Scan] => [
  { name: `letter-${of}.pdf`, mediaType: 'application/pdf', bytes: makePdf(`หนังสือ ${of}`, [of]) },
  { name: `map-${of}.png`, mediaType: 'image/png', bytes: makePng(640, 480, of.length) },
]

/** Lets the systems look until something is so; the bound is generous, for a slow machine. */
async function until<Value>(found: () => Value | undefined, what: string): Promise<Value> {
  const end = performance.now() + 240_000
  for (;;) {
    for (const { system } of host.members) await system.look()
    const value = found()
    if (value !== undefined) return value
    if (performance.now() > end) throw new Error(`never: ${what}\n${log.slice(-15).join('')}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const entriesOf = <Kind extends BookEntry['entry']>(
  { system }: Hosted,
  kind: Kind,
): (BookEntry & { readonly entry: Kind })[] =>
  system.entries.filter((entry): entry is BookEntry & { readonly entry: Kind } => entry.entry === kind)

t.test('nobody is left out', (t) => {
  t.same(host.leftOut, [])
  t.equal(host.members.length, members.length)
  t.end()
})

const subject = 'ขอความร่วมมือทดสอบระบบ “สารบรรณ” & น้ำท่วม <ด่วน> ครั้งที่ ๑/๒๕๕๑'

/** What TIS-620 can say of it too. */
const plainSubject = 'ขอความร่วมมือทดสอบระบบสารบรรณ & น้ำท่วม ครั้งที่ 1/2551'

t.test('letters to the ministry', async (t) => {
  const letters = host.members.map(({ member }) => ({
    number: `ที่ ${member.office} 0017.1/ว${Number(member.office) + 100}`.replace(/^ที่ \d+/, 'ที่ มท'),
    date: '15 พฤศจิกายน 2551',
    subject: plainSubject,
    urgency: 'ด่วนที่สุด',
    to: moi,
    scans: scans(`out-${member.office}`),
  }))
  for (const [index, { system }] of host.members.entries()) await system.send(letters[index]!)
  for (const [index, hosted] of host.members.entries()) {
    const { member, system } = hosted
    const letter = letters[index]!
    await t.test(member.profile, async (t) => {
      const entry = await until(() => {
        const found = ledger.find((each) => each.entry === 'letter.registered' && each.from === member.office)
        return found?.entry === 'letter.registered' ? found : undefined
      }, `the ministry has the letter of ${member.profile}`)
      t.same(entry.date, '2008-11-15')
      t.equal(
        entry.subject.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50)),
        plainSubject,
      )
      t.same([...entry.attachments].sort(), letter.scans.map(sha256).sort(), 'ledger: byte for byte')
      const notice = await until(
        () => entriesOf(hosted, 'notice.received').find(({ kind }) => kind === 'accept'),
        `${member.profile} has its receive number`,
      )
      t.equal(notice.receiveNumber, entry.receiveNumber, 'ledger: its number')
      t.equal(system.entries.filter((each) => each.entry === 'letter.sent').length, 1)
    })
  }
})

t.test('a circular from the ministry, over a restart of the gateway', async (t) => {
  const sent = scans('in')
  const answer = await request(`http://127.0.0.1:${control.port}/letters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      number: 'มท 0210.3/ว 3898',
      date: '2008-11-15',
      subject,
      urgency: 'very-urgent',
      to: offices,
      attachments: sent.map(({ name, mediaType, bytes }) => ({
        name,
        mediaType,
        content: bytes.toString('base64'),
      })),
    }),
  })
  t.equal(answer.statusCode, 202, await answer.body.text())
  await until(() => (inbox.waiting() === 0 ? true : undefined), 'the gateway has the circular')
  await gateway.stop()
  gateway = await start()
  for (const hosted of host.members) {
    const { member } = hosted
    await t.test(member.profile, async (t) => {
      const entry = await until(
        () => entriesOf(hosted, 'letter.received')[0],
        `${member.profile} has the circular`,
      )
      t.match(
        entry.number.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50)),
        /0210\.3\/ว ?3898/,
      )
      for (const scan of sent) t.ok(entry.files.includes(sha256(scan)), `ledger: ${scan.name}, byte for byte`)
      const notice = await until(() => {
        const found = ledger.find(
          (each) => each.entry === 'notice.received' && each.kind === 'accept' && each.from === member.office,
        )
        return found?.entry === 'notice.received' ? found : undefined
      }, `the ministry has the receive number of ${member.profile}`)
      t.equal(notice.receiveNumber, entry.receiveNumber, 'ledger: its number')
    })
  }
})

t.test('nobody has anything twice, and nothing is in quarantine', async (t) => {
  for (const hosted of host.members) {
    t.equal(entriesOf(hosted, 'letter.received').length, 1, `ledger: ${hosted.member.profile}`)
    t.equal(
      ledger.filter((each) => each.entry === 'letter.registered' && each.from === hosted.member.office)
        .length,
      1,
      `ledger: ${hosted.member.profile}`,
    )
  }
  const told = log.map((line) => JSON.parse(line) as { msg: string; outcome?: string })
  t.ok(told.some(({ msg }) => msg === 'source.taken'))
  t.same(
    told.filter(
      ({ msg, outcome }) =>
        outcome === 'refused' || /^source\.(quarantined|refused)|failed$|given-up|not-taken/.test(msg),
    ),
    [],
  )
})
