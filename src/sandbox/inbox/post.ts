// Brings the ministry's envelopes to the gateway's `POST /v1/envelopes`, by mutual TLS (design §5.2).
import { Readable } from 'node:stream'
import { Agent, request } from 'undici'
import type { Trust } from '../../envelope/envelope.ts'
import { reopenEnvelope, verifyEnvelope } from '../../envelope/verify.ts'
import type { Clock, Random } from '../../letter/time.ts'
import { printable } from '../../problem/problem.ts'
import { type OutgoingPart, relatedType, writeRelated } from '../multipart.ts'
import type { Handover } from '../outbox.ts'
import type { Store } from '../store.ts'

/** A key and certificate in PEM, and the authority that the other side's certificate must chain to. */
export interface TlsIdentity {
  readonly key: string
  readonly certificate: string
  readonly authority: string
}

/** What the outbox keeps of an envelope; its bytes stand in the store. */
export interface Outgoing {
  readonly messageId: string
  readonly digest: string
  readonly content: 'letter' | 'notice'
  readonly attachments: readonly { readonly sha256: string; readonly mediaType: string }[]
}

export interface GatewayDoor {
  /** One try to hand an envelope over. Never throws for what the gateway does. */
  post(item: Outgoing, signal: AbortSignal): Promise<Handover>
  close(): Promise<void>
}

/** How long the gateway may take for each step of an answer, in milliseconds. */
const patience = 60_000

/** The way to the gateway at `url` (its origin, https). */
export function gatewayDoor(options: {
  readonly url: string
  readonly tls: TlsIdentity
  readonly trust: Trust
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
}): GatewayDoor {
  const { tls, trust, store, clock } = options
  const agent = new Agent({
    connect: { key: tls.key, cert: tls.certificate, ca: tls.authority, timeout: patience },
    headersTimeout: patience,
    bodyTimeout: patience,
  })

  function judgeReceipt(item: Outgoing, type: string, body: Buffer, said: string): Handover {
    // A notice's own receipt proves nothing that matters: only a letter's must name it (design §5.2).
    if (item.content === 'notice') return { kind: 'taken' }
    // Where every office that is addressed seals by itself the gateway signs for none of them: it says in plain JSON that it
    // has the envelope, and the offices answer for themselves (docs/decisions/0004).
    if (saysItHas(type, body, item.messageId)) return { kind: 'taken', said }
    if (isType(type, 'application/problem+json')) return { kind: 'refused', said }
    const receipt = verifyEnvelope(body, trust, clock.now())
    if (!receipt.ok) return { kind: 'later', said: `receipt ${receipt.problems[0].code}` }
    const { envelope } = receipt.value
    if (envelope.content !== 'notice' || envelope.notice.kind !== 'receive')
      return { kind: 'later', said: 'the answer is no receive notice' }
    const { about, from, to } = envelope.notice
    const sent = reopenEnvelope(store.envelope(item.messageId), item.digest)
    const letter = sent.ok && sent.value.content === 'letter' ? sent.value.letter : undefined
    const addressed = letter?.to.offices.includes(from) === true && to === letter.from.office
    return addressed && about.messageId === item.messageId && about.digest === item.digest
      ? { kind: 'taken', said: envelope.messageId }
      : { kind: 'later', said: 'the receipt is for another letter' }
  }

  return {
    async post(item, signal) {
      const envelope = store.envelope(item.messageId)
      const parts: OutgoingPart[] = item.attachments.map((one) => ({
        ...one,
        open: () => store.openAttachment(one.sha256),
      }))
      const boundary = `part-${Buffer.from(options.random(12)).toString('hex')}`
      try {
        const answer = await request(new URL('/v1/envelopes', options.url), {
          method: 'POST',
          dispatcher: agent,
          signal,
          headers: { 'content-type': parts.length === 0 ? 'application/xml' : relatedType(boundary) },
          body: parts.length === 0 ? envelope : Readable.from(writeRelated(envelope, parts, boundary)),
        })
        const body = Buffer.from(await answer.body.arrayBuffer())
        const said = `${answer.statusCode} ${printable(body.toString('utf8'), 300)}`
        if (answer.statusCode === 200 || answer.statusCode === 409)
          return judgeReceipt(item, String(answer.headers['content-type'] ?? ''), body, said)
        if (answer.statusCode === 429 || answer.statusCode >= 500)
          return { kind: 'later', said, ...retryAfter(answer.headers['retry-after']) }
        return { kind: 'refused', said }
      } catch (error) {
        return { kind: 'later', said: error instanceof Error ? error.message : String(error) }
      }
    },
    close: () => agent.close(),
  }
}

const isType = (header: string, type: string): boolean => header.split(';')[0]?.trim().toLowerCase() === type

/** `{ "messageId": …, "state": "taken" | "known" }`, of this envelope. */
function saysItHas(type: string, body: Buffer, messageId: string): boolean {
  if (!isType(type, 'application/json')) return false
  try {
    const { messageId: named, state } = Object(JSON.parse(body.toString('utf8'))) as Record<string, unknown>
    return named === messageId && (state === 'taken' || state === 'known')
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Retry-After in seconds (RFC 9110, section 10.2.3), within an hour; a date is not waited for. */
function retryAfter(header: string | string[] | undefined): { retryAfter?: number } {
  const seconds = Number(header)
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfter: Math.min(seconds, 3_600) * 1_000 } : {}
}
