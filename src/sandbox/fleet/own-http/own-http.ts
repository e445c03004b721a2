// Systems that provinces built themselves and that speak HTTP with the gateway's own doors. ILLUSTRATIVE: which province runs
// what was never published.
import { officeOf } from '../http/desk.ts'
import type { FleetMember } from '../member.ts'
import { chumphon } from './chumphon.ts'
import { samutPrakan } from './samut-prakan.ts'

export const members: readonly FleetMember[] = [
  {
    office: officeOf('11'),
    profile: 'samut-prakan-xml',
    product: 'ปากน้ำสารบรรณ 2 (XML)',
    open: (stage) => samutPrakan('11', stage),
  },
  {
    office: officeOf('86'),
    profile: 'chumphon-csv',
    product: 'ชุมพรรับส่ง (CSV ผ่านเว็บ)',
    open: (stage) => chumphon('86', stage),
  },
]
