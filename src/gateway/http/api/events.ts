// /v1/events: the journal's diary as a feed. Whoever goes on from `next` gets every event once, whatever happens between.
import { printInstant } from '../../../letter/time.ts'
import { problem } from '../../../problem/problem.ts'
import { eventsAfter, type FeedEvent, isPassed, lastEvent } from '../../journal/feed.ts'
import { aboutMessage } from '../../journal/lists.ts'
import { type Answered, type Call, json, numberAt, type Operation } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { concerns, type Grant, seesLetter } from './roles.ts'
import { limit, listOf, object, ref } from './schemas.ts'

/** Requests that wait at one time, and how often each looks, in milliseconds. */
const mostWaiting = 64
const looksEvery = 1_000

const seq = { type: 'integer', minimum: 0 }

export function eventOperations(parts: ApiParts): readonly Operation[] {
  const feed = new Feed(parts)
  return [
    {
      id: 'listEvents',
      method: 'GET',
      path: '/v1/events',
      right: 'read events',
      summary: 'What happened, in order',
      description:
        'Ask again with after=next: no event is left out and none comes twice. Events that are not for you are passed over, so that a page may be empty.',
      query: {
        after: {
          anyOf: [seq, { const: 'end' }],
          description:
            'The next of the page before. end: only where the feed ends now. Left out: from the beginning.',
        },
        wait: {
          type: 'integer',
          minimum: 0,
          maximum: 30,
          description: 'Seconds to wait for an event while there is none.',
        },
        limit,
      },
      answer: object({
        items: listOf(ref('Event')),
        next: { ...seq, description: 'after of the next request.' },
      }),
      handle: (call) => feed.answer(call),
    },
  ]
}

class Feed {
  readonly #parts: ApiParts
  #waiting = 0

  constructor(parts: ApiParts) {
    this.#parts = parts
  }

  async answer(call: Call): Promise<Answered> {
    const { database, clock } = this.#parts
    const { query } = call
    if (query['after'] === 'end') return json({ items: [], next: await lastEvent(database.committed) })
    const until = clock.elapsed() + numberAt(query, 'wait', 0) * 1_000
    let after = numberAt(query, 'after', 0)
    // A journal that was put back from a copy has fewer: who went on from there would miss what comes.
    const last = await lastEvent(database.committed)
    if (after > last)
      return {
        kind: 'problems',
        problems: [problem('api.events.beyond', 'query.after', String(after), { last })],
      }
    for (;;) {
      const events = await eventsAfter(database, after, numberAt(query, 'limit', 50), clock.now())
      const items = await this.#seen(call.grant, events)
      after = events.at(-1)?.seq ?? after
      if (items.length > 0 || clock.elapsed() >= until || !call.here())
        return json({ items: items.map(eventView), next: after })
      // More may be there already behind what was passed over.
      if (events.length === 0 && !(await this.#pause()))
        return { kind: 'problems', problems: [problem('api.busy', 'query.wait')] }
    }
  }

  /** False: too many wait already. */
  async #pause(): Promise<boolean> {
    const { clock } = this.#parts
    if (this.#waiting >= mostWaiting) return false
    this.#waiting += 1
    await new Promise<void>((resolve) => void clock.schedule(clock.now() + looksEvery, resolve))
    this.#waiting -= 1
    return true
  }

  /** The events that a grant may see: of its offices, and of secret letters only if it sees those. */
  async #seen(grant: Grant, events: readonly FeedEvent[]): Promise<readonly FeedEvent[]> {
    const seen: FeedEvent[] = []
    for (const event of events) if (!isPassed(event) && (await this.#isSeen(grant, event))) seen.push(event)
    return seen
  }

  async #isSeen(grant: Grant, { messageId, office }: FeedEvent): Promise<boolean> {
    if (messageId === null) return concerns(grant, office)
    const letter = await aboutMessage(this.#parts.database.committed, messageId)
    // Of a message that is not here nobody knows how secret it is.
    return concerns(grant, office, letter?.sender ?? null) && seesLetter(grant, letter?.secrecy ?? 'unknown')
  }
}

const eventView = ({ seq, at, name, messageId, office, facts }: FeedEvent) => ({
  ...{ seq, at: printInstant(at), name, messageId, office, facts },
})
