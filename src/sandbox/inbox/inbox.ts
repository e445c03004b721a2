// The ministry's central inbox: registers letters, answers with notices, sends letters and circulars. It knows the gateway
// only from outside: its own HTTPS door, and the gateway's `POST /v1/envelopes`.
import { join } from 'node:path'
import type { Signer, Trust } from '../../envelope/envelope.ts'
import { seal } from '../../envelope/seal.ts'
import { reopenEnvelope, type VerifiedEnvelope } from '../../envelope/verify.ts'
import type { Letter } from '../../letter/letter.ts'
import type { OfficeId } from '../../letter/offices.ts'
import { type Clock, type MessageId, newMessageId, printInstant, type Random } from '../../letter/time.ts'
import { openOutbox } from '../outbox.ts'
import { openStore, type Store } from '../store.ts'
import { type Faults, faultSwitches } from './faults.ts'
import { aboutEnvelope, sealNotice } from './notices.ts'
import { gatewayDoor, type Outgoing, type TlsIdentity } from './post.ts'
import { type InboxEntry, openRegister } from './register.ts'
import { openInboxServer } from './server.ts'
import { senderOf, takeEnvelope } from './take.ts'

export interface InboxSettings {
  /** Its own folder: ledger, envelopes, attachments, outbox. */
  readonly folder: string
  readonly signer: Signer
  readonly trust: Trust
  /** What the inbox shows to those who call it. */
  readonly server: TlsIdentity
  /** What the inbox shows to the gateway: a certificate that is registered for its office. */
  readonly client: TlsIdentity
  /** The gateway's origin, `https://localhost:…`. */
  readonly gateway: string
  /** On the loopback; 0 for any free port. */
  readonly port: number
  /** How long a letter lies in the inbox before it is accepted, in milliseconds. */
  readonly acceptDelay: number
  readonly clock: Clock
  readonly random: Random
  /** Told of every entry of the ledger as it is made. */
  readonly watch?: (entry: InboxEntry) => void
}

export interface Inbox {
  readonly port: number
  readonly faults: Faults
  readonly store: Store
  readonly entries: readonly InboxEntry[]
  /** Seals a letter of the ministry and sends it to its offices. Its attachments must be in the store. */
  sendLetter(letter: Letter): MessageId
  /** Tells a letter's sender its receive number again, or another one: what a clerk does after a mistake. */
  acceptAgain(messageId: string, receiveNumber?: string): boolean
  /** How many envelopes still wait to be taken by the gateway. */
  waiting(): number
  close(): Promise<void>
}

