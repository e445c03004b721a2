// One client: PRELOGIN, TLS, LOGIN7, and then one request after the other, each answered from a connection of its own to
// PostgreSQL. An attention takes back what is under way.
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import pg from 'pg'
import type { ServerTls } from '../tls.ts'
import { Refused, syntax } from './refused.ts'
import {
  encryption,
  type Parameter,
  readBatch,
  readCall,
  readLogin,
  readPrelogin,
  readTransaction,
  writePrelogin,
} from './requests.ts'
import { refusalOf } from './support.ts'
import {
  type Cell,
  type Change,
  columnsToken,
  doneToken,
  errorToken,
  returned,
  rowToken,
  type Shown,
  transactionToken,
  welcome,
} from './tokens.ts'
import { statementsOf, translated } from './tsql.ts'
import { type Message, Messages, packed, packet, secured } from './wire.ts'

export interface Ground {
  /** Where PostgreSQL is now. */
  readonly place: { readonly host: string; readonly port: number }
  /** Of the server; without it there is no encryption, as with servers that are very old. */
  readonly tls: ServerTls | undefined
  /** Takes back what the backend does just now. */
  cancel(backend: number): Promise<void>
}

/** What names every transaction: a connection has one at a time. */
const transaction = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])

export function serve(socket: Socket, ground: Ground): void {
  socket.on('error', () => socket.destroy())
  const messages = new Messages()
  const first = (chunk: Buffer): void => {
    const [prelogin] = messages.take(chunk)
    if (prelogin === undefined) return
    socket.removeListener('data', first)
    if (prelogin.kind !== packet.prelogin) return void socket.destroy()
    const asked = readPrelogin(prelogin.body)
    const tls = asked === encryption.none ? undefined : ground.tls
    const said = tls === undefined ? encryption.none : encryption.on
    const secure = tls && secured(socket, tls)
    secure?.on('error', () => socket.destroy())
    socket.write(packed(packet.answer, writePrelogin(said)))
    const session = talk(secure ?? socket, ground)
    socket.on('close', () => void session.end())
  }
  socket.on('data', first)
}

function talk(stream: Socket | TLSSocket, ground: Ground): Session {
  const messages = new Messages()
  const session = new Session(stream, ground)
  let queue: Promise<void> = Promise.resolve()
  stream.on('data', (chunk: Buffer) => {
    let whole: readonly Message[] = []
    try {
      whole = messages.take(chunk)
    } catch {
      stream.destroy()
    }
    for (const message of whole)
      if (message.kind === packet.attention) queue = session.attention(queue)
      else queue = queue.then(() => session.message(message)).catch(() => void stream.destroy())
  })
  return session
}

class Session {
  readonly #stream: Socket | TLSSocket
  readonly #ground: Ground
  #client: pg.Client | undefined
  #backend = 0
  #open = false
  #rows = 0

  constructor(stream: Socket | TLSSocket, ground: Ground) {
    this.#stream = stream
    this.#ground = ground
  }

