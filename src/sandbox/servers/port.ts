// Ports that are known before anybody listens at them, and that are still free when somebody does.
import { createServer } from 'node:net'

/** Below those that a system gives to connections and to servers that ask for any: nobody is there by chance. */
const [first, count] = [10_000, 10_000]
/** Each process begins elsewhere: two that run at the same time seldom look at the same ports. */
const share = 20
let next = process.pid * share

/**
 * A port of the loopback at which nobody listens, and that this process has not given out before. It stays free while its server
 * is away: a port that the system chose might meanwhile become that of a connection, even of one to itself.
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < count; tried += 1) {
    const port = first + (next++ % count)
    if (await isFree(port)) return port
  }
  throw new Error(`no port is free between ${first} and ${first + count - 1}`)
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
