// The transport `mailbox`: for offices that have a mailbox and nothing else. Mails come by IMAP and go by SMTP.

import { isAddress } from '../../formats/mail/read.ts'
import { byteCount, milliseconds } from '../../quantities.ts'
import type { Finding } from '../../schema.ts'
import { duration, type JsonSchema, object, port, secret, size, textOrReference } from '../../schema.ts'
import { tlsFindings } from '../tls.ts'
import { type Channel, transport } from '../transport.ts'
import { answerOf } from './answer.ts'
import { mailboxFetch } from './fetch.ts'
import { handOver } from './hand-over.ts'
import type { Answer } from './look.ts'
import type { Done, FetchSettings, MailServer } from './settings.ts'
import { submit } from './submit.ts'

interface Options {
  readonly address: string
  readonly office: string
  readonly imap?: MailServer
  readonly smtp?: MailServer
  readonly mailbox: string
  readonly done: Done
  readonly failed: string
  readonly every: string
  readonly within: string
  readonly limit: string
  readonly senders: readonly string[]
  readonly authentication?: { readonly server: string }
  readonly notices?: string
  readonly answer: boolean
}

const server: JsonSchema = object(
  {
    host: { ...textOrReference, description: 'its name' },
    port,
    user: { ...textOrReference, description: 'who we are there' },
    password: { ...secret, description: 'the password' },
    authority: {
      ...textOrReference,
      description: 'PEM of the authority, where no public one signed its certificate',
    },
    plain: { type: 'boolean', default: false, description: 'true: no TLS, on a network of one’s own' },
  },
  ['host'],
)
const name: JsonSchema = { type: 'string', pattern: '^[^\\r\\n\\u0000]{1,200}$' }

/**
 * Options. `address`: the gateway's own; `office`: where letters for the office go. `imap`, `smtp`: the servers. `mailbox`:
 * what is looked into, `every` so long; `done`: what becomes of taken mails; `failed`: where the others go. `within`: a
 * server says something in this time (to a whole mail in ten minutes at least). `senders`: whose mails are believed; `authentication`: only when this server proved
 * them. `notices`: how the subject of a notice begins. `answer`: tell senders what was wrong.
 */
export const mailbox = transport<Options>({
  kind: 'mailbox',
  about: {
    summary: 'Mails by IMAP and SMTP, for offices that have nothing else; documents of the format `mail`.',
    badDays: [
      ['a mail of a stranger', 'into quarantine and `failed`; never answered', 'mail.sender.stranger'],
      ['a sender that is not proved, with `authentication`', 'the same', 'mail.sender.unproved'],
      ['an automatic mail (absence, report, list)', 'the same', 'mail.sender.automatic'],
      [
        'of the mail’s size 5.2.3 and 5.3.4, or 552 in words of its size; of the recipient 5.1.1–5.1.4, 5.1.6, 5.1.10, 5.2.1, or, at RCPT in words that do not speak of us, 5.1.0, 5.4.1, and 550, 551 and 553 without such a code',
        'refused for good',
        'mail.server.refused',
      ],
      [
        'any other 5xx: to our name, password, address or host, at RCPT too (`relay not permitted`, `Sender verify failed`), by a filter behind the mail (5.7.1, 554), a full mailbox',
        'not now; a person has to look at it',
        'mail.server.unready',
      ],
      ['4xx; no TLS', 'not now'],
      [
        'connection lost after the last byte',
        'unknown, it is sent again: the office may see it twice, under one Message-ID',
      ],
    ],
  },
  options: {
    address: { ...textOrReference, description: 'the gateway’s own address' },
    office: { ...textOrReference, description: 'the office’s, to which letters and notices go' },
    imap: { ...server, description: 'where mails come from; port 993' },
    smtp: {
      ...server,
      description: 'by which mails go, with the options of imap; port 587 with STARTTLS, or 465',
    },
    mailbox: { ...name, default: 'INBOX', description: 'what is looked into' },
    done: {
      anyOf: [
        { const: 'seen' },
        object({ move: { ...name, description: 'the mailbox into which it is moved' } }, ['move']),
        object(
          {
            keyword: {
              type: 'string',
              pattern: '^[$A-Za-z][A-Za-z0-9_-]{0,60}$',
              description: 'the keyword that it gets',
            },
          },
          ['keyword'],
        ),
      ],
      default: { move: 'saraban-done' },
      description:
        'what becomes of taken mails: { move: MAILBOX }, { keyword: WORD }, or seen: \\Seen and the keyword SarabanTaken; keywords only where the server keeps them',
    },
    failed: {
      ...name,
      default: 'saraban-failed',
      description: 'where mails go that were not understood or not believed',
    },
    every: { ...duration, default: '60s', description: 'between two looks' },
    within: {
      ...duration,
      default: '2m',
      description:
        'in this time a server must say something; to a letter’s whole mail it has 10 minutes at least',
    },
    limit: { ...size, default: '35MiB', description: 'bytes of a mail' },
    senders: {
      type: 'array',
      items: textOrReference,
      default: [],
      description: 'a list of the addresses whose mails are believed; needed for what comes',
    },
    authentication: {
      ...object(
        {
          server: {
            ...textOrReference,
            description: 'the server whose topmost Authentication-Results header is believed',
          },
        },
        ['server'],
      ),
      description:
        'a mail is believed only when this server says that DKIM or SPF passed for the domain in From; without it a From can be forged',
    },
    notices: {
      type: 'string',
      minLength: 1,
      maxLength: 100,
      description: 'how the subject of a notice begins, where letters and notices come into one mailbox',
    },
    answer: {
      type: 'boolean',
      default: false,
      description: 'true: whoever sent a mail that was not understood is told so, in Thai',
    },
  },
  required: ['address', 'office'],
  channels: ['send', 'sendNotices', 'receive', 'notices'],
  handOver: 'pushes',
  deeper: (options, channels) => missingFindings(options, channels),
  create: (options, { forms, clock }) => {
    const [fault, ...more] = [
      ...addressFindings(options),
      ...tlsFindingsOf(options, 'imap'),
      ...tlsFindingsOf(options, 'smtp'),
      ...Object.values(forms)
        .filter(({ kind }) => kind !== 'mail')
        .map(({ kind }) =>
          wrong(['kind'], `a document of the format ${kind}`, 'documents of the format mail'),
        ),
    ]
    if (fault !== undefined) return { ok: false, findings: [fault, ...more] }
    const { address, office, smtp, imap } = options
    const within = milliseconds(options.within)
    let ending = new AbortController()
    const answer: Answer | undefined =
      options.answer && smtp !== undefined
        ? async (head, sender, handover, problems) => {
            const bytes = answerOf({ head, sender, address, handover, problems, now: clock.now() })
            const mail = { address, recipient: sender, bytes, fromNobody: true } as const
            // It is sent once, whatever is heard, and the look waits for it.
            return submit(smtp, mail, { within, answer: within }, ending.signal)
          }
        : undefined
    const fetch =
      imap === undefined || (forms.send === undefined && forms.sendNotices === undefined)
        ? undefined
        : mailboxFetch(fetchSettings(options, imap, within, forms), answer)
    return {
      ok: true,
      value: {
        doors: [],
        ...(fetch && {
          start: (verbs) => {
            ending = new AbortController()
            return fetch.start(verbs)
          },
        }),
        stop: async () => {
          ending.abort()
          await fetch?.stop()
        },
        ...((forms.receive || forms.notices) &&
          smtp !== undefined && {
            deliver: (parcel, signal) => {
              const form = parcel.envelope.content === 'letter' ? forms.receive : forms.notices
              if (form === undefined) throw new Error('a parcel came to a transport that has no form for it')
              return handOver(parcel, form, { server: smtp, address, recipient: office, within }, signal)
            },
          }),
      },
    }
  },
})

