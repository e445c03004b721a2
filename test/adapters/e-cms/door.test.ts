// The door as a whole: order of commit and answer, the queue, bounds, attacks, and the signature that a poller sees.
import { createHash, verify, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { XMLParser } from 'fast-xml-parser'
import iconv from 'iconv-lite'
import t, { type Test } from 'tap'
import { createAdapter } from '../../../src/adapters/adapter.ts'
import type { DoorAnswer } from '../../../src/adapters/contract.ts'
import { codecOf } from '../../../src/adapters/fields/codecs.ts'
import { readMessage } from '../../../src/adapters/formats/e-cms/message.ts'
import { usualBounds } from '../../../src/adapters/formats/e-cms/tree-builder.ts'
import { readProfile } from '../../../src/adapters/profile.ts'
import { withOrganisations } from '../../../src/adapters/stated-organisations.ts'
import type { Envelope } from '../../../src/envelope/envelope.ts'
import { sealAsync } from '../../../src/envelope/seal.ts'
import { createAuthority, issueCertificate } from '../../../src/gateway/trust/authority.ts'
import { moi, offices } from '../../../src/letter/offices.ts'
import { readOrganisations } from '../../../src/letter/organisations.ts'
import { type Clock, systemClock } from '../../../src/letter/time.ts'
import { fixedLetter, mustBe, office } from '../../letter/arbitrary.ts'
import { shipped } from '../stage.ts'
import { phatthalung, put } from './case.ts'
import { formOf, gatewayInMemory, messageIds, now, post, serve, transportOf } from './gateway.ts'

/** A door of an office, open; closed when the test ends. */
async function opened(t: Test, options: Readonly<Record<string, unknown>> = {}, of = phatthalung) {
  const form = formOf(of)
  const gateway = gatewayInMemory(of, form)
  const transport = transportOf(of, form, options)
  await transport.start?.(gateway)
  const server = await serve(transport.doors)
  t.teardown(async () => {
    await server.close()
    await transport.stop()
  })
  const send = (body: string, headers: Readonly<Record<string, string>> = {}) =>
    post(server.port, body, headers)
  return { gateway, transport, send, port: server.port }
}

const soapOf = (body: string, messageId = 'row-17'): string =>
  `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header><w:MessageID xmlns:w="http://www.w3.org/2005/08/addressing">${messageId}</w:MessageID></S:Header><S:Body>${body}</S:Body></S:Envelope>`

const letterOf = (number: string, { subject = 'เรื่อง', sender = '1519300000', extra = '' } = {}): string =>
  `<CorrespondenceLetterOutboundRequest><r:GovernmentDocument xmlns:r="urn:th:gov:egif:data:standard:GovernmentDocument:1.0" xmlns:a="urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1"><a:CorrespondenceLetter><a:ID>${number}</a:ID><a:CorrespondenceDate>2026-11-20</a:CorrespondenceDate><a:Subject>${subject}</a:Subject><a:SecretCode>001</a:SecretCode><a:SpeedCode>001</a:SpeedCode><a:SenderParty><a:DepartmentOrganization><a:ID>${sender}</a:ID></a:DepartmentOrganization></a:SenderParty><a:ReceiverParty><a:DepartmentOrganization><a:ID>1500200000</a:ID></a:DepartmentOrganization></a:ReceiverParty>${extra}</a:CorrespondenceLetter></r:GovernmentDocument></CorrespondenceLetterOutboundRequest>`

const contentOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`).exec(xml)?.[1]

const poll = soapOf('<CorrespondenceLetterInboundRequest/>')
const remove = (id: string): string =>
  soapOf(
    `<CorrespondenceLetterDeleteRequest><ProcessID>${id}</ProcessID></CorrespondenceLetterDeleteRequest>`,
  )

const waiting = (number: string): Envelope => ({
  messageId: messageIds()(),
  createdAt: now,
  content: 'letter',
  letter: fixedLetter({
    from: { office: moi },
    to: { offices: [phatthalung] },
    number: { printed: number, normalized: number, circular: false, order: false, completed: false },
    attachments: [],
  }),
})

t.test(
  'a body that is refused early is read away: the next letter of the same connection is taken',
  async (t) => {
    const { gateway, port } = await opened(t, { limit: '64KiB' })
    // It writes a request to its end before it begins the next, whatever it has been answered.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.teardown(() => agent.destroy())
    const ports = new Set<number | undefined>()
    agent.on('free', (socket) => ports.add(socket.localPort))
    const length = (bytes: Buffer | string) => ({ 'content-length': String(Buffer.byteLength(bytes)) })
    for (const large of [Buffer.alloc(3_000_000, '%'), Buffer.alloc(3_000_000, '<')]) {
      const refused = await post(port, large, length(large), agent)
      t.equal(contentOf(refused.body, 'ErrorCode') ?? refused.body, 'ecms.body.too-large')
    }
    const letter = soapOf(letterOf('พท 0017.1/1'))
    t.match((await post(port, letter, length(letter), agent)).body, '<ProcessID>')
    t.equal(gateway.letters.length, 1)
    t.equal(ports.size, 1, 'one connection')
  },
)

t.test('MessageID is no key: one used twice brings two letters, a letter sent twice is one', async (t) => {
  const { gateway, send } = await opened(t)
  const first = await send(soapOf(letterOf('พท 0017.1/1')))
  const second = await send(soapOf(letterOf('พท 0017.1/2')))
  t.not(contentOf(first.body, 'ProcessID'), contentOf(second.body, 'ProcessID'))
  const again = await send(soapOf(letterOf('พท 0017.1/1'), 'another'))
  t.equal(contentOf(again.body, 'ProcessID'), contentOf(first.body, 'ProcessID'), 'the same answer again')
  t.equal(gateway.letters.length, 2)
})

t.test('the answer waits for the commit, and nothing is answered that was not committed', async (t) => {
  const { gateway, send } = await opened(t)
  gateway.broken = true
  const refused = await send(soapOf(letterOf('พท 0017.1/1')))
  t.equal(refused.status, 200)
  t.equal(contentOf(refused.body, 'ErrorCode'), 'ecms.unavailable')
  t.notMatch(refused.body, 'ProcessID')
  t.strictSame(gateway.reports, [
    { event: 'ecms.failed', facts: { operation: 'CorrespondenceLetterOutboundRequest', cause: 'Error' } },
  ])
  gateway.broken = false
  t.match((await send(soapOf(letterOf('พท 0017.1/1')))).body, '<ProcessID>')
})

t.test('the head of the queue stays until it is deleted, and letters can be had again', async (t) => {
  const { gateway, send } = await opened(t)
  gateway.put(waiting('มท 0210.3/1'))
  gateway.put(waiting('มท 0210.3/2'))
  const one = await send(poll)
  t.equal((await send(poll)).body, one.body, 'asked twice, the same item')
  t.equal(contentOf(one.body, 'ram:ID'), 'มท 0210.3/1')
  await send(remove(contentOf(one.body, 'ProcessID') ?? ''))
  t.equal(contentOf((await send(poll)).body, 'ram:ID'), 'มท 0210.3/2')
  const special = soapOf(
    '<CorrespondenceLetterInboundSpecialRequest><GovernmentDocument><LetterID>มท ๐๒๑๐.๓/ ๑</LetterID></GovernmentDocument></CorrespondenceLetterInboundSpecialRequest>',
  )
  t.equal((await send(special)).body, one.body, 'deleted, and asked for again')
  await send(remove('delivery-2'))
  t.match(
    (await send(poll)).body,
    '<CorrespondenceLetterInboundResponse></CorrespondenceLetterInboundResponse>',
  )
})

t.test('a notifier can be had again after it was deleted', async (t) => {
  const { gateway, send } = await opened(t)
  const sent = await send(soapOf(letterOf('พท 0017.1/1')))
  t.equal(sent.status, 200)
  const about = {
    messageId: messageIds()(),
    digest: '0'.repeat(64),
    number: 'พท 0017.1/1',
    date: fixedLetter().date,
    subject: 'เรื่อง',
  }
  const notice = {
    kind: 'accept',
    receiveNumber: '77',
    from: moi,
    to: phatthalung,
    about,
    at: now,
    reason: '',
  } as const
  gateway.put({ messageId: messageIds()(), createdAt: now, content: 'notice', notice })
  const first = await send(poll)
  await send(remove('delivery-1'))
  const again = (name: string) =>
    send(
      soapOf(
        `<CorrespondenceLetterInboundSpecialRequest><${name}><LetterID>พท 0017.1/1</LetterID></${name}></CorrespondenceLetterInboundSpecialRequest>`,
      ),
    )
  t.equal((await again('AcceptLetterNotifier')).body, first.body)
  t.equal(contentOf((await again('RejectLetterNotifier')).body, 'ErrorCode'), 'ecms.notifier.unknown')
})

t.test('the status of all letters, and of one', async (t) => {
  const { send } = await opened(t)
  const ids = [await send(soapOf(letterOf('พท 0017.1/1'))), await send(soapOf(letterOf('พท 0017.1/2')))].map(
    ({ body }) => contentOf(body, 'ProcessID'),
  )
  const outbound = (number: string, id: string | undefined) =>
    `<Outbound><ProcessID>${id}</ProcessID><LetterID>${number}</LetterID><ProcessStatus>delivered</ProcessStatus></Outbound>`
  const all = await send(soapOf('<OutboundStatusRequest/>'))
  t.match(all.body, outbound('พท 0017.1/1', ids[0]) + outbound('พท 0017.1/2', ids[1]))
  const one = await send(
    soapOf('<OutboundStatusRequest><LetterID>พท 0017.1/2</LetterID></OutboundStatusRequest>'),
  )
  t.match(one.body, `<OutboundStatusResponse>${outbound('พท 0017.1/2', ids[1])}</OutboundStatusResponse>`)
})

t.test('the organisations, as either client reads them', async (t) => {
  const { send } = await opened(t, { url: 'https://saraban.example/e-cms?a=1&b=2' })
  const { body } = await send(soapOf('<GetOrganizationList/>'))
  const { Body } = new XMLParser({ removeNSPrefix: true, parseTagValue: false }).parse(body).Envelope
  const list = Body.GetOrganizationListResponse.OrganizationList
  t.equal(list.length, offices.length)
  const row = list.find((each: Record<string, unknown>) => each['OrganizationID'] === '1519300000')
  t.strictSame(row, {
    name: ['Phatthalung', 'จังหวัดพัทลุง'],
    'En-Name': 'Phatthalung',
    'Th-Name': 'จังหวัดพัทลุง',
    'ECMS-URL': 'https://saraban.example/e-cms?a=1&b=2',
    OrganizationID: '1519300000',
  })
})

t.test(
  'the signature of a polled letter is the envelope’s own, and verifies over its SignedInfo',
  async (t) => {
    const { gateway, send } = await opened(t)
    const random = (count: number): Uint8Array => new Uint8Array(count).fill(7)
    const authority = await createAuthority(now, random)
    const { key } = await createAuthority(now, random)
    const certificate = issueCertificate(authority, key, { kind: 'office', office: 'moi' }, now, random)
    const envelope = waiting('มท 0210.3/1')
    const sealed = await sealAsync(envelope, { office: moi, key, certificate }, now)
    gateway.put(envelope, { sealed })
    const { body } = await send(poll)
    const info = /<ds:SignedInfo.*<\/ds:SignedInfo>/s.exec(body)?.[0] ?? ''
    t.ok(sealed.bytes.includes(info), 'SignedInfo is the envelope’s, byte for byte')
    const shown = new X509Certificate(Buffer.from(contentOf(body, 'ds:X509Certificate') ?? '', 'base64'))
    t.ok(shown.raw.equals(certificate.raw))
    t.equal(contentOf(body, 'ds:X509SubjectName'), 'O=saraban test,CN=office moi')
    const signature = Buffer.from(contentOf(body, 'ds:SignatureValue') ?? '', 'base64')
    t.ok(verify('sha256', Buffer.from(info), shown.publicKey, signature))
    t.equal(
      contentOf(body, 'ds:DigestValue'),
      Buffer.from(sealed.digest, 'hex').toString('base64'),
      'the digest is the envelope’s',
    )
  },
)

t.test('what stands in the unsigned KeyInfo is not shown as the signer, and stops no queue', async (t) => {
  const { gateway, send } = await opened(t)
  const random = (count: number): Uint8Array => new Uint8Array(count).fill(7)
  const authority = await createAuthority(now, random)
  const { key } = await createAuthority(now, random)
  const own = issueCertificate(authority, key, { kind: 'office', office: 'moi' }, now, random)
  const envelope = waiting('มท 0210.3/1')
  const sealed = await sealAsync(envelope, { office: moi, key, certificate: own }, now)
  const inKeyInfo = /(?<=<ds:X509Certificate>)[^<]+/
  for (const put of ['AAAA', '', authority.certificate.raw.toString('base64')]) {
    const bytes = Buffer.from(sealed.bytes.toString('utf8').replace(inKeyInfo, put))
    gateway.put(envelope, { sealed: { ...sealed, bytes } })
    const { body } = await send(poll)
    t.match(body, /<ram:ID>มท 0210\.3\/1<\/ram:ID>/, 'the letter is given out')
    t.equal(contentOf(body, 'ds:X509Certificate'), '', 'nobody is shown rather than somebody else')
    t.equal(contentOf(body, 'ds:X509SubjectName'), '')
  }
})

t.test('two clients at once get what is theirs (T8)', async (t) => {
  const doors = await Promise.all([phatthalung, office('50')].map((of) => opened(t, {}, of)))
  const answers = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      const { send } = doors[index % 2]!
      const sender = index % 2 === 0 ? '1519300000' : '1515000000'
      const accept = await send(
        soapOf(
          `<AcceptLetterNotifier><LetterID>มท 0210.3/${index}</LetterID><AcceptID>${index}</AcceptID></AcceptLetterNotifier>`,
        ),
      )
      const other = await send(
        soapOf(
          letterOf(`พท 0017/${index}`, { sender: sender === '1519300000' ? '1515000000' : '1519300000' }),
        ),
      )
      return (
        contentOf(accept.body, 'AcceptID') === String(index) &&
        contentOf(other.body, 'ErrorCode') === 'ecms.sender.other'
      )
    }),
  )
  t.ok(answers.every(Boolean))
  t.strictSame(
    doors.map(({ gateway }) => [gateway.letters.length, gateway.notices.length]),
    [
      [0, 30],
      [0, 30],
    ],
  )
})

t.test('bounds: the body, the memory, the time (T7, T12)', async (t) => {
  const small = await opened(t, { limit: '4KiB', memory: '6KiB' })
  const large = await small.send(soapOf(letterOf('พท 0017.1/1', { subject: 'ก'.repeat(4096) })))
  t.equal(large.status, 200)
  t.equal(contentOf(large.body, 'ErrorCode'), 'ecms.body.too-large')
  t.match((await small.send(soapOf(letterOf('พท 0017.1/1')))).body, '<ProcessID>', 'the door goes on')
  const packed = await small.send(soapOf(letterOf('พท 0017.1/1')), { 'content-encoding': 'gzip' })
  t.equal(contentOf(packed.body, 'ErrorCode'), 'ecms.body.packed')

  const [door] = small.transport.doors
  const half = new Readable({ read: () => undefined })
  half.push(Buffer.alloc(4000, ' '))
  const held = door!.enter({ headers: {}, rest: '', body: half })
  await new Promise(setImmediate)
  const busy = await small.send(soapOf(letterOf('พท 0017.1/3', { subject: 'x'.repeat(2500) })))
  t.equal(contentOf(busy.body, 'ErrorCode'), 'ecms.busy')
  half.destroy(new Error('gone'))
  t.equal(codeOf(await held), 'ecms.body.interrupted')
  for (let count = 0; count < 10; count += 1) {
    t.match(
      (await small.send(soapOf(letterOf('พท 0017.1/3')))).body,
      '<ProcessID>',
      'its memory is free again',
    )
  }

  const alarms: (() => void)[] = []
  const schedule: Clock['schedule'] = (_, act) => {
    alarms.push(act)
    return () => undefined
  }
  const clock: Clock = { now: () => now, elapsed: () => now, schedule }
  const form = formOf(phatthalung)
  const slow = transportOf(phatthalung, form, {}, clock)
  await slow.start?.(gatewayInMemory(phatthalung, form))
  const never = slow.doors[0]!.enter({ headers: {}, rest: '', body: new Readable({ read: () => undefined }) })
  for (const ring of alarms) ring()
  t.equal(codeOf(await never), 'ecms.body.slow')
  await slow.stop()
})

t.test('a client that goes away in the middle leaves nothing behind', async (t) => {
  const { gateway, port, send } = await opened(t)
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'POST /e-cms HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n<S:Envelope',
      )
      socket.end(() => socket.destroy())
    })
    socket.on('close', () => resolve())
  })
  t.equal((await send(poll)).status, 200)
  t.equal(gateway.letters.length, 0)
})

t.test('before it is started and after it is stopped, the door says so', async (t) => {
  const form = formOf(phatthalung)
  const transport = transportOf(phatthalung, form)
  const knock = () => transport.doors[0]!.enter({ headers: {}, rest: '', body: Readable.from([poll]) })
  t.equal((await knock()).status, 503)
  await transport.start?.(gatewayInMemory(phatthalung, form))
  t.equal((await knock()).status, 200)
  await transport.stop()
  t.equal((await knock()).status, 503)
})

const codeOf = ({ body }: DoorAnswer): string | undefined => contentOf(String(body), 'ErrorCode')

const hostile: Readonly<Record<string, string>> = {
  'X7 depth 100,000': '<a>'.repeat(100_000),
  'X7 a million siblings': `<S>${'<a/>'.repeat(1_000_000)}</S>`,
  'X7 a million attributes': `<S ${Array.from({ length: 1_000_000 }, (_, index) => `a${index}=""`).join(' ')}/>`,
  'X7 an attribute given twice': '<S a="1" a="2"/>',
  'X7 a name of 10 MB': `<${'a'.repeat(10_000_000)}/>`,
  'X7 content after the root': '<S/><S/>',
  'X2 a million character references': `<S>${'&#65;'.repeat(1_000_000)}</S>`,
  'X2 a million bare ampersands': `<S>${'& '.repeat(1_000_000)}</S>`,
  'X2 a million comments that never end': `<S>${'<!--'.repeat(1_000_000)}`,
  'X2 billion laughs': '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>',
  'X1 an external DTD': '<!DOCTYPE a SYSTEM "http://127.0.0.1/x"><a/>',
  'X6 UTF-16': '\ufeff<a/>',
  'X6 a NUL': '<S>\u0000</S>',
  'a text of 70,000 characters': `<S>${'ก'.repeat(70_000)}</S>`,
}

for (const [name, text] of Object.entries(hostile)) {
  t.test(`${name} is refused within its bounds`, async (t) => {
    const bytes = name.includes('UTF-16') ? Buffer.from(text, 'utf16le') : Buffer.from(text)
    const before = process.cpuUsage()
    const read = await readMessage(bytes)
    const { user } = process.cpuUsage(before)
    t.match(read.ok ? 'read' : read.problems[0].code, /^ecms\.(xml|encoding|soap)\b/)
    t.ok(user < 3_000_000, `${user} µs`)
  })
}

t.test('a letter with as many references and attachments as it may have is within the bounds', async (t) => {
  const { gateway, send } = await opened(t)
  const reference =
    '<a:ReferenceCorrespondence><a:ID>มท 1234/1</a:ID><a:CorrespondenceDate></a:CorrespondenceDate><a:Subject>x</a:Subject></a:ReferenceCorrespondence>'
  const file = (_: unknown, index: number): string =>
    `<a:AttachmentBinaryObject mimeCode="text/plain">${Buffer.from(`file ${index}`).toString('base64')}</a:AttachmentBinaryObject>`
  const extra = reference.repeat(100) + Array.from({ length: 100 }, file).join('')
  t.match((await send(soapOf(letterOf('พท 0017.1/1', { extra })))).body, '<ProcessID>')
  t.equal(gateway.letters[0]?.letter.attachments.length, 100)
  t.ok(usualBounds.elements > 700)
})

t.test('a large attachment arrives whole, and does not hold up the others', async (t) => {
  const { gateway, send } = await opened(t)
  const bytes = Buffer.alloc(12 * 1024 * 1024, 'ไฟล์ขนาดใหญ่')
  const extra = `<a:MainLetterBinaryObject mimeCode="application/pdf">${bytes.toString('base64')}</a:MainLetterBinaryObject>`
  let turns = 0
  const others = setInterval(() => {
    turns += 1
  }, 0)
  const { body } = await send(soapOf(letterOf('พท 0017.1/1', { extra })))
  clearInterval(others)
  t.match(body, '<ProcessID>')
  t.equal(gateway.letters[0]?.letter.attachments[0]?.sha256, createHash('sha256').update(bytes).digest('hex'))
  t.ok(turns > 5, `others had ${turns} turns`)
})

const shippedText = readFileSync(new URL('../../../profiles/phatthalung-ecms.yaml', import.meta.url), 'utf8')
const environment = {
  SARABAN_93_USER: 'phatthalung',
  SARABAN_93_SCRYPT: `${'a'.repeat(32)}:${'b'.repeat(64)}`,
  SARABAN_93_ADDRESS: '10.93.0.0/16',
  SARABAN_93_URL: 'https://saraban.example/e-cms/93',
}

t.test('the shipped profile opens one door for all four channels', async (t) => {
  const profile = mustBe(readProfile(shippedText, 'phatthalung-ecms.yaml'))
  const adapter = mustBe(createAdapter(profile, { environment, folder: '/nowhere', clock: systemClock }))
  t.equal(adapter.deliver, undefined, 'the system polls')
  t.match(adapter.doors, [
    {
      method: 'POST',
      path: '/e-cms/93',
      access: { kind: 'basic', user: 'phatthalung', addresses: ['10.93.0.0/16'] },
    },
  ])
  t.equal(adapter.doors.length, 1)
  const gateway = gatewayInMemory(phatthalung, formOf(phatthalung))
  await adapter.start({
    ...gateway,
    take: async () => {
      throw new Error('unused')
    },
  })
  const answer = await adapter.doors[0]!.enter({
    headers: {},
    rest: '',
    body: Readable.from([soapOf('<TimeCheckRequest/>')]),
  })
  t.match(String(answer.body), '<ECMSTime>2026-11-23T10:15:00</ECMSTime>')
  await adapter.stop()
})

t.test(
  'what an installation states of organisations is in every profile, behind what the profile states',
  (t) => {
    const text = shippedText.replace('organisations: {}', 'organisations: { "92": ["1592000000"] }')
    const stated = mustBe(readOrganisations({ '92': ['1592100000'], '93': ['1599900093'] }))
    const ecms = withOrganisations(mustBe(readProfile(text, 'x')), stated)
    t.match(ecms.documents['letter']?.format, {
      organisations: { '92': ['1592000000'], '93': ['1599900093'] },
    })
    const chiangMai = withOrganisations(shipped('chiang-mai-csv'), stated)
    const fields = chiangMai.documents['letter']?.fields ?? {}
    const [from, to] = [fields['from'], fields['to']].map((each) =>
      each !== undefined && 'as' in each ? codecOf(each.as) : undefined,
    )
    t.match(from?.read(['1599900093']), { ok: true, value: ['93'] })
    t.match(to?.read(['15999']), { ok: false }, 'five digits that may mean another')
    t.match(to?.read(['1599900093']), { ok: true, value: ['93'] })
    const written = codecOf({ office: { write: 'organisation', organisations: { '93': ['1599900093'] } } })
    t.match(
      written.write(['93'], 1, () => undefined),
      { value: { cells: ['1599900093'] } },
    )
    t.match(
      written.write(['92'], 1, () => undefined),
      { value: { cells: ['1519200000'] } },
    )
    t.end()
  },
)

t.test('a client whose bytes are windows-874 is answered in them', async (t) => {
  const form = formOf(phatthalung, { charset: 'windows-874' })
  const gateway = gatewayInMemory(phatthalung, form)
  const transport = transportOf(phatthalung, form)
  await transport.start?.(gateway)
  const server = await serve(transport.doors)
  t.teardown(() => server.close())
  const asking = async (body: string): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/e-cms`, {
      method: 'POST',
      body: new Uint8Array(iconv.encode(body, 'windows-874')),
    })
    t.equal(answer.headers.get('content-type'), 'text/xml; charset=windows-874')
    return iconv.decode(Buffer.from(await answer.arrayBuffer()), 'windows-874')
  }
  const notifier = `<ReceiveLetterNotifier><LetterID>มท 0210.3/1</LetterID><CorrespondenceDate>2026-11-18</CorrespondenceDate><Subject>ขอความร่วมมือ</Subject></ReceiveLetterNotifier>`
  t.match(await asking(soapOf(notifier)), '<Subject>ขอความร่วมมือ</Subject>')
  t.match(await asking(soapOf('<ตรวจสอบ/>')), /ErrorDescription>.*ตรวจสอบ/)
  await put(gateway, 'letter')
  t.match(
    await asking(soapOf('<CorrespondenceLetterInboundRequest/>')),
    '<ram:Subject>ขอความร่วมมือ &lt;ด่วน&gt; &amp; อื่น ๆ</ram:Subject>',
  )
})

