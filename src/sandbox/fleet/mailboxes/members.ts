// The offices of 2551 that had no system, each with a mailbox: the sample form, and what each of them made of it.
// Illustrative: which offices these were, and by what programs they wrote, was never published.
import { officeId } from '../../../letter/offices.ts'
import type { FleetMember } from '../member.ts'
import type { Form, LetterLine, NoticeForm, NoticeLine } from './form.ts'
import type { MailOffice } from './office.ts'
import type { Program } from './program.ts'

const webmail: Program = {
  name: 'Webmail 3.2',
  charset: 'UTF-8',
  transfer: 'base64',
  html: 'none',
  names: 'rfc2231',
  headers: 'B',
}
const outlookExpress: Program = {
  name: 'Microsoft Outlook Express 6.00.2900.2180',
  charset: 'windows-874',
  transfer: '8bit',
  html: 'emblem',
  names: 'words',
  headers: 'B',
}
const outlook: Program = {
  name: 'Microsoft Office Outlook 11',
  charset: 'TIS-620',
  transfer: 'quoted-printable',
  html: 'alternative',
  names: 'words',
  headers: 'Q',
}
const thunderbird: Program = {
  name: 'Thunderbird 2.0.0.24',
  charset: 'UTF-8',
  transfer: '8bit',
  html: 'none',
  names: 'rfc2231',
  headers: 'Q',
  flowed: true,
}
const notes: Program = {
  name: 'Lotus Notes Release 6.5',
  charset: 'ISO-8859-11',
  transfer: 'base64',
  html: 'none',
  names: 'words',
  headers: 'B',
}
const eudora: Program = {
  name: 'Eudora 5.1',
  charset: 'x-windows-874',
  transfer: '8bit',
  html: 'none',
  names: 'bare',
  headers: 'bare',
}
const squirrel: Program = {
  name: 'SquirrelMail/1.4.8',
  charset: 'TIS-620',
  transfer: '8bit',
  html: 'none',
  names: 'words',
  headers: 'Q',
}
const pegasus: Program = {
  name: 'Pegasus Mail for Windows (4.41)',
  charset: 'cp874',
  transfer: 'quoted-printable',
  html: 'none',
  names: 'bare',
  headers: 'B',
}

/** The sample form that the ministry gave out. */
const sample: readonly (readonly [LetterLine, string])[] = [
  ['number', 'ที่'],
  ['date', 'ลงวันที่'],
  ['subject', 'เรื่อง'],
  ['from', 'จาก'],
  ['to', 'ถึง'],
  ['urgency', 'ชั้นความเร็ว'],
  ['secrecy', 'ชั้นความลับ'],
  ['kind', 'ชนิด'],
  ['circular', 'หนังสือเวียน'],
  ['signer', 'ตำแหน่งผู้ลงนาม'],
  ['receiver', 'ตำแหน่งผู้รับ'],
  ['enclosure', 'สิ่งที่ส่งมาด้วย'],
  ['sent', 'ส่งเมื่อ'],
]

/** The sample form with an office's own words, some lines left out, and others behind. */
function lines(
  words: Partial<Record<LetterLine, string>>,
  without: readonly LetterLine[] = [],
  first: readonly LetterLine[] = [],
): readonly (readonly [LetterLine, string])[] {
  const kept = sample
    .filter(([line]) => !without.includes(line))
    .map(([line, label]): [LetterLine, string] => [line, words[line] ?? label])
  const added = Object.entries(words).filter(([line]) => !sample.some(([known]) => known === line))
  const all = [...kept, ...(added as [LetterLine, string][])]
  const rank = ([line]: readonly [LetterLine, string]): number =>
    first.includes(line) ? first.indexOf(line) : first.length
  return all.toSorted((one, other) => rank(one) - rank(other))
}

const degrees = ['ปกติ', 'ด่วน', 'ด่วนมาก', 'ด่วนที่สุด'] as const
const plain: Form = {
  lines: sample,
  after: ': ',
  subject: 'หนังสือ {number} เรื่อง {subject}',
  date: 'd MMM yyyy',
  sentDate: 'dd/MM/yyyy',
  between: ' ',
  office: 'th',
  separator: ',',
  urgency: degrees,
  circular: ['ใช่', 'ไม่ใช่'],
  kind: 'ภายนอก',
  secrecy: 'ปกติ',
}

