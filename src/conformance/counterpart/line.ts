// A wire to a server on this machine, for bad days: cut, or so slow that every few bytes take a while.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import type { Counterpart } from './counterpart.ts'
import { muteOnce } from './mute.ts'

export interface Line {
  readonly port: number
  readonly away: NonNullable<Counterpart['away']>
  readonly slow: NonNullable<Counterpart['slow']>
  /** What is lost is the answer to whoever has said so much at one time as only a letter with its files is long. */
  readonly mute: NonNullable<Counterpart['mute']>
  close(): Promise<void>
}

/** Bytes that pass in one go on a slow line, and milliseconds until the next. Slow enough to be seen, and over within seconds. */
const slowly = { bytes: 512, pause: 5 } as const

/** As long as nothing is but a letter with its files: bytes between two answers. */
const long = 16 * 1024

/** `port`: of the server; a function where it is known only later. */
export async function lineTo(port: number | (() => number)): Promise<Line> {
  const sockets = new Set<Socket>()
  let slow = false
  let cut = false
  const mute = muteOnce()
  const server = createServer((client) => {
    if (cut) {
      client.destroy()
      return
    }
    const behind = connect(typeof port === 'number' ? port : port(), '127.0.0.1')
    let said = 0
    const heard = ({ length }: Buffer): boolean => {
      said += length
      return true
    }
    const answered = (): boolean => {
      const passes = said < long || !mute.loses()
      said = 0
      if (!passes) for (const socket of [client, behind]) socket.destroy()
      return passes
    }
    for (const [from, to, passes] of [
      [client, behind, heard],
      [behind, client, answered],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        // Who ended has been heard to the end: what it said may still be on the way, and ends the other by itself.
        if (!from.readableEnded) to.destroy()
      })
      from.pipe(dribble(passes, () => slow)).pipe(to)
    }
  })
  await new Promise<void>((opened, failed) => {
    server.once('error', failed)
    server.listen(0, '127.0.0.1', opened)
  })
  const drop = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    away: {
      go: async () => {
        cut = true
        drop()
      },
      back: async () => {
        cut = false
      },
    },
    slow: {
      begin: async () => {
        slow = true
      },
      end: async () => {
        slow = false
      },
    },
    mute,
    close: async () => {
      drop()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

/** Passes on what `passes` lets, in small pieces with pauses between them while `slow` says so. */
const dribble = (passes: (chunk: Buffer) => boolean, slow: () => boolean): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!passes(chunk)) {
        done()
        return
      }
      const pass = (at: number): void => {
        if (at >= chunk.length) {
          done()
          return
        }
        if (!slow()) {
          done(null, chunk.subarray(at))
          return
        }
        this.push(chunk.subarray(at, at + slowly.bytes))
        setTimeout(() => pass(at + slowly.bytes), slowly.pause)
      }
      pass(0)
    },
  })
