// The product “สารบรรณตาราง”: registers as spreadsheets, first as HTML that Excel opens, later as real workbooks. Three
// installations. ILLUSTRATIVE: which province runs what was never published.
import { folderMember } from '../folder-member.ts'
import type { FleetMember } from '../member.ts'
import { chonBuri } from './html.ts'
import { chachoengsao, rayong } from './workbooks.ts'

const product = (version: string): string => `สารบรรณตาราง ${version}`

export const members: readonly FleetMember[] = [
  { office: '20', profile: 'chon-buri-xls', product: product('2.0'), by: 'folder' as const, form: chonBuri },
  { office: '21', profile: 'rayong-xlsx', product: product('4.1'), by: 'ftp' as const, form: rayong },
  {
    office: '24',
    profile: 'chachoengsao-xlsx',
    product: product('4.0'),
    by: 'folder' as const,
    form: chachoengsao,
  },
].map(folderMember)
