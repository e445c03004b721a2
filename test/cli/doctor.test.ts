// `saraban doctor`: a healthy installation, and broken ones, of each of which it names what is wrong and no more.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import pino from 'pino'
import t, { type Test } from 'tap'
import { stringify } from 'yaml'
import { run } from '../../src/cli/program.ts'
import { attachmentsOf, openAttachments } from '../../src/gateway/attachments/place.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { moveDelivery } from '../../src/gateway/journal/deliveries.ts'
import { listMembers } from '../../src/gateway/journal/members.ts'
import { setPresent } from '../../src/gateway/journal/present.ts'
import { quarantine } from '../../src/gateway/journal/quarantine.ts'
import { keepSource } from '../../src/gateway/journal/sources.ts'
import { createLog } from '../../src/gateway/log.ts'
import { placesIn } from '../../src/gateway/places.ts'
import { createAuthority } from '../../src/gateway/trust/authority.ts'
import { type Clock, systemClock, systemRandom } from '../../src/letter/time.ts'
import { linesOf } from '../../src/log-lines.ts'
import { scratch, until } from '../gateway/harness.ts'
import {
  ask,
  bearer,
  type Installation,
  inboxProfile,
  jsonProfile,
  keyOf,
  makeInstallation,
  sha256,
} from '../gateway/installation.ts'
import { isEmbedded, openJournal } from '../gateway/journal-engine.ts'
import { storeSettings, storesInFile } from '../gateway/store-settings.ts'
import { mustBe, office } from '../letter/arbitrary.ts'
import { pipeIn } from '../named-pipe.ts'
import { sarabanIn } from './operator.ts'

const day = 86_400_000

interface Found {
  readonly code: number
  readonly out: string
  /** The codes of what is wrong, each with its value. */
  readonly wrong: readonly string[]
}

interface Opened extends Installation {
  doctor(...words: string[]): Promise<Found>
  doctorAt(clock: Clock, ...words: string[]): Promise<Found>
  readonly environment: Readonly<Record<string, string>>
  /** Writes the settings file. */
  write(changes?: object): void
  database(): Promise<Database>
}

async function opened(t: Test): Promise<Opened> {
  const folder = scratch(t)
  const installation = await makeInstallation(folder, ['50', 'moi'].map(office), {
    'json-50.yaml': jsonProfile('50'),
    'moi.yaml': inboxProfile(),
  })
  const { settings } = installation
  const file = join(folder, 'saraban.yaml')
  const secret = join(folder, 'secret')
  const write = (changes: object = {}): void => {
    const { data, trust, profiles, listen } = settings
    const alarms = { disk: '1MiB' }
    writeFileSync(
      file,
      stringify({ data, trust, profiles, listen, alarms, ...storesInFile(settings), ...changes }),
    )
  }
  write()
  writeFileSync(secret, 'x', { mode: 0o600 })
  const { environment } = await storeSettings(folder)
  const doctorAt = async (clock: Clock, ...words: string[]): Promise<Found> => {
    let [out, err] = ['', '']
    const terminal = {
      write: (text: string) => {
        out += text
      },
      complain: (text: string) => {
        err += text
      },
    }
    const code = await run(['doctor', '--settings', file, ...words], {
      ...{ ...terminal, environment, clock, random: systemRandom },
      untilEnded: () => Promise.resolve(),
    })
    const wrong = [...out.matchAll(/^wrong: .*\[([a-z.-]+)\]$/gm)].map(([, each = '']) => each)
    return { code, out: out + err, wrong }
  }
  return {
    ...{ ...installation, write, doctorAt, environment },
    doctor: (...words) => doctorAt(systemClock, ...words),
    database: () => openAgain(installation),
  }
}

async function openAgain({ folder, settings }: Installation): Promise<Database> {
  return openJournal(isEmbedded ? settings.data : folder)
}

const scan = Buffer.from('%PDF-1.4 scan')

/** A letter with a scan, taken by the running gateway. */
async function send(http: string | undefined, number: number): Promise<void> {
  const letter = {
    ...{ number: `0017.1/${number}`, date: '2026-11-20', subject: 'ทดสอบ', from: '50', to: 'moi' },
    attachments: [
      {
        name: 'scan.pdf',
        mediaType: 'application/pdf',
        content: scan.toString('base64'),
      },
    ],
  }
  const answer = await ask(`${http}/v1/systems/50/letters`, {
    ...{ method: 'POST', body: JSON.stringify(letter) },
    headers: { ...bearer(keyOf('50')), 'content-type': 'application/json' },
  })
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
}