t.test('faults of a profile are all named at once, where they stand', async (t) => {
  const text = shippedText
    .replace('organisations: {}', 'organisations: { "93": "1599900093", "พัทลุง": ["15993"], "92": ["15"] }')
    .replace('{ env: SARABAN_93_SCRYPT }', 'secret')
    .replace('[{ env: SARABAN_93_ADDRESS }]', '[10.93.0.0/40]')
    .replace('path: /e-cms/93', 'path: e-cms/93')
  const read = readProfile(text, 'phatthalung-ecms.yaml')
  const found = read.ok ? [] : read.problems.map(({ path }) => path).sort()
  for (const path of ['send.transport.path', 'documents.letter.format.organisations']) {
    t.ok(
      found.some((each) => each.startsWith(path)),
      `${path} among ${found.join(', ')}`,
    )
  }
  const later = readProfile(
    text.replace('path: e-cms/93', 'path: /e-cms/93').replace('"93": "1599900093", ', ''),
    'x',
  )
  const deeper = later.ok ? [] : later.problems.map(({ path }) => path).sort()
  t.strictSame(
    [...new Set(deeper)],
    [
      'documents.letter.format.organisations.92',
      'documents.letter.format.organisations.พัทลุง',
      'documents.notice.format.organisations.92',
      'documents.notice.format.organisations.พัทลุง',
      'send.transport.access.addresses.0',
      'send.transport.access.scrypt',
    ],
  )
})

