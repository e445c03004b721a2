// A notice in a system's own form: the letter that it speaks of is found, then it is sealed and committed.
import type { Item, NoticeDraft } from '../../adapters/contract.ts'
import type { NoticeKind } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { MessageId } from '../../letter/time.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import { lookForNotice, postNotice } from '../delivery/post-notice.ts'
import { type Desk, demandSealable, faulty, newId, type Outcome, type System, sealNotice } from '../desk.ts'
import type { Reader } from '../journal/database.ts'
import { findByKey, noticeAbout, saidBySender } from '../journal/find.ts'
import { type LetterRow, letterAt, lettersOfMessage } from '../journal/letters.ts'
import { keeper, type Offered } from './keep.ts'
import { hear, type Meant } from './said-again.ts'

type NoticeItem = Extract<Item, { kind: 'notice' }>

/** Takes one notice. Rejects only when the disk or the journal fails. */
export async function takeNotice(
  desk: Desk,
  system: System,
  source: Offered,
  item: NoticeItem,
): Promise<Outcome> {
  const { draft, position } = item
  const found = await findLetter(desk.database.committed, system.office, draft)
  if (!found.ok) return faulty(found.problems)
  const notice = await noticeAbout(desk.database.committed, found.value.letter, {
    kind: draft.kind,
    from: system.office,
    at: draft.at ?? desk.clock.now(),
    ...(draft.receiveNumber !== undefined && { receiveNumber: draft.receiveNumber }),
    reason: draft.reason ?? '',
  })
  if (!notice.ok) return faulty(notice.problems)
  const heard = await hear(desk.database.committed, notice.value, found.value, {
    source,
    position,
    at: draft.at,
  })
  if (heard.kind === 'again') return { kind: 'known', position, messageId: heard.messageId }
  if (heard.kind === 'unclear') {
    const { about } = notice.value
    return faulty([problem('notice.letter.earlier', 'about', about.number, { earlier: heard.earlier })])
  }
  demandSealable(desk, system.office)
  const { envelope, sealed } = await sealNotice(desk, notice.value)
  const posted = await desk.database.write(async (transaction) => {
    const { messageId, createdAt: at } = envelope
    const offered = {
      ...{ messageId, notice: notice.value, sealed, position, handover: source.handover, at },
      seen: source.offerer === 'looked-at',
    }
    const [keep, known] = await Promise.all([
      keeper(transaction, source),
      lookForNotice(transaction, offered),
    ])
    const done = await postNotice(transaction, { ...offered, keep }, desk.routes, newId, known)
    await source.again?.leaves(transaction, done.kind, done.kind === 'known' ? done.messageId : messageId)
    return done
  }, 'rows')
  if (posted.kind === 'problem') return faulty([posted.problem])
  if (posted.kind === 'known') return { kind: 'known', position, messageId: posted.messageId }
  desk.reached('notice.committed')
  desk.due(posted.due)
  return { kind: 'taken', position, messageId: envelope.messageId }
}

/** The one letter, at one recipient, that a draft speaks of; several that fit are no answer. */
async function findLetter(reader: Reader, office: OfficeId, draft: NoticeDraft): Promise<Result<Meant>> {
  const { about, kind } = draft
  if ('messageId' in about) {
    return only(await ofParty(reader, about.messageId, office, kind), about.messageId)
  }
  const key = { number: about.number, date: about.date, sender: about.sender, recipient: about.recipient }
  const rows = await findByKey(reader, office, key)
  const fits = rows.filter((row) => isParty(row, office, kind))
  const [letter, ...others] = fits.filter(({ state }) => state !== 'recalled')
  if (letter === undefined || others.length > 0 || !mayBeMeant(letter, kind)) return only(fits, about.number)
  // Of a circular each recipient has its own: what is said of one of them is not what is said of another.
  return good({ letter, recalled: fits.filter(({ messageId }) => messageId !== letter.messageId) })
}

/** A circular has a row for each recipient: its recipient means its own, and is found by it. */
async function ofParty(
  reader: Reader,
  messageId: MessageId,
  office: OfficeId,
  kind: NoticeKind,
): Promise<readonly LetterRow[]> {
  if (saidBySender(kind))
    return (await lettersOfMessage(reader, messageId)).filter((row) => isParty(row, office, kind))
  const row = await letterAt(reader, messageId, office)
  return row === undefined ? [] : [row]
}

/**
 * A letter that was recalled and sent corrected has its number twice: who answers by number means the corrected one, once
 * it has it; until then the answer may be one to the recalled letter.
 */
const mayBeMeant = ({ state }: LetterRow, kind: NoticeKind): boolean =>
  saidBySender(kind) || (state !== 'sealed' && state !== 'forwarding')

const isParty = (row: LetterRow, office: OfficeId, kind: NoticeKind): boolean =>
  (saidBySender(kind) ? row.sender : row.recipient) === office

function only(rows: readonly LetterRow[], said: string): Result<Meant> {
  const [letter, second] = rows
  if (letter === undefined) return bad(problem('notice.letter.unknown', 'about', said))
  if (second !== undefined)
    return bad(problem('notice.letter.ambiguous', 'about', said, { count: rows.length }))
  return good({ letter, recalled: [] })
}
