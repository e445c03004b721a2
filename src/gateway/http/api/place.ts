// A place in the feed of events, as it is told: an event's number, and a mark of the event. A journal that was put back from a copy gives
// the numbers behind it again, to other events.
import type { Reader } from '../../journal/database.ts'
import { eventAt, type FeedEvent } from '../../journal/feed.ts'
import type { Cursors } from './cursor.ts'

export interface FeedPlace {
  readonly seq: number
  /** As it is told. */
  readonly said: string
}

/** A place, or a number alone, which nobody can judge. */
export const placePattern = '^[0-9]{1,15}(-[0-9a-f]{12})?$'

export class FeedPlaces {
  readonly #committed: Reader
  readonly #cursors: Cursors

  constructor(committed: Reader, cursors: Cursors) {
    this.#committed = committed
    this.#cursors = cursors
  }

  /** The place of an event. */
  of({ seq, at, name, messageId }: FeedEvent): FeedPlace {
    return { seq, said: `${seq}-${this.#cursors.markOf([seq, at, name, messageId])}` }
  }

  /** The place at a number; where no event is, the number alone. */
  async at(seq: number): Promise<FeedPlace> {
    const event = await eventAt(this.#committed, seq)
    return event === undefined ? { seq, said: String(seq) } : this.of(event)
  }

  /** The place that was told as this (`placePattern`); undefined: another event stands there. Of one that is gone nobody can tell. */
  async read(said: string): Promise<FeedPlace | undefined> {
    const [seq = '', mark] = said.split('-')
    const now = await this.at(Number(seq))
    if (mark === undefined) return now
    return now.said === said || !now.said.includes('-') ? { seq: now.seq, said } : undefined
  }
}
