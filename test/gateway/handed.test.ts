// The exact bytes that came and went, for every letter: recorded before the first of them leaves, whatever fails.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { stringify } from 'yaml'
import type { Adapter, Item } from '../../src/adapters/contract.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { run } from '../../src/cli/program.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { JournalUnavailable } from '../../src/gateway/journal/database.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { answersOf, documentOf, handedOf } from '../../src/gateway/journal/handed.ts'
import { createMetrics } from '../../src/gateway/metrics.ts'
import { verbsFor } from '../../src/gateway/verbs.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { systemRandom } from '../../src/letter/time.ts'
import { startSmtp } from '../../src/sandbox/servers/smtp.ts'
import { environment } from '../adapters/chiang-mai.ts'
import { adapterOf, shipped } from '../adapters/stage.ts'
import { mustBe, office } from '../letter/arbitrary.ts'
import { serverTls } from '../servers/tls.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  ScriptedAdapter,
  scratch,
  source,
  systemOf,
  until,
} from './harness.ts'
import { jsonProfile, logTo } from './installation.ts'
import { besideIt } from './store-settings.ts'

const nan = office('55')
t.setTimeout(600_000)

const trust = await makeTrust([chiangMai, chiangRai, nan, moi])
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const scan = Buffer.from('%PDF-1.4 the scan')

/** A gateway between the ministry and one office with a real adapter, and the operator's command beside it. */
async function open(t: Test, make: (clock: HandClock) => Adapter) {
  const folder = scratch(t)
  const clock = new HandClock()
  const ministry = new ScriptedAdapter(moi)
  const adapter = make(clock)
  const gateway = await openGateway(folder, trust, [ministry, adapter], clock)
  t.teardown(async () => {
    await gateway.close()
    await adapter.stop()
  })
  const { desk, dispatch } = gateway
  await dispatch.start()
  const { committed } = desk.database
  return {
    ...{ gateway, clock, desk, dispatch, folder, committed },
    /** The ministry writes to the office. */
    async send(changes: Partial<Letter> = {}): Promise<string> {
      const letter = plainLetter({ from: { office: moi }, to: { offices: [adapter.office] }, ...changes })
      const item = letterItem(letter) as Extract<Item, { kind: 'letter' }>
      const attachments = [
        { name: 'หนังสือ.pdf', role: 'main' as const, content: { kind: 'bytes' as const, bytes: scan } },
      ]
      ministry.items = [{ ...item, attachments }]
      const [taken] = await take(desk, systemOf(ministry), source('what the ministry sent'), (each) =>
        ministry.read(each),
      )
      if (taken?.kind !== 'taken') throw new Error(JSON.stringify(taken))
      return taken.messageId
    },
    async delivery(messageId: string) {
      const found = (await deliveriesOfMessage(committed, messageId)).find(
        (each) => each.office === adapter.office,
      )
      if (found === undefined) throw new Error('no delivery')
      return found
    },
    async document(digest: string) {
      const row = await documentOf(committed, digest)
      if (row === undefined) throw new Error(`no document ${digest}`)
      if (row.bytes !== null) return Buffer.from(row.bytes)
      return Buffer.concat(await desk.attachments.open(digest).toArray())
    },
    async saraban(...words: string[]) {
      let [out, err] = ['', '']
      const { words: place, environment } = await besideIt(folder)
      const code = await run(['messages', ...words, ...place], {
        write: (text) => {
          out += text
        },
        complain: (text) => {
          err += text
        },
        environment,
        clock,
        random: systemRandom,
        untilEnded: async () => undefined,
      })
      return { code, out, err }
    },
  }
}

/** Chiang Mai's folders. */
function openFolder(t: Test) {
  const shared = scratch(t)
  for (const name of ['send', 'send-notices', 'receive', 'notices']) mkdirSync(join(shared, name))
  const receive = join(shared, 'receive')
  return {
    receive,
    arrived: () => readdirSync(receive).filter((name) => name !== '.saraban'),
    opened: open(t, (clock) => adapterOf(shipped('chiang-mai-csv'), clock, environment, shared)),
  }
}

