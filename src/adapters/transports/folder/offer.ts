// What is done with one claim at one look: its document is read for the names of its files, and when these are there, or
// when the wait is over, it is offered. It is settled only when nobody wrote into it up to the end.
import { attachmentName } from '../../../letter/attachments.ts'
import { printInstant } from '../../../letter/time.ts'
import { printable, problem } from '../../../problem/problem.ts'
import type { AdapterVerbs, Source } from '../../contract.ts'
import { type Claim, lettersIn, missingOf } from './claim.ts'
import { codeOf } from './files.ts'
import { type DocumentRead, forget } from './read.ts'
import type { FolderSettings } from './settings.ts'

/** What was kept longer ago, in milliseconds, is kept anew before it is offered: the gateway holds for a day what no letter names. */
const keptFor = 6 * 3_600_000

/** What stands in a folder under one name, as far as offering goes by it. Elapsed milliseconds. */
export interface Standing {
  /** When it was first seen under this name, and since when it is as it is. */
  readonly first: number
  readonly since: number
}

/** What is done with a claim where it stands: on our own disk, or on a server. */
export interface ClaimStore<File> {
  /** The document's bytes, unless it is still being written, is larger than the limit, or is no regular file. */
  readDocument(found: Claim): Promise<DocumentRead>
  /** Which of these files were moved into the claim already, by an attempt that did not end. */
  standing(found: Claim, names: readonly string[]): Promise<ReadonlySet<string>>
  /** Moves a file that was seen in the folder into the claim. False when it is gone or is another file by now. */
  moveBeside(found: Claim, name: string, seen: File): Promise<boolean>
  /** Brings a file of the claim into the gateway's keeping. What is too large or no regular file is put aside. */
  keepBeside(found: Claim, name: string): Promise<'kept' | 'changing' | 'refused'>
  /** The parts of a claim (`''`: the document) that are not what they were when they were read. */
  changedParts(found: Claim, folder: string): Promise<readonly string[]>
  /** The commit stands, nothing is offered again. Answers where the claim stands now; nothing when deleted. */
  finish(found: Claim): Promise<string | undefined>
  /** Puts what must not be read aside, out of the system's sight. */
  refuse(found: Claim): Promise<void>
}

export interface Offering<File> {
  readonly settings: FolderSettings
  readonly verbs: AdapterVerbs
  readonly store: ClaimStore<File>
  /** The file of this name that may be taken into the claim now; nothing while it is not there or may be another letter's. */
  ready(found: Claim, name: string): File | undefined
  /** Called with the place of a claim that is done, to be watched for a writer who goes on. */
  watch(found: Claim, place: string): void
}

/** `Offering.ready` at one look: `settled` are the files at rest, `unclaimed` the documents that still settle. */
export const readyAt =
  <File extends Standing>(
    settings: FolderSettings,
    now: () => number,
    files: ReadonlyMap<string, File>,
    settled: (name: string) => File | undefined,
    unclaimed: ReadonlySet<string>,
  ): Offering<File>['ready'] =>
  (found, name) => {
    const file = settled(name)
    if (file === undefined || found.contested.has(name)) return undefined
    // A file that did not stand there before its document may belong to one that is still being written: that one may
    // name it too.
    const late = file.since >= found.first && !isFinal(found, settings, now())
    // What came up to `settle` after it may have been seen one look later.
    const until = file.since + settings.settle + settings.every
    const others = [...unclaimed].filter((each) => (files.get(each)?.first ?? 0) <= until)
    return late && others.length > 0 ? undefined : file
  }

/**
 * Runs `act`; what it throws is reported, once for each trouble, and the claim stays for the next look: nothing was taken, or nobody
 * knows. Answers the system's code where a part of the claim itself may not be read or moved, which only a person can mend.
 */
export async function guarded(
  found: Claim,
  verbs: AdapterVerbs,
  act: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    const reason = codeOf(error) || (error instanceof Error ? error.name : 'unknown')
    if (found.troubled !== reason) verbs.report('folder.not-taken', { claim: found.id, reason })
    found.troubled = reason
    const { path } = error as NodeJS.ErrnoException
    const own = typeof path === 'string' && path.startsWith(found.folder)
    return own && ['EACCES', 'EPERM'].includes(reason) ? reason : undefined
  }
}

/** Reads a claim's document for the names of the files that its letters need, once. */
export async function readNames<File>(found: Claim, offering: Offering<File>): Promise<void> {
  const { settings, verbs } = offering
  const now = verbs.clock.elapsed()
  if (found.named !== undefined || now < found.pausedUntil) return
  const bytes = await documentOf(found, offering)
  if (bytes === undefined) return
  // A last row without an end may be half a row: it is given as much time again as a file that changes.
  const quiet = Math.max(found.found, found.pausedUntil)
  if (settings.form.unended?.(bytes) === true && now - quiet < settings.settle) return
  const items = await settings.form.read(
    sourceOf(found, bytes, settings, { beside: new Map(), final: false }),
  )
  const missing = items.flatMap((item) => (item.kind === 'waiting' ? item.missing : []))
  // Whatever a form lets through: only a plain name may become a path here (attacks T5).
  found.named = [...new Set(missing)].filter((name) => attachmentName(name).ok)
  found.says = lettersIn(items)
}

