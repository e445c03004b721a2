// The transport `soap-out` against real servers of the exchange on real sockets: what they answer and what it means, their
// queue, and their bad days.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import iconv from 'iconv-lite'
import t, { type Test } from 'tap'
import { createAdapter } from '../../../src/adapters/adapter.ts'
import type { Adapter, KnownLetter, Outcome, Source, Taken } from '../../../src/adapters/contract.ts'
import { readProfile } from '../../../src/adapters/profile.ts'
import { createAuthority, issueCertificate, keyToPem, newKey } from '../../../src/gateway/trust/authority.ts'
import { checkNotice } from '../../../src/letter/check.ts'
import type { NoticeKind } from '../../../src/letter/notice.ts'
import { moi } from '../../../src/letter/offices.ts'
import { systemRandom } from '../../../src/letter/time.ts'
import { problem } from '../../../src/problem/problem.ts'
import { fixedLetter, mustBe, office } from '../../letter/arbitrary.ts'
import { messageIdOf } from '../message-ids.ts'
import { parcelOf, start, TestGateway } from '../stage.ts'

const trang = office('92')
const scan = Buffer.from('abc')
const contents = new Map([['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', scan]])
const letter = fixedLetter({ from: { office: moi }, to: { offices: [trang] } })
/** `attempt` 2: the answer to the first one was lost. */
const parcel = (attempt = 1, mayHaveArrived = attempt > 1) => ({
  ...parcelOf({ letter }, 'delivery-1', '92', contents),
  attempt,
  mayHaveArrived,
})
const signal = new AbortController().signal

/** The profile of a province with a server of its own. */
function profileOf(url: string, options: object = {}, format: object = {}) {
  const channel = { transport: { kind: 'soap-out', url, ...options }, document: 'letter' }
  const profile = {
    ...{ id: 'trang-ecms', office: '92', title: 'ตัวอย่าง', origin: 'outsourced', illustrative: true },
    documents: { letter: { format: { kind: 'e-cms', ...format } } },
    ...{ send: channel, sendNotices: channel, receive: channel, notices: channel },
  }
  return readProfile(JSON.stringify(profile), 'trang-ecms.yaml')
}

function adapterOf(
  gateway: TestGateway,
  url: string,
  options: object = {},
  format: object = {},
  environment: Readonly<Record<string, string>> = {},
): Adapter {
  const profile = mustBe(profileOf(url, options, format))
  return mustBe(createAdapter(profile, { environment, folder: '/nowhere', clock: gateway.clock }))
}

interface Asked {
  readonly operation: string
  readonly body: string
  readonly bytes: Buffer
  readonly headers: IncomingMessage['headers']
}
interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}
type Answering = (asked: Asked, response: ServerResponse) => Answer | undefined

