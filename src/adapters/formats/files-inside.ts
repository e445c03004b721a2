// A letter's attachments as base64, for forms that hold them in cells: bounded, because the document is in memory whole.
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import type { Places } from './assembled.ts'
import { attachmentBytes } from './attachment-bytes.ts'
import type { Outgoing } from './format.ts'

/**
 * The base64 of each attachment, in their order, or what stands in its place until the document is put together. Bounds in
 * bytes.
 */
export async function filesInside(
  outgoing: Outgoing,
  bounds: { readonly file: number; readonly all: number },
  places: Places | undefined,
): Promise<Result<readonly string[]>> {
  if (outgoing.envelope.content !== 'letter') return good([])
  const { attachments } = outgoing.envelope.letter
  const large = attachments
    .filter(({ size }) => size > bounds.file)
    .map(
      ({ name, size }): Problem =>
        problem('adapter.base64.large', 'attachments', name, { size, limit: bounds.file }),
    )
  const all = attachments.reduce((sum, { size }) => sum + size, 0)
  if (large.length === 0 && all > bounds.all)
    large.push(
      problem('adapter.base64.all-large', 'attachments', undefined, { size: all, limit: bounds.all }),
    )
  const [first, ...rest] = large
  if (first !== undefined) return bad(first, ...rest)
  const contents: string[] = []
  for (const { sha256, size } of attachments)
    contents.push(
      places?.place(sha256, size) ?? (await attachmentBytes(outgoing, sha256, size)).toString('base64'),
    )
  return good(contents)
}
