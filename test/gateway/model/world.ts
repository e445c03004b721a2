// A gateway with three offices beside it: one that writes letters, two that are written to, of which one seals by itself. It can
// die at any write, and is opened again over the same journal. What happens in a step is written down for the judge.
import { strict as assert } from 'node:assert'
import type { Item, Source, Taken } from '../../../src/adapters/contract.ts'
import { resend } from '../../../src/gateway/delivery/resend.ts'
import { take } from '../../../src/gateway/intake/intake.ts'
import { deliveryInLane } from '../../../src/gateway/journal/deliveries.ts'
import { envelopeById } from '../../../src/gateway/journal/envelopes.ts'
import { lettersOfMessage } from '../../../src/gateway/journal/letters.ts'
import { noticesAbout } from '../../../src/gateway/journal/notices.ts'
import type { NoticeKind } from '../../../src/letter/notice.ts'
import { readLetterNumber } from '../../../src/letter/numbers.ts'
import type { OfficeId } from '../../../src/letter/offices.ts'
import type { MessageId } from '../../../src/letter/time.ts'
import { mustBe } from '../../letter/arbitrary.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  letterItem,
  moi,
  openGateway,
  plainLetter,
  source,
  systemOf,
  type TestGateway,
  type TestTrust,
} from '../harness.ts'
import { type Course, Judge, type Known } from './judge.ts'
import type { Happening } from './life.ts'
import { type Mode, Peer } from './peers.ts'
import { Mortal } from './process.ts'

export const recipients = [[chiangRai], [moi], [chiangRai, moi]] as const
const minute = 60_000

export interface Offer {
  readonly number: number
  readonly content: number
  /** Index into `recipients`. */
  readonly to: number
  readonly how: 'export' | 'waits'
  readonly urgent: boolean
}

interface Handover {
  readonly offer: Offer
  readonly name: string
  taken?: MessageId
}

export class World {
  readonly clock = new HandClock()
  readonly province: Peer
  readonly neighbour: Peer
  readonly ministry: Peer
  readonly letters: Known[] = []
  readonly handovers: Handover[] = []
  /** How often each fault and state was met: a test that never meets one proves nothing of it. */
  readonly met = new Map<string, number>()
  readonly #trust: TestTrust
  readonly #folder: string
  #process = new Mortal()
  #gateway: TestGateway | undefined
  readonly #judge = new Judge(this, (what) => this.#meet(what))
  #course: Course = { happened: [], crashed: false, mayResend: false }
  #count = 0
  #latest = 0
  #sealed: { readonly peer: Peer; readonly bytes: Buffer }[] = []

  constructor(folder: string, trust: TestTrust) {
    this.#folder = folder
    this.#trust = trust
    this.province = new Peer(chiangMai, trust, this.clock, false)
    this.neighbour = new Peer(chiangRai, trust, this.clock, false)
    this.ministry = new Peer(moi, trust, this.clock, true)
    for (const peer of this.peers) peer.watch = (arrival) => this.#watch(arrival)
  }

  get peers(): readonly Peer[] {
    return [this.province, this.neighbour, this.ministry]
  }

  get #desk() {
    if (this.#gateway === undefined) throw new Error('not open')
    return this.#gateway.desk
  }

  async open(): Promise<void> {
    this.#process = new Mortal()
    const adapters = this.peers.map(({ adapter }) => adapter)
    this.#gateway = await openGateway(
      ...([this.#folder, this.#trust, adapters, this.clock, this.#process.through] as const),
    )
    await this.#gateway.dispatch.start()
  }

  async close(): Promise<void> {
    this.#process.die()
    this.clock.busy = () => false
    await this.clock.advance(1)
    this.clock.forget()
    await this.#gateway?.desk.database.close()
  }

  async #reopen(): Promise<void> {
    await this.close()
    await this.open()
  }

