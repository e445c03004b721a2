// The systems that keep their letters in a database, each with its profile through a real gateway and a real server: letters
// with scans both ways, each registered once, with its receive number back in the system's own tables.
import t from 'tap'
import { normalizeNumber } from '../../src/letter/numbers.ts'
import { moi, officeById } from '../../src/letter/offices.ts'
import { arabicDigits } from '../../src/letter/search.ts'
import { members } from '../../src/sandbox/fleet/databases/members.ts'
import { makePdf, makePng } from '../../src/sandbox/paper.ts'
import type { BookEntry, ClerkLetter, Scan } from '../../src/sandbox/systems/system.ts'
import { digestOf, openStage } from './fleet-stage.ts'

const pdf = (name: string, said: string): Scan => ({
  name,
  mediaType: 'application/pdf',
  bytes: makePdf(name, [said]),
})
const png = (name: string, seed: number): Scan => ({
  name,
  mediaType: 'image/png',
  bytes: makePng(16, 16, seed),
})

/** What a clerk of the province types: digits of both scripts, an urgency, three scans. */
const lettersOf = (abbreviation: string, office: string): readonly ClerkLetter[] => [
  {
    number: `${abbreviation} 0017.1/492`,
    date: '13 กุมภาพันธ์ 2551',
    subject: 'การเชื่อมโยงระบบสารบรรณอิเล็กทรอนิกส์ "ระยะที่ 2"; แผนงาน, งบประมาณ',
    urgency: '',
    to: moi,
    scans: [pdf('หนังสือ.pdf', `${office} one`)],
  },
  {
    number: `${abbreviation} ๐๐๑๗.๒/ว ๑๒`,
    date: '๒๙ กุมภาพันธ์ ๒๕๕๑',
    subject: 'ขอเชิญประชุมคณะทำงาน : จังหวัดนำร่อง 18 จังหวัด',
    urgency: 'ด่วนที่สุด',
    to: moi,
    scans: [
      pdf('a.pdf', `${office} two`),
      png('แผนที่.png', Number(office)),
      pdf('a (1).pdf', `${office} three`),
    ],
  },
]

const stage = await openStage(members)

type Kind<Entry extends BookEntry['entry']> = BookEntry & { readonly entry: Entry }
const same = (one: string, other: string): boolean => normalizeNumber(one) === normalizeNumber(other)

// A circular to all of them in one envelope, and a letter of its own to each; meanwhile each sends two.
const circular = {
  number: 'มท ๐๒๑๐.๓/ว๓๘๙๘',
  date: '2008-11-15',
  subject: 'ขอความอนุเคราะห์ตอบแบบสอบถามการใช้ระบบสารบรรณอิเล็กทรอนิกส์',
  urgency: 'most-urgent',
  to: members.map(({ office }) => office),
}
const circularScans = [pdf('ว3898.pdf', 'to all'), png('แบบสอบถาม.png', 7)]
const circularId = await stage.sendFromMinistry(circular, circularScans)
const exchanges = await Promise.all(
  stage.members.map(async ({ member, system }) => {
    const { office } = member
    const number = `มท 0210.3/${office}`
    const scans = [pdf('คำตอบ.pdf', `to ${office}`)]
    const subject = 'ตอบข้อหารือ & แจ้งผล'
    const messageId = await stage.sendFromMinistry(
      { ...circular, number, subject, urgency: 'ordinary', to: [office] },
      scans,
    )
    const letters = lettersOf(officeById(office).abbreviation, office)
    for (const letter of letters) await system.send(letter)
    const received = [
      { messageId: circularId, number: circular.number, scans: circularScans },
      { messageId, number, scans },
    ]
    return { member, system, letters, received }
  }),
)

// Only now: a test file whose root waits between its tests is taken to be at its end.
t.teardown(() => stage.close())
t.same(stage.leftOut, [])

for (const { member, system, letters, received } of exchanges) {
  t.test(`${member.profile}: ${member.product}`, async (t) => {
    const { office } = member
    for (const [index, letter] of letters.entries()) {
      const registered = await stage.ministry(
        (entry) =>
          entry.entry === 'letter.registered' && entry.from === office && same(entry.number, letter.number),
      )
      if (registered.entry !== 'letter.registered') throw new Error('another entry')
      t.same(registered.attachments, letter.scans.map(digestOf), 'every scan, byte for byte')
      t.equal(registered.date, ['2008-02-13', '2008-02-29'][index])
      t.equal(registered.subject, letter.subject)
      const back = (await stage.book(
        office,
        (entry) =>
          entry.entry === 'notice.received' && entry.kind === 'accept' && same(entry.number, letter.number),
      )) as Kind<'notice.received'>
      t.equal(arabicDigits(back.receiveNumber), registered.receiveNumber, 'the number is back in the book')
    }
    for (const { messageId, number, scans } of received) {
      const came = (await stage.book(
        office,
        (entry) => entry.entry === 'letter.received' && same(entry.number, number),
      )) as Kind<'letter.received'>
      for (const scan of scans) t.ok(came.files.includes(digestOf(scan)), scan.name)
      const accepted = await stage.ministry(
        (entry) =>
          entry.entry === 'notice.received' &&
          entry.kind === 'accept' &&
          entry.from === office &&
          entry.about === messageId,
      )
      t.match(accepted, { receiveNumber: came.receiveNumber }, 'the number is back in the register')
    }
    const twice = system.entries.filter(({ entry }) => entry === 'letter.repeated')
    t.same(twice, [], 'nothing came twice')
  })
}