/** A server whose answers the test writes; undefined: the test answers by itself, or never. */
async function serve(t: Test, answering: Answering) {
  const asked: Asked[] = []
  const server: Server = createServer((request, response) => {
    void buffer(request).then(
      (bytes) => {
        const body = bytes.toString('utf8')
        const operation = /Body><([\w:]+)/.exec(body)?.[1] ?? ''
        const one = { operation, body, bytes, headers: request.headers }
        asked.push(one)
        const answer = answering(one, response)
        if (answer === undefined) return
        const { status = 200, headers = { 'content-type': 'text/xml' }, body: said = '' } = answer
        response.writeHead(status, headers).end(said)
      },
      () => undefined,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ecms` }
}

const soap = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${body}</S:Body></S:Envelope>`
const taken =
  '<CorrespondenceLetterOutboundResponse><ProcessID>7/2569</ProcessID></CorrespondenceLetterOutboundResponse>'
const errorOf = (...codes: string[]): string =>
  soap(
    codes
      .map(
        (code) =>
          `<ErrorDetail><ErrorCode>${code}</ErrorCode><ErrorDescription>ผิดพลาด</ErrorDescription></ErrorDetail>`,
      )
      .join(''),
  )
const fault = (code: string): string =>
  soap(`<S:Fault><faultcode>S:${code}</faultcode><faultstring>failed</faultstring></S:Fault>`)

async function outcome(t: Test, answer: Answer, options: object = {}, attempt = 1): Promise<Outcome> {
  const { url } = await serve(t, () => answer)
  const adapter = adapterOf(new TestGateway(), url, options)
  t.teardown(() => adapter.stop())
  if (adapter.deliver === undefined) throw new Error('it brings nothing')
  return adapter.deliver(parcel(attempt), signal)
}

/** Everything that real servers answer, and what it means. docs/e-cms.md has the table. */
const answers: readonly [string, Answer, Outcome['kind'], attempt?: number][] = [
  ['as the standard has it', { body: soap(taken) }, 'taken'],
  ['processID', { body: soap(taken.replaceAll('ProcessID', 'processID')) }, 'taken'],
  ['no declaration, no Content-Type', { body: soap(taken).slice(38), headers: {} }, 'taken'],
  ['line breaks before the declaration', { body: `\r\n\r\n${soap(taken)}` }, 'taken'],
  ['a byte order mark', { body: `\ufeff${soap(taken)}` }, 'taken'],
  ['another name of the answer', { body: soap(taken.replaceAll('Outbound', 'OutboundRequest')) }, 'taken'],
  [
    'SOAP 1.2',
    { body: soap(taken).replace('schemas.xmlsoap.org/soap/envelope/', 'www.w3.org/2003/05/soap-envelope') },
    'taken',
  ],
  [
    'a namespace of its own',
    {
      body: soap(
        taken
          .replace('<C', '<e:C')
          .replace('</C', '</e:C')
          .replace(' xmlns', '')
          .replace('Response>', 'Response xmlns:e="urn:x">'),
      ),
    },
    'taken',
  ],
  ['an undeclared prefix', { body: soap(taken.replace('<C', '<tns:C').replace('</C', '</tns:C')) }, 'taken'],
  ['no SOAP around it', { body: taken }, 'taken'],
  [
    'wrong addressing',
    {
      body: soap(taken).replace(
        '<S:Body>',
        '<S:Header><a:to xmlns:a="http://w3.org/2005/08/addressing">x</a:to></S:Header><S:Body>',
      ),
    },
    'taken',
  ],
  [
    'windows-874 that calls itself UTF-8',
    {
      body: iconv.encode(
        soap(taken.replace('</ProcessID>', '</ProcessID><Note>รับแล้ว</Note>')),
        'windows-874',
      ),
    },
    'taken',
  ],
  [
    'a declared TIS-620',
    { body: iconv.encode(soap(taken).replace('UTF-8', 'TIS-620'), 'windows-874') },
    'taken',
  ],
  ['201', { status: 201, body: soap(taken) }, 'taken'],
  ['ErrorDetail with 200', { body: errorOf('E01') }, 'refused'],
  ['ErrorDetail with 400', { status: 400, body: errorOf('E01') }, 'refused'],
  ['ErrorDetail with 500', { status: 500, body: errorOf('E01') }, 'refused'],
  ['ErrorDetail in windows-874', { body: iconv.encode(errorOf('E01'), 'windows-874') }, 'refused'],
  [
    'ErrorDetail within the answer',
    {
      body: soap(
        '<CorrespondenceLetterOutboundResponse><ErrorDetail><ErrorCode>E01</ErrorCode></ErrorDetail></CorrespondenceLetterOutboundResponse>',
      ),
    },
    'refused',
  ],
  ['ErrorDetail without a code', { body: soap('<ErrorDetail/>') }, 'refused'],
  ['several ErrorDetails, one of them for later', { body: errorOf('busy', 'E01') }, 'refused'],
  ['an ErrorDetail for later', { body: errorOf('busy') }, 'unavailable'],
  ['one for later and one that it is known', { body: errorOf('dup', 'busy') }, 'unavailable', 2],
  ['known at the first attempt: another letter', { body: errorOf('dup') }, 'refused'],
  ['known at the second attempt: the first one arrived', { body: errorOf('dup') }, 'taken', 2],
  ['nothing to delete, of a letter', { body: errorOf('none') }, 'refused'],
  [
    'a ProcessID and an ErrorDetail',
    { body: soap(`${taken}<ErrorDetail><ErrorCode>E01</ErrorCode></ErrorDetail>`) },
    'unknown',
  ],
  ['a ProcessID with 400', { status: 400, body: soap(taken) }, 'unknown'],
  ['Fault Client', { status: 500, body: fault('Client') }, 'refused'],
  ['Fault Server', { status: 500, body: fault('Server') }, 'unavailable'],
  ['Fault Server.Database', { body: fault('Server.Database') }, 'unavailable'],
  [
    'Fault with an ErrorDetail',
    {
      status: 500,
      body: fault('Server').replace(
        '</S:Fault>',
        '<detail><ErrorDetail><ErrorCode>E01</ErrorCode></ErrorDetail></detail></S:Fault>',
      ),
    },
    'refused',
  ],
  ['nothing at all', { body: '' }, 'unknown'],
  ['204', { status: 204 }, 'unknown'],
  ['an empty Body', { body: soap('') }, 'unknown'],
  ['an empty answer', { body: soap('<CorrespondenceLetterOutboundResponse/>') }, 'unknown'],
  ['an empty ProcessID', { body: soap(taken.replace('7/2569', '')) }, 'unknown'],
  ['the answer of another operation', { body: soap(taken.replaceAll('Outbound', 'Inbound')) }, 'unknown'],
  [
    'a login page',
    {
      headers: { 'content-type': 'text/html' },
      body: '<!DOCTYPE html><html><body>เข้าสู่ระบบ<br></body></html>',
    },
    'unknown',
  ],
  ['a login page in XHTML', { body: '<html><body>ProcessID</body></html>' }, 'unknown'],
  ['half a message', { body: soap(taken).slice(0, 150) }, 'unknown'],
  ['JSON', { body: '{"ProcessID":7}' }, 'unknown'],
  ['a hundred levels', { body: soap(`${'<a>'.repeat(100)}${'</a>'.repeat(100)}`) }, 'unknown'],
  ['400 without a word', { status: 400 }, 'refused'],
  ['413', { status: 413, body: '<html>too large</html>' }, 'refused'],
  ['401', { status: 401 }, 'unavailable'],
  ['403', { status: 403, body: soap(taken) }, 'unavailable'],
  ['404', { status: 404 }, 'unavailable'],
  ['302', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'unavailable'],
  ['429', { status: 429, headers: { 'retry-after': '90' } }, 'unavailable'],
  ['503', { status: 503, body: errorOf('E01') }, 'unavailable'],
  ['500 without a word', { status: 500, body: 'java.lang.NullPointerException' }, 'unknown'],
  ['502', { status: 502 }, 'unknown'],
  ['504', { status: 504 }, 'unknown'],
]

t.test('what a server answers to a letter', async (t) => {
  const errors = { known: ['dup'], later: ['busy'], nothing: ['none'] }
  for (const [name, answer, kind, attempt] of answers) {
    const found = await outcome(t, answer, { errors }, attempt)
    t.equal(found.kind, kind, `${name}: ${'said' in found ? found.said : ''}`)
  }
  t.match(await outcome(t, { status: 429, headers: { 'retry-after': '90' } }), { retryAfter: 90_000 })
  t.match(await outcome(t, { body: errorOf('E01', 'E02') }), {
    problem: { code: 'adapter.peer.refused' },
    said: 'HTTP 200: E01 ผิดพลาด; E02 ผิดพลาด',
  })
  t.match(await outcome(t, { body: errorOf('dup') }, { errors }), { problem: { code: 'ecms.peer.other' } })
  const { url } = await serve(t, () => ({ body: errorOf('dup') }))
  const adapter = adapterOf(new TestGateway(), url, { errors, ask: true })
  t.teardown(() => adapter.stop())
  t.match(
    await adapter.deliver?.(parcel(2, false), signal),
    { kind: 'refused', problem: { code: 'ecms.peer.other' } },
    'known at a second attempt, when the first one cannot have arrived: another letter',
  )
  t.match(await outcome(t, { body: errorOf('a\u001b[2J') }), { kind: 'unknown' }, 'no XML holds that')
})

t.test('what is sent', async (t) => {
  const { asked, url } = await serve(t, () => ({ body: soap(taken) }))
  const gateway = new TestGateway()
  const options = { user: 'gateway', password: { env: 'PASSWORD' } }
  const adapter = adapterOf(gateway, url, options, { organisationDigits: 5 }, { PASSWORD: 'ลับ' })
  const bare = adapterOf(gateway, url, { notifiers: 'bare' })
  t.teardown(() => Promise.all([adapter.stop(), bare.stop()]))
  t.match(await adapter.deliver?.(parcel(), signal), { kind: 'taken', said: 'HTTP 200 ProcessID 7/2569' })
  const [first] = asked
  t.equal(first?.operation, 'CorrespondenceLetterOutboundRequest')
  t.equal(first?.headers.authorization, `Basic ${Buffer.from('gateway:ลับ').toString('base64')}`)
  t.equal(first?.headers['content-type'], 'text/xml; charset=utf-8')
  t.match(first?.body, /<wsa:MessageID>delivery-1<\/wsa:MessageID><wsa:To>http:\/\/127/)
  t.match(
    first?.body,
    '<ram:MainLetterBinaryObject mimeCode="application/pdf">YWJj</ram:MainLetterBinaryObject>',
  )
  t.match(first?.body, '<ram:DepartmentOrganization><ram:ID>15192</ram:ID></ram:DepartmentOrganization>')
  const notice = (kind: NoticeKind) =>
    parcelOf(
      {
        notice: mustBe(
          checkNotice({ ...about, kind, ...(kind === 'accept' && { receiveNumber: '12/2569' }) }),
        ),
      },
      'delivery-2',
      '92',
    )
  await adapter.deliver?.(notice('accept'), signal)
  t.match(asked[1], {
    operation: 'CorrespondenceLetterOutboundRequest',
    body: /<AcceptID>12\/2569<\/AcceptID>/,
  })
  await bare.deliver?.(notice('reject'), signal)
  t.equal(asked[2]?.operation, 'RejectLetterNotifier')
})

const about = {
  from: moi,
  to: trang,
  about: {
    messageId: messageIdOf(3),
    digest: '0'.repeat(64),
    number: 'ตง 0017.1/9',
    date: letter.date,
    subject: 'เรื่อง',
  },
  at: start,
  reason: '',
}

t.test('a recall is the request to forget the letter, and a corrected letter waits for it', async (t) => {
  const forgotten = soap(
    '<CorrespondenceDeleteGovernmentDocumentResponse><LetterID>x</LetterID></CorrespondenceDeleteGovernmentDocumentResponse>',
  )
  let answer = forgotten
  const { asked, url } = await serve(t, ({ operation }) =>
    operation.includes('Inbound')
      ? { body: soap('<CorrespondenceLetterInboundResponse/>') }
      : { body: answer },
  )
  const gateway = new TestGateway()
  const adapter = adapterOf(gateway, url, { errors: { nothing: ['none'], known: ['dup'] }, ask: true })
  t.teardown(() => adapter.stop())
  const recall = parcelOf({ notice: mustBe(checkNotice({ ...about, kind: 'recall' })) }, 'delivery-3', '92')
  t.match(await adapter.deliver?.(recall, signal), { kind: 'taken' })
  t.match(
    asked[0]?.body,
    '<CorrespondenceDeleteGovernmentDocumentRequest><LetterID>ตง 0017.1/9</LetterID><CorrespondenceDate>2008-02-13</CorrespondenceDate><SenderDepartment><Code>1500200000</Code></SenderDepartment><AcceptDepartment><Code>1519200000</Code></AcceptDepartment></CorrespondenceDeleteGovernmentDocumentRequest>',
  )
  answer = errorOf('none')
  t.match(
    await adapter.deliver?.(recall, signal),
    { kind: 'taken' },
    'what it does not have it needs not forget',
  )
  answer = errorOf('E01')
  t.match(await adapter.deliver?.(recall, signal), { kind: 'refused' })
  answer = soap(taken)
  t.match(await adapter.deliver?.(recall, signal), { kind: 'unknown' }, 'no answer to a recall')

  const earlier: KnownLetter = { messageId: messageIdOf(1), office: moi, state: 'recalled' }
  await adapter.start({ ...gateway.verbs(adapter), find: async () => [earlier] })
  answer = errorOf('dup')
  t.match(await adapter.deliver?.(parcel(2), signal), {
    kind: 'unavailable',
    said: /not forgotten there yet/,
  })
  t.notOk(
    asked.some(({ operation }) => operation === 'OutboundStatusRequest'),
    'the status would be the first letter’s',
  )
})

t.test('ask: whether an attempt whose answer was lost arrived', async (t) => {
  const entry = (...more: string[]) =>
    `<Outbound><LetterID>ชม ๐๐๑๗.๑/๔๙๒</LetterID><ProcessID>7</ProcessID>${more.join('')}</Outbound>`
  const date = '<CorrespondenceDate>2008-02-13</CorrespondenceDate>'
  const sender = (id: string) => `<SenderOrganizationID>${id}</SenderOrganizationID>`
  const recipient = (id: string) => `<AcceptDepartment><Code>${id}</Code></AcceptDepartment>`
  let status = ''
  const { asked, url } = await serve(t, ({ operation }) => ({
    body: soap(operation === 'OutboundStatusRequest' ? status : taken),
  }))
  const adapter = adapterOf(new TestGateway(), url, { ask: true })
  t.teardown(() => adapter.stop())
  const operations = () => asked.splice(0).map(({ operation }) => operation)
  const names = (...entries: string[]) => {
    status = `<OutboundStatusResponse>${entries.join('')}</OutboundStatusResponse>`
  }
  names(entry(date))
  await adapter.deliver?.(parcel(1), signal)
  await adapter.deliver?.(parcel(2, false), signal)
  const sending = 'CorrespondenceLetterOutboundRequest'
  t.same(operations(), [sending, sending], 'nothing is asked while no answer was lost')
  for (const said of [
    [entry(date)],
    [
      entry(
        '<CorrespondenceDate>13 ก.พ. 2551</CorrespondenceDate>',
        sender('15002'),
        recipient('1519200000'),
      ),
    ],
    [entry(date.replace('13<', '13T08:00:00<')), entry(date.replace('2008', '2007'))],
    [entry(date), entry(date, sender('99999')), entry(date, recipient('1515000000'))],
  ]) {
    names(...said)
    t.match(
      await adapter.deliver?.(parcel(2), signal),
      { kind: 'taken', said: /earlier attempt/ },
      said.join(),
    )
    t.match(asked[0]?.body, '<Outbound><LetterID>ชม 0017.1/492</LetterID>')
    t.same(operations(), ['OutboundStatusRequest'], said.join())
  }
  for (const said of [
    [],
    [entry()],
    [entry(date).replace('๔๙๒', '๔๙๓')],
    [entry(date.replace('2008', '2006'))],
    [entry('<CorrespondenceDate>เมื่อวาน</CorrespondenceDate>')],
    [entry(date, sender('99999'))],
    [entry(date, recipient('1515000000'))],
    [entry(date), entry(date)],
    [entry(date), entry()],
    ['<ErrorDetail/>'],
  ]) {
    names(...said)
    await adapter.deliver?.(parcel(2), signal)
    t.same(operations(), ['OutboundStatusRequest', sending], said.join())
  }
})

t.test('bad days of the line', async (t) => {
  const gateway = new TestGateway()
  const opened: Adapter[] = []
  t.teardown(() => Promise.all(opened.map((each) => each.stop())))
  const bring = async (url: string, options: object = {}): Promise<Outcome | undefined> => {
    const adapter = adapterOf(gateway, url, options)
    opened.push(adapter)
    return adapter.deliver?.(parcel(), signal)
  }
  const sockets = async (act: (socket: Socket, bytes: string) => void): Promise<string> => {
    const server = createTcpServer((socket) => {
      let bytes = ''
      socket.on('error', () => socket.destroy())
      socket.on('data', (data) => {
        bytes += data.toString('latin1')
        act(socket, bytes)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ecms`
  }
  t.match(await bring('http://127.0.0.1:1/ecms'), { kind: 'unavailable' }, 'nobody is there')
  const afterLast = await sockets((socket, bytes) => {
    if (bytes.includes('</SOAP-ENV:Envelope>')) socket.destroy()
  })
  t.match(await bring(afterLast), { kind: 'unknown' }, 'dropped after the last byte')
  const half = await sockets((socket, bytes) => {
    if (bytes.includes('</SOAP-ENV:Envelope>'))
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n${soap(taken)}`)
  })
  t.match(await bring(half), { kind: 'unknown' }, 'half an answer, though it reads like a whole one')
  const slow = await serve(t, () => undefined)
  t.match(await bring(slow.url, { within: '300ms' }), { kind: 'unknown', said: /TIMEOUT/ }, 'slow')
  const endless = await serve(t, () => ({
    body: soap(taken).replace('</S:Body>', `${' '.repeat(2 ** 21)}</S:Body>`),
  }))
  t.match(await bring(endless.url), { kind: 'unknown', said: /more than 1048576 bytes/ })
  const trickling = await serve(t, (_asked, response) => {
    response.writeHead(200)
    response.write('<')
    return undefined
  })
  const call = bring(trickling.url)
  while (gateway.clock.waiting === 0 || trickling.asked.length === 0)
    await new Promise((done) => setImmediate(done))
  gateway.clock.pass(15 * 60_000)
  t.match(await call, { kind: 'unknown', said: 'AbortError ' }, 'a quarter of an hour is the end')
})

t.test('TLS: the server must be known, and knows the gateway by its certificate', async (t) => {
  const now = Date.now()
  const authority = await createAuthority(now, systemRandom)
  const issue = async (names: string[]) => {
    const key = await newKey()
    const kind = { kind: 'server' as const, names, addresses: ['127.0.0.1'] }
    return {
      key: keyToPem(key),
      certificate: issueCertificate(authority, key, kind, now, systemRandom).toString(),
    }
  }
  const [own, client] = [await issue(['localhost']), await issue(['gateway'])]
  const ca = authority.certificate.toString()
  const server = createTlsServer(
    { key: own.key, cert: own.certificate, ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => void request.resume().once('end', () => response.end(soap(taken))),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/ecms`
  const environment = { KEY: client.key, CERT: client.certificate, CA: ca }
  const tls = { key: { env: 'KEY' }, certificate: { env: 'CERT' }, authority: { env: 'CA' } }
  const [mutual, stranger] = [{ tls }, {}].map((options) =>
    adapterOf(new TestGateway(), url, options, {}, environment),
  )
  t.teardown(() => Promise.all([mutual?.stop(), stranger?.stop()]))
  t.match(await mutual?.deliver?.(parcel(), signal), { kind: 'taken' })
  t.match(await stranger?.deliver?.(parcel(), signal), { kind: 'unavailable' })
})

t.test('a profile that cannot be', (t) => {
  const faults = (url: string, options: object, format?: object) => {
    const profile = profileOf(url, options, format)
    return profile.ok ? [] : profile.problems.map(({ code, path }) => `${path} ${code}`)
  }
  t.same(faults('https://ecms.example/ws', {}), [])
  t.same(faults('http://10.92.0.5/ws', {}), ['send.transport.url adapter.profile.value-wrong'])
  t.same(faults('http://10.92.0.5/ws', { plain: true }), [])
  t.same(faults('https://u:p@ecms.example/ws', {}), ['send.transport.url adapter.profile.value-wrong'])
  t.same(faults('https://ecms.example/ws', { user: 'x' }), ['send.transport adapter.profile.key-missing'])
  t.match(faults('https://ecms.example/ws', { user: 'x', password: 'plain' }), [/password/])
  const other = JSON.stringify(mustBe(profileOf('https://a.example/', {}))).includes('untold')
  t.notOk(other, 'a recall can be said: nothing has to be declared untold')
  t.end()
})

const item = (processId: string, content: string): string =>
  soap(
    `<CorrespondenceLetterInboundResponse><ProcessID>${processId}</ProcessID><ProcessTime>TIME</ProcessTime>${content}</CorrespondenceLetterInboundResponse>`,
  )
const letterXml = (number: string, subject = 'ขอความอนุเคราะห์'): string =>
  `<x:GovernmentDocument xmlns:x="urn:wrong"><x:CorrespondenceLetter><x:ID>${number}</x:ID><x:CorrespondenceDate>2026-11-20</x:CorrespondenceDate><x:Subject>${subject}</x:Subject><x:SecretCode>001</x:SecretCode><x:SpeedCode>001</x:SpeedCode><x:SenderParty><x:DepartmentOrganization><x:ID>15192</x:ID></x:DepartmentOrganization></x:SenderParty><x:ReceiverParty><x:DepartmentOrganization><x:ID>1500200000</x:ID></x:DepartmentOrganization></x:ReceiverParty><x:MainLetterBinaryObject mimeCode="application/pdf">YWJj</x:MainLetterBinaryObject></x:CorrespondenceLetter></x:GovernmentDocument>`
const acceptXml =
  '<AcceptLetterNotifier><LetterID>มท 0210.3/ว3893</LetterID><AcceptID>๑๒๓ ลว. ๒๐ พ.ย. ๖๙</AcceptID><CorrespondenceDate>2026-11-18</CorrespondenceDate><Subject>x</Subject></AcceptLetterNotifier>'

/** A server with a queue, which answers with the time of day. */
async function queueOf(
  t: Test,
  items: [string, string | Buffer][],
  format: object = {},
  options: object = {},
) {
  const state = { lost: 0, frozen: false, deleted: [] as string[], poll: undefined as Answer | undefined }
  let clockwork = 0
  const { asked, url } = await serve(t, ({ operation, body }) => {
    clockwork += 1
    if (operation.includes('Inbound')) {
      if (state.poll !== undefined) return state.poll
      const [, head = soap('<CorrespondenceLetterInboundResponse></CorrespondenceLetterInboundResponse>')] =
        items[0] ?? []
      return { body: Buffer.isBuffer(head) ? head : head.replace('TIME', `2026-11-23T10:15:0${clockwork}`) }
    }
    const id = /<ProcessID>(.*)<\/ProcessID>/.exec(body)?.[1] ?? ''
    if (state.lost > 0) {
      state.lost -= 1
      return { status: 500, body: 'lost' }
    }
    state.deleted.push(id)
    if (!state.frozen && items[0]?.[0] === id) items.shift()
    return {
      body: soap(
        `<CorrespondenceLetterDeleteResponse><ProcessID>${id}</ProcessID></CorrespondenceLetterDeleteResponse>`,
      ),
    }
  })
  const gateway = new TestGateway()
  const adapter = adapterOf(gateway, url, { every: '1m', errors: { nothing: ['none'] }, ...options }, format)
  t.teardown(() => adapter.stop())
  // A look is over when the next one is due.
  let looks = 0
  const schedule = gateway.clock.schedule.bind(gateway.clock)
  gateway.clock.schedule = (at, act) => {
    if (at === gateway.clock.now() + 60_000) looks += 1
    return schedule(at, act)
  }
  const look = async () => {
    const before = looks
    gateway.clock.pass(60_000)
    while (looks === before) await new Promise((done) => setImmediate(done))
  }
  return { asked, state, gateway, adapter, items, look, url }
}

t.test('the queue: committed here, deleted there, one after the other', async (t) => {
  const { asked, state, gateway, adapter, items, look } = await queueOf(t, [
    ['7', item('7', letterXml('ตง 0017.1/1'))],
    ['8', item('8', acceptXml).replaceAll('ProcessID', 'processID')],
  ])
  await adapter.start(gateway.verbs(adapter))
  t.same(state.deleted, ['7', '8'])
  t.match(gateway.items, [
    {
      kind: 'letter',
      draft: { from: { office: '92' }, number: { printed: 'ตง 0017.1/1' } },
      attachments: [{ name: 'main.pdf' }],
    },
    {
      kind: 'notice',
      draft: { kind: 'accept', receiveNumber: '๑๒๓ ลว. ๒๐ พ.ย. ๖๙', about: { recipient: '92' } },
    },
  ])
  t.same(
    gateway.offered.map(({ document, sender }) => `${document} ${sender}`),
    ['letter gone', 'notice gone'],
  )
  t.match(asked[0]?.body, /<CorrespondenceLetterInboundRequest><\/CorrespondenceLetterInboundRequest>/)
  t.same(gateway.reports, [])

  // The same letter under another number is offered, and the gateway knows it.
  items.push(['9', item('9', letterXml('ตง 0017.1/1'))])
  gateway.answer = ({ position }): Taken => ({ kind: 'known', position, messageId: messageIdOf(1) })
  await look()
  t.same(state.deleted, ['7', '8', '9'])
  t.equal(new Set(gateway.offered.map(({ handover }) => handover)).size, 3)
})

t.test('a delete that is lost, and a head that never changes', async (t) => {
  const { state, gateway, adapter, items, look, url } = await queueOf(t, [
    ['7', item('7', letterXml('ตง 0017.1/1'))],
    ['8', item('8', letterXml('ตง 0017.1/2'))],
  ])
  state.lost = 1
  await adapter.start(gateway.verbs(adapter))
  t.equal(gateway.offered.length, 1, 'it is not tried again within the look')
  t.match(gateway.reports, [
    {
      event: 'soap.unavailable',
      facts: { operation: 'CorrespondenceLetterDeleteRequest', reason: 'HTTP 500' },
    },
  ])
  await look()
  t.equal(gateway.offered.length, 2, 'the head was not offered again')
  t.same(state.deleted, ['7', '8'])
  t.match(gateway.reports[1], { event: 'soap.available' })

  items.push(['10', item('10', letterXml('ตง 0017.1/3'))], ['11', item('11', letterXml('ตง 0017.1/4'))])
  state.frozen = true
  await look()
  await look()
  t.equal(gateway.offered.length, 3)
  t.match(gateway.reports.slice(2), [{ event: 'soap.head-stays', facts: { process: '10' } }], 'said once')
  state.frozen = false
  await look()
  t.equal(gateway.offered.length, 4)
  // A restart offers the head again; under its own handing-over, whatever time the server wrote around it.
  items.push(['12', item('12', letterXml('ตง 0017.1/5'))])
  state.frozen = true
  await look()
  await adapter.stop()
  const again = adapterOf(gateway, url)
  t.teardown(() => again.stop())
  await again.start(gateway.verbs(again))
  t.equal(gateway.offered.length, 6)
  t.equal(gateway.offered[5]?.handover, gateway.offered[4]?.handover)
})

t.test('nothing is deleted that is not committed', async (t) => {
  const { state, gateway, adapter, look } = await queueOf(t, [['7', item('7', letterXml('ตง 0017.1/1'))]])
  gateway.failing = 1
  await adapter.start(gateway.verbs(adapter))
  t.same([state.deleted, gateway.reports.map(({ event }) => event)], [[], ['soap.not-taken']])
  gateway.answer = ({ position }): Taken => ({ kind: 'waiting', position, missing: [] })
  await look()
  t.same(state.deleted, [])
  const problems = [problem('letter.field.missing', 'x')] as const
  gateway.answer = ({ position }): Taken => ({ kind: 'refused', position, problems })
  await look()
  t.same(state.deleted, [], 'what is refused is kept by nobody: it stays where it is')
  gateway.answer = ({ position }): Taken => ({ kind: 'quarantined', position, problems })
  await look()
  t.same(state.deleted, ['7'])
})

t.test('items that cannot be read are kept whole, and do not block the queue', async (t) => {
  const thai = item('2', letterXml('ตง 0017.1/2'))
  const items: [string, string | Buffer][] = [
    ['1', item('1', letterXml('ตง 0017.1/1', 'จำนวน < 5 คน'))],
    ['2', iconv.encode(thai, 'windows-874')],
    ['3', item('3', '<Announcement>ระบบปิดปรับปรุง</Announcement>')],
    ['4', item('4', letterXml('ตง 0017.1/4').replaceAll('15192', '99999'))],
    ['5', item('5', letterXml('ตง 0017.1/5', 'ก & ข'))],
    [
      '',
      soap(
        `<CorrespondenceLetterInboundResponse>${letterXml('ตง 0017.1/6')}</CorrespondenceLetterInboundResponse>`,
      ),
    ],
  ]
  const { state, gateway, adapter, look } = await queueOf(t, items)
  await adapter.start(gateway.verbs(adapter))
  await look()
  t.same(state.deleted, ['1', '2', '3', '4', '5'])
  const read = gateway.items.map((each) => (each.kind === 'fault' ? each.problems[0].code : each.kind))
  t.same(read, [
    'ecms.xml.malformed',
    'ecms.encoding',
    'ecms.content.missing',
    'ecms.organisation.unknown',
    'letter',
    'letter',
  ])
  t.match(gateway.reports, [{ event: 'soap.no-process-id' }], 'once: it cannot be deleted')
  t.equal(gateway.offered.length, 6)
})

t.test('charset: the profile says what the bytes are, whatever they call themselves', async (t) => {
  const thai = (id: string, encoding: string, subject = 'ทดสอบส่งหนังสือ “ลับ”') =>
    iconv.encode(item(id, letterXml('ตง 0017.1/2', subject)).replace('UTF-8', encoding), 'windows-874')
  const odd = thai('4', 'UTF-8', 'ก~ข').toString('latin1').replace('~', '\xdb')
  const items: [string, Buffer][] = [
    ['2', thai('2', 'UTF-8')],
    ['3', thai('3', 'TIS-620')],
    ['4', Buffer.from(odd, 'latin1')],
    ['5', Buffer.from(item('5', letterXml('ตง 0017.1/2')))],
  ]
  const { gateway, adapter } = await queueOf(t, items, { charset: 'windows-874' })
  await adapter.start(gateway.verbs(adapter))
  t.match(gateway.items[0], {
    kind: 'letter',
    charset: 'windows-874',
    draft: { subject: 'ทดสอบส่งหนังสือ “ลับ”' },
  })
  t.same(
    gateway.items.map((each) => (each.kind === 'fault' ? each.problems[0].code : each.kind)),
    ['letter', 'letter', 'ecms.encoding', 'adapter.charset.contradicted'],
  )
})

t.test('charset: what is written is in it too, and what it cannot say is a numeric reference', async (t) => {
  const { asked, url } = await serve(t, () => ({ body: soap(taken) }))
  const adapter = adapterOf(new TestGateway(), url, {}, { charset: 'windows-874' })
  t.teardown(() => adapter.stop())
  const subject = 'ทดสอบ “é” 😀 €'
  const outgoing = parcelOf({ letter: fixedLetter({ subject, attachments: [] }) }, 'delivery-1', '92')
  t.match(await adapter.deliver?.(outgoing, signal), { kind: 'taken' })
  t.equal(asked[0]?.headers['content-type'], 'text/xml; charset=windows-874')
  const text = iconv.decode(asked[0]?.bytes ?? Buffer.alloc(0), 'windows-874')
  t.match(text, '<ram:Subject>ทดสอบ “&#233;” &#128512; €</ram:Subject>')
  t.notMatch(text, '<?xml', 'no declaration that would say another charset')
})

t.test('what a poll is answered when nothing comes', async (t) => {
  const { state, gateway, adapter, look } = await queueOf(t, [])
  await adapter.start(gateway.verbs(adapter))
  const empty = [
    soap('<CorrespondenceLetterInboundResponse/>'),
    soap(
      '<CorrespondenceLetterInboundResponse><ProcessID></ProcessID><ProcessTime>x</ProcessTime></CorrespondenceLetterInboundResponse>',
    ),
    soap(
      '<CorrespondenceLetterInboundResponse><ProcessID/><GovernmentDocument/></CorrespondenceLetterInboundResponse>',
    ),
    errorOf('none'),
  ]
  for (const body of empty) {
    state.poll = { body }
    await look()
  }
  t.same([gateway.reports, gateway.offered], [[], []])
  const troubles: [Answer, string, string][] = [
    [{ body: errorOf('E9') }, 'soap.refused', 'E9'],
    [{ body: errorOf('ที่ มท 0210.3/1') }, 'soap.refused', '(unprintable)'],
    [{ status: 401, body: soap(taken) }, 'soap.unavailable', ''],
    [{ body: '' }, 'soap.unavailable', ''],
    [{ body: soap(taken) }, 'soap.unavailable', ''],
    [{ body: '<!DOCTYPE html><html>เข้าสู่ระบบ</html>' }, 'soap.unavailable', ''],
    [{ body: item('7', letterXml('ตง 0017.1/1')).slice(0, 400) }, 'soap.unavailable', ''],
  ]
  for (const [answer, event, codes] of troubles) {
    state.poll = answer
    gateway.reports.length = 0
    state.poll = { body: empty[0] ?? '' }
    await look()
    state.poll = answer
    gateway.reports.length = 0
    await look()
    await look()
    t.equal(gateway.reports.length, 1, 'said once')
    t.match(gateway.reports[0], { event, facts: codes === '' ? {} : { codes } })
  }
  t.same([gateway.offered, state.deleted], [[], []], 'half a letter is no letter')
})

t.test('an item larger than the limit is kept whole for a person, and those behind it go on', async (t) => {
  const padded = letterXml('ตง 0017.1/1').replace('YWJj', 'YWJj'.repeat(2000))
  const big = item('7', padded)
  const small = item('8', letterXml('ตง 0017.1/2'))
  // Some servers say the ProcessID behind the item; what the letter says of itself is none.
  const told = '<ProcessID>9</ProcessID>'
  const behind = item('9', padded.replace('YWJj', '<ProcessID>66</ProcessID>YWJj')).replace(told, '')
  const moved = behind.replace('</GovernmentDocument>', `</GovernmentDocument>${told}`)
  const close =
    moved === behind ? behind.replace(/<\/([\w-]+:)?GovernmentDocument>/, (end) => end + told) : moved
  const items: [string, string][] = [
    ['7', big],
    ['8', small],
    ['9', close],
  ]
  const { gateway, adapter, state } = await queueOf(t, items, {}, { limit: '4KiB' })
  await adapter.start(gateway.verbs(adapter))
  t.same(state.deleted, ['7', '8', '9'])
  const [first, second, third] = gateway.offered
  t.match(first, {
    document: 'letter',
    doubts: [{ code: 'ecms.head.too-large', details: { size: first?.unread?.size, limit: 4096 } }],
  })
  const kept = (each: Source | undefined) => gateway.kept.get(each?.unread?.sha256 ?? '')?.toString() ?? ''
  t.match(kept(first), /^<[\s\S]*(YWJj){2000}[\s\S]*Envelope>\s*$/, 'whole')
  t.equal(kept(first).length > 8000 && Buffer.byteLength(kept(first)), first?.unread?.size)
  t.match(second, { doubts: undefined })
  t.match(kept(third), told)
  t.same(gateway.reports, [])
})

t.test('a large head that stays is kept once, and is not fetched again at every look', async (t) => {
  const addressed = (said: string) =>
    said.replace('<S:Body>', '<S:Header><a:RelatesTo xmlns:a="urn:a">TIME</a:RelatesTo></S:Header><S:Body>')
  const inside = '<ProcessTime>2026</ProcessTime>YWJj'
  const padded = letterXml('ตง 0017.1/1').replace('YWJj', inside.repeat(2000))
  const big = addressed(item('7', padded)).replaceAll('TIME', 'STAMP')
  const { asked, state, gateway, adapter, url } = await queueOf(t, [], {}, { limit: '4KiB' })
  // Another time, and another length of it, at every poll.
  const get = () => ({ body: big.replaceAll('STAMP', '1'.repeat(asked.length)) })
  Object.defineProperty(state, 'poll', { get })
  const polls = () => asked.filter(({ operation }) => operation.includes('Inbound')).length
  state.lost = 1000
  await adapter.start(gateway.verbs(adapter))
  t.equal(polls(), 2, 'once to learn that it is large, once to keep it')
  // Pauses of a minute: the next one is due after five.
  for (let minute = 1; minute < 5; minute += 1) gateway.clock.pass(60_000)
  t.equal(gateway.clock.waiting, 1)
  t.equal(polls(), 2)
  await adapter.stop()
  const again = adapterOf(gateway, url, { limit: '4KiB', every: '1m' })
  t.teardown(() => again.stop())
  await again.start(gateway.verbs(again))
  t.equal(polls(), 4)
  t.equal(asked.filter(({ operation }) => operation.includes('Delete')).length, 2)
  t.equal(gateway.kept.size, 1, 'the same bytes after a restart')
  const [first, second] = gateway.offered
  t.same([second?.handover, second?.unread], [first?.handover, first?.unread], 'and one row')
  const [kept] = gateway.kept.values()
  const bare = big.replace(/<a:RelatesTo.*?<\/a:RelatesTo>/, '').replaceAll('STAMP', '')
  t.equal(kept?.toString(), bare, 'all else is as it came')
})

t.test(
  'an item larger than the limit whose ProcessID nobody finds stays there, and is told of',
  async (t) => {
    const big = item('7', letterXml('ตง 0017.1/1').replace('YWJj', 'YWJj'.repeat(2000)))
    const nameless = big.replace('<ProcessID>7</ProcessID>', '')
    const { asked, gateway, adapter, state } = await queueOf(t, [['7', nameless]], {}, { limit: '4KiB' })
    await adapter.start(gateway.verbs(adapter))
    t.equal(gateway.clock.next, 300_000, 'nobody fetches it again at every look')
    const { length } = asked
    gateway.clock.pass(300_000)
    while (gateway.clock.next !== 300_000) await new Promise((done) => setImmediate(done))
    t.equal(asked.length, length * 2)
    t.same(state.deleted, [])
    t.equal(gateway.offered.length, 1, 'told in quarantine once')
    t.match(gateway.offered, [
      {
        handover: 'soap head',
        unread: { sha256: undefined },
        doubts: [{ code: 'ecms.head.stuck', details: { reason: 'an item whose ProcessID is not found' } }],
      },
    ])
    t.equal(gateway.kept.size, 1)
    t.match(gateway.reports, [
      {
        event: 'soap.unavailable',
        facts: { reason: /the queue stands: .*ProcessID.* \[ecms\.head\.stuck\]/ },
      },
    ])
    t.equal(gateway.reports.length, 1, 'once')
  },
)

t.test('stopped in the middle of a look', async (t) => {
  let asked: () => void = () => undefined
  const came = new Promise<void>((done) => {
    asked = done
  })
  const { url } = await serve(t, () => {
    asked()
    return undefined
  })
  const gateway = new TestGateway()
  const adapter = adapterOf(gateway, url)
  const starting = adapter.start(gateway.verbs(adapter))
  await came
  await adapter.stop()
  await starting
  t.same([gateway.reports, gateway.clock.waiting], [[], 0])
})
