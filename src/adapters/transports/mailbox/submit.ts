// One mail handed to the mail server (SMTP, RFC 5321), and what its answer means.
import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { describe, printable, problem, remedyOf } from '../../../problem/problem.ts'
import type { Outcome } from '../../contract.ts'
import { inPieces } from '../gathered.ts'
import { domainOf, type MailServer } from './settings.ts'

export interface Submission {
  /** Our own address. */
  readonly address: string
  readonly recipient: string
  readonly bytes: Buffer
  /** The mail is an answer that nothing may answer: it comes from nobody (RFC 3834). */
  readonly fromNobody?: true
}

/** How long a server may say nothing, in milliseconds. */
export interface Patience {
  readonly within: number
  /** Behind the last byte of the mail: one that was taken, and nobody heard so, is sent a second time. */
  readonly answer: number
}

/** A server may take ten minutes to answer a whole mail (RFC 5321, section 4.5.3.2.6). */
export const wholeMailAnswer = 10 * 60_000

interface SmtpError extends Error {
  readonly code?: string
  readonly responseCode?: number
  readonly response?: string
  readonly command?: string
}

/**
 * Hands a mail over. STARTTLS is required (port 465: TLS from the beginning) unless the server is `plain`.
 * 2xx behind the last byte = taken. What the server says for good of the mail's size or of its recipient = refused. 4xx, and any
 * other 5xx (names, passwords, who may send from where, a filter, a full mailbox) = not now: a refusal goes back under the office's
 * name, and of that the office knows nothing. A connection lost behind the last byte = unknown.
 */
export async function submit(
  server: MailServer,
  { address, recipient, bytes, fromNobody }: Submission,
  { within, answer }: Patience,
  signal: AbortSignal,
): Promise<Outcome> {
  const { host, user, password, authority, plain } = server
  const port = Number(server.port ?? 587)
  const connection = new SMTPConnection({
    host,
    port,
    secure: port === 465 && !plain,
    requireTLS: !plain,
    ignoreTLS: plain,
    name: domainOf(address),
    connectionTimeout: Math.min(within, 30_000),
    greetingTimeout: Math.min(within, 30_000),
    socketTimeout: within,
    logger: false,
    ...(authority !== undefined && { tls: { ca: authority } }),
  })
  let sent = false
  async function* watched(): AsyncGenerator<Buffer> {
    yield* inPieces(bytes)
    // From here on the server may have the whole of it, whatever we hear.
    sent = true
    if (connection._socket) connection._socket.setTimeout(answer)
  }
  let giveUp: () => void = () => undefined
  try {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      giveUp = () => reject(signal.reason)
      signal.addEventListener('abort', giveUp)
      // Errors between two commands belong to no call.
      connection.on('error', reject)
      connection.on('end', () => reject(new Error('the connection ended')))
      const step = (next: () => void) => (error?: Error | null) => (error ? reject(error) : next())
      const send = (): void =>
        connection.send(
          { from: fromNobody === true ? false : address, to: recipient, size: bytes.length },
          Readable.from(watched(), { objectMode: false }),
          step(resolve),
        )
      connection.connect(
        step(() => {
          if (user === undefined || password === undefined) send()
          else connection.login({ user, pass: password }, step(send))
        }),
      )
    })
    const said = printable(String(connection.lastServerResponse || ''), 500)
    connection.quit()
    return { kind: 'taken', said }
  } catch (error) {
    connection.close()
    return outcomeOf(error, sent)
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

function outcomeOf(error: unknown, sent: boolean): Outcome {
  if (!(error instanceof Error)) return { kind: sent ? 'unknown' : 'unavailable', said: 'it was given up' }
  const { code = '', responseCode, response = '', command = '' } = error as SmtpError
  if (responseCode === undefined) {
    // The size that the server announced, which was looked at before a byte was sent.
    if (code === 'EMESSAGE' && command === 'MAIL FROM') return refused(552, error.message)
    return {
      kind: sent ? 'unknown' : 'unavailable',
      said: printable(`${error.name} ${code} ${command}`.trim(), 500),
    }
  }
  if (refuses(responseCode, response, command)) return refused(responseCode, response)
  const said = printable(`${responseCode}: ${response}`, 1200)
  if (responseCode < 500) return { kind: 'unavailable', said }
  // No moment of the server mends it: a person has to look at it.
  const found = problem('mail.server.unready', '', undefined, { status: responseCode })
  return { kind: 'unavailable', said: `${said}; ${describe(found)} ${remedyOf(found)}` }
}

/** What a mail server says of a recipient for good, behind `5.` (RFC 3463): there is none, or it takes no mail. */
const ofTheRecipient = ['1.1', '1.2', '1.3', '1.4', '1.6', '1.10', '2.1']
/** What it says of a recipient (Exchange Online), or of us. */
const ofEither = ['1.0', '4.1']
/** The same by servers without such codes (RFC 5321, section 4.2.3). */
const ofEitherBare = [550, 551, 553]
/** The words by which it speaks of us (Exim). */
const ofUs = /relay|sender|authenticat|\bauth\b|client|host|helo|ehlo|block|spam|black ?list/i
/** Addresses, whose parts may be such words. */
const addresses = /\S*@\S*/g
/** What it says of the size of a mail (RFC 3463): more than the recipient, or the server, ever takes. */
const ofTheSize = ['2.3', '3.4']
/** The same without such a code; 552 is said of a full mailbox, too (RFC 5321, section 4.2.3). */
const size = /\bsize\b|too (large|big)/i
const room = /mailbox|quota|storage|space|full/i

/**
 * Whether an answer is about the size of this mail or its recipient, for good. What a server has against us it says at RCPT, too
 * (Postfix by smtpd_delay_reject): there it must speak of the recipient; and behind the mail, where filters speak, by its code.
 */
function refuses(status: number, response: string, command: string): boolean {
  if (status < 500 || !['MAIL FROM', 'RCPT TO', 'DATA'].includes(command)) return false
  // qmail writes the code behind: `no mailbox here by that name. (#5.1.1)`.
  const code = /(?:^5\d\d[ -]|#)5\.(\d{1,3}\.\d{1,3})\b/.exec(response)?.[1]
  const words = response.replace(addresses, '')
  if (code === undefined ? status === 552 && size.test(words) && !room.test(words) : ofTheSize.includes(code))
    return true
  if (command === 'MAIL FROM') return false
  if (code !== undefined && ofTheRecipient.includes(code)) return true
  const ambiguous = code === undefined ? ofEitherBare.includes(status) : ofEither.includes(code)
  return command === 'RCPT TO' && ambiguous && !ofUs.test(words)
}

const refused = (status: number, said: string): Outcome => ({
  kind: 'refused',
  problem: problem('mail.server.refused', '', undefined, { status, said: printable(said, 500) }),
  said: printable(`${status}: ${said}`, 1900),
})
