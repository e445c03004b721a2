// What a system polls: the head of its queue, which stays until it is deleted; letters again; how its letters stand.
import { bad, type Problem, problem, type Result } from '../../../problem/problem.ts'
import type { DoorAnswer, KnownLetter, Parcel } from '../../contract.ts'
import { Findings } from '../../formats/e-cms/gather.ts'
import { isNotifier, kindOf, type Notifier } from '../../formats/e-cms/names.ts'
import { type LetterKey, readKey } from '../../formats/e-cms/read-notice.ts'
import { child, elementsOf, textOf, type XmlElement } from '../../formats/e-cms/xml.ts'
import type { Written } from '../../formats/format.ts'
import { failure, item, itemDeleted, nothingWaits, outboundStatus } from './answers.ts'
import { type Exchange, type Operate, orFailure } from './exchange.ts'
import { processId } from './sending.ts'

/** Items that e-CMS cannot say are refused and passed by, so many at one poll: nothing unsayable blocks a queue. */
const mostPassedBy = 20
/** Letters that a status request without a LetterID lists. */
const mostStatuses = 500

/** The head of the queue, the same at every poll until it is deleted. */
export const inbound: Operate = async (exchange) => {
  for (let passed = 0; passed < mostPassedBy; passed += 1) {
    const parcel = await exchange.verbs.head()
    if (parcel === undefined) return nothingWaits()
    const written = await write(exchange, parcel)
    if (written.ok)
      return item(parcel.id, exchange.now, written.value.bytes, parcel.envelope.content, exchange.form)
    const [first] = written.problems
    const said = written.problems.map((each) => each.code).join(' ')
    await exchange.verbs.settle(parcel.id, { kind: 'refused', problem: first, said })
    exchange.verbs.report('ecms.unsayable', { parcel: parcel.id, code: first.code })
  }
  return failure([problem('ecms.unavailable', '')])
}

/** An item of the queue; a recall has no message that could be polled. */
const write = async ({ form }: Exchange, parcel: Parcel): Promise<Result<Written>> =>
  isNotice(parcel, 'recall') ? bad(problem('ecms.write.notice', 'kind', 'recall')) : form.write(parcel)

/**
 * The system has stored the item. An item that waits no more is deleted again: the answer to the first request may have
 * been lost, and whether an item ever was cannot be told apart from that.
 */
export const remove: Operate = async (exchange) => {
  const element = elementsOf(exchange.message.element).find(
    (each) => each.local.toLowerCase() === 'processid',
  )
  const id = textOf(element)
  if (id === '') return failure([problem('ecms.element.missing', 'ProcessID')])
  if (!/^[0-9a-z-]{1,40}$/.test(id)) return failure([problem('ecms.process.unknown', 'ProcessID', id)])
  const waited = await exchange.verbs.settle(id, { kind: 'taken', said: exchange.message.operation })
  if (!waited) exchange.verbs.report('ecms.deleted-again', { parcel: id })
  return itemDeleted(id, exchange.now)
}

/** A letter or a notifier once more, whether it was deleted or not: some systems delete before they store (domain §4). */
export const special: Operate = async (exchange) => {
  const { element } = exchange.message
  const wanted = elementsOf(element).find(
    (each) => each.local === 'GovernmentDocument' || isNotifier(each.local),
  )
  const found = new Findings()
  const key = readKey(wanted ?? element, exchange.form.organisations, found)
  return orFailure(
    found.settle(() => key),
    () =>
      wanted !== undefined && isNotifier(wanted.local)
        ? noticeAgain(exchange, key, wanted.local)
        : letterAgain(exchange, key),
  )
}

async function letterAgain(exchange: Exchange, key: LetterKey): Promise<DoorAnswer> {
  const known = await exchange.verbs.find({ ...key, recipient: exchange.office })
  const parcel = known.find((each) => each.parcel !== undefined)?.parcel
  const unknown = problem('ecms.letter.unknown', 'LetterID', key.number)
  return parcel === undefined ? failure([unknown]) : again(exchange, parcel, unknown)
}

async function noticeAgain(exchange: Exchange, key: LetterKey, notifier: Notifier): Promise<DoorAnswer> {
  const kind = kindOf[notifier]
  // A dispute comes to the letter's receiver, every other notice to its sender.
  const own = kind === 'dispute' ? { recipient: exchange.office } : { sender: exchange.office }
  const known = await exchange.verbs.find({ ...key, ...own })
  const parcel = known.flatMap((each) => each.notices ?? []).find((each) => isNotice(each, kind))
  const unknown = problem('ecms.notifier.unknown', 'LetterID', key.number, { notifier })
  return parcel === undefined ? failure([unknown]) : again(exchange, parcel, unknown)
}

const isNotice = ({ envelope }: Parcel, kind: string): boolean =>
  envelope.content === 'notice' && envelope.notice.kind === kind

/** `unknown`: what is said of a parcel that is not to be shown any more. */
async function again(exchange: Exchange, parcel: Parcel, unknown: Problem): Promise<DoorAnswer> {
  return orFailure(await exchange.form.write(parcel), async ({ bytes }) =>
    (await exchange.verbs.show(parcel.id))
      ? item(parcel.id, exchange.now, bytes, parcel.envelope.content, exchange.form)
      : failure([unknown]),
  )
}

/** How the system's own letters stand: the one that is named, or the latest. */
export const status: Operate = async (exchange) => {
  const { element } = exchange.message
  const named = child(element, 'LetterID') ?? child(child(element, 'Outbound'), 'LetterID')
  if (named === undefined) {
    const letters = (await exchange.verbs.sent?.(mostStatuses)) ?? []
    return outboundStatus(letters.map((each) => statusOf(each, each.number ?? '')))
  }
  return orFailure(keyOf(exchange, child(element, 'Outbound') ?? element), async (key) => {
    const letters = await exchange.verbs.find({ ...key, sender: exchange.office })
    return outboundStatus(letters.map((each) => statusOf(each, each.number ?? key.number)))
  })
}

function keyOf(
  exchange: Exchange,
  element: XmlElement,
): { ok: true; value: LetterKey } | { ok: false; problems: readonly Problem[] } {
  const found = new Findings()
  const key = readKey(element, exchange.form.organisations, found)
  return found.settle(() => key)
}

const statusOf = (letter: KnownLetter, letterId: string) => ({
  processId: processId(letter.messageId),
  letterId,
  status: letter.state,
})