t.test(
  'a secret of the wrong shape is named when it is looked up, and soap carries e-CMS only',
  async (t) => {
    const profile = mustBe(readProfile(shippedText, 'x'))
    const wrong = { ...environment, SARABAN_93_SCRYPT: 'plain password' }
    const made = createAdapter(profile, { environment: wrong, folder: '/nowhere', clock: systemClock })
    t.match(made.ok ? [] : made.problems, [{ path: 'send.transport.access.scrypt' }])
    t.notMatch(JSON.stringify(made), 'plain password')
    const json = mustBe(
      readProfile(shippedText.replace(/format:\n(?: {6}.*\n)+/, 'format: { kind: json }\n'), 'x'),
    )
    const other = createAdapter(json, { environment, folder: '/nowhere', clock: systemClock })
    t.match(other.ok ? [] : other.problems, [{ path: 'send.transport.kind' }])
  },
)

t.test(
  'a letter that was refused, handed over again unchanged: no ProcessID says that it goes',
  async (t) => {
    const { gateway, send } = await opened(t)
    const messageId = messageIds()()
    gateway.take = async () => [{ kind: 'known', position: 'letter', messageId, ended: 'refused' }]
    const { body } = await send(soapOf(letterOf('พท 0017.1/7')))
    t.equal(contentOf(body, 'ErrorCode'), 'letter.ended')
    t.match(contentOf(body, 'ErrorDescription'), /พท 0017\.1\/7/)
    t.notMatch(body, '<ProcessID>')
    gateway.take = async () => [{ kind: 'known', position: 'letter', messageId }]
    t.match((await send(soapOf(letterOf('พท 0017.1/7')))).body, '<ProcessID>', 'the same answer again')
  },
)
