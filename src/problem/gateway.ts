// What can be wrong between a letter's arrival and its delivery: trust, intake, delivery, the journal, settings, access.
import type { ProblemDefinition } from './problem.ts'

export const gatewayProblems = {
  'trust.certificate.unreadable': {
    status: 500,
    permanent: true,
    en: 'this file holds no readable certificate: {reason}',
    th: 'ไฟล์นี้ไม่มีใบรับรองที่อ่านได้: {reason}',
    remedy: {
      en: 'Put a PEM certificate there, or make a test authority with `saraban certs init --out DIR`.',
      th: 'วางใบรับรองแบบ PEM ไว้ที่นั่น หรือสร้างชุดทดสอบด้วย `saraban certs init --out DIR`',
    },
  },
  'trust.key.unreadable': {
    status: 500,
    permanent: true,
    en: 'this file holds no readable private key: {reason}',
    th: 'ไฟล์นี้ไม่มีกุญแจส่วนตัวที่อ่านได้: {reason}',
    remedy: { en: 'Put an unencrypted PEM private key there.', th: 'วางกุญแจส่วนตัวแบบ PEM ที่ไม่เข้ารหัสไว้ที่นั่น' },
  },
  'trust.key.unregistered': {
    status: 500,
    permanent: true,
    en: 'no certificate registered for office {value} belongs to this key',
    th: 'ไม่มีใบรับรองที่ขึ้นทะเบียนของหน่วยงาน {value} ตรงกับกุญแจนี้',
    remedy: {
      en: 'Put the certificate of this key into the folder `offices/<office id>` of the trust folder.',
      th: 'วางใบรับรองของกุญแจนี้ในโฟลเดอร์ `offices/<รหัสหน่วยงาน>`',
    },
  },
  'trust.office.unknown': {
    status: 500,
    permanent: true,
    en: '{value} is no office id',
    th: '{value} ไม่ใช่รหัสหน่วยงาน',
    remedy: {
      en: 'Name the folder or file by the province code (`50`) or `moi`.',
      th: 'ตั้งชื่อตามรหัสจังหวัด (`50`) หรือ `moi`',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
