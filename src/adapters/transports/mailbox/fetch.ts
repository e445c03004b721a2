// Fetching from a mailbox: a look, a pause, a look.
import type { AdapterVerbs } from '../../contract.ts'
import { looking } from '../looking.ts'
import { type Answer, look, type Remembered } from './look.ts'
import { passOver } from './pass-over.ts'
import { clientOf, type OpenMailbox, openMailbox, reasonOf } from './session.ts'
import type { FetchSettings } from './settings.ts'

export interface MailboxFetch {
  start(verbs: AdapterVerbs): Promise<void>
  stop(): Promise<void>
}

/** A look that lasts longer than this has met a server that says a little, again and again. */
const longestLook = 15 * 60_000

export function mailboxFetch(settings: FetchSettings, answer: Answer | undefined): MailboxFetch {
  let leave: () => void = () => undefined
  let troubled = ''
  let remembered: Remembered = { validity: '', behind: new Set() }
  const repeated = looking({
    look: round,
    every: settings.every,
    failed: { event: 'mailbox.failed', facts: { mailbox: settings.mailbox } },
  })
  /** Kept from one look to the next while nothing comes: signing in is most of what looking costs. */
  let kept: OpenMailbox | undefined
  // A connection on which nothing is said for longer would be given up by ourselves.
  const keeping = settings.every * 2 < settings.within

  async function opened(verbs: AdapterVerbs): Promise<OpenMailbox> {
    const before = kept
    kept = undefined
    if (before !== undefined) {
      leave = () => before.client.close()
      // What came since the last look is told with the answer; what a firewall cut shows here.
      await before.client.noop().catch(() => before.client.close())
      if (before.client.usable) return before
      before.client.close()
    }
    const client = clientOf(settings)
    leave = () => client.close()
    if (repeated.stopped()) throw new Error('stopped')
    const mailbox = await openMailbox(client, settings)
    await passOver(client, settings, verbs)
    return mailbox
  }

  async function round(verbs: AdapterVerbs): Promise<undefined> {
    const tooLong = verbs.clock.schedule(verbs.clock.now() + longestLook, () => leave())
    try {
      const mailbox = await opened(verbs)
      const { client, validity } = mailbox
      if (remembered.validity !== validity) remembered = { validity, behind: new Set() }
      const found = await look(mailbox, {
        settings,
        verbs,
        remembered,
        stopped: repeated.stopped,
        ...(answer && { answer }),
      })
      if (found === 'nothing' && keeping && client.usable) kept = mailbox
      // A mail at which the server hangs up was told by its name.
      else if (client.usable) await client.logout()
      if (troubled !== '') verbs.report('mailbox.available', { mailbox: settings.mailbox })
      troubled = ''
    } catch (error) {
      const reason = reasonOf(error)
      // Once for each trouble, not at every look; nothing that was not settled is lost.
      if (troubled !== reason && !repeated.stopped())
        verbs.report('mailbox.unavailable', { mailbox: settings.mailbox, reason })
      troubled = reason
    } finally {
      tooLong()
      if (kept === undefined) leave()
    }
    return undefined
  }

  return {
    start: (verbs) => repeated.start(verbs),
    stop: async () => {
      const ended = repeated.stop()
      leave()
      await ended
      kept?.client.close()
      kept = undefined
    },
  }
}