t.test('healthy, and each thing that can be wrong with the same installation', async (t) => {
  const installation = await opened(t)
  const { settings, doctor, doctorAt, write } = installation
  const before = await doctor()
  t.same(
    before.wrong,
    isEmbedded
      ? ['doctor.gateway.stopped', 'doctor.journal.absent']
      : ['doctor.gateway.stopped', 'cli.journal.version'],
    'before the first start',
  )
  let gateway = await installation.start()
  t.teardown(() => gateway.stop())
  await send(gateway.http, 1)
  const healthy = await doctor('--deep')
  t.same({ code: healthy.code, wrong: healthy.wrong }, { code: 0, wrong: [] }, healthy.out)
  t.match(healthy.out, /1 envelopes and their attachments; attachments that nothing names\nhealthy\n$/)
  t.match(JSON.parse((await doctor('--json')).out), { healthy: true, wrong: [], noted: [], unseen: [] })

  const key = join(settings.trust, 'keys', '50.pem')
  chmodSync(key, 0o644)
  const open = await doctor()
  t.same([open.code, open.wrong], [1, ['doctor.key.open']])
  t.match(open.out, `“${key}” (mode 644)`)
  t.match(open.out, /what to do: chmod 600/)
  t.match(open.out, /วิธีแก้: สั่ง chmod 600/)
  chmodSync(key, 0o600)

  const own = join(settings.trust, 'authority.pem')
  const authority = readFileSync(own)
  writeFileSync(own, (await createAuthority(Date.now(), systemRandom)).certificate.toString())
  const foreign = await doctor()
  t.same([foreign.code, foreign.wrong], [1, ['doctor.certificate.foreign']])
  t.match(
    foreign.out,
    '2 certificates of offices do not stand under authority.pem of the trust folder: those of “50, moi”',
  )
  writeFileSync(own, authority)

  write({ alarms: { disk: '999999999GiB' } })
  t.same((await doctor()).wrong, ['alarm.disk'])
  write({
    alarms: {
      hooks: [{ name: 'duty', webhook: { url: 'https://a.example/', secret: { env: 'NOT_THERE' } } }],
    },
  })
  t.same((await doctor()).wrong, ['adapter.profile.reference-unresolved'])
  write()

  const late = await doctorAt({ ...systemClock, now: () => Date.now() + 3640 * day })
  t.ok(
    late.wrong.length > 2 &&
      late.wrong.every((code) => /^alarm\.certificate$|^doctor\.clock$|^alarm.lag$/.test(code)),
    String(late.wrong),
  )
  t.match(late.out, 'the certificate of “https” is valid until')

  installation.profile('broken.yaml', 'id: x\noffice: "99"\n')
  const broken = await doctor()
  t.ok(
    broken.wrong.length > 0 && broken.wrong.every((code) => code.startsWith('adapter.profile.')),
    String(broken.wrong),
  )
  t.match(broken.out, 'broken.yaml')
  rmSync(join(settings.profiles, 'broken.yaml'))

  // What is in the store and named by nothing is no fault. A day later nothing that is under way will name it.
  const { environment } = await storeSettings(installation.folder)
  const store = await openAttachments(mustBe(attachmentsOf(settings, environment)), systemClock)
  await store.keep(Buffer.from('a scan of a process that was killed'), 100)
  t.notMatch((await doctor('--deep')).out, 'no fault')
  const aDayLater = { ...systemClock, now: () => Date.now() + 1.1 * day }
  const unnamed = await doctorAt(aDayLater, '--deep')
  t.match(
    unnamed.out,
    /^no fault: “1” attachments in the store .*\[doctor\.attachments\.unnamed\]\n {2}ที่เก็บมี/m,
  )
  t.match(JSON.parse((await doctorAt(aDayLater, '--deep', '--json')).out), {
    noted: [{ code: 'doctor.attachments.unnamed', value: '1' }],
    unseen: [],
  })
  t.notMatch((await doctorAt(aDayLater)).out, 'no fault', 'the store is not listed without --deep')

  // What is wrong in the store: an attachment is gone, another letter's envelope was changed.
  await store.remove(sha256(scan))
  store.close()
  const missing = await doctor()
  t.same(missing.wrong, ['doctor.attachment.missing'])
  await send(gateway.http, 2)
  t.same((await doctor()).wrong, [], 'handed over again, it is whole')

  await gateway.stop()
  t.same((await doctor()).wrong, ['doctor.gateway.stopped'])
  const database = await installation.database()
  await database.write(async (transaction) => {
    const row = await transaction.one<{ id: string; bytes: Uint8Array }>(
      'SELECT message_id AS id, bytes FROM envelopes ORDER BY message_id LIMIT 1',
    )
    const changed = Buffer.from(row?.bytes ?? [])
      .toString('utf8')
      .replace('ทดสอบ', 'ทดลอง')
    await transaction.run(
      'UPDATE envelopes SET bytes = ? WHERE message_id = ?',
      Buffer.from(changed),
      row?.id ?? '',
    )
  })
  t.same((await doctor()).wrong.toSorted(), ['doctor.envelope.damaged', 'doctor.gateway.stopped'])
  const unknown = await doctorAt(aDayLater, '--deep')
  t.match(
    unknown.out,
    /^unseen: .*attachments that nothing names.*what a damaged envelope names is not known/m,
  )
  t.notMatch(unknown.out, 'no fault', 'perhaps it is the damaged one that names them')
  await database.close()
  gateway = await installation.start()
})