/** Offers a claim when there is something new to offer. */
export async function offer<File>(found: Claim, offering: Offering<File>): Promise<void> {
  const { settings, verbs, store } = offering
  const now = verbs.clock.elapsed()
  if (found.settled || found.named === undefined || now < found.pausedUntil) return
  found.looked ??= now
  if (found.keptAt !== undefined && now - found.keptAt >= keptFor) {
    forget(found, [...found.beside.keys()])
    found.keptAt = undefined
  }
  await takeFiles(found, offering)
  if (now < found.pausedUntil) return
  const missing = missingOf(found)
  const final = isFinal(found, settings, now)
  const whole = missing.length === 0
  if (!whole) reportWaiting(found, missing, verbs)
  if (!whole && !final && found.offered) return
  if (await goesOn(found, found.folder, offering)) return
  const bytes = await documentOf(found, offering)
  if (bytes === undefined) return
  const last = whole || final
  await verbs.take(sourceOf(found, bytes, settings, { beside: found.beside, final: last }))
  found.offered = true
  if (!last || (await goesOn(found, found.folder, offering))) return
  const place = await store.finish(found)
  found.settled = true
  if (place !== undefined) offering.watch(found, place)
}

/**
 * Whether somebody wrote into a part since it was read. Then the whole is read and offered once more when it has not
 * changed for a while: what was taken is answered as known, and what came later is not lost.
 */
export async function goesOn<File>(
  found: Claim,
  folder: string,
  { settings, verbs, store }: Offering<File>,
): Promise<boolean> {
  const changed = await store.changedParts(found, folder)
  if (changed.length === 0) return false
  verbs.report('folder.written-on', { claim: found.id })
  forget(found, changed)
  found.pausedUntil = verbs.clock.elapsed() + settings.settle
  return true
}

/**
 * The wait is over. A claim that was found again gets some looks first, in which its files are seen and settle: it counts from the
 * first of them, which may be long after it was found where the disk or the journal is slow.
 */
const isFinal = (found: Claim, { wait, settle }: FolderSettings, now: number): boolean =>
  now - found.waited >= wait &&
  (found.waited === found.found || now - (found.looked ?? now) >= Math.min(wait, 3 * settle))

async function takeFiles<File>(
  found: Claim,
  { settings, verbs, store, ready }: Offering<File>,
): Promise<void> {
  const missing = missingOf(found)
  if (missing.length === 0) return
  const now = verbs.clock.elapsed()
  const standing = await store.standing(found, missing)
  for (const name of missing) {
    if (!standing.has(name)) {
      const seen = ready(found, name)
      if (seen === undefined || !(await store.moveBeside(found, name, seen))) continue
    }
    const kept = await store.keepBeside(found, name)
    found.keptAt ??= now
    if (kept === 'changing') found.pausedUntil = verbs.clock.elapsed() + settings.settle
  }
}

async function documentOf<File>(
  found: Claim,
  { settings, verbs, store }: Offering<File>,
): Promise<Buffer | undefined> {
  const read = await store.readDocument(found)
  if (read.kind === 'bytes') return read.bytes
  if (read.kind === 'changing') {
    forget(found, [''])
    found.pausedUntil = verbs.clock.elapsed() + settings.settle
    return undefined
  }
  if (read.unread !== undefined) await verbs.take(unreadSource(found, read.unread, settings))
  verbs.report('folder.refused', { claim: found.id, reason: read.reason })
  await store.refuse(found)
  found.settled = true
  return undefined
}

/** Tells once of files that are waited for. */
function reportWaiting(found: Claim, missing: readonly string[], verbs: AdapterVerbs): void {
  const names = missing.join('/')
  if (found.reported === names) return
  found.reported = names
  verbs.report('source.waiting', {
    // File names may say what a secret letter is about: the claim's folder holds them (attacks T11).
    claim: found.id,
    missing: missing.length,
    since: printInstant(found.since),
  })
}

/** A claim whose document is too large to be read, as a source: for the quarantine. */
const unreadSource = (
  found: Claim,
  unread: NonNullable<Source['unread']>,
  settings: FolderSettings,
): Source => ({
  ...sourceOf(found, Buffer.alloc(0), settings, { beside: new Map(), final: true }),
  unread,
  doubts: [
    problem('adapter.folder.too-large', '', printable(found.name), {
      size: unread.size,
      limit: settings.limit,
      place: `.saraban/refused/${found.id}`,
    }),
  ],
})

/** A claim as a source. */
const sourceOf = (
  found: Claim,
  bytes: Buffer,
  { document }: FolderSettings,
  { beside, final }: Pick<Source, 'beside' | 'final'>,
): Source => {
  // Until the file came, or the wait is over, a contested name is only one that is waited for.
  const decided = [...found.contested].filter(([name]) => final || found.aside.has(name))
  const overtaken = [...found.says].filter((letter) => found.overtaken.has(letter))
  return {
    document,
    name: printable(found.name),
    bytes,
    beside,
    sender: 'gone',
    handover: found.id,
    final,
    ...(decided.length > 0 && found.named !== undefined && { contested: new Map(decided) }),
    ...(found.large.size > 0 && { large: found.large }),
    ...(overtaken.length > 0 && { doubts: [problem('adapter.folder.overtaken', '', overtaken.join(', '))] }),
  }
}
