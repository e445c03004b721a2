// HTTP both ways, over real sockets: doors with documents and streamed files, the waiting door, and parcels brought to a
// server that answers, refuses, is slow, dies or lies.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { createAdapter } from '../../src/adapters/adapter.ts'
import type { Adapter, DoorAnswer, Item, Parcel, Taken } from '../../src/adapters/contract.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { MultipartError, multipartParts, parameterOf } from '../../src/adapters/transports/http/multipart.ts'
import { createAuthority, issueCertificate, keyToPem, newKey } from '../../src/gateway/trust/authority.ts'
import type { Attachment } from '../../src/letter/letter.ts'
import { systemRandom } from '../../src/letter/time.ts'
import { messageOf, problem } from '../../src/problem/problem.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import { messageIdOf } from './message-ids.ts'
import { adapterOf, parcelOf, shipped, start, TestGateway } from './stage.ts'

const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

/** Serves an adapter's doors as a gateway would. */
async function mount(t: Test, adapter: Adapter, gateway: TestGateway): Promise<string> {
  const server = createServer((request, response) => {
    void serve(adapter, request, response)
  })
  await adapter.start(gateway.verbs(adapter))
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await adapter.stop()
  })
  return listen(server)
}

async function serve(adapter: Adapter, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? ''
  const door = adapter.doors.find(
    ({ method, path }) => method === request.method && (url === path || url.startsWith(`${path}/`)),
  )
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  const answer: DoorAnswer = door
    ? await door.enter({ headers, rest: url.slice(door.path.length), body: request })
    : { status: 404 }
  if (response.destroyed) return
  response.writeHead(answer.status, answer.headers)
  if (answer.body instanceof Readable) answer.body.pipe(response)
  else response.end(answer.body)
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const environment = {
  SARABAN_57_KEY_SHA256: 'a'.repeat(64),
  SARABAN_57_LETTERS_URL: 'http://127.0.0.1:9/letters',
  SARABAN_57_NOTICES_URL: 'http://127.0.0.1:9/notices',
  SARABAN_57_TOKEN: 'a token',
}
const short = { number: 'ชร 0017.1/12', date: '2026-11-20', subject: 'ทดสอบ', from: '57', to: 'moi' }

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

t.test('multipart/form-data: files are kept as they come, by name; what does not fit is said', async (t) => {
  const gateway = new TestGateway()
  const base = await mount(t, adapterOf(shipped('chiang-rai-json'), gateway.clock, environment), gateway)
  const scan = randomBytes(3_000_000)
  const post = async (attachments: object[], files: [string, Buffer][]) => {
    const form = new FormData()
    form.append(
      'document',
      new Blob([JSON.stringify({ ...short, attachments })], { type: 'application/json' }),
    )
    for (const [name, bytes] of files) form.append('attachment', new Blob([bytes]), name)
    const answer = await fetch(`${base}/v1/systems/57/letters`, { method: 'POST', body: form })
    return [
      answer.status,
      ((await answer.json()) as { problems?: { code: string }[] }).problems?.map(({ code }) => code),
    ]
  }
  t.same(
    await post(
      [{ name: 'หนังสือ "1".pdf', sha256: digest(scan), size: scan.length }],
      [['หนังสือ "1".pdf', scan]],
    ),
    [201, undefined],
  )
  t.match(gateway.items, [
    {
      attachments: [
        {
          name: 'หนังสือ "1".pdf',
          role: 'main',
          content: { kind: 'kept', sha256: digest(scan), size: 3_000_000 },
        },
      ],
    },
  ])
  t.ok(gateway.kept.get(digest(scan))?.equals(scan))
  t.same(
    await post(
      [{ name: 'a.pdf' }, { name: 'b.pdf', sha256: '0'.repeat(64) }],
      [
        ['b.pdf', scan],
        ['c.pdf', scan],
      ],
    ),
    [422, ['adapter.file.missing', 'adapter.file.digest', 'adapter.file.unnamed']],
  )
  const draft = Buffer.from('draft').toString('base64')
  t.same(
    await post([{ name: 'a.pdf', content: draft }], [['a.pdf', scan]]),
    [422, ['adapter.file.twice']],
    'which of the two is meant nobody can know',
  )
  t.same(
    await post(
      [{ name: 'a.pdf' }],
      [
        ['a.pdf', scan],
        ['a.pdf', scan],
      ],
    ),
    [400, ['adapter.multipart.broken']],
  )
  const many = Array.from({ length: 101 }, (_, index): [string, Buffer] => [`${index}.txt`, Buffer.from('x')])
  t.same(await post([], many), [400, ['adapter.multipart.broken']], 'T7: a flood of parts')
})

t.test(
  'multipart: a size that is not so, and our own disk that fails at a file: nothing is taken',
  async (t) => {
    const gateway = new TestGateway()
    const base = await mount(t, adapterOf(shipped('chiang-rai-json'), gateway.clock, environment), gateway)
    const post = async (attachment: object) => {
      const form = new FormData()
      const document = JSON.stringify({ ...short, attachments: [attachment] })
      form.append('document', new Blob([document], { type: 'application/json' }))
      form.append('attachment', new Blob(['scan']), 'a.pdf')
      const answer = await fetch(`${base}/v1/systems/57/letters`, { method: 'POST', body: form })
      const { problems } = (await answer.json()) as { problems?: { code: string }[] }
      return [answer.status, problems?.map(({ code }) => code)]
    }
    t.same(await post({ name: 'a.pdf', size: 3 }), [422, ['adapter.file.digest']])
    const { length } = gateway.offered
    gateway.failing = gateway.calls + 1
    t.same(await post({ name: 'a.pdf', size: 4 }), [503, ['adapter.gateway.busy']])
    t.equal(gateway.offered.length, length)
  },
)

t.test('multipart: base64 parts are decoded; another encoding is refused with its name', async (t) => {
  const gateway = new TestGateway()
  const base = await mount(t, adapterOf(shipped('chiang-rai-json'), gateway.clock, environment), gateway)
  const scan = randomBytes(300_000)
  const lines = scan.toString('base64').replace(/(.{76})/g, '$1\r\n')
  const post = async (encoding: string, text: string, document: string, documentEncoding = '8bit') => {
    const answer = await fetch(`${base}/v1/systems/57/letters`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="document"\r\nContent-Transfer-Encoding: ${documentEncoding}\r\n\r\n${document}\r\n--b\r\nContent-Disposition: form-data; name="x"; filename="a.pdf"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${text}\r\n--b--\r\n`,
      ),
    })
    const { problems } = (await answer.json()) as { problems?: { code: string; value?: string }[] }
    return [answer.status, problems?.map(({ code }) => code)]
  }
  const document = JSON.stringify({ ...short, attachments: [{ name: 'a.pdf', sha256: digest(scan) }] })
  t.same(await post('BASE64', lines, document), [201, undefined])
  t.ok(gateway.kept.get(digest(scan))?.equals(scan))
  t.same(await post('base64', lines, Buffer.from(document).toString('base64'), 'base64'), [201, undefined])
  for (const encoding of ['quoted-printable', 'x-uuencode', 'base64, binary'])
    t.same(await post(encoding, 'abc', document), [400, ['adapter.multipart.encoding']], encoding)
  for (const broken of ['YWJ', 'YW==Yg==', 'YW!j', 'YQ===', '====']) {
    t.same(await post('base64', broken, document), [400, ['adapter.multipart.broken']], broken)
  }
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

t.test('multipart: every way to cut the bytes gives the same parts; what is broken is refused', async (t) => {
  const body = Buffer.from(
    '--b\r\nContent-ID: <x>\r\n\r\none\r\n--bx\r\n--b \r\nContent-ID: <y>\r\n\r\n\r\n--b--\r\n',
  )
  const parts = async (bytes: Buffer, step: number, boundary = 'b') => {
    const found: [string | undefined, string][] = []
    const pieces = (async function* () {
      for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
    })()
    for await (const part of multipartParts(pieces, boundary, { parts: 10 })) {
      const chunks: Buffer[] = []
      for await (const chunk of part.body as AsyncIterable<Buffer>) chunks.push(chunk)
      found.push([part.headers.get('content-id'), Buffer.concat(chunks).toString()])
    }
    return found
  }
  // `--bx` begins with the boundary and is none: text behind it is refused, so it must be sent with another boundary.
  await t.rejects(parts(body, 7), MultipartError)
  const good = Buffer.from(
    '--b\r\nContent-ID: <x>\r\n\r\none\r\n-b\r--\r\n--b \r\nContent-ID: <y>\r\n\r\n\r\n--b--\r\n',
  )
  for (let step = 1; step <= good.length; step += 1)
    t.same(await parts(good, step), [
      ['<x>', 'one\r\n-b\r--'],
      ['<y>', ''],
    ])
  for (const broken of [
    '',
    'x',
    '--b',
    '--b\r\nA: b\r\n\r\nx',
    '--b\r\nA b\r\n\r\nx\r\n--b--',
    '--b\r\nA: 1\r\nA: 2\r\n\r\nx\r\n--b--',
    '--b\r\nA: \u0000\r\n\r\nx\r\n--b--',
    `--b\r\nA: ${'x'.repeat(10_000)}\r\n\r\nx\r\n--b--`,
    `${'x'.repeat(2000)}\r\n--b--`,
    `--b\r\n\r\nx\r\n--b--${'x'.repeat(2000)}`,
    '--b\r\nA: b\r\n',
  ])
    await t.rejects(parts(Buffer.from(broken), 3), MultipartError, JSON.stringify(broken.slice(0, 40)))
  t.equal(parameterOf('form-data; name="a"; filename="x%22y\\"z.pdf"', 'filename'), 'x"y"z.pdf')
  t.equal(parameterOf('form-data; name=a', 'filename'), undefined)
})

const polled = `
id: polled
office: "57"
title: polled
origin: self-built
documents: { letter: { format: { kind: json } }, notice: { format: { kind: json } } }
send: { transport: { kind: http-in, path: /l, access: &a { kind: certificate } }, document: letter }
receive: { transport: &w { kind: http-in, path: /w, access: *a }, document: letter }
notices: { transport: *w, document: notice }
`

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

/** A server whose answers the test gives, and an adapter that brings parcels to it. */
async function peer(
  t: Test,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options = '',
  format = 'json',
) {
  const server = createServer(answer)
  const url = await listen(server)
  const adapter = await bringing(`${url}/inbox`, options, format)
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await adapter.stop()
  })
  return (
    parcel: Parcel = parcelOf({ letter: fixedLetter({ attachments: [] }) }, 'p-9', '57'),
    signal = new AbortController().signal,
  ) => adapter.deliver!(parcel, signal)
}

async function bringing(
  url: string,
  options = '',
  format = 'json',
  environment: Record<string, string> = {},
): Promise<Adapter> {
  const out = `{ kind: http-out, url: "${url}"${options} }`
  const text = `id: out\noffice: "57"\ntitle: x\norigin: self-built\ndocuments: { x: { format: { kind: ${format} } } }\n${['receive', 'notices'].map((channel) => `${channel}: { transport: ${out}, document: x }\n`).join('')}send: { transport: { kind: http-in, path: /x, access: { kind: certificate } }, document: x }\n`
  return mustBe(
    createAdapter(mustBe(readProfile(text, 'out.yaml')), {
      environment,
      folder: '/nowhere',
      clock: new TestGateway().clock,
    }),
  )
}

t.test('statuses are outcomes, exactly as the contract has them', async (t) => {
  let status = 200
  let headers: Record<string, string> = {}
  let body = ''
  const deliver = await peer(t, (request, response) => {
    request.resume().once('end', () => response.writeHead(status, headers).end(body))
  })
  const outcome = async (next: number, said: Record<string, string> = {}, text = '') => {
    status = next
    headers = said
    body = text
    return deliver()
  }
  for (const taken of [200, 201, 202, 204])
    t.match(await outcome(taken), { kind: 'taken', said: `HTTP ${taken}` })
  t.match(await outcome(200, { 'content-type': 'application/json' }, '{}'), { kind: 'taken' })
  for (const type of ['text/html', 'text/plain', 'application/xml'])
    t.match(
      await outcome(200, { 'content-type': type }, '<html>sign in</html>'),
      { kind: 'unknown', said: /adapter\.peer\.no-answer/ },
      `a page of ${type} is no answer of the system`,
    )
  t.match(await outcome(422, { 'content-type': 'application/json' }, '{"why":"x"}'), {
    kind: 'refused',
    problem: { code: 'adapter.peer.refused', details: { status: 422 } },
    said: 'HTTP 422: {"why":"x"}',
  })
  for (const refused of [400, 409, 410, 413, 415, 422])
    t.match(await outcome(refused), { kind: 'refused' }, `${refused}`)
  for (const passing of [301, 302, 307, 308, 401, 403, 404, 405, 407, 421])
    t.match(
      await outcome(passing, { location: 'http://127.0.0.1:1/' }),
      { kind: 'unavailable', said: /adapter\.peer\.unready/ },
      `${passing} is a state of the network or of a deployment`,
    )
  for (const later of [408, 425, 429, 500, 502, 503, 504])
    t.match(await outcome(later), { kind: 'unavailable', retryAfter: undefined }, `${later}`)
  t.match(await outcome(503, { 'retry-after': '120' }), { kind: 'unavailable', retryAfter: 120_000 })
  t.match(await outcome(429, { 'retry-after': new Date(start + 60_000).toUTCString() }), {
    kind: 'unavailable',
    retryAfter: 60_000,
  })
  t.match(await outcome(503, { 'retry-after': new Date(start - 60_000).toUTCString() }), {
    kind: 'unavailable',
    retryAfter: 0,
  })
  t.match(await outcome(503, { 'retry-after': '-5' }), { kind: 'unavailable', retryAfter: undefined })
  t.match(
    await outcome(500, { 'content-type': 'text/plain' }, '\u001b[31m\r\nbad'),
    { said: 'HTTP 500: \\u001b[31m\\u000d\\u000abad' },
    'T10',
  )
  t.match(
    await outcome(200, { 'content-type': 'application/json' }, 'x'.repeat(3_000_000)),
    { kind: 'taken' },
    'an answer without end is not read to its end',
  )
})

t.test('an envelope: 409 is taken before, 200 with a page is unknown', async (t) => {
  let [status, type, body] = [409, 'application/xml', '<env:Envelope/>']
  const deliver = await peer(
    t,
    (request, response) => {
      request.resume().once('end', () => response.writeHead(status, { 'content-type': type }).end(body))
    },
    '',
    'envelope',
  )
  t.match(await deliver(), { kind: 'taken', reply: Buffer.from('<env:Envelope/>') })
  ;[status, type, body] = [200, 'text/html', '<html/>']
  t.match(await deliver(), { kind: 'unknown' })
  ;[status, type, body] = [200, 'application/xml', '<env:Envelope/>']
  t.match(await deliver(), { kind: 'taken', reply: Buffer.from('<env:Envelope/>') })
})

t.test('a connection that fails before the last byte took nothing; after it, nobody knows', async (t) => {
  const nobody = await bringing('http://127.0.0.1:9/inbox')
  t.teardown(() => nobody.stop())
  const parcel = parcelOf({ letter: fixedLetter({ attachments: [] }) }, 'p-9', '57')
  t.match(await nobody.deliver!(parcel, new AbortController().signal), {
    kind: 'unavailable',
    said: /ECONNREFUSED/,
  })
  const dropping = await peer(t, (request) => {
    request.resume().once('end', () => request.socket.destroy())
  })
  t.match(await dropping(), { kind: 'unknown' }, 'dropped after the last byte')
  const silent = await peer(t, (request) => void request.resume(), ', within: 100ms')
  t.match(await silent(), { kind: 'unknown', said: /HEADERS_TIMEOUT/ }, 'no answer in time')
  const half = await peer(t, (request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-length': '100' }).write('x', () => request.socket.destroy())
    })
  })
  t.match(await half(), { kind: 'unknown' }, 'half an answer')
  const big = Buffer.alloc(20_000_000)
  const scan: Attachment = { ...fixedLetter().attachments[0]!, size: big.length, sha256: digest(big) }
  const early = await peer(t, (request) => {
    request.once('data', () => request.socket.destroy())
  })
  t.match(
    await early(
      parcelOf({ letter: fixedLetter({ attachments: [scan] }) }, 'p-9', '57', new Map([[digest(big), big]])),
    ),
    { kind: 'unavailable' },
    'broken in the middle of the body',
  )
  const abort = new AbortController()
  const aborted = await peer(t, (request) => {
    request.resume().once('end', () => abort.abort())
  })
  t.match(
    await aborted(undefined, abort.signal),
    { kind: 'unknown' },
    'stopped while it waited for the answer',
  )
  const failing = await peer(
    t,
    (request, response) => void request.resume().once('end', () => response.end()),
  )
  const lost: Parcel = {
    ...parcelOf({ letter: fixedLetter() }, 'p-9', '57'),
    open: () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('a')
          throw new Error('not here')
        })(),
      ),
  }
  t.match(await failing(lost), { kind: 'unavailable' }, 'our own disk fails in the middle of the body')
})

t.test(
  'what an http-out sends, an http-in of the same form takes: letters with files, JSON and envelopes',
  async (t) => {
    const gateway = new TestGateway()
    const receiver = adapterOf(
      mustBe(readProfile(polled.replace('office: "57"', 'office: "50"'), 'r.yaml')),
      gateway.clock,
      {},
    )
    const base = await mount(t, receiver, gateway)
    const scan = randomBytes(2_000_000)
    const attachments: Attachment[] = [
      { ...fixedLetter().attachments[0]!, name: 'ก "ข"\u00a0.pdf', size: scan.length, sha256: digest(scan) },
      { ...fixedLetter().attachments[0]!, name: 'a.pdf', role: 'enclosure' },
    ]
    const contents = new Map([
      [digest(scan), scan],
      [attachments[1]!.sha256, Buffer.from('abc')],
    ])
    const letter = fixedLetter({ attachments })
    const sender = await bringing(`${base}/l`)
    t.teardown(() => sender.stop())
    const signal = new AbortController().signal
    t.match(await sender.deliver!(parcelOf({ letter }, 'p-1', '57', contents), signal), {
      kind: 'taken',
      said: /HTTP 201/,
    })
    t.match(gateway.items, [
      {
        kind: 'letter',
        attachments: [
          { name: attachments[0]!.name, content: { sha256: digest(scan) } },
          { name: 'a.pdf', content: { sha256: attachments[1]!.sha256 } },
        ],
      },
    ])

    const inbox = new TestGateway()
    const receipt = { bytes: Buffer.from('<env:Envelope>receive</env:Envelope>'), digest: 'x' }
    inbox.answer = (item: Item): Taken => ({
      kind: 'taken',
      position: item.position,
      messageId: messageIdOf(3),
      receipt,
    })
    const moi = adapterOf(shipped('moi-inbox'), inbox.clock, {
      SARABAN_MOI_INBOX_URL: 'https://127.0.0.1:9/envelopes',
      ...(await tlsOfInbox()),
    }).doors
    t.same(
      moi.map(({ method, path, access }) => [method, path, access.kind]),
      [['POST', '/v1/envelopes', 'certificate']],
    )
    const envelopes = adapterOf(
      mustBe(readProfile(polled.replaceAll('kind: json', 'kind: envelope'), 'e.yaml')),
      inbox.clock,
      {},
    )
    const address = await mount(t, envelopes, inbox)
    const bearer = await bringing(`${address}/l`, '', 'envelope')
    t.teardown(() => bearer.stop())
    t.equal(bearer.receipts, true)
    const envelope = parcelOf(
      { letter: fixedLetter({ attachments: [...attachments, { ...attachments[1]!, name: 'b.pdf' }] }) },
      'p-2',
      '57',
      contents,
    )
    t.match(await bearer.deliver!(envelope, signal), { kind: 'taken', reply: receipt.bytes })
    const [item] = inbox.items
    if (item?.kind !== 'envelope') return t.fail()
    t.same(
      [...item.attachments.keys()],
      [digest(scan), attachments[1]!.sha256],
      'the same bytes under two names are one part',
    )
    t.equal(item.bytes.toString(), '<env:Envelope/>')
    inbox.answer = (each) => ({ kind: 'known', position: each.position, messageId: messageIdOf(3), receipt })
    t.match(await bearer.deliver!(envelope, signal), {
      kind: 'taken',
      said: /HTTP 409/,
      reply: receipt.bytes,
    })
    inbox.answer = (each) => ({
      kind: 'refused',
      position: each.position,
      problems: [problem('letter.field.missing', 'x')],
      receipt,
    })
    t.match(await bearer.deliver!(envelope, signal), { kind: 'refused', reply: receipt.bytes })
  },
)

/** Our key, our certificate, and the authority of both. */
async function tlsOfInbox() {
  const now = Date.now()
  const authority = await createAuthority(now, systemRandom)
  const key = await newKey()
  const subject = { kind: 'server' as const, names: ['gateway'], addresses: [] }
  return {
    SARABAN_MOI_TLS_KEY: keyToPem(key),
    SARABAN_MOI_TLS_CERTIFICATE: issueCertificate(authority, key, subject, now, systemRandom).toString(),
    SARABAN_MOI_TLS_AUTHORITY: authority.certificate.toString(),
  }
}

t.test(
  'keys and certificates that are none, or do not fit, are named when the adapter is made',
  async (t) => {
    const good = await tlsOfInbox()
    const other = keyToPem(await newKey())
    const made = (changed: Readonly<Record<string, string>>) => {
      const environment = { SARABAN_MOI_INBOX_URL: 'https://127.0.0.1:9/envelopes', ...good, ...changed }
      const adapter = createAdapter(shipped('moi-inbox'), {
        environment,
        folder: '/nowhere',
        clock: new TestGateway().clock,
      })
      return adapter.ok ? [] : [...new Set(adapter.problems.map(({ code, path }) => `${path} ${code}`))]
    }
    const at = (end: string) => [`receive.transport.tls.${end}`]
    t.same(made({}), [])
    t.same(made({ SARABAN_MOI_TLS_KEY: other }), at('key adapter.tls.mismatch'))
    t.same(made({ SARABAN_MOI_TLS_KEY: 'secret' }), at('key adapter.tls.not-pem'))
    t.same(made({ SARABAN_MOI_TLS_CERTIFICATE: other }), at('certificate adapter.tls.not-pem'))
    const broken = good.SARABAN_MOI_TLS_AUTHORITY.replace(/MII[\s\S]{40}/, 'MII')
    t.same(made({ SARABAN_MOI_TLS_AUTHORITY: broken }), at('authority adapter.tls.not-pem'))
    const url = createAdapter(shipped('moi-inbox'), {
      environment: { ...good, SARABAN_MOI_INBOX_URL: 'http://user:secret@moi.example/' },
      folder: '/nowhere',
      clock: new TestGateway().clock,
    })
    const message = url.ok ? '' : url.problems.map((each) => messageOf(each)).join()
    t.match(message, /moi\.example/)
    t.notMatch(message, /\{|secret/, 'no place of a line that nobody knows, and no password')
  },
)

t.test('mutual TLS: the authority is the profile’s, and without our key there is no way in', async (t) => {
  const now = Date.now()
  const authority = await createAuthority(now, systemRandom)
  const [serverKey, clientKey] = [await newKey(), await newKey()]
  const certificate = issueCertificate(
    authority,
    serverKey,
    { kind: 'server', names: ['localhost'], addresses: ['127.0.0.1'] },
    now,
    systemRandom,
  )
  const client = issueCertificate(
    authority,
    clientKey,
    { kind: 'server', names: ['gateway'], addresses: [] },
    now,
    systemRandom,
  )
  const ca = authority.certificate.toString()
  const server = createTlsServer(
    {
      key: keyToPem(serverKey),
      cert: certificate.toString(),
      ca,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      request.resume().once('end', () => response.end())
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/inbox`
  const environment = { KEY: keyToPem(clientKey), CERT: client.toString(), CA: ca }
  const mutual = await bringing(
    url,
    ', tls: { key: { env: KEY }, certificate: { env: CERT }, authority: { env: CA } }',
    'json',
    environment,
  )
  const keyless = await bringing(url, ', tls: { authority: { env: CA } }', 'json', environment)
  const trustless = await bringing(url)
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await Promise.all([mutual, keyless, trustless].map((each) => each.stop()))
  })
  const parcel = parcelOf({ letter: fixedLetter({ attachments: [] }) }, 'p-9', '57')
  const signal = new AbortController().signal
  t.match(await mutual.deliver!(parcel, signal), { kind: 'taken' })
  t.match((await keyless.deliver!(parcel, signal)).kind, /unavailable|unknown/)
  t.match(await trustless.deliver!(parcel, signal), { kind: 'unavailable' })
})

t.test('a server that is no HTTP server, and one that never ends its header', async (t) => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', () => socket.end('SSH-2.0-nothing\r\n'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const adapter = await bringing(`http://127.0.0.1:${(server.address() as AddressInfo).port}/inbox`)
  t.teardown(async () => {
    server.close()
    await adapter.stop()
  })
  const outcome = await adapter.deliver!(
    parcelOf({ letter: fixedLetter({ attachments: [] }) }, 'p-9', '57'),
    new AbortController().signal,
  )
  t.equal(outcome.kind, 'unknown')
})
