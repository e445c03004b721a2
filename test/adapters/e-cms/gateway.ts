// What stands behind the door in these tests: a gateway in memory that keeps the contract of `AdapterVerbs`, and a real
// HTTP server that opens the doors. Letters are checked by the real validator; nothing is answered before it is kept.
import { createHash } from 'node:crypto'
import { type Agent, createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type {
  AdapterVerbs,
  Door,
  IncomingAttachment,
  Item,
  KnownLetter,
  NoticeDraft,
  Outcome,
  Parcel,
  Source,
  Taken,
} from '../../../src/adapters/contract.ts'
import { eCms } from '../../../src/adapters/formats/e-cms/e-cms.ts'
import type { DocumentForm } from '../../../src/adapters/formats/format.ts'
import { piecesOf } from '../../../src/adapters/pieces.ts'
import { soap } from '../../../src/adapters/transports/soap/soap.ts'
import type { Transport } from '../../../src/adapters/transports/transport.ts'
import type { Envelope, SealedEnvelope } from '../../../src/envelope/envelope.ts'
import { type MediaType, mediaTypeOf } from '../../../src/letter/attachments.ts'
import { checkLetter } from '../../../src/letter/check.ts'
import { contentDigest, naturalKey } from '../../../src/letter/digest.ts'
import type { Attachment, Letter } from '../../../src/letter/letter.ts'
import { normalizeNumber } from '../../../src/letter/numbers.ts'
import type { OfficeId } from '../../../src/letter/offices.ts'
import {
  type Clock,
  type Instant,
  type MessageId,
  newMessageId,
  readInstant,
} from '../../../src/letter/time.ts'
import { mustBe } from '../../letter/arbitrary.ts'

/** The time of every test: 10:15 in Thailand. */
export const now: Instant = mustBe(readInstant('2026-11-23T10:15:00'))
export const clock: Clock = { now: () => now, elapsed: () => now, schedule: () => () => undefined }

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Ids that differ and are the same at every run. */
export function messageIds(): () => MessageId {
  let count = 0
  return () => newMessageId(clock, (length) => new Uint8Array(length).fill(++count))
}

export interface KeptLetter {
  readonly messageId: MessageId
  readonly letter: Letter
  readonly digest: string
  readonly source: Source
}

export interface GatewayInMemory extends AdapterVerbs {
  readonly letters: KeptLetter[]
  readonly notices: NoticeDraft[]
  readonly reports: { readonly event: string; readonly facts: Readonly<Record<string, string | number>> }[]
  readonly settled: { readonly id: string; readonly outcome: Outcome }[]
  readonly blobs: Map<string, Buffer>
  /** What waits for the office: the test puts parcels here. */
  readonly queue: Parcel[]
  /** What was ever put into the queue. */
  readonly history: Parcel[]
  /** Ids of what was shown out of its turn. */
  readonly shown: string[]
  /** Ids of what is not to be shown any more. */
  readonly recalled: Set<string>
  /** While set, nothing can be committed. */
  broken: boolean
  put(envelope: Envelope, options?: { readonly id?: string; readonly sealed?: SealedEnvelope }): Parcel
}

export function gatewayInMemory(office: OfficeId, form: DocumentForm): GatewayInMemory {
  const nextId = messageIds()
  const gateway: GatewayInMemory = {
    clock,
    letters: [],
    notices: [],
    shown: [],
    recalled: new Set(),
    reports: [],
    settled: [],
    blobs: new Map(),
    queue: [],
    history: [],
    broken: false,
    async take(source) {
      if (gateway.broken) throw new Error('the disk is full')
      return (await form.read(source)).map((item) => takeItem(item, source))
    },
    async keep() {
      throw new Error('the exchange hands over bytes')
    },
    head: async () => gateway.queue[0],
    async settle(id, outcome) {
      const at = gateway.queue.findIndex((each) => each.id === id)
      if (at === -1) return false
      gateway.queue.splice(at, 1)
      gateway.settled.push({ id, outcome })
      return true
    },
    show: async (id) => {
      if (gateway.recalled.has(id)) return false
      gateway.shown.push(id)
      return true
    },
    find: async (key) =>
      [...gateway.letters.map(known), ...gateway.history.flatMap(knownParcel)].filter(
        ({ letter }) =>
          letter.number.normalized === normalizeNumber(key.number) &&
          (key.date === undefined || key.date === letter.date) &&
          (key.sender === undefined || key.sender === letter.from.office) &&
          (key.recipient === undefined || letter.to.offices.includes(key.recipient)),
      ),
    sent: async (limit) => gateway.letters.map(known).slice(0, limit),
    report: (event, facts) => void gateway.reports.push({ event, facts }),
    put(envelope, options = {}) {
      const parcel: Parcel = {
        id: options.id ?? `delivery-${gateway.history.length + 1}`,
        attempt: 1,
        office,
        envelope,
        sealed: options.sealed ?? { bytes: Buffer.from('<unsealed></unsealed>'), digest: '0'.repeat(64) },
        open: (digest) => {
          const bytes = gateway.blobs.get(digest)
          return bytes === undefined ? Readable.from([]) : Readable.from([bytes])
        },
      }
      gateway.queue.push(parcel)
      gateway.history.push(parcel)
      return parcel
    },
  }
  return gateway

  function takeItem(item: Item, source: Source): Taken {
    const { position } = item
    switch (item.kind) {
      case 'fault':
        return { kind: 'refused', position, problems: item.problems }
      case 'notice':
        gateway.notices.push(item.draft)
        return { kind: 'taken', position, messageId: nextId() }
      case 'letter': {
        const letter = checkLetter(item.draft, item.attachments.map(kept))
        if (!letter.ok) return { kind: 'refused', position, problems: letter.problems }
        const key = naturalKey(letter.value, letter.value.to.offices[0])
        const digest = contentDigest(letter.value)
        const earlier = gateway.letters.find(
          (each) => naturalKey(each.letter, each.letter.to.offices[0]) === key,
        )
        if (earlier?.digest === digest) return { kind: 'known', position, messageId: earlier.messageId }
        const messageId = nextId()
        gateway.letters.push({ messageId, letter: letter.value, digest, source })
        return { kind: 'taken', position, messageId }
      }
      default:
        throw new Error(`the form gave an item that e-CMS does not have: ${item.kind}`)
    }
  }

  function kept(attachment: IncomingAttachment): Attachment {
    const { content } = attachment
    if (content.kind !== 'bytes' && content.kind !== 'pieces')
      throw new Error('the exchange hands over bytes')
    const bytes = Buffer.concat([...piecesOf(content)])
    gateway.blobs.set(sha256(bytes), bytes)
    const mediaType: MediaType = mustBe(mediaTypeOf(attachment.mediaType, attachment.name))
    return {
      name: attachment.name,
      role: attachment.role,
      mediaType,
      size: bytes.length,
      sha256: sha256(bytes),
    }
  }

  function known({ messageId, letter }: KeptLetter): KnownLetter & { letter: Letter } {
    const notices = gateway.history.filter(
      ({ envelope }) =>
        envelope.content === 'notice' && envelope.notice.about.number === letter.number.printed,
    )
    return { messageId, office, state: 'delivered', number: letter.number.printed, notices, letter }
  }

  function knownParcel(parcel: Parcel): (KnownLetter & { letter: Letter })[] {
    const { envelope } = parcel
    if (envelope.content !== 'letter') return []
    return [{ messageId: envelope.messageId, office, state: 'delivered', parcel, letter: envelope.letter }]
  }
}

/** The e-CMS form of an office, with the options that a profile would give. */
export function formOf(office: OfficeId, options: Readonly<Record<string, unknown>> = {}): DocumentForm {
  if (eCms.sort !== 'document') throw new Error('e-CMS is a document format')
  const form = eCms.create(
    { kind: 'e-cms', ...options },
    { office, profile: 'test', content: 'letter', clock },
  )
  if (!form.ok) throw new Error(JSON.stringify(form.findings))
  return form.value
}

export function transportOf(
  office: OfficeId,
  form: DocumentForm,
  options: Readonly<Record<string, unknown>> = {},
  time: Clock = clock,
): Transport {
  const access = { kind: 'certificate' }
  const made = soap.create(
    { kind: 'soap', path: '/e-cms', access, ...options },
    {
      profile: 'test',
      office,
      clock: time,
      forms: { send: form, sendNotices: form, receive: form, notices: form },
      absolute: (path) => path,
    },
  )
  if (!made.ok) throw new Error(JSON.stringify(made.findings))
  return made.value
}

/** A real server that opens doors as the gateway's does. Who stands there is proved elsewhere. */
export async function serve(
  doors: readonly Door[],
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server: Server = createServer((message, response) => {
    const door = doors.find((each) => each.path === message.url && each.method === message.method)
    if (door === undefined) {
      response.writeHead(404).end()
      return
    }
    const headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : value,
      ]),
    )
    door.enter({ headers, rest: '', body: message }).then(
      ({ status, headers, body }) => {
        response.writeHead(status, headers)
        if (body instanceof Readable) body.pipe(response)
        else response.end(body)
      },
      (cause: Error) => response.writeHead(500).end(cause.stack),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export interface Answered {
  readonly status: number
  readonly type: string
  readonly body: string
  /** Whether the server asked for the body with `100 Continue`. */
  readonly continued: boolean
}

/** Posts a message as a client does. With `Expect: 100-continue` the body is sent when the server asks for it. */
export function post(
  port: number,
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
  agent?: Agent,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let continued = false
    const sent = request({
      port,
      host: '127.0.0.1',
      path: '/e-cms',
      method: 'POST',
      headers: { 'content-type': 'text/xml', ...headers },
      ...(agent && { agent }),
    })
    sent.on('error', reject)
    sent.on('response', (response: IncomingMessage) => {
      text(response).then(
        (answer) =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            body: answer,
            continued,
          }),
        reject,
      )
    })
    const expects = Object.keys(headers).some((name) => name.toLowerCase() === 'expect')
    if (!expects) sent.end(body)
    else {
      sent.on('continue', () => {
        continued = true
        sent.end(body)
      })
      sent.flushHeaders()
    }
  })
}
