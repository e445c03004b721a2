// What the pages and the description say of the API is so: the commands of docs/api.md, its settings, and every example.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import type { Examples } from '../../src/gateway/http/api/openapi.ts'
import { definitionOfRole, roleNames } from '../../src/gateway/http/api/roles.ts'
import { checkDoors } from '../../src/gateway/installation/systems.ts'
import { checkSettings } from '../../src/gateway/settings/settings.ts'
import { type Asked, apiInstallation, asking, giveUp, quarantined, type Who } from './api-stage.ts'
import { scratch } from './harness.ts'
import { bearer, filesOf, jsonProfile, keyOf, post } from './installation.ts'
import { journalBeside } from './journal-engine.ts'
import { shownText } from './shown.ts'

const folder = scratch(t)
const installation = await apiInstallation(folder)
const gateway = await installation.start()
t.teardown(() => gateway.stop())
const http = gateway.http ?? ''
const { get, act, send } = asking(http)
const journal = await journalBeside(folder)
t.teardown(() => journal.close())

const page = readFileSync('docs/api.md', 'utf8')
const blocks = (kind: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``, 'g'))].map(([, text = '']) => text)

const letter = await send('50', 492, { to: '57', subject: 'ขอเชิญประชุมคณะกรรมการ' })
const accept = {
  kind: 'accept',
  receiveNumber: '77/2569',
  about: { number: 'ชม 0017.1/492', date: '2026-11-20' },
}
await post(`${http}/v1/systems/57/notices`, accept, bearer(keyOf('57')))

t.test('the commands of the page', async (t) => {
  const there = await promisify(execFile)('curl', ['--version']).then(
    () => true,
    () => false,
  )
  if (!there)
    return t.pass('the examples of docs/api.md', { skip: 'curl is not installed: apt-get install curl' })
  const stuck = await send('50', 493, { to: '58' })
  await giveUp(journal, stuck)
  const sentBack = await send('50', 497, { to: '57' })
  await post(
    `${http}/v1/systems/57/notices`,
    { kind: 'reject', about: { messageId: sentBack } },
    bearer(keyOf('57')),
  )
  const environment = {
    PATH: process.env['PATH'] ?? '',
    GATEWAY: http,
    KEY: 'api-key-of-operator',
    LETTER: stuck,
    SENT_BACK: sentBack,
  }
  const said: string[] = []
  for (const command of blocks('sh')) {
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { env: environment })
    said.push(stdout)
  }
  const [byNumber, byWords, open, events, followed, resent, corrected, reload, ...more] = said
  t.same(more, [], 'every command is here')
  for (const found of [byNumber, byWords]) t.match(found, letter)
  t.match(open, '"items":[')
  t.match(events, '"name":"gateway.founded"')
  t.match(followed, '\nevent: gateway.founded\n')
  t.match(resent, '"state":"due"')
  t.match(corrected, '"applied":false')
  t.match(reload, '"kind":"planned"')
})

t.test('the settings of the page, and its table of roles', (t) => {
  const [section = ''] = blocks('yaml api')
  const { certificate } = filesOf(installation.settings.trust, '50')
  const { api } = parse(section.replace('trust/offices/50/certificate.pem', certificate)) as { api: object }
  const { data, trust, profiles } = installation.settings
  const rest = { data, trust, profiles, listen: { http: { host: '127.0.0.1', port: 0 } } }
  const checked = checkSettings({ ...rest, api }, folder)
  t.match(checked, {
    ok: true,
    value: { api: { grants: [{ name: 'somchai' }, { name: 'inspector', secret: true }] } },
  })
  writeFileSync(join(folder, 'grants.yaml'), JSON.stringify('grants' in api ? api.grants : []))
  const fromFile = checkSettings({ ...rest, api: { grants: 'grants.yaml' } }, folder)
  t.same(fromFile.ok && fromFile.value.api?.grants.length, 2, 'from a file of their own')
  t.match(checkSettings({ ...rest, api: { grants: 'none.yaml' } }, folder), {
    problems: [{ code: 'settings.unreadable' }],
  })
  for (const role of roleNames) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${role}\``)) ?? ''
    const acts = definitionOfRole(role).rights.includes('resend')
    t.equal(/resend|everything; only/.test(row), acts, role)
    t.equal(/never what they say/.test(row), definitionOfRole(role).secret === 'states', role)
  }
  t.end()
})