const sampleNotice: NoticeForm = {
  lines: [
    ['kind', 'รายการ'],
    ['number', 'ที่'],
    ['date', 'ลงวันที่'],
    ['office', 'หน่วยงาน'],
    ['receiveNumber', 'เลขรับ'],
    ['at', 'วันเวลา'],
    ['reason', 'เหตุผล'],
  ],
  subject: 'แจ้งผลหนังสือ',
  kinds: {
    ได้รับแล้ว: 'receive',
    ลงทะเบียนรับ: 'accept',
    ปฏิเสธ: 'reject',
    ส่งผิด: 'invalid',
    ทักท้วงเลขรับ: 'dispute',
    เรียกคืน: 'recall',
  },
  date: 'd MMM yyyy',
}

const noticeLines = (words: Partial<Record<NoticeLine, string>>): NoticeForm['lines'] =>
  sampleNotice.lines.map(([line, label]) => [line, words[line] ?? label])

type Made = Omit<MailOffice, 'office'> & {
  readonly name: string
  /** Another address from which a clerk of the office may write. */
  readonly second?: string
}

/** The offices by their codes. */
export const mailOffices: Readonly<Record<string, Made>> = {
  '15': {
    name: 'ang_thong',
    program: outlookExpress,
    form: { ...plain, lines: lines({ main: 'ไฟล์หนังสือ' }), subject: 'หนังสือ {number}' },
    notice: sampleNotice,
  },
  '17': {
    name: 'sing_buri',
    program: webmail,
    form: {
      ...plain,
      lines: lines(
        { number: 'เลขที่หนังสือ', date: 'วันที่', subject: 'ชื่อเรื่อง', to: 'ส่งถึง', contact: 'ผู้ประสานงาน' },
        [],
        ['subject', 'to', 'number', 'date'],
      ),
      subject: 'ส่งหนังสือ {number}',
      date: 'dd/MM/yyyy',
      separator: ';',
      main: 'named',
    },
    notice: { ...sampleNotice, date: 'dd/MM/yyyy', lines: noticeLines({ number: 'เลขที่หนังสือ', date: 'วันที่' }) },
  },
  '18': {
    name: 'chai_nat',
    program: outlook,
    form: {
      lines: lines({}, ['urgency', 'circular', 'kind', 'secrecy', 'sent']),
      after: '\t: ',
      subject: 'หนังสือราชการ',
      date: 'th:d MMMM yyyy',
      office: 'th',
      separator: ',',
      thaiDigits: true,
    },
    notice: { ...sampleNotice, date: 'th:d MMMM yyyy' },
  },
  '19': {
    name: 'saraburi',
    program: notes,
    form: {
      ...plain,
      lines: lines({
        number: 'No',
        date: 'Date',
        subject: 'Subject',
        from: 'From',
        to: 'To',
        urgency: 'Speed',
        secrecy: 'Secret',
        kind: 'Kind',
        circular: 'Circular',
        signer: 'Signer-Title',
        receiver: 'Receiver-Title',
        enclosure: 'Enclosures',
        sent: 'Sent',
      }),
      subject: 'e-Document {number}',
      date: 'ce:yyyy-MM-dd',
      sentDate: 'ce:yyyy-MM-dd',
      between: 'T',
      office: 'id',
      urgency: ['001', '002', '003', '004'],
      secrecy: '001',
      circular: ['Y', 'N'],
      kind: '1',
    },
    notice: {
      lines: noticeLines({
        kind: 'Status',
        number: 'No',
        date: 'Date',
        office: 'Office',
        receiveNumber: 'Receive-No',
        at: 'Time',
        reason: 'Reason',
      }),
      subject: 'e-Document notice',
      kinds: {
        RECEIVED: 'receive',
        ACCEPTED: 'accept',
        REJECTED: 'reject',
        INVALID: 'invalid',
        DISPUTED: 'dispute',
        RECALLED: 'recall',
      },
      date: 'ce:yyyy-MM-dd',
    },
  },
  '22': {
    name: 'chanthaburi',
    program: thunderbird,
    form: { ...plain, subject: '{number} {subject}', date: 'd MMMM yyyy' },
    notice: { ...sampleNotice, date: 'd MMMM yyyy' },
    quotes: 'answers',
  },
  '23': {
    name: 'trat',
    program: { ...outlook, html: 'none' },
    form: { ...plain, lines: lines({ main: 'หนังสือนำ' }), date: 'dd-MM-yyyy', sentDate: 'dd-MM-yyyy' },
    notice: { ...sampleNotice, date: 'dd-MM-yyyy' },
    sortedInto: 'saraban',
  },
  '25': {
    name: 'prachin_buri',
    program: notes,
    form: {
      ...plain,
      date: 'd MMM yy',
      sentDate: 'd MMM yyyy',
      between: ' เวลา ',
      subject: 'หนังสือ ({number})',
    },
    notice: { ...sampleNotice, date: 'd MMM yy' },
  },
  '26': {
    name: 'nakhon_nayok',
    program: eudora,
    form: {
      ...plain,
      after: ' ',
      lines: lines({}, ['circular', 'kind', 'secrecy', 'sent']),
      date: 'yyyyMMdd',
    },
    notice: { ...sampleNotice, date: 'yyyyMMdd' },
  },
  '27': {
    name: 'sa_kaeo',
    program: webmail,
    form: { ...plain, office: 'abbreviation', circular: ['เวียน', '-'], urgency: ['-', 'ด', 'ดม', 'ดท'] },
    notice: sampleNotice,
    quotes: 'answers',
  },
  '35': {
    name: 'yasothon',
    program: squirrel,
    form: {
      ...plain,
      thaiDigits: true,
      date: 'th:d MMM yyyy',
      sentDate: 'th:dd/MM/yyyy',
      lines: lines({ to: 'เรียน' }),
    },
    notice: { ...sampleNotice, date: 'th:d MMM yyyy' },
  },
  '37': {
    name: 'amnat_charoen',
    program: pegasus,
    form: {
      ...plain,
      lines: lines({ day: 'วัน', month: 'เดือน', year: 'พ.ศ.' }, ['date'], ['number', 'day', 'month', 'year']),
      subject: 'หนังสือราชการ',
      date: 'd MMMM yyyy',
    },
    notice: { ...sampleNotice, date: 'd MMMM yyyy' },
  },
  '39': {
    name: 'nong_bua_lam_phu',
    program: outlookExpress,
    form: {
      ...plain,
      lines: lines({ subjectAndTo: 'เรื่องและผู้รับ' }, ['subject', 'to'], ['subjectAndTo']),
      subject: 'หนังสือ {number}',
    },
    notice: sampleNotice,
  },
  '42': {
    name: 'loei',
    program: webmail,
    form: { ...plain, subject: 'หนังสือลงวันที่ {date}', date: 'd/M/yyyy', sentDate: 'd/M/yyyy' },
    notice: { ...sampleNotice, date: 'd/M/yyyy' },
  },
  '43': {
    name: 'nong_khai',
    program: thunderbird,
    form: {
      ...plain,
      office: 'organisationId',
      date: 'ce:dd/MM/yyyy',
      sentDate: 'ce:dd/MM/yyyy',
      urgency: ['1', '2', '3', '4'],
    },
    notice: { ...sampleNotice, date: 'ce:dd/MM/yyyy' },
  },
  '44': {
    name: 'maha_sarakham',
    program: squirrel,
    form: {
      lines: lines({ sent: 'วันที่ส่ง', sentTime: 'เวลาส่ง' }),
      after: ': ',
      subject: plain.subject,
      date: 'd MMM yyyy',
      sentDate: 'd MMM yyyy',
      office: 'th',
      separator: ',',
      urgency: degrees,
      circular: ['ใช่', 'ไม่ใช่'],
      kind: 'ภายนอก',
      secrecy: 'ปกติ',
    },
    notice: sampleNotice,
  },
  '45': {
    name: 'roi_et',
    program: webmail,
    form: { ...plain, lines: lines({}, ['subject']), subject: '{subject}' },
    notice: sampleNotice,
  },
  '46': {
    name: 'kalasin',
    program: outlook,
    form: { ...plain, lines: lines({}, ['sent']), office: 'en', separator: ';' },
    notice: sampleNotice,
  },
  '48': {
    name: 'nakhon_phanom',
    program: pegasus,
    form: { ...plain, kind: '01', secrecy: '0', circular: ['1', '0'], subject: '{number}' },
    notice: sampleNotice,
  },
  '49': {
    name: 'mukdahan',
    program: { ...outlookExpress, html: 'pages' },
    form: { ...plain, subject: 'หนังสือ {number}' },
    notice: sampleNotice,
  },
  '55': {
    name: 'nan',
    program: webmail,
    form: { ...plain, lines: lines({ main: 'ไฟล์หนังสือ' }) },
    notice: sampleNotice,
    quotes: 'answers',
  },
  '61': {
    name: 'uthai_thani',
    program: squirrel,
    form: { ...plain, subject: 'นส. {number}', date: 'yyyy/MM/dd' },
    notice: { ...sampleNotice, date: 'yyyy/MM/dd' },
  },
  '63': {
    name: 'tak',
    program: eudora,
    form: {
      ...plain,
      main: 'named',
      lines: lines({ urgency: 'ความเร่งด่วน', secrecy: 'ความลับ', main: 'ไฟล์หนังสือ' }),
    },
    notice: sampleNotice,
  },
  '75': {
    name: 'samut_songkhram',
    program: outlook,
    form: plain,
    notice: {
      lines: noticeLines({ kind: 'ผล', receiveNumber: 'ทะเบียนรับ' }).filter(
        ([line]) => line !== 'reason' && line !== 'at',
      ),
      subject: 'ผลหนังสือ',
      kinds: { รับ: 'accept', คืน: 'reject', ผิด: 'invalid' },
      date: 'd MMM yyyy',
    },
  },
  '77': {
    name: 'prachuap_khiri_khan',
    program: thunderbird,
    form: { ...plain, subject: 'หนังสือราชการ {number} ลว. {date}', main: 'none' },
    notice: sampleNotice,
    second: 'saraban2_prachuap@moi.go.th',
  },
}

