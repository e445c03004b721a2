// The offices beside the gateway in the model test, and the independent ledger of what reached them. Each answers as it is
// told, and behaves as a sound system does: what it registered under a message id it registers once.
import type { Item, Outcome, Parcel } from '../../../src/adapters/contract.ts'
import { deliveryPolicyOf } from '../../../src/adapters/delivery-policy.ts'
import { checkNotice } from '../../../src/letter/check.ts'
import type { AboutLetter, Notice, NoticeKind } from '../../../src/letter/notice.ts'
import type { OfficeId } from '../../../src/letter/offices.ts'
import type { Clock, MessageId } from '../../../src/letter/time.ts'
import { problem } from '../../../src/problem/problem.ts'
import { mustBe } from '../../letter/arbitrary.ts'
import { ScriptedAdapter, sealedBy, type TestTrust } from '../harness.ts'

/**
 * How an office answers. `lost`: nothing arrived · `answer-lost`: it arrived · `registered`: the same, and it says the number before ·
 * `astray`: it answers for another letter.
 */
export const modes = [
  'taken',
  'refused',
  'wrong',
  'unavailable',
  'lost',
  'answer-lost',
  'registered',
  'astray',
] as const
/** What it has then. */
const arrived: readonly Mode[] = ['taken', 'answer-lost', 'registered', 'astray']
export type Mode = (typeof modes)[number]

export interface Arrival {
  readonly office: OfficeId
  readonly deliveryId: string
  readonly messageId: MessageId
  readonly content: 'letter' | NoticeKind
  /** The letter that it is, or speaks of. */
  readonly about: AboutLetter
  readonly sender: OfficeId
  readonly receiveNumber: string | undefined
  readonly mode: Mode
}

export const soon = deliveryPolicyOf({
  retry: { pauses: ['5s', '20s'], every: '1m', giveUpAfter: '10m', giveUpNoticesAfter: '10m' },
})

type Word = Pick<Notice, 'kind' | 'to' | 'about'> & { readonly receiveNumber?: string | undefined }

export class Peer {
  readonly office: OfficeId
  readonly adapter: ScriptedAdapter
  mode: Mode = 'taken'
  /** Everything that came, in order. */
  readonly arrivals: Arrival[] = []
  /** What it has, by message id: the first arrival. */
  readonly has = new Map<MessageId, Arrival>()
  /** Signed answers of an office that seals, by the message id that they are for. */
  readonly receipts = new Map<MessageId, Buffer>()
  /** Told before the answer is given. */
  watch: (arrival: Arrival) => Promise<void> = async () => undefined
  readonly #trust: TestTrust
  readonly #clock: Clock

  constructor(office: OfficeId, trust: TestTrust, clock: Clock, receipts: boolean) {
    this.office = office
    this.#trust = trust
    this.#clock = clock
    this.adapter = new ScriptedAdapter(office, { receipts })
    this.adapter.policy = soon
    this.adapter.answer = (parcel) => this.#answer(parcel)
  }

  async #answer(parcel: Parcel): Promise<Outcome> {
    const { envelope, sealed } = parcel
    const { messageId } = envelope
    const notice = envelope.content === 'notice' ? envelope.notice : undefined
    const letter = envelope.content === 'letter' ? envelope.letter : parcel.about?.letter
    if (letter === undefined) throw new Error('a parcel speaks of a letter')
    const itself = {
      messageId,
      digest: sealed.digest,
      number: letter.number.printed,
      date: letter.date,
      subject: letter.subject,
    }
    // Who has it says so again, unless it cannot be heard.
    const { mode } = this
    const refuses = mode === 'refused' || mode === 'wrong'
    const said: Mode = refuses && this.has.has(messageId) ? 'taken' : mode
    const arrival: Arrival = {
      office: this.office,
      deliveryId: parcel.id,
      messageId,
      content: notice?.kind ?? 'letter',
      about: notice?.about ?? itself,
      sender: notice?.from ?? letter.from.office,
      receiveNumber: notice?.receiveNumber,
      mode: said,
    }
    this.arrivals.push(arrival)
    if (arrived.includes(said) && !this.has.has(messageId)) {
      this.has.set(messageId, arrival)
      if (this.adapter.receipts) this.receipts.set(messageId, this.#say('receive', arrival.sender, itself))
    }
    await this.watch(arrival)
    switch (said) {
      case 'taken':
        return this.#taken(this.receipts.get(messageId))
      case 'astray':
        return this.#taken([...this.receipts].find(([id]) => id !== messageId)?.[1], 'another letter')
      case 'refused':
      case 'wrong': {
        const refusal = problem('delivery.refused', 'x', undefined, { said: '' })
        if (!this.adapter.receipts) return { kind: 'refused', problem: refusal }
        const kind = said === 'refused' ? 'reject' : 'invalid'
        return { kind: 'refused', problem: refusal, reply: this.#say(kind, arrival.sender, itself) }
      }
      case 'unavailable':
        return { kind: 'unavailable', said: 'away' }
      case 'lost':
      case 'answer-lost':
      case 'registered':
        return { kind: 'unknown', said }
      default:
        return said satisfies never
    }
  }

  #taken(reply: Buffer | undefined, otherwise = 'no receipt'): Outcome {
    if (!this.adapter.receipts)
      return otherwise === 'no receipt' ? { kind: 'taken' } : { kind: 'unknown', said: otherwise }
    return reply === undefined ? { kind: 'unknown', said: otherwise } : { kind: 'taken', reply }
  }

  #say(kind: NoticeKind, to: OfficeId, about: AboutLetter): Buffer {
    return this.seal({ kind, to, about })
  }

  /** A word of this office as it is handed over; `bytes`: of an office that seals, where it was sealed before. */
  word({ kind, to, about, receiveNumber }: Word, bytes?: Buffer): Item {
    const numbered = receiveNumber === undefined ? {} : { receiveNumber }
    if (this.adapter.receipts) {
      const sealed = bytes ?? this.seal({ kind, to, about, ...numbered })
      return { kind: 'envelope', position: 'envelope', bytes: sealed, attachments: new Map() }
    }
    const draft = { kind, about: { messageId: about.messageId }, reason: '', ...numbered }
    return { kind: 'notice', position: 'notice', draft }
  }

  /** A notice of an office that seals. */
  seal(said: Word): Buffer {
    const facts = { ...said, from: this.office, at: this.#clock.now(), reason: '' }
    return Buffer.from(
      sealedBy(this.#trust, this.#clock, { notice: mustBe(checkNotice(facts)) }).sealed.bytes,
    )
  }
}