  /** Does one step, lets everything come to rest, and judges. */
  async step(act: () => Promise<void>, mayResend = false): Promise<void> {
    this.#course = { happened: [], crashed: false, mayResend }
    await act()
    await this.#rest(1_000)
    // Where the process waits for a crash that did not come, it goes on.
    await this.#judge.step(this.#process.committed, this.#course)
    assert.deepEqual(this.#gateway?.failures, [])
  }

  async #rest(milliseconds: number): Promise<void> {
    const process = this.#process
    void process.died.then(() => {
      this.clock.busy = () => false
    })
    await this.clock.advance(milliseconds)
    if (!this.#process.isDead) return
    this.#course.crashed = true
    this.#meet('crash')
    await this.#reopen()
    await this.clock.advance(1_000)
  }

  /** What a process that died did not answer is asked again. */
  async #asked<Value>(ask: () => Promise<Value>): Promise<Value> {
    for (;;) {
      const process = this.#process
      const answer = await Promise.race([ask(), process.died])
      if (answer !== 'died') return answer as Value
      await this.#rest(0)
    }
  }

  #meet(what: string): void {
    this.met.set(what, (this.met.get(what) ?? 0) + 1)
  }

  dieAt(write: number, commits: boolean): void {
    if (write === 0) this.#process.die()
    else this.#process.dieAt(write, commits)
  }

  pass = (milliseconds: number): Promise<void> => this.#rest(milliseconds)

  /** The clock is set, back by less than what a signer's may be ahead. */
  jump = async (milliseconds: number): Promise<void> => {
    this.#latest = Math.max(this.#latest, this.clock.now())
    if (this.clock.now() + milliseconds > this.#latest - 5 * minute) this.clock.jump(milliseconds)
  }

  setMode = async (peer: Peer, mode: Mode): Promise<void> => {
    peer.mode = mode
  }

  /** A letter under a handing-over of its own. */
  send = (offer: Offer): Promise<void> => {
    const handover: Handover = { offer, name: `handover ${this.#count++}` }
    this.handovers.push(handover)
    return this.offerAgain(handover)
  }

  /** The same handing-over once more, as a system that was not answered does. */
  offerAgain = async (handover: Handover): Promise<void> => {
    const { number, content, to, how, urgent } = handover.offer
    const letter = plainLetter({
      number: mustBe(readLetterNumber(`ชม 0017.1/${number}`)).number,
      subject: `เรื่องที่ ${content}`,
      to: { ...plainLetter().to, offices: [...(recipients[to] ?? [moi])] },
      circular: (recipients[to]?.length ?? 0) > 1,
      urgency: urgent ? 'most-urgent' : 'ordinary',
    })
    const before = new Map(this.letters.map((each) => [each.id, new Map(each.states)]))
    const offered = how === 'waits' ? ({ sender: 'waits' } as const) : { handover: handover.name }
    const became = await this.#offer(this.province, letterItem(letter), handover.name, offered)
    this.#meet(`offered: ${became.kind}`)
    let fresh = became.kind === 'taken'
    const sameHandover = how === 'export' && handover.taken !== undefined
    const live = (office: OfficeId) =>
      this.letters
        .filter((each) => each.letter.number.normalized === letter.number.normalized)
        .map((each) => ({ each, state: before.get(each.id)?.get(office) }))
        .find(({ state }) => state !== undefined && state !== 'recalled')
    const same = ({ each }: { each: Known }) =>
      each.letter.subject === letter.subject &&
      each.letter.urgency === letter.urgency &&
      each.letter.to.offices.length === letter.to.offices.length
    if (became.kind === 'taken' || became.kind === 'known') {
      const { messageId } = became
      if (how === 'export' && handover.taken !== undefined)
        assert.equal(messageId, handover.taken, 'one handing-over has one message id')
      if (became.kind === 'taken') handover.taken = messageId
      // Whoever was not heard before the process died is known when he asks again.
      if (await this.#learn(messageId)) fresh = true
    }
    for (const office of letter.to.offices) {
      const stood = live(office)
      if (stood === undefined) continue
      const ended = stood.state === 'refused' || stood.state === 'wrong'
      if (fresh && !same(stood)) {
        assert.ok(ended || this.#course.crashed, `a letter that is ${stood.state} at ${office} was overtaken`)
        this.#happen(stood.each.id, office, 'recall')
        this.#meet('correction')
      }
      if (became.kind !== 'quarantined' && became.kind !== 'refused' && stood.state === 'given-up')
        if (same(stood) && !sameHandover) this.#happen(stood.each.id, office, 'resend')
    }
  }

  async #learn(id: MessageId): Promise<boolean> {
    if (this.letters.some((each) => each.id === id)) return false
    const reader = this.#process.committed
    const rows = await lettersOfMessage(reader, id)
    const row = await envelopeById(reader, id)
    const handover = this.handovers.at(-1)
    if (row === undefined || handover === undefined) throw new Error(`${id} is not there`)
    const { reopenEnvelope } = await import('../../../src/envelope/verify.ts')
    const envelope = mustBe(reopenEnvelope(row.bytes, row.digest))
    if (envelope.content !== 'letter') throw new Error(`${id} is no letter`)
    const states = new Map(rows.map(({ recipient }) => [recipient, 'sealed']))
    this.letters.push({ id, letter: envelope.letter, digest: row.digest, states })
    return true
  }

  async #offer(peer: Peer, item: Item, bytes: string, how: Partial<Source> = {}): Promise<Taken> {
    const offered = { ...source(bytes), ...how }
    const [became] = await this.#asked(() =>
      take(this.#desk, systemOf(peer.adapter), offered, async () => [item]),
    )
    if (became === undefined) throw new Error('nothing became of it')
    return became
  }

  /** A recipient says something of a letter that it has; `twice`: the very same once more. */
  say = async (index: number, kind: NoticeKind, number: number, twice: boolean): Promise<void> => {
    const known = this.letters[index % Math.max(1, this.letters.length)]
    if (known === undefined) return
    for (const peer of [this.neighbour, this.ministry]) {
      if (!known.states.has(peer.office) || !peer.has.has(known.id)) continue
      const receiveNumber = kind === 'accept' ? `${number}/2569` : undefined
      const about = {
        messageId: known.id,
        digest: known.digest,
        number: known.letter.number.printed,
        date: known.letter.date,
        subject: known.letter.subject,
      }
      const first = kind === 'receive' ? peer.receipts.get(known.id) : undefined
      const item = peer.word({ kind, to: chiangMai, about, receiveNumber }, first)
      for (const _ of twice ? [1, 2] : [1]) {
        const became = await this.#offer(peer, item, `${kind} ${this.#count++}`, { document: 'notice' })
        assert.ok(became.kind === 'taken' || became.kind === 'known', JSON.stringify(became))
        this.#meet(`said: ${kind} ${became.kind}`)
        // The very envelope that was heard before says nothing new.
        if (peer.adapter.receipts && became.kind === 'known' && !this.#course.crashed) continue
        this.#happen(known.id, peer.office, kind)
      }
      if (item.kind === 'envelope') this.#sealed.push({ peer, bytes: Buffer.from(item.bytes) })
    }
  }

  /** An envelope that was sent long ago comes again. */
  sayOld = async (index: number): Promise<void> => {
    const old = this.#sealed[index % Math.max(1, this.#sealed.length)]
    if (old === undefined) return
    const { peer, bytes } = old
    const item: Item = { kind: 'envelope', position: 'envelope', bytes, attachments: new Map() }
    const became = await this.#offer(peer, item, `old ${this.#count++}`, { document: 'notice' })
    assert.equal(became.kind, 'known', 'an envelope that came before is known')
  }

  /** The sender says something of its letter. */
  saySender = async (index: number, kind: 'dispute' | 'recall', stale: boolean): Promise<void> => {
    const known = this.letters[index % Math.max(1, this.letters.length)]
    if (known === undefined) return
    const alone = known.states.size === 1
    const number = known.letter.number
    for (const office of known.states.keys()) {
      const rivals = this.letters.filter(
        (each) => each.letter.number.normalized === number.normalized && each.states.has(office),
      )
      if (!alone && rivals.length > 1) continue
      const about = alone ? { messageId: known.id } : { number: number.printed, recipient: office }
      // A number in dispute is the one that it has, or an older one, which changes nothing any more.
      const rows = await lettersOfMessage(this.#process.committed, known.id)
      const current = rows.find(({ recipient }) => recipient === office)?.receiveNumber ?? '9/2569'
      const old = (await noticesAbout(this.#process.committed, known.id)).find(
        (said) => said.kind === 'accept' && said.sender === office && said.receiveNumber !== current,
      )?.receiveNumber
      const receiveNumber = stale ? (old ?? undefined) : current
      if (kind === 'dispute' && receiveNumber === undefined) continue
      const draft = { kind, about, reason: '', ...(kind === 'dispute' && receiveNumber && { receiveNumber }) }
      const item: Item = { kind: 'notice', position: 'notice', draft }
      const became = await this.#offer(this.province, item, `${kind} ${this.#count++}`, {
        document: 'notice',
      })
      assert.ok(became.kind === 'taken' || became.kind === 'known', JSON.stringify(became))
      this.#meet(`said: ${kind} ${became.kind}`)
      if (kind === 'recall' || !stale) this.#happen(known.id, office, kind)
    }
  }

  /** An operator orders that it is brought again. */
  resend = async (index: number): Promise<void> => {
    const known = this.letters[index % Math.max(1, this.letters.length)]
    if (known === undefined) return
    const order = {
      ...{ messageId: known.id, recipients: [...known.states.keys()], by: 'somchai', why: 'test' },
      at: this.clock.now(),
    }
    const resent = await Promise.race([resend(this.#desk.database, order), this.#process.died])
    if (resent === 'died') for (const office of known.states.keys()) this.#happen(known.id, office, 'resend')
    else
      for (const { delivery, content } of resent) {
        this.#meet(`resent: ${content === 'letter' ? 'letter' : 'notice'}`)
        if (content === 'letter') this.#happen(known.id, delivery.office, 'resend')
      }
  }

  #happen(about: MessageId, office: OfficeId, what: Happening): void {
    this.#course.happened.push({ about, office, what })
  }

  async #watch(arrival: Peer['arrivals'][number]): Promise<void> {
    const { office, deliveryId, messageId, content, mode } = arrival
    this.#meet(`answered: ${mode}`)
    const reader = this.#process.committed
    const delivery = await deliveryInLane(reader, deliveryId)
    if (delivery === undefined) throw new Error('brought, and not in the journal')
    if (delivery.isBehind) assert.fail(`${content} to ${office} overtook its lane`)
    if (content !== 'letter') return
    const stood = this.letters.find(({ id }) => id === messageId)?.states.get(office)
    assert.notEqual(stood, 'registered', `what ${office} has registered is brought once more`)
    this.#happen(messageId, office, 'attempted')
    if (mode === 'registered') await this.#register(arrival)
    if (mode === 'taken') this.#happen(messageId, office, 'receive')
    if (mode === 'refused' || mode === 'wrong')
      this.#happen(messageId, office, mode === 'wrong' && office === moi ? 'invalid' : 'reject')
  }

  /** It says the number while the letter is being brought. */
  async #register({ office, messageId, sender, about }: Peer['arrivals'][number]): Promise<void> {
    const peer = office === moi ? this.ministry : this.neighbour
    const item = peer.word({ kind: 'accept', to: sender, about, receiveNumber: '7/2569' })
    const how = { ...source(`crossing ${this.#count++}`), document: 'notice' as const }
    const taking = take(this.#desk, systemOf(peer.adapter), how, async () => [item])
    const became = await Promise.race([taking, this.#process.died])
    if (became !== 'died') this.#meet(`crossing: ${became[0]?.kind}`)
    this.#happen(messageId, office, 'accept')
  }

  /** All is well again: after this nothing may be open, and everybody knows what is. */
  async heal(): Promise<void> {
    await this.step(async () => {
      for (const peer of this.peers) peer.mode = 'taken'
      // A clock that was set back is right again.
      await this.#rest(20 * minute)
    })
    await this.#judge.end(this.#process.committed)
  }
}
