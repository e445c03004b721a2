// Looks into a folder for documents and offers them. A file is claimed when it has not changed for a while, and done only
// after the commit: whatever fails before leaves the claim, and the claim is offered again.
import { readdir } from 'node:fs/promises'
import type { AdapterVerbs } from '../../contract.ts'
import { type Looking, looking } from '../looking.ts'
import {
  type Claim,
  type Claims,
  claim,
  claimOf,
  eachOf,
  missingOf,
  places,
  reconcile,
  refuse,
  reportNobodys,
} from './claim.ts'
import { markContested, putContestedAside } from './contest.ts'
import { codeOf, ensureFolder, renameToFree } from './files.ts'
import { holds, type Look, nothingSeen, observe, type Seen } from './names.ts'
import { goesOn, guarded, type Offering, readNames, readyAt } from './offer.ts'
import { Foreign, own } from './owner.ts'
import { Another, folderConsent, folderProof, mustBeOurs } from './proof.ts'
import type { FolderSettings } from './settings.ts'
import { localStore } from './store.ts'
import { offerAll } from './turn.ts'

/** How often the gateway's own folders are looked at where there is nothing to do, in milliseconds. */
export const upkeep = 60_000
/** A claim that is done is watched for a writer who goes on, for so many times `settle`. */
const watched = 12

interface Done {
  readonly claim: Claim
  readonly place: string
  readonly until: number
}

export function folderFetch(settings: FolderSettings): Looking {
  const { path, place, pattern, every, settle } = settings
  const channel = settings.document === 'letter' ? 'send' : 'sendNotices'
  let seen: Look = nothingSeen
  let claims: Claims = { open: [], others: new Set() }
  /** Nothing was looked at yet. */
  let first = true
  /** When everything was looked at, elapsed; nothing while the last look failed. */
  let looked: number | undefined
  let done: Done[] = []
  const repeated = looking({
    look: round,
    every,
    failed: { event: 'folder.failed', facts: { channel, path } },
  })
  const { stopped } = repeated
  const proof = folderProof(path, place)
  let troubled = ''

  /** Whether there is nothing to do, so that a folder in which nothing happens costs two listings. */
  async function idle(now: number): Promise<boolean> {
    const last = looked
    looked = undefined
    const busy = claims.open.length > 0 || done.length > 0
    if (busy || last === undefined || now - last >= upkeep || (await holds(path, pattern))) return false
    // A claim that somebody took away may come back.
    const claimed = await readdir(places(path).claimed).catch(() => undefined)
    if (claimed?.every((id) => claims.others.has(id)) !== true) return false
    looked = last
    // What lay here is gone: a new file of an old name has not settled yet.
    seen = { ...seen, files: nothingSeen.files }
    return true
  }

  async function once(verbs: AdapterVerbs): Promise<void> {
    const { clock } = verbs
    const began = clock.elapsed()
    if (await idle(began)) return
    const consent = folderConsent(path)
    mustBeOurs(await proof(verbs.marks, consent), path)
    await ensureFolder(places(path).own)
    if (verbs.installation !== undefined) await own(path, verbs.installation, consent)
    await consent.spend()
    await ensureFolder(places(path).claimed)
    const { gone, nobodys, ...found } = await reconcile(path, claims, settings, clock, first)
    reportNobodys(nobodys, verbs)
    for (const { id } of gone) verbs.report('folder.refused', { claim: id, reason: 'its claim is gone' })
    claims = found
    first = false
    const { open } = claims
    const before = seen
    seen = await observe(path, before, clock.elapsed(), pattern, new Set(open.flatMap(missingOf)))
    reportNames(before, seen, verbs)
    const { files } = seen
    const settled = (name: string): Seen | undefined => {
      const file = files.get(name)
      return file !== undefined && clock.elapsed() - file.since >= settle ? file : undefined
    }
    const unclaimed = new Set([...files.keys()].filter((each) => pattern.test(each)))
    for (const name of [...unclaimed].sort()) {
      const file = settled(name)
      if (file === undefined) continue
      const taken = await claim(path, name, file, clock, settings)
      if (taken !== undefined) open.push(taken)
      unclaimed.delete(name)
    }
    const offering: Offering<Seen> = {
      settings,
      verbs,
      store: localStore(settings, verbs, stopped),
      ready: readyAt(settings, () => clock.elapsed(), files, settled, unclaimed),
      watch: (found, place) => {
        done.push({ claim: found, place, until: clock.elapsed() + watched * settle })
      },
    }
    await takeBack(offering)
    const forbidden: string[] = []
    const guard = async (found: Claim, act: () => Promise<void>): Promise<void> => {
      const code = await guarded(found, verbs, act)
      if (code !== undefined) forbidden.push(code)
    }
    await eachOf(open, settings, stopped, (found) => guard(found, () => readNames(found, offering)))
    markContested(open)
    await putContestedAside(open, settled, verbs, async ({ place }, name) => {
      try {
        await refuse(path, place, name)
        return true
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return false
        throw error
      }
    })
    await offerAll(open, offering, stopped, guard)
    claims = { ...claims, open: open.filter((found) => !found.settled) }
    looked = began
    // All that may be read was offered; the rest stands in no list, so that the place itself is told until somebody gives the rights.
    const [code] = forbidden
    if (code !== undefined) throw Object.assign(new Error('a document may not be read'), { code })
  }

  /** A claim that is done and was written into since becomes a claim again. */
  async function takeBack(offering: Offering<Seen>): Promise<void> {
    const now = offering.verbs.clock.elapsed()
    const still: Done[] = []
    for (const each of done) {
      const { claim: old, place, until } = each
      if (!(await goesOn(old, place, offering))) {
        if (now < until) still.push(each)
        continue
      }
      await renameToFree(place, old.folder)
      const again = claimOf(old.id, old.folder, old.name, old.since, now, old)
      again.pausedUntil = old.pausedUntil
      claims.open.push(again)
    }
    done = still
  }

  async function round(verbs: AdapterVerbs): Promise<undefined> {
    try {
      await once(verbs)
      if (troubled !== '') verbs.report('folder.available', { channel, path })
      troubled = ''
    } catch (error) {
      const code = codeOf(error)
      if (code === '') throw error
      const told = error instanceof Foreign || error instanceof Another
      // Once for each trouble, not at every look.
      if (troubled !== code)
        verbs.report('folder.unavailable', { channel, path, reason: told ? error.message : code })
      troubled = code
    }
    return undefined
  }

  return repeated
}

type Names = Pick<Look, 'unreadable' | 'cut'>

/** What a look could not see, said when it changes. */
export function reportNames(before: Names, now: Names, verbs: AdapterVerbs): void {
  if (now.unreadable > 0 && now.unreadable !== before.unreadable)
    verbs.report('folder.name-unreadable', { count: now.unreadable })
  if (now.cut > 0 && before.cut === 0) verbs.report('folder.names-cut', { count: now.cut })
}
