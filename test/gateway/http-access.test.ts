// Who may come in by which door, plain and with mutual TLS: certificates, API keys, passwords; and that nothing else opens one.
import { createPrivateKey, scryptSync, X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Agent } from 'undici'
import {
  createAuthority,
  type Identity,
  issueCertificate,
  keyToPem,
  newKey,
} from '../../src/gateway/trust/authority.ts'
import { type Clock, systemClock, systemRandom } from '../../src/letter/time.ts'
import { office } from '../letter/arbitrary.ts'
import { createEnvelopeSource } from './envelopes.ts'
import { scratch } from './harness.ts'
import { doorTo, isProblem, listed, open, PatientClock, password, reads, shared } from './http-stage.ts'
import {
  apiKey,
  ask,
  basic,
  bearer,
  certificate,
  clientOf,
  ecmsProfile,
  filesOf,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
} from './installation.ts'

const installation = await makeInstallation(
  scratch(t),
  ['50', '51', '52', '57', '58', '93', '94', 'moi'].map(office),
  {
    'json-50.yaml': jsonProfile('50', { access: certificate }),
    'json-51.yaml': jsonProfile('51', { access: apiKey('old key', 'new key') }),
    'json-52.yaml': jsonProfile('52', { letters: shared }),
    'json-57.yaml': jsonProfile('57', { letters: shared, limit: '1KiB' }),
    'json-58.yaml': jsonProfile('58', { access: certificate, letters: shared }),
    'ecms-93.yaml': ecmsProfile('93', listed(['127.0.0.1'])),
    'ecms-94.yaml': ecmsProfile('94', listed(['10.0.0.0/8'])),
    'moi.yaml': inboxProfile(),
  },
)
const { trust } = installation.settings
const strangers = await makeStrangers()
const gateway = await installation.start({ clock: new PatientClock() })
t.teardown(() => gateway.stop())
const http = gateway.http ?? ''
const https = gateway.https ?? ''
const clients = new Map<string, Agent>()
const clientFor = (id: string): Agent => {
  const client = clients.get(id) ?? clientOf(trust, id === 'nobody' ? undefined : filesOf(trust, id))
  clients.set(id, client)
  return client
}
t.teardown(() => Promise.all([...clients.values()].map((client) => client.close())))

/** Certificates with the right name that must open nothing, each with its key. */
async function makeStrangers() {
  const now = systemClock.now()
  const elsewhere = await createAuthority(now, systemRandom)
  const ours = {
    certificate: new X509Certificate(readFileSync(join(trust, 'authority.pem'))),
    key: createPrivateKey(readFileSync(join(trust, 'authority.key.pem'))),
  }
  const issue = async (name: string, authority: Identity, folder: string) => {
    const key = await newKey()
    const issued = issueCertificate(authority, key, { kind: 'office', office: '50' }, now, systemRandom)
    const files = { certificate: join(folder, `${name}.pem`), key: join(installation.folder, `${name}.key`) }
    writeFileSync(files.certificate, issued.toString())
    writeFileSync(files.key, keyToPem(key))
    return files
  }
  return {
    'of another authority': await issue('elsewhere', elsewhere, installation.folder),
    'of another authority, although registered': await issue(
      'other',
      elsewhere,
      join(trust, 'offices', '50'),
    ),
    'of this authority, but not registered': await issue('unknown', ours, installation.folder),
  }
}

