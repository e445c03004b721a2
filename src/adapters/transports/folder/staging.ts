// What an attempt stages of a parcel: whole, in a folder of its own, since what another staged may be what is moved a moment
// later. From the begin on, nothing is put into it any more.
import { Readable } from 'node:stream'
import type { Parcel, WrittenFile } from '../../contract.ts'
import type { Written } from '../../formats/format.ts'
import { codeOf } from './files.ts'
import type { Way } from './generation.ts'
import { asideName, markerName, printMarker, type Staged, tryName } from './marker.ts'

/** Stages all of it for a generation; gives the place. */
export async function stage(
  way: Way,
  { bytes, files: beside }: Pick<Written, 'bytes' | 'files'>,
  what: Staged,
  generation: number,
): Promise<string> {
  const { files, parcel, own } = way
  const staged = files.inside(own, tryName(parcel))
  const marker = printMarker(what)
  await files.makeFolder(staged)
  try {
    if (generation > 1) await files.makeFolder(files.inside(staged, asideName))
    for (const file of beside)
      await files.write(files.inside(staged, file.name), bytesOf(file, parcel), sizeOf(file))
    await files.write(files.inside(staged, what.document), Readable.from([bytes]), bytes.length)
    await files.write(files.inside(staged, markerName), Readable.from([marker]), marker.length)
    await files.sync(staged)
  } catch (error) {
    // A disk that is full gets its room back; a lost connection cannot be asked for it.
    if (!files.isLost(error)) await giveBack(way, staged)
    throw error
  }
  return staged
}

/** A staging that nobody will move anything from gives its room back, as far as that can be now. */
export async function giveBack({ files }: Way, staged: string): Promise<void> {
  await files.removeTree(staged).catch((error: unknown) => {
    if (codeOf(error) === '') throw error
  })
}

const bytesOf = ({ content, sha256 }: WrittenFile, parcel: Parcel): Readable =>
  content.kind === 'bytes' ? Readable.from([content.bytes]) : parcel.open(sha256)

const sizeOf = ({ content }: WrittenFile): number =>
  content.kind === 'bytes' ? content.bytes.length : content.size
