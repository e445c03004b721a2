// Deliveries and notices as lists, each with the letter that it is about. Reads only.
import type { NoticeKind } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import type { Parameter, Reader, Statement } from './database.ts'
import { type DeliveryRow, deliveryColumns } from './deliveries.ts'
import { type NoticeRow, noticeColumns } from './notices.ts'
import { recipient, recipientOf } from './open.ts'
import { bringingSince } from './present.ts'
import { stepRows } from './walk.ts'

/** Of the letter that a delivery or a notice is about; null: there is none in the journal. */
interface AboutLetter {
  readonly letterSender: OfficeId | null
  readonly letterRecipient: OfficeId | null
  readonly secrecy: string | null
}

export interface ListedDelivery extends DeliveryRow, AboutLetter {
  /** Since when it is being brought while nothing of it is recorded yet; null: it is not. */
  readonly bringingSince: Instant | null
  readonly brings: 'letter' | NoticeKind
  readonly about: MessageId
}

export interface ListedNotice extends NoticeRow, AboutLetter {
  readonly seq: number
}

const ofLetter = 'l.sender AS "letterSender", l.recipient AS "letterRecipient", l.secrecy'

const deliveries = (where: string): Statement => `
SELECT ${deliveryColumns('d.')}, COALESCE(n.kind, 'letter') AS brings, COALESCE(n.about, d.message_id) AS about, ${ofLetter},
  ${bringingSince('d.office', 'd.id')} AS "bringingSince"
FROM (SELECT * FROM deliveries WHERE ${where} ORDER BY seq DESC LIMIT ${stepRows}) d
LEFT JOIN notices n ON n.message_id = d.message_id
LEFT JOIN letters l ON l.message_id = COALESCE(n.about, d.message_id) AND l.recipient = ${recipient}
ORDER BY d.seq DESC`

const notices = (where: string): Statement => `
SELECT ${noticeColumns('n.')}, n.seq, ${ofLetter}
FROM (SELECT * FROM notices WHERE ${where} ORDER BY seq DESC LIMIT ${stepRows}) n
LEFT JOIN letters l ON l.message_id = n.about AND l.recipient = ${recipientOf('n')}
ORDER BY n.seq DESC`

/** Each has the highest seq that it does not want as its last value. */
export const listSql = {
  deliveries: deliveries('seq < ?'),
  openDeliveries: deliveries('open = 1 AND seq < ?'),
  openDeliveriesTo: deliveries('open >= 1 AND office = ? AND seq < ?'),
  failedDeliveries: deliveries(`state IN ('refused', 'given-up') AND seq < ?`),
  deliveriesOf: deliveries(
    'message_id IN (SELECT message_id FROM notices WHERE about = ? UNION SELECT ?) AND seq < ?',
  ),
  delivery: deliveries('id = ?'),
  notices: notices('seq < ?'),
  noticesOf: notices('about = ? AND seq < ?'),
  notice: notices('message_id = ?'),
} as const

export interface DeliverySearch {
  /** Of this letter, and of the notices about it. */
  readonly letter?: string
  readonly office?: string
  readonly state?: string
  readonly open?: boolean
}

/** Deliveries below `before`, newest first: `stepRows` of them, which may be more than those that are meant. */
export function deliveriesBefore(
  reader: Reader,
  search: DeliverySearch,
  before: number,
): Promise<ListedDelivery[]> {
  const ask = (statement: Statement, ...values: readonly Parameter[]): Promise<ListedDelivery[]> =>
    reader.all<ListedDelivery>(statement, ...values, before)
  const { letter, office, state, open } = search
  if (letter !== undefined) return ask(listSql.deliveriesOf, letter, letter)
  if (open === true)
    return office === undefined ? ask(listSql.openDeliveries) : ask(listSql.openDeliveriesTo, office)
  if (state === 'refused' || state === 'given-up') return ask(listSql.failedDeliveries)
  return ask(listSql.deliveries)
}

export const isMeantDelivery = (row: ListedDelivery, { office, state }: DeliverySearch): boolean =>
  (office === undefined || row.office === office) && (state === undefined || row.state === state)

export const listedDelivery = (reader: Reader, id: string): Promise<ListedDelivery | undefined> =>
  reader.one<ListedDelivery>(listSql.delivery, id)

/** Notices below `before`, newest first, about one letter or any: `stepRows` of them. */
export const noticesBefore = (
  reader: Reader,
  about: string | undefined,
  before: number,
): Promise<ListedNotice[]> =>
  about === undefined
    ? reader.all<ListedNotice>(listSql.notices, before)
    : reader.all<ListedNotice>(listSql.noticesOf, about, before)

export const listedNotice = (reader: Reader, messageId: string): Promise<ListedNotice | undefined> =>
  reader.one<ListedNotice>(listSql.notice, messageId)

const aboutSql = `
SELECT l.sender, l.secrecy FROM letters l
WHERE l.message_id = COALESCE((SELECT n.about FROM notices n WHERE n.message_id = ?), ?) LIMIT 1`

/** Who sent the letter of a message, or the one that a notice is about, and how secret it is; undefined: it is not here. */
export const aboutMessage = (
  reader: Reader,
  messageId: string,
): Promise<{ readonly sender: OfficeId; readonly secrecy: string } | undefined> =>
  reader.one(aboutSql, messageId, messageId)
