import type { Fault } from '../fault.ts'
import { answers } from './answers.ts'
import { calls } from './calls.ts'
import { network } from './network.ts'
import { processes } from './process.ts'
import { servers } from './servers.ts'
import { times } from './time.ts'

/** Every fault, those of one stage together. */
export const faults: readonly Fault[] = [
  ...calls,
  ...answers,
  ...processes,
  ...times,
  ...servers,
  ...network,
].sort((one, other) => one.stage.localeCompare(other.stage, 'en'))
