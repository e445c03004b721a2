// The fleet: every provincial system of the sandbox. Which province runs what was never published: all of it is illustrative.
import { members as csvFolder } from './csv-folder/csv-folder.ts'
import type { FleetMember } from './member.ts'
import { ecmsSoap, jsonOverHttp } from './three.ts'

const members: readonly FleetMember[] = [...csvFolder]

/** The short demonstration's own, for provinces whose member is still to come. */
const standIns = [ecmsSoap, jsonOverHttp('chiang-rai')].filter(
  ({ office }) => !members.some((member) => member.office === office),
)

export const fleet: readonly FleetMember[] = [...members, ...standIns]
