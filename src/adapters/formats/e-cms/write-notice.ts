// A notice → its notifier: the same words whether it is polled or echoed.

import type { Notice } from '../../../letter/notice.ts'
import { printInstant } from '../../../letter/time.ts'
import { bad, problem, type Result } from '../../../problem/problem.ts'
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

/** Writes a notice for the office that it is addressed to. A recall has no notifier, and nothing takes its place. */
export function writeNotice(notice: Notice, organisations: Organisations): Result<Xml> {
  if (notice.kind === 'recall') return bad(problem('ecms.write.notice', 'kind', notice.kind))
  const found = new Findings()
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
