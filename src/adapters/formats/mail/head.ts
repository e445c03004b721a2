// The header of a mail or of one of its parts (RFC 5322, section 2.2), bounded, with nothing that two readers could see
// in two ways (attacks X12).
import { MailFault } from './fault.ts'

const limits = { head: 64 * 1024, headers: 500 }

export interface Head {
  /** The value of a header, unfolded, its bytes as latin1; undefined when there is none. Throws when there are two. */
  one(name: string): string | undefined
  /** All values of a header, the topmost first. */
  all(name: string): readonly string[]
}

/** Takes the header off the beginning of `bytes`. */
export function readHead(bytes: Buffer): { readonly head: Head; readonly body: Buffer } {
  const lines: string[] = []
  let at = 0
  while (at < bytes.length) {
    const found = bytes.indexOf(0x0a, at)
    const end = found < 0 ? bytes.length : found
    if (end > limits.head) throw tooMany('bytes of headers', limits.head)
    const line = bytes.toString('latin1', at, bytes[end - 1] === 0x0d && end > at ? end - 1 : end)
    at = found < 0 ? bytes.length : found + 1
    if (line === '') break
    const last = lines.length - 1
    if (/^[ \t]/.test(line) && last >= 0) lines[last] += line
    else if (lines.push(line) > limits.headers) throw tooMany('header lines', limits.headers)
  }
  return { head: headOf(lines), body: bytes.subarray(at) }
}

function headOf(lines: readonly string[]): Head {
  const values = new Map<string, string[]>()
  for (const line of lines) {
    const name = /^([!-9;-~]{1,100})[ \t]*:/.exec(line)
    if (name === null || /[\u0000-\u0008\u000a-\u001f\u007f]/.test(line))
      throw new MailFault('mail.header.broken', 'header', line.slice(0, 80))
    const key = name[1]!.toLowerCase()
    const value = line.slice(name[0].length).trim()
    const known = values.get(key)
    if (known === undefined) values.set(key, [value])
    else known.push(value)
  }
  const all = (name: string): readonly string[] => values.get(name) ?? []
  return {
    all,
    one: (name) => {
      const [value, another] = all(name)
      if (another !== undefined) throw new MailFault('mail.header.twice', 'header', name)
      return value
    },
  }
}

const tooMany = (what: string, limit: number): MailFault =>
  new MailFault('mail.part.bounds', 'header', undefined, { what, limit })
