// What a client says: PRELOGIN, LOGIN7, SQLBatch, RPC and requests of transactions (MS-TDS 2.2.6). What is not known here fails.

/** What a client says of TLS, and a server answers. */
export const encryption = { off: 0, on: 1, none: 2, required: 3 } as const

const entry = 5

/** The client's word about TLS. */
export function readPrelogin(body: Buffer): number {
  for (let at = 0; body[at] !== 0xff && at + entry <= body.length; at += entry)
    if (body[at] === 1) return body[body.readUInt16BE(at + 1)] ?? encryption.none
  return encryption.none
}

export function writePrelogin(said: number): Buffer {
  const version = Buffer.from([16, 0, 0x10, 0x00, 0, 0])
  const head = Buffer.from([0, 0, 11, 0, version.length, 1, 0, 11 + version.length, 0, 1, 0xff])
  return Buffer.concat([head, version, Buffer.from([said])])
}

export interface Login {
  readonly user: string
  readonly password: string
  readonly database: string
}

/** Texts of LOGIN7, each as its place and its length in characters; the password is turned about, not encrypted. */
export function readLogin(body: Buffer): Login {
  const bytes = (at: number): Buffer => {
    const place = body.readUInt16LE(at)
    return body.subarray(place, place + 2 * body.readUInt16LE(at + 2))
  }
  const password = bytes(44).map((each) => {
    const plain = each ^ 0xa5
    return ((plain << 4) | (plain >> 4)) & 0xff
  })
  return {
    user: bytes(40).toString('utf16le'),
    password: Buffer.from(password).toString('utf16le'),
    database: bytes(68).toString('utf16le'),
  }
}

export type Parameter = string | Buffer | number | null

export interface Question {
  readonly text: string
  /** By position: `@p1` is the first. */
  readonly values: readonly Parameter[]
}

/** After the headers that every request begins with. */
const beyondHeaders = (body: Buffer): number => body.readUInt32LE(0)

export const readBatch = (body: Buffer): string => body.toString('utf16le', beyondHeaders(body))

export type Transaction = 'begin' | 'commit' | 'rollback'

export function readTransaction(body: Buffer): Transaction {
  const said = body.readUInt16LE(beyondHeaders(body))
  if (said === 5) return 'begin'
  if (said === 7) return 'commit'
  if (said === 8) return 'rollback'
  throw new Error(`a request of transactions, ${said}, that is not known here`)
}

const executeSql = 10

/** A call of sp_executesql: statement, declarations, values. */
export function readCall(body: Buffer): Question {
  let at = beyondHeaders(body)
  if (body.readUInt16LE(at) !== 0xffff || body.readUInt16LE(at + 2) !== executeSql)
    throw new Error('a call of a procedure that is not known here')
  at += 6
  const values: Parameter[] = []
  while (at < body.length) {
    const name = body[at] ?? 0
    const read = readValue(body, at + 2 + 2 * name)
    values.push(read.value)
    at = read.next
  }
  const [text, declared, ...rest] = values
  if (typeof text !== 'string') throw new Error('a call without a statement')
  if (declared !== undefined && typeof declared !== 'string') throw new Error('a call without declarations')
  return { text, values: rest }
}

function readValue(body: Buffer, start: number): { readonly value: Parameter; readonly next: number } {
  const kind = body[start]
  if (kind === 0x26) {
    const size = body[start + 2] ?? 0
    return { value: size === 0 ? null : body.readIntLE(start + 3, size), next: start + 3 + size }
  }
  if (kind !== 0xe7 && kind !== 0xa5) throw new Error(`a parameter of kind ${kind} that is not known here`)
  const length = body.readUInt16LE(start + 1)
  const at = start + (kind === 0xe7 ? 8 : 3)
  const { bytes, next } = length === 0xffff ? readParts(body, at) : readShort(body, at)
  if (bytes === null) return { value: null, next }
  return { value: kind === 0xe7 ? bytes.toString('utf16le') : bytes, next }
}

interface Bytes {
  readonly bytes: Buffer | null
  readonly next: number
}

function readShort(body: Buffer, at: number): Bytes {
  const size = body.readUInt16LE(at)
  if (size === 0xffff) return { bytes: null, next: at + 2 }
  return { bytes: body.subarray(at + 2, at + 2 + size), next: at + 2 + size }
}

/** What may be larger than 8,000 bytes comes in parts. */
function readParts(body: Buffer, at: number): Bytes {
  if (body.readBigUInt64LE(at) === 0xffff_ffff_ffff_ffffn) return { bytes: null, next: at + 8 }
  const parts: Buffer[] = []
  let next = at + 8
  for (;;) {
    const size = body.readUInt32LE(next)
    next += 4
    if (size === 0) return { bytes: Buffer.concat(parts), next }
    parts.push(body.subarray(next, next + size))
    next += size
  }
}
