// The parts of a ZIP archive, bounded before anything is inflated (attacks T4). Names are keys of a map and nothing else.
//
// Own, because the task is the faults: fflate and others neither check a part's CRC nor that the directory, the parts and
// the sizes that they claim agree, and stop at the half of a file without a word. Inflating is zlib's.
import { inflateRawSync } from 'node:zlib'
import { bad, good, problem, type Result } from '../../../problem/problem.ts'

/** `inflated`: bytes of all parts that are read, together: 10,000 letters are half of it, and reading it takes seconds. */
export const zipLimits = { entries: 2_000, inflated: 32 * 1024 * 1024 }

export interface Archive {
  has(name: string): boolean
  /** The bytes of a part. Fails for one that is not there, is broken, or would be too large. */
  part(name: string): Result<Buffer>
}

interface Entry {
  readonly method: number
  readonly crc: number
  readonly size: number
  readonly packed: Buffer
}

const endSize = 22
const longestComment = 65_535

/** Where the end record begins, when the archive has one and nothing behind it. */
export function zipEnd(bytes: Buffer): number | undefined {
  for (let at = bytes.length - endSize; at >= Math.max(0, bytes.length - endSize - longestComment); at -= 1)
    if (bytes.readUInt32LE(at) === 0x06054b50 && at + endSize + bytes.readUInt16LE(at + 20) === bytes.length)
      return at
  return undefined
}

/** Reads an archive's directory. Parts are inflated when they are asked for. */
export function openZip(bytes: Buffer): Result<Archive> {
  if (bytes.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0])))
    return broken('it is an old .xls, or has a password')
  const end = zipEnd(bytes)
  if (end === undefined) return broken('it has no end')
  const count = bytes.readUInt16LE(end + 10)
  const size = bytes.readUInt32LE(end + 12)
  const start = bytes.readUInt32LE(end + 16)
  if (count === 0xffff || size === 0xffffffff || start === 0xffffffff)
    return broken('it is of the kind ZIP64')
  if (count > zipLimits.entries)
    return bad(
      problem('adapter.document.too-many', '', undefined, { limit: zipLimits.entries, what: 'parts' }),
    )
  if (start + size !== end || bytes.readUInt16LE(end + 4) !== 0 || bytes.readUInt16LE(end + 8) !== count)
    return broken('its directory is not where it should be')
  const entries = new Map<string, Entry>()
  let at = start
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== 0x02014b50) return broken('its directory is not whole')
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset))
    const next = at + 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0)
    if (next > end) return broken('its directory is not whole')
    const name = bytes.subarray(at + 46, at + 46 + (nameLength ?? 0))
    const packed = packedBytes(bytes, bytes.readUInt32LE(at + 42), bytes.readUInt32LE(at + 20), start, name)
    if (packed === undefined) return broken('a part is not where the directory says')
    if ((bytes.readUInt16LE(at + 8) & 1) !== 0) return broken('a part has a password')
    const key = keyOf(name.toString('utf8'))
    if (entries.has(key)) return broken('two parts have one name')
    entries.set(key, {
      packed,
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      size: bytes.readUInt32LE(at + 24),
    })
    at = next
  }
  if (at !== end) return broken('its directory is not whole')
  return good(archiveOf(entries))
}

function archiveOf(entries: ReadonlyMap<string, Entry>): Archive {
  let inflated = 0
  return {
    has: (name) => entries.has(keyOf(name)),
    part: (name) => {
      const entry = entries.get(keyOf(name))
      if (entry === undefined) return broken(`the part ${name} is missing`)
      // What it claims, before a byte is inflated; more than it claims is not inflated at all.
      inflated += entry.size
      if (inflated > zipLimits.inflated)
        return bad(problem('adapter.zip.large', '', undefined, { limit: zipLimits.inflated }))
      const bytes = unpacked(entry)
      if (bytes === undefined || bytes.length !== entry.size || crc32(bytes) !== entry.crc)
        return broken(`the part ${name} is damaged`)
      return good(bytes)
    },
  }
}

/** The bytes of a part, when its own header and the directory agree about it. */
function packedBytes(bytes: Buffer, at: number, size: number, end: number, name: Buffer): Buffer | undefined {
  if (at + 30 > end || bytes.readUInt32LE(at) !== 0x04034b50) return undefined
  const nameEnd = at + 30 + bytes.readUInt16LE(at + 26)
  const from = nameEnd + bytes.readUInt16LE(at + 28)
  if (from + size > end || !bytes.subarray(at + 30, nameEnd).equals(name)) return undefined
  return bytes.subarray(from, from + size)
}

function unpacked({ method, packed, size }: Entry): Buffer | undefined {
  if (method === 0) return packed
  if (method !== 8) return undefined
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) })
  } catch {
    return undefined
  }
}

/** Names of parts are the same in large and small letters (ECMA-376, part 2). Some programs write `\`. */
const keyOf = (name: string): string => name.replaceAll('\\', '/').toLowerCase()

const broken = (reason: string): Result<never> =>
  bad(problem('adapter.zip.broken', '', undefined, { reason }))

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 as ZIP has it; zlib's own came only with Node 20.15. */
function crc32(bytes: Buffer): number {
  let value = 0xffffffff
  for (let at = 0; at < bytes.length; at += 1) value = (value >>> 8) ^ table[(value ^ bytes[at]!) & 0xff]!
  return (value ^ 0xffffffff) >>> 0
}
