// The command line as a script sees it: words in, output, complaints and exit code out.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import t, { type Test } from 'tap'
import { transportKinds } from '../../src/adapters/propose/transports.ts'
import { run } from '../../src/cli/program.ts'
import { exit } from '../../src/cli/terminal.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { faultKinds } from '../../src/sandbox/inbox/faults.ts'
import { makePdf } from '../../src/sandbox/paper.ts'

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function saraban(words: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  let [out, err] = ['', '']
  const code = await run(words, {
    write: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
    environment,
    clock: systemClock,
    random: systemRandom,
    untilEnded: () => Promise.resolve(),
  })
  return { code, out, err }
}

/** One trust folder for the whole file: keys take long to make. */
const room = t.testdir()
const certs = join(room, 'certs')
const made = await saraban(['certs', 'init', '--out', certs, '--office', '50', '51', 'moi', '--json'])

const letter = { number: 'ชม ๐๐๑๗.๑/๔๙๒', date: '2026-11-23', subject: 'ทดสอบ & <ลอง>', to: 'moi' }

/** Files of one test: the letter, a scan, and where things go. */
function filesOf(t: Test, json: unknown = letter) {
  const folder = t.testdir()
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('letter.json'), JSON.stringify(json))
  writeFileSync(at('scan.pdf'), makePdf('ทดสอบ', ['0017.1/492']))
  return { at, json: at('letter.json'), scan: at('scan.pdf'), xml: at('letter.xml') }
}

const sealWords = (json: string, xml: string, ...more: string[]): string[] => [
  'seal',
  json,
  '--office',
  '50',
  '--certs',
  certs,
  '--out',
  xml,
  ...more,
]

t.equal(made.code, 0)

t.test('seal and verify: the envelope of a letter with its scan', async (t) => {
  const { json, scan, xml } = filesOf(t)
  const sealed = await saraban(sealWords(json, xml, '--attach', scan, '--json'))
  t.equal(sealed.code, 0, sealed.err)
  const told = JSON.parse(sealed.out) as { messageId: string; digest: string; attachments: object[] }
  t.match(told.attachments, [
    { name: 'scan.pdf', mediaType: 'application/pdf', role: 'main', size: statSync(scan).size },
  ])
  const verified = await saraban(['verify', xml, '--trust', certs, '--json'])
  t.equal(verified.code, 0, verified.err)
  const { messageId, digest } = told
  t.match(JSON.parse(verified.out), [
    { verdict: 'good', messageId, digest, from: '50', to: ['moi'], content: 'letter' },
  ])
  t.match(await saraban(['verify', xml], { SARABAN_TRUST: certs }), {
    code: 0,
    out: /letter\.xml: good letter urn:uuid:/,
  })
  const shown = await saraban(['show', xml, '--trust', certs])
  t.match(shown, { code: 0, out: /^VERIFIED/ })
  t.match(shown.out, 'ทดสอบ & <ลอง>')
  t.match(shown.out, 'ชม ๐๐๑๗.๑/๔๙๒')
  t.match(JSON.parse((await saraban(['show', xml, '--trust', certs, '--json'])).out), {
    verified: true,
    letter: { number: letter.number, from: { office: '50' }, attachments: [{ name: 'scan.pdf' }] },
  })
  t.match(await saraban([...sealWords(json, '-')]), { code: 0, out: /^<env:Envelope/ })
})