t.test('a gateway that cannot write its log takes letters all the same, and is told', async (t) => {
  const installation = await opened(t)
  const pipe = pipeIn(installation.folder)
  const lines = linesOf(pipe.writer)
  const gateway = await installation.start({
    log: createLog(pino({ level: 'info', base: null }, lines)),
    lines,
  })
  t.teardown(() => gateway.stop())
  await send(gateway.http, 1)
  t.same((await installation.doctor()).wrong, [])
  const metric = async (): Promise<string | undefined> =>
    /^saraban_log_lines_lost_total (\d+)$/m.exec((await ask(`${gateway.http}/metrics`)).text)?.[1]
  const obstacles = async (): Promise<string> => (await ask(`${gateway.http}/readyz`)).text
  t.equal(await metric(), '0')
  pipe.hangUp()
  await send(gateway.http, 2)
  await until(async () => (await installation.doctor()).wrong.length > 0, 'told')
  const told = await installation.doctor()
  t.same(told.wrong, ['alarm.log'])
  t.match(
    told.out,
    /a gateway cannot write its log since .* \(“?EPIPE”?\): “?[1-9]\d*”? lines or more are lost; letters go on/,
  )
  t.match(await obstacles(), 'log cannot be written')
  pipe.takeUp()
  await send(gateway.http, 3)
  await until(async () => (await installation.doctor()).wrong.length === 0, 'over')
  // A slow machine may have had something else to log meanwhile.
  const lost = await metric()
  t.match(lost, /^[1-9]/)
  const back = new RegExp(`"lost":${lost},"reason":"EPIPE",.*"msg":"log.available"\\}\n(.*\n)*.*source.taken`)
  t.match(pipe.read(), back)
  t.notMatch(await obstacles(), 'log cannot be written')
})

t.test(
  'what a running gateway does not do: attempts that nobody ends, a journal of another version',
  async (t) => {
    const installation = await opened(t)
    const gateway = await installation.start()
    t.teardown(() => gateway.stop())
    await send(gateway.http, 1)
    const database = await installation.database()
    t.teardown(() => database.close())
    await database.write(async (transaction) => {
      const row = await transaction.one<{ id: string }>('SELECT id FROM deliveries LIMIT 1')
      const [member] = await listMembers(transaction)
      await moveDelivery(transaction, row?.id ?? '', 'send', Date.now() - 36 * 60_000, {
        by: member?.id ?? '',
      })
    })
    t.same((await installation.doctor()).wrong, ['doctor.attempt.old'])
    if (!isEmbedded) return
    const raw = new Sqlite(join(installation.settings.data, 'journal.sqlite'))
    raw.pragma('user_version = 3')
    raw.close()
    t.same((await installation.doctor()).wrong, ['cli.journal.version'])
  },
)

