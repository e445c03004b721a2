// An office that has a mailbox and nothing else: its clerks write letters as mails by the sample form, open what comes,
// register it in their book, and answer with the receive number.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { ImapFlow } from 'imapflow'
import { type ParsedMail, simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import type { OfficeId } from '../../../letter/offices.ts'
import { officeById } from '../../../letter/offices.ts'
import { type Clock, printInstant, type Random } from '../../../letter/time.ts'
import {
  type BookEntry,
  type ClerkLetter,
  type OfficeSystem,
  openBook,
  type Scan,
} from '../../systems/system.ts'
import type { Mailboxes } from '../member.ts'
import { type Form, type NoticeForm, readLetter, readNotice, writeAccept, writeLetter } from './form.ts'
import { type Mail, type Program, writeMail } from './program.ts'

export interface MailOffice {
  readonly office: OfficeId
  readonly program: Program
  readonly form: Form
  readonly notice: NoticeForm
  /** The folder of the gateway's mailbox to which letters are addressed (`gateway_trat+saraban@…`). */
  readonly sortedInto?: string
  readonly quotes?: 'answers'
}

export interface MailSettings {
  readonly folder: string
  readonly mailboxes: Mailboxes
  readonly clock: Clock
  readonly random: Random
  readonly watch: (entry: BookEntry) => void
}

/** Opens the office. */
export function openMailOffice(form: MailOffice, settings: MailSettings): OfficeSystem {
  const { office, program } = form
  const { clock, mailboxes, random } = settings
  const { host, authority: ca } = mailboxes
  const own = { user: mailboxes.office.address, pass: mailboxes.office.password }
  const book = openBook(join(settings.folder, 'book.jsonl'), settings.watch)
  const now = (): string => printInstant(clock.now())
  const post = createTransport({ host, port: mailboxes.smtpPort, requireTLS: true, auth: own, tls: { ca } })
  let open: ImapFlow | undefined
  let running = book.entries.filter((entry) => entry.entry === 'letter.sent').length

  async function submit(mail: Pick<Mail, 'subject' | 'text' | 'scans' | 'answers'>): Promise<void> {
    const [account = '', domain = ''] = mailboxes.gateway.address.split('@')
    const to = form.sortedInto === undefined ? account : `${account}+${form.sortedInto}`
    const id = Buffer.from(random(12)).toString('hex')
    const whole: Mail = {
      ...mail,
      from: own.user,
      fromName: `งานสารบรรณ ${officeById(office).th}`,
      to: `${to}@${domain}`,
      date: `${new Date(clock.now() + 7 * 3_600_000).toUTCString().replace('GMT', '+0700')}`,
      messageId: `<${id}@${own.user.split('@')[1]}>`,
      text: `${mail.text}\n\n-- \nงานสารบรรณ สำนักงาน${officeById(office).th}\nศาลากลางจังหวัด ชั้น 2`,
    }
    await post.sendMail({ envelope: { from: own.user, to: whole.to }, raw: writeMail(whole, program) })
  }

  async function receiveLetter(mail: ParsedMail): Promise<void> {
    const read = readLetter(mail.text ?? '', mail.subject ?? '', form.form)
    const id = mail.messageId ?? ''
    const known = book.receiveNumberOf(read)
    const receiveNumber = known ?? book.nextReceiveNumber(clock.now())
    const files = mail.attachments.map(({ content }) => createHash('sha256').update(content).digest('hex'))
    if (known === undefined)
      book.enter({ entry: 'letter.received', at: now(), id, ...read, files, receiveNumber })
    else book.enter({ entry: 'letter.repeated', at: now(), id, number: read.number })
    const { number, date } = read
    const quoted = (mail.text ?? '')
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => `> ${line}`)
    const text = writeAccept(read, receiveNumber, form.notice, clock.now())
    await submit({
      subject: `${form.notice.subject} ${number}`,
      text: form.quotes === 'answers' ? [text, '', ...quoted].join('\n') : text,
      scans: [],
      ...(id !== '' && { answers: id }),
    })
    book.enter({ entry: 'notice.sent', at: now(), kind: 'accept', number, date, receiveNumber })
  }

  /** The clerk's mail program stays open over the day, and is opened again when its connection is gone. */
  async function connected(): Promise<ImapFlow> {
    if (open?.usable === true) return open
    const client = new ImapFlow({
      host,
      port: mailboxes.imapPort,
      secure: true,
      auth: own,
      tls: { ca },
      logger: false,
    })
    client.on('error', () => undefined)
    await client.connect()
    await client.mailboxOpen('INBOX')
    open = client
    return client
  }

  /** What the clerk finds in the mailbox that nobody has dealt with yet. */
  async function unread(client: ImapFlow): Promise<[number, Buffer][]> {
    const found: [number, Buffer][] = []
    const uids = (await client.search({ seen: false }, { uid: true })) || []
    for (const uid of uids) {
      const one = await client.fetchOne(String(uid), { source: true }, { uid: true })
      if (one !== false && one.source !== undefined) found.push([uid, one.source])
    }
    return found
  }

  return {
    name: program.name,
    office,
    entries: book.entries,
    async send(letter) {
      running += 1
      const renamed = withNames(letter, form.form, running)
      const { subject, text } = writeLetter(renamed, office, form.form, clock.now())
      await submit({ subject, text: `${text}\n\n${covering(letter)}`, scans: renamed.scans })
      book.enter({ entry: 'letter.sent', at: now(), number: letter.number, date: letter.date })
    },
    async look() {
      const client = await connected()
      for (const [uid, source] of await unread(client)) {
        const mail = await simpleParser(source)
        // What a program answers is no letter, and is not answered (RFC 3834): it says that a mail was not understood.
        if (/^auto-replied\b/i.test(String(mail.headers.get('auto-submitted') ?? '')))
          book.enter({ entry: 'letter.refused', at: now(), number: '', said: mail.text ?? '' })
        else if ((mail.subject ?? '').startsWith(form.notice.subject)) {
          const said = readNotice(mail.text ?? '', form.notice)
          book.enter({ entry: 'notice.received', at: now(), ...said })
        } else await receiveLetter(mail)
        // Last: a clerk who is called away in between opens it again, and finds it in the book.
        await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true })
      }
    },
    async close() {
      await open?.logout()
      post.close()
      book.close()
    },
  }
}

/** The words above the signature: every office writes some. */
const covering = ({ to }: ClerkLetter): string =>
  `เรียน ${officeById(to).jobTitle}\nขอส่งหนังสือตามไฟล์แนบมาเพื่อโปรดพิจารณา`

/** The files, the letter itself under the name by which the ministry's form knows it. */
function withNames(letter: ClerkLetter, { main }: Form, running: number): ClerkLetter {
  if (main !== 'named') return letter
  const [first, ...others] = letter.scans
  const ending = first.name.slice(first.name.lastIndexOf('.'))
  const named: Scan = { ...first, name: `หนังสือ-${String(running).padStart(4, '0')}${ending}` }
  return { ...letter, scans: [named, ...others] }
}
