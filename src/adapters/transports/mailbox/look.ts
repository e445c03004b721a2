// One look into a mailbox (IMAP, RFC 9051): each mail is fetched, offered, and put where the profile says.
import type { ImapFlow } from 'imapflow'
import type { Problem } from '../../../problem/problem.ts'
import type { AdapterVerbs, Outcome, Taken } from '../../contract.ts'
import type { Head } from '../../formats/mail/head.ts'
import { mailOf } from './mail.ts'
import { sourceOf } from './offered.ts'
import { flagsOf, keywordOf, type OpenMailbox, reasonOf, refused } from './session.ts'
import type { FetchSettings } from './settings.ts'

/** Mails of one look, at most; those beyond wait for the next. */
const together = 200

/** Sends one answer; resolves whatever becomes of it. */
export type Answer = (
  head: Head,
  sender: string,
  handover: string,
  problems: readonly Problem[],
) => Promise<Outcome>

/** What looks remember of the mails that may lie there still, as long as UIDs mean the same mails. Each look changes it. */
export interface Remembered {
  /** By it UIDs mean the same mails: `OpenMailbox.validity`. */
  readonly validity: string
  /** The UIDs that come behind all others, the one that was met longest ago first: what was dealt with, and what the server hangs up at. */
  readonly behind: Set<number>
  /** The UID at which the server hung up last. */
  hungUpAt?: number
}

export interface Look {
  readonly settings: FetchSettings
  readonly verbs: AdapterVerbs
  readonly remembered: Remembered
  readonly answer?: Answer
  stopped(): boolean
}

/** Looks through the open mailbox once; says whether anything lay there. Rejects when the server leaves. */
export async function look({ client, validity }: OpenMailbox, look: Look): Promise<'nothing' | 'mails'> {
  const { settings, verbs, remembered, stopped } = look
  const { behind } = remembered
  const unKeyword = keywordOf(settings.done)
  const left = unKeyword === undefined ? { all: true } : { unKeyword }
  const found = await client.search({ ...left, deleted: false }, { uid: true })
  // What could not be asked is not "nothing": a mailbox in which nothing is ever found would look like a quiet one.
  if (!Array.isArray(found)) throw refused('SEARCH refused')
  if (found.length > together) verbs.report('mailbox.many', { count: found.length, now: together })
  for (const uid of inTurn(found, behind)) {
    if (stopped()) break
    let putBehind = behind.delete(uid)
    try {
      await one(client, uid, validity, look)
      putBehind = true
    } catch (error) {
      // One mail that cannot be taken now holds up no other. Without a connection none can be: twice in a row at one mail, it is the mail.
      if (!client.usable) {
        if (stopped()) throw error
        putBehind ||= remembered.hungUpAt === uid
        remembered.hungUpAt = uid
        if (!putBehind) throw error
      }
      verbs.report('mailbox.not-taken', { uid, reason: reasonOf(error) })
      if (!client.usable) break
    } finally {
      if (putBehind) behind.add(uid)
    }
  }
  return found.length === 0 ? 'nothing' : 'mails'
}

/** The mails of one look in the order of their UIDs, those that come behind all others at the end. */
function inTurn(found: readonly number[], behind: Set<number>): readonly number[] {
  const lying = new Set(found)
  for (const uid of behind) if (!lying.has(uid)) behind.delete(uid)
  return [...found.filter((uid) => !behind.has(uid)), ...behind].slice(0, together)
}

async function one(client: ImapFlow, uid: number, validity: string, look: Look): Promise<void> {
  const { settings, verbs } = look
  const { failed, limit } = settings
  const range = String(uid)
  const fetched = await mailOf(client, range, limit)
  if (fetched === undefined) return
  const { bytes, unread, answered } = fetched
  if (unread !== undefined) verbs.report('mailbox.too-large', { uid, size: unread.size, limit })
  const { source, head, judgement } = sourceOf(bytes, uid, validity, settings, unread)
  const taken = await verbs.take(source)
  if (taken.every(({ kind }) => kind === 'taken' || kind === 'known')) return settle(client, range, look)
  const { sender, doubts } = judgement
  if (
    look.answer !== undefined &&
    head !== undefined &&
    sender !== undefined &&
    doubts.length === 0 &&
    !answered
  ) {
    // First the flag: after a crash in between there is no answer, but never a second one.
    const flagged = await client.messageFlagsAdd(range, ['\\Answered'], { uid: true })
    const reason = flagged
      ? (await look.answer(head, sender, source.handover ?? '', problemsOf(taken))).kind
      : 'not flagged'
    if (reason !== 'taken') verbs.report('mailbox.not-answered', { uid, reason })
  }
  await moved(client, range, failed, look)
}

const problemsOf = (taken: readonly Taken[]): Problem[] =>
  taken.flatMap((each) => ('problems' in each ? [...each.problems] : []))

async function settle(client: ImapFlow, range: string, look: Look): Promise<void> {
  const { done } = look.settings
  if (typeof done === 'object' && 'move' in done) return moved(client, range, done.move, look)
  if (!(await client.messageFlagsAdd(range, [...flagsOf(done)], { uid: true }))) notSettled(range, look)
}

async function moved(client: ImapFlow, range: string, into: string, look: Look): Promise<void> {
  if ((await client.messageMove(range, into, { uid: true })) === false) notSettled(range, look)
}

/** A mailbox that is full, a keyword that the server does not keep: it is offered again, and known. */
const notSettled = (range: string, { verbs }: Look): void =>
  verbs.report('mailbox.not-settled', { uid: Number(range) })
