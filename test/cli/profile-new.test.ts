// `saraban profile new` and `list`: from a stranger's sample to a profile that runs without an edit.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import t from 'tap'
import { run } from '../../src/cli/program.ts'
import { systemRandom } from '../../src/letter/time.ts'
import { HandClock } from '../gateway/harness.ts'

async function saraban(words: readonly string[], answers?: readonly string[]) {
  let [out, err] = ['', '']
  const left = [...(answers ?? [])]
  const code = await run(words, {
    write: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
    ...(answers !== undefined && { ask: () => Promise.resolve(left.shift() ?? '') }),
    environment: {},
    clock: new HandClock(),
    random: systemRandom,
    untilEnded: () => Promise.resolve(),
  })
  return { code, out, err }
}

/** The register of a system that no shipped profile knows. */
const stranger = [
  'เลขทะเบียน\tเลขที่หนังสือ\tลงวันที่\tหัวเรื่อง\tความเร่งด่วน\tหน่วยงานผู้ส่ง\tหน่วยงานผู้รับ\tเอกสารแนบ',
  '๑\tอต 0017.1/101\t๑๕ พ.ย. ๒๕๕๑\tขอเชิญประชุม "ครั้งที่ ๑"\tด่วนมาก\tอต\tสป.มท.\t101.pdf+101-แนบ.xls',
  '๒\tอต 0017.1/ว102\t๑๖ พ.ย. ๒๕๕๑\tรายงานสถานการณ์น้ำ\tปกติ\tอต\tพร+นน\t',
].join('\r\n')

function sampleIn(t: { testdir(content: Record<string, never>): string }) {
  const folder = t.testdir({})
  const samples = join(folder, 'samples')
  mkdirSync(samples)
  const sample = join(samples, 'letters.txt')
  writeFileSync(sample, iconv.encode(`${stranger.replaceAll('+101', ';101')}\r\n`, 'windows-874'))
  for (const name of ['101.pdf', '101-แนบ.xls']) writeFileSync(join(samples, name), name)
  return { folder, sample, out: join(folder, 'profile.yaml') }
}

t.test('a stranger’s sample becomes a profile that check and try accept without an edit', async (t) => {
  const { folder, sample, out } = sampleIn(t)
  const made = await saraban(['profile', 'new', '--office', 'อุตรดิตถ์', '--out', out, sample])
  t.match(made, { code: 0, out: /2 of 2 letters of the sample are read/ }, made.err)
  t.notMatch(made.out, /lost|no way back/)
  t.match(
    readFileSync(out, 'utf8'),
    /\{ at: ลงวันที่, as: .*"th:d MMM yyyy".* # 2 of 2 values are dates of the form/,
  )
  t.match(
    readFileSync(out, 'utf8'),
    'pattern: "*.txt"',
    'as the sample is named, else nothing is ever picked up',
  )
  t.match(await saraban(['profile', 'check', out]), { code: 0, out: /good, uttaradit-new of office 53/ })
  const tried = await saraban(['profile', 'try', out, sample, '--json'])
  t.equal(tried.code, 0, tried.err)
  const { items } = JSON.parse(tried.out) as { items: { letter: object }[] }
  t.match(
    items.map(({ letter }) => letter),
    [
      {
        number: 'อต 0017.1/101',
        date: '2008-11-15',
        subject: 'ขอเชิญประชุม "ครั้งที่ ๑"',
        urgency: 'very-urgent',
        attachments: [{ name: '101.pdf' }, { name: '101-แนบ.xls' }],
      },
      { number: 'อต 0017.1/ว102', to: { offices: ['54', '55'] } },
    ],
  )
  const before = readFileSync(out, 'utf8')
  const again = await saraban(['profile', 'new', '--office', '53', '--out', out, sample])
  t.match(again, { code: 2, err: /cli\.profile\.exists/ })
  t.equal(readFileSync(out, 'utf8'), before, 'never overwritten')
  const list = await saraban(['profile', 'list', folder])
  t.match(list, { code: 0, out: /53 +Uttaradit +uttaradit-new +outsourced .*csv .*send:folder/ })
})

t.test('on a terminal what is missing is asked for, elsewhere it is named', async (t) => {
  const { sample, out } = sampleIn(t)
  t.match(await saraban(['profile', 'new']), { code: 2, err: /without “LETTERS, --office, --out”/ })
  t.match(await saraban(['profile', 'new'], [sample, 'ที่ไม่มี']), { code: 2, err: /without “--office”/ })
  t.match(await saraban(['profile', 'new'], [sample, 'Uttaradit', out]), { code: 0, out: /written, csv/ })
})

t.test('a sample that is none, and a folder with a profile that does not read', async (t) => {
  const { folder, out } = sampleIn(t)
  const pdf = join(folder, 'a.csv')
  writeFileSync(pdf, '%PDF-1.7\n')
  const made = await saraban(['profile', 'new', '--office', '53', '--out', out, pdf])
  t.match(made, { code: 1, err: /the sample is a PDF/ })
  t.throws(() => readFileSync(out), 'nothing is written')
  const absent = await saraban(['profile', 'new', '--office', '53', '--out', out, join(folder, 'none')])
  t.match(absent, { code: 2, err: /cli\.file\.unreadable/ })
  writeFileSync(join(folder, 'bad.yaml'), 'id: X\n')
  const list = await saraban(['profile', 'list', folder, '--json'])
  t.equal(list.code, 1)
  t.match(JSON.parse(list.out), { profiles: [], faulty: [{ file: 'bad.yaml' }] })
  t.match(await saraban(['profile', 'list', folder]), { code: 1, err: /bad\.yaml/ })
})

t.test('the shipped profiles are listed by office', async (t) => {
  const list = await saraban(['profile', 'list', join(import.meta.dirname, '../../profiles'), '--json'])
  t.equal(list.code, 0, list.err)
  const { profiles } = JSON.parse(list.out) as { profiles: { office: string; id: string }[] }
  t.ok(profiles.length > 70)
  t.same(
    profiles.map(({ office }) => office),
    profiles.map(({ office }) => office).toSorted(),
  )
  t.match(
    profiles.find(({ id }) => id === 'ayutthaya-print'),
    { office: '14', origin: 'self-built', illustrative: true, formats: ['fixed-width'] },
  )
})
