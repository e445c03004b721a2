// What was begun of a parcel: markers and the stagings that they name (`parcel.ts` says how they are used).
import type { Parcel } from '../../contract.ts'
import {
  earlierName,
  earlierWithdrawn,
  longestMarker,
  markerName,
  movingName,
  readMarker,
  type Staged,
  tried,
  withdrawnName,
} from './marker.ts'
import { clearOut, type ParcelFiles } from './parcel-files.ts'

/** The folder that a parcel is brought into; `own`: the gateway's, in it. */
export interface Into {
  readonly files: ParcelFiles
  readonly path: string
  readonly own: string
}

export interface Way extends Into {
  readonly parcel: Parcel
}

export interface Generation {
  readonly number: number
  /** The place of its staging. */
  readonly staged: string
  /** Absent where nobody can read the marker. */
  readonly what?: Staged
}

/** A parcel is not begun more often: each time its form wrote something else than before. */
const most = 99

export const movingOf = ({ files, parcel, own }: Way, generation: number): string =>
  files.inside(own, movingName(parcel.id, generation))

const withdrawnOf = ({ files, parcel, own }: Way, generation: number): string =>
  files.inside(own, withdrawnName(parcel.id, generation))

/** The generation in force: the highest that was begun. */
export async function inForce(way: Way): Promise<Generation | undefined> {
  const { files, parcel, own } = way
  let number = 0
  while (await files.stands(movingOf(way, number + 1))) {
    number += 1
    if (number === most) throw Object.assign(new Error('a parcel was begun too often'), { code: 'EMLINK' })
  }
  if (number === 0) return undefined
  const what = await marked(way, movingOf(way, number))
  if (what !== undefined)
    return { number, staged: files.inside(own, what.within ?? earlierName(parcel)), what }
  const names = tried(parcel)
  const standing = new Set((await files.list(own, (name) => names.includes(name))).map(({ name }) => name))
  return {
    number,
    staged: files.inside(own, names.find((name) => standing.has(name)) ?? earlierName(parcel)),
  }
}

/** From now on it is what this attempt staged that is moved. False: another attempt began before. */
export async function begin(way: Way, { number, staged }: Generation): Promise<boolean> {
  const { files, own } = way
  if (!(await files.put(files.inside(staged, markerName), movingOf(way, number)))) return false
  await files.sync(own)
  return true
}

/** How far a generation is: `moved`, when its document is neither staged nor withdrawn, also when it was cleared after that. */
export async function stateOf(
  way: Way,
  { number, staged }: Generation,
  document: string,
): Promise<'staged' | 'withdrawn' | 'moved'> {
  const { files } = way
  const withdrawn = withdrawnOf(way, number)
  const stands = (folder: string, name: string) => files.stands(files.inside(folder, name))
  // In this order: it may go from the one to the other meanwhile. Where it stands in both, an attempt of the same number
  // staged again (a journal that was restored), and has begun nothing.
  const isStaged = await stands(staged, document)
  if (await stands(withdrawn, document)) return 'withdrawn'
  if (isStaged) return 'staged'
  for (const place of [staged, withdrawn]) if (await stands(place, earlierWithdrawn)) return 'withdrawn'
  return 'moved'
}

/** Makes sure that nothing of a generation is moved any more. False: its document was moved before. */
export async function takeBack(way: Way, generation: Generation, document: string): Promise<boolean> {
  const { files, own } = way
  const { number, staged } = generation
  const withdrawn = withdrawnOf(way, number)
  if ((await stateOf(way, generation, document)) === 'staged')
    await files.move(staged, withdrawn, files.inside(staged, document))
  if ((await stateOf(way, generation, document)) === 'moved') return false
  await files.sync(own)
  // The document is what tells that it was withdrawn; the rest gives its room back.
  if (await files.stands(files.inside(withdrawn, document)))
    await clearOut(files, withdrawn, (name) => name !== document)
  return true
}

/** What the generations before this one may have left in the folder. */
export async function leftBefore(way: Way, { number }: Generation): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for (let before = 1; before < number; before += 1)
    for (const name of (await marked(way, movingOf(way, before)))?.files ?? []) names.add(name)
  return names
}

/** What a marker says. */
export async function marked({ files, parcel }: Way, place: string): Promise<Staged | undefined> {
  const bytes = await files.read(place, longestMarker)
  return bytes && readMarker(bytes.toString('utf8'), parcel.id)
}
