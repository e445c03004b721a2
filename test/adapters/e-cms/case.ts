// A case: one file with what is sent and what is answered. The first line says what it shows; `key: value` lines say how it
// is sent; after a blank line comes the body, byte for byte; after a dashed line the answer; after another what was kept.
import { readFileSync } from 'node:fs'
import type { Envelope } from '../../../src/envelope/envelope.ts'
import { mediaTypeOf } from '../../../src/letter/attachments.ts'
import { checkLetter, checkNotice } from '../../../src/letter/check.ts'
import { readLetterDate } from '../../../src/letter/dates.ts'
import { letterToJson } from '../../../src/letter/json.ts'
import type { Letter } from '../../../src/letter/letter.ts'
import { type NoticeKind, noticeKinds } from '../../../src/letter/notice.ts'
import { readLetterNumber } from '../../../src/letter/numbers.ts'
import { moi } from '../../../src/letter/offices.ts'
import { readInstant } from '../../../src/letter/time.ts'
import { mustBe, office } from '../../letter/arbitrary.ts'
import {
  formOf,
  type GatewayInMemory,
  gatewayInMemory,
  messageIds,
  now,
  post,
  serve,
  sha256,
  transportOf,
} from './gateway.ts'

export const phatthalung = office('93')

/** What a profile adds to the national table in these tests. */
export const options = { organisations: { '93': ['1599900093'] } }

export interface Case {
  readonly title: string
  readonly keys: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly expected: string
}

const dashes = '\n----\n'
const knownKeys = ['content-type', 'expect', 'queue']

export function readCase(path: string): Case {
  const bytes = readFileSync(path)
  const start = bytes.indexOf('\n\n')
  const end = bytes.indexOf(dashes)
  if (start === -1 || end === -1) throw new Error(`${path} has no body, or no dashed line behind it`)
  const [title = '', ...lines] = bytes.toString('utf8', 0, start).split('\n')
  if (!title.startsWith('# ')) throw new Error(`${path} does not begin with what it shows`)
  const keys: Record<string, string> = {}
  for (const line of lines) {
    const [key = '', ...value] = line.split(': ')
    if (!knownKeys.includes(key)) throw new Error(`${path} has an unknown key: ${line}`)
    keys[key] = value.join(': ')
  }
  return {
    title: title.slice(2),
    keys,
    body: bytes.subarray(start + 2, end),
    expected: bytes.toString('utf8', end + dashes.length),
  }
}

/** An office's door, open, with a gateway in memory behind it. */
export async function openDoor(formOptions: Readonly<Record<string, unknown>> = options) {
  const form = formOf(phatthalung, formOptions)
  const gateway = gatewayInMemory(phatthalung, form)
  const transport = transportOf(phatthalung, form)
  await transport.start?.(gateway)
  const server = await serve(transport.doors)
  const close = async (): Promise<void> => {
    await server.close()
    await transport.stop()
  }
  return { gateway, port: server.port, close }
}

/** Sends a case to an office of its own, and says what came back and what was kept, line by line. */
export async function play(each: Case): Promise<string> {
  const { gateway, port, close } = await openDoor()
  try {
    const { queue = '', ...headers } = each.keys
    await put(gateway, queue)
    const answer = await post(port, each.body, headers)
    if (answer.continued !== 'expect' in each.keys) throw new Error('100 Continue was not awaited')
    if (answer.type !== 'text/xml; charset=utf-8') throw new Error(`answered as ${answer.type}`)
    return [String(answer.status), asLines(answer.body), '----', ...kept(gateway), ''].join('\n')
  } finally {
    await close()
  }
}

/** One element a line; an element without content stays on its line. */
export const asLines = (xml: string): string =>
  xml.replaceAll('><', '>\n<').replace(/<([\w:-]+)([^<>]*)>\n<\/\1>/g, '<$1$2></$1>')

