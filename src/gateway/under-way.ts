// Work that was begun and does not return: a look into a share whose server is gone, a disk that says nothing. Nobody can break it
// off; it is told of, and what only one gateway does another does meanwhile (docs/decisions/0029).
import type { Clock } from '../letter/time.ts'
import type { PresentFacts } from './journal/present.ts'
import { type Begun, Rounds, type Work } from './rounds.ts'

/** What is not heard of for so long hangs: as long as an attempt of a delivery may take. Milliseconds. */
export const longestSilence = 30 * 60_000
/** How often it is looked for what hangs, in milliseconds. */
const every = 15_000

export interface UnderWayParts {
  readonly clock: Clock
  /** Told when it hangs, with its facts, and without them when it has returned. */
  told(subject: string, what: string, facts: PresentFacts | undefined): void
}

interface Piece {
  readonly subject: string
  readonly what: string
  readonly facts: PresentFacts
  /** Elapsed; undefined: it was to end, and nothing but its end counts. */
  heard: number | undefined
  hangs: boolean
}

export class UnderWay {
  readonly #parts: UnderWayParts
  readonly #pieces = new Set<Piece>()

  constructor(parts: UnderWayParts) {
    this.#parts = parts
  }

  /** `subject`: whose it is; `what`: the piece, for each of which there is one at a time. */
  begin(subject: string, what: string, facts: PresentFacts): Begun {
    const { clock } = this.#parts
    const piece: Piece = { subject, what, facts, heard: clock.elapsed(), hangs: false }
    this.#pieces.add(piece)
    return {
      heard: () => {
        piece.heard = clock.elapsed()
      },
      ended: () => this.#ended(piece),
    }
  }

  /** What was broken off and has not returned hangs at once. What it gives is called when it has returned. */
  unreturned(subject: string, what: string, facts: PresentFacts): () => void {
    const piece: Piece = { subject, what, facts, heard: undefined, hangs: false }
    this.#pieces.add(piece)
    this.look()
    return () => this.#ended(piece)
  }

  /** Something of this subject was heard of. */
  heard(subject: string): void {
    for (const piece of this.#pieces)
      if (piece.subject === subject && piece.heard !== undefined) piece.heard = this.#parts.clock.elapsed()
  }

  /** Whether something hangs. */
  hangs(): boolean {
    return [...this.#pieces].some((piece) => piece.hangs)
  }

  /** Tells of what hangs since the last look, and of what was heard of again. */
  look(): void {
    const { clock, told } = this.#parts
    for (const piece of this.#pieces) {
      const hangs = piece.heard === undefined || clock.elapsed() - piece.heard >= longestSilence
      if (hangs === piece.hangs) continue
      piece.hangs = hangs
      if (hangs || !this.#hangsTwice(piece)) told(piece.subject, piece.what, hangs ? piece.facts : undefined)
    }
  }

  /** Looks again and again. */
  watch(failed: (error: unknown) => void): Work {
    const { clock } = this.#parts
    return new Rounds({ clock, every, later: true, failed, once: async () => void this.look() })
  }

  #ended(piece: Piece): void {
    this.#pieces.delete(piece)
    if (piece.hangs && !this.#hangsTwice(piece)) this.#parts.told(piece.subject, piece.what, undefined)
  }

  /** Whether another of the same hangs: a system that was stopped and started while its look hung has two. */
  #hangsTwice({ subject, what }: Piece): boolean {
    return [...this.#pieces].some((each) => each.hangs && each.subject === subject && each.what === what)
  }
}
