// What a client polls: the queue, letters and notifiers that it wants again, and the signature that it sees.
import { verify, X509Certificate } from 'node:crypto'
import t from 'tap'
import type { Envelope } from '../../../src/envelope/envelope.ts'
import { sealAsync } from '../../../src/envelope/seal.ts'
import { createAuthority, issueCertificate } from '../../../src/gateway/trust/authority.ts'
import { moi } from '../../../src/letter/offices.ts'
import { fixedLetter } from '../../letter/arbitrary.ts'
import { phatthalung } from './case.ts'
import { contentOf, letterOf, opened, poll, soapOf } from './door-stage.ts'
import { messageIds, now } from './gateway.ts'

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
  t.same(gateway.shown, ['delivery-1'], 'the gateway knows that it was shown')
  gateway.recalled.add('delivery-1')
  t.equal(contentOf((await send(special)).body, 'ErrorCode'), 'ecms.letter.unknown', 'recalled unseen')
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
