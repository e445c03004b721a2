// Records the exact bytes of what a system is about to be handed, before the first of them leaves.
import { createHash } from 'node:crypto'
import type { HandedOver } from '../../adapters/contract.ts'
import { largestInJournal } from '../attachments/store.ts'
import type { Desk } from '../desk.ts'
import type { Transaction } from '../journal/database.ts'
import {
  type DocumentRow,
  documentOf,
  type HandedFile,
  insertDocument,
  insertHanded,
  isHanded,
  touchDocument,
} from '../journal/handed.ts'

const sha256Of = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** Writes, in the transaction in which something is recorded, that its attempt is begun. False: it is not this gateway's to send. */
export type Hold = (transaction: Transaction) => Promise<boolean>

/** Others send it, or did meanwhile. */
export class NotHeld extends Error {
  override readonly name = 'NotHeld'
  constructor(deliveryId: string) {
    super(`the delivery ${deliveryId} is not held by this gateway`)
  }
}

/**
 * Resolves when what an attempt hands over is on disk: the document and the files that the form made itself, each once; of a
 * letter's own attachments, which are kept already, the digests. Without a `hold`, as for a system that looks again and again, the
 * same again is only looked up. Rejects when the journal or the disk fails, and with NotHeld.
 */
export async function recordHanded(
  desk: Desk,
  { deliveryId, attempt }: { readonly deliveryId: string; readonly attempt: number },
  { bytes, mediaType, extension, files }: HandedOver,
  hold?: Hold,
): Promise<void> {
  const { database, attachments, clock } = desk
  const named = files.map(
    (file): HandedFile => ({
      name: file.name,
      mediaType: file.mediaType,
      size: file.content.kind === 'bytes' ? file.content.bytes.length : file.content.size,
      sha256: file.sha256,
    }),
  )
  const sha256 = sha256Of(bytes)
  const digest = sha256Of(JSON.stringify({ sha256, mediaType, extension, files: named }))
  if (hold === undefined && (await isHanded(database.committed, deliveryId, attempt, digest))) return
  const made = files.flatMap(({ content, sha256: each }) =>
    content.kind === 'bytes' ? [{ sha256: each, bytes: content.bytes }] : [],
  )
  const fresh: DocumentRow[] = []
  const known: string[] = []
  for (const each of [{ sha256, bytes }, ...made]) {
    const size = each.bytes.length
    if (size <= largestInJournal) fresh.push({ sha256: each.sha256, size, bytes: each.bytes })
    else if ((await documentOf(database.committed, each.sha256)) !== undefined) known.push(each.sha256)
    else {
      await attachments.keep(each.bytes, size)
      fresh.push({ sha256: each.sha256, size, bytes: null })
    }
  }
  await database.write(async (transaction) => {
    const at = clock.now()
    if (hold !== undefined && !(await hold(transaction))) throw new NotHeld(deliveryId)
    for (const document of fresh) await insertDocument(transaction, document, at)
    for (const each of known) await touchDocument(transaction, each, at)
    await insertHanded(transaction, {
      ...{ deliveryId, attempt, digest, sha256, mediaType, extension, at },
      files: named,
    })
  }, 'rows')
}
