// Looks into a folder for documents and offers them. A file is claimed when it has not changed for a while, and done only
// after the commit: whatever fails before leaves the claim, and the claim is offered again.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { printable } from '../../problem/problem.ts'
import type { AdapterVerbs, Source } from '../contract.ts'
import type { DocumentForm } from '../formats/format.ts'
import {
  type Claim,
  claim,
  claimsLeft,
  finish,
  places,
  readDocument,
  refuse,
  takeBeside,
} from './folder-claim.ts'
import { codeOf, ensureFolder, look } from './folder-files.ts'

export interface FolderSettings {
  readonly path: string
  readonly document: 'letter' | 'notice'
  readonly form: DocumentForm
  readonly pattern: RegExp
  /** Milliseconds, as are `settle` and `wait`. */
  readonly every: number
  readonly settle: number
  readonly wait: number
  readonly done: 'rename' | 'delete'
  /** Bytes. */
  readonly limit: number
  readonly attachmentLimit: number
}

interface Seen {
  readonly size: number
  readonly changed: number
  readonly inode: number
  readonly since: number
}

/** Claims that are worked on at the same time, so that their commits can be one group. */
const together = 8
/** Names of one folder that are looked at in one look. */
const most = 20_000

export function folderFetch(settings: FolderSettings): {
  start(verbs: AdapterVerbs): Promise<void>
  stop(): Promise<void>
} {
  const { path, pattern, every, settle } = settings
  let seen: ReadonlyMap<string, Seen> = new Map()
  let claims: Claim[] | undefined
  let running: Promise<void> = Promise.resolve()
  let cancel: () => void = () => undefined
  let stopped = true
  let troubled = ''

  async function once(verbs: AdapterVerbs): Promise<void> {
    await prepare(path)
    claims ??= await claimsLeft(path, verbs.clock.now())
    seen = await observe(path, seen, verbs.clock.now())
    const settled = (name: string): boolean => {
      const found = seen.get(name)
      return found !== undefined && verbs.clock.now() - found.since >= settle
    }
    for (const name of [...seen.keys()].filter((each) => pattern.test(each) && settled(each)).sort()) {
      const taken = await claim(path, name, verbs.clock.now())
      if (taken !== undefined) claims.push(taken)
    }
    const open = claims
    for (let start = 0; start < open.length && !stopped; start += together)
      await Promise.all(
        open.slice(start, start + together).map((each) => attempt(each, settings, settled, verbs)),
      )
    claims = open.filter((each) => !each.settled)
  }

  async function round(verbs: AdapterVerbs): Promise<void> {
    try {
      await once(verbs)
      troubled = ''
    } catch (error) {
      const code = codeOf(error)
      if (code === '') throw error
      // Once for each trouble, not at every look.
      if (troubled !== code) verbs.report('folder.unavailable', { reason: code })
      troubled = code
    }
  }

  function next(verbs: AdapterVerbs): void {
    if (stopped) return
    cancel = verbs.clock.schedule(verbs.clock.now() + every, () => {
      running = round(verbs)
        .catch((error: unknown) =>
          verbs.report('folder.failed', { reason: error instanceof Error ? error.name : 'unknown' }),
        )
        .then(() => next(verbs))
    })
  }

  return {
    start: async (verbs) => {
      stopped = false
      running = round(verbs)
      await running
      next(verbs)
    },
    stop: async () => {
      stopped = true
      cancel()
      await running
    },
  }
}

async function prepare(path: string): Promise<void> {
  const { own, claimed } = places(path)
  await ensureFolder(own)
  await ensureFolder(claimed)
}

/** Regular files and since when each is as it is; names that begin with a dot are somebody's own. */
async function observe(
  path: string,
  before: ReadonlyMap<string, Seen>,
  now: number,
): Promise<ReadonlyMap<string, Seen>> {
  const after = new Map<string, Seen>()
  for (const name of (await readdir(path)).slice(0, most)) {
    if (name.startsWith('.')) continue
    const stats = await look(join(path, name))
    if (stats?.isFile() !== true) continue
    const old = before.get(name)
    const same =
      old !== undefined && old.size === stats.size && old.changed === stats.mtimeMs && old.inode === stats.ino
    after.set(name, {
      size: stats.size,
      changed: stats.mtimeMs,
      inode: stats.ino,
      since: same ? old.since : now,
    })
  }
  return after
}

async function attempt(
  found: Claim,
  settings: FolderSettings,
  settled: (name: string) => boolean,
  verbs: AdapterVerbs,
): Promise<void> {
  try {
    found.settled = await offer(found, settings, settled, verbs)
  } catch (error) {
    // Nothing was taken, or nobody knows: the claim stays and is offered at the next look.
    verbs.report('folder.not-taken', {
      claim: found.id,
      reason: codeOf(error) || (error instanceof Error ? error.name : 'unknown'),
    })
  }
}

/** True when the claim is settled. */
async function offer(
  found: Claim,
  settings: FolderSettings,
  settled: (name: string) => boolean,
  verbs: AdapterVerbs,
): Promise<boolean> {
  const { path, form, limit, attachmentLimit } = settings
  const final = verbs.clock.now() - found.since >= settings.wait
  const waited = found.missing
  if (found.offered && waited.length > 0 && !final && !found.again && !waited.some(settled)) return false
  const read = await readDocument(found, limit)
  if (read.kind === 'changing') return false
  if (read.kind === 'refused') {
    verbs.report('folder.refused', { claim: found.id, reason: read.reason })
    await refuse(path, found.folder, found.id)
    return true
  }
  const source = (last: boolean): Source => ({
    document: settings.document,
    name: printable(found.name),
    bytes: read.bytes,
    beside: found.beside,
    sender: 'gone',
    final: last,
  })
  const missingNow = async (): Promise<readonly string[]> => {
    const items = await form.read(source(false))
    return [...new Set(items.flatMap((item) => (item.kind === 'waiting' ? item.missing : [])))]
  }
  found.again = false
  for (const name of await missingNow()) await takeBeside(found, path, name, settled, attachmentLimit, verbs)
  found.missing = await missingNow()
  const whole = found.missing.length === 0
  if (!whole && !final && found.offered) return false
  await verbs.take(source(whole || final))
  found.offered = true
  if (!whole && !final) return false
  await finish(found, path, settings.done)
  return true
}
