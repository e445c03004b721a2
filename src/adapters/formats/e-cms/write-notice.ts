// A notice → its notifier: the same words whether it is polled or echoed.

import type { Notice } from '../../../letter/notice.ts'
import { printInstant } from '../../../letter/time.ts'
import type { Result } from '../../../problem/problem.ts'
import { Findings } from './gather.ts'
import { type Notifier, notifierOf } from './names.ts'
import type { Organisations } from './organisations.ts'
import { type Xml, type XmlWriter, xmlWriter } from './write-xml.ts'

/** What a notifier says, in the words of the message. */
export interface NotifierWords {
  readonly letterId: string
  /** Written with `AcceptLetterNotifier` and `InvalidAcceptIDNotifier` only. */
  readonly acceptId?: string
  readonly correspondenceDate: string
  readonly subject: string
  /** `yyyy-MM-ddTHH:mm:ss`, or empty. */
  readonly acceptDate: string
  /** The organisation id of the department that received the letter. */
  readonly acceptDepartment: string
}

/** Clients read every one of these children, whatever the notifier (domain §3). */
export const writeNotifier = (write: XmlWriter, notifier: Notifier, words: NotifierWords): Xml =>
  write.node(notifier, [
    write.leaf('LetterID', words.letterId),
    ...(words.acceptId === undefined ? [] : [write.leaf('AcceptID', words.acceptId)]),
    write.leaf('CorrespondenceDate', words.correspondenceDate),
    write.leaf('Subject', words.subject),
    write.leaf('AcceptDate', words.acceptDate),
    write.node('AcceptDepartment', write.leaf('Code', words.acceptDepartment)),
  ])

/** Names a letter by its natural key (domain §3); `sender` and `recipient` are organisation ids. */
export const writeKey = (
  write: XmlWriter,
  name: string,
  words: {
    readonly letterId: string
    readonly correspondenceDate: string
    readonly sender: string
    readonly recipient: string
  },
): Xml =>
  write.node(name, [
    write.leaf('LetterID', words.letterId),
    write.leaf('CorrespondenceDate', words.correspondenceDate),
    write.node('SenderDepartment', write.leaf('Code', words.sender)),
    write.node('AcceptDepartment', write.leaf('Code', words.recipient)),
  ])

/**
 * Writes a notice for the office that it is addressed to. A recall has no notifier: it is the request to forget the letter,
 * which can be sent to a server and cannot be polled.
 */
export function writeNotice(notice: Notice, organisations: Organisations): Result<Xml> {
  const found = new Findings()
  if (notice.kind === 'recall') {
    const key = { letterId: notice.about.number, correspondenceDate: notice.about.date }
    const parties = {
      sender: organisations.idOf(notice.from),
      recipient: organisations.idOf(notice.to),
    }
    const name = 'CorrespondenceDeleteGovernmentDocumentRequest'
    const request = writeKey(xmlWriter(found), name, { ...key, ...parties })
    return found.settle(() => request)
  }
  // A dispute goes to the office that registered the letter; the others come from it.
  const registrar = notice.kind === 'dispute' ? notice.to : notice.from
  const written = writeNotifier(xmlWriter(found), notifierOf[notice.kind], {
    letterId: notice.about.number,
    ...(notice.receiveNumber !== undefined && { acceptId: notice.receiveNumber }),
    correspondenceDate: notice.about.date,
    subject: notice.about.subject,
    acceptDate: printInstant(notice.at).slice(0, 19),
    acceptDepartment: organisations.idOf(registrar),
  })
  return found.settle(() => written)
}
