// What a client is answered: never before the commit, the same again for the same letter, what is its own, in its own bytes.
import { Readable } from 'node:stream'
import { XMLParser } from 'fast-xml-parser'
import iconv from 'iconv-lite'
import t from 'tap'
import { offices } from '../../../src/letter/offices.ts'
import { office } from '../../letter/arbitrary.ts'
import { phatthalung, put } from './case.ts'
import { contentOf, letterOf, opened, poll, soapOf } from './door-stage.ts'
import { formOf, gatewayInMemory, messageIds, serve, transportOf } from './gateway.ts'

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