t.test('verify: one code on each refused line, and 1, 2 and 0 mean what they say', async (t) => {
  const { at, json, xml } = filesOf(t)
  await saraban(sealWords(json, xml))
  const text = readFileSync(xml, 'utf8')
  writeFileSync(at('changed.xml'), text.replace('ทดสอบ', 'ทดลอง'))
  writeFileSync(at('empty.xml'), '')
  writeFileSync(at('huge.xml'), Buffer.alloc(5 * 1024 * 1024, 0x20))
  const files = [xml, at('changed.xml'), at('empty.xml'), at('huge.xml')]
  const judged = await saraban(['verify', ...files, '--trust', certs])
  t.equal(judged.code, 1)
  const lines = judged.out.trimEnd().split('\n')
  t.equal(lines.length, 4)
  t.match(lines[0], /: good letter/)
  for (const [index, code] of [
    'envelope.digest.wrong',
    'envelope.document.empty',
    'envelope.document.too-large',
  ].entries()) {
    t.match(lines[index + 1], new RegExp(`: refused .*\\[${code.replaceAll('.', '\\.')}\\]$`))
  }
  t.match(await saraban(['verify', xml, '--trust', certs, '--at', '2020-01-01']), {
    code: 1,
    out: /envelope\.authority\.not-yet-valid/,
  })
  t.match(await saraban(['verify', xml, '--trust', certs, '--at', 'yesterday']), { code: 2, err: /--at: / })
  t.match(await saraban(['verify', xml, at('nothing.xml'), '--trust', certs]), {
    code: 2,
    out: /: unreadable .*cli\.file\.unreadable/,
  })
  t.match(await saraban(['verify', xml, '--trust', '/nowhere']), {
    code: 2,
    err: /trust\.certificate\.unreadable/,
  })
  const shown = await saraban(['show', at('changed.xml'), '--trust', certs])
  t.match(shown, { code: 1, out: /^NOT VERIFIED/ })
  t.notMatch(shown.out, 'ทดลอง', 'what nobody vouches for is not shown')
  t.match((await saraban(['show', at('changed.xml'), '--trust', certs, '--raw'])).out, 'ทดลอง')
})

t.test('seal refuses, naming every fault at once, and writes nothing', async (t) => {
  const { json, xml } = filesOf(t, { number: 'xx', date: '2551-02-30', to: ['50', '99'], colour: 1 })
  const refused = await saraban(sealWords(json, xml))
  t.equal(refused.code, 1)
  const codes = [...refused.err.matchAll(/\[([a-z.-]+)\]$/gm)].map((found) => found[1]).sort()
  t.strictSame(codes, [
    'letter.date.era',
    'letter.json.unknown-key',
    'letter.number.unreadable',
    'letter.office.unknown',
  ])
  t.equal(refused.err.match(/^hint: /gm)?.length, 4)
  t.notOk(existsSync(xml))
  const other = filesOf(t, { ...letter, from: '51' })
  t.match(await saraban(sealWords(other.json, xml)), { code: 1, err: /cli\.office\.differs/ })
  const absent = filesOf(t, { ...letter, attachments: [{ name: 'a.pdf' }] })
  t.match(await saraban(sealWords(absent.json, xml)), { code: 1, err: /cli\.attachment\.absent/ })
  const garbled = filesOf(t, { ...letter, attachments: [{ name: 'a.pdf', content: 'no base64!' }] })
  t.match(await saraban(sealWords(garbled.json, xml)), { code: 1, err: /content: .*letter\.json\.type/ })
  const fine = filesOf(t)
  t.match(await saraban(sealWords(fine.json, xml, '--attach', '/nowhere/a.pdf')), {
    code: 2,
    err: /cli\.file\.unreadable/,
  })
  t.match(await saraban(sealWords(fine.json, '/nowhere/out.xml')), { code: 2, err: /cli\.file\.unwritable/ })
  t.match(await saraban(['seal', fine.json, '--office', '52', '--certs', certs, '--out', xml]), {
    code: 2,
    err: /cli\.key\.missing/,
  })
  writeFileSync(fine.json, '{"number":')
  t.match(await saraban(sealWords(fine.json, xml)), { code: 2, err: /cli\.json\.unreadable/ })
})

