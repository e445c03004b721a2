// The fleet: every provincial system of the sandbox. Which province runs what was never published: all of it is illustrative.
import { members as csvFolder } from './csv-folder/csv-folder.ts'
import type { FleetMember } from './member.ts'

export const fleet: readonly FleetMember[] = [...csvFolder]