t.test('a certificate opens the door of its own office only', async (t) => {
  const url = `${https}/v1/systems/50/letters`
  const said = (dispatcher: Agent, letter = jsonLetter('50', 1), to = url) =>
    ask(to, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(letter),
    })
  t.equal((await said(clientFor('50'))).status, 201)
  isProblem(t, await said(clientFor('51')), 401, 'access.denied', "another office's certificate")
  isProblem(t, await said(clientFor('nobody')), 401, 'access.denied', 'no certificate')
  const plain = await post(`${http}/v1/systems/50/letters`, jsonLetter('50', 2), {})
  isProblem(t, plain, 401, 'access.denied', 'without TLS')
  t.match(plain.headers['www-authenticate'], /Certificate/)

  for (const [name, files] of Object.entries(strangers)) {
    const client = clientOf(trust, files)
    t.teardown(() => client.close())
    isProblem(t, await said(client), 401, 'access.denied', name)
  }
  isProblem(
    t,
    await said(clientFor('50'), jsonLetter('51', 3)),
    403,
    'letter.sender.other',
    'T9: it names another sender',
  )
  const envelopes = createEnvelopeSource(trust)
  const forged = await ask(`${https}/v1/envelopes`, {
    method: 'POST',
    dispatcher: clientFor('50'),
    headers: { 'content-type': 'application/xml' },
    body: envelopes.letter('57'),
  })
  isProblem(t, forged, 401, 'access.denied', 'T9: a true envelope of the ministry, brought by another office')
})

t.test('an API key opens its door; two while they rotate', async (t) => {
  const url = `${http}/v1/systems/51/letters`
  const said = (headers: Record<string, string>, number = 1) => post(url, jsonLetter('51', number), headers)
  t.equal((await said(bearer('old key'))).status, 201)
  t.equal((await said(bearer('new key'))).status, 200)
  t.equal((await said({ authorization: 'bearer   new key ' })).status, 200, 'the scheme has no case')
  for (const wrong of [
    {},
    bearer('old kex'),
    bearer(''),
    bearer('old key new key'),
    { authorization: 'old key' },
    { authorization: 'Bearer' },
    basic('old key', 'old key'),
    bearer('x'.repeat(2000)),
  ]) {
    const answer = await said(wrong, 2)
    isProblem(t, answer, 401, 'access.denied', JSON.stringify(wrong).slice(0, 60))
    t.match(answer.headers['www-authenticate'], /^Bearer realm=/)
  }
  const other = await post(url, jsonLetter('51', 2), bearer(keyOf('52')))
  isProblem(t, other, 401, 'access.denied', "T9: another system's key")
  for (const path of ['/v1/systems/51/waiting', '/v1/systems/51/waiting/x', '/v1/systems/51/waiting/x/y'])
    isProblem(t, await ask(`${http}${path}`), 401, 'access.denied', path)
  const gone = await ask(`${http}/v1/systems/51/waiting/x`, { method: 'DELETE' })
  isProblem(t, gone, 401, 'access.denied', 'DELETE')
})

t.test('Basic opens from listed addresses only', async (t) => {
  const time =
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><TimeCheckRequest/></e:Body></e:Envelope>'
  const said = (id: string, user: string, given: string) =>
    ask(`${http}/e-cms/${id}`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', ...basic(user, given) },
      body: time,
    })
  t.match((await said('93', 'old', password)).text, /TimeCheckResponse/, 'a password with colons and Thai')
  t.match((await said('93', 'old', password)).text, /TimeCheckResponse/, 'once more, known by now')
  isProblem(t, await said('93', 'old', `${password}x`), 401, 'access.denied', 'wrong password')
  isProblem(t, await said('93', 'old', ''), 401, 'access.denied', 'no password')
  isProblem(t, await said('93', 'new', password), 401, 'access.denied', 'wrong user')
  const elsewhere = await said('94', 'old', password)
  isProblem(t, elsewhere, 401, 'access.denied', 'right password, wrong address')
  t.match(elsewhere.headers['www-authenticate'], /^Basic realm=.*UTF-8/)
})

