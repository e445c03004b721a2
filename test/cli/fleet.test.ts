// The fleet of `saraban demo --fleet`: the verdict, which only the books of the offices decide; and a few members at work.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readPrintedLetters } from '../../src/cli/demo/letters.ts'
import {
  type Books,
  endedWell,
  type Fate,
  judge,
  missingOf,
  type Sent,
  strangers,
} from '../../src/cli/fleet/judge.ts'
import { planLetters } from '../../src/cli/fleet/letters.ts'
import type { Row } from '../../src/cli/fleet/rows.ts'
import { runFleet } from '../../src/cli/fleet/run.ts'
import { run } from '../../src/cli/program.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { normalizeNumber } from '../../src/letter/numbers.ts'
import { type OfficeId, officeId } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { type FleetMember, Missing } from '../../src/sandbox/fleet/member.ts'
import { ecmsSoap, jsonOverHttp } from '../../src/sandbox/fleet/three.ts'
import type { InboxEntry } from '../../src/sandbox/inbox/register.ts'
import type { BookEntry } from '../../src/sandbox/systems/system.ts'

const office = (id: string): OfficeId => {
  const found = officeId(id)
  if (!found.ok) throw new Error(`no office ${id}`)
  return found.value
}
const at = '2026-11-23T10:15:00.000+07:00'
const letter = {
  number: 'มท 0210.3/ว 332',
  date: '2008-05-20',
  subject: 'ส่งรายงานการประชุม',
  scans: ['aa', 'bb'],
}
const out: Sent = { office: office('50'), way: 'to the ministry', ...letter }
const into: Sent = { office: office('50'), way: 'from the ministry', ...letter, messageId: 'urn:uuid:1' }

const handedOver: BookEntry = { entry: 'letter.sent', at, number: letter.number, date: '20 พ.ค. 2551' }
const registered = (more: Partial<InboxEntry & { entry: 'letter.registered' }> = {}): InboxEntry => ({
  entry: 'letter.registered',
  at,
  messageId: 'urn:uuid:2',
  digest: '',
  from: '50',
  number: 'มท 0210.3/ว332',
  date: '2008-05-20',
  subject: letter.subject,
  attachments: ['aa', 'bb'],
  receiveNumber: '7/2569',
  receipt: '',
  ...more,
})
const told = (receiveNumber: string, kind = 'accept', number = 'มท ๐๒๑๐.๓/ว ๓๓๒'): BookEntry => ({
  entry: 'notice.received',
  at,
  kind,
  number,
  date: '',
  receiveNumber,
})
const received = (more: Partial<BookEntry & { entry: 'letter.received' }> = {}): BookEntry => ({
  entry: 'letter.received',
  at,
  id: 'x',
  from: 'สป.มท.',
  number: '0210.3/ว332',
  date: '20 พ.ค. 51',
  subject: letter.subject,
  files: ['bb', 'aa'],
  receiveNumber: '๓/๒๕๖๙',
  ...more,
})
const answered = (receiveNumber: string, about = 'urn:uuid:1'): InboxEntry => ({
  entry: 'notice.received',
  at,
  messageId: 'urn:uuid:3',
  digest: '',
  kind: 'accept',
  from: '50',
  about,
  receiveNumber,
  receipt: '',
})

const books = (ministry: readonly InboxEntry[], province: readonly BookEntry[]): Books => ({
  ministry,
  of: (id) => (id === '50' ? province : []),
})
const fate = (sent: Sent, ministry: readonly InboxEntry[], province: readonly BookEntry[]): Fate => {
  const [one] = judge([sent], books(ministry, province))
  if (one === undefined) throw new Error('no fate')
  return one
}

