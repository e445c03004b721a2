// Doors over real sockets: documents are taken, refused with every reason, or wait to be fetched.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import t from 'tap'
import type { Taken } from '../../src/adapters/contract.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import type { Attachment } from '../../src/letter/letter.ts'
import { problem } from '../../src/problem/problem.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import { digest, environment, mount, polled, short } from './http-stage.ts'
import { messageIdOf } from './message-ids.ts'
import { adapterOf, parcelOf, shipped, TestGateway } from './stage.ts'

t.test('a document of several letters: the sender is told what became of each', async (t) => {
  const gateway = new TestGateway()
  const text = `id: many
office: "57"
title: x
origin: self-built
documents:
  letter:
    format: { kind: json-records, columns: [no, date, subject, to] }
    fields:
      number: { at: no, as: letter-number }
      date: { at: date, as: { christian-date: "ce:yyyy-MM-dd" } }
      subject: { at: subject, as: text }
      to: { at: to, as: office }
  notice: { format: { kind: json } }
send: { transport: { kind: http-in, path: /v1/systems/57/letters, access: { kind: certificate } }, document: letter }
receive: { transport: { kind: http-out, url: "http://127.0.0.1:9/" }, document: letter }
notices: { transport: { kind: http-out, url: "http://127.0.0.1:9/" }, document: notice }
`
  const made = adapterOf(mustBe(readProfile(text, 'many.yaml')), gateway.clock, {})
  const base = await mount(t, made, gateway)
  const post = async (...letters: object[]) => {
    const answer = await fetch(`${base}/v1/systems/57/letters`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(letters),
    })
    return [answer.status, await answer.json()] as const
  }
  const letter = { no: 'ชร 0017.1/12', date: '2026-11-20', subject: 'ทดสอบ', to: 'moi' }
  t.match(await post(letter, letter), [
    201,
    { items: [{ position: 'record 1', state: 'taken', messageId: messageIdOf(1) }, { state: 'taken' }] },
  ])
  t.match(await post(letter, { ...letter, to: 'ก' }), [
    422,
    {
      items: [
        { position: 'record 1', state: 'taken' },
        {
          position: 'record 2',
          state: 'refused',
          problems: [{ code: 'adapter.field.office-unknown', messageThai: /ก/ }],
        },
      ],
    },
  ])
  t.match(await post(letter), [201, { messageId: messageIdOf(1), state: 'taken' }])
  gateway.answer = ({ position }) => ({
    ...{ kind: 'known', position, messageId: messageIdOf(1), ended: 'refused' },
  })
  const known = { messageId: messageIdOf(1), state: 'known', ended: 'refused' }
  t.same(await post(letter), [200, known], 'what it came to is said')
  t.match(await post(letter, letter), [200, { items: [known, known] }])
  t.match(await post(), [422, { problems: [{ code: 'adapter.document.empty' }] }])
})

t.test('the JSON doors: 201, 200, 409, 422 with every problem, 503', async (t) => {
  const gateway = new TestGateway()
  const base = await mount(t, adapterOf(shipped('chiang-rai-json'), gateway.clock, environment), gateway)
  const post = async (path: string, body: unknown, type = 'application/json') => {
    const answer = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      retry: answer.headers.get('retry-after'),
      body: (await answer.json()) as Record<string, unknown>,
    }
  }
  t.match(await post('/v1/systems/57/letters', short), {
    status: 201,
    body: { messageId: messageIdOf(1), state: 'taken' },
  })
  t.match(gateway.items, [{ kind: 'letter', draft: { subject: 'ทดสอบ' } }])
  const answers = (answer: Taken) => {
    gateway.answer = () => answer
  }
  answers({ kind: 'known', position: 'letter', messageId: messageIdOf(2) })
  t.match(await post('/v1/systems/57/letters', short), {
    status: 200,
    body: { messageId: messageIdOf(2), state: 'known' },
  })
  answers({
    kind: 'refused',
    position: 'letter',
    problems: [problem('letter.field.missing', 'x'), problem('adapter.waiting.unknown', '')],
  })
  t.match(await post('/v1/systems/57/letters', short), { status: 404 }, 'the status is the problem’s own')
  answers({ kind: 'quarantined', position: 'letter', problems: [problem('letter.field.missing', 'x')] })
  t.match(await post('/v1/systems/57/letters', short), { status: 202 })
  gateway.answer = undefined
  const faulty = await post('/v1/systems/57/letters', { ...short, number: 'x', date: '2551-11-15', to: 'y' })
  t.match(faulty, {
    status: 422,
    type: 'application/problem+json',
    body: { problems: [{ path: 'number' }, { path: 'date' }, { path: 'to' }] },
  })
  t.ok(
    (faulty.body['problems'] as Record<string, string>[]).every(
      ({ message, remedyThai }) => message && remedyThai,
    ),
  )
  t.match(await post('/v1/systems/57/letters', '{'), { status: 400 })
  t.match(await post('/v1/systems/57/letters', '<a/>', 'text/xml'), {
    status: 415,
    body: { problems: [{ code: 'adapter.body.unsupported' }] },
  })
  t.match(await post('/v1/systems/57/letters', `"${'x'.repeat(5_000_000)}"`), { status: 413 })
  t.match(
    await post('/v1/systems/57/notices', {
      kind: 'accept',
      office: 'moi',
      about: { number: 'มท 1/2' },
      receiveNumber: '5',
    }),
    { status: 201 },
  )
  gateway.broken = () => {
    throw new Error('closed')
  }
  t.match(await post('/v1/systems/57/letters', short), {
    status: 503,
    retry: '10',
    body: { problems: [{ code: 'adapter.gateway.busy' }] },
  })
})

