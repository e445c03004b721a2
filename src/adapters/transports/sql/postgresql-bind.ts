// A statement with a file among its values, by the driver's own port for statements that are not its own. The driver copies
// all values into one message, which it makes larger once more for each value behind a file: 64 MiB are in memory two or
// three times. Here a file goes to the socket from where it stands.
import type { Duplex } from 'node:stream'
import pg from 'pg'
import type { Value } from './engine.ts'

/** Values of at least so many bytes are worth it. */
const large = 256 * 1024

/** Bytes that the socket is given at a time: with TLS each of them is copied there. */
const piece = 1024 * 1024

export const holdsFile = (values: readonly Value[]): boolean =>
  values.some((value) => Buffer.isBuffer(value) && value.length >= large)

/** Runs a statement as the driver does. Rejects with the driver's errors. */
export function runWithFiles(
  client: pg.Client,
  text: string,
  values: readonly Value[],
): Promise<{ readonly rowCount: number | null; readonly rows: (Buffer | null)[][] }> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | undefined, result: { rowCount: number | null; rows: unknown[] }): void => {
      if (error) reject(error)
      else resolve({ rowCount: result.rowCount, rows: result.rows as (Buffer | null)[][] })
    }
    client.query(new Statement(text, values, done))
  })
}

class Statement extends pg.Query {
  constructor(text: string, values: readonly Value[], done: ConstructorParameters<typeof pg.Query>[2]) {
    const asked: pg.QueryArrayConfig = { text, values: [...values], rowMode: 'array' }
    super(asked, done)
    this.submit = (connection) => {
      connection.parse({ name: '', text, types: [] }, true)
      send(connection.stream, bindMessage(values)).then(
        () => {
          connection.describe({ type: 'P' }, true)
          connection.execute({}, true)
          connection.sync()
        },
        // Half a message: what comes next would be taken for the rest of it. The driver tells the statement of the end.
        (error: Error) => connection.stream.destroy(error),
      )
    }
  }
}

async function send(socket: Duplex, parts: readonly Buffer[]): Promise<void> {
  for (const part of parts)
    for (let at = 0; at < part.length; at += piece)
      await new Promise<void>((written, failed) => {
        socket.write(part.subarray(at, at + piece), (error) => (error ? failed(error) : written()))
      })
}

/**
 * The message Bind (PostgreSQL's manual, "Message Formats") in parts, without a name for portal and statement: texts as text,
 * bytes as bytes, all results as text.
 */
function bindMessage(values: readonly Value[]): readonly Buffer[] {
  const given = values.map((value) => (typeof value === 'string' ? Buffer.from(value, 'utf8') : value))
  const formats = values.map((value) => int16(Buffer.isBuffer(value) ? 1 : 0))
  const body = [
    Buffer.from([0, 0]),
    int16(values.length),
    ...formats,
    int16(values.length),
    ...given.flatMap((value) => (value === null ? [int32(-1)] : [int32(value.length), value])),
    int16(1),
    int16(0),
  ]
  const length = body.reduce((sum, part) => sum + part.length, 4)
  return joined([Buffer.from('B'), int32(length), ...body])
}

/** Small parts as one: each is a packet of its own else. */
function joined(parts: readonly Buffer[]): readonly Buffer[] {
  const whole: Buffer[] = []
  let small: Buffer[] = []
  for (const part of parts)
    if (part.length < large) small.push(part)
    else {
      whole.push(Buffer.concat(small), part)
      small = []
    }
  return [...whole, Buffer.concat(small)]
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
