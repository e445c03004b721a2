// One parcel on its way into a folder, on a disk or on a server. What stands in the gateway's own folder there says how far it is:
//
//   no marker                                       nothing was moved
//   <id>.moving, its document in the staging        begun: the files are moved, the document last, whoever does it
//   <id>.moving, its document staged no more        it was moved, and is to be marked as done
//   <id>.moving, the document in <id>.withdrawn     taken back, because the form writes something else now: the next attempt
//                                                   begins <id>.moving2, and so on; the highest marker counts
//   <id>.done                                       it is never brought again, whether or not its system took it away since
//
// Any attempt may be frozen between any two acts, and go on when others have gone on for long. What it does then is right because
//   begun once     each attempt stages in a folder of its own, `<id>.try<n>`. One of them begins: the marker is put into place by an
//                  act that fails when it stands. No marker goes away before `.done` stands, which is looked for after them.
//   moved once     the document leaves its staging by one rename: into the folder, or with the staging, when that is taken back.
//   taken back     the staging is renamed. All that is done to the folder goes by the staging's name (files come from it, and what
//                  a generation before left there goes into it), so from then on nothing of that generation is done by anybody.
//
// It dies while staging: nobody needs that folder · after the begin: the next attempt goes on, or takes back · after the take-back:
// the next one begins the next generation · after the document: it is marked as done by the next one, also where its system has taken
// it away (decision 0027); where the staging is gone too, a person says (`lost`) · after `.done`: what is left is swept (`sweep.ts`).
import type { Problem, Result } from '../../../problem/problem.ts'
import type { Parcel } from '../../contract.ts'
import type { Written } from '../../formats/format.ts'
import { codeOf } from './files.ts'
import {
  begin,
  type Generation,
  type Into,
  inForce,
  leftBefore,
  marked,
  movingOf,
  stateOf,
  takeBack,
  type Way,
} from './generation.ts'
import { asideName, doneName, isLeft, movingName, type Staged, stagedOf } from './marker.ts'
import { clearOut, type ParcelFiles } from './parcel-files.ts'
import { giveBack, stage } from './staging.ts'

export type Moved =
  | { readonly kind: 'handed-over'; readonly document: string }
  /** Its form cannot say it, and nothing of its document was moved. */
  | { readonly kind: 'unsayable'; readonly problems: readonly [Problem, ...Problem[]] }
  | { readonly kind: 'stopped' }
  /** Another attempt began to move it meanwhile. */
  | { readonly kind: 'begun' }
  /** A file of somebody else has this name. */
  | { readonly kind: 'name-taken'; readonly name: string }
  /** Its document is not in the folder, and its staging is gone: taken away by its system, or cleared by somebody. */
  | { readonly kind: 'lost'; readonly document: string; readonly marker: string }
  /** It stands there, and whether it still does after a power cut nobody knows. */
  | { readonly kind: 'not-synced'; readonly reason: string }

type Begun = Generation & Required<Pick<Generation, 'what'>>

/**
 * Brings a parcel into a folder, from wherever an earlier attempt left it. `write` is called only while its document was not
 * moved: what is recorded as handed over is what can still be. Throws what the files throw, while the document was not moved.
 */
export async function bring(
  into: Into,
  parcel: Parcel,
  write: () => Promise<Result<Written>>,
  signal: AbortSignal,
): Promise<Moved> {
  const way: Way = { ...into, parcel }
  const { files } = way
  const begun = await inForce(way)
  // After the markers: those may be of somebody who began when all was over.
  if (await files.stands(doneOf(way))) {
    if (begun !== undefined) await clear(way)
    return handedOver(way)
  }
  const state = begun?.what && (await stateOf(way, begun, begun.what.document))
  if (isKnown(begun) && state === 'moved') return finish(way, begun)

  const written = await write()
  if (!written.ok) return { kind: 'unsayable', problems: written.problems }
  const now = stagedOf(parcel, written.value)
  if (begun === undefined) return beginAnew(way, 1, written.value, now, signal)
  const { what = now } = begun
  if (begun.what?.digest === now.digest && state === 'staged') {
    const moved = await moveAll(way, { ...begun, what }, written.value)
    if (moved !== 'incomplete') return moved
  }
  if (!(await takeBack(way, begun, what.document))) return finish(way, { ...begun, what })
  return beginAnew(way, begun.number + 1, written.value, now, signal)
}

const isKnown = (begun: Generation | undefined): begun is Begun => begun?.what !== undefined

const doneOf = ({ files, parcel, own }: Way): string => files.inside(own, doneName(parcel.id))

async function handedOver(way: Way): Promise<Moved> {
  return { kind: 'handed-over', document: (await marked(way, doneOf(way)))?.document ?? way.parcel.id }
}

