// The members of the fleet that exchange dBase tables. ILLUSTRATIVE: which system a province runs was never published.
import { type Installation, memberOf } from '../exchange/reach.ts'
import type { FleetMember } from '../member.ts'
import { buriRam, nakhonRatchasima, siSaKet, ubonRatchathani } from './dbase.ts'
import { tablesForm } from './form.ts'
import { chaiyaphum, khonKaen, surin } from './foxpro.ts'

const plain = { send: 'out', sendNotices: 'out-answers', receive: 'in', notices: 'in-answers' }

const installations: readonly Installation[] = [
  {
    profile: 'nakhon-ratchasima-dbf',
    office: '30',
    product: 'สารบรรณตาราง 2.4',
    folders: { send: 'ส่ง', sendNotices: 'ตอบรับ', receive: 'รับ', notices: 'ผล' },
    reach: { kind: 'sftp' },
    form: tablesForm(nakhonRatchasima),
  },
  {
    profile: 'buri-ram-dbf',
    office: '31',
    product: 'สารบรรณตาราง 1.0',
    folders: { send: 'OUT', sendNotices: 'REPLY', receive: 'IN', notices: 'STATUS' },
    reach: { kind: 'ftp', tls: 'explicit' },
    form: tablesForm(buriRam),
  },
  {
    profile: 'surin-dbf',
    office: '32',
    product: 'สารบรรณตาราง 3.1',
    folders: {
      send: 'saraban/out',
      sendNotices: 'saraban/reply',
      receive: 'saraban/in',
      notices: 'saraban/status',
    },
    reach: { kind: 'ftp', tls: 'none' },
    form: tablesForm(surin),
  },
  {
    profile: 'si-sa-ket-dbf',
    office: '33',
    product: 'สารบรรณตาราง 1.2',
    folders: plain,
    reach: { kind: 'sftp', nextHostKey: `SHA256:${'A'.repeat(43)}` },
    form: tablesForm(siSaKet),
  },
  {
    profile: 'ubon-ratchathani-dbf',
    office: '34',
    product: 'สารบรรณตาราง 2.1',
    folders: plain,
    reach: { kind: 'folder' },
    form: tablesForm(ubonRatchathani),
  },
  {
    profile: 'chaiyaphum-dbf',
    office: '36',
    product: 'สารบรรณตาราง 4.0',
    folders: {
      send: 'letters/out',
      sendNotices: 'notices/out',
      receive: 'letters/in',
      notices: 'notices/in',
    },
    reach: { kind: 'ftp', tls: 'explicit' },
    form: tablesForm(chaiyaphum),
  },
  {
    profile: 'khon-kaen-dbf',
    office: '40',
    product: 'ทะเบียนหนังสือ ขอนแก่น',
    folders: { send: 'ออก', sendNotices: 'ออก', receive: 'เข้า', notices: 'เข้า' },
    reach: { kind: 'folder' },
    form: tablesForm(khonKaen),
  },
]

export const members: readonly FleetMember[] = installations.map(memberOf)
