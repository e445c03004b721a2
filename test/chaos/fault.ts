// What goes wrong on purpose, and what it takes to say that nothing came of it.
import type { Chance } from './chance.ts'
import type { Stage } from './stage.ts'

/** How faults are run. */
export interface Run {
  /** The real numbers, which may take an hour; otherwise a few of each. */
  readonly long: boolean
  /** The same seed: the same places and moments, as far as processes and networks let it. */
  readonly seed: number
  /** Told now and then how far it is. */
  readonly progress: (said: string) => void
  /** Where what is known of letters that are not where they belong is kept; absent: nowhere. */
  readonly keep?: string
}

/** What one fault is told of it. */
export interface Scale extends Pick<Run, 'long' | 'progress'> {
  readonly chance: Chance
}

/** That it struck, and how often, in a person's words. Nothing when it did not: then the run has proved nothing. */
export type Struck = string | undefined

export interface Fault {
  readonly name: string
  /** What happens, in a line. */
  readonly what: string
  /** Which installation it happens to. */
  readonly stage: StageKind
  /** Lets it happen while letters go, and ends it. The stage judges what became of them. */
  run(stage: Stage, scale: Scale): Promise<Struck>
  /** How long the letters may take after its end, in milliseconds of the machine's own time: as long as a slow one may need. */
  readonly patience?: number
}

/**
 * `one`: a gateway on SQLite in a process of its own · `small-disk`: the same on a disk of its own · `several`: gateways on PostgreSQL
 * and Redis · `days`: a gateway in this process whose clock can be moved on · `fleet`: the same with a system for each transport ·
 * `cut-off`: in a network of its own.
 */
export type StageKind = 'one' | 'small-disk' | 'several' | 'days' | 'fleet' | 'cut-off'
