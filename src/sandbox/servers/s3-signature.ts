// Whether a request to an S3 store is signed as Signature Version 4 wants it (AWS General Reference, "Signature Version 4"), in
// its headers. Written from the text, and not with the library of those who sign.
import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/

/** What was signed longer ago than this, in milliseconds, or so far ahead, is refused. */
const longestUnderWay = 15 * 60_000

/** `20261123T030000Z`. */
const instantOf = (time: string): number =>
  Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

export interface Keys {
  readonly accessKey: string
  readonly secretKey: string
}

/** The fault's code, or undefined: it is signed with these keys, every `x-amz-` header with it. */
export function faultOfSignature(
  request: IncomingMessage,
  { accessKey, secretKey }: Keys,
  now: number,
): string | undefined {
  const { headers, method = '', url = '' } = request
  const [, key, day, region, names = '', signature] = form.exec(headers.authorization ?? '') ?? []
  if (signature === undefined || day === undefined || region === undefined) return 'AccessDenied'
  if (key !== accessKey) return 'InvalidAccessKeyId'
  const signed = names.split(';')
  const time = String(headers['x-amz-date'] ?? '')
  const unsigned = Object.keys(headers).filter((name) => name.startsWith('x-amz-') && !signed.includes(name))
  if (!time.startsWith(day) || !signed.includes('host') || unsigned.length > 0) return 'AccessDenied'
  if (!(Math.abs(now - instantOf(time)) <= longestUnderWay)) return 'RequestTimeTooSkewed'
  const [path = '', query = ''] = url.split('?')
  const asked = query
    .split('&')
    .filter((each) => each !== '')
    .map((each) => (each.includes('=') ? each : `${each}=`))
    .sort()
    .join('&')
  const lines = signed.map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`).join('')
  const payload = String(headers['x-amz-content-sha256'] ?? '')
  const canonical = [method, path, asked, lines, names, payload].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const secret = [day, region, 's3', 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secretKey}`))
  const expected = hmac(secret, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString(
    'hex',
  )
  return expected === signature ? undefined : 'SignatureDoesNotMatch'
}
