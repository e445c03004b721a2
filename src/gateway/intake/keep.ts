// Brings what a system hands over into the gateway's keeping, before anything is said about it.
import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { AttachmentContent, IncomingAttachment, Source } from '../../adapters/contract.ts'
import { attachmentName, mediaTypeOf } from '../../letter/attachments.ts'
import type { Attachment } from '../../letter/letter.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { bad, good, type Problem, problem, type Result, within } from '../../problem/problem.ts'
import { type AttachmentStore, type Kept, largestInJournal, TooLarge } from '../attachments/store.ts'
import type { Offerer } from '../delivery/again.ts'
import type { KeepSource, PostResult } from '../delivery/posted.ts'
import { type Desk, newId, type System } from '../desk.ts'
import type { Transaction } from '../journal/database.ts'
import { mayLeave } from '../journal/purge.ts'
import { keepSourceAs, type SourceRow, sourceLike } from '../journal/sources.ts'

/** Design §5.3. */
const largestAttachment = 2 * 1024 ** 3
const mostAttachments = 100

/** Keeps a letter's attachments in order. Names every one that cannot be taken; a failing disk rejects. */
export async function keepAttachments(
  store: AttachmentStore,
  incoming: readonly IncomingAttachment[],
): Promise<Result<Attachment[]>> {
  if (incoming.length > mostAttachments) {
    return bad(
      problem('letter.attachments.too-many', 'attachments', String(incoming.length), {
        limit: mostAttachments,
      }),
    )
  }
  const kept: Attachment[] = []
  const problems: Problem[] = []
  for (const [index, attachment] of incoming.entries()) {
    const path = `attachments[${index}]`
    const name = attachmentName(attachment.name)
    const mediaType = mediaTypeOf(attachment.mediaType, attachment.name)
    const content = await keepContent(store, attachment.content, path)
    for (const each of [name, mediaType, content]) {
      if (!each.ok)
        problems.push(
          ...each.problems.map((found) => (found.path.startsWith(path) ? found : within(path, found))),
        )
    }
    if (name.ok && mediaType.ok && content.ok) {
      kept.push({ name: name.value, mediaType: mediaType.value, role: attachment.role, ...content.value })
    }
  }
  const [first, ...rest] = problems
  return first === undefined ? good(kept) : bad(first, ...rest)
}

/** The store, and the digests of what is kept in it from now on: where nothing comes to name them, they may leave. */
export function noting(store: AttachmentStore): {
  readonly attachments: AttachmentStore
  readonly kept: Set<string>
} {
  const kept = new Set<string>()
  const { discard } = store
  const attachments: AttachmentStore = {
    open: (sha256) => store.open(sha256),
    sizeOf: (sha256) => store.sizeOf(sha256),
    async keep(bytes, limit) {
      const each = await store.keep(bytes, limit)
      kept.add(each.sha256)
      return each
    },
    ...(discard && { discard }),
    remove: (sha256) => store.remove(sha256),
    list: (after, limit) => store.list(after, limit),
    check: () => store.check(),
    close: () => store.close(),
  }
  return { attachments, kept }
}

/**
 * Writes that an item of a source is not taken, and that what was kept for the source may leave the store unless something names it: once,
 * however many of its items are not taken. What is told is taken out of `kept`.
 */
export async function writeUntaken(
  { database, clock }: Pick<Desk, 'database' | 'clock'>,
  kept: Set<string>,
  write: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  const leaving = [...kept]
  await database.write(async (transaction) => {
    await write(transaction)
    for (const sha256 of leaving) mayLeave(transaction, sha256, clock.now())
  })
  for (const sha256 of leaving) kept.delete(sha256)
}

