// A mail of an alarm, in Thai and English, with a Message-ID by which a repetition is the same mail (RFC 5322, section 3.6.4).
import { base64Lines, headerLine, mailDate } from '../../adapters/formats/mail/write.ts'
import { domainOf } from '../../adapters/transports/mailbox/settings.ts'
import { submit } from '../../adapters/transports/mailbox/submit.ts'
import type { HookSettings } from '../settings/alarms.ts'
import type { Hook } from './hook.ts'
import { mailSubject, mailText, type ToldAlarm } from './told.ts'

/** A whole mail is waited for as long as a telling is ours (a minute: tell.ts), for one that is not heard comes again. */
const patience = { within: 20_000, answer: 40_000 }

/** Hands the mail to a mail server: STARTTLS, or TLS at port 465, unless it is this machine and `plain`. */
export function mailHook(
  { name, to, from, host, port, user, plain }: Extract<HookSettings, { kind: 'mail' }>,
  { password, authority }: { readonly password: string | undefined; readonly authority: string | undefined },
): Hook {
  const server = {
    ...{ host, plain },
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(authority !== undefined && { authority }),
  }
  return {
    name,
    async tell(_body, told, signal) {
      const mail = { address: from, recipient: to, bytes: mailOf(told, { from, to }) }
      const outcome = await submit(server, mail, patience, signal)
      if (outcome.kind === 'taken') return { kind: 'told' }
      return { kind: 'failed', said: outcome.said ?? outcome.kind }
    },
    close: async () => undefined,
  }
}

function mailOf(told: ToldAlarm, { from, to }: { readonly from: string; readonly to: string }): Buffer {
  const text = base64Lines(Buffer.from(mailText(told).replaceAll('\n', '\r\n'), 'utf8'))
  return Buffer.from(
    [
      `From: ${from}\r\nTo: ${to}\r\n`,
      headerLine('Subject', mailSubject(told)),
      `Date: ${mailDate(Date.parse(told.at))}\r\nMessage-ID: <${told.id}@${domainOf(from)}>\r\n`,
      // No out-of-office answer to it, please (RFC 3834, section 5).
      'Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n',
      'Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n',
      `${text}\r\n`,
    ].join(''),
    'ascii',
  )
}
