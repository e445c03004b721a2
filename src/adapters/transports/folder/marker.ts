// What the marker of a parcel says: what was staged under it. A profile may be mended between two attempts, and then what an
// attempt staged is no longer what the next one writes: names and sizes are the same, the letter is another.
import { createHash } from 'node:crypto'
import type { HandedOver } from '../../contract.ts'

export interface Staged {
  /** The document's name, in the folder as in the staging. */
  readonly document: string
  /** SHA-256 over the document and its files, with their names. Absent in a marker that does not say it. */
  readonly digest?: string
  /** Of the document, in bytes. */
  readonly size?: number
  /** The names of its files that nobody else can use: they begin with the parcel's id. */
  readonly files: readonly string[]
}

/** A marker is not read beyond this: a hundred files with the longest names are a fifth of it. */
export const longestMarker = 256 * 1024

/** What the parcel `id` stages of what its form wrote. */
export function stagedOf(id: string, { bytes, extension, files }: HandedOver): Staged {
  const document = `${id}.${extension}`
  const whole = [document, sha256(bytes), ...files.flatMap((file) => [file.name, file.sha256])]
  return {
    document,
    digest: sha256(JSON.stringify(whole)),
    size: bytes.length,
    files: files.map(({ name }) => name).filter((name) => isOwn(name, id)),
  }
}

/** One line each: the document, the digest, the size, then the files. */
export const printMarker = ({ document, digest = '', size, files }: Staged): Buffer =>
  Buffer.from([document, digest, size ?? '', ...files].join('\n'), 'utf8')

/**
 * Reads what `printMarker` wrote for the parcel `id`, or a marker with nothing but the document's name. Nothing, where it
 * says neither: it lies in somebody else's folder. Every name is the parcel's own: no line of it leads to another file.
 */
export function readMarker(text: string, id: string): Staged | undefined {
  const [document = '', digest = '', size = '', ...files] = text.split('\n')
  if (!isOwn(document, id)) return undefined
  return {
    document,
    ...(/^[0-9a-f]{64}$/.test(digest) && { digest }),
    ...(/^\d{1,12}$/.test(size) && { size: Number(size) }),
    files: files.filter((name) => isOwn(name, id)),
  }
}

const isOwn = (name: string, id: string): boolean =>
  (name.startsWith(`${id}.`) || name.startsWith(`${id}-`)) && !/[/\\\0]/.test(name)

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')
