// What the API shows of the journal's rows: names of design §2, instants with +07:00, and no word of a letter that the asker
// may not read.
import type { Letter, Person } from '../../../letter/letter.ts'
import { type Instant, printInstant } from '../../../letter/time.ts'
import { messageOf, type Problem, remedyOf } from '../../../problem/problem.ts'
import { isOpen } from '../../delivery/states.ts'
import { type AttemptRow, refusalOf } from '../../journal/attempts.ts'
import { contentOf, subjectOf } from '../../journal/content.ts'
import type { Reader } from '../../journal/database.ts'
import type { LetterRow } from '../../journal/letters.ts'
import type { ListedDelivery, ListedNotice } from '../../journal/lists.ts'
import type { QuarantineRow } from '../../journal/quarantine.ts'
import { type Grant, readsText } from './roles.ts'

const at = (instant: Instant | null): string | null => (instant === null ? null : printInstant(instant))

/** Letters of a list, each with its subject where the asker may read it. One envelope is opened once. */
export async function letterViews(
  reader: Reader,
  grant: Grant,
  rows: readonly LetterRow[],
): Promise<readonly object[]> {
  const subjects = new Map<string, string | undefined>()
  const views: object[] = []
  for (const row of rows) {
    const { messageId } = row
    if (readsText(grant, row.secrecy) && !subjects.has(messageId))
      subjects.set(messageId, await subjectOf(reader, messageId))
    views.push(letterView(row, subjects.get(messageId)))
  }
  return views
}

function letterView(row: LetterRow, subject: string | undefined): object {
  const { messageId, sender, recipient, number, date, urgency, secrecy, state, receiveNumber } = row
  return {
    ...{ messageId, sender, recipient, number, date, urgency, secrecy, state, receiveNumber },
    takenAt: at(row.committedAt),
    changedAt: at(row.changedAt),
    ...(subject !== undefined && { subject }),
  }
}

const personView = ({ givenName, familyName, jobTitle }: Person) => ({ givenName, familyName, jobTitle })

export function contentView(letter: Letter): object {
  const { number, subject, kind, circular, from, to, references, enclosureNote, description } = letter
  return {
    ...{ number: number.printed, subject, kind, circular, references, enclosureNote, description },
    ...(from.person && { senderPerson: personView(from.person) }),
    ...(to.person && { recipientPerson: personView(to.person) }),
    attachments: letter.attachments.map(({ name, mediaType, size, sha256, role }) => ({
      ...{ name, mediaType, size, sha256, role },
    })),
  }
}

export function deliveryView(row: ListedDelivery): object {
  const { id, messageId, brings, about, office, mode, state, attempts } = row
  const open = isOpen(state)
  return {
    ...{ id, messageId, brings, about, office, mode, state, open, attempts },
    underWaySince: at(state === 'sending' ? row.changedAt : open ? row.bringingSince : null),
    nextAttemptAt: open && mode === 'push' ? at(row.dueAt) : null,
    triedUntil: at(row.deadline),
    expectedBy: at(row.expectedBy),
    createdAt: at(row.createdAt),
    changedAt: at(row.changedAt),
  }
}

export async function noticeView(reader: Reader, grant: Grant, row: ListedNotice): Promise<object> {
  const { messageId, kind, about, sender, recipient, receiveNumber, committedAt } = row
  const content = readsText(grant, row.secrecy) ? await contentOf(reader, messageId) : undefined
  return {
    ...{ messageId, kind, about, sender, recipient, receiveNumber, takenAt: at(committedAt) },
    ...(content !== undefined && 'reason' in content && { reason: content.reason }),
  }
}

/** `readable`: the asker may read the letter that was brought; a refusal and an answer may quote it. */
export function attemptView(row: AttemptRow, readable: boolean): object {
  const { number, startedAt, endedAt, outcome, said } = row
  const refusal = refusalOf(row)
  return {
    ...{ number, startedAt: at(startedAt), endedAt: at(endedAt), outcome },
    ...(refusal !== undefined && { problem: problemView(refusal, readable) }),
    ...(readable && said !== null && { said }),
  }
}

function problemView(found: Problem, readable: boolean): object {
  const { code, path } = found
  if (!readable) return { code, path }
  return {
    ...{ code, path, message: messageOf(found), messageThai: messageOf(found, 'th') },
    ...{ remedy: remedyOf(found), remedyThai: remedyOf(found, 'th') },
  }
}

export function quarantinedView(row: QuarantineRow, readable: boolean): object {
  const { id, system, office, name, position, number, secrecy, doubted, state, problems, messageId } = row
  return {
    ...{ id, system, office, position, number, secrecy, doubted, state, messageId },
    ...(readable && { name }),
    problems: problems.slice(0, 100).map((found) => problemView(found, readable)),
    at: at(row.at),
    changedAt: at(row.changedAt),
    changedBy: row.changedBy,
    ...(readable && { changedWhy: row.changedWhy }),
  }
}
