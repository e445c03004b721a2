// The operators' API: who may ask what, and that nobody learns of what is not for him (attacks T7, T8, T9, T11, T12).

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { type Role, roleNames, roles } from '../../src/gateway/http/api/roles.ts'
import { readApiSection } from '../../src/gateway/settings/api.ts'
import { bad, good, type Problem, problem, type Result } from '../../src/problem/problem.ts'
import { apiInstallation, asking, people, type Who } from './api-stage.ts'
import { scratch } from './harness.ts'
import { asJson, ask, bearer, clientOf, filesOf, keyOf, post, sha256 } from './installation.ts'

const installation = await apiInstallation(scratch(t))
const gateway = await installation.start()
t.teardown(() => gateway.stop())
const http = gateway.http ?? ''
const { get, act, send } = asking(http)

const plain = await send('50', 1, { to: '57', subject: 'ขอเชิญประชุมคณะกรรมการ' })
const secret = await send('50', 2, { to: '57', subject: 'แผนเผชิญเหตุลับเฉพาะ', secrecy: 'secret' })
const other = await send('58', 3, { to: 'moi', subject: 'รายงานของพะเยา' })
const notice = {
  kind: 'accept',
  receiveNumber: '77/2569',
  about: { number: 'ชม 0017.1/1', date: '2026-11-20' },
}
await post(`${http}/v1/systems/57/notices`, notice, bearer(keyOf('57')))

const document = JSON.parse(readFileSync('schemas/api.openapi.json', 'utf8')) as {
  paths: Record<
    string,
    Record<
      string,
      { operationId: string; responses: Record<string, { content: Record<string, { schema: object }> }> }
    >
  >
  components: { schemas: Record<string, object> }
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
)
const idsOf = (items: readonly object[]): string[] =>
  [...new Set(items.map((item) => String('messageId' in item ? item.messageId : '')))].sort()

t.test('nobody without a grant learns anything, and nothing is read of what he sends', async (t) => {
  for (const { path, method } of operations) {
    const url = `${http}${path.replaceAll(/\{\w+\}/g, plain)}`
    for (const headers of [
      {},
      bearer('wrong'),
      bearer(''),
      bearer('x'.repeat(600)),
      bearer(keyOf('50')),
      { authorization: 'Basic a2V5IG9mIG9wZXJhdG9y' },
    ]) {
      const body = method === 'POST' ? 'not even JSON' : null
      const answer = await ask(url, { method: method as 'GET', headers: { ...headers, ...asJson }, body })
      t.equal(answer.status, 401, `${method} ${path}`)
      t.equal(answer.headers['www-authenticate'], 'Bearer realm="saraban"')
      t.match(JSON.parse(answer.text), { problems: [{ code: 'api.access.denied', messageThai: /API/ }] })
    }
  }
  const inUrl = await ask(`${http}/v1/letters?key=${encodeURIComponent('api-key-of-operator')}`)
  t.equal(inUrl.status, 401, 'a key in a URL is none')
  const forged = { 'x-forwarded-for': '127.0.0.1', 'x-client-cert': 'x', 'x-office': '50', host: 'localhost' }
  t.equal((await ask(`${http}/v1/letters`, { headers: forged })).status, 401)
  t.equal((await ask(`${http}/v1/openapi.json`)).status, 200, 'the description tells no secret')
})

t.test('each role has the rights of the table, and no other', async (t) => {
  const byRole: Record<Role, Who> = {
    ...{ system: 'system-50', operator: 'operator', registrar: 'registrar-50', auditor: 'auditor' },
    tester: 'tester',
  }
  const needs: Record<string, string> = {
    listLetters: 'see states',
    readLetterEnvelope: 'read envelopes',
    listEvents: 'read events',
    listQuarantine: 'see quarantine',
    resendLetter: 'resend',
    correctLetter: 'correct',
    dismissQuarantined: 'settle quarantine',
    reload: 'reload',
  }
  for (const role of roleNames)
    for (const [operationId, right] of Object.entries(needs)) {
      const found = operations.find((each) => each.operation.operationId === operationId)
      const path = (found?.path ?? '').replace('{messageId}', plain).replace('{id}', '0'.repeat(36))
      const who = byRole[role]
      const { status } =
        found?.method === 'POST' ? await act(who, path, { why: 'a test' }) : await get(who, path)
      const allowed = roles[role].rights.some((each) => each === right)
      t.equal(status !== 403, allowed, `${role}: ${right} (${status})`)
    }
})

