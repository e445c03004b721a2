// Cursors: positions in lists, sealed. A position may be a letter of another office that a look passed over, so nobody reads
// one; and one that was given for another search, or to somebody else, opens nothing.
import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto'
import type { Random } from '../../../letter/time.ts'
import type { Database } from '../../journal/database.ts'

/** AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits; the search and its asker are the additional data. */
const algorithm = 'aes-256-gcm'
const nonceLength = 12
const tagLength = 16

export class Cursors {
  readonly #key: Buffer
  readonly #random: Random

  constructor(key: Buffer, random: Random) {
    this.#key = key
    this.#random = random
  }

  seal(position: readonly (string | number)[], search: object): string {
    const nonce = this.#random(nonceLength)
    const cipher = createCipheriv(algorithm, this.#key, nonce)
    cipher.setAAD(digestOf(search))
    const sealed = Buffer.concat([cipher.update(JSON.stringify(position), 'utf8'), cipher.final()])
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url')
  }

  /** 48 bits by which something is known again, and nobody can try what it may have been. */
  markOf(facts: readonly (string | number | null)[]): string {
    return createHmac('sha256', this.#key).update(JSON.stringify(facts)).digest('hex').slice(0, 12)
  }

  /** The position; undefined when this gateway's journal did not give the cursor for exactly this search. */
  open(cursor: string, search: object): readonly (string | number)[] | undefined {
    const bytes = Buffer.from(cursor, 'base64url')
    if (bytes.length <= nonceLength + tagLength) return undefined
    const decipher = createDecipheriv(algorithm, this.#key, bytes.subarray(0, nonceLength))
    decipher.setAAD(digestOf(search))
    decipher.setAuthTag(bytes.subarray(-tagLength))
    try {
      const opened = Buffer.concat([
        decipher.update(bytes.subarray(nonceLength, -tagLength)),
        decipher.final(),
      ])
      // What it opens this gateway has sealed.
      return JSON.parse(opened.toString('utf8')) as (string | number)[]
    } catch {
      return undefined
    }
  }
}

const digestOf = (search: object): Buffer => createHash('sha256').update(JSON.stringify(search)).digest()

const sql = {
  read: 'SELECT bytes FROM cursor_key WHERE id = 1',
  write: 'INSERT INTO cursor_key (id, bytes) VALUES (1, ?) ON CONFLICT (id) DO NOTHING',
} as const

/** The cursors of a journal: the same for every gateway on it, and after a restart. */
export async function cursorsOf(database: Database, random: Random): Promise<Cursors> {
  const key = await database.write(async (transaction) => {
    await transaction.run(sql.write, random(32))
    return transaction.one<{ bytes: Uint8Array }>(sql.read)
  })
  if (key === undefined) throw new Error('the key of the cursors is not there')
  return new Cursors(Buffer.from(key.bytes), random)
}
