// The exact bytes of the national exchange: what a system posted and polled at the gateway's server, and what the gateway's
// client brought to a system's server and heard from it, as `saraban messages show --bytes` shows them.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { office } from '../letter/arbitrary.ts'
import { exchange, piecesOf } from './handed-stage.ts'
import { scratch, until } from './harness.ts'
import {
  bearer,
  ecmsProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
  scryptOf,
} from './installation.ts'

t.setTimeout(600_000)

const soapOf = (body: string): string =>
  `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${body}</S:Body></S:Envelope>`

const letter = soapOf(
  '<CorrespondenceLetterOutboundRequest><r:GovernmentDocument xmlns:r="urn:th:gov:egif:data:standard:GovernmentDocument:1.0" xmlns:a="urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1"><a:CorrespondenceLetter><a:ID>ชม 0017.1/1</a:ID><a:CorrespondenceDate>2026-11-20</a:CorrespondenceDate><a:Subject>เรื่องแรก</a:Subject><a:SecretCode>001</a:SecretCode><a:SpeedCode>001</a:SpeedCode><a:SenderParty><a:DepartmentOrganization><a:ID>1515000000</a:ID></a:DepartmentOrganization></a:SenderParty><a:ReceiverParty><a:DepartmentOrganization><a:ID>1519300000</a:ID></a:DepartmentOrganization></a:ReceiverParty><a:MainLetterBinaryObject mimeCode="application/pdf">JVBERi0xLjQ=</a:MainLetterBinaryObject></a:CorrespondenceLetter></r:GovernmentDocument></CorrespondenceLetterOutboundRequest>',
)
const accept = soapOf(
  '<CorrespondenceLetterOutboundRequest><AcceptLetterNotifier><LetterID>ชม 0017.1/1</LetterID><AcceptID>๑๒/2569</AcceptID><CorrespondenceDate>2026-11-20</CorrespondenceDate><Subject>x</Subject></AcceptLetterNotifier></CorrespondenceLetterOutboundRequest>',
)
const poll = soapOf('<CorrespondenceLetterInboundRequest/>')

t.test('at the gateway’s server: what was posted, and what was given to who polls', async (t) => {
  const access = { kind: 'basic', user: 'u', scrypt: scryptOf('secret'), addresses: ['127.0.0.1'] }
  const installation = await makeInstallation(scratch(t), ['50', '93'].map(office), {
    '50.yaml': ecmsProfile('50', access),
    '93.yaml': ecmsProfile('93', access),
  })
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  const authorization = `Basic ${Buffer.from('u:secret').toString('base64')}`
  const say = async (id: string, body: string): Promise<string> => {
    const headers = { 'content-type': 'text/xml', authorization }
    const answer = await fetch(`${gateway.http}/e-cms/${id}`, { method: 'POST', headers, body })
    t.equal(answer.status, 200)
    return answer.text()
  }
  const processId = /<ProcessID>([^<]*)</.exec(await say('50', letter))?.[1] ?? ''
  const given = await say('93', poll)
  t.match(given, 'ชม 0017.1/1')
  await say('93', accept)
  const told = await say('50', poll)

  const pieces = await piecesOf(installation, processId)
  const [source, document, ...notices] = pieces
  t.same(source, { kind: 'source', bytes: Buffer.from(letter) }, 'as it was posted, byte for byte')
  t.equal(document?.kind, 'document')
  t.ok(given.includes(document?.bytes.toString() ?? '?'), 'what was written is what was given')
  t.match(document?.bytes.toString(), /<ds:SignatureValue>|GovernmentDocument/)
  const sources = notices.filter(({ kind }) => kind === 'source').map(({ bytes }) => bytes.toString())
  t.ok(sources.includes(accept), 'the notifier as it was posted')
  const documents = notices.filter(({ kind }) => kind === 'document').map(({ bytes }) => bytes.toString())
  t.ok(
    documents.some((each) => told.includes(each)),
    'and one that the sender was given',
  )
})

