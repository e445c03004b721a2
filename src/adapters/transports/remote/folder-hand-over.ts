// Hands a parcel over into a folder on a server, exactly once however often it is tried and wherever the connection breaks.
import type { Clock } from '../../../letter/time.ts'
import type { AdapterVerbs, Outcome, Parcel } from '../../contract.ts'
import type { DocumentForm } from '../../formats/format.ts'
import { places } from '../folder/claim.ts'
import { codeOf } from '../folder/files.ts'
import { outcomeOf, startReason, unavailable } from '../folder/hand-over.ts'
import { bring } from '../folder/parcel.ts'
import { sweep } from '../folder/sweep.ts'
import { ensureRemoteFolder, isFailure, type RemoteFiles } from './files.ts'
import { remoteParcelFiles } from './folder-parcel.ts'
import { remoteFolderProof } from './folder-proof.ts'

interface Settings {
  readonly files: RemoteFiles
  readonly path: string
  /** By what the gateways know it. */
  readonly place: string
  readonly channel: 'receive' | 'notices'
  readonly form: DocumentForm
  readonly clock: Clock
}

export function remoteFolderHandOver({ files, path, place, channel, form, clock }: Settings): {
  start(verbs: AdapterVerbs): Promise<void>
  deliver(parcel: Parcel, signal: AbortSignal): Promise<Outcome>
} {
  const { own } = places(path)
  const proof = remoteFolderProof(files, path, place)
  const into = { files: remoteParcelFiles(files), path, own }
  let swept = Number.NEGATIVE_INFINITY
  const attempt = async (parcel: Parcel, signal: AbortSignal): Promise<Outcome> => {
    const found = await proof(parcel.marks)
    if (found === 'absent') return unavailable('adapter.folder.absent', path)
    if (found === 'other') return unavailable('adapter.folder.other', path)
    await ensureRemoteFolder(files, path, '.saraban')
    if (clock.elapsed() - swept > 86_400_000) {
      swept = clock.elapsed()
      await sweep(into.files, own, clock.now())
    }
    const moved = await bring(into, parcel, () => form.write(parcel), signal)
    return outcomeOf(moved, path, parcel.id)
  }
  return {
    start: async (verbs) => {
      // The folder is known from the start, so that a share which goes away before the first parcel is missed. Not waited
      // for: a server that does not answer holds up nobody else's start.
      proof(verbs.marks).then(
        (found) => {
          const reason = startReason(found, path)
          if (reason !== '') verbs.report('folder.unavailable', { channel, path, reason })
        },
        (error: unknown) => {
          const said = isFailure(error) ? { said: error.said } : {}
          verbs.report('folder.unavailable', { channel, path, reason: codeOf(error) || 'unknown', ...said })
        },
      )
    },
    deliver: async (parcel, signal) => {
      if (!/^[0-9a-z-]{1,40}$/.test(parcel.id)) throw new Error('a parcel id that cannot be a file name')
      try {
        return await attempt(parcel, signal)
      } catch (error) {
        if (isFailure(error))
          return {
            kind: 'unavailable',
            said: error.said,
            ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
          }
        const reason = codeOf(error)
        if (reason === '') throw error
        return unavailable('adapter.folder.failed', path, { reason })
      }
    },
  }
}