t.test('an office whose profile was taken away: what waits for it is named, and why', async (t) => {
  const installation = await opened(t)
  const { settings, doctor, environment } = installation
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  await send(gateway.http, 1)
  const file = ['--settings', join(installation.folder, 'saraban.yaml')]
  const messages = async (...words: string[]) =>
    (await sarabanIn(environment, systemClock, 'messages', ...words, ...file)).out
  t.equal(await messages('list', '--stuck'), 'no letters\n')
  rmSync(join(settings.profiles, 'moi.yaml'))
  t.match(await gateway.reload(), { kind: 'applied', waiting: { moi: 1 } })
  const found = await doctor()
  t.same(found.wrong, ['doctor.office.unserved'])
  t.match(found.out, /“?1”? deliveries to office “?moi”? wait, and no profile for it is at work/)
  t.match(found.out, /saraban messages list --open --office moi names the letters/)
  t.match(
    await messages('list', '--stuck'),
    /the letter to moi, open since .*: waits for a profile of its office; no system of office “moi” is connected at present \[delivery\.no-system\]/,
  )
  const shown = await messages('show', 'ชม 0017.1/1')
  t.match(shown, /why: no system of office “moi” is connected.*\n {4}what to do: Put its profile back/)
  installation.profile('moi.yaml', inboxProfile())
  await gateway.reload()
  t.same((await doctor()).wrong, [])
  t.equal(await messages('list', '--stuck'), 'no letters\n')
})

t.test('healthy, and its last line says what is not for long enough to be wrong', async (t) => {
  const installation = await opened(t)
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  const database = await installation.database()
  t.teardown(() => database.close())
  const at = Date.now() - 60_000
  await database.write(async (transaction) => {
    const bytes = Buffer.from('x')
    await keepSource(transaction, {
      ...{ id: 's1', system: 'json-50', document: 'letter', name: 'a.json', receivedAt: at },
      ...{ bytes, size: bytes.length, sha256: sha256(bytes), beside: '' },
    })
    await quarantine(
      transaction,
      {
        ...{ id: 'q1', sourceId: 's1', position: 'row 1', problems: [], number: undefined, office: '50' },
        ...{ handover: null, doubted: false, unseen: false },
        ...{ understood: undefined, secrecy: undefined, contentDigest: undefined },
      },
      at,
    )
    const row = { kind: 'breaker', subject: 'moi', what: '', since: at, facts: {} } as const
    const [member] = await listMembers(transaction)
    await setPresent(transaction, member?.id ?? '', row)
  })
  const found = await installation.doctor()
  t.same([found.code, found.wrong], [0, []])
  const last = found.out.trimEnd().split('\n').at(-1)
  t.match(
    last,
    /^healthy; not for long yet: “?1”? places wait in quarantine, the oldest since .*; office “moi” cannot be reached since /,
  )
  t.match(found.out, /not for long: .*\[alarm\.quarantine\]\n {2}มีเอกสารในที่กักกัน/)
  const json = JSON.parse((await installation.doctor('--json')).out)
  t.match(json, {
    healthy: true,
    young: [{ code: 'alarm.quarantine' }, { code: 'alarm.breaker', value: 'moi' }],
  })
})

t.test('what a profile leaves to chance is told, and is no fault', async (t) => {
  const { folder, profile, doctor } = await opened(t)
  t.match(JSON.parse((await doctor('--json')).out), { noted: [] })
  const before = await doctor()
  const text = readFileSync('profiles/chiang-mai-csv.yaml', 'utf8')
  const placed = text.replace(/\{ env: SARABAN_50_(\w+) \}/g, (_, name: string) => {
    const path = join(folder, name)
    mkdirSync(path)
    return path
  })
  profile('json-50.yaml', placed.replace('table: { "1": ordinary,', 'table: { O: ordinary, "1": ordinary,'))
  const found = await doctor()
  t.same([found.code, found.wrong], [before.code, before.wrong])
  t.match(
    found.out,
    /^no fault: chiang-mai-csv\.documents\..*\[adapter\.remark\.codes-order\]\n {2}บรรทัด .*\n {4}what to do: .*\n {4}วิธีแก้: /m,
  )
  t.match(JSON.parse((await doctor('--json')).out).noted, [{ code: 'adapter.remark.codes-order' }])
})

