// Acts through the API: they do what the commands do, only for what is the asker's, and who and why stand in the events.
import t from 'tap'
import { type Asked, apiInstallation, asking, giveUp, journalBeside, quarantined } from './api-stage.ts'
import { scratch, soon } from './harness.ts'
import { jsonProfile } from './installation.ts'

const folder = scratch(t)
const installation = await apiInstallation(folder)
const gateway = await installation.start()
t.teardown(() => gateway.stop())
const { get, act, send } = asking(gateway.http ?? '')
const journal = await journalBeside(folder)
t.teardown(() => journal.close())

const codesOf = ({ body }: Asked) => body.problems.map(({ code }) => code)
const eventsNamed = async (name: string) =>
  (await get('auditor', '/v1/events', { limit: '200' })).body.items.filter((event) => event['name'] === name)

t.test('what was given up is brought again, once, with who and why', async (t) => {
  const id = await send('50', 1, { to: '57' })
  const path = `/v1/letters/${id}/resend`
  t.same(
    codesOf(await act('operator', path, { why: 'nothing yet' })),
    ['api.nothing-to-do'],
    'it is on its way',
  )
  await giveUp(journal, id)
  t.equal((await act('registrar-50', path, { why: 'mine' })).status, 403)
  t.equal((await act('auditor', path, { why: 'mine' })).status, 403)
  const elsewhere = await act('operator', path, { why: 'x', office: '58' })
  t.same(codesOf(elsewhere), ['api.nothing-to-do'], 'nothing of it goes there')
  const resent = await act('operator-50', path, { why: '  the share is mounted again ' })
  t.match(resent, { status: 200, body: { resent: [{ brings: 'letter', office: '57', state: 'due' }] } })
  t.match(await get('operator', `/v1/letters/${id}`), { body: { recipients: [{ state: 'forwarding' }] } })
  t.same(codesOf(await act('operator', path, { why: 'again' })), ['api.nothing-to-do'])
  t.match(await eventsNamed('delivery.resent'), [
    { messageId: id, facts: { by: 'operator-50', why: 'the share is mounted again' } },
  ])
  await giveUp(journal, id)
  const [delivery] = (await get('operator', '/v1/deliveries', { state: 'given-up' })).body.items
  t.match(delivery, { messageId: id, open: false, nextAttemptAt: null })
  const one = `/v1/deliveries/${String(delivery?.['id'])}/resend`
  t.match(await act('operator', one, { why: 'once more' }), {
    status: 200,
    body: { resent: [{ office: '57' }] },
  })
  t.equal((await act('operator', one, { why: 'once more' })).status, 409)
  t.match((await get('operator', '/v1/deliveries', { open: 'true', office: '57' })).body.items, [
    { messageId: id },
  ])
})

t.test(
  'quarantine: seen, retried and dismissed, and nothing of a letter that may be secret is told',
  async (t) => {
    const mine = await quarantined(journal, '50', 11, { to: '57' }, 'ordinary')
    const secret = await quarantined(journal, '50', 12, { to: '57' }, 'secret')
    const unknown = await quarantined(journal, '50', 13, { to: '57' }, undefined)
    const other = await quarantined(journal, '58', 14, { to: '57' }, 'ordinary')
    const idsOf = ({ body }: Asked) => body.items.map(({ id }) => String(id)).sort()
    t.same(idsOf(await get('operator', '/v1/quarantine')), [mine, secret, unknown, other].sort())
    t.same(idsOf(await get('operator-50', '/v1/quarantine')), [mine, secret, unknown].sort())
    t.same(idsOf(await get('registrar-50', '/v1/quarantine')), [mine, unknown].sort())
    t.same(idsOf(await get('operator', '/v1/quarantine', { office: '58' })), [other])
    t.same(idsOf(await get('operator', '/v1/quarantine', { cause: 'letter.number.unreadable' })), [])
    t.equal((await get('system-50', '/v1/quarantine')).status, 403)
    t.match(
      (await get('operator', `/v1/quarantine/${mine}`)).text,
      'ลับเฉพาะ',
      'an ordinary one says what is wrong',
    )
    for (const id of [secret, unknown]) {
      const { text, body } = await get('operator', `/v1/quarantine/${id}`)
      t.notMatch(text, 'ลับเฉพาะ')
      t.same(body['problems'], [{ code: 'letter.field.long', path: 'subject' }])
      t.match((await get('auditor', `/v1/quarantine/${id}`)).text, 'ลับเฉพาะ')
    }
    const first = await get('operator', '/v1/quarantine', { limit: '3' })
    const second = await get('operator', '/v1/quarantine', { limit: '3', cursor: first.body.next ?? '' })
    t.same([...idsOf(first), ...idsOf(second)].sort(), [mine, secret, unknown, other].sort())

    for (const act_ of ['retry', 'dismiss'])
      t.equal((await act('operator-50', `/v1/quarantine/${other}/${act_}`, { why: 'mine' })).status, 404)
    const retried = await act('operator-50', `/v1/quarantine/${mine}/retry`, {
      why: 'the profile was mended',
    })
    t.match(retried, {
      status: 200,
      body: { answer: { kind: 'retried', places: [{ id: mine, became: 'taken' }] } },
    })
    t.notMatch(retried.text, 'ลับเฉพาะ', 'names of files are left out')
    t.match(await get('operator', `/v1/quarantine/${mine}`), {
      body: { state: 'taken', changedBy: 'operator-50' },
    })
    const order = `/v1/orders/${String(retried.body['order'])}`
    t.match(await get('operator-50', order), { status: 200, body: { answer: { kind: 'retried' } } })
    t.equal((await get('operator', order)).status, 404, 'an order is its giver’s')

    const dismissed = await act('operator', `/v1/quarantine/${other}/dismiss`, { why: 'a test file' })
    t.match(dismissed.body, { state: 'dismissed', changedBy: 'operator', changedWhy: 'a test file' })
    t.same(codesOf(await act('operator', `/v1/quarantine/${other}/dismiss`, { why: 'again' })), [
      'api.nothing-to-do',
    ])
    t.match(await eventsNamed('quarantine.dismissed'), [{ facts: { by: 'operator', why: 'a test file' } }])
    t.match(await eventsNamed('quarantine.retried'), [
      { facts: { by: 'operator-50', why: 'the profile was mended' } },
    ])
  },
)

t.test('reload: planned and applied, by who may for all offices', async (t) => {
  const why = 'a system for Mae Hong Son'
  t.same(codesOf(await act('operator-50', '/v1/reload', { why })), ['api.role.lacks'])
  const planned = await act('operator', '/v1/reload', { why })
  t.match(planned, { status: 200, body: { answer: { kind: 'planned' } } })
  installation.profile('json-58.yaml', { ...jsonProfile('58'), title: 'changed' })
  const applied = await act('operator', '/v1/reload', { why, apply: true })
  t.match(applied.body, { answer: { kind: 'applied' } })
  installation.profile('json-58.yaml', 'id: [')
  const refused = await act('operator', '/v1/reload', { why, apply: true })
  t.match(refused.body, { answer: { kind: 'refused' } })
  t.match(await eventsNamed('order.given'), [
    { facts: { kind: 'retry', by: 'operator-50' } },
    ...Array.from({ length: 3 }, () => ({ facts: { kind: 'reload', by: 'operator', why } })),
  ])
  await soon(async () => (await eventsNamed('profiles.refused')).length > 0)
})
