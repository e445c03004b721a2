// What judges: after each step the journal is held against the model and the peers' ledger, and at the end against what
// everybody should know.
import { strict as assert } from 'node:assert'
import type { Reader } from '../../../src/gateway/journal/database.ts'
import type { DeliveryRow } from '../../../src/gateway/journal/deliveries.ts'
import { lettersOfMessage } from '../../../src/gateway/journal/letters.ts'
import { noticesAbout } from '../../../src/gateway/journal/notices.ts'
import { failedOf } from '../../../src/gateway/journal/open.ts'
import type { Letter } from '../../../src/letter/letter.ts'
import type { OfficeId } from '../../../src/letter/offices.ts'
import type { MessageId } from '../../../src/letter/time.ts'
import { moi } from '../harness.ts'
import { type Happening, possible } from './life.ts'
import type { Peer } from './peers.ts'

export interface Known {
  readonly id: MessageId
  readonly letter: Letter
  readonly digest: string
  /** By recipient. */
  readonly states: Map<OfficeId, string>
}

/** What happened in one step. */
export interface Course {
  readonly happened: { readonly about: MessageId; readonly office: OfficeId; readonly what: Happening }[]
  crashed: boolean
  readonly mayResend: boolean
}

/** What is judged: the offices, and the letters that were acknowledged. */
interface Judged {
  readonly peers: readonly Peer[]
  readonly province: Peer
  readonly neighbour: Peer
  readonly ministry: Peer
  readonly letters: readonly Known[]
}

export class Judge {
  readonly #world: Judged
  readonly #meet: (what: string) => void
  #deliveries = new Map<string, DeliveryRow & { readonly arrivals: number }>()

  constructor(world: Judged, meet: (what: string) => void) {
    this.#world = world
    this.#meet = meet
  }

  async step(reader: Reader, { happened, crashed, mayResend }: Course): Promise<void> {
    const rows = await reader.all<DeliveryRow>(
      'SELECT seq, id, message_id AS "messageId", office, state, lane, attempts FROM deliveries ORDER BY seq',
    )
    const arrivals = new Map<string, number>()
    for (const peer of this.#world.peers)
      for (const { deliveryId } of peer.arrivals)
        arrivals.set(deliveryId, (arrivals.get(deliveryId) ?? 0) + 1)
    const keys = new Set<string>()
    for (const row of rows) {
      assert.ok(!keys.has(`${row.messageId} ${row.office}`), 'one delivery for an envelope and an office')
      keys.add(`${row.messageId} ${row.office}`)
      const before = this.#deliveries.get(row.id)
      const came = arrivals.get(row.id) ?? 0
      const ended = ['taken', 'refused', 'given-up', 'recalled']
      if (before !== undefined && ended.includes(before.state) && before.state !== row.state)
        assert.ok(
          mayResend && (before.state === 'refused' || before.state === 'given-up'),
          `a delivery that was ${before.state} is ${row.state}`,
        )
      if (before !== undefined && ended.includes(before.state) && !mayResend)
        assert.equal(came, before.arrivals, `brought again, though it was ${before.state}`)
      if (row.state === 'given-up' && before?.state !== 'given-up')
        happened.push({ about: row.messageId, office: row.office, what: 'give-up' })
      this.#deliveries.set(row.id, { ...row, arrivals: came })
    }
    for (const known of this.#world.letters) {
      const stored = await lettersOfMessage(reader, known.id)
      for (const [office, state] of known.states) {
        const ofIt = happened
          .filter((each) => each.about === known.id && each.office === office)
          .map(({ what }) => what)
        const found = stored.find(({ recipient }) => recipient === office)?.state ?? 'not there'
        const may = possible(state, ofIt, crashed)
        if (!may.has(found))
          assert.fail(`${state}, ${ofIt.join(', ')}: expected ${[...may].join(' or ')}, found ${found}`)
        if (found !== state) this.#meet(found)
        known.states.set(office, found)
      }
    }
    this.#ledger()
  }

  /** What arrived: under ids that were acknowledged only, and each number's content once while it stands. */
  #ledger(): void {
    const acknowledged = new Set<string>(this.#world.letters.map(({ id }) => id))
    for (const peer of [this.#world.neighbour, this.#world.ministry])
      for (const arrival of peer.has.values())
        if (arrival.content === 'letter')
          assert.ok(acknowledged.has(arrival.messageId), 'arrived, and never acknowledged')
    for (const one of this.#world.letters)
      for (const other of this.#world.letters) {
        if (one === other || one.letter.number.normalized !== other.letter.number.normalized) continue
        for (const [office, state] of one.states)
          assert.ok(
            state === 'recalled' || (other.states.get(office) ?? 'recalled') === 'recalled',
            `two letters stand under one number at ${office}`,
          )
      }
  }

  /** All is well again: nothing is open, and everybody knows what is. */
  async end(reader: Reader): Promise<void> {
    for (const { state, office } of this.#deliveries.values())
      assert.ok(!['due', 'claimed', 'sending', 'unknown'].includes(state), `still ${state} to ${office}`)
    for (const known of this.#world.letters)
      for (const [office, state] of known.states) await this.#endOf(reader, known, office, state)
  }

  async #endOf(reader: Reader, { id }: Known, office: OfficeId, state: string): Promise<void> {
    const peer = office === moi ? this.#world.ministry : this.#world.neighbour
    const failed = await failedOf(reader, id, office)
    if (state === 'delivered' || state === 'registered')
      assert.ok(peer.has.has(id), `${state}, and not there`)
    if (state === 'given-up')
      assert.ok(
        failed.some(({ content }) => content === 'letter'),
        'given up, and nobody is told',
      )
    // What the sender was told of it is what was said, in order; what could not be brought is listed, or was overtaken.
    const said = (await noticesAbout(reader, id)).filter(({ sender }) => sender === office)
    const told = said.filter(({ messageId }) =>
      [...this.#deliveries.values()].some((each) => each.messageId === messageId && each.state === 'taken'),
    )
    const heard = [...this.#world.province.has.values()].filter(
      (each) => each.sender === office && each.about.messageId === id,
    )
    for (const { kind, messageId } of told)
      assert.ok(
        heard.some((each) => each.messageId === messageId),
        `${kind} counts as told, and was not`,
      )
    for (const { content, messageId } of heard)
      assert.ok(
        said.some((each) => each.messageId === messageId),
        `its sender was told ${content}, which nobody said`,
      )
    if (failed.some(({ content }) => content !== 'letter') || state === 'recalled' || state === 'given-up')
      return
    const last = heard.at(-1)
    const disputed = (await noticesAbout(reader, id)).some(
      ({ kind, recipient }) => kind === 'dispute' && recipient === office,
    )
    if (state === 'registered') {
      const row = (await lettersOfMessage(reader, id)).find(({ recipient }) => recipient === office)
      const numbers = heard.filter(({ content }) => content === 'accept')
      assert.equal(numbers.at(-1)?.receiveNumber, row?.receiveNumber, 'the sender has the number')
    }
    if (state === 'refused' || state === 'wrong')
      assert.ok(
        heard.some(({ content }) => content === 'reject' || content === 'invalid'),
        `${state}, untold`,
      )
    if (state === 'delivered' && !disputed)
      assert.ok(
        last?.content !== 'reject' && last?.content !== 'invalid',
        `delivered, and its sender was last told ${last?.content}`,
      )
  }
}
