import iconv from 'iconv-lite'
import t, { type Test } from 'tap'
import type { Source, Taken } from '../../../src/adapters/contract.ts'
import { problem } from '../../../src/problem/problem.ts'
import { fixedLetter } from '../../letter/arbitrary.ts'
import { messageIdOf } from '../message-ids.ts'
import { parcelOf, TestGateway } from '../stage.ts'
import { type Answer, adapterOf, errorOf, serve, signal, soap, taken } from './server.ts'

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
