// Whether a folder is still the one that it was. A share that is not mounted leaves an empty folder under the same name:
// what is handed over there is seen by nobody, and hidden when the share comes back; what is looked for there is never found.
import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, problem, remedyOf } from '../../../problem/problem.ts'
import type { Marks } from '../../contract.ts'
import { type Consent, consentIn } from './consent.ts'
import { codeOf, ensureFolder, look, openRegular, syncFolder, writeNew } from './files.ts'

/** `ours`: it is the one · `other`: it is another folder, or its mark is gone · `absent`: nothing stands there · `no-folder`: something else does. */
export type Proof = 'ours' | 'other' | 'absent' | 'no-folder'

/** A folder, as far as its mark is concerned. */
export interface Marked {
  /** As the profile names it. */
  readonly place: string
  /** The mark that stands there now. */
  found(): Promise<string | undefined>
  /** Marks it, where no mark stands; gives the mark that stands there then. */
  write(): Promise<string>
}

/**
 * Whether the folder has the mark by which all gateways know it. A folder that nobody knows yet is known from now on, by the
 * mark that it has or gets; another one in its place only with a person's consent.
 */
export async function prove(marked: Marked, marks: Marks, consent: Consent): Promise<'ours' | 'other'> {
  const { place } = marked
  const [known, found] = [await marks.known(place), await marked.found()]
  if (known !== undefined && found === known) return 'ours'
  if (known !== undefined && !(await consent.given())) return 'other'
  const mark = found ?? (await marked.write())
  return (await marks.become(place, mark, known)) === mark ? 'ours' : 'other'
}

/** A check of one folder, by its mark `.saraban/folder`; `place`: as the profile names it. */
export function folderProof(
  path: string,
  place: string,
): (marks?: Marks, consent?: Consent) => Promise<Proof> {
  const own = join(path, '.saraban')
  const mark = join(own, 'folder')
  return inTurn(async (marks: Marks, given?: Consent) => {
    const consent = given ?? folderConsent(path)
    const standing = await look(path)
    if (standing === undefined) return 'absent'
    if (!standing.isDirectory()) return 'no-folder'
    const stands = (await look(own)) !== undefined
    // A link in place of our own folder is never followed: this throws.
    if (stands) await ensureFolder(own)
    const marked: Marked = {
      place,
      found: async () => (stands ? markIn(mark) : undefined),
      write: () => writeMark(own, mark),
    }
    const proof = await prove(marked, marks, consent)
    // Whoever gives it asks more of it.
    if (proof === 'ours' && given === undefined) await consent.spend()
    return proof
  })
}

/** One check after the other, whatever became of the one before. In a trial, where nobody remembers, this process does. */
export function inTurn<Rest extends readonly unknown[], Value>(
  check: (marks: Marks, ...rest: Rest) => Promise<Value>,
): (marks?: Marks, ...rest: Rest) => Promise<Value> {
  const remembered = ownMemory()
  let last: Promise<unknown> = Promise.resolve()
  return (marks = remembered, ...rest) => {
    const turn = (): Promise<Value> => check(marks, ...rest)
    const next = last.then(turn, turn)
    last = next.catch(() => undefined)
    return next
  }
}

function ownMemory(): Marks {
  const known = new Map<string, string>()
  return {
    known: async (place) => known.get(place),
    become: async (place, mark) => {
      known.set(place, mark)
      return mark
    },
  }
}

export const folderConsent = (path: string): Consent => {
  const accept = join(path, '.saraban', 'accept')
  return consentIn(
    async () => (await look(accept))?.isFile() === true,
    () => unlink(accept),
  )
}

/** It is not the folder that it was: nothing in it is touched. */
export class Another extends Error {
  override readonly name = 'Another'
  readonly code = 'another'
  constructor(path: string) {
    const found = problem('adapter.folder.other', '', path)
    super(`${describe(found)} ${remedyOf(found)}`)
  }
}

/** Throws what a look into a folder that is not the one throws. */
export function mustBeOurs(found: Proof, path: string): void {
  if (found === 'other') throw new Another(path)
  if (found !== 'ours')
    throw Object.assign(new Error('no folder stands there'), {
      code: found === 'absent' ? 'ENOENT' : 'ENOTDIR',
    })
}

/** The mark in a file, of which nothing is known but its name. */
export async function markIn(mark: string): Promise<string | undefined> {
  const opened = await openRegular(mark)
  if (opened === undefined) return undefined
  try {
    const text = opened.stats.size <= 100 ? (await readFile(opened.file, 'latin1')).trim() : ''
    return text === '' ? undefined : text
  } finally {
    await opened.file.close()
  }
}

/** Nothing secret: it only has to be one that no other folder holds. */
export const newMark = (): string => randomBytes(16).toString('hex')

async function writeMark(own: string, mark: string): Promise<string> {
  await ensureFolder(own)
  const text = newMark()
  const made = `${mark}.${text}`
  try {
    await writeNew(made, [Buffer.from(`${text}\n`, 'latin1')])
    // Of two that begin together one is first, and the other takes its mark; where names cannot be linked, the last.
    await link(made, mark).catch(async (error: unknown) => {
      if (codeOf(error) !== 'EEXIST' || (await markIn(mark)) === undefined) await rename(made, mark)
    })
  } finally {
    await rm(made, { force: true })
  }
  await syncFolder(own)
  return (await markIn(mark)) ?? text
}
