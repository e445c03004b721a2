// Systems that label their messages UTF-8 and write them in windows-874: the profile says what the bytes really are.
import { bad, good, problem, type Result } from '../../../problem/problem.ts'
import { decode, encode, undecodable, unsayable } from '../charset.ts'

export type MessageCharset = 'utf-8' | 'windows-874'

/** An XML declaration, whatever it says of the encoding; PHP servers write line breaks before it. */
const declaration = /^\s*<\?xml[^>]{0,200}\?>/

/**
 * The message in UTF-8. Fails when the bytes are not what the profile says, or mean nothing in it: nothing is guessed. What
 * their own declaration says does not count.
 */
export function utf8Of(bytes: Buffer, charset: MessageCharset): Result<Buffer> {
  if (charset === 'utf-8') return good(bytes)
  const decoded = decode(bytes, charset)
  if ('problem' in decoded) return bad(decoded.problem)
  const at = decoded.text.indexOf(undecodable)
  if (at !== -1) {
    const found = `a byte that windows-874 does not have, at character ${at + 1}`
    return bad(problem('ecms.encoding', '', undefined, { found }))
  }
  return good(Buffer.from(decoded.text.replace(declaration, '')))
}

/** The message in the system's charset. What that cannot say stands as a numeric reference, which says the same in XML. */
export function bytesIn(message: Buffer, charset: MessageCharset): Buffer {
  if (charset === 'utf-8') return message
  const said = message
    .toString('utf8')
    .replace(declaration, '')
    .replace(beyondThai, (character) =>
      unsayable(character, charset) === undefined ? character : `&#${character.codePointAt(0)};`,
    )
  return encode(said, charset)
}

/** What may not be in windows-874; the rest is ASCII and the Thai block. */
const beyondThai = /[^\u0000-\u007f\u0e01-\u0e3a\u0e3f-\u0e5b]/gu
