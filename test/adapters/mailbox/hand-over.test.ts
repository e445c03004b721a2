import { simpleParser } from 'mailparser'
import t from 'tap'
import { readHead } from '../../../src/adapters/formats/mail/head.ts'
import { moi } from '../../../src/letter/offices.ts'
import { printInstant } from '../../../src/letter/time.ts'
import { proxyTo } from '../../../src/sandbox/servers/proxy.ts'
import { startSmtp } from '../../../src/sandbox/servers/smtp.ts'
import { fixedLetter, office } from '../../letter/arbitrary.ts'
import { serverTls } from '../../servers/tls.ts'
import { messageIdOf } from '../message-ids.ts'
import { parcelOf, start, TestGateway } from '../stage.ts'
import { adapterWith, address, imap, nan, password, smtp, tls } from './stage.ts'

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
  t.equal(await says('DATA', '451 4.3.0 later'), 'unavailable')
  t.equal(await says('RCPT', '550 5.1.1 no such user'), 'mail.server.refused')
  t.equal(await says('RCPT', '450 4.2.1 busy'), 'unavailable')
  for (const recipient of [
    '550 5.1.1 <x>: Recipient address rejected: User unknown',
    '550 5.1.2 no such domain',
    '501 5.1.3 bad address',
    '551 5.1.6 moved away',
    '556 5.1.10 takes no mail',
    '550 5.2.1 mailbox disabled',
    '550 no such user here',
    '551 user not local',
    '553 mailbox name not allowed',
    '550 sorry, no mailbox here by that name. (#5.1.1)',
    '550 5.1.1 <x>: Recipient address rejected: User unknown in relay recipient table',
    '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)',
    '550 5.1.0 Address rejected.',
    '550 Unrouteable address',
    '550 <relay.host@sender.example>: no such user',
  ])
    t.equal(await says('RCPT', recipient), 'mail.server.refused', recipient)
  for (const deployment of [
    '554 5.7.1 <saraban_nan@moi.go.th>: Relay access denied',
    '553 5.7.1 <gateway-55@moi.go.th>: Sender address rejected: not owned by user gateway',
    '554 5.7.1 <unknown[10.0.0.9]>: Client host rejected: Access denied',
    '550 5.7.1 no',
    '550 5.1.8 <gateway-55@moi.go.th>: Sender address rejected: Domain not found',
    '550 5.1.0 <gateway-55@moi.go.th>: Sender address rejected',
    '550 5.1.0 Sender denied',
    '550 5.4.1 no answer from host',
    '550 5.4.6 mail loops back to myself',
    '550 relay not permitted',
    '550 Sender verify failed',
    '550 authentication required',
    '550 SMTP AUTH is required for message submission',
    '550 Client host rejected: cannot find your hostname',
    '550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)',
    '550 Your IP has been blocked',
    '550 rejected because 10.0.0.9 is in a black list at dnsbl.example',
    '550 This message was classified as SPAM',
    "553 sorry, that domain isn't in my list of allowed rcpthosts",
    '530 5.7.0 Authentication required',
    '530 authentication required',
    '535 no',
    '554 no valid recipients',
    '552 Requested mail action aborted: exceeded storage allocation',
    '503 bad sequence',
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
  ])
    t.equal(await says('RCPT', deployment), 'unavailable', deployment)
  t.equal(await says('RCPT', '552 5.2.2 mailbox full'), 'unavailable', 'it is emptied some day')
  for (const letter of [
    '552 5.3.4 Message size exceeds fixed limit',
    '552 5.2.3 message too large for this recipient',
    '552 Message exceeds fixed maximum message size',
    '552 sorry, that message exceeds my databytes limit (#5.3.4)',
    '550 5.1.1 <x>: Recipient address rejected: User unknown',
    '550 5.2.1 mailbox disabled',
  ])
    t.equal(await says('DATA', letter), 'mail.server.refused', letter)
  for (const notTheLetter of [
    '554 5.7.1 no',
    '550 5.7.1 Message rejected as spam by Content Filtering.',
    '554 5.7.0 Reject, id=1 - INFECTED: Eicar',
    '552 5.7.0 This message was blocked',
    '554 5.6.0 Reject, id=1 - BAD-HEADER',
    '554 5.6.1 Body type not supported by Remote Host',
    '550 This message was classified as SPAM',
    '550 5.1.0 Address rejected.',
    '554 Transaction failed',
    '554 no valid recipients',
    '552 Requested mail action aborted: exceeded storage allocation',
    '552 Mailbox size limit exceeded',
    '552 5.2.2 mailbox full',
    '550 no',
    '521 5.3.2 not now',
  ])
    t.equal(await says('DATA', notTheLetter), 'unavailable', notTheLetter)
  t.match((await deliver()).said, /mail\.server\.unready.+tried again/, 'a person is told')
  t.equal(await says('MAIL', '550 5.7.1 not your address'), 'unavailable', 'a deployment, not this letter')
  t.equal(await says('MAIL', '552 5.2.2 quota of the sender'), 'unavailable')
  t.equal(await says('MAIL', '552 5.3.4 too large'), 'mail.server.refused')
  t.equal(await says('MAIL', '552 message size exceeds fixed maximum message size'), 'mail.server.refused')
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
  const over = { within: '30s', smtp: { host: 'localhost', port: proxy.port, plain: true } }
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

t.test('the answer to the whole mail may take longer than any other', async (t) => {
  const within = 1000
  const plain = await startSmtp(tls, { user: 'gateway', password }, true)
  t.teardown(() => plain.stop())
  plain.slow = within * 2
  const smtp = { host: 'localhost', port: plain.port, plain: true }
  t.match(await deliver({ within: `${within}ms`, smtp }), { kind: 'taken' })
  t.equal(plain.taken.length, 1)
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
