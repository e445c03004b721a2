// What systems that exchange files in folders have in common: letters with scans beside, taken into the book once and
// answered with an accept notice. How a letter stands in a file is each system's own (`FileForm`).
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { extname, join } from 'node:path'
import { type Urgency, urgencyOfName } from '../../letter/codes.ts'
import { type LetterDate, readLetterDate } from '../../letter/dates.ts'
import { type Office, type OfficeId, officeById } from '../../letter/offices.ts'
import { type Clock, type Instant, printInstant } from '../../letter/time.ts'
import type { Row, Sheet } from '../sheets/sheet.ts'
import { type BookEntry, type ClerkLetter, type OfficeSystem, openBook } from './system.ts'

/** A letter that goes out, with what the system makes of a clerk's words. */
export interface SentLetter {
  readonly letter: ClerkLetter
  readonly from: Office
  readonly to: Office
  /** เลขทะเบียนส่ง. */
  readonly running: number
  /** Undefined when nobody could make a date of what the clerk typed. */
  readonly date: LetterDate | undefined
  readonly urgency: Urgency
  /** `ว` in its number. */
  readonly circular: boolean
  readonly at: Instant
  /** Names of the files beside. */
  readonly main: string
  readonly enclosures: readonly string[]
}

/** A letter that came, in the system's own words. */
export interface ReceivedLetter {
  readonly from: string
  readonly number: string
  readonly date: string
  readonly subject: string
  /** Names of the files that came beside. */
  readonly files: readonly string[]
}

export interface ReceivedNotice {
  readonly kind: string
  readonly number: string
  readonly date: string
  readonly receiveNumber: string
}

/** How letters and notices stand in a system's files: columns in its order, and what its cells say. */
export interface FileForm {
  readonly letters: {
    readonly sheet: Sheet
    readonly columns: readonly string[]
    /** The rows of a letter: one, or several where the system writes it so; some show what was sent earlier once more. */
    rows(sent: SentLetter, earlier: readonly SentLetter[]): readonly Row[]
    /** The letters that rows say. */
    read(rows: readonly Row[]): readonly ReceivedLetter[]
  }
  readonly notices: {
    readonly sheet: Sheet
    readonly columns: readonly string[]
    accept(letter: ReceivedLetter, receiveNumber: string, at: Instant): Row
    read(row: Row): ReceivedNotice
  }
}

/** Folders that the system shares with the gateway: letters out, notices out, letters in, notices in. */
export interface SharedFolders {
  readonly send: string
  readonly sendNotices: string
  readonly receive: string
  readonly notices: string
}

export interface FolderSystemSettings {
  readonly name: string
  readonly office: OfficeId
  readonly form: FileForm
  /** Its own folder: book and archive. */
  readonly folder: string
  readonly shared: SharedFolders
  readonly clock: Clock
  readonly watch: (entry: BookEntry) => void
}

/** Opens the system, and makes the folders that are not there. */
export function openFolderSystem(settings: FolderSystemSettings): OfficeSystem {
  const { name, office, form, clock, shared } = settings
  const archive = join(settings.folder, 'archive')
  for (const path of [archive, ...Object.values(shared)]) mkdirSync(path, { recursive: true })
  const book = openBook(join(settings.folder, 'book.jsonl'), settings.watch)
  const now = (): string => printInstant(clock.now())
  const sentBefore: SentLetter[] = []
  let running = book.entries.filter((entry) => entry.entry === 'letter.sent').length

  function receiveLetter({ files, ...letter }: ReceivedLetter, id: string): void {
    const { from, number, date, subject } = letter
    const key = { from, number, date }
    let receiveNumber = book.receiveNumberOf(key)
    if (receiveNumber === undefined) {
      receiveNumber = book.nextReceiveNumber(clock.now())
      const digests = files.map((file) => digestOf(fileBeside(shared.receive, archive, file)))
      book.enter({ entry: 'letter.received', at: now(), id, ...key, subject, files: digests, receiveNumber })
    } else book.enter({ entry: 'letter.repeated', at: now(), id, number })
    const { sheet, columns, accept } = form.notices
    const row = accept({ ...letter, files }, receiveNumber, clock.now())
    writeWhole(
      shared.sendNotices,
      `รับ-${receiveNumber.replace('/', '-')}.${sheet.ending}`,
      sheet.write([row], columns),
    )
    book.enter({ entry: 'notice.sent', at: now(), kind: 'accept', number, date, receiveNumber })
  }

  /** Each document into the book, then the file out of the shared folder. */
  function takeAll(folder: string, ending: string, receive: (bytes: Buffer, file: string) => void): void {
    for (const file of readdirSync(folder).sort()) {
      if (!file.endsWith(`.${ending}`) || file.startsWith('.')) continue
      receive(readFileSync(join(folder, file)), file)
      renameSync(join(folder, file), join(archive, file))
    }
  }

  return {
    name,
    office,
    entries: book.entries,
    async send(letter) {
      running += 1
      const { sheet, columns, rows } = form.letters
      const sent = sentLetter(letter, office, running, clock.now())
      letter.scans.forEach((scan, index) => {
        writeWhole(shared.send, [sent.main, ...sent.enclosures][index] ?? scan.name, scan.bytes)
      })
      const file = `ส่ง-${String(running).padStart(4, '0')}.${sheet.ending}`
      writeWhole(shared.send, file, sheet.write(rows(sent, sentBefore), columns))
      sentBefore.push(sent)
      book.enter({ entry: 'letter.sent', at: now(), number: letter.number, date: letter.date, file })
    },
    async look() {
      const { letters, notices } = form
      takeAll(shared.receive, letters.sheet.ending, (bytes, file) => {
        for (const letter of letters.read(letters.sheet.read(bytes, letters.columns)))
          receiveLetter(letter, file)
      })
      takeAll(shared.notices, notices.sheet.ending, (bytes) => {
        for (const row of notices.sheet.read(bytes, notices.columns))
          book.enter({ entry: 'notice.received', at: now(), ...notices.read(row) })
      })
    },
    async close() {
      book.close()
    },
  }
}

/** The letter as a system holds it. Scans are named by the register's number, so that no two letters share a name. */
export function sentLetter(letter: ClerkLetter, office: OfficeId, running: number, at: Instant): SentLetter {
  const date = readLetterDate(letter.date)
  const [main = '', ...enclosures] = letter.scans.map(
    ({ name }, index) => `${String(running).padStart(5, '0')}-${index + 1}${extname(name)}`,
  )
  return {
    letter,
    from: officeById(office),
    to: officeById(letter.to),
    running,
    date: date.ok ? date.value : undefined,
    urgency: urgencyOfName(letter.urgency === '' ? 'ปกติ' : letter.urgency) ?? 'ordinary',
    circular: /\/ ?ว/.test(letter.number),
    at,
    main,
    enclosures,
  }
}

/** A file that came with a letter: moved out of the shared folder, so that its name is free again. */
function fileBeside(folder: string, archive: string, name: string): string {
  const kept = join(archive, name)
  if (existsSync(join(folder, name))) renameSync(join(folder, name), kept)
  return kept
}

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** Writes a file beside and moves it into place: whoever looks sees all of it or nothing. */
function writeWhole(folder: string, name: string, bytes: Buffer): void {
  // A name that begins with a dot is nobody's business but its writer's.
  const begun = join(folder, `.${name}.tmp`)
  const file = openSync(begun, 'w')
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(begun, join(folder, name))
}