t.test('two systems on one path are told apart by their access', async (t) => {
  const said = (id: string, headers: Record<string, string>, dispatcher?: Agent) =>
    ask(`${dispatcher ? https : http}${shared}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(jsonLetter(id, 900)),
      ...(dispatcher && { dispatcher }),
    })
  t.equal((await said('52', bearer(keyOf('52')))).status, 201)
  t.equal((await said('57', bearer(keyOf('57')))).status, 201)
  t.equal((await said('58', {}, clientFor('58'))).status, 201)
  isProblem(t, await said('57', bearer(keyOf('52'))), 403, 'letter.sender.other', 'T9: with the other key')
  isProblem(t, await said('57', {}, clientFor('58')), 403, 'letter.sender.other', 'T9: with a certificate')
  isProblem(t, await said('52', {}, clientFor('50')), 401, 'access.denied', 'a certificate of a third office')
  const both = await said('57', bearer(keyOf('57')), clientFor('58'))
  t.ok([201, 200, 403].includes(both.status), 'with both, one of them speaks')
})

t.test('T3: headers, query and path steer nothing', async (t) => {
  const headers = {
    ...bearer(keyOf('52')),
    'x-office': '57',
    'x-forwarded-for': '10.0.0.1',
    'x-http-method-override': 'DELETE',
    'saraban-office': 'moi',
    'content-location': '/v1/systems/57/letters',
  }
  const url = `${http}${shared}`
  t.equal((await post(`${url}?office=57&from=57`, jsonLetter('52', 10), headers)).status, 201)
  isProblem(t, await post(url, jsonLetter('57', 10), headers), 403, 'letter.sender.other', 'header')
  const below = await post(`${url}/57`, jsonLetter('52', 11), headers)
  isProblem(t, below, 404, 'access.not-found', 'below a door that takes')
  isProblem(
    t,
    await ask(`${http}/v1/%6cetters`, { method: 'POST', headers, body: '{}' }),
    404,
    'access.not-found',
    'spelt otherwise',
  )
  isProblem(t, await ask(`${http}/v1/../v1/letterz`), 404, 'access.not-found', 'no such path')
  isProblem(
    t,
    await ask(url, { method: 'PUT', headers, body: '{}' }),
    404,
    'access.not-found',
    'another method',
  )
  const spoofed = await ask(`${http}/e-cms/94`, {
    method: 'POST',
    headers: { ...basic('old', password), 'x-forwarded-for': '10.1.1.1', forwarded: 'for=10.1.1.1' },
    body: '',
  })
  isProblem(t, spoofed, 401, 'access.denied', 'an address that only a header says')
})

t.test('T11: no key and no letter text in the log, whoever came in or was refused', (t) => {
  t.notMatch(installation.log.join(''), 'ทดสอบส่งหนังสือ')
  t.notMatch(installation.log.join(''), keyOf('52'))
  t.end()
})

t.test('who is not let in is told of, once a minute for each door', async (t) => {
  let now = 0
  const clock: Clock = { ...systemClock, elapsed: () => now }
  const { url, denied } = await open(t, [doorTo(reads)], { clock })
  const knock = (key: string) => ask(`${url}/door`, { method: 'POST', headers: bearer(key), body: 'x' })
  for (const passed of [0, 1, 59_999, 60_000, 60_001]) {
    now = passed
    t.equal((await knock('wrong')).status, 401)
  }
  t.equal((await knock('k')).status, 200)
  t.same(denied, [
    ['/door', 0],
    ['/door', 2],
  ])
})

t.test('an IPv4 client of an IPv6 socket is the same client', async (t) => {
  const access = { ...listed(['127.0.0.0/8']), kind: 'basic' as const }
  const { url } = await open(t, [doorTo(reads, access)], { host: '::' })
  const headers = basic('old', password)
  t.equal((await ask(`${url}/door`, { method: 'POST', headers, body: '123' })).text, '3')
  const v6 = url.replace('127.0.0.1', '[::1]')
  t.equal((await ask(`${v6}/door`, { method: 'POST', headers, body: '' })).status, 401, '::1 is not listed')
})

t.test('scrypt hashes are those of RFC 7914 as Node derives them', async (t) => {
  const salt = Buffer.alloc(16, 7)
  const scrypt = `${salt.toString('hex')}:${scryptSync('p', salt, 64).toString('hex')}`
  const access = { kind: 'basic' as const, user: 'u', scrypt, addresses: ['127.0.0.1'] }
  const short = { ...access, scrypt: `${salt.toString('hex')}:` }
  const one = await open(t, [doorTo(reads, access)])
  const other = await open(t, [doorTo(reads, short)])
  const request = { method: 'POST', headers: basic('u', 'p'), body: '' } as const
  t.equal((await ask(`${one.url}/door`, request)).status, 200)
  t.equal((await ask(`${other.url}/door`, request)).status, 401, 'a hash of nothing opens nothing')
})