/** Opens the inbox; it goes on where it stopped. */
export async function openInbox(settings: InboxSettings): Promise<Inbox> {
  const { folder, signer, trust, clock, random } = settings
  const store = openStore(folder)
  const ledger = openRegister(join(folder, 'ledger.jsonl'))
  const register = {
    ...ledger,
    note(entry: InboxEntry) {
      ledger.note(entry)
      settings.watch?.(entry)
    },
    enter(...letter: Parameters<typeof ledger.enter>) {
      const receiveNumber = ledger.enter(...letter)
      const entry = ledger.entries.at(-1)
      if (entry !== undefined) settings.watch?.(entry)
      return receiveNumber
    },
  }
  const door = gatewayDoor({ url: settings.gateway, tls: settings.client, trust, store, clock, random })
  const outbox = openOutbox<Outgoing>({
    path: join(folder, 'outbox.jsonl'),
    clock,
    send: door.post,
    settled(_id, item, outcome) {
      const entry = outcome.kind === 'taken' ? 'envelope.taken' : 'envelope.returned'
      register.note({ entry, at: now(), messageId: item.messageId, said: outcome.said ?? '' })
    },
  })
  const now = (): string => printInstant(clock.now())

  function sendAccept(
    verified: Spoken,
    to: OfficeId,
    receiveNumber: string,
    id: string,
    times: number,
  ): void {
    const about = aboutEnvelope(verified.envelope, verified.digest)
    const notice = sealNotice({ kind: 'accept', receiveNumber, reason: '' }, about, to, {
      signer,
      clock,
      random,
    })
    store.keepEnvelope(notice.messageId, notice.bytes)
    const item: Outgoing = {
      messageId: notice.messageId,
      digest: notice.digest,
      content: 'notice',
      attachments: [],
    }
    for (let time = 0; time < times; time++) {
      outbox.put(time === 0 ? id : `${id}#${time}`, item, clock.now() + settings.acceptDelay)
    }
  }

  /** A letter in the register whose bytes were verified when it came. */
  function registered(messageId: string): (Spoken & { readonly receiveNumber: string }) | undefined {
    const entry = ledger.taken(messageId)
    if (entry?.receiveNumber === undefined) return undefined
    const envelope = reopenEnvelope(store.envelope(messageId), entry.digest)
    if (!envelope.ok || envelope.value.content !== 'letter') return undefined
    return { envelope: envelope.value, digest: entry.digest, receiveNumber: entry.receiveNumber }
  }

  function acceptAgain(messageId: string, receiveNumber?: string): boolean {
    const found = registered(messageId)
    if (found === undefined || found.envelope.content !== 'letter') return false
    const number = receiveNumber ?? found.receiveNumber
    const id = `accept:${messageId}:${newMessageId(clock, random)}`
    sendAccept(found, found.envelope.letter.from.office, number, id, 1)
    return true
  }

  // A crash between the register and the outbox: the letter has its number, and nobody was told.
  for (const entry of ledger.entries) {
    if (entry.entry !== 'letter.registered' || outbox.knows(`accept:${entry.messageId}`)) continue
    const found = registered(entry.messageId)
    if (found?.envelope.content !== 'letter') continue
    sendAccept(found, found.envelope.letter.from.office, found.receiveNumber, `accept:${entry.messageId}`, 1)
  }

  let follow: (fault: Parameters<typeof server.follow>[0]) => void = () => {}
  const faults = faultSwitches((fault) => follow(fault))
  const taker = {
    signer,
    trust,
    clock,
    random,
    store,
    register,
    registered: (verified: VerifiedEnvelope, receiveNumber: string, times: number) =>
      sendAccept(verified, senderOf(verified), receiveNumber, `accept:${verified.envelope.messageId}`, times),
    disputed(verified: VerifiedEnvelope) {
      if (verified.envelope.content === 'notice') acceptAgain(verified.envelope.notice.about.messageId)
    },
  }
  const server = await openInboxServer({
    port: settings.port,
    tls: settings.server,
    clock,
    faults,
    take: (request, fault) => takeEnvelope(request, fault, taker),
  })
  let following: Promise<void> = Promise.resolve()
  follow = (fault) => {
    following = following.then(() => server.follow(fault))
  }

  return {
    port: server.port,
    faults,
    store,
    entries: ledger.entries,
    sendLetter(letter) {
      const messageId = newMessageId(clock, random)
      const at = clock.now()
      const sealed = seal({ messageId, createdAt: at, content: 'letter', letter }, signer, at)
      store.keepEnvelope(messageId, sealed.bytes)
      const attachments = letter.attachments.map(({ sha256, mediaType }) => ({ sha256, mediaType }))
      const own = [...new Map(attachments.map((one) => [one.sha256, one])).values()]
      register.note({
        entry: 'letter.sent',
        at: now(),
        messageId,
        to: letter.to.offices,
        number: letter.number.printed,
        date: letter.date,
        subject: letter.subject,
      })
      outbox.put(messageId, { messageId, digest: sealed.digest, content: 'letter', attachments: own })
      return messageId
    },
    acceptAgain,
    waiting: () => outbox.waiting().length,
    async close() {
      await following
      await server.close()
      await outbox.close()
      await door.close()
      ledger.close()
    },
  }
}

type Spoken = Pick<VerifiedEnvelope, 'envelope' | 'digest'>
