import { simpleParser } from 'mailparser'
import t from 'tap'
import { readHead } from '../../../src/adapters/formats/mail/head.ts'
import { judge } from '../../../src/adapters/transports/mailbox/sender.ts'
import type { FetchSettings } from '../../../src/adapters/transports/mailbox/settings.ts'
import { TestGateway } from '../stage.ts'
import { counts, lookWith, mailOf, nan, put, skip, smtp, withClient } from './stage.ts'

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

t.test('what a sender wrote into a quotation or a comment of our own server proves nothing', (t) => {
  const of = (text: string) => doubts(`Authentication-Results: mx.moi.go.th; ${text}`, `From: "Nan" <${nan}>`)
  for (const forged of [
    'spf=none smtp.mailfrom="a;dkim=pass header.d=moi.go.th;"@evil.example',
    'spf=pass smtp.mailfrom="a smtp.mailfrom=x@moi.go.th "@evil.example',
    'spf=none (domain of a\\); dkim=pass header.d=moi.go.th; x=y \\( b) smtp.mailfrom=evil.example',
    'dkim=pass reason="k header.d=moi.go.th" header.d=evil.example',
    'spf=pass smtp.mailfrom="x@moi.go.th"@evil.example',
    'spf=none smtp.mailfrom="a\\";dkim=pass header.d=moi.go.th;"@evil.example',
    'spf=pass smtp.mailfrom=a smtp.mailfrom=x@moi.go.th @evil.example',
    'spf=pass smtp.mailfrom=evil.example smtp.mailfrom=moi.go.th',
    '"dkim"=pass header.d=moi.go.th',
    'dkim=pass "header.d"=moi.go.th',
    'dkim"="pass header.d=moi.go.th',
    'dkim=pass header.d=moi.go.th; spf=none smtp.mailfrom="a',
    'dkim=pass header.d=moi.go.th) (',
    'dkim=pass header.d=',
  ])
    t.same(of(forged), ['mail.sender.unproved'], forged)
  const good = 'Authentication-Results: mx.moi.go.th; dkim=pass header.d=moi.go.th'
  t.same(
    doubts('Authentication-Results: mx.moi.go.th; spf=none (', good, `From: "Nan" <${nan}>`),
    ['mail.sender.unproved'],
    'the topmost cannot be read: one below may have come with the mail',
  )
  for (const honest of [
    'dkim=pass (2048-bit key; unprotected) header.d=moi.go.th header.i=@moi.go.th header.b="Ab/d+e=="; spf=none',
    'dkim=pass header.i=@moi.go.th header.s=x header.b=Ab/d+e== header.d=moi.go.th',
    'spf=pass (mx: domain of saraban_nan@moi.go.th (x \\) "y) permits) smtp.mailfrom="saraban nan"@MOI.go.th',
    'spf = pass smtp.mailfrom = moi.go.th',
    'dkim=pass(good)header.d="moi.go.th"',
    'spf=pass smtp.mailfrom="a\\"b"@moi.go.th; arc=none odd',
    'compauth=pass reason=100; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=moi.go.th;',
    'dkim=pass reason="it; is (good" header.d=moi.go.th',
  ])
    t.same(of(honest), [], honest)
  t.same(
    doubts('Authentication-Results: "mx.moi.go.th" 1 ; dkim=pass header.d=moi.go.th', `From: ${nan}`),
    [],
  )
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

t.test('an answer that the mail server did not take is told', { skip }, async (t) => {
  const gateway = new TestGateway()
  await put(mailOf('1').replace('23 พ.ย. 2569', '31 ก.พ. 2569'))
  smtp.refuse = { at: 'RCPT', says: '450 4.2.1 busy' }
  await lookWith(gateway, { answer: true })
  t.match(gateway.reports, [
    { event: 'mailbox.not-answered', facts: { uid: /^\d+$/, reason: 'unavailable' } },
  ])
  t.same(await counts(), { 'saraban-failed': 1 })
})
