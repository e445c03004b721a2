// One document that was claimed from a folder, with the files beside that it names.
//
// A claim is a folder of its own, `.saraban/claimed/<id>/`, with the document in `document/` and its files in `beside/`:
// done is one rename of it. A name that is used again meets nothing of the letter before.
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { normalizeNumber } from '../../../letter/numbers.ts'
import { type Clock, type Instant, printInstant, readInstant } from '../../../letter/time.ts'
import type { AdapterVerbs, AttachmentContent, Item, LargeFile } from '../../contract.ts'
import { codeOf, ensureFolder, look, moveToFree, removeEmpty, renameToFree, syncFolder } from './files.ts'
import { isSame, type Seen } from './names.ts'
import type { FolderSettings } from './settings.ts'

export interface Claim {
  readonly id: string
  readonly folder: string
  /** The document's own name. */
  readonly name: string
  /** When it was claimed, whatever was restarted since: for people. */
  readonly since: Instant
  /** When this process first had it: elapsed time, as are `waited`, `first` and `pausedUntil`. */
  readonly found: number
  /** From when the wait for its files counts: before `found` by what it has waited in another run. */
  readonly waited: number
  /** When a look first came to offer it: elapsed. */
  looked: number | undefined
  /** When its document was first seen in the folder; of a claim that was found, before everything that this run sees. */
  readonly first: number
  readonly beside: Map<string, AttachmentContent>
  /** When the first of what is beside was kept: elapsed. */
  keptAt: number | undefined
  /** The names of the files that its letters need, once it was read. */
  named: readonly string[] | undefined
  /** The letters of which its notices speak, once it was read. */
  says: ReadonlySet<string>
  /** Letters of which a later notice was taken while this document could not be read. */
  readonly overtaken: Set<string>
  /** Names that another open document needs too, with the names of all those documents. */
  readonly contested: Map<string, string>
  /** Files that came and were put aside, contested or too large: nothing of that name is waited for any more. */
  readonly aside: Set<string>
  /** Those of them that are larger than may be taken. */
  readonly large: Map<string, LargeFile>
  /** What the document (`''`) and its files were when they were read: size, time and inode as one text. */
  readonly stamps: Map<string, string>
  /** Somebody wrote into it after it was claimed: it is not read before this time. */
  pausedUntil: number
  /** Nothing of it is to be offered any more. */
  settled: boolean
  /** Whether its whole letters were offered while others wait. */
  offered: boolean
  /** The missing files that were reported. */
  reported: string
  /** Why it could not be taken, as it was reported last. */
  troubled: string
}

/** Where the gateway keeps its own things in somebody else's folder. */
export const places = (path: string) => ({
  own: join(path, '.saraban'),
  claimed: join(path, '.saraban', 'claimed'),
  refused: join(path, '.saraban', 'refused'),
  done: join(path, 'done'),
})

/** `waited`: `found` for a new claim; `first`: −∞ for one that another run made; `overtaken`: of one that is taken back. */
export const claimOf = (
  id: string,
  folder: string,
  name: string,
  since: Instant,
  found: number,
  {
    waited = found,
    first = Number.NEGATIVE_INFINITY,
    overtaken = new Set(),
  }: Partial<Pick<Claim, 'waited' | 'first' | 'overtaken'>> = {},
): Claim => ({
  id,
  folder,
  name,
  since,
  found,
  waited,
  first,
  looked: undefined,
  beside: new Map(),
  keptAt: undefined,
  named: undefined,
  says: new Set(),
  overtaken,
  contested: new Map(),
  aside: new Set(),
  large: new Map(),
  stamps: new Map(),
  pausedUntil: Number.NEGATIVE_INFINITY,
  settled: false,
  offered: false,
  reported: '',
  troubled: '',
})

/**
 * Works on the claims of a channel, some at the same time, so that their commits can be one group; but what is said of a letter is
 * said in order. Rejects with the first failure, when nothing is at work on any of them any more.
 */
