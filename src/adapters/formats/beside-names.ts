// Names for the files of a written document: safe on every file system, never the same twice.
import { extensionOf, mediaTypeOf } from '../../letter/attachments.ts'
import type { Attachment } from '../../letter/letter.ts'
import type { Problem } from '../../problem/problem.ts'

/** What Windows refuses in a name; there the systems run that read these files. */
const forbidden = /[<>:"|?*\\/\u0000-\u001f]|[. ]$/

/**
 * One name for each attachment, in order: the parcel's id, so that two letters with a `scan.pdf` never meet, its
 * place among the letter's files, and its own name; or no name of its own where that name holds the separator, cannot be written, or is too long.
 * The ending tells the media type, because the name is all that the other system sees. `apart: false`: the letters' files
 * never meet, each name is its own.
 */
export function besideNames(
  id: string,
  attachments: readonly Attachment[],
  separator: string | undefined,
  refuses: (name: string) => Problem | undefined,
  apart = true,
): readonly string[] {
  const names = attachments.map(({ name, mediaType }, index) => {
    const said = mediaTypeOf(undefined, name)
    const ending = extensionOf(mediaType)
    const told = said.ok && said.value === mediaType ? name : `${name}.${ending}`
    const own = apart ? `${id}-${index + 1}-${told}` : told
    const usable =
      !forbidden.test(told) &&
      told === told.trim() &&
      (separator === undefined || !own.includes(separator)) &&
      (own.length <= 85 || Buffer.byteLength(own, 'utf8') <= 255) &&
      refuses(own) === undefined
    return usable ? own : `${id}-${index + 1}.${ending}`
  })
  // An ending that was added may make two names one.
  const distinct = apart || new Set(names.map((name) => name.toLowerCase())).size === names.length
  return distinct ? names : besideNames(id, attachments, separator, refuses)
}
