// What adapters' tests stand on: a clock that the test moves, and a gateway small enough to see through, which reads what
// it is offered with the adapter itself, keeps bytes in memory and answers as the contract says.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { createAdapter } from '../../src/adapters/adapter.ts'
import type {
  Adapter,
  AdapterVerbs,
  Item,
  Marks,
  Outcome,
  Parcel,
  Source,
  Taken,
} from '../../src/adapters/contract.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import type { Envelope } from '../../src/envelope/envelope.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { Notice } from '../../src/letter/notice.ts'
import type { Clock } from '../../src/letter/time.ts'
import { mustBe, office } from '../letter/arbitrary.ts'
import { messageIdOf } from './message-ids.ts'

export const start = Date.UTC(2026, 10, 23, 3, 15)

/** A clock that stands still until `pass` is called; what is due then runs in order. */
export class TestClock implements Clock {
  #elapsed = 0
  /** What the clock on the wall shows when nothing has passed. */
  #zero = start
  /** In elapsed time, as the timers of a machine. */
  #due: { at: number; act: () => void }[] = []

  now(): number {
    return this.#zero + this.#elapsed
  }

  elapsed(): number {
    return this.#elapsed
  }

  schedule(at: number, act: () => void): () => void {
    if (at < start - 1e9) throw new Error('an instant is expected, not elapsed time: it would be due at once')
    const entry = { at: at - this.#zero, act }
    this.#due.push(entry)
    return () => {
      this.#due = this.#due.filter((each) => each !== entry)
    }
  }

  /** Lets `milliseconds` pass at once. */
  pass(milliseconds: number): void {
    this.#elapsed += milliseconds
    const due = this.#due.filter(({ at }) => at <= this.#elapsed)
    this.#due = this.#due.filter(({ at }) => at > this.#elapsed)
    for (const { act } of due) act()
  }

  /** Sets the clock on the wall forward or back: no time passes. */
  step(milliseconds: number): void {
    this.#zero += milliseconds
  }

  /** Moves the clock and runs nothing, as a night does while nothing runs. */
  skip(milliseconds: number): void {
    this.#elapsed += milliseconds
  }

  /** Milliseconds until something is due. */
  get next(): number {
    return Math.min(...this.#due.map(({ at }) => at)) - this.#elapsed
  }

  get waiting(): number {
    return this.#due.length
  }
}

export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

/** A gateway's side of the contract, with everything it was told. */
export class TestGateway {
  readonly clock = new TestClock()
  /** Which installation it is, where that matters. */
  installation: string | undefined
  /** What it remembers of places together with other gateways, where that matters. */
  marks: Marks | undefined
  readonly offered: Source[] = []
  readonly items: Item[] = []
  readonly reports: { event: string; facts: Readonly<Record<string, string | number>> }[] = []
  readonly kept = new Map<string, Buffer>()
  readonly queue: Parcel[] = []
  readonly settled: { id: string; outcome: Outcome }[] = []
  /** The call of `take` or `keep` that fails, counted from 1; `calls` counts them. */
  failing: number | undefined
  calls = 0
  /** What `take` does instead of answering. */
  broken: (() => void) | undefined
  /** The answer to letters and notices; by default taken. */
  answer: ((item: Item) => Taken) | undefined

  #called(): void {
    this.calls += 1
    if (this.calls === this.failing) throw Object.assign(new Error('the disk failed'), { code: 'EIO' })
  }

  verbs(adapter: Adapter): AdapterVerbs {
    return {
      clock: this.clock,
      ...(this.installation !== undefined && { installation: this.installation }),
      ...(this.marks && { marks: this.marks }),
      take: async (source) => {
        this.#called()
        this.broken?.()
        this.offered.push({ ...source, beside: new Map(source.beside) })
        const open = (sha256: string) => Readable.from([this.kept.get(sha256) ?? Buffer.alloc(0)])
        const items = await adapter.read({ ...source, open })
        this.items.push(...items)
        return items.map((item) => this.answer?.(item) ?? answered(item, source))
      },
      keep: async (bytes, limit) => {
        this.#called()
        const chunks: Buffer[] = []
        let size = 0
        for await (const chunk of bytes as AsyncIterable<Buffer>) {
          size += chunk.length
          if (size > limit) throw new TooLarge(`more than ${limit} bytes`)
          chunks.push(chunk)
        }
        const whole = Buffer.concat(chunks)
        const sha256 = createHash('sha256').update(whole).digest('hex')
        this.kept.set(sha256, whole)
        return { sha256, size }
      },
      head: async () => this.queue[0],
      settle: async (id, outcome) => {
        if (this.queue[0]?.id !== id) return false
        this.queue.shift()
        this.settled.push({ id, outcome })
        return true
      },
      show: async () => true,
      find: async () => [],
      report: (event, facts) => {
        this.reports.push({ event, facts })
      },
    }
  }
}

/** What the journal remembers of places, for several gateways and for one that is started again. */
export function sharedMarks(): Marks {
  const known = new Map<string, string>()
  return {
    known: async (place) => known.get(place),
    become: async (place, mark, before) => {
      if (known.get(place) === before) known.set(place, mark)
      return known.get(place) ?? mark
    },
  }
}

function answered(item: Item, source: Source): Taken {
  const { position } = item
  if (item.kind === 'waiting') return item
  if (item.kind === 'fault')
    return source.sender === 'waits'
      ? { kind: 'refused', position, problems: item.problems }
      : { kind: 'quarantined', position, problems: item.problems }
  return { kind: 'taken', position, messageId: messageIdOf(1) }
}

/** A shipped profile. */
export const shipped = (name: string): Profile =>
  mustBe(
    readProfile(
      readFileSync(new URL(`../../profiles/${name}.yaml`, import.meta.url), 'utf8'),
      `${name}.yaml`,
    ),
  )

export const adapterOf = (
  profile: Profile,
  clock: Clock,
  environment: Readonly<Record<string, string>>,
  folder = '/nowhere',
): Adapter => mustBe(createAdapter(profile, { environment, folder, clock }))

/** A parcel for an office; its attachments' bytes are those of `contents`, by digest. */
export function parcelOf(
  content: { letter: Letter } | { notice: Notice },
  id: string,
  to: string,
  contents: ReadonlyMap<string, Buffer> = new Map(),
): Parcel {
  const common = { messageId: messageIdOf(7), createdAt: start }
  const envelope: Envelope =
    'letter' in content
      ? { ...common, content: 'letter', letter: content.letter }
      : { ...common, content: 'notice', notice: content.notice }
  return {
    id,
    attempt: 1,
    office: office(to),
    envelope,
    sealed: { bytes: Buffer.from('<env:Envelope/>'), digest: '0'.repeat(64) },
    open: (sha256) => Readable.from([contents.get(sha256) ?? Buffer.alloc(0)]),
  }
}
