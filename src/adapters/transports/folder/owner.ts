// Whose a folder is. Two gateways that fetch from one folder would take over each other's claims, and a letter would be
// registered twice: the installation that came first has the folder until a person says otherwise.
//
// Its id is the name of what stands in `.saraban/owner/`. That folder is made aside and renamed into place, which fails for
// whoever comes second.
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, printable, problem, remedyOf } from '../../../problem/problem.ts'
import { places } from './claim.ts'
import type { Consent } from './consent.ts'
import { codeOf, ensureFolder, syncFolder } from './files.ts'

/** The folder belongs to another installation: nothing in it is touched. */
export class Foreign extends Error {
  override readonly name = 'Foreign'
  readonly code = 'foreign'
  constructor(path: string, owner: string) {
    const found = problem('adapter.folder.foreign', '', path, { owner: printable(owner, 60) })
    super(`${describe(found)} ${remedyOf(found)}`)
  }
}

/** Makes `installation` the owner of a folder that has none, or of one that a person says it may have. Throws `Foreign` when it is another's. */
export async function own(path: string, installation: string, consent: Consent): Promise<void> {
  const { own: ours } = places(path)
  await ensureFolder(ours)
  const owner = await ownerIn(ours)
  if (owner === installation) return
  if (owner !== undefined) {
    if (!(await consent.given())) throw new Foreign(path, owner)
    await rm(join(ours, 'owner'), { recursive: true })
  }
  await put(ours, installation)
  const now = await ownerIn(ours)
  if (now !== installation) throw new Foreign(path, now ?? 'unknown')
}

async function ownerIn(ours: string): Promise<string | undefined> {
  try {
    return (await readdir(join(ours, 'owner'))).sort()[0]
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function put(ours: string, installation: string): Promise<void> {
  const made = join(ours, `owner.${randomBytes(8).toString('hex')}`)
  await mkdir(join(made, installation), { recursive: true, mode: 0o770 })
  try {
    await rename(made, join(ours, 'owner'))
    await syncFolder(ours)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    // Somebody was first: perhaps another channel of this gateway.
    if (!['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(codeOf(error))) throw error
  }
}
