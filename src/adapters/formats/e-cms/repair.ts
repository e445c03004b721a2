// The one repair of bytes: a bare `&`, which old clients write when they paste a subject into XML without escaping it.

/** More bare ampersands than any letter has: beyond, the message is left as it is and fails as what it is. */
const mostRepairs = 1_000
const ampersand = 0x26

export interface Repaired {
  readonly bytes: Buffer
  /** How many bare ampersands were escaped. */
  readonly ampersands: number
}

/**
 * Escapes each `&` that cannot begin a reference, outside CDATA sections and comments, where it is allowed to stand.
 * Such an `&` is never well-formed, so that a message that is well-formed is returned as the same buffer. What looks
 * like a reference (`R&D;`) is left alone: whether it was meant as one cannot be known. Linear in the size of `bytes`.
 */
export function escapeBareAmpersands(bytes: Buffer): Repaired {
  const pieces: Buffer[] = []
  const sections = openSections(bytes)
  let kept = 0
  let ampersands = 0
  for (let at = bytes.indexOf(ampersand); at !== -1; at = bytes.indexOf(ampersand, at + 1)) {
    const end = sections(at)
    if (end !== undefined) {
      at = end - 1
      continue
    }
    if (beginsReference(bytes, at)) continue
    ampersands += 1
    if (ampersands > mostRepairs) return { bytes, ampersands: 0 }
    pieces.push(bytes.subarray(kept, at), Buffer.from('&amp;'))
    kept = at + 1
  }
  if (ampersands === 0) return { bytes, ampersands: 0 }
  pieces.push(bytes.subarray(kept))
  return { bytes: Buffer.concat(pieces), ampersands }
}

const longestName = 100
const [semicolon, hash, smallX] = [0x3b, 0x23, 0x78]

/** Whether a reference as XML 1.0 (section 4.1) writes it begins here. Every byte of a letter in UTF-8 may stand in a name. */
function beginsReference(bytes: Buffer, ampersandAt: number): boolean {
  let at = ampersandAt + 1
  const numeric = bytes[at] === hash
  if (numeric) at += 1
  const hexadecimal = numeric && bytes[at] === smallX
  if (hexadecimal) at += 1
  const belongs = hexadecimal ? isHexadecimal : numeric ? isDigit : isNamePart
  const start = at
  while (at - start <= longestName && belongs(bytes[at] ?? 0)) at += 1
  return bytes[at] === semicolon && at > start && (numeric || isNameStart(bytes[start] ?? 0))
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
const isHexadecimal = (byte: number): boolean => isDigit(byte) || isAmong(byte | 0x20, 0x61, 0x66)
const isNameStart = (byte: number): boolean =>
  byte >= 0x80 || isAmong(byte | 0x20, 0x61, 0x7a) || byte === 0x3a || byte === 0x5f
const isNamePart = (byte: number): boolean =>
  isNameStart(byte) || isDigit(byte) || byte === 0x2d || byte === 0x2e
const isAmong = (byte: number, first: number, last: number): boolean => byte >= first && byte <= last

/** For rising positions: the end of the CDATA section or comment that holds the position, if one does. */
function openSections(bytes: Buffer): (position: number) => number | undefined {
  let section = nextSection(bytes, 0)
  return (position) => {
    while (section !== undefined && section.end <= position) section = nextSection(bytes, section.end)
    return section !== undefined && section.start < position ? section.end : undefined
  }
}

function nextSection(
  bytes: Buffer,
  from: number,
): { readonly start: number; readonly end: number } | undefined {
  for (let start = bytes.indexOf('<!', from); start !== -1; start = bytes.indexOf('<!', start + 2)) {
    const opening = bytes.toString('latin1', start, start + 9)
    const close = opening === '<![CDATA[' ? ']]>' : opening.startsWith('<!--') ? '-->' : undefined
    if (close === undefined) continue
    const end = bytes.indexOf(close, start + 4)
    return { start, end: end === -1 ? bytes.length : end + close.length }
  }
  return undefined
}
