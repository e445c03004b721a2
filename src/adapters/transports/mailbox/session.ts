// A mailbox that is signed in to and open, and what it must be able to keep.
import { ImapFlow } from 'imapflow'
import type { Done, FetchSettings } from './settings.ts'

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

export function flagsOf(done: Done): readonly string[] {
  const keyword = keywordOf(done)
  if (keyword === undefined) return []
  return done === 'seen' ? ['\\Seen', keyword] : [keyword]
}

/** `reason` is ours, for an operator. */
export const refused = (reason: string): Error => Object.assign(new Error(reason), { code: reason })

/** What an operator can act on: never what the server quotes (attacks T11). */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('authenticationFailed' in error && error.authenticationFailed === true)
    return 'user or password refused'
  const code = 'code' in error ? String(error.code) : ''
  return code === '' ? error.name : code
}