t.test('a folder: what stands there is what was recorded, byte for byte, with its files', async (t) => {
  const { opened, receive, arrived } = openFolder(t)
  const { send, delivery, committed, clock, document, saraban, folder } = await opened
  const id = await send()
  await clock.advance(1)
  await until(async () => (await delivery(id)).state === 'taken', 'handed over')
  const { id: deliveryId } = await delivery(id)
  const handed = await handedOf(committed, deliveryId)
  t.match(handed, [{ attempt: 1, mediaType: 'text/csv', extension: 'csv' }])
  const [first] = handed
  const name = arrived().find((each) => each.endsWith('.csv')) ?? ''
  t.same(await document(first!.sha256), readFileSync(join(receive, name)))
  t.match(first!.files, [{ sha256: sha256(scan), size: scan.length }])
  t.ok(arrived().includes(first!.files[0]!.name), 'under the name by which the document calls it')

  const shown = await saraban('show', id, '--bytes')
  t.match(shown.out, /the letter came from system-moi at .*: 22 bytes/)
  t.match(shown.out, /line 1, byte 0: what the ministry sent\n/)
  t.match(shown.out, /the letter was written at attempt 1 of its delivery to 50 .*text\/csv/)
  t.match(shown.out, /line 2, byte \d+: .*การเชื่อมโยงระบบสารบรรณอิเล็กทรอนิกส์/)
  t.match(shown.out, /with it the file .*\.pdf: 17 bytes/)
  t.notMatch((await saraban('show', id)).out, 'Exact bytes')
  const json = JSON.parse((await saraban('show', id, '--bytes', '--json')).out) as {
    bytes: { kind: string; base64?: string }[]
  }[]
  t.same(
    json[0]?.bytes.map(({ kind }) => kind),
    ['source', 'document', 'file', 'document'],
    'at last what the ministry was told',
  )
  t.equal(Buffer.from(json[0]?.bytes[0]?.base64 ?? '', 'base64').toString(), 'what the ministry sent')

  const to = join(folder, 'saved')
  const saved = await saraban('show', id, '--save', to)
  const paths = saved.out.trim().split('\n')
  t.equal(paths.length, 4, saved.err)
  t.same(readFileSync(paths[1]!), readFileSync(join(receive, name)))
  t.same(readFileSync(paths[2]!), scan)
  for (const path of paths) t.equal(statSync(path).mode & 0o777, 0o600, 'for its owner only')
  const again = await saraban('show', id, '--save', to)
  t.equal(again.code, 2, 'nothing is written over')
  t.match(again.err, /EEXIST/)
})

t.test('secret letters, and what came together with one, only when asked for', async (t) => {
  const { opened } = openFolder(t)
  const { send, saraban, clock, gateway } = await opened
  const secret = await send({ secrecy: 'secret' })
  const plain = await send({ subject: 'ไม่ลับ', number: plainLetter().number, date: '2008-02-14' as never })
  await clock.advance(1)
  await until(async () => (await gateway.queue.size()) === 0, 'handed over')
  t.equal((await saraban('show', secret, '--bytes')).code, 1)
  const shown = await saraban('show', plain, '--bytes')
  t.notMatch(shown.out, 'what the ministry sent', 'the same source held the secret one')
  t.match(shown.err, /it holds a secret letter too \(--secret\): the letter: test/)
  t.match(shown.out, /the letter was written at attempt 1/, 'its own document is its own')
  t.match((await saraban('show', secret, '--bytes', '--secret')).out, 'what the ministry sent')
})

t.test(
  'whichever write of the journal fails: nothing lies in the folder that was not recorded first',
  async (t) => {
    for (let failing = 1; ; failing += 1) {
      const { opened, receive, arrived } = openFolder(t)
      const { send, delivery, committed, clock, document, desk, gateway } = await opened
      const write = desk.database.write.bind(desk.database)
      const id = await send()
      const { id: deliveryId } = await delivery(id)
      let calls = 0
      let failed = false
      desk.database.write = async (work) => {
        calls += 1
        if (calls !== failing) return write(work)
        failed = true
        const recorded = await handedOf(committed, deliveryId)
        if (recorded.length === 0) t.same(arrived(), [], `write ${failing}: nothing left unrecorded`)
        throw new JournalUnavailable('the journal could not be written')
      }
      await clock.advance(1)
      for (let minute = 0; minute < 30 && (await delivery(id)).state !== 'taken'; minute += 1)
        await clock.advance(60_000)
      t.equal((await delivery(id)).state, 'taken', `write ${failing}: it arrives all the same`)
      t.equal(arrived().filter((name) => name.endsWith('.csv')).length, 1, 'once')
      const [last] = (await handedOf(committed, deliveryId)).slice(-1)
      const name = arrived().find((each) => each.endsWith('.csv')) ?? ''
      t.same(await document(last!.sha256), readFileSync(join(receive, name)))
      t.equal(
        new Set((await handedOf(committed, deliveryId)).map(({ sha256 }) => sha256)).size,
        1,
        'kept once',
      )
      desk.database.write = write
      if (!failed) {
        t.ok(failing > 4, `${failing - 1} writes were made to fail`)
        t.same(gateway.failures, [])
        return
      }
    }
  },
)

