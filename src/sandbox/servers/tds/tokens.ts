// What a server answers: a stream of tokens (MS-TDS 2.2.7).

/** A column of an answer, and a cell of it. */
export interface Shown {
  readonly name: string
  readonly kind: 'text' | 'bytes' | 'int'
}
export type Cell = string | Buffer | null

/** What a server says no with: its number, its class (over 19: the connection ends), its words. */
export interface Refusal {
  readonly number: number
  readonly class: number
  readonly message: string
}

const short = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}
const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const named = (text: string): Buffer =>
  Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'utf16le')])
const sized = (token: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([token]), short(body.length), body])
}

/** Thai_CI_AS, whose code page is 874. */
const collation = Buffer.from([0x1e, 0x04, 0xd0, 0x00, 0x00])

const kinds: Readonly<Record<Shown['kind'], Buffer>> = {
  text: Buffer.concat([Buffer.from([0xe7, 0xff, 0xff]), collation]),
  bytes: Buffer.from([0xa5, 0xff, 0xff]),
  int: Buffer.from([0x26, 4]),
}

export const columnsToken = (columns: readonly Shown[]): Buffer =>
  Buffer.concat([
    Buffer.from([0x81]),
    short(columns.length),
    // Its user type, and that it may be NULL.
    ...columns.flatMap(({ name, kind }) => [long(0), short(1), kinds[kind], named(name)]),
  ])

/** ROW, or NBCROW with a map of what is NULL. */
export function rowToken(columns: readonly Shown[], cells: readonly Cell[]): Buffer {
  const values = columns.map(({ kind }, at) => valueToken(kind, cells[at] ?? null))
  if (!values.includes(undefined)) return Buffer.concat([Buffer.from([0xd1]), ...(values as Buffer[])])
  const map = Buffer.alloc(Math.ceil(values.length / 8))
  for (const [at, value] of values.entries())
    if (value === undefined) map[at >> 3] = (map[at >> 3] ?? 0) | (1 << (at & 7))
  return Buffer.concat([Buffer.from([0xd2]), map, ...values.filter((value) => value !== undefined)])
}

function valueToken(kind: Shown['kind'], cell: Cell): Buffer | undefined {
  if (cell === null) return undefined
  if (kind === 'int') {
    const bytes = Buffer.from([4, 0, 0, 0, 0])
    bytes.writeInt32LE(Number(cell), 1)
    return bytes
  }
  const bytes = typeof cell === 'string' ? Buffer.from(cell, 'utf16le') : cell
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(bytes.length))
  return Buffer.concat(bytes.length === 0 ? [size, long(0)] : [size, long(bytes.length), bytes, long(0)])
}

export const errorToken = ({ number, class: severity, message }: Refusal): Buffer => {
  const words = message.slice(0, 2000)
  return sized(
    0xaa,
    long(number),
    Buffer.from([1, severity]),
    short(words.length),
    Buffer.from(words, 'utf16le'),
    named('sandbox'),
    named(''),
    long(1),
  )
}

export type Change = 'begin' | 'commit' | 'rollback'
const changes: Readonly<Record<Change, number>> = { begin: 8, commit: 9, rollback: 10 }

/** That a transaction began or ended, with what names it. */
export const transactionToken = (change: Change, name: Buffer): Buffer => {
  const said = Buffer.concat([Buffer.from([name.length]), name])
  const none = Buffer.from([0])
  return sized(0xe3, Buffer.from([changes[change]]), ...(change === 'begin' ? [said, none] : [none, said]))
}

/** What a login is answered with: the database, its collation, the size of packets, who we are. */
export const welcome = (database: string): Buffer =>
  Buffer.concat([
    sized(0xe3, Buffer.from([1]), named(database), named('master')),
    sized(0xe3, Buffer.from([7, collation.length]), collation, Buffer.from([0])),
    sized(0xe3, Buffer.from([4]), named('4096'), named('4096')),
    sized(0xad, Buffer.from([1, 0x74, 0, 0, 4]), named('sandbox'), Buffer.from([16, 0, 0x10, 0])),
  ])

interface Done {
  readonly more?: boolean
  readonly failed?: boolean
  readonly cancelled?: boolean
  readonly rows?: number
}

/** The end of a statement: in a batch, in a procedure, or of a procedure. */
export function doneToken(where: 'batch' | 'inside' | 'procedure', { more, failed, cancelled, rows }: Done) {
  const status =
    (more ? 0x01 : 0) | (failed ? 0x02 : 0) | (rows === undefined ? 0 : 0x10) | (cancelled ? 0x20 : 0)
  const count = Buffer.alloc(8)
  count.writeBigUInt64LE(BigInt(rows ?? 0))
  const token = { batch: 0xfd, inside: 0xff, procedure: 0xfe }[where]
  return Buffer.concat([Buffer.from([token]), short(status), short(0), count])
}

/** A procedure's own answer: nothing went wrong. */
export const returned = Buffer.from([0x79, 0, 0, 0, 0])