export async function eachOf(
  claims: readonly Claim[],
  { document }: Pick<FolderSettings, 'document'>,
  stopped: () => boolean,
  act: (found: Claim) => Promise<void>,
): Promise<void> {
  const together = document === 'notice' ? 1 : 8
  for (let start = 0; start < claims.length && !stopped(); start += together) {
    const ended = await Promise.allSettled(claims.slice(start, start + together).map(act))
    for (const one of ended) if (one.status === 'rejected') throw one.reason
  }
}

/** In the order in which they came, to a second, which is what their ids say; by their names where they came together. */
export const inOrder = (claims: readonly Claim[]): Claim[] =>
  [...claims].sort(
    (one, other) =>
      Math.floor(one.since / 1000) - Math.floor(other.since / 1000) || (one.name < other.name ? -1 : 1),
  )

/** The files that its letters need and that are neither in the claim nor put aside. */
export const missingOf = ({ named, beside, aside }: Claim): readonly string[] =>
  (named ?? []).filter((name) => !beside.has(name) && !aside.has(name))

/** The letters of which notices speak. */
export const lettersIn = (items: readonly Item[]): ReadonlySet<string> =>
  new Set(
    items.flatMap((item) => {
      if (item.kind !== 'notice') return []
      const { about } = item.draft
      return 'messageId' in about ? about.messageId : (normalizeNumber(about.number) ?? about.number)
    }),
  )

/**
 * Moves a document out of the folder into a claim of its own; nothing when it is gone. When it is not the file that was
 * seen, it is read only after it has not changed for `settle` milliseconds.
 */
