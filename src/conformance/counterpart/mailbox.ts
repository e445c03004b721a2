// The counterpart of `mailbox`: an office with a mailbox of its own on a real mail server, and the gateway's beside it.
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import type { Answer, Collected, Counterpart, CounterpartMaker } from './counterpart.ts'
import { hastyServer } from './counterpart.ts'
import { lineTo } from './line.ts'

/** Milliseconds between two looks into the office's mailbox: each costs the server a search. */
const between = 300

export const mailbox: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const boxes = await settings.servers.mailboxes(settings.account)
  const { gateway, office, authority } = boxes
  const [imap, smtp] = [await lineTo(boxes.imapPort), await lineTo(boxes.smtpPort)]
  const [password, ca] = [settings.variable('PASSWORD'), settings.variable('AUTHORITY')]
  const server = (port: number) => ({
    host: boxes.host,
    port,
    user: gateway.address,
    password: { env: password },
    authority: { env: ca },
  })
  const { authentication, ...options } = settings.options
  const sender = createTransport({
    host: boxes.host,
    port: boxes.smtpPort,
    requireTLS: true,
    auth: { user: office.address, pass: office.password },
    tls: { ca: authority },
  })
  const [account = '', domain = ''] = gateway.address.split('@')
  const box = settings.options['mailbox']
  // A mailbox beside INBOX is one into which the mail server sorts what is addressed to it (RFC 5233).
  const to = typeof box === 'string' && box !== 'INBOX' ? `${account}+${box}@${domain}` : gateway.address
  /** Mails that it has, by Message-ID: one that comes a second time is the same one. */
  const known = new Set<string>()
  let reader: ImapFlow | undefined
  let looked = 0

  async function opened(): Promise<ImapFlow> {
    if (reader !== undefined) return reader
    const client = new ImapFlow({
      host: boxes.host,
      port: boxes.imapPort,
      secure: true,
      auth: { user: office.address, pass: office.password },
      tls: { ca: authority },
      logger: false,
    })
    client.on('error', () => undefined)
    await client.connect()
    await client.mailboxOpen('INBOX')
    reader = client
    return client
  }
  return {
    options: {
      ...options,
      address: gateway.address,
      office: office.address,
      imap: server(imap.port),
      smtp: server(smtp.port),
      senders: [office.address],
      ...(authentication !== undefined && { authentication: { server: boxes.authenticator } }),
      every: hastyServer.every,
    },
    environment: { [password]: gateway.password, [ca]: authority },
    async handIn(_channel, { id, written }): Promise<Answer> {
      const own = [
        /^from:/im.test(written.bytes.toString('latin1').split('\r\n\r\n')[0] ?? '')
          ? ''
          : `From: ${office.address}\r\n`,
        `To: ${to}\r\nMessage-ID: <${id}@${office.address.split('@')[1] ?? 'localhost'}>\r\n`,
      ].join('')
      await sender.sendMail({
        envelope: { from: office.address, to: [to] },
        raw: Buffer.concat([Buffer.from(own), written.bytes]),
      })
      return { kind: 'left' }
    },
    async collect() {
      const now = performance.now()
      if (now - looked < between) return []
      looked = now
      const client = await opened()
      await client.noop()
      // Dovecot takes 1:* of an empty mailbox for a wrong set.
      if (client.mailbox === false || client.mailbox.exists === 0) return []
      const collected: Collected[] = []
      const taken: number[] = []
      for await (const { uid, source } of client.fetch('1:*', { uid: true, source: true })) {
        const id = source === undefined ? '' : messageIdOf(source)
        if (source !== undefined && !isReply(source) && (id === '' || !known.has(id)))
          collected.push({ bytes: source, beside: new Map() })
        known.add(id)
        taken.push(uid)
      }
      if (taken.length > 0) await client.messageDelete(taken, { uid: true })
      return collected
    },
    away: {
      go: async () => {
        await Promise.all([imap.away.go(), smtp.away.go()])
      },
      back: async () => {
        await Promise.all([imap.away.back(), smtp.away.back()])
      },
    },
    slow: {
      begin: async () => {
        await Promise.all([imap.slow.begin(), smtp.slow.begin()])
      },
      end: async () => {
        await Promise.all([imap.slow.end(), smtp.slow.end()])
      },
    },
    mute: smtp.mute,
    close: async () => {
      sender.close()
      reader?.close()
      await imap.close()
      await smtp.close()
    },
  }
}

/** What stands in its head behind `Message-ID:`. */
const messageIdOf = (mail: Buffer): string =>
  /^Message-ID:\s*(\S+)/im.exec(mail.toString('latin1').split('\r\n\r\n')[0] ?? '')?.[1] ?? ''

/** An answer to a person whose mail was not understood (RFC 3834): no letter and no notice. */
const isReply = (mail: Buffer): boolean =>
  /^Auto-Submitted:\s*auto-replied/im.test(mail.toString('latin1').split('\r\n\r\n')[0] ?? '')
