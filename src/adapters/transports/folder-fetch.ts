// Looks into a folder for documents and offers them. A file is claimed when it has not changed for a while, and done only
// after the commit: whatever fails before leaves the claim, and the claim is offered again.
import { rename } from 'node:fs/promises'
import type { AdapterVerbs } from '../contract.ts'
import { type Claim, claim, claimOf, claimsLeft, missingOf, places } from './folder-claim.ts'
import { markContested, putContestedAside } from './folder-contest.ts'
import { codeOf, ensureFolder } from './folder-files.ts'
import { type Look, nothingSeen, observe, type Seen } from './folder-names.ts'
import { goesOn, guarded, isFinal, type Offering, offer, readNames } from './folder-offer.ts'
import type { FolderSettings } from './folder-settings.ts'

/** Claims that are worked on at the same time, so that their commits can be one group. */
const together = 8
/** A claim that is done is watched for a writer who goes on, for so many times `settle`. */
const watched = 12

interface Done {
  readonly claim: Claim
  readonly place: string
  readonly until: number
}

export function folderFetch(settings: FolderSettings): {
  start(verbs: AdapterVerbs): Promise<void>
  stop(): Promise<void>
} {
  const { path, pattern, every, settle } = settings
  const channel = settings.document === 'letter' ? 'send' : 'sendNotices'
  let seen: Look = nothingSeen
  let claims: Claim[] | undefined
  let done: Done[] = []
  let running: Promise<void> = Promise.resolve()
  let cancel: () => void = () => undefined
  let stopped = true
  let troubled = ''

  async function once(verbs: AdapterVerbs): Promise<void> {
    await ensureFolder(places(path).own)
    await ensureFolder(places(path).claimed)
    claims ??= await claimsLeft(path, pattern, verbs.clock.now())
    const before = seen
    seen = await observe(path, before, verbs.clock.now(), pattern, new Set(claims.flatMap(missingOf)))
    reportNames(before, seen, verbs)
    const { files } = seen
    const settled = (name: string): Seen | undefined => {
      const found = files.get(name)
      return found !== undefined && verbs.clock.now() - found.since >= settle ? found : undefined
    }
    const unclaimed = new Set([...files.keys()].filter((each) => pattern.test(each)))
    for (const name of [...unclaimed].sort()) {
      const found = settled(name)
      if (found === undefined) continue
      const taken = await claim(path, name, found, verbs.clock.now(), settle)
      if (taken !== undefined) claims.push(taken)
      unclaimed.delete(name)
    }
    const offering: Offering = {
      settings,
      verbs,
      ready: (found, name) => {
        const file = settled(name)
        if (file === undefined || found.contested.has(name)) return undefined
        // A file that came after its document may belong to one that is still being written: that one may name it too.
        const late = file.since > found.since && !isFinal(found, settings, verbs.clock.now())
        const others = late
          ? [...unclaimed].filter((each) => (files.get(each)?.first ?? 0) <= file.since + settle)
          : []
        return others.length > 0 ? undefined : file
      },
      watch: (found, place) => {
        done.push({ claim: found, place, until: verbs.clock.now() + watched * settle })
      },
    }
    await takeBack(offering)
    const open = claims
    await each(open, (found) => guarded(found, verbs, () => readNames(found, offering)))
    markContested(open)
    await putContestedAside(open, path, settled, verbs)
    await each(open, (found) => guarded(found, verbs, () => offer(found, offering)))
    claims = open.filter((found) => !found.settled)
  }

  async function each(open: readonly Claim[], act: (found: Claim) => Promise<void>): Promise<void> {
    for (let start = 0; start < open.length && !stopped; start += together)
      await Promise.all(open.slice(start, start + together).map(act))
  }

  /** A claim that is done and was written into since becomes a claim again. */
  async function takeBack(offering: Offering): Promise<void> {
    const now = offering.verbs.clock.now()
    const still: Done[] = []
    for (const each of done) {
      const { claim: old, place, until } = each
      if (!(await goesOn(old, place, offering))) {
        if (now < until) still.push(each)
        continue
      }
      await rename(place, old.folder)
      const again = claimOf(old.id, old.folder, old.name, old.since, now)
      again.pausedUntil = old.pausedUntil
      claims?.push(again)
    }
    done = still
  }

  async function round(verbs: AdapterVerbs): Promise<void> {
    try {
      await once(verbs)
      if (troubled !== '') verbs.report('folder.available', { channel, path })
      troubled = ''
    } catch (error) {
      const code = codeOf(error)
      if (code === '') throw error
      // Once for each trouble, not at every look.
      if (troubled !== code) verbs.report('folder.unavailable', { channel, path, reason: code })
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

/** What a look could not see, said when it changes. */
function reportNames(before: Look, now: Look, verbs: AdapterVerbs): void {
  if (now.unreadable > 0 && now.unreadable !== before.unreadable)
    verbs.report('folder.name-unreadable', { count: now.unreadable })
  if (now.cut > 0 && before.cut === 0) verbs.report('folder.names-cut', { count: now.cut })
}
