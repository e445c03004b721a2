// Where log lines go: what is said in one turn of the event loop leaves in one write. Of a process that is killed from outside the
// lines of its last turn are lost, of one that ends in any other way none. A disk that is full under them, or a pipe that nobody
// reads any more, costs lines and nothing else: they are counted, and the log says so itself when it can be written again.
import { writeSync } from 'node:fs'
import type { DestinationStream } from 'pino'
import type { LogLoss } from './gateway/log-loss.ts'
import { type Clock, type Instant, printInstant, systemClock } from './letter/time.ts'

/** Milliseconds that a reader may let a full pipe stand still before its lines are lost: the letters wait meanwhile. */
const patience = 1_000
/** Milliseconds between two looks at such a pipe. */
const pause = 10
/** Milliseconds after which it is tried again whether lines can be written, also where nothing is said. */
const again = 5_000

interface Away {
  readonly since: Instant
  reason: string
  lost: number
}

/** Writes lines to a file descriptor (1: the standard output), at the end of the turn in which they were said. Never throws. */
export function linesOf(descriptor: number, clock: Clock = systemClock): DestinationStream & LogLoss {
  let lines: string[] = []
  let lost = 0
  let away: Away | undefined
  // Something was cut off in the middle of a line: what comes next begins on a line of its own.
  let torn = false
  let told: (reason: string | undefined) => void = () => undefined

  /** Writes a text; gives the lines that did not get out whole, and why. */
  const put = (text: string): { readonly lost: number; readonly reason: string } | undefined => {
    const bytes = Buffer.from(torn ? `\n${text}` : text, 'utf8')
    let [at, waited] = [0, away === undefined ? 0 : patience]
    while (at < bytes.length) {
      try {
        at += writeSync(descriptor, bytes, at)
        if (away === undefined) waited = 0
      } catch (error) {
        const reason = String((error as NodeJS.ErrnoException).code ?? error)
        if (reason === 'EAGAIN' && waited < patience) {
          Atomics.wait(still, 0, 0, pause)
          waited += pause
          continue
        }
        if (at > 0) torn = bytes[at - 1] !== newline
        return { lost: bytes.subarray(at).filter((byte) => byte === newline).length, reason }
      }
    }
    torn = false
    return undefined
  }

  const fail = (reason: string, count: number): void => {
    lost += count
    if (away === undefined) {
      away = { since: clock.now(), reason, lost: count }
      const look = (): void => {
        flush()
        if (away !== undefined) clock.schedule(clock.now() + again, look)
      }
      clock.schedule(clock.now() + again, look)
    } else {
      away.reason = reason
      away.lost += count
    }
    told(reason)
  }

  const flush = (): void => {
    const said = lines
    lines = []
    if (away !== undefined) {
      const failure = put(lostLine(away, clock.now()))
      if (failure !== undefined) {
        fail(failure.reason, said.length)
        return
      }
      away = undefined
      told(undefined)
    }
    if (said.length === 0) return
    const failure = put(said.join(''))
    if (failure !== undefined) fail(failure.reason, failure.lost)
  }
  process.on('exit', flush)
  return {
    write(line) {
      if (lines.push(line) === 1) setImmediate(flush)
    },
    lost: () => lost,
    watch(tell) {
      told = tell
      if (away !== undefined) tell(away.reason)
      return () => {
        told = () => undefined
      }
    },
  }
}

const newline = 0x0a
/** Nobody ever wakes who waits for it. */
const still = new Int32Array(new SharedArrayBuffer(4))

/** What the log says of the lines that are not in it, as pino writes a warning. */
const lostLine = ({ since, reason, lost }: Away, now: Instant): string =>
  `${JSON.stringify({ level: 40, time: now, lost, reason, since: printInstant(since), msg: 'log.available' })}\n`
