// Acts through the API: they do what the commands do, only for what is the asker's, and who and why stand in the events.

import t from 'tap'
import { attachmentsOf, openAttachments } from '../../src/gateway/attachments/place.ts'
import { recordEvent } from '../../src/gateway/journal/events.ts'
import { lastEvent } from '../../src/gateway/journal/feed.ts'
import { insertOrder, orderAnswer } from '../../src/gateway/journal/orders.ts'
import { systemClock } from '../../src/letter/time.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { type Asked, apiInstallation, asking, giveUp, quarantined } from './api-stage.ts'
import { scratch, soon } from './harness.ts'
import { bearer, jsonProfile, keyOf, post } from './installation.ts'
import { journalBeside } from './journal-engine.ts'
import { storeSettings } from './store-settings.ts'

const folder = scratch(t)
const installation = await apiInstallation(folder)
const gateway = await installation.start()
t.teardown(() => gateway.stop())
const { get, act, send } = asking(gateway.http ?? '')
const journal = await journalBeside(folder)
t.teardown(() => journal.close())

const codesOf = ({ body }: Asked) => body.problems.map(({ code }) => code)
const toldIn = ({ body }: Asked) =>
  body.items as unknown as readonly { readonly name: string; readonly facts: Record<string, unknown> }[]
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
    const again = await act('operator-50', `/v1/quarantine/${mine}/retry`, { why: 'once more' })
    t.match([again.status, codesOf(again)], [409, ['api.nothing-to-do']], 'it has left')
    const order = `/v1/orders/${String(retried.body['order'])}`
    t.match(await get('operator-50', order), { status: 200, body: { answer: { kind: 'retried' } } })
    const audited = await get('auditor-plain', order)
    t.match(audited, { status: 200, body: { kind: 'retry', by: 'operator-50', answer: { kind: 'retried' } } })
    t.notMatch(audited.text, 'places', 'to others what came of it is told in codes')
    t.equal((await get('registrar-50', order)).status, 403)

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

t.test(
  'a secret place in quarantine, and why it was dismissed, are in no event that is not for it',
  async (t) => {
    const after = String(await lastEvent(journal.committed))
    const secret = await quarantined(journal, '50', 15, { to: '57' }, 'secret')
    const unknown = await quarantined(journal, '50', 16, { to: '57' }, undefined)
    const why = 'เรื่องลับเฉพาะ ไม่ใช่หนังสือ'
    const source = await journal.committed.one<{ id: string }>(
      'SELECT source_id AS id FROM quarantine WHERE id = ?',
      secret,
    )
    await journal.write((transaction) =>
      recordEvent(transaction, systemClock.now(), 'source.kept', {
        sourceId: source?.id ?? '',
        office: '50',
      }),
    )
    for (const id of [secret, unknown]) {
      const dismissed = await act('operator', `/v1/quarantine/${id}/dismiss`, { why })
      t.match(dismissed, { status: 200, body: { state: 'dismissed', changedBy: 'operator' } })
      t.notMatch(dismissed.text, why)
    }
    const read = async (who: 'operator' | 'auditor' | 'auditor-plain') => {
      const answer = await get(who, '/v1/events', { after, limit: '200' })
      const told = toldIn(answer).map(({ name, facts }) => `${name} ${facts['quarantine'] ?? ''}`)
      return { text: answer.text, told: told.map((each) => each.trim()) }
    }
    const everything = [
      'source.quarantined',
      'source.quarantined',
      'source.kept',
      `quarantine.dismissed ${secret}`,
      `quarantine.dismissed ${unknown}`,
    ]
    const [operator, auditor, plain] = [
      await read('operator'),
      await read('auditor'),
      await read('auditor-plain'),
    ]
    t.same(operator.told, everything)
    t.notMatch(operator.text, why, 'why may be words of the letter')
    t.same(auditor.told, everything)
    t.match(auditor.text, why)
    t.same(
      plain.told,
      ['source.quarantined', `quarantine.dismissed ${unknown}`],
      'as /v1/quarantine shows them',
    )
    t.notMatch(plain.text, why, 'what nobody could read may be secret')
    t.notMatch((await get('operator', `/v1/quarantine/${secret}`)).text, why)
    t.match((await get('auditor', `/v1/quarantine/${secret}`)).text, why)
    await journal.write((transaction) => transaction.run('DELETE FROM quarantine WHERE id = ?', secret))
    t.notMatch((await read('auditor-plain')).text, secret, 'and what is gone was perhaps')
  },
)

