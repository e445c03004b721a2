// The validator of notices: the only way to a Notice from what a system said.
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
import type { LetterDate } from './dates.ts'
import { addCodeFault, addDigestFault, missing } from './faults.ts'
import { limits } from './limits.ts'
import { type Notice, type NoticeKind, noticeKinds } from './notice.ts'
import type { OfficeId } from './offices.ts'
import { addTextFaults } from './text.ts'
import { type Instant, readMessageId } from './time.ts'

/** What is known of a notice before it is checked. */
export interface NoticeFacts {
  readonly kind?: NoticeKind | undefined
  readonly from?: OfficeId | undefined
  readonly to?: OfficeId | undefined
  readonly about?:
    | {
        readonly messageId?: string | undefined
        readonly digest?: string | undefined
        readonly number?: string | undefined
        readonly date?: LetterDate | undefined
        readonly subject?: string | undefined
      }
    | undefined
  readonly at?: Instant | undefined
  /** Absent is empty. */
  readonly reason?: string | undefined
  readonly receiveNumber?: string | undefined
}

/** The notice that these facts make, or every fault of them. */
export function checkNotice(facts: NoticeFacts): Result<Notice> {
  const faults: Problem[] = []
  const { kind, from, to, about, at, reason = '', receiveNumber } = facts
  if (kind === undefined) faults.push(missing('kind'))
  else addCodeFault(faults, 'kind', kind, noticeKinds)
  if (from === undefined) faults.push(missing('from'))
  if (to === undefined) faults.push(missing('to'))
  else if (to === from) faults.push(problem('letter.notice.self', 'to', to))
  if (at === undefined) faults.push(missing('at'))
  else if (!Number.isSafeInteger(at)) faults.push(problem('letter.instant.unreadable', 'at', String(at)))
  addTextFaults(faults, reason, 'reason', { limit: limits.reason, lines: true, needed: false })

  const { digest, number, date, subject } = about ?? {}
  const messageId = about?.messageId === undefined ? undefined : readMessageId(about.messageId)
  if (messageId === undefined) faults.push(missing('about.messageId'))
  else if (!messageId.ok)
    faults.push(...messageId.problems.map((found) => ({ ...found, path: 'about.messageId' })))
  if (digest === undefined) faults.push(missing('about.digest'))
  else addDigestFault(faults, 'about.digest', digest)
  if (date === undefined) faults.push(missing('about.date'))
  addTextFaults(faults, number ?? '', 'about.number', { limit: limits.number, lines: false, needed: true })
  addTextFaults(faults, subject ?? '', 'about.subject', { limit: limits.subject, lines: true, needed: true })

  const numbered = kind === 'accept' || kind === 'dispute'
  if (numbered) {
    const rule = { limit: limits.receiveNumber, lines: false, needed: true }
    addTextFaults(faults, receiveNumber ?? '', 'receiveNumber', rule)
  } else if (kind !== undefined && receiveNumber !== undefined) {
    faults.push(problem('letter.notice.receive-number', 'receiveNumber', receiveNumber, { kind }))
  }

  const [first, ...rest] = faults
  if (first !== undefined) return bad(first, ...rest)
  // Unreachable but for the compiler: each of these missing is a fault above.
  if (
    !kind ||
    !from ||
    !to ||
    at === undefined ||
    !messageId?.ok ||
    !digest ||
    !number ||
    !date ||
    !subject
  ) {
    return bad(missing(''))
  }
  const common = {
    from,
    to,
    about: { messageId: messageId.value, digest, number, date, subject },
    at,
    reason,
  }
  if (kind === 'accept' || kind === 'dispute') {
    return receiveNumber === undefined
      ? bad(missing('receiveNumber'))
      : good({ kind, receiveNumber, ...common })
  }
  return good({ kind, ...common })
}
