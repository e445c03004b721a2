// A case of a profile: what its system wrote, and what is read of it (cases/README.md).
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import iconv from 'iconv-lite'
import type { AttachmentContent } from '../../src/adapters/contract.ts'
import { type Charset, charsets, encode } from '../../src/adapters/formats/charset.ts'
import { withTables } from '../../src/adapters/lookup-tables.ts'
import type { Profile } from '../../src/adapters/profile.ts'
import type { Clock } from '../../src/letter/time.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { shipped } from './stage.ts'

const folder = join(import.meta.dirname, 'cases')

/** A shipped profile with its tables: `{ env: NAME }` is the file NAME.* among its cases. */
export function tabled(id: string, clock: Clock): Profile {
  const own = join(folder, id)
  const tables = existsSync(own) ? readdirSync(own).filter((name) => !name.endsWith('.txt')) : []
  const environment = Object.fromEntries(tables.map((name) => [name.replace(/\.\w+$/, ''), join(own, name)]))
  return mustBe(withTables(shipped(id), { environment, absolute: (path) => resolve(own, path), clock }))
}

export interface Case {
  readonly document: 'letter' | 'notice'
  /** The source as it stands in the case; hexadecimal digits where it is no text. */
  readonly body: string
  readonly charset: string
  readonly bytes: Buffer
  readonly beside: readonly string[]
  /** The memo file of a table, with its name. */
  readonly memo: readonly (readonly [name: string, content: AttachmentContent])[]
  readonly final: boolean
  readonly expected: readonly unknown[]
}

const keys = ['document', 'charset', 'beside', 'memo', 'final']

/** Reads a case: headers, a blank line, the source, a dashed line, what is read. Throws an error that says what is wrong. */
export function readCase(text: string): Case {
  const [head = '', ...rest] = text.split('\n\n')
  const headers = new Map(
    head
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.split(': ', 2) as [string, string]),
  )
  for (const key of headers.keys())
    if (!keys.includes(key)) throw new Error(`the key “${key}” is none of ${keys.join(', ')}`)
  const [body, expected] = rest.join('\n\n').split('\n----\n')
  if (body === undefined || expected === undefined) throw new Error('there is no line ---- after the source')
  const charset = headers.get('charset') ?? 'utf-8'
  return {
    document: headers.get('document') === 'notice' ? 'notice' : 'letter',
    body,
    charset,
    bytes: bytesOf(body, charset),
    beside: (headers.get('beside') ?? '').split(', ').filter((name) => name !== ''),
    memo: memoOf(headers.get('memo')),
    final: headers.get('final') !== 'no',
    expected: JSON.parse(expected) as unknown[],
  }
}

/** `case.fpt 0001…`: the name under which a memo file came with the case, and its bytes. */
function memoOf(said: string | undefined): Case['memo'] {
  if (said === undefined) return []
  const [name = '', digits = ''] = said.split(' ')
  return [[name, { kind: 'bytes', bytes: Buffer.from(digits, 'hex') }]]
}

/** `charset` as a profile names it; `hex` for bytes that are no text. */
function bytesOf(body: string, charset: string): Buffer {
  if (charset === 'hex') return Buffer.from(body.replace(/\s/g, ''), 'hex')
  if (!charsets.includes(charset as Charset))
    throw new Error(`the charset “${charset}” is none of ${charsets.join(', ')}, hex`)
  // A case may hold what no profile would write: Thai in another coding is what some systems send.
  return charset === 'windows-874' ? iconv.encode(body, charset) : encode(body, charset as Charset)
}
