// /v1/events: the journal's diary as a feed. Whoever goes on from `next` gets every event once, whatever happens between.
import { Readable } from 'node:stream'
import { printInstant } from '../../../letter/time.ts'
import { type Problem, problem } from '../../../problem/problem.ts'
import type { Reader } from '../../journal/database.ts'
import { EventFeed, type FeedEvent, isPassed, lastEvent } from '../../journal/feed.ts'
import { aboutMessage } from '../../journal/lists.ts'
import { secrecyOfPlace } from '../../journal/quarantine.ts'
import { secreciesOfSource } from '../../journal/sources.ts'
import { type Answered, type Call, json, numberAt, type Operation, textAt } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { type FeedPlace, FeedPlaces, placePattern } from './place.ts'
import { concerns, type Grant, readsText, seesLetter } from './roles.ts'
import { limit, listOf, object, ref } from './schemas.ts'

/** Requests that wait, or follow, at one time, and how often each looks, in milliseconds. */
const mostWaiting = 64
const looksEvery = 1_000

/** While nothing happens a follower is told so every so many milliseconds: well within what the server bears of silence. */
const heartbeat = 15_000

/** Events that are read for a follower at once: so much of what it does not take is held. */
const together = 100

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
        'Ask again with after=next: no event is left out and none comes twice. Events that are not for you are passed over, so that a page may be empty. With Accept: text/event-stream they come as they happen (server-sent events), from after, or from behind Last-Event-ID.',
      query: {
        after: {
          anyOf: [{ type: 'string', pattern: placePattern }, { const: 'end' }],
          description:
            'The next of the page before, whole: where another event stands there now (the journal was put back from a copy) it is refused. A number alone is taken as it is. end: only where the feed ends now. Left out: from the beginning.',
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
        next: { type: 'string', pattern: placePattern, description: 'after of the next request.' },
      }),
      follows: true,
      handle: (call) => (call.follows ? feed.follow(call) : feed.answer(call)),
    },
  ]
}

class Feed {
  readonly #parts: ApiParts
  readonly #events: EventFeed
  readonly #places: FeedPlaces
  #waiting = 0

  constructor(parts: ApiParts) {
    this.#parts = parts
    this.#events = new EventFeed(parts.database, parts.clock)
    this.#places = new FeedPlaces(parts.database.committed, parts.cursors)
  }

