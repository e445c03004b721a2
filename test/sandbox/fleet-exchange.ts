// Letters with scans both ways between members of the fleet and the ministry, through a real gateway: each is to be registered
// once, byte for byte, and its receive number to be back in the sender's own book.
import t, { type Test } from 'tap'
import { normalizeNumber } from '../../src/letter/numbers.ts'
import { moi, type OfficeId, officeById } from '../../src/letter/offices.ts'
import { arabicDigits } from '../../src/letter/search.ts'
import type { Hosted } from '../../src/sandbox/fleet/host.ts'
import type { FleetMember } from '../../src/sandbox/fleet/member.ts'
import { makePdf, makePng } from '../../src/sandbox/paper.ts'
import type { ClerkLetter, Scan } from '../../src/sandbox/systems/system.ts'
import { digestOf, openStage, type Stage } from './fleet-stage.ts'

export const pdf = (name: string, said: string): Scan => ({
  name,
  mediaType: 'application/pdf',
  bytes: makePdf(name, [said]),
})

export const png = (name: string, seed: number): Scan => ({
  name,
  mediaType: 'image/png',
  bytes: makePng(16, 16, seed),
})

/** What is peculiar to some members; the rest is the same for all. */
export interface Exchanging {
  /** Of the first letter that each of them sends, and of the one that each is sent. */
  readonly subject?: string
  readonly answer?: string
  /** Names of the scan of the first letter and of the picture of the second. */
  readonly scan?: string
  readonly picture?: string
  /** The last scan of the second letter. */
  readonly last?: (office: OfficeId) => Scan
  /** Goes with the circular, beside its two scans. */
  readonly besides?: readonly Scan[]
  /** The gateway stops and starts in the middle of it all: files are claimed, parcels are on their way. */
  readonly restart?: true
}

export interface Exchange extends Hosted {
  readonly letters: readonly ClerkLetter[]
  readonly received: readonly {
    readonly messageId: string
    readonly number: string
    readonly scans: readonly Scan[]
  }[]
}

export const same = (one: string, other: string): boolean => normalizeNumber(one) === normalizeNumber(other)

/** What a clerk of the province types: digits of both scripts, an urgency, three scans. */
function lettersOf(office: OfficeId, said: Exchanging): readonly ClerkLetter[] {
  const { abbreviation } = officeById(office)
  const last = said.last?.(office) ?? pdf('a (1).pdf', `${office} three`)
  return [
    {
      number: `${abbreviation} 0017.1/492`,
      date: '13 กุมภาพันธ์ 2551',
      subject: said.subject ?? 'การเชื่อมโยงระบบสารบรรณอิเล็กทรอนิกส์ "ระยะที่ 2"; แผนงาน, งบประมาณ',
      urgency: '',
      to: moi,
      scans: [pdf(said.scan ?? 'หนังสือ.pdf', `${office} one`)],
    },
    {
      number: `${abbreviation} ๐๐๑๗.๒/ว ๑๒`,
      date: '๒๙ กุมภาพันธ์ ๒๕๕๑',
      subject: 'ขอเชิญประชุมคณะทำงาน : จังหวัดนำร่อง 18 จังหวัด',
      urgency: 'ด่วนที่สุด',
      to: moi,
      scans: [pdf('a.pdf', `${office} two`), png(said.picture ?? 'แผนที่.png', Number(office)), last],
    },
  ]
}

/** The dates of `lettersOf`, as the ministry has them. */
const dates = ['2008-02-13', '2008-02-29']

/**
 * A circular to all members in one envelope, and a letter of its own to each; meanwhile each sends two. Then a test for each
 * member, that all of them arrived; `also`: what else is so of it.
 */