t.test('over HTTP: every attempt, the same bytes once, and what the other side answered', async (t) => {
  const bodies: Buffer[] = []
  let status = 503
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks))
      response.writeHead(status, { 'content-type': status === 503 ? 'text/html' : 'application/json' })
      response.end(status === 503 ? '<p>ปิดปรับปรุง</p>' : '{"ok":true}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const out = { kind: 'http-out', url: `http://127.0.0.1:${port}/letters` }
  const raw = {
    ...jsonProfile('57'),
    receive: { transport: out, document: 'letter' },
    notices: { transport: out, document: 'notice' },
  }
  const profile = mustBe(readProfile(stringify(raw, { aliasDuplicateObjects: false }), 'test.yaml'))
  const { send, delivery, committed, clock, document, saraban } = await open(t, (clock) =>
    adapterOf(profile, clock, {}),
  )
  const id = await send()
  await clock.advance(1)
  await until(() => bodies.length === 1, 'an attempt')
  status = 201
  await clock.advance(10_000)
  await until(async () => (await delivery(id)).state === 'taken', 'taken')
  const { id: deliveryId } = await delivery(id)
  const handed = await handedOf(committed, deliveryId)
  t.match(handed, [{ attempt: 1 }, { attempt: 2 }])
  t.equal(handed[0]!.digest, handed[1]!.digest, 'the same at every attempt')
  for (const body of bodies) t.ok(body.includes(await document(handed[0]!.sha256)), 'it is what was sent')
  t.same(await answersOf(committed, deliveryId), [
    { attempt: 1, bytes: Buffer.from('<p>ปิดปรับปรุง</p>') },
    { attempt: 2, bytes: Buffer.from('{"ok":true}') },
  ])
  const shown = await saraban('show', id, '--bytes')
  t.match(shown.out, /to attempt 1 57 answered: \d+ bytes\n.*\n {2}line 1, byte 0: <p>ปิดปรับปรุง<\/p>\n/)
})

t.test('by mail: the whole mail, as the server got it', async (t) => {
  const password = 'a password'
  const tls = await serverTls()
  const smtp = await startSmtp(tls, { user: 'gateway', password })
  t.teardown(() => smtp.stop())
  const environment = { PASSWORD: password, CA: tls.authority }
  const account = {
    ...{ host: 'localhost', user: 'gateway', password: { env: 'PASSWORD' }, authority: { env: 'CA' } },
  }
  const address = 'saraban_nan@moi.go.th'
  const transport = {
    ...{ kind: 'mailbox', address: 'gateway-55@moi.go.th', office: address, senders: [address] },
    ...{ imap: { ...account, port: 1 }, smtp: { ...account, port: smtp.port }, within: '5s' },
    notices: 'แจ้งผลหนังสือ',
  }
  const { channels, ...nanProfile } = shipped('nan-mailbox')
  const moved = Object.fromEntries(
    Object.entries(channels).map(([channel, definition]) => [channel, { ...definition, transport }]),
  )
  const { send, delivery, committed, clock, document } = await open(t, (clock) =>
    adapterOf({ ...nanProfile, channels: moved }, clock, environment),
  )
  const id = await send()
  await clock.advance(1)
  await until(async () => (await delivery(id)).state === 'taken', 'taken')
  const handed = await handedOf(committed, (await delivery(id)).id)
  t.equal(handed.length, 1)
  t.same(await document(handed[0]!.sha256), smtp.taken[0]?.bytes)
  t.match(String(smtp.taken[0]?.bytes.toString('latin1', 0, 400)), /^From: .*To: .*Message-ID: </s)
})

t.test('a system that polls: recorded before it is given, once however often it looks', async (t) => {
  const raw = stringify(jsonProfile('57'), { aliasDuplicateObjects: false })
  const profile = mustBe(readProfile(raw, 'test.yaml'))
  let adapter: Adapter | undefined
  const opened = await open(t, (clock) => {
    adapter = adapterOf(profile, clock, {})
    return adapter
  })
  const { send, delivery, committed, clock, dispatch, document, desk, gateway } = opened
  if (adapter === undefined) throw new Error('no adapter')
  const { present, queue, underWay } = gateway
  await adapter.start(
    verbsFor({
      ...{ system: systemOf(adapter), adapter, desk, dispatch, log: logTo([]), present, underWay },
      installation: 'one',
      metrics: createMetrics(desk.database, queue, present),
    }),
  )
  const id = await send()
  await clock.advance(1)
  const door = adapter.doors.find(({ method }) => method === 'GET')
  const look = async () => {
    const answer = await door?.enter({ headers: {}, rest: '', body: Readable.from([]) })
    return { status: answer?.status, body: Buffer.from(String(answer?.body)) }
  }
  const first = await look()
  t.equal(first.status, 200)
  t.same(await look(), first)
  const handed = await handedOf(committed, (await delivery(id)).id)
  t.match(handed, [{ attempt: 1, mediaType: 'application/json' }])
  t.equal(handed.length, 1)
  t.same(await document(handed[0]!.sha256), first.body)

  const write = desk.database.write.bind(desk.database)
  const { id: deliveryId } = await delivery(id)
  await write((transaction) => transaction.run('DELETE FROM handed WHERE delivery_id = ?', deliveryId))
  desk.database.write = async () => {
    throw new JournalUnavailable('the journal could not be written')
  }
  await t.rejects(look(), JournalUnavailable, 'what cannot be recorded is not given')
  desk.database.write = write
})