t.test('wrong usage is told with a hint, help with examples, and both by every command', async (t) => {
  t.match(await saraban(['nonsense']), {
    code: 2,
    err: /^error: unknown command 'nonsense'\nhint: saraban --help\n$/,
  })
  t.match(await saraban(['seal']), { code: 2, err: /^error: .*\nhint: saraban seal --help\n$/ })
  t.match(await saraban([]), { code: 2 })
  t.match(await saraban(['--version']), { code: 0, out: /^\d+\.\d+\.\d+\n$/ })
  const commands = [
    ['start'],
    ['demo'],
    ['seal'],
    ['verify'],
    ['show'],
    ['messages', 'list'],
    ['messages', 'show'],
    ['alarms'],
    ['doctor'],
    ['retention', 'preview'],
    ['retention', 'run'],
    ['profile', 'check'],
    ['profile', 'try'],
    ['certs', 'init'],
    ['certs', 'list'],
    ['sandbox', 'faults'],
    ['sandbox', 'inbox'],
  ]
  const services = new Set(['start', 'sandbox inbox'])
  const documented = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8')
  for (const words of commands) {
    const help = await saraban([...words, '--help'])
    t.equal(help.code, 0, words.join(' '))
    t.match(help.out, /Examples:\n {2}\$ /, words.join(' '))
    t.match(documented, `\`saraban ${words.join(' ')}\``, 'docs/cli.md names it')
    if (!services.has(words.join(' '))) t.match(help.out, '--json', words.join(' '))
  }
})

t.test(
  'docs/cli.md has every exit code and every transport; who adds a certificate is told when it is read',
  async (t) => {
    const page = readFileSync('docs/cli.md', 'utf8')
    for (const code of Object.values(exit)) t.match(page, new RegExp(`^\\| ${code} +\\| `, 'm'))
    const [, said = ''] = /`--transport`: (.*?) It exits/.exec(page) ?? []
    t.same([...said.matchAll(/`([a-z-]+)`/g)].map(([, kind]) => kind).sort(), [...transportKinds].sort())
    t.match((await saraban(['certs', 'add', '--help'])).out, 'when it starts, and at\nsaraban profile reload')
  },
)

t.test('profile check and try: there and back, or every problem', async (t) => {
  const profile = join(import.meta.dirname, '../../profiles/chiang-rai-json.yaml')
  t.match(await saraban(['profile', 'check', profile]), {
    code: 0,
    out: /good, chiang-rai-json of office 57/,
  })
  const { at, json } = filesOf(t, { ...letter, number: 'ชร 0017.1/1', from: '57' })
  const tried = await saraban(['profile', 'try', profile, json])
  t.equal(tried.code, 0, tried.err + tried.out)
  for (const part of ['letter\n{', '<env:Envelope', 'the way back', 'it is the same letter'])
    t.match(tried.out, part)
  const told = JSON.parse((await saraban(['profile', 'try', profile, json, '--json'])).out) as {
    items: unknown[]
  }
  t.match(told, {
    profile: 'chiang-rai-json',
    items: [{ kind: 'letter', wayBack: { lost: [] }, problems: [] }],
  })
  writeFileSync(json, JSON.stringify({ number: 'x', subject: '' }))
  t.match(await saraban(['profile', 'try', profile, json]), { code: 1, out: /letter\.number\.unreadable/ })
  writeFileSync(at('bad.yaml'), 'id: x\ncolour: red\n')
  const bad = await saraban(['profile', 'check', profile, at('bad.yaml')])
  t.equal(bad.code, 1)
  const remarks = (await saraban(['profile', 'check', profile, '--json'])).out
  t.same(JSON.parse(remarks)[0].remarks, [])
  const csv = readFileSync(join(profile, '../chiang-mai-csv.yaml'), 'utf8')
  const joined = csv.replace(
    /receiveNumber: .*/,
    'receiveNumber: { at: [เลข, ปี], as: { join: { template: "{n}/{y}" } } }',
  )
  writeFileSync(at('joined.yaml'), joined)
  t.match(await saraban(['profile', 'check', at('joined.yaml')]), {
    code: 0,
    out: /good, .*\n {2}remark: documents\.notice\.fields\.receiveNumber: .*\n {2}hint: /,
  })
  const phichit = readFileSync(join(profile, '../phichit-sql.yaml'), 'utf8')
  const spilling = phichit.replace('overflow: cut', 'overflow: spill')
  t.not(spilling, phichit)
  writeFileSync(at('spilling.yaml'), spilling)
  t.match(await saraban(['profile', 'check', at('spilling.yaml')]), {
    code: 0,
    out: /good, .*\n {2}remark: documents\.told\.fields\.reason\.as\.text\.overflow: .*\n {2}hint: /,
  })
  writeFileSync(
    at('ordered.yaml'),
    csv.replace('table: { "1": ordinary,', 'table: { O: ordinary, "1": ordinary,'),
  )
  t.match(await saraban(['profile', 'check', at('ordered.yaml')]), { code: 0, out: /remark: .*codes-order/ })
  const tested = ['profile', 'test', at('ordered.yaml'), '--documents']
  t.match(await saraban(tested), { code: 0, out: /\n {2}remark: documents\..*codes-order\]\n {2}hint: / })
  t.match(JSON.parse((await saraban([...tested, '--format', 'json'])).out), [
    { remarks: [{ code: 'adapter.remark.codes-order', message: /./, remedy: /./ }] },
  ])
  const tables = readFileSync(join(import.meta.dirname, '../../docs/profiles.md'), 'utf8')
  writeFileSync(at('tables.yaml'), /```yaml\n(# tables:[\s\S]*?)```/.exec(tables)?.[1] ?? '')
  t.match(await saraban(['profile', 'check', at('tables.yaml')]), { code: 0, out: /remark: .*table-unread/ })
  t.ok((bad.err.match(/^error: /gm)?.length ?? 0) > 2, 'every fault')
  t.match(await saraban(['profile', 'try', at('bad.yaml'), json]), { code: 1 })
  const folder = t.testdir({ none: {}, some: { 'bad.yaml': 'id: x', 'notes.txt': '' } })
  t.match(await saraban(['profile', 'check', join(folder, 'some')]), { code: 1, err: /bad\.yaml/ })
  t.match(await saraban(['profile', 'check', join(folder, 'none')]), { code: 2, err: /no profile/ })
  const shipped = await saraban(['profile', 'check', join(profile, '..')])
  t.equal(shipped.code, 0, shipped.err)
  t.ok((shipped.out.match(/: good, /g)?.length ?? 0) >= 75, 'every profile of a folder')
  t.match(await saraban(['profile', 'try', profile, at('nothing.json')]), { code: 2 })
})