  #answer(...tokens: readonly Buffer[]): void {
    this.#stream.write(packed(packet.answer, Buffer.concat(tokens)))
  }

  async end(): Promise<void> {
    await this.#client?.end().catch(() => undefined)
  }

  /** What is under way is taken back, and answered as far as it came; then, in a message of its own, that it was taken back. */
  async attention(before: Promise<void>): Promise<void> {
    await this.#ground.cancel(this.#backend)
    await before
    this.#answer(doneToken('batch', { cancelled: true }))
  }

  async message({ kind, body }: Message): Promise<void> {
    if (kind === packet.login) return this.#login(body)
    if (this.#client === undefined) return void this.#stream.destroy()
    switch (kind) {
      case packet.batch:
        return this.#work('batch', readBatch(body), [])
      case packet.rpc: {
        const { text, values } = readCall(body)
        return this.#work('inside', text, values)
      }
      case packet.transaction: {
        const said = readTransaction(body)
        return this.#guarded('batch', async () => {
          await this.#turn(said)
          this.#answer(transactionToken(said, transaction), doneToken('batch', {}))
        })
      }
      default:
        throw new Error(`a message of kind ${kind} that is not known here`)
    }
  }

  async #login(body: Buffer): Promise<void> {
    const { user, password, database } = readLogin(body)
    const client = new pg.Client({ ...this.#ground.place, user, password, database, types })
    client.on('error', () => this.#stream.destroy())
    client.on('end', () => this.#stream.destroy())
    try {
      await client.connect()
      const { rows } = await client.query<string[]>({ text: 'SELECT pg_backend_pid()', rowMode: 'array' })
      this.#backend = Number(rows[0]?.[0])
    } catch (error) {
      const state = error instanceof Error && 'code' in error ? error.code : ''
      const refused =
        state === '3D000'
          ? { number: 4060, class: 11, message: `Cannot open database "${database}" requested by the login.` }
          : { number: 18456, class: 14, message: `Login failed for user '${user}'.` }
      this.#answer(errorToken(refused), doneToken('batch', { failed: true }))
      this.#stream.end()
      return
    }
    this.#client = client
    this.#answer(welcome(database), doneToken('batch', {}))
  }

  #work(where: 'batch' | 'inside', text: string, values: readonly Parameter[]): Promise<void> {
    return this.#guarded(where, async () => {
      const parts: Buffer[] = []
      const statements = statementsOf(text)
      for (const [index, tokens] of statements.entries()) {
        const more = where === 'inside' || index < statements.length - 1
        parts.push(...(await this.#statement(where, tokens, values, more)))
      }
      if (where === 'inside') parts.push(returned, doneToken('procedure', {}))
      this.#answer(...parts)
    })
  }

  async #statement(
    where: 'batch' | 'inside',
    tokens: Parameters<typeof translated>[0],
    values: readonly Parameter[],
    more: boolean,
  ): Promise<Buffer[]> {
    const statement = translated(tokens, values, this.#rows)
    if (statement.kind === 'set') {
      if (statement.lock !== undefined) await this.#query(`SET lock_timeout = ${statement.lock}`, [])
      return [doneToken(where, { more })]
    }
    if (statement.kind !== 'sql') {
      // Within a procedure the product counts transactions at both ends, and complains.
      if (where === 'inside') throw syntax(statement.kind)
      await this.#turn(statement.kind)
      return [transactionToken(statement.kind, transaction), doneToken(where, { more })]
    }
    let shown: Buffer[] = []
    for (const text of statement.texts) {
      const answer = await this.#query(text, statement.values)
      this.#rows = answer.rowCount ?? 0
      const columns = answer.fields.map(columnOf)
      shown =
        columns.length === 0
          ? []
          : [columnsToken(columns), ...answer.rows.map((row) => rowToken(columns, row))]
    }
    return [...shown, doneToken(where, { more, rows: this.#rows })]
  }

  async #query(text: string, values: readonly Parameter[]) {
    if (this.#client === undefined) throw new Error('nobody has signed in')
    return this.#client.query<Cell[]>({ text, values: [...values], rowMode: 'array' })
  }

  async #turn(change: Change): Promise<void> {
    if (change !== 'begin' && !this.#open)
      throw new Refused(3902, `The ${change} request has no corresponding BEGIN TRANSACTION.`, 16)
    await this.#query(change.toUpperCase(), [])
    this.#open = change === 'begin'
  }

  /** With XACT_ABORT an error ends the transaction, too. */
  async #guarded(where: 'batch' | 'inside', act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      const refused = refusalOf(error)
      if (refused === undefined) return void this.#stream.destroy()
      const undone = this.#open
      if (undone) await this.#turn('rollback').catch(() => undefined)
      this.#answer(
        errorToken(refused.refusal),
        ...(undone ? [transactionToken('rollback', transaction)] : []),
        doneToken(where === 'inside' ? 'procedure' : 'batch', { failed: true }),
      )
    }
  }
}

const bytea = 17
const int4 = 23

const types = {
  getTypeParser: (kind: number) => (kind === bytea ? fromHex : asText),
}
const fromHex = (text: string): Buffer => Buffer.from(text.slice(2), 'hex')
const asText = (text: string): string => text

const columnOf = ({ name, dataTypeID }: { name: string; dataTypeID: number }): Shown => ({
  name: name === '?column?' ? '' : name,
  kind: dataTypeID === bytea ? 'bytes' : dataTypeID === int4 ? 'int' : 'text',
})
