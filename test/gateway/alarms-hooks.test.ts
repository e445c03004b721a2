// Hooks are told of alarms until they heard it, in order, over a crash too, by web and by mail; they keep no letter waiting.
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Hook } from '../../src/gateway/alarms/hook.ts'
import { hooksOf } from '../../src/gateway/alarms/hooks.ts'
import { Tell } from '../../src/gateway/alarms/tell.ts'
import { readAlarmSettings } from '../../src/gateway/settings/alarms.ts'
import { startSmtp } from '../../src/sandbox/servers/smtp.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { day, events, full, hour, minute, quiet, watched } from './alarms-stage.ts'

t.test('a hook is told until it heard it, in order, and the news become old', async (t) => {
  const { database, after, clock } = await watched(t, ['duty', 'gone'])
  const heard: string[] = []
  const untold: string[] = []
  let works = false
  const hook: Hook = {
    name: 'duty',
    async tell(_body, { id, event }) {
      if (!works) return { kind: 'failed', said: 'it answered 503' }
      heard.push(`${event} ${id}`)
      return { kind: 'told' }
    },
    close: async () => undefined,
  }
  const tell = () =>
    new Tell({
      ...{ database, clock, hooks: [hook], failed: (_work, error) => t.fail(String(error)) },
      untold: (name, said, again) => void untold.push(`${name} ${said} ${again === undefined}`),
    })
  await after(0, [full])
  await after(minute, [])
  await after(quiet, [])
  await tell().tellDue()
  t.same(heard, [])
  t.same(untold.sort(), ['duty it answered 503 false', 'gone the settings name no such hook false'])
  await tell().tellDue()
  t.equal(untold.length, 2, 'not before its pause is over, and not the end before the beginning')
  works = true
  clock.jump(minute)
  await Promise.all([tell().tellDue(), tell().tellDue()])
  await tell().tellDue()
  t.match(heard, [/^alarm.raised /, /^alarm.ended /], 'two tellers, each news once, in order')
  const old = 'gone the settings name no such hook true'
  clock.jump(day)
  await tell().tellDue()
  t.notOk(untold.includes(old), 'hardly tried: not given up, however late it is')
  for (let tries = 0; tries < 3; tries += 1) {
    clock.jump(hour)
    await tell().tellDue()
  }
  t.ok(untold.includes(old), 'too old to be news')
  for (let tries = 0; tries < 6; tries += 1) {
    clock.jump(hour)
    await tell().tellDue()
  }
  t.same(
    await database.committed.all("SELECT hook FROM alarm_tellings WHERE state = 'due'"),
    [],
    'nothing is left',
  )
  t.match(await events(database), ['raised', 'ended', 'untold', 'untold'])
})

t.test(
  'a gateway that dies between the event and the hook tells it after its start, under the same id',
  async (t) => {
    const { database, after, clock } = await watched(t)
    const ids: string[] = []
    let dies = true
    const hook: Hook = {
      name: 'duty',
      tell: async (_body, { id }) => {
        ids.push(id)
        if (dies) throw new Error('killed: the receiver has it, and nobody wrote that down')
        return { kind: 'told' }
      },
      close: async () => undefined,
    }
    const tell = new Tell({
      ...{ database, clock, hooks: [hook] },
      untold: () => undefined,
      failed: () => undefined,
    })
    await after(0, [full])
    await t.rejects(tell.tellDue(), /killed/)
    dies = false
    await tell.tellDue()
    t.equal(ids.length, 1, 'somebody is at it')
    clock.jump(minute)
    await tell.tellDue()
    await tell.tellDue()
    t.equal(ids.length, 2)
    t.equal(ids[0], ids[1], 'the receiver can tell that it is a repetition')
  },
)

