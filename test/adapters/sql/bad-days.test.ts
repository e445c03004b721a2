// Servers that are away, closed, read-only, altered or killed: what is said then, and that it goes on by itself.
import type { Test } from 'tap'
import { proxyTo } from '../../../src/sandbox/servers/proxy.ts'
import { parcelOf } from '../stage.ts'
import { type Ground, onEveryServer } from './grounds.ts'
import { good, letterWith, notice, stage } from './stage.ts'

onEveryServer(badDays)

async function badDays(t: Test, on: Ground): Promise<void> {
  await t.test('what is missing is told at the start, all of it, and it goes on by itself', async (t) => {
    const { gateway, put, start, pass, sent, ask, deliver } = await stage(t, on)
    await put(good)
    await ask('ALTER TABLE `หนังสือส่ง` DROP COLUMN `รหัสข้อความ`')
    await ask('ALTER TABLE refs DROP COLUMN number')
    await ask('DROP TABLE in_files')
    await ask('ALTER TABLE `หนังสือรับ` DROP COLUMN `จาก`')
    await start()
    t.same(
      gateway.reports.map(({ event, facts }) => [event, facts['reason']]),
      [
        ['sql.unavailable', 'schema: หนังสือส่ง.รหัสข้อความ, refs.number'],
        ['sql.unavailable', 'schema: หนังสือรับ.จาก, in_files'],
      ],
    )
    const outcome = await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64'))
    t.match(outcome, { kind: 'unavailable', retryAfter: 300_000, said: /หนังสือรับ\.จาก, in_files/ })
    t.same(gateway.offered, [], 'no letter goes into quarantine over it')
    await ask(`ALTER TABLE \`หนังสือส่ง\` ${on.addColumn} \`รหัสข้อความ\` ${on.unicode}(60)`)
    await ask(`ALTER TABLE refs ${on.addColumn} number ${on.unicode}(60)`)
    await pass(300_000)
    t.same(await sent(), ['T'])
  })

  await t.test('a table that is altered while it runs', async (t) => {
    const { gateway, put, start, pass, sent, ask } = await stage(t, on)
    await start()
    await ask('ALTER TABLE `หนังสือส่ง` DROP COLUMN `รหัสข้อความ`')
    await put(good)
    await pass(10_000)
    t.same(await sent(), ['N'])
    t.match(gateway.reports, [{ event: 'sql.unavailable' }])
    t.equal(gateway.offered.length <= 1, true)
    await ask(`ALTER TABLE \`หนังสือส่ง\` ${on.addColumn} \`รหัสข้อความ\` ${on.unicode}(60)`)
    await pass(300_000)
    t.same(await sent(), ['T'])
  })

  await t.test('a wrong password is tried once, then again only after some minutes', async (t) => {
    const proxy = await proxyTo(on.server.host, on.server.port)
    t.teardown(() => proxy.stop())
    const { gateway, start, pass, deliver } = await stage(t, on, {
      port: proxy.port,
      environment: { SARABAN_64_PASSWORD: 'Wrong-1' },
    })
    await start()
    t.match(gateway.reports[0], {
      event: 'sql.unavailable',
      facts: { reason: on.said.password },
    })
    const tried = proxy.passed
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')), {
      kind: 'unavailable',
      retryAfter: 300_000,
      said: /adapter\.sql\.not-let-in/,
    })
    await pass(200_000)
    t.equal(proxy.passed, tried, 'nothing was tried')
    gateway.clock.step(-7 * 3_600_000)
    await pass(100_000)
    t.ok(proxy.passed > tried, 'five minutes are five minutes, whatever our clock is set to')
    t.notMatch(JSON.stringify(gateway.reports), /Wrong-1/)
  })

  await t.test('a user who may only read', async (t) => {
    const { gateway, put, start, sent, deliver, ask } = await stage(t, on)
    await put(good)
    const user = on.server.user
    await ask(on.writing(user, false))
    t.teardown(() => ask(on.writing(user, true)))
    await start()
    t.same(await sent(), ['N'])
    t.match(gateway.reports, [{ event: 'sql.unavailable' }])
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')), {
      kind: 'unavailable',
      said: /adapter\.sql\.not-let-in/,
      retryAfter: 300_000,
    })
  })

  await t.test('a copy that is read only', async (t) => {
    const { gateway, put, start, sent, deliver } = await stage(t, on)
    await put(good)
    const readOnly = (state: boolean) => on.server.ask(on.readOnly(on.server.user, state))
    await readOnly(true)
    t.teardown(() => readOnly(false))
    await start()
    t.same(await sent(), ['N'])
    t.match(gateway.reports, [{ event: 'sql.unavailable', facts: { reason: on.said.readOnly } }])
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')), {
      kind: 'unavailable',
      retryAfter: 300_000,
    })
  })

  await t.test('no server: unavailable, and it goes on when there is one', async (t) => {
    const proxy = await proxyTo(on.server.host, on.server.port)
    await proxy.stop()
    const { gateway, start, deliver } = await stage(t, on, { port: proxy.port })
    await start()
    t.match(gateway.reports[0], { event: 'sql.unavailable', facts: { reason: /ECONNREFUSED/ } })
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')), {
      kind: 'unavailable',
      said: /adapter\.sql\.unavailable/,
    })
  })

  if (on.engine === undefined)
    await t.test('two sessions that wait for each other: unavailable, and nothing was written', async (t) => {
      const { deliver, put, sent } = await stage(t, on, { changes: [['within: 30s', 'within: 5s']] })
      await put({ ...good, สถานะ: 'T' })
      const other = await on.server.session()
      await other.ask(on.begin)
      await other.ask(`UPDATE ${on.quote('หนังสือส่ง')} SET ${on.quote('หมายเหตุ')} = 'x'`)
      const said = notice('accept', 'สท 0017.1/1', '1/2551')
      t.match(await deliver(parcelOf({ notice: said }, 'n-1', '64')), {
        kind: 'unavailable',
        said: /adapter\.sql\.(busy|unavailable)/,
      })
      await other.ask('ROLLBACK')
      await other.end()
      t.same(await sent('เลขรับ'), [null])
      t.match(await deliver(parcelOf({ notice: said }, 'n-1', '64')), { kind: 'taken' })
    })

  await t.test('a server that dies in the middle of a transaction', async (t) => {
    const { crash } = on.server
    if (crash === undefined) return t.pass('not ours to kill', { skip: 'unset the URL of the server' })
    const { gateway, put, start, pass, sent, deliver } = await stage(t, on)
    await put(good)
    const make = gateway.verbs.bind(gateway)
    let first = true
    gateway.verbs = (adapter) => {
      const verbs = make(adapter)
      return {
        ...verbs,
        take: async (source) => {
          const taken = await verbs.take(source)
          if (first) await crash()
          first = false
          return taken
        },
      }
    }
    await start()
    t.same(await sent(), ['N'], 'undone')
    await pass(10_000)
    t.same(await sent(), ['T'])
    t.equal(gateway.offered.length, 2)
    await crash()
    t.match(
      await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')),
      { kind: 'taken' },
      'a connection that died while idle is replaced',
    )
  })
}
