// Looks into a folder on a server for documents and offers them: claimed by rename, fetched into the spool, offered, and
// done only after the commit. Whatever fails before leaves the claim on the server, and the claim is offered again.
import { mkdir, rm } from 'node:fs/promises'
import type { AdapterVerbs } from '../../contract.ts'
import { type Claim, claimOf, eachOf, missingOf, places, reportNobodys } from '../folder/claim.ts'
import { markContested, putContestedAside } from '../folder/contest.ts'
import { reportNames, upkeep } from '../folder/fetch.ts'
import { codeOf } from '../folder/files.ts'
import { goesOn, type Offering, readNames, readyAt } from '../folder/offer.ts'
import { Foreign } from '../folder/owner.ts'
import { Another, mustBeOurs } from '../folder/proof.ts'
import { offerAll } from '../folder/turn.ts'
import { type Looking, looking } from '../looking.ts'
import { ensureRemoteFolder, inside, isFailure, type RemoteEntry, type RemoteFailure } from './files.ts'
import { type Claims, claimRemote, newClaimId, reconcile, refuseRemote } from './folder-claim.ts'
import { observeRemote, type RemoteLook, type RemoteSeen } from './folder-names.ts'
import { ownRemote } from './folder-owner.ts'
import { remoteConsent, remoteFolderProof } from './folder-proof.ts'
import type { RemoteFolderSettings } from './folder-settings.ts'
import { forgetSpooled, guardedRemote, remoteStore } from './folder-store.ts'

/** A claim that is done is looked at so many times for a writer who goes on, once in `settle`. */
const looks = 3

interface Done {
  readonly claim: Claim
  readonly place: string
  next: number
  left: number
  /** Somebody wrote into it: it is taken back even when the connection breaks meanwhile. */
  written: boolean
}

