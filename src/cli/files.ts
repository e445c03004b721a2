// Reading and writing the files that a command line names.
import { createHash, type Hash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
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

/**
 * Size and SHA-256 of a file that an option names, read in pieces; undefined, and told, when it cannot be read. It must be a regular
 * file: its bytes are read once more when they are kept, and a pipe has them once.
 */
export function measure(
  path: string,
  option: string,
  unreadable: Problem[],
): { size: number; sha256: string } | undefined {
  try {
    // A named pipe would hold the open until somebody writes into it.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (!fstatSync(file).isFile()) throw new Error('it is not a regular file')
      const hash: Hash = createHash('sha256')
      const piece = Buffer.alloc(1024 * 1024)
      let size = 0
      for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
        hash.update(piece.subarray(0, read))
        size += read
      }
      return { size, sha256: hash.digest('hex') }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    unreadable.push(problem('cli.file.unreadable', option, path, { reason: reasonOf(error) }))
    return undefined
  }
}
