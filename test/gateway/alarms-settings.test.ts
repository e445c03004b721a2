// What the settings may say of alarms and hooks, and what is usual.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { readAlarmSettings, usualAlarms } from '../../src/gateway/settings/alarms.ts'
import { mustBe } from '../letter/arbitrary.ts'

const quiet = 10 * 60_000

t.test('the settings: every fault at once, no secret in the open', (t) => {
  const faults = readAlarmSettings(
    {
      backlog: 'much',
      silence: { offices: { '50': '2d', '99': 'off', '57': 'soon' } },
      disk: 3,
      hooks: [
        { name: 'a', webhook: { url: 'http://example.th/', secret: 'Secret-1' } },
        { name: 'a', mail: { to: 'duty', from: 'a@b', host: 'mail.example', plain: true, user: 'u' } },
        { name: 'b' },
      ],
    },
    '/',
  )
  const shown = JSON.stringify(faults)
  t.notMatch(shown, 'Secret-1')
  const paths = faults.ok ? [] : faults.problems.map(({ path, code }) => `${path} ${code}`)
  for (const path of [
    'alarms.backlog',
    'alarms.disk',
    'alarms.hooks.0.webhook.secret',
    'alarms.hooks.1.mail.to',
  ])
    t.ok(paths.includes(`${path} settings.wrong`), path)
  const deeper = readAlarmSettings(
    {
      silence: { offices: { '99': 'off' } },
      hooks: [
        { name: 'a', webhook: { url: 'http://example.th/', secret: { env: 'S' } } },
        { name: 'a', mail: { to: 'a@b.th', from: 'a@b.th', host: 'mail.example', plain: true, user: 'u' } },
      ],
    },
    '/',
  )
  t.same((deeper.ok ? [] : deeper.problems.map(({ path }) => path)).sort(), [
    'alarms.hooks.0.webhook.url',
    'alarms.hooks.1.mail.password',
    'alarms.hooks.1.mail.plain',
    'alarms.hooks.1.name',
    'alarms.silence.offices.99',
  ])
  const [, example = ''] =
    /```yaml alarms\n([\s\S]*?)```/.exec(readFileSync('docs/settings.md', 'utf8')) ?? []
  const told = mustBe(readAlarmSettings(parse(example), '/'))
  t.match(
    { ...told, silence: undefined, hooks: [] },
    { ...usualAlarms(), silence: undefined, hooks: [] },
    'what the page says is usual',
  )
  t.equal(told.hooks.length, 2)
  t.equal(example.match(/authority: \{ file: PATH \}/g)?.length, 2, 'either hook may have one')
  t.match(readAlarmSettings({ lag: 'off', silence: 'off' }, '/'), {
    value: { lag: undefined, backlog: 1000, silence: { learned: false }, quiet },
  })
  t.end()
})