export function remoteFolderFetch(settings: RemoteFolderSettings): Looking {
  const { files, path, place, pattern, every, settle, spool } = settings
  const channel = settings.document === 'letter' ? 'send' : 'sendNotices'
  let look: RemoteLook = { files: new Map(), unreadable: 0, cut: 0 }
  let claims: Claims = { open: [], foreign: new Set() }
  let done: Done[] = []
  let first = true
  /** Claims whose making a lost connection broke off. */
  const begun = new Set<string>()
  let prepared = false
  /** When everything was looked at, elapsed; nothing while the last look failed. */
  let looked: number | undefined
  const repeated = looking({
    look: round,
    every,
    failed: { event: 'folder.failed', facts: { channel, path } },
    // A server that does not answer holds up nobody else's start.
    waits: false,
  })
  const { stopped } = repeated
  const proof = remoteFolderProof(files, path, place)
  let troubled = ''

  async function prepare(): Promise<void> {
    if (first) await rm(spool, { recursive: true, force: true })
    await mkdir(spool, { recursive: true, mode: 0o700 })
    await ensureRemoteFolder(files, path, '.saraban')
    await ensureRemoteFolder(files, places(path).own, 'claimed')
    prepared = true
  }

  /**
   * What stands in the folder, where nothing is under way: with no document among it there is nothing to do, so that a folder
   * in which nothing happens costs one listing.
   */
  async function glance(verbs: AdapterVerbs): Promise<readonly RemoteEntry[] | undefined> {
    const last = looked
    const busy = claims.open.length > 0 || done.length > 0 || begun.size > 0
    if (busy || last === undefined || verbs.clock.elapsed() - last >= upkeep) return undefined
    return files.list(path)
  }

  async function once(verbs: AdapterVerbs): Promise<void> {
    const began = verbs.clock.elapsed()
    const glanced = await glance(verbs)
    const stands = glanced?.some(({ name }) => name === '.saraban') === true
    if (glanced !== undefined && stands && !glanced.some(({ name }) => pattern.test(name))) {
      see(glanced, verbs)
      return
    }
    looked = undefined
    // At each look: what stands on the server may be changed by others at any time.
    const consent = remoteConsent(files, path)
    mustBeOurs(await proof(verbs.marks, consent), path)
    if (!prepared) await prepare()
    if (verbs.installation !== undefined) await ownRemote(files, path, verbs.installation, consent)
    await consent.spend()
    const { gone, nobodys, ...found } = await reconcile(
      files,
      path,
      claims,
      settings,
      verbs.clock,
      (id) => first || begun.has(id),
    )
    // What another profile claims while this one runs is its own.
    if (first) reportNobodys(nobodys, verbs)
    claims = found
    first = false
    await letGo(gone, verbs)
    see(glanced ?? (await files.list(path)), verbs)
    const listed = look.files
    const settled = (name: string): RemoteSeen | undefined => {
      const seen = listed.get(name)
      const quiet = seen === undefined ? 0 : verbs.clock.elapsed() - seen.since
      // Two looks at least, however short `settle` is.
      return quiet > 0 && quiet >= settle ? seen : undefined
    }
    const unclaimed = new Set([...listed.keys()].filter((each) => pattern.test(each)))
    for (const name of [...unclaimed].sort()) {
      const seen = settled(name)
      if (seen === undefined || stopped()) continue
      const id = newClaimId(verbs.clock.now(), settings.whose)
      begun.add(id)
      const taken = await claimRemote(files, path, id, name, seen, verbs.clock, settle)
      if (taken !== undefined) claims.open.push(taken)
      begun.delete(id)
      unclaimed.delete(name)
    }
    const offering: Offering<RemoteSeen> = {
      settings,
      verbs,
      store: remoteStore(settings, verbs),
      ready: readyAt(settings, () => verbs.clock.elapsed(), listed, settled, unclaimed),
      watch: (claim, place) =>
        done.push({ claim, place, next: verbs.clock.elapsed() + settle, left: looks, written: false }),
    }
    await takeBack(offering)
    const forbidden: RemoteFailure[] = []
    const guard = async (claim: Claim, act: () => Promise<void>): Promise<void> => {
      const failure = await guardedRemote(claim, verbs, act)
      if (failure !== undefined) forbidden.push(failure)
    }
    await eachOf(claims.open, settings, stopped, (claim) => guard(claim, () => readNames(claim, offering)))
    markContested(claims.open)
    await putContestedAside(claims.open, settled, verbs, away)
    await offerAll(claims.open, offering, stopped, guard)
    claims = { ...claims, open: claims.open.filter((claim) => !claim.settled) }
    looked = began
    // All that may be read was offered; the rest stands in no list, so that the place itself is told until somebody gives the rights.
    if (forbidden[0] !== undefined) throw forbidden[0]
  }

  function see(entries: readonly RemoteEntry[], verbs: AdapterVerbs): void {
    const before = look
    const wanted = new Set(claims.open.flatMap(missingOf))
    look = observeRemote(entries, before, verbs.clock.elapsed(), pattern, wanted)
    reportNames(before, look, verbs)
  }

  /** Claims that do not stand on the server any more: done by a rename whose answer was lost, or taken away by somebody. */
  async function letGo(gone: readonly Claim[], verbs: AdapterVerbs): Promise<void> {
    for (const claim of gone) {
      if (!claim.offered) verbs.report('folder.refused', { claim: claim.id, reason: 'its claim is gone' })
      await forgetSpooled(claim, settings)
    }
  }

  /** Moves a contested file aside; false when it is gone. */
  async function away(_seen: RemoteSeen, as: string, name: string): Promise<boolean> {
    const from = inside(path, name)
    try {
      await refuseRemote(files, path, from, as)
      return true
    } catch (error) {
      if (!isFailure(error) || error.lost || (await files.sizeOf(from)) !== undefined) throw error
      return false
    }
  }

  /** A claim that is done and was written into since becomes a claim again. */
  async function takeBack(offering: Offering<RemoteSeen>): Promise<void> {
    const now = offering.verbs.clock.elapsed()
    for (const one of done.filter(({ next }) => next <= now)) {
      const { claim: old, place } = one
      try {
        one.written ||= await goesOn(old, place, offering)
        if (one.written) {
          await files.rename(place, old.folder)
          const again = claimOf(old.id, old.folder, old.name, old.since, now, old)
          again.pausedUntil = old.pausedUntil
          claims.open.push(again)
        }
        one.left = one.written ? 0 : one.left - 1
      } catch (error) {
        if (!isFailure(error) || error.lost) throw error
        // Somebody took the whole of it away.
        one.left = 0
      }
      one.next = now + settle
    }
    done = done.filter(({ left }) => left > 0)
  }

  async function round(verbs: AdapterVerbs): Promise<undefined> {
    try {
      await once(verbs)
      if (troubled !== '') verbs.report('folder.available', { channel, path })
      troubled = ''
    } catch (error) {
      const code = codeOf(error)
      if (code === '') throw error
      prepared = false
      looked = undefined
      const said = isFailure(error) ? { said: error.said } : {}
      const reason = error instanceof Foreign || error instanceof Another ? error.message : code
      // Once for each trouble, not at every look.
      if (troubled !== code && !stopped())
        verbs.report('folder.unavailable', { channel, path, reason, ...said })
      troubled = code
    }
    return undefined
  }

  return repeated
}
