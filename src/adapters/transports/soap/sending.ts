// What a system sends: letters, notifiers, and the request to forget a letter. Commit first, then answer.
import type { MessageId } from '../../../letter/time.ts'
import { bad, good, problem, type Result } from '../../../problem/problem.ts'
import type { DoorAnswer, Taken } from '../../contract.ts'
import { contentOf } from '../../formats/e-cms/message.ts'
import { isNotifier, type Notifier } from '../../formats/e-cms/names.ts'
import { printTime } from '../../formats/e-cms/write-letter.ts'
import { child, textOf, type XmlElement } from '../../formats/e-cms/xml.ts'
import { failure, letterForgotten, letterTaken, notifierTaken } from './answers.ts'
import { type Exchange, type Operate, orFailure } from './exchange.ts'

/** `CorrespondenceLetterOutboundRequest` holds a letter or a notifier; a notifier may also stand alone. */
export const outbound: Operate = (exchange) =>
  orFailure(contentOf(exchange.message.element), (content) => {
    if (isNotifier(content.local)) return notifier(exchange, content, content.local)
    if (content.local === 'GovernmentDocument') return letter(exchange, content)
    return failure([problem('ecms.content.missing', '', content.local)])
  })

/** The sender asks to forget its letter, so that it may send it again: a recall. */
export const forget: Operate = async (exchange) =>
  orFailure(await taken(exchange, 'notice'), () =>
    letterForgotten(textOf(child(exchange.message.element, 'LetterID')), exchange.now),
  )

async function letter(exchange: Exchange, document: XmlElement): Promise<DoorAnswer> {
  const party = child(child(document, 'CorrespondenceLetter'), 'SenderParty')
  const id = textOf(child(child(party, 'DepartmentOrganization'), 'ID'))
  const sender = exchange.form.organisations.officeOf(id)
  // Attack T9. An id that nobody knows, or none, is among the faults that the gateway names together.
  if (sender.ok && sender.value !== exchange.office) {
    const path = 'ram:SenderParty/ram:DepartmentOrganization/ram:ID'
    return failure([problem('ecms.sender.other', path, id, { office: exchange.office })])
  }
  const number = textOf(child(child(document, 'CorrespondenceLetter'), 'ID'))
  return orFailure(await taken(exchange, 'letter', number), (messageId) =>
    letterTaken(processId(messageId), exchange.now),
  )
}

async function notifier(exchange: Exchange, element: XmlElement, name: Notifier): Promise<DoorAnswer> {
  return orFailure(await taken(exchange, 'notice'), (messageId) => {
    const said = (local: string): string => textOf(child(element, local))
    const department = textOf(child(child(element, 'AcceptDepartment'), 'Code'))
    const numbered = child(element, 'AcceptID') !== undefined
    // Who disputes a receive number did not give it: when and where that was is not ours to say.
    const registers = name !== 'InvalidAcceptIDNotifier'
    const { organisations } = exchange.form
    return notifierTaken(processId(messageId), exchange.now, name, {
      letterId: said('LetterID'),
      ...(numbered && { acceptId: said('AcceptID') }),
      correspondenceDate: said('CorrespondenceDate'),
      subject: said('Subject'),
      acceptDate: said('AcceptDate') || (registers ? printTime(exchange.now) : ''),
      acceptDepartment: department || (registers ? organisations.idOf(exchange.office) : ''),
    })
  })
}

/** Offers the request and waits for the commit. A message holds one item, so that there is one outcome. */
async function taken(
  exchange: Exchange,
  document: 'letter' | 'notice',
  number?: string,
): Promise<Result<MessageId>> {
  const outcomes = await exchange.verbs.take({
    document,
    name: exchange.message.operation,
    bytes: exchange.bytes,
    beside: new Map(),
    sender: 'waits',
    final: true,
  })
  return outcomeOf(outcomes[0], number)
}

function outcomeOf(outcome: Taken | undefined, number: string | undefined): Result<MessageId> {
  switch (outcome?.kind) {
    case 'known':
      // Its form has a place for a ProcessID only, and that would say that it goes.
      if (outcome.ended !== undefined) {
        const { messageId: earlier, ended: state } = outcome
        return bad(problem('letter.ended', 'ram:ID', number, { earlier, state }))
      }
      return good(outcome.messageId)
    case 'taken':
      return good(outcome.messageId)
    case 'refused':
      return bad(...outcome.problems)
    case 'quarantined': {
      const [first, ...rest] = outcome.problems
      return bad(first ?? problem('ecms.unavailable', ''), ...rest)
    }
    case 'waiting':
    case undefined:
      return bad(problem('ecms.unavailable', ''))
    default:
      return outcome satisfies never
  }
}

/** A letter's ProcessID is the UUID of its message id: the same whenever the same letter comes. */
export const processId = (messageId: MessageId): string => messageId.slice('urn:uuid:'.length)
