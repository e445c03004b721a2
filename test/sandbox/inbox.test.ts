// The ministry's inbox over real mutual TLS: what it takes, how it answers, and what its fault switches do.
import { createHash } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { Agent, request } from 'undici'
import type { Envelope, Signer, Trust } from '../../src/envelope/envelope.ts'
import { seal } from '../../src/envelope/seal.ts'
import { verifyEnvelope } from '../../src/envelope/verify.ts'
import {
  createAuthority,
  type Identity,
  issueCertificate,
  keyToPem,
  newKey,
  type Purpose,
} from '../../src/gateway/trust/authority.ts'
import { mediaTypeOf } from '../../src/letter/attachments.ts'
import { checkLetter } from '../../src/letter/check.ts'
import { letterFromJson } from '../../src/letter/json.ts'
import type { Attachment, Letter } from '../../src/letter/letter.ts'
import type { Notice } from '../../src/letter/notice.ts'
import { moi, officeId } from '../../src/letter/offices.ts'
import { newMessageId, systemClock, systemRandom } from '../../src/letter/time.ts'
import type { Result } from '../../src/problem/problem.ts'
import { openControl } from '../../src/sandbox/inbox/control.ts'
import { type Inbox, openInbox } from '../../src/sandbox/inbox/inbox.ts'
import type { TlsIdentity } from '../../src/sandbox/inbox/post.ts'
import { relatedType, writeRelated } from '../../src/sandbox/multipart.ts'
import { makePdf } from '../../src/sandbox/paper.ts'
import { scratch } from '../gateway/harness.ts'

const must = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}
const chiangMai = must(officeId('50'))

/** An authority and what it issued: as a trust folder holds it, made once for the file. */
const certified = await (async () => {
  const now = Date.now()
  const authority = await createAuthority(now, systemRandom)
  const issue = async (purpose: Purpose): Promise<Identity> => {
    const key = await newKey()
    return { key, certificate: issueCertificate(authority, key, purpose, now, systemRandom) }
  }
  const [ministry, province, server] = await Promise.all([
    issue({ kind: 'office', office: 'moi' }),
    issue({ kind: 'office', office: '50' }),
    issue({ kind: 'server', names: ['localhost'], addresses: ['127.0.0.1'] }),
  ])
  const registered = new Map([
    ['moi', [ministry.certificate]],
    ['50', [province.certificate]],
  ])
  const trust: Trust = {
    authority: authority.certificate,
    certificatesOf: (office) => registered.get(office) ?? [],
  }
  const tls = ({ key, certificate }: Identity): TlsIdentity => ({
    key: keyToPem(key),
    certificate: certificate.toString(),
    authority: authority.certificate.toString(),
  })
  return {
    trust,
    ministry: { office: moi, ...ministry },
    province: { office: chiangMai, ...province },
    server: tls(server),
    ministryClient: tls(ministry),
    provinceClient: tls(province),
  }
})()

const pdf = makePdf('ทดสอบ', ['0017.1/1'])
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const scan: Attachment = {
  name: 'หนังสือ.pdf',
  mediaType: must(mediaTypeOf('application/pdf', 'a.pdf')),
  role: 'main',
  size: pdf.length,
  sha256: sha256(pdf),
}

const letter = (
  running: number,
  attachments: readonly Attachment[] = [scan],
  to: unknown = 'moi',
): Letter => {
  const json = { number: `ชม 0017.1/${running}`, date: '2026-11-23', subject: 'ทดสอบ', from: '50', to }
  return must(checkLetter(must(letterFromJson(json)).draft, attachments))
}
const ofLetter = (running: number, attachments?: readonly Attachment[], to?: unknown): Envelope => ({
  messageId: newMessageId(systemClock, systemRandom),
  createdAt: Date.now(),
  content: 'letter',
  letter: letter(running, attachments, to),
})
const sealed = (envelope: Envelope, signer: Signer = certified.province): { bytes: Buffer; digest: string } =>
  seal(envelope, signer, Date.now())