t.test('T9: what is of another office is not there, in whatever way it is asked for', async (t) => {
  const unknown = 'urn:uuid:019a6f3c-5c00-7000-8000-000000000000'
  const paths = (id: string) => [
    `/v1/letters/${id}`,
    `/v1/letters/${id.slice(9)}`,
    `/v1/letters/${id}/resend`,
    `/v1/letters/${id}/correct`,
  ]
  const isAct = (path: string): boolean => /resend$|correct$/.test(path)
  for (const who of ['system-57', 'registrar-57', 'operator-50', 'system-50'] as const) {
    for (const [path, none] of paths(other).map((path, at) => [path, paths(unknown)[at] ?? ''] as const)) {
      const asked = isAct(path)
        ? [await act(who, path, { why: 'mine' }), await act(who, none, { why: 'mine' })]
        : [await get(who, path), await get(who, none)]
      const [there, absent] = asked.map(({ status, text }) => `${status} ${text}`)
      t.equal(there?.replaceAll(other, 'ID'), absent?.replaceAll(unknown, 'ID'), 'as if it were not there')
      t.match(there, who.startsWith('operator') || !isAct(path) ? /^404/ : /^403/)
    }
    for (const query of [
      {},
      { office: '58' },
      { sender: '58' },
      { recipient: 'moi' },
      { number: 'พย 0017.1/3' },
      { number: '0017.1/3' },
      { message: other },
      { subject: 'พะเยา' },
      { state: 'forwarding' },
      { state: 'sealed' },
      { dateFrom: '20 พ.ย. 2569' },
      { takenFrom: '2020-01-01' },
    ]) {
      const { status, text } = await get(who, '/v1/letters', query as Record<string, string>)
      t.equal(status, 200)
      t.notMatch(text, other.slice(9), `${who} ${JSON.stringify(query)}`)
      t.notMatch(text, 'พะเยา')
    }
    const deliveries = await get(who, '/v1/deliveries')
    t.notMatch(deliveries.text, other.slice(9))
    t.notMatch((await get(who, '/v1/deliveries', { letter: other })).text, other.slice(9))
    t.notMatch((await get(who, '/v1/offices')).text, '"58"')
    t.notMatch((await get(who, '/v1/profiles')).text, 'json-58')
  }
  const theirs = (await get('auditor', '/v1/deliveries', { letter: other })).body.items[0]
  const id = String(theirs?.['id'])
  for (const path of [`/v1/deliveries/${id}`, `/v1/deliveries/${id}/attempts`])
    t.same([(await get('system-50', path)).status, (await get('auditor', path)).status], [404, 200], path)
  t.equal((await act('operator-50', `/v1/deliveries/${id}/resend`, { why: 'mine' })).status, 404)
  t.notMatch((await get('operator-50', '/v1/events', { limit: '200' })).text, other.slice(9))
  t.match((await get('operator', '/v1/events', { limit: '200' })).text, other.slice(9))
})

