// `saraban doctor` of a gateway at work: what it cannot do, what it leaves undone, and what is not for long enough to be wrong.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import pino from 'pino'
import t from 'tap'
import { moveDelivery } from '../../src/gateway/journal/deliveries.ts'
import { listMembers } from '../../src/gateway/journal/members.ts'
import { setPresent } from '../../src/gateway/journal/present.ts'
import { quarantine } from '../../src/gateway/journal/quarantine.ts'
import { keepSource } from '../../src/gateway/journal/sources.ts'
import { createLog } from '../../src/gateway/log.ts'
import { systemClock } from '../../src/letter/time.ts'
import { linesOf } from '../../src/log-lines.ts'
import { until } from '../gateway/harness.ts'
import { ask, inboxProfile, sha256 } from '../gateway/installation.ts'
import { isEmbedded } from '../gateway/journal-engine.ts'
import { pipeIn } from '../named-pipe.ts'
import { opened, send } from './doctor-stage.ts'
import { sarabanIn } from './operator.ts'

t.test('a gateway that cannot write its log takes letters all the same, and is told', async (t) => {
  const installation = await opened(t)
  const pipe = pipeIn(installation.folder)
  const lines = linesOf(pipe.writer)
  const gateway = await installation.start({
    log: createLog(pino({ level: 'info', base: null }, lines)),
    lines,
  })
  t.teardown(() => gateway.stop())
  await send(gateway.http, 1)
  t.same((await installation.doctor()).wrong, [])
  const metric = async (): Promise<string | undefined> =>
    /^saraban_log_lines_lost_total (\d+)$/m.exec((await ask(`${gateway.http}/metrics`)).text)?.[1]
  const obstacles = async (): Promise<string> => (await ask(`${gateway.http}/readyz`)).text
  t.equal(await metric(), '0')
  pipe.hangUp()
  await send(gateway.http, 2)
  await until(async () => (await installation.doctor()).wrong.length > 0, 'told')
  const told = await installation.doctor()
  t.same(told.wrong, ['alarm.log'])
  t.match(
    told.out,
    /a gateway cannot write its log since .* \(“?EPIPE”?\): “?[1-9]\d*”? lines or more are lost; letters go on/,
  )
  t.match(await obstacles(), 'log cannot be written')
  pipe.takeUp()
  await send(gateway.http, 3)
  await until(async () => (await installation.doctor()).wrong.length === 0, 'over')
  // A slow machine may have had something else to log meanwhile.
  const lost = await metric()
  t.match(lost, /^[1-9]/)
  const back = new RegExp(`"lost":${lost},"reason":"EPIPE",.*"msg":"log.available"\\}\n(.*\n)*.*source.taken`)
  t.match(pipe.read(), back)
  t.notMatch(await obstacles(), 'log cannot be written')
})

t.test(
  'what a running gateway does not do: attempts that nobody ends, a journal of another version',
  async (t) => {
    const installation = await opened(t)
    const gateway = await installation.start()
    t.teardown(() => gateway.stop())
    await send(gateway.http, 1)
    const database = await installation.database()
    t.teardown(() => database.close())
    await database.write(async (transaction) => {
      const row = await transaction.one<{ id: string }>('SELECT id FROM deliveries LIMIT 1')
      const [member] = await listMembers(transaction)
      await moveDelivery(transaction, row?.id ?? '', 'send', Date.now() - 36 * 60_000, {
        by: member?.id ?? '',
      })
    })
    t.same((await installation.doctor()).wrong, ['doctor.attempt.old'])
    if (!isEmbedded) return
    const raw = new Sqlite(join(installation.settings.data, 'journal.sqlite'))
    raw.pragma('user_version = 3')
    raw.close()
    t.same((await installation.doctor()).wrong, ['cli.journal.version'])
  },
)

t.test('an office whose profile was taken away: what waits for it is named, and why', async (t) => {
  const installation = await opened(t)
  const { settings, doctor, environment } = installation
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  await send(gateway.http, 1)
  const file = ['--settings', join(installation.folder, 'saraban.yaml')]
  const messages = async (...words: string[]) =>
    (await sarabanIn(environment, systemClock, 'messages', ...words, ...file)).out
  t.equal(await messages('list', '--stuck'), 'no letters\n')
  rmSync(join(settings.profiles, 'moi.yaml'))
  t.match(await gateway.reload(), { kind: 'applied', waiting: { moi: 1 } })
  const found = await doctor()
  t.same(found.wrong, ['doctor.office.unserved'])
  t.match(found.out, /“?1”? deliveries to office “?moi”? wait, and no profile for it is at work/)
  t.match(found.out, /saraban messages list --open --office moi names the letters/)
  t.match(
    await messages('list', '--stuck'),
    /the letter to moi, open since .*: waits for a profile of its office; no system of office “moi” is connected at present \[delivery\.no-system\]/,
  )
  const shown = await messages('show', 'ชม 0017.1/1')
  t.match(shown, /why: no system of office “moi” is connected.*\n {4}what to do: Put its profile back/)
  installation.profile('moi.yaml', inboxProfile())
  await gateway.reload()
  t.same((await doctor()).wrong, [])
  t.equal(await messages('list', '--stuck'), 'no letters\n')
})

t.test('healthy, and its last line says what is not for long enough to be wrong', async (t) => {
  const installation = await opened(t)
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  const database = await installation.database()
  t.teardown(() => database.close())
  const at = Date.now() - 60_000
  await database.write(async (transaction) => {
    const bytes = Buffer.from('x')
    await keepSource(transaction, {
      ...{ id: 's1', system: 'json-50', document: 'letter', name: 'a.json', receivedAt: at },
      ...{ bytes, size: bytes.length, sha256: sha256(bytes), beside: '' },
    })
    await quarantine(
      transaction,
      {
        ...{ id: 'q1', sourceId: 's1', position: 'row 1', problems: [], number: undefined, office: '50' },
        ...{ handover: null, doubted: false, unseen: false },
        ...{ understood: undefined, secrecy: undefined, contentDigest: undefined },
      },
      at,
    )
    const row = { kind: 'breaker', subject: 'moi', what: '', since: at, facts: {} } as const
    const [member] = await listMembers(transaction)
    await setPresent(transaction, member?.id ?? '', row)
  })
  const found = await installation.doctor()
  t.same([found.code, found.wrong], [0, []])
  const last = found.out.trimEnd().split('\n').at(-1)
  t.match(
    last,
    /^healthy; not for long yet: “?1”? places wait in quarantine, the oldest since .*; office “moi” cannot be reached since /,
  )
  t.match(found.out, /not for long: .*\[alarm\.quarantine\]\n {2}มีเอกสารในที่กักกัน/)
  const json = JSON.parse((await installation.doctor('--json')).out)
  t.match(json, {
    healthy: true,
    young: [{ code: 'alarm.quarantine' }, { code: 'alarm.breaker', value: 'moi' }],
  })
})
