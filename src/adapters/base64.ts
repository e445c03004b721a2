// Base64 as it stands in documents: what is broken is a fault, never a shorter file.

/** RFC 4648, section 4, with white space between lines allowed; nothing else, and nothing missing at the end. */
export function readBase64(text: string): { readonly bytes: Buffer } | { readonly fault: string } {
  const dense = /[ \t\r\n]/.test(text) ? text.replace(/[ \t\r\n]+/g, '') : text
  const wrong = /[^A-Za-z0-9+/=]/.exec(dense) ?? /=[^=]/.exec(dense)
  if (wrong !== null) return { fault: `${wrong[0]} at character ${wrong.index + 1}` }
  if (dense.length % 4 !== 0 || /={3}$/.test(dense))
    return { fault: `it ends within a group of four, after ${dense.length} characters` }
  return { bytes: Buffer.from(dense, 'base64') }
}
