import { createHash } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import { serverTls } from '../../servers/tls.ts'
import { TestGateway } from '../stage.ts'
import {
  adapterWith,
  counts,
  imap,
  lookWith,
  mailOf,
  numbers,
  password,
  put,
  skip,
  tls,
  withClient,
} from './stage.ts'

interface Line {
  readonly port: number
  close(): void
}

/** A line to the mail server: what it says goes through `heard`; where one side ends, so does the other. */
async function lineTo(far: () => Socket, heard: (chunk: Buffer, near: Socket) => void): Promise<Line> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const other = far()
    near.pipe(other)
    other.on('data', (chunk: Buffer) => heard(chunk, near))
    for (const socket of [near, other]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        near.destroy()
        other.destroy()
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

/** One on which, after so many bytes from the server, the connection is cut, or nothing comes any more. */
function cable(bytes: number, end: 'cut' | 'silent' = 'cut'): Promise<Line> {
  const passed = new Map<Socket, number>()
  return lineTo(
    () => connect(imap.port, '127.0.0.1'),
    (chunk, near) => {
      const sum = (passed.get(near) ?? 0) + chunk.length
      passed.set(near, sum)
      if (sum <= bytes) near.write(chunk)
      else if (end === 'cut') near.destroy()
    },
  )
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
const saidOtherwise = (change: (line: string) => string): Promise<Line> =>
  lineTo(
    () => connectTls({ port: imap.port, host: 'localhost', ca: tls.authority }),
    (chunk, near) => near.write(change(chunk.toString('latin1')), 'latin1'),
  )

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
  'a mail that is larger than the server says is put aside unread like any that is too large, and the next one is taken',
  { skip },
  async (t) => {
    const gateway = new TestGateway()
    const limit = 2048
    const padded = mailOf('1')
    const large = padded + 'x'.repeat(limit + 1 - Buffer.byteLength(padded))
    await put(large, mailOf('2'))
    let said = 0
    const lying = await saidOtherwise((line) =>
      line.replace(/RFC822\.SIZE 2049/g, () => {
        said += 1
        return 'RFC822.SIZE 2047'
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
    await lookWith(gateway, { imap: plain, limit: '2KiB' })
    t.ok(said > 0, 'the server said one byte too little')
    t.same(numbers(gateway), ['fault', 'นน 0017.1/2'])
    const sha256 = createHash('sha256').update(large).digest('hex')
    t.match(gateway.offered[0], { bytes: Buffer.alloc(0), unread: { size: limit + 1, sha256 } })
    t.match(gateway.items[0], { problems: [{ code: 'mail.too-large', details: { limit } }] })
    t.match(gateway.reports, [{ event: 'mailbox.too-large', facts: { size: limit + 1, limit } }])
    t.same(await counts(), { 'saraban-done': 1, 'saraban-failed': 1 })
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
  for (let look = 0; look < 6_000 && gateway.reports.length < 2; look++) await pause(10)
  await adapter.stop()
  t.match(gateway.reports.slice(1), [{ event: 'mailbox.available' }])
})
