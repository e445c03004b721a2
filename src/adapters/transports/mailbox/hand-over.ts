// A parcel as a mail to the office: the same mail at every attempt, under one Message-ID.
import { printable } from '../../../problem/problem.ts'
import type { Outcome, Parcel } from '../../contract.ts'
import type { DocumentForm } from '../../formats/format.ts'
import { readHead } from '../../formats/mail/head.ts'
import { headerLine } from '../../formats/mail/write.ts'
import { domainOf, type MailServer } from './settings.ts'
import { submit, wholeMailAnswer } from './submit.ts'

export interface HandOverSettings {
  readonly server: MailServer
  readonly address: string
  /** The office's address. */
  readonly recipient: string
  readonly within: number
}

/** Brings one parcel. Never throws for what the server does. */
export async function handOver(
  parcel: Parcel,
  form: DocumentForm,
  { server, address, recipient, within }: HandOverSettings,
  signal: AbortSignal,
): Promise<Outcome> {
  let bytes: Buffer
  try {
    // Not the document is what goes, but the mail that it becomes: that is recorded, below.
    const { record, ...unrecorded } = parcel
    const written = await form.write(unrecorded)
    if (!written.ok) {
      const said = written.problems.map(({ code, path }) => `${path}: ${code}`).join('; ')
      return { kind: 'refused', problem: written.problems[0], said: said.slice(0, 2000) }
    }
    bytes = Buffer.concat([
      Buffer.from(headersOf(parcel, address, recipient, written.value.bytes)),
      written.value.bytes,
    ])
    await record?.({ ...written.value, bytes })
  } catch (error) {
    // The attachments could not be read: our own disk, and nothing has left.
    return { kind: 'unavailable', said: printable(error instanceof Error ? error.name : 'unknown', 200) }
  }
  const patience = { within, answer: Math.max(within, wholeMailAnswer) }
  return submit(server, { address, recipient, bytes }, patience, signal)
}

function headersOf(parcel: Parcel, address: string, recipient: string, written: Buffer): string {
  const { head } = readHead(written)
  const answered = answeredMail(parcel)
  return [
    head.all('from').length > 0 ? '' : headerLine('From', address),
    headerLine('To', recipient),
    `Message-ID: <${parcel.id}@${domainOf(address)}>\r\n`,
    answered === undefined ? '' : `In-Reply-To: ${answered}\r\nReferences: ${answered}\r\n`,
    // A program wrote it: no absence notice is sent back (RFC 3834).
    'Auto-Submitted: auto-generated\r\n',
  ].join('')
}

/** The mail that brought the letter of which a notice speaks: its Message-ID came along in the letter's extension. */
function answeredMail({ about, office }: Parcel): string | undefined {
  if (about === undefined || about.letter.from.office !== office) return undefined
  const id = about.letter.extension.find(({ name }) => name === 'message-id')?.value ?? ''
  // Whatever stands there came from outside: one id and nothing else may go into a header (attacks X12).
  return /^<[!-;=?-~]{1,200}@[!-;=?-~]{1,200}>$/.test(id) ? id : undefined
}