/** A system's own server of the exchange: what it got, and what it says. */
async function peer(t: Test, answers: readonly { readonly status: number; readonly body: string }[]) {
  const bodies: Buffer[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { status, body } = answers[bodies.length] ?? { status: 500, body: '' }
      bodies.push(Buffer.concat(chunks))
      response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/e-cms` }
}

t.test('at a system’s server: what was brought to it, and what it answered, taken or refused', async (t) => {
  const taken = soapOf(
    '<CorrespondenceLetterOutboundResponse><ProcessID>๔๒-ไทย</ProcessID></CorrespondenceLetterOutboundResponse>',
  )
  const refused = soapOf(
    '<ErrorDetail><ErrorCode>E099</ErrorCode><ErrorDescription>ไม่รับ</ErrorDescription></ErrorDetail>',
  )
  const { bodies, url } = await peer(t, [
    { status: 200, body: taken },
    { status: 200, body: refused },
  ])
  const document = { format: { kind: 'e-cms' } }
  const own = jsonProfile('93') as Readonly<Record<string, object>>
  const out = { transport: { kind: 'soap-out', url, plain: true }, document: 'exchange' }
  const installation = await makeInstallation(scratch(t), ['50', '93'].map(office), {
    '50.yaml': jsonProfile('50'),
    '93.yaml': { ...own, documents: { ...own['documents'], exchange: document }, receive: out, notices: out },
  })
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  for (const [index, answer] of [taken, refused].entries()) {
    const sent = await post(
      `${gateway.http}/v1/systems/50/letters`,
      jsonLetter('50', index + 1, { to: '93' }),
      bearer(keyOf('50')),
    )
    t.equal(sent.status, 201, sent.text)
    const { messageId } = JSON.parse(sent.text) as { messageId: string }
    const pieces = async () => await piecesOf(installation, messageId)
    await until(async () => (await pieces()).some(({ kind }) => kind === 'answer'), 'answered')
    const [, written, heard] = await pieces()
    t.equal(written?.kind, 'document')
    t.ok(bodies[index]?.includes(written?.bytes ?? '?'), 'what was recorded is what the server got')
    t.same(heard, { kind: 'answer', bytes: Buffer.from(answer) }, 'and what it said, byte for byte')
  }
})

t.test('at a system’s server: what was polled from it, and what was brought to it', async (t) => {
  const done = soapOf(
    '<CorrespondenceLetterOutboundResponse><ProcessID>1</ProcessID></CorrespondenceLetterOutboundResponse>',
  )
  const deleted = soapOf(
    '<CorrespondenceLetterDeleteResponse><ProcessID>7</ProcessID></CorrespondenceLetterDeleteResponse>',
  )
  const [, document = ''] = /(<r:Gov.*Document>)/.exec(letter) ?? []
  // A declaration, a comment and blanks: none of them is ours.
  const item = `<?xml version="1.0"?>\n<!-- ok -->${soapOf(
    `<CorrespondenceLetterInboundResponse><ProcessID>7</ProcessID>  ${document.replace('1519300000', '1515700000')}</CorrespondenceLetterInboundResponse>`,
  )}`
  const got: Partial<Record<'letter' | 'notice', Buffer>> = {}
  let waiting = false
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const asked = body.includes('InboundRequest')
      if (body.includes('DeleteRequest')) waiting = false
      if (body.includes('OutboundRequest')) got[body.includes('LetterNotifier') ? 'notice' : 'letter'] = body
      const nothing = soapOf('<CorrespondenceLetterInboundResponse/>')
      response.setHeader('content-type', 'text/xml; charset=utf-8')
      response.end(asked ? (waiting ? item : nothing) : body.includes('OutboundRequest') ? done : deleted)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/e-cms`
  const channel = { transport: { kind: 'soap-out', url, plain: true, every: '1s' }, document: 'letter' }
  await exchange(t, {
    office: office('50'),
    profile: {
      ...{
        id: 'ecms-server',
        office: '50',
        title: 'an e-CMS server',
        origin: 'outsourced',
        illustrative: true,
      },
      documents: { letter: { format: { kind: 'e-cms' } } },
      ...{ send: channel, sendNotices: channel, receive: channel, notices: channel },
    },
    letter: {
      ...{ number: 'ชม 0017.1/1', date: '2026-11-20' },
      hand: () => {
        waiting = true
      },
    },
    came: (t, came) => t.same(came.toString(), item),
    went: (content, went) => {
      const body = got[content]
      return body !== undefined && (went === undefined || body.includes(went))
    },
  })
})
