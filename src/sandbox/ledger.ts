// A ledger: an append-only file of JSON lines, synced to disk before an entry counts. The sandbox's own memory, and the
// independent judge of what the gateway claims: it shares no code and no file with the gateway's journal.
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Ledger<Entry> {
  /** Every entry, oldest first; grows as entries are appended. */
  readonly entries: readonly Entry[]
  /** Writes and syncs one entry. Throws when the disk refuses: the entry does not count then. */
  append(entry: Entry): void
  close(): void
}

/**
 * Opens the ledger at `path`, or begins it. A last line without its end is what a crash left of an entry that never
 * counted: it is cut off. Throws on any other line that is no JSON: somebody changed the file.
 */
export function openLedger<Entry extends object>(path: string): Ledger<Entry> {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'a+', 0o600)
  const text = readFileSync(file)
  let end = text.lastIndexOf(0x0a) + 1
  if (end < text.length) ftruncateSync(file, end)
  const lines = text.subarray(0, end).toString('utf8').split('\n').slice(0, -1)
  const entries = lines.map((line) => JSON.parse(line) as Entry)
  return {
    entries,
    append(entry) {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`)
      try {
        for (let at = 0; at < line.length; ) at += writeSync(file, line, at)
        fsyncSync(file)
      } catch (error) {
        // Half a line must not be joined to the next one.
        ftruncateSync(file, end)
        throw error
      }
      end += line.length
      entries.push(entry)
    },
    close: () => closeSync(file),
  }
}
