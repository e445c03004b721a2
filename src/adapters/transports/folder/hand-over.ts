// Hands a parcel over into a folder, exactly once however often it is tried, and only into the folder that it was before.
//
// All files are written beside, in `.saraban`, and synced; then they are moved into place, the document last.
// `parcel.ts` keeps how far that went; what cannot be told is `unknown`, never taken.
import { join } from 'node:path'
import { atMost, type Clock } from '../../../letter/time.ts'
import { describe, type ProblemCode, problem, remedyOf } from '../../../problem/problem.ts'
import type { AdapterVerbs, Outcome, Parcel } from '../../contract.ts'
import type { DocumentForm } from '../../formats/format.ts'
import { codeOf, ensureFolder } from './files.ts'
import { bring, type Moved } from './parcel.ts'
import { parcelDisk } from './parcel-disk.ts'
import { Another, folderProof, type Proof } from './proof.ts'
import { sweep } from './sweep.ts'

/** So long a start waits for a folder: a share whose server is gone says nothing for ever. Milliseconds. */
const patience = 30_000

interface Settings {
  readonly path: string
  /** As the profile names it. */
  readonly place: string
  readonly clock: Clock
  readonly letter?: DocumentForm
  readonly notice?: DocumentForm
}

export function folderHandOver({ path, place, clock, letter, notice }: Settings): {
  start(verbs: AdapterVerbs): Promise<void>
  deliver(parcel: Parcel, signal: AbortSignal): Promise<Outcome>
} {
  const own = join(path, '.saraban')
  const proof = folderProof(path, place)
  let swept = Number.NEGATIVE_INFINITY
  const channel = [letter && 'receive', notice && 'notices'].filter(Boolean).join(', ')
  const attempt = async (parcel: Parcel, form: DocumentForm, signal: AbortSignal): Promise<Outcome> => {
    const found = await proof(parcel.marks)
    if (found === 'absent') return unavailable('adapter.folder.absent', path)
    if (found === 'no-folder') return unavailable('adapter.folder.no-folder', path)
    if (found === 'other') return unavailable('adapter.folder.other', path)
    await ensureFolder(own)
    if (clock.elapsed() - swept > 86_400_000) {
      swept = clock.elapsed()
      await sweep(parcelDisk, own, clock.now())
    }
    const moved = await bring({ files: parcelDisk, path, own }, parcel, () => form.write(parcel), signal)
    return outcomeOf(moved, path, parcel.id)
  }
  const know = async (verbs: AdapterVerbs): Promise<void> => {
    const reason = await proof(verbs.marks).then(
      (found) => startReason(found, path),
      (error: unknown) => {
        if (codeOf(error) === '') throw error
        return codeOf(error)
      },
    )
    if (reason !== '') verbs.report('folder.unavailable', { channel, path, reason })
  }
  return {
    // The folder is known from the start, so that a share which goes away before the first parcel is missed.
    start: (verbs) => atMost(verbs.clock, patience, know(verbs)),
    deliver: async (parcel, signal) => {
      const form = parcel.envelope.content === 'letter' ? letter : notice
      if (form === undefined) throw new Error('a parcel came to a folder that has no form for it')
      if (!/^[0-9a-z-]{1,40}$/.test(parcel.id)) throw new Error('a parcel id that cannot be a file name')
      try {
        return await attempt(parcel, form, signal)
      } catch (error) {
        const reason = codeOf(error)
        if (reason === '') throw error
        if (reason === 'ENOTDIR') return unavailable('adapter.folder.no-folder', path)
        return unavailable('adapter.folder.failed', path, { reason })
      }
    },
  }
}

/** Why nothing can be handed over into a folder at a start; '' when it can. */
export function startReason(found: Proof, path: string): string {
  switch (found) {
    case 'ours':
      return ''
    case 'absent':
      return 'ENOENT'
    case 'no-folder':
      return 'ENOTDIR'
    case 'other':
      return new Another(path).message
    default:
      return found satisfies never
  }
}

/** What became of a parcel, as an outcome. */
export function outcomeOf(moved: Moved, path: string, id: string): Outcome {
  switch (moved.kind) {
    case 'handed-over':
      return { kind: 'taken', said: moved.document }
    case 'unsayable':
      return {
        kind: 'refused',
        problem: moved.problems[0],
        said: moved.problems.map(({ code, path: at }) => `${at}: ${code}`).join('; '),
      }
    case 'stopped':
      return { kind: 'unavailable', said: 'it was stopped before anything was handed over' }
    case 'begun':
      return { kind: 'unavailable', said: 'another attempt began to hand it over meanwhile' }
    case 'name-taken':
      return unavailable('adapter.folder.name-taken', moved.name)
    case 'lost':
      return {
        kind: 'unknown',
        said: saidOf('adapter.folder.lost', moved.document, { id, marker: moved.marker }),
      }
    case 'not-synced':
      // The marker makes the next attempt harmless.
      return { kind: 'unknown', said: saidOf('adapter.folder.failed', path, { reason: moved.reason }) }
    default:
      return moved satisfies never
  }
}

type Details = Readonly<Record<string, string>>

function saidOf(code: ProblemCode, value: string, details: Details = {}): string {
  const found = problem(code, '', value, details)
  return `${describe(found)} ${remedyOf(found)}`
}

/** Nothing was taken, for the reason that `code` says. */
export const unavailable = (code: ProblemCode, value: string, details: Details = {}): Outcome => ({
  kind: 'unavailable',
  said: saidOf(code, value, details),
})