t.test('a webhook is signed; whatever is not 2xx is told again', async (t) => {
  const got: { headers: IncomingMessage['headers']; body: string }[] = []
  const answers = [500, 302, 204]
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      got.push({ headers: request.headers, body })
      response.writeHead(answers.shift() ?? 200, { location: '/elsewhere' }).end('thanks')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const raw = {
    hooks: [{ name: 'duty', webhook: { url: `http://127.0.0.1:${port}/a?b=c`, secret: { env: 'S' } } }],
  }
  const { hooks } = mustBe(readAlarmSettings(raw, '/'))
  t.match(hooksOf(hooks, {}), { problems: [{ path: 'alarms.hooks.0.secret' }] }, 'a secret that is not there')
  const [hook] = mustBe(hooksOf(hooks, { S: 'Secret-1' }))
  if (hook === undefined) throw new Error('no hook')
  t.teardown(() => hook.close())
  const { database, after, clock } = await watched(t)
  const tell = new Tell({
    ...{ database, clock, hooks: [hook] },
    untold: () => undefined,
    failed: () => undefined,
  })
  await after(0, [full])
  for (let look = 0; look < 4; look += 1) {
    await tell.tellDue()
    clock.jump(hour)
  }
  t.equal(got.length, 3, 'a redirect is not followed, and what was told is told no more')
  for (const { headers, body } of got) {
    t.equal(
      headers['saraban-signature'],
      `sha256=${createHmac('sha256', 'Secret-1').update(body).digest('hex')}`,
    )
    t.equal(headers['saraban-id'], (JSON.parse(body) as { id: string }).id)
    t.equal(headers['saraban-id'], got[0]?.headers['saraban-id'])
    t.match(JSON.parse(body), {
      event: 'alarm.raised',
      alarm: { kind: 'disk' },
      message: { th: /ดิสก์/, en: /disk/ },
    })
  }
})

t.test('a mail in Thai and English, the same Message-ID at a repetition', async (t) => {
  const smtp = await startSmtp(
    { key: '', certificate: '', authority: '' },
    { user: 'u', password: 'p' },
    true,
  )
  t.teardown(() => smtp.stop())
  const mail = {
    to: 'duty@example.th',
    from: 'saraban@example.th',
    host: '127.0.0.1',
    port: smtp.port,
    plain: true,
  }
  const [hook] = mustBe(
    hooksOf(mustBe(readAlarmSettings({ hooks: [{ name: 'duty', mail }] }, '/')).hooks, {}),
  )
  if (hook === undefined) throw new Error('no hook')
  const { database, after, clock } = await watched(t)
  const tell = new Tell({
    ...{ database, clock, hooks: [hook] },
    untold: () => undefined,
    failed: () => undefined,
  })
  await after(0, [full])
  smtp.refuse = { at: 'DATA', says: 'drop' }
  await tell.tellDue()
  smtp.refuse = undefined
  clock.jump(hour)
  await tell.tellDue()
  const [first, again] = smtp.taken.map(({ bytes }) => bytes.toString('ascii'))
  const idOf = (text = ''): string | undefined => /Message-ID: (<.+>)/.exec(text)?.[1]
  t.ok(idOf(first))
  t.equal(idOf(first), idOf(again), 'it came twice, and says so')
  t.equal(smtp.taken.length, 2)
  const text = Buffer.from(first?.split('\r\n\r\n')[1] ?? '', 'base64').toString('utf8')
  t.match(text, /ดิสก์ของ “data” เหลือที่ว่าง 1 MiB/)
  t.match(text, /what helps: Make room/)
})

t.test('a hook that is dead is asked once a round, and holds up no other', async (t) => {
  const { database, after, clock } = await watched(t, ['dead', 'duty'])
  const heard: string[] = []
  let asked = 0
  let give: () => void = () => undefined
  const dead: Hook = {
    name: 'dead',
    async tell() {
      asked += 1
      await new Promise<void>((resolve) => {
        give = resolve
      })
      return { kind: 'failed', said: 'no answer' }
    },
    close: async () => undefined,
  }
  const duty: Hook = {
    name: 'duty',
    async tell(_body, { event, alarm }) {
      heard.push(`${event} ${alarm.subject}`)
      return { kind: 'told' }
    },
    close: async () => undefined,
  }
  const other = { ...full, kind: 'backlog', subject: '50' } as const
  await after(0, [full, other])
  const tell = new Tell({
    ...{ database, clock, hooks: [dead, duty], untold: () => undefined },
    failed: (_work, error) => t.fail(String(error)),
  })
  tell.start()
  await clock.advance(1_000)
  t.equal(heard.length, 2)
  await after(0, [full, other, { ...full, kind: 'backlog', subject: '57' }])
  await clock.advance(6_000)
  t.equal(heard.length, 3, 'while the other has not answered')
  t.equal(asked, 1)
  give()
  await clock.advance(1_000)
  t.equal(asked, 1, 'and no more of it in this round')
  await clock.advance(5_000)
  t.equal(asked, 2)
  const stopped = tell.stop()
  give()
  await stopped
})
