// A system that exchanges files: it writes documents and scans into folders of its own disk and takes what is put into
// others. Whether the gateway comes there over a share, by SFTP or by FTP, it does not know.
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
import { join } from 'node:path'
import type { OfficeId } from '../../../letter/offices.ts'
import { type Clock, printInstant } from '../../../letter/time.ts'
import { type BookEntry, type OfficeSystem, openBook } from '../../systems/system.ts'
import { type ArrivedLetter, type ExchangeForm, entryOf, type Pages } from './entry.ts'

/** The folders of the channels, absolute; two may be one. */
export interface Folders {
  readonly send: string
  readonly sendNotices: string
  readonly receive: string
  readonly notices: string
}

export interface ExchangeSettings {
  readonly name: string
  readonly office: OfficeId
  /** Its own folder: book and archive. */
  readonly folder: string
  readonly folders: Folders
  readonly form: ExchangeForm
  readonly clock: Clock
  readonly watch: (entry: BookEntry) => void
}

/** Opens the system, and makes the folders that are not there. It goes on with the book that it has. */
export function openExchangeSystem(settings: ExchangeSettings): OfficeSystem {
  const { office, clock, folders, form } = settings
  const archive = join(settings.folder, 'archive')
  for (const path of [archive, ...Object.values(folders)]) mkdirSync(path, { recursive: true })
  const book = openBook(join(settings.folder, 'book.jsonl'), settings.watch)
  const now = (): string => printInstant(clock.now())
  const counted = (entry: BookEntry['entry']): number =>
    book.entries.filter((each) => each.entry === entry).length

  /** Puts pages into a folder under one name, the document last: whoever sees it finds the rest. */
  function put(folder: string, name: string, pages: Pages): string {
    if (pages.memos !== undefined) writeWhole(folder, `${name}${form.memoEnding ?? ''}`, pages.memos)
    writeWhole(folder, `${name}${form.ending}`, pages.document)
    return `${name}${form.ending}`
  }

  function receiveLetter(letter: ArrivedLetter, id: string, folder: string): void {
    const { from, number, date, subject } = letter
    let receiveNumber = book.receiveNumberOf({ from, number, date })
    if (receiveNumber === undefined) {
      receiveNumber = book.nextReceiveNumber(clock.now())
      const files = letter.files.map((name) => digestOf(placeOf(folder, archive, name)))
      book.enter({
        entry: 'letter.received',
        at: now(),
        id,
        from,
        number,
        date,
        subject,
        files,
        receiveNumber,
      })
    } else book.enter({ entry: 'letter.repeated', at: now(), id, number })
    const name = `${form.begins.notice}${serial(counted('notice.sent') + 1)}`
    put(folders.sendNotices, name, form.accept(letter, receiveNumber, now()))
    book.enter({ entry: 'notice.sent', at: now(), kind: 'accept', number, date, receiveNumber })
    for (const file of letter.files) moveTo(archive, folder, file)
  }

  /** Each document's letters and notices into the book, then its files out of the folder. */
  function takeAll(folder: string): void {
    const names = readdirSync(folder).sort()
    // Capital and small letters are one, as where such systems run.
    const ends = (name: string, ending: string): boolean => name.toLowerCase().endsWith(ending.toLowerCase())
    for (const name of names.filter((each) => !each.startsWith('.') && ends(each, form.ending))) {
      const { memoEnding } = form
      const memoName = `${name.slice(0, -form.ending.length)}${memoEnding ?? ''}`
      const memos =
        memoEnding && names.find((each) => each.length === memoName.length && ends(each, memoName))
      const pages = {
        document: readFileSync(join(folder, name)),
        ...(memos !== undefined && { memos: readFileSync(join(folder, memos)) }),
      }
      for (const arrived of form.read(pages)) {
        if (arrived.kind === 'letter') receiveLetter(arrived, name, folder)
        else {
          const { says, number, date, receiveNumber } = arrived
          book.enter({ entry: 'notice.received', at: now(), kind: says, number, date, receiveNumber })
        }
      }
      moveTo(archive, folder, name)
      if (memos !== undefined) moveTo(archive, folder, memos)
    }
  }

  return {
    name: settings.name,
    office,
    entries: book.entries,
    async send(letter) {
      const running = counted('letter.sent') + 1
      for (const scan of letter.scans) writeWhole(folders.send, scan.name, scan.bytes)
      const pages = form.letter(entryOf(letter, office, running))
      const file = put(folders.send, `${form.begins.letter}${serial(running)}`, pages)
      book.enter({ entry: 'letter.sent', at: now(), number: letter.number, date: letter.date, file })
    },
    async look() {
      for (const folder of new Set([folders.receive, folders.notices])) takeAll(folder)
    },
    async close() {
      book.close()
    },
  }
}

const serial = (running: number): string => String(running).padStart(5, '0')

/** Where a file that came with a letter stands: a crash may have left it in the archive. */
const placeOf = (folder: string, archive: string, name: string): string =>
  existsSync(join(folder, name)) ? join(folder, name) : join(archive, name)

function moveTo(archive: string, folder: string, name: string): void {
  if (existsSync(join(folder, name))) renameSync(join(folder, name), join(archive, name))
}

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** Writes a file under a name that nobody looks at, and renames it: whoever looks sees all of it or nothing. */
function writeWhole(folder: string, name: string, bytes: Buffer): void {
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
