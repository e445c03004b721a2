// The transport `mailbox` against a real IMAP server (Dovecot) and a real SMTP server.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { ImapFlow } from 'imapflow'
import { simpleParser } from 'mailparser'
import t from 'tap'
import { parse, stringify } from 'yaml'
import { createAdapter } from '../../src/adapters/adapter.ts'
import type { Adapter, Source, Taken } from '../../src/adapters/contract.ts'
import { readHead } from '../../src/adapters/formats/mail/head.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { judge } from '../../src/adapters/transports/mailbox/sender.ts'
import type { FetchSettings } from '../../src/adapters/transports/mailbox/settings.ts'
import { moi } from '../../src/letter/offices.ts'
import { printInstant } from '../../src/letter/time.ts'
import { type Dovecot, noDovecot, startDovecot } from '../../src/sandbox/servers/dovecot.ts'
import { proxyTo } from '../../src/sandbox/servers/proxy.ts'
import { startSmtp } from '../../src/sandbox/servers/smtp.ts'
import { fixedLetter, mustBe, office } from '../letter/arbitrary.ts'
import { serverTls } from '../servers/tls.ts'
import { messageIdOf } from './message-ids.ts'
import { parcelOf, start, TestGateway } from './stage.ts'

const address = 'gateway-55@moi.go.th'
const nan = 'saraban_nan@moi.go.th'
const password = 'Secret-ลับ-1'
const tls = await serverTls()
const missing = noDovecot(process.env)
const skip = missing !== undefined && process.env['CI'] !== 'true' ? missing : false
const dovecot: Dovecot | undefined =
  missing === undefined ? await startDovecot(process.env, { gateway: password }, tls) : undefined
const smtp = await startSmtp(tls, { user: 'gateway', password })
t.teardown(async () => {
  await dovecot?.stop()
  await smtp.stop()
})

const imap = {
  host: 'localhost',
  port: dovecot?.port ?? 1,
  user: 'gateway',
  password: { env: 'PASSWORD' },
  authority: { env: 'CA' },
}
const environment = { PASSWORD: password, CA: tls.authority }

/** The adapter of the example of Nan, with these options of its transport. */
function adapterWith(
  gateway: TestGateway,
  options: object,
  variables: Readonly<Record<string, string>> = {},
): Adapter {
  const made = madeWith(gateway, options, variables)
  return mustBe(made)
}

function madeWith(gateway: TestGateway, options: object, variables: Readonly<Record<string, string>> = {}) {
  const raw = parse(readFileSync(new URL('../../profiles/nan-mailbox.yaml', import.meta.url), 'utf8'))
  const transport = {
    kind: 'mailbox',
    address,
    office: nan,
    imap,
    smtp: { ...imap, port: smtp.port },
    senders: [nan],
    notices: 'แจ้งผลหนังสือ',
    within: '5s',
    ...options,
  }
  for (const channel of ['send', 'sendNotices', 'receive', 'notices']) raw[channel].transport = transport
  const profile = mustBe(readProfile(stringify(raw, { aliasDuplicateObjects: false }), 'test.yaml'))
  return createAdapter(profile, {
    environment: { ...environment, ...variables },
    folder: '/nowhere',
    clock: gateway.clock,
  })
}

/** What a person does with the mailbox, by a client of her own. */
async function withClient<Value>(act: (client: ImapFlow) => Promise<Value>): Promise<Value> {
  const client = new ImapFlow({
    host: 'localhost',
    port: imap.port,
    secure: true,
    auth: { user: 'gateway', pass: password },
    tls: { ca: tls.authority },
    logger: false,
  })
  await client.connect()
  try {
    return await act(client)
  } finally {
    await client.logout()
  }
}

const put = (...mails: readonly (string | Buffer)[]) =>
  withClient(async (client) => {
    for (const mail of mails) await client.append('INBOX', Buffer.from(mail))
  })

/** How many mails each mailbox holds. */
const counts = () =>
  withClient(async (client) => {
    const found: Record<string, number> = {}
    for (const { path } of await client.list()) {
      const status = await client.status(path, { messages: true })
      const messages = status === false ? 0 : (status.messages ?? 0)
      if (messages > 0) found[path] = messages
    }
    return found
  })

const emptied = () =>
  withClient(async (client) => {
    for (const { path } of await client.list()) {
      if (path !== 'INBOX') await client.mailboxDelete(path)
    }
    await client.mailboxOpen('INBOX')
    await client.messageDelete('1:*')
  })