/** A stand-in for the gateway's `POST /v1/envelopes`: a real TLS server that answers as the test says. */
async function openRecorder(
  t: Test,
  answer: (bytes: Buffer) => { status: number; body: Buffer; type?: string },
) {
  const taken: Buffer[] = []
  const waiting: (() => void)[] = []
  const { key, certificate, authority } = certified.server
  const server = createServer(
    { key, cert: certificate, ca: authority, requestCert: true, rejectUnauthorized: true },
    (incoming, response) => {
      const pieces: Buffer[] = []
      incoming.on('data', (piece: Buffer) => pieces.push(piece))
      incoming.on('end', () => {
        const bytes = Buffer.concat(pieces)
        const { status, body, type = 'application/xml' } = answer(bytes)
        response.writeHead(status, { 'content-type': type })
        response.end(body, () => {
          if (status === 200) taken.push(bytes)
          for (const go of waiting.splice(0)) go()
        })
      })
    },
  )
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `https://localhost:${port}`,
    taken,
    async until(count: number): Promise<void> {
      while (taken.length < count) await new Promise<void>((go) => waiting.push(go))
    },
  }
}

interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** An inbox in the test's own folder, and a province's way to it. */
async function openRoom(t: Test, gateway = 'https://localhost:1', folder = scratch(t)) {
  const settings = {
    folder,
    signer: certified.ministry,
    trust: certified.trust,
    server: certified.server,
    client: certified.ministryClient,
    gateway,
    port: 0,
    acceptDelay: 0,
    clock: systemClock,
    random: systemRandom,
  }
  let inbox: Inbox = await openInbox(settings)
  const { key, certificate, authority } = certified.provinceClient
  const newAgent = () => new Agent({ connect: { key, cert: certificate, ca: authority } })
  let agent = newAgent()
  t.teardown(async () => {
    await agent.destroy()
    await inbox.close()
  })
  const post = async (body: Buffer | Readable, type: string, path = '/envelopes'): Promise<Answered> => {
    const url = `https://localhost:${inbox.port}${path}`
    const headers = { 'content-type': type }
    const answer = await request(url, { method: 'POST', dispatcher: agent, headers, body })
    const bytes = Buffer.from(await answer.body.arrayBuffer())
    return { status: answer.statusCode, headers: answer.headers, body: bytes }
  }
  const send = (bytes: Buffer, parts: Readonly<Record<string, Buffer>> = { [scan.sha256]: pdf }) => {
    const outgoing = Object.entries(parts).map(([name, content]) => ({
      sha256: name,
      mediaType: 'application/pdf',
      async *open() {
        yield content
      },
    }))
    return outgoing.length === 0
      ? post(bytes, 'application/xml')
      : post(Readable.from(writeRelated(bytes, outgoing, 'edge')), relatedType('edge'))
  }
  return {
    inbox: () => inbox,
    post,
    send,
    async restart() {
      await agent.destroy()
      agent = newAgent()
      await inbox.close()
      inbox = await openInbox(settings)
    },
  }
}

/** The notice in an answer, verified as the province would. */
function noticeIn(body: Buffer): Notice {
  const { envelope } = must(verifyEnvelope(body, certified.trust, Date.now()))
  if (envelope.content !== 'notice') throw new Error('no notice')
  return envelope.notice
}
const codeIn = (answer: Answered): string => (JSON.parse(answer.body.toString()) as { code: string }).code
const registered = (inbox: Inbox) => inbox.entries.filter((entry) => entry.entry === 'letter.registered')

t.test('a letter is registered under the next number, and its repetition gets the same answer', async (t) => {
  const room = await openRoom(t)
  const envelope = ofLetter(1)
  const { bytes, digest } = sealed(envelope)
  const answer = await room.send(bytes)
  t.equal(answer.status, 200)
  const notice = noticeIn(answer.body)
  t.match(notice, {
    kind: 'receive',
    from: 'moi',
    to: '50',
    about: { messageId: envelope.messageId, digest },
  })
  const year = new Date(Date.now() + 7 * 3_600_000).getUTCFullYear() + 543
  t.match(registered(room.inbox()), [{ receiveNumber: `1/${year}`, messageId: envelope.messageId, digest }])

  const again = await room.send(bytes)
  t.equal(again.status, 409)
  t.ok(again.body.equals(answer.body), 'the earlier notice')
  const resealed = sealed(envelope)
  t.equal((await room.send(resealed.bytes)).status, 409, 'the same content, signed at another time')
  await room.restart()
  const later = await room.send(bytes)
  t.ok(later.status === 409 && later.body.equals(answer.body), 'after a restart too')
  const second = await room.send(sealed(ofLetter(2)).bytes)
  t.equal(second.status, 200)
  t.strictSame(
    registered(room.inbox()).map((entry) => entry.receiveNumber),
    [`1/${year}`, `2/${year}`],
  )
})

