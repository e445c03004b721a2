// What an attachment may be: its media type and its name.
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
import { limits } from './limits.ts'

declare const brand: unique symbol

/** A media type of the national list. Only `mediaTypeOf` makes one. */
export type MediaType = string & { readonly [brand]: 'MediaType' }

interface MediaTypeEntry {
  readonly type: string
  /** Endings of file names, lower case; the first is the one that is written. */
  readonly extensions: readonly string[]
  /** What systems say instead (domain §3). */
  readonly aliases: readonly string[]
  /** The first day on which the type was accepted, `yyyy-MM-dd`, Christian era. */
  readonly since: string
}

// The types that the e-CMS code list names (GetMimeCodes), as its public clients show it; the days are those of the
// standard's first version and of Office Open XML, assumed.
const first = '2008-01-01'
const entry = (type: string, extensions: string, aliases = '', since = first): MediaTypeEntry => ({
  type,
  extensions: extensions.split(' '),
  aliases: aliases === '' ? [] : aliases.split(' '),
  since,
})
const office = 'application/vnd.openxmlformats-officedocument'

/** The dated code list of media types. */
export const mediaTypes: readonly MediaTypeEntry[] = [
  entry('application/pdf', 'pdf', 'application/x-pdf application/acrobat text/pdf'),
  entry('application/msword', 'doc', 'application/doc application/x-msword'),
  entry(`${office}.wordprocessingml.document`, 'docx', 'application/docx', '2010-01-01'),
  entry('application/rtf', 'rtf', 'text/rtf application/x-rtf'),
  entry(
    'application/vnd.ms-excel',
    'xls',
    'application/xls application/excel application/x-excel application/msexcel',
  ),
  entry(`${office}.spreadsheetml.sheet`, 'xlsx', 'application/xlsx', '2010-01-01'),
  entry(
    'application/vnd.ms-powerpoint',
    'ppt',
    'application/ppt application/powerpoint application/mspowerpoint',
  ),
  entry(`${office}.presentationml.presentation`, 'pptx', 'application/pptx', '2010-01-01'),
  entry('application/zip', 'zip', 'application/x-zip application/x-zip-compressed'),
  entry('image/bmp', 'bmp', 'image/x-bmp image/x-ms-bmp application/bmp'),
  entry('image/jpeg', 'jpg jpeg', 'image/jpg image/pjpeg application/jpg application/jpeg'),
  entry('image/png', 'png', 'image/x-png application/png'),
  entry('image/gif', 'gif', 'application/gif'),
  entry('image/tiff', 'tif tiff', 'image/tif image/x-tiff application/tiff application/tif'),
  entry('text/plain', 'txt', 'application/txt text/txt application/text'),
]

const known = (type: string): MediaType => type as MediaType
const byName = new Map<string, MediaType>()
const byExtension = new Map<string, MediaType>()
const extensionByType = new Map<MediaType, string>()
for (const { type, extensions, aliases } of mediaTypes) {
  for (const name of [type, ...aliases]) byName.set(name, known(type))
  for (const extension of extensions) byExtension.set(extension, known(type))
  extensionByType.set(known(type), extensions[0]!)
}

/** Words that say nothing of what the bytes are: the name's ending decides then. */
const saysNothing = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/download'])

/**
 * The media type that a system says, by its own name or an alias, in any case and with or without parameters; where it
 * says nothing, the one of the name's ending.
 */
export function mediaTypeOf(said: string | undefined, name: string): Result<MediaType> {
  const word = (said ?? '').split(';', 1)[0]!.trim().toLowerCase()
  if (!saysNothing.has(word)) {
    const type = byName.get(word)
    return type === undefined ? bad(problem('letter.media-type.unknown', '', said, { name })) : good(type)
  }
  const dot = name.lastIndexOf('.')
  const type =
    dot < 0
      ? undefined
      : byExtension.get(
          name
            .slice(dot + 1)
            .trim()
            .toLowerCase(),
        )
  return type === undefined ? bad(problem('letter.media-type.missing', '', said, { name })) : good(type)
}

/** The ending of file names of this type, without a dot: `pdf`. */
export const extensionOf = (type: MediaType): string => extensionByType.get(type) ?? 'bin'

/** Whether the text is a media type of the list exactly as it is written there. */
export const isMediaType = (text: string): text is MediaType => extensionByType.has(known(text))

// A first look that almost every name passes: nothing but ASCII and Thai, without / and \.
const usual = /^[ -.0-[\]-~\u0e01-\u0e5b]+$/
const parts = /[/\\]/
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd\ufffe\uffff]|[\ud800-\udfff]/u
const direction = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/

/** Every fault of an attachment's name. The name of a file is data from outside: it never becomes a path as it stands. */
export function attachmentNameFaults(name: string, path: string): Problem[] {
  if (name.trim() === '') return [problem('letter.field.missing', path)]
  const faults: Problem[] = []
  if (!usual.test(name)) addCharacterFaults(faults, name, path)
  if (name === '.' || name === '..') faults.push(problem('letter.attachment.name-path', path, name))
  // 85 characters of at most three bytes always fit, pairs of surrogates being four bytes for two.
  const bytes = name.length <= 85 ? 0 : Buffer.byteLength(name, 'utf8')
  if (bytes > limits.attachmentName) {
    faults.push(problem('letter.attachment.name-long', path, name, { bytes, limit: limits.attachmentName }))
  }
  return faults
}

function addCharacterFaults(faults: Problem[], name: string, path: string): void {
  if (parts.test(name)) faults.push(problem('letter.attachment.name-path', path, name))
  if (control.test(name)) faults.push(problem('letter.attachment.name-control', path, name))
  if (direction.test(name)) faults.push(problem('letter.attachment.name-direction', path, name))
}

/** The name unchanged when it has no path parts, no control or direction marks, and at most 255 bytes of UTF-8. */
export function attachmentName(name: string): Result<string> {
  const [fault, ...more] = attachmentNameFaults(name, '')
  return fault === undefined ? good(name) : bad(fault, ...more)
}