t.test('secret letters: only for those whose grant says so, and no search tells of them', async (t) => {
  const words = ['แผน', 'ลับเฉพาะ', 'แผนเผชิญเหตุลับเฉพาะ', 'เผชิญเหตุ']
  for (const who of ['system-50', 'registrar-50', 'registrar-57', 'auditor-plain', 'tester'] as const) {
    t.equal((await get(who, `/v1/letters/${secret}`)).status, 404, who)
    for (const query of [
      {},
      { number: 'ชม 0017.1/2' },
      { message: secret },
      { office: '50' },
      { state: 'forwarding' },
    ])
      t.notMatch((await get(who, '/v1/letters', query as Record<string, string>)).text, secret.slice(9), who)
    t.notMatch((await get(who, '/v1/deliveries')).text, secret.slice(9))
    t.notMatch((await get(who, '/v1/offices')).text, '"open"', 'no count of what is not for it')
  }
  t.match((await get('operator', '/v1/offices')).text, '"open"')
  for (const who of ['operator', 'operator-50'] as const) {
    const { body, text } = await get(who, `/v1/letters/${secret}`)
    t.match(
      body,
      { secrecy: 'secret', number: 'ชม 0017.1/2', content: undefined },
      'states, and no word of it',
    )
    t.notMatch(text, 'ลับเฉพาะ')
    t.notMatch((await get(who, '/v1/letters')).text, 'ลับเฉพาะ')
  }
  for (const who of Object.keys(people) as Who[])
    for (const subject of words) {
      const found = await get(who, '/v1/letters', { subject })
      t.same(found.body.items, [], `${who} finds no secret letter by ${subject}`)
      const control = await get(who, '/v1/letters', { subject: 'คำที่ไม่มีในหนังสือใด' })
      t.equal(found.text, control.text, 'a word of a secret letter and a word of none are answered alike')
    }
  for (const who of ['registrar-50-secret', 'auditor'] as const)
    t.match((await get(who, `/v1/letters/${secret}`)).body, { content: { subject: 'แผนเผชิญเหตุลับเฉพาะ' } })
  t.notMatch((await get('auditor-plain', '/v1/events', { limit: '200' })).text, secret.slice(9))
  t.match((await get('auditor', '/v1/events', { limit: '200' })).text, secret.slice(9))
  t.equal((await get('auditor-plain', `/v1/letters/${secret}/envelope`)).status, 404)
  t.match((await get('auditor', `/v1/letters/${secret}/envelope`)).text, 'แผนเผชิญเหตุลับเฉพาะ')
})

t.test('everybody sees his own, and what he sees is what the description says', async (t) => {
  t.same(idsOf((await get('system-50', '/v1/letters')).body.items), [plain])
  t.same(idsOf((await get('registrar-57', '/v1/letters')).body.items), [plain])
  t.same(idsOf((await get('registrar-50-secret', '/v1/letters')).body.items), [plain, secret].sort())
  t.same(idsOf((await get('auditor', '/v1/letters')).body.items), [plain, secret, other].sort())
  const { body } = await get('system-57', `/v1/letters/${plain}`)
  t.match(body, {
    content: { subject: 'ขอเชิญประชุมคณะกรรมการ', number: '0017.1/1' },
    recipients: [{ recipient: '57', state: 'registered', receiveNumber: '77/2569' }],
    notices: [{ kind: 'accept', receiveNumber: '77/2569' }],
    more: false,
  })
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'api', ...document })
  const [delivery] = (await get('auditor', '/v1/deliveries', { letter: plain })).body.items
  const [said] = (await get('auditor', '/v1/notices', { about: plain })).body.items
  const ids: Record<string, string> = {
    '/v1/letters/{messageId}': plain,
    '/v1/notices/{messageId}': String(said?.['messageId']),
    '/v1/deliveries/{id}': String(delivery?.['id']),
    '/v1/deliveries/{id}/attempts': String(delivery?.['id']),
  }
  for (const { path, method, operation } of operations) {
    const { schema } = operation.responses['200']?.content['application/json'] ?? {}
    if (method !== 'GET' || schema === undefined || (path.includes('{') && ids[path] === undefined)) continue
    const asked = await get('tester', path.replace(/\{\w+\}/, ids[path] ?? ''))
    t.equal(asked.status, 200, path)
    const place = path
      .replaceAll('~', '~0')
      .replaceAll('/', '~1')
      .replaceAll('{', '%7B')
      .replaceAll('}', '%7D')
    const valid = ajv.compile({
      $ref: `api#/paths/${place}/get/responses/200/content/application~1json/schema`,
    })
    t.ok(valid(asked.body), `${path}: ${JSON.stringify(valid.errors)}`)
  }
})