function memberOf(id: string, made: Made): FleetMember {
  const office = officeId(id)
  if (!office.ok) throw new Error(`there is no office ${id}`)
  return {
    profile: `${made.name.replaceAll('_', '-')}-mailbox`,
    office: office.value,
    product: made.program.name,
    async open({ folder, clock, random, watch, servers }) {
      const mailboxes = await servers.mailboxes(made.name)
      // Its packages are a checkout's: they are loaded where a mail server is.
      const { openMailOffice } = await import('./office.ts')
      const system = openMailOffice(
        { ...made, office: office.value },
        { folder, mailboxes, clock, random, watch },
      )
      const { gateway, host, imapPort, smtpPort, authority, authenticator } = mailboxes
      const [account = '', domain = ''] = gateway.address.split('@')
      const address =
        made.sortedInto === undefined ? gateway.address : `${account}+${made.sortedInto}@${domain}`
      const values = {
        ADDRESS: address,
        OFFICE_ADDRESS: mailboxes.office.address,
        IMAP: host,
        IMAP_PORT: String(imapPort),
        SMTP: host,
        SMTP_PORT: String(smtpPort),
        USER: gateway.address,
        PASSWORD: gateway.password,
        AUTHORITY: authority,
        AUTHENTICATOR: authenticator,
        ...(made.second !== undefined && { SECOND_ADDRESS: made.second }),
      }
      const environment = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [`SARABAN_${id}_${name}`, value]),
      )
      return { system, environment }
    },
  }
}

export const members: readonly FleetMember[] = Object.entries(mailOffices).map(([id, made]) =>
  memberOf(id, made),
)
