// The body of a request at a door: a document, alone or with its files, bounded in bytes, parts and time.
import type { Readable } from 'node:stream'
import { bad, good, problem, type Result } from '../../../problem/problem.ts'
import type { AdapterVerbs, AttachmentContent, DoorRequest } from '../../contract.ts'
import { Gathered, saidLength } from '../gathered.ts'
import { tooLarge } from '../keeping.ts'
import { pourAway } from '../pour-away.ts'
import { boundaryOf, MultipartError, multipartParts, type Part, parameterOf } from './multipart.ts'
import { decodedBody, EncodingError } from './multipart-encoding.ts'

export interface BodyLimits {
  /** Bytes of the document. */
  readonly document: number
  /** Bytes of one file. */
  readonly attachment: number
  readonly attachments: number
  /** Milliseconds until the body has arrived whole. */
  readonly within: number
}

export interface Body {
  readonly bytes: Buffer
  readonly beside: ReadonlyMap<string, AttachmentContent>
}

class TooMuch extends Error {
  override readonly name = 'TooMuch'
}

/**
 * Reads a body. Files go into the gateway's keeping as they come; they are named by Content-ID in multipart/related and
 * by file name in multipart/form-data. The first part is the document.
 */
export async function readBody(
  request: DoorRequest,
  mediaTypes: readonly string[],
  multipart: 'related' | 'form-data',
  limits: BodyLimits,
  verbs: AdapterVerbs,
): Promise<Result<Body>> {
  const said = request.headers['content-type'] ?? ''
  const type = said.split(';')[0]?.trim().toLowerCase() ?? ''
  const expected = [...mediaTypes, `multipart/${multipart}`].join(', ')
  const boundary = type === `multipart/${multipart}` ? boundaryOf(said) : undefined
  if (boundary === undefined && !mediaTypes.includes(type))
    return bad(problem('adapter.body.unsupported', '', said, { expected }))
  const encoding = request.headers['content-encoding']
  // A packed body of some bytes can be gigabytes (attacks T4).
  if (encoding !== undefined && encoding !== 'identity')
    return bad(problem('adapter.body.unsupported', '', encoding, { expected: 'no Content-Encoding' }))
  try {
    return await readWithin(request, boundary, limits, verbs)
  } finally {
    pourAway(request.body)
  }
}

async function readWithin(
  request: DoorRequest,
  boundary: string | undefined,
  limits: BodyLimits,
  verbs: AdapterVerbs,
): Promise<Result<Body>> {
  let late = false
  const cancel = verbs.clock.schedule(verbs.clock.now() + limits.within, () => {
    late = true
    request.body.destroy(new Error('too slow'))
  })
  try {
    const body = request.body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
    if (boundary === undefined)
      return good({
        bytes: await collect(body, limits.document, saidLength(request.headers['content-length'])),
        beside: new Map(),
      })
    return await readParts(multipartParts(body, boundary, { parts: limits.attachments + 1 }), limits, verbs)
  } catch (error) {
    if (late) return bad(problem('adapter.body.slow', '', undefined, { limit: limits.within }))
    if (error instanceof MultipartError)
      return bad(problem('adapter.multipart.broken', '', undefined, { reason: error.message }))
    if (error instanceof EncodingError) {
      const expected = 'base64, binary, 8bit or 7bit'
      return bad(problem('adapter.multipart.encoding', '', error.encoding, { expected }))
    }
    if (error instanceof TooMuch)
      return bad(problem('adapter.document.too-large', '', undefined, { limit: limits.document }))
    if (tooLarge(error))
      return bad(
        problem('adapter.document.too-large', 'attachments', undefined, { limit: limits.attachment }),
      )
    // Node ends a request stream whose connection broke with this error.
    if (
      error instanceof Error &&
      'code' in error &&
      ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code))
    )
      return bad(problem('adapter.body.lost', ''))
    throw error
  } finally {
    cancel()
  }
}

async function readParts(
  parts: AsyncGenerator<Part>,
  limits: BodyLimits,
  verbs: AdapterVerbs,
): Promise<Result<Body>> {
  let bytes: Buffer | undefined
  const beside = new Map<string, AttachmentContent>()
  for await (const part of parts) {
    if (bytes === undefined) {
      bytes = await collect(decodedBody(part), limits.document)
      continue
    }
    const name = nameOf(part)
    if (name === undefined || name === '')
      throw new MultipartError('a file without a Content-ID or a file name')
    if (beside.has(name)) throw new MultipartError('two files of one name')
    beside.set(name, { kind: 'kept', ...(await kept(decodedBody(part), limits.attachment, verbs)) })
  }
  if (bytes === undefined) throw new MultipartError('it has no part')
  return good({ bytes, beside })
}

function nameOf({ headers }: Part): string | undefined {
  const id = headers.get('content-id')
  if (id !== undefined) return id.replace(/^<(.*)>$/, '$1')
  return parameterOf(headers.get('content-disposition') ?? '', 'filename')
}

/** A part that breaks off must fail the keeping with its own reason, not with the store's. */
async function kept(body: Readable, limit: number, verbs: AdapterVerbs) {
  let broken: unknown
  body.once('error', (error) => {
    broken = error
  })
  try {
    return await verbs.keep(body, limit)
  } catch (error) {
    throw broken instanceof MultipartError ? broken : error
  }
}

async function collect(body: AsyncIterable<Buffer>, limit: number, said?: number): Promise<Buffer> {
  // Nothing is kept of what says that it is too much.
  if (said !== undefined && said > limit) throw new TooMuch()
  const whole = new Gathered(limit, said)
  for await (const chunk of body) if (!whole.add(chunk)) throw new TooMuch()
  return whole.end()
}