t.test('a client certificate proves a grant too, and a wrong key beside it proves nothing', async (t) => {
  const { trust } = installation.settings
  const mine = clientOf(trust, filesOf(trust, '57'))
  const theirs = clientOf(trust, filesOf(trust, '58'))
  t.teardown(() => Promise.all([mine.close(), theirs.close()]))
  const url = `${gateway.https}/v1/letters`
  const asked = await ask(url, { dispatcher: mine })
  t.equal(asked.status, 200)
  t.match(asked.text, plain)
  t.notMatch(asked.text, other)
  t.equal(
    (await ask(url, { dispatcher: theirs })).status,
    401,
    'registered for its office, and granted nothing',
  )
  t.equal((await ask(url, { dispatcher: mine, headers: bearer('wrong') })).status, 401)
})

t.test('what is asked wrongly is told at once, every fault of it, and costs little (T7, T12)', async (t) => {
  const asked = await get('operator', '/v1/letters', {
    limit: '0',
    state: 'lost',
    colour: 'red',
    office: '99x',
  })
  t.equal(asked.status, 400)
  t.same(asked.body.problems.map(({ path }) => path).sort(), [
    'query.colour',
    'query.limit',
    'query.office',
    'query.state',
  ])
  const meant = await get('operator', '/v1/letters', {
    number: '??',
    dateFrom: '31 ก.พ. 2569',
    takenTo: 'soon',
  })
  t.same(meant.body.problems.map(({ path }) => path).sort(), [
    'query.dateFrom',
    'query.number',
    'query.takenTo',
  ])
  for (const [path, query] of [
    ['/v1/letters', { cursor: 'AAAA' }],
    ['/v1/deliveries', { cursor: 'x'.repeat(600) }],
    ['/v1/events', { after: '-1' }],
    ['/v1/events', { wait: '3600' }],
    ['/v1/letters/not-an-id', {}],
  ] as const)
    t.equal((await get('operator', path, { ...query })).status, 400, path)
  const twice = await ask(`${http}/v1/letters?office=50&office=58`, {
    headers: bearer('api-key-of-operator'),
  })
  t.equal(twice.status, 400, 'a parameter that comes twice is none')
  const url = `/v1/letters/${plain}/resend`
  for (const body of [{}, { why: '' }, { why: 'x'.repeat(201) }, { why: 'x', by: 'somebody else' }, []])
    t.equal((await act('operator', url, body)).status, 400, JSON.stringify(body).slice(0, 40))
  const large = await act('operator', url, { why: 'x'.repeat(20_000) })
  t.ok(large.status >= 400 && large.status < 500, String(large.status))
  for (const text of ['{', '{"__proto__": {"why": "x"}}', '{"why": "x", "why": "y"'])
    t.equal(
      (
        await ask(`${http}${url}`, {
          method: 'POST',
          headers: { ...bearer('api-key-of-operator'), ...asJson },
          body: text,
        })
      ).status,
      400,
    )
})

t.test('T8: under load everybody is answered with his own', async (t) => {
  const asks = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? 'system-57' : 'auditor') as Who)
  const answers = await Promise.all(asks.map(async (who) => [who, await get(who, '/v1/letters')] as const))
  for (const [who, { body }] of answers)
    t.same(idsOf(body.items), who === 'auditor' ? [plain, secret, other].sort() : [plain])
})

