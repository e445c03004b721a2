// The real letters of B.E. 2551, as each member that writes files has them: what it writes is what its profile reads, and what
// its profile writes is what it reads. No gateway between the two: a fault is seen where it is made.
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { AttachmentContent, Item } from '../../src/adapters/contract.ts'
import type { DocumentForm } from '../../src/adapters/formats/format.ts'
import { clerkLetter, readPrintedLetters } from '../../src/cli/demo/letters.ts'
import { mediaTypeOf } from '../../src/letter/attachments.ts'
import { checkLetter } from '../../src/letter/check.ts'
import { readLetterDate } from '../../src/letter/dates.ts'
import { letterFromJson } from '../../src/letter/json.ts'
import type { Attachment, Letter } from '../../src/letter/letter.ts'
import { normalizeNumber } from '../../src/letter/numbers.ts'
import { moi } from '../../src/letter/offices.ts'
import { systemRandom } from '../../src/letter/time.ts'
import { members as csvFolder } from '../../src/sandbox/fleet/csv-folder/csv-folder.ts'
import { type FleetMember, type FleetServers, Missing } from '../../src/sandbox/fleet/member.ts'
import { ayutthaya } from '../../src/sandbox/fleet/self-built/ayutthaya.ts'
import { lopBuri } from '../../src/sandbox/fleet/self-built/lop-buri.ts'
import { nakhonSawan } from '../../src/sandbox/fleet/self-built/nakhon-sawan.ts'
import { sakonNakhon } from '../../src/sandbox/fleet/self-built/sakon-nakhon.ts'
import { members as spreadsheets } from '../../src/sandbox/fleet/spreadsheets/spreadsheets.ts'
import { parcelOf, shipped, TestClock } from '../adapters/stage.ts'
import { mustBe } from '../letter/arbitrary.ts'

const members: readonly FleetMember[] = [
  ...csvFolder,
  ...spreadsheets,
  ayutthaya,
  lopBuri,
  sakonNakhon,
  nakhonSawan,
]
const clock = new TestClock()
// One of them has no date: it is no letter yet.
const printed = readPrintedLetters().filter(({ date }) => date !== '')

/** Accounts on servers that nobody calls: the system looks into the folders themselves. */
const account = { host: '127.0.0.1', port: 1, user: 'u', password: 'p' }
const none = async (): Promise<never> => {
  throw new Missing('a server', 'none is needed here')
}
const servers: FleetServers = {
  sftp: async () => ({ ...account, hostKey: 'SHA256:x' }),
  sftpByKey: none,
  ftp: async () => ({ ...account, authority: 'PEM' }),
  mariadb: none,
  postgresql: none,
  mailboxes: none,
}

/** Where a member's folders are: shared ones, or those on its server. */
const places = (folder: string, environment: Readonly<Record<string, string>>, office: string) =>
  environment[`SARABAN_${office}_SEND`] === undefined
    ? { send: 'out', sendNotices: 'answers', receive: 'in', notices: 'status', root: join(folder, 'server') }
    : {
        send: 'send',
        sendNotices: 'send-notices',
        receive: 'receive',
        notices: 'notices',
        root: join(folder, 'shared'),
      }

