// One look into a mailbox (IMAP, RFC 9051): each mail is fetched, offered, and put where the profile says.
import { createHash } from 'node:crypto'
import { type FetchMessageObject, ImapFlow } from 'imapflow'
import { type Problem, printable, problem } from '../../../problem/problem.ts'
import type { AdapterVerbs, Outcome, Source, Taken } from '../../contract.ts'
import { MailFault } from '../../formats/mail/fault.ts'
import { type Head, readHead } from '../../formats/mail/head.ts'
import { headerText } from '../../formats/mail/words.ts'
import { Gathered } from '../gathered.ts'
import { type Judgement, judge } from './sender.ts'
import type { Done, FetchSettings } from './settings.ts'

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

/** A client that is not connected yet. It gives up by itself when the server says nothing for `within`. */
export function clientOf({ server, within, limit }: FetchSettings): ImapFlow {
  const { host, port, user = '', password = '', authority, plain } = server
  const client = new ImapFlow({
    host,
    port: Number(port ?? (plain ? 143 : 993)),
    secure: !plain,
    // Without TLS only where the profile says so: never by what a server, or somebody before it, offers.
    ...(plain && { doSTARTTLS: false }),
    auth: { user, pass: password },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: Math.min(within, 30_000),
    greetingTimeout: Math.min(within, 30_000),
    socketTimeout: within,
    // A server that sends more than was asked for is left before it fills the memory.
    maxLiteralSize: limit + 64 * 1024,
    ...(authority !== undefined && { tls: { ca: authority } }),
  })
  // What fails is told by the call that failed.
  client.on('error', () => undefined)
  return client
}

/** Bytes of a mail that are asked for at one time. */
const piece = 1024 * 1024

/** A mailbox that is open. */
export interface OpenMailbox {
  readonly client: ImapFlow
  /** By it a mailbox that was made anew is told from the old one (RFC 9051, section 2.3.1.1). */
  readonly validity: string
}

/**
 * Signs in and opens the mailbox; those that mails are moved into are made. Rejects when the server is not there, says no, or
 * would not keep what a taken mail is known by.
 */
export async function openMailbox(
  client: ImapFlow,
  { mailbox, done, failed }: FetchSettings,
): Promise<OpenMailbox> {
  await client.connect()
  for (const each of typeof done === 'object' && 'move' in done ? [failed, done.move] : [failed])
    await make(client, each)
  const { uidValidity, readOnly, permanentFlags } = await client.mailboxOpen(mailbox)
  if (readOnly === true) throw refused('mailbox is read-only')
  const kept = (flag: string): boolean =>
    permanentFlags === undefined || permanentFlags.has('\\*') || permanentFlags.has(flag)
  const unkept = flagsOf(done).filter((flag) => !kept(flag))
  if (unkept.length > 0) throw refused(`keywords not kept: ${unkept.join(' ')}`)
  return { client, validity: String(uidValidity) }
}

/** Makes a mailbox that is not there. Some servers say no more than NO to one that is (Courier, Office 365): it is asked for before and after. */
async function make(client: ImapFlow, name: string): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    try {
      return (await client.status(name, { messages: true })) !== false
    } catch {
      return false
    }
  }
  if (await isThere()) return
  try {
    await client.mailboxCreate(name)
  } catch (error) {
    if (!client.usable) throw error
    if (!(await isThere())) throw refused(`CREATE refused: ${name}`)
  }
}

/** What a taken mail is known by that stays where it is: never \Seen, which a person sets who opens it first. */
export const keywordOf = (done: Done): string | undefined =>
  done === 'seen' ? 'SarabanTaken' : 'keyword' in done ? done.keyword : undefined

function flagsOf(done: Done): readonly string[] {
  const keyword = keywordOf(done)
  if (keyword === undefined) return []
  return done === 'seen' ? ['\\Seen', keyword] : [keyword]
}

/** `reason` is ours, for an operator. */
export const refused = (reason: string): Error => Object.assign(new Error(reason), { code: reason })

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
  const known = await client.fetchOne(range, { uid: true, size: true }, { uid: true })
  // Somebody deleted it meanwhile: nothing was handed over.
  if (known === false) return
  const size = known.size ?? 0
  const whole = size > limit ? 'too-large' : await wholeOf(client, range, size, limit)
  // Some are so only once they are read, whatever the server says of them.
  const fetched = whole === 'too-large' ? await largeOf(client, range) : whole
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

/** A mail, or of one that is too large its headers, and what it is. */
interface Fetched {
  readonly bytes: Buffer
  readonly answered: boolean
  readonly unread?: NonNullable<Source['unread']>
}

const isAnswered = ({ flags }: FetchMessageObject): boolean => flags?.has('\\Answered') === true

/**
 * A mail from its first piece on, to the piece that is shorter than was asked for: the size that a server says is not exact
 * with every one. A first piece that is longer is the whole mail, of a server that knows no pieces. Nothing when it was deleted meanwhile. The length of a literal is said before its bytes: a mail that is cut off
 * never arrives here.
 */
async function wholeOf(
  client: ImapFlow,
  range: string,
  size: number,
  limit: number,
): Promise<Fetched | 'too-large' | undefined> {
  const gathered = new Gathered(limit, size)
  for (let answered = false; ; ) {
    const source = { start: gathered.size, maxLength: piece }
    const next = await client.fetchOne(range, { uid: true, flags: true, source }, { uid: true })
    if (next === false || (next.source === undefined && gathered.size === 0)) return undefined
    const { source: bytes = Buffer.alloc(0) } = next
    answered ||= isAnswered(next)
    if (!gathered.add(bytes)) return 'too-large'
    if (bytes.length !== piece) return { bytes: gathered.end(), answered }
  }
}

/** Of a mail that is too large the headers, and what it is. Nothing when it was deleted meanwhile. */
async function largeOf(client: ImapFlow, range: string): Promise<Fetched | undefined> {
  const found = await client.fetchOne(range, { uid: true, flags: true, headers: true }, { uid: true })
  const unread = found === false ? undefined : await unreadOf(client, range)
  if (found === false || found.headers === undefined || unread === undefined) return undefined
  return { bytes: found.headers, answered: isAnswered(found), unread }
}

/** What a mail is that is too large to be read: it goes past piece by piece. Nothing when it was deleted meanwhile. */
async function unreadOf(client: ImapFlow, range: string): Promise<Fetched['unread']> {
  const { content } = await client.download(range, undefined, { uid: true })
  if (content === undefined) return undefined
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of content as AsyncIterable<Buffer>) {
    hash.update(piece)
    size += piece.length
  }
  // A connection that ended ends the pieces, too.
  if (!client.usable) throw new Error('the connection ended within a mail')
  return { sha256: hash.digest('hex'), size }
}

const problemsOf = (taken: readonly Taken[]): Problem[] =>
  taken.flatMap((each) => ('problems' in each ? [...each.problems] : []))

interface Offered {
  readonly source: Source
  readonly head?: Head
  readonly judgement: Judgement
}

function sourceOf(
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

/** What an operator can act on: never what the server quotes (attacks T11). */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('authenticationFailed' in error && error.authenticationFailed === true)
    return 'user or password refused'
  const code = 'code' in error ? String(error.code) : ''
  return code === '' ? error.name : code
}
