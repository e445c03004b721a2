// Profiles proposed from samples: measured against the shipped profiles, which read the same samples by hand-written mappings.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import iconv from 'iconv-lite'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { AttachmentContent, Item } from '../../src/adapters/contract.ts'
import { type Charset, encode } from '../../src/adapters/formats/charset.ts'
import { withTables } from '../../src/adapters/lookup-tables.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import { proposeProfile, type Wish } from '../../src/adapters/propose/propose.ts'
import { transportKinds } from '../../src/adapters/propose/transports.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { shipped, TestClock } from './stage.ts'

const clock = new TestClock()
const folder = join(import.meta.dirname, 'cases')
const kinds = ['csv', 'html-table', 'xlsx', 'dbf', 'xml', 'json-records']

const wish = (office: OfficeId, more: Partial<Wish> = {}): Wish => ({
  office,
  id: 'x-new',
  origin: 'outsourced',
  transport: 'folder',
  ...more,
})
const uttaradit = shipped('uttaradit-csv').office

interface Sample {
  readonly name: string
  readonly bytes: Buffer
  readonly beside: ReadonlyMap<string, AttachmentContent>
  readonly memo?: Buffer
}

/** The letters among a profile's cases; cases.test.ts checks that they are cases. */
function samplesOf(id: string): Sample[] {
  return readdirSync(join(folder, id))
    .filter((name) => name.endsWith('.txt'))
    .flatMap((name): Sample[] => {
      const [head = '', ...rest] = readFileSync(join(folder, id, name), 'utf8').split('\n\n')
      const header = (key: string) => new RegExp(`^${key}: (.*)$`, 'm').exec(head)?.[1]
      if (header('document') === 'notice') return []
      const [body = ''] = rest.join('\n\n').split('\n----\n')
      const charset = header('charset') ?? 'utf-8'
      const bytes =
        charset === 'hex'
          ? Buffer.from(body.replace(/\s/g, ''), 'hex')
          : charset === 'windows-874'
            ? iconv.encode(body, charset)
            : encode(body, charset as Charset)
      const names = (header('beside') ?? '').split(', ').filter((each) => each !== '')
      const [memo = '', digits = ''] = (header('memo') ?? '').split(' ')
      const beside = new Map(
        names.map((each) => [each, { kind: 'bytes' as const, bytes: Buffer.from(each) }]),
      )
      if (memo !== '') beside.set(memo, { kind: 'bytes', bytes: Buffer.from(digits, 'hex') })
      return [{ name, bytes, beside, ...(digits !== '' && { memo: Buffer.from(digits, 'hex') }) }]
    })
}

function tabled(id: string): Profile {
  const own = join(folder, id)
  const tables = readdirSync(own).filter((name) => !name.endsWith('.txt'))
  const environment = Object.fromEntries(tables.map((name) => [name.replace(/\.\w+$/, ''), join(own, name)]))
  return mustBe(withTables(shipped(id), { environment, absolute: (path) => resolve(own, path), clock }))
}

const read = async (profile: Profile, { name, bytes, beside }: Sample): Promise<readonly Item[]> =>
  (await formsOf(profile, clock).send?.read({
    document: 'letter',
    name,
    bytes,
    beside,
    sender: 'gone',
    final: true,
  })) ?? []

