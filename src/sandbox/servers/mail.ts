// One mail server for many offices: mails come by SMTP, from those who sign in and from the world outside, are marked with
// what the server knows of their sender, and lie in Dovecot's maildirs, where IMAP finds them.
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { Random } from '../../letter/time.ts'
import type { Mailboxes } from '../fleet/member.ts'
import { noDovecot, startDovecot } from './dovecot.ts'
import type { Environment } from './install.ts'
import { whole } from './smtp.ts'
import type { ServerTls } from './tls.ts'

export interface MailServer {
  /** The name that its certificate has. */
  readonly host: string
  readonly imapPort: number
  readonly smtpPort: number
  /** PEM of the authority of both servers. */
  readonly authority: string
  /** The name that stands first in its Authentication-Results (RFC 8601). */
  readonly authenticator: string
  /** An account from now on: its address is its name. The same again changes its password. */
  account(address: string, password: string): void
  /** The two accounts of an office without a system: `saraban_<name>@moi.go.th`, and the gateway's own for it. */
  mailboxes(name: string, random: Random): Mailboxes
  stop(): Promise<void>
}

/** Why there is none, and what to do. */
export interface NoMailServer {
  readonly missing: string
  /** The command that brings it. */
  readonly remedy: string
}

const authenticator = 'mx.moi.go.th'
const sizeLimit = 40 * 1024 ** 2

interface Account {
  readonly address: string
  readonly password: string
}

/**
 * Starts one. Whoever signs in (STARTTLS first) writes from his own address or, for what nobody shall answer, from nobody:
 * 550 to everything else. Whoever does not is the world outside: his mail is taken for accounts of ours, with `spf=none`.
 */
export async function startMailServer(
  tls: ServerTls,
  environment: Environment,
): Promise<MailServer | NoMailServer> {
  const missing = noDovecot(environment)
  if (missing !== undefined) return { missing, remedy: 'apt-get install dovecot-imapd' }
  const dovecot = await startDovecot(environment, {}, tls)
  const accounts = new Map<string, Account>()
  const known = (address: string): Account | undefined => accounts.get(placeOf(address).account)
  const server = new SMTPServer({
    logger: false,
    name: authenticator,
    key: tls.key,
    cert: tls.certificate,
    size: sizeLimit,
    authOptional: true,
    authMethods: ['PLAIN', 'LOGIN'],
    closeTimeout: 100,
    onAuth: ({ username = '', password }, _session, done) => {
      const account = known(username)
      if (account === undefined || account.password !== password)
        return done(refusal(535, '5.7.8 authentication failed'))
      return done(null, { user: account.address })
    },
    onMailFrom: ({ address }, session, done) => {
      const own =
        typeof session.user !== 'string' || address === '' || placeOf(address).account === session.user
      done(own ? null : refusal(550, `5.7.1 ${session.user} may not send as ${address}`))
    },
    onRcptTo: ({ address }, _session, done) => {
      done(known(address) === undefined ? refusal(550, `5.1.1 no mailbox ${address}`) : null)
    },
    onData: (stream, session, done) => {
      whole(stream).then(
        (bytes) => {
          if (stream.sizeExceeded) return done(refusal(552, '5.3.4 the mail is too large'))
          // All offices share one domain, for which SPF passes: nobody but this server can keep one from writing as another.
          if (typeof session.user === 'string' && !isFrom(bytes, session))
            return done(refusal(550, '5.7.1 From is not who signed in'))
          try {
            for (const { address } of session.envelope.rcptTo) {
              const { account, mailbox } = placeOf(address)
              dovecot.deliver(account, mailbox, marked(bytes, session))
            }
          } catch {
            return done(refusal(452, '4.3.1 the mail store is not there'))
          }
          return done(null)
        },
        (error: Error) => done(error),
      )
    },
  })
  // A client that went away in the middle is no concern of the others.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const account = (address: string, password: string): void => {
    const name = address.toLowerCase()
    accounts.set(name, { address: name, password })
    dovecot.add(name, password)
  }
  const site = {
    host: 'localhost',
    imapPort: dovecot.port,
    smtpPort: (server.server.address() as AddressInfo).port,
    authority: tls.authority,
    authenticator,
  }
  return {
    ...site,
    account,
    mailboxes: (name, random) => {
      const made = (address: string) => {
        const password = Buffer.from(random(18)).toString('base64url')
        account(address, password)
        return { address, password }
      }
      return {
        ...site,
        gateway: made(`gateway_${name}@moi.go.th`),
        office: made(`saraban_${name}@moi.go.th`),
      }
    },
    stop: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await dovecot.stop()
    },
  }
}

/** `gateway_trat+saraban@…` is the mailbox `saraban` of the account `gateway_trat@…`, as mail servers sort (RFC 5233). */
function placeOf(address: string): { readonly account: string; readonly mailbox: string } {
  const [, name = '', mailbox = 'INBOX', domain = ''] =
    /^([^+@]*)(?:\+([a-z0-9-]{1,40}))?(@.*)$/.exec(address.toLowerCase()) ?? []
  return { account: `${name}${domain}`, mailbox }
}

const refusal = (responseCode: number, said: string): Error =>
  Object.assign(new Error(said), { responseCode })

/** Whether the one From is the address that signed in; of what comes from nobody, From is not looked at. */
function isFrom(mail: Buffer, { envelope, user }: SMTPServerSession): boolean {
  if (envelope.mailFrom === false || envelope.mailFrom.address === '') return true
  const end = mail.indexOf('\r\n\r\n')
  const head = mail.toString('latin1', 0, end < 0 ? mail.length : end + 2).replace(/\r\n[ \t]+/g, ' ')
  const [from = '', another] = head.match(/^From:.*$/gim) ?? []
  const address = /<([^<>]*)>[ \t]*$/.exec(from)?.[1] ?? from.slice('From:'.length)
  return another === undefined && placeOf(address.trim()).account === user
}

/** The mail under the headers of its delivery, without any that came under our name (RFC 8601, section 5). */
function marked(mail: Buffer, session: SMTPServerSession): Buffer {
  const { mailFrom } = session.envelope
  const from = mailFrom === false ? '' : mailFrom.address
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const proved = typeof session.user === 'string' && from !== '' ? 'pass' : 'none'
  const end = mail.indexOf('\r\n\r\n')
  const head = mail.toString('latin1', 0, end < 0 ? mail.length : end + 2)
  const kept = head.replace(
    /^Authentication-Results:[ \t]*([^\s;]+)[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*/gim,
    (all, name) => (String(name).toLowerCase() === authenticator ? '' : all),
  )
  const added = [
    `Return-Path: <${from}>`,
    `Authentication-Results: ${authenticator}; spf=${proved} smtp.mailfrom=${domain === '' ? session.clientHostname : domain}`,
    `Received: from ${session.hostNameAppearsAs || 'unknown'} ([${session.remoteAddress}]) by ${authenticator} with ESMTP id ${session.id}`,
  ]
  return Buffer.concat([
    Buffer.from(`${added.join('\r\n')}\r\n${kept}`, 'latin1'),
    mail.subarray(end < 0 ? mail.length : end + 2),
  ])
}
