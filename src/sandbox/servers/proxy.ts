// A wire between a client and a server that can be cut at a chosen moment: when the client says something, before it is
// passed on or after the server has answered; or after so many bytes.
import { connect, createServer, type Socket } from 'node:net'

export type Cut =
  /** The client's words that hold `words` are not passed on. */
  | { readonly when: 'said'; readonly words: string | Buffer }
  /** They are passed on; what the server answers is not. */
  | { readonly when: 'answered'; readonly words: string | Buffer }
  /** So many bytes of the client's are passed on, and no more. */
  | { readonly when: 'after'; readonly bytes: number }

export interface Proxy {
  readonly port: number
  /** Bytes of clients that were passed on, on all connections. */
  readonly passed: number
  /** Cuts the next connection that it applies to, once. */
  cut(cut: Cut): void
  stop(): Promise<void>
}

export async function proxyTo(host: string, port: number): Promise<Proxy> {
  let next: Cut | undefined
  let passed = 0
  let since = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const behind = connect(port, host)
    let silent = false
    const end = (): void => {
      client.destroy()
      behind.destroy()
    }
    for (const socket of [client, behind]) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    client.on('data', (chunk) => {
      const cut = next
      if (cut?.when === 'after' && passed + chunk.length - since > cut.bytes) {
        next = undefined
        behind.write(chunk.subarray(0, Math.max(0, cut.bytes - (passed - since))), end)
        return
      }
      if (cut !== undefined && cut.when !== 'after' && chunk.includes(cut.words)) {
        next = undefined
        if (cut.when === 'said') return end()
        silent = true
      }
      passed += chunk.length
      behind.write(chunk)
    })
    behind.on('data', (chunk) => {
      if (silent) end()
      else client.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a proxy without a port')
  return {
    port: address.port,
    get passed() {
      return passed
    },
    cut: (cut) => {
      next = cut
      since = passed
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