t.test('what cannot be taken is refused with its reason, and nothing is registered', async (t) => {
  const room = await openRoom(t)
  const envelope = ofLetter(1)
  const { bytes } = sealed(envelope)
  const tampered = Buffer.from(bytes.toString().replace('ทดสอบ', 'ทดลอง'))
  const refused = await room.send(tampered)
  t.equal(refused.status, 422)
  t.match(codeIn(refused), /^envelope\./)
  t.equal((await room.post(bytes, 'text/html')).status, 415)
  t.equal((await room.post(Buffer.from('--edge\r\n'), 'multipart/related; boundary=edge')).status, 400)
  t.equal((await room.post(Buffer.alloc(5_000_000, 'x'), 'application/xml')).status, 413)
  t.equal((await room.post(bytes, 'application/xml', '/elsewhere')).status, 404)

  for (const [name, parts] of Object.entries({
    missing: { ['0'.repeat(64)]: pdf },
    shorter: { [scan.sha256]: pdf.subarray(1) },
    longer: { [scan.sha256]: Buffer.concat([pdf, pdf]) },
    changed: { [scan.sha256]: Buffer.alloc(pdf.length) },
  })) {
    const answer = await room.send(bytes, parts)
    t.equal(answer.status, 422, name)
    t.match(noticeIn(answer.body), { kind: 'reject', reason: /attachment/ }, name)
  }
  const elsewhere = await room.send(sealed(ofLetter(2, [], '51')).bytes, {})
  t.equal(elsewhere.status, 422)
  t.match(noticeIn(elsewhere.body), { kind: 'invalid', reason: /51/ })
  t.strictSame(registered(room.inbox()), [])
  t.equal((await room.send(bytes)).status, 200, 'a refused attempt does not spoil the next')
  const { messageId } = envelope
  const reused = await room.send(sealed({ ...ofLetter(3), messageId }).bytes)
  t.equal(reused.status, 422)
  t.match(noticeIn(reused.body), { kind: 'reject', reason: /used before/ })
  t.equal(registered(room.inbox()).length, 1)
})

t.test('nobody enters without a certificate of the authority', async (t) => {
  const room = await openRoom(t)
  const { port } = room.inbox()
  const anonymous = new Agent({ connect: { ca: certified.server.authority } })
  t.teardown(() => anonymous.destroy())
  const body = sealed(ofLetter(1)).bytes
  await t.rejects(
    request(`https://localhost:${port}/envelopes`, { method: 'POST', dispatcher: anonymous, body }),
  )
})

t.test(
  'the accept notice goes to the gateway, again and again until it is taken, over a restart too',
  async (t) => {
    const answers = [503, 500]
    const recorder = await openRecorder(t, () => ({ status: answers.shift() ?? 200, body: Buffer.alloc(0) }))
    const room = await openRoom(t, recorder.url)
    const envelope = ofLetter(1)
    const { bytes, digest } = sealed(envelope)
    await room.send(bytes)
    await room.restart()
    await recorder.until(1)
    const notice = noticeIn(recorder.taken[0] ?? Buffer.alloc(0))
    const [entry] = registered(room.inbox())
    t.match(notice, { kind: 'accept', about: { messageId: envelope.messageId, digest } })
    t.equal(notice.receiveNumber, entry?.receiveNumber)

    const dispute: Envelope = {
      messageId: newMessageId(systemClock, systemRandom),
      createdAt: Date.now(),
      content: 'notice',
      notice: {
        ...notice,
        kind: 'dispute',
        from: chiangMai,
        to: moi,
        receiveNumber: notice.receiveNumber ?? '',
      },
    }
    const answer = await room.send(sealed(dispute).bytes, {})
    t.equal(answer.status, 200)
    t.match(noticeIn(answer.body), { kind: 'receive', about: { messageId: dispute.messageId } })
    await recorder.until(2)
    t.match(noticeIn(recorder.taken[1] ?? Buffer.alloc(0)), {
      kind: 'accept',
      receiveNumber: notice.receiveNumber,
    })
  },
)

