// The commands `saraban quarantine` as docs/operate.md has them, and their orders to a gateway that runs, or is started later.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { systemClock } from '../../src/letter/time.ts'
import { csv, environment } from '../adapters/chiang-mai.ts'
import { commandsOfPage } from '../cli/operator.ts'
import { chiangMai, moi, scratch } from './harness.ts'
import { inboxProfile, makeInstallation } from './installation.ts'
import { journalBeside } from './journal-engine.ts'
import { mended, nine, quarantined, reason, saraban, text } from './quarantine-stage.ts'
import { besideIt } from './store-settings.ts'

t.setTimeout(600_000)

t.test('every command of docs/operate.md does what the page says', async (t) => {
  const { saraban, waiting } = await quarantined(t)
  const [place] = await waiting()
  const commands = commandsOfPage('quarantine')
  t.ok(commands.length >= 7)
  const here: Readonly<Record<string, string>> = {
    '75d7617015c4': place!.id.slice(-12),
    DIR: join(scratch(t), 'saved'),
  }
  for (const words of commands) {
    const said = await saraban(...words.map((word) => here[word] ?? word))
    t.equal(said.code, 0, `${words.join(' ')}: ${said.err}`)
    if (words[0] === 'retry') t.match(said.out, 'does it when it is started', words.join(' '))
  }
  t.same(await waiting(), [], 'the last of them dismisses it')
})

t.test('at a gateway: ordered while it does not run, and while it runs; then reloaded first', async (t) => {
  const shared = scratch(t)
  const folders: Record<string, string> = {}
  for (const [name, path] of Object.entries(environment)) {
    folders[name] = join(shared, path)
    mkdirSync(join(shared, path))
  }
  const quick = (yaml: string) => yaml.replaceAll('settle: 5s', 'settle: 100ms, every: 200ms')
  const installation = await makeInstallation(scratch(t), [chiangMai, moi], { 'moi.yaml': inboxProfile() })
  installation.profile('50.yaml', quick(text))
  const beside = await besideIt(installation.folder, installation.settings.data)
  const start = () => installation.start({ environment: folders })
  const count = async (table: string, where: string): Promise<number> => {
    const journal = await journalBeside(installation.folder)
    try {
      const sql = `SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`
      return Number((await journal.committed.one<{ n: number }>(sql))?.n)
    } finally {
      await journal.close()
    }
  }
  const soon = async (done: () => Promise<boolean>, what: string) => {
    for (let look = 0; look < 600; look += 1) {
      if (await done()) return
      await pause(100)
    }
    t.fail(what)
  }
  const words = ['--by', reason.by, '--why', reason.why] as const
  const first = await start()
  writeFileSync(join(folders['SARABAN_50_SEND'] ?? '', 'one.csv'), csv(nine('ชม 1/1')))
  writeFileSync(join(folders['SARABAN_50_SEND'] ?? '', 'two.csv'), csv(nine('ชม 1/2')))
  await soon(async () => (await count('quarantine', "state = 'waiting'")) === 2, 'in quarantine')
  const stays = await saraban(systemClock, beside, 'retry', '--all', ...words)
  t.equal(stays.code, 1)
  t.match(stays.out, /one\.csv {2}line 2 {2}stays: adapter\.field\.code-unknown\n/)
  installation.profile('50.yaml', quick(mended))
  await first.reload()
  const [place] = await (async () => {
    const journal = await journalBeside(installation.folder)
    return listQuarantine(journal.committed, 10).finally(() => journal.close())
  })()
  const taken = await saraban(systemClock, beside, 'retry', place!.id, ...words)
  t.equal(taken.code, 0, taken.err)
  t.match(taken.out, /line 2 {2}taken: saraban messages show [0-9a-f-]{36}\n/)
  const again = await saraban(systemClock, beside, 'retry', place!.id, ...words)
  t.match(again, { code: 1, out: '', err: /it is taken \[cli\.quarantine\.over\]/ })
  await first.stop()

  const ordered = await saraban(
    systemClock,
    beside,
    'retry',
    '--cause',
    'adapter.field.code-unknown',
    ...words,
  )
  t.equal(ordered.code, 0)
  t.match(ordered.out, 'ordered for 1 places: the gateway is not running, and does it when it is started')
  t.equal(await count('letters', '1 = 1'), 1)
  const second = await start()
  await soon(async () => (await count('letters', '1 = 1')) === 2, 'carried out at the start')
  await soon(async () => (await count('orders', 'answered_at IS NULL')) === 0, 'and answered')
  t.equal((await saraban(systemClock, beside, 'retry', '--all', ...words)).code, 1, 'nothing is left')
  t.equal((await saraban(systemClock, beside, 'retry', ...words)).code, 2)
  t.equal((await saraban(systemClock, beside, 'retry', '--all', '--believe', ...words)).code, 2)
  await second.stop()
})
