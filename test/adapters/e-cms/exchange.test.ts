// Two provinces of the national exchange at a real gateway: a letter goes from one to the other and its receive number comes
// back; what was deleted can be had again; a letter that was refused is recalled and sent anew.
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { moi } from '../../../src/letter/offices.ts'
import { ecmsProfile, makeInstallation, scryptOf } from '../../gateway/installation.ts'
import { office } from '../../letter/arbitrary.ts'

const [chiangMai, phatthalung] = ['1515000000', '1519300000']

const soapOf = (body: string): string =>
  `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${body}</S:Body></S:Envelope>`

const letterOf = (number: string, subject: string): string =>
  soapOf(
    `<CorrespondenceLetterOutboundRequest><r:GovernmentDocument xmlns:r="urn:th:gov:egif:data:standard:GovernmentDocument:1.0" xmlns:a="urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1"><a:CorrespondenceLetter><a:ID>${number}</a:ID><a:CorrespondenceDate>2026-11-20</a:CorrespondenceDate><a:Subject>${subject}</a:Subject><a:SecretCode>001</a:SecretCode><a:SpeedCode>001</a:SpeedCode><a:SenderParty><a:DepartmentOrganization><a:ID>${chiangMai}</a:ID></a:DepartmentOrganization></a:SenderParty><a:ReceiverParty><a:DepartmentOrganization><a:ID>${phatthalung}</a:ID></a:DepartmentOrganization></a:ReceiverParty><a:MainLetterBinaryObject mimeCode="application/pdf">JVBERi0xLjQ=</a:MainLetterBinaryObject></a:CorrespondenceLetter></r:GovernmentDocument></CorrespondenceLetterOutboundRequest>`,
  )

const keyOf = (number: string): string =>
  `<LetterID>${number}</LetterID><CorrespondenceDate>2026-11-20</CorrespondenceDate><SenderDepartment><Code>${chiangMai}</Code></SenderDepartment><AcceptDepartment><Code>${phatthalung}</Code></AcceptDepartment>`

const notifier = (name: string, number: string, acceptId = ''): string =>
  soapOf(
    `<CorrespondenceLetterOutboundRequest><${name}><LetterID>${number}</LetterID>${acceptId}<CorrespondenceDate>2026-11-20</CorrespondenceDate><Subject>x</Subject></${name}></CorrespondenceLetterOutboundRequest>`,
  )

const poll = soapOf('<CorrespondenceLetterInboundRequest/>')
const textIn = (xml: string, name: string): string =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''

