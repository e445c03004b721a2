// Six installations of the national exchange (TH e-GIF e-CMS): four whose clients poll, two with a server of their own.
import type { FleetMember } from '../member.ts'
import { type ClientInstallation, clientMember } from './client-member.ts'
import { type ServerInstallation, serverMember } from './server-member.ts'

const clients: readonly ClientInstallation[] = [
  {
    office: '91',
    profile: 'satun-ecms',
    product: 'e-CMS ไคลเอนต์ .NET 1.1',
    habits: { wrongAddressing: true, expectsContinue: true, digits: 5 },
  },
  { office: '93', profile: 'phatthalung-ecms', product: 'e-CMS ไคลเอนต์ Java', habits: {} },
  {
    office: '94',
    profile: 'pattani-ecms',
    product: 'e-CMS ไคลเอนต์ PHP 4 (windows-874)',
    habits: { lowerCaseProcessId: true, pastesSubjects: true, thaiBytes: true },
  },
  {
    office: '96',
    profile: 'narathiwat-ecms',
    product: 'e-CMS ไคลเอนต์ Delphi',
    habits: {
      noMainFile: true,
      deletesFirst: true,
      // Users may write what they like into this field.
      receiveNumber: (number) => `รับที่ นธ ${number}`,
    },
  },
]

const servers: readonly ServerInstallation[] = [
  {
    office: '92',
    profile: 'trang-ecms-server',
    product: 'e-CMS เซิร์ฟเวอร์ PHP 5 (windows-874)',
    ways: {
      digits: 5,
      thaiBytes: true,
      lowerCaseProcessId: true,
      declaration: false,
      namespace: 'http://ecms.trang.example/service',
      repeated: 'same',
      nothing: 'empty',
      receiveNumber: (number) => `ตง (กลาง) เลขที่ ${number}`,
    },
  },
  {
    office: '95',
    profile: 'yala-ecms-server',
    product: 'e-CMS เซิร์ฟเวอร์ Java 2.0',
    ways: { digits: 10, repeated: 'E102', nothing: 'E201' },
  },
]

export const members: readonly FleetMember[] = [...clients.map(clientMember), ...servers.map(serverMember)]