t.test(
  'a source of which nothing has come yet may hold a secret letter: it is in no event that is not for it',
  async (t) => {
    const after = String(await lastEvent(journal.committed))
    const kept = async (messageId: string | undefined) => {
      const { sourceId } = (await journal.committed.one<{ sourceId: string }>(
        'SELECT source_id AS "sourceId" FROM envelopes WHERE message_id = ?',
        messageId ?? '',
      )) ?? { sourceId: 'just come' }
      await journal.write((transaction) =>
        recordEvent(transaction, systemClock.now(), 'source.kept', { sourceId, office: '50' }),
      )
    }
    const told = async (who: 'operator' | 'auditor-plain') =>
      toldIn(await get(who, '/v1/events', { after, limit: '200' })).filter(
        ({ name }) => name === 'source.kept',
      ).length
    await kept(undefined)
    t.same([await told('operator'), await told('auditor-plain')], [1, 0])
    await kept(await send('50', 18, { to: '57' }))
    t.same([await told('operator'), await told('auditor-plain')], [2, 1])
    const secret = await send('50', 19, { to: '57', secrecy: 'secret' })
    await kept(secret)
    t.same([await told('operator'), await told('auditor-plain')], [3, 1])
    const answer = await post(
      `${gateway.http}/v1/systems/57/notices`,
      { kind: 'reject', about: { messageId: secret }, reason: 'x' },
      bearer(keyOf('57')),
    )
    await kept((JSON.parse(answer.text) as { messageId: string }).messageId)
    t.same(
      [await told('operator'), await told('auditor-plain')],
      [4, 1],
      'a notice is as secret as its letter',
    )
  },
)

t.test('a correction: shown, then made, by whoever looks after its sender', async (t) => {
  const sentBack = async (number: number, changes: object = {}): Promise<string> => {
    const id = await send('50', number, { to: '57', ...changes })
    await post(
      `${gateway.http}/v1/systems/57/notices`,
      { kind: 'reject', about: { messageId: id } },
      bearer(keyOf('57')),
    )
    return id
  }
  const id = await sentBack(31)
  const path = `/v1/letters/${id}/correct`
  const why = 'the subject was that of another letter'
  const content = Buffer.from('%PDF-1.4 แก้ไข').toString('base64')
  const said = { why, fields: { subject: 'เรื่องใหม่' }, attach: [{ name: 'a.pdf', role: 'main', content }] }
  t.equal((await act('registrar-50', path, said)).status, 403)
  t.equal((await act('auditor', path, said)).status, 403)
  const { environment } = await storeSettings(installation.folder)
  const scans = mustBe(attachmentsOf(installation.settings, environment))
  const store = await openAttachments(scans, systemClock)
  t.after(() => store.close())
  const files = () => store.list('', 1000)
  const before = await files()
  const shown = await act('operator-50', path, said)
  t.match(shown, {
    status: 200,
    body: {
      applied: false,
      changes: [
        { field: 'subject', after: 'เรื่องใหม่' },
        { field: 'attachments', after: [{ name: 'a.pdf' }] },
      ],
      recalls: [{ recipient: '57', state: 'refused' }],
      recipients: ['57'],
    },
  })
  t.match(await get('operator', `/v1/letters/${id}`), { body: { recipients: [{ state: 'refused' }] } })
  const other = { ...said, fields: { subject: 'อีกเรื่องหนึ่ง' }, apply: true, digest: shown.body['digest'] }
  t.same(codesOf(await act('operator-50', path, other)), ['letter.correct.changed'], 'not what was shown')
  t.same(await files(), before, 'what is shown, or is not done, keeps no file')
  const made = await act('operator-50', path, { ...said, apply: true, digest: shown.body['digest'] })
  // A bucket is not in the folder: there nothing can be counted.
  t.not((await files()).length, before.length)
  t.match(made, { status: 200, body: { applied: true, messageId: /^urn:uuid:/ } })
  const fresh = String(made.body['messageId'])
  t.match(await get('operator', `/v1/letters/${fresh}`), {
    body: { content: { subject: 'เรื่องใหม่' }, recipients: [{ recipient: '57', state: 'sealed' }] },
  })
  t.same(
    codesOf(await act('operator-50', path, { ...said, apply: true })),
    ['letter.correct.replaced'],
    'once',
  )
  t.match(await eventsNamed('letter.corrected'), [
    { messageId: id, office: '57', facts: { by: fresh, orderedBy: 'operator-50', why } },
  ])

  const theirs = await send('57', 32, { to: '50' })
  await post(
    `${gateway.http}/v1/systems/50/notices`,
    { kind: 'reject', about: { messageId: theirs } },
    bearer(keyOf('50')),
  )
  const foreign = await act('operator-50', `/v1/letters/${theirs}/correct`, { ...said, apply: true })
  t.same(codesOf(foreign), ['api.role.lacks'], 'its recipient’s operator does not speak for its sender (T9)')
  t.match(await get('operator', `/v1/letters/${theirs}`), { body: { recipients: [{ state: 'refused' }] } })

  const secret = await sentBack(33, { secrecy: 'secret', subject: 'ลับเฉพาะ' })
  const words = 'เรื่องลับเฉพาะพิมพ์ผิด'
  const facts = { delivery: 'd', content: 'letter', orderedBy: 'somchai', why: words }
  for (const name of ['letter.corrected', 'delivery.resent'] as const)
    await journal.write((transaction) =>
      recordEvent(transaction, systemClock.now(), name, { messageId: secret, office: '57' }, facts),
    )
  const last = { after: String((await lastEvent(journal.committed)) - 2) }
  const [told, read] = [await get('operator', '/v1/events', last), await get('auditor', '/v1/events', last)]
  t.match(told.body.items, [{ facts: { orderedBy: 'somchai' } }, { facts: { orderedBy: 'somchai' } }])
  t.notMatch(told.text, words, 'why may be words of the letter')
  t.match(read.body.items, [{ facts: { why: words } }, { facts: { why: words } }])
  const hidden = await act('operator', `/v1/letters/${secret}/correct`, {
    why,
    fields: { secrecy: 'ordinary' },
  })
  t.same(codesOf(hidden), ['api.role.lacks'])
  t.notMatch(hidden.text, 'ลับเฉพาะ')
  t.equal((await act('tester', `/v1/letters/${secret}/correct`, said)).status, 404)

  const wrong = await sentBack(34)
  const place = `/v1/letters/${wrong}/correct`
  const broken = {
    ...said,
    attach: [
      { name: 'a.exe', content: '%%%' },
      { name: 'b.pdf', content },
    ],
  }
  t.same(codesOf(await act('operator', place, broken)), ['letter.media-type.missing', 'api.request.wrong'])
  t.same(codesOf(await act('operator', place, { why, fields: { from: '58', subject: 'x' } })), [
    'letter.sender.other',
  ])
  t.same(codesOf(await act('operator', place, { why })), ['letter.correct.nothing'])
  t.equal((await act('operator', place, { ...said, why: '   ' })).status, 400, 'a why of spaces is none')
  const large = { ...said, attach: [{ name: 'a.pdf', content: 'A'.repeat(17 * 1024 * 1024) }] }
  t.match(await act('operator', place, large), {
    status: 413,
    body: { problems: [{ code: 'api.request.too-large', message: /16777216 bytes/ }] },
  })
})

