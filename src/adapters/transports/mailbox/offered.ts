// A mail as a source: what it brings, who sent it, and what is doubted of it.
import { createHash } from 'node:crypto'
import { printable, problem } from '../../../problem/problem.ts'
import type { Source } from '../../contract.ts'
import { MailFault } from '../../formats/mail/fault.ts'
import { type Head, readHead } from '../../formats/mail/head.ts'
import { headerText } from '../../formats/mail/words.ts'
import { type Judgement, judge } from './sender.ts'
import type { FetchSettings } from './settings.ts'

export interface Offered {
  readonly source: Source
  readonly head?: Head
  readonly judgement: Judgement
}

export function sourceOf(
  bytes: Buffer,
  uid: number,
  validity: string,
  settings: FetchSettings,
  unread: Source['unread'],
): Offered {
  const { head, judgement } = judged(bytes, settings)
  const id = head?.all('message-id').join('\n') ?? ''
  const hash = createHash('sha256').update(`${settings.mailbox}\n${id}`, 'utf8').digest('hex').slice(0, 32)
  const { limit, failed } = settings
  const [doubt, ...doubts] = [
    ...(unread ? [problem('mail.too-large', `mailbox ${failed}`, undefined, { limit })] : []),
    ...judgement.doubts,
  ]
  return {
    source: {
      document: documentOf(head, settings),
      name: printable(`${settings.mailbox} ${uid}`, 100),
      bytes: unread === undefined ? bytes : Buffer.alloc(0),
      ...(unread && { unread }),
      beside: new Map(),
      sender: 'gone',
      handover: `${validity}-${uid}-${hash}`,
      final: true,
      ...(doubt !== undefined && { doubts: [doubt, ...doubts] }),
    },
    ...(head && { head }),
    judgement,
  }
}

function judged(bytes: Buffer, settings: FetchSettings): { head?: Head; judgement: Judgement } {
  try {
    const { head } = readHead(bytes)
    return { head, judgement: judge(head, settings) }
  } catch (error) {
    if (!(error instanceof MailFault)) throw error
    return { judgement: { doubts: [error.problem] } }
  }
}

/** The one thing that a subject steers, and only where the profile names it (attacks T3). */
function documentOf(head: Head | undefined, { document }: FetchSettings): 'letter' | 'notice' {
  if (typeof document === 'string') return document
  try {
    const subject = headerText(head?.one('subject') ?? '', 'subject').trimStart()
    return subject.startsWith(document.noticesBegin) ? 'notice' : 'letter'
  } catch (error) {
    if (!(error instanceof MailFault)) throw error
    // Reading it as either says the same fault.
    return 'letter'
  }
}