export async function claim(
  path: string,
  name: string,
  seen: Seen,
  clock: Clock,
  { settle, whose }: Pick<FolderSettings, 'settle' | 'whose'>,
): Promise<Claim | undefined> {
  const { claimed } = places(path)
  const now = clock.now()
  const stamp = stampOf(now)
  for (let count = 1; ; count += 1) {
    const id = `${stamp}-${count}.${whose.sign}`
    const folder = join(claimed, id)
    try {
      await mkdir(folder)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue
      throw error
    }
    await mkdir(join(folder, 'document'))
    await mkdir(join(folder, 'beside'))
    const place = join(folder, 'document', name)
    try {
      await renameToFree(seen.place, place)
    } catch (error) {
      // Where it is not empty the document came late: the next look finds the claim.
      await removeClaim(folder)
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
    const found = clock.elapsed()
    const made = claimOf(id, folder, name, now, found, { waited: found, first: seen.first })
    const moved = await look(place)
    if (moved === undefined || !isSame(seen, moved)) made.pausedUntil = found + settle
    return made
  }
}

/** The claims of one channel, as they stand on disk. */
export interface Claims {
  readonly open: Claim[]
  /** Claims in this folder that are not this channel's, by id: two may share it, each with its own pattern. */
  readonly others: Set<string>
}

type Whose = Pick<FolderSettings, 'whose' | 'pattern'>

/**
 * Whose a claim is: its id has the sign of its channel, so that a pattern which is mended leaves none behind. One of an earlier
 * version has none, and goes by the patterns; so does one of a profile with another id, which may have been changed. What fits no pattern of this
 * profile may be another's.
 */
export function whoseIs(id: string, name: string, { whose, pattern }: Whose): 'ours' | 'other' | 'nobody' {
  const [, sign] = /\.([0-9a-f]{8})$/.exec(id) ?? []
  if (sign === whose.sign) return 'ours'
  const other = whose.other()
  if (sign !== undefined && sign === other?.sign) return 'other'
  if (pattern.test(name)) return 'ours'
  return sign === undefined && other?.pattern.test(name) === true ? 'other' : 'nobody'
}

/** Claims that no channel of this profile takes, told once: of a profile with another id, or of a channel that looks elsewhere now. */
export function reportNobodys(ids: readonly string[], verbs: AdapterVerbs): void {
  const reason = 'it was claimed for a profile or a channel that does not look into this folder'
  for (const id of ids) verbs.report('folder.refused', { claim: id, reason })
}

/**
 * Makes `claims` what stands on disk: a stop or a crash left some behind, which are offered again; a share that went and
 * came back hid some; and some a person may have taken away (`gone`). `first`: nothing is being claimed in this process.
 */
export async function reconcile(
  path: string,
  { open, others }: Claims,
  settings: Whose,
  clock: Clock,
  first: boolean,
): Promise<Claims & { readonly gone: readonly Claim[]; readonly nobodys: readonly string[] }> {
  const { claimed } = places(path)
  const standing = new Set(await readdir(claimed))
  const still = open.filter(({ id }) => standing.has(id))
  const known = new Set(still.map(({ id }) => id))
  const nobodys: string[] = []
  for (const id of [...standing].sort()) {
    if (known.has(id) || others.has(id)) continue
    const folder = join(claimed, id)
    let name = await documentIn(folder)
    // A crash between the making of the claim and the move into it: the document stands in the folder still, or comes just now.
    if (name === undefined && first && !(await removeClaim(folder))) name = await documentIn(folder)
    if (name === undefined) continue
    const whose = whoseIs(id, name, settings)
    if (whose === 'ours') still.push(foundAgain(id, folder, name, clock))
    else others.add(id)
    // What another profile claims while this one runs is its own.
    if (whose === 'nobody' && first) nobodys.push(id)
  }
  return { open: still, others, nobodys, gone: open.filter(({ id }) => !standing.has(id)) }
}

/** Removes a claim in which nothing stands; false when something does. */
const removeClaim = (folder: string): Promise<boolean> =>
  removeEmpty(join(folder, 'document'), join(folder, 'beside'), folder)

/** The name of a claim's document. */
async function documentIn(folder: string): Promise<string | undefined> {
  try {
    return (await readdir(join(folder, 'document')))[0]
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** A claim of another run. It has waited as long as the clock says; a clock that was set back since says: not at all. */
export function foundAgain(id: string, folder: string, name: string, clock: Clock): Claim {
  const [now, found] = [clock.now(), clock.elapsed()]
  const since = claimedAt(id, now)
  return claimOf(id, folder, name, since, found, { waited: found - (now - since) })
}

/** What a claim's id begins with: when it was claimed. */
export const stampOf = (now: number): string =>
  printInstant(now).slice(0, 19).replaceAll(':', '').replace('T', '-')

/** The time that a claim's id says, so that a restart does not begin its wait anew. */
function claimedAt(id: string, now: number): number {
  const [, day, hours, minutes, seconds] = /^(\d{4}-\d\d-\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(id) ?? []
  const at = readInstant(`${day}T${hours}:${minutes}:${seconds}`)
  return at.ok ? Math.min(at.value, now) : now
}

/** The claim is settled: the commit stands, nothing of it is offered again. Answers where it stands now; nothing when deleted. */
export async function finish(
  found: Claim,
  path: string,
  done: 'rename' | 'delete',
): Promise<string | undefined> {
  const { claimed, done: shelf } = places(path)
  let place: string | undefined
  if (done === 'delete') await rm(found.folder, { recursive: true })
  else {
    await ensureFolder(shelf)
    for (let count = 1; ; count += 1) {
      place = join(shelf, count === 1 ? found.id : `${found.id}~${count}`)
      if (await moveToFree(found.folder, place)) break
    }
    await syncFolder(shelf)
  }
  await syncFolder(claimed)
  return place
}

/** A file beside that is larger than may be taken was put aside under this name in `refused`. */
export function setLarge(found: Claim, name: string, size: number, limit: number): void {
  found.aside.add(name)
  found.large.set(name, { size, limit, place: `.saraban/refused/${asideName(found, name)}` })
}

/** Under which name a file beside is put aside. */
export const asideName = ({ id }: Claim, name: string): string => `${id}-${name.slice(0, 60)}`

/** Puts what must not be read aside, out of the system's sight. */
export async function refuse(path: string, from: string | Buffer, name: string): Promise<void> {
  const { refused } = places(path)
  await ensureFolder(refused)
  for (let count = 1; ; count += 1)
    if (await moveToFree(from, join(refused, count === 1 ? name : `${name}~${count}`))) return
}