t.test('reload: planned and applied, by who may for all offices', async (t) => {
  const why = 'a system for Mae Hong Son'
  t.same(codesOf(await act('operator-50', '/v1/reload', { why })), ['api.role.lacks'])
  const planned = await act('operator', '/v1/reload', { why })
  t.match(planned, { status: 200, body: { gateways: [{ answer: { kind: 'planned' } }] } })
  const [given] = planned.body['gateways'] as readonly { readonly order: string }[]
  const order = `/v1/orders/${given?.order}`
  t.match(await get('operator', order), { status: 200, body: { answer: { kind: 'planned' } } })
  t.equal((await get('operator-50', order)).status, 404, 'who looks after some offices has only its own')
  installation.profile('json-58.yaml', { ...jsonProfile('58'), title: 'changed' })
  const applied = await act('operator', '/v1/reload', { why, apply: true })
  t.match(applied.body, { gateways: [{ answer: { kind: 'applied' } }] })
  installation.profile('json-58.yaml', 'id: [')
  const refused = await act('operator', '/v1/reload', { why, apply: true })
  t.match(refused.body, { gateways: [{ answer: { kind: 'refused' } }] })
  t.match(await eventsNamed('order.given'), [
    { facts: { kind: 'retry', by: 'operator-50' } },
    ...Array.from({ length: 3 }, () => ({ facts: { kind: 'reload', by: 'operator' } })),
  ])
  const orders = toldIn(await get('operator', '/v1/events', { limit: '200' }))
  t.match(
    orders.filter(({ name }) => name === 'order.given').map(({ facts }) => facts['why']),
    [undefined, why, why, why],
    'why is for who gave it',
  )
  await soon(async () => (await eventsNamed('profiles.refused')).length > 0)
})

t.test(
  'what was dismissed is retried on purpose, and what was ordered before that is not sent',
  async (t) => {
    const id = await quarantined(journal, '50', 41, { to: '57' }, 'ordinary')
    t.equal((await act('operator-50', `/v1/quarantine/${id}/dismiss`, { why: 'a test letter' })).status, 200)
    const before = {
      kind: 'retry',
      ids: [id],
      by: 'operator',
      why: 'all that waited',
      believe: false,
    } as const
    await journal.write((transaction) => insertOrder(transaction, 'before', before, systemClock.now()))
    await soon(async () => (await orderAnswer(journal.committed, 'before')) !== undefined)
    t.match(await orderAnswer(journal.committed, 'before'), {
      stay: 1,
      places: [{ id, became: 'dismissed' }],
    })
    const meant = await act('operator', `/v1/quarantine/${id}/retry`, { why: 'it was a letter' })
    t.match(meant.body, { answer: { places: [{ id, became: 'taken' }] } })
  },
)