t.test(
  'T11: no key, no word of a letter and no search stands in the log or is kept by a proxy',
  async (t) => {
    const asked = await get('auditor', '/v1/letters', { subject: 'ประชุม' })
    t.same(idsOf(asked.body.items), [plain])
    t.match(asked.headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    const log = installation.log.join('\n')
    t.notMatch(log, /api-key-of|ประชุม|ลับเฉพาะ|พะเยา/)
  },
)

t.test('the settings: every fault of every grant at once', (t) => {
  const { certificate } = filesOf(installation.settings.trust, '57')
  const digest = 'a'.repeat(64)
  const faults = (section: unknown) => {
    const problems: Problem[] = []
    readApiSection(section, '/', problems, () => ({ ok: true, value: section }))
    return problems.map(({ code, path }) => `${code} ${path}`)
  }
  const good = { name: 'somchai', role: 'operator', offices: 'all', sha256: [digest] }
  t.same(faults({ grants: [good, { ...good, name: 'สมหญิง', sha256: 'b'.repeat(64) }] }), [])
  t.same(faults({ grants: [{ ...good, sha256: undefined, certificate }] }), [])
  const wrong = 'settings.wrong api.grants.1'
  for (const [change, path] of [
    [{ role: 'king' }, 'role'],
    [{ role: 'tester' }, 'role'],
    [{ role: 'system' }, 'offices'],
    [{ role: 'system', offices: ['50', '57'] }, 'offices'],
    [{ offices: ['50', '50'] }, 'offices'],
    [{ offices: ['99'] }, 'offices'],
    [{ offices: [] }, 'offices'],
    [{ secret: true }, 'secret'],
    [{ role: 'auditor', secret: 'yes' }, 'secret'],
    [{ sha256: ['a key itself'] }, 'sha256'],
    [{ name: 'a\nb' }, 'name'],
    [{ colour: 'red' }, 'colour'],
  ] as const)
    t.same(faults({ grants: [{ ...good, ...change }] }), [`${wrong}.${path}`], JSON.stringify(change))
  t.same(faults({ grants: [{ ...good, sha256: undefined }] }), [wrong])
  t.same(faults({ grants: [{ ...good, certificate: 'none.pem' }] }), [
    'trust.certificate.unreadable api.grants.1.certificate',
  ])
  t.same(faults({ grants: [good, good] }), [
    'settings.wrong api.grants.2.name',
    'settings.wrong api.grants.2.sha256',
  ])
  t.same(faults({ grants: [] }), ['settings.wrong api.grants'])
  t.same(faults({ grants: [{}], colour: 1 }).length, 5)
  t.notMatch(
    JSON.stringify(faults({ grants: [{ ...good, sha256: 'my key' }] })),
    'my key',
    'a key is not shown',
  )
  t.end()
})

t.test('attachments: whole, with their digest, and only those of a letter that one may read', async (t) => {
  const bytes = Buffer.from('%PDF-1.4 สแกน')
  const attachments = [{ name: "ลับ'(1).pdf", role: 'main', content: bytes.toString('base64') }]
  const id = await send('50', 71, { to: '57', attachments })
  const digest = sha256(bytes)
  const url = (letter: string, of = digest) => `${http}/v1/letters/${letter}/attachments/${of}`
  const by = (who: Who) => ({ headers: bearer(`api-key-of-${who}`) })
  for (const who of ['system-50', 'system-57', 'operator', 'registrar-50', 'auditor'] as const) {
    const answer = await ask(url(id), by(who))
    t.equal(answer.status, 200, who)
    t.equal(answer.text, bytes.toString())
    t.match(answer.headers, {
      'content-type': 'application/pdf',
      'content-length': String(bytes.length),
      'content-digest': `sha-256=:${Buffer.from(digest, 'hex').toString('base64')}:`,
      'content-disposition': "attachment; filename*=UTF-8''%E0%B8%A5%E0%B8%B1%E0%B8%9A%27%281%29.pdf",
      'x-content-type-options': 'nosniff',
    })
  }
  const envelope = await ask(`${http}/v1/letters/${id}/envelope`, by('auditor'))
  t.equal(
    envelope.headers['content-digest'],
    `sha-256=:${createHash('sha256').update(envelope.text).digest('base64')}:`,
  )
  t.equal((await ask(url(plain), by('auditor'))).status, 404, 'to know a digest is not to have a scan')
  t.equal((await ask(url(id, '0'.repeat(64)), by('auditor'))).status, 404)
  t.equal((await ask(url(id, '..%2Fx'), by('auditor'))).status, 400)
  t.equal((await ask(url(id))).status, 401)
  const hidden = await send('50', 72, { to: '57', attachments, secrecy: 'secret' })
  for (const [who, status] of [
    ['operator', 404],
    ['registrar-50', 404],
    ['auditor-plain', 404],
    ['registrar-50-secret', 200],
    ['auditor', 200],
  ] as const)
    t.equal((await ask(url(hidden), by(who))).status, status, who)
  const elsewhere = await send('58', 73, { to: 'moi', attachments })
  t.equal((await ask(url(elsewhere), by('registrar-50'))).status, 404, 'T9')
})

t.test('grants are read again, all of them or none', async (t) => {
  const own = scratch(t)
  const made = await apiInstallation(own)
  const problems: Problem[] = []
  const read = (grants: readonly object[]) =>
    readApiSection({ grants }, own, problems, () => {
      throw new Error('no file is named')
    }).grants
  const grant = (name: string, more: object = {}) => ({
    ...{ name, role: 'operator', offices: 'all', sha256: [sha256(`api-key-of-${name}`)] },
    ...more,
  })
  let grants: Result<ReturnType<typeof read>> = good(read([grant('operator'), grant('operator-50')]))
  const one = await made.start({ grants: () => grants })
  t.teardown(() => one.stop())
  const as = asking(one.http ?? '')
  const status = async (who: Who) => (await as.get(who, '/v1/offices')).status
  t.same([await status('operator'), await status('operator-50'), await status('auditor')], [200, 200, 401])
  const waiting = as.get('operator-50', '/v1/events', { after: 'end', wait: '30' })
  grants = good(read([grant('operator'), grant('auditor', { role: 'auditor' })]))
  t.match(await one.reload(), { kind: 'applied', plan: { grants: ['auditor', 'operator-50'] } })
  t.same([await status('operator'), await status('operator-50'), await status('auditor')], [200, 401, 200])
  t.match(await waiting, { status: 200, body: { items: [] } }, 'what it had begun ended with it')
  grants = bad(problem('settings.wrong', 'api.grants.1.role', 'king', { expected: 'a role' }))
  t.match(await one.reload(), { kind: 'refused', problems: [{ code: 'settings.wrong' }] })
  t.equal(await status('auditor'), 200, 'nothing was changed')
  grants = good(read([grant('operator', { sha256: [sha256('another key')] })]))
  made.profile('json-58.yaml', 'id: [')
  t.match(await one.reload(), { kind: 'refused' })
  t.equal(await status('operator'), 200, 'a profile that is faulty holds the grants too')
})

t.test('a notice is as secret as the letter that it is about, and so is its delivery', async (t) => {
  const hidden = await send('50', 91, { to: '57', secrecy: 'secret' })
  const said = {
    kind: 'accept',
    receiveNumber: '91/2569',
    about: { number: 'ชม 0017.1/91', date: '2026-11-20' },
  }
  const answer = await post(`${http}/v1/systems/57/notices`, said, bearer(keyOf('57')))
  t.equal(answer.status, 201, answer.text)
  const seen = async (who: Who) => ({
    found: (await get(who, '/v1/notices', { about: hidden })).body.items.map(({ kind }) => String(kind)),
    listed: (await get(who, '/v1/notices')).text.includes('91/2569'),
    brought: (await get(who, '/v1/deliveries', { letter: hidden })).body.items.map(({ brings }) =>
      String(brings),
    ),
  })
  for (const who of ['system-50', 'registrar-50', 'registrar-57', 'auditor-plain', 'tester'] as const)
    t.same(await seen(who), { found: [], listed: false, brought: [] }, who)
  for (const who of ['operator', 'operator-50', 'registrar-50-secret', 'auditor'] as const)
    t.match(await seen(who), { found: /accept/, listed: true, brought: /letter/ }, who)
})

t.test(
  'what is counted of all letters is for this machine, and for who sees the states of all of them',
  async (t) => {
    const measured = async (headers: Record<string, string>) => {
      const { status, text } = await ask(`${http}/metrics`, { headers })
      t.equal(text.includes('saraban_deliveries_open{'), status === 200)
      return status
    }
    t.equal(await measured({}), 200, 'this machine itself')
    const proxied = { 'x-forwarded-for': '127.0.0.1' }
    t.equal(await measured(proxied), 401)
    t.equal(await measured({ via: '1.1 proxy' }), 401)
    const allowed: Who[] = []
    for (const who of Object.keys(people) as Who[])
      if ((await measured({ ...proxied, ...bearer(`api-key-of-${who}`) })) === 200) allowed.push(who)
    t.same(allowed, ['operator', 'auditor'])
  },
)
