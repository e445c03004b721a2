// The product “สารบรรณเว็บ”: an interface of JSON over HTTP. Six installations, which differ as real ones do: by version, by who
// calls whom, by how one signs in, by keys, codes, dates, and where scans stand. ILLUSTRATIVE: which province runs what was
// never published.

import { officeOf } from '../http/desk.ts'
import type { FleetMember, FleetStage, OpenedMember } from '../member.ts'
import { nonthaburi, pathumThani } from './version-1.ts'
import { kanchanaburi, ratchaburi } from './version-2.ts'
import { samutSakhon, suphanBuri } from './version-3.ts'

type Open = (office: string, stage: FleetStage) => Promise<OpenedMember>

const installations: readonly (readonly [string, string, string, Open])[] = [
  ['12', 'nonthaburi-web', '1.2', nonthaburi],
  ['13', 'pathum-thani-web', '1.0', pathumThani],
  ['70', 'ratchaburi-web', '2.1', ratchaburi],
  ['71', 'kanchanaburi-web', '2.3', kanchanaburi],
  ['72', 'suphan-buri-web', '3.0', suphanBuri],
  ['74', 'samut-sakhon-web', '3.2', samutSakhon],
]

export const members: readonly FleetMember[] = installations.map(([office, profile, version, open]) => ({
  office: officeOf(office),
  profile,
  product: `สารบรรณเว็บ ${version}`,
  open: (stage) => open(office, stage),
}))