t.test('between two provinces', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'saraban-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const access = { kind: 'basic', user: 'u', scrypt: scryptOf('secret'), addresses: ['127.0.0.1'] }
  const installation = await makeInstallation(folder, [moi, office('50'), office('57'), office('93')], {
    '50.yaml': ecmsProfile('50', access),
    '57.yaml': ecmsProfile('57', access),
    '93.yaml': ecmsProfile('93', access),
  })
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  const authorization = `Basic ${Buffer.from('u:secret').toString('base64')}`
  const at =
    (id: string) =>
    async (body: string): Promise<string> => {
      const headers = { 'content-type': 'text/xml', authorization }
      const answer = await fetch(`${gateway.http}/e-cms/${id}`, { method: 'POST', headers, body })
      t.equal(answer.status, 200)
      return answer.text()
    }
  const [sender, receiver] = [at('50'), at('93')]
  const remove = (id: string): string =>
    soapOf(
      `<CorrespondenceLetterDeleteRequest><ProcessID>${id}</ProcessID></CorrespondenceLetterDeleteRequest>`,
    )
  const special = (name: string, number: string): string =>
    soapOf(
      `<CorrespondenceLetterInboundSpecialRequest><${name}>${keyOf(number)}</${name}></CorrespondenceLetterInboundSpecialRequest>`,
    )

  const sent = await sender(letterOf('ชม 0017.1/1', 'เรื่องแรก'))
  const processId = textIn(sent, 'ProcessID')
  t.match(processId, /^[0-9a-f-]{36}$/)
  t.equal(
    textIn(await sender(letterOf('ชม 0017.1/1', 'เรื่องแรก')), 'ProcessID'),
    processId,
    'sent twice, taken once',
  )
  t.equal(textIn(await sender(poll), 'ProcessID'), '', 'the sender has nothing waiting yet')

  const polled = await receiver(poll)
  t.equal(textIn(polled, 'ram:ID'), 'ชม 0017.1/1')
  t.match(
    polled,
    '<ram:MainLetterBinaryObject mimeCode="application/pdf">JVBERi0xLjQ=</ram:MainLetterBinaryObject>',
  )
  t.match(polled, /<ds:SignatureValue>[A-Za-z0-9+/=]{100,}<\/ds:SignatureValue>/)
  await receiver(remove(textIn(polled, 'ProcessID')))
  t.equal(textIn(await receiver(poll), 'ProcessID'), '', 'deleted')
  t.equal(
    textIn(await receiver(special('GovernmentDocument', 'ชม 0017.1/1')), 'ram:Subject'),
    'เรื่องแรก',
    'and had again',
  )

  const accepted = await receiver(
    notifier('AcceptLetterNotifier', 'ชม 0017.1/1', '<AcceptID>๗๗/2569</AcceptID>'),
  )
  t.equal(textIn(accepted, 'AcceptID'), '๗๗/2569')
  const told: string[] = []
  for (let head = await sender(poll); textIn(head, 'ProcessID') !== ''; head = await sender(poll)) {
    told.push(`${/<(\w+Notifier)>/.exec(head)?.[1]} ${textIn(head, 'AcceptID')}`.trim())
    await sender(remove(textIn(head, 'ProcessID')))
  }
  // That it was deleted says that it arrived: the receiver sent no ReceiveLetterNotifier.
  t.strictSame(told, ['ReceiveLetterNotifier', 'AcceptLetterNotifier ๗๗/2569'])
  t.equal(textIn(await sender(special('AcceptLetterNotifier', 'ชม 0017.1/1')), 'AcceptID'), '๗๗/2569')
  const status = await sender(soapOf('<OutboundStatusRequest/>'))
  t.match(
    status,
    `<Outbound><ProcessID>${processId}</ProcessID><LetterID>ชม 0017.1/1</LetterID><ProcessStatus>registered</ProcessStatus></Outbound>`,
  )

  await sender(letterOf('ชม 0017.1/2', 'ผิดเรื่อง'))
  await receiver(remove(textIn(await receiver(poll), 'ProcessID')))
  // Its receiver has it: only when it was rejected, or is deleted, does another content go.
  const conflict = await sender(letterOf('ชม 0017.1/2', 'ถูกเรื่อง'))
  t.not(textIn(conflict, 'ErrorCode'), '', 'the same number with another content')
  const recalled = await sender(
    soapOf(
      `<CorrespondenceDeleteGovernmentDocumentRequest>${keyOf('ชม 0017.1/2')}</CorrespondenceDeleteGovernmentDocumentRequest>`,
    ),
  )
  t.equal(textIn(recalled, 'LetterID'), 'ชม 0017.1/2')
  t.match(textIn(await sender(letterOf('ชม 0017.1/2', 'ถูกเรื่อง')), 'ProcessID'), /^[0-9a-f-]{36}$/)
  const early = await receiver(
    notifier('AcceptLetterNotifier', 'ชม 0017.1/2', '<AcceptID>87/2569</AcceptID>'),
  )
  t.equal(textIn(early, 'ErrorCode'), 'notice.letter.ambiguous', 'it may be one to the recalled letter')
  const corrected = await receiver(poll)
  t.equal(textIn(corrected, 'ram:Subject'), 'ถูกเรื่อง')
  await receiver(remove(textIn(corrected, 'ProcessID')))
  const registered = await receiver(
    notifier('AcceptLetterNotifier', 'ชม 0017.1/2', '<AcceptID>88/2569</AcceptID>'),
  )
  t.equal(textIn(registered, 'AcceptID'), '88/2569')
  t.match(
    await sender(soapOf('<OutboundStatusRequest/>')),
    /<LetterID>ชม 0017\.1\/2<\/LetterID><ProcessStatus>registered</,
    'the corrected one has its receive number',
  )

  const foreign = await receiver(letterOf('ชม 0017.1/3', 'T9'))
  t.equal(textIn(foreign, 'ErrorCode'), 'ecms.sender.other')

  // Of a letter between two others a third says nothing, whatever department it names.
  const between = letterOf('ชม 0017.1/4', 'ถึงเชียงราย').replaceAll(phatthalung, '1515700000')
  t.match(textIn(await sender(between), 'ProcessID'), /^[0-9a-f-]{36}$/)
  const named = '<AcceptID>1</AcceptID><AcceptDepartment><Code>1515700000</Code></AcceptDepartment>'
  for (const words of [named, '<AcceptID>1</AcceptID>']) {
    const claimed = await receiver(notifier('AcceptLetterNotifier', 'ชม 0017.1/4', words))
    t.not(textIn(claimed, 'ErrorCode'), '', 'T9: not this office’s to accept')
  }
  const again = special('GovernmentDocument', 'ชม 0017.1/4').replaceAll(phatthalung, '1515700000')
  t.equal(textIn(await receiver(again), 'ErrorCode'), 'ecms.letter.unknown', 'T9: nor to read')
  t.match(
    await sender(soapOf('<OutboundStatusRequest><LetterID>ชม 0017.1/4</LetterID></OutboundStatusRequest>')),
    'ชม 0017.1/4',
  )
})