/** Takes what the system has put into a folder, and reads its one document. */
async function take(folder: string, form: DocumentForm, document: 'letter' | 'notice'): Promise<Item> {
  const names = readdirSync(folder)
  const beside = new Map<string, AttachmentContent>()
  const documents: Buffer[] = []
  for (const name of names) {
    const bytes = readFileSync(join(folder, name))
    if (/^(ส่ง|รับ)-/.test(name)) documents.push(bytes)
    else beside.set(name, { kind: 'bytes', bytes })
    rmSync(join(folder, name))
  }
  const [bytes] = documents
  if (bytes === undefined || documents.length !== 1)
    throw new Error(`${documents.length} documents in ${folder}`)
  const items = await form.read({ document, name: 'x', bytes, beside, sender: 'gone', final: true })
  const [item] = items
  if (item === undefined || items.length !== 1) throw new Error(`${items.length} letters in one document`)
  return item
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

for (const member of members) {
  t.test(member.profile, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'saraban-words-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    const { system, environment } = await member.open({
      folder,
      clock,
      random: systemRandom,
      watch: () => undefined,
      gateway: { http: '', https: '' },
      servers,
      identity: () => {
        throw new Error('no member here seals envelopes')
      },
    })
    const { root, ...names } = places(folder, environment, member.office)
    const forms = formsOf(shipped(member.profile), clock)
    const { send, sendNotices, receive, notices } = forms
    if (send === undefined || sendNotices === undefined || receive === undefined || notices === undefined)
      throw new Error('a channel is missing')
    for (const one of printed) {
      const sent = clerkLetter(one, member.office, moi)
      await system.send(sent)
      const item = await take(join(root, names.send), send, 'letter')
      if (item.kind !== 'letter') {
        t.fail(`${one.item} is no letter`, item)
        continue
      }
      const { number, date, subject, urgency, to, from } = item.draft
      t.same(
        {
          number: number?.normalized,
          date,
          subject,
          urgency,
          from: from?.office,
          to: to?.offices,
          files: item.attachments.map(({ content }) => content.kind === 'bytes' && digest(content.bytes)),
        },
        {
          number: normalizeNumber(one.number),
          date: mustBe(readLetterDate(one.date)),
          subject: member.profile === 'mae-hong-son-csv' ? one.subject.replace(/[“”]/g, '"') : one.subject,
          urgency: urgencyOf(one.urgency),
          from: member.office,
          to: [moi],
          files: sent.scans.map(({ bytes }) => digest(bytes)),
        },
        `letter ${one.item} to the ministry`,
      )

      const scans = sent.scans.map(({ bytes }) => bytes)
      const letter = letterFor(one, member.office, sent.scans)
      const byDigest = new Map(scans.map((bytes) => [digest(bytes), bytes]))
      const parcel = parcelOf({ letter }, `p-${one.item}`, member.office, byDigest)
      const written = mustBe(await receive.write(parcel))
      for (const file of written.files)
        writeFileSync(
          join(root, names.receive, file.name),
          file.content.kind === 'bytes' ? file.content.bytes : (byDigest.get(file.sha256) ?? ''),
        )
      writeFileSync(join(root, names.receive, `p-${one.item}.${written.extension}`), written.bytes)
      await system.look()
      const came = system.entries.findLast(({ entry }) => entry === 'letter.received')
      if (came?.entry !== 'letter.received') throw new Error('nothing came')
      t.equal(normalizeNumber(came.number), letter.number.normalized, `letter ${one.item} from the ministry`)
      t.same(
        scans.map(digest).filter((each) => !came.files.includes(each)),
        [],
      )
      const answer = await take(join(root, names.sendNotices), sendNotices, 'notice')
      t.match(answer, {
        kind: 'notice',
        draft: {
          kind: 'accept',
          about: { date: letter.date, sender: moi },
          receiveNumber: came.receiveNumber,
        },
      })
      if (answer.kind === 'notice' && 'number' in answer.draft.about)
        t.equal(normalizeNumber(answer.draft.about.number), letter.number.normalized)
    }
    t.same(
      system.entries.filter(({ entry }) => entry === 'letter.repeated'),
      [],
    )
    await system.close()
  })
}

const urgencyOf = (printed: string) =>
  printed === 'ด่วนที่สุด' ? 'most-urgent' : printed === 'ด่วนมาก' ? 'very-urgent' : 'ordinary'

/** The letter as the ministry sends it to one province. */
function letterFor(
  one: (typeof printed)[number],
  office: string,
  scans: readonly { readonly name: string; readonly mediaType: string; readonly bytes: Buffer }[],
): Letter {
  const { draft } = mustBe(
    letterFromJson({
      number: one.number,
      date: mustBe(readLetterDate(one.date)),
      subject: one.subject,
      urgency: urgencyOf(one.urgency),
      from: moi,
      to: office,
    }),
  )
  const attachments = scans.map(
    ({ name, mediaType, bytes }, index): Attachment => ({
      name,
      mediaType: mustBe(mediaTypeOf(mediaType, name)),
      role: index === 0 ? 'main' : 'enclosure',
      size: bytes.length,
      sha256: digest(bytes),
    }),
  )
  return mustBe(checkLetter(draft, attachments))
}