t.test('fault switches, by the control port', async (t) => {
  const recorder = await openRecorder(t, () => ({ status: 200, body: Buffer.alloc(0) }))
  const room = await openRoom(t, recorder.url)
  const control = await openControl(room.inbox(), moi, 0)
  t.teardown(() => control.close())
  const at = `http://127.0.0.1:${control.port}`
  const put = async (fault: unknown): Promise<number> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await request(`${at}/faults`, { method: 'PUT', headers, body: JSON.stringify(fault) })
    await answer.body.dump()
    return answer.statusCode
  }
  t.equal(await put({ fault: 'sleepy' }), 400)
  t.equal(await put({ fault: 'down', times: 2 }), 400, 'no request reaches it that could be counted')
  t.equal(await put({ fault: 'busy', delay: 2 }), 400, 'a number of another fault')
  t.equal(await put({ fault: 'slow', delay: 600_001 }), 400)
  await t.test('busy takes nothing', async (t) => {
    await put({ fault: 'busy', retryAfter: 7, times: 1 })
    const { bytes } = sealed(ofLetter(1))
    const answer = await room.send(bytes)
    t.match(answer, { status: 503, headers: { 'retry-after': '7' } })
    t.equal((await room.send(bytes)).status, 200, 'the fault was for one request')
  })
  await t.test('drop: it has the letter, and the sender cannot know', async (t) => {
    await put({ fault: 'drop', times: 1 })
    const { bytes } = sealed(ofLetter(2))
    await t.rejects(room.send(bytes))
    t.equal((await room.send(bytes)).status, 409)
  })
  await t.test('somebody else’s receipt, and a wrong signature', async (t) => {
    await put({ fault: 'other-receipt', times: 1 })
    const envelope = ofLetter(3)
    const { bytes } = sealed(envelope)
    t.not(noticeIn((await room.send(bytes)).body).about.messageId, envelope.messageId)
    t.equal(
      noticeIn((await room.send(bytes)).body).about.messageId,
      envelope.messageId,
      'asked again, it is right',
    )
    await put({ fault: 'other-receipt' })
    for (const repetition of [1, 2]) {
      const answer = await room.send(bytes)
      t.equal(answer.status, 409, `repetition ${repetition}`)
      t.not(noticeIn(answer.body).about.messageId, envelope.messageId, 'until it is switched off')
    }
    await put({ fault: 'wrong-signature' })
    const repeated = verifyEnvelope((await room.send(bytes)).body, certified.trust, Date.now())
    t.match(!repeated.ok && repeated.problems[0].code, /signature/, 'a repetition too')
    await put({ fault: 'wrong-signature', times: 1 })
    const spoilt = verifyEnvelope(
      (await room.send(sealed(ofLetter(4)).bytes)).body,
      certified.trust,
      Date.now(),
    )
    t.match(!spoilt.ok && spoilt.problems[0].code, /signature/)
    t.equal(
      noticeIn((await room.send(bytes)).body).about.messageId,
      envelope.messageId,
      'asked again, it is right',
    )
  })
  await t.test('twice: one accept notice comes twice', async (t) => {
    await put({ fault: 'none' })
    await recorder.until(4)
    await put({ fault: 'twice', times: 1 })
    t.equal((await room.send(sealed(ofLetter(5)).bytes)).status, 200)
    await recorder.until(6)
    t.ok(recorder.taken[4]?.equals(recorder.taken[5] ?? Buffer.alloc(0)))
  })
  await t.test('down, and up again on the same port', async (t) => {
    await put({ fault: 'down' })
    const { bytes } = sealed(ofLetter(6))
    await t.rejects(room.send(bytes))
    await put({ fault: 'none' })
    t.equal((await room.send(bytes)).status, 200)
  })
  await t.test('slow answers later, and right', async (t) => {
    await put({ fault: 'slow', delay: 1, times: 1 })
    t.equal((await room.send(sealed(ofLetter(7)).bytes)).status, 200)
  })
  const ledger = (await (await request(`${at}/ledger`)).body.json()) as { entries: { entry: string }[] }
  t.equal(ledger.entries.filter((one) => one.entry === 'letter.registered').length, 7)
})

