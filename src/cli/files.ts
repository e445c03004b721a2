// Reading and writing the files that a command line names.
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { bad, good, problem, type Result } from '../problem/problem.ts'
import { exit, Failed, reasonOf } from './terminal.ts'

/** One byte more than an envelope may have (design §5.1): enough to see that a file is too large, however large it is. */
const enough = 4 * 1024 * 1024 + 1

/** The bytes of an envelope file; of one that is too large, as many as show it. */
export function readEnvelopeFile(path: string): Result<Buffer> {
  try {
    const file = openSync(path, 'r')
    try {
      if (fstatSync(file).isDirectory()) return unreadable(path, 'it is a folder')
      const bytes = Buffer.alloc(enough)
      let size = 0
      for (;;) {
        const read = readSync(file, bytes, size, enough - size, null)
        size += read
        if (read === 0 || size === enough) return good(bytes.subarray(0, size))
      }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    return unreadable(path, reasonOf(error))
  }
}

const unreadable = (path: string, reason: string): Result<never> =>
  bad(problem('cli.file.unreadable', '', path, { reason }))

/** A JSON file in UTF-8. */
export function readJsonFile(path: string): Result<unknown> {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    return unreadable(path, reasonOf(error))
  }
  try {
    return good(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (error) {
    return bad(problem('cli.json.unreadable', '', path, { reason: reasonOf(error) }))
  }
}

/** Writes a file, over an older one. Throws Failed when it cannot. */
export function writeOutput(path: string, bytes: Buffer | string): void {
  try {
    writeFileSync(path, bytes)
  } catch (error) {
    throw new Failed(exit.usage, [problem('cli.file.unwritable', '', path, { reason: reasonOf(error) })])
  }
}
