// What is done with one claim at one look: its document is read for the names of its files, and when these are there, or
// when the wait is over, it is offered. It is settled only when nobody wrote into it up to the end.
import { attachmentName } from '../../../letter/attachments.ts'
import { printInstant } from '../../../letter/time.ts'
import { printable, problem } from '../../../problem/problem.ts'
import type { AdapterVerbs, Source } from '../../contract.ts'
import { type Claim, finish, missingOf, refuse } from './claim.ts'
import { codeOf } from './files.ts'
import type { Seen } from './names.ts'
import { changedParts, forget, keepBeside, moveBeside, readDocument, standsBeside } from './read.ts'
import type { FolderSettings } from './settings.ts'

export interface Offering {
  readonly settings: FolderSettings
  readonly verbs: AdapterVerbs
  /** The file of this name that may be taken into the claim now; nothing while it is not there or may be another letter's. */
  ready(found: Claim, name: string): Seen | undefined
  /** Called with the place of a claim that is done, to be watched for a writer who goes on. */
  watch(found: Claim, place: string): void
  /** Whether the transport is being stopped: what takes long ends. */
  stopping(): boolean
}

/** Runs `act`; what it throws is reported, and the claim stays for the next look: nothing was taken, or nobody knows. */
export async function guarded(found: Claim, verbs: AdapterVerbs, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    verbs.report('folder.not-taken', {
      claim: found.id,
      reason: codeOf(error) || (error instanceof Error ? error.name : 'unknown'),
    })
  }
}

/** Reads a claim's document for the names of the files that its letters need, once. */
export async function readNames(found: Claim, offering: Offering): Promise<void> {
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
}

/** Offers a claim when there is something new to offer. */
export async function offer(found: Claim, offering: Offering): Promise<void> {
  const { settings, verbs } = offering
  const now = verbs.clock.elapsed()
  if (found.settled || found.named === undefined || now < found.pausedUntil) return
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
  const place = await finish(found, settings.path, settings.done)
  found.settled = true
  if (place !== undefined) offering.watch(found, place)
}

/**
 * Whether somebody wrote into a part since it was read. Then the whole is read and offered once more when it has not
 * changed for a while: what was taken is answered as known, and what came later is not lost.
 */
export async function goesOn(found: Claim, folder: string, { settings, verbs }: Offering): Promise<boolean> {
  const changed = await changedParts(found, folder)
  if (changed.length === 0) return false
  verbs.report('folder.written-on', { claim: found.id })
  forget(found, changed)
  found.pausedUntil = verbs.clock.elapsed() + settings.settle
  return true
}

/** The wait is over. A claim that was found again gets some looks first, in which its files are seen and settle. */
export const isFinal = (found: Claim, { wait, settle }: FolderSettings, now: number): boolean =>
  now - found.waited >= wait &&
  (found.waited === found.found || now - found.found >= Math.min(wait, 3 * settle))

async function takeFiles(found: Claim, { settings, verbs, ready }: Offering): Promise<void> {
  for (const name of missingOf(found)) {
    if (!(await standsBeside(found, name))) {
      const seen = ready(found, name)
      if (seen === undefined || !(await moveBeside(found, settings.path, name, seen))) continue
    }
    const kept = await keepBeside(found, settings.path, name, settings.attachmentLimit, verbs)
    if (kept === 'changing') found.pausedUntil = verbs.clock.elapsed() + settings.settle
  }
}

async function documentOf(
  found: Claim,
  { settings, verbs, stopping }: Offering,
): Promise<Buffer | undefined> {
  const read = await readDocument(found, settings.limit, stopping)
  if (read.kind === 'bytes') return read.bytes
  if (read.kind === 'changing') {
    forget(found, [''])
    found.pausedUntil = verbs.clock.elapsed() + settings.settle
    return undefined
  }
  if (read.unread !== undefined) await verbs.take(unreadSource(found, read.unread, settings))
  verbs.report('folder.refused', { claim: found.id, reason: read.reason })
  await refuse(settings.path, found.folder, found.id)
  found.settled = true
  return undefined
}

/** Tells once of files that are waited for. */
export function reportWaiting(found: Claim, missing: readonly string[], verbs: AdapterVerbs): void {
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
export const sourceOf = (
  found: Claim,
  bytes: Buffer,
  { document }: FolderSettings,
  { beside, final }: Pick<Source, 'beside' | 'final'>,
): Source => {
  // Until the file came, or the wait is over, a contested name is only one that is waited for.
  const decided = [...found.contested].filter(([name]) => final || found.aside.has(name))
  return {
    document,
    name: printable(found.name),
    bytes,
    beside,
    sender: 'gone',
    handover: found.id,
    final,
    ...(decided.length > 0 && found.named !== undefined && { contested: new Map(decided) }),
  }
}
