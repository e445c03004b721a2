// Parcels brought to a server that answers, refuses, is slow, dies or lies.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { createAdapter } from '../../src/adapters/adapter.ts'
import type { Adapter, Item, Parcel, Taken } from '../../src/adapters/contract.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { createAuthority, issueCertificate, keyToPem, newKey } from '../../src/gateway/trust/authority.ts'
import type { Attachment } from '../../src/letter/letter.ts'
import { systemRandom } from '../../src/letter/time.ts'
import { messageOf, problem } from '../../src/problem/problem.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import { digest, listen, mount, polled } from './http-stage.ts'
import { messageIdOf } from './message-ids.ts'
import { adapterOf, parcelOf, shipped, start, TestGateway } from './stage.ts'

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
  for (const nobody of [502, 504])
    t.match(await outcome(nobody), { kind: 'unknown' }, `${nobody} is a proxy’s: the server may have it`)
  for (const later of [408, 425, 429, 500, 501, 503, 505])
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

t.test(
  'a document whose receiver contradicts it is refused, also after a lost answer: 409 is no “taken before”',
  async (t) => {
    let status = 502
    const deliver = await peer(t, (request, response) => {
      request.resume().once('end', () => {
        response.writeHead(status, { 'content-type': 'application/problem+json' })
        response.end('{"status":409,"problems":[{"code":"letter.conflict"}]}')
      })
    })
    const parcel = parcelOf({ letter: fixedLetter({ attachments: [] }) }, 'p-9', '57')
    t.match(await deliver(parcel), { kind: 'unknown' })
    status = 409
    for (const mayHaveArrived of [true, false])
      t.match(await deliver({ ...parcel, attempt: 2, ...(mayHaveArrived && { mayHaveArrived }) }), {
        kind: 'refused',
        problem: { code: 'adapter.peer.refused' },
        said: /letter\.conflict/,
      })
  },
)

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
    const whole = good.SARABAN_MOI_TLS_AUTHORITY
    const [start, end] = [whole.slice(0, whole.length / 2), whole.slice(whole.length / 2)]
    t.same(made({ SARABAN_MOI_TLS_AUTHORITY: `${whole}${whole}` }), [])
    for (const cut of [`${whole}${start}`, `${start}\n${whole}`, `${whole}${end}`])
      t.same(made({ SARABAN_MOI_TLS_AUTHORITY: cut }), at('authority adapter.tls.not-pem'), 'a piece of one')
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
