// A mail server for tests: takes mails by SMTP, and says no where a test wants it to.
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { ServerTls } from './tls.ts'

export interface TakenMail {
  readonly from: string
  readonly to: readonly string[]
  readonly bytes: Buffer
  readonly secure: boolean
}

export interface Smtp {
  readonly port: number
  readonly taken: TakenMail[]
  /** What is said instead of taking: an SMTP answer at this command, or `drop`: the connection is cut there. */
  refuse: { readonly at: 'AUTH' | 'MAIL' | 'RCPT' | 'DATA'; readonly says: string | 'drop' } | undefined
  /** Milliseconds from the last byte of a mail to the answer. */
  slow: number
  stop(): Promise<void>
}

/** Starts one that wants STARTTLS and a password; `plain`: neither. */
export async function startSmtp(
  tls: ServerTls,
  account: { readonly user: string; readonly password: string },
  plain = false,
): Promise<Smtp> {
  const taken: TakenMail[] = []
  const smtp: Pick<Smtp, 'refuse' | 'slow'> = { refuse: undefined, slow: 0 }
  const refusal = (at: NonNullable<Smtp['refuse']>['at']): Error | undefined => {
    if (smtp.refuse?.at !== at) return undefined
    const [status = '500', ...rest] = smtp.refuse.says.split(' ')
    return Object.assign(new Error(rest.join(' ')), { responseCode: Number(status) })
  }
  const server = new SMTPServer({
    logger: false,
    key: tls.key,
    cert: tls.certificate,
    size: 8 * 1024 * 1024,
    disabledCommands: plain ? ['STARTTLS', 'AUTH'] : [],
    authOptional: plain,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) => {
      const right = username === account.user && password === account.password
      done(right ? (refusal('AUTH') ?? null) : new Error('wrong'), right ? { user: username } : undefined)
    },
    onMailFrom: (_address, _session, done) => done(refusal('MAIL')),
    onRcptTo: (_address, _session, done) => done(refusal('RCPT')),
    onData: (stream, session, done) => {
      const ended = whole(stream).then((bytes) => {
        const dropped = smtp.refuse?.at === 'DATA' && smtp.refuse.says === 'drop'
        const no = dropped ? undefined : refusal('DATA')
        if (no !== undefined) return done(no)
        taken.push({ ...envelopeOf(session), bytes, secure: session.secure })
        // The mail is taken and nobody hears of it.
        if (dropped) return cut(server)
        if (smtp.slow === 0) return done()
        setTimeout(done, smtp.slow)
      })
      // The client's line was cut within the mail: nothing was taken, and nobody hears the answer.
      ended.catch(() => done(new Error('cut')))
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.server.address() as AddressInfo).port,
    taken,
    get refuse() {
      return smtp.refuse
    },
    set refuse(value) {
      smtp.refuse = value
    },
    get slow() {
      return smtp.slow
    },
    set slow(value) {
      smtp.slow = value
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** All that comes, until the end of the mail. */
export async function whole(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const envelopeOf = ({ envelope }: SMTPServerSession) => ({
  from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
  to: envelope.rcptTo.map(({ address }) => address),
})

/** Every connection, cut as a cable is. */
function cut(server: SMTPServer): void {
  for (const connection of server.connections as Iterable<{ _socket: { destroy(): void } }>)
    connection._socket.destroy()
}
