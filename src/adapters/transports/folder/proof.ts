// Whether a folder is still the one that it was. A share that is not mounted leaves an empty folder under the same name:
// what is handed over there is seen by nobody, and hidden when the share comes back.
import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureFolder, look, openRegular, syncFolder, writeNew } from './files.ts'

/** `ours`: hand over · `other`: it is another folder, or its mark is gone · `absent`: nothing stands there · `no-folder`: something else does. */
export type Proof = 'ours' | 'other' | 'absent' | 'no-folder'

/**
 * A check of one folder. The first time it writes a mark, `.saraban/folder`, or finds one; from then on the folder must
 * hold the same mark. A person who has replaced the folder on purpose puts an empty file `.saraban/accept` into it.
 * What was seen is remembered by the process: docs/reference/transports.md says how a mount point is made safe over a restart.
 */
export function folderProof(path: string): () => Promise<Proof> {
  const own = join(path, '.saraban')
  const mark = join(own, 'folder')
  const accept = join(own, 'accept')
  let known: string | undefined
  const check = async (): Promise<Proof> => {
    const standing = await look(path)
    if (standing === undefined) return 'absent'
    if (!standing.isDirectory()) return 'no-folder'
    const stands = (await look(own)) !== undefined
    // A link in place of our own folder is never followed: this throws.
    if (stands) await ensureFolder(own)
    const found = stands ? await markIn(mark) : undefined
    if (known !== undefined && found !== known) {
      if ((await look(accept))?.isFile() !== true) return 'other'
      await unlink(accept)
    }
    known = found ?? (await writeMark(own, mark))
    return 'ours'
  }
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    // One after the other, whatever became of the one before: two that begin together would write two marks.
    const next = last.then(check, check)
    last = next.catch(() => undefined)
    return next
  }
}

async function markIn(mark: string): Promise<string | undefined> {
  const opened = await openRegular(mark)
  if (opened === undefined) return undefined
  try {
    const text = opened.stats.size <= 100 ? (await readFile(opened.file, 'latin1')).trim() : ''
    return text === '' ? undefined : text
  } finally {
    await opened.file.close()
  }
}

async function writeMark(own: string, mark: string): Promise<string> {
  await ensureFolder(own)
  // Nothing secret: it only has to be one that no other folder holds.
  const text = randomBytes(16).toString('hex')
  const made = `${mark}.${text}`
  try {
    await writeNew(made, [Buffer.from(`${text}\n`, 'latin1')])
    await rename(made, mark)
  } finally {
    await rm(made, { force: true })
  }
  await syncFolder(own)
  return text
}
