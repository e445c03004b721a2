import { readFileSync } from 'node:fs'
import { ImapFlow } from 'imapflow'
import t from 'tap'
import { parse, stringify } from 'yaml'
import { createAdapter } from '../../../src/adapters/adapter.ts'
import type { Adapter } from '../../../src/adapters/contract.ts'
import { readProfile } from '../../../src/adapters/profile.ts'
import { type Dovecot, noDovecot, startDovecot } from '../../../src/sandbox/servers/dovecot.ts'
import { startSmtp } from '../../../src/sandbox/servers/smtp.ts'
import { mustBe } from '../../letter/arbitrary.ts'
import { serverTls } from '../../servers/tls.ts'
import type { TestGateway } from '../stage.ts'

export const address = 'gateway-55@moi.go.th'

export const nan = 'saraban_nan@moi.go.th'

export const password = 'Secret-ลับ-1'

export const tls = await serverTls()

export const missing = noDovecot(process.env)

export const skip = missing !== undefined && process.env['CI'] !== 'true' ? missing : false

export const dovecot: Dovecot | undefined =
  missing === undefined ? await startDovecot(process.env, { gateway: password }, tls) : undefined

export const smtp = await startSmtp(tls, { user: 'gateway', password })

t.teardown(async () => {
  await dovecot?.stop()
  await smtp.stop()
})

export const imap = {
  host: 'localhost',
  port: dovecot?.port ?? 1,
  user: 'gateway',
  password: { env: 'PASSWORD' },
  authority: { env: 'CA' },
}

export const environment = { PASSWORD: password, CA: tls.authority }

/** The adapter of the example of Nan, with these options of its transport. */
export function adapterWith(
  gateway: TestGateway,
  options: object,
  variables: Readonly<Record<string, string>> = {},
): Adapter {
  const made = madeWith(gateway, options, variables)
  return mustBe(made)
}

export function madeWith(
  gateway: TestGateway,
  options: object,
  variables: Readonly<Record<string, string>> = {},
) {
  const raw = parse(readFileSync(new URL('../../../profiles/nan-mailbox.yaml', import.meta.url), 'utf8'))
  const transport = {
    kind: 'mailbox',
    address,
    office: nan,
    imap,
    smtp: { ...imap, port: smtp.port },
    senders: [nan],
    notices: 'แจ้งผลหนังสือ',
    within: '60s',
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
export async function withClient<Value>(act: (client: ImapFlow) => Promise<Value>): Promise<Value> {
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

export const put = (...mails: readonly (string | Buffer)[]) =>
  withClient(async (client) => {
    for (const mail of mails) await client.append('INBOX', Buffer.from(mail))
  })

/** How many mails each mailbox holds. */
export const counts = () =>
  withClient(async (client) => {
    const found: Record<string, number> = {}
    for (const { path } of await client.list()) {
      const status = await client.status(path, { messages: true })
      const messages = status === false ? 0 : (status.messages ?? 0)
      if (messages > 0) found[path] = messages
    }
    return found
  })

export const emptied = () =>
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

export const mailOf = (
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
export async function lookWith(
  gateway: TestGateway,
  options: object = {},
  variables: Readonly<Record<string, string>> = {},
) {
  const adapter = adapterWith(gateway, options, variables)
  await adapter.start(gateway.verbs(adapter))
  await adapter.stop()
}

export const numbers = ({ items }: TestGateway) =>
  items.map((item) => (item.kind === 'letter' ? item.draft.number?.printed : item.kind))