/** What must be the same: a letter's fields in words, by its number. */
const lettersOf = (items: readonly Item[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    items.flatMap((item) => {
      if (item.kind !== 'letter') return []
      const { number, date, subject, from, to, urgency } = item.draft
      const fields = [number?.printed, date, subject, from?.office, to?.offices.join(), urgency]
      return [[number?.printed ?? '', fields.map(String)] as const]
    }),
  )

t.test('samples of the shipped systems: what is proposed reads what the shipped profile reads', async (t) => {
  const wrong: string[] = []
  let [right, all, samples, proposed] = [0, 0, 0, 0]
  const ids = readdirSync(folder).filter((id) => existsSync(join(folder, `../../../profiles/${id}.yaml`)))
  for (const id of ids) {
    const profile = tabled(id)
    const { format } = profile.documents[profile.channels.send?.document ?? ''] ?? {}
    if (!kinds.includes(format?.kind ?? '')) continue
    for (const sample of samplesOf(id)) {
      const expected = lettersOf(await read(profile, sample))
      if (expected.size === 0) continue
      samples += 1
      const proposal = proposeProfile(wish(profile.office), sample.bytes, undefined, sample.memo)
      const text = proposal.ok ? proposal.value.text : undefined
      if (proposal.ok) {
        proposed += 1
        t.equal(proposal.value.format, format?.kind, `${id} ${sample.name}: the format`)
      }
      const found =
        text === undefined ? new Map() : lettersOf(await read(mustBe(readProfile(text, 'x')), sample))
      for (const [number, fields] of expected)
        for (const [index, field] of fields.entries()) {
          all += 1
          if (found.get(number)?.[index] === field) right += 1
          else wrong.push(`${id} ${sample.name} ${number}: ${field} and not ${found.get(number)?.[index]}`)
        }
    }
  }
  t.comment(`${samples} samples, ${proposed} proposals; ${right} of ${all} fields are right`)
  t.ok(samples >= 30, 'the fleet is there')
  // The line that is held: a change may only better it.
  t.ok(right / all >= 0.85, `${right} of ${all}`, { wrong: wrong.slice(0, 60) })
})

t.test('every transport makes a whole profile', (t) => {
  const csv = Buffer.from('ที่,ลงวันที่,เรื่อง,ถึง\nอต 0017.1/1,15/11/2551,ทดสอบระบบ,จังหวัดน่าน\n')
  for (const transport of transportKinds) {
    const { text } = mustBe(proposeProfile(wish(uttaradit, { transport }), csv, undefined))
    t.equal(mustBe(readProfile(text, 'x')).channels.send?.transport.kind, transport)
  }
  t.end()
})

t.test('a sample of notices says how they are written', async (t) => {
  const letters = Buffer.from('ที่;ลงวันที่;เรื่อง;ถึง\nอต 0017.1/1;15/11/2551;ทดสอบระบบ;จังหวัดน่าน\n')
  const notices = Buffer.from(
    'สถานะ|ที่หนังสือ|ลงวันที่|หน่วยงาน|เลขรับ|เหตุผล\nA|อต 0017.1/1|15 พ.ย. 2551|จังหวัดน่าน|12/2551|\nX|อต 0017.1/2|15 พ.ย. 2551|จังหวัดน่าน||ผิดจังหวัด\n',
  )
  const profile = mustBe(readProfile(mustBe(proposeProfile(wish(uttaradit), letters, notices)).text, 'x'))
  const items = await formsOf(profile, clock).sendNotices?.read({
    document: 'notice',
    name: 'x',
    bytes: notices,
    beside: new Map(),
    sender: 'gone',
    final: true,
  })
  t.match(items, [
    { kind: 'notice', draft: { kind: 'accept', receiveNumber: '12/2551', about: { date: '2008-11-15' } } },
    { kind: 'notice', draft: { kind: 'reject', reason: 'ผิดจังหวัด' } },
  ])
  const none = proposeProfile(wish(uttaradit), letters, letters)
  t.match(none, { ok: false, problems: [{ code: 'adapter.propose.notices', path: 'notices' }] })
})

t.test('what is no sample says so', (t) => {
  const garbage = Buffer.from(Array.from({ length: 5_000 }, (_each, index) => (index * 7919) % 256))
  const cases: readonly (readonly [Buffer, string])[] = [
    [Buffer.alloc(0), 'adapter.document.empty'],
    [garbage, 'adapter.propose.unknown'],
    [Buffer.from('%PDF-1.4\n%âãÏÓ\n'), 'adapter.propose.other'],
    [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), 'adapter.propose.other'],
    [Buffer.from('สวัสดี\n'), 'adapter.propose.unknown'],
    [Buffer.from('From: a@b\nSubject: x\n\nที่: 1\n'), 'adapter.propose.mail'],
    [Buffer.from('ชื่อ,นามสกุล,อายุ\nสมชาย,ใจดี,40\n'), 'adapter.propose.missing'],
    [Buffer.from('<!DOCTYPE a [<!ENTITY x "y">]><a><b>&x;</b></a>'), 'adapter.xml.forbidden'],
    [Buffer.from(`${'['.repeat(100_000)}`), 'adapter.document.too-many'],
    [Buffer.alloc(16 * 1024 * 1024 + 1, 0x61), 'adapter.propose.large'],
  ]
  for (const [bytes, code] of cases) {
    const proposal = proposeProfile(wish(uttaradit), bytes, undefined)
    t.match(proposal, { ok: false, problems: [{ code }] }, code)
  }
  t.end()
})

t.test('nothing that stands in a sample becomes a line of the profile', (t) => {
  const hostile = '"ความเร็ว\n  x: ""y"" # z"'
  const csv = Buffer.from(
    `ที่,ลงวันที่,เรื่อง,ถึง,${hostile},ชั้นความเร็ว\nอต 0017.1/1,15/11/2551,ทดสอบระบบ,จังหวัดน่าน,a,"1\nillustrative: true"\nอต 0017.1/2,15/11/2551,ทดสอบระบบ,จังหวัดน่าน,"*b",1\n`,
  )
  const { text } = mustBe(proposeProfile(wish(uttaradit), csv, undefined))
  const profile = mustBe(readProfile(text, 'x'))
  t.equal(profile.illustrative, false)
  t.match(profile.documents['letter']?.format['columns'], [
    /ที่/,
    /ลงวันที่/,
    /เรื่อง/,
    /ถึง/,
    /\n {2}x: "y" # z/,
    /./,
  ])
  t.end()
})