t.test(
  'a letter to the ministry ended well only when it is registered once, whole, and its number is back',
  async (t) => {
    t.ok(endedWell(fate(out, [registered()], [handedOver, told('๗/๒๕๖๙')])))
    const bad: [string, InboxEntry[], BookEntry[], RegExp | undefined][] = [
      ['lost', [], [handedOver], undefined],
      ['no number back', [registered()], [handedOver], undefined],
      ['another number back', [registered()], [handedOver, told('8/2569')], /was told 8\/2569/],
      ['two numbers back', [registered()], [told('7/2569'), told('8/2569')], /was told 8\/2569/],
      [
        'twice',
        [registered(), registered({ receiveNumber: '8/2569' })],
        [told('7/2569')],
        /registered 2 times: 7\/2569, 8\/2569/,
      ],
      ['a scan is missing', [registered({ attachments: ['aa'] })], [told('7/2569')], /1 of 2 scans/],
      ['a scan is another', [registered({ attachments: ['aa', 'cc'] })], [told('7/2569')], /1 of 2 scans/],
      [
        'a scan too many',
        [registered({ attachments: ['aa', 'bb', 'aa'] })],
        [told('7/2569')],
        /3 files came/,
      ],
      ['another subject', [registered({ subject: 'ส่งรายงาน' })], [told('7/2569')], /subject came as/],
      ['another day', [registered({ date: '2008-05-21' })], [told('7/2569')], /date came as/],
      ['other letters', [registered({ number: 'ชม 0210.3/ว332' })], [told('7/2569')], /number came as/],
      [
        'refused',
        [],
        [{ entry: 'letter.refused', at, number: letter.number, said: 'no date' }],
        /refused it: no date/,
      ],
      ['rejected', [registered()], [told('7/2569'), told('', 'reject')], /was told: reject/],
    ]
    for (const [name, ministry, province, fault] of bad) {
      const found = fate(out, ministry, province)
      t.notOk(endedWell(found), name)
      if (fault === undefined) t.same(found.faults, [], name)
      else t.match(found.faults.join('; '), fault, name)
    }
  },
)

t.test('a letter of the ministry: the province and the ministry agree, digits aside', async (t) => {
  t.ok(endedWell(fate(into, [answered('3/2569')], [received()])))
  // What its system cannot say stands whole in one more file.
  const spilled = received({ files: ['aa', 'bb', 'ee'], subject: 'ส่งรายงาน ...' })
  t.ok(endedWell(fate(into, [answered('3/2569')], [spilled])))
  for (const [name, ministry, province] of [
    ['not received', [answered('3/2569')], []],
    ['no answer', [], [received()]],
    ['another answer', [answered('4/2569')], [received()]],
    ['twice', [answered('3/2569')], [received(), received({ receiveNumber: '4/2569' })]],
    ['a subject cut, and nowhere whole', [answered('3/2569')], [received({ subject: 'ส่งรายงาน ...' })]],
    ['a scan lost', [answered('3/2569')], [received({ files: ['aa', 'ee'] })]],
    ['another day', [answered('3/2569')], [received({ date: '21 พ.ค. 51' })]],
    ['no day', [answered('3/2569')], [received({ date: '' })]],
    ['what is no day', [answered('3/2569')], [received({ date: '1211216400' })]],
    [
      'returned',
      [{ entry: 'envelope.returned', at, messageId: 'urn:uuid:1', said: 'no' }, answered('3/2569')],
      [received()],
    ],
  ] as [string, InboxEntry[], BookEntry[]][])
    t.notOk(endedWell(fate(into, ministry, province)), name)
  t.ok(
    endedWell(
      fate(into, [answered('3/2569')], [received(), { entry: 'letter.repeated', at, id: 'y', number: '' }]),
    ),
    'what came again and kept its number is not doubled',
  )
})

t.test('what nobody sent, and what did not happen, is told', async (t) => {
  const all = books([registered({ number: 'มท 0210.3/999' })], [received({ number: 'มท 0210.3/998' })])
  t.match(
    strangers([out, into], office('50'), all).join('\n'),
    /registered มท 0210\.3\/999.*\n.*มท 0210\.3\/998/,
  )
  t.same(
    strangers(
      [out, into],
      office('50'),
      books([registered(), answered('3/2569')], [received(), told('7/2569')]),
    ),
    [],
  )
  const wrong = books([answered('3/2569', 'urn:uuid:9')], [told('7/2569', 'accept', 'ชม 1/9')])
  t.match(
    strangers([out, into], office('50'), wrong).join('\n'),
    /told accept of ชม 1\/9.*\n.*told accept of urn:uuid:9/,
    'an answer to a letter of somebody else',
  )
  const missing = (ministry: InboxEntry[], province: BookEntry[]) =>
    missingOf(judge([out], books(ministry, province)), office('50')).join('; ')
  t.match(missing([], []), /was not handed over$/)
  t.match(missing([], [handedOver]), /is not registered$/)
  t.match(missing([registered()], [handedOver]), /registered as 7\/2569, and its sender does not know it/)
})

t.test('every real letter with a date goes somewhere, and none twice the same way', async (t) => {
  const printed = readPrintedLetters()
  const plan = planLetters(printed, 2)
  const used = new Set([plan.circular.item])
  for (let index = 0; index < 75; index += 1) {
    const { out, back } = plan.letters(index)
    t.equal(new Set([...out, ...back, plan.circular].map(({ item }) => item)).size, 5)
    for (const { item } of [...out, ...back]) used.add(item)
  }
  t.equal(used.size, printed.filter(({ date }) => date !== '').length)
  const most = planLetters(printed, 10).letters(3)
  const numbers = [...most.out, ...most.back].map(({ number }) => normalizeNumber(number))
  t.equal(new Set(numbers).size, 20)
})