export async function exchange(
  members: readonly FleetMember[],
  said: Exchanging,
  also: (t: Test, exchanged: Exchange, stage: Stage) => void | Promise<void>,
): Promise<{ readonly stage: Stage; readonly exchanges: readonly Exchange[] }> {
  const stage = await openStage(members)
  const circular = {
    number: 'มท ๐๒๑๐.๓/ว๓๘๙๘',
    date: '2008-11-15',
    subject: 'ขอความอนุเคราะห์ตอบแบบสอบถามการใช้ระบบสารบรรณอิเล็กทรอนิกส์',
    urgency: 'most-urgent',
    to: members.map(({ office }) => office),
  }
  const toAll = [pdf('ว3898.pdf', 'to all'), png('แบบสอบถาม.png', 7), ...(said.besides ?? [])]
  const circularId = await stage.sendFromMinistry(circular, toAll)
  const exchanges = await Promise.all(
    stage.members.map(async (hosted): Promise<Exchange> => {
      const { office } = hosted.member
      const number = `มท 0210.3/${office}`
      const scans = [pdf('คำตอบ.pdf', `to ${office}`)]
      const subject = said.answer ?? 'ตอบข้อหารือ & แจ้งผล'
      const own = { ...circular, number, subject, urgency: 'ordinary', to: [office] }
      const messageId = await stage.sendFromMinistry(own, scans)
      const letters = lettersOf(office, said)
      for (const letter of letters) await hosted.system.send(letter)
      const received = [
        { messageId: circularId, number: circular.number, scans: toAll },
        { messageId, number, scans },
      ]
      return { ...hosted, letters, received }
    }),
  )
  if (said.restart) await stage.restart()
  // Only now: a test file whose root waits between its tests is taken to be at its end.
  t.teardown(() => stage.close())
  t.same(stage.leftOut, [])
  for (const exchanged of exchanges) {
    const { member } = exchanged
    t.test(`${member.profile}: ${member.product}`, async (t) => {
      await isRegistered(t, exchanged, stage)
      await isReceived(t, exchanged, stage)
      await also(t, exchanged, stage)
    })
  }
  return { stage, exchanges }
}

async function isRegistered(t: Test, { member, letters }: Exchange, stage: Stage): Promise<void> {
  const { office } = member
  for (const [index, letter] of letters.entries()) {
    const registered = await stage.ministry(
      (entry) =>
        entry.entry === 'letter.registered' && entry.from === office && same(entry.number, letter.number),
      `${letter.number} in the ministry's register`,
    )
    if (registered.entry !== 'letter.registered') throw new Error('another entry')
    t.same(registered.attachments, letter.scans.map(digestOf), 'ledger: every scan, byte for byte')
    t.equal(registered.date, dates[index])
    t.equal(registered.subject, letter.subject)
    const back = await stage.book(
      office,
      (entry) =>
        entry.entry === 'notice.received' && entry.kind === 'accept' && same(entry.number, letter.number),
      `the receive number of ${letter.number}`,
    )
    if (back.entry !== 'notice.received') throw new Error('another entry')
    t.equal(
      arabicDigits(back.receiveNumber),
      registered.receiveNumber,
      'ledger: the number is back in the book',
    )
  }
}

async function isReceived(t: Test, { member, received }: Exchange, stage: Stage): Promise<void> {
  const { office, profile } = member
  for (const { messageId, number, scans } of received) {
    const came = await stage.book(
      office,
      (entry) => entry.entry === 'letter.received' && same(entry.number, number),
      `${number} in the book of ${profile}`,
    )
    if (came.entry !== 'letter.received') throw new Error('another entry')
    for (const scan of scans) t.ok(came.files.includes(digestOf(scan)), `ledger: ${scan.name}`)
    const accepted = await stage.ministry(
      (entry) =>
        entry.entry === 'notice.received' &&
        entry.kind === 'accept' &&
        entry.from === office &&
        entry.about === messageId,
      `the receive number of ${number} from ${profile}`,
    )
    t.match(accepted, { receiveNumber: came.receiveNumber }, 'ledger: the number is back in the register')
  }
}

/** Nothing came twice to a system, and none of these was entered into its book. */
export function noneTwice(t: Test, { system }: Exchange, ...others: readonly string[]): void {
  const odd = system.entries.filter(({ entry }) => entry === 'letter.repeated' || others.includes(entry))
  t.same(odd, [], 'ledger: nothing came twice')
}
