// Base64 as it stands in messages.
import { bad, good, problem, type Result } from '../../../problem/problem.ts'

/** RFC 4648, section 4, with white space between lines allowed; nothing else, and nothing missing at the end. */
export function decodeBase64(text: string): Result<Buffer> {
  const dense = /[ \t\r\n]/.test(text) ? text.replace(/[ \t\r\n]+/g, '') : text
  const wrong = /[^A-Za-z0-9+/=]/.exec(dense) ?? /=[^=]/.exec(dense)
  if (wrong !== null) {
    return bad(
      problem('ecms.base64', '', undefined, { fault: `${wrong[0]} at character ${wrong.index + 1}` }),
    )
  }
  if (dense.length % 4 !== 0 || /={3}$/.test(dense)) {
    return bad(
      problem('ecms.base64', '', undefined, {
        fault: `it ends within a group of four, after ${dense.length} characters`,
      }),
    )
  }
  return good(Buffer.from(dense, 'base64'))
}
