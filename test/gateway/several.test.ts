// Several gateways on one journal, in processes of their own, while they are killed and frozen. What is judged are the ledgers of the
// sandbox: the ministry's register and the provinces' books.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { openInstallation } from '../../src/cli/demo/installation.ts'
import { clerkLetter, type PrintedLetter, readPrintedLetters } from '../../src/cli/demo/letters.ts'
import { listMembers } from '../../src/gateway/journal/members.ts'
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import { moi } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { csvFolder, ecmsSoap, jsonOverHttp } from '../../src/sandbox/fleet/three.ts'
import { postgresqlServer } from '../../src/sandbox/servers/postgresql.ts'
import { redisServer } from '../../src/sandbox/servers/redis.ts'
import type { OfficeSystem } from '../../src/sandbox/systems/system.ts'
import { Herd } from '../chaos/herd.ts'
import { scratch } from './harness.ts'

t.setTimeout(900_000)

/** A clerk who is told that the gateway is not there tries again. */
async function sendPatiently(
  system: OfficeSystem,
  letter: Parameters<OfficeSystem['send']>[0],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await system.send(letter)
    } catch (error) {
      if (attempt === 600) throw error
      await pause(200)
    }
  }
}

t.test(
  'gateways are killed, frozen and started again while letters come: each is registered once',
  { timeout: 900_000 },
  async (t) => {
    const server = await postgresqlServer(process.env, { durable: true })
    if ('missing' in server) {
      if (process.env['CI'] === 'true') t.fail(server.missing)
      else t.pass(server.missing, { skip: server.missing })
      return
    }
    t.teardown(() => server.stop())
    const redis = await redisServer(process.env)
    if ('missing' in redis) {
      if (process.env['CI'] === 'true') t.fail(redis.missing)
      else t.pass(redis.missing, { skip: redis.missing })
      return
    }
    t.teardown(() => redis.stop())
    const { host, port, user, password, database, ask } = await server.database('several')
    await ask(`GRANT CREATE ON SCHEMA public TO ${user}`)
    const at = { host, port, user, password, database }
    const folder = scratch(t)
    const attachments = join(folder, 'attachments')
    mkdirSync(attachments)
    const herd = new Herd(
      [
        { name: 'front', role: 'intake', front: true },
        { name: 'spare', role: 'intake', front: false },
        { name: 'one', role: 'worker', front: false },
        { name: 'two', role: 'worker', front: false },
      ],
      async (settings) => ({
        settings: {
          ...settings,
          journal: {
            at: { host, port, user, database },
            secrets: { password: { env: 'SARABAN_TEST_JOURNAL_PASSWORD' } },
          },
          attachments: { kind: 'folder', path: attachments },
          queue: {
            at: { host: redis.host, port: redis.port, database: 0, tls: false },
            secrets: { password: { env: 'SARABAN_TEST_REDIS_PASSWORD' } },
          },
        },
        environment: {
          SARABAN_TEST_JOURNAL_PASSWORD: password ?? '',
          SARABAN_TEST_REDIS_PASSWORD: redis.password,
        },
      }),
      // A machine that stands still for some seconds gives nobody up: which of them are up is said below.
      15_000,
    )
    const installation = await openInstallation({
      folder,
      members: [csvFolder, ecmsSoap, jsonOverHttp('key')],
      clock: systemClock,
      random: systemRandom,
      watch: { ministry: () => undefined, province: () => undefined },
      environment: process.env,
      start: herd.start,
    })
    t.after(() => installation.close())
    const journal = await openPostgresql(at)
    t.after(() => journal.close())
    const { inbox, systems } = installation
    const registered = () => inbox.entries.filter((entry) => entry.entry === 'letter.registered')
    const back = (system: OfficeSystem) =>
      system.entries
        .filter((entry) => entry.entry === 'notice.received')
        .filter(({ kind }) => kind === 'accept')
    const [model] = readPrintedLetters()
    const sent: PrintedLetter[] = []

    const send = async (): Promise<void> => {
      const number = 1000 + sent.length
      const letter = {
        ...model!,
        item: String(number),
        number: `มท 0210.3/${number}`,
        subject: `${model!.subject} (${number})`,
      }
      sent.push(letter)
      await Promise.all(
        systems.map((system) => sendPatiently(system, clerkLetter(letter, system.office, moi))),
      )
    }
    /** Clerks look for what came, until all is registered and every number is back. */
    const whole = async (): Promise<boolean> => {
      const all = () =>
        registered().length >= sent.length * systems.length &&
        systems.every((system) => back(system).length >= sent.length)
      for (let look = 0; look < 1200 && !all(); look++) {
        await Promise.all(systems.map((system) => system.look().catch(() => undefined)))
        await pause(100)
      }
      return all()
    }
    const members = async () => (await listMembers(journal.committed)).map(({ name }) => name).sort()

    t.same(await members(), ['front', 'one', 'spare', 'two'])
    await send()
    t.ok(await whole(), 'all is well at first')

    // A worker is killed in the middle, and a letter comes; the other goes on.
    await Promise.all([send(), pause(150).then(() => herd.signal('one', 'SIGKILL'))])
    t.ok(await whole(), 'a worker was killed: the other brings')
    for (let look = 0; look < 1200 && (await members()).includes('one'); look++) await pause(100)
    t.same(await members(), ['front', 'spare', 'two'], 'and it was given up')
    await herd.rise('one')

    // The one that leads is frozen for longer than the others wait: another leads, and looks into the folder.
    herd.signal('front', 'SIGSTOP')
    const csv = systems[0]!
    const late = { ...model!, item: '2000', number: 'มท 0210.3/2000', subject: `${model!.subject} (2000)` }
    await csv.send(clerkLetter(late, csv.office, moi))
    for (let look = 0; look < 1200 && (await members()).includes('front'); look++) await pause(100)
    for (let look = 0; look < 1200 && !registered().some(({ number }) => number === late.number); look++)
      await pause(100)
    t.equal(registered().filter(({ number }) => number === late.number).length, 1, 'the spare leads now')

    // It wakes, finds out that it was given up, and ends with the status by which a supervisor starts it again.
    herd.signal('front', 'SIGCONT')
    for (let look = 0; look < 1200 && herd.isUp('front'); look++) await pause(100)
    t.ok(herd.ended.includes('front 75'), herd.ended.join(', '))
    await herd.rise('front')

    // A worker is frozen while it brings, is given up meanwhile, and wakes: what it says late doubles nothing.
    await Promise.all([send(), pause(100).then(() => herd.signal('two', 'SIGSTOP'))])
    t.ok(await whole(), 'a worker was frozen: the other brings')
    herd.signal('two', 'SIGCONT')

    // Redis is only a hint: it dies in the middle, and comes back empty.
    await Promise.all([send(), redis.process?.kill()])
    t.ok(await whole(), 'without Redis')
    await Promise.all([send(), redis.process?.start()])
    t.ok(await whole(), 'with a new one, which knows nothing')

    // A rolling restart under letters.
    const restart = async (): Promise<void> => {
      for (const name of ['one', 'two', 'spare', 'front']) {
        await herd.rest(name)
        await herd.rise(name)
      }
    }
    await Promise.all([restart(), send().then(send)])
    t.ok(await whole(), 'restarted one after the other')

    const numbers = registered().map(({ from, number }) => `${from} ${number}`)
    t.equal(new Set(numbers).size, numbers.length, 'no letter was registered twice')
    t.equal(numbers.length, sent.length * systems.length + 1, 'and none was lost')
    t.equal(
      new Set(registered().map(({ receiveNumber }) => receiveNumber)).size,
      numbers.length,
      'no number twice',
    )
  },
)
