// The profile commands as a contractor meets them: what goes there and back, what the system would be told, and every
// hint that leads on.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { run } from '../../src/cli/program.ts'
import { noticeKinds } from '../../src/letter/notice.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'

async function saraban(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await run(words, {
    write: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
    environment: {},
    clock: systemClock,
    random: systemRandom,
    untilEnded: () => Promise.resolve(),
  })
  return { code, out, err }
}

const columns = '[no, day, subject, to, register]'

/** A profile of a system that sends letters and is told what became of them, and says no notices. */
const sendOnly = (
  format = 'kind: csv, charset: utf-8',
  kinds = '{ A: accept, X: reject, I: invalid }',
) => `id: send-only
office: "50"
title: x
origin: self-built
documents:
  letter:
    format: { ${format} }
    fields:
      number: { at: no, as: letter-number }
      date: { at: day, as: { buddhist-date: "d MMM yyyy" } }
      subject: { at: subject, as: text }
      to: { at: to, as: office }
  notice:
    format: { kind: csv, charset: utf-8 }
    fields:
      kind: { at: kind, as: { table: ${kinds} } }
      number: { at: no, as: letter-number }
      receiveNumber: { at: got, as: text }
      reason: { always: "" }
send: { transport: { kind: folder, path: a }, document: letter }
receive: { transport: { kind: folder, path: b }, document: letter }
notices: { transport: { kind: folder, path: c }, document: notice, untold: [receive, dispute, recall] }
`

function filesOf(t: Test, files: Readonly<Record<string, string>>) {
  const folder = t.testdir()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return (name: string): string => join(folder, name)
}

const letters = 'no,day,subject,to,register\nชม 0017.1/1,1 ม.ค. 2551,เรื่อง,มท,ส.1/2551\n'

t.test(
  'try --notice on a profile without sendNotices says that, and not that the sample is empty',
  async (t) => {
    const at = filesOf(t, {
      'p.yaml': sendOnly(),
      'n.csv': 'kind,no,got\nA,มท 1/2,12/2551\n',
      'l.csv': letters,
    })
    const tried = await saraban('profile', 'try', at('p.yaml'), at('n.csv'), '--notice')
    t.equal(tried.code, 1)
    t.match(
      tried.out,
      /this profile has no sendNotices.*\[adapter\.try\.no-send-notices\]\n {2}hint: .*profile preview/,
    )
    t.notMatch(tried.out, 'the sample holds no')
    const told = await saraban('profile', 'try', at('p.yaml'), at('n.csv'), '--notice', '--json')
    t.match(JSON.parse(told.out), {
      document: 'notice',
      items: [{ kind: 'fault', problems: [{ code: 'adapter.try.no-send-notices' }] }],
    })
  },
)

t.test('preview: what a send-only system would be told, kind by kind', async (t) => {
  const at = filesOf(t, { 'p.yaml': sendOnly() })
  const shown = await saraban('profile', 'preview', at('p.yaml'))
  t.equal(shown.code, 0, shown.out + shown.err)
  t.match(shown.out, /── accept ──\n.*text\/csv, utf-8\nkind,no,got\nA,ทส 0001\/1,1\/2569\n/)
  t.match(
    shown.out,
    /── reject ──\n[^─]*X,ทส 0001\/1,\n[^─]*preview-full\.txt\nwhole in a file beside: reason\n/,
  )
  t.match(shown.out, /── recall ──\nnot told: the profile leaves it out/)
  const told = JSON.parse((await saraban('profile', 'preview', at('p.yaml'), '--json')).out)
  t.match(told, {
    office: '50',
    notices: noticeKinds.map((kind) => ({ kind, untold: ['receive', 'dispute', 'recall'].includes(kind) })),
  })
})

t.test(
  'preview: what cannot be written is named, and every shipped profile can say everything',
  async (t) => {
    const kinds = '{ A: accept, X: reject, I: invalid }'
    const short = sendOnly('kind: csv, charset: utf-8', kinds).replace(
      'receiveNumber: { at: got, as: text }',
      'receiveNumber: { at: got, as: text }\n      office: { at: office, as: { table: { 7: "57" } } }',
    )
    const at = filesOf(t, { 'p.yaml': short, 'bad.yaml': 'id: x\n' })
    t.match(await saraban('profile', 'preview', at('p.yaml')), {
      code: 1,
      out: /── accept ──\nit cannot be written\n {2}error: office: .*\n {2}hint: /,
    })
    t.match(await saraban('profile', 'preview', at('bad.yaml')), { code: 1, err: /key-missing/ })
    t.match(await saraban('profile', 'preview', at('none.yaml')), { code: 2, err: /cli\.file\.unreadable/ })
    const folder = join(import.meta.dirname, '../../profiles')
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
      const shown = await saraban('profile', 'preview', join(folder, file))
      t.equal(shown.code, 0, `${file}: ${shown.out}`)
    }
  },
)

