// What an envelope of the journal says.
import { reopenEnvelope } from '../../envelope/verify.ts'
import type { Letter } from '../../letter/letter.ts'
import type { Notice } from '../../letter/notice.ts'
import type { Reader } from './database.ts'
import { envelopeById } from './envelopes.ts'

/** The letter or notice in an envelope; undefined when there is none of that id, or it cannot be read. */
export async function contentOf(reader: Reader, messageId: string): Promise<Letter | Notice | undefined> {
  const row = await envelopeById(reader, messageId)
  const envelope = row && reopenEnvelope(row.bytes, row.digest)
  if (envelope?.ok !== true) return undefined
  return envelope.value.content === 'letter' ? envelope.value.letter : envelope.value.notice
}

/** The subject of a letter, as it was sent. */
export async function subjectOf(reader: Reader, messageId: string): Promise<string | undefined> {
  const content = await contentOf(reader, messageId)
  return content !== undefined && 'subject' in content ? content.subject : undefined
}