t.test('messages and sandbox faults say when there is nothing to talk to', async (t) => {
  const folder = t.testdir()
  mkdirSync(join(folder, 'data'))
  t.match(await saraban(['messages', 'list', '--data', join(folder, 'data')]), {
    code: 2,
    err: /cli\.journal\.missing/,
  })
  t.match(await saraban(['messages', 'list', '--settings', join(folder, 'no.yaml')]), {
    code: 2,
    err: /settings\./,
  })
  t.match(await saraban(['messages', 'list', '--data', folder, '--limit', '0']), { code: 2 })
  const sandbox = readFileSync(join(import.meta.dirname, '../../docs/sandbox.md'), 'utf8')
  for (const kind of Object.keys(faultKinds))
    t.match(sandbox, `| \`${kind}\` `, 'docs/sandbox.md names each fault')
  t.match(await saraban(['sandbox', 'faults', '--control', 'http://127.0.0.1:1']), {
    code: 1,
    err: /cli\.server\.unreachable/,
  })
})

t.test('an address where nothing answers: what else it may be', async (t) => {
  const said = await saraban(['sandbox', 'faults', '--control', 'http://127.0.0.1:1'])
  t.equal(said.code, 1)
  t.match(said.err, /hint: .*`saraban sandbox inbox`.*--control URL/)
})

