// What the system of a profile would be told: a made-up notice of each kind, written by its document.
import type { Envelope } from '../envelope/envelope.ts'
import { writeEnvelope } from '../envelope/write.ts'
import { dateOfInstant } from '../letter/dates.ts'
import { type Notice, type NoticeKind, noticeKinds } from '../letter/notice.ts'
import { moi, officeId } from '../letter/offices.ts'
import { type Clock, newMessageId, type Random } from '../letter/time.ts'
import type { Problem } from '../problem/problem.ts'
import { formsOf } from './adapter.ts'
import type { Profile } from './profile.ts'
import type { WayBack } from './try.ts'

export interface Preview {
  readonly kind: NoticeKind
  /** Absent when the profile leaves the kind out (`untold`), or when it cannot be written. */
  readonly written?: WayBack
  readonly untold: boolean
  readonly problems: readonly Problem[]
}

/** A notice of each kind about a letter that never was, as the profile's `notices` would write it. Nothing is sent. */
export async function previewNotices(
  profile: Profile,
  settings: { readonly clock: Clock; readonly random: Random },
): Promise<readonly Preview[]> {
  const form = formsOf(profile, settings.clock).notices
  if (form === undefined) throw new Error(`the profile ${profile.id} was not checked`)
  const untold = profile.channels.notices?.untold ?? []
  const previews: Preview[] = []
  for (const kind of noticeKinds) {
    if (untold.includes(kind)) {
      previews.push({ kind, untold: true, problems: [] })
      continue
    }
    const { clock, random } = settings
    const envelope: Envelope = {
      messageId: newMessageId(clock, random),
      createdAt: clock.now(),
      content: 'notice',
      notice: exampleOf(kind, profile, settings),
    }
    const outgoing = {
      id: 'preview',
      office: profile.office,
      envelope,
      // A system that takes envelopes is shown one as it is before it is sealed.
      sealed: { bytes: writeEnvelope(envelope), digest: '0'.repeat(64) },
      open: () => {
        throw new Error('a notice has no attachments')
      },
    }
    const written = await form.write(outgoing)
    if (!written.ok) previews.push({ kind, untold: false, problems: written.problems })
    else {
      const { bytes, mediaType, files, spilled } = written.value
      const made = { bytes, mediaType, files: files.map(({ name }) => name), spilled }
      previews.push({ kind, untold: false, written: made, problems: [] })
    }
  }
  return previews
}

function exampleOf(
  kind: NoticeKind,
  { office }: Profile,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Notice {
  const other = officeId('50')
  const fields = {
    from: office === moi && other.ok ? other.value : moi,
    to: office,
    about: {
      messageId: newMessageId(clock, random),
      digest: '0'.repeat(64),
      number: 'ทส 0001/1',
      date: dateOfInstant(clock.now()),
      subject: 'หนังสือตัวอย่าง',
    },
    at: clock.now(),
  }
  return kind === 'accept' || kind === 'dispute'
    ? { ...fields, kind, receiveNumber: '1/2569', reason: kind === 'accept' ? '' : 'เหตุผลตัวอย่าง' }
    : { ...fields, kind, reason: kind === 'receive' ? '' : 'เหตุผลตัวอย่าง' }
}
