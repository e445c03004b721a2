// The mail that tells a sender what was wrong with a mail: in Thai, once, and never to a program.
import { messageOf, type Problem, printable, remedyOf } from '../../../problem/problem.ts'
import { MailFault } from '../../formats/mail/fault.ts'
import type { Head } from '../../formats/mail/head.ts'
import { headerText } from '../../formats/mail/words.ts'
import { headerLine, mailDate, textPart } from '../../formats/mail/write.ts'
import { domainOf } from './settings.ts'

export interface Answered {
  readonly head: Head
  readonly sender: string
  /** Our own address. */
  readonly address: string
  /** Of the mail that is answered: one answer has one Message-ID. */
  readonly handover: string
  readonly problems: readonly Problem[]
  readonly now: number
}

/** The whole answer. It carries the signs by which no program answers it (RFC 3834). */
export function answerOf({ head, sender, address, handover, problems, now }: Answered): Buffer {
  const subject = subjectOf(head)
  const id = head.all('message-id')[0] ?? ''
  const answered = /^<[!-;=?-~]{1,200}@[!-;=?-~]{1,200}>$/.test(id)
    ? `In-Reply-To: ${id}\r\nReferences: ${id}\r\n`
    : ''
  const text = [
    'เรียน เจ้าหน้าที่สารบรรณ',
    '',
    `ระบบรับส่งหนังสืออิเล็กทรอนิกส์ยังรับหนังสือจากอีเมลฉบับนี้ไม่ได้: ${subject}`,
    'ต้นฉบับเก็บไว้แล้ว เจ้าหน้าที่ของระบบจะตรวจสอบ สาเหตุและวิธีแก้ไข:',
    '',
    ...problems
      .slice(0, 20)
      .flatMap((each) => [`- ${messageOf(each, 'th')}`, `  วิธีแก้ไข: ${remedyOf(each, 'th')}`]),
    '',
    'กรุณาแก้ไขแล้วส่งเป็นอีเมลฉบับใหม่ อีเมลนี้ส่งโดยอัตโนมัติ ไม่ต้องตอบกลับ',
    '',
  ].join('\n')
  return Buffer.from(
    [
      headerLine('From', address),
      headerLine('To', sender),
      headerLine('Subject', `ยังรับหนังสือไม่ได้: ${subject}`),
      headerLine('Date', mailDate(now)),
      `Message-ID: <fault-${handover}@${domainOf(address)}>\r\n`,
      answered,
      'Auto-Submitted: auto-replied\r\nPrecedence: auto_reply\r\nMIME-Version: 1.0\r\n',
      textPart(text, 'utf-8'),
    ].join(''),
  )
}

function subjectOf(head: Head): string {
  try {
    return printable(headerText(head.one('subject') ?? '', 'subject'), 200)
  } catch (error) {
    if (!(error instanceof MailFault)) throw error
    return '(อ่านหัวเรื่องไม่ได้)'
  }
}