function kept(gateway: GatewayInMemory): string[] {
  const letters = gateway.letters.map(({ letter }) => JSON.stringify(letterToJson(letter), undefined, 2))
  const notices = gateway.notices.map((each) => JSON.stringify(each))
  const settled = gateway.settled.map(({ id, outcome }) => `${id}: ${outcome.kind}`)
  const reports = gateway.reports.map(({ event, facts }) => `${event} ${JSON.stringify(facts)}`)
  return [...letters, ...notices, ...settled, ...reports, `waiting: ${gateway.queue.length}`]
}

/** Puts what the words say into the queue: `letter`, a kind of notice, or `deleted`, which takes the first item out. */
export async function put(gateway: GatewayInMemory, words: string): Promise<void> {
  const nextId = messageIds()
  for (const word of words.split(' ').filter((each) => each !== '')) {
    if (word === 'deleted') await gateway.settle('delivery-1', { kind: 'taken' })
    else gateway.put(envelopeOf(word, nextId, gateway))
  }
}

function envelopeOf(word: string, nextId: () => Envelope['messageId'], gateway: GatewayInMemory): Envelope {
  const head = { messageId: nextId(), createdAt: now }
  if (word === 'letter' || word === 'letter-bare') {
    return { ...head, content: 'letter', letter: waitingLetter(word === 'letter-bare', gateway) }
  }
  const kind = noticeKinds.find((each) => each === word)
  if (kind === undefined) throw new Error(`nothing that could wait: ${word}`)
  return { ...head, content: 'notice', notice: waitingNotice(kind, head.messageId) }
}

function waitingNotice(kind: NoticeKind, messageId: Envelope['messageId']) {
  return mustBe(
    checkNotice({
      kind,
      from: moi,
      to: phatthalung,
      about: {
        messageId,
        digest: '0'.repeat(64),
        number: 'พท 0017.1/492',
        date: mustBe(readLetterDate('2026-11-20')),
        subject: 'ขอความอนุเคราะห์ตอบแบบสอบถาม (Q&A)',
      },
      at: mustBe(readInstant('2026-11-21T14:05:06')),
      reason: '',
      ...((kind === 'accept' || kind === 'dispute') && { receiveNumber: '๔๕๖/๒๕๖๙' }),
    }),
  )
}

/** A circular of the ministry to two provinces. */
function waitingLetter(bare: boolean, gateway: GatewayInMemory): Letter {
  const bytes = Buffer.from('%PDF-1.4')
  gateway.blobs.set(sha256(bytes), bytes)
  const pdf = {
    mediaType: mustBe(mediaTypeOf('application/pdf', '')),
    size: bytes.length,
    sha256: sha256(bytes),
  }
  const full = {
    urgency: 'most-urgent' as const,
    from: { office: moi, person: { givenName: 'สมหญิง', familyName: 'รักไทย', jobTitle: 'ปลัดกระทรวงมหาดไทย' } },
    to: {
      offices: [office('50'), phatthalung] as const,
      person: { givenName: '', familyName: '', jobTitle: 'ผู้ว่าราชการจังหวัดทุกจังหวัด' },
    },
    references: [{ number: 'มท 0210.3/492', subject: 'การเชื่อมโยง' }],
    enclosureNote: 'แบบสอบถาม',
    sentAt: mustBe(readInstant('2026-11-18T16:00:00.789')),
    description: 'ตอบภายใน 7 วัน',
  }
  return mustBe(
    checkLetter(
      {
        number: mustBe(readLetterNumber('มท 0210.3/ว3893')).number,
        date: mustBe(readLetterDate('2026-11-18')),
        subject: 'ขอความร่วมมือ <ด่วน> & อื่น ๆ',
        from: { office: moi },
        to: { offices: [phatthalung] },
        ...(!bare && full),
      },
      bare
        ? []
        : [
            { name: 'สิ่งที่ส่งมาด้วย.pdf', role: 'enclosure', ...pdf },
            { name: 'หนังสือ.pdf', role: 'main', ...pdf },
          ],
    ),
  )
}
