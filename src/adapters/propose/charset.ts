// The charset of a sample's bytes, by the bytes alone.
import { isUtf8 } from 'node:buffer'
import { type Charset, decodePart, undecodable } from '../formats/charset.ts'

export interface CharsetGuess {
  readonly charset: Charset
  readonly reason: string
}

/** The charset of text, and why. Nothing when the bytes are no text in any that a profile knows. */
export function proposeCharset(bytes: Buffer): CharsetGuess | undefined {
  const starts = (...mark: number[]): boolean => mark.every((byte, index) => bytes[index] === byte)
  if (starts(0xff, 0xfe)) return { charset: 'utf-16le', reason: 'the mark of UTF-16 at its beginning' }
  if (starts(0xfe, 0xff)) return { charset: 'utf-16be', reason: 'the mark of UTF-16 at its beginning' }
  if (starts(0xef, 0xbb, 0xbf)) return { charset: 'utf-8-bom', reason: 'the mark of UTF-8 at its beginning' }
  if (bytes.includes(0)) return undefined
  if (isUtf8(bytes)) {
    const ascii = bytes.every((byte) => byte < 0x80)
    return ascii
      ? { charset: 'utf-8', reason: 'ASCII alone: TO BE CHECKED, Thai text in the sample would tell' }
      : { charset: 'utf-8', reason: 'all of it is UTF-8' }
  }
  const text = decodePart(bytes, 'windows-874')
  const unassigned = [...text].filter((each) => each === undecodable).length
  const thai = text.match(/[\u0e01-\u0e5b]/gu)?.length ?? 0
  // A file of pictures is a third unassigned bytes; text has one where a clerk's keyboard slipped.
  if (thai < 3 || unassigned * 10 > thai) return undefined
  const means =
    unassigned === 0 ? 'every byte means something in it' : `${unassigned} bytes mean nothing in it`
  return { charset: 'windows-874', reason: `it is not UTF-8, holds ${thai} Thai characters, and ${means}` }
}
