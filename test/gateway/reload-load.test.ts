// Reloads under load, and killed in between.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import iconv from 'iconv-lite'
import t from 'tap'
import { stringify } from 'yaml'
import { freePort } from '../../src/sandbox/servers/port.ts'
import { csv, row } from '../adapters/chiang-mai.ts'
import { chiangMai, chiangRai, scratch, soon } from './harness.ts'
import { jsonProfile, makeInstallation } from './installation.ts'
import { phatthalung, send } from './reload-stage.ts'
import { storeSettings, storesInFile } from './store-settings.ts'

// ── Under load, and killed ──────────────────────────────────────────────────────────────────────────────────────

const csvProfile = (id: string, title: string): string =>
  readFileSync('profiles/chiang-mai-csv.yaml', 'utf8')
    .replaceAll('SARABAN_50_', `SARABAN_${id}_`)
    .replace('office: "50"', `office: "${id}"`)
    .replace('id: chiang-mai-csv', `id: csv-${id}`)
    .replaceAll('settle: 5s', 'settle: 100ms, every: 200ms')
    .replace(/title: .*/, `title: ${title}`)

t.test(
  'under load and killed in between: every letter arrives exactly once',
  { timeout: 600_000 },
  async (t) => {
    const installation = await makeInstallation(scratch(t), [chiangMai, chiangRai, phatthalung], {
      '93.yaml': jsonProfile('93'),
    })
    const { folder, settings } = installation
    const environment: Record<string, string> = {}
    for (const id of ['50', '57'])
      for (const channel of ['SEND', 'SEND_NOTICES', 'RECEIVE', 'NOTICES']) {
        const path = join(folder, `${id}-${channel.toLowerCase()}`)
        mkdirSync(path)
        environment[`SARABAN_${id}_${channel}`] = path
      }
    let titled = 0
    const retitle = () => {
      titled += 1
      for (const id of ['50', '57']) {
        writeFileSync(join(folder, 'new.yaml'), csvProfile(id, `รุ่นที่ ${titled}`))
        renameSync(join(folder, 'new.yaml'), join(settings.profiles, `${id}.yaml`))
      }
    }
    retitle()
    const port = await freePort()
    const file = join(folder, 'saraban.yaml')
    const { data, trust, profiles } = settings
    const own = { data, trust, profiles }
    const { settings: stores, environment: secrets } = await storeSettings(folder)
    writeFileSync(
      file,
      stringify({
        ...own,
        ...storesInFile(stores),
        listen: { http: { host: '127.0.0.1', port } },
        log: 'info',
      }),
    )
    const program = fileURLToPath(new URL('kill/main.ts', import.meta.url))
    let log = ''
    let child: ChildProcess | undefined
    const url = `http://127.0.0.1:${port}`
    const start = async () => {
      const born = spawn(process.execPath, ['--import', 'tsx', program, file], {
        env: { ...process.env, ...environment, ...secrets },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      born.stdout.on('data', (text: Buffer) => {
        log += text.toString()
      })
      child = born
      const mark = log.length
      while (!log.slice(mark).includes('gateway.started')) await pause(50)
    }
    const kill = async () => {
      if (child === undefined) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    t.teardown(kill)
    await start()

    let sent = 0
    let working = true
    const dropping = (async () => {
      while (working) {
        sent += 1
        const bytes = iconv.encode(
          iconv.decode(csv(row(`ชม 0017.1/${sent}`)), 'windows-874').replace(',มท,', ',เชียงราย,'),
          'windows-874',
        )
        writeFileSync(join(folder, 'part'), bytes)
        renameSync(join(folder, 'part'), join(environment['SARABAN_50_SEND'] ?? '', `${sent}.csv`))
        await pause(400)
      }
    })()
    const answered = new Set<number>()
    const posting = (async () => {
      for (let number = 1; working; number += 1) {
        // A client that hears nothing, or "not now", sends the same again.
        while (working) {
          const answer = await send(url, '93', number, { to: '57', number: `พท 0017.1/${number}` }).catch(
            () => undefined,
          )
          if (answer?.status === 201 || answer?.status === 200) {
            answered.add(number)
            break
          }
          await pause(50)
        }
        await pause(100)
      }
    })()
    const reloads = () => log.split('profiles.applied').length - 1
    for (let round = 1; round <= 8; round += 1) {
      retitle()
      const before = reloads()
      child?.kill('SIGHUP')
      if (round % 3 === 0) {
        // In the middle of it, or before it, or behind it: at another moment each time.
        await pause(round * 70)
        await kill()
        await start()
      } else await soon(() => reloads() > before)
    }
    working = false
    await Promise.all([dropping, posting])
    const receive = environment['SARABAN_57_RECEIVE'] ?? ''
    const arrived = () =>
      readdirSync(receive)
        .filter((name) => name.endsWith('.csv'))
        .map(
          (name) =>
            /(?:ชม|พท) 0017\.1\/\d+/.exec(
              iconv.decode(readFileSync(join(receive, name)), 'windows-874'),
            )?.[0] ?? '',
        )
    await soon(() => arrived().length >= sent + answered.size)
    await pause(500)
    const numbers = arrived()
    t.equal(new Set(numbers).size, numbers.length, 'none twice')
    const expected = [
      ...Array.from({ length: sent }, (_, index) => `ชม 0017.1/${index + 1}`),
      ...[...answered].map((number) => `พท 0017.1/${number}`),
    ]
    t.same(
      expected.filter((number) => !numbers.includes(number)),
      [],
      `none lost of ${expected.length}`,
    )
    t.ok(sent > 5 && answered.size > 5, 'and there was load')
    const applied = log.split('profiles.applied').length - 1
    t.ok(applied >= 3, `${applied} reloads were applied meanwhile`)
    t.notMatch(log, /profiles\.refused|work\.failed/)
    t.notOk(existsSync(join(folder, 'part')))
  },
)
