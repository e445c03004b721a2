// The systems look for what has come, again and again: often while letters are on their way, seldom when nothing happens.
import type { OfficeId } from '../../letter/offices.ts'
import type { Clock, Instant } from '../../letter/time.ts'
import type { OfficeSystem } from '../../sandbox/systems/system.ts'

/** How long between two looks of one system, in milliseconds. A person would look twice a day. */
const often = 1_000
const seldom = 10_000
/** For how long after something happened letters count as on their way, in milliseconds. */
const lively = 60_000

export interface Looking {
  /** For how long no book has grown, in milliseconds. */
  quietFor(): number
  /** Why the last look of an office failed, if it did. */
  troubleOf(office: OfficeId): string | undefined
  /** Resolves when no look is under way. */
  stop(): Promise<void>
}

/** `others`: how much else there is in books, that counts as something happening. */
export function startLooking(systems: readonly OfficeSystem[], clock: Clock, others: () => number): Looking {
  const troubles = new Map<OfficeId, string>()
  let on = true
  let known = 0
  let changed: Instant = clock.now()
  const quietFor = (): number => {
    const all = systems.reduce((sum, system) => sum + system.entries.length, others())
    if (all !== known) changed = clock.now()
    known = all
    return clock.now() - changed
  }

  async function look(system: OfficeSystem): Promise<void> {
    try {
      await system.look()
      troubles.delete(system.office)
    } catch (error) {
      troubles.set(
        system.office,
        `it could not look: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  async function goOn(system: OfficeSystem, first: Instant): Promise<void> {
    let next = first
    while (on) {
      // In short steps, so that all look at once again when something happens.
      await new Promise<void>((go) => clock.schedule(clock.now() + often / 2, go))
      const lazy = quietFor() > lively ? seldom - often : 0
      if (!on || clock.now() < next + lazy) continue
      await look(system)
      next = clock.now() + often
    }
  }
  // Not all at once.
  const rounds = systems.map((system, index) => goOn(system, clock.now() + (often * index) / systems.length))
  return {
    quietFor,
    troubleOf: (office) => troubles.get(office),
    async stop() {
      on = false
      await Promise.all(rounds)
    },
  }
}
