// The fleet: every provincial system of the sandbox. Which province runs what was never published: all of it is illustrative.
import { members as csvFolder } from './csv-folder/csv-folder.ts'
import { members as databases } from './databases/members.ts'
import { members as dbf } from './dbf/members.ts'
import { members as eCms } from './e-cms/e-cms.ts'
import { members as mailboxes } from './mailboxes/members.ts'
import type { FleetMember } from './member.ts'
import { members as ownHttp } from './own-http/own-http.ts'
import { members as restOffice } from './rest-office/rest-office.ts'
import { ayutthaya } from './self-built/ayutthaya.ts'
import { lopBuri } from './self-built/lop-buri.ts'
import { nakhonSawan } from './self-built/nakhon-sawan.ts'
import { ranong } from './self-built/ranong.ts'
import { sakonNakhon } from './self-built/sakon-nakhon.ts'
import { udonThani } from './self-built/udon-thani.ts'
import { members as spreadsheets } from './spreadsheets/spreadsheets.ts'
import { jsonOverHttp } from './three.ts'
import { members as xml } from './xml/members.ts'

const selfBuilt: readonly FleetMember[] = [ayutthaya, lopBuri, udonThani, sakonNakhon, nakhonSawan, ranong]

const members: readonly FleetMember[] = [
  ...databases,
  ...mailboxes,
  ...csvFolder,
  ...spreadsheets,
  ...dbf,
  ...xml,
  ...restOffice,
  ...ownHttp,
  ...eCms,
  ...selfBuilt,
]

/** The short demonstration's own, for provinces whose member is still to come. */
const standIns = [jsonOverHttp('chiang-rai')].filter(
  ({ office }) => !members.some((member) => member.office === office),
)

export const fleet: readonly FleetMember[] = [...members, ...standIns]
