// Fetching from a mailbox: a look, a pause, a look.
import type { AdapterVerbs } from '../../contract.ts'
import { type Answer, clientOf, look, reasonOf } from './look.ts'
import type { FetchSettings } from './settings.ts'

export interface MailboxFetch {
  start(verbs: AdapterVerbs): Promise<void>
  stop(): Promise<void>
}

/** A look that lasts longer than this has met a server that says a little, again and again. */
const longestLook = 15 * 60_000

export function mailboxFetch(settings: FetchSettings, answer: Answer | undefined): MailboxFetch {
  let stopped = true
  let running: Promise<void> = Promise.resolve()
  let cancel: () => void = () => undefined
  let leave: () => void = () => undefined
  let troubled = ''

  async function round(verbs: AdapterVerbs): Promise<void> {
    const client = clientOf(settings)
    leave = () => client.close()
    const tooLong = verbs.clock.schedule(verbs.clock.now() + longestLook, leave)
    try {
      await look(client, { settings, verbs, stopped: () => stopped, ...(answer && { answer }) })
      await client.logout()
      if (troubled !== '') verbs.report('mailbox.available', { mailbox: settings.mailbox })
      troubled = ''
    } catch (error) {
      const reason = reasonOf(error)
      // Once for each trouble, not at every look; nothing that was not settled is lost.
      if (troubled !== reason && !stopped)
        verbs.report('mailbox.unavailable', { mailbox: settings.mailbox, reason })
      troubled = reason
    } finally {
      tooLong()
      client.close()
    }
  }

  function next(verbs: AdapterVerbs): void {
    if (stopped) return
    cancel = verbs.clock.schedule(verbs.clock.now() + settings.every, () => {
      running = round(verbs).then(() => next(verbs))
    })
  }

  return {
    start: async (verbs) => {
      stopped = false
      running = round(verbs)
      await running
      next(verbs)
    },
    stop: async () => {
      stopped = true
      cancel()
      leave()
      await running
    },
  }
}
