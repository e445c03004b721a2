// Content-Transfer-Encoding of a part (RFC 2045, section 6): older clients write base64 where HTTP needs none.
import { Readable } from 'node:stream'
import { MultipartError, type Part } from './multipart.ts'

/** An encoding that is not decoded here: to keep its bytes as they are would keep something else than the file. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError'
  readonly encoding: string
  constructor(encoding: string) {
    super(`Content-Transfer-Encoding ${encoding}`)
    this.encoding = encoding
  }
}

/** The bytes that a part stands for. Throws `EncodingError`; broken base64 is a `MultipartError` of the stream. */
export function decodedBody({ headers, body }: Part): Readable {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary'
  if (encoding === 'binary' || encoding === '8bit' || encoding === '7bit') return body
  if (encoding === 'base64') return Readable.from(fromBase64(body), { objectMode: false })
  throw new EncodingError(encoding)
}

/** Linear, and never more than a chunk in memory. Blanks and line ends are skipped; anything else that is no base64 is refused. */
async function* fromBase64(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = ''
  let padded = false
  for await (const chunk of body) {
    const text = rest + chunk.toString('latin1').replace(/[\r\n\t ]+/g, '')
    const whole = text.slice(0, text.length - (text.length % 4))
    rest = text.slice(whole.length)
    if (whole === '') continue
    if (padded || !/^[A-Za-z0-9+/]*={0,2}$/.test(whole)) throw new MultipartError('a part is not base64')
    padded = whole.endsWith('=')
    yield Buffer.from(whole, 'base64')
  }
  if (rest !== '') throw new MultipartError('a part ends in the middle of its base64')
}
