// Messages of TDS 7.4 over a socket: packets with a header of eight bytes, and TLS that begins inside of them (MS-TDS 2.2.3,
// 2.2.6.5, 3.2.5.1). https://learn.microsoft.com/openspecs/windows_protocols/ms-tds
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { ServerTls } from '../tls.ts'

/** Kinds of packets. */
export const packet = {
  batch: 0x01,
  rpc: 0x03,
  answer: 0x04,
  attention: 0x06,
  transaction: 0x0e,
  login: 0x10,
  prelogin: 0x12,
} as const

export interface Message {
  readonly kind: number
  readonly body: Buffer
}

const header = 8
const largest = 4096
/** A letter's scan in one statement is the largest that is said here. */
const bound = 128 * 1024 * 1024

/** Cuts a stream into messages. */
export class Messages {
  #rest: Buffer = Buffer.alloc(0)
  #body: Buffer[] = []
  #size = 0

  take(chunk: Buffer): Message[] {
    const whole: Message[] = []
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= header) {
      const length = this.#rest.readUInt16BE(2)
      if (length < header) throw new Error('a packet that is shorter than its header')
      if (this.#rest.length < length) break
      const [kind = 0, status = 0] = this.#rest
      this.#body.push(this.#rest.subarray(header, length))
      this.#size += length
      if (this.#size > bound) throw new Error('a message without end')
      this.#rest = this.#rest.subarray(length)
      if ((status & 1) === 0) continue
      whole.push({ kind, body: Buffer.concat(this.#body) })
      this.#body = []
      this.#size = 0
    }
    return whole
  }
}

/** A message in packets. */
export function packed(kind: number, body: Buffer): Buffer {
  const room = largest - header
  const parts: Buffer[] = []
  for (let at = 0, id = 1; at === 0 || at < body.length; at += room, id += 1) {
    const part = body.subarray(at, at + room)
    const head = Buffer.alloc(header)
    head[0] = kind
    head[1] = at + room >= body.length ? 1 : 0
    head.writeUInt16BE(header + part.length, 2)
    head[6] = id & 0xff
    parts.push(head, part)
  }
  return Buffer.concat(parts)
}

/** Records of TLS begin with these when they are no packets of ours: an alert, or data of an application. */
const bare = new Set([0x15, 0x17])

/** TLS as a server has it: the handshake in packets of `prelogin`, and what follows as it is. Anything before is `first`. */
export function secured(socket: Socket, { key, certificate }: ServerTls): TLSSocket {
  const messages = new Messages()
  let wrapped = true
  const inner = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      socket.write(wrapped ? packed(packet.prelogin, chunk) : chunk, () => done())
    },
    final: (done) => {
      socket.end()
      done()
    },
    destroy: (_error, done) => {
      socket.destroy()
      done(null)
    },
  })
  socket.on('data', (chunk: Buffer) => {
    if (wrapped && bare.has(chunk[0] ?? 0)) wrapped = false
    if (!wrapped) inner.push(chunk)
    else for (const { body } of messages.take(chunk)) inner.push(body)
  })
  socket.on('close', () => inner.push(null))
  // The product has no TLS 1.3 within TDS 7.4.
  return new TLSSocket(inner, { isServer: true, key, cert: certificate, maxVersion: 'TLSv1.2' })
}
