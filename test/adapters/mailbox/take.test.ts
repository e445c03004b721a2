// The transport `mailbox` takes letters and notices out of a real IMAP server.
import { createHash } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import { simpleParser } from 'mailparser'
import t from 'tap'
import type { Source, Taken } from '../../../src/adapters/contract.ts'
import { messageIdOf } from '../message-ids.ts'
import { sharedMarks, TestGateway } from '../stage.ts'
import {
  adapterWith,
  counts,
  dovecot,
  emptied,
  imap,
  lookWith,
  madeWith,
  mailOf,
  nan,
  numbers,
  put,
  skip,
  smtp,
  withClient,
} from './stage.ts'

/** A person opens mails of the inbox. */
const markSeen = (range: string) =>
  withClient(async (client) => {
    await client.mailboxOpen('INBOX')
    await client.messageFlagsAdd(range, ['\\Seen'])
  })

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

t.test('done by the flag seen: a mail that a person opened first is taken too', { skip }, async (t) => {
  const gateway = new TestGateway()
  await put(mailOf('1'), mailOf('2'))
  const flagsOf = () =>
    withClient(async (client) => {
      await client.mailboxOpen('INBOX')
      const found: string[][] = []
      for await (const { flags } of client.fetch('1:*', { flags: true })) found.push([...(flags ?? [])])
      return found
    })
  await markSeen('2')
  await lookWith(gateway, { done: 'seen' })
  t.same(numbers(gateway), ['นน 0017.1/1', 'นน 0017.1/2'])
  for (const flags of await flagsOf()) t.ok(flags.includes('\\Seen'), flags.join())
  await withClient(async (client) => {
    await client.mailboxOpen('INBOX')
    await client.messageFlagsRemove('1', ['\\Seen'])
  })
  await lookWith(gateway, { done: 'seen' })
  t.equal(gateway.offered.length, 2, 'nor does a person who marks it unread bring it again')
})

t.test(
  'done by the flag seen: what was opened before the first look of all is not taken',
  { skip },
  async (t) => {
    const gateway = new TestGateway()
    gateway.marks = sharedMarks()
    await put(mailOf('1'), mailOf('2'), mailOf('3'))
    await markSeen('1,3')
    await lookWith(gateway, { done: 'seen' })
    t.same(numbers(gateway), ['นน 0017.1/2'])
    t.same(gateway.reports, [{ event: 'mailbox.passed-over', facts: { mailbox: 'INBOX', count: 2 } }])
    await withClient(async (client) => {
      await client.mailboxOpen('INBOX')
      await client.messageDelete('1:*')
    })
    await put(mailOf('4'))
    await markSeen('1')
    await lookWith(gateway, { done: 'seen' })
    t.same(numbers(gateway), ['นน 0017.1/2', 'นน 0017.1/4'], 'nor does an emptied mailbox begin anew')
    t.equal(gateway.reports.length, 1)
  },
)

t.test(
  'done by the flag seen: a mailbox that was empty at the first look hides nothing',
  { skip },
  async (t) => {
    const gateway = new TestGateway()
    gateway.marks = sharedMarks()
    await lookWith(gateway, { done: 'seen' })
    await put(mailOf('1'))
    await markSeen('1')
    await lookWith(gateway, { done: 'seen' })
    t.same([numbers(gateway), gateway.reports], [['นน 0017.1/1'], []])
  },
)

t.test('done by the flag seen: passing over that was broken off is ended', { skip }, async (t) => {
  const gateway = new TestGateway()
  const marks = sharedMarks()
  await put(mailOf('1'), mailOf('2'), mailOf('3'))
  await markSeen('1,2')
  let broken = true
  gateway.marks = {
    ...marks,
    become: async (place, mark, before) => {
      if (broken && before !== undefined) throw Object.assign(new Error('x'), { code: 'EIO' })
      return marks.become(place, mark, before)
    },
  }
  await lookWith(gateway, { done: 'seen' })
  t.same(numbers(gateway), [])
  t.match(gateway.reports, [
    { event: 'mailbox.passed-over', facts: { count: 2 } },
    { event: 'mailbox.unavailable', facts: { reason: 'EIO' } },
  ])
  broken = false
  // As if the connection had broken between two mails.
  await withClient(async (client) => {
    await client.mailboxOpen('INBOX')
    await client.messageFlagsRemove('2', ['SarabanTaken'])
  })
  await lookWith(gateway, { done: 'seen' })
  t.same(numbers(gateway), ['นน 0017.1/3'])
})

t.test(
  'done by the flag seen: where mails have the keyword, one that a person opened is taken',
  { skip },
  async (t) => {
    const gateway = new TestGateway()
    gateway.marks = sharedMarks()
    await put(mailOf('1'), mailOf('2'))
    await withClient(async (client) => {
      await client.mailboxOpen('INBOX')
      await client.messageFlagsAdd('1', ['SarabanTaken'])
      await client.messageFlagsAdd('1:2', ['\\Seen'])
    })
    await lookWith(gateway, { done: 'seen' })
    t.same([numbers(gateway), gateway.reports], [['นน 0017.1/2'], []])
  },
)

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
