// What can be wrong between the gateway and a server whose folders it uses.
import type { ProblemDefinition } from './definition.ts'

export const remoteProblems = {
  'adapter.remote.unreachable': {
    status: 503,
    permanent: false,
    en: 'no connection to {value}: {reason}',
    th: 'เชื่อมต่อกับ {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Check host, port and the firewalls between; what still waits is tried again by itself.',
      th: 'ตรวจ host พอร์ต และไฟร์วอลล์ระหว่างทาง สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง',
    },
  },
  'adapter.remote.lost': {
    status: 503,
    permanent: false,
    en: 'the connection to {value} was lost: {reason}',
    th: 'การเชื่อมต่อกับ {value} ขาดหาย: {reason}',
    remedy: {
      en: 'What still waits is tried again by itself; if it lasts, look at the server and the network.',
      th: 'สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง หากเกิดต่อเนื่องให้ตรวจเซิร์ฟเวอร์และเครือข่าย',
    },
  },
  'adapter.remote.sign-in': {
    status: 503,
    permanent: false,
    en: 'the server {value} refuses the user with this password or key',
    th: 'เซิร์ฟเวอร์ {value} ไม่รับผู้ใช้ด้วยรหัสผ่านหรือกุญแจนี้',
    remedy: {
      en: 'Correct user, password or key; it is tried again at growing intervals, so that the account is not locked.',
      th: 'แก้ผู้ใช้ รหัสผ่าน หรือกุญแจ ระบบจะลองใหม่โดยเว้นช่วงนานขึ้น เพื่อไม่ให้บัญชีถูกล็อก',
    },
  },
  'adapter.remote.unreadable': {
    status: 503,
    permanent: false,
    en: 'a document or file in {value} on the server may not be read: {reason}',
    th: 'ไม่มีสิทธิ์อ่านเอกสารหรือไฟล์ใน {value} บนเซิร์ฟเวอร์: {reason}',
    remedy: {
      en: 'Give the gateway’s account on the server the right to read what stands there, and see that the system writes it so; it is taken at the next look, and the others are taken meanwhile.',
      th: 'ให้สิทธิ์บัญชีของเกตเวย์บนเซิร์ฟเวอร์อ่านสิ่งที่อยู่ในนั้น และให้ระบบเขียนไฟล์ด้วยสิทธิ์ดังกล่าว ระบบจะรับในการตรวจครั้งถัดไป ระหว่างนี้เอกสารอื่นยังรับตามปกติ',
    },
  },
  'adapter.remote.credentials': {
    status: 422,
    permanent: true,
    en: 'no password and no key: the server cannot be signed in to',
    th: 'ไม่มีทั้งรหัสผ่านและกุญแจ จึงลงชื่อเข้าเซิร์ฟเวอร์ไม่ได้',
    remedy: {
      en: 'Give password or key as a reference, { env: NAME } or { file: PATH }.',
      th: 'กำหนด password หรือ key เป็นการอ้างอิง { env: NAME } หรือ { file: PATH }',
    },
  },
  'adapter.remote.folder-missing': {
    status: 422,
    permanent: true,
    en: 'folders names no folder for the channel {value}',
    th: 'folders ไม่ได้กำหนดโฟลเดอร์ของช่องทาง {value}',
    remedy: { en: 'Add folders.{channel}.', th: 'เพิ่ม folders.{channel}' },
  },
  'adapter.sftp.host-key': {
    status: 503,
    permanent: false,
    en: 'the server {value} shows the host key {shown}; expected is {expected}; nothing was sent to it',
    th: 'เซิร์ฟเวอร์ {value} แสดงกุญแจ {shown} แต่ต้องเป็น {expected} จึงไม่ได้ส่งสิ่งใดไป',
    remedy: {
      en: 'Ask the server’s administrator for the fingerprint of its key by another way; only if it is this one, write it as hostKey.',
      th: 'ถามลายนิ้วมือกุญแจจากผู้ดูแลเซิร์ฟเวอร์ด้วยช่องทางอื่น หากตรงกันจึงกำหนดเป็น hostKey',
    },
  },
  'adapter.sftp.key-unreadable': {
    status: 503,
    permanent: false,
    en: 'the private key for {value} cannot be read, or its passphrase is wrong',
    th: 'อ่านกุญแจส่วนตัวสำหรับ {value} ไม่ได้ หรือวลีรหัสผ่านไม่ถูกต้อง',
    remedy: {
      en: 'Give a private key in PEM or OpenSSH form, and passphrase if it has one.',
      th: 'กำหนดกุญแจส่วนตัวแบบ PEM หรือ OpenSSH และ passphrase หากมี',
    },
  },
  'adapter.ftp.certificate': {
    status: 503,
    permanent: false,
    en: 'the certificate of {value} is not trusted: {reason}; nothing was sent to it',
    th: 'ไม่เชื่อถือใบรับรองของ {value}: {reason} จึงไม่ได้ส่งสิ่งใดไป',
    remedy: {
      en: 'Give the authority that signed it as ca, a reference to a PEM file, and the name in the certificate as host.',
      th: 'กำหนดใบรับรองของผู้ออกเป็น ca (อ้างอิงไฟล์ PEM) และใช้ชื่อในใบรับรองเป็น host',
    },
  },
  'adapter.ftp.plain': {
    status: 422,
    permanent: true,
    en: 'plain: true sends the password and the letters unprotected, and stands beside {value}',
    th: 'plain: true ส่งรหัสผ่านและหนังสือโดยไม่เข้ารหัส แต่กำหนดไว้คู่กับ {value}',
    remedy: {
      en: 'Take out plain where the server speaks TLS, and tls and ca where it does not.',
      th: 'ลบ plain หากเซิร์ฟเวอร์ใช้ TLS ได้ หรือลบ tls และ ca หากใช้ไม่ได้',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
