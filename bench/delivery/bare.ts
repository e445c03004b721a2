// What a letter's way costs where nothing is done but what cannot be avoided: one signature, a durable row, the envelope posted
// over mutual TLS, the signature of the receipt checked, a durable row. Nothing is parsed, compared, looked up or remembered.
import { createHash, type KeyObject, sign, verify, type X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { Pool } from 'undici'
import { readMinistry } from '../../src/cli/ministry.ts'
import { orThrow } from '../../src/gateway/installation/systems.ts'
import { optionsOf } from '../../src/gateway/journal/postgresql-connection.ts'
import { readSigners, readTrustFolder } from '../../src/gateway/trust/folder.ts'
import { provinceOffice } from '../province.ts'
import { lettersOf } from './filling.ts'
import type { Engine, Installation } from './installation.ts'

/** Letters under way at once: as many as connections post at the gateway. */
const atOnce = 64
/** Attempts at once to one office, as a gateway makes them. */
const connections = 8

export interface Bare {
  /** Letters per second for so many seconds. */
  run(seconds: number): Promise<number>
  close(): Promise<void>
}

/** Commits a row of these bytes; resolves when it is on disk. */
type Commit = (bytes: Buffer) => Promise<unknown>

export async function openBare(installation: Installation, engine: Engine, name: string): Promise<Bare> {
  const { certs, ministry } = installation
  const signers = orThrow(readSigners(certs, orThrow(readTrustFolder(certs)), Date.now()))
  const key = signers.get(provinceOffice)?.key
  if (key === undefined) throw new Error('the province has no key')
  const { certificate } = orThrow(readMinistry(certs)).signer
  const [letter] = lettersOf(certs, {
    ...{ first: 90_000_000, count: 1, now: Date.now(), sentences: 8 },
  })
  if (letter === undefined) throw new Error('no letter was made')
  const pem = (file: string): string => readFileSync(join(certs, file), 'utf8')
  const { origin, pathname } = new URL(ministry.url)
  const pool = new Pool(origin, {
    ...{ connections, pipelining: 1 },
    connect: { key: pem('tls/gateway.key.pem'), cert: pem('tls/gateway.pem'), ca: pem('authority.pem') },
  })
  const { commit, close } =
    engine.kind === 'embedded'
      ? sqliteRows(join(installation.folder, `bare-${name}.sqlite`))
      : await postgresqlRows(engine)

  async function one(): Promise<void> {
    await signed(letter!.bytes, key!)
    await commit(letter!.bytes)
    const answer = await pool.request({
      ...{ method: 'POST', path: pathname, headers: { 'content-type': 'application/xml' } },
      body: letter!.bytes,
    })
    const receipt = Buffer.from(await answer.body.arrayBuffer())
    if (answer.statusCode !== 200 || !isSigned(receipt, certificate))
      throw new Error('no signed receipt came')
    await commit(receipt)
  }

  return {
    async run(seconds) {
      let done = 0
      const began = performance.now()
      const line = async (): Promise<void> => {
        while (performance.now() - began < seconds * 1000) {
          await one()
          done += 1
        }
      }
      await Promise.all(Array.from({ length: atOnce }, line))
      return done / ((performance.now() - began) / 1000)
    },
    async close() {
      await pool.close()
      await close()
    },
  }
}

const signInPool = promisify<string, Buffer, KeyObject, Buffer>(sign)
/** The bytes that an envelope's signature is over are about so many; the document is hashed besides. */
const signed = (bytes: Buffer, key: KeyObject): Promise<Buffer> => {
  createHash('sha256').update(bytes).digest()
  return signInPool('sha256', bytes.subarray(0, 1024), key)
}

/** Whether SignedInfo, as it stands there, has the certificate's signature. */
function isSigned(receipt: Buffer, certificate: X509Certificate): boolean {
  const text = receipt.toString('latin1')
  const info = text.slice(text.indexOf('<ds:SignedInfo'), text.indexOf('<ds:SignatureValue'))
  const value = /<ds:SignatureValue[^>]*>([^<]*)</.exec(text)?.[1] ?? ''
  createHash('sha256').update(receipt).digest()
  return verify('sha256', Buffer.from(info, 'latin1'), certificate.publicKey, Buffer.from(value, 'base64'))
}

/** Rows that wait at the same time are committed together, as the gateway does it. */
function sqliteRows(file: string): { readonly commit: Commit; close(): Promise<void> } {
  const database = new Sqlite(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, bytes BLOB)')
  const insert = database.prepare('INSERT INTO rows (bytes) VALUES (?)')
  let waiting: { readonly bytes: Buffer; readonly done: () => void }[] = []
  const write = database.transaction((rows: typeof waiting) => {
    for (const { bytes } of rows) insert.run(bytes)
  })
  const commit: Commit = (bytes) =>
    new Promise<void>((done) => {
      waiting.push({ bytes, done })
      if (waiting.length > 1) return
      setImmediate(() => {
        const rows = waiting
        waiting = []
        write(rows)
        for (const row of rows) row.done()
      })
    })
  return { commit, close: async () => void database.close() }
}

async function postgresqlRows({ at }: Extract<Engine, { kind: 'servers' }>) {
  const pool = new pg.Pool({ ...optionsOf(at), options: '', max: 16 })
  await pool.query('CREATE TABLE IF NOT EXISTS bench_rows (id BIGSERIAL PRIMARY KEY, bytes BYTEA)')
  const commit: Commit = (bytes) =>
    pool.query({ name: 'row', text: 'INSERT INTO bench_rows (bytes) VALUES ($1)', values: [bytes] })
  return { commit, close: () => pool.end() }
}
