import iconv from 'iconv-lite'
import t, { type Test } from 'tap'
import type { KnownLetter, Outcome } from '../../../src/adapters/contract.ts'
import { checkNotice } from '../../../src/letter/check.ts'
import type { NoticeKind } from '../../../src/letter/notice.ts'
import { moi } from '../../../src/letter/offices.ts'
import { mustBe } from '../../letter/arbitrary.ts'
import { messageIdOf } from '../message-ids.ts'
import { parcelOf, TestGateway } from '../stage.ts'
import { type Answer, about, adapterOf, errorOf, parcel, serve, signal, soap, taken } from './server.ts'

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

t.test(
  '`known` after a lost answer: what the server names decides; where it says nothing, that is told',
  async (t) => {
    const letter = (date: string) =>
      `<Outbound><LetterID>ชม 0017.1/492</LetterID><CorrespondenceDate>${date}</CorrespondenceDate></Outbound>`
    const named = (...letters: string[]) => ({
      body: soap(`<OutboundStatusResponse>${letters.join('')}</OutboundStatusResponse>`),
    })
    const [ours, old] = [letter('2008-02-13'), letter('2007-02-13')]
    for (const [name, ask, before, after, kind, told] of [
      ['an old letter', true, named(old), named(old), 'refused', false],
      ['none at all, though it is known', true, named(), named(), 'taken', true],
      ['ours was on its way', true, named(old), named(old, ours), 'taken', false],
      ['no date', true, named(), named(ours.replace(/<Corr.*Date>/, '')), 'taken', true],
      ['a date that nobody reads', true, named(), named(letter('เมื่อวาน')), 'taken', true],
      ['a day in two digits', true, named(), named(letter('13/02/08')), 'taken', true],
      ['another answer', true, named(), { body: soap(taken) }, 'taken', true],
      ['no answer', true, named(), { status: 503 }, 'taken', true],
      ['it is not asked', false, named(old), named(old), 'taken', true],
    ] as const) {
      let first = true
      let pushed = 0
      const { url } = await serve(t, ({ operation }) => {
        if (operation === 'OutboundStatusRequest') return pushed < 2 ? before : after
        if (operation.includes('Inbound')) return { body: soap('<CorrespondenceLetterInboundResponse/>') }
        pushed += 1
        if (!first) return { body: errorOf('dup') }
        first = false
        return { status: 502 }
      })
      const gateway = new TestGateway()
      const adapter = adapterOf(gateway, url, { errors: { known: ['dup'], nothing: ['none'] }, ask })
      t.teardown(() => adapter.stop())
      await adapter.start({ ...gateway.verbs(adapter), find: async () => [] })
      gateway.reports.length = 0
      t.match(await adapter.deliver?.(parcel(1), signal), { kind: 'unknown' }, name)
      const outcome = await adapter.deliver?.(parcel(2), signal)
      t.equal(outcome?.kind, kind, name)
      if (kind === 'refused') t.match(outcome, { problem: { code: 'ecms.peer.other' } }, name)
      const reports = gateway.reports.filter(({ event }) => event === 'soap.known-unproven')
      t.match(reports, told ? [{ facts: { parcel: 'delivery-1' } }] : [], name)
      t.equal(reports.length, told ? 1 : 0, name)
    }
  },
)

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
