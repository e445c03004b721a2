// Receives one envelope over HTTP as design §5.2 has it: verified before anything of it is used or its attachments kept.
import type { Readable } from 'node:stream'
import type { VerifiedEnvelope } from '../../envelope/verify.ts'
import { type Problem, problem, type Result } from '../../problem/problem.ts'
import { BrokenMultipart, boundaryOf, type Part, readParts } from '../multipart.ts'
import type { Store } from '../store.ts'

/** Bytes of an envelope at most (design §5.1). */
const maximumEnvelope = 4 * 1024 * 1024
/** Bytes that are read and thrown away, at most, so that a refused sender can read the answer. */
const maximumWaste = 64 * 1024 * 1024

export interface Received {
  /** Present once the envelope's signature, signer and schema were found good, whatever came after. */
  readonly verified?: VerifiedEnvelope
  readonly problems: readonly Problem[]
}

/**
 * Reads a request's body to its end. `judge` verifies the envelope's bytes; only then are its attachments kept, each
 * checked against the size and SHA-256 in the signed part. Throws when the sender breaks the connection off.
 */
export async function receiveEnvelope(
  body: Readable,
  contentType: string,
  judge: (bytes: Buffer) => Result<VerifiedEnvelope>,
  store: Store,
): Promise<Received> {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/xml' || type === 'text/xml') {
    const bytes = await readAll(body, maximumEnvelope)
    if (bytes === undefined) return tooLarge
    return receiveParts(bytes, noParts(), judge, store)
  }
  const boundary = boundaryOf(contentType)
  if (type !== 'multipart/related' || boundary === undefined) {
    await skip(body)
    return { problems: [problem('sandbox.body.type', 'Content-Type', contentType)] }
  }
  const parts = readParts(body, boundary)
  try {
    const first = await parts.next()
    const bytes = first.done === true ? Buffer.alloc(0) : await readAll(first.value.body, maximumEnvelope)
    if (bytes !== undefined) return await receiveParts(bytes, parts, judge, store)
    await skipParts(parts)
    return tooLarge
  } catch (error) {
    if (!(error instanceof BrokenMultipart)) throw error
    return { problems: [problem('sandbox.body.broken', 'body', undefined, { reason: error.message })] }
  }
}

const tooLarge: Received = {
  problems: [problem('sandbox.body.too-large', 'the envelope', undefined, { limit: maximumEnvelope })],
}

async function receiveParts(
  bytes: Buffer,
  parts: AsyncIterable<Part>,
  judge: (bytes: Buffer) => Result<VerifiedEnvelope>,
  store: Store,
): Promise<Received> {
  const judged = judge(bytes)
  if (!judged.ok) {
    await skipParts(parts)
    return { problems: judged.problems }
  }
  const verified = judged.value
  const wanted = new Map<string, number>()
  if (verified.envelope.content === 'letter') {
    for (const one of verified.envelope.letter.attachments) wanted.set(one.sha256, one.size)
  }
  const problems: Problem[] = []
  let wasted = 0
  for await (const part of parts) {
    const name = (part.headers.get('content-id') ?? '').replace(/^<|>$/g, '')
    const size = wanted.get(name)
    if (size === undefined) {
      problems.push(problem('sandbox.attachment.unexpected', 'Content-ID', name))
      wasted = await wasteOf(part.body, wasted)
      continue
    }
    wanted.delete(name)
    const kept = await store.keepAttachment(name, size, part.body)
    if (!kept.ok) problems.push(...kept.problems)
  }
  for (const name of wanted.keys()) problems.push(problem('sandbox.attachment.missing', 'body', name))
  return { verified, problems }
}

/** The whole of a body, or undefined when it has more than `limit` bytes; it is read to its end all the same. */
export async function readAll(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size <= limit) pieces.push(piece)
    else if (size > limit + maximumWaste) throw new Error('the sender does not stop sending')
  }
  return size <= limit ? Buffer.concat(pieces) : undefined
}

async function wasteOf(body: AsyncIterable<Buffer>, before: number): Promise<number> {
  let wasted = before
  for await (const piece of body) {
    wasted += piece.length
    if (wasted > maximumWaste) throw new Error('the sender does not stop sending')
  }
  return wasted
}

const skip = async (body: AsyncIterable<Buffer>): Promise<unknown> => wasteOf(body, 0)

async function skipParts(parts: AsyncIterable<Part>): Promise<void> {
  let wasted = 0
  for await (const part of parts) wasted = await wasteOf(part.body, wasted)
}

async function* noParts(): AsyncGenerator<Part> {}