function fetchSettings(
  options: Options,
  imap: MailServer,
  within: number,
  forms: Readonly<Partial<Record<Channel, unknown>>>,
): FetchSettings {
  const { mailbox: box, done, failed, senders, authentication, notices = '' } = options
  const both = forms.send !== undefined && forms.sendNotices !== undefined
  return {
    server: imap,
    mailbox: box,
    done,
    failed,
    every: milliseconds(options.every),
    within,
    limit: byteCount(options.limit),
    senders: new Set(senders.map((each) => each.toLowerCase())),
    ...(authentication && { authenticator: authentication.server }),
    document: both ? { noticesBegin: notices } : forms.send === undefined ? 'notice' : 'letter',
  }
}

function missingFindings(options: Options, channels: readonly Channel[]): readonly Finding[] {
  const { imap, smtp, senders, notices, done, failed, mailbox: box, answer } = options
  const missing = (key: string): Finding => ({
    at: [],
    code: 'adapter.profile.key-missing',
    details: { key },
  })
  const fetches = channels.includes('send') || channels.includes('sendNotices')
  const brings = channels.includes('receive') || channels.includes('notices')
  const both = channels.includes('send') && channels.includes('sendNotices')
  const places = [box, failed, ...(typeof done === 'object' && 'move' in done ? [done.move] : [])]
  return [
    ...(fetches && imap === undefined ? [missing('imap')] : []),
    ...((brings || answer) && smtp === undefined ? [missing('smtp')] : []),
    ...(fetches && senders.length === 0 ? [missing('senders')] : []),
    ...(both && notices === undefined
      ? [missing('notices (letters and notices come into one mailbox)')]
      : []),
    ...(new Set(places).size < places.length
      ? [wrong(['mailbox'], places.join(', '), 'different mailboxes for what comes, is done and failed')]
      : []),
  ]
}

function addressFindings({ address, office, senders }: Options): readonly Finding[] {
  const one = (value: string, at: Finding['at']): Finding[] =>
    isAddress(value) ? [] : [wrong(at, value, 'one mail address, such as saraban_nan@moi.go.th')]
  return [
    ...one(address, ['address']),
    ...one(office, ['office']),
    ...senders.flatMap((each, index) => one(each, ['senders', index])),
  ]
}

function tlsFindingsOf(options: Options, which: 'imap' | 'smtp'): readonly Finding[] {
  const authority = options[which]?.authority
  if (authority === undefined) return []
  return tlsFindings({ authority }).map((each) => ({ ...each, at: [which, 'authority'] }))
}

const wrong = (at: Finding['at'], value: string, expected: string): Finding => ({
  at,
  code: 'adapter.profile.value-wrong',
  value,
  details: { expected },
})