async function beginAnew(
  way: Way,
  number: number,
  written: Written,
  what: Staged,
  signal: AbortSignal,
): Promise<Moved> {
  const { files } = way
  const staged = await stage(way, written, what, number)
  if (signal.aborted) return { kind: 'stopped' }
  const begun = { number, staged, what }
  if (!(await begin(way, begun))) {
    await giveBack(way, staged)
    return { kind: 'begun' }
  }
  if (await files.stands(doneOf(way))) {
    await files.remove(movingOf(way, number))
    await giveBack(way, staged)
    return handedOver(way)
  }
  const moved = await moveAll(way, begun, written)
  // Others were at it meanwhile: the next attempt finds out how far they are.
  return moved === 'incomplete' ? { kind: 'begun' } : moved
}

/**
 * Moves what is staged, as far as nobody has: the files, and then the document. `incomplete`: a file is in neither place, taken
 * away or cleared by somebody, and its document still needs it.
 */
async function moveAll(way: Way, begun: Begun, { files: beside }: Written): Promise<Moved | 'incomplete'> {
  const { files, path } = way
  const { staged, what } = begun
  const place = (name: string): string => files.inside(path, name)
  const source = (name: string): string => files.inside(staged, name)
  const aside = (name: string): string => files.inside(staged, asideName, name)
  const left = await leftBefore(way, begun)
  if (left.size > 0 && (await isTaken(files, source(what.document), place(what.document))))
    return { kind: 'name-taken', name: what.document }
  for (const name of left)
    if (!beside.some((file) => file.name === name) && (await files.stands(place(name))))
      await files.move(place(name), aside(name))
  for (const { name } of beside) {
    if (left.has(name)) {
      if (await files.replace(source(name), place(name), aside(name))) continue
    } else if (await files.stands(place(name))) {
      if (await files.stands(source(name))) return { kind: 'name-taken', name }
      continue
    } else if (await files.move(source(name), place(name))) continue
    if (!(await files.stands(place(name)))) return 'incomplete'
  }
  const { document } = what
  if (await isTaken(files, source(document), place(document))) return { kind: 'name-taken', name: document }
  try {
    if (await files.move(source(document), place(document))) return await finish(way, begun, true)
  } catch (error) {
    // The next attempt finds out.
    if (files.isLost(error)) return { kind: 'not-synced', reason: codeOf(error) }
    // A share may say no to what it did.
    if ((await stateOf(way, begun, document)) !== 'moved') throw error
  }
  // Somebody else was faster: he moved it, or took it back.
  return (await stateOf(way, begun, document)) === 'moved' ? finish(way, begun) : { kind: 'begun' }
}

const isTaken = async (files: ParcelFiles, from: string, to: string): Promise<boolean> =>
  (await files.stands(to)) && (await files.stands(from))

/** Its document was moved, and from here on nothing may say that it was not. `ours`: by this attempt. */
async function finish(way: Way, begun: Begun, ours = false): Promise<Moved> {
  const { files, parcel, path, own } = way
  const { document, size } = begun.what
  const [moving, done] = [movingOf(way, begun.number), doneOf(way)]
  try {
    const arrived = await files.arrived(files.inside(path, document), size)
    // Moved a moment ago and gone: its system was quick. So it was after an attempt that died behind the move, or did not hear
    // its answer, as long as the staging stands out of which only that move takes it.
    if (arrived === 'gone' && !ours && !(await isListed(way, begun.staged)))
      return (await files.stands(done))
        ? handedOver(way)
        : { kind: 'lost', document, marker: movingName(parcel.id, begun.number) }
    if (arrived === 'cut') return { kind: 'not-synced', reason: 'another size' }
    await files.sync(path)
    if (!(await mark(files, moving, done))) return { kind: 'not-synced', reason: 'ENOENT' }
    await files.sync(own)
  } catch (error) {
    const reason = codeOf(error)
    if (reason === '') throw error
    return { kind: 'not-synced', reason }
  }
  // A first attempt that began it is the only one that left anything.
  if (parcel.attempt === 1 && begun.number === 1) await giveBack(way, begun.staged)
  else await clear(way)
  return { kind: 'handed-over', document }
}

/** Whether a folder of the gateway's own stands. */
const isListed = async ({ files, own }: Way, folder: string): Promise<boolean> =>
  (await files.list(own, (name) => files.inside(own, name) === folder)).length > 0

/** What all attempts left, of a parcel that is done. */
const clear = ({ files, parcel, own }: Way): Promise<void> =>
  clearOut(files, own, (name) => isLeft(name, parcel.id))

/** Marks a parcel as done, unless another attempt has. */
async function mark(files: ParcelFiles, moving: string, done: string): Promise<boolean> {
  try {
    if (await files.move(moving, done)) return true
  } catch (error) {
    if (files.isLost(error) || !(await files.stands(done))) throw error
    return true
  }
  return files.stands(done)
}
