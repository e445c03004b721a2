// The pages of the settings and of HTTP: their examples are run as they stand.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { defaultBounds } from '../../src/gateway/http/server.ts'
import { orThrow } from '../../src/gateway/installation/systems.ts'
import { checkSettings, readSettings } from '../../src/gateway/settings/settings.ts'
import { catalogue } from '../../src/problem/catalogue.ts'
import { office } from '../letter/arbitrary.ts'
import { scratch } from './harness.ts'
import {
  ask,
  basic,
  bearer,
  ecmsProfile,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
} from './installation.ts'

const run = promisify(execFile)
const page = (name: string): string => readFileSync(`docs/${name}.md`, 'utf8')
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    (each) => each[1] ?? '',
  )

const folder = scratch(t)
const shell = async (command: string, environment: Record<string, string> = {}): Promise<string> => {
  const { stdout } = await run('sh', ['-euc', command], {
    cwd: folder,
    env: { ...process.env, ...environment },
  })
  return stdout
}
const commands = blocks(page('http'), 'sh')
const [newKey = '', newHash = '', ...requests] = commands
const password = "a ' password: with everything รหัส"

const [key = '', digest = ''] = (await shell(newKey)).trim().split('\n')
const scrypt = (await shell(newHash, { PASSWORD: password })).trim()
const installation = await makeInstallation(folder, ['50', '57', '93', 'moi'].map(office), {
  'json-50.yaml': jsonProfile('50'),
  'json-57.yaml': jsonProfile('57', { access: { kind: 'api-key', sha256: [digest] } }),
  'ecms-93.yaml': ecmsProfile('93', { kind: 'basic', user: 'old', scrypt, addresses: ['127.0.0.1'] }),
  'moi.yaml': inboxProfile(),
})
const [example = ''] = blocks(page('settings'), 'yaml')
// Any free port, so that the example runs beside whatever else runs.
writeFileSync(
  join(folder, 'saraban.yaml'),
  example.replace(/port: \d+/g, 'port: 0').replace('0.0.0.0', '127.0.0.1'),
)
writeFileSync(join(folder, 'organisations.yaml'), blocks(page('settings'), 'yaml organisations')[0] ?? '')
const gateway = await installation.start({ settings: orThrow(readSettings(join(folder, 'saraban.yaml'))) })
t.teardown(() => gateway.stop())

t.test('the settings of the page start a gateway', async (t) => {
  t.equal((await fetch(`${gateway.http}/readyz`)).status, 200)
  t.match(gateway.https, /^https:/)
  mkdirSync(join(folder, 'moved'))
  renameSync(join(folder, 'saraban.yaml'), join(folder, 'moved', 'saraban.yaml'))
  t.notOk(readSettings(join(folder, 'moved', 'saraban.yaml')).ok, 'its paths stand in its own folder')
})

t.test('the organisation ids of the page are those that systems see', async (t) => {
  const body =
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><GetOrganizationList/></S:Body></S:Envelope>'
  const headers = { 'content-type': 'text/xml', ...basic('old', password) }
  const listed = await ask(`${gateway.http}/e-cms/93`, { method: 'POST', headers, body })
  t.match(listed.text, '<OrganizationID>1599900093</OrganizationID>')
  t.notMatch(listed.text, '<OrganizationID>1519300000</OrganizationID>')
  writeFileSync(join(folder, 'organisations.yaml'), '"93": ["15192"]\n"94": [15194]\n')
  const faults = checkSettings({ organisations: 'organisations.yaml' }, folder)
  t.match(
    faults.ok ? [] : faults.problems.filter(({ code }) => code.startsWith('letter.')).map(({ path }) => path),
    ['organisations.94', 'organisations.93'],
  )
})

t.test('the key and the hash that the page makes open their doors', async (t) => {
  t.match(key, /^[\w-]{43}$/)
  t.match(digest, /^[0-9a-f]{64}$/)
  t.match(scrypt, /^[0-9a-f]{32}:[0-9a-f]{64}$/)
  const letters = `${gateway.http}/v1/systems/57/letters`
  t.equal((await post(letters, jsonLetter('57', 1), bearer(key))).status, 201)
  t.equal((await post(letters, jsonLetter('57', 2), bearer(`${key}x`))).status, 401)
  const asked = (given: string) => post(`${gateway.http}/e-cms/93`, '', basic('old', given))
  t.equal((await asked(password)).status, 200)
  t.equal((await asked('another')).status, 401)
})

t.test('the requests of the page', async (t) => {
  const there = await run('curl', ['--version']).then(
    () => true,
    () => false,
  )
  if (!there)
    return t.pass('the examples of docs/http.md', { skip: 'curl is not installed: apt-get install curl' })
  writeFileSync(join(folder, 'report.pdf'), '%PDF-1.4\n')
  const to57 = jsonLetter('50', 77, { number: 'ชม 0017.1/77', to: '57' })
  const brought = await post(`${gateway.http}/v1/systems/50/letters`, to57, bearer(keyOf('50')))
  t.equal(brought.status, 201)
  const said: string[] = []
  for (const request of requests) said.push(await shell(request, { GATEWAY: gateway.http ?? '', KEY: key }))
  const [letter, withScan, notice, waiting, ...more] = said
  t.same(more, [], 'every example is here')
  for (const each of [letter, withScan, notice]) t.match(each, /"messageId":"urn:uuid:[^"]+","state":"taken"/)
  t.match(waiting, 'ชม 0017.1/77')
  const empty = await ask(`${gateway.http}/v1/systems/57/waiting`, { headers: bearer(key) })
  t.equal(empty.status, 204, 'it was deleted')
})

t.test('what the pages say is so', async (t) => {
  const text = `${page('http')}${page('settings')}`
  const codes = [...text.matchAll(/`((?:settings|trust|access|gateway)\.[a-z.-]+)`/g)].map(
    (each) => each[1] ?? '',
  )
  t.ok(codes.length > 3)
  for (const code of codes) t.ok(Object.hasOwn(catalogue, code), code)
  const { head, silence, connections } = defaultBounds
  t.match(page('http'), `${head / 1000} s for a request's head, ${silence / 1000} s without a byte`)
  t.match(page('http'), `${connections.toLocaleString('en')} connections`)
})
