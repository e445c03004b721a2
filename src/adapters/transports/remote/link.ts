// One connection to one server, kept while it lives and opened again when it is needed: never sooner after a failure than
// the back-off says, so that a wrong password is not tried until the account is locked. One verb at a time.
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../../../letter/time.ts'
import { isFailure, lostFailure, RemoteFailure, type RemoteFiles, type RemoteSession } from './files.ts'

interface Settings {
  /** `host:port`, for people. */
  readonly server: string
  readonly clock: Clock
  /** Milliseconds: for a connection with its sign-in, for one answer or the next bytes, for a whole transfer. */
  readonly connect: number
  readonly within: number
  readonly transfer: number
  /** Makes a connection. Whoever gives up waiting closes it through `made`, as soon as there is something to close. */
  open(made: (abandon: () => void) => void): Promise<RemoteSession>
}

const second = 1000
const longest = 5 * 60 * second
/** What nobody but a person can mend: asked for once a minute at first. */
const mendedByPeople = ['EAUTH', 'EHOSTKEY', 'ECERTIFICATE']

/** How long the server is left alone after so many failures in a row: milliseconds. */
export const backOff = (failures: number, code: string): number =>
  Math.min(longest, (mendedByPeople.includes(code) ? 60 * second : second) * 2 ** (failures - 1))

/** The kept connection as verbs on files. `close` ends it for good. */
export function remoteLink(settings: Settings): RemoteFiles & { close(): Promise<void> } {
  const { server, clock, connect, within, transfer } = settings
  let session: RemoteSession | undefined
  let failed: { readonly failure: RemoteFailure; readonly count: number; readonly until: number } | undefined
  let closed = false
  let last: Promise<unknown> = Promise.resolve()

  async function opened(): Promise<RemoteSession> {
    if (session?.alive === true) return session
    session = undefined
    if (closed) throw lostFailure('ECANCELED', 'adapter.remote.lost', server, { reason: 'stopped' })
    const wait = (failed?.until ?? 0) - clock.elapsed()
    if (failed !== undefined && wait > 0)
      throw new RemoteFailure(failed.failure.code, failed.failure.problem, true, { retryAfter: wait })
    let abandon: () => void = () => undefined
    const patience = patienceOf(connect, connect, () => abandon())
    try {
      session = await patience.during(
        settings.open((made) => {
          abandon = made
        }),
      )
      return session
    } finally {
      patience.end()
    }
  }

  /** Time that runs out: `stop` ends the connection, and what waits fails whether or not it notices. */
  function patienceOf(idle: number, whole: number, stop: () => void) {
    let giveUp: (failure: RemoteFailure) => void = () => undefined
    const over = new Promise<never>((_resolve, reject) => {
      giveUp = reject
    })
    over.catch(() => undefined)
    const expire = (): void => {
      giveUp(lostFailure('ETIMEDOUT', 'adapter.remote.lost', server, { reason: 'no answer in time' }))
      stop()
    }
    const end = setTimeout(expire, whole)
    let pause = setTimeout(expire, idle)
    return {
      moved: () => {
        clearTimeout(pause)
        pause = setTimeout(expire, idle)
      },
      during: <Value>(act: Promise<Value>): Promise<Value> => {
        // What fails after the time is over was said already.
        act.catch(() => undefined)
        return Promise.race([act, over])
      },
      end: () => {
        clearTimeout(end)
        clearTimeout(pause)
      },
    }
  }

  async function once<Value>(
    whole: number,
    act: (session: RemoteSession, moved: () => void) => Promise<Value>,
  ): Promise<Value> {
    let used: RemoteSession | undefined
    try {
      used = await opened()
      const patience = patienceOf(within, whole, () => used?.close())
      try {
        const value = await patience.during(act(used, patience.moved))
        failed = undefined
        return value
      } finally {
        patience.end()
      }
    } catch (error) {
      if (!isFailure(error) || !error.lost || error.retryAfter !== undefined) throw error
      used?.close()
      session = undefined
      const count = (failed?.count ?? 0) + 1
      failed = { failure: error, count, until: clock.elapsed() + backOff(count, error.code) }
      throw error
    }
  }

  function queued<Value>(
    act: (session: RemoteSession, moved: () => void) => Promise<Value>,
    whole = within,
  ): Promise<Value> {
    const turn = (): Promise<Value> => once(whole, act)
    const next = last.then(turn, turn)
    last = next.catch(() => undefined)
    return next
  }

  return {
    list: (folder) => queued((files) => files.list(folder)),
    sizeOf: (path) => queued((files) => files.sizeOf(path)),
    rename: (from, to) => queued((files) => files.rename(from, to)),
    remove: (path) => queued((files) => files.remove(path)),
    makeFolder: (path) => queued((files) => files.makeFolder(path)),
    removeFolder: (path) => queued((files) => files.removeFolder(path)),
    fetch: (path, take) =>
      queued(async (files, moved) => {
        const watched = watch(moved)
        const own = new Own()
        const taken = pipeline(watched, async (pieces: AsyncIterable<Buffer>) => {
          for await (const piece of pieces) await take(piece).catch(own.failed)
        })
        await both(files.fetch(path, watched), taken, own)
      }, transfer),
    store: (path, bytes) =>
      queued(async (files, moved) => {
        const watched = watch(moved)
        const own = new Own()
        const given = pipeline(own.given(bytes), watched)
        await both(files.store(path, watched), given, own)
      }, transfer),
    close: async () => {
      closed = true
      session?.close()
      await last
      session?.close()
    },
  }
}

/** Our own end of a transfer: what fails there must not count against the server. */
class Own {
  readonly faults: unknown[] = []

  readonly failed = (error: unknown): never => {
    this.faults.push(error)
    throw error
  }

  /** These bytes; when the server's end fails they are left alone, and only what they throw themselves is our fault. */
  async *given(bytes: Readable): AsyncGenerator<Buffer> {
    try {
      for await (const piece of bytes) yield piece as Buffer
    } catch (error) {
      this.failed(error)
    }
  }
}

/** Both ends of a transfer; when it fails, whose fault it was. */
async function both(remote: Promise<void>, ours: Promise<void>, { faults }: Own): Promise<void> {
  const ended = await Promise.allSettled([remote, ours])
  if (faults.length > 0) throw faults[0]
  for (const each of ended) if (each.status === 'rejected') throw each.reason
}

/** Passes bytes through and says that some did. */
const watch = (moved: () => void): Transform =>
  new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      moved()
      done(null, chunk)
    },
  })
