// The ministry's clerk: makes a letter of the inbox's office out of canonical JSON with its attachments inline.
import { createHash } from 'node:crypto'
import { mediaTypeOf } from '../../letter/attachments.ts'
import { checkLetter } from '../../letter/check.ts'
import { type JsonAttachment, letterFromJson } from '../../letter/json.ts'
import type { Attachment, Letter } from '../../letter/letter.ts'
import type { OfficeId } from '../../letter/offices.ts'
import { bad, good, type Problem, problem, type Result, within } from '../../problem/problem.ts'
import type { Store } from '../store.ts'

/** The checked letter, its attachments kept in the store; or every fault, and nothing kept that a letter names. */
export async function readMinistryLetter(
  value: unknown,
  own: OfficeId,
  store: Store,
): Promise<Result<Letter>> {
  const read = letterFromJson(value)
  if (!read.ok) return read
  const problems: Problem[] = []
  const contents = read.value.attachments.map((said, index) =>
    readContent(said, `attachments.${index}`, problems),
  )
  const found = contents.filter((one) => one !== undefined)
  const { draft } = read.value
  const letter = checkLetter(
    { ...draft, from: draft.from ?? { office: own } },
    found.map((one) => one.attachment),
  )
  if (!letter.ok) problems.push(...letter.problems)
  else if (letter.value.from.office !== own) {
    problems.push(problem('sandbox.sender.other', 'from', letter.value.from.office, { expected: own }))
  }
  const [first, ...rest] = problems
  if (first !== undefined || !letter.ok) return first === undefined ? letter : bad(first, ...rest)
  for (const { attachment, bytes } of found) {
    const kept = await store.keepAttachment(attachment.sha256, bytes.length, pieces(bytes))
    if (!kept.ok) return kept
  }
  return good(letter.value)
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

interface Content {
  readonly attachment: Attachment
  readonly bytes: Buffer
}

function readContent(said: JsonAttachment, path: string, problems: Problem[]): Content | undefined {
  const mediaType = mediaTypeOf(said.mediaType, said.name)
  if (!mediaType.ok) problems.push(...mediaType.problems.map((found) => within(`${path}.mediaType`, found)))
  if (said.content === undefined) problems.push(problem('sandbox.attachment.missing', path, said.name))
  if (!mediaType.ok || said.content === undefined) return undefined
  const bytes = Buffer.from(said.content, 'base64')
  // Buffer.from skips what is not base64: only what comes back the same was base64.
  if (bytes.toString('base64') !== said.content.replace(/[\r\n]/g, '')) {
    const expected = 'base64 (RFC 4648, section 4)'
    problems.push(problem('letter.json.type', `${path}.content`, said.content.slice(0, 40), { expected }))
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const { name, role } = said
  return { bytes, attachment: { name, mediaType: mediaType.value, role, size: bytes.length, sha256 } }
}