  async answer(call: Call): Promise<Answered> {
    const { clock } = this.#parts
    const { query } = call
    const wait = numberAt(query, 'wait', 0) * 1_000
    const until = clock.elapsed() + wait
    const from = await this.#from(call)
    if ('kind' in from) return from
    let after = from
    if (query['after'] === 'end' && wait === 0) return json({ items: [], next: after.said })
    for (;;) {
      const events = await this.#events.after(after.seq, numberAt(query, 'limit', 50))
      const items = await this.#seen(call.grant, events)
      after = this.#behind(events, after)
      if (items.length > 0 || clock.elapsed() >= until || !call.here())
        return json({ items: items.map(eventView), next: after.said })
      // More may be there already behind what was passed over.
      if (events.length === 0) {
        if (this.#waiting >= mostWaiting) return busy('query.wait')
        this.#waiting += 1
        await call.pause(looksEvery)
        this.#waiting -= 1
      }
    }
  }

  /** Every event from a place on, as it happens, until one of the two ends it. */
  async follow(call: Call): Promise<Answered> {
    if (this.#waiting >= mostWaiting) return busy('request')
    const from = await this.#from(call)
    if ('kind' in from) return from
    this.#waiting += 1
    // Pieces are made when they are taken: whoever reads slowly holds one of them, and no more.
    const stream = Readable.from(this.#pieces(call, from), { objectMode: false, highWaterMark: 1 })
    stream.once('close', () => {
      this.#waiting -= 1
    })
    return { kind: 'stream', type: 'text/event-stream', headers: { 'x-accel-buffering': 'no' }, stream }
  }

  /** Server-sent events (HTML, section 9.2). An id without data moves only the place from which whoever comes again goes on. */
  async *#pieces(call: Call, from: FeedPlace): AsyncGenerator<string> {
    const { clock } = this.#parts
    let after = from
    let told = clock.elapsed()
    yield `retry: 2000\nid: ${after.said}\n\n`
    while (call.here()) {
      const events = await this.#events.after(after.seq, together)
      const items = await this.#seen(call.grant, events)
      after = this.#behind(events, after)
      if (items.length > 0 || clock.elapsed() - told >= heartbeat) {
        const pieces = items.map((event) => pieceOf(event, this.#places.of(event)))
        yield `${pieces.join('')}id: ${after.said}\n\n`
        told = clock.elapsed()
      }
      if (events.length === 0) await call.pause(looksEvery)
    }
  }

  /** The place behind some events; of none, the one before. */
  #behind(events: readonly FeedEvent[], before: FeedPlace): FeedPlace {
    const last = events.at(-1)
    return last === undefined ? before : this.#places.of(last)
  }

  /** Where a request begins, or why it cannot. */
  async #from({ query, follows, lastEventId }: Call): Promise<FeedPlace | Answered> {
    const resumes = follows && lastEventId !== undefined
    if (resumes && !new RegExp(placePattern).test(lastEventId))
      return wrong(
        problem('api.request.wrong', 'header.last-event-id', undefined, { expected: 'an id of this feed' }),
      )
    const said = resumes ? lastEventId : (textAt(query, 'after') ?? '0')
    if (said === 'end') return this.#places.at(await this.#events.end())
    const last = await lastEvent(this.#parts.database.committed)
    const place = await this.#places.read(said)
    // A journal that was put back from a copy has fewer, or others: who went on from there would miss what comes.
    if (place === undefined || place.seq > last)
      return wrong(
        problem('api.events.beyond', resumes ? 'header.last-event-id' : 'query.after', said, { last }),
      )
    return place
  }

  /** The events that a grant may see: of its offices, and of secret letters only if it sees those. */
  async #seen(grant: Grant, events: readonly FeedEvent[]): Promise<readonly FeedEvent[]> {
    const seen: FeedEvent[] = []
    for (const event of events) {
      const shown = isPassed(event) ? undefined : await this.#shown(grant, event)
      if (shown !== undefined) seen.push(shown)
    }
    return seen
  }

  /** As much of an event as a grant may see; undefined: nothing of it. */
  async #shown(grant: Grant, event: FeedEvent): Promise<FeedEvent | undefined> {
    const { messageId, office } = event
    const { committed } = this.#parts.database
    if (messageId === null) {
      const secrecies = await secreciesOf(committed, event)
      if (!concerns(grant, office) || !secrecies.every((each) => each === null || seesLetter(grant, each)))
        return undefined
      return isReadable(grant, event, secrecies) ? event : withoutWords(event)
    }
    const letter = await aboutMessage(committed, messageId)
    // Of a message that is not here nobody knows how secret it is.
    const secrecy = letter?.secrecy ?? 'unknown'
    if (!concerns(grant, office, letter?.sender ?? null) || !seesLetter(grant, secrecy)) return undefined
    return readsText(grant, secrecy) ? event : withoutWords(event)
  }
}

/**
 * How secret what an event of a source is about may be; null: nobody could read it. An event of a place tells as much as the place: where
 * that is hidden, it is hidden too.
 */
async function secreciesOf(
  reader: Reader,
  { sourceId, facts }: FeedEvent,
): Promise<readonly (string | null)[]> {
  const { quarantine, position } = facts
  if (quarantine !== undefined) return [secrecyOr(await secrecyOfPlace(reader, { id: String(quarantine) }))]
  if (sourceId === null) return []
  if (position === undefined) {
    const found = await secreciesOfSource(reader, sourceId)
    // It is told before what stands in it is taken.
    return found.length > 0 ? found : ['unknown']
  }
  return [secrecyOr(await secrecyOfPlace(reader, { sourceId, position: String(position) }))]
}

/** Of a place that is gone nobody knows how secret it was. */
const secrecyOr = (found: string | null | undefined): string | null =>
  found === undefined ? 'unknown' : found

/** What was ordered may be about a secret letter that the event does not name. */
const isReadable = (
  grant: Grant,
  { name, facts }: FeedEvent,
  secrecies: readonly (string | null)[],
): boolean =>
  name === 'order.given' ? facts['by'] === grant.name : secrecies.every((each) => readsText(grant, each))

const wrong = (found: Problem): Answered => ({ kind: 'problems', problems: [found] })

const busy = (path: string): Answered => wrong(problem('api.busy', path))

const pieceOf = (event: FeedEvent, { said }: FeedPlace): string =>
  `id: ${said}\nevent: ${event.name}\ndata: ${JSON.stringify(eventView(event))}\n\n`

/** Why a person ordered something of a letter may say what stands in it. */
function withoutWords(event: FeedEvent): FeedEvent {
  const { why: _why, ...facts } = event.facts
  return { ...event, facts }
}

const eventView = ({ seq, at, name, messageId, office, facts }: FeedEvent) => ({
  ...{ seq, at: printInstant(at), name, messageId, office, facts },
})
