// Journals with many letters in them, written by the statements that the gateway itself writes with, without its syncs.
import { randomUUID } from 'node:crypto'
import Sqlite from 'better-sqlite3'
import { orThrow } from '../../src/gateway/installation/systems.ts'
import type { Database, Parameter, Statement, Transaction } from '../../src/gateway/journal/database.ts'
import { deliverySql, insertDelivery } from '../../src/gateway/journal/deliveries.ts'
import { insertEnvelope } from '../../src/gateway/journal/envelopes.ts'
import { recordEvent } from '../../src/gateway/journal/events.ts'
import { insertLetter } from '../../src/gateway/journal/letters.ts'
import { openSqlite } from '../../src/gateway/journal/sqlite.ts'
import { fillWords, wordSql } from '../../src/gateway/journal/words.ts'
import { readSigners, readTrustFolder } from '../../src/gateway/trust/folder.ts'
import { checkLetter } from '../../src/letter/check.ts'
import { dateOfInstant } from '../../src/letter/dates.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { normalizeNumber, readLetterNumber } from '../../src/letter/numbers.ts'
import { moi } from '../../src/letter/offices.ts'
import { type Instant, type MessageId, newMessageId, systemRandom } from '../../src/letter/time.ts'
import { wordsOf } from '../../src/letter/words.ts'
import { provinceOffice } from '../province.ts'
import { templateOf } from './template.ts'

export interface Filling {
  /** The running number of the first letter, of eight digits. */
  readonly first: number
  readonly count: number
  /** When the last one was taken; the others came before it, evenly over `over` milliseconds. */
  readonly now: Instant
  readonly over?: number
  /** Of so many letters one is still to be brought; 1: all of them. */
  readonly dueEvery?: number
  /** How long its description is, in sentences. */
  readonly sentences?: number
  /** Without envelopes, where nobody asks for them: ten million letters would not fit on the disk with them. */
  readonly hollow?: boolean
}

interface Made {
  readonly messageId: MessageId
  readonly at: Instant
  readonly letter: Letter
  readonly bytes: Buffer
  readonly digest: string
}

const what = [
  'ขอเชิญประชุม',
  'ขอส่งรายงาน',
  'ขอความอนุเคราะห์',
  'แจ้งกำหนดการ',
  'ขออนุมัติโครงการ',
  'การเบิกจ่ายงบประมาณ',
]
const about = [
  'การป้องกันอุทกภัย',
  'ระบบสารบรรณอิเล็กทรอนิกส์',
  'การเลือกตั้งท้องถิ่น',
  'แหล่งน้ำเพื่อการเกษตร',
  'ศูนย์ดำรงธรรม',
  'ทะเบียนราษฎร',
]
const where = ['อำเภอเมือง', 'ระดับจังหวัด', 'กลุ่มจังหวัดภาคเหนือ', 'ทุกตำบล', 'ชายแดน', 'เขตเทศบาล']
/** Stands in the subject of one letter of ten thousand. */
export const rareWord = 'แผ่นดินไหว'

const subjectOf = (index: number): string => {
  const pick = (words: readonly string[], by: number): string => words[Math.floor(index / by) % words.length]!
  const rare = index % 10_000 === 5_000 ? rareWord : ''
  return `${pick(what, 1)}${pick(about, 6)}${pick(where, 36)}${rare}`
}

/** The number of the letter at `index`, as it is kept. */
export const numberOf = (running: number): string => `ชร 0017.1/${running}`

/** Distinct letters of the province to the ministry, in sealed envelopes (`template.ts`). */
export function* lettersOf(
  certs: string,
  { first, count, now, over = 3_600_000, sentences = 1, hollow = false }: Filling,
): Generator<Made> {
  const signer = orThrow(readSigners(certs, orThrow(readTrustFolder(certs)), Date.now())).get(provinceOffice)
  if (signer === undefined) throw new Error('the province has no key')
  const printed = numberOf(first)
  const letter = orThrow(
    checkLetter(
      {
        number: orThrow(readLetterNumber(printed)).number,
        date: dateOfInstant(now),
        subject: 'เรื่องของแบบ',
        from: { office: provinceOffice },
        to: { offices: [moi] },
        description: 'ขอความอนุเคราะห์ตอบแบบสอบถามการใช้ระบบสารบรรณอิเล็กทรอนิกส์ '.repeat(sentences).trim(),
      },
      [],
    ),
  )
  const make = templateOf(letter, signer, now)
  for (let index = 0; index < count; index++) {
    const at = Math.floor(now - over + (over * (index + 1)) / count)
    const messageId = newMessageId({ now: () => at } as Parameters<typeof newMessageId>[0], systemRandom)
    const number = numberOf(first + index)
    const subject = subjectOf(index)
    const made = hollow ? { bytes: nothing, digest: messageId } : make({ messageId, number, subject })
    const own = { ...letter.number, printed: number, normalized: normalizeNumber(number) ?? number }
    yield { ...{ messageId, at }, letter: { ...letter, number: own, subject }, ...made }
  }
}

