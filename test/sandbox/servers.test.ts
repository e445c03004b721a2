// The servers that provincial systems of the sandbox share: each with accounts or databases of their own for many.
import { createServer } from 'node:net'
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import t from 'tap'
import { systemRandom } from '../../src/letter/time.ts'
import { startMailServer } from '../../src/sandbox/servers/mail.ts'
import { mariadbServer } from '../../src/sandbox/servers/mariadb.ts'
import { freePort } from '../../src/sandbox/servers/port.ts'
import { postgresqlServer } from '../../src/sandbox/servers/postgresql.ts'
import { serverTls } from '../servers/tls.ts'

const skipped = (missing: string) => (process.env['CI'] === 'true' ? false : missing)

t.test(
  'one mail server: who signs in is proved, who does not is not, and nobody writes as another',
  async (t) => {
    const server = await startMailServer(await serverTls(), process.env)
    if ('missing' in server) {
      t.equal(skipped(server.missing), server.missing)
      return
    }
    t.teardown(() => server.stop())
    const { office, gateway: ours } = server.mailboxes('nan', systemRandom)
    const [nan, gateway] = [office.address, ours.address]
    t.same([nan, gateway], ['saraban_nan@moi.go.th', 'gateway_nan@moi.go.th'])
    const client = (auth?: { user: string; pass: string }) =>
      createTransport({
        host: server.host,
        port: server.smtpPort,
        requireTLS: true,
        tls: { ca: server.authority },
        ...(auth && { auth }),
      })
    const mails = async (user: string, pass: string): Promise<string[]> => {
      const { host, imapPort: port, authority: ca } = server
      const imap = new ImapFlow({
        host,
        port,
        secure: true,
        auth: { user, pass },
        tls: { ca },
        logger: false,
      })
      await imap.connect()
      await imap.mailboxOpen('INBOX')
      const found: string[] = []
      for await (const { source } of imap.fetch('1:*', { source: true })) found.push(String(source))
      await imap.logout()
      return found
    }
    const own = client({ user: nan, pass: office.password })
    const mail = { to: gateway, subject: 'ทดสอบ', text: 'x' }
    await own.sendMail({
      ...mail,
      from: nan,
      headers: { 'Authentication-Results': `${server.authenticator}; dkim=pass header.d=moi.go.th` },
    })
    await client().sendMail({ ...mail, from: nan })
    await t.rejects(own.sendMail({ ...mail, from: gateway }), /may not send as/)
    await t.rejects(
      own.sendMail({ ...mail, from: gateway, envelope: { from: nan, to: gateway } }),
      /From is not/,
    )
    await t.rejects(own.sendMail({ ...mail, from: nan, to: 'nobody@moi.go.th' }), /no mailbox/)
    await t.rejects(
      client({ user: nan, pass: ours.password }).sendMail({ ...mail, from: nan }),
      /authentication failed/,
    )
    const [proved = '', outside = '', ...others] = (await mails(gateway, ours.password)).toSorted(
      (one, other) => (one.includes('spf=pass') ? -1 : other.includes('spf=pass') ? 1 : 0),
    )
    t.match(
      proved,
      /^Return-Path: <saraban_nan@moi\.go\.th>\r\nAuthentication-Results: mx\.moi\.go\.th; spf=pass /,
    )
    t.notMatch(proved, /dkim=pass/, 'what claims to be of the server itself is taken away')
    t.match(outside, /^Authentication-Results: mx\.moi\.go\.th; spf=none smtp\.mailfrom=moi\.go\.th\r$/m)
    t.equal(others.length, 0)
    t.same(await mails(nan, office.password), [])
  },
)

for (const [name, start] of [
  ['MariaDB', mariadbServer],
  ['PostgreSQL', postgresqlServer],
] as const)
  t.test(`one ${name}: a database for each system, which others cannot read`, async (t) => {
    const server = await start(process.env)
    if ('missing' in server) {
      t.equal(skipped(server.missing), server.missing)
      return
    }
    t.teardown(() => server.stop())
    const [one, other] = [await server.database('saraban_64'), await server.database('saraban_65')]
    await one.ask('CREATE TABLE letters (id INT PRIMARY KEY)')
    await one.ask('INSERT INTO letters VALUES (7)')
    t.same(await one.ask('SELECT id FROM letters'), [{ id: '7' }])
    await t.rejects(other.ask('SELECT id FROM letters'), 'it is another database')
    t.not(one.user, other.user)
    const again = await server.database('saraban_64')
    await t.rejects(again.ask('SELECT id FROM letters'), 'what another run left is gone')
  })

t.test(
  'a free port: nobody listens at it, it was not given before, and the system gives it to nobody',
  async (t) => {
    const first = await freePort()
    const neighbour = createServer()
    // Ours now, or somebody else's before: it is passed over either way.
    await new Promise<void>((resolve) => {
      neighbour.once('error', () => resolve())
      neighbour.listen(first + 1, '127.0.0.1', resolve)
    })
    t.teardown(() => neighbour.close())
    const ports = [first, await freePort(), await freePort()]
    t.notOk(ports.includes(first + 1))
    t.equal(new Set(ports).size, 3)
    // Linux begins at 32768, others at 49152 (RFC 6335, section 6).
    t.ok(ports.every((port) => port < 32_768))
  },
)
