// Hands a parcel over into a folder, exactly once however often it is tried, and only into the folder that it was before.
//
// All files are written beside, in `.saraban/<parcel id>/`, and synced; then they are moved into place, the document last.
// `parcel.ts` keeps how far that went; what cannot be told is `unknown`, never taken.
import type { Dirent } from 'node:fs'
import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../letter/time.ts'
import { describe, type ProblemCode, problem, remedyOf } from '../../../problem/problem.ts'
import type { AdapterVerbs, Outcome, Parcel } from '../../contract.ts'
import type { DocumentForm } from '../../formats/format.ts'
import { codeOf, ensureFolder, look } from './files.ts'
import { bring, type Moved, states } from './parcel.ts'
import { folderProof } from './proof.ts'

interface Settings {
  readonly path: string
  readonly clock: Clock
  readonly letter?: DocumentForm
  readonly notice?: DocumentForm
}

/** A marker stays so long after its parcel: no delivery is retried or sent again after that. */
const markerLife = 400 * 86_400_000

export function folderHandOver({ path, clock, letter, notice }: Settings): {
  start(verbs: AdapterVerbs): Promise<void>
  deliver(parcel: Parcel, signal: AbortSignal): Promise<Outcome>
} {
  const own = join(path, '.saraban')
  const proof = folderProof(path)
  let swept = Number.NEGATIVE_INFINITY
  const channel = [letter && 'receive', notice && 'notices'].filter(Boolean).join(', ')
  const attempt = async (parcel: Parcel, form: DocumentForm, signal: AbortSignal): Promise<Outcome> => {
    const found = await proof()
    if (found === 'absent') return unavailable('adapter.folder.absent', path)
    if (found === 'no-folder') return unavailable('adapter.folder.no-folder', path)
    if (found === 'other') return unavailable('adapter.folder.other', path)
    await ensureFolder(own)
    if (clock.elapsed() - swept > 86_400_000) {
      swept = clock.elapsed()
      await sweep(own, clock.now())
    }
    const moved = await bring(parcel, () => form.write(parcel), path, own, signal)
    return outcomeOf(moved, path, parcel.id)
  }
  return {
    start: async (verbs) => {
      // The folder is known from the start, so that a share which goes away before the first parcel is missed.
      const reason = await proof().then(
        (found) => (found === 'absent' ? 'ENOENT' : found === 'no-folder' ? 'ENOTDIR' : ''),
        (error: unknown) => {
          if (codeOf(error) === '') throw error
          return codeOf(error)
        },
      )
      if (reason !== '') verbs.report('folder.unavailable', { channel, path, reason })
    },
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
    case 'name-taken':
      return unavailable('adapter.folder.name-taken', moved.name)
    case 'lost':
      return { kind: 'unknown', said: saidOf('adapter.folder.lost', moved.document, { id }) }
    case 'not-synced':
      // The marker makes the next attempt harmless.
      return { kind: 'unknown', said: saidOf('adapter.folder.failed', path, { reason: moved.reason }) }
    default:
      return moved satisfies never
  }
}

export interface Marker {
  readonly name: string
  /** When it was written, by the clock of whoever keeps the folder. */
  readonly at: number
}

/**
 * The markers that no attempt needs any more. A server's clock may be years off, and ours may be set: old is what is old by
 * both, and for the folder's own keeper it is never earlier than its newest marker says.
 */
export function outlived(marks: readonly Marker[], now: number): readonly Marker[] {
  const present = marks.reduce((newest, { at }) => Math.max(newest, at), Number.NEGATIVE_INFINITY)
  return marks.filter(({ at }) => Math.min(now, present) - at > markerLife)
}

async function sweep(own: string, now: number): Promise<void> {
  const entries: Dirent[] = await readdir(own, { withFileTypes: true })
  const marks: Marker[] = []
  for (const each of entries) {
    if (!each.isFile() || !states.some((state) => each.name.endsWith(`.${state}`))) continue
    const stats = await look(join(own, each.name))
    if (stats !== undefined) marks.push({ name: each.name, at: stats.mtimeMs })
  }
  for (const { name } of outlived(marks, now)) await unlink(join(own, name))
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