/** What no more time would mend. */
function ledgerSays(t: Test, rows: readonly Pick<Row, 'trouble'>[]): void {
  const said = rows.flatMap(({ trouble }) => trouble).filter((each) => !/does not know it$/.test(each))
  t.same(said, [], 'ledger: nothing lost, twice, altered or under another number')
}

/** A terminal that remembers. */
function terminal(window?: {
  rows: number
  columns: number
}): Terminal & { shown: string; complaints: string } {
  const remembered = {
    shown: '',
    complaints: '',
    write: (text: string) => {
      remembered.shown += text
    },
    complain: (text: string) => {
      remembered.complaints += text
    },
    environment: process.env,
    clock: systemClock,
    random: systemRandom,
    untilEnded: () => Promise.resolve(),
    ...(window && { window: () => window }),
  }
  return remembered
}

t.test('--only with --json: status 0, and every count', async (t) => {
  const folder = join(t.testdir(), 'fleet')
  const its = terminal()
  const code = await run(['demo', '--only', '93', '--letters', '1', '--json', '--folder', folder], its)
  const shown = JSON.parse(its.shown) as { members: readonly Row[] }
  ledgerSays(t, shown.members)
  t.equal(code, 0, its.complaints)
  t.match(shown, {
    good: true,
    members: [
      {
        office: '93',
        name: 'Phatthalung',
        sent: 1,
        registered: 1,
        numbersBack: 1,
        received: 1,
        answered: 1,
        circular: 'answered',
        trouble: [],
      },
    ],
    leftOut: [],
    stuck: {},
  })
  t.ok(existsSync(join(folder, 'saraban.yaml')), 'a named folder is kept')
})

t.test('what is ordered wrongly is told before anything starts', async (t) => {
  const its = terminal()
  t.equal(await run(['demo', '--fleet', '--only', '50,10', '--letters', '11'], its), 2)
  t.match(its.complaints, /--letters: “11” is no number.*cli\.fleet\.letters/)
  t.match(its.complaints, /--only: the fleet has no system for “10” .*cli\.fleet\.office/)
})

/** Loses the first letter that its clerk hands over, and says nothing. */
const forgetful: FleetMember = {
  ...ecmsSoap,
  async open(stage) {
    const opened = await ecmsSoap.open(stage)
    let first = true
    return {
      ...opened,
      system: {
        ...opened.system,
        async send(letter) {
          if (!first) await opened.system.send(letter)
          first = false
        },
      },
    }
  },
}

const absent: FleetMember = {
  ...ecmsSoap,
  open: () => Promise.reject(new Missing('tape robot', 'apt-get install tape-robot')),
}

t.test('a member that loses a letter, and one whose server is missing', async (t) => {
  // What is lost is waited for so long: longer than a loaded machine stands still.
  const order = { printed: readPrintedLetters(), each: 1, stay: false, patience: 30_000 }
  const [window, plain] = [terminal({ rows: 30, columns: 120 }), terminal()]
  const folder = t.testdir({ lost: {}, absent: {} })
  const lost = await runFleet(
    { ...order, folder: join(folder, 'lost'), members: [forgetful], strict: false },
    window,
  )
  t.equal(lost.good, false)
  t.match(lost.rows, [
    { sent: 0, registered: 0, numbersBack: 0, received: 1, answered: 1, circular: 'answered' },
  ])
  t.match(lost.rows[0]?.trouble.join(), /^มท \S+ to the ministry was not handed over$/)
  t.match(window.shown, /SOMETHING IS MISSING/)
  t.match(window.shown, '\u001b[')
  for (const line of window.shown.split('\n'))
    if (line.startsWith('\u001b[2K'))
      t.ok(line.replace(/\p{Mn}/gu, '').length < 125, 'no line is wider than the window')

  const members = [absent, jsonOverHttp('key')]
  const two = await runFleet({ ...order, folder: join(folder, 'absent'), members, strict: true }, plain)
  ledgerSays(t, two.rows)
  t.equal(two.good, false, 'where that counts, whoever takes no part is a failure')
  t.match(two.rows, [{ office: '57', circular: 'answered', trouble: [] }], 'and nothing else fails')
  t.match(
    plain.shown,
    /93 phatthalung-ecms took no part: no tape robot\. To enable it: apt-get install tape-robot/,
  )
  t.match(readFileSync(join(folder, 'absent/saraban.yaml'), 'utf8'), /profiles/)
})
