// ระนอง: a system that the province built itself, which seals envelopes with the office's own key: the gateway passes them on
// as they are. It stands on the same parts as the ministry's inbox, with a book as every province has.
import { join } from 'node:path'
import { urgencyOfName } from '../../../letter/codes.ts'
import { readLetterDate } from '../../../letter/dates.ts'
import { officeId } from '../../../letter/offices.ts'
import { printInstant } from '../../../letter/time.ts'
import { describe } from '../../../problem/problem.ts'
import { type Inbox, openInbox } from '../../inbox/inbox.ts'
import { readMinistryLetter } from '../../inbox/letters.ts'
import type { InboxEntry } from '../../inbox/register.ts'
import { type Book, type ClerkLetter, openBook } from '../../systems/system.ts'
import type { FleetMember, FleetStage, OpenedMember } from '../member.ts'

/** How long a letter lies before a clerk registers it, in milliseconds. */
const acceptDelay = 200

const province = officeId('85')
if (!province.ok) throw new Error('there is no office 85')
const office = province.value

export const ranong: FleetMember = {
  profile: 'ranong-envelope',
  office,
  product: 'ระบบลงลายมือชื่อเอง (XAdES)',
  open,
}

async function open(stage: FleetStage): Promise<OpenedMember> {
  const { folder, clock, random, watch, gateway } = stage
  const { gateway: shown, ...identity } = stage.identity()
  const book = openBook(join(folder, 'book.jsonl'), watch)
  let register: readonly InboxEntry[] = []
  const inbox: Inbox = await openInbox({
    ...identity,
    folder: join(folder, 'own'),
    gateway: gateway.https,
    port: 0,
    acceptDelay,
    clock,
    random,
    watch: (entry) => enter(book, entry, register),
  })
  register = inbox.entries
  return {
    system: {
      name: ranong.product,
      office,
      entries: book.entries,
      async send(letter) {
        const read = await readMinistryLetter(jsonOf(letter), office, inbox.store)
        if (read.ok) {
          inbox.sendLetter(read.value)
          return
        }
        const said = read.problems.map((each) => describe(each)).join('; ')
        const at = printInstant(clock.now())
        book.enter({ entry: 'letter.refused', at, number: letter.number, said })
      },
      // The gateway calls it.
      look: async () => undefined,
      async close() {
        await inbox.close()
        book.close()
      },
    },
    environment: {
      SARABAN_85_URL: `https://localhost:${inbox.port}/envelopes`,
      SARABAN_85_TLS_KEY: shown.key,
      SARABAN_85_TLS_CERTIFICATE: shown.certificate,
      SARABAN_85_TLS_AUTHORITY: shown.authority,
    },
  }
}

const jsonOf = ({ number, date, subject, urgency, to, scans }: ClerkLetter): object => {
  const day = readLetterDate(date)
  return {
    number,
    ...(day.ok && { date: day.value }),
    subject,
    urgency: urgencyOfName(urgency === '' ? 'ปกติ' : urgency) ?? 'ordinary',
    to: [to],
    attachments: scans.map(({ name, mediaType, bytes }) => ({
      name,
      mediaType,
      content: bytes.toString('base64'),
    })),
  }
}

/** What the register says of letters and notices, as a province's book has it. */
function enter(book: Book, entry: InboxEntry, register: readonly InboxEntry[]): void {
  const { at } = entry
  const sent = (messageId: string) =>
    register.find((one) => one.entry === 'letter.sent' && one.messageId === messageId)
  switch (entry.entry) {
    case 'letter.registered': {
      const { messageId: id, from, number, date, subject, attachments: files, receiveNumber } = entry
      book.enter({ entry: 'letter.received', at, id, from, number, date, subject, files, receiveNumber })
      return
    }
    case 'letter.repeated': {
      const id = entry.messageId
      const first = book.entries.find((one) => one.entry === 'letter.received' && one.id === id)
      const number = first?.entry === 'letter.received' ? first.number : ''
      book.enter({ entry: 'letter.repeated', at, id, number })
      return
    }
    case 'notice.received': {
      const letter = sent(entry.about)
      if (letter?.entry !== 'letter.sent') return
      const { number, date } = letter
      const { kind, receiveNumber = '' } = entry
      book.enter({ entry: 'notice.received', at, kind, number, date, receiveNumber })
      return
    }
    case 'envelope.taken':
    case 'envelope.returned': {
      const letter = sent(entry.messageId)
      if (letter?.entry !== 'letter.sent') return
      const { number, date } = letter
      if (entry.entry === 'envelope.taken') book.enter({ entry: 'letter.sent', at, number, date })
      else book.enter({ entry: 'letter.refused', at, number, said: entry.said })
      return
    }
    // What it hands to its own outbox is no news yet; what it refused stands in its register.
    default:
  }
}