t.test(
  'T7: a body that breaks off, is slow or packed is answered, or costs its connection only',
  async (t) => {
    const gateway = new TestGateway()
    const base = await mount(t, adapterOf(shipped('chiang-rai-json'), gateway.clock, environment), gateway)
    const port = Number(new URL(base).port)
    const socket = connect(port, '127.0.0.1')
    socket.write(
      'POST /v1/systems/57/letters HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    )
    await new Promise((resolve) => setImmediate(resolve))
    socket.destroy()
    const packed = await fetch(`${base}/v1/systems/57/letters`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: 'x',
    })
    t.equal(packed.status, 415, 'T4')
    const slow = httpRequest(`${base}/v1/systems/57/letters`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '100' },
    })
    slow.write('{')
    const lost = once(slow, 'error')
    while (gateway.clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve))
    gateway.clock.pass(600_000)
    await lost
    t.same(gateway.offered, [])
    t.equal(gateway.clock.waiting, 0, 'nothing waits any more')
  },
)

t.test(
  'the waiting door: the head, its files, and its end; what the form cannot say makes room',
  async (t) => {
    const gateway = new TestGateway()
    const adapter = adapterOf(mustBe(readProfile(polled, 'polled.yaml')), gateway.clock, {})
    t.equal(adapter.deliver, undefined)
    const base = await mount(t, adapter, gateway)
    t.equal((await fetch(`${base}/w`)).status, 204)
    const scan = randomBytes(500_000)
    const attachment: Attachment = {
      ...fixedLetter().attachments[0]!,
      name: 'ก.pdf',
      size: scan.length,
      sha256: digest(scan),
    }
    gateway.queue.push(
      parcelOf(
        { letter: fixedLetter({ attachments: [attachment] }) },
        'p-1',
        '57',
        new Map([[digest(scan), scan]]),
      ),
    )
    for (let again = 0; again < 2; again += 1) {
      const head = await fetch(`${base}/w`)
      t.equal(head.status, 200)
      t.equal(head.headers.get('saraban-parcel'), 'p-1')
      t.match(await head.json(), {
        messageId: messageIdOf(7),
        letter: { number: 'ชม 0017.1/492', attachments: [{ name: 'ก.pdf' }] },
      })
      const link = /^<([^>]+)>; rel="enclosure"$/.exec(head.headers.get('link') ?? '')?.[1] ?? ''
      const file = await fetch(`${base}${link}`)
      t.ok(Buffer.from(await file.arrayBuffer()).equals(scan))
    }
    t.equal((await fetch(`${base}/w/p-1/attachments/${'0'.repeat(64)}`)).status, 404)
    t.equal((await fetch(`${base}/w/p-2`, { method: 'DELETE' })).status, 404)
    t.equal((await fetch(`${base}/w/p-1`, { method: 'DELETE' })).status, 204)
    t.equal((await fetch(`${base}/w/p-1`, { method: 'DELETE' })).status, 404)
    t.match(gateway.settled, [{ id: 'p-1', outcome: { kind: 'taken' } }])
  },
)
