// Whether a remote folder is still the one that it was: as of a local one, because a server's disk may be a share too.
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { places } from '../folder/claim.ts'
import type { Proof } from '../folder/proof.ts'
import { ensureRemoteFolder, fetchSmall, fileFailure, inside, isFailure, type RemoteFiles } from './files.ts'

/** A check of one folder, by its mark `.saraban/folder`; `.saraban/accept` lets another folder in. */
export function remoteFolderProof(files: RemoteFiles, path: string): () => Promise<Proof> {
  const { own } = places(path)
  let known: string | undefined
  const check = async (): Promise<Proof> => {
    try {
      await files.list(path)
    } catch (error) {
      if (isFailure(error, 'ENOENT')) return 'absent'
      throw error
    }
    const found = await markIn(files, path, own)
    if (known !== undefined && found !== known) {
      if ((await files.sizeOf(inside(own, 'accept')).catch(absent)) === undefined) return 'other'
      await files.remove(inside(own, 'accept'))
    }
    known = found ?? (await writeMark(files, path, own))
    return 'ours'
  }
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    // One after the other: two that begin together would write two marks.
    const next = last.then(check, check)
    last = next.catch(() => undefined)
    return next
  }
}

function absent(error: unknown): undefined {
  if (!isFailure(error) || error.lost) throw error
}

async function markIn(files: RemoteFiles, path: string, own: string): Promise<string | undefined> {
  const stands = (await files.list(path)).find(({ name }) => name === '.saraban')
  if (stands === undefined) return undefined
  // A link in place of our own folder is never followed.
  if (stands.kind !== 'folder') throw fileFailure('ENOTDIR', own)
  const mark = inside(own, 'folder')
  const bytes = await fetchSmall(files, mark, 100)
  const text = bytes?.toString('latin1').trim() ?? ''
  return text === '' ? undefined : text
}

async function writeMark(files: RemoteFiles, path: string, own: string): Promise<string> {
  await ensureRemoteFolder(files, path, '.saraban')
  // Nothing secret: it only has to be one that no other folder holds.
  const text = randomBytes(16).toString('hex')
  const made = inside(own, `folder.${text}`)
  await files.store(made, Readable.from([Buffer.from(`${text}\n`, 'latin1')]))
  await files.rename(made, inside(own, 'folder'))
  return text
}