t.beforeEach(async () => {
  smtp.taken.length = 0
  smtp.refuse = undefined
  if (dovecot !== undefined) await emptied()
})

const mailOf = (
  number: string,
  more: { readonly headers?: readonly string[]; readonly subject?: string; readonly from?: string } = {},
) =>
  [
    ...(more.headers ?? []),
    `From: ${more.from ?? nan}`,
    `Subject: ${more.subject ?? 'letter'}`,
    `Message-ID: <${number.length}-x@nan.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `ที่: นน 0017.1/${number}`,
    'ลงวันที่: 23 พ.ย. 2569',
    'เรื่อง: ทดสอบ',
    'ถึง: กระทรวงมหาดไทย',
    '',
  ].join('\r\n')

/** One look of an adapter of its own. */
async function lookWith(
  gateway: TestGateway,
  options: object = {},
  variables: Readonly<Record<string, string>> = {},
) {
  const adapter = adapterWith(gateway, options, variables)
  await adapter.start(gateway.verbs(adapter))
  await adapter.stop()
}

const numbers = ({ items }: TestGateway) =>
  items.map((item) => (item.kind === 'letter' ? item.draft.number?.printed : item.kind))

t.test('letters and notices are taken, put aside, and not met again', { skip }, async (t) => {
  const gateway = new TestGateway()
  const notice = [
    `From: ${nan}`,
    `Subject: =?UTF-8?B?${Buffer.from('แจ้งผลหนังสือ มท 0210.3/3893').toString('base64')}?=`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    'รายการ: ลงทะเบียนรับ\r\nที่: มท 0210.3/3893\r\nลงวันที่: 23 พ.ย. 2569\r\nเลขรับ: 7/2569\r\n',
  ].join('\r\n')
  await put(mailOf('1'), notice, mailOf('2'))
  await lookWith(gateway)
  t.same(numbers(gateway), ['นน 0017.1/1', 'notice', 'นน 0017.1/2'])
  t.same(
    gateway.offered.map(({ document }) => document),
    ['letter', 'notice', 'letter'],
  )
  t.ok(gateway.offered[0]?.bytes.equals(Buffer.from(mailOf('1'))), 'the mail as it came, byte for byte')
  t.same(await counts(), { 'saraban-done': 3 })
  await lookWith(gateway)
  t.equal(gateway.offered.length, 3)
  t.same(gateway.reports, [])
})

t.test('done by a flag or a keyword: the mail stays where it is', { skip }, async (t) => {
  for (const done of ['seen', { keyword: '$SarabanDone' }]) {
    const gateway = new TestGateway()
    await emptied()
    await put(mailOf('1'))
    await lookWith(gateway, { done })
    await lookWith(gateway, { done })
    t.same([gateway.offered.length, await counts()], [1, { INBOX: 1 }], JSON.stringify(done))
  }
})

t.test('the pause between two looks', { skip }, async (t) => {
  const gateway = new TestGateway()
  const adapter = adapterWith(gateway, { every: '1m' })
  t.teardown(() => adapter.stop())
  const verbs = gateway.verbs(adapter)
  await put(mailOf('1'))
  await adapter.start(verbs)
  await put(mailOf('2'))
  const second = new Promise<void>((resolve) => {
    gateway.answer = (item) => {
      resolve()
      return { kind: 'taken', position: item.position, messageId: messageIdOf(1) }
    }
  })
  gateway.clock.pass(59_000)
  t.equal(gateway.offered.length, 1)
  gateway.clock.pass(1_000)
  await second
  t.same(numbers(gateway), ['นน 0017.1/1', 'นน 0017.1/2'])
})

t.test('a connection is kept while nothing comes, and made anew when it was cut', { skip }, async (t) => {
  const wires: Socket[] = []
  const wire = createServer((client) => {
    const behind = connect(imap.port, imap.host)
    wires.push(client)
    for (const [from, to] of [
      [client, behind],
      [behind, client],
    ] as const)
      from
        .on('error', () => to.destroy())
        .on('close', () => to.destroy())
        .pipe(to)
  })
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', () => resolve()))
  const bound = wire.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  const gateway = new TestGateway()
  const adapter = adapterWith(gateway, { every: '30s', within: '2m', imap: { ...imap, port } })
  t.teardown(async () => {
    await adapter.stop()
    wire.close()
  })
  /** The next look, to its end. */
  const looked = async (): Promise<void> => {
    gateway.clock.pass(30_000)
    // While it lasts, only its own bound of 15 minutes is set.
    while (gateway.clock.next > 30_000) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await adapter.start(gateway.verbs(adapter))
  await looked()
  await looked()
  t.equal(wires.length, 1, 'three looks, one connection')
  await put(mailOf('1'))
  await looked()
  t.same([numbers(gateway), wires.length], [['นน 0017.1/1'], 1], 'what came meanwhile is seen on it')
  await looked()
  t.equal(wires.length, 2, 'after work there is a new one')
  wires[1]?.destroy()
  await put(mailOf('2'))
  await looked()
  t.same([numbers(gateway), wires.length], [['นน 0017.1/1', 'นน 0017.1/2'], 3])
  t.same(gateway.reports, [], 'a connection that ends while nobody looks is no trouble')
})

t.test('stopped between take and move: offered again, as the same handing-over', { skip }, async (t) => {
  const gateway = new TestGateway()
  await put(mailOf('1'))
  const adapter = adapterWith(gateway, {})
  const verbs = gateway.verbs(adapter)
  let stopping: Promise<void> | undefined
  const take = async (source: Source): Promise<readonly Taken[]> => {
    const taken = await verbs.take(source)
    stopping = adapter.stop()
    return taken
  }
  await adapter.start({ ...verbs, take })
  await stopping
  t.same(await counts(), { INBOX: 1 })
  await lookWith(gateway)
  const [first, again] = gateway.offered
  t.equal(first?.handover, again?.handover)
  t.match(first?.handover, /^\d+-\d+-[0-9a-f]{32}$/)
  t.same(await counts(), { 'saraban-done': 1 })
})

t.test(
  'a mailbox that was restored has other UIDs: the same mail is another handing-over',
  { skip },
  async (t) => {
    const gateway = new TestGateway()
    await put(mailOf('1'))
    gateway.failing = 1
    await lookWith(gateway)
    t.match(gateway.reports, [{ event: 'mailbox.not-taken', facts: { reason: 'EIO' } }], 'nothing was taken')
    await lookWith(gateway, { done: { keyword: 'a' } })
    dovecot?.renumber('gateway')
    await lookWith(gateway, { done: { keyword: 'b' } })
    const handovers = gateway.offered.map(({ handover }) => handover)
    t.equal(new Set(handovers).size, 2, handovers.join())
  },
)

t.test('one Message-ID on two mails: two handings-over', { skip }, async (t) => {
  const gateway = new TestGateway()
  await put(mailOf('1'), mailOf('2'))
  await lookWith(gateway)
  t.equal(new Set(gateway.offered.map(({ handover }) => handover)).size, 2)
})

t.test('a mail that somebody deletes between list and fetch is none', { skip }, async (t) => {
  const gateway = new TestGateway()
  await put(mailOf('1'), mailOf('2'), mailOf('3'))
  const adapter = adapterWith(gateway, {})
  const verbs = gateway.verbs(adapter)
  let first = true
  const take = async (source: Source) => {
    if (first) {
      await withClient(async (client) => {
        await client.mailboxOpen('INBOX')
        await client.messageDelete('2')
      })
    }
    first = false
    return verbs.take(source)
  }
  await adapter.start({ ...verbs, take })
  await adapter.stop()
  t.same(numbers(gateway), ['นน 0017.1/1', 'นน 0017.1/3'])
  t.same(gateway.reports, [])
})

t.test('one mail that cannot be taken now holds up no other', { skip }, async (t) => {
  const gateway = new TestGateway()
  await put(mailOf('1'), mailOf('2'))
  gateway.failing = 1
  await lookWith(gateway)
  t.same(numbers(gateway), ['นน 0017.1/2'])
  t.same(await counts(), { INBOX: 1, 'saraban-done': 1 })
})

t.test('a mailbox that is full: taken mails wait in the first one, and are known', { skip }, async (t) => {
  const gateway = new TestGateway()
  await put(mailOf('1'))
  await lookWith(gateway)
  await put(mailOf('2'))
  dovecot?.full('gateway', 'saraban-done', true)
  await lookWith(gateway)
  dovecot?.full('gateway', 'saraban-done', false)
  t.match(gateway.reports, [{ event: /mailbox\.not-/ }])
  t.same(await counts(), { INBOX: 1, 'saraban-done': 1 })
  await lookWith(gateway)
  t.equal(gateway.offered[1]?.handover, gateway.offered[2]?.handover)
  t.same(await counts(), { 'saraban-done': 2 })
})

t.test(
  'a mail that is too large is put aside unread; a person and its sender are told',
  { skip },
  async (t) => {
    const gateway = new TestGateway()
    const large = `${mailOf('1')}${'x'.repeat(300_000)}\r\n`
    await put(large, mailOf('2'))
    await lookWith(gateway, { limit: '2KiB', answer: true })
    t.same(numbers(gateway), ['fault', 'นน 0017.1/2'])
    t.match(gateway.offered[0], {
      document: 'letter',
      bytes: Buffer.alloc(0),
      unread: { size: Buffer.byteLength(large), sha256: createHash('sha256').update(large).digest('hex') },
    })
    t.match(gateway.items[0], {
      problems: [{ code: 'mail.too-large', path: 'mailbox saraban-failed', details: { limit: 2048 } }],
    })
    t.match(gateway.reports, [{ event: 'mailbox.too-large', facts: { limit: 2048 } }])
    t.same(await counts(), { 'saraban-done': 1, 'saraban-failed': 1 })
    t.match((await simpleParser(smtp.taken[0]?.bytes ?? '')).text, /2048/)
    gateway.failing = gateway.calls + 1
    await put(large)
    await lookWith(gateway, { limit: '2KiB' })
    t.same((await counts())['INBOX'], 1, 'nobody was told: it stays')
  },
)

/** A cable to the mail server on which, after so many bytes from it, the connection is cut, or nothing comes any more. */
async function cable(bytes: number, end: 'cut' | 'silent' = 'cut'): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(imap.port, '127.0.0.1')
    let passed = 0
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    near.pipe(far)
    far.on('data', (chunk) => {
      passed += chunk.length
      if (passed <= bytes) near.write(chunk)
      else if (end === 'cut') for (const socket of [near, far]) socket.destroy()
    })
    far.on('close', () => near.destroy())
    near.on('close', () => far.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

t.test(
  'cut in the middle of a fetch: nothing is taken of half a mail, all of it later',
  { skip },
  async (t) => {
    const gateway = new TestGateway()
    const mail = `${mailOf('1')}${'บรรทัด\r\n'.repeat(20_000)}`
    await put(mail)
    const broken = await cable(200_000)
    t.teardown(() => broken.close())
    await lookWith(gateway, { imap: { ...imap, port: broken.port } })
    t.same(gateway.offered, [])
    t.match(gateway.reports, [{ event: 'mailbox.unavailable' }])
    await lookWith(gateway)
    t.ok(gateway.offered[0]?.bytes.equals(Buffer.from(mail)))
  },
)

t.test(
  'silent in the middle of a fetch: left when its time is over, a trouble, and the next look takes all of it',
  { skip },
  async (t) => {
    const gateway = new TestGateway()
    const mail = `${mailOf('1')}${'บรรทัด\r\n'.repeat(20_000)}`
    await put(mail)
    const dumb = await cable(200_000, 'silent')
    t.teardown(() => dumb.close())
    // The first look is over when it resolves: the connection stays open, and nothing else would end it.
    await lookWith(gateway, { imap: { ...imap, port: dumb.port }, within: '500ms' })
    t.same(gateway.offered, [])
    t.match(gateway.reports, [{ event: 'mailbox.unavailable', facts: { mailbox: 'INBOX' } }])
    t.same(await counts(), { INBOX: 1 }, 'it lies where it lay')
    await lookWith(gateway)
    t.ok(gateway.offered[0]?.bytes.equals(Buffer.from(mail)))
    t.equal(gateway.reports.length, 1)
  },
)

/** What Dovecot says, with a word of it said otherwise. In the clear, so that it can be. */
async function saidOtherwise(change: (line: string) => string): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connectTls({ port: imap.port, host: 'localhost', ca: tls.authority })
    near.pipe(far)
    far.on('data', (chunk: Buffer) => near.write(change(chunk.toString('latin1')), 'latin1'))
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        near.destroy()
        far.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

t.test(
  'a list that is out of order, and says one mail twice and one that is gone: each once, as they came',
  { skip },
  async (t) => {
    const gateway = new TestGateway()
    await put(mailOf('1'), mailOf('2'), mailOf('3'))
    const uids = await withClient(async (client) => {
      await client.mailboxOpen('INBOX')
      return client.search({ all: true }, { uid: true })
    })
    const [first = 0, second = 0, third = 0] = uids || []
    let lists = 0
    const lying = await saidOtherwise((line) =>
      line.replace(/^\* (?:SEARCH [\d ]+|ESEARCH .*)\r\n/m, () => {
        lists += 1
        return `* SEARCH ${third} ${first} ${third + 1000} ${second} ${third}\r\n`
      }),
    )
    t.teardown(() => lying.close())
    const plain = {
      host: '127.0.0.1',
      port: lying.port,
      user: 'gateway',
      password: imap.password,
      plain: true,
    }
    await lookWith(gateway, { imap: plain })
    t.equal(lists, 1)
    t.same(numbers(gateway), ['นน 0017.1/1', 'นน 0017.1/2', 'นน 0017.1/3'])
    t.same(gateway.reports, [])
    t.same(await counts(), { 'saraban-done': 3 })
  },
)

t.test(
  'a wrong password, an unknown certificate, nobody there: told once, without the secret',
  { skip },
  async (t) => {
    const reasons = async (options: object, variables = {}) => {
      const gateway = new TestGateway()
      await lookWith(gateway, options, variables)
      t.equal(gateway.reports.length, 1)
      const said = JSON.stringify(gateway.reports)
      t.notMatch(said, new RegExp(`${password}|wrong-secret`))
      return gateway.reports[0]?.facts['reason']
    }
    t.equal(await reasons({}, { PASSWORD: 'wrong-secret' }), 'user or password refused')
    t.match(await reasons({}, { CA: (await serverTls()).authority }), /CERT|SIGNATURE|ISSUER/)
    t.equal(await reasons({ imap: { ...imap, port: 1 } }), 'ECONNREFUSED')
  },
)

t.test('a server that says nothing is left', async (t) => {
  const silent = createServer(() => undefined)
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => silent.close())
  const bound = silent.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  const gateway = new TestGateway()
  await lookWith(gateway, { imap: { ...imap, port }, within: '50ms' })
  t.match(gateway.reports, [{ event: 'mailbox.unavailable' }])
})

t.test('a server that refuses to search is a trouble, and no empty mailbox', async (t) => {
  let answer = 'NO [SERVERBUG] the index is broken'
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n')
    socket.on('data', (lines) => {
      for (const line of lines.toString('latin1').trim().split('\r\n')) {
        const [tag = '', ...words] = line.split(' ')
        const command = words.join(' ').toUpperCase()
        if (command.startsWith('CAPABILITY')) socket.write('* CAPABILITY IMAP4rev1\r\n')
        if (command.startsWith('LIST')) socket.write('* LIST () "/" INBOX\r\n')
        if (command.startsWith('SELECT')) socket.write('* 1 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n')
        const search = command.includes('SEARCH')
        if (search && answer === 'OK') socket.write('* SEARCH\r\n')
        socket.write(`${tag} ${search ? answer : 'OK'} done\r\n`)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => server.close())
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  const plain = { host: '127.0.0.1', port, user: 'gateway', password: { env: 'PASSWORD' }, plain: true }
  const gateway = new TestGateway()
  const adapter = adapterWith(gateway, { imap: plain })
  await adapter.start(gateway.verbs(adapter))
  t.match(gateway.reports, [{ event: 'mailbox.unavailable', facts: { reason: 'SEARCH refused' } }])
  answer = 'OK'
  gateway.clock.pass(60_000)
  for (let turn = 0; turn < 20_000 && gateway.reports.length < 2; turn++)
    await new Promise((resolve) => setImmediate(resolve))
  await adapter.stop()
  t.match(gateway.reports.slice(1), [{ event: 'mailbox.available' }])
})

// ── Who is believed ─────────────────────────────────────────────────────────────────────────────────────────────

const settings = { senders: new Set([nan]), authenticator: 'mx.moi.go.th' } as unknown as FetchSettings
const doubts = (...headers: string[]) =>
  judge(readHead(Buffer.from([...headers, '', ''].join('\r\n'))).head, settings).doubts.map(
    ({ code }) => code,
  )

t.test('T6, T9: a sender is believed only as far as our own server proved it', (t) => {
  const from = `From: "Nan" <${nan}>`
  const results = (text: string) => `Authentication-Results: ${text}`
  const good = results('mx.moi.go.th; spf=fail smtp.mailfrom=moi.go.th; dkim=pass header.d=moi.go.th')
  t.same(doubts(good, from), [])
  t.same(doubts(results(`mx.moi.go.th 1; spf=pass smtp.mailfrom=${nan}`), from), [])
  const unproved = ['mail.sender.unproved']
  t.same(doubts(from), unproved)
  t.same(doubts(results('mx.moi.go.th; none'), good, from), unproved, 'only the topmost of our server counts')
  t.same(doubts(results('evil.example; dkim=pass header.d=moi.go.th'), from), unproved, 'another server')
  t.same(doubts(results('mx.moi.go.th; dkim=pass header.d=evil.example'), from), unproved, 'another domain')
  t.same(doubts(results('mx.moi.go.th; dkim=pass header.d=xmoi.go.th'), from), unproved)
  t.same(
    doubts(results('mx.moi.go.th; spf=pass smtp.mailfrom=evil.example'), from),
    unproved,
    'SPF of another domain, which anybody can have',
  )
  t.same(
    doubts(results('mx.moi.go.th; dkim=none (x; dkim=pass header.d=moi.go.th)'), from),
    unproved,
    'a comment',
  )
  t.same(doubts(results('mx.moi.go.th (; dkim=pass header.d=moi.go.th'), from), unproved, 'an open comment')
  t.same(doubts(results('mx.moi.go.th; x=dkim=pass header.d=moi.go.th'), from), unproved)
  t.same(doubts(results('other.example; none'), good, from), [], 'what another server says above is not ours')
  t.same(doubts(good, 'From: evil@moi.go.th'), ['mail.sender.stranger'])
  t.same(doubts(good, `From: "${nan}" <evil@moi.go.th>`), ['mail.sender.stranger'])
  t.same(doubts(good, `From: ${nan}, evil@moi.go.th`), ['mail.header.sender'])
  t.same(doubts(good, from, 'From: evil@moi.go.th'), ['mail.header.twice'])
  t.same(doubts(good), ['mail.header.sender'])
  for (const sign of ['Auto-Submitted: auto-replied', 'Precedence: bulk', 'Return-Path: <>', 'List-Id: <x>'])
    t.same(doubts(good, from, sign), ['mail.sender.automatic'], sign)
  t.same(doubts(good, from, 'Auto-Submitted: no'), [])
  t.end()
})

t.test(
  'a mail of a stranger, an unproved and an automatic one wait for a person and get no answer',
  { skip },
  async (t) => {
    const gateway = new TestGateway()
    await put(
      mailOf('1', { from: 'evil@example.com' }),
      mailOf('22', { headers: ['Auto-Submitted: auto-replied'] }),
      mailOf('333', { headers: ['Authentication-Results: mx.moi.go.th; dkim=pass header.d=moi.go.th'] }),
    )
    await lookWith(gateway, { answer: true, authentication: { server: 'mx.moi.go.th' } })
    const codes = gateway.items.map((item) =>
      item.kind === 'fault' ? item.problems.map(({ code }) => code) : item.kind,
    )
    t.same(codes, [
      ['mail.sender.stranger', 'mail.sender.unproved'],
      ['mail.sender.automatic', 'mail.sender.unproved'],
      'letter',
    ])
    t.same(await counts(), { 'saraban-done': 1, 'saraban-failed': 2 })
    t.same(smtp.taken, [])
  },
)

t.test('a mail that is not understood is answered in Thai, once', { skip }, async (t) => {
  const gateway = new TestGateway()
  const bad = mailOf('1').replace('23 พ.ย. 2569', '31 ก.พ. 2569')
  await put(bad)
  await lookWith(gateway, { answer: true })
  t.same(await counts(), { 'saraban-failed': 1 })
  const [answer, another] = smtp.taken
  t.equal(another, undefined)
  t.same([answer?.from, answer?.to], ['', [nan]], 'from nobody, so that nothing answers it')
  const read = await simpleParser(answer?.bytes ?? '')
  t.match(read.text, /31 ก\.พ\. 2569/)
  t.match(read.text, /วิธีแก้ไข/)
  t.equal(read.inReplyTo, '<1-x@nan.example>')
  t.equal(read.headers.get('auto-submitted'), 'auto-replied')
  // Moved back, or never moved because of a crash: it was answered before.
  await withClient(async (client) => {
    await client.mailboxOpen('saraban-failed')
    await client.messageMove('1', 'INBOX')
  })
  await lookWith(gateway, { answer: true })
  t.equal(gateway.items.length, 2)
  t.equal(smtp.taken.length, 1)
})

// ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const letter = fixedLetter({ from: { office: moi }, to: { offices: [office('55')] } })
const scan = Buffer.from('abc')
const parcel = parcelOf({ letter }, 'p-1', '55', new Map([[letter.attachments[0]!.sha256, scan]]))
const deliver = (options: object = {}, signal = new AbortController().signal, variables = {}) =>
  adapterWith(new TestGateway(), { imap: { ...imap, port: 1 }, ...options }, variables).deliver!(
    parcel,
    signal,
  )

t.test('a letter goes out as one mail, the same at every attempt', async (t) => {
  t.match(await deliver(), { kind: 'taken', said: /^250/ })
  t.match(await deliver(), { kind: 'taken' })
  const [first, second] = smtp.taken
  t.ok(first?.secure, 'over TLS')
  t.same([first?.from, first?.to], [address, [nan]])
  t.ok(first?.bytes.equals(second?.bytes ?? Buffer.alloc(0)), 'the same bytes')
  const read = await simpleParser(first?.bytes ?? '')
  t.equal(read.messageId, '<p-1@moi.go.th>')
  t.equal(read.date?.getTime(), start)
  t.equal(read.from?.text, address)
  t.equal(read.headers.get('auto-submitted'), 'auto-generated')
  t.match(read.subject, letter.subject)
  t.same(
    read.attachments.map(({ filename, content }) => [filename, content.toString()]),
    [['หนังสือ.pdf', 'abc']],
  )
})

t.test('what the server says decides', async (t) => {
  const says = async (at: 'AUTH' | 'MAIL' | 'RCPT' | 'DATA', text: string) => {
    smtp.refuse = { at, says: text }
    const outcome = await deliver()
    return outcome.kind === 'refused' ? outcome.problem.code : outcome.kind
  }
  t.equal(await says('DATA', '554 5.7.1 no'), 'mail.server.refused')
  t.equal(await says('DATA', '451 4.3.0 later'), 'unavailable')
  t.equal(await says('RCPT', '550 5.1.1 no such user'), 'mail.server.refused')
  t.equal(await says('RCPT', '450 4.2.1 busy'), 'unavailable')
  t.equal(await says('RCPT', '552 5.2.2 mailbox full'), 'unavailable', 'it is emptied some day')
  t.equal(await says('DATA', '552 5.2.2 mailbox full'), 'unavailable')
  t.equal(await says('MAIL', '550 5.7.1 not your address'), 'unavailable', 'a deployment, not this letter')
  t.equal(await says('MAIL', '552 5.3.4 too large'), 'mail.server.refused')
  t.equal(await says('AUTH', '535 5.7.8 no'), 'unavailable')
  t.equal(await says('DATA', '452 4.3.1 insufficient storage'), 'unavailable', 'its disk is full')
  t.equal(smtp.taken.length, 0)
  t.equal(await says('DATA', 'drop'), 'unknown')
  smtp.refuse = undefined
  t.match(await deliver(), { kind: 'taken' })
  t.same(
    smtp.taken.map(({ bytes }) => readHead(bytes).head.one('message-id')),
    ['<p-1@moi.go.th>', '<p-1@moi.go.th>'],
    'under the same Message-ID',
  )
})

t.test('cut or silent at any moment: not now before the last byte, unknown after it', async (t) => {
  const plain = await startSmtp(tls, { user: 'gateway', password }, true)
  t.teardown(() => plain.stop())
  const proxy = await proxyTo('127.0.0.1', plain.port)
  t.teardown(() => proxy.stop())
  const over = { within: '2s', smtp: { host: 'localhost', port: proxy.port, plain: true } }
  t.equal((await deliver(over)).kind, 'taken')
  const whole = plain.taken[0]?.bytes
  const cut = async (...cuts: Parameters<typeof proxy.cut>) => {
    proxy.cut(...cuts)
    const before = plain.taken.length
    return [(await deliver(over)).kind, plain.taken.length - before]
  }
  t.same(await cut({ when: 'said', words: 'RCPT TO' }), ['unavailable', 0])
  t.same(await cut({ when: 'said', words: 'DATA\r\n' }), ['unavailable', 0])
  t.same(await cut({ when: 'said', words: 'Message-ID' }), ['unknown', 0], 'nobody knows what passed')
  t.same(await cut({ when: 'answered', words: '\r\n.\r\n' }), ['unknown', 1])
  const bytes = proxy.passed
  t.equal((await deliver(over)).kind, 'taken')
  const length = proxy.passed - bytes
  for (let at = 1; at < 12; at += 1) {
    const [kind, came] = await cut({ when: 'after', bytes: Math.floor((length * at) / 12) })
    t.match(kind, /^un(available|known)$/)
    t.equal(came, 0, 'half a mail is none')
  }
  t.equal((await deliver(over)).kind, 'taken')
  t.ok(plain.taken.every(({ bytes }) => bytes.equals(whole ?? Buffer.alloc(0))))
})

t.test('nobody there, a wrong password, an unknown certificate, no TLS, given up: not now', async (t) => {
  const kinds = async (options: object, variables = {}) => {
    const outcome = await deliver(options, new AbortController().signal, variables)
    t.notMatch(JSON.stringify(outcome), /Secret|wrong-secret/)
    return outcome.kind
  }
  const at = (port: number, more = {}) => ({ smtp: { ...imap, port, ...more } })
  t.equal(await kinds(at(1)), 'unavailable')
  t.equal(await kinds({}, { PASSWORD: 'wrong-secret' }), 'unavailable')
  t.equal(await kinds({}, { CA: (await serverTls()).authority }), 'unavailable')
  const plain = await startSmtp(tls, { user: 'gateway', password }, true)
  t.teardown(() => plain.stop())
  t.equal(await kinds(at(plain.port)), 'unavailable', 'STARTTLS is required')
  t.same(plain.taken, [])
  const open = { smtp: { host: 'localhost', port: plain.port, plain: true } }
  t.equal(await kinds(open), 'taken', 'unless the profile says so')
  t.equal((await deliver({}, AbortSignal.abort())).kind, 'unavailable')
  t.equal(smtp.taken.length, 0)
})

t.test('a notice answers the mail that brought its letter', async (t) => {
  const own = fixedLetter({ from: { office: office('55') }, to: { offices: [moi] }, attachments: [] })
  const notice = {
    kind: 'accept' as const,
    from: moi,
    to: office('55'),
    about: {
      messageId: messageIdOf(1),
      digest: '0'.repeat(64),
      number: 'ชม 0017.1/492',
      date: own.date,
      subject: own.subject,
    },
    at: start,
    receiveNumber: '7/2569',
    reason: '',
  }
  const adapter = adapterWith(new TestGateway(), {})
  const send = async (id: string, value: string) => {
    const about = {
      messageId: messageIdOf(1),
      letter: { ...own, extension: [{ name: 'message-id', value }] },
    }
    const made = { ...parcelOf({ notice }, id, '55'), about }
    t.match(await adapter.deliver!(made, new AbortController().signal), { kind: 'taken' })
    return smtp.taken.at(-1)?.bytes ?? Buffer.alloc(0)
  }
  const bytes = await send('p-2', '<1@nan.example>')
  t.equal(readHead(bytes).head.one('in-reply-to'), '<1@nan.example>')
  t.match((await simpleParser(bytes)).text, /เลขรับ: 7\/2569/)
  const injected = await send('p-3', '<1@nan.example>\r\nBcc: <evil@example.com>')
  t.equal(readHead(injected).head.one('in-reply-to'), undefined, 'X12: no line of its own')
  t.notMatch(injected.toString(), /evil/)
  t.match(printInstant(start), /^2026/)
})

t.test('options that cannot be worked with are all told', (t) => {
  const told = (options: object) => {
    const made = (() => {
      try {
        return madeWith(new TestGateway(), options)
      } catch (error) {
        return String(error)
      }
    })()
    return typeof made === 'string'
      ? made
      : made.ok
        ? ''
        : made.problems.map(({ path, code }) => `${path} ${code}`).join('\n')
  }
  t.equal(told({}), '')
  t.match(told({ address: 'a b', senders: ['x'] }), /address adapter\.option\.wrong[\s\S]*senders\.0/)
  t.match(told({ senders: [] }), /senders/)
  t.match(told({ notices: undefined }), /notices/)
  t.match(told({ imap: undefined }), /imap/)
  t.match(told({ smtp: undefined }), /smtp/)
  t.match(told({ failed: 'INBOX' }), /different mailboxes/)
  t.match(told({ imap: { ...imap, password: 'plain-secret' } }), /secret stands in the profile/)
  t.notMatch(told({ imap: { ...imap, password: 'plain-secret' } }), /plain-secret/)
  t.match(told({ imap: { ...imap, authority: 'x' } }), /imap\.authority adapter\.tls\.not-pem/)
  t.end()
})
