// The way back of a notice that is tried: the same statement, as the gateway would write it for the same system.
import { checkNotice } from '../letter/check.ts'
import { readCanonicalDate } from '../letter/dates.ts'
import { moi } from '../letter/offices.ts'
import { type Clock, newMessageId, type Random } from '../letter/time.ts'
import { type Problem, problem, type Result } from '../problem/problem.ts'
import type { NoticeDraft } from './contract.ts'
import type { DocumentForm, Written } from './formats/format.ts'
import type { Profile } from './profile.ts'

export interface NoticeBack {
  /** Absent when there is no way back, or when the sample names the letter by its message id alone. */
  readonly written?: Written
  /** Fields that would come back different. */
  readonly lost: readonly string[]
  /** Why there is no way back. */
  readonly problems: readonly Problem[]
}

/**
 * Writes the notice by `form` and reads it again. A system is told what another office says, in the columns in which it
 * says the like itself: the notice is written as said by the office at the letter's other end.
 */
export async function noticeBack(
  draft: NoticeDraft,
  form: DocumentForm,
  profile: Profile,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<NoticeBack> {
  const { about, at = clock.now() } = draft
  // Without the letter's words nothing can be written, and the letter is not here.
  if ('messageId' in about || about.date === undefined) return { lost: [], problems: [] }
  const messageId = newMessageId(clock, random)
  const date = readCanonicalDate(about.date)
  const notice = checkNotice({
    ...draft,
    at,
    from:
      [about.sender, about.recipient].find((office) => office !== undefined && office !== profile.office) ??
      moi,
    to: profile.office,
    about: {
      messageId,
      digest: '0'.repeat(64),
      number: about.number,
      date: date.ok ? date.value : undefined,
      subject: '-',
    },
  })
  const written: Result<Written> = notice.ok
    ? await form.write({
        id: 'try',
        office: profile.office,
        envelope: { messageId, createdAt: clock.now(), content: 'notice', notice: notice.value },
        open: () => {
          throw new Error('a notice has no attachments')
        },
      })
    : notice
  if (!written.ok) return { lost: [], problems: written.problems }
  const lost = await lostOf(draft, written.value, form)
  return {
    written: written.value,
    lost,
    problems: lost.map((field) => problem('adapter.try.lost', '', field)),
  }
}

async function lostOf(draft: NoticeDraft, written: Written, form: DocumentForm): Promise<string[]> {
  const [item] = await form.read({
    document: 'notice',
    name: 'try',
    bytes: written.bytes,
    beside: new Map(),
    sender: 'gone',
    final: true,
  })
  if (item?.kind !== 'notice') return ['the whole notice: what is written cannot be read again']
  const fields: Record<string, (said: NoticeDraft) => unknown> = {
    kind: ({ kind }) => kind,
    receiveNumber: ({ receiveNumber }) => receiveNumber,
    reason: ({ reason }) => reason ?? '',
    // A notice without its time is written with the time of the trial.
    at: ({ at }) => draft.at && at,
    // Written with its message id it is read by that, and the letter's words are not needed.
    about: ({ about }) => 'messageId' in item.draft.about || about,
  }
  return Object.keys(fields).filter(
    (name) => JSON.stringify(fields[name]?.(draft)) !== JSON.stringify(fields[name]?.(item.draft)),
  )
}
