// The members of the fleet that exchange XML documents. ILLUSTRATIVE: which system a province runs was never published.
import { type Installation, memberOf } from '../exchange/reach.ts'
import type { FleetMember } from '../member.ts'
import { nakhonSiThammarat, phangnga, phuket } from './circulars.ts'
import { krabi, phetchaburi, suratThani } from './english.ts'
import { dialectForm } from './form.ts'

const installations: readonly Installation[] = [
  {
    profile: 'nakhon-si-thammarat-xml',
    office: '80',
    product: 'หนังสือเวียน XML 1.3',
    folders: { send: 'ออก', sendNotices: 'ตอบ', receive: 'เข้า', notices: 'ผล' },
    reach: { kind: 'ftp', tls: 'explicit' },
    form: dialectForm(nakhonSiThammarat),
  },
  {
    profile: 'krabi-xml',
    office: '81',
    product: 'หนังสือเวียน XML 3.0',
    folders: { send: 'out', sendNotices: 'notices-out', receive: 'in', notices: 'notices-in' },
    reach: { kind: 'ftp', tls: 'none' },
    form: dialectForm(krabi),
  },
  {
    profile: 'phangnga-xml',
    office: '82',
    product: 'หนังสือเวียน XML 1.1',
    folders: { send: 'out', sendNotices: 'out/answers', receive: 'in', notices: 'in/answers' },
    reach: { kind: 'sftp' },
    form: dialectForm(phangnga),
  },
  {
    profile: 'phuket-xml',
    office: '83',
    product: 'หนังสือเวียน XML 2.0',
    folders: { send: 'out', sendNotices: 'out-answers', receive: 'in', notices: 'in-answers' },
    reach: { kind: 'folder' },
    form: dialectForm(phuket),
  },
  {
    profile: 'surat-thani-xml',
    office: '84',
    product: 'หนังสือเวียน XML 4.2',
    folders: {
      send: 'export',
      sendNotices: 'export-notices',
      receive: 'import',
      notices: 'import-notices',
    },
    reach: { kind: 'sftp' },
    form: dialectForm(suratThani),
  },
  {
    profile: 'phetchaburi-xml',
    office: '76',
    product: 'รับส่งหนังสือ เพชรบุรี',
    folders: {
      send: 'home/saraban/out',
      sendNotices: 'home/saraban/ack-out',
      receive: 'home/saraban/in',
      notices: 'home/saraban/ack-in',
    },
    reach: { kind: 'sftp', key: true },
    form: dialectForm(phetchaburi),
  },
]

export const members: readonly FleetMember[] = installations.map(memberOf)
