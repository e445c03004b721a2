// A system that keeps its letters in a database: its clerks write rows, see what came into its tables, register it, and
// answer in a row.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { urgencies, urgencyOfName } from '../../../letter/codes.ts'
import { printLetterDate, readLetterDate } from '../../../letter/dates.ts'
import { officeById } from '../../../letter/offices.ts'
import { type Clock, printInstant } from '../../../letter/time.ts'
import type { Database } from '../../servers/database.ts'
import {
  type BookEntry,
  type ClerkLetter,
  type OfficeSystem,
  openBook,
  type Scan,
} from '../../systems/system.ts'
import type { Columns, Installation, LetterColumn, Scans } from './design.ts'
import { type Cell, openStore, type Row, type Session } from './store.ts'

export interface SystemSettings {
  readonly folder: string
  readonly database: Database
  readonly clock: Clock
  readonly watch: (entry: BookEntry) => void
}

export interface DatabaseSystem extends OfficeSystem {
  /** The folders into which paths lead: of letters sent and of letters received. */
  readonly shared: { readonly out: string; readonly in: string }
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Opens the system, with its tables made. */
export async function openDatabaseSystem(
  { office, product, design }: Installation,
  settings: SystemSettings,
): Promise<DatabaseSystem> {
  const { clock, database, folder } = settings
  const shared = { out: join(folder, 'scans', 'out'), in: join(folder, 'scans', 'in') }
  for (const path of Object.values(shared)) mkdirSync(path, { recursive: true })
  for (const table of design.tables) await database.ask(table)
  const store = openStore(design.engine, database, design.bytes)
  const book = openBook(join(folder, 'book.jsonl'), settings.watch)
  const now = (): string => printInstant(clock.now())
  const { name, shown, text } = store

  function valuesOf(letter: ClerkLetter): Partial<Record<LetterColumn, string>> {
    const read = readLetterDate(letter.date)
    const degree = urgencies.indexOf(
      urgencyOfName(letter.urgency === '' ? 'ปกติ' : letter.urgency) ?? 'ordinary',
    )
    const at = now()
    const today = readLetterDate(at.slice(0, 10), { form: 'ce:yyyy-MM-dd' })
    const sentDay =
      today.ok && design.sentForm !== undefined ? printLetterDate(today.value, design.sentForm) : ''
    return {
      number: letter.number,
      // What is no date stays as the clerk left it.
      date: read.ok ? printLetterDate(read.value, design.dateForm) : letter.date,
      subject: letter.subject,
      urgency: design.urgency[degree] ?? '',
      from: officeById(office)[design.officeWord],
      to: officeById(letter.to)[design.officeWord],
      ...(design.circular !== undefined && {
        circular: design.circular[/\/ ?ว/.test(letter.number) ? 0 : 1],
      }),
      ...(design.kind !== undefined && { kind: design.kind }),
      signer: officeById(office).jobTitle,
      receiver: officeById(letter.to).jobTitle,
      enclosure: letter.scans.length > 1 ? `เอกสาร ${letter.scans.length - 1} ฉบับ` : '',
      sent: design.out.columns.sentTime === undefined ? `${sentDay} ${at.slice(11, 19)}` : sentDay,
      sentTime: at.slice(11, 19),
    }
  }

  function rowOf(columns: Columns, values: Partial<Record<LetterColumn, string>>): Record<string, Cell> {
    const row: Record<string, Cell> = {}
    for (const [column, own] of Object.entries(columns)) row[own] = values[column as LetterColumn] || null
    return row
  }

  /** The cells of scans that stand in the letter's own row. */
  function scanCells(scans: readonly Scan[], place: Scans, running: number): Record<string, Cell> {
    const row: Record<string, Cell> = {}
    if (place.in === 'rows') return row
    if (scans.length > place.columns.length) throw new Error('the screen has no field for so many scans')
    scans.forEach((scan, index) => {
      const column = place.columns[index] ?? ''
      const nameColumn = place.names?.[index]
      if (place.prefix === undefined) row[column] = scan.bytes
      else {
        const file = `${running}-${index + 1}-${scan.name}`
        writeFileSync(join(shared.out, file), scan.bytes)
        row[column] = `${place.prefix}${file}`
      }
      if (nameColumn !== undefined) row[nameColumn] = scan.name
    })
    return row
  }

  async function send(letter: ClerkLetter): Promise<void> {
    const { out } = design
    const values = valuesOf(letter)
    const running = book.entries.filter(({ entry }) => entry === 'letter.sent').length + 1
    const row = { ...rowOf(out.columns, values), ...out.more, ...scanCells(letter.scans, out.scans, running) }
    const state = out.status === undefined ? {} : { [out.status.column]: out.status.new }
    await store.atOnce(async (session) => {
      const id = await session.insert(out.table, { ...row, ...state }, out.id)
      if (out.recipients !== undefined)
        await session.insert(
          out.recipients.table,
          { [out.recipients.on]: id, [out.recipients.office]: values.to ?? '' },
          out.recipients.on,
        )
      if (out.scans.in === 'rows')
        for (const [index, scan] of letter.scans.entries())
          await session.insert(
            out.scans.table,
            {
              [out.scans.on]: id,
              [out.scans.order]: String(index + 1),
              [out.scans.name]: scan.name,
              [out.scans.data]: scan.bytes,
            },
            out.scans.on,
          )
    })
    book.enter({ entry: 'letter.sent', at: now(), number: letter.number, date: letter.date })
  }

  /** The digests of a received letter's scans. */
  async function scansOf(session: Session, row: Row, place: Scans): Promise<readonly string[]> {
    if (place.in === 'rows') {
      const id = text(row[design.in.id])
      const found = await session.all(
        `SELECT ${name(place.data)} FROM ${name(place.table)} WHERE ${name(place.on)} = ${number(id)} ORDER BY ${name(place.order)}`,
      )
      return found.flatMap((each) => bytesIn(each[place.data]))
    }
    return place.columns.flatMap((column) => {
      const cell = row[column]
      if (place.prefix === undefined) return bytesIn(cell)
      const path = text(cell)
      return path === '' ? [] : [digest(readFileSync(join(shared.in, path.slice(place.prefix.length))))]
    })
  }
  const bytesIn = (cell: Cell | undefined): string[] => (Buffer.isBuffer(cell) ? [digest(cell)] : [])

  async function receive(row: Row): Promise<void> {
    const { columns, state } = design.in
    const value = (column: LetterColumn): string => text(row[columns[column] ?? ''])
    const key = { from: value('from'), number: value('number'), date: value('date') }
    const known = book.receiveNumberOf(key)
    const receiveNumber = known ?? book.nextReceiveNumber(clock.now())
    const id = text(row[design.in.key])
    if (known === undefined) {
      const files = await scansOf(store, row, design.in.scans)
      const subject = value('subject')
      book.enter({ entry: 'letter.received', at: now(), id, ...key, subject, files, receiveNumber })
    } else book.enter({ entry: 'letter.repeated', at: now(), id, number: key.number })
    const { reply } = design
    const accept = Object.entries(design.kinds).find(([, meaning]) => meaning === 'accept')?.[0] ?? ''
    await store.atOnce(async (session) => {
      await session.insert(
        reply.table,
        {
          [reply.kind]: accept,
          [reply.number]: key.number,
          [reply.date]: key.date,
          [reply.office]: key.from,
          [reply.receiveNumber]: receiveNumber,
          [reply.status.column]: reply.status.new,
        },
        reply.id,
      )
      await session.all(
        `UPDATE ${name(design.in.table)} SET ${name(state.column)} = ?, ${name(design.in.receiveNumber)} = ? WHERE ${name(design.in.id)} = ${number(text(row[design.in.id]))}`,
        [state.done, receiveNumber],
      )
    })
    const { number: printed, date } = key
    book.enter({ entry: 'notice.sent', at: now(), kind: 'accept', number: printed, date, receiveNumber })
  }

  /** A key, as a number of the database's own. */
  const number = (id: string): string => {
    if (!/^[0-9]{1,18}$/.test(id)) throw new Error('no key of ours')
    return id
  }

  async function hear(): Promise<void> {
    const { told } = design
    const columns = [told.id, told.kind, told.number, told.date, told.receiveNumber].map(shown).join(', ')
    const rows = await store.all(
      `SELECT ${columns} FROM ${name(told.table)} WHERE ${name(told.kind)} IS NOT NULL AND ${name(told.kind)} <> '' AND (${name(told.seen)} IS NULL OR ${name(told.seen)} <> ${name(told.kind)}) ORDER BY ${name(told.id)}`,
    )
    for (const row of rows) {
      const kind = text(row[told.kind])
      book.enter({
        entry: 'notice.received',
        at: now(),
        kind: design.kinds[kind] ?? kind,
        number: text(row[told.number]),
        date: text(row[told.date]),
        receiveNumber: text(row[told.receiveNumber]),
      })
      await store.all(
        `UPDATE ${name(told.table)} SET ${name(told.seen)} = ? WHERE ${name(told.id)} = ${number(text(row[told.id]))}`,
        [kind],
      )
    }
  }

  /** Letters that the gateway refused: the clerk is shown them once. */
  async function seeRefused(): Promise<void> {
    const { table, id, status, columns } = design.out
    if (status === undefined) return
    const rows = await store.all(
      `SELECT ${[id, columns.number ?? id].map(shown).join(', ')} FROM ${name(table)} WHERE ${name(status.column)} = ?`,
      [status.refused],
    )
    for (const row of rows) {
      book.enter({
        entry: 'letter.refused',
        at: now(),
        number: text(row[columns.number ?? '']),
        said: `${status.column}: ${status.refused}`,
      })
      await store.all(
        `UPDATE ${name(table)} SET ${name(status.column)} = ? WHERE ${name(id)} = ${number(text(row[id]))}`,
        [status.seen],
      )
    }
  }

  return {
    name: product,
    office,
    entries: book.entries,
    shared,
    send,
    async look() {
      const { table, id, key, columns, scans, state } = design.in
      const paths = scans.in === 'columns' && scans.prefix !== undefined ? scans.columns : []
      const files = scans.in === 'columns' && scans.prefix === undefined ? scans.columns : []
      const wanted = [...[id, key, ...Object.values(columns), ...paths].map(shown), ...files.map(name)]
      const rows = await store.all(
        `SELECT ${wanted.join(', ')} FROM ${name(table)} WHERE ${name(state.column)} = ? ORDER BY ${name(id)}`,
        [state.new],
      )
      for (const row of rows) await receive(row)
      await hear()
      await seeRefused()
    },
    async close() {
      await store.close()
      book.close()
    },
  }
}
