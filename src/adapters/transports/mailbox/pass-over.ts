// With `done: seen`: what people had opened before the gateway came is theirs.
import type { ImapFlow, SearchObject } from 'imapflow'
import type { AdapterVerbs } from '../../contract.ts'
import { keywordOf, refused } from './session.ts'
import type { FetchSettings } from './settings.ts'

/** Mails that are marked by one command: a server bounds the length of its line. */
const together = 200

/**
 * Before the first look of all into a mailbox, mails that bear \Seen get our keyword, untaken, and are counted in a report; not
 * where a mail has the keyword already. That it is done is remembered with the places of the system, so that a mail that a
 * person opens later is taken, also in a mailbox that was empty then or is emptied. Nothing in a trial. Rejects when the
 * server leaves or says no, or the journal fails: then it goes on at the next look.
 */
export async function passOver(
  client: ImapFlow,
  { mailbox, done }: FetchSettings,
  verbs: AdapterVerbs,
): Promise<void> {
  const { marks } = verbs
  const keyword = keywordOf(done)
  if (done !== 'seen' || keyword === undefined || marks === undefined) return
  const place = `imap:${mailbox}`
  const known = await marks.known(place)
  if (known === 'passed') return
  const uids = async (query: SearchObject): Promise<readonly number[]> => {
    const found = await client.search(query, { uid: true })
    if (!Array.isArray(found)) throw refused('SEARCH refused')
    return found
  }
  // Once begun it is ended, though mails have the keyword by then.
  const ours = known === undefined && (await uids({ keyword })).length > 0
  const opened = ours ? [] : await uids({ seen: true, unKeyword: keyword, deleted: false })
  if (known === undefined) await marks.become(place, 'passing', undefined)
  for (let at = 0; at < opened.length; at += together) {
    const range = opened.slice(at, at + together).join(',')
    if (!(await client.messageFlagsAdd(range, [keyword], { uid: true }))) throw refused('STORE refused')
  }
  if (opened.length > 0) verbs.report('mailbox.passed-over', { mailbox, count: opened.length })
  await marks.become(place, 'passed', 'passing')
}
