// What the marker of a parcel says: what was staged under it. A profile may be mended between two attempts, and then what an
// attempt staged is no longer what the next one writes: names and sizes are the same, the letter is another.
import { createHash } from 'node:crypto'
import type { HandedOver, Parcel } from '../../contract.ts'

export interface Staged {
  /** The document's name, in the folder as in the staging. */
  readonly document: string
  /** SHA-256 over the document and its files, with their names. Absent in a marker that does not say it. */
  readonly digest?: string
  /** Of the document, in bytes. */
  readonly size?: number
  /** The names of its files that nobody else can use: they begin with the parcel's id. */
  readonly files: readonly string[]
  /** The folder in `.saraban` where it was staged. Absent in a marker of an earlier version. */
  readonly within?: string
}

/** Where an attempt stages; no other does there. */
export const tryName = ({ id, attempt }: Pick<Parcel, 'id' | 'attempt'>): string => `${id}.try${attempt}`

/** Where all attempts of a parcel staged in earlier versions. */
export const earlierName = ({ id }: Pick<Parcel, 'id'>): string => id

/** Where this attempt and the last ones before it may have staged something, and an earlier version. */
export const tried = ({ id, attempt }: Pick<Parcel, 'id' | 'attempt'>): readonly string[] => [
  ...Array.from({ length: Math.min(8, attempt) }, (_, back) => tryName({ id, attempt: attempt - back })),
  earlierName({ id }),
]

/** The marker of a generation: `<id>.moving`, `<id>.moving2`, … */
export const movingName = (id: string, generation: number): string => `${id}.moving${counted(generation)}`

/** The marker of a parcel that was handed over. */
export const doneName = (id: string): string => `${id}.done`

/** What the staging of a generation is called when nothing of it is to be moved any more. */
export const withdrawnName = (id: string, generation: number): string =>
  `${id}.withdrawn${counted(generation)}`

const counted = (generation: number): string => (generation === 1 ? '' : String(generation))

/** Whether nobody needs what has this name in `.saraban` once the parcel is done. */
export const isLeft = (name: string, id: string): boolean =>
  name.startsWith(id) && /^(\.(moving\d*|try\d+|withdrawn\d*))?$/.test(name.slice(id.length))

/** The marker as it is staged with what it speaks of. */
export const markerName = '.marker'
/** In a staging: what a generation before it left in the folder. */
export const asideName = '.aside'
/** What earlier versions called a staged document that is not to be moved any more. */
export const earlierWithdrawn = '.withdrawn'

/** A marker is not read beyond this: a hundred files with the longest names are a fifth of it. */
export const longestMarker = 256 * 1024

/** What an attempt stages of what the form of its parcel wrote. */
export function stagedOf(
  parcel: Pick<Parcel, 'id' | 'attempt'>,
  { bytes, extension, files }: HandedOver,
): Staged {
  const { id } = parcel
  const document = `${id}.${extension}`
  const whole = [document, sha256(bytes), ...files.flatMap((file) => [file.name, file.sha256])]
  return {
    document,
    digest: sha256(JSON.stringify(whole)),
    size: bytes.length,
    files: files.map(({ name }) => name).filter((name) => isOwn(name, id)),
    within: tryName(parcel),
  }
}

/** One line each: the document, the digest, the size, where it was staged, then the files. */
export const printMarker = ({ document, digest = '', size, files, within }: Staged): Buffer =>
  Buffer.from([document, digest, size ?? '', ...(within ? [within] : []), ...files].join('\n'), 'utf8')

/**
 * Reads what `printMarker` wrote for the parcel `id`, or a marker with nothing but the document's name. Nothing, where it
 * says neither: it lies in somebody else's folder. Every name is the parcel's own: no line of it leads to another file.
 */
export function readMarker(text: string, id: string): Staged | undefined {
  const [document = '', digest = '', size = '', ...rest] = text.split('\n')
  if (!isOwn(document, id)) return undefined
  const isTry = (name: string): boolean => name.startsWith(id) && /^\.try\d{1,9}$/.test(name.slice(id.length))
  const within = rest.find(isTry)
  return {
    document,
    ...(/^[0-9a-f]{64}$/.test(digest) && { digest }),
    ...(/^\d{1,12}$/.test(size) && { size: Number(size) }),
    files: rest.filter((name) => isOwn(name, id) && !isTry(name)),
    ...(within !== undefined && { within }),
  }
}

const isOwn = (name: string, id: string): boolean =>
  (name.startsWith(`${id}.`) || name.startsWith(`${id}-`)) && !/[/\\\0]/.test(name)

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')