t.test(
  'sandbox faults: what does not belong to a fault is refused, and the state tells its numbers',
  async (t) => {
    const refused = await saraban(['sandbox', 'faults', 'down', '--times', '2', '--delay', 'x'])
    t.equal(refused.code, 2)
    t.equal(
      refused.err.match(/sandbox\.faults\.field\]\nhint: Leave it out; this fault has: no fields\./g)?.length,
      2,
    )
    t.match(await saraban(['sandbox', 'faults', 'slow', '--delay', 'x']), {
      code: 2,
      err: /“x” is no whole number from 0 to 600000/,
    })
    t.match(await saraban(['sandbox', 'faults', '--times', '2']), {
      code: 2,
      err: /sandbox\.faults\.unknown/,
    })
    t.match(await saraban(['sandbox', 'faults', '--control', 'nowhere']), {
      code: 2,
      err: /cli\.option\.wrong/,
    })
    let end: () => void = () => undefined
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    let shown = ''
    let opened: () => void = () => undefined
    const listening = new Promise<void>((resolve) => {
      opened = resolve
    })
    const inbox = run(
      [
        'sandbox',
        'inbox',
        '--certs',
        certs,
        '--gateway',
        'https://localhost:1',
        '--port',
        '0',
        '--control',
        '0',
        '--folder',
        t.testdir(),
      ],
      {
        write: (text) => {
          shown += text
          if (text.includes('control port')) opened()
        },
        complain: () => undefined,
        environment: {},
        clock: systemClock,
        random: systemRandom,
        untilEnded: () => ended,
      },
    )
    await listening
    const control = /http:\/\/\S+/.exec(shown)?.[0] ?? ''
    const taken = new URL(control).port
    t.match(
      await saraban([
        'sandbox',
        'faults',
        'busy',
        '--retry-after',
        '7',
        '--times',
        '3',
        '--control',
        control,
      ]),
      {
        code: 0,
        out: 'busy: the inbox answers 503 with Retry-After of 7 seconds and takes nothing, for 3 more requests\n',
      },
    )
    t.match(await saraban(['sandbox', 'faults', '--control', control]), { out: /Retry-After of 7 seconds/ })
    const again = ['sandbox', 'inbox', '--certs', certs, '--folder', t.testdir()]
    t.match(
      await saraban([...again, '--gateway', 'https://localhost:1', '--port', '0', '--control', taken]),
      { code: 2, err: /--control: .*cli\.port\.refused/ },
    )
    const wrong = await saraban([
      ...again,
      '--gateway',
      'localhost:1',
      '--port',
      '70000',
      '--certs',
      '/nowhere',
    ])
    t.equal(wrong.code, 2)
    t.equal(wrong.err.match(/^error: /gm)?.length, 3, 'every fault at once')
    end()
    t.equal(await inbox, 0)
  },
)

t.test('profile try on notices: who said it, when, and the way back', async (t) => {
  const profile = join(import.meta.dirname, '../../profiles/chiang-mai-csv.yaml')
  const sample = join(t.testdir(), 'notices.csv')
  const rows = [
    'รายการ,ที่หนังสือ,ลงวันที่,หน่วยงาน,เลขรับ,วันเวลา,เหตุผล',
    'ลงทะเบียนรับ,มท 0210.3/ว3893,15 พ.ย. 2550,กระทรวงมหาดไทย,1234/2550,16/11/2550 09:30:00,',
    'เรียกคืน,ชม 1/2,1 ม.ค. 2551,สป.มท.,,,',
  ]
  writeFileSync(sample, iconv.encode(`${rows.join('\r\n')}\r\n`, 'windows-874'))
  const tried = await saraban(['profile', 'try', profile, sample, '--notice'])
  t.equal(tried.code, 0, tried.out)
  t.match(tried.out, /notice, said by office 50\n/)
  t.match(tried.out, '"at": "2007-11-16T09:30:00.000+07:00"')
  t.match(
    tried.out,
    /the way back: .*windows-874\n.*\nลงทะเบียนรับ,มท 0210\.3\/ว3893,15 พ\.ย\. 2550,.*,1234\/2550,/,
  )
  t.equal(tried.out.match(/read again, it is the same notice/g)?.length, 2)
  const told = JSON.parse(
    (await saraban(['profile', 'try', profile, sample, '--notice', '--json'])).out,
  ) as object
  t.match(told, {
    document: 'notice',
    items: [
      {
        notice: { about: { sender: 'moi', recipient: '50' }, at: '2007-11-16T09:30:00.000+07:00' },
        wayBack: { lost: [], text: /ลงทะเบียนรับ/ },
      },
      { notice: { kind: 'recall', about: { sender: '50', recipient: 'moi' } }, wayBack: { lost: [] } },
    ],
  })
})