t.test(
  'the ministry writes: a circular is sealed, sent with its scan, and the receipt must fit',
  async (t) => {
    let wrong = 1
    let sent: Envelope | undefined
    const recorder = await openRecorder(t, (body) => {
      const end = body.indexOf('</env:Envelope>') + '</env:Envelope>'.length
      const verified = must(
        verifyEnvelope(body.subarray(body.indexOf('<env:Envelope'), end), certified.trust, Date.now()),
      )
      if (verified.envelope.content !== 'letter') throw new Error('no letter')
      sent = verified.envelope
      const { number, date, subject } = verified.envelope.letter
      const about = {
        messageId: sent.messageId,
        digest: verified.digest,
        number: number.printed,
        date,
        subject,
      }
      const notice: Notice = {
        kind: 'receive',
        from: chiangMai,
        to: moi,
        at: Date.now(),
        reason: '',
        about: wrong-- > 0 ? { ...about, digest: '0'.repeat(64) } : about,
      }
      const envelope: Envelope = {
        messageId: newMessageId(systemClock, systemRandom),
        createdAt: Date.now(),
        content: 'notice',
        notice,
      }
      return { status: 200, body: sealed(envelope).bytes }
    })
    const room = await openRoom(t, recorder.url)
    const control = await openControl(room.inbox(), moi, 0)
    t.teardown(() => control.close())
    const write = async (value: unknown) => {
      const answer = await request(`http://127.0.0.1:${control.port}/letters`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(value),
      })
      return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> }
    }
    const json = {
      number: 'มท 0210.3/ว 3898',
      date: '2008-11-15',
      subject: 'ขอความอนุเคราะห์',
      to: ['50', '93'],
      attachments: [{ name: 'ว3898.pdf', content: pdf.toString('base64') }],
    }
    t.match(await write({ ...json, number: 'x', attachments: [{ name: 'a.exe', content: '' }] }), {
      status: 422,
    })
    t.match(await write({ ...json, from: '50' }), { status: 422, body: { code: 'letter.to.self' } })
    t.equal((await write(json)).status, 202)
    await recorder.until(2)
    t.equal(recorder.taken.length, 2, 'a receipt for another digest counts for nothing')
    t.ok(recorder.taken[1]?.includes(pdf), 'the scan travels beside')
    t.match(sent, { letter: { circular: true, attachments: [{ name: 'ว3898.pdf', sha256: scan.sha256 }] } })
  },
)

t.test(
  'an office that seals by itself is not spoken for: the gateway says in JSON that it has the letter',
  async (t) => {
    const answers: ((messageId: string) => { status: number; value: unknown; type?: string })[] = [
      // Of another envelope, of a state that is none, and no JSON at all: nothing is proved.
      () => ({ status: 200, value: { messageId: 'urn:uuid:another', state: 'taken' } }),
      (messageId) => ({ status: 200, value: { messageId, state: 'waiting' } }),
      () => ({ status: 200, value: null }),
      (messageId) => ({ status: 409, value: { messageId, state: 'known' } }),
      (messageId) => ({ status: 200, value: { messageId, state: 'taken' } }),
      () => ({
        status: 409,
        value: { title: 'its MessageID was used before' },
        type: 'application/problem+json',
      }),
    ]
    let asked = 0
    const recorder = await openRecorder(t, (body) => {
      const messageId = /<env:MessageID>([^<]+)</.exec(body.toString('utf8'))?.[1] ?? ''
      const next = answers[asked]?.(messageId) ?? { status: 500, value: {} }
      asked += 1
      return { type: 'application/json', ...next, body: Buffer.from(JSON.stringify(next.value)) }
    })
    const ended: string[] = []
    let told: () => void = () => undefined
    const inbox = await openInbox({
      folder: scratch(t),
      signer: certified.ministry,
      trust: certified.trust,
      server: certified.server,
      client: certified.ministryClient,
      gateway: recorder.url,
      port: 0,
      acceptDelay: 0,
      // Whoever waits does not: what is due later is due now.
      clock: { ...systemClock, schedule: (_at, act) => systemClock.schedule(systemClock.now(), act) },
      random: systemRandom,
      watch: ({ entry }) => {
        if (entry !== 'envelope.taken' && entry !== 'envelope.returned') return
        ended.push(entry)
        told()
      },
    })
    t.teardown(() => inbox.close())
    const end = async (running: number) => {
      const over = new Promise<void>((go) => {
        told = go
      })
      const json = {
        number: `มท 0210.3/${running}`,
        date: '2026-11-23',
        subject: 'ทดสอบ',
        from: 'moi',
        to: '50',
      }
      inbox.sendLetter(must(checkLetter(must(letterFromJson(json)).draft, [])))
      await over
      return asked
    }
    t.equal(await end(1), 4, 'three answers say nothing of it; the fourth that it is known')
    t.equal(await end(2), 5)
    t.equal(await end(3), 6, 'a conflict is no receipt, and does not pass by itself')
    t.same(ended, ['envelope.taken', 'envelope.taken', 'envelope.returned'])
  },
)
