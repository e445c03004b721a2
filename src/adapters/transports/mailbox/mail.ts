// One mail as the server gives it: whole, in pieces, or what it is where it is too large.
import { createHash } from 'node:crypto'
import type { FetchMessageObject, ImapFlow } from 'imapflow'
import type { Source } from '../../contract.ts'
import { Gathered } from '../gathered.ts'

/** Bytes of a mail that are asked for at one time. */
const piece = 1024 * 1024

/** A mail, or of one that is too large its headers, and what it is. */
export interface Fetched {
  readonly bytes: Buffer
  readonly answered: boolean
  readonly unread?: NonNullable<Source['unread']>
}

const isAnswered = ({ flags }: FetchMessageObject): boolean => flags?.has('\\Answered') === true

/** A mail, or what it is where it is larger than `limit` bytes. Nothing when it was deleted meanwhile. */
export async function mailOf(client: ImapFlow, range: string, limit: number): Promise<Fetched | undefined> {
  const known = await client.fetchOne(range, { uid: true, size: true }, { uid: true })
  if (known === false) return undefined
  const size = known.size ?? 0
  const whole = size > limit ? 'too-large' : await wholeOf(client, range, size, limit)
  // Some are so only once they are read, whatever the server says of them.
  return whole === 'too-large' ? largeOf(client, range) : whole
}

/**
 * A mail from its first piece on, to the piece that is shorter than was asked for: the size that a server says is not exact
 * with every one. A first piece that is longer is the whole mail, of a server that knows no pieces. Nothing when it was deleted
 * meanwhile. The length of a literal is said before its bytes: a mail that is cut off never arrives here.
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