t.test('try: columns that have no way back are named, with the cure, and the cure cures', async (t) => {
  const at = filesOf(t, {
    'p.yaml': sendOnly(),
    'cured.yaml': sendOnly(`kind: csv, charset: utf-8, columns: ${columns}`),
    'l.csv': letters,
  })
  const lost = await saraban('profile', 'try', at('p.yaml'), at('l.csv'))
  t.equal(lost.code, 1)
  t.match(lost.out, 'it is ANOTHER letter; it differs in: extension')
  t.match(lost.out, /error: .*“register” \[adapter\.try\.columns-lost\]\n {2}hint: .*columns: \[/)
  const told = JSON.parse((await saraban('profile', 'try', at('p.yaml'), at('l.csv'), '--json')).out)
  t.match(told, { items: [{ problems: [{ code: 'adapter.try.columns-lost' }] }] })
  const cured = await saraban('profile', 'try', at('cured.yaml'), at('l.csv'))
  t.equal(cured.code, 0, cured.out)
})

t.test(
  'install: a profile is copied, what is missing is named at the start, and then it starts',
  async (t) => {
    const folder = t.testdir({ profiles: {} })
    const trust = join(folder, 'trust')
    await saraban('certs', 'init', '--out', trust, '--office', 'moi')
    const settings = join(folder, 'saraban.yaml')
    writeFileSync(
      settings,
      'data: data\ntrust: trust\nprofiles: profiles\nlisten: { http: { host: 127.0.0.1, port: 0 } }\nlog: info\n',
    )
    const profile = sendOnly().replace('path: a', 'path: { env: INSTALL_SEND }')
    writeFileSync(join(folder, 'profiles/send-only.yaml'), profile)
    const program = join(import.meta.dirname, '../../src/cli/saraban.ts')
    const start = (environment: Record<string, string>) =>
      spawn(process.execPath, ['--import', 'tsx', program, 'start', '--settings', settings], {
        env: { ...process.env, ...environment },
      })
    const refused = start({})
    let said = ''
    refused.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
    })
    const [code] = (await once(refused, 'close')) as [number]
    t.equal(code, 2)
    t.match(said, /INSTALL_SEND/, 'the variable')
    t.equal((await saraban('certs', 'add', '--certs', trust, '--office', '50')).code, 0)
    const running = start({ INSTALL_SEND: 'a' })
    t.teardown(() => running.kill('SIGKILL'))
    for await (const line of createInterface(running.stdout)) {
      if (!line.includes('gateway.started')) continue
      t.match(JSON.parse(line), { msg: 'gateway.started' })
      running.kill('SIGTERM')
    }
    t.equal(await exitOf(running), 0)
  },
)

/** The exit code, whether the process has ended already or not. */
async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

t.test(
  'the page of a stranger’s profile: what it cannot say, what it needs, a sample as it is understood',
  async (t) => {
    const files = filesOf(t, {
      'mine.yaml': `# A comment that introduces it.\n${sendOnly().replace('path: a', 'path: { env: MINE_SEND }')}`,
      'letters.csv': 'no,day,subject,to\nชม 1/2,1 ม.ค. 2551,ขอเชิญ | ประชุม,มท\nชม 1/3,31 ก.พ. 2551,ก,มท\n',
      'bad.yaml': sendOnly().replace('office: "50"', 'office: "ห"'),
    })
    const page = await saraban('profile', 'docs', files('mine.yaml'), '--sample', files('letters.csv'))
    t.equal(page.code, 0, page.err)
    for (const said of [
      '# Chiang Mai (`50`): `send-only`',
      '> A comment that introduces it.',
      '| `send` | `folder` | letter | `csv` | utf-8 |',
      '| `date` | day | `{ buddhist-date: d MMM yyyy }` |',
      '- reason: always nothing\n- it is not told of receive',
      '- variable `MINE_SEND`: `send.path`',
      'ชม 1/2,1 ม.ค. 2551,ขอเชิญ | ประชุม,มท',
      '"subject": "ขอเชิญ | ประชุม"',
      'letter.date.day',
    ])
      t.ok(page.out.includes(said), said)
    t.notMatch(page.out, 'illustrative')
    t.equal((await saraban('profile', 'docs', files('bad.yaml'))).code, 1)
    t.equal((await saraban('profile', 'docs', files('none.yaml'))).code, 2)
  },
)