t.test('offices that cannot be reached, and a clock that differs', async (t) => {
  const installation = await opened(t)
  const { folder } = installation
  const send = join(folder, 'send')
  mkdirSync(send)
  let date = Date.now()
  const server = createServer((_request, response) => {
    response.sendDate = false
    response.writeHead(404, { date: new Date(date).toUTCString() }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/letters`
  const profile = jsonProfile('50') as Readonly<Record<string, object>>
  installation.profile('json-50.yaml', {
    ...profile,
    send: { transport: { kind: 'folder', path: send, pattern: '*.json' }, document: 'letter' },
    receive: { transport: { kind: 'http-out', url }, document: 'letter' },
    notices: { transport: { kind: 'http-out', url }, document: 'notice' },
  })
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  t.same((await installation.doctor()).wrong, [])
  date -= 120_000
  const differs = await installation.doctor()
  t.same(differs.wrong, ['doctor.clock'])
  t.match(
    differs.out,
    /json-50: the clock of this machine and that of “http:\/\/127.0.0.1:\d+” differ by 1[12]\d seconds/,
  )
  date = Date.now()
  rmSync(send, { recursive: true })
  const gone = await installation.doctor()
  t.same(gone.wrong, ['doctor.unreachable'], 'once, though the gateway tells it too')
  t.match(gone.out, `“${send}” cannot be reached: ENOENT`)
  mkdirSync(send)
  server.close()
  server.closeAllConnections()
  t.same((await installation.doctor()).wrong, ['doctor.unreachable'])
})

t.test('a secret of a profile that others may read', async (t) => {
  const installation = await opened(t)
  const { folder, settings } = installation
  const written = (path: string, text: string, mode = 0o644) => {
    writeFileSync(path, text, { mode })
    return path
  }
  mkdirSync(settings.data)
  const token = written(join(settings.data, 'token'), 'x')
  const key = join(settings.trust, 'tls', 'gateway.key.pem')
  const certificate = written(
    join(folder, 'shown.pem'),
    readFileSync(join(settings.trust, 'tls', 'gateway.pem'), 'utf8'),
  )
  const transport = {
    ...{ kind: 'http-out', url: 'http://127.0.0.1:1/', token: { file: 'token' } },
    tls: { certificate: { file: certificate }, key: { file: key } },
  }
  installation.profile('json-50.yaml', {
    ...jsonProfile('50'),
    receive: { transport, document: 'letter' },
    notices: { transport, document: 'notice' },
  })
  const open = async () =>
    [...(await installation.doctor()).out.matchAll(/^wrong: (.*) \[doctor\.key\.open\]$/gm)].map(
      ([, said]) => said,
    )
  t.same(await open(), [`json-50: others than the gateway’s user may read the secret “${token}” (mode 644)`])
  chmodSync(token, 0o600)
  t.same(await open(), [])
})

t.test('settings that cannot be read: nothing could be looked at', async (t) => {
  const installation = await opened(t)
  installation.write({ trust: join(installation.folder, 'nowhere') })
  const found = await installation.doctor()
  t.equal(found.code, 2)
  t.match(found.out, 'error: trust')
})

t.test('the places of channels', (t) => {
  const channels = {
    send: { transport: { kind: 'sftp', host: 'files.example', path: '/out' } },
    receive: { transport: { kind: 'sql', connection: { engine: 'mysql', host: 'db.example' } } },
    notices: {
      transport: {
        kind: 'mailbox',
        imap: { host: 'imap.example' },
        smtp: { host: 'smtp.example', port: 25 },
      },
    },
    sendNotices: { transport: { kind: 'folder', path: 'in' } },
  }
  t.same(placesIn(channels, '/data'), [
    { kind: 'server', host: 'files.example', port: 22 },
    { kind: 'server', host: 'db.example', port: 3306 },
    { kind: 'server', host: 'imap.example', port: 993 },
    { kind: 'server', host: 'smtp.example', port: 25 },
    { kind: 'folder', path: '/data/in' },
  ])
  t.same(
    placesIn(
      { send: { transport: { kind: 'soap-out', url: 'https://a.example/b', tls: { key: 'K', x: 1 } } } },
      '/',
    ),
    [{ kind: 'address', url: 'https://a.example/b', tls: { key: 'K' } }],
  )
  t.end()
})
