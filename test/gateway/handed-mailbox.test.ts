// The exact bytes that came and went by mail, between a real IMAP server (Dovecot), a real SMTP server and the gateway.
import { readFileSync } from 'node:fs'
import { ImapFlow } from 'imapflow'
import t from 'tap'
import { parse } from 'yaml'
import { noDovecot, startDovecot } from '../../src/sandbox/servers/dovecot.ts'
import { startSmtp } from '../../src/sandbox/servers/smtp.ts'
import { office } from '../letter/arbitrary.ts'
import { serverTls } from '../servers/tls.ts'
import { exchange } from './handed-stage.ts'

t.setTimeout(600_000)
const missing = noDovecot(process.env)
const skip = missing !== undefined && process.env['CI'] !== 'true' ? missing : false

t.test(
  'mailbox: the mail as it lay there, and the mails that the office’s server got',
  { skip },
  async (t) => {
    const password = 'Secret-ลับ-1'
    const tls = await serverTls()
    const dovecot = await startDovecot(process.env, { gateway: password }, tls)
    const smtp = await startSmtp(tls, { user: 'gateway', password })
    t.teardown(async () => {
      await dovecot.stop()
      await smtp.stop()
    })
    const nan = 'saraban_nan@moi.go.th'
    // A header that nobody knows, a word in another charset, blanks at the end of a line, and dots.
    const mail = [
      ...[
        'X-Mailer: own',
        `From: "=?TIS-620?B?4LfI?=" <${nan}>`,
        'Subject: letter',
        'Message-ID: <1@nan.example>',
      ],
      ...['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', ''],
      ...['ที่: นน 0017.1/9', 'ลงวันที่: 23 พ.ย. 2569', 'เรื่อง: ทดสอบ   ', 'ถึง: จังหวัดเชียงราย', '', '..', '.', ''],
    ].join('\r\n')
    const account = {
      user: 'gateway',
      password: { env: 'PASSWORD' },
      authority: { env: 'CA' },
      host: 'localhost',
    }
    const transport = {
      ...{ kind: 'mailbox', address: 'gateway-55@moi.go.th', office: nan, senders: [nan], every: '1s' },
      ...{ imap: { ...account, port: dovecot.port }, smtp: { ...account, port: smtp.port }, within: '60s' },
      notices: 'แจ้งผลหนังสือ',
    }
    const profile = parse(readFileSync(new URL('../../profiles/nan-mailbox.yaml', import.meta.url), 'utf8'))
    for (const channel of ['send', 'sendNotices', 'receive', 'notices'])
      profile[channel].transport = transport
    await exchange(t, {
      office: office('55'),
      profile,
      environment: { PASSWORD: password, CA: tls.authority },
      letter: {
        ...{ number: 'นน 0017.1/9', date: '2026-11-23' },
        hand: async () => {
          const client = new ImapFlow({
            ...{ host: 'localhost', port: dovecot.port, secure: true, logger: false },
            ...{ auth: { user: 'gateway', pass: password }, tls: { ca: tls.authority } },
          })
          await client.connect()
          await client.append('INBOX', Buffer.from(mail))
          await client.logout()
        },
      },
      came: (t, came) => t.same(came.toString(), mail),
      went: (content, went) => {
        // The notice goes first.
        const taken = smtp.taken[content === 'notice' ? 0 : 1]
        return taken !== undefined && (went === undefined || taken.bytes.equals(went))
      },
    })
  },
)
