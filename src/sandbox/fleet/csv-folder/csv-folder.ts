// The product “แฟ้มสารบรรณ”: a CSV file and its scans in a folder. Seven installations, which differ as real ones do: by version,
// by what each province asked for, and by who set them up. ILLUSTRATIVE: which province runs what was never published.
import { csvForm } from '../../systems/csv.ts'
import { folderMember } from '../folder-member.ts'
import type { FleetMember } from '../member.ts'
import { lampang, maeHongSon } from './version-1.ts'
import { lamphun, phayao, uttaradit } from './version-2.ts'
import { phrae } from './version-3.ts'

const product = (version: string): string => `แฟ้มสารบรรณ ${version}`

export const members: readonly FleetMember[] = [
  {
    office: '50',
    profile: 'chiang-mai-csv',
    product: product('2.1'),
    by: 'folder' as const,
    form: csvForm,
  },
  { office: '51', profile: 'lamphun-csv', product: product('2.4'), by: 'folder' as const, form: lamphun },
  { office: '52', profile: 'lampang-csv', product: product('1.7'), by: 'sftp' as const, form: lampang },
  { office: '53', profile: 'uttaradit-csv', product: product('2.1'), by: 'folder' as const, form: uttaradit },
  {
    office: '54',
    profile: 'phrae-csv',
    product: product('3.0'),
    by: 'ftp with TLS' as const,
    form: phrae,
  },
  { office: '56', profile: 'phayao-csv', product: product('2.2'), by: 'folder' as const, form: phayao },
  {
    office: '58',
    profile: 'mae-hong-son-csv',
    product: product('1.5'),
    by: 'folder' as const,
    form: maeHongSon,
  },
].map(folderMember)