const nothing = Buffer.alloc(0)
const dayLong = 86_400_000

/** Fills the journal in `file`, and makes it when it is not there. The gateway must not run. */
export async function fillSqlite(file: string, certs: string, filling: Filling): Promise<void> {
  const made = openSqlite(file)
  await fillWords(made, 1)
  await made.close()
  const connection = new Sqlite(file)
  // A machine that crashes leaves a journal that nobody needs.
  connection.pragma('journal_mode = OFF')
  connection.pragma('synchronous = OFF')
  connection.pragma('cache_size = -2000000')
  const indices = connection
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'")
    .all() as { name: string; sql: string }[]
  // Sorting them once is many times faster than putting each row into its places.
  for (const { name } of indices) connection.exec(`DROP INDEX ${name}`)
  const prepared = new Map<Statement, Sqlite.Statement>()
  const statement = (text: Statement): Sqlite.Statement => {
    const ready = prepared.get(text) ?? connection.prepare(text)
    prepared.set(text, ready)
    return ready
  }
  const transaction: Transaction = {
    all: async <Row>(text: Statement, ...values: readonly Parameter[]) =>
      statement(text).all(...values) as Row[],
    one: async <Row>(text: Statement, ...values: readonly Parameter[]) =>
      statement(text).get(...values) as Row | undefined,
    run: async (text, ...values) => statement(text).run(...values).changes,
    put: (text, ...values) => void statement(text).run(...values),
  }
  let written = 0
  connection.exec('BEGIN')
  for (const each of lettersOf(certs, filling)) {
    await write(transaction, each, isDue(written, filling))
    written += 1
  }
  connection.exec('COMMIT')
  for (const { sql } of indices) connection.exec(sql)
  connection.exec('ANALYZE')
  connection.pragma('journal_mode = WAL')
  connection.close()
}

/** Fills a journal that is open. */
export async function fillDatabase(database: Database, certs: string, filling: Filling): Promise<void> {
  await fillWords(database, 1)
  let index = 0
  let batch: Made[] = []
  const flush = async (): Promise<void> => {
    const letters = batch
    const from = index
    index += letters.length
    batch = []
    await database.write(async (transaction) => {
      for (const [offset, each] of letters.entries())
        await write(transaction, each, isDue(from + offset, filling))
    })
  }
  for (const each of lettersOf(certs, filling)) {
    batch.push(each)
    if (batch.length === 500) await flush()
  }
  await flush()
}

const isDue = (index: number, { dueEvery = 1 }: Filling): boolean => index % dueEvery === 0

const words = new Map<string, readonly string[]>()

async function write(transaction: Transaction, made: Made, due: boolean): Promise<void> {
  const { messageId, at, letter, bytes, digest } = made
  const bare = { sourceId: null, position: null, handover: null, committedAt: at }
  const content = 'letter'
  await insertEnvelope(transaction, { messageId, content, sender: provinceOffice, digest, bytes, ...bare })
  const found = words.get(letter.subject) ?? wordsOf(letter.subject)
  words.set(letter.subject, found)
  await transaction.run(wordSql.insert(found.length), ...found.flatMap((word) => [word, at, messageId]))
  await insertLetter(transaction, messageId, letter, moi, digest, at)
  const id = randomUUID()
  const lane = `${messageId} ${moi}`
  const time = { tryFor: 3 * dayLong, expectedIn: dayLong }
  await insertDelivery(
    transaction,
    { ...{ id, messageId, office: moi, mode: 'push', lane, priority: 1 }, ...time },
    at,
  )
  await recordEvent(transaction, at, 'letter.taken', { messageId }, { recipients: 1 })
  if (due) return
  await transaction.run(deliverySql.move, 'taken', 0, at, at, 1, null, at, null, id)
  await transaction.run(
    `UPDATE letters SET state = 'registered', receive_number = ? WHERE message_id = ? AND recipient = ?`,
    ...[letter.number.printed, messageId, moi],
  )
}