t.test('a profile may put no door where the API answers', async (t) => {
  const door = (path: string) => ({
    ...jsonProfile('58'),
    receive: { transport: { kind: 'http-in', path, access: { kind: 'certificate' } }, document: 'letter' },
  })
  for (const [path, reserved] of [
    ['/v1/letters', true],
    ['/v1/events/58', true],
    ['/v1/systems/58/letters', false],
  ] as const) {
    installation.profile('json-58.yaml', door(path))
    const planned = await act('operator', '/v1/reload', { why: 'another door' })
    t.equal(/settings\.door\.reserved/.test(planned.text), reserved, `${path}: ${planned.text.slice(0, 200)}`)
  }
  installation.profile('json-58.yaml', jsonProfile('58'))
  t.ok(checkDoors(new Map(), true).ok)
})

// SARABAN_WRITE_EXAMPLES=FILE writes what was really answered, for a new operation.
/** An answer with what differs at every run replaced. */
const shown = ({ text }: Asked): unknown =>
  JSON.parse(
    shownText(text, false)
      .replace(/"seq":\d+/g, '"seq":41')
      .replace(/"next":"\d+-[0-9a-f]{12}"/g, '"next":"41-9011d63798dc"')
      .replace(/"gateway":"[^"]*"/g, '"gateway":"one"')
      .replace(/\b[0-9a-f]{64}\b/g, '…'),
  )

t.test('every operation has an example, and the gateway answers it so', async (t) => {
  const examples = JSON.parse(readFileSync('schemas/api.examples.json', 'utf8')) as Examples
  const document = JSON.parse(readFileSync('schemas/api.openapi.json', 'utf8')) as {
    paths: Record<
      string,
      Record<string, { operationId: string; responses: Record<string, { content: object }> }>
    >
  }
  const givenUp = await send('50', 494, { to: '57', subject: 'รายงานผล' })
  await giveUp(journal, givenUp)
  const [waiting, dismissed, retried] = [
    await quarantined(journal, '50', 501, { to: '57' }, 'ordinary'),
    await quarantined(journal, '50', 502, { to: '57' }, 'ordinary'),
    await quarantined(journal, '50', 503, { to: '57' }, 'ordinary'),
  ]
  const [notice] = (await get('operator', '/v1/notices', { about: letter })).body.items
  const deliveryOf = async (id: string) =>
    String((await get('operator', '/v1/deliveries', { letter: id })).body.items.at(-1)?.['id'])
  // Given out to its system, so that it has an attempt.
  await fetch(`${http}/v1/systems/57/waiting`, { headers: bearer(keyOf('57')) })
  const delivery = await deliveryOf(letter)
  const again = await send('50', 495, { to: '57' })
  await giveUp(journal, again)
  const sentBack = await send('50', 496, { to: '57', subject: 'รายงานผล' })
  await post(
    `${http}/v1/systems/57/notices`,
    { kind: 'reject', about: { messageId: sentBack } },
    bearer(keyOf('57')),
  )
  let order = ''
  const ids: Record<string, () => Promise<string> | string> = {
    readLetter: () => letter,
    readNotice: () => String(notice?.['messageId']),
    readDelivery: () => delivery,
    listAttempts: () => delivery,
    resendLetter: () => givenUp,
    correctLetter: () => sentBack,
    resendDelivery: () => deliveryOf(again),
    readQuarantined: () => waiting,
    dismissQuarantined: () => dismissed,
    retryQuarantined: () => retried,
    readOrder: () => order,
  }
  const run: string[] = []
  const told: Record<string, unknown> = {}
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { operationId, responses }] of Object.entries(methods)) {
      if (!('application/json' in (responses['200']?.content ?? {}))) continue
      run.push(operationId)
      const example = examples[operationId]
      const who: Who = /Offices|Profiles/.test(operationId) ? 'operator-50' : 'operator'
      const url = path.replace(/\{\w+\}/, (await ids[operationId]?.()) ?? '')
      const query = Object.entries(example?.query ?? {}).map(([name, value]) => [
        name,
        name === 'letter' || name === 'about' ? letter : String(value),
      ])
      const asked =
        method === 'post'
          ? await act(who, url, (example?.body ?? { why: 'a test' }) as object)
          : await get(who, url, Object.fromEntries(query) as Record<string, string>)
      if (operationId === 'retryQuarantined') order = String(asked.body['order'])
      told[operationId] = { ...example, answer: shown(asked) }
      t.same(shown(asked), example?.answer, operationId)
    }
  t.same(Object.keys(examples).sort(), run.sort(), 'and no example of what there is not')
  if (process.env['SARABAN_WRITE_EXAMPLES'] !== undefined)
    writeFileSync(process.env['SARABAN_WRITE_EXAMPLES'], JSON.stringify(told, null, 2))
})
