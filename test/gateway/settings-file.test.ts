// What a settings file may say, a journal on a server too: every fault at once, and no password shown.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { journalOf } from '../../src/gateway/journal/place.ts'
import { checkSettings, readSettings, type Settings } from '../../src/gateway/settings/settings.ts'
import { createAuthority } from '../../src/gateway/trust/authority.ts'
import { systemRandom } from '../../src/letter/time.ts'
import { describe, type Result } from '../../src/problem/problem.ts'
import { scratch, start } from './harness.ts'
import { placesOf, problemsOf } from './settings-stage.ts'

t.test('a settings file', async (t) => {
  const folder = scratch(t)
  const file = join(folder, 'saraban.yaml')
  for (const name of ['trust', 'profiles']) mkdirSync(join(folder, name))
  const read = (text: string): Result<Settings> => {
    writeFileSync(file, text)
    return readSettings(file)
  }
  const whole =
    'data: var/data\ntrust: ./trust\nprofiles: profiles\nlisten: { http: { host: 127.0.0.1, port: 0 } }\n'
  t.same(
    read(whole),
    {
      ok: true,
      value: {
        data: join(folder, 'var/data'),
        trust: join(folder, 'trust'),
        profiles: join(folder, 'profiles'),
        listen: { http: { host: '127.0.0.1', port: 0 } },
        log: 'info',
      },
    },
    'relative paths stand in its folder',
  )
  t.same(
    placesOf(
      problemsOf(
        read(
          'data: 7\ntrsut: trust\nprofiles: nowhere\nlog: loud\nlisten:\n  http: { host: "", port: 70000, certificate: a }\n  https: { host: 127.0.0.1, port: 1.5, certificate: none.pem, colour: red }\n',
        ),
      ),
    ).sort(),
    [
      'data: settings.wrong',
      'listen.http.certificate: settings.wrong',
      'listen.http.host: settings.wrong',
      'listen.http.port: settings.wrong',
      'listen.https.certificate: settings.wrong',
      'listen.https.colour: settings.wrong',
      'listen.https.key: settings.wrong',
      'listen.https.port: settings.wrong',
      'log: settings.wrong',
      'profiles: settings.wrong',
      'trsut: settings.wrong',
      'trust: settings.wrong',
    ],
    'every fault, each once',
  )
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n${whole}`
  const unreadable: Readonly<Record<string, string>> = {
    'X11: an alias bomb': bomb,
    'X11: a single alias': `${whole}log: &level info\nx: *level\n`,
    'a key twice': `${whole}data: other\n`,
    'X11: a tag': `${whole}log: !!js/function "x"\n`,
    'no YAML': 'data: [',
    'too large': `${whole}#${' '.repeat(64 * 1024)}`,
  }
  for (const [name, text] of Object.entries(unreadable)) {
    const problems = problemsOf(read(text))
    t.equal(problems[0]?.code, 'settings.unreadable', name)
    t.equal(problems[0]?.path, file, name)
  }
  for (const nothing of ['', '[]', 'text', '42', 'null'])
    t.ok(
      problemsOf(read(nothing)).length > 3,
      `${JSON.stringify(nothing)} is no map, and nothing of it is there`,
    )
  t.equal(problemsOf(readSettings(join(folder, 'none.yaml')))[0]?.code, 'settings.unreadable')
  t.equal(problemsOf(readSettings(folder))[0]?.code, 'settings.unreadable', 'a folder')
  const neither = checkSettings({ data: 'd', trust: 'trust', profiles: 'profiles', listen: {} }, folder)
  t.same(placesOf(problemsOf(neither)), ['listen: settings.wrong'], 'it must listen somewhere')
})

t.test('a journal on a server: its address without a password, TLS unless it is this machine', async (t) => {
  const folder = scratch(t)
  for (const name of ['trust', 'profiles']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'secret'), 'Secret-1\n')
  const pem = (await createAuthority(start, systemRandom)).certificate.toString()
  writeFileSync(join(folder, 'authority.pem'), pem)
  const listen = { http: { host: '127.0.0.1', port: 0 } }
  const read = (journal: unknown) =>
    checkSettings({ data: 'data', trust: 'trust', profiles: 'profiles', listen, journal }, folder)
  const password = { file: 'secret' }
  const url = 'postgresql://saraban@127.0.0.1/journal'
  const sound = read({ url, password })
  if (!sound.ok) throw new Error(describe(sound.problems[0]))
  t.match(journalOf(sound.value, {}), {
    value: {
      kind: 'postgresql',
      at: { host: '127.0.0.1', port: 5432, user: 'saraban', database: 'journal', password: 'Secret-1' },
    },
  })
  const elsewhere = 'postgresql://saraban@db.example:6432/journal'
  const far = read({ url: elsewhere, password: { env: 'PASSWORD' }, authority: { file: 'authority.pem' } })
  if (!far.ok) throw new Error(describe(far.problems[0]))
  t.match(journalOf(far.value, { PASSWORD: 'of the environment' }), {
    value: { at: { port: 6432, password: 'of the environment', authority: pem.trim() } },
  })
  writeFileSync(join(folder, 'no.pem'), 'PEM')
  const wrong = read({ url: elsewhere, password: { env: 'PASSWORD' }, authority: { file: 'no.pem' } })
  if (!wrong.ok) throw new Error(describe(wrong.problems[0]))
  t.same(placesOf(problemsOf(journalOf(wrong.value, { PASSWORD: 'x' }))), [
    'journal.authority: adapter.tls.not-pem',
  ])
  t.match(journalOf(far.value, {}), {
    problems: [{ code: 'adapter.profile.reference-unresolved', path: 'journal.password' }],
  })
  t.same(placesOf(problemsOf(read({ url: elsewhere, password }))), ['journal.authority: settings.wrong'])
  t.same(placesOf(problemsOf(read({ url, password: 'Secret-1', colour: 'red' }))), [
    'journal.colour: settings.wrong',
    'journal.password: settings.wrong',
  ])
  for (const wrong of [
    'postgresql://saraban:Secret-1@127.0.0.1/journal',
    'postgresql://127.0.0.1/journal',
    'postgresql://saraban@127.0.0.1/',
    'postgresql://saraban@127.0.0.1/a/b',
    'postgresql://saraban@127.0.0.1/journal?sslmode=disable',
    'mysql://saraban@127.0.0.1/journal',
    'journal.sqlite',
    7,
  ]) {
    const refused = problemsOf(read({ url: wrong, password }))
    t.same(placesOf(refused), ['journal.url: settings.wrong'], String(wrong))
    t.notMatch(refused.map((found) => describe(found)).join(), 'Secret-1', 'a password is not shown')
  }
})
