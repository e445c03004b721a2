// A document without its files: each long run of base64 is taken out before anybody parses it, and a short token stands in its
// place. A token is base64 itself, so that whoever reads a field of base64 reads it too; it is made from chance for each
// document, so that none can hold it.
//
//   no long run                                      the document is read as it stands
//   every token came back as a file                  the files are slices of the document
//   a fault, or a token anywhere else                read again as it stands: nothing is different, but the memory it takes
import { randomBytes } from 'node:crypto'
import type { HeldContent } from './pieces.ts'
import { longRuns, type Run, worthwhile } from './pieces.ts'

export interface Lifted {
  /** The document with tokens. */
  readonly bytes: Buffer
  /** The file for which this text stands; nothing where it is no token. */
  fileOf(text: string): HeldContent | undefined
  /** Whether a token stands in this text, perhaps among other things. */
  standsIn(text: string): boolean
  /** Whether every file was asked for: none stands where nobody looked for one. */
  allFound(): boolean
  /** A part of the document that was decoded as UTF-8, as it stood there. */
  restored(part: string): Buffer
}

/** The beginning of the tokens of one document: letters and digits, so that no form writes them in another way. */
export const tokenStart = (): string => `SarabanAside${randomBytes(16).toString('hex')}`

/** 52 characters, which are whole base64. */
export const tokenOf = (start: string, index: number): string => `${start}${String(index).padStart(8, '0')}`

const tokenLength = 52

/** Takes the files out. Nothing when there are none worth it. `json`: they stand in texts of JSON, with its escapes. */
export function lifted(bytes: Buffer, json = false): Lifted | undefined {
  if (bytes.length < worthwhile) return undefined
  const runs = longRuns(bytes, json)
  if (runs.length === 0) return undefined
  const start = tokenStart()
  if (bytes.includes(start)) return undefined
  const parts: Buffer[] = []
  let at = 0
  for (const [index, run] of runs.entries()) {
    parts.push(bytes.subarray(at, run.start), Buffer.from(tokenOf(start, index), 'latin1'))
    at = run.end
  }
  parts.push(bytes.subarray(at))
  const runOf = (text: string): Run | undefined =>
    text.length === tokenLength && text.startsWith(start) ? runs[Number(text.slice(start.length))] : undefined
  const found = new Set<Run>()
  return {
    bytes: Buffer.concat(parts),
    fileOf: (text) => {
      const run = runOf(text)
      if (run !== undefined) found.add(run)
      return run?.content
    },
    standsIn: (text) => text.includes(start),
    allFound: () => found.size === runs.length,
    restored: (part) => {
      const pieces: Buffer[] = []
      let from = 0
      for (let token = part.indexOf(start); token >= 0; token = part.indexOf(start, from)) {
        const run = runOf(part.slice(token, token + tokenLength))
        if (run === undefined) throw new Error('a token was changed')
        pieces.push(Buffer.from(part.slice(from, token), 'utf8'), bytes.subarray(run.start, run.end))
        from = token + tokenLength
      }
      return Buffer.concat([...pieces, Buffer.from(part.slice(from), 'utf8')])
    },
  }
}
