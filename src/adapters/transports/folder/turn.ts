// In which order claims are offered. Of two words on one letter the later counts: it is not said before an earlier one that may come yet.
import { type Claim, eachOf, inOrder, missingOf } from './claim.ts'
import { type Offering, offer } from './offer.ts'

/** Offers claims in their order, each by way of `guard`. */
export async function offerAll<File>(
  claims: readonly Claim[],
  offering: Offering<File>,
  stopped: () => boolean,
  guard: (found: Claim, act: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { settings, verbs } = offering
  // It is still being written, perhaps. One that may not be read holds up none.
  const isResting = ({ troubled, found }: Claim): boolean =>
    troubled === '' && verbs.clock.elapsed() - found < settings.wait
  /** Earlier ones that are not taken. */
  const before: Claim[] = []
  await eachOf(inOrder(claims), settings, stopped, async (found) => {
    const waits = before.some((each) => (isUnread(each) ? isResting(each) : meet(each, found)))
    if (!waits) await guard(found, () => offer(found, offering))
    if (settings.document !== 'notice') return
    if (!isTaken(found)) return void before.push(found)
    for (const { overtaken } of before.filter(isUnread)) for (const each of found.says) overtaken.add(each)
  })
}

const isTaken = (found: Claim): boolean => found.settled || (found.offered && missingOf(found).length === 0)

const isUnread = ({ named }: Claim): boolean => named === undefined

const meet = (one: Claim, { says }: Claim): boolean => [...one.says].some((letter) => says.has(letter))