/** Keeps one attachment's bytes; what is in keeping already is only looked up. */
export async function keepContent(
  store: AttachmentStore,
  content: AttachmentContent,
  path: string,
): Promise<Result<Kept>> {
  try {
    switch (content.kind) {
      case 'bytes':
        return good(await store.keep(content.bytes, largestAttachment))
      case 'pieces':
        return good(await store.keep(Readable.from(content.pieces()), largestAttachment))
      case 'file':
        return good(await keepFile(store, content.path))
      case 'kept': {
        const size = await store.sizeOf(content.sha256)
        return size === undefined
          ? bad(problem('letter.attachment.missing', path, content.sha256))
          : good({ sha256: content.sha256, size })
      }
      default:
        return content satisfies never
    }
  } catch (error) {
    if (error instanceof TooLarge) {
      return bad(problem('letter.attachment.too-large', path, undefined, { limit: error.limit }))
    }
    if (content.kind === 'file' && isFileGone(error))
      return bad(problem('letter.attachment.missing', path, content.path))
    throw error
  }
}

/** Reads a regular file, never through a symbolic link, a device or a pipe (attacks T5). */
async function keepFile(store: AttachmentStore, path: string): Promise<Kept> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    if (!(await file.stat()).isFile())
      throw Object.assign(new Error('not a regular file'), { code: 'ENOENT' })
    return await store.keep(createReadStream(path, { fd: file, autoClose: false }), largestAttachment)
  } finally {
    await file.close()
  }
}

const isFileGone = (error: unknown): boolean =>
  ['ENOENT', 'ELOOP', 'ENXIO', 'EACCES', 'ENOTDIR', 'EISDIR'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  )

/** A source on offer: what the journal keeps of it, and of which handing-over it is. */
export interface Offered extends SourceRow {
  readonly handover: string | null
  readonly offerer: Exclude<Offerer, 'sealer'>
  /** A person has made sure that a notice means the letter that stands under its number now. */
  readonly meant?: boolean
  /** Absent: it is handed over. */
  readonly again?: PlaceAgain
}

/**
 * A place in quarantine that is read again: what comes of it is written in the transaction that does it. Both throw where a person has
 * ended it since, so that nothing is done.
 */
export interface PlaceAgain {
  /** It is `messageId` now, and leaves; of a problem nothing is written. */
  leaves(transaction: Transaction, posted: PostResult['kind'], messageId: MessageId): Promise<void>
  stays(transaction: Transaction): Promise<void>
}

/**
 * Keeps a source in the transaction that takes something of it. Where nobody waits it is kept at once; where somebody does, when something is
 * taken, so that nothing stays of what is refused (docs/decisions/0003).
 */
export async function keeper(transaction: Transaction, source: Offered): Promise<KeepSource> {
  const earlier = await sourceLike(transaction, source)
  let kept = source.offerer === 'waiting' ? undefined : keepSourceAs(transaction, source, earlier)
  return (refused) => {
    if (kept === undefined && refused) return null
    kept ??= keepSourceAs(transaction, source, earlier)
    return kept
  }
}

/** A source as the journal keeps it; bytes too large for the journal go to the store first, those of an unread one stay where they are. */
export async function sourceRowOf(
  store: AttachmentStore,
  system: System,
  source: Source,
  receivedAt: Instant,
): Promise<Offered> {
  const { bytes, unread } = source
  const size = unread?.size ?? bytes.length
  const digest = (of: Buffer | string): string => createHash('sha256').update(of).digest('hex')
  const inJournal = unread === undefined && size <= largestInJournal
  const sha256 =
    unread?.sha256 ??
    (unread !== undefined
      ? // Nobody looked through it. No bytes have this digest: it only makes the source one, however often it is offered.
        digest(`unread ${size} ${source.handover ?? source.name}`)
      : inJournal
        ? digest(bytes)
        : (await store.keep(bytes, size)).sha256)
  return {
    id: newId(),
    system: system.id,
    document: source.document,
    name: source.name,
    sha256,
    size,
    bytes: inJournal ? bytes : null,
    receivedAt,
    beside: '',
    // One system's handing-over is never another's; and what a writer changed under way is another one.
    offerer: source.seen === true ? 'looked-at' : source.sender === 'waits' ? 'waiting' : 'system',
    handover: source.handover === undefined ? null : `${system.id} ${source.handover} ${sha256}`,
  }
}
